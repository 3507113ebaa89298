# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A whole environment in one task: it is planned, brought about in order, and verified.

The order: app, secrets, links to secrets of the organization, deployment, verification, monitors, members. Each part is
planned before the first write. A part that depends on an earlier one, as the secrets of an app that does not exist yet,
is planned again with what that one made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, UNCHANGED, apply_one
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import app_diff, without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import log_in
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import apply_members
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime_status import Status
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secrets import apply_secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_pause import (
    pause_last,
    resume_first,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_plan import (
    EnvironmentPlan,
    PlannedApp,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_rollback import roll_back
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_verify import check_what_is_served
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_words import reasons, sentences


class Environment:
    """One spice_environment task.

    Args:
        run: options as :class:`EnvironmentPlan`, and ``rollback``.
        specs: as :class:`EnvironmentPlan`.
    """

    def __init__(self, run: ModuleRun, specs: Mapping[str, ModuleSpec]) -> None:
        self._run = run
        self._plan = EnvironmentPlan(run, specs)
        self._verify: Mapping[str, Any] = {}
        self._sentences: list[str] = []
        self._diff: list[dict[str, str]] = []
        self._changed = False
        self._began = time.monotonic()
        self._app: dict[str, Any] = {}
        self._done: dict[str, Any] = {
            "app": None,
            "changed_fields": [],
            "secrets": {},
            "linked_secrets": {},
            "monitors": {},
            "members": {},
            "deployment": None,
            "deployed": False,
            "serving": None,
            "url": None,
            "previous": {},
            "rolled_back": False,
        }

    @property
    def plan(self) -> EnvironmentPlan:
        """What leads to the described state; made by :meth:`execute`."""
        return self._plan

    def execute(self) -> Result:
        """The result of spice_environment.

        Raises:
            InvalidOption: with all problems of the plan. SpiceError: with what was done so far in
                ``partial``.
        """
        try:
            self._plan.make()
        except SpiceError as error:
            raise error.explained(str(error), {**(error.partial or {}), **self._plan.identity()}) from error
        self._verify = self._plan.parts["verify"].params
        self._sentences = sentences(self._plan)
        try:
            self._apply_app()
            secrets_changed = self._apply_secrets()
            self._apply_links()
            try:
                self._deploy(secrets_changed)
                self._check_what_is_served()
            except SpiceError as error:
                if self._run.params["rollback"]:
                    self._app = roll_back(self._plan, self._app, self._done, error)
                raise
            self._apply_monitors()
            self._apply_members()
            self._pause()
        except SpiceError as error:
            raise error.explained(str(error), {**self._to_result(), **log_in(error)}) from error
        return self._to_result()

    # -- apply ------------------------------------------------------------------------------------------------------

    def _apply_app(self) -> None:
        planned = self._planned_app()
        # A new app gets its secrets first: then one PUT holds its other fields and the fingerprints.
        planned.resource.defers_update = self._plan.secrets_plan is not None
        planned.resource.defers_pause = True
        self._note_app(dict(apply_one(self._run, planned.change) or {}))
        if planned.change.outcome != UNCHANGED:
            self._note_diff(app_diff(planned.change.before, planned.app, planned.resource.changed_fields))

    def _planned_app(self) -> PlannedApp:
        if self._plan.app is None:
            raise AssertionError("a plan without an app is an error")
        return self._plan.app

    def _note_app(self, app: dict[str, Any]) -> None:
        resource = self._planned_app().resource
        self._app = app
        self._note_change(bool(resource.changed_fields))
        self._done.update(app=without_keys(app), changed_fields=resource.changed_fields, previous=resource.previous)

    def _apply_secrets(self) -> bool:
        """Whether a secret was or would be changed."""
        plan, changes, planned = self._plan.secrets_plan, self._plan.secrets, self._planned_app()
        if plan is None:
            is_created = planned.change.outcome == CREATED and self._app.get("id") is not None
            if planned.resource.fork.is_asked and is_created:
                self._plan.read_secrets(self._app["id"])
            return False
        is_new = planned.change.outcome == CREATED
        if is_new and self._app.get("id") is not None:
            changes = plan.changes(self._app, is_new=self._is_empty)
        part = self._plan.parts["secrets"]
        failed: SpiceError | None = None
        try:
            result = apply_secrets(part, plan, self._app, changes, keeps_tags=not planned.resource.is_new)
        except SpiceError as error:
            failed, result = error, error.partial or {}
        self._note_set("secrets", result)
        if is_new:
            self._finish_app(planned, result.get("tags") or {})
        if failed:
            raise failed
        self._plan.existing_secrets = list(result["secrets"].values())
        return bool(result["deployment_required"])

    def _finish_app(self, planned: PlannedApp, tags: Mapping[str, str]) -> None:
        """Sends what the creation deferred; a plan has predicted it already."""
        if planned.resource.is_new:
            self._note_app(planned.resource.finish(self._app, tags))

    @property
    def _is_empty(self) -> bool:
        """Whether this task created the app, and not as a fork, which has what its source has."""
        resource = self._planned_app().resource
        return resource.is_new and not resource.fork.is_asked

    def _apply_links(self) -> None:
        """A deployment for them needs no flag: its stamp has their names."""
        try:
            result = self._plan.links.apply(self._app, self._is_empty)
        except SpiceError as error:
            self._note_set("linked_secrets", error.partial or {})
            raise
        self._note_set("linked_secrets", result)

    def _deploy(self, secrets_changed: bool) -> None:
        planned = self._plan.deployment
        self._resume(planned.must_deploy)
        if planned.newest is None and not planned.must_deploy:
            return
        part = self._plan.parts["deployment"]
        deployment = DeploymentRun(part, reasons(self._plan))
        force = part.params["force"] or self._plan.resumes or secrets_changed
        plan = deployment.decide(self._app, self._plan.provided, force, planned.newest)
        try:
            result = deployment.carry_out(self._app, plan)
        except SpiceError as error:
            self._note_deployment(error.partial or {})
            raise
        self._note_deployment(result)

    def _resume(self, deploys: bool) -> None:
        """``deploys``: what resuming starts is superseded at once by a deployment that carries our stamp."""
        try:
            self._app, deployment = resume_first(self._run, self._planned_app(), self._app, waits=not deploys)
        except SpiceError as error:
            self._note_deployment({"changed": True, **(error.partial or {})})
            raise
        self._done["app"] = without_keys(self._app)
        if deployment is not None and not deploys:
            self._note_deployment({"changed": True, "deployment": deployment})

    def _note_deployment(self, result: Mapping[str, Any]) -> None:
        self._done["deployment"] = result.get("deployment")
        self._done["deployed"] = bool(result.get("changed"))
        self._note_change(self._done["deployed"])
        if result.get("changed") and "diff" in result:
            self._note_diff(result["diff"])

    def _check_what_is_served(self) -> None:
        check_what_is_served(self._run, self._verify, self._app, self._done["deployment"] or {}, self._note_served)

    def _pause(self) -> None:
        if self._planned_app().resource.pause.asked:
            self._app = pause_last(self._run, self._planned_app(), self._app)
            self._done["app"] = without_keys(self._app)

    def _apply_monitors(self) -> None:
        try:
            result = self._plan.monitors.apply(self._app, self._planned_app().change.outcome == CREATED)
        except SpiceError as error:
            self._note_set("monitors", error.partial or {})
            raise
        self._note_set("monitors", result or {})

    def _note_set(self, part: str, result: Mapping[str, Any]) -> None:
        self._done[part] = result.get("outcomes", {})
        self._note_change(result.get("changed", False))
        if result.get("changed") and "diff" in result:
            self._note_diff(result["diff"])

    def _apply_members(self) -> None:
        if not self._plan.members:
            return
        try:
            result = apply_members(self._plan.parts["members"], self._plan.members)
        except SpiceError as error:
            self._note_set("members", error.partial or {})
            raise
        self._note_set("members", result)

    # -- result -----------------------------------------------------------------------------------------------------

    def _note_change(self, changed: bool) -> None:
        self._changed = self._changed or changed

    def _note_served(self, status: Status) -> None:
        self._done.update(serving=status.to_result(), url=status.url)

    def _note_diff(self, diff: dict[str, str]) -> None:
        self._diff.append(diff)

    def _to_result(self) -> Result:
        url = self._done["url"] or self._app.get("endpoint")
        result: Result = {
            "changed": self._changed,
            "environment": {**self._done, "url": url},
            "plan": self._sentences,
            "elapsed": round(time.monotonic() - self._began, 1),
        }
        if self._run.diff_mode:
            result["diff"] = self._diff
        return result
