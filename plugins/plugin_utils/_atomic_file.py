# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller that are written as a whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
DIRECTORY_MODE = 0o750


class PlannedFile(NamedTuple):
    """What becomes of one file.

    Args:
        path: where it is. outcome: created, updated or unchanged. mode: the permissions that it gets.
        before, content: what is and what will be in it.
    """

    path: Path
    outcome: str
    mode: int
    before: bytes
    content: bytes

    def write(self) -> None:
        """Writes it, if something is to be done. Directories that are missing are created.

        Raises:
            OSError: it cannot be written. Then what was there is still there.
        """
        if self.outcome == UNCHANGED:
            return
        target = Path(os.path.realpath(self.path))  # a link stays a link
        _make_directory(target.parent)
        # Ansible loads no hidden file, so one that a killed run leaves behind does no harm.
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self.content)
            os.chmod(name, self.mode)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise


def plan_file(path: Path, content: str, mode: int, replace: bool) -> PlannedFile:
    """What becomes of a file.

    Args:
        path: where it is. content: what it shall hold. mode: the permissions of a new one; one that is there keeps its
            own.
        replace: whether another content takes the place of what is there.

    Raises:
        OSError: what is there cannot be read.
    """
    wanted = content.encode()
    if not replace and os.path.lexists(path):
        return PlannedFile(path, UNCHANGED, mode, b"", b"")
    try:
        before = path.read_bytes()
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return PlannedFile(path, CREATED, mode, b"", wanted)
    return PlannedFile(path, UNCHANGED if before == wanted else UPDATED, mode, before, wanted)


def _make_directory(path: Path) -> None:
    """Creates a directory and those above it; whatever the umask, others may not look into them."""
    missing = [directory for directory in (path, *path.parents) if not directory.exists()]
    for directory in reversed(missing):
        directory.mkdir(exist_ok=True)
        directory.chmod(DIRECTORY_MODE)
