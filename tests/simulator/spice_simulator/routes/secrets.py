# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of an app: written and replaced with POST, read back only masked."""

from typing import Any

from spice_simulator import answers
from spice_simulator.api import Call, route
from spice_simulator.errors import ApiError

_PATH = "/v1/{family}/{app_id}/secrets"
_MISSING = "App or secret not found"


@route("GET", _PATH, "List secrets", scope="secrets:read", answer="Secrets", errors=(400, 404))
def list_secrets(call: Call) -> Any:
    """All secrets of the app, oldest first."""
    return {"secrets": [answers.secret(call.store, one) for one in call.app().secrets.values()]}


@route(
    "POST",
    _PATH,
    "Write a secret",
    scope="secrets:write",
    role="member",
    body="WriteSecret",
    answer="Secret",
    errors=(400, 404, 409),
)
def write_secret(call: Call) -> Any:
    """Create or replace; the next deployment takes it. A switch refuses to replace."""
    app = call.app()
    given = call.body()
    if given["name"] in app.secrets and call.store.switches.secret_conflict == "409":
        raise ApiError(409, f"Secret '{given['name']}' already exists")
    return answers.secret(call.store, call.store.write_secret(app, given["name"], given["value"]))


@route("GET", _PATH + "/{secret_name}", "Get a secret", scope="secrets:read", answer="Secret", errors=(400, 404))
def get_secret(call: Call) -> Any:
    """One secret by its exact name."""
    found = call.app().secrets.get(call.request.path_params["secret_name"])
    if found is None:
        raise ApiError(404, _MISSING)
    return answers.secret(call.store, found)


@route(
    "DELETE",
    _PATH + "/{secret_name}",
    "Delete a secret",
    scope="secrets:write",
    role="member",
    status=204,
    errors=(400, 404),
)
def delete_secret(call: Call) -> Any:
    """Remove one secret; what runs keeps it until the next deployment."""
    if call.app().secrets.pop(call.request.path_params["secret_name"], None) is None:
        raise ApiError(404, _MISSING)
