# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spicepods: reading YAML text or a JSON object, checking it, and listing its datasets and models."""

import datetime
import math
from typing import Any, Union

import yaml

# A YAML alias can repeat a large node many times; what a 1 MiB body may grow to is bounded.
MAX_NODES = 200_000
MAX_DEPTH = 100


def read(given: Union[str, dict[str, Any]]) -> dict[str, Any]:
    """Give the spicepod as a plain JSON object. Raises ValueError with a text for the field ``spicepod``."""
    value: Any = given
    if isinstance(given, str):
        try:
            value = yaml.safe_load(given)
        except (yaml.YAMLError, RecursionError, ValueError) as failure:
            raise ValueError(f"Not valid YAML or JSON: {str(failure).splitlines()[0]}") from failure
    if not isinstance(value, dict):
        raise ValueError("A spicepod must be a mapping")
    pod: dict[str, Any] = _Plain().of(value, 0)
    check(pod)
    return pod


def check(pod: Any) -> None:
    """Refuse what is certainly no spicepod: ``version``, ``kind: Spicepod`` and ``name`` must be there."""
    if not isinstance(pod, dict):
        raise ValueError("A spicepod must be a mapping")
    if not isinstance(pod.get("version"), str) or not pod["version"]:
        raise ValueError("version: a text such as 'v1' is required")
    if pod.get("kind") != "Spicepod":
        raise ValueError("kind: must be 'Spicepod'")
    if not isinstance(pod.get("name"), str) or not pod["name"]:
        raise ValueError("name: a text is required")


class _Plain:
    """Turns what YAML can hold into what JSON can hold."""

    def __init__(self) -> None:
        self.nodes = 0

    def of(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise ValueError("The spicepod is too large or too deeply nested")
        if isinstance(value, dict):
            return {self.key(key): self.of(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("Infinite numbers and NaN cannot be stored")
        if value is None or isinstance(value, (str, bool, int, float)):
            return value
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()
        raise ValueError(f"A value of type {type(value).__name__} cannot be stored")

    @staticmethod
    def key(key: Any) -> str:
        if isinstance(key, bool):
            return "true" if key else "false"
        if key is None:
            return "null"
        if isinstance(key, (str, int, float)):
            return str(key)
        raise ValueError("Keys must be plain values")


def components(pod: Any, kind: str) -> list[dict[str, str]]:
    """The named entries of a list such as ``datasets`` or ``models`` as ``{"name", "from"}``.

    Entries without a name (references to other files) are left out: the runtime would not know them by that name.
    """
    entries = pod.get(kind) if isinstance(pod, dict) else None
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            source = entry.get("from")
            found.append({"name": entry["name"], "from": source if isinstance(source, str) else ""})
    return found
