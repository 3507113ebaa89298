# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The pause of an app as a part of its state: what is asked for, and what leads there.

Sources: the vendor's launch script and launch guide (October 2026). Storing a spicepod may end a pause, or may not, so
an app that was paused is read again after a PUT. Resuming deploys what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments
from ansible_collections.spiceai.cloud.plugins.module_utils._api.pauses import Pauses
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CONFLICT_EXISTS, send_once
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_view import (
    RESUMED_MESSAGE,
    predicted,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.resumed_deployment import follow

PAUSE, RESUME = "pause", "resume"

App = dict[str, Any]
Deployment = Mapping[str, Any]


class AppPause:
    """Whether an app is to be paused.

    Args:
        run: options ``paused`` and ``resume_timeout``. apps: the routes.

    Attributes:
        asked (bool or None): the state that the user wants; None leaves it as it is.
        action (str): what the plan does: ``pause``, ``resume``, or nothing.
        deployment (dict or None): the one that resuming started; of a plan, what is predicted.

    Raises:
        InvalidOption: an option that cannot be right.
    """

    def __init__(self, run: ModuleRun, apps: Apps) -> None:
        self.asked: bool | None = run.params["paused"]
        self.action = ""
        self.deployment: Deployment | None = None
        self._run = run
        self._apps = apps
        self._api = Pauses(apps)
        self._deployments = Deployments(apps)
        self._timeout: int = run.params["resume_timeout"]
        self._is_woken = False  # a PUT ended the pause
        if self._timeout < 0:
            raise InvalidOption(f"`resume_timeout` must be 0 (do not wait) or more seconds, not {self._timeout}.")

    def plan(self, app: Mapping[str, Any]) -> None:
        """Decides about ``action``. Reads nothing. ``app``: as it is, or as its creation makes it."""
        is_paused = bool(app.get("paused_at"))
        self.action = "" if self.asked in (None, is_paused) else (PAUSE if self.asked else RESUME)

    def predicted(self, app: App) -> App:
        """The app after the action. Nobody knows the moment of a pause before it, so that is the present one."""
        if self.action == RESUME:
            self.deployment = predicted(app, {"wait": self._timeout > 0}, {})
            return {**app, "paused_at": None}
        return {**app, "paused_at": _now()} if self.action == PAUSE else app

    def after_update(self, before: Mapping[str, Any], app: App) -> App:
        """The app as it really is after a PUT, which may have ended its pause.

        Args:
            before: as it was. app: what the PUT answered.

        Raises:
            ApiError
        """
        if not before.get("paused_at"):
            return app
        app = self._apps.get(app["id"]) or app
        self._is_woken = not app.get("paused_at")
        if self._is_woken and self.asked is None:
            self._run.warn(
                f"The update of app {app['name']} ended its pause, and deployed nothing. Deploy the app with "
                "spiceai.cloud.spice_deployment, or pause it again with `paused: true`."
            )
        return app

    def carry_out(self, app: App) -> App:
        """The app after what is asked for; sent after everything else. Raises SpiceError, as :meth:`resume`."""
        if self.asked is True:
            return self.pause(app)
        return self.resume(app) if self.asked is False else app

    def pause(self, app: App) -> App:
        """The app, which is paused then. Raises ApiError."""
        if app.get("paused_at"):
            return app
        sent = send_once(
            self._run.client,
            lambda: self._api.pause(app["id"]),
            lambda error: (self._apps.get(app["id"]) or {}).get("paused_at"),
            conflict=CONFLICT_EXISTS,
        )
        return {**app, "paused_at": sent.item}

    def resume(self, app: App, waits: bool = True) -> App:
        """The app, which is not paused then; what is stored is deployed, in ``deployment``.

        Args:
            app: as it is. waits: for the deployment, as ``resume_timeout`` says; without it the caller makes a newer
                one, so an app whose pause a PUT has ended gets none.

        Raises:
            OperationFailed: the deployment failed, or did not end in time; ``partial`` holds it. ApiError.
        """
        self.deployment = None  # what a plan predicted
        if not app.get("paused_at") and not (self._is_woken and waits):
            return app
        known_id = self._newer(app, 0) or 0
        self.deployment = self._resume(app, known_id) if app.get("paused_at") else self._deploy(app, known_id)
        if self._timeout and self.deployment is not None:
            self.deployment = follow(self._run, self._apps, app, self.deployment, self._timeout, until_it_ends=waits)
        return {**app, "paused_at": None}

    def _resume(self, app: App, known_id: int) -> Deployment | None:
        """The deployment that resuming starts. None where somebody else resumed the app, and it cannot be told."""

        def find(error: Exception) -> dict[str, Any] | None:
            # The app first: what is resumed has its deployment by then.
            now = self._apps.get(app["id"]) or {}
            return None if now.get("paused_at") else {"id": self._newer(app, known_id)}

        sent = send_once(self._run.client, lambda: {"id": self._api.resume(app["id"])}, find, conflict=CONFLICT_EXISTS)
        found: int | None = sent.item["id"]
        return None if found is None else self._deployments.get(app["id"], found)

    def _deploy(self, app: App, known_id: int) -> Deployment:
        """What resuming would have started, for an app whose pause is over already."""

        def find(error: Exception) -> Deployment | None:
            newer = self._newer(app, known_id)
            return None if newer is None else self._deployments.get(app["id"], newer)

        body = {"commit_message": RESUMED_MESSAGE}
        sent = send_once(
            self._run.client, lambda: self._deployments.create(app["id"], body), find, conflict=CONFLICT_EXISTS
        )
        deployment: Deployment = sent.item
        return deployment

    def _newer(self, app: App, known_id: int) -> int | None:
        newest = next(iter(self._deployments.recent(app["id"], limit=1)), None)
        return newest["id"] if newest is not None and (newest["id"] or 0) > known_id else None


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
