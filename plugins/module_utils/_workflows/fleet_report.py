# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What became of a fleet: for a screen, as Markdown, as CSV and as JSON.

A summary is a dictionary:

* ``run``, ``change``: the name of the run and what every app got, strings. ``state``: one of STATES. ``reason``: why it
  is in this state.
* ``batches``: each with ``name``, the counts ``apps``, ``changed``, ``unchanged``, ``failed`` and ``rolled_back``, and
  ``seconds``.
* ``apps``: each with ``name`` (the inventory host), ``app``, ``org``, ``result`` (one of RESULTS), ``batch``,
  ``version``, ``previous_version``, ``deployment``, ``seconds``, ``reason`` and ``changes`` (a list of strings).
* ``counts``: result to number. It is needed only where ``apps`` does not hold all of them.
* ``versions``: version to number of apps. ``requests``, ``writes``, ``throttled``: whole numbers. ``paced_seconds``.

None of it is a secret or a config. Words of a server are made printable here.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import printable
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import table as tables

STATES = {
    "finished": "finished",
    "stopped": "stopped",
    "paused": "paused",
    "planned": "planned, nothing was changed",
}
# The first ones are the worst; the table shows the apps in this order.
ROLLBACK_FAILED, FAILED, ROLLED_BACK, WOULD_CHANGE = "rollback_failed", "failed", "rolled_back", "would_change"
HELD, NOT_REACHED = "held", "not_reached"
FINE = ("created", "changed", "unchanged")
RESULTS = (ROLLBACK_FAILED, FAILED, ROLLED_BACK, WOULD_CHANGE, HELD, NOT_REACHED, *FINE)
ROWS = (ROLLBACK_FAILED, FAILED, ROLLED_BACK, WOULD_CHANGE)  # each of these apps has a row, also among many
MAX_ROWS = 100  # of apps on a screen and in Markdown; the JSON and the CSV have all
MAX_REASONS, MAX_NAMES = 5, 10  # for which apps are held, and apps that are named for each
AGAIN = "run the same command again to reach the others"

BATCHES = tables.Form(("batch", "apps", "changed", "unchanged", "failed", "rolled back", "seconds"), words=6)
APPS = tables.Form(("app", "result", "batch", "version", "reason"), words=4)
COLUMNS = (
    "name",
    "app",
    "org",
    "result",
    "batch",
    "version",
    "previous_version",
    "deployment",
    "seconds",
    "reason",
    "changes",
)
FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"  # a spreadsheet calculates what begins so; the last four are wide forms
MARKDOWN = str.maketrans({**{char: "\\" + char for char in "\\|`*[]"}, "<": "&lt;", ">": "&gt;", "&": "&amp;"})

Summary = Mapping[str, Any]
App = Mapping[str, Any]


def counts(summary: Summary) -> dict[str, int]:
    """How many apps have each result, without those that none has."""
    given = summary.get("counts")
    found = given if given is not None else Counter(app["result"] for app in summary["apps"])
    return {result: found[result] for result in RESULTS if found.get(result)}


def table(summary: Summary, width: int) -> list[str]:
    """The lines for a screen: the run, its batches, the apps that are not fine, and sums.

    Args:
        width: of the screen, in columns.
    """
    lines = _filled(_title(summary), width)
    batches = [tables.Row(batch["name"], _batch_cells(batch)[1:]) for batch in summary["batches"]]
    lines += tables.table(BATCHES, batches, width) if batches else []
    rows = _rows(summary)
    lines += tables.table(APPS, [tables.Row(name, cells) for name, *cells in rows], width) if rows else []
    return lines + [line for sentence in _sums(summary, len(rows)) for line in _filled(sentence, width)]


def markdown(summary: Summary) -> str:
    """The same as a document in Markdown."""
    parts = [f"# Fleet\n\n{_escaped(_title(summary))}"]
    parts += [_grid(BATCHES.heads, [_batch_cells(batch) for batch in summary["batches"]])] if summary["batches"] else []
    rows = _rows(summary)
    parts += [_grid(APPS.heads, rows)] if rows else []
    parts += ["\n".join(f"- {_escaped(sentence)}" for sentence in _sums(summary, len(rows)))]
    return "\n\n".join(parts) + "\n"


def csv_of(summary: Summary) -> str:
    """All apps as CSV (RFC 4180), the names of the columns first. No cell is a formula for a spreadsheet."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    for app in summary["apps"]:
        writer.writerow([_cell(app.get(column)) for column in COLUMNS])
    return output.getvalue()


def to_json(summary: Summary) -> str:
    """All of it as JSON. Raises ValueError: something in it is no value of JSON."""
    return json.dumps(summary, indent=2, allow_nan=False) + "\n"


# What is written to a directory, by the name of the file.
FILES = {"report.json": to_json, "report.md": markdown, "report.csv": csv_of}


# -- parts ------------------------------------------------------------------------------------------------------------


def _title(summary: Summary) -> str:
    state = STATES[summary["state"]] + (f": {summary['reason']}" if summary["reason"] else "")
    parts = (f"run {summary['run']}" if summary["run"] else "", summary["change"], state)
    return ", ".join(part for part in parts if part)


def _batch_cells(batch: Mapping[str, Any]) -> list[str]:
    numbers = [f"{batch[name]:,}" for name in ("apps", "changed", "unchanged", "failed", "rolled_back")]
    return [str(batch["name"]), *numbers, f"{batch['seconds']:.0f}"]


def _rows(summary: Summary) -> list[list[str]]:
    """The apps that are not fine, the worst first, as many as a reader takes in; all apps where they were only read."""
    ranks = {result: rank for rank, result in enumerate(ROWS)}
    only_read = not summary["run"] and summary["state"] == "finished"
    chosen = [app for app in summary["apps"] if app["result"] in ranks or only_read]
    chosen.sort(key=lambda app: ranks.get(app["result"], len(ranks)))
    return [_app_cells(app) for app in chosen[:MAX_ROWS]]


def _app_cells(app: App) -> list[str]:
    result = app["result"].replace("_", " ")
    why = [app.get("reason") or "", *(app.get("changes") or [] if app["result"] == WOULD_CHANGE else [])]
    return [
        str(app["name"]),
        result,
        str(app.get("batch") or ""),
        _version(app),
        "; ".join(part for part in why if part),
    ]


def _version(app: App) -> str:
    now, before = app.get("version") or "", app.get("previous_version") or ""
    return f"{before} to {now}" if now and before and now != before else str(now or before)


def _sums(summary: Summary, shown: int) -> list[str]:
    """Sentences about all apps together. ``shown``: how many of them have a row."""
    found = counts(summary)
    hidden = max(sum(found.get(result, 0) for result in ROWS) - shown, 0)
    sentences = [f"and {hidden:,} more apps that are not fine"] if hidden else []
    sentences += [", ".join(f"{result.replace('_', ' ')} {number:,}" for result, number in found.items()) or "no apps"]
    if found.get(HELD):
        sentences.append(_held(summary))
    if found.get(NOT_REACHED):
        sentences.append(AGAIN)
    if summary["versions"]:
        ordered = sorted(summary["versions"].items(), key=lambda item: (-item[1], str(item[0])))
        sentences.append(f"versions: {', '.join(f'{version} ({number:,})' for version, number in ordered)}")
    numbers = [f"{name} {summary[name]:,}" for name in ("requests", "writes", "throttled")]
    return [*sentences, ", ".join([*numbers, f"waited for the limit {summary['paced_seconds']:.0f} s"])]


def _held(summary: Summary) -> str:
    """Why apps are held, the most frequent reason first, with the first names; thousands may have the same reason."""
    names: dict[str, list[str]] = {}
    for app in summary["apps"]:
        if app["result"] == HELD:
            names.setdefault(app.get("reason") or "no reason given", []).append(str(app["name"]))
    told = sorted(names.items(), key=lambda item: -len(item[1]))[:MAX_REASONS]
    return f"held because: {'; '.join(f'{reason} ({_some(of)})' for reason, of in told)}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more:,} more" if more > 0 else "")


# -- forms ------------------------------------------------------------------------------------------------------------


def _filled(sentence: str, width: int) -> list[str]:
    width = max(tables.MIN_WIDTH, min(width, tables.MAX_WIDTH))
    flat = printable(sentence.replace("\n", " "))
    return textwrap.wrap(flat, width, subsequent_indent=tables.GAP, break_on_hyphens=False)


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([_escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(words: str) -> str:
    return printable(" ".join(words.split())).translate(MARKDOWN)


def _cell(value: Any) -> str:
    """A cell of a CSV file. An apostrophe before it makes a string of what would be a formula."""
    if isinstance(value, list):
        value = "; ".join(str(item) for item in value)
    words = printable("" if value is None else str(value))
    # What stands before a formula does not stop every spreadsheet.
    return "'" + words if isinstance(value, str) and words.lstrip()[:1] in tuple(FORMULA) else words
