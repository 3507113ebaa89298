# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of an organization, and the links of apps to them. Only the portal writes the secrets themselves."""

from typing import Any

from starlette.responses import Response

from spice_simulator import auth
from spice_simulator.api import Call, json_response, route
from spice_simulator.errors import ApiError, invalid
from spice_simulator.store import Organization

_SWITCH = "org_secrets_routes"
_PATH = "/v1/{family}/{app_id}/org-secrets"


def _organization(call: Call) -> Organization:
    """The organization of the path, by its number: one that the caller belongs to."""
    wanted = call.number("org_id")
    client, user = call.identity.client, call.identity.user
    for org in call.store.orgs.values():
        belongs = (client and client.org.lower() == org.name.lower()) or (user and user.user_id in org.members)
        if org.id == wanted and belongs and not org.deleted:
            auth.need_role(call.identity, org, "member")
            return org
    raise ApiError(404, "Organization not found")


@route(
    "GET",
    "/v1/orgs/{org_id}/secrets",
    "List the secrets of an organization",
    scope="secrets:read",
    answer="OrgSecrets",
    errors=(400, 404),
    switch=_SWITCH,
)
def list_org_secrets(call: Call) -> Any:
    """Names only, oldest first; those of the platform are left out."""
    return {"secrets": [{"name": name} for name in _organization(call).secrets]}


@route(
    "GET",
    _PATH,
    "List the linked secrets of the organization",
    scope="secrets:read",
    role="member",
    answer="LinkedSecrets",
    errors=(400, 404),
    switch=_SWITCH,
)
def list_links(call: Call) -> Any:
    """Names only, oldest first; a switch leaves those of the platform out."""
    listed = list(call.app().linked_secrets)
    if not call.store.switches.platform_links_listed:
        listed = [name for name in listed if name not in call.org.platform_secrets]
    return {"org_secrets": [{"name": name} for name in listed]}


def _written(call: Call, name: str, status: int) -> Response:
    """The answer to a change of a link: what it is, is not known, so switches choose."""
    if status == 204 or not call.store.switches.link_bodies:
        return Response(status_code=status)
    return json_response({"name": name}, status)


@route(
    "PUT",
    _PATH + "/{secret_name}",
    "Link a secret of the organization",
    scope="secrets:write",
    role="member",
    answer="LinkedSecret",
    errors=(400, 404, 409),
    switch=_SWITCH,
)
def link_secret(call: Call) -> Any:
    """The next deployment takes it. It takes no body. A switch refuses to link once more."""
    app, org, name = call.app(), call.org, call.request.path_params["secret_name"]
    if call.request.scope["sim.body"]:
        raise invalid(None, "Expected no body")
    if name not in org.secrets and name not in org.platform_secrets:
        raise ApiError(404, "Organization secret not found")
    if name in app.linked_secrets:
        if call.store.switches.link_again == "409":
            raise ApiError(409, "The secret is linked already")
        return _written(call, name, 200)
    app.linked_secrets.append(name)
    return _written(call, name, call.store.switches.link_status)


@route(
    "DELETE",
    _PATH + "/{secret_name}",
    "Remove the link to a secret of the organization",
    scope="secrets:write",
    role="member",
    status=204,
    errors=(400, 404),
    switch=_SWITCH,
)
def unlink_secret(call: Call) -> Any:
    """The secret stays; what runs keeps it until the next deployment."""
    app, name = call.app(), call.request.path_params["secret_name"]
    if name not in app.linked_secrets:
        raise ApiError(404, "The secret is not linked")
    app.linked_secrets.remove(name)
    return _written(call, name, call.store.switches.unlink_status)
