# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of the fake cloud's apps: a test says which there are, with their logs and figures."""

from __future__ import annotations

import re

from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal, invalid
from ansible_collections.spiceai.cloud.tests.unit.fake_routing import route

FIGURES = {
    "cpu_usage_percent": 12.5,
    "memory_usage_bytes": 268435456,
    "disk_read_bytes": 4096.0,
    "disk_read_operations": 8.0,
    "disk_write_bytes": 2048.0,
    "disk_write_operations": 4.0,
}


def instance(name, log=(), status="ready"):
    """dict: an instance with its log, as the fake cloud keeps it."""
    return {"name": name, "status": status, "started_at": "2026-10-01T12:00:00.000Z", "log": list(log)}


def instances_of(call):
    """list[dict]: the instances of the app, the newest first. Raises Refusal."""
    app_id = call.app_id()
    if call.cloud.apps[app_id].get("paused_at"):
        raise Refusal(409, "The project is paused", code="project_paused")
    if not call.cloud.instances.get(app_id):
        raise Refusal(409, "The project is not deployed", code="project_not_deployed")
    return call.cloud.instances[app_id]


@route("GET", "/v1/{family}/{app_id}/instances")
def list_instances(call):
    found = [{key: value for key, value in one.items() if key != "log"} for one in instances_of(call)]
    return 200, {"instances": found}


@route("GET", "/v1/{family}/{app_id}/instances/{name}/logs")
def read_log(call):
    tail, name = call.query_number("tail", 100), call.path["name"]
    for one in instances_of(call):
        if one["name"] == name:
            return 200, {"lines": one["log"][-tail:]}
    raise Refusal(404, f"Instance '{name}' not found", code="instance_not_found")


@route("GET", "/v1/{family}/{app_id}/metrics")
def read_metrics(call):
    app_id, window = call.app_id(), call.query.get("window", ["5m"])[0]
    if not re.fullmatch(r"[1-9]\d{0,5}[smhd]", window):
        raise invalid("Invalid query parameters", window="Expected a duration such as 5m")
    found = [] if call.cloud.apps[app_id].get("paused_at") else call.cloud.instances.get(app_id, [])
    return 200, {
        "metrics": {one["name"]: FIGURES for one in found},
        "ingestion": {"rows_ingested": 120 if found else None, "bytes_ingested": 4800 if found else None},
        "cluster": {"active_executors_count": 0 if found else None},
    }
