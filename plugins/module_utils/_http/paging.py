# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Reads a list page by page.

Source: Spice.ai Cloud documentation, "Management API": ``limit`` with ``after_id``, the id of the last item of the page
before. Some routes take ``offset`` and ignore ``after_id``, and some ignore both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError

MAX_PAGE_SIZE, SMALL_PAGE_SIZE = 1000, 100
DOCUMENTED_PAGE_SIZES = (20, 100, 1000)  # a page of such a length may be full although more was asked for

Item = dict[str, Any]
Get = Callable[[str, Mapping[str, Any]], Any]


def pages(
    get: Get, path: str, items_of: Callable[[Any], list[Any]], warn: Callable[[str], None]
) -> Iterator[list[Item]]:
    """Yields the new items of each page. A list that is short takes one request.

    Args:
        get: sends a GET with a query. path: the list route. items_of: takes the answer and gives its items.
        warn: is told about items without a whole number as ``id``, which can neither be read nor told from others.

    Raises:
        ApiError: as ``get``.
    """
    seen: set[int] = set()
    broken = 0
    size = MAX_PAGE_SIZE
    position: dict[str, Any] = {}
    while True:
        page = _page(get, path, items_of, dict(position, limit=size), size)
        if page is None:
            size = SMALL_PAGE_SIZE
            continue
        valid = [item for item in page if isinstance(item, dict) and _is_whole(item.get("id"))]
        if len(valid) < len(page):
            warn(f"The server lists entries under {path} that have no whole number as `id`; they are skipped.")
        fresh = [item for item in valid if item["id"] not in seen]
        seen.update(item["id"] for item in fresh)
        broken += len(page) - len(valid) if fresh else 0
        if fresh or not seen:
            yield fresh
        if len(page) != size and len(page) not in DOCUMENTED_PAGE_SIZES:
            return
        if fresh and "offset" not in position:
            position = {"after_id": valid[-1]["id"]}
        elif fresh or "after_id" in position:
            # The same page again: this route does not know `after_id`; it may know `offset`.
            position = {"offset": len(seen) + broken}
        else:
            return


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _page(
    get: Get,
    path: str,
    items_of: Callable[[Any], list[Any]],
    query: Mapping[str, Any],
    size: int,
) -> list[Any] | None:
    """One page; None where the server refuses so large a one."""
    try:
        return items_of(get(path, query))
    except ApiError as error:
        if error.status == 400 and size > SMALL_PAGE_SIZE:
            return None
        raise
