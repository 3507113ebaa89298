# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of a server with items that are none: they are skipped with a warning, or one clear error tells of them."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import (
    spice_app,
    spice_cluster_info,
    spice_container_image_info,
    spice_deployment,
    spice_deployment_info,
    spice_environment,
    spice_member,
    spice_member_info,
    spice_members,
    spice_organization_info,
    spice_region_info,
    spice_secret_info,
    spice_secrets,
)
from ansible_collections.spiceai.cloud.tests.unit.conftest import Result

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
BROKEN = [
    None,
    7,
    "x",
    [1],
    {},
    {"id": "7"},
    {"id": None, "name": None},
    {"name": ["a"], "username": {}, "tags": ["a"]},
]
LISTS = {
    "apps": ("/v1/apps", [(spice_app.SPEC, {"name": "other"})]),
    "secrets": (
        "/v1/apps/1/secrets",
        [(spice_secret_info.SPEC, {"app_id": 1}), (spice_secrets.SPEC, {"app_id": 1, "secrets": {"A": "b"}})],
    ),
    "deployments": (
        "/v1/apps/1/deployments",
        [(spice_deployment_info.SPEC, {"app_id": 1}), (spice_deployment.SPEC, {"app_id": 1, "wait": False})],
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
@pytest.mark.parametrize("word", [word for word in LISTS if word not in ("clusters", "images")])
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
