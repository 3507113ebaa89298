# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each switch changes, and how the API is with all of them as at the start."""

import re

import pytest


def test_they_are_told_changed_and_reset(sim):
    start = sim.control("GET", "/switches")
    assert sim.switches(paging="none", page_cap=3) == {**start, "paging": "none", "page_cap": 3}
    assert sim.control("GET", "/state")["switches"]["paging"] == "none"
    for bad in ({"paging": "profile"}, {"odd": 1}, {"page_cap": 0}, {"deployment_retention": 0}, {"times": "seconds"}):
        assert sim.raw("PUT", "/_sim/switches", json=bad).status_code == 400, bad
    assert sim.control("POST", "/reset", {"switches": {"page_cap": 7}}) == {}
    assert sim.control("GET", "/switches") == {**start, "page_cap": 7}
    sim.reset()
    assert sim.control("GET", "/switches") == start


@pytest.mark.parametrize("family", ["apps", "projects"])
def test_route_families(sim, family):
    app = sim.app()
    other = {"apps": "projects", "projects": "apps"}[family]
    sim.switches(**{f"{family}_routes": False})
    for tail in ("", f"/{app['id']}", f"/{app['id']}/secrets"):
        assert sim.api("GET", f"/v1/{family}{tail}").status_code == 404
        assert sim.api("GET", f"/v1/{other}{tail}").status_code == 200
    paths = sim.raw("GET", "/v1/docs").json()["paths"]
    assert [name for name in ("apps", "projects") if f"/v1/{name}" in paths] == [other]


def ids(sim, query=""):
    return [app["id"] for app in sim.ok("GET", "/v1/apps" + query)["apps"]]


EVERYTHING = sorted(range(1001, 1251), reverse=True)


def test_paging_by_after_id(sim):
    sim.seed(filler_apps=250)
    assert ids(sim) == ids(sim, "?limit=5000") == EVERYTHING
    assert ids(sim, "?limit=100&after_id=1151") == EVERYTHING[100:200]
    assert ids(sim, "?limit=100&offset=100&after_id=1151") == EVERYTHING[200:]
    assert ids(sim, "?after_id=1001") == []


def test_paging_by_offset(sim):
    sim.seed(filler_apps=250)
    sim.switches(paging="offset")
    assert ids(sim) == EVERYTHING[:20]
    assert ids(sim, "?limit=1000&after_id=1100") == EVERYTHING[:100]
    assert ids(sim, "?limit=100&offset=200") == EVERYTHING[200:]


def test_no_paging(sim):
    sim.seed(filler_apps=250)
    sim.switches(paging="none")
    assert ids(sim, "?limit=10&offset=3&after_id=1100") == EVERYTHING


def test_capped_pages(sim):
    sim.seed(filler_apps=250)
    sim.switches(page_cap=20)
    assert ids(sim, "?limit=1000") == EVERYTHING[:20]


def test_limit_over_the_maximum(sim):
    sim.switches(limit_over_max="reject")
    assert sim.api("GET", "/v1/apps?limit=1001").status_code == 400
    assert sim.api("GET", "/v1/apps?limit=1000").status_code == 200


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1.5", "offset=-1", "after_id=x", "limit="])
def test_bad_paging(sim, query):
    answer = sim.api("GET", "/v1/apps?" + query)
    assert answer.status_code == 400
    assert list(answer.json()["details"]["fieldErrors"]) == [query.split("=")[0]]


def test_absent_nulls(sim, pod):
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}"
    sim.ok("PUT", path, {"spicepod": {**pod, "nothing": None}})
    assert sim.ok("GET", path)["paused_at"] is None
    sim.switches(absent_nulls=True)
    answer = sim.ok("GET", path)
    assert None not in answer.values()
    assert None not in [value for key, value in answer["config"].items() if key != "spicepod"]
    assert answer["config"]["spicepod"]["nothing"] is None
    assert "paused_at" not in answer


def test_empty_as_null(sim):
    path = f"/v1/apps/{sim.app()['id']}"
    assert sim.ok("PUT", path, {"description": ""})["description"] == ""
    sim.switches(empty_as_null=True)
    assert sim.ok("PUT", path, {"description": ""})["description"] is None


def test_sparse_list(sim):
    app = sim.app(description="text")
    sim.switches(sparse_list=True)
    first = sim.ok("GET", "/v1/apps")["apps"][0]
    assert [first[name] for name in ("description", "visibility", "region")] == [None] * 3
    assert sim.ok("GET", f"/v1/apps/{app['id']}")["description"] == "text"


def test_paused_at_in_list(sim):
    app = sim.app()
    when = sim.ok("POST", f"/v1/apps/{app['id']}/pause")["paused_at"]
    assert sim.ok("GET", "/v1/apps")["apps"][0]["paused_at"] == when
    sim.switches(paused_at_in_list=False)
    assert "paused_at" not in sim.ok("GET", "/v1/apps")["apps"][0]
    assert sim.ok("GET", f"/v1/apps/{app['id']}")["paused_at"] == when


def test_times(sim):
    path = f"/v1/apps/{sim.app()['id']}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sim.ok("GET", path)["created_at"])
    sim.switches(times="microseconds")
    made = sim.ok("POST", path + "/secrets", {"name": "A", "value": "b"})
    for text in (sim.ok("GET", path)["created_at"], made["updated_at"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", text)
    assert sim.ok("GET", path + "/secrets/A")["updated_at"] == made["updated_at"]


def test_author_of_a_deployment(sim):
    app = sim.app_with_pod()
    sim.switches(created_by="number")
    assert sim.deploy(app)["created_by"] == 101


def test_config_in_writes(sim):
    sim.switches(config_in_writes=False)
    made = sim.app()
    path = f"/v1/apps/{made['id']}"
    assert "config" not in made
    assert "config" not in sim.ok("PUT", path, {"replicas": 2})
    assert sim.ok("GET", path)["config"]["replicas"] == 2


@pytest.mark.parametrize("sent", ["storage_size_gb", "storage_claim_size_gb"])
def test_names_of_the_storage(sim, sent):
    path = f"/v1/apps/{sim.app()['id']}"
    config = sim.ok("PUT", path, {sent: 20})["config"]
    assert config["storage_size_gb"] == config["storage_claim_size_gb"] == 20
    for names, left in (("newer", "storage_size_gb"), ("older", "storage_claim_size_gb")):
        sim.switches(storage_names=names)
        config = sim.ok("GET", path)["config"]
        assert [name for name in config if name.startswith("storage")] == [left]
        assert config[left] == 20


def test_keys_in_apps(sim):
    path = f"/v1/apps/{sim.app()['id']}"
    key = sim.ok("GET", path + "/api-keys")["api_key"]
    assert "api_key" not in sim.ok("GET", path)
    sim.switches(keys_in_apps=True)
    assert sim.ok("GET", path)["api_key"] == sim.ok("GET", "/v1/apps")["apps"][0]["api_key"] == key


def test_error_codes(sim):
    refused = sim.api("POST", "/v1/apps", {"name": "some-app"}, token="sim-pat-viewer")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    sim.switches(error_codes=False)
    refused = sim.api("POST", "/v1/apps", {"name": "some-app"}, token="sim-pat-viewer")
    assert (refused.status_code, "code" in refused.json()) == (403, False)


def test_secret_conflict(sim):
    path = f"/v1/apps/{sim.app()['id']}/secrets"
    secret = {"name": "A", "value": "b"}
    sim.switches(secret_conflict="409")
    sim.ok("POST", path, secret, status=200)
    assert sim.api("POST", path, {**secret, "value": "c"}).status_code == 409
    assert sim.state_app("my-app")["secrets"][0]["value"] == "b"
    sim.ok("DELETE", path + "/A")
    sim.ok("POST", path, secret, status=200)


def test_deployment_conflict(sim):
    sim.manual(1, 100)
    app = sim.app_with_pod()
    sim.switches(deployment_conflict="unfinished")
    sim.deploy(app)
    sim.advance(2)
    assert sim.api("POST", f"/v1/apps/{app['id']}/deployments").status_code == 409
    sim.switches(deployment_conflict="queued")
    sim.deploy(app)


def test_deployment_retention(sim):
    sim.seed(apps=[{"name": "old-app", "deployments": [{}] * 4}])
    path = "/v1/apps/1001/deployments"
    sim.switches(deployment_retention=2)
    assert [one["id"] for one in sim.ok("GET", path)["deployments"]] == [5004, 5003]
    assert sim.api("GET", path + "/5002").status_code == 404
    assert sim.api("GET", path + "/5003").status_code == 200


def test_logs_of_a_deployment(sim):
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}/deployments/{sim.deploy(app)['id']}/logs"
    assert sim.api("GET", path).status_code == 200
    sim.switches(deployment_logs=False)
    assert sim.api("GET", path).status_code == 404


@pytest.mark.parametrize("clears", [True, False])
def test_put_clears_pause(sim, pod, clears):
    sim.switches(put_clears_pause=clears)
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}"
    sim.ok("POST", path + "/pause")
    assert sim.ok("PUT", path, {"description": "x"})["paused_at"]
    after = sim.ok("PUT", path, {"spicepod": {**pod, "name": "other"}})
    assert (after["paused_at"] is None) == clears
    assert sim.api("POST", path + "/deployments").status_code == (202 if clears else 400)


@pytest.mark.parametrize("answer", ["409", "project_not_paused", "200"])
def test_resume_of_running(sim, answer):
    sim.switches(resume_of_running=answer)
    path = f"/v1/apps/{sim.app_with_pod()['id']}"
    resumed = sim.api("POST", path + "/resume")
    assert resumed.status_code == (200 if answer == "200" else 409)
    assert resumed.json().get("code") == (answer if answer == "project_not_paused" else None)
    assert len(sim.ok("GET", path + "/deployments")["deployments"]) == (answer == "200")


def test_plans(sim):
    """Private compute, tags and image tags are of the organization: a seed takes them away."""
    assert sim.ok("GET", "/v1/limits")["resources"] == {"max_cpu": 8, "max_memory_gi": 32}
    sim.seed(private_compute=False)
    assert sim.ok("GET", "/v1/limits")["resources"] is None
