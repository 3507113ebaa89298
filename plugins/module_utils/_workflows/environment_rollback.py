# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The way back of an environment whose deployment or verification failed."""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_plan import (
    EnvironmentPlan,
    PlannedApp,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_words import not_put_back

SUCCEEDED = "succeeded"

App = dict[str, Any]


def roll_back(plan: EnvironmentPlan, app: App, done: dict[str, Any], error: SpiceError) -> App:
    """Puts the app back to what ran before, if that is possible; an app that was paused is paused again.

    Args:
        plan: of the environment. app: as it is. done: what the result tells; brought up to date.
        error: why the deployment or the verification failed.

    Returns:
        The app as it is, where nothing can be put back.

    Raises:
        SpiceError: the same error, with what was put back; or why that failed too.
    """
    planned, former = plan.app, plan.deployment.newest
    if planned is None or not planned.resource.previous or not former or former["status"] != SUCCEEDED:
        return app
    why = str(error).rstrip(".")
    kept = not_put_back(plan)
    try:
        app = planned.resource.restore()
        done["app"] = without_keys(app)
        state = _run_again(plan, planned, app, done, former)
    except SpiceError as failed:
        raise OperationFailed(
            f"{why}. The rollback of app {app['name']} failed too: {str(failed).rstrip('.')}. The app does not run "
            "what it ran before; correct the cause and run the task again.",
            error.partial,
        ) from failed
    done["rolled_back"] = True
    fields = [name for name in planned.resource.previous if name != "paused"]
    restored = f"app {app['name']} has its former {', '.join(fields)} again, and " if fields else ""
    raise error.explained(f"{why}. The app was rolled back: {restored}{state}{kept}.") from error


def _run_again(plan: EnvironmentPlan, planned: PlannedApp, app: App, done: dict[str, Any], former: Any) -> str:
    """Deploys what was put back, or pauses the app as it was before. The state for a sentence. Raises SpiceError."""
    if planned.resource.previous.get("paused"):
        done["app"] = without_keys(planned.resource.pause.pause(app))
        return "it is paused again"
    deployment = DeploymentRun(plan.parts["rollback"])
    decided = deployment.decide(app, plan.provided, True, done["deployment"] or former)
    done["deployment"] = deployment.carry_out(app, decided)["deployment"]
    return f"deployment {done['deployment']['id']} runs now"
