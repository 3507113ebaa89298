# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between the profiles."""

import jsonschema
import pytest

ORDER = ["2025-12", "2026-03", "2026-07", "2026-10"]


def at_least(profile, other):
    return ORDER.index(profile) >= ORDER.index(other)


@pytest.mark.parametrize(("path", "since"), [
    ("/v1/orgs", "2026-10"), ("/v1/projects", "2026-10"), ("/v1/limits", "2026-07"), ("/v1/clusters", "2026-07"),
    ("/v1/apps", "2025-12"), ("/v1/members", "2025-12"),
])
def test_routes(sim, profile, path, since):
    status = sim.api("GET", path).status_code
    assert status == (200 if at_least(profile, since) else 404)
    described = path in sim.raw("GET", "/v1/docs").json()["paths"]
    assert described == at_least(profile, since)


@pytest.mark.parametrize("path", ["/pause", "/resume"])
def test_pause_routes(sim, profile, path):
    app = sim.app()
    answer = sim.api("POST", f"/v1/apps/{app['id']}{path}")
    assert (answer.status_code != 404) == at_least(profile, "2026-07")


CREATE = {
    "2025-12": {"name", "description", "visibility", "tags"},
    "2026-03": {"name", "description", "visibility", "tags", "cname", "replicas", "resources", "executor"},
}
CREATE["2026-07"] = CREATE["2026-03"] | {"region", "cluster_name", "update_channel", "storage_size_gb"}
CREATE["2026-10"] = CREATE["2026-07"] | {"default_alerts"}
SAMPLES = {
    "cname": "us-west-2-prod-aws-data", "region": "us-west-2", "cluster_name": "acme-prod-west", "replicas": 2,
    "resources": {"limits": {"cpu": "4", "memory": "16Gi", "ephemeral-storage": "10Gi"}},
    "executor": {"replicas": 2, "storage_size_gb": 5}, "update_channel": "preview", "storage_size_gb": 10,
    "default_alerts": True, "spicepod": {}, "production_branch": "main",
}


@pytest.mark.parametrize("field", SAMPLES)
def test_fields_of_create(sim, profile, field):
    body = {"name": "some-app", field: SAMPLES[field]}
    if profile == "2026-03":
        body.setdefault("cname", "us-west-2-prod-aws-data")
    if profile == "2026-07" and not {"region", "cname", "cluster_name"} & set(body):
        body["region"] = "us-east-1"
    answer = sim.api("POST", "/v1/apps", body)
    if field in CREATE[profile]:
        assert answer.status_code == 201, answer.text
    else:
        assert answer.status_code == 400
        assert answer.json()["details"]["fieldErrors"] == {field: ["Unrecognized key"]}


def test_document_shows_the_fields_inline(sim, profile):
    for path in ("/v1/docs", "/v1/docs/openapi.json", "/openapi.json"):
        document = sim.raw("GET", path).json()
        assert document["openapi"] == "3.1.0"
        families = [one for one in ("/v1/apps", "/v1/projects") if one in document["paths"]]
        assert families == (["/v1/apps", "/v1/projects"] if profile == "2026-10" else ["/v1/apps"])
        for family in families:
            body = document["paths"][family]["post"]["requestBody"]["content"]["application/json"]["schema"]
            assert set(body["properties"]) == CREATE[profile]
            assert "$ref" not in str(body)
            assert body["required"] == (["name", "cname"] if profile == "2026-03" else ["name"])


def test_answers_keep_what_the_document_promises(sim, profile, pod):
    """Each answer is checked against the served document, closed against further fields."""
    app = sim.app_with_pod()
    base = f"/v1/apps/{app['id']}"
    sim.ok("POST", base + "/secrets", {"name": "A", "value": "b"})
    deployment = sim.deploy(app)
    document = sim.raw("GET", "/v1/docs").json()
    checked = 0
    for path, operations in document["paths"].items():
        real = path
        for key, value in {
            "app_id": app["id"], "deployment_id": deployment["id"], "secret_name": "A", "member_id": 101,
        }.items():
            real = real.replace("{" + key + "}", str(value))
        schema = operations.get("get", {}).get("responses", {}).get("200", {}).get("content")
        if schema:
            whole = {**_closed(schema["application/json"]["schema"]), "components": _closed(document["components"])}
            jsonschema.Draft202012Validator(whole).validate(sim.ok("GET", real))
            checked += 1
    assert checked >= 13


def _closed(node):
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _closed(value) for key, value in node.items()}
    if "required" in copy and "properties" in copy:
        copy["additionalProperties"] = False
    return copy


def test_required_placement(sim, profile):
    answer = sim.api("POST", "/v1/apps", {"name": "some-app"})
    if profile in ("2025-12", "2026-10"):
        assert answer.status_code == 201
        assert answer.json()["region"] == ("us-east-1" if profile == "2025-12" else None)
    else:
        assert answer.status_code == 400
        assert set(answer.json()["details"]["fieldErrors"]) == {"cname" if profile == "2026-03" else "region"}


def test_answer_fields(sim, profile):
    made = sim.app()
    shown = sim.ok("GET", f"/v1/apps/{made['id']}")
    listed = sim.ok("GET", "/v1/apps")["apps"][0]
    changed = sim.ok("PUT", f"/v1/apps/{made['id']}", {"description": "x"})
    for answer in (made, shown, listed, changed):
        assert answer["region"] == "us-east-1"
        assert answer["cname"] == "us-east-1-prod-aws-data"
        assert ("api_key" in answer) == (profile == "2025-12")
        assert ("endpoint" in answer) == at_least(profile, "2026-07")
        assert ("kind" in answer) == at_least(profile, "2026-10")
    assert ("config" in made) == ("warning" in made) == at_least(profile, "2026-07")
    assert "config" not in listed
    assert shown["config"]["region"] == "us-east-1"
    assert ("resources" in shown["config"]) == at_least(profile, "2026-03")
    assert ("version" in shown["config"]) == at_least(profile, "2026-07")


@pytest.mark.parametrize("name", ["storage_size_gb", "storage_claim_size_gb"])
def test_both_storage_names(sim, profile, name):
    app = sim.app()
    config = sim.ok("PUT", f"/v1/apps/{app['id']}", {name: 20})["config"]
    assert config["storage_size_gb"] == config["storage_claim_size_gb"] == 20


@pytest.mark.parametrize(("field", "value", "since"), [
    ("resources", {"requests": {"cpu": "-"}}, "2026-03"), ("executor", None, "2026-03"), ("version", "2.x", "2026-07"),
    ("cluster_name", "acme-prod-east", "2026-07"), ("image_tag", None, "2026-10"), ("region", "us-west-2", "2025-12"),
    ("cname", "us-west-2-prod-aws-data", "9999"), ("name", "new-name", "9999"),
])
def test_fields_of_update(sim, profile, field, value, since):
    app = sim.app()
    answer = sim.api("PUT", f"/v1/apps/{app['id']}", {field: value})
    if since != "9999" and at_least(profile, since):
        assert answer.status_code == 200, answer.text
    else:
        assert answer.status_code == 400
        assert list(answer.json()["details"]["fieldErrors"]) == [field]


def test_deployment_by_profile(sim, profile):
    app = sim.app_with_pod()
    sim.control("PUT", "/outcomes", [{"status": "failed", "error_message": "no", "error_code": "unable_to_start"}])
    made = sim.deploy(app)
    assert made["status"] == "queued"
    sim.advance(5)
    shown = sim.ok("GET", f"/v1/apps/{app['id']}/deployments")["deployments"][0]
    assert shown["status"] == "failed"
    assert shown["error_message"] == "no"
    assert shown.get("error_code") == ("unable_to_start" if profile == "2026-10" else None)
    assert ("finished_at" in shown) == at_least(profile, "2026-03")
    assert shown["created_by"] == (101 if profile == "2025-12" else "alice@example.com")
    single = sim.api("GET", f"/v1/apps/{app['id']}/deployments/{made['id']}")
    assert single.status_code == (200 if profile == "2026-10" else 404)
    logs = sim.api("GET", f"/v1/apps/{app['id']}/deployments/{made['id']}/logs")
    assert logs.status_code == (200 if at_least(profile, "2026-07") else 404)
    channel = sim.api("POST", f"/v1/apps/{app['id']}/deployments", {"channel": "preview"})
    assert channel.status_code == (202 if at_least(profile, "2026-03") else 400)


def test_codes_and_org_header(sim, profile):
    refused = sim.api("POST", "/v1/apps", {"name": "some-app"}, token="sim-pat-viewer")
    assert refused.status_code == 403
    assert refused.json().get("code") == ("forbidden" if at_least(profile, "2026-07") else None)
    status = sim.api("GET", "/v1/apps", org="nowhere").status_code
    assert status == (403 if profile == "2026-10" else 200)


def test_regions_lose_cname(sim, profile):
    first = sim.ok("GET", "/v1/regions?env=moon" if at_least(profile, "2026-07") else "/v1/regions")["regions"][0]
    assert ("cname" in first) == (not at_least(profile, "2026-07"))


def test_paging(sim, profile):
    sim.seed(filler_apps=250)

    def page(query):
        return [app["id"] for app in sim.ok("GET", "/v1/apps" + query)["apps"]]

    everything = sorted(range(1001, 1251), reverse=True)
    if not at_least(profile, "2026-07"):
        assert page("?limit=10&offset=3&after_id=1100") == everything
    elif profile == "2026-07":
        assert page("") == everything[:20]
        assert page("?limit=1000&after_id=1100") == everything[:100]
        assert page("?limit=100&offset=200") == everything[200:]
    else:
        assert page("") == everything
        assert page("?limit=100&after_id=1151") == everything[100:200]
        assert page("?limit=100&offset=100&after_id=1151") == everything[200:]
        assert page("?after_id=1001") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1.5", "offset=-1", "after_id=x", "limit="])
def test_bad_paging(sim, query):
    answer = sim.api("GET", "/v1/apps?" + query)
    assert answer.status_code == 400
    assert list(answer.json()["details"]["fieldErrors"]) == [query.split("=")[0]]
