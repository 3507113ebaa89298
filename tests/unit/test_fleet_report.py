# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet: for a screen, as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_report import (
    COLUMNS,
    MAX_ROWS,
    counts,
    csv_of,
    markdown,
    table,
    to_json,
)


def app(name, result="unchanged", **fields):
    return {
        "name": name,
        "app": name,
        "org": None,
        "result": result,
        "batch": "1",
        "version": "2.0.3",
        "previous_version": None,
        "deployment": 5001,
        "seconds": 1.5,
        "reason": "",
        "changes": [],
        **fields,
    }


NUMBERS = {"apps": 0, "changed": 0, "unchanged": 0, "failed": 0, "rolled_back": 0, "seconds": 0.0}


def batch(name, **numbers):
    return {"name": name, **NUMBERS, **numbers}


def summary(*apps, **fields):
    return {
        "run": "awx-4711",
        "change": "image_tag 2.1.0",
        "state": "finished",
        "reason": "",
        "batches": [],
        "apps": list(apps),
        "versions": {},
        "requests": 0,
        "writes": 0,
        "throttled": 0,
        "paced_seconds": 0.0,
        **fields,
    }


STOPPED = summary(
    app("shop-01", "changed", version="2.1.0", batch="canary"),
    app(
        "shop-03",
        "rolled_back",
        previous_version="2.1.0",
        deployment=5015,
        reason="deployment 5015 failed: unable_to_start; runs 2.0.3 again",
    ),
    app("shop-04", "rollback_failed", version=None, reason="deployment 5016 failed"),
    app("shop-05", "held", batch="", reason="it has the tag fleet-hold"),
    *(app(f"shop-1{number}", "not_reached", batch="") for number in range(4)),
    state="stopped",
    reason="2 of 0 tolerated failures after batch 1",
    batches=[
        batch("canary", apps=1, changed=1, seconds=93.4),
        batch("1", apps=2, failed=1, rolled_back=1, seconds=141),
    ],
    versions={"2.0.3": 1995, "2.1.0": 5},
    requests=12034,
    writes=61,
    throttled=3,
    paced_seconds=12.4,
)


def test_the_table_has_rows_only_for_apps_that_are_not_fine():
    assert table(STOPPED, 120) == [
        "run awx-4711, image_tag 2.1.0, stopped: 2 of 0 tolerated failures after batch 1",
        "batch   apps  changed  unchanged  failed  rolled back  seconds",
        "canary  1     1        0          0       0            93",
        "1       2     0        0          1       1            141",
        "app      result           batch  version         reason",
        "shop-04  rollback failed  1                      deployment 5016 failed",
        "shop-03  rolled back      1      2.1.0 to 2.0.3  deployment 5015 failed: unable_to_start; runs 2.0.3 again",
        "rollback failed 1, rolled back 1, held 1, not reached 4, changed 1",
        "held because: it has the tag fleet-hold (shop-05)",
        "run the same command again to reach the others",
        "versions: 2.0.3 (1,995), 2.1.0 (5)",
        "requests 12,034, writes 61, throttled 3, waited for the limit 12 s",
    ]


def test_a_plan_says_why_apps_differ():
    planned = summary(
        app("shop", "would_change", version=None, previous_version="2.0.3", changes=["update image_tag", "deploy"]),
        app("sales"),
        state="planned",
        run="",
    )
    lines = table(planned, 80)
    assert lines[0] == "image_tag 2.1.0, planned, nothing was changed"
    assert "shop  would change  1      2.0.3    update image_tag; deploy" in lines
    assert not any(line.startswith("sales") for line in lines)


def test_apps_that_were_only_read_have_a_row_each():
    apps = [app("shop", "unchanged", version="2.0.3"), app("sales", "failed", version=None, reason="no room")]
    read = summary(*apps, state="finished", run="", change="what runs now")
    lines = table(read, 80)
    assert lines[0] == "what runs now, finished"
    assert [line.split()[:2] for line in lines[2:4]] == [["sales", "failed"], ["shop", "unchanged"]]
    assert "| shop | unchanged |" in markdown(read)
    many = summary(*apps, *(app(f"shop-{number}", "unchanged") for number in range(MAX_ROWS)), state="finished", run="")
    lines = table(many, 80)
    assert sum("unchanged" in line for line in lines) == MAX_ROWS  # one more app failed, and one line counts
    assert not any("more apps" in line for line in lines)


@pytest.mark.parametrize("width", [20, 60, 80, 200, 500])
def test_no_line_is_wider_than_the_screen(width):
    long = app("shop", "failed", reason="a reason of many words " * 20)
    lines = table(summary(long, reason="why it stopped " * 20, versions={str(n): n for n in range(60)}), width)
    assert max(len(line) for line in lines) <= max(60, min(width, 200))


def test_many_apps_that_are_not_fine_are_counted():
    many = summary(*(app(f"shop-{number}", "failed") for number in range(MAX_ROWS + 7)))
    for told in ("\n".join(table(many, 80)), markdown(many)):
        assert "and 7 more apps that are not fine" in told
        assert "failed 107" in told
        assert f"shop-{MAX_ROWS - 1}" in told
        assert f"shop-{MAX_ROWS}" not in told
    assert len(csv_of(many).splitlines()) == MAX_ROWS + 8


def test_counts_that_are_given_win():
    assert counts(summary(app("shop", "failed"))) == {"failed": 1}
    assert counts(summary(app("shop", "failed"), counts={"failed": 40, "changed": 2, "held": 0})) == {
        "failed": 40,
        "changed": 2,
    }


def test_an_empty_fleet():
    assert table(summary(run=""), 80) == [
        "image_tag 2.1.0, finished",
        "no apps",
        "requests 0, writes 0, throttled 0, waited for the limit 0 s",
    ]


HOSTILE = "a | b\n`c` [x](http://y) <img> \\ *d* \x1b[31m\u202e"


def test_markdown_escapes_what_has_a_meaning():
    told = markdown(summary(app("shop", "failed", reason=HOSTILE)))
    row = next(line for line in told.splitlines() if line.startswith("| shop"))
    assert row == (
        "| shop | failed | 1 | 2.0.3 | a \\| b \\`c\\` \\[x\\](http://y) &lt;img&gt; \\\\ \\*d\\* ?\\[31m? |"
    )
    assert "| batch | apps |" in markdown(STOPPED)


def test_the_table_shows_no_control_characters():
    assert all(line.isprintable() for line in table(summary(app("shop", "failed", reason=HOSTILE), reason=HOSTILE), 80))


def test_csv_comes_back_as_it_was():
    apps = [
        app("shop", "failed", reason='a "quoted", cell\nof two lines', changes=["one", "two"]),
        app("sales", deployment=None, version=None),
    ]
    told = csv_of(summary(*apps))
    assert told.startswith(",".join(COLUMNS) + "\r\n")
    rows = list(csv.DictReader(io.StringIO(told, newline="")))
    assert rows[0]["reason"] == 'a "quoted", cell\nof two lines'
    assert rows[0]["changes"] == "one; two"
    assert (rows[1]["name"], rows[1]["deployment"], rows[1]["version"], rows[1]["seconds"]) == ("sales", "", "", "1.5")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d", "\x00="])
def test_no_cell_of_the_csv_is_a_formula(begin):
    value = begin + "cmd|' /C calc'!A0"
    rows = list(csv.DictReader(io.StringIO(csv_of(summary(app("shop", "failed", reason=value, changes=[value]))))))
    for column in ("reason", "changes"):
        assert rows[0][column][0] in ("'", "?")


def test_json_holds_all_of_it():
    assert json.loads(to_json(STOPPED)) == STOPPED
    with pytest.raises(ValueError, match="JSON"):
        to_json(summary(paced_seconds=float("nan")))


def test_many_that_are_held_for_one_reason_are_one_sentence():
    held = [app(f"shop-{number}", "held", reason="it is paused") for number in range(1013)]
    told = table(summary(*held, app("sales", "held", reason="it has the tag fleet-hold")), 200)
    names = ", ".join(f"shop-{number}" for number in range(10))
    assert f"held because: it is paused ({names} and 1,003 more); it has the tag fleet-hold (sales)" in told
