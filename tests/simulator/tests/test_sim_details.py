# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments, secrets, API keys and members."""

import concurrent.futures

import pytest


def test_the_life_of_a_deployment(sim):
    sim.manual(10, 20)
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}/deployments"
    body = {
        "image_tag": "2.0.3",
        "channel": "internal",
        "replicas": 3,
        "branch": "main",
        "commit_sha": "abc",
        "commit_message": "text",
        "debug": True,
    }
    made = sim.deploy(app, body)
    assert {key: made[key] for key in body if key in made} == {
        key: value for key, value in body.items() if key not in ("channel", "debug")
    }
    assert (made["status"], made["started_at"], made["creation_source"]) == ("queued", None, "api")

    def status():
        return sim.ok("GET", f"{path}/{made['id']}")["status"]

    sim.advance(9.9)
    assert status() == "queued"
    sim.advance(0.1)
    assert status() == "in_progress"
    sim.advance(19.9)
    assert status() == "in_progress"
    sim.advance(0.1)
    assert status() == "succeeded"
    done = sim.ok("GET", path)["deployments"][0]
    assert done["updated_at"] == done["finished_at"] > done["started_at"] > done["created_at"]


def test_queued_blocks_and_in_progress_is_superseded(sim):
    sim.manual(10, 20)
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}/deployments"
    first = sim.deploy(app)
    refused = sim.api("POST", path)
    assert refused.status_code == 409
    assert refused.json() == {"error": "A deployment is already in progress for this project"}
    sim.advance(10)
    second = sim.deploy(app)
    shown = {one["id"]: one for one in sim.ok("GET", path)["deployments"]}
    assert shown[first["id"]]["status"] == "created"
    assert shown[first["id"]]["finished_at"]
    assert list(shown) == [second["id"], first["id"]]
    sim.advance(30)
    assert sim.ok("GET", f"{path}/{first['id']}")["status"] == "created"
    assert sim.ok("GET", f"{path}/{second['id']}")["status"] == "succeeded"


def test_outcomes(sim):
    sim.manual(1, 1)
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}/deployments"
    script = [
        {"status": "failed", "error_message": "bad", "error_code": "unable_to_start"},
        {"healable_code": "insufficient_cpu"},
        {"status": "in_progress"},
        {"in_progress_seconds": 100},
    ]
    sim.control("PUT", "/outcomes", script)
    seen = []
    for _one in range(5):
        made = sim.deploy(app)
        sim.advance(1)
        during = sim.ok("GET", f"{path}/{made['id']}")
        sim.advance(1)
        after = sim.ok("GET", f"{path}/{made['id']}")
        seen.append((during["error_code"], after["status"], after["error_code"], after["error_message"]))
    assert seen == [
        (None, "failed", "unable_to_start", "bad"),
        ("insufficient_cpu", "succeeded", None, None),
        (None, "in_progress", None, None),
        (None, "in_progress", None, None),
        (None, "succeeded", None, None),
    ]
    assert sim.control("GET", "/outcomes") == []
    assert sim.raw("PUT", "/_sim/outcomes", json=[{"status": "odd"}]).status_code == 400


def test_what_a_deployment_took(sim, pod):
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}"
    sim.ok("POST", path + "/secrets", {"name": "A", "value": "one"})
    sim.deploy(app, {"replicas": 5})
    sim.ok("POST", path + "/secrets", {"name": "A", "value": "two"})
    sim.ok("PUT", path, {"spicepod": {**pod, "name": "changed"}, "replicas": 2})
    sim.advance(5)
    took = sim.state_app("my-app")["deployments"][0]["took"]
    assert took["secrets"] == {"A": "one"}
    assert (took["config"]["spicepod"], took["config"]["replicas"]) == (pod, 5)
    sim.deploy(app)
    took = sim.state_app("my-app")["deployments"][1]["took"]
    assert took["secrets"] == {"A": "two"}
    assert (took["config"]["spicepod"]["name"], took["config"]["replicas"]) == ("changed", 2)


def test_deploy_refused(sim):
    app = sim.app()
    path = f"/v1/apps/{app['id']}/deployments"
    assert sim.api("POST", path).json()["error"] == "App has no spicepod configuration"
    sim.seed(apps=[{"name": "broken", "spicepod": {"kind": "Pod"}}])
    assert sim.api("POST", "/v1/apps/1002/deployments").json()["error"] == "Invalid spicepod configuration"
    app = sim.app_with_pod("third-app")
    path = f"/v1/apps/{app['id']}/deployments"
    for body in ({"replicas": 0}, {"replicas": 11}, {"channel": "weekly"}, {"debug": "yes"}, {"odd": 1}):
        answer = sim.api("POST", path, body)
        assert (answer.status_code, list(answer.json()["details"]["fieldErrors"])) == (400, list(body))
    assert sim.api("POST", path, {"image_tag": "9.9"}).json()["code"] == "invalid_stable_image_tag"
    sim.seed(enterprise=False)
    assert sim.api("POST", path, {"image_tag": "2.1.0"}).json()["code"] == "image_tag_requires_enterprise"
    assert sim.ok("GET", path)["deployments"] == []


def test_list_of_deployments(sim):
    rows = [{"status": "succeeded"}] * 118 + [{"status": "failed", "error_message": "x"}, {"status": "queued"}]
    sim.seed(apps=[{"name": "busy-app", "deployments": rows}])
    path = "/v1/apps/1001/deployments"

    def count(query=""):
        return len(sim.ok("GET", path + query)["deployments"])

    assert (count(), count("?limit=100"), count("?limit=500"), count("?limit=3")) == (20, 100, 100, 3)
    assert (count("?status=queued"), count("?status=failed&limit=5"), count("?status=created")) == (1, 1, 0)
    ids = [one["id"] for one in sim.ok("GET", path)["deployments"]]
    assert ids == sorted(ids, reverse=True)
    for query in ("?limit=0", "?limit=x", "?status=odd"):
        assert sim.api("GET", path + query).status_code == 400
    assert sim.api("GET", path + "/1").status_code == 404
    assert sim.api("GET", path + "/x").status_code == 400
    sim.switches(limit_over_max="reject")
    assert sim.api("GET", path + "?limit=101").status_code == 400


def test_logs(sim):
    sim.manual(1, 1)
    app = sim.app_with_pod()
    sim.control("PUT", "/outcomes", [{"status": "failed", "error_message": "bad"}])
    path = f"/v1/apps/{app['id']}/deployments/{sim.deploy(app)['id']}/logs"
    assert len(sim.ok("GET", path)["logs"]) == 1
    sim.advance(2)
    lines = sim.ok("GET", path)["logs"]
    assert [line["level"] for line in lines] == ["info", "info", "error"]
    assert set(lines[0]) == {"timestamp", "level", "message", "source"}
    assert sim.ok("GET", path + "?limit=1")["logs"] == lines[2:]
    assert sim.ok("GET", path, params={"since": lines[1]["timestamp"]})["logs"] == lines[1:]
    assert sim.api("GET", path + "?since=yesterday").status_code == 400


def test_secrets(sim):
    sim.manual()
    app = sim.app()
    path = f"/v1/apps/{app['id']}/secrets"
    first = sim.ok("POST", path, {"name": "PG_PASSWORD", "value": "geheim"}, status=200)
    assert first["value"] == "********"
    times = [first["updated_at"]]
    for value in ("geheim", "other", ""):
        answer = sim.ok("POST", path, {"name": "PG_PASSWORD", "value": value}, status=200)
        assert (answer["id"], answer["created_at"]) == (first["id"], first["created_at"])
        times.append(answer["updated_at"])
    assert times == sorted(set(times))
    assert all(len(time) == 24 for time in times)
    sim.ok("POST", path, {"name": "_lower1", "value": "x"})
    assert [one["name"] for one in sim.ok("GET", path)["secrets"]] == ["PG_PASSWORD", "_lower1"]
    assert sim.ok("GET", path + "/PG_PASSWORD")["value"] == "********"
    for name in ("pg_password", "NONE", "%2F", "a%20b"):
        assert sim.api("GET", f"{path}/{name}").status_code == 404
    assert sim.api("DELETE", path + "/NONE").json() == {"error": "App or secret not found"}
    assert sim.api("DELETE", path + "/_lower1").status_code == 204
    assert sim.api("GET", path + "/_lower1").status_code == 404
    assert sim.api("PUT", path + "/PG_PASSWORD", {"value": "x"}).status_code == 405
    for body in ({"name": "1A", "value": "x"}, {"name": "A-B", "value": "x"}, {"name": "A", "value": 1}, {"name": "A"}):
        answer = sim.api("POST", path, body)
        assert answer.status_code == 400
        assert len(answer.json()["details"]["fieldErrors"]) == 1
    assert "geheim" not in sim.api("GET", path).text


def test_api_keys(sim):
    app = sim.app()
    path = f"/v1/apps/{app['id']}/api-keys"
    start = sim.ok("GET", path)
    assert "|" in start["api_key"]
    assert start["api_key_2"] is None
    default = sim.ok("POST", path)
    assert (default["regenerated_key"], default["api_key_2"]) == (1, None)
    assert default["api_key"] != start["api_key"]
    second = sim.ok("POST", path, {"key_number": 2})
    assert (second["regenerated_key"], second["api_key"]) == (2, default["api_key"])
    both = sim.ok("POST", path, {"key_number": 0})
    assert len({both["api_key"], both["api_key_2"], second["api_key"], second["api_key_2"]}) == 4
    assert sim.ok("GET", path) == {key: both[key] for key in ("api_key", "api_key_2")}
    for bad in (3, "1", None, True, 1.0):
        assert sim.api("POST", path, {"key_number": bad}).status_code == 400


def test_members(sim):
    listed = sim.ok("GET", "/v1/members")["members"]
    assert [(one["user_id"], one["username"], one["roles"], one["is_owner"]) for one in listed] == [
        (101, "alice", ["owner"], True),
        (102, "bob", ["admin"], False),
        (103, "carol", ["member"], False),
        (104, "dave", ["viewer"], False),
    ]
    added = sim.ok("POST", "/v1/members", {"username": "ERIN"}, status=201)
    assert (added["user_id"], added["username"], added["roles"]) == (105, "erin", ["member"])
    assert "is_owner" not in added
    assert sim.api("POST", "/v1/members", {"username": "Erin"}).status_code == 409
    assert sim.api("POST", "/v1/members", {"username": "nobody"}).status_code == 404
    changed = sim.ok("PATCH", "/v1/members/105", {"roles": ["viewer", "admin", "viewer"]})
    assert changed["roles"] == ["viewer", "admin"]
    assert "is_owner" not in changed
    assert sim.api("DELETE", "/v1/members/105").status_code == 204
    assert sim.api("GET", "/v1/members/105").status_code == sim.api("DELETE", "/v1/members/105").status_code == 404
    assert sim.ok("POST", "/v1/members", {"username": "erin", "roles": ["viewer"]})["roles"] == ["viewer"]
    for body in ({"roles": []}, {"roles": ["billing"]}, {"roles": "member"}, {}):
        assert sim.api("PATCH", "/v1/members/105", body).status_code == 400
    assert sim.api("PATCH", "/v1/members/999", {"roles": ["viewer"]}).status_code == 404


def test_who_may_manage_members(sim):
    def status(method, user_id, roles=None, token="sim-pat-admin"):
        body = {"roles": roles} if roles else None
        return sim.api(method, f"/v1/members/{user_id}", body, token=token).status_code

    assert status("PATCH", 101, ["member"], "sim-pat-owner") == status("DELETE", 101, token="sim-pat-owner") == 403
    assert status("PATCH", 103, ["viewer"], "sim-pat-member") == 403
    assert status("PATCH", 103, ["viewer"]) == 200
    assert status("PATCH", 103, ["admin"]) == status("PATCH", 102, ["member"]) == status("DELETE", 102) == 403
    add = {"username": "erin", "roles": ["owner"]}
    assert sim.api("POST", "/v1/members", add, token="sim-pat-admin").status_code == 403
    assert sim.api("POST", "/v1/members", add).status_code == 201
    assert status("PATCH", 103, ["admin"], "sim-pat-owner") == 200
    assert status("DELETE", 103, token=sim.token()) == 204


@pytest.mark.parametrize("count", [40])
def test_concurrent_writes(sim, count):
    app = sim.app()
    path = f"/v1/apps/{app['id']}/secrets"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: sim.ok("POST", path, {"name": f"S{n}", "value": str(n)}), range(count)))
        clash = list(pool.map(lambda _n: sim.api("POST", "/v1/apps", {"name": "same-name"}).status_code, range(16)))
    assert len({one["id"] for one in made}) == len({one["updated_at"] for one in made}) == count
    assert len(sim.ok("GET", path)["secrets"]) == count
    assert sorted(clash) == [201] + [409] * 15
