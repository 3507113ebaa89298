# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The same reading work for many things, some of them at a time. The pace of the client holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, TypeVar

MAX_READERS = 16

Given = TypeVar("Given")
Found = TypeVar("Found")


def each(work: Callable[[Given], Found], items: Sequence[Given]) -> list[Found]:
    """What the work gives for each item, in the order of the items. Raises what the work raises."""
    with ThreadPoolExecutor(max_workers=MAX_READERS) as pool:
        return list(pool.map(work, items))
