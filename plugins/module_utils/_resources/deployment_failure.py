# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What is said of a deployment that failed or may have: the reason, what still serves, and the next step.

Source: Spice.ai Cloud documentation, "Deployments" (September 2026): a deployment that fails leaves the former one
serving. The portal shows an app at ``https://spice.ai/<organization>/<app>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_view import reason_of
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import with_log

PORTAL = "https://spice.ai"
NEXT_STEPS = {
    "pod_exceeds_node_capacity": (
        "Ask for less in `resources`, because no machine is that large, and run the task again."
    ),
    "internal_error": "The fault is on the server's side: run the task again later.",
}
NO_RETRY = "This task does not deploy it again, because its `retry_failed` is false."


def failed(
    run: ModuleRun, api: Deployments, app: Mapping[str, Any], deployment: Mapping[str, Any], partial: dict[str, Any]
) -> SpiceError:
    """The error for a deployment that failed. What cannot be read for it is left out.

    Args:
        run: options ``retry_failed``, ``wait_timeout`` and ``log_lines``. api: the routes. app: whose deployment.
        deployment: the failed one. partial: the result so far, with ``waited_seconds``.
    """
    parts = [
        f"Deployment {deployment['id']} of app {app['name']} failed: {reason_of(deployment)}.",
        _serving(api, app["id"]),
        NEXT_STEPS.get(deployment.get("error_code") or "") or _read_log(run.client, app["name"]),
        "" if run.params["retry_failed"] else NO_RETRY,
    ]
    error = OperationFailed(" ".join(part for part in parts if part), partial)
    left = run.params["wait_timeout"] - partial["waited_seconds"]
    return with_log(run, app, run.params["log_lines"], left, error)


def resumed_and_failed(api: Deployments, app: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    """The message for a deployment that resuming an app started, and that failed.

    Args:
        api: the routes. app: whose deployment. deployment: the failed one.
    """
    parts = [
        f"App {app['name']} was resumed, but its deployment {deployment['id']} failed: {reason_of(deployment)}.",
        _serving(api, app["id"]),
        "The app is no longer paused, so correct the cause and deploy it with spiceai.cloud.spice_deployment.",
    ]
    return " ".join(part for part in parts if part)


def unknown_outcome(error: Exception, name: str, stamp: str) -> str:
    """The message for a POST that the server may still carry out.

    Args:
        error: of the POST. name: of the app. stamp: of the deployment.
    """
    return (
        f"It is not known whether app {name} is being deployed: the server did not answer in time, and may still do it."
        f" Run the task again in a minute: it finds the deployment by its stamp {stamp}. ({error})"
    )


def still_under_way(
    run: ModuleRun, app: Mapping[str, Any], deployment: Mapping[str, Any], partial: dict[str, Any]
) -> SpiceError:
    """The error for a deployment that takes too long. An instance that never gets ready is all that some tell of it.

    Args:
        run: option ``log_lines``. app: whose deployment. deployment: as it was seen last.
        partial: the result so far, with ``waited_seconds``.
    """
    why = f": {reason_of(deployment)}" if deployment.get("error_code") else ""
    message = (
        f"Deployment {deployment['id']} of app {app['name']} is still {deployment['status']} after "
        f"{partial['waited_seconds']:.0f} seconds (`wait_timeout`){why}; it goes on, and running the task again waits "
        "for it."
    )
    return with_log(run, app, run.params["log_lines"], 0, OperationFailed(message, partial))


def deleted_meanwhile(name: str, deployment: Mapping[str, Any]) -> str:
    """The message for an app that is gone while its deployment is waited for."""
    return f"App {name} was deleted by somebody else while this task waited for its deployment {deployment['id']}."


def _serving(api: Deployments, app_id: int) -> str:
    try:
        deployments = api.recent(app_id)
    except SpiceError:
        return ""  # the failure is what counts
    last = next((each for each in deployments if each["status"] == "succeeded"), None)
    if last is None:
        return "Nothing serves, because no deployment of the app has succeeded."
    tag = f" (image_tag {last['image_tag']})" if last.get("image_tag") else ""
    return f"Deployment {last['id']}{tag} still serves."


def _read_log(client: Client, name: str) -> str:
    organization = client.config.org or _only_organization(client)
    where = f"at {PORTAL}/{quote(organization)}/{quote(name)}" if organization else "in the portal"
    return f"Read the log of the app {where}, correct the cause, and run the task again."


def _only_organization(client: Client) -> str | None:
    """The organization of a credential that belongs to one only; None where that cannot be known."""
    try:
        organizations = Platform(client).organizations()
    except SpiceError:
        return None
    return str(organizations[0]["name"]) if len(organizations) == 1 else None
