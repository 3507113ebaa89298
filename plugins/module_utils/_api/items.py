# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The items of a list in an answer. One that has not what every task needs of it is skipped with a warning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import UnexpectedAnswer


def sound_items(
    answer: Any, word: str, fields: Mapping[str, type], warn: Callable[[str], None]
) -> list[dict[str, Any]]:
    """The items that are mappings and have these fields.

    Args:
        answer: of the server. word: what the list is called in it. fields: the fields that each item needs, and their
            types; a list is one of strings.
        warn: is told about items that are skipped.

    Raises:
        UnexpectedAnswer: there is no list.
    """
    items = answer.get(word) if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise UnexpectedAnswer(f"The list of {word} came in an unknown form; check `api_url`.")
    sound = [item for item in items if isinstance(item, dict) and _has(item, fields)]
    if len(sound) < len(items):
        named = ", ".join(f"`{field}`" for field in fields)
        warn(f"The server lists {word} without a usable {named}; they are skipped.")
    return sound


def _has(item: Mapping[str, Any], fields: Mapping[str, type]) -> bool:
    for field, kind in fields.items():
        value: Any = item.get(field)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            return False
        if isinstance(value, list) and not all(isinstance(part, str) for part in value):
            return False
    return True
