# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A table in the width of the reader's screen, and the reason of a failure in the words of its task."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import printable

MIN_WIDTH, MAX_WIDTH = 60, 200  # columns
WIDE = 120  # columns from which every cell has a column of its own
MIN_ROOM = 20  # columns that the cell with the long words needs
MAX_NAME = 38  # characters of the name of an app, by the API
INDENT = 2  # columns of what stands below a name that has a line of its own
GAP = "  "
# A message that tells several problems has a lead that ends so, and then each problem on a line of its own.
BEFORE_PROBLEMS, NEXT_PROBLEM = "nothing was changed yet:", "\n- "
ORIGIN = "\n\nThe error appears to be in "  # older ansible-core shows the task from here on


class Form(NamedTuple):
    """The columns of a table.

    Args:
        heads: of the columns; the first one is that of the name. words: number of the column whose cells are long.
        below: number of the column that a narrow screen shows below its row; None for none.
    """

    heads: Sequence[str]
    words: int
    below: int | None = None


class Row(NamedTuple):
    """One row of a table.

    Args:
        name: of the app. cells: beside the name. failed: paragraphs that say why it failed, which then stand instead
            of the cells.
    """

    name: str
    cells: Sequence[str] = ()
    failed: Sequence[str] = ()


def is_failed(result: Any) -> bool:
    """Whether what a task returned is a failure. ``result``: of any type."""
    return isinstance(result, Mapping) and bool(result.get("failed") or result.get("unreachable"))


def reasons(result: Mapping[str, Any]) -> list[str]:
    """Why a task failed, one paragraph each.

    Args:
        result: of the task; of one that looped, the item that failed first counts.
    """
    items = result.get("results")
    failed = next((item for item in items if is_failed(item)), None) if isinstance(items, list) else None
    if failed is not None:
        return reasons(failed)
    text = str(result.get("msg") or "no reason given").partition(ORIGIN)[0]
    lead, *problems = text.split(NEXT_PROBLEM)
    return [_one_line(problem) for problem in (problems if lead.endswith(BEFORE_PROBLEMS) else [text])]


def failed_row(name: str, result: Mapping[str, Any], state: str = "", done: str = "") -> Row:
    """The row of something that failed.

    Args:
        name: of the app. result: of the task that failed. state: what holds in spite of it, such as ``nothing was
            changed``. done: a paragraph about what was done before.
    """
    first, *others = reasons(result)
    lead = f"FAILED, {state}" if state else "FAILED"
    return Row(name, failed=[f"{lead}: {first}", *others, *([done] if done else [])])


def table(form: Form, rows: Sequence[Row], width: int) -> list[str]:
    """The lines of a table. What would move a terminal's cursor is replaced, because a server gives some of the words.

    Args:
        form: its columns. rows: in their order. width: of the screen, in columns.
    """
    rows = [_printable(row) for row in rows]
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    below = form.below if width < WIDE else None
    shown = [number for number in range(len(form.heads)) if number != below]
    cells = [[row.name, *row.cells] for row in rows if not row.failed]
    widths = [max(len(line[number]) for line in [form.heads, *cells]) for number in shown]
    widths[0] = min(max([len(form.heads[0]), *(len(row.name) for row in rows)]), MAX_NAME)
    words = shown.index(form.words)
    others = sum(widths) - widths[words] + len(GAP) * (len(shown) - 1)
    is_stacked = width - others < MIN_ROOM
    if is_stacked:
        others += INDENT - widths[0] - len(GAP)
    widths[words] = max(len(form.heads[form.words]), width - others)
    return _Lines(widths, width, is_stacked).all(form, rows, shown, below)


class _Lines:
    """Makes the lines of a table whose widths are known. A stacked one has names on lines of their own."""

    def __init__(self, widths: Sequence[int], width: int, is_stacked: bool) -> None:
        self._widths = widths[1:] if is_stacked else widths
        self._width = width
        self._is_stacked = is_stacked
        self._indent = INDENT if is_stacked else widths[0] + len(GAP)

    def all(self, form: Form, rows: Sequence[Row], shown: Sequence[int], below: int | None) -> list[str]:
        lines = self._row([form.heads[number] for number in shown])
        for row in rows:
            if row.failed:
                lines += self._named(row.name, [line for text in row.failed for line in self._wrapped(text)])
                continue
            cells = [row.name, *row.cells]
            lines += self._row([cells[number] for number in shown])
            if below is not None and cells[below]:
                lines.append(" " * self._indent + cells[below])
        return [line.rstrip() for line in lines]

    def _row(self, cells: Sequence[str]) -> list[str]:
        name, *others = cells
        columns = [_wrap(cell, size) for cell, size in zip(others if self._is_stacked else cells, self._widths)]
        height = max(len(column) for column in columns)
        rows = [[column[number] if number < len(column) else "" for column in columns] for number in range(height)]
        lines = [GAP.join(f"{text:<{size}}" for text, size in zip(row, self._widths)) for row in rows]
        return [name, *(" " * INDENT + line for line in lines)] if self._is_stacked else lines

    def _named(self, name: str, texts: Sequence[str]) -> list[str]:
        indent = " " * self._indent
        if self._is_stacked:
            return [name, *(indent + text for text in texts)]
        return [f"{head:<{self._indent}}{text}" for head, text in zip([name] + [""] * len(texts), texts)]

    def _wrapped(self, text: str) -> list[str]:
        return _wrap(text, self._width - self._indent)


def _printable(row: Row) -> Row:
    return Row(printable(row.name), [printable(cell) for cell in row.cells], [printable(text) for text in row.failed])


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())
