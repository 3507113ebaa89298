# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A dataset of a spicepod, found among those that a runtime serves.

A runtime names a dataset in its own way. Source: the runtime's source code, which takes table references from Apache
DataFusion. What is not quoted becomes lower case, a name that is no list of at most three identifiers is one name as it
stands, and what is not plain is written in quotes. So ``Sales.Customer`` is ``sales.customer``, and ``my-table`` is
``"my-table"``. A name without a schema is in ``spice.public``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

DEFAULTS = ("spice", "public")  # the catalog and the schema of a name that has none
MAX_PARTS = 3
IDENTIFIER = r'"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^\W\d][\w@$#]*|[@#][\w@$#]*'
NAME = re.compile(rf"(?:{IDENTIFIER})(?:\.(?:{IDENTIFIER}))*")

Parts = tuple[str, ...]


class ByTableName:
    """Datasets of a runtime by their names.

    Args:
        items: each with its ``name``. One whose name is no string is not found.
    """

    def __init__(self, items: Iterable[dict[str, Any]]) -> None:
        self._exact: dict[Parts, dict[str, Any]] = {}
        self._without_case: dict[Parts, dict[str, Any]] = {}
        self._without_quotes: dict[str, dict[str, Any]] = {}
        for item in items:
            name = item.get("name")
            if isinstance(name, str):
                parts = parts_of(name)
                self._exact.setdefault(full(parts), item)
                self._without_case.setdefault(full(folded(parts)), item)
                self._without_quotes.setdefault(".".join(folded(parts)), item)

    def find(self, name: str) -> dict[str, Any] | None:
        """The item that has this name in a spicepod, or None.

        Of several that are alike the exact one is found. Without it neither case nor quotes count, because runtimes
        differ in what they quote.
        """
        parts = parts_of(name)
        return (
            self._exact.get(full(parts))
            or self._without_case.get(full(folded(parts)))
            or self._without_quotes.get(".".join(folded(parts)))
        )


def parts_of(name: str) -> Parts:
    """The identifiers of a name, as a runtime reads them."""
    found = re.findall(IDENTIFIER, name) if NAME.fullmatch(name) else []
    return tuple(_value(identifier) for identifier in found) if 0 < len(found) <= MAX_PARTS else (name,)


def full(parts: Parts) -> Parts:
    """The name with its catalog and schema."""
    return DEFAULTS[: MAX_PARTS - len(parts)] + parts


def folded(parts: Parts) -> Parts:
    """The name without regard to case."""
    return tuple(part.casefold() for part in parts)


def _value(identifier: str) -> str:
    quote = identifier[:1]
    return identifier[1:-1].replace(quote * 2, quote) if quote in ('"', "`") else identifier.lower()
