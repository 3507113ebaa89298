# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""One SQL statement to the runtime of an app, and whether its rows are those expected."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.runtime import Row
from ansible_collections.spiceai.cloud.plugins.module_utils._compare import canonical
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidOption,
    OperationFailed,
    UnexpectedAnswer,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import UPDATED, Change, apply_one
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import check_not_paused
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import AppRuntime

READING = ("select", "with", "show", "describe", "explain", "values", "table")
WRITING = ("insert", "update", "delete", "merge")
# Words, semicolons, brackets; what is quoted or a comment is one piece, so that its words do not count.
PIECES = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\1\$|\w+|\S""", re.DOTALL
)
MAX_ROWS = 5  # that a message shows


def run_query(run: ModuleRun) -> Result:
    """The result of spice_sql_query.

    Raises:
        InvalidOption: the statement may change something, or the app is paused. OperationFailed: the rows are others
            than expected; ``partial`` holds them.
        ApiError
    """
    params = run.params
    check_query(params)
    app = require_app(run, Apps(run.client))
    check_not_paused(app or {})
    if params["read_only"]:
        rows = AppRuntime(run, app, params["key_number"]).sql(params["query"], is_read=True) if app else []
        if app:
            check_expectation(params["expect"], rows, app["name"])
        return {"changed": False, "rows": rows, "row_count": len(rows)}
    name = app["name"] if app else str(params["app"])
    predicted: dict[str, Any] = {"rows": []}
    after = apply_one(
        run, Change(name, f"data of app {name}", UPDATED, None, predicted, lambda: _execute(run, app or {}))
    )
    rows = (after or predicted)["rows"]
    return {"changed": True, "rows": rows, "row_count": len(rows)}


def _execute(run: ModuleRun, app: Mapping[str, Any]) -> dict[str, Any]:
    runtime = AppRuntime(run, app, run.params["key_number"])
    try:
        rows = runtime.sql(run.params["query"], is_read=False)
    except (ApiError, UnexpectedAnswer) as error:
        if isinstance(error, ApiError) and not error.outcome_unknown:
            raise
        run.client.has_written = True  # for all that is known
        raise error.explained(
            "It is not known whether the statement was carried out: look with a query that only reads before you run "
            f"it again. ({error})"
        ) from error
    check_expectation(run.params["expect"], rows, app["name"])
    return {"rows": rows}


def check_query(params: Mapping[str, Any], cure: str = "set `read_only: false` if it is to change something") -> None:
    """Checks the options of a query without a request.

    Args:
        params: the options. cure: what to do about a statement that does not only read.

    Raises:
        InvalidOption
    """
    words = [
        piece.group().lower()
        for piece in PIECES.finditer(params["query"])
        if not piece.group().startswith(("--", "/*"))
    ]
    while words and words[-1] == ";":
        words.pop()
    if not words:
        raise InvalidOption("`query` must hold an SQL statement.")
    check_rows(params["expect"])
    if params["read_only"]:
        _check_reading(words, cure)


def check_rows(expect: Any) -> None:
    """Raises InvalidOption: rows cannot be what is expected."""
    if isinstance(expect, list) and not all(isinstance(row, dict) for row in expect):
        raise InvalidOption(
            "`expect` must be a list of rows (dictionaries), one row, or the only value of the only row."
        )


def _check_reading(words: list[str], cure: str) -> None:
    """A guard against mistakes, not against intent. Raises InvalidOption."""
    first = next((word for word in words if word != "("), "")
    if ";" in words:
        raise InvalidOption(f"`query` holds several statements: give one statement; {cure}.")
    if first not in READING:
        raise InvalidOption(f"`query` begins with {first.upper()}, which does not read; {cure}.")
    # A statement can read first and write then: WITH ... INSERT, EXPLAIN ANALYZE DELETE, SELECT ... INTO.
    writing = ("into", *WRITING) if first in ("with", "explain") else ("into",)
    found = next((word for word in words if word in writing), None)
    if found:
        raise InvalidOption(f"`query` holds {found.upper()}, so it may write; {cure}, or quote the name.")


def check_expectation(expect: Any, rows: list[Row], name: str) -> None:
    """Raises OperationFailed: the rows of the app are others than expected; ``partial`` holds them."""
    if expect is None or _is_as_expected(expect, rows):
        return
    raise OperationFailed(
        f"The rows of app {name} are not those of `expect`: expected {json.dumps(expect, ensure_ascii=False)}, found "
        f"{_rendered(rows)}; correct the data, `query` or `expect`.",
        {"rows": rows, "row_count": len(rows)},
    )


def _is_as_expected(expect: Any, rows: list[Row]) -> bool:
    """Whether the rows mean what is expected: all of them, the only one, or the only value of the only one."""
    if isinstance(expect, list):
        return canonical(expect) == canonical(rows)
    if len(rows) != 1:
        return False
    if isinstance(expect, dict):
        return canonical(expect) == canonical(rows[0])
    values = list(rows[0].values())
    # Templates of ansible-core before 2.19 make strings of numbers.
    is_number_as_string = isinstance(expect, str) and len(values) == 1 and canonical(values) == f"[{expect}]"
    return canonical([expect]) == canonical(values) or is_number_as_string


def _rendered(rows: list[Row]) -> str:
    shown = json.dumps(rows[:MAX_ROWS], ensure_ascii=False)
    return shown if len(rows) <= MAX_ROWS else f"{shown} and {len(rows) - MAX_ROWS} more"
