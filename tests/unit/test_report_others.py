# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of teardown, rotation and export: every way in which their roles can end has its words."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import report_others as report
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import table

BROKEN = {"failed": True, "msg": "It broke."}
UNREACHABLE = {"unreachable": True, "msg": "No route."}
ENDED = "FAILED: it ended before it could say what came of it; its error is above."

# -- teardown ---------------------------------------------------------------------------------------------------------

LOOKED = {
    "found": {"apps": [{"id": 7, "name": "shop"}]},
    "secrets": {"secrets": [{"name": "A"}, {"name": "B"}]},
    "deployments": {"deployments": [{"id": 1}]},
}
NOT_THERE = {"found": {"apps": []}, "deleted": {"changed": False, "api": {"writes": 0}}}
DELETED = {"changed": True, "api": {"writes": 1}}
PLANNED = {"changed": True, "api": {"writes": 0}}


@pytest.mark.parametrize(
    ("results", "cells"),
    [
        ({**LOOKED, "deleted": DELETED}, ("deleted", "2 secrets, 1 deployment")),
        ({**LOOKED, "deleted": PLANNED}, ("would be deleted", "2 secrets, 1 deployment")),
        (NOT_THERE, ("not there", "")),
        # A look that failed and was ignored.
        ({**LOOKED, "secrets": BROKEN, "deleted": DELETED}, ("deleted", "secrets not known, 1 deployment")),
    ],
)
def test_a_teardown(results, cells):
    assert report.teardown_row("shop", results).cells == cells
    summary = report.teardown_summary("shop", results)
    assert (summary["outcome"], summary["failed"], summary["reason"]) == (cells[0], False, None)
    assert summary["planned"] is (cells[0] == "would be deleted")


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ({}, ENDED),
        ({"found": BROKEN}, "FAILED: It broke."),
        ({"found": UNREACHABLE}, "FAILED: No route."),
        ({**LOOKED, "deployments": BROKEN}, "FAILED: It broke."),
        ({**LOOKED, "deleted": BROKEN}, "FAILED: It broke."),
        # What an earlier run in the same play deleted is not what this one did.
        ({"found": BROKEN, "deleted": DELETED}, "FAILED: It broke."),
        (LOOKED, ENDED),
    ],
)
def test_a_teardown_that_fails(results, words):
    assert list(report.teardown_row("shop", results).failed) == [words]
    summary = report.teardown_summary("shop", results)
    assert (summary["outcome"], summary["failed"]) == ("failed", True)


def test_the_app_of_a_teardown():
    assert report.teardown_app(LOOKED) == "shop"
    assert report.teardown_app(NOT_THERE) is report.teardown_app({}) is report.teardown_app({"found": BROKEN}) is None


# -- rotation ---------------------------------------------------------------------------------------------------------

STARTED = {
    "app": "shop",
    "app_id": 7,
    "key_number": 2,
    "former_key_number": 1,
    "fingerprint": "5f70bf18a086",
    "resumed": False,
    "planned": False,
}
SUMMARY = {
    "app": "shop",
    "active": 2,
    "fingerprint": "5f70bf18a086",
    "retired": 1,
    "resumed": False,
}
DONE = {"started": {"rotation": STARTED}, "finished": {"changed": True}, "summary": SUMMARY}
PLAN = {
    "started": {"rotation": {**STARTED, "planned": True, "fingerprint": None}},
    "summary": {**SUMMARY, "fingerprint": None},
}
PLANNED_AGAIN = {"rotation": {**PLAN["started"]["rotation"], "resumed": True}}


@pytest.mark.parametrize(
    ("results", "cells"),
    [
        (DONE, ("2 (5f70bf18a086)", "1", "done")),
        (
            {**DONE, "started": {"rotation": {**STARTED, "resumed": True}}},
            ("2 (5f70bf18a086)", "1", "continued one that was under way"),
        ),
        (PLAN, ("would be 2", "would be 1", "planned")),
        # Older templates make strings of all of it.
        ({**DONE, "summary": {**SUMMARY, "active": "2"}}, ("2 (5f70bf18a086)", "1", "done")),
        ({**PLAN, "summary": {**SUMMARY, "active": "2", "fingerprint": ""}}, ("would be 2", "would be 1", "planned")),
        ({**PLAN, "started": PLANNED_AGAIN}, ("would be 2", "would be 1", "would be continued")),
    ],
)
def test_a_rotation(results, cells):
    assert report.rotation_row("shop", results).cells == cells
    summary = report.rotation_summary("shop", results)
    assert (summary["active"], summary["retired"], summary["failed"]) == (2, 1, False)
    assert summary["changed"] is not summary["planned"] is (results["started"]["rotation"]["planned"])


UNFINISHED = {"started": {"rotation": STARTED}}
ALIVE = "key 2 is new and not published; both keys stay alive. Run the rotation again: it publishes the same key."


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ({}, [ENDED]),
        ({"checked": BROKEN}, ["FAILED: It broke."]),
        ({"started": BROKEN}, ["FAILED: It broke."]),
        ({**UNFINISHED, "tried": BROKEN}, ["FAILED: It broke.", ALIVE]),
        ({**UNFINISHED, "stopped": BROKEN}, ["FAILED: It broke."]),
        ({**UNFINISHED, "finished": BROKEN}, ["FAILED: It broke."]),
        (UNFINISHED, [ENDED]),
        # The fact is left from an earlier rotation.
        ({**DONE, "summary": {**SUMMARY, "fingerprint": "000000000000"}}, [ENDED]),
        ({**DONE, "finished": BROKEN}, ["FAILED: It broke."]),
    ],
)
def test_a_rotation_that_fails(results, words):
    assert list(report.rotation_row("shop", results).failed) == words
    summary = report.rotation_summary("shop", results)
    assert (summary["failed"], summary["changed"], summary["active"], summary["retired"]) == (True, False, None, None)


# -- export -----------------------------------------------------------------------------------------------------------

WRITTEN = {
    "report": ["apps   2: sales, shop", "files  4 created, 0 updated, 1 unchanged in /x", "next   ansible-playbook"],
    "files": [
        {"path": "host_vars/shop/environment.yml", "outcome": "created", "app": "shop", "holds": "app"},
        {"path": "host_vars/sales.spicepod/spicepod.yaml", "outcome": "created", "app": "sales", "holds": "spicepod"},
        {"path": "host_vars/sales/secrets.yml", "outcome": "unchanged", "app": "sales", "holds": "secrets: 2"},
        {"path": "host_vars/sales/environment.yml", "outcome": "created", "app": "sales", "holds": "app"},
        {"path": "hosts.yml", "outcome": "created", "app": None, "holds": "hosts: 2"},
    ],
}


def test_an_export():
    assert table(report.EXPORT, report.export_rows({"written": WRITTEN}, is_plan=False), 80) == [
        "app    files                   what is in them",
        "sales  2 created, 1 unchanged  app, secrets: 2, spicepod",
        "shop   1 created               app",
        "(all)  1 created               hosts: 2",
    ]
    assert report.export_footer({"written": WRITTEN}) == WRITTEN["report"][1:]
    plan = report.export_rows({"written": WRITTEN}, is_plan=True)
    assert plan[0].cells[0] == "2 to create, 1 unchanged"


LOOP = {"failed": True, "msg": "One or more items failed", "results": [{"secrets": []}, {"failed": True, "msg": "No."}]}


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ({}, ENDED),
        ({"checked": BROKEN}, "FAILED: It broke."),
        ({"secrets": LOOP}, "FAILED: No."),
        ({"links": LOOP}, "FAILED: No."),
        ({"written": BROKEN}, "FAILED: It broke."),
    ],
)
def test_an_export_that_fails(results, words):
    (row,) = report.export_rows(results, is_plan=False)
    assert list(row.failed) == [words]
    assert report.export_footer(results) == []
