# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the fake cloud that pause an app and resume it."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal
from ansible_collections.spiceai.cloud.tests.unit.fake_routes import FINAL
from ansible_collections.spiceai.cloud.tests.unit.fake_routing import route


@route("POST", "/v1/{family}/{app_id}/pause")
def pause(call):
    app = call.cloud.apps[call.app_id()]
    call.body("Nothing")
    if app["paused_at"]:
        raise Refusal(409, "The project is already paused", code="project_paused", paused_at=app["paused_at"])
    app["paused_at"] = call.cloud.moment()
    for one in call.cloud.deployments[app["id"]]:
        if one["status"] not in FINAL:
            one["status"] = "created"
    return 200, {"id": app["id"], "paused_at": app["paused_at"]}


@route("POST", "/v1/{family}/{app_id}/resume")
def resume(call):
    app = call.cloud.apps[call.app_id()]
    call.body("Nothing")
    if not app["paused_at"]:
        raise Refusal(409, "The project is not paused")
    if app["config"]["spicepod"] is None:
        raise Refusal(400, "App has no spicepod configuration")
    app["paused_at"] = None
    return 200, {"id": app["id"], "deployment_id": call.cloud.deploy(app_id=app["id"])["id"]}
