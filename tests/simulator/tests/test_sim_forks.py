# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forks: what is copied, and each refusal."""

import jsonschema
import pytest
import sim_shapes as shapes


@pytest.fixture
def source(sim, pod):
    sim.seed(
        apps=[
            {
                "name": "base-app",
                "region": "us-west-2",
                "description": "d",
                "tags": {"a": "b"},
                "visibility": "public",
                "replicas": 3,
                "image_tag": "2.0.3",
                "resources": {"limits": {"cpu": "2"}},
                "secrets": {"TOKEN": "t"},
                "repository": {"name": "acme/base"},
                "api_key_2": "second",
                "spicepod": pod,
                "deployed": True,
            }
        ]
    )
    return "/v1/apps/1001"


def test_what_is_copied(sim, source, pod):
    sim.seed(repository={"base-app": None})
    sim.ok("PUT", source, {"spicepod": {**pod, "name": "configured"}})
    made = sim.ok("POST", source + "/forks", {"name": "other-app"}, status=201)
    facts = {**shapes.FULL_APP_SHAPE, "properties": {**shapes.FULL_APP_SHAPE["properties"], "shared_state": {}}}
    jsonschema.validate(made, facts)
    assert made["forked_from"] == {"id": 1001, "name": "base-app"}
    assert made["config"]["spicepod"] == pod
    kept = (made["region"], made["description"], made["tags"], made["config"]["replicas"])
    assert kept == ("us-west-2", "d", {"a": "b"}, 3)
    assert (made["visibility"], made["config"]["resources"], made["config"]["image_tag"]) == ("private", None, None)
    path = f"/v1/apps/{made['id']}"
    assert [one["name"] for one in sim.ok("GET", path + "/secrets")["secrets"]] == ["TOKEN"]
    assert sim.ok("GET", path + "/deployments")["deployments"] == []
    assert sim.ok("GET", path + "/api-keys")["api_key_2"] is None
    assert [one["name"] for one in sim.ok("GET", source + "/forks")["forks"]] == ["other-app"]
    assert sim.ok("GET", path + "/forks")["forks"] == []


def test_names_of_its_own(sim, source):
    names = [sim.ok("POST", source + "/forks")["name"] for dummy in range(3)]
    assert names == ["base-app-fork", "base-app-fork-2", "base-app-fork-3"]
    assert sim.api("POST", source + "/forks", {"name": "Base-App"}).status_code == 409


def test_another_place(sim, source):
    assert sim.ok("POST", source + "/forks", {"region": "us-east-1"})["region"] == "us-east-1"
    assert sim.ok("POST", source + "/forks", {"cluster_name": "acme-prod-east"})["cluster_name"] == "acme-prod-east"
    assert sim.api("POST", source + "/forks", {"description": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("seed", "body", "status", "code"),
    [
        ({"standalone": True, "deployed": True}, {}, 400, "fork_placement_required"),
        ({"executor": {"replicas": 2}, "deployed": True}, {}, 400, "scheduler_state_location_required"),
        (
            {"executor": {"replicas": 2}, "deployed": True},
            {"scheduler_state_location": "gs://b"},
            400,
            "scheduler_state_location_unsupported",
        ),
        (
            {"executor": {"replicas": 2}, "deployed": True},
            {"scheduler_state_location": "s3://state/1001/x"},
            400,
            "scheduler_state_location_overlaps_source",
        ),
        (
            {"deployed": True},
            {"scheduler_state_location": "s3://b"},
            400,
            "scheduler_state_location_not_applicable",
        ),
        ({}, {}, 422, "fork_source_has_no_spicepod"),
        ({"spicepod": {"name": "no version"}, "deployed": True}, {}, 422, "fork_source_spicepod_invalid"),
        (
            {
                "spicepod": {"version": "v1", "kind": "Spicepod", "name": "a", "datasets": [{"ref": "d.yaml"}]},
                "deployed": True,
            },
            {},
            422,
            "fork_source_loads_repository_files",
        ),
    ],
)
def test_refusals(sim, pod, seed, body, status, code):
    sim.seed(apps=[{"name": "base-app", "spicepod": pod, **seed}])
    answer = sim.api("POST", "/v1/apps/1001/forks", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [app["name"] for app in sim.ok("GET", "/v1/apps")["apps"]] == ["base-app"]


def test_no_name_is_free(sim, source):
    for _dummy in range(9):
        sim.ok("POST", source + "/forks")
    answer = sim.api("POST", source + "/forks")
    assert (answer.status_code, answer.json()["code"]) == (409, "fork_name_unavailable")
