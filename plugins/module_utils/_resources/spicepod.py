# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A spicepod: read, checked before the first request, and compared.

Sources: the Spice documentation, "Spicepod specification", for what a spicepod must have; the serde_yaml library, with
which the runtime reads it, for how deep it may be nested; Spice.ai Cloud documentation, "Management API", for the size.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._compare import meaning
from ansible_collections.spiceai.cloud.plugins.module_utils._config import MAX_BODY_BYTES
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.python_values import check_string, python_form
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import TYPE_NAMES, parse_mapping

OPTION = "spicepod"
KIND = "Spicepod"
MAX_DEPTH = 128  # of mappings and lists in each other
INTEGERS = range(-(2**63), 2**64)
UNSTORED = "a character that cannot be stored (NUL, or half of a pair of UTF-16)"
NOT_STORED = re.compile("[\x00\ud800-\udfff]")
# The lists of a spicepod whose entries have a name. Those of the first line must have one, unless they refer to a file.
NAMED = ("datasets", "views", "models", "embeddings", "catalogs")
SECTIONS = (*NAMED, "tools", "evals", "workers", "functions")
MAX_FAULTS = 10  # that one message tells


def read_spicepod(value: Any, option: str = OPTION) -> dict[str, Any]:
    """The spicepod as it is sent: without the keys that have no value. An empty one clears what the app has.

    Args:
        value: a dictionary, or a string of YAML or JSON. option: what an error calls it.

    Raises:
        InvalidOption: it is no spicepod, or holds what cannot be sent; names the place.
    """
    read = _read_string(option, value) if isinstance(value, str) else parse_mapping(option, value)
    walk = _Walk(option)
    spicepod: dict[str, Any] = walk.of(read, "", 0)
    faults = walk.faults + ([] if walk.faults or not read else list(_faults(option, spicepod)))
    if faults:
        more = f"; and {len(faults) - MAX_FAULTS} more" if len(faults) > MAX_FAULTS else ""
        raise InvalidOption(f"{'; '.join(faults[:MAX_FAULTS])}{more}.")
    size = len(json.dumps({OPTION: spicepod}))
    if size > MAX_BODY_BYTES:
        raise InvalidOption(
            f"`{option}` makes a request of {size} bytes, and the API takes at most {MAX_BODY_BYTES}: make it smaller."
        )
    return spicepod


def _read_string(option: str, text: str) -> dict[str, Any]:
    check_string(option, text)
    value = python_form(text)
    try:
        read = parse_mapping(option, text)
    except InvalidOption:
        if value is None:
            raise
        read = {}
    if value not in (None, read):
        raise InvalidOption(
            f"`{option}` is a dictionary in the form of Python, which YAML reads as something else: give the "
            "dictionary itself, or make it a string with `| to_json`."
        )
    return read


def compared(spicepod: Any) -> Any:
    """What of a spicepod counts in a comparison.

    A key without a value counts, because the runtime refuses some of them. The line break at the end of a string does
    not, because a file that Ansible looks up has lost the last one.
    """
    return _without_last_breaks(meaning(spicepod, with_nulls=True))


def _without_last_breaks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_last_breaks(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_last_breaks(item) for item in value]
    # A string of line breaks only means them, such as a separator.
    return value.rstrip("\r\n") or value if isinstance(value, str) else value


class _Walk:
    """Visits every value of a spicepod.

    Args:
        option: what an error calls the spicepod.

    Attributes:
        faults (list[str]): what is wrong with a value, and where.
    """

    def __init__(self, option: str) -> None:
        self.faults: list[str] = []
        self._option = option
        self._room = MAX_BODY_BYTES  # what an alias repeats counts each time, so that it ends

    def of(self, value: Any, path: str, depth: int) -> Any:
        """The value, without the keys that have no value.

        Raises:
            InvalidOption: it is too large or too deep.
        """
        if depth > MAX_DEPTH:
            raise InvalidOption(f"`{self._option}` is nested too deeply: at most {MAX_DEPTH} levels can be read.")
        self._room -= 1 + (len(value) if isinstance(value, str) else 0)
        if self._room < 0:
            raise InvalidOption(f"`{self._option}` is too large: the API takes at most {MAX_BODY_BYTES} bytes.")
        if isinstance(value, Mapping):
            names = {key: key if isinstance(key, str) else json.dumps(key) for key in value}
            if any(NOT_STORED.search(name) for name in names.values()):
                self.faults.append(f"{_place(self._option, path)} has a key with {UNSTORED}")
            return {
                names[key]: self.of(item, f"{path}.{names[key]}", depth + 1)
                for key, item in value.items()
                if item is not None
            }
        if isinstance(value, (list, tuple)):
            return [self.of(item, f"{path}[{position}]", depth + 1) for position, item in enumerate(value)]
        fault = _fault_of(value)
        if fault:
            self.faults.append(f"{_place(self._option, path)} {fault}")
        return value


def _fault_of(value: Any) -> str:
    if isinstance(value, str):
        return f"has {UNSTORED}" if NOT_STORED.search(value) else ""
    if isinstance(value, float) and not math.isfinite(value):
        return "is infinite or no number, and JSON has no such number: put it in quotes to make it a string"
    if isinstance(value, int) and value not in INTEGERS:
        return "is a number of more than 64 bits: put it in quotes to make it a string"
    return ""


def _place(option: str, path: str) -> str:
    """``spicepod.datasets[0].name``; of a file ``spicepod_file pod.yaml: datasets[0].name``."""
    return f"`{option}{path}`" if " " not in option else f"`{option}: {path.lstrip('.')}`"


def _faults(option: str, spicepod: Mapping[str, Any]) -> Iterator[str]:
    """What is missing or of the wrong type, and where."""
    for name in ("version", "kind", "name"):
        yield from _faults_of_string(_place(option, f".{name}"), spicepod, name)
    kind = spicepod.get("kind")
    if isinstance(kind, str) and kind.strip() and kind != KIND:
        yield f"{_place(option, '.kind')} must be {KIND}, not {kind!r}"
    for section in SECTIONS:
        entries = spicepod.get(section, [])
        if not isinstance(entries, list):
            yield f"{_place(option, '.' + section)} must be a list, not {_kind(entries)}"
            continue
        for position, entry in enumerate(entries):
            path = f".{section}[{position}]"
            if not isinstance(entry, dict):
                yield f"{_place(option, path)} must be a mapping with a `name`, not {_kind(entry)}"
            elif "name" in entry or (section in NAMED and "ref" not in entry):
                yield from _faults_of_string(_place(option, f"{path}.name"), entry, "name")
            if isinstance(entry, dict) and "from" in entry:
                yield from _faults_of_string(_place(option, f"{path}.from"), entry, "from")


def _faults_of_string(place: str, mapping: Mapping[str, Any], name: str) -> Iterator[str]:
    value = mapping.get(name)
    if value is None:
        yield f"{place} is missing"
    elif not isinstance(value, str):
        cure = "write it without brackets" if isinstance(value, (list, dict)) else "put it in quotes"
        yield f"{place} must be a string, not {_kind(value)}: {cure}"
    elif not value.strip():
        yield f"{place} is empty"


def _kind(value: Any) -> str:
    return TYPE_NAMES.get(type(value).__name__, type(value).__name__)
