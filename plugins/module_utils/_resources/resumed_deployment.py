# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Waits for the deployment that resuming an app started.

It carries no stamp, so spiceai.cloud.spice_deployment does not know it as its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments, newest
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import Wait
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_failure import (
    deleted_meanwhile,
    resumed_and_failed,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_view import progress_of
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import check_again

INTERVAL = 2.0  # seconds until the second look

Deployment = Mapping[str, Any]


def follow(
    run: ModuleRun,
    apps: Apps,
    app: Mapping[str, Any],
    deployment: Deployment,
    timeout: float,
    until_it_ends: bool = True,
) -> Deployment:
    """The deployment when it has succeeded, or the newer one that superseded it.

    Args:
        run: who waits. apps: the routes. app: whose deployment. deployment: as it was seen last. timeout: seconds.
        until_it_ends: else only until it has left the queue, whatever becomes of it, because the API queues one
            deployment at a time and the caller has another one.

    Raises:
        OperationFailed: it failed, or did not end in time, or the app was paused again; ``partial`` holds it. ApiError.
    """
    api = Deployments(apps)
    wait = Wait(run, timeout, INTERVAL)
    name = app["name"]

    def give_up(elapsed: float) -> OperationFailed:
        check_again(apps, app["id"], {"deployment": deployment})
        return OperationFailed(
            f"App {name} was resumed, but its deployment {deployment['id']} is still {deployment['status']} after "
            f"{elapsed:.0f} seconds (`resume_timeout`). It goes on; spiceai.cloud.spice_deployment_info tells how it "
            "ends.",
            {"deployment": deployment},
        )

    while deployment["status"] != "succeeded" and (until_it_ends or deployment["status"] == "queued"):
        if deployment["status"] == "failed":
            raise OperationFailed(resumed_and_failed(api, app, deployment), {"deployment": deployment})
        if deployment["status"] == "created":
            newer = newest(api.recent(app["id"]))
            if newer is not None and newer["id"] > deployment["id"]:
                deployment = newer
                continue
            # A pause ends a deployment as if a newer one superseded it.
            check_again(apps, app["id"], {"deployment": deployment})
        state = (deployment["id"], deployment["status"], deployment.get("error_code"))
        wait.until_next_look(state, progress_of(name, deployment), give_up)
        try:
            deployment = api.get(app["id"], deployment["id"])
        except ApiError as error:
            message = deleted_meanwhile(name, deployment) if error.status == 404 else str(error)
            raise error.explained(message, {"deployment": deployment}) from error
    return deployment
