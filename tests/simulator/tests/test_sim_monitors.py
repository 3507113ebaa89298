# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Monitors of apps and of clusters."""

import pytest

CLUSTER = "/v1/clusters/acme-prod-west/monitors"
HOOK = {"type": "http", "url": "https://hooks.example.com/spice", "token": "geheim"}


def body(name="failing", template="http_5xx", **more):
    spec = {"op": "GT", "threshold": 0, **more.pop("spec", {})}
    return {"name": name, "templateId": template, "spec": spec, **more}


@pytest.fixture
def path(sim):
    return f"/v1/apps/{sim.app_with_pod()['id']}/monitors"


def test_what_is_left_out_is_the_templates(sim, path):
    made = sim.ok("POST", path, body(), status=201)
    assert made["spec"] == {
        "op": "GT",
        "threshold": 0,
        "window": "5m",
        "sustainSecs": 0,
        "severity": "critical",
        "includeDetails": False,
    }
    assert (made["status"], made["template_id"]) == ("active", "http_5xx")
    assert made["targets"] == [{"type": "email", "recipientUserIds": [101]}]
    slow = sim.ok("POST", path, body("slow", "query_latency_p99", spec={"threshold": 1000}))
    assert (slow["spec"]["sustainSecs"], slow["spec"]["severity"]) == (300, "warn")
    health = sim.ok("POST", path, body("health", "instance_health", spec={"threshold": 5, "sustainSecs": 60}))
    assert (health["spec"]["threshold"], health["spec"]["sustainSecs"]) == (0, 0)
    assert [one["name"] for one in sim.ok("GET", path)["monitors"]] == ["failing", "slow", "health"]
    assert sim.ok("GET", f"{path}/{slow['id']}") == slow


@pytest.mark.parametrize(
    "change",
    [
        {"spec": {"op": "OVER"}},
        {"spec": {"threshold": "80"}},
        {"spec": {"threshold": True}},
        {"spec": {"window": "2m"}},
        {"spec": {"sustainSecs": 86401}},
        {"spec": {"severity": "info"}},
        {"spec": {"datasets": ["a"] * 21}},
        {"spec": {"sustain_seconds": 5}},
        {"targets": []},
        {"targets": [HOOK, HOOK]},
        {"targets": [{"type": "pager", "id": "x"}]},
        {"targets": [{"type": "email"}]},
        {"targets": [{"type": "email", "emails": ["nobody"]}]},
        {"targets": [{"type": "email", "emails": [f"a{number}@example.com" for number in range(21)]}]},
        {"targets": [{"type": "email", "recipientUserIds": list(range(51))}]},
        {"targets": [{**HOOK, "url": "http://hooks.example.com"}]},
        {"targets": [{**HOOK, "url": "https://10.0.0.1/x"}]},
        {"targets": [{**HOOK, "url": "https://localhost/x"}]},
        {"targets": [{**HOOK, "method": "GET"}]},
        {"name": ""},
        {"template_id": "http_5xx"},
        {"status": "disabled"},
    ],
)
def test_what_is_refused(sim, path, change):
    answer = sim.api("POST", path, body(**change))
    assert answer.status_code == 400, answer.text
    assert sim.ok("GET", path)["monitors"] == []


def test_names_are_unique_with_reactions_and_without_case(sim, path):
    sim.ok("POST", path, body())
    sim.seed(apps=[{"name": "my-app", "reactions": ["reacting"]}])
    for name in ("FAILING", "Reacting"):
        assert sim.api("POST", path, body(name)).status_code == 409
    for number in range(18):
        sim.ok("POST", path, body(f"more {number}"))
    assert "At most 20" in sim.api("POST", path, body("one too many")).json()["error"]


def test_templates_that_the_app_has_nothing_for(sim):
    app = sim.app()
    path = f"/v1/apps/{app['id']}/monitors"
    for template in ("llm_failures", "dataset_refresh_errors", "cluster_cpu", "no_such"):
        answer = sim.api("POST", path, body(template=template))
        assert (answer.status_code, answer.json()["code"]) == (404, "monitor_template_unavailable"), template
    sim.ok(
        "PUT",
        f"/v1/apps/{app['id']}",
        {
            "spicepod": {
                "version": "v1",
                "kind": "Spicepod",
                "name": "shop",
                "models": [{"from": "openai:x", "name": "m"}],
            }
        },
    )
    sim.ok("POST", path, body(template="llm_failures"))
    sim.seed(apps=[{"name": "elsewhere", "standalone": True}])
    alone = f"/v1/apps/{sim.state_app('elsewhere')['id']}/monitors"
    assert sim.ok("GET", alone) == {"monitors": []}
    assert sim.api("POST", alone, body()).status_code == 404
    no_limit = sim.ok("POST", path, body("cpu", "container_cpu"))
    assert no_limit["evaluation_unavailable_reason"] == "cpu_limit_missing"


def test_changes(sim, path):
    made = sim.ok("POST", path, body(targets=[HOOK, {"type": "slack", "channelId": "C1"}], description="d"))
    one = f"{path}/{made['id']}"
    assert made["targets"] == [{"type": "http", "url": HOOK["url"]}, {"type": "slack", "channelId": "C1"}]
    assert sim.ok("PATCH", one, {"status": "disabled", "description": None}) == {
        **made,
        "status": "disabled",
        "description": None,
    }
    replaced = sim.ok("PATCH", one, {"spec": {"op": "LT", "threshold": 1.5}})
    assert (replaced["spec"]["op"], replaced["spec"]["threshold"]) == ("LT", 1.5)
    assert sim.api("PATCH", one, {"templateId": "query_failures"}).status_code == 400
    assert sim.ok("PATCH", one, body(template="query_failures"))["template_id"] == "query_failures"
    assert sim.api("PATCH", one, {"odd": 1}).status_code == 400
    assert sim.api("PATCH", path + "/none", {}).status_code == 404
    assert sim.ok("DELETE", one, status=200) == {"ok": True}
    assert sim.api("DELETE", one).status_code == 404


def test_a_token_is_kept_as_long_as_the_address_is_the_same(sim, path):
    made = sim.ok("POST", path, body(targets=[HOOK]))
    one, bare = f"{path}/{made['id']}", {"type": "http", "url": HOOK["url"]}

    def token():
        return sim.state_app("my-app")["monitors"][0]["targets"][0].get("token")

    for targets, left in (([bare], "geheim"), ([{**HOOK, "token": "other"}], "other"), ([bare], "other")):
        sim.ok("PATCH", one, {"targets": targets})
        assert token() == left
    sim.ok("PATCH", one, {"targets": [{**bare, "url": "https://other.example.com"}]})
    assert token() is None
    sent = [entry["body"]["targets"][0].get("token") for entry in sim.log(path_regex="/monitors")]
    assert sent == ["***", None, "***", None, None]


def test_slack_that_is_not_connected(sim, path):
    sim.seed(slack=False)
    assert sim.api("POST", path, body(targets=[{"type": "slack", "channelId": "C1"}])).status_code == 422


def test_a_paused_app_takes_no_new_one_and_fires_none(sim, path):
    app = path.rpartition("/")[0]
    made = sim.ok("POST", path, body())
    sim.ok("POST", app + "/pause")
    answer = sim.api("POST", path, body("new"))
    assert (answer.status_code, answer.json()["code"]) == (409, "project_paused")
    assert sim.ok("GET", f"{path}/{made['id']}")["status"] == "disabled"
    sim.reset(switches={"pause_disables_monitors": False})
    app = f"/v1/apps/{sim.app_with_pod()['id']}"
    sim.ok("POST", app + "/monitors", body())
    sim.ok("POST", app + "/pause")
    assert sim.ok("GET", app + "/monitors")["monitors"][0]["status"] == "active"


def test_of_a_cluster(sim):
    made = sim.ok("POST", CLUSTER, body("hot", "cluster_cpu", spec={"threshold": 90}), status=201)
    assert sim.ok("GET", CLUSTER)["monitors"] == [made]
    assert sim.api("POST", CLUSTER, body(template="http_5xx")).status_code == 404
    assert sim.api("GET", "/v1/clusters/none/monitors").status_code == 404
    # Each cluster has names of its own.
    sim.ok("POST", "/v1/clusters/acme-prod-east/monitors", body("hot", "cluster_cpu"))
    sim.ok("DELETE", f"{CLUSTER}/{made['id']}")
    assert sim.ok("GET", CLUSTER)["monitors"] == []


def test_scopes_and_roles(sim, path):
    made = sim.ok("POST", path, body(), token="sim-pat-member")
    one = f"{path}/{made['id']}"
    for method, where, token in (
        ("POST", path, "sim-pat-viewer"),
        ("PATCH", one, "sim-pat-member"),
        ("DELETE", one, "sim-pat-viewer"),
        ("POST", CLUSTER, "sim-pat-member"),
        ("GET", path, "sim-pat-readonly"),
    ):
        assert sim.api(method, where, body(), token=token).status_code == 403, (method, where)
    sim.ok("GET", CLUSTER, token="sim-pat-viewer")
    sim.ok("PATCH", one, {"status": "disabled"}, token="sim-pat-admin")
    sim.switches(monitor_role="admin")
    assert sim.api("DELETE", one, token="sim-pat-member").status_code == 403
    sim.ok("DELETE", one, token="sim-pat-admin")


def test_without_a_target_an_owner_is_told_for_an_oauth_client(sim, path):
    made = sim.ok("POST", path, body(), token=sim.token())
    assert made["targets"][0]["recipientUserIds"] == [101]
    by_carol = sim.ok("POST", path, body("other"), token="sim-pat-member")
    assert by_carol["targets"][0]["recipientUserIds"] == [103]


def test_seeds(sim):
    sim.seed(
        apps=[{"name": "my-app", "monitors": [{**body(), "status": "disabled", "targets": [HOOK], "fired": True}]}],
        clusters=[{"cluster_name": "acme-new", "region": "us-east-1", "monitors": [body("hot", "cluster_cpu")]}],
    )
    state = sim.state_app("my-app")
    assert state["monitors"][0]["targets"] == [HOOK]
    found = sim.ok("GET", f"/v1/apps/{state['id']}/monitors")["monitors"][0]
    assert (found["status"], found["spec"]["sustainSecs"]) == ("disabled", 0)
    assert found["last_fired_at"] == found["last_resolved_at"]
    assert found["last_fired_at"] is not None
    assert [one["name"] for one in sim.ok("GET", "/v1/clusters/acme-new/monitors")["monitors"]] == ["hot"]
