# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route of the fake cloud that forks an app."""

from __future__ import annotations

import copy

from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal
from ansible_collections.spiceai.cloud.tests.unit.fake_routes import written
from ansible_collections.spiceai.cloud.tests.unit.fake_routing import route

COPIED_CONFIG = ("spicepod", "update_channel", "version", "replicas", "executor", "storage_size_gb")


@route("POST", "/v1/{family}/{app_id}/forks")
def fork(call):
    cloud, source = call.cloud, call.cloud.apps[call.app_id()]
    body = call.body("ForkApp")
    name = body.get("name", f"{source['name']}-fork")
    if any(app["name"].casefold() == name.casefold() for app in cloud.apps.values()):
        raise Refusal(409, f'App "{name}" already exists in this organization')
    is_distributed = bool((source["config"]["executor"] or {}).get("replicas"))
    location = body.get("scheduler_state_location")
    if is_distributed and location is None:
        raise Refusal(400, "The source is distributed", code="scheduler_state_location_required")
    if location is not None and not is_distributed:
        raise Refusal(400, "The source is not distributed", code="scheduler_state_location_not_applicable")
    if source["config"]["spicepod"] is None:
        raise Refusal(422, "The project has no deployed spicepod", code="fork_source_has_no_spicepod")
    place = {key: body[key] for key in ("region", "cluster_name") if key in body}
    copied = {key: copy.deepcopy(source["config"][key]) for key in COPIED_CONFIG}
    copied = {key: value for key, value in copied.items() if value is not None}
    fields = {"description": source["description"], "tags": copy.deepcopy(source["tags"])}
    app = cloud.add(name, **{"region": source["region"], **place, **fields, **copied})
    app["forked_from"] = {"id": source["id"], "name": source["name"]}
    for secret in cloud.secrets[source["id"]].values():
        cloud.add_secret(secret["name"], secret["value"], app["id"])
    cloud.links[app["id"]] = list(cloud.links.get(source["id"], []))
    return 201, {**written(cloud, app), "shared_state": []}
