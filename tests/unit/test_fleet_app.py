# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a fleet run for one app: what they read and write, and the way back."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.plugins.action.spice_fleet_app import ActionModule
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import FleetOptions

SPICEPOD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
OLD, NEW = "2.0.3", "2.1.0"
NOTHING = {"ready": False, "datasets": False}
PLAN_ONLY = ("look", "again")


class App:
    """One app in a fleet run: takes the steps and keeps what they tell, as the action does."""

    def __init__(self, run, fail, image):
        self._run, self._fail = run, fail
        self.image = image
        self.record = {"host": "sales"}

    def step(self, name, fails=False, reason="", change=NEW, described=None, **options):
        given = FleetOptions(
            **{"change": {"image_tag": change} if change else None, "rollback": "app", **options}
        )._asdict()
        task = {"options": given, "run": "r", "record": self.record, "image": str(self.image), "reason": reason}
        app = described or {"app": {"name": "sales", **(given["change"] or {})}}
        result = (self._fail if fails else self._run)(
            ActionModule.spec,
            check_mode=name in PLAN_ONLY,
            step=name,
            task=task,
            **{"verify": NOTHING, "deployment": given["deployment"], **app},
        )
        self.record = json.loads(json.dumps({**self.record, **result.pop("record", {})}))
        return result

    def upgrade(self, **options):
        """Look and start."""
        self.step("look", **options)
        return self.step("start", **options)


@pytest.fixture
def app(cloud, run, fail, tmp_path):
    cloud.add("sales", spicepod=SPICEPOD, image_tag=OLD)
    cloud.deploy("succeeded")
    return App(run, fail, tmp_path / "state" / "sales.json")


def end(cloud, status="succeeded"):
    """The newest deployment ends so."""
    cloud.deployments[1][-1].update(status=status)
    if status == "failed":
        cloud.deployments[1][-1].update(error_message="Out of memory", error_code="oom")


def writes(cloud):
    return [f"{method} {path}" for method, path, dummy in cloud.writes()]


def test_a_look_tells_what_would_be_done_and_writes_nothing(cloud, app):
    app.step("look")
    assert writes(cloud) == []
    assert app.record["to_do"] is True
    assert app.record["changes"][0] == "update image_tag of the app"
    assert (app.record["app_id"], app.record["version"], app.record["result"]) == (1, OLD, None)
    assert not app.image.exists()
    assert len(cloud.paths()) == 6  # four of the app, and the list and the role, once in a run


def test_a_start_does_not_wait_and_a_finish_writes_nothing(cloud, app):
    app.upgrade()
    assert writes(cloud) == ["PUT /v1/apps/1", "POST /v1/apps/1/deployments"]
    assert json.loads(app.image.read_text())["previous"] == {"image_tag": OLD}
    end(cloud)
    app.step("finish")
    assert len(writes(cloud)) == 2
    assert (app.record["result"], app.record["version"], app.record["previous_version"]) == ("changed", NEW, OLD)
    app.step("again")
    assert len(writes(cloud)) == 2
    assert json.loads(app.image.read_text())["ended"] is True


def test_a_second_run_finds_nothing_to_do(cloud, app):
    app.upgrade()
    end(cloud)
    app.record = {"host": "sales"}
    app.step("look")
    assert app.record["result"] == "unchanged"
    assert app.record["changes"] == []


def test_a_failed_deployment_is_no_reason_to_deploy_in_the_same_run(cloud, app):
    app.upgrade()
    end(cloud, "failed")
    result = app.step("finish", fails=True)
    assert "Out of memory" in result["msg"]
    assert len(writes(cloud)) == 2


def test_what_failed_runs_again_what_ran_before(cloud, app, clock):
    app.upgrade()
    end(cloud, "failed")
    clock.meanwhile = [lambda: end(cloud)]
    app.step("settle", reason="It failed")
    assert app.record["result"] == "rolled_back"
    assert app.record["version"] == OLD
    assert app.record["reason"].startswith("It failed. Deployment 3 runs 2.0.3 again as before.")
    assert cloud.apps[1]["config"]["image_tag"] == OLD
    assert cloud.deployments[1][-1]["commit_message"].startswith("Rolled back by spiceai.cloud")
    assert cloud.writes()[-2][2] == {"image_tag": OLD}


def test_a_start_that_fails_before_its_first_write_needs_no_way_back(cloud, app):
    app.step("look")
    cloud.fail("PUT", "/v1/apps/1", (403, {"error": "no"}))
    app.step("start", fails=True)
    cloud.heal()
    before = writes(cloud)
    app.step("settle", reason="no")
    assert app.record["result"] == "failed"
    assert app.record["counts"] is True
    assert writes(cloud) == before


def test_a_start_that_fails_between_its_writes_is_put_back(cloud, app, clock):
    app.step("look")
    cloud.fail("POST", "/v1/apps/1/deployments", (400, {"error": "no"}))
    app.step("start", fails=True)
    cloud.heal()
    assert cloud.apps[1]["config"]["image_tag"] == NEW
    clock.meanwhile = [lambda: end(cloud)]
    app.step("settle", reason="no")
    assert app.record["result"] == "rolled_back"
    assert cloud.apps[1]["config"]["image_tag"] == OLD


def test_a_rollback_that_fails_is_told_with_both_reasons(cloud, app):
    app.upgrade()
    end(cloud, "failed")
    cloud.fail("POST", "/v1/apps/1/deployments", (403, {"error": "forbidden"}))
    app.step("settle", reason="It failed.")
    assert app.record["result"] == "rollback_failed"
    assert "It failed. The rollback failed too: " in app.record["reason"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rollback": "none"}, "It failed."),
        ({}, "It is left as it is, because nothing ran before."),
    ],
)
def test_what_is_not_put_back(options, words, cloud, app):
    if not options:
        cloud.deployments[1].clear()
    app.upgrade(**options)
    end(cloud, "failed")
    before = writes(cloud)
    app.step("settle", reason="It failed", **options)
    assert app.record["result"] == "failed"
    assert app.record["counts"] is True
    assert app.record["reason"].endswith(words)
    assert writes(cloud) == before


def test_an_app_that_was_broken_before_does_not_count(cloud, app):
    cloud.deploy("failed")
    app.upgrade()
    end(cloud, "failed")
    before = writes(cloud)
    app.step("settle", reason="It failed")
    assert (app.record["result"], app.record["counts"]) == ("failed", False)
    assert "It was not healthy before: deployment 2 had failed" in app.record["reason"]
    assert writes(cloud) == before


def test_a_deployment_under_way_is_no_broken_app(cloud, app):
    cloud.deploy("in_progress")
    app.upgrade()
    assert json.loads(app.image.read_text())["unhealthy"] == ""


def test_the_overrides_of_the_run_are_put_back_too(cloud, app, clock):
    options = {"change": None, "deployment": {"image_tag": NEW}}
    described = {"app": {"name": "sales"}}
    cloud.apps[1]["config"]["image_tag"] = None
    app.upgrade(**options, described=described)
    end(cloud, "failed")
    clock.meanwhile = [lambda: end(cloud)]
    app.step("settle", reason="It failed", **options, described=described)
    assert app.record["result"] == "rolled_back"
    assert cloud.writes()[-1][2]["image_tag"] == OLD


def test_a_change_makes_no_app(cloud, app):
    for step in ("look", "start"):
        result = app.step(step, fails=True, described={"app": {"name": "other", "image_tag": NEW}})
        assert "There is no app other" in result["msg"]
    assert writes(cloud) == []


def test_a_described_app_is_created_and_left_where_it_fails(cloud, app):
    described = {"app": {"name": "other", "region": "us-east-1", "spicepod": SPICEPOD}, "secrets": {"A": "value"}}
    app.record = {"host": "other"}
    app.upgrade(change=None, described=described)
    assert app.record["is_new"] is True
    assert app.record["done"] == "created"
    cloud.deployments[2][-1].update(status="failed", error_message="no")
    app.step("finish", fails=True, change=None, described=described)
    app.step("settle", reason="It failed", change=None, described=described)
    assert app.record["result"] == "failed"
    assert 2 in cloud.apps


def test_a_queued_deployment_of_somebody_else_is_waited_for_by_the_finish(cloud, app, clock):
    cloud.deploy("queued")
    app.upgrade()
    assert cloud.apps[1]["config"]["image_tag"] == NEW
    clock.meanwhile = [lambda: end(cloud), lambda: end(cloud)]
    app.step("finish")
    assert app.record["result"] == "changed"
    assert app.record["version"] == NEW


def test_an_app_that_is_not_deployed_is_done_at_once(cloud, app):
    described = {"app": {"name": "sales", "description": "changed"}, "deploy": False}
    app.upgrade(change=None, described=described)
    app.step("finish", change=None, described=described)
    assert app.record["result"] == "changed"
    assert writes(cloud) == ["PUT /v1/apps/1"]


@pytest.mark.parametrize(
    ("tags", "only_from", "hold"),
    [
        ({"fleet-hold": "ticket-7"}, None, "the tag `fleet-hold` is ticket-7"),
        ({"fleet-hold": "false"}, None, ""),
        ({}, {"image_tag": OLD}, ""),
        ({}, {"image_tag": NEW}, f"image_tag is {OLD}, not {NEW}"),
        ({}, {"replicas": 1}, ""),
        ({}, {"image_tag": OLD, "replicas": 3}, "replicas is 1, not 3"),
        ({}, {"node_group": "a"}, "node_group is not set, not a"),
        ({}, {"node_group": ""}, ""),
    ],
)
def test_an_app_asks_to_be_left_alone(tags, only_from, hold, cloud, app):
    cloud.apps[1]["tags"] = tags
    app.step("look", only_from=only_from, change="1.5.0-models")
    assert app.record["hold"] == hold


def test_a_paused_app_is_held_unless_its_description_says_what_is_to_be(cloud, app):
    cloud.apps[1]["paused_at"] = "2026-11-01T00:00:00Z"
    app.step("look")
    assert app.record["hold"].startswith("it is paused since 2026-11-01")
    assert (app.record["result"], app.record["app_id"]) == (None, 1)
    app.step("look", change=None, described={"app": {"name": "sales", "paused": True}})
    assert (app.record["result"], app.record["hold"]) == ("unchanged", "")
    app.step("look", change=None, described={"app": {"name": "sales", "paused": False}})
    assert (app.record["to_do"], app.record["hold"]) == (True, "")
    assert writes(cloud) == []


def test_monitors_come_after_the_verification(cloud, app):
    monitor = {"name": "failing", "template": "http_5xx", "op": "GT", "threshold": 0}
    described = {"app": {"name": "sales", "replicas": 2}, "monitors": [monitor]}
    app.upgrade(change=None, described=described)
    assert writes(cloud) == ["PUT /v1/apps/1", "POST /v1/apps/1/deployments"]
    end(cloud)
    app.step("finish", change=None, described=described)
    assert writes(cloud)[2:] == ["POST /v1/apps/1/monitors"]
    app.step("again", change=None, described=described)
    assert len(writes(cloud)) == 3
    app.record = {"host": "sales"}
    app.step("look", change=None, described=described)
    assert app.record["result"] == "unchanged"


def test_monitors_alone_are_a_change(cloud, app):
    monitor = {"name": "failing", "template": "http_5xx", "op": "GT", "threshold": 0}
    described = {"app": {"name": "sales"}, "monitors": [monitor], "deploy": False}
    app.upgrade(change=None, described=described)
    assert app.record["to_do"] is True
    app.step("finish", change=None, described=described)
    assert app.record["result"] == "changed"
    assert writes(cloud) == ["POST /v1/apps/1/monitors"]


def test_an_app_is_paused_at_the_end(cloud, app):
    described = {"app": {"name": "sales", "description": "asleep", "paused": True}}
    app.upgrade(change=None, described=described)
    assert cloud.apps[1]["paused_at"] is None
    app.step("finish", change=None, described=described)
    assert app.record["result"] == "changed"
    assert cloud.apps[1]["paused_at"] is not None
    assert len(cloud.deployments[1]) == 1
    app.record = {"host": "sales"}
    app.step("look", change=None, described=described)
    assert app.record["result"] == "unchanged"
