# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances of an app, their logs, and what they use."""

import re
from typing import Any

from spice_simulator import instances
from spice_simulator.api import Call, json_response, route
from spice_simulator.errors import ApiError, invalid_query
from spice_simulator.store import Store

_WINDOW = re.compile(r"[1-9]\d{0,5}[smhd]")


def _tail(_store: Store) -> Any:
    return {"type": "integer", "minimum": 1, "default": 100}


def _window(_store: Store) -> Any:
    return {"type": "string", "pattern": f"^{_WINDOW.pattern}$"}


@route(
    "GET",
    "/v1/{family}/{app_id}/instances",
    "List instances",
    scope="apps:read",
    answer="Instances",
    errors=(400, 404, 409),
)
def list_instances(call: Call) -> Any:
    """Newest first."""
    found = [instances.shown(call.store, one) for one in instances.of(call.store, call.app())]
    return json_response(found) if call.store.switches.instances == "list" else {"instances": found}


@route(
    "GET",
    "/v1/{family}/{app_id}/instances/{instance_name}/logs",
    "Logs of an instance",
    scope="apps:read",
    answer="Lines",
    query={"tail": _tail},
    errors=(400, 404, 409),
)
def logs(call: Call) -> Any:
    """The newest lines, oldest first; the plan may give fewer than are asked for."""
    app = call.app()
    tail = call.query_number("tail", 100, None)
    lines = instances.log(call.store, app, call.request.path_params["instance_name"])
    most = call.store.switches.max_tail
    if most is not None and tail > most:
        raise ApiError(403, f"The plan allows {most} lines of a log", "plan_limit", more={"max_tail": most})
    if call.store.switches.log_lines == "objects":
        return {"lines": [{"timestamp": call.store.time(0), "message": line} for line in lines[-tail:]]}
    return {"lines": lines[-tail:]}


@route(
    "GET",
    "/v1/{family}/{app_id}/metrics",
    "Metrics",
    scope="apps:read",
    answer="Metrics",
    query={"window": _window},
    errors=(400, 404, 409),
)
def metrics(call: Call) -> Any:
    """What each instance uses. What is answered without instances is not documented, so a switch says it."""
    app = call.app()
    window = call.request.query_params.get("window")
    if window is not None and not _WINDOW.fullmatch(window):
        raise invalid_query("window", "Expected a duration such as 5m")
    try:
        used = instances.figures(instances.of(call.store, app))
    except ApiError as refusal:
        if call.store.switches.metrics_without_instances == "conflict":
            raise
        if call.store.switches.metrics_without_instances == "missing":
            raise ApiError(404, "No metrics found") from refusal
        used = {}
    answer: dict[str, Any] = {"metrics": used}
    if call.store.switches.metrics_siblings:
        answer["ingestion"] = {"rows_ingested": 120 if used else None, "bytes_ingested": 4800 if used else None}
        executors = (app.executor or {}).get("replicas", 0)
        answer["cluster"] = {"active_executors_count": executors if used else None}
    return answer
