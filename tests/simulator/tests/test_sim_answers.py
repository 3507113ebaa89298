# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every answer against facts of our own, and against the document that the simulator serves."""

import jsonschema
import pytest
import sim_shapes as shapes
from sim_shapes import listed, shape


@pytest.fixture
def base(sim, pod):
    """The path of an app that has a bit of everything."""
    made = sim.app("some-app", description="text", tags={"env": "prod"})
    path = f"/v1/apps/{made['id']}"
    sim.ok("PUT", path, {"spicepod": pod, "replicas": 2, "storage_claim_size_gb": 12.5})
    sim.ok("POST", path + "/secrets", {"name": "TOKEN", "value": "x"})
    sim.deploy(made, {"branch": "main"})
    sim.advance(5)
    for owner, template in ((path, "http_5xx"), (CLUSTER, "cluster_cpu")):
        body = {"name": "alert", "templateId": template, "spec": {"op": "GT", "threshold": 0}}
        sim.ok("POST", owner + "/monitors", body)
    return path


CLUSTER = "/v1/clusters/acme-prod-west"
MONITORS = [f"0199a0b1-0000-7000-8000-{number:012}" for number in (1, 2)]  # of the app, of the cluster


GETS = {
    "/v1/health": shape(shapes.HEALTH),
    "/v1/orgs": listed("orgs", shape(shapes.ORG)),
    "/v1/apps": listed("apps", shapes.APP_SHAPE),
    "/v1/projects": listed("projects", shapes.APP_SHAPE),
    "{app}": shapes.FULL_APP_SHAPE,
    "{app}/deployments": listed("deployments", shape(shapes.DEPLOYMENT)),
    "{app}/deployments/5001": shape(shapes.DEPLOYMENT),
    "{app}/instances": listed("instances", shape(shapes.INSTANCE)),
    "{app}/instances/app-1001-5001-0/logs": listed("lines", {"type": "string"}),
    "{app}/metrics": shape(
        {}, metrics=shapes.FIGURES, ingestion=shape(shapes.INGESTION), cluster=shape(shapes.CLUSTER_USE)
    ),
    "{app}/secrets": listed("secrets", shape(shapes.SECRET)),
    "{app}/secrets/TOKEN": shape(shapes.SECRET),
    "{app}/api-keys": shape(shapes.KEYS),
    "/v1/members": listed("members", shape(shapes.MEMBER)),
    "/v1/members/102": shape(shapes.MEMBER),
    "/v1/regions": listed("regions", shape(shapes.REGION), default="text"),
    "/v1/container-images": listed("images", shape(shapes.IMAGE), default="text"),
    "/v1/limits": shape(shapes.LIMITS),
    "/v1/clusters": listed("clusters", shape(shapes.CLUSTER)),
    "{app}/monitors": listed("monitors", shapes.MONITOR_SHAPE),
    "{app}/monitors/" + MONITORS[0]: shapes.MONITOR_SHAPE,
    CLUSTER + "/monitors": listed("monitors", shapes.MONITOR_SHAPE),
    CLUSTER + "/monitors/" + MONITORS[1]: shapes.MONITOR_SHAPE,
}
WRITES = [
    ("POST", "/v1/apps", {"name": "other-app"}, 201, shapes.FULL_APP_SHAPE),
    ("PUT", "{app}", {"description": "new"}, 200, shapes.FULL_APP_SHAPE),
    ("POST", "{app}/secrets", {"name": "TOKEN", "value": "y"}, 200, shape(shapes.SECRET)),
    ("POST", "{app}/api-keys", {"key_number": 2}, 200, shape(shapes.NEW_KEYS)),
    ("POST", "{app}/pause", None, 200, shape(shapes.PAUSED)),
    ("POST", "/v1/members", {"username": "erin"}, 201, shape(shapes.CHANGED_MEMBER)),
    ("PATCH", "/v1/members/103", {"roles": ["viewer"]}, 200, shape(shapes.CHANGED_MEMBER)),
    (
        "POST",
        "{app}/monitors",
        {"name": "slow", "templateId": "query_latency_p99", "spec": {"op": "GT", "threshold": 1000}},
        201,
        shapes.MONITOR_SHAPE,
    ),
    ("PATCH", "{app}/monitors/" + MONITORS[0], {"status": "disabled"}, 200, shapes.MONITOR_SHAPE),
    ("DELETE", "{app}/monitors/" + MONITORS[0], None, 200, shape({"ok": "flag"})),
]


@pytest.mark.parametrize("path", GETS)
def test_reads(sim, base, path):
    jsonschema.validate(sim.ok("GET", path.format(app=base), status=200), GETS[path])


@pytest.mark.parametrize(("method", "path", "body", "status", "schema"), WRITES)
def test_writes(sim, base, method, path, body, status, schema):
    jsonschema.validate(sim.ok(method, path.format(app=base), body, status=status), schema)


def test_answer_to_resume(sim, base):
    sim.ok("POST", base + "/pause")
    jsonschema.validate(sim.ok("POST", base + "/resume", status=200), shape(shapes.RESUMED))


def test_deployment_and_its_author(sim, base):
    sim.advance(5)
    made = sim.ok("POST", base + "/deployments", status=202)
    jsonschema.validate(made, shape(shapes.DEPLOYMENT))
    assert made["created_by"] == "alice@example.com"
    sim.advance(5)
    by_client = sim.ok("POST", base + "/deployments", status=202, token=sim.token())
    assert by_client["created_by"] == "deployer"


CREATE = {
    "name",
    "description",
    "visibility",
    "tags",
    "region",
    "cname",
    "cluster_name",
    "replicas",
    "resources",
    "executor",
    "update_channel",
    "storage_size_gb",
    "default_alerts",
}


def test_document_shows_the_fields_inline(sim):
    for path in ("/v1/docs", "/v1/docs/openapi.json", "/openapi.json"):
        document = sim.raw("GET", path).json()
        assert document["openapi"] == "3.1.0"
        for family in ("/v1/apps", "/v1/projects"):
            body = document["paths"][family]["post"]["requestBody"]["content"]["application/json"]["schema"]
            assert set(body["properties"]) == CREATE
            assert "$ref" not in str(body)
            assert body["required"] == ["name"]


PLAYED = [
    {},
    {"created_by": "number", "keys_in_apps": True},
    {"config_in_writes": False, "sparse_list": True},
    {"storage_names": "older", "paused_at_in_list": False},
    {"instances": "list", "log_lines": "objects", "metrics_siblings": False},
]


@pytest.mark.parametrize("switches", PLAYED)
def test_answers_keep_what_the_document_promises(sim, base, switches):
    """Each answer is checked against the served document, closed against further fields."""
    sim.switches(**switches)
    document = sim.raw("GET", "/v1/docs").json()
    checked = 0
    for path, operations in document["paths"].items():
        real = path
        parameters = {
            "app_id": base.rsplit("/", 1)[1],
            "deployment_id": 5001,
            "secret_name": "TOKEN",
            "member_id": 101,
            "org_id": 42,
            "instance_name": "app-1001-5001-0",
            "cluster_name": "acme-prod-west",
            "monitor_id": MONITORS["{cluster_name}" in path],
        }
        for key, value in parameters.items():
            real = real.replace("{" + key + "}", str(value))
        schema = operations.get("get", {}).get("responses", {}).get("200", {}).get("content")
        if schema:
            whole = {**_closed(schema["application/json"]["schema"]), "components": _closed(document["components"])}
            jsonschema.Draft202012Validator(whole).validate(sim.ok("GET", real))
            checked += 1
    assert checked >= 20


def _closed(node):
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _closed(value) for key, value in node.items()}
    if "required" in copy and "properties" in copy:
        copy["additionalProperties"] = False
    return copy
