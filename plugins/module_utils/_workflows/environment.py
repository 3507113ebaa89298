# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A whole environment in one task: it is planned, brought about in order, and verified.

The order: app, secrets, links to secrets of the organization, deployment, verification, members. Each part is planned
before the first write. A part that depends on an earlier one, as the secrets of an app that does not exist yet, is
planned again with what that one made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, UNCHANGED, apply_one
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import app_diff, without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import log_in
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import apply_members
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import Status
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secrets import apply_secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_plan import (
    EnvironmentPlan,
    PlannedApp,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_verify import (
    SUCCEEDED,
    check_what_is_served,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_words import (
    not_put_back,
    reasons,
    sentences,
)


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
                self._roll_back(error)
            self._apply_members()
        except SpiceError as error:
            raise error.explained(str(error), {**self._to_result(), **log_in(error)}) from error
        return self._to_result()

    # -- apply ------------------------------------------------------------------------------------------------------

    def _apply_app(self) -> None:
        planned = self._planned_app()
        # A new app gets its secrets first: then one PUT holds its other fields and the fingerprints.
        planned.resource.defers_update = self._plan.secrets_plan is not None
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
            return False
        is_new = planned.change.outcome == CREATED
        if is_new and self._app.get("id") is not None:
            changes = plan.changes(self._app, is_new=planned.resource.is_new)
        part = self._plan.parts["secrets"]
        failed: SpiceError | None = None
        try:
            result = apply_secrets(part, plan, self._app, changes, keeps_tags=not planned.resource.is_new)
        except SpiceError as error:
            failed, result = error, error.partial or {}
        self._note_secrets(result)
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

    def _note_secrets(self, result: Mapping[str, Any]) -> None:
        self._done["secrets"] = result.get("outcomes", {})
        self._note_change(result.get("changed", False))
        if result.get("changed") and "diff" in result:
            self._note_diff(result["diff"])

    def _apply_links(self) -> None:
        """A deployment for them needs no flag: its stamp has their names."""
        try:
            result = self._plan.links.apply(self._app, self._planned_app().resource.is_new)
        except SpiceError as error:
            self._note_links(error.partial or {})
            raise
        self._note_links(result)

    def _note_links(self, result: Mapping[str, Any]) -> None:
        self._done["linked_secrets"] = result.get("outcomes", {})
        self._note_change(result.get("changed", False))
        if result.get("changed") and "diff" in result:
            self._note_diff(result["diff"])

    def _deploy(self, secrets_changed: bool) -> None:
        planned = self._plan.deployment
        if planned.newest is None and not planned.must_deploy:
            return
        part = self._plan.parts["deployment"]
        deployment = DeploymentRun(part, reasons(self._plan))
        force = part.params["force"] or secrets_changed
        plan = deployment.decide(self._app, self._plan.provided, force, planned.newest)
        try:
            result = deployment.carry_out(self._app, plan)
        except SpiceError as error:
            self._note_deployment(error.partial or {})
            raise
        self._note_deployment(result)

    def _note_deployment(self, result: Mapping[str, Any]) -> None:
        self._done["deployment"] = result.get("deployment")
        self._done["deployed"] = bool(result.get("changed"))
        self._note_change(self._done["deployed"])
        if result.get("changed") and "diff" in result:
            self._note_diff(result["diff"])

    def _apply_members(self) -> None:
        if not self._plan.members:
            return
        try:
            result = apply_members(self._plan.parts["members"], self._plan.members)
        except SpiceError as error:
            self._done["members"] = (error.partial or {}).get("outcomes", {})
            self._note_change((error.partial or {}).get("changed", False))
            raise
        self._done["members"] = result["outcomes"]
        self._note_change(result["changed"])
        if result["changed"] and "diff" in result:
            self._note_diff(result["diff"])

    def _check_what_is_served(self) -> None:
        check_what_is_served(self._run, self._verify, self._app, self._done["deployment"] or {}, self._note_served)

    # -- roll back --------------------------------------------------------------------------------------------------

    def _roll_back(self, error: SpiceError) -> None:
        """Puts the app back to what ran before, if that is asked for and possible, and fails all the same."""
        planned, former = self._plan.app, self._plan.deployment.newest
        is_possible = planned and planned.resource.previous and former and former["status"] == SUCCEEDED
        if not self._run.params["rollback"] or not is_possible or planned is None:
            raise error
        name = self._app["name"]
        kept = not_put_back(self._plan)
        try:
            self._app = planned.resource.restore()
            self._done["app"] = without_keys(self._app)
            deployment = DeploymentRun(self._plan.parts["rollback"])
            newest = self._done["deployment"] or former
            plan = deployment.decide(self._app, self._plan.provided, True, newest)
            self._done["deployment"] = deployment.carry_out(self._app, plan)["deployment"]
        except SpiceError as failed:
            raise OperationFailed(
                f"{str(error).rstrip('.')}. The rollback of app {name} failed too: {str(failed).rstrip('.')}. The app "
                "does not run what it ran before; correct the cause and run the task again.",
                error.partial,
            ) from failed
        self._done["rolled_back"] = True
        fields = ", ".join(planned.resource.previous)
        raise error.explained(
            f"{str(error).rstrip('.')}. The app was rolled back: {fields} of app {name} are as before, and deployment "
            f"{self._done['deployment']['id']} runs them{kept}."
        ) from error

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
