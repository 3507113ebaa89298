# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every answer of the oldest profile against facts of the document of December 2025."""

import jsonschema
import pytest
import sim_shapes as shapes
from sim_shapes import listed, shape


@pytest.fixture
def old(sim, pod):
    sim.reset("2025-12")
    sim.old = sim.app("old-app", description="text", tags={"env": "prod"})
    sim.path = f"/v1/apps/{sim.old['id']}"
    sim.ok("PUT", sim.path, {"spicepod": pod, "replicas": 2, "storage_claim_size_gb": 12.5})
    sim.ok("POST", sim.path + "/secrets", {"name": "TOKEN", "value": "x"})
    sim.deploy(sim.old, {"branch": "main"})
    return sim


GETS = {
    "/v1/health": shape(shapes.HEALTH),
    "/v1/apps": listed("apps", shapes.APP_SHAPE),
    "{app}": shapes.FULL_APP_SHAPE,
    "{app}/deployments": listed("deployments", shape(shapes.DEPLOYMENT)),
    "{app}/secrets": listed("secrets", shape(shapes.SECRET)),
    "{app}/secrets/TOKEN": shape(shapes.SECRET),
    "{app}/api-keys": shape(shapes.KEYS),
    "/v1/members": listed("members", shape(shapes.MEMBER)),
    "/v1/members/102": shape(shapes.MEMBER),
    "/v1/regions": listed("regions", shape(shapes.REGION), default="text"),
    "/v1/container-images": listed("images", shape(shapes.IMAGE), default="text"),
}
WRITES = [
    ("POST", "/v1/apps", {"name": "other-app"}, 201, shapes.APP_SHAPE),
    ("PUT", "{app}", {"description": "new"}, 200, shapes.FULL_APP_SHAPE),
    ("POST", "{app}/secrets", {"name": "TOKEN", "value": "y"}, 200, shape(shapes.SECRET)),
    ("POST", "{app}/api-keys", {"key_number": 2}, 200, shape(shapes.NEW_KEYS)),
    ("POST", "/v1/members", {"username": "erin"}, 201, shape(shapes.CHANGED_MEMBER)),
    ("PATCH", "/v1/members/103", {"roles": ["viewer"]}, 200, shape(shapes.CHANGED_MEMBER)),
]


@pytest.mark.parametrize("path", GETS)
def test_reads(old, path):
    jsonschema.validate(old.ok("GET", path.format(app=old.path), status=200), GETS[path])


@pytest.mark.parametrize(("method", "path", "body", "status", "schema"), WRITES)
def test_writes(old, method, path, body, status, schema):
    jsonschema.validate(old.ok(method, path.format(app=old.path), body, status=status), schema)


def test_deployment_and_its_author(old):
    old.control("POST", "/clock/advance", {"seconds": 5})
    made = old.deploy(old.old)
    jsonschema.validate(made, shape(shapes.DEPLOYMENT))
    assert made["created_by"] == 101
    old.advance(5)
    by_client = old.ok("POST", old.path + "/deployments", status=202, token=old.token())
    assert by_client["created_by"] is None


def test_key_is_in_app_answers(old):
    key = old.ok("GET", old.path + "/api-keys")["api_key"]
    assert "|" in key
    assert old.ok("GET", old.path)["api_key"] == old.ok("GET", "/v1/apps")["apps"][0]["api_key"] == key


def test_dev_regions(old):
    regions = old.ok("GET", "/v1/regions?env=dev")["regions"]
    assert regions[0]["cname"] == "us-east-1-dev-aws-data"
    assert old.api("GET", "/v1/regions?env=moon").status_code == 400
