# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that is paused and resumed: by itself, after a change, and by answers that get lost."""

from __future__ import annotations

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_environment

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
OTHER = {**POD, "datasets": [{"from": "s3://b/o", "name": "orders"}]}
SINCE = "2026-11-02T08:30:00.000Z"
PAUSE, RESUME, PUT = "POST /v1/apps/1/pause", "POST /v1/apps/1/resume", "PUT /v1/apps/1"
DEPLOY = "POST /v1/apps/1/deployments"


def lost():
    return requests.exceptions.ReadTimeout("lost")


@pytest.fixture
def app(cloud):
    """An app that was deployed."""
    made = cloud.add("sales", spicepod=POD)
    cloud.deploy("succeeded")
    return made


@pytest.fixture
def paused(cloud, app):
    app["paused_at"] = SINCE
    return app


def writes(cloud):
    return [f"{method} {path}" for method, path, dummy in cloud.writes()]


def ends(cloud, clock, *statuses):
    """Each wait ends the newest deployment in the next of these ways."""
    clock.meanwhile = [
        lambda status=status: cloud.deployments[1][-1].update(status=status, error_message="no room", error_code="oom")
        for status in statuses
    ]


# -- pause ------------------------------------------------------------------------------------------------------------


def test_a_running_app_is_paused_once(cloud, run, app):
    result = run(name="sales", paused=True, diff_mode=True)
    assert writes(cloud) == [PAUSE]
    assert result["changed_fields"] == ["paused"]
    assert result["previous"] == {"paused": False}
    assert result["app"] == app
    assert "paused: false" in result["diff"]["before"]
    assert "paused: true" in result["diff"]["after"]
    assert "deployment" not in result
    cloud.requests.clear()
    assert run(name="sales", paused=True)["changed"] is False
    assert cloud.writes() == []


@pytest.mark.parametrize(("state", "paused"), [(None, True), (SINCE, False)])
def test_check_mode_predicts_and_sends_nothing(cloud, run, app, state, paused):
    app["paused_at"] = state
    result = run(name="sales", paused=paused, check_mode=True)
    assert result["changed_fields"] == ["paused"]
    assert bool(result["app"]["paused_at"]) is paused
    assert ("deployment" in result) is not paused
    assert cloud.writes() == []


def test_a_new_app_is_paused_after_everything_else(cloud, run):
    result = run(name="sales", spicepod=POD, paused=True)
    assert writes(cloud) == ["POST /v1/apps", PUT, PAUSE]
    assert result["app"]["paused_at"] is not None
    assert result["app"]["paused_at"] == cloud.apps[1]["paused_at"]
    assert run(name="sales", spicepod=POD, paused=True)["changed"] is False


@pytest.mark.parametrize("clears", [True, False])
def test_a_changed_spicepod_leaves_a_paused_app_paused(cloud, run, paused, clears):
    cloud.put_clears_pause = clears
    result = run(name="sales", spicepod=OTHER, paused=True)
    assert writes(cloud) == [PUT, PAUSE][: 1 + clears]
    assert result["app"]["paused_at"] is not None
    assert result["app"]["paused_at"] == cloud.apps[1]["paused_at"]
    assert result["changed_fields"] == ["spicepod"]
    assert result.warnings == []


@pytest.mark.parametrize(
    "answer",
    [
        (409, {"error": "The project is already paused", "code": "project_paused", "paused_at": SINCE}),
        (409, {"error": "Conflict"}),
        (200, {"id": 1}),
        (204, None),
        lost(),
        (502, {"error": "Bad gateway"}),
    ],
)
def test_what_pausing_answers_does_not_matter_if_the_app_is_paused_then(cloud, run, app, answer):
    cloud.fail("POST", "/v1/apps/1/pause", answer, after_commit=True)
    result = run(name="sales", paused=True)
    assert result["app"]["paused_at"] is not None
    assert result["app"]["paused_at"] == app["paused_at"]
    assert writes(cloud) == [PAUSE]


def test_a_pause_that_got_lost_before_it_happened_is_sent_again(cloud, run, app):
    cloud.fail("POST", "/v1/apps/1/pause", lost())
    assert run(name="sales", paused=True)["app"]["paused_at"] is not None
    assert writes(cloud) == [PAUSE, PAUSE]


def test_a_conflict_that_is_no_pause_is_an_error(cloud, fail, app):
    cloud.fail("POST", "/v1/apps/1/pause", (409, {"error": "A migration is under way"}))
    result = fail(name="sales", paused=True)
    assert "A migration is under way" in result["msg"]
    assert app["paused_at"] is None


# -- resume -----------------------------------------------------------------------------------------------------------


def test_a_paused_app_is_resumed_and_its_deployment_waited_for(cloud, run, paused, clock):
    ends(cloud, clock, "in_progress", "succeeded")
    result = run(name="sales", paused=False)
    assert writes(cloud) == [RESUME]
    assert result["changed_fields"] == ["paused"]
    assert result["previous"] == {"paused": True}
    assert (result["deployment"]["id"], result["deployment"]["status"]) == (2, "succeeded")
    assert result["app"]["paused_at"] is None
    assert result["deployment_required"] is False
    assert run(name="sales", paused=False)["changed"] is False


def test_it_is_not_waited_for_with_a_timeout_of_0(cloud, run, paused, clock):
    result = run(name="sales", paused=False, resume_timeout=0)
    assert result["deployment"]["status"] == "queued"
    assert clock.slept == []


def test_a_deployment_that_fails_fails_the_task(cloud, fail, paused, clock):
    ends(cloud, clock, "failed")
    result = fail(name="sales", paused=False)
    assert result["changed"] is True
    assert result["deployment"]["status"] == "failed"
    assert (
        "App sales was resumed, but its deployment 2 failed: no room (oom). Deployment 1 still serves." in result["msg"]
    )
    assert "deploy it with spiceai.cloud.spice_deployment" in result["msg"]


def test_one_that_does_not_end_in_time_fails_the_task(cloud, fail, paused):
    result = fail(name="sales", paused=False, resume_timeout=7)
    assert "deployment 2 is still queued after 7 seconds (`resume_timeout`)" in result["msg"]
    assert result["deployment"]["id"] == 2


def test_an_app_that_is_paused_again_meanwhile(cloud, fail, paused, clock):
    clock.meanwhile = [lambda: paused.update(paused_at=SINCE) or cloud.deployments[1][-1].update(status="created")]
    assert f"App sales has been paused since {SINCE}" in fail(name="sales", paused=False)["msg"]


def test_the_deployment_that_superseded_it_counts(cloud, run, paused, clock):
    clock.meanwhile = [lambda: cloud.deployments[1][-1].update(status="created") or cloud.deploy("succeeded")]
    assert run(name="sales", paused=False)["deployment"]["id"] == 3


@pytest.mark.parametrize("clears", [True, False])
def test_a_changed_spicepod_runs_after_the_pause(cloud, run, paused, clock, clears):
    cloud.put_clears_pause = clears
    ends(cloud, clock, "succeeded")
    result = run(name="sales", spicepod=OTHER, paused=False)
    assert writes(cloud) == [PUT, DEPLOY if clears else RESUME]
    assert result["deployment"]["id"] == 2
    assert result["changed_fields"] == ["spicepod", "paused"]
    assert result.warnings == []


@pytest.mark.parametrize("clears", [True, False])
@pytest.mark.parametrize("change", [{"spicepod": OTHER}, {"description": "d"}])
def test_an_update_that_ends_a_pause_by_itself_is_a_warning_and_nothing_else(cloud, run, paused, clears, change):
    cloud.put_clears_pause = clears
    result = run(name="sales", **change)
    wakes = clears and "spicepod" in change
    assert writes(cloud) == [PUT]
    assert [("ended its pause" in text) for text in result.warnings] == [True] * wakes
    assert bool(result["app"]["paused_at"]) is not wakes


@pytest.mark.parametrize(
    "answer", [(409, {"error": "The project is not paused"}), (200, {"id": 1}), (204, None), lost(), (503, None)]
)
def test_what_resuming_answers_does_not_matter_if_the_app_runs_then(cloud, run, paused, clock, answer):
    ends(cloud, clock, "succeeded", "succeeded")
    cloud.fail("POST", "/v1/apps/1/resume", answer, after_commit=True)
    result = run(name="sales", paused=False)
    assert writes(cloud) == [RESUME]
    assert (result["deployment"]["id"], result["deployment"]["status"]) == (2, "succeeded")


def test_a_resume_that_got_lost_before_it_happened_is_sent_again(cloud, run, paused, clock):
    ends(cloud, clock, "succeeded", "succeeded")
    cloud.fail("POST", "/v1/apps/1/resume", lost())
    assert run(name="sales", paused=False)["deployment"]["id"] == 2
    assert writes(cloud) == [RESUME, RESUME]


def test_somebody_who_resumed_it_meanwhile_without_a_deployment(cloud, run, paused):
    cloud.hooks.append(lambda method, path, body: paused.update(paused_at=None) if path.endswith("/resume") else None)
    result = run(name="sales", paused=False)
    assert result["app"]["paused_at"] is None
    assert result["deployment"] is None


def test_what_cannot_be_deployed_stays_paused(cloud, fail, paused):
    paused["config"]["spicepod"] = None
    result = fail(name="sales", paused=False)
    assert "App has no spicepod configuration" in result["msg"]
    assert paused["paused_at"] == SINCE
    assert result["changed"] is False


@pytest.mark.parametrize("options", [{}, {"paused": False}])
def test_a_running_app_stays_as_it_is(cloud, run, app, options):
    assert run(name="sales", **options)["changed"] is False
    assert cloud.writes() == []


def test_a_negative_time_is_refused_before_the_first_request(cloud, fail):
    assert (
        "`resume_timeout` must be 0 (do not wait) or more seconds, not -1"
        in fail(name="sales", paused=False, resume_timeout=-1)["msg"]
    )
    assert cloud.requests == []


def test_a_paused_app_is_deleted(cloud, run, paused):
    assert run(name="sales", state="absent")["changed"] is True
    assert cloud.apps == {}


# -- in an environment ------------------------------------------------------------------------------------------------

NOTHING = {"ready": False, "datasets": False}


@pytest.fixture
def bring(cloud, run, clock):
    def go(app=None, **options):
        ends(cloud, clock, "in_progress", "succeeded", "succeeded", "succeeded")
        return run(
            spice_environment.SPEC,
            **{"app": {"name": "sales", "spicepod": POD, **(app or {})}, "verify": NOTHING, **options},
        )

    return go


@pytest.mark.parametrize("clears", [True, False])
def test_an_environment_that_is_to_be_paused_is_paused_last_and_nothing_is_deployed(cloud, bring, app, clears):
    cloud.put_clears_pause = clears
    cloud.users["erin"] = 300
    options = {"app": {"spicepod": OTHER, "paused": True}, "secrets": {"A": "value"}, "members": [{"username": "erin"}]}
    result = bring(**options, verify={"ready": True})
    assert writes(cloud) == [PUT, "POST /v1/apps/1/secrets", "POST /v1/members", PAUSE]
    assert result["plan"] == ["update spicepod of the app", "create secret A", "create member erin", "pause the app"]
    environment = result["environment"]
    assert environment["app"]["paused_at"] is not None
    assert environment["app"]["paused_at"] == cloud.apps[1]["paused_at"]
    assert environment["changed_fields"] == ["spicepod", "paused"]
    assert environment["serving"] is environment["deployment"] is None
    cloud.requests.clear()
    assert bring(**options)["changed"] is False
    cloud.requests.clear()
    again = bring(app={"spicepod": POD, "paused": True})
    assert writes(cloud) == [PUT, PAUSE][: 1 + clears]
    assert again["environment"]["app"]["paused_at"] is not None


@pytest.mark.parametrize("clears", [True, False])
@pytest.mark.parametrize("pod", [POD, OTHER])
def test_an_environment_that_is_to_run_is_resumed_then_deployed_with_our_stamp(cloud, bring, app, clears, pod):
    cloud.put_clears_pause = clears
    bring()  # deployed with a stamp
    bring(app={"paused": True})
    cloud.requests.clear()
    options = {"app": {"spicepod": pod, "paused": False}}
    planned = bring(**options, check_mode=True)
    assert cloud.writes() == []
    result = bring(**options)
    assert planned["plan"] == result["plan"]
    assert planned["environment"]["changed_fields"] == result["environment"]["changed_fields"]
    puts = [PUT] if pod is OTHER else []
    # What an update has woken needs no resuming.
    resumes = [] if puts and clears else [RESUME]
    assert writes(cloud) == [*puts, *resumes, DEPLOY]
    assert result["environment"]["deployment"]["status"] == "succeeded"
    assert "[spice:" in result["environment"]["deployment"]["commit_message"]
    assert result["plan"][-1].startswith("deploy: because the app is resumed")
    cloud.requests.clear()
    again = bring(**options)
    assert (again["changed"], again["plan"]) == (False, [])
    assert cloud.writes() == []


def test_an_environment_without_deploying_waits_for_what_resuming_starts(cloud, bring, paused):
    result = bring(app={"paused": False}, deploy=False)
    assert writes(cloud) == [RESUME]
    assert result["environment"]["deployment"]["id"] == 2
    assert result["environment"]["deployment"]["status"] == "succeeded"
    assert result["environment"]["deployed"] is True
    assert bring(app={"paused": False}, deploy=False)["changed"] is False


def test_what_fails_after_resuming_is_paused_again(cloud, fail, clock, bring, app):
    bring()
    bring(app={"paused": True})
    cloud.requests.clear()
    ends(cloud, clock, "in_progress", "failed")
    changed = {"name": "sales", "spicepod": POD, "replicas": 3, "paused": False}
    result = fail(spice_environment.SPEC, app=changed, rollback=True)
    assert "app sales has its former replicas again, and it is paused again" in result["msg"]
    assert cloud.apps[1]["paused_at"] is not None
    assert cloud.apps[1]["config"]["replicas"] == 1
    assert result["environment"]["rolled_back"] is True
    assert result["environment"]["app"]["paused_at"] is not None
    assert writes(cloud)[-1] == PAUSE
