# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runtime side."""

import pytest


@pytest.fixture
def app(sim):
    sim.manual(1, 1, 5)
    made = sim.app_with_pod()
    sim.key = sim.ok("GET", f"/v1/apps/{made['id']}/api-keys")["api_key"]
    return made


def get(sim, app, path, key=None, **more):
    return sim.raw("GET", f"/runtime/{app['id']}{path}", headers={"X-API-Key": key or sim.key}, **more)


def query(sim, app, text=None, body=None, **headers):
    headers = {"X-API-Key": sim.key, **headers}
    url = f"/runtime/{app['id']}/v1/sql"
    if body is not None:
        return sim.raw("POST", url, headers=headers, json=body)
    return sim.raw("POST", url, headers={"Content-Type": "text/plain", **headers}, data=text)


def test_from_nothing_to_ready(sim, app):
    assert get(sim, app, "/v1/ready").status_code == 503
    sim.deploy(app)
    sim.advance(1.5)
    assert get(sim, app, "/v1/ready").status_code == 503
    sim.advance(0.5)
    assert get(sim, app, "/v1/ready").status_code == 503
    assert get(sim, app, "/v1/datasets?status=true").json()[0] == {
        "name": "orders",
        "from": "s3://bucket/orders",
        "status": "Initializing",
        "error_message": None,
    }
    sim.advance(5)
    assert get(sim, app, "/v1/ready").text == "ready"
    assert [one["status"] for one in get(sim, app, "/v1/datasets?status=true").json()] == ["Ready", "Ready"]
    assert get(sim, app, "/v1/datasets").json()[0] == {"name": "orders", "from": "s3://bucket/orders"}
    assert get(sim, app, "/v1/models?status=true").json()[0]["name"] == "assistant"


def test_keys(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    path = f"/v1/apps/{app['id']}/api-keys"
    for key in ("wrong", "None", "null"):
        assert get(sim, app, "/v1/ready", key).status_code == 401
    assert sim.raw("GET", f"/runtime/{app['id']}/v1/ready").status_code == 401
    second = sim.ok("POST", path, {"key_number": 2})["api_key_2"]
    assert get(sim, app, "/v1/ready", second).status_code == 200
    fresh = sim.ok("POST", path, {"key_number": 1})["api_key"]
    assert get(sim, app, "/v1/ready").status_code == 401
    assert get(sim, app, "/v1/ready", fresh).status_code == 200
    log = sim.log(path_regex="^/runtime/")
    assert log[-1]["credential"] == "key 1 of my-app"
    assert log[-2]["credential"] is None


def test_it_shows_what_was_deployed(sim, app, pod):
    sim.deploy(app)
    sim.advance(10)
    sim.ok("PUT", f"/v1/apps/{app['id']}", {"spicepod": {**pod, "datasets": [], "models": []}})
    assert len(get(sim, app, "/v1/datasets").json()) == 2
    sim.control("PUT", "/outcomes", [{"status": "failed"}])
    sim.deploy(app)
    sim.advance(10)
    assert len(get(sim, app, "/v1/datasets").json()) == 2
    sim.deploy(app)
    sim.advance(10)
    assert get(sim, app, "/v1/datasets").json() == []


def test_dataset_errors(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True, "dataset_errors": {"orders": "no access"}}])
    found = {one["name"]: one for one in get(sim, app, "/v1/datasets?status=true").json()}
    assert (found["orders"]["status"], found["orders"]["error_message"]) == ("Error", "no access")
    assert found["customers"]["status"] == "Ready"
    assert get(sim, app, "/v1/ready").status_code == 200
    sim.seed(dataset_errors={"assistant": "no model"})
    assert get(sim, app, "/v1/models?status=true").json()[0]["status"] == "Error"


def test_sql(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True, "sql": {"SELECT max(x) FROM t": [{"m": 9}]}}])
    assert query(sim, app, "SELECT 1").json() == [{"Int64(1)": 1}]
    assert query(sim, app, "select   MAX(x)\nfrom t;").json() == [{"m": 9}]
    assert query(sim, app, "SELECT COUNT(*) AS n FROM orders").json() == [{"n": 3}]
    assert query(sim, app, "SELECT count(*) > 0 AS some FROM orders").json() == [{"some": True}]
    assert "not found" in query(sim, app, "SELECT count(*) > 0 AS some FROM nothing").text
    assert query(sim, app, 'SELECT * FROM "orders" LIMIT 2').json() == [{"id": 1}, {"id": 2}]
    assert query(sim, app, body={"sql": "SELECT 1", "parameters": []}).json() == [{"Int64(1)": 1}]
    assert query(sim, app, body={"sql": "SELECT 1"}).status_code == 400
    assert "not found" in query(sim, app, "SELECT * FROM nothing").text
    assert query(sim, app, "DROP TABLE orders").status_code == 400
    assert query(sim, app, "SELECT 1", **{"X-API-Key": "wrong"}).status_code == 401
    sim.seed(sql={"SELECT 2": [{"two": 2}]})
    assert query(sim, app, "SELECT 2").json() == [{"two": 2}]
    assert sim.log(writes="true", path_regex="^/runtime/") == []


def test_paused_and_gone(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    sim.ok("POST", f"/v1/apps/{app['id']}/pause")
    assert get(sim, app, "/v1/ready").status_code == 503
    sim.ok("POST", f"/v1/apps/{app['id']}/resume")
    sim.advance(10)
    assert get(sim, app, "/v1/ready").status_code == 200
    sim.ok("DELETE", f"/v1/apps/{app['id']}")
    assert get(sim, app, "/v1/ready").status_code == 404
    assert sim.raw("GET", "/runtime/x/v1/ready").status_code == 404


def test_a_move_needs_a_deployment(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    moved = sim.ok("PUT", f"/v1/apps/{app['id']}", {"cluster_name": "acme-prod-west"})
    new = moved["endpoint"].replace(sim.address, "")
    assert get(sim, app, "/v1/ready").status_code == 404
    assert sim.raw("GET", new + "/v1/ready", headers={"X-API-Key": sim.key}).status_code == 503
    sim.deploy(app)
    sim.advance(10)
    assert sim.raw("GET", new + "/v1/ready", headers={"X-API-Key": sim.key}).status_code == 200
