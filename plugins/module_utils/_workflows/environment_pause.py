# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The pause of an environment's app: it is resumed before the deployment, and paused after everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import UPDATED, Change, apply_one
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_pause import RESUME
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_plan import PlannedApp

App = dict[str, Any]


def resume_first(run: ModuleRun, planned: PlannedApp, app: App, waits: bool) -> tuple[App, Mapping[str, Any] | None]:
    """Resumes the app where the plan says so.

    Args:
        run: of the environment. planned: its app. app: as it is now.
        waits: for the deployment that this starts. Without it the caller makes one that carries a stamp.

    Returns:
        The app, and the deployment that resuming started; None where it started none.

    Raises:
        SpiceError: as :meth:`AppPause.resume`.
    """
    pause = planned.resource.pause
    if pause.action != RESUME:
        return app, None
    after = {**app, "paused_at": None}
    change = Change(app["name"], f"pause of app {app['name']}", UPDATED, app, after, lambda: pause.resume(app, waits))
    return dict(apply_one(run, change) or after), pause.deployment


def pause_last(run: ModuleRun, planned: PlannedApp, app: App) -> App:
    """The app, which is paused then, also where a PUT has ended its pause. Raises ApiError."""
    pause = planned.resource.pause
    after = {**app, "paused_at": planned.app.get("paused_at")}
    change = Change(app["name"], f"pause of app {app['name']}", UPDATED, app, after, lambda: pause.pause(app))
    return dict(apply_one(run, change) or after)
