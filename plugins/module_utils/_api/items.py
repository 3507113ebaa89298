# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an answer must have before a task reads it: one item, or the items of a list.

An item that has not what every task needs is one clear error; in a list it is skipped with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError, UnexpectedAnswer

Fields = Mapping[str, type]  # a list is one of strings


def sound_items(
    answer: Any, word: str, fields: Fields, warn: Callable[[str], None], optional: Fields | None = None
) -> list[dict[str, Any]]:
    """The items that are mappings and have these fields.

    Args:
        answer: of the server. word: what the list is called in it. fields: the fields that each item needs, and their
            types. warn: is told about items that are skipped. optional: fields that may be missing or null.

    Raises:
        UnexpectedAnswer: there is no list.
    """
    items = answer.get(word) if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise UnexpectedAnswer(f"The list of {word} came in an unknown form; check `api_url`.")
    sound = [item for item in items if isinstance(item, dict) and _broken_field(item, fields, optional or {}) is None]
    if len(sound) < len(items):
        named = ", ".join(f"`{field}`" for field in (*fields, *(optional or {})))
        warn(f"The server lists {word} without a usable {named}; they are skipped.")
    return sound


def sound_item(
    item: dict[str, Any], fields: Fields, optional: Fields | None = None, write: tuple[str, str] | None = None
) -> Any:
    """The item of an answer, which has these fields.

    Args:
        item: as the server answered it. fields, optional: as :func:`sound_items`.
        write: method and path of the request, where it changed something.

    Raises:
        UnexpectedAnswer: it has not, in the answer to a read.
        ApiError: the same in the answer to a write, which may have worked.
    """
    field = _broken_field(item, fields, optional or {})
    if field is None:
        return item
    error: SpiceError = UnexpectedAnswer(f"The API answered without a usable `{field}`; check `api_url`.")
    if write is not None:
        method, path = write
        sentence = f"{method} {path} was answered without a usable `{field}`; check `api_url`."
        error = ApiError(sentence, method, path, outcome_unknown=True)
    raise error


def _broken_field(item: Mapping[str, Any], fields: Fields, optional: Fields) -> str | None:
    """The first field that is missing or has another type."""
    for field, kind in {**optional, **fields}.items():
        value: Any = item.get(field)
        if value is None and field in optional:
            continue
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            return field
        if isinstance(value, list) and not all(isinstance(part, str) for part in value):
            return field
    return None


def snake_case(value: Any) -> Any:
    """The same value with keys such as ``providerName`` written ``provider_name``: few answers are in camelCase."""
    if isinstance(value, dict):
        return {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): snake_case(item) for key, item in value.items()}
    if isinstance(value, list):
        return [snake_case(item) for item in value]
    return value
