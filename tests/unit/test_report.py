# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what became of environments, and the summaries of it for programs."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.report import (
    FORM,
    app_name,
    changes_of,
    labels,
    row_of,
    shared_apps,
    summary_of,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import table

URL = "https://us-east-1-prod-aws-data.spiceai.io"
NEW = {
    "changed": True,
    "elapsed": 4.26,
    "plan": ["create the app"],
    "environment": {
        "app": {"id": 1001, "name": "sales-analytics"},
        "changed_fields": ["name", "region", "spicepod"],
        "secrets": {"PG_PASSWORD": "created", "S3_KEY": "unchanged", "OLD": "deleted"},
        "monitors": {"CPU": "unchanged"},
        "members": {"carol": "updated", "erin": "unchanged"},
        "deployment": {"id": 5001, "status": "succeeded"},
        "deployed": True,
        "url": URL,
    },
}
SAME = {
    "changed": False,
    "elapsed": 0.1,
    "environment": {
        "app": {"id": 1002, "name": "shop"},
        "deployment": {"id": 5002, "status": "succeeded"},
        "url": URL,
    },
}
FAILED = {"failed": True, "msg": "`region` us-east-9 is not offered;\nchoose one of us-east-1, us-west-2."}
PLANNED = {"api": {"requests": 3, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}}
WRITTEN = {"api": {"requests": 3, "writes": 2, "retries": 0, "throttled": 0, "paced_seconds": 0}}


def lines(*results, width=80):
    rows = [row_of(app_name(result) or f"host-{number}", result) for number, result in enumerate(results)]
    return table(FORM, rows, width)


def test_a_narrow_table():
    assert lines(NEW, SAME, FAILED) == [
        "app              changed                           deployment            seconds",
        "sales-analytics  created; region, spicepod;        5001 succeeded (new)  4.3",
        "                 secrets PG_PASSWORD, OLD; member",
        "                 carol",
        f"                 {URL}",
        "shop             unchanged                         5002 succeeded        0.1",
        f"                 {URL}",
        "host-2           FAILED, nothing was changed: `region` us-east-9 is not offered;",
        "                 choose one of us-east-1, us-west-2.",
    ]


def named(name, result):
    return {**result, "environment": {**result["environment"], "app": {"name": name}}}


def test_a_long_name_has_a_line_of_its_own_where_the_screen_is_narrow():
    name = "a-name-of-an-app-as-long-as-it-may-be-"
    assert lines(named(name, NEW), {**FAILED, "environment": {"app": {"name": "shop"}}}) == [
        "app",
        f"  {'changed':<47}  {'deployment':<20}  seconds",
        name,
        "  created; region, spicepod; secrets PG_PASSWORD,  5001 succeeded (new)  4.3",
        "  OLD; member carol",
        f"  {URL}",
        "shop",
        "  FAILED, nothing was changed: `region` us-east-9 is not offered; choose one of",
        "  us-east-1, us-west-2.",
    ]
    assert lines(named(name, NEW), width=160)[1].startswith(f"{name}  created; region")


@pytest.mark.parametrize("width", [1, 60, 80, 119, 120, 160, 500])
@pytest.mark.parametrize("name", ["shop", "x" * 38, f"{'x' * 38} ({'y' * 38})"])
def test_no_line_is_wider_than_the_screen(width, name):
    found = lines(NEW, named(name, NEW), SAME, FAILED, width=width)
    # One word that is longer than the screen stays whole, so that it can be copied.
    assert max(len(line) for line in found if line != name) <= max(60, min(width, 200))
    assert not any(line.endswith(" ") for line in found)


def test_a_wide_table_has_a_column_for_the_url():
    found = lines(NEW, SAME, width=160)
    assert found[0].split() == ["app", "changed", "deployment", "url", "seconds"]
    assert found[-1].split() == ["shop", "unchanged", "5002", "succeeded", URL, "0.1"]


# -- failures ---------------------------------------------------------------------------------------------------------


def test_the_problems_of_a_plan_are_a_paragraph_each():
    msg = "Some options cannot be right, and nothing was changed yet:\n- one.\n- two."
    failed = {"failed": True, "msg": msg, "environment": {"app": {"name": "shop"}}}
    assert lines(failed)[1:] == ["shop  FAILED, nothing was changed: one.", "      two."]
    assert summary_of("shop", failed)["reason"] == "one. two."


BROKEN = {**NEW, **WRITTEN, "failed": True, "msg": "It broke."}


@pytest.mark.parametrize(
    ("environment", "done"),
    [
        (
            {"deployment": {"id": 5001, "status": "failed"}},
            "done before it failed: created; region, spicepod; secrets PG_PASSWORD, OLD; member carol; "
            "deployment 5001 failed",
        ),
        (
            {"secrets": {"A": "failed", "B": "created"}, "members": {}, "deployed": False, "deployment": None},
            "done before it failed: created; region, spicepod; secret B",
        ),
        (
            {"rolled_back": True, "changed_fields": ["replicas"], "members": {}},
            "rolled back: replicas; deployment 5001 runs what ran before; not rolled back: secrets PG_PASSWORD, OLD",
        ),
        ({"changed_fields": [], "secrets": {}, "members": {}, "deployed": False}, None),
    ],
)
def test_what_was_done_before_a_failure_is_told(environment, done):
    failed = {**BROKEN, "environment": {**NEW["environment"], **environment}}
    row = row_of("sales-analytics", failed)
    assert list(row.failed) == ["FAILED: It broke.", *([done] if done else [])]


def test_a_plan_that_fails_has_done_nothing():
    assert list(row_of("shop", {**BROKEN, **PLANNED}).failed) == ["FAILED, nothing was changed: It broke."]


def test_an_unreachable_host_failed():
    assert list(row_of("shop", {"unreachable": True, "msg": "No route"}).failed) == [
        "FAILED, nothing was changed: No route"
    ]


def test_apps_of_one_name_are_told_apart():
    assert labels({"eu": "sales", "us": "sales", "shop": "shop"}) == {
        "eu": "sales (eu)",
        "us": "sales (us)",
        "shop": "shop",
    }


def seen(**app):
    return {"environment": {"app": {"id": 7, "name": "sales", "created_at": "2026-11-01T08:00:00Z", **app}}}


@pytest.mark.parametrize(
    "other",
    [
        seen(id=8),
        seen(created_at="2026-11-02T08:00:00Z"),  # of another cloud, whose ids are the same
        seen(name="shop"),
        {"environment": {"app": {"name": "sales"}}},
        FAILED,
    ],
)
def test_an_app_of_one_host(other):
    assert shared_apps({"eu": seen(), "us": other}) == []


def test_new_apps_are_not_shared_because_nobody_knows_their_organization():
    assert shared_apps({"eu": seen(id=None), "us": seen(id=None)}) == []


def test_an_app_of_several_hosts():
    results = {"eu": seen(), "shop": SAME, "us": {**seen(), "failed": True}, "asia": seen(id=9), "africa": seen()}
    assert shared_apps(results) == [
        "The hosts eu, us and africa describe the same app sales (id 7). What differs between their descriptions "
        "changes back and forth in every run, so keep one of them."
    ]


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ""),
        ({"changed_fields": ["replicas"]}, "replicas"),
        ({"changed_fields": ["name"]}, "created"),
        ({"secrets": {"A": "unchanged", "B": "failed"}}, ""),
        ({"secrets": {"A": "updated"}, "members": {"x": "created", "y": "deleted"}}, "secret A; members x, y"),
        (
            {"monitors": {"hot": "created", "slow": "unchanged", "old": "deleted"}, "members": {"x": "created"}},
            "monitors hot, old; member x",
        ),
    ],
)
def test_changes_by_name(environment, words):
    assert changes_of(environment) == words


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "none"),
        ({"deployment": {"id": None, "status": "succeeded"}, "deployed": True}, "would be new"),
        ({"deployment": {"id": 7, "status": "failed"}}, "7 failed"),
        ({"deployment": {"id": 7, "status": "queued"}, "deployed": True}, "7 queued (new)"),
    ],
)
def test_the_deployment(environment, words):
    assert row_of("host", {"environment": environment}).cells[1] == words


def test_the_excerpt_that_older_ansible_core_shows_is_left_out():
    message = (
        "The task includes an option with an undefined variable. The error was: 'x' is undefined\n\nThe error appears "
        "to be in '/a/main.yml': line 4\n\nThe offending line appears to be:\n\n- name: Task\n  ^ here\n"
    )
    told = row_of("shop", {"failed": True, "msg": message}).failed[0]
    assert told.endswith("The error was: 'x' is undefined")


def test_what_was_only_deployed_is_not_unchanged():
    result = {"changed": True, "environment": {"deployed": True, "deployment": {"id": 7, "status": "succeeded"}}}
    assert row_of("shop", {**result, **WRITTEN}).cells[:2] == ("deployed", "7 succeeded (new)")


def test_a_plan_says_what_would_be_and_why():
    planned = {
        "changed": True,
        **PLANNED,
        "environment": {"changed_fields": ["replicas"], "deployed": True, "deployment": {"id": None}},
        "plan": ["update replicas of the app", "update secret A", "deploy: because replicas, secret A"],
    }
    assert row_of("host", planned).cells[:2] == (
        "would update replicas of the app; update secret A; deploy: because replicas, secret A",
        "would be new",
    )
    assert summary_of("host", planned)["planned"] is True


def test_a_summary():
    assert summary_of("sales-analytics", NEW) == {
        "app": "sales-analytics",
        "app_id": 1001,
        "changed": True,
        "planned": False,
        "changed_fields": ["name", "region", "spicepod"],
        "secrets": {"PG_PASSWORD": "created", "S3_KEY": "unchanged", "OLD": "deleted"},
        "linked_secrets": {},
        "monitors": {"CPU": "unchanged"},
        "members": {"carol": "updated", "erin": "unchanged"},
        "deployment": {"id": 5001, "status": "succeeded", "made": True},
        "rolled_back": False,
        "url": URL,
        "plan": ["create the app"],
        "seconds": 4.26,
        "failed": False,
        "reason": None,
    }
    failed = summary_of("host", FAILED)
    assert failed["failed"]
    assert failed["reason"] == "`region` us-east-9 is not offered; choose one of us-east-1, us-west-2."


@pytest.mark.parametrize("nasty", ["\x1b[2J", "\x9b31m", "\u202e", "\x07", "\r"])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_control_character_of_a_server_reaches_the_terminal(nasty, width):
    deployment = {"id": 7, "status": f"a{nasty}b"}
    app = {"name": "sales", "endpoint": f"https://{nasty}.test"}
    done = {"environment": {"app": app, "members": {f"x{nasty}y": "deleted"}, "deployment": deployment, "url": nasty}}
    plan = {"changed": True, "api": {"writes": 0}, "plan": [f"delete member x{nasty}y"], **done}
    rows = [row_of(f"s{nasty}", result) for result in ({"changed": True, **done}, plan, {"failed": True, "msg": nasty})]
    for line in table(FORM, rows, width):
        assert line.isprintable(), line


def test_a_task_in_the_message_of_older_ansible_is_no_problem_of_a_plan():
    message = "'nobody' is undefined\n\nThe error appears to be here:\n\n---\n- name: Bring it\n  ^ here\n"
    told = " ".join(lines({"failed": True, "msg": message}))
    assert "'nobody' is undefined" in " ".join(told.split())
