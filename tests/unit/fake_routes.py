# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the fake cloud, as far as the collection uses the API.

`tests/checks/test_contract_of_fakes.py` sends the same requests here and to the simulator, and compares the answers.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.unit import fake_bodies
from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal
from ansible_collections.spiceai.cloud.tests.unit.fake_routing import route
from ansible_collections.spiceai.cloud.tests.unit.fakes import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET

STATUSES = ("queued", "in_progress", "succeeded", "failed", "created")
FINAL = ("succeeded", "failed", "created")
SCOPE = "apps:delete deployments:write secrets:write config:write members:delete"
STANDALONE = "Without a placement the project is standalone: Spice does not run it"
MASK = "********"
ORG_ID = 1


@route("POST", "/api/oauth/token", is_open=True)
def token(call):
    given = fake_bodies.parse(call.raw)
    if not isinstance(given, dict) or not {"grant_type", "client_id", "client_secret"} <= set(given):
        raise Refusal(400, "invalid_request", error_description="Something is missing")
    if given["grant_type"] != "client_credentials":
        raise Refusal(400, "unsupported_grant_type", error_description="Only client_credentials is supported")
    if (given["client_id"], given["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
        raise Refusal(401, "invalid_client", error_description="Unknown client, or wrong or expired secret")
    return 200, {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 3600, "scope": SCOPE}


# -- what the platform offers -----------------------------------------------------------------------------------------


@route("GET", "/v1/regions")
def list_regions(call):
    return 200, call.cloud.regions


@route("GET", "/v1/orgs")
def list_orgs(call):
    return 200, {"orgs": [{"id": ORG_ID, "name": "acme", "role": "owner"}]}


@route("GET", "/v1/clusters")
def list_clusters(call):
    return 200, {"clusters": call.cloud.clusters}


@route("GET", "/v1/limits")
def list_limits(call):
    return 200, call.cloud.limits


@route("GET", "/v1/container-images")
def list_images(call):
    channel = call.query_choice("channel", ("stable", "enterprise")) or "stable"
    tag = "1.5.0" if channel == "stable" else "1.5.0-enterprise"
    return 200, {"images": [{"name": f"spiceai/spiceai:{tag}", "tag": tag, "channel": channel}], "default": tag}


# -- apps -------------------------------------------------------------------------------------------------------------


def listed(app):
    """dict: an app without its configuration, as lists have it."""
    return {key: value for key, value in app.items() if key not in ("config", "production_branch", "warning")}


def written(cloud, app, warning=None):
    """dict: an app as the answers to writes have it."""
    return {**app, "warning": warning} if cloud.with_config else listed(app)


def heard(cloud, body):
    """dict: the fields that have an effect; a cluster that is null counts as left out."""
    return {
        field: value
        for field, value in body.items()
        if field not in {*cloud.ignored_fields, "default_alerts"} and (field, value) != ("cluster_name", None)
    }


@route("GET", "/v1/{family}")
def list_apps(call):
    limit, offset = call.query_number("limit", 1000, 1000), call.query_number("offset", 0)
    after = call.query_number("after_id", 0)
    ids = [app_id for app_id in sorted(call.cloud.apps, reverse=True) if not after or app_id < after]
    return 200, {call.path["family"]: [listed(call.cloud.apps[app_id]) for app_id in ids[offset : offset + limit]]}


@route("POST", "/v1/{family}")
def create_app(call):
    cloud, body = call.cloud, call.body("CreateApp")
    if any(app["name"].casefold() == body["name"].casefold() for app in cloud.apps.values()):
        raise Refusal(409, 'App "{}" already exists in this organization'.format(body["name"]))
    cname, warning = body.pop("cname", None), None
    fields = heard(cloud, body)
    if not {"region", "cluster_name"} & set(fields):
        fields["region"] = cname and cname.split("-prod-")[0]
        warning = "cname is deprecated, use region" if cname else STANDALONE
    return 201, written(cloud, cloud.add(fields.pop("name"), **fields), warning)


@route("GET", "/v1/{family}/{app_id}")
def get_app(call):
    return 200, call.cloud.apps[call.app_id()]


@route("PUT", "/v1/{family}/{app_id}")
def update_app(call):
    cloud, app = call.cloud, call.cloud.apps[call.app_id()]
    fields = heard(cloud, call.body("UpdateApp"))
    if "spicepod" in fields:
        if app["id"] in cloud.connected and fields["spicepod"] != app["config"]["spicepod"]:
            raise Refusal(409, "The project deploys its spicepod from GitHub", code="github_connected")
        if cloud.put_clears_pause:
            app["paused_at"] = None
    if "storage_size_gb" in fields:
        fields.pop("storage_claim_size_gb", None)  # its older name
    cloud.change(app, fields)
    return 200, written(cloud, app)


@route("DELETE", "/v1/{family}/{app_id}")
def delete_app(call):
    del call.cloud.apps[call.app_id()]
    return 204, None


@route("GET", "/v1/{family}/{app_id}/api-keys")
def list_keys(call):
    keys = call.cloud.keys[call.app_id()]
    return 200, {"api_key": keys[1], "api_key_2": keys[2]}


@route("POST", "/v1/{family}/{app_id}/api-keys")
def regenerate_key(call):
    keys = call.cloud.keys[call.app_id()]
    number = call.body("RegenerateKey").get("key_number", 1)
    for slot in (number,) if number else (1, 2):
        keys[slot] = call.cloud.new_key()
    return 200, {"api_key": keys[1], "api_key_2": keys[2], "regenerated_key": number}


# -- secrets ----------------------------------------------------------------------------------------------------------


def masked(secret):
    """dict: a secret as answers have it."""
    return dict(secret, value=MASK)


def secret_of(call):
    """tuple: the secrets of the app, and the name of the one that the path means. Raises Refusal."""
    secrets, name = call.cloud.secrets[call.app_id()], call.path["secret"]
    if name not in secrets:
        raise Refusal(404, "App or secret not found")
    return secrets, name


@route("GET", "/v1/{family}/{app_id}/secrets")
def list_secrets(call):
    return 200, {"secrets": [masked(secret) for secret in call.cloud.secrets[call.app_id()].values()]}


@route("POST", "/v1/{family}/{app_id}/secrets")
def write_secret(call):
    app_id = call.app_id()
    return 200, masked(call.cloud.add_secret(app_id=app_id, **call.body("WriteSecret")))


@route("GET", "/v1/{family}/{app_id}/secrets/{secret}")
def get_secret(call):
    secrets, name = secret_of(call)
    return 200, masked(secrets[name])


@route("DELETE", "/v1/{family}/{app_id}/secrets/{secret}")
def delete_secret(call):
    secrets, name = secret_of(call)
    del secrets[name]
    return 204, None


# -- deployments ------------------------------------------------------------------------------------------------------


def told(deployment):
    """dict: the deployment, with the times that belong to its status, which a test may have set."""
    finished = deployment["created_at"] if deployment["status"] in FINAL else None
    started = None if deployment["status"] == "queued" else deployment["created_at"]
    deployment.update(started_at=started, updated_at=finished, finished_at=finished)
    return deployment


@route("GET", "/v1/{family}/{app_id}/deployments")
def list_deployments(call):
    made = call.cloud.deployments[call.app_id()]
    limit, status = call.query_number("limit", 20, 100), call.query_choice("status", STATUSES)
    found = [told(one) for one in reversed(made) if status in (None, one["status"])]
    return 200, {"deployments": found[:limit]}


@route("POST", "/v1/{family}/{app_id}/deployments")
def create_deployment(call):
    app_id, cloud = call.app_id(), call.cloud
    body = call.body("CreateDeployment")
    if cloud.apps[app_id].get("paused_at"):
        raise Refusal(400, "The project is paused; resume it first", code="spicepod_paused")
    if cloud.apps[app_id]["config"]["spicepod"] is None:
        raise Refusal(400, "App has no spicepod configuration")
    if any(one["status"] == "queued" for one in cloud.deployments[app_id]):
        raise Refusal(409, "A deployment is already in progress for this project")
    fields = {field: value for field, value in body.items() if field not in ("channel", "debug")}
    return 202, told(cloud.deploy(app_id=app_id, **fields))


@route("GET", "/v1/{family}/{app_id}/deployments/{deployment_id}")
def get_deployment(call):
    made, wanted = call.cloud.deployments[call.app_id()], call.number("deployment_id")
    for one in made:
        if one["id"] == wanted:
            return 200, told(one)
    raise Refusal(404, f"Deployment with ID {wanted} not found")


# -- members ----------------------------------------------------------------------------------------------------------


def member_of(call):
    """dict: the member that the path means. Raises Refusal."""
    member = call.cloud.members.get(call.number("member_id"))
    if member is None:
        raise Refusal(404, "Member not found")
    return member


def check_no_owner(member):
    if member.get("is_owner") or "owner" in member["roles"]:
        raise Refusal(403, "An owner cannot be changed or removed", code="forbidden")


def without_owner(member):
    """dict: a member as the answers to writes have it."""
    return {key: value for key, value in member.items() if key != "is_owner"}


@route("GET", "/v1/members")
def list_members(call):
    return 200, {"members": list(call.cloud.members.values())}


@route("POST", "/v1/members")
def add_member(call):
    cloud, body = call.cloud, call.body("AddMember")
    name = {name.casefold(): name for name in cloud.users}.get(body["username"].casefold())
    if name is None:
        raise Refusal(404, "User not found")
    if cloud.users[name] in cloud.members:
        raise Refusal(409, "User is already a member")
    return 201, without_owner(cloud.add_member(name, list(dict.fromkeys(body.get("roles", ["member"])))))


@route("GET", "/v1/members/{member_id}")
def get_member(call):
    return 200, member_of(call)


@route("PATCH", "/v1/members/{member_id}")
def change_member(call):
    member = member_of(call)
    roles = call.body("ChangeMember")["roles"]
    check_no_owner(member)
    member["roles"] = list(dict.fromkeys(roles))
    return 200, without_owner(member)


@route("DELETE", "/v1/members/{member_id}")
def remove_member(call):
    member = member_of(call)
    check_no_owner(member)
    del call.cloud.members[member["user_id"]]
    return 204, None
