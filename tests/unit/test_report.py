# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what became of environments, and the summaries of it for programs."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.report import (
    changes_of,
    row_of,
    summary_of,
    table,
)

URL = "https://us-east-1-prod-aws-data.spiceai.io"
NEW = {
    "changed": True,
    "elapsed": 4.26,
    "plan": ["create the app"],
    "environment": {
        "app": {"id": 1001, "name": "sales-analytics"},
        "changed_fields": ["name", "region", "spicepod"],
        "secrets": {"PG_PASSWORD": "created", "S3_KEY": "unchanged", "OLD": "deleted"},
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


def lines(*results, width=80):
    return table([row_of(f"host-{number}", result) for number, result in enumerate(results)], width)


def test_a_narrow_table():
    assert lines(NEW, SAME, FAILED) == [
        "app              changed                           deployment            seconds",
        "sales-analytics  created; region, spicepod;        5001 succeeded (new)  4.3",
        "                 secrets PG_PASSWORD, OLD; member",
        "                 carol",
        f"                 {URL}",
        "shop             unchanged                         5002 succeeded        0.1",
        f"                 {URL}",
        "host-2           FAILED: `region` us-east-9 is not offered; choose one of",
        "                 us-east-1, us-west-2.",
    ]


@pytest.mark.parametrize("width", [1, 60, 80, 119, 120, 160, 500])
def test_no_line_is_wider_than_the_screen(width):
    found = lines(NEW, SAME, FAILED, width=width)
    assert max(map(len, found)) <= max(60, min(width, 200))
    assert not any(line.endswith(" ") for line in found)


def test_a_wide_table_has_a_column_for_the_url():
    found = lines(NEW, SAME, width=160)
    assert found[0].split() == ["app", "changed", "deployment", "url", "seconds"]
    assert found[-1].split() == ["shop", "unchanged", "5002", "succeeded", URL, "0.1"]


def test_what_was_done_before_a_failure_is_told():
    failed = {**NEW, "failed": True, "msg": "Deployment 5001 failed."}
    assert any("done before: created; region, spicepod" in line for line in lines(failed, width=160))


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ""),
        ({"changed_fields": ["replicas"]}, "replicas"),
        ({"changed_fields": ["name"]}, "created"),
        ({"secrets": {"A": "unchanged"}}, ""),
        ({"secrets": {"A": "updated"}, "members": {"x": "created", "y": "deleted"}}, "secret A; members x, y"),
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
    assert row_of("host", {"environment": environment}).deployment == words


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"changed_fields": ["name", "region"]}, "would be created; region"),
        ({"changed_fields": ["replicas"], "secrets": {"A": "updated"}}, "would change: replicas; secret A"),
    ],
)
def test_a_plan_says_what_would_be(environment, words):
    planned = {"changed": True, "api": {"requests": 3, "writes": 0, "retries": 0}, "environment": environment}
    assert row_of("host", planned).changed == words
    assert summary_of(row_of("host", planned), planned)["planned"] is True


def test_a_summary():
    assert summary_of(row_of("host", NEW), NEW) == {
        "app": "sales-analytics",
        "app_id": 1001,
        "changed": True,
        "planned": False,
        "changed_fields": ["name", "region", "spicepod"],
        "secrets": {"PG_PASSWORD": "created", "S3_KEY": "unchanged", "OLD": "deleted"},
        "members": {"carol": "updated", "erin": "unchanged"},
        "deployment": {"id": 5001, "status": "succeeded", "made": True},
        "url": URL,
        "plan": ["create the app"],
        "seconds": 4.26,
        "failed": False,
        "reason": None,
    }
    failed = summary_of(row_of("host", FAILED), FAILED)
    assert failed["failed"]
    assert failed["reason"] == "`region` us-east-9 is not offered; choose one of us-east-1, us-west-2."
