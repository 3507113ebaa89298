# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances, their logs, and metrics."""

import pytest


def names(sim, app):
    return [(one["name"], one["status"]) for one in sim.ok("GET", f"/v1/apps/{app['id']}/instances")["instances"]]


def refusal(answer):
    return answer.status_code, answer.json().get("code")


def test_instances_follow_the_deployments(sim):
    sim.manual(10, 10)
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}/instances"
    assert refusal(sim.api("GET", path)) == (409, "project_not_deployed")
    sim.deploy(app, {"replicas": 2})
    assert refusal(sim.api("GET", path)) == (409, "project_not_deployed")
    sim.advance(10)
    assert names(sim, app) == [("app-1001-5001-0", "not_ready"), ("app-1001-5001-1", "not_ready")]
    sim.advance(10)
    assert names(sim, app) == [("app-1001-5001-0", "ready"), ("app-1001-5001-1", "ready")]
    sim.control("PUT", "/outcomes", [{"status": "failed"}, {}])
    sim.deploy(app)
    sim.advance(20)
    assert names(sim, app) == [
        ("app-1001-5002-0", "not_ready"),
        ("app-1001-5001-0", "ready"),
        ("app-1001-5001-1", "ready"),
    ]
    sim.deploy(app)
    sim.advance(20)
    assert names(sim, app) == [("app-1001-5003-0", "ready")]
    sim.ok("POST", f"/v1/apps/{app['id']}/pause")
    assert refusal(sim.api("GET", path)) == (409, "project_paused")
    assert refusal(sim.api("GET", path + "/app-1001-5003-0/logs")) == (409, "project_paused")


def test_the_list_without_an_envelope(sim):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    sim.switches(instances="list")
    assert sim.ok("GET", "/v1/projects/1001/instances")[0]["name"] == "app-1001-5001-0"


def test_logs(sim):
    seeded = {"status": "failed", "error_message": "no", "log": ["first", "last"]}
    sim.seed(apps=[{"name": "my-app", "deployments": [seeded]}])
    path = "/v1/apps/1001/instances/{}/logs"
    mine = path.format("app-1001-5001-0")
    assert sim.ok("GET", mine)["lines"] == [
        "INFO Deployment 5001 queued",
        "INFO Rolling out 1 replica(s)",
        "ERROR no",
        "first",
        "last",
    ]
    assert sim.ok("GET", mine + "?tail=2")["lines"] == ["first", "last"]
    assert refusal(sim.api("GET", mine + "?tail=0")) == (400, None)
    assert refusal(sim.api("GET", path.format("app-1001-5002-0"))) == (404, "instance_not_found")
    sim.switches(max_tail=2)
    refused = sim.api("GET", mine + "?tail=3")
    assert (refusal(refused), refused.json()["max_tail"]) == ((403, "plan_limit"), 2)
    assert sim.ok("GET", mine + "?tail=2")["lines"] == ["first", "last"]
    sim.switches(log_lines="objects")
    assert [line["message"] for line in sim.ok("GET", mine + "?tail=2")["lines"]] == ["first", "last"]


def test_a_log_that_is_late_and_one_that_is_away(sim):
    sim.manual(1, 1)
    app = sim.app_with_pod()
    sim.control("PUT", "/outcomes", [{"log_after_seconds": 60}, {"offline": True}])
    sim.deploy(app)
    sim.advance(61)
    assert refusal(sim.api("GET", "/v1/apps/1001/instances/app-1001-5001-0/logs")) == (404, "instance_not_found")
    sim.advance(1)
    assert sim.ok("GET", "/v1/apps/1001/instances/app-1001-5001-0/logs")["lines"][-1] == "INFO Rollout finished"
    sim.deploy(app)
    sim.advance(2)
    assert refusal(sim.api("GET", "/v1/apps/1001/instances/app-1001-5002-0/logs")) == (409, "instance_offline")


def test_metrics(sim):
    sim.seed(apps=[{"name": "my-app", "deployed": True}, {"name": "bare"}])
    found = sim.ok("GET", "/v1/apps/1001/metrics?window=5m")
    assert found["metrics"]["app-1001-5001-0"]["memory_usage_bytes"] == 268435456
    assert found["ingestion"] == {"rows_ingested": 120, "bytes_ingested": 4800}
    assert refusal(sim.api("GET", "/v1/apps/1001/metrics?window=soon")) == (400, None)
    sim.switches(metrics_siblings=False)
    assert list(sim.ok("GET", "/v1/apps/1001/metrics")) == ["metrics"]
    assert sim.ok("GET", "/v1/apps/1002/metrics") == {"metrics": {}}


@pytest.mark.parametrize(("value", "told"), [("missing", (404, None)), ("conflict", (409, "project_not_deployed"))])
def test_metrics_without_instances(sim, value, told):
    sim.seed(apps=[{"name": "bare"}])
    sim.switches(metrics_without_instances=value)
    assert refusal(sim.api("GET", "/v1/apps/1001/metrics")) == told
