# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials, organizations, scopes, roles, token exchange."""

import base64
import json

import pytest
from sim_client import CLIENT, READER


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "Missing Authorization header"),
        ("Basic abc", "Invalid token format"),
        ("Bearer", "Invalid token format"),
        ("Bearer nonsense", "Invalid token format"),
        ("Bearer a.b.c", "Invalid token format"),
        ("Bearer sim-pat-expired", "Token expired"),
    ],
)
def test_bad_headers(sim, header, text):
    answer = sim.raw("GET", "/v1/apps", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()) == (401, {"error": text})


def test_no_token_needed(sim):
    for path in ("/v1/health", "/v1/docs"):
        assert sim.raw("GET", path, headers={"Authorization": "Bearer nonsense"}).status_code == 200


def test_a_forged_token_is_refused(sim):
    head, claims, signature = sim.token().split(".")
    data = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert set(data) == {"client_id", "org_id", "scopes", "jti", "exp"}
    assert (data["client_id"], data["org_id"]) == (CLIENT["client_id"], 42)
    other = base64.urlsafe_b64encode(json.dumps({**data, "org_id": 43}).encode()).decode().rstrip("=")
    assert sim.api("GET", "/v1/apps", token=f"{head}.{claims}.{signature}").status_code == 200
    assert sim.api("GET", "/v1/apps", token=f"{head}.{other}.{signature}").status_code == 401


def test_exchange_as_json_and_form(sim):
    body = {"grant_type": "client_credentials", **CLIENT}
    for form in ({"json": body}, {"data": body}):
        answer = sim.raw("POST", "/api/oauth/token", **form).json()
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
        assert "apps:delete" in answer["scope"].split()
        assert sim.api("GET", "/v1/apps", token=answer["access_token"]).status_code == 200
    narrow = sim.raw("POST", "/api/oauth/token", json={**body, "scope": "apps:read secrets:read"}).json()
    assert narrow["scope"] == "apps:read secrets:read"
    assert sim.api("GET", "/v1/members", token=narrow["access_token"]).status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "apps:fly"}, 400, "invalid_scope"),
        ({"extra": "x"}, 400, "invalid_request"),
        ({"client_secret": 5}, 400, "invalid_request"),
        ({**READER, "scope": "apps:write"}, 400, "invalid_scope"),
    ],
)
def test_exchange_refused(sim, change, status, error):
    body = {"grant_type": "client_credentials", **CLIENT, **change}
    answer = sim.raw("POST", "/api/oauth/token", json=body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_exchange_of_nonsense(sim):
    assert sim.raw("POST", "/api/oauth/token", data=b"\xff{").status_code == 400
    assert sim.raw("POST", "/api/oauth/token", json=[1]).status_code == 400


def test_token_lifetime(sim):
    sim.manual()
    sim.settings(token_lifetime_seconds=60)
    token = sim.token()
    sim.advance(59)
    assert sim.api("GET", "/v1/apps", token=token).status_code == 200
    sim.advance(1)
    assert sim.api("GET", "/v1/apps", token=token).json()["error"] == "Token expired"


def test_an_access_token_outlives_a_reset_but_not_its_client(sim):
    token = sim.token()
    sim.reset()
    assert sim.api("GET", "/v1/apps", token=token).status_code == 200
    own = {"defaults": False, "orgs": [{"name": "acme"}]}
    sim.reset(seed=own)
    assert sim.api("GET", "/v1/apps", token=token).json()["error"] == "Invalid token format"


READS = {"apps:read": "/v1/apps", "members:read": "/v1/members"}


@pytest.mark.parametrize(
    ("scopes", "path", "allowed"),
    [
        (["apps:read"], "/v1/apps", True),
        (["apps:write"], "/v1/apps", True),
        (["apps:delete"], "/v1/apps", True),
        (["members:delete"], "/v1/members", True),
        (["apps:read"], "/v1/members", False),
        ([], "/v1/apps", False),
    ],
)
def test_scopes(sim, scopes, path, allowed):
    sim.seed(pats=[{"token": "mine", "user": "alice", "org": "acme", "scopes": scopes}])
    answer = sim.api("GET", path, token="mine")
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        wanted = next(scope for scope, known in READS.items() if known == path)
        assert answer.json() == {"error": f"Insufficient scope. Required: {wanted}", "code": "insufficient_scope"}


def test_each_write_needs_its_scope(sim):
    app = sim.app_with_pod()
    base = f"/v1/apps/{app['id']}"
    for method, path, scope in (
        ("POST", "/v1/apps", "apps:write"),
        ("PUT", base, "apps:write"),
        ("DELETE", base, "apps:delete"),
        ("POST", base + "/deployments", "deployments:write"),
        ("GET", base + "/deployments", "deployments:read"),
        ("POST", base + "/secrets", "secrets:write"),
        ("DELETE", base + "/secrets/A", "secrets:write"),
        ("POST", base + "/api-keys", "apps:write"),
        ("POST", base + "/pause", "apps:write"),
        ("POST", "/v1/members", "members:write"),
        ("DELETE", "/v1/members/103", "members:delete"),
    ):
        answer = sim.api(method, path, {}, token="sim-pat-readonly")
        assert answer.status_code == 403
        assert answer.json()["error"] == f"Insufficient scope. Required: {scope}"


def test_viewers_only_read(sim):
    app = sim.app_with_pod()
    base = f"/v1/apps/{app['id']}"
    for method, path in (
        ("POST", "/v1/apps"),
        ("PUT", base),
        ("DELETE", base),
        ("POST", base + "/deployments"),
        ("POST", base + "/secrets"),
        ("POST", base + "/api-keys"),
        ("POST", base + "/resume"),
        ("POST", "/v1/members"),
    ):
        answer = sim.api(method, path, {}, token="sim-pat-viewer")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert sim.api("GET", base, token="sim-pat-viewer").status_code == 200


@pytest.mark.parametrize(
    ("token", "org", "status", "code"),
    [
        ("sim-pat-owner", "ACME", 200, None),
        ("sim-pat-owner", "globex", 200, None),
        ("sim-pat-owner", "", 400, "invalid_org_assertion"),
        ("sim-pat-owner", "a b", 400, "invalid_org_assertion"),
        ("sim-pat-owner", "x" * 256, 400, "invalid_org_assertion"),
        ("sim-pat-owner", "nowhere", 403, "org_forbidden"),
        ("sim-pat-admin", "globex", 403, "org_forbidden"),
        ("sim-pat-owner", "initech", 403, "org_deleted"),
        ("client", "acme", 200, None),
        ("client", "globex", 403, "org_assertion_mismatch"),
        ("client", "nowhere", 403, "org_assertion_mismatch"),
    ],
)
def test_org_header(sim, token, org, status, code):
    answer = sim.api("GET", "/v1/apps", token=sim.token() if token == "client" else token, org=org)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


def test_the_header_chooses_the_organization(sim):
    sim.seed(apps=[{"name": "theirs", "org": "globex"}])
    assert [app["name"] for app in sim.ok("GET", "/v1/apps", org="Globex")["apps"]] == ["theirs"]
    assert sim.ok("GET", "/v1/apps")["apps"] == []
    assert sim.api("GET", "/v1/apps/1001").status_code == 404
    assert sim.ok("GET", "/v1/apps/1001", org="globex")["name"] == "theirs"


def test_orgs(sim):
    assert sim.ok("GET", "/v1/orgs")["orgs"] == [
        {"id": 42, "name": "acme", "role": "owner"},
        {"id": 43, "name": "globex", "role": "member"},
    ]
    assert sim.ok("GET", "/v1/orgs", token=sim.token())["orgs"] == [{"id": 42, "name": "acme", "role": "owner"}]
    assert sim.ok("GET", "/v1/orgs", token="sim-pat-erin")["orgs"] == []
    assert sim.api("GET", "/v1/apps", token="sim-pat-erin").json()["code"] == "org_forbidden"
