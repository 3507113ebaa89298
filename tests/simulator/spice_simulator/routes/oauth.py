# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exchange of client credentials for an access token.

The real endpoint lives on another host than the API; here it shares the address. It takes JSON (vendor action, CLI)
and forms (vendor Terraform provider). Failures follow RFC 6749, since the vendor documents only their status.
"""

import hmac
from typing import Any, Optional
from urllib.parse import parse_qsl

from starlette.responses import Response

from spice_simulator import auth
from spice_simulator.api import Call, json_response, parse_json, route

_FIELDS = ("client_id", "client_secret", "grant_type", "scope")


def _refuse(status: int, code: str, text: str) -> Response:
    return json_response({"error": code, "error_description": text}, status)


def _read(call: Call) -> Optional[dict[str, str]]:
    raw = call.request.scope["sim.body"]
    kind = (call.request.headers.get("content-type") or "").split(";")[0].strip().lower()
    try:
        if kind == "application/json":
            data = parse_json(raw)
        elif kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, strict_parsing=True)
            # RFC 6749, 3.2: a parameter must not be sent twice.
            data = dict(pairs) if len(dict(pairs)) == len(pairs) else None
        else:
            data = None
    except ValueError:
        return None
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        return None
    return data if set(data) <= set(_FIELDS) else None


@route("POST", "/api/oauth/token", "Exchange client credentials", answer="Token", errors=(400, 401))
def token(call: Call) -> Any:
    """Give an access token for all scopes of the client, or for those asked for."""
    data = _read(call)
    if data is None or "grant_type" not in data:
        return _refuse(400, "invalid_request", "Expected client_id, client_secret, grant_type and perhaps scope")
    if data["grant_type"] != "client_credentials":
        return _refuse(400, "unsupported_grant_type", "Only client_credentials is supported")
    if "client_id" not in data or "client_secret" not in data:
        return _refuse(400, "invalid_request", "client_id and client_secret are required")
    client = call.store.clients.get(data["client_id"])
    given = data["client_secret"].encode("utf-8", "surrogatepass")
    if client is None or client.expired or not hmac.compare_digest(client.client_secret.encode(), given):
        return _refuse(401, "invalid_client", "Unknown client, or wrong or expired secret")
    call.request.scope["sim.entry"].credential = f"client:{client.name}"
    call.request.scope["sim.entry"].org = client.org
    scopes = data.get("scope", "").split() or client.scopes
    allowed = auth.Identity(scopes=client.scopes)
    for scope in scopes:
        if scope != "*" and scope not in auth.ALL_SCOPES or not auth.has_scope(allowed, scope):
            return _refuse(400, "invalid_scope", f"The client does not have the scope {scope}")
    access_token, lifetime = auth.issue_token(call.store, client, scopes)
    return json_response(
        {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": lifetime,
            "scope": " ".join(scopes),
        }
    )
