# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spicepods that are files on the controller. They are read as they are: no template in them is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.spicepod import OPTION, read_spicepod

FILE_OPTION = "spicepod_file"


def with_spicepod(options: Mapping[str, Any], directories: Sequence[Path], option: str = FILE_OPTION) -> dict[str, Any]:
    """The options with the content of ``spicepod_file`` as ``spicepod``.

    Args:
        options: of spice_app. directories: where a relative path is looked for, in this order.

    Raises:
        InvalidOption: there is no such file, or it is no spicepod.
    """
    given = dict(options)
    name = given.get(FILE_OPTION)
    if name is None or given.get(OPTION) is not None:
        return given  # with both the module refuses
    del given[FILE_OPTION]
    path = _find(str(name), directories, option)
    given[OPTION] = read_spicepod(_content(path, option), f"{option} {path}")
    return given


def _content(path: Path, option: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise InvalidOption(f"`{option}` {path} cannot be read: {exc.strerror or exc}.") from exc
    try:
        return content.decode()
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise InvalidOption(f"`{option}` {path} is not in UTF-8 (line {line}): save it in that encoding.") from exc


def _find(name: str, directories: Sequence[Path], option: str) -> Path:
    if not name.strip():
        raise InvalidOption(f"`{option}` must not be empty; leave it out instead.")
    path = Path(name).expanduser()
    candidates = [path] if path.is_absolute() else [directory / path for directory in directories]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    other = next((candidate for candidate in candidates if candidate.exists()), None)
    if other is not None:
        raise InvalidOption(f"`{option}` {other} is no file; give the file that holds the spicepod.")
    raise InvalidOption(f"`{option}` {name} is not there; looked for {', '.join(map(str, candidates))}.")
