# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments of an app, and their logs."""

from typing import Any

from spice_simulator import answers, deployments
from spice_simulator.api import Call, route
from spice_simulator.clock import parse_iso
from spice_simulator.errors import ApiError, invalid_query
from spice_simulator.store import App, Deployment, Store

STATUSES = ("queued", "in_progress", "succeeded", "failed", "created")


def _limit(_store: Store) -> Any:
    return {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


def _status(_store: Store) -> Any:
    return {"type": "string", "enum": list(STATUSES)}


def _log_limit(_store: Store) -> Any:
    return {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}


def _since(_store: Store) -> Any:
    return {"type": "string", "format": "date-time"}


@route(
    "GET",
    "/v1/{family}/{app_id}/deployments",
    "List deployments",
    scope="deployments:read",
    answer="Deployments",
    query={"limit": _limit, "status": _status},
    errors=(400, 404),
)
def list_deployments(call: Call) -> Any:
    """Newest first."""
    app = call.app()
    limit = call.query_number("limit", 20, 100)
    wanted = call.query_choice("status", STATUSES)
    now = call.store.clock.now()
    found = [one for one in reversed(_kept(call, app)) if wanted in (None, deployments.status_of(one, now))]
    return {"deployments": [answers.deployment(call.store, one) for one in found[:limit]]}


@route(
    "POST",
    "/v1/{family}/{app_id}/deployments",
    "Deploy",
    scope="deployments:write",
    role="member",
    body="CreateDeployment",
    body_required=False,
    answer="Deployment",
    status=202,
    errors=(400, 404, 409),
)
def create_deployment(call: Call) -> Any:
    """Queue what is configured now, with the overrides of the body."""
    app = call.app()
    given = call.body()
    if given.get("image_tag"):
        deployments.check_image_tag(call.store, app, given["image_tag"])
    made = deployments.create(call.store, app, given, call.identity.created_by())
    return answers.deployment(call.store, made)


def _kept(call: Call, app: App) -> list[Deployment]:
    """The deployments that are still told, oldest first."""
    retention = call.store.switches.deployment_retention
    return app.deployments if retention is None else app.deployments[-retention:]


def _find(call: Call) -> Deployment:
    app = call.app()
    wanted = call.number("deployment_id")
    found = next((one for one in _kept(call, app) if one.id == wanted), None)
    if found is None:
        raise ApiError(404, f"Deployment with ID {wanted} not found")
    return found


@route(
    "GET",
    "/v1/{family}/{app_id}/deployments/{deployment_id}",
    "Get a deployment",
    scope="deployments:read",
    answer="Deployment",
    errors=(400, 404),
)
def get_deployment(call: Call) -> Any:
    """One deployment."""
    return answers.deployment(call.store, _find(call))


@route(
    "GET",
    "/v1/{family}/{app_id}/deployments/{deployment_id}/logs",
    "Logs of a deployment",
    scope="deployments:read",
    answer="Logs",
    switch="deployment_logs",
    query={"limit": _log_limit, "since": _since},
    errors=(400, 404),
)
def logs(call: Call) -> Any:
    """Oldest first; ``since`` is a time, ``limit`` keeps the newest lines."""
    found = _find(call)
    limit = call.query_number("limit", 100, 1000)
    since = 0
    if "since" in call.request.query_params:
        try:
            since = parse_iso(call.request.query_params["since"])
        except (ValueError, OverflowError) as failure:
            raise invalid_query("since", "Expected an RFC 3339 time") from failure
    lines = [line for line in deployments.log_lines(found, call.store.clock.now()) if line[0] >= since]
    return {
        "logs": [
            {"timestamp": call.store.time(at), "level": level, "message": message, "source": "deployment"}
            for at, level, message in lines[-limit:]
        ]
    }
