# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log that a failed deployment brings along, and that nothing about it hides or delays the failure."""

from __future__ import annotations

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_deployment
from ansible_collections.spiceai.cloud.tests.unit.fakes import PAT

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
LOG = "/v1/apps/1/instances/new/logs"
LATE = (404, {"error": "Instance 'new' not found", "code": "instance_not_found"})
FAILED = "Deployment 1 of app sales failed: no start (unable_to_start). Nothing serves"
HINT = "The log of its newest instance cannot be shown: "


@pytest.fixture
def refuse(cloud, fail, clock):
    """Deploys; the deployment fails at the first look."""
    cloud.add("sales", spicepod=POD)
    cloud.add_instance("old", ["old 1"])
    cloud.add_instance("new", ["new 1", "new 2", "new 3"], status="not_ready")

    def go(status="failed", **options):
        fields = {"status": status, "error_message": "no start", "error_code": "unable_to_start"}
        clock.meanwhile[:] = [lambda: cloud.deployments[1][-1].update(fields)]
        return fail(spice_deployment.SPEC, app_id=1, **{"log_lines": 2, **options})

    return go


def reads(cloud):
    return [path for path in cloud.paths() if "/instances" in path]


def test_the_end_of_the_newest_log_comes_with_the_failure(cloud, refuse):
    result = refuse()
    assert result["log"] == ["new 2", "new 3"]
    assert result["msg"].startswith(FAILED)
    assert result["msg"].endswith(
        " `log` has the last 2 lines of the log of its newest instance new (not_ready, started at "
        "2026-10-01T12:00:00.000Z)."
    )
    assert result["deployment"]["status"] == "failed"
    assert result["changed"] is True
    assert reads(cloud) == ["/v1/apps/1/instances", LOG]


def test_without_lines_no_log_is_read(cloud, refuse):
    result = refuse(log_lines=0)
    assert "log" not in result
    assert reads(cloud) == []
    assert "instance" not in result["msg"]


def test_a_negative_number_of_lines_is_refused_at_once(cloud, fail):
    assert fail(spice_deployment.SPEC, app="sales", log_lines=-5)["msg"] == "`log_lines` must be 0 or more, not -5."
    assert cloud.requests == []


@pytest.mark.parametrize(("lines", "words"), [(["only"], "has the last line of"), ([], "newest instance new (not_")])
def test_one_line_and_none(cloud, refuse, lines, words):
    cloud.instances[1][0]["log"] = lines
    result = refuse()
    assert result["log"] == lines
    assert words in result["msg"]


def test_what_the_task_knows_is_hidden_also_where_it_is_cut(cloud, refuse):
    cloud.instances[1][0]["log"] = [PAT[-14:], f"token {PAT}", f"token {PAT[:9]}", f"{PAT[9:]} end", "x" * 999 + PAT]
    assert refuse(log_lines=9)["log"] == [
        "********",
        "token ********",
        "token ********",
        "******** end",
        "x" * 999 + "*",
    ]


def test_a_log_that_is_late_is_waited_for(cloud, refuse, clock):
    cloud.fail("GET", LOG, LATE, LATE, LATE)
    result = refuse()
    assert result["log"] == ["new 2", "new 3"]
    assert len(reads(cloud)) == 8  # the list each time, because the instance may be another one
    assert "app sales: its log is not there yet" in str(result.progress_lines)


@pytest.mark.parametrize(("options", "longest"), [({}, 60), ({"wait_timeout": 20}, 20)])
def test_it_is_not_waited_for_long(cloud, refuse, clock, options, longest):
    cloud.fail("GET", LOG, *[LATE] * 99)
    began = clock.now
    result = refuse(**options)
    assert clock.now - began <= longest + 3  # and the wait for the deployment itself
    assert result["msg"].startswith(FAILED)
    assert f"{HINT}it is not there yet after " in result["msg"]
    assert "log" not in result
    assert "failure" in result


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/v1/apps/1/instances", (409, {"error": "Paused", "code": "project_paused"}), "(409 project_paused): Paused"),
        ("/v1/apps/1/instances", (500, {"error": "broken"}), "(500): broken"),
        ("/v1/apps/1/instances", (503, {"error": "busy"}, {"Retry-After": "50"}), "(503): busy"),
        ("/v1/apps/1/instances", (429, {"error": "slow down"}, {"Retry-After": "50"}), "(429): slow down"),
        ("/v1/apps/1/instances", (403, {"error": "no scope", "code": "insufficient_scope"}), "(403 insufficient"),
        ("/v1/apps/1/instances", requests.exceptions.ConnectionError("reset"), "broke off"),
        ("/v1/apps/1/instances", requests.exceptions.ReadTimeout("late"), "did not answer"),
        ("/v1/apps/1/instances", (200, "<html>"), "web page"),
        ("/v1/apps/1/instances", (200, {"instances": None}), "unknown form"),
        ("/v1/apps/1/instances", (200, {"instances": []}), "the app has no instance"),
        (LOG, (409, {"error": "Offline", "code": "instance_offline"}), "(409 instance_offline): Offline"),
        (LOG, (403, {"error": "Too many", "code": "plan_limit"}), "(403 plan_limit): Too many"),
        (LOG, (200, {"lines": 5}), "unknown form"),
        (LOG, (502, "bad gateway"), "(502): bad gateway"),
    ],
)
def test_what_goes_wrong_with_the_log_is_a_hint(cloud, refuse, clock, path, answer, words):
    cloud.fail("GET", path, answer)
    result = refuse()
    assert result["msg"].startswith(FAILED)
    assert HINT in result["msg"]
    assert words in result["msg"]
    assert "log" not in result
    assert result["deployment"]["error_code"] == "unable_to_start"
    assert result["failure"].get("status") is None
    # Only the wait for the deployment: what a task can do without is not retried.
    assert len(clock.slept) == 1
    assert reads(cloud).count(path) == 1


def test_the_plan_allows_fewer_lines(cloud, refuse):
    cloud.fail("GET", LOG, (403, {"error": "Too many", "code": "plan_limit", "max_tail": 1}))
    result = refuse()
    assert result["log"] == ["new 3"]
    assert result.warnings == ["The plan allows the last line of a log, not 2 lines."]


def test_a_deployment_that_takes_too_long_brings_its_log_at_once(cloud, refuse, clock):
    cloud.fail("GET", LOG, LATE)
    result = refuse(status="in_progress", wait_timeout=10)
    assert "is still in_progress after 10 seconds" in result["msg"]
    assert f"{HINT}it is not there yet after 0 seconds." in result["msg"]
    assert refuse(status="in_progress", wait_timeout=10)["log"] == ["new 2", "new 3"]


def test_one_that_is_not_to_be_retried_brings_its_log_in_a_plan_too(cloud, run, fail, refuse):
    stamp = run(spice_deployment.SPEC, app_id=1, check_mode=True)["stamp"]
    cloud.deploy("failed", commit_message=f"ours [spice:{stamp}]", error_message="no start")
    result = fail(spice_deployment.SPEC, app_id=1, check_mode=True, retry_failed=False, log_lines=1)
    assert result["log"] == ["new 3"]
    assert cloud.writes() == []
