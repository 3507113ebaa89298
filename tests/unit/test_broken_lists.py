# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of a server in forms that nobody documents.

Items of a list that are none are skipped with a warning. One item without what a task needs is one clear error.
"""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import (
    spice_api_key,
    spice_api_key_info,
    spice_api_key_rotation,
    spice_app,
    spice_cluster_info,
    spice_container_image_info,
    spice_deployment,
    spice_deployment_info,
    spice_environment,
    spice_fleet_info,
    spice_instance_info,
    spice_member,
    spice_member_info,
    spice_members,
    spice_organization_info,
    spice_region_info,
    spice_secret,
    spice_secret_info,
    spice_secrets,
)
from ansible_collections.spiceai.cloud.tests.unit.conftest import Result
from ansible_collections.spiceai.cloud.tests.unit.fake_runtime import FakeRuntime

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
BROKEN = [
    None,
    7,
    "x",
    [1],
    {},
    {"id": "7"},
    {"id": None, "name": None},
    {"id": 1, "name": None},
    {"id": 1, "name": {"a": 1}, "status": None},
    {"id": 1, "status": "succeeded", "commit_message": 7, "error_code": []},
    {"name": ["a"], "username": {}, "tags": ["a"]},
]
LISTS = {
    "apps": ("/v1/apps", [(spice_app.SPEC, {"name": "other"}), (spice_fleet_info.SPEC, {})]),
    "secrets": (
        "/v1/apps/1/secrets",
        [(spice_secret_info.SPEC, {"app_id": 1}), (spice_secrets.SPEC, {"app_id": 1, "secrets": {"A": "b"}})],
    ),
    "deployments": (
        "/v1/apps/1/deployments",
        [
            (spice_deployment_info.SPEC, {"app_id": 1}),
            (spice_deployment.SPEC, {"app_id": 1, "wait": False}),
            (spice_fleet_info.SPEC, {}),
        ],
    ),
    "members": (
        "/v1/members",
        [
            (spice_member_info.SPEC, {}),
            (spice_member.SPEC, {"username": "carol"}),
            (spice_members.SPEC, {"members": [{"username": "carol"}], "purge": True}),
        ],
    ),
    "regions": ("/v1/regions", [(spice_region_info.SPEC, {}), (spice_app.SPEC, {"name": "other"})]),
    "orgs": ("/v1/orgs", [(spice_organization_info.SPEC, {})]),
    "clusters": ("/v1/clusters", [(spice_cluster_info.SPEC, {})]),
    "instances": ("/v1/apps/1/instances", [(spice_instance_info.SPEC, {"app_id": 1, "logs": 2})]),
    "images": ("/v1/container-images", [(spice_container_image_info.SPEC, {})]),
}
TASKS = [(word, path, spec, options) for word, (path, tasks) in LISTS.items() for spec, options in tasks]
ENVIRONMENT = {"app": {"name": "sales", "spicepod": POD}, "secrets": {"A": "b"}, "members": [{"username": "carol"}]}


@pytest.mark.parametrize("item", BROKEN, ids=repr)
@pytest.mark.parametrize(
    ("word", "path", "spec", "options"), TASKS, ids=[f"{task[0]}-{task[2].name}" for task in TASKS]
)
def test_no_item_of_a_list_is_an_error_of_ours(cloud, task, word, path, spec, options, item):
    cloud.add("sales", spicepod=POD)
    cloud.users["carol"] = 200
    cloud.fail("GET", path, *[(200, {word: [item], "default": None})] * 9)
    result = Result(task(spec, check_mode=True, **options))
    assert "error of its own" not in result.get("msg", ""), result["exception"]


@pytest.mark.parametrize("item", BROKEN, ids=repr)
@pytest.mark.parametrize("word", [word for word in LISTS if word not in ("clusters", "images", "instances")])
def test_nor_of_an_environment(cloud, task, word, item):
    cloud.add("sales", spicepod=POD)
    cloud.users["carol"] = 200
    cloud.fail("GET", LISTS[word][0], *[(200, {word: [item], "default": None})] * 9)
    result = Result(task(spice_environment.SPEC, check_mode=True, **ENVIRONMENT))
    assert "error of its own" not in result.get("msg", ""), result["exception"]


@pytest.mark.parametrize("user_id", [None, "7", True])
@pytest.mark.parametrize("more", [{"roles": ["admin"]}, {"state": "absent"}])
def test_a_member_without_an_id_cannot_be_changed(cloud, task, user_id, more):
    cloud.fail("GET", "/v1/members", (200, {"members": [{"username": "dan", "roles": ["member"], "user_id": user_id}]}))
    result = Result(task(spice_member.SPEC, username="dan", **more))
    assert "without a whole number as `user_id`" in result["msg"]
    assert cloud.writes() == []


APP_FIELDS = {
    "id": (None, "7"),
    "name": (None, 7, ["sales"]),
    "tags": (["a"], "a", 7),
    "config": (["a"], "a", 7),
    "region": (7, ["us-east-1"]),
    "cname": (7,),
    "endpoint": ({"url": "https://sales.test"},),
}
PATTERN = {"id": 1, "name": "sales", "tags": None, "config": {}}
OF_AN_APP = [
    (spice_app.SPEC, {"name": "sales", "description": "new", "tags": {"a": "b"}, "region": "us-east-1"}),
    (spice_app.SPEC, {"app_id": 1, "replicas": 2}),
    (spice_app.SPEC, {"name": "sales", "state": "absent"}),
    (spice_secret.SPEC, {"app": "sales", "name": "A", "state": "absent"}),
    (spice_secrets.SPEC, {"app": "sales", "secrets": {"A": "b"}, "fingerprint_key": "key"}),
    (spice_deployment.SPEC, {"app": "sales", "wait": False}),
    (spice_api_key_rotation.SPEC, {"app_id": 1, "step": "start"}),
    (spice_environment.SPEC, {**ENVIRONMENT, "fingerprint_key": "key", "purge": {"tags": True, "secrets": True}}),
]


@pytest.mark.parametrize(("field", "value"), [(field, value) for field in APP_FIELDS for value in APP_FIELDS[field]])
@pytest.mark.parametrize(("spec", "options"), OF_AN_APP, ids=[spec.name for spec, dummy in OF_AN_APP])
def test_an_app_without_what_a_task_needs_is_one_clear_error(cloud, task, spec, options, field, value):
    cloud.add("sales", spicepod=POD)
    cloud.users["carol"] = 200
    cloud.fail("GET", "/v1/apps/1", *[(200, {**cloud.apps[1], field: value})] * 9)
    result = Result(task(spec, **options))
    assert f"without a usable `{field}`" in result["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize(("field", "value"), [("id", None), ("name", 7), ("tags", ["a"]), ("config", "a")])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_odd_answer_to_a_write_of_an_app_is_read_after(cloud, run, method, field, value):
    """The write took effect, so what exists is read, and nothing is sent again."""
    if method == "PUT":
        cloud.add("sales")
    answer = {**PATTERN, field: value}
    cloud.fail(method, "/v1/apps(/1)?", (200, answer), after_commit=True)
    result = run(name="sales", description="new")
    assert result["app"]["description"] == "new"
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize(
    "answer", [{}, {"id": "7"}, {"id": 7, "status": None}, {"id": 7, "status": "x", "error_code": 1}], ids=repr
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_odd_answer_about_a_deployment(cloud, task, clock, method, answer):
    cloud.add("sales", spicepod=POD)
    path = "/v1/apps/1/deployments" if method == "POST" else "/v1/apps/1/deployments/1"
    cloud.fail(method, path, (200, answer), after_commit=True)
    clock.meanwhile = [lambda: None, lambda: cloud.deployments[1][-1].update(status="succeeded")]
    result = Result(task(spice_deployment.SPEC, app="sales"))
    if method == "GET":
        assert "without a usable" in result["msg"]
    else:
        assert result["deployment"]["id"] == 1
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize("roles", [None, "admin", [7]])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_odd_answer_about_a_member(cloud, task, method, roles):
    if method == "PATCH":
        cloud.add_member("carol")
    cloud.users["carol"] = 100
    cloud.fail(method, "/v1/members.*", (200, {"username": "carol", "roles": roles}), after_commit=True)
    result = Result(task(spice_member.SPEC, username="carol", roles=["admin"]))
    if method == "POST":  # it is looked up
        assert result["member"]["roles"] == ["admin"]
    else:
        assert "without a usable `roles`" in result["msg"]
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize("key", [7, ["key"], {"key": "x"}, True])
@pytest.mark.parametrize(
    ("spec", "options"),
    [
        (spice_api_key_info.SPEC, {}),
        (spice_api_key.SPEC, {"key_number": 1, "state": "present"}),
        (spice_api_key_rotation.SPEC, {"step": "start"}),
    ],
)
def test_an_odd_answer_about_keys(cloud, task, spec, options, key):
    cloud.add("sales")
    cloud.fail("GET", "/v1/apps/1/api-keys", *[(200, {"api_key": key, "api_key_2": None})] * 3)
    assert "without a usable `api_key`" in Result(task(spec, app="sales", **options))["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize("section", ["datasets", "models", "tools"])
@pytest.mark.parametrize("value", [7, True, "x", [None], {"a": 1}, [{"name": ["x"], "from": 5}]])
def test_a_spicepod_that_somebody_else_wrote_may_have_any_form(cloud, task, clock, http, section, value):
    cloud.add("sales", spicepod={**POD, section: value})
    cloud.apps[1]["endpoint"] = "https://sales.test"
    FakeRuntime(http).answers["/v1/datasets"] = [(200, [{"name": "\"['x']\"", "from": "5", "status": "Ready"}])]
    clock.meanwhile = [lambda: cloud.deployments[1][-1].update(status="succeeded")]
    result = Result(task(spice_environment.SPEC, app={"name": "sales"}, secrets={"A": "b"}))
    assert "error of its own" not in result.get("msg", ""), result["exception"]
