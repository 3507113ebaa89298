# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps: create, read, update, delete, pause, and the strictness of bodies."""

import json

import pytest
import yaml


def errors(answer):
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert set(body["details"]) == {"fieldErrors", "formErrors"}
    return body["details"]


def test_families_share_the_store(sim):
    made = sim.ok("POST", "/v1/projects", {"name": "shared", "region": "us-west-2"}, status=201)
    assert sim.ok("GET", f"/v1/apps/{made['id']}") == sim.ok("GET", f"/v1/projects/{made['id']}")
    assert sim.ok("GET", "/v1/apps")["apps"] == sim.ok("GET", "/v1/projects")["projects"]
    for path in ("", "/deployments", "/secrets", "/api-keys"):
        assert sim.api("GET", f"/v1/projects/{made['id']}{path}").status_code == 200


@pytest.mark.parametrize("name", ["abc", "a" * 39, "under_score", "dot.dot", "", "ümlaut", "line\n"])
def test_bad_names(sim, name):
    assert list(errors(sim.api("POST", "/v1/apps", {"name": name, "region": "us-east-1"}))["fieldErrors"]) == ["name"]


def test_names_are_taken_without_case(sim):
    sim.app("My-App")
    answer = sim.api("POST", "/v1/projects", {"name": "my-aPP", "region": "us-east-1"})
    assert answer.status_code == 409
    assert answer.json() == {"error": 'App "my-aPP" already exists in this organization'}
    assert sim.ok("POST", "/v1/apps", {"name": "my-app", "region": "us-east-1"}, token="sim-pat-globex", status=201)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"region": "us-east-2"}, "region"),
        ({"region": "moon"}, "region"),
        ({"cname": "moon"}, "cname"),
        ({"cluster_name": "moon"}, "cluster_name"),
        ({"cluster_name": "acme-prod-west", "region": "us-east-1"}, "region"),
        ({"region": 5}, "region"),
        ({"visibility": "hidden"}, "visibility"),
        ({"description": None}, "description"),
        ({"replicas": 0}, "replicas"),
        ({"replicas": 11}, "replicas"),
        ({"replicas": "2"}, "replicas"),
        ({"replicas": 2.0}, "replicas"),
        ({"replicas": True}, "replicas"),
        ({"tags": ["a"]}, "tags"),
        ({"tags": {"1a": "x"}}, "tags"),
        ({"tags": {"a": "x y"}}, "tags"),
        ({"tags": {"a": 1}}, "tags"),
        ({"tags": {"a": "x" * 257}}, "tags"),
        ({"tags": {"a" * 64: "x"}}, "tags"),
        ({"resources": {"limits": {"cpu": 4}}}, "resources"),
        ({"resources": {"limit": {}}}, "resources"),
        ({"update_channel": "weekly"}, "update_channel"),
        ({"nonsense": 1}, "nonsense"),
        ({"kind": "managed"}, "kind"),
        ({"spicepod": {}}, "spicepod"),
        ({"production_branch": "main"}, "production_branch"),
    ],
)
def test_bad_create(sim, body, field):
    place = {} if field in ("cname", "cluster_name") else {"region": "us-east-1"}
    answer = sim.api("POST", "/v1/apps", {"name": "some-app", **place, **body})
    assert list(errors(answer)["fieldErrors"]) == [field]
    assert sim.ok("GET", "/v1/apps")["apps"] == []


def test_texts_of_placement(sim):
    def text(**body):
        return sim.api("POST", "/v1/apps", {"name": "some-app", **body}).json()["error"]

    sim.seed(clusters=[{"cluster_name": "retired", "region": "us-east-1", "deployable": False}])
    assert text(cluster_name="moon") == "Cluster 'moon' not found"
    assert text(cluster_name="retired") == "'retired' is not a deployable cluster"
    wrong = "region 'us-east-1' does not match cluster region 'us-west-2'"
    assert text(cluster_name="acme-prod-west", region="us-east-1") == wrong


def test_placements(sim):
    shared = sim.ok("POST", "/v1/apps", {"name": "one-app", "region": "us-west-2", "cluster_name": None})
    assert (shared["region"], shared["kind"], shared["cluster_name"]) == ("us-west-2", "managed", None)
    assert shared["endpoint"] == f"{sim.address}/runtime/{shared['id']}"
    named = sim.ok("POST", "/v1/apps", {"name": "two-app", "cname": "us-west-2-prod-aws-data"})
    assert named["region"] == "us-west-2"
    assert "deprecated" in named["warning"]
    own = sim.ok("POST", "/v1/apps", {"name": "three-app", "cluster_name": "acme-prod-west"})
    assert (own["region"], own["cluster_name"], own["cluster_id"]) == ("us-west-2", "acme-prod-west", "acme-prod-west")
    assert own["endpoint"] == f"{sim.address}/runtime/acme-prod-west/{own['id']}"
    alone = sim.ok("POST", "/v1/apps", {"name": "four-app"})
    assert (alone["kind"], alone["region"], alone["endpoint"]) == ("standalone", None, None)
    assert alone["config"]["region"] is None


def test_a_standalone_app_with_an_instance(sim):
    sim.seed(apps=[{"name": "attached", "standalone": True, "attached_region": "us-west-2"}])
    shown = sim.ok("GET", "/v1/apps/1001")
    assert (shown["kind"], shown["region"], shown["config"]["region"]) == ("standalone", None, "us-west-2")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'{"name": NaN}', "application/json"),
        (b"\xff", "application/json"),
        (b'{"name":"some-app"}', "text/plain"),
        (b"[" * 100_000, "application/json"),
        (b'{"a": 1e999}', "application/json"),
    ],
)
def test_bad_json(sim, raw, kind):
    answer = sim.api("POST", "/v1/apps", data=raw, headers={"Content-Type": kind})
    assert len(errors(answer)["formErrors"]) == 1


def test_body_size(sim):
    big = {"name": "some-app", "region": "us-east-1", "description": "x" * (1024 * 1024)}
    answer = sim.api("POST", "/v1/apps", big)
    assert answer.status_code == 413
    assert "error" in answer.json()
    assert sim.log()[-1]["status"] == 413
    fits = {"name": "some-app", "region": "us-east-1", "description": "x" * (1024 * 1024 - 100)}
    assert sim.api("POST", "/v1/apps", fits).status_code == 201


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/apps/", "/v2/apps", "/v1/apps/1/2/3", "/_sim/none", "/x"])
def test_unknown_routes(sim, path):
    answer = sim.api("GET", path)
    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})


def test_wrong_method(sim):
    assert sim.api("PATCH", "/v1/apps").status_code == 405


@pytest.mark.parametrize("bad", ["abc", "1.5", "-1", "1e3", "%20", "9" * 30, "٣"])
def test_ids_are_integers(sim, bad):
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/secrets"), ("POST", "/deployments")):
        answer = sim.api(method, f"/v1/apps/{bad}{path}", {})
        assert answer.status_code == 400, (method, path)
    assert sim.api("GET", f"/v1/members/{bad}").status_code == 400


def test_missing_app(sim):
    for method, path in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/secrets"),
        ("GET", "/api-keys"),
        ("POST", "/deployments"),
        ("POST", "/pause"),
    ):
        answer = sim.api(method, f"/v1/apps/77{path}", {})
        assert (answer.status_code, answer.json()) == (404, {"error": "App with ID 77 not found"})


def test_update_is_partial(sim, pod):
    app = sim.app(description="first", tags={"a": "1"}, replicas=2)
    path = f"/v1/apps/{app['id']}"
    assert sim.ok("PUT", path, {}) == sim.ok("GET", path)
    values = {
        "visibility": "public",
        "production_branch": "main",
        "registry": "r",
        "image": "i",
        "image_tag": "2.0.3",
        "update_channel": "internal-sandbox",
        "version": "2.x",
        "replicas": 3,
        "node_group": "n",
        "storage_size_gb": 7,
        "resources": {"limits": {"cpu": "4", "memory": "16Gi", "ephemeral-storage": "1Gi"}},
        "executor": {"replicas": 1, "resources": None, "storage_size_gb": 3},
        "spicepod": pod,
    }
    answer = sim.ok("PUT", path, values)
    for key, value in values.items():
        assert (answer["config"] if key in answer["config"] else answer)[key] == value
    assert (answer["description"], answer["tags"]) == ("first", {"a": "1"})
    answer = sim.ok("PUT", path, {"tags": {"ansible.secret/PG": "A_b-@1"}, "description": "", "resources": None})
    assert (answer["tags"], answer["description"]) == ({"ansible.secret/PG": "A_b-@1"}, "")
    assert answer["config"]["resources"] is None
    assert answer["config"]["replicas"] == 3
    assert sim.ok("PUT", path, {"image_tag": None, "tags": {}})["tags"] == {}


@pytest.mark.parametrize(
    "body",
    [
        {"name": "other"},
        {"kind": "standalone"},
        {"cname": "us-west-2-prod-aws-data"},
        {"replicas": 0},
        {"replicas": 11},
        {"description": None},
        {"storage_size_gb": "7"},
        {"storage_size_gb": 0},
        {"tags": {"bad key": "x"}},
        {"region": "moon"},
        {"cluster_name": "moon"},
        {"version": "2;x"},
        {"spicepod": None},
        {"spicepod": []},
    ],
)
def test_bad_update_changes_nothing(sim, body):
    app = sim.app()
    path = f"/v1/apps/{app['id']}"
    before = sim.ok("GET", path)
    assert list(errors(sim.api("PUT", path, {"visibility": "public", **body}))["fieldErrors"]) == list(body)
    assert sim.ok("GET", path) == before


def test_spicepod_as_text_and_object(sim, pod):
    app = sim.app()
    path = f"/v1/apps/{app['id']}"
    for given in (pod, yaml.safe_dump(pod), json.dumps(pod)):
        assert sim.ok("PUT", path, {"spicepod": given})["config"]["spicepod"] == pod
    dated = "version: v1\nkind: Spicepod\nname: x\ndate: 2026-01-02\n1: [&a 2, *a]\n"
    assert sim.ok("PUT", path, {"spicepod": dated})["config"]["spicepod"] == {
        "version": "v1",
        "kind": "Spicepod",
        "name": "x",
        "date": "2026-01-02",
        "1": [2, 2],
    }


LAUGH = "version: v1\nkind: Spicepod\nname: x\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    "bad",
    [
        "- a\n- b\n",
        "just text",
        "a: [",
        "",
        {"version": "v1"},
        {"version": "v1", "kind": "Pod", "name": "x"},
        {"version": 1, "kind": "Spicepod", "name": "x"},
        {"version": "v1", "kind": "Spicepod"},
        "version: v1\nkind: Spicepod\nname: x\nn: .nan\n",
        "version: v1\nkind: Spicepod\nname: x\nn: !!binary aGk=\n",
        "!!python/object:os.system {}",
        LAUGH,
        "a: &a\n  b: *a\n",
    ],
)
def test_bad_spicepods(sim, bad):
    app = sim.app()
    details = errors(sim.api("PUT", f"/v1/apps/{app['id']}", {"spicepod": bad}))
    assert list(details["fieldErrors"]) == ["spicepod"]


def test_image_tags_and_plan(sim):
    app = sim.app()
    path = f"/v1/apps/{app['id']}"
    answer = sim.api("PUT", path, {"image_tag": "9.9.9"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_stable_image_tag")
    assert sim.ok("PUT", path, {"image_tag": "2.1.0-enterprise"})["config"]["image_tag"] == "2.1.0-enterprise"
    sim.seed(enterprise=False)
    answer = sim.api("PUT", path, {"image_tag": "2.1.0"})
    assert (answer.status_code, answer.json()["code"]) == (403, "image_tag_requires_enterprise")
    assert sim.ok("PUT", path, {"image_tag": None})["config"]["image_tag"] is None
    sim.seed(private_compute=False, plan="community")
    answer = sim.api("PUT", path, {"resources": {"limits": {"cpu": "1"}}})
    assert answer.json()["error"] == "Resource limits can only be updated when private compute is enabled"
    assert sim.api("PUT", path, {"tags": {"a": "b"}}).json()["code"] == "plan_limit"
    assert sim.api("POST", "/v1/apps", {"name": "tagged", "tags": {"a": "b"}}).status_code == 403
    assert sim.api("PUT", path, {"tags": {}}).status_code == 200


def test_github_connected(sim, pod):
    stored = {**pod, "name": "hubbed"}
    sim.seed(apps=[{"name": "hubbed", "repository": {"repository": "acme/hubbed"}, "spicepod": stored}])
    assert sim.api("PUT", "/v1/apps/1001", {"spicepod": yaml.safe_dump(stored)}).status_code == 200
    answer = sim.api("PUT", "/v1/apps/1001", {"spicepod": pod, "description": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "github_connected")
    assert sim.ok("PUT", "/v1/apps/1001", {"description": "x"})["description"] == "x"
    assert sim.api("POST", "/v1/apps/1001/deployments").status_code == 202
    sim.seed(repository={"hubbed": None})
    assert sim.api("PUT", "/v1/apps/1001", {"spicepod": pod}).status_code == 200


def test_moving(sim):
    app = sim.app(region="us-west-2")
    path = f"/v1/apps/{app['id']}"
    moved = sim.ok("PUT", path, {"cluster_name": "acme-prod-west"})
    assert moved["endpoint"] != app["endpoint"]
    assert sim.api("PUT", path, {"region": "us-east-1"}).status_code == 400
    moved = sim.ok("PUT", path, {"cluster_name": "acme-prod-east"})
    assert (moved["region"], moved["config"]["region"]) == ("us-east-1", "us-east-1")
    assert sim.ok("PUT", path, {"cluster_name": None})["cluster_name"] == "acme-prod-east"
    other = sim.app("other-app", region="us-west-2")
    assert sim.ok("PUT", f"/v1/apps/{other['id']}", {"region": "us-east-1"})["cname"] == "us-east-1-prod-aws-data"


def test_delete_and_make_again(sim):
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}"
    sim.ok("POST", path + "/secrets", {"name": "A", "value": "b"})
    key = sim.ok("GET", path + "/api-keys")["api_key"]
    sim.deploy(app)
    answer = sim.api("DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert sim.api("DELETE", path).status_code == sim.api("GET", path).status_code == 404
    assert sim.api("PUT", path, {"description": "x"}).status_code == 404
    assert sim.ok("GET", "/v1/apps")["apps"] == []
    gone = sim.state_app("my-app")
    assert gone["deleted_at"]
    assert gone["deployments"][0]["status"] == "created"
    again = sim.app()
    assert again["id"] > app["id"]
    assert sim.ok("GET", f"/v1/apps/{again['id']}/secrets")["secrets"] == []
    assert sim.ok("GET", f"/v1/apps/{again['id']}/api-keys")["api_key"] != key


def test_pause_and_resume(sim):
    app = sim.app_with_pod()
    path = f"/v1/apps/{app['id']}"
    first = sim.deploy(app)
    assert sim.api("POST", path + "/resume").status_code == 409
    when = sim.ok("POST", path + "/pause", status=200)["paused_at"]
    assert sim.ok("GET", path)["paused_at"] == when
    twice = sim.api("POST", path + "/pause")
    assert (twice.status_code, twice.json()["paused_at"]) == (409, when)
    refused = sim.api("POST", path + "/deployments", {})
    assert (refused.status_code, refused.json()["code"]) == (400, "spicepod_paused")
    resumed = sim.ok("POST", path + "/resume", {}, status=200)
    assert sim.ok("GET", path)["paused_at"] is None
    listed = sim.ok("GET", path + "/deployments")["deployments"]
    assert [(one["id"], one["status"]) for one in listed] == [
        (resumed["deployment_id"], "queued"),
        (first["id"], "created"),
    ]
    assert sim.api("POST", path + "/pause", {"a": 1}).status_code == 400


def test_what_cannot_be_deployed_stays_paused(sim):
    sim.seed(apps=[{"name": "empty", "paused": True}])
    refused = sim.api("POST", "/v1/apps/1001/resume")
    assert (refused.status_code, refused.json()["error"]) == (400, "App has no spicepod configuration")
    assert sim.ok("GET", "/v1/apps/1001")["paused_at"]


def test_catalog(sim):
    regions = sim.ok("GET", "/v1/regions")
    assert regions["default"] == "us-east-1"
    assert [one["region"] for one in regions["regions"] if one["disabled"]] == ["us-east-2"]
    assert [one["region"] for one in regions["regions"] if one["isDefault"]] == ["us-east-1"]
    stable, enterprise = (sim.ok("GET", f"/v1/container-images{q}") for q in ("", "?channel=enterprise"))
    assert stable["default"] in [one["tag"] for one in stable["images"]]
    assert {one["channel"] for one in enterprise["images"]} == {"enterprise"}
    assert list(errors(sim.api("GET", "/v1/container-images?channel=nightly"))["fieldErrors"]) == ["channel"]
    assert sim.ok("GET", "/v1/limits")["resources"]["max_cpu"] == 8
    sim.seed(limits={"replicas": 3, "resources": None})
    assert (sim.ok("GET", "/v1/limits")["replicas"], sim.ok("GET", "/v1/limits")["apps"]) == (3, -1)
    clusters = sim.ok("GET", "/v1/clusters")["clusters"]
    assert [one["cluster_name"] for one in clusters] == ["acme-prod-west", "acme-prod-east"]
    assert "deployable" not in clusters[0]
    assert sim.ok("GET", "/v1/clusters", token="sim-pat-globex")["clusters"] == []
