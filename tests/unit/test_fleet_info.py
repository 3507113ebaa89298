# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs what: all apps of an organization in one task."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_info
from ansible_collections.spiceai.cloud.plugins.modules import spice_deployment, spice_fleet_info
from ansible_collections.spiceai.cloud.tests.unit.fake_runtime import URL, FakeRuntime

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
PAUSED = "2026-10-01T12:00:00.000Z"


@pytest.fixture
def fleet(cloud, run):
    """Adds apps and deploys them; gives the result of the module for them."""

    def look(**options):
        return run(spice_fleet_info.SPEC, **options)

    return look


@pytest.fixture
def deployed(cloud, run):
    """Adds an app that runs what is configured."""

    def add(name, tag="2.0.3", **overrides):
        app = cloud.add(name, spicepod=POD, image_tag=tag)
        run(spice_deployment.SPEC, app_id=app["id"], wait=False, **overrides)
        cloud.deployments[app["id"]][-1].update(status="succeeded", image_tag=overrides.get("image_tag", tag))
        cloud.requests.clear()
        return app

    return add


def one(result, name):
    return next(app for app in result["apps"] if app["name"] == name)


def test_who_runs_what(fleet, deployed, cloud):
    deployed("new", "2.1.0")
    deployed("old")
    deployed("other")
    cloud.add("empty")
    result = fleet()
    assert [app["name"] for app in result["apps"]] == ["empty", "other", "old", "new"]
    new = one(result, "new")
    assert (new["image_tag"], new["runs"], new["replicas"]) == ("2.1.0", "2.1.0", 1)
    assert (new["up_to_date"], new["reason"], new["paused"], new["serving"]) == (True, None, False, None)
    assert new["deployment"]["status"] == "succeeded"
    empty = one(result, "empty")
    assert (empty["deployment"], empty["runs"], empty["up_to_date"]) == (None, None, False)
    assert empty["reason"] == "nothing is deployed yet"
    assert result["summary"] == {
        "apps": 4,
        "versions": {"2.0.3": 2, "2.1.0": 1, "none": 1},
        "statuses": {"succeeded": 3, "never deployed": 1},
        "outdated": 1,
        "paused": 0,
        "not_serving": 0,
        "errors": 0,
    }
    assert list(result["summary"]["versions"]) == ["2.0.3", "2.1.0", "none"]
    assert result["org"] is None
    assert {**fleet(check_mode=True), "api": result["api"]} == result


def test_the_list_and_three_requests_for_each_app(fleet, deployed, cloud):
    for number in range(21):
        deployed(f"shop-{number}")
    result = fleet()
    assert result["api"]["requests"] == len(cloud.requests) == 1 + 3 * 21
    assert cloud.writes() == []
    assert result["summary"]["versions"] == {"2.0.3": 21}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda cloud, app: app["config"].update(replicas=3), (False, "what is configured is not what was deployed")),
        (lambda cloud, app: app.update(description="other", tags={"a": "b"}), (True, None)),
        (
            lambda cloud, app: cloud.secrets[app["id"]].update(A={"name": "A", "value": "x", "updated_at": "now"}),
            (False, "what is configured is not what was deployed"),
        ),
        (
            lambda cloud, app: cloud.deployments[app["id"]][-1].update(status="failed"),
            (False, "deployment 1 failed"),
        ),
        (
            lambda cloud, app: cloud.deployments[app["id"]][-1].update(commit_message="by hand"),
            (None, "it was deployed by other means, so nobody can tell"),
        ),
    ],
)
def test_up_to_date(fleet, deployed, cloud, change, expected):
    change(cloud, deployed("sales"))
    app = fleet()["apps"][0]
    assert app["deployment"]["id"] == 1
    assert (app["up_to_date"], app["reason"]) == expected


@pytest.mark.parametrize("overrides", [{"image_tag": "2.1.0"}, {"replicas": 2, "debug": True}, {"channel": "preview"}])
def test_what_a_deployment_overrides_is_no_drift(fleet, deployed, overrides):
    deployed("sales", **overrides)
    assert fleet()["apps"][0]["up_to_date"] is True


def test_after_a_failure_the_former_version_runs(fleet, deployed, cloud):
    app = deployed("sales")
    cloud.deployments[app["id"]].append({**cloud.deployments[app["id"]][-1], "id": 9, "status": "failed"})
    cloud.deployments[app["id"]][-1]["image_tag"] = "2.1.0"
    app = fleet()["apps"][0]
    assert (app["runs"], app["deployment"]["id"], app["deployment"]["status"]) == ("2.0.3", 9, "failed")


def test_a_paused_app_runs_nothing(fleet, deployed):
    deployed("sales")["paused_at"] = PAUSED
    result = fleet(runtime=True)
    app = result["apps"][0]
    assert (app["paused"], app["paused_at"], app["runs"], app["serving"]) == (True, PAUSED, None, False)
    assert result["summary"]["statuses"] == {"paused": 1}
    assert result["summary"]["paused"] == 1


def test_a_standalone_app_is_not_judged(fleet, cloud):
    cloud.add("sales", region=None)
    app = fleet(runtime=True)["apps"][0]
    assert (app["region"], app["up_to_date"], app["reason"], app["serving"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("path", "known"),
    [("/v1/apps/1", "region"), ("/v1/apps/1/deployments", "replicas"), ("/v1/apps/1/secrets", "deployment")],
)
def test_an_app_that_cannot_be_read_hides_no_other(fleet, deployed, cloud, path, known):
    deployed("bad")
    deployed("good")
    cloud.fail("GET", path, (403, {"error": "Insufficient scope", "code": "insufficient_scope"}))
    result = fleet()
    assert one(result, "good")["up_to_date"] is True
    bad = one(result, "bad")
    assert list(result["errors"]) == ["bad"]
    assert "Insufficient scope" in result["errors"]["bad"]
    assert bad["up_to_date"] is None
    assert bad[known] is not None
    assert result["summary"]["errors"] == 1
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("1 of 2 apps could not be read as a whole; ")


def test_an_app_that_goes_meanwhile_is_left_out(fleet, deployed, cloud):
    deployed("gone")
    deployed("sales")
    cloud.fail("GET", "/v1/apps/1", (404, {"error": "gone"}))
    assert [app["name"] for app in fleet()["apps"]] == ["sales"]


def test_without_the_list_the_task_fails(cloud, fail):
    cloud.fail("GET", "/v1/apps", (403, {"error": "no"}))
    assert fail(spice_fleet_info.SPEC)["failure"]["status"] == 403


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["public", "west", "prod", "plain"]),
        ({"tags": {"env": "prod"}}, ["prod"]),
        ({"region": "us-west-2"}, ["west"]),
        ({"visibility": "public"}, ["public"]),
        ({"tags": {"env": "prod"}, "region": "us-west-2"}, []),
    ],
)
def test_filters(fleet, cloud, filters, found):
    cloud.add("plain")
    cloud.add("prod", tags={"env": "prod"}, visibility=None)
    cloud.add("west", region="us-west-2")
    cloud.add("public", visibility="public")
    result = fleet(filters=filters)
    assert [app["name"] for app in result["apps"]] == found
    assert result["api"]["requests"] == 1 + 2 * len(found)  # nothing is deployed, so no secret counts


def test_the_runtime(fleet, deployed, cloud, http):
    for name, answer in (("good", (200, "ready")), ("bad", (503, "loading")), ("broken", (500, {"error": "no"}))):
        deployed(name)["endpoint"] = f"https://{name}.test"
        FakeRuntime(http, f"https://{name}.test").answers["/v1/ready"] = [answer]
    result = fleet(runtime=True)
    assert {app["name"]: app["serving"] for app in result["apps"]} == {"good": True, "bad": False, "broken": False}
    assert result["summary"]["not_serving"] == 2
    assert list(result["errors"]) == ["broken"]
    assert "500" in result["errors"]["broken"]
    assert one(result, "broken")["up_to_date"] is True
    assert result["api"]["requests"] == 1 + 3 * 5
    keys = [key for slots in cloud.keys.values() for key in slots.values() if key]
    assert not any(key in str(result) for key in keys)


def test_the_runtime_is_not_asked_without_a_word(fleet, deployed, http):
    deployed("sales")["endpoint"] = URL
    runtime = FakeRuntime(http)
    fleet()
    assert runtime.requests == []


def test_a_long_task_tells_how_far_it_is(fleet, deployed, cloud, clock, monkeypatch):
    monkeypatch.setattr(fleet_info, "time", clock)
    for number in range(25):
        deployed(f"shop-{number}")
    monkeypatch.setattr(fleet_info, "each", lambda work, items: [work(item) for item in items])
    cloud.hooks.append(lambda method, path, body: clock.sleep(3) if path.count("/") == 3 else None)  # one for each app
    lines = fleet().progress_lines
    assert lines == ["10 of 25 apps are read", "20 of 25 apps are read"]


def test_the_keys_of_all_apps_are_not_masked_in_the_result(fleet, deployed, cloud, http):
    """Thousands of them would make the masking slow. What a runtime repeats of its key is hidden when it comes."""
    for name in ("good", "bad"):
        deployed(name)["endpoint"] = f"https://{name}.test"
    key = cloud.keys[2][1]
    FakeRuntime(http, "https://good.test")
    FakeRuntime(http, "https://bad.test").answers["/v1/ready"] = [(403, {"error": f"the key {key} is not known"})]
    before = fleet().hidden
    result = fleet(runtime=True)
    assert result.hidden == before
    assert "is not known" in result["errors"]["bad"]
    assert key not in str(result) + str(result.warnings) + str(result.progress_lines)
