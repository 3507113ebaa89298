# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Deploys only if what runs is not what is configured, and waits until it runs.

Source: Spice.ai Cloud documentation, "Deployments" (September 2026) for the states and error codes. What cannot be
closed without help of the server: two plays that read the list in the same moment may both deploy the same stamp, if
the first deployment leaves the queue before the second one arrives; the second then supersedes the first, with the same
config.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments, newest
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    PAUSED_CODES,
    ApiError,
    SpiceError,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, Change, Wait, apply_one, send_once
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_failure import (
    deleted_meanwhile,
    failed,
    still_under_way,
    unknown_outcome,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_view import (
    body_of,
    check_options,
    notes_for,
    predicted,
    progress_of,
    reason_to_deploy,
    settings_of,
    to_diff,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import check_lines
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import check_again, check_not_paused
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.provided import provided_to
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import (
    OVERRIDES,
    Provided,
    stamp_in,
    stamp_of,
)

UNDER_WAY = ("queued", "in_progress")

Deployment = Mapping[str, Any]


class Plan(NamedTuple):
    """What a task would do about an app's deployment.

    Args:
        newest: the newest deployment so far, or None. must_deploy: a new one is needed.
    """

    newest: Deployment | None
    must_deploy: bool


class DeploymentRun:
    """One spice_deployment task.

    Args:
        run: options ``app``, ``app_id``, ``force``, ``wait``, ``wait_timeout``, ``poll_interval`` and those of the
            deployment.
        why: the reason of a new deployment, where the caller knows it better than the deployments tell.

    Raises:
        InvalidOption: an option that cannot be right.
    """

    def __init__(self, run: ModuleRun, why: str = "") -> None:
        params = run.params
        check_options(params)
        check_lines("log_lines", params["log_lines"])
        self._run = run
        self._why = why
        self._apps = Apps(run.client)
        self._api = Deployments(self._apps)
        self._overrides = {option: params[option] for option in OVERRIDES if params[option] is not None}
        self._wait = Wait(run, params["wait_timeout"], params["poll_interval"])
        self._app: dict[str, Any] = {}
        self._stamp = ""
        self._our_id: int | None = None  # of the deployment that this task made

    def execute(self) -> Result:
        """The result of spice_deployment.

        Raises:
            InvalidOption: the app is paused. OperationFailed: a deployment that failed or took too long; ``partial``
                holds it. SpiceError.
        """
        app = require_app(self._run, self._apps) or {}
        check_not_paused(app)
        provided = provided_to(self._apps, app["id"]) if app else Provided()
        return self.carry_out(app, self.decide(app, provided, self._run.params["force"], self.newest(app)))

    def carry_out(self, app: dict[str, Any], plan: Plan) -> Result:
        """Deploys the app if the plan says so, and waits. The result and the errors are those of :meth:`execute`."""
        self._app = app
        if not plan.must_deploy:
            # One of the same stamp that is under way is waited for. If it fails, it is this task's turn.
            latest = self._follow(plan.newest) if plan.newest else None
            return self._result(latest, plan.newest, self._our_id is not None)
        name = self._app.get("name") or self._run.params["app"]
        change = Change(
            str(name),
            f"deployment of app {name}",
            CREATED,
            plan.newest,
            predicted(self._app, self._run.params, self._body()),
            lambda: self._follow(self._deploy(plan.newest)),
        )
        deployment = apply_one(self._run, change) or {}
        is_ours = deployment["id"] is None or self._our_id is not None
        return self._result(deployment, plan.newest, is_ours)

    def newest(self, app: Mapping[str, Any]) -> Deployment | None:
        """The newest deployment of an app; None when it has none, or no id yet. Raises ApiError."""
        return newest(self._api.recent(app["id"])) if app.get("id") is not None else None

    def decide(self, app: Mapping[str, Any], provided: Provided, force: bool, latest: Deployment | None) -> Plan:
        """Whether a new deployment is needed for the app in this state. Reads nothing.

        Args:
            app: as it is or will be; without an id when it does not exist yet. provided: the secrets that it has then.
            force: deploy in any case. latest: its newest deployment, or None.
        """
        self._stamp = stamp_of(app, provided, self._overrides)
        is_ours = latest is not None and stamp_in(latest) == self._stamp
        is_to_retry = latest is not None and latest["status"] == "failed" and self._run.params["retry_failed"]
        return Plan(latest, force or not is_ours or is_to_retry)

    # -- deploy -----------------------------------------------------------------------------------------------------

    def _deploy(self, latest: Deployment | None) -> Deployment:
        """The deployment to wait for: a new one, or one with the same stamp that somebody else made meanwhile."""
        known_id = latest["id"] if latest else 0
        is_lost = False

        def find(error: ApiError) -> Deployment | None:
            nonlocal is_lost
            is_lost = True
            return self._made_meanwhile(known_id)

        attempt = 0
        while True:
            try:
                sent = send_once(
                    self._run.client,
                    lambda: self._api.create(self._app["id"], self._body()),
                    find,
                    too_late=self._too_late,
                )
                return self._keep_as_ours(sent.item)
            except ApiError as error:
                if error.status != 409 or error.code in PAUSED_CODES:
                    raise
                was_queued = self._wait_for_queue(known_id, error)
                found = self._made_meanwhile(known_id)
                if found and is_lost:
                    return self._keep_as_ours(found)
                if found and (found["status"] != "failed" or not self._run.params["retry_failed"]):
                    return found
                if was_queued:
                    continue
                current = newest(self._api.recent(self._app["id"]))
                if current and current["status"] in UNDER_WAY and self._run.params["wait"]:
                    self._pause(current)  # the server takes no other before this one is done
                    continue
                self._give_up_or_back_off(attempt, error, current)
                attempt += 1

    def _keep_as_ours(self, deployment: Deployment) -> Deployment:
        self._our_id = deployment["id"]
        return deployment

    def _made_meanwhile(self, known_id: int) -> Deployment | None:
        """The newest deployment, if it is newer than the known one and has our stamp."""
        latest = newest(self._api.recent(self._app["id"]))
        return latest if latest and self._is_same(latest, known_id) else None

    def _is_same(self, deployment: Deployment, known_id: int) -> bool:
        return deployment["id"] > known_id and stamp_in(deployment) == self._stamp

    def _give_up_or_back_off(self, attempt: int, error: ApiError, current: Deployment | None) -> None:
        failed = error.explained(str(error), self._partial(current) if current else None)
        if attempt == self._run.client.retry.max_retries:
            raise failed from error
        self._run.client.retry.backoff(attempt, failed)

    def _too_late(self, error: ApiError) -> ApiError:
        # Sent again now, both could happen.
        return error.explained(unknown_outcome(error, self._app["name"], self._stamp))

    def _wait_for_queue(self, known_id: int, error: ApiError) -> bool:
        """Waits until none is queued, because the server takes only one at a time, or until the queued one is as good
        as ours.

        Returns:
            Whether one was queued.
        """
        was_queued = False
        while True:
            queued = next(iter(self._api.recent(self._app["id"], limit=1, status="queued")), None)
            if queued is None:
                return was_queued
            was_queued = True
            if self._is_same(queued, known_id):
                return True
            if not self._run.params["wait"]:
                raise error.explained(
                    f"Deployment {queued['id']} of app {self._app['name']} is still queued, and the server takes only "
                    "one at a time; run the task again, or with `wait: true`.",
                    self._partial(queued),
                ) from error
            self._pause(queued)

    # -- wait -------------------------------------------------------------------------------------------------------

    def _follow(self, deployment: Deployment) -> Deployment:
        """The deployment when it is done, or the newer one that superseded it."""
        if deployment["status"] == "failed" and not self._run.params["retry_failed"]:
            raise self._failed(deployment)
        # A plan does not wait either: what it sees is what it tells.
        if not self._run.params["wait"] or self._run.check_mode:
            return deployment
        while deployment["status"] != "succeeded":
            if deployment["status"] == "failed":
                deployment = self._after_failure(deployment)
                continue
            newer = self._superseding(deployment)
            if newer is not None:
                deployment = newer
                continue
            self._pause(deployment)
            try:
                deployment = self._api.get(self._app["id"], deployment["id"])
            except ApiError as error:
                message = deleted_meanwhile(self._app["name"], deployment) if error.status == 404 else str(error)
                raise error.explained(message, self._partial(deployment)) from error
        return deployment

    def _after_failure(self, deployment: Deployment) -> Deployment:
        """A new deployment where the failed one was somebody else's. Raises OperationFailed where it was ours."""
        if self._our_id is None and self._run.params["retry_failed"]:
            return self._deploy(deployment)
        raise self._failed(deployment)

    def _failed(self, deployment: Deployment) -> SpiceError:
        return failed(self._run, self._api, self._app, deployment, self._partial(deployment))

    def _superseding(self, deployment: Deployment) -> Deployment | None:
        """The newer deployment that took the place of this one; None when none did."""
        if deployment["status"] != "created":
            return None
        newer = newest(self._api.recent(self._app["id"]))
        if newer is None or newer["id"] <= deployment["id"]:
            # Pausing an app ends its deployment as if a newer one superseded it.
            check_again(self._apps, self._app["id"], self._partial(deployment))
            return None
        if stamp_in(newer) != self._stamp:
            self._run.warn(
                f"Deployment {deployment['id']} was superseded by {newer['id']}, which was made from another config."
            )
        return newer

    def _pause(self, deployment: Deployment) -> None:
        def give_up(elapsed: float) -> SpiceError:
            check_again(self._apps, self._app["id"], self._partial(deployment))
            return still_under_way(self._run, self._app, deployment, self._partial(deployment))

        state = (deployment["id"], deployment["status"], deployment.get("error_code"))
        self._wait.until_next_look(state, progress_of(self._app["name"], deployment), give_up)

    # -- result -----------------------------------------------------------------------------------------------------

    def _body(self) -> dict[str, Any]:
        return body_of(self._run.params, self._overrides, self._stamp, notes_for(self._run, self._app))

    def _partial(self, deployment: Deployment | None) -> dict[str, Any]:
        return {
            "deployment": deployment,
            "stamp": self._stamp,
            "waited_seconds": round(self._wait.elapsed, 1),
        }

    def _result(self, deployment: Deployment | None, before: Deployment | None, changed: bool) -> Result:
        result = dict(self._partial(deployment), changed=changed)
        if self._run.diff_mode:
            why = self._why or reason_to_deploy(before, self._run.params["force"])
            result["diff"] = to_diff(before, settings_of(self._app, self._run.params), why if changed else "")
        return result
