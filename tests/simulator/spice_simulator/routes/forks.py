# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forks of an app. Source: the vendor's documentation of project forks (October 2026)."""

from typing import Any, Optional

from spice_simulator import answers, deployments, spicepod
from spice_simulator.api import Call, route
from spice_simulator.errors import ApiError
from spice_simulator.routes.apps import place_of
from spice_simulator.store import App

COPIED = ("description", "tags", "update_channel", "version", "replicas", "executor", "storage_size_gb")
MAX_NAMES = 9  # of the names that the API chooses by itself


@route("GET", "/v1/{family}/{app_id}/forks", "List forks", scope="apps:read", answer="Forks", errors=(400, 404))
def list_forks(call: Call) -> Any:
    """Newest first."""
    source = call.app()
    found = [app for app in call.store.apps_of(call.org.id) if (app.forked_from or {}).get("id") == source.id]
    return {"forks": [answers.listed_app(call.store, app) for app in found]}


@route(
    "POST",
    "/v1/{family}/{app_id}/forks",
    "Fork an app",
    scope="apps:write",
    role="member",
    body="ForkApp",
    body_required=False,
    answer="Fork",
    status=201,
    errors=(400, 404, 409, 422),
)
def fork(call: Call) -> Any:
    """A copy of what is deployed, which is not deployed itself."""
    source = call.app()
    given = call.body()
    location = given.pop("scheduler_state_location", None)
    name = given.pop("name", None) or _free_name(call, source)
    if call.store.app_named(call.org.id, name):
        raise ApiError(409, f'App "{name}" already exists in this organization')
    if source.standalone and not given:
        raise ApiError(400, "The fork needs a placement", "fork_placement_required")
    place = place_of(call, given) if given else {"region": source.region, "cluster_name": source.cluster_name}
    _check_state(source, location)
    pod = _spicepod(call, source)
    copied = {field: getattr(source, field) for field in COPIED}
    made = call.store.add_app(call.org.id, name, spicepod=pod, **place, **copied)
    made.forked_from = {"id": source.id, "name": source.name}
    made.state_location = location
    made.linked_secrets = list(source.linked_secrets)
    for secret in source.secrets.values():
        call.store.write_secret(made, secret.name, secret.value)
    return {**answers.written_app(call.store, made), "shared_state": []}


def _free_name(call: Call, source: App) -> str:
    for number in range(1, MAX_NAMES + 1):
        name = f"{source.name}-fork" + (f"-{number}" if number > 1 else "")
        if not call.store.app_named(call.org.id, name):
            return name
    raise ApiError(409, "No name is free for the fork", "fork_name_unavailable")


def _check_state(source: App, location: Optional[str]) -> None:
    """A distributed app keeps its state in a place that no other app may use."""
    is_distributed = bool((source.executor or {}).get("replicas"))
    if location is None:
        if is_distributed:
            raise ApiError(400, "The source is distributed", "scheduler_state_location_required")
        return
    if not is_distributed:
        raise ApiError(400, "The source is not distributed", "scheduler_state_location_not_applicable")
    if not location.startswith("s3://"):
        raise ApiError(400, "Only s3:// is supported", "scheduler_state_location_unsupported")
    ours, theirs = (f"{text.rstrip('/')}/" for text in (location, source.state_location or f"s3://state/{source.id}"))
    if ours.startswith(theirs) or theirs.startswith(ours):
        raise ApiError(400, "The location overlaps that of the source", "scheduler_state_location_overlaps_source")


def _spicepod(call: Call, source: App) -> Any:
    """The spicepod that is deployed."""
    running = deployments.running(source, call.store.clock.now())
    pod = running.took["config"]["spicepod"] if running else None
    if pod is None:
        raise ApiError(422, "The project has no deployed spicepod", "fork_source_has_no_spicepod")
    try:
        spicepod.check(pod)
    except ValueError as failure:
        raise ApiError(422, f"Invalid spicepod: {failure}", "fork_source_spicepod_invalid") from failure
    entries = [entry for value in pod.values() if isinstance(value, list) for entry in value]
    if pod.get("dependencies") or any(isinstance(entry, dict) and "ref" in entry for entry in entries):
        raise ApiError(422, "The spicepod loads files of its repository", "fork_source_loads_repository_files")
    return pod
