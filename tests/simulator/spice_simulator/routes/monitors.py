# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Monitors of an app and of a dedicated cluster. Requests say ``templateId``, answers ``template_id``."""

from collections.abc import Callable
from typing import Any

from spice_simulator import auth, monitors
from spice_simulator.api import Call, route
from spice_simulator.errors import ApiError, invalid
from spice_simulator.monitors import Place
from spice_simulator.records import Monitor

_OF_APP, _OF_CLUSTER = "/v1/{family}/{app_id}/monitors", "/v1/clusters/{cluster_name}/monitors"
Handler = Callable[[Call], Any]
_WHOM = ("targets", "target", "recipientUserIds")


def _place(call: Call) -> Place:
    if "cluster_name" in call.request.path_params:
        return monitors.of_cluster(call.store, call.org, call.request.path_params["cluster_name"])
    return monitors.of_app(call.store, call.org, call.app())


def _check_role(call: Call, place: Place) -> None:
    """Who may create and delete: admins on a cluster; of an app's nothing is said."""
    lowest = call.store.switches.monitor_role if place.app else "admin"
    auth.need_role(call.identity, call.org, lowest)


def _both(method: str, tail: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
    """Registers one handler for the monitors of apps and for those of clusters."""

    def register(handler: Handler) -> Handler:
        for path, owner in ((_OF_APP, "an app"), (_OF_CLUSTER, "a cluster")):
            route(method, path + tail, f"{summary} of {owner}", **more)(handler)
        return handler

    return register


@_both("GET", "", "List monitors", scope="monitors:read", answer="Monitors", errors=(400, 404))
def list_monitors(call: Call) -> Any:
    """All of them, oldest first."""
    place = _place(call)
    return {"monitors": [monitors.told(place, one) for one in place.monitors.values()]}


@_both("GET", "/{monitor_id}", "Get a monitor", scope="monitors:read", answer="Monitor", errors=(400, 404))
def get_monitor(call: Call) -> Any:
    """One monitor by its id."""
    place = _place(call)
    return monitors.told(place, place.find(call.request.path_params["monitor_id"]))


@_both(
    "POST",
    "",
    "Create a monitor",
    scope="monitors:write",
    role="member",
    body="CreateMonitor",
    answer="Monitor",
    status=201,
    errors=(400, 404, 409, 422),
)
def create_monitor(call: Call) -> Any:
    """A name is taken without regard to case. Without a target the caller is told, or an owner for an OAuth client."""
    place = _place(call)
    _check_role(call, place)
    given = call.body()
    if place.app and place.app.paused_ms is not None:
        raise ApiError(409, "The project is paused", "project_paused")
    place.check_template(given["templateId"])
    place.check_name(given["name"])
    targets = place.targets(given, [])
    if not targets:
        owners = (user_id for user_id, member in call.org.members.items() if "owner" in member.roles)
        user_id = call.identity.user.user_id if call.identity.user else next(owners)
        targets = [{"type": "email", "recipientUserIds": [user_id]}]
    spec = place.spec(given["templateId"], given["spec"])
    made = Monitor(call.store.next_monitor_id(), given["name"], given["templateId"], spec, targets)
    made.description = given.get("description")
    place.monitors[made.id] = made
    return monitors.told(place, made)


@_both(
    "PATCH",
    "/{monitor_id}",
    "Change a monitor",
    scope="monitors:write",
    role="admin",
    body="UpdateMonitor",
    answer="Monitor",
    errors=(400, 404, 409, 422),
)
def change_monitor(call: Call) -> Any:
    """What is left out is kept; ``spec`` and ``targets`` are replaced as a whole."""
    place = _place(call)
    monitor = place.find(call.request.path_params["monitor_id"])
    given = call.body()
    if "templateId" in given and "spec" not in given:
        raise invalid("spec", "A change of templateId needs a new spec")
    template = given.get("templateId", monitor.template_id)
    if "templateId" in given:
        place.check_template(template)
    if given.get("name", monitor.name).lower() != monitor.name.lower():
        place.check_name(given["name"])
    if any(key in given for key in _WHOM):
        monitor.targets = place.targets(given, monitor.targets)
    if "spec" in given:
        monitor.spec = place.spec(template, given["spec"])
    monitor.template_id = template
    for key in ("name", "description", "status"):
        setattr(monitor, key, given.get(key, getattr(monitor, key)))
    return monitors.told(place, monitor)


@_both(
    "DELETE",
    "/{monitor_id}",
    "Delete a monitor",
    scope="monitors:write",
    role="member",
    answer="Ok",
    errors=(400, 404),
)
def delete_monitor(call: Call) -> Any:
    """Gone at once."""
    place = _place(call)
    _check_role(call, place)
    monitor = place.find(call.request.path_params["monitor_id"])
    del place.monitors[monitor.id]
    return {"ok": True}
