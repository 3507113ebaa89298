# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""One environment of a fleet run: what spice_environment does in one task, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    PAUSED_CODES,
    ApiError,
    InvalidOption,
    SpiceError,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import AppRuntime
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime_status import Asked
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment import Environment
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_before import (
    SUCCEEDED,
    image_of,
    read_image,
    with_former,
    write_image,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import FleetOptions

LOOK, START, FINISH, AGAIN, SETTLE, UNDO = "look", "start", "finish", "again", "settle", "undo"
HEALTH = Asked(datasets=False)

Specs = Mapping[str, ModuleSpec]


class Task(NamedTuple):
    """What a step works with.

    Args:
        options: of the run. run: its name. record: of the app so far. image: path of the state before the change.
        reason: why the app failed, where the step settles that.
    """

    options: FleetOptions
    run: str
    record: dict[str, Any]
    image: str
    reason: str = ""


class FleetEnvironment(Environment):
    """One environment of a fleet.

    Args:
        run, specs: as :class:`Environment`. task: of the step. step: LOOK, START, FINISH or AGAIN.

    Attributes:
        queued (bool): the server did not take the deployment yet, because another one is queued.
    """

    def __init__(self, run: ModuleRun, specs: Specs, task: Task, step: str) -> None:
        super().__init__(run, specs)
        self._run = run
        self._task = task
        self._step = step
        self.queued = False

    @property
    def current(self) -> dict[str, Any] | None:
        """The app as it was found; None where there is none."""
        found = self.plan.app.change.before if self.plan.app else None
        return dict(found) if found else None

    @property
    def newest(self) -> Mapping[str, Any] | None:
        """The newest deployment that was found."""
        return self.plan.deployment.newest

    def _apply_app(self) -> None:
        """Before the first write: a change needs an app that exists, and what it has now is kept."""
        current = self.current
        if current is None and self._task.options.change is not None:
            raise InvalidOption(
                f"There is no app {self._run.params['app'].get('name')}, and `fleet_change` changes only apps that "
                "exist."
            )
        if self._step == START and current is not None and self.plan.to_do():
            self._keep(current)
        super()._apply_app()

    def _keep(self, current: dict[str, Any]) -> None:
        previous = self.plan.app.resource.previous if self.plan.app else {}
        wanted = {**(self._task.options.change or {}), **(self._run.params["deployment"] or {})}
        image = image_of(self._task.run, current, previous, self.newest, wanted)
        image["unhealthy"] = self._unhealthy(current)
        write_image(self._task.image, with_former(image, read_image(self._task.image)))

    def _unhealthy(self, app: Mapping[str, Any]) -> str:
        """Why the app does not run well before anything is changed; empty when it does, or when nobody can tell."""
        latest = self.newest
        if latest is not None and latest["status"] == "failed":
            return f"deployment {latest['id']} had failed"
        if latest is None or latest["status"] != SUCCEEDED:
            return ""  # nothing runs yet, or it changes just now
        if not self.plan.parts["verify"].params["ready"] or app.get("paused_at"):
            return ""
        try:
            status = AppRuntime(self._run, app, caller_polls=True).status(HEALTH)
        except SpiceError as error:
            return str(error)
        return "" if status.ready else f"the runtime was not ready ({status.waits_for})"

    def _deploy(self, secrets_changed: bool) -> None:
        try:
            super()._deploy(secrets_changed)
        except ApiError as error:
            if self._step != START or error.status != 409 or error.code in PAUSED_CODES:
                raise
            self.queued = True  # the next step waits until the server takes it

    def _check_what_is_served(self) -> None:
        if self._step in (FINISH, AGAIN):
            super()._check_what_is_served()

    def _apply_monitors(self) -> None:
        if self._step != START:  # they come after the verification
            super()._apply_monitors()

    def _pause(self) -> None:
        if self._step != START:  # a paused app takes no monitors
            super()._pause()


def version_of(app: Mapping[str, Any], deployment: Mapping[str, Any] | None) -> str | None:
    """What runs: the ``image_tag`` of a deployment, else what the app asks for."""
    config = app.get("config") or {}
    told = [(deployment or {}).get("image_tag"), config.get("image_tag"), config.get("version")]
    return next((str(version) for version in told if version), None)
