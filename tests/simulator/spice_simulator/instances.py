# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The instances that a deployment of an app leaves running, their logs and their figures.

They follow the deployments: those of the one that serves are ready, and those of a newer one that is in progress or
has failed are there beside them and are not. Source: the vendor's management MCP reference (October 2026).
"""

from typing import Any, NamedTuple, Optional

from spice_simulator import deployments
from spice_simulator.errors import ApiError
from spice_simulator.store import App, Deployment, Store

USED = {
    "cpu_usage_percent": 12.5,
    "memory_usage_bytes": 268435456,
    "disk_read_bytes": 4096.0,
    "disk_read_operations": 8.0,
    "disk_write_bytes": 2048.0,
    "disk_write_operations": 4.0,
}


class Instance(NamedTuple):
    """One instance, by its name, and the deployment that started it."""

    name: str
    status: str
    deployment: Deployment


def of(store: Store, app: App) -> list[Instance]:
    """Newest first. Raises the API's refusal for an app that is paused or not deployed."""
    if app.paused_ms is not None:
        raise ApiError(409, "The project is paused", "project_paused")
    now = store.clock.now()
    serving = deployments.running(app, now)
    started = [one for one in app.deployments if deployments.status_of(one, now) not in ("queued", "created")]
    if not started:
        raise ApiError(409, "The project is not deployed", "project_not_deployed")
    # A newer deployment takes away the instances of a former attempt, and those that serve only when it succeeds.
    newest = started[-1]
    return [
        Instance(f"app-{app.id}-{one.id}-{number}", "ready" if one is serving else "not_ready", one)
        for one in ([newest] if serving is None or serving is newest else [newest, serving])
        for number in range(one.replicas)
    ]


def shown(store: Store, instance: Instance) -> dict[str, Any]:
    """An instance as the list has it."""
    return {
        "name": instance.name,
        "status": instance.status,
        "started_at": store.time(instance.deployment.starts_ms),
    }


def log(store: Store, app: App, name: str) -> list[str]:
    """The lines of an instance's log, the oldest first. Raises the API's refusal."""
    now = store.clock.now()
    found = next((one for one in of(store, app) if one.name == name), None)
    if found is None:
        raise ApiError(404, f"Instance '{name}' not found", "instance_not_found")
    outcome = found.deployment.outcome
    if now < found.deployment.ends_ms + round(outcome.get("log_after_seconds", 0) * 1000):
        raise ApiError(404, f"Instance '{name}' not found", "instance_not_found")
    if outcome.get("offline"):
        raise ApiError(409, f"Instance '{name}' is offline", "instance_offline")
    lines = [f"{level.upper()} {message}" for at, level, message in deployments.log_lines(found.deployment, now)]
    own: Optional[list[str]] = outcome.get("log")
    return [*lines, *(own or [])]


def figures(instances: list[Instance]) -> dict[str, Any]:
    """What each instance uses, the same at every look; one that is not ready tells nothing yet."""
    return {one.name: USED if one.status == "ready" else dict.fromkeys(USED) for one in instances}
