# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitors of the fake cloud; see fake_routes.py."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal, invalid
from ansible_collections.spiceai.cloud.tests.unit.fake_routing import route

SLOW = {"window": "5m", "sustainSecs": 300, "severity": "critical", "includeDetails": False}
AT_ONCE = {**SLOW, "sustainSecs": 0}
TEMPLATES = {
    "http_5xx": AT_ONCE,
    "dataset_status": SLOW,
    "container_cpu": SLOW,
    "instance_health": {**AT_ONCE, "op": "GT", "threshold": 0},
    "memory_working_set": {**SLOW, "severity": "warn"},
    "query_failures": AT_ONCE,
}
CLUSTER_TEMPLATES = {"cluster_cpu": SLOW}


def place(call):
    """tuple: whose monitors, and these by id. Raises Refusal."""
    name = call.path.get("cluster_name")
    owner = call.app_id() if name is None else name
    if name is not None and name not in {each["cluster_name"] for each in call.cloud.clusters}:
        raise Refusal(404, f"Cluster '{name}' not found")
    return owner, call.cloud.monitors.setdefault(owner, {})


def one_of(call):
    """dict: the monitor that the path means. Raises Refusal."""
    monitors = place(call)[1]
    if call.path["monitor_id"] not in monitors:
        raise Refusal(404, "Monitor not found")
    return monitors[call.path["monitor_id"]]


def templates_of(owner):
    return CLUSTER_TEMPLATES if isinstance(owner, str) else TEMPLATES


def add(cloud, owner, given):
    """dict: a new monitor, as the server keeps it."""
    number = sum(len(each) for each in cloud.monitors.values()) + 1
    monitor = {
        "id": f"0199a0b1-0000-7000-8000-{number:012}",
        "name": given["name"],
        "description": given.get("description"),
        "status": given.get("status", "active"),
        "template_id": given["templateId"],
        "spec": {"op": "GT", "threshold": 0, **templates_of(owner)[given["templateId"]], **given.get("spec", {})},
        "targets": given.get("targets") or [{"type": "email", "recipientUserIds": [101]}],
    }
    cloud.monitors.setdefault(owner, {})[monitor["id"]] = monitor
    return monitor


def told(cloud, owner, monitor):
    """dict: a monitor as answers have it."""
    targets = [{name: value for name, value in one.items() if name != "token"} for one in monitor["targets"]]
    limits = {} if isinstance(owner, str) else (cloud.apps[owner]["config"]["resources"] or {}).get("limits", {})
    lacks_limit = monitor["template_id"] == "container_cpu" and not limits.get("cpu")
    return {
        **monitor,
        "targets": targets,
        "target": targets[0],
        "last_fired_at": None,
        "last_resolved_at": None,
        "evaluation_unavailable_reason": "cpu_limit_missing" if lacks_limit else None,
    }


def unavailable(template):
    return Refusal(404, f"The monitor template '{template}' is not available", code="monitor_template_unavailable")


def for_both(method, tail=""):
    def add_routes(handler):
        for path in ("/v1/{family}/{app_id}/monitors", "/v1/clusters/{cluster_name}/monitors"):
            route(method, path + tail)(handler)
        return handler

    return add_routes


@for_both("GET")
def list_monitors(call):
    owner, monitors = place(call)
    return 200, {"monitors": [told(call.cloud, owner, one) for one in monitors.values()]}


@for_both("POST")
def create_monitor(call):
    (owner, monitors), cloud = place(call), call.cloud
    given = call.body("CreateMonitor")
    if not isinstance(owner, str) and cloud.apps[owner].get("paused_at"):
        raise Refusal(409, "The project is paused", code="project_paused")
    if given["templateId"] not in templates_of(owner):
        raise unavailable(given["templateId"])
    if given["name"].lower() in {one["name"].lower() for one in monitors.values()}:
        raise Refusal(409, "A monitor or reaction named '{}' already exists".format(given["name"]))
    return 201, told(cloud, owner, add(cloud, owner, given))


@for_both("PATCH", "/{monitor_id}")
def change_monitor(call):
    monitor, owner = one_of(call), place(call)[0]
    given = call.body("UpdateMonitor")
    if "templateId" in given and "spec" not in given:
        raise invalid("Invalid request body", spec="A change of templateId needs a new spec")
    template = given.pop("templateId", monitor["template_id"])
    if template not in templates_of(owner):
        raise unavailable(template)
    tokens = {one["url"]: one["token"] for one in monitor["targets"] if one.get("token")}
    for target in given.get("targets", []):
        if target.get("url") in tokens:
            target.setdefault("token", tokens[target["url"]])
    if "spec" in given:
        given["spec"] = {**templates_of(owner)[template], **given["spec"]}
    monitor.update(given, template_id=template)
    return 200, told(call.cloud, owner, monitor)


@for_both("DELETE", "/{monitor_id}")
def delete_monitor(call):
    monitor = one_of(call)
    del place(call)[1][monitor["id"]]
    return 200, {"ok": True}
