# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Monitors: which templates there are, what they take for what is left out, and how a monitor changes.

Sources: the vendor's skill for monitoring (fields, errors), and its portal page on monitoring (defaults of templates).
"""

from dataclasses import dataclass
from typing import Any, Optional

from spice_simulator.errors import ApiError, invalid
from spice_simulator.records import Monitor
from spice_simulator.spicepod import components
from spice_simulator.store import App, Organization, Store

GREATEST = 20  # monitors and reactions together
_SLOW = {"window": "5m", "sustainSecs": 300, "severity": "critical"}
_AT_ONCE = {**_SLOW, "sustainSecs": 0}
OF_APPS: dict[str, dict[str, Any]] = {
    "instance_health": _AT_ONCE,
    "memory_working_set": {**_SLOW, "severity": "warn"},
    "container_cpu": _SLOW,
    "dataset_status": _SLOW,
    "dataset_refresh_errors": _AT_ONCE,
    "http_5xx": _AT_ONCE,
    "query_failures": _AT_ONCE,
    "flight_failures": _AT_ONCE,
    "llm_failures": _AT_ONCE,
    "query_latency_p99": {**_SLOW, "severity": "warn"},
}
OF_CLUSTERS: dict[str, dict[str, Any]] = dict.fromkeys(("cluster_cpu", "cluster_memory", "cluster_availability"), _SLOW)
# Its condition is fixed, whatever is asked for.
_FIXED = {"instance_health": {"op": "GT", "threshold": 0, "sustainSecs": 0}}
_NO_DATASET = ("dataset", "datasets")


@dataclass
class Place:
    """Whose monitors they are: those of an app or of a cluster."""

    store: Store
    org: Organization
    monitors: dict[str, Monitor]
    templates: dict[str, dict[str, Any]]
    app: Optional[App] = None

    def find(self, monitor_id: str) -> Monitor:
        """The monitor of an id. Raises the API's 404."""
        if monitor_id not in self.monitors:
            raise ApiError(404, "Monitor not found")
        return self.monitors[monitor_id]

    def check_template(self, template: str) -> None:
        """Whether it can be had here. Raises the API's 404."""
        pod = self.app.spicepod if self.app else None
        has_what_it_watches = {
            "llm_failures": lambda: components(pod, "models"),
            "dataset_refresh_errors": lambda: any("acceleration" in one for one in components(pod, "datasets")),
        }.get(template, lambda: True)
        is_run_here = self.app is None or not self.app.standalone
        if template not in self.templates or not is_run_here or not has_what_it_watches():
            text = f"The monitor template '{template}' is not available"
            raise ApiError(404, text, "monitor_template_unavailable")

    def check_name(self, name: str) -> None:
        """Whether it is free, without regard to case. Raises the API's 409."""
        taken = [monitor.name for monitor in self.monitors.values()] + (self.app.reactions if self.app else [])
        if name.lower() in (one.lower() for one in taken):
            raise ApiError(409, f"A monitor or reaction named '{name}' already exists")
        if len(taken) >= GREATEST:
            raise ApiError(409, f"At most {GREATEST} monitors and reactions")

    def spec(self, template: str, given: dict[str, Any]) -> dict[str, Any]:
        """A whole condition, with what the template takes for what is left out."""
        spec = {**self.templates[template], "includeDetails": False, **given, **_FIXED.get(template, {})}
        if spec.get("datasets"):
            spec.pop("dataset", None)
        return {key: value for key, value in spec.items() if value or key not in _NO_DATASET}

    def targets(self, given: dict[str, Any], former: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Whom it tells after a write: what was sent, with the tokens that are kept. Raises the API's 400 and 422."""
        targets = [dict(one) for one in given.get("targets") or [given[key] for key in ("target",) if key in given]]
        ids = given.get("recipientUserIds")
        if ids is not None:
            emails = [one for one in targets if one["type"] == "email"]
            if not emails:
                targets.append({"type": "email"})
                emails = targets[-1:]
            emails[0]["recipientUserIds"] = ids
        for one in targets:
            if one["type"] == "email" and not (one.get("emails") or one.get("recipientUserIds")):
                raise invalid("targets", "An email target needs an address or a user")
            if one["type"] == "slack" and not self.org.slack:
                raise ApiError(422, "Slack is not connected to this organization")
            if one["type"] == "http" and "token" not in one:
                for old in former:
                    if old["type"] == "http" and old["url"] == one["url"] and "token" in old:
                        one["token"] = old["token"]
        return targets


def told(place: Place, monitor: Monitor) -> dict[str, Any]:
    """A monitor as answers have it."""
    targets = [{key: value for key, value in one.items() if key != "token"} for one in monitor.targets]
    limits = ((place.app.resources if place.app else None) or {}).get("limits") or {}
    lacks_limit = monitor.template_id == "container_cpu" and limits.get("cpu") in (None, "-")
    return {
        "id": monitor.id,
        "name": monitor.name,
        "description": monitor.description,
        "status": monitor.status,
        "template_id": monitor.template_id,
        "spec": monitor.spec,
        "targets": targets,
        "target": targets[0] if targets else None,
        "last_fired_at": place.store.time(monitor.last_fired_ms),
        "last_resolved_at": place.store.time(monitor.last_resolved_ms),
        "evaluation_unavailable_reason": "cpu_limit_missing" if lacks_limit else None,
    }


def of_app(store: Store, org: Organization, app: App) -> Place:
    """The monitors of an app."""
    return Place(store, org, app.monitors, OF_APPS, app)


def of_cluster(store: Store, org: Organization, name: str) -> Place:
    """The monitors of a dedicated cluster. Raises the API's 404."""
    if not any(cluster["cluster_name"] == name for cluster in org.clusters):
        raise ApiError(404, f"Cluster '{name}' not found")
    return Place(store, org, org.cluster_monitors.setdefault(name, {}), OF_CLUSTERS)
