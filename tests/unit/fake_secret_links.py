# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the fake cloud for the secrets of the organization, and for the links to them."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.unit import fake_bodies, fake_routes
from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal
from ansible_collections.spiceai.cloud.tests.unit.fake_routing import route

OFFERED = ("SHARED_S3_KEY", "SHARED_S3_SECRET")
OF_PLATFORM = ("SCP_OPENAI_API_KEY",)


def names(secrets):
    """list: secrets as answers have them that tell no values."""
    return [{"name": name} for name in secrets]


@route("GET", "/v1/orgs/{org_id}/secrets")
def list_org_secrets(call):
    if call.number("org_id") != fake_routes.ORG_ID:
        raise Refusal(404, "Organization not found")
    return 200, {"secrets": names(call.cloud.org_secrets)}


@route("GET", "/v1/{family}/{app_id}/org-secrets")
def list_links(call):
    return 200, {"org_secrets": names(call.cloud.links[call.app_id()])}


@route("PUT", "/v1/{family}/{app_id}/org-secrets/{secret}")
def link_secret(call):
    links, name = call.cloud.links[call.app_id()], call.path["secret"]
    if call.raw:
        raise fake_bodies.invalid("Invalid request body", "Expected no body")
    if name not in [*call.cloud.org_secrets, *call.cloud.platform_secrets]:
        raise Refusal(404, "Organization secret not found")
    if name not in links:
        links.append(name)
    return 200, {"name": name}


@route("DELETE", "/v1/{family}/{app_id}/org-secrets/{secret}")
def unlink_secret(call):
    links, name = call.cloud.links[call.app_id()], call.path["secret"]
    if name not in links:
        raise Refusal(404, "The secret is not linked")
    links.remove(name)
    return 204, None
