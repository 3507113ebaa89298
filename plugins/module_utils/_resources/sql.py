# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""One SQL statement to the runtime of an app, and whether its rows are those expected."""

from __future__ import annotations

import json
import re

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import canonical
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import AppRuntime

READING = ("select", "with", "show", "describe", "explain", "values", "table")
# Words, semicolons, brackets; what is quoted or a comment is one piece, so that its words do not count.
PIECES = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\1\$|\w+|\S""", re.DOTALL)
SHOWN_ROWS = 5


def run_query(task):
    """dict: the result of spice_sql_query.

    Raises:
        Refused: the statement may change something, or the rows are others than expected; ``partial`` holds them. ApiError.
    """
    params = task.params
    _check(params)
    app = find_parent(task, Apps(task.client))
    changed = not params["read_only"]
    if app is None or (task.check_mode and changed):
        return {"changed": changed, "rows": [], "row_count": 0}
    runtime = AppRuntime(task, app, params["key_number"])
    try:
        rows = runtime.sql(params["query"], reads=params["read_only"])
    except ApiError as error:
        if error.outcome_unknown:
            task.wrote = True  # for all that is known
            error.args = ("It is not known whether the statement was carried out: look with a query that only reads before you run it again. (%s)" % error,)
        raise
    task.wrote = changed
    result = {"rows": rows, "row_count": len(rows)}
    if params["expect"] is not None and not _as_expected(params["expect"], rows):
        raise Refused("The rows of app %s are not those of `expect`: expected %s, found %s; correct the data, `query` or `expect`." % (
            app["name"], json.dumps(params["expect"], ensure_ascii=False), _told(rows)), result)
    return dict(result, changed=changed)


def _check(params):
    words = [piece.group().lower() for piece in PIECES.finditer(params["query"]) if not piece.group().startswith(("--", "/*"))]
    if not words:
        raise Refused("`query` must hold an SQL statement.")
    expect = params["expect"]
    if isinstance(expect, list) and not all(isinstance(row, dict) for row in expect):
        raise Refused("`expect` must be a list of rows (dictionaries), one row, or the only value of the only row.")
    if not params["read_only"]:
        return
    while words[-1] == ";":
        words.pop()
        if not words:
            raise Refused("`query` must hold an SQL statement.")
    first = next((word for word in words if word != "("), "")
    if ";" in words:
        raise Refused("`query` holds several statements; give one statement, or set `read_only: false` if they change something.")
    if first not in READING:
        raise Refused("`query` begins with %s, which does not read; set `read_only: false` if it is to change something." % first.upper())
    # A statement can read first and write then: WITH ... INSERT, EXPLAIN ANALYZE DELETE, SELECT ... INTO.
    writing = {"into", "insert", "update", "delete", "merge"} if first in ("with", "explain") else {"into"}
    found = next((word for word in words if word in writing), None)
    if found:
        raise Refused("`query` holds %s, so it may write; set `read_only: false` if it is to change something, or quote the name." % found.upper())


def _as_expected(expect, rows):
    """bool: the rows mean what is expected: all of them, the only one, or the only value of the only one."""
    if isinstance(expect, list):
        return canonical(expect) == canonical(rows)
    if len(rows) != 1:
        return False
    if isinstance(expect, dict):
        return canonical(expect) == canonical(rows[0])
    found = list(rows[0].values())
    # Templates of ansible-core before 2.19 make texts of numbers.
    return canonical([expect]) == canonical(found) or (isinstance(expect, str) and len(found) == 1 and canonical(found) == "[%s]" % expect)


def _told(rows):
    shown = json.dumps(rows[:SHOWN_ROWS], ensure_ascii=False)
    return shown if len(rows) <= SHOWN_ROWS else "%s and %d more" % (shown, len(rows) - SHOWN_ROWS)
