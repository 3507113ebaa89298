# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Deploys only if what runs is not what is configured, and waits until it runs.

What is configured is told by a stamp: a hash over the deployable part of the app's config, the overrides of the task, and the names and ``updated_at`` of
its secrets. It stands at the end of the deployment's commit message, the one field that the API keeps for the caller.

Source: Spice.ai Cloud documentation, "Deployments", for the states and error codes. What cannot be closed without help of the server: two
plays that read the list in the same moment may both deploy the same stamp, if the first deployment leaves the queue before the second one arrives; the
second then supersedes the first, with the same config.
"""

from __future__ import annotations

import hashlib
import re
import time

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import canonical, dump
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import deployable
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent

STAMP = re.compile(r" ?\[spice:([0-9a-f]{16})\]$")
DEFAULT_MESSAGE = "Deployed by spiceai.cloud"
OVERRIDES = ("image_tag", "channel", "replicas", "debug")  # of the task; they count for the stamp
DESCRIPTIONS = ("branch", "commit_sha")  # they do not
HEALABLE = ("insufficient_cpu", "insufficient_memory", "insufficient_storage", "insufficient_instances")
UNDER_WAY = ("queued", "in_progress")
LONGEST_POLL = 15.0  # seconds
GROWTH = 1.5
TELL_EVERY = 30.0  # seconds between two lines of progress in one and the same state


def stamp_of(app, secrets, overrides):
    """str: 16 hex digits that stand for what a deployment made now would run."""
    parts = {"config": deployable(app), "overrides": overrides, "secrets": {secret["name"]: secret["updated_at"] for secret in secrets}}
    return hashlib.sha256(canonical(parts).encode()).hexdigest()[:16]


def stamp_in(deployment):
    """str | None: the stamp that a deployment carries."""
    found = STAMP.search(deployment.get("commit_message") or "")
    return found.group(1) if found else None


class Deployer:
    """One spice_deployment task.

    Args:
        task (Task): options ``app``, ``app_id``, ``force``, ``wait``, ``wait_timeout``, ``poll_interval`` and those of the deployment.

    Raises:
        Refused: an option that cannot be right.
    """

    def __init__(self, task):
        params = task.params
        if params["replicas"] is not None and not 1 <= params["replicas"] <= 10:
            raise Refused("`replicas` must be from 1 to 10, not %d." % params["replicas"])
        for option in ("wait_timeout", "poll_interval"):
            if params[option] <= 0:
                raise Refused("`%s` must be more than 0 seconds, not %s." % (option, params[option]))
        self._task = task
        self._apps = Apps(task.client)
        self._deployments = Deployments(self._apps)
        self._overrides = {field: params[field] for field in OVERRIDES if params[field] is not None}
        self._began = time.monotonic()
        self._app = None
        self._stamp = None
        self._ours = None  # id of the deployment that this task made
        self._told = (None, 0.0)

    def run(self):
        """dict: the result.

        Raises:
            Refused: a deployment that failed or took too long; ``partial`` holds it. ApiError.
        """
        task = self._task
        self._app = find_parent(task, self._apps)
        secrets = Secrets(self._apps).list(self._app["id"]) if self._app else []
        self._stamp = stamp_of(self._app or {}, secrets, self._overrides)
        newest = self._newest() if self._app else None
        if not self._must_deploy(newest, task.params["force"]):
            return self._result(self._follow(newest), newest)
        if task.check_mode:
            return self._result(self._predicted(), newest, changed=True)
        return self._result(self._follow(self._deploy(newest)), newest)

    def foresee(self, app, secrets_change):
        """Whether a task would deploy after earlier ones have brought the app to this state.

        Args:
            app (dict): as it will be; without an id when it is only going to be created. secrets_change (bool): some are going to be written or deleted.

        Returns:
            tuple[bool, dict | None]: whether it would, and the newest deployment so far.
        """
        exists = app.get("id") is not None
        self._app = app if exists else None
        self._stamp = stamp_of(app, Secrets(self._apps).list(app["id"]) if exists else [], self._overrides)
        newest = self._newest() if exists else None
        return self._must_deploy(newest, self._task.params["force"] or secrets_change), newest

    # -- decide -----------------------------------------------------------------------------------------------------------------

    def _newest(self):
        """dict | None: the newest deployment that no later one superseded."""
        listed = self._deployments.list(self._app["id"])
        return next((one for position, one in enumerate(listed) if one["status"] != "created" or position == 0), None)

    def _must_deploy(self, newest, force):
        return force or newest is None or stamp_in(newest) != self._stamp or newest["status"] == "failed"

    def _deploy(self, newest):
        """dict: the deployment to wait for: a new one, or one with the same stamp that somebody else made meanwhile."""
        known = newest["id"] if newest else 0
        attempt, interval, lost = 0, self._task.params["poll_interval"], False
        while True:
            try:
                return self._made(self._deployments.create(self._app["id"], self._body()))
            except ApiError as error:
                if error.status != 409 and not error.outcome_unknown:
                    raise
                refusal = error
            lost = lost or refusal.outcome_unknown
            its_turn = refusal.status == 409 and self._wait_for_queue(known, refusal)
            current = self._newest()
            if self._is_made_meanwhile(current, known) and (lost or current["status"] != "failed"):
                return self._made(current) if lost else current
            if its_turn:
                continue
            if refusal.status == 409 and self._task.params["wait"] and current is not None and current["status"] in UNDER_WAY:
                interval = self._sleep(interval, current)  # the server takes no other before this one is done
                continue
            self._give_up_or_pause(attempt, refusal, current)
            attempt += 1

    def _made(self, deployment):
        self._ours = deployment["id"]
        self._task.wrote = True
        return deployment

    def _is_made_meanwhile(self, deployment, known):
        """bool: it is newer than what was ``known`` (id), and of our stamp."""
        return deployment is not None and deployment["id"] > known and stamp_in(deployment) == self._stamp

    def _give_up_or_pause(self, attempt, error, current):
        """Returns when the POST may be sent again."""
        if error.status == 409 and current is not None:
            error.partial = self._partial(current)
        if error.may_come_later:
            error.args = ("It is not known whether app %s is being deployed: the server did not answer in time, and may still do it. Run the "
                          "task again in a minute: it finds the deployment by its stamp %s. (%s)" % (self._app["name"], self._stamp, error),)
            raise error  # sent again now, both could happen
        if attempt == self._task.client.config.retries:
            raise error
        self._task.client.pause(attempt, None, error)

    def _wait_for_queue(self, known, error):
        """bool: whether one was queued; returns when none is any more, for the server takes only one at a time, or when it is as good as ours."""
        interval = self._task.params["poll_interval"]
        was_queued = False
        while True:
            queued = next(iter(self._deployments.list(self._app["id"], limit=1, status="queued")), None)
            if queued is None:
                return was_queued
            was_queued = True
            if self._is_made_meanwhile(queued, known):
                return True
            if not self._task.params["wait"]:
                error.args = ("Deployment %s of app %s is still queued, and the server takes only one at a time; run the task again, or with `wait: true`." % (
                    queued["id"], self._app["name"]),)
                error.partial = self._partial(queued)
                raise error
            interval = self._sleep(interval, queued)

    # -- wait -------------------------------------------------------------------------------------------------------------------

    def _follow(self, deployment):
        """dict: the deployment when it is done, or the newer one that superseded it; as it is with ``wait: false`` and in check mode."""
        if not self._task.params["wait"] or self._task.check_mode:
            return deployment
        interval = self._task.params["poll_interval"]
        while deployment["status"] != "succeeded":
            if deployment["status"] == "failed":
                if self._ours is None:
                    deployment = self._deploy(deployment)  # somebody else's with our stamp failed: it is our turn
                    continue
                raise Refused("Deployment %s of app %s failed: %s." % (deployment["id"], self._app["name"], _reason(deployment)),
                              self._partial(deployment))
            if deployment["status"] == "created":
                newer = self._newest()
                if newer is not None and newer["id"] > deployment["id"]:
                    if stamp_in(newer) != self._stamp:
                        self._task.warn("Deployment %s was superseded by %s, which was made from another config." % (deployment["id"], newer["id"]))
                    deployment = newer
                    continue
            interval = self._sleep(interval, deployment)
            try:
                deployment = self._deployments.get(self._app["id"], deployment["id"])
            except ApiError as error:
                error.partial = self._partial(deployment)
                if error.status == 404:
                    error.args = (f"App {self._app['name']} was deleted by somebody else while this task waited for its deployment "
                                  f"{deployment['id']}.",)
                raise
        return deployment

    def _sleep(self, interval, deployment):
        """Waits, tells how it stands, and returns the next interval (seconds)."""
        elapsed = time.monotonic() - self._began
        left = self._task.params["wait_timeout"] - elapsed
        if left <= 0:
            raise Refused("Deployment %s of app %s is still %s after %d seconds (`wait_timeout`)%s; it goes on, and running the task again waits for it." % (
                deployment["id"], self._app["name"], deployment["status"], elapsed,
                ": " + _reason(deployment) if deployment.get("error_code") else ""), self._partial(deployment))
        state = (deployment["id"], deployment["status"], deployment.get("error_code"))
        if state != self._told[0] or elapsed - self._told[1] >= TELL_EVERY:
            self._told = (state, elapsed)
            healing = deployment.get("error_code") in HEALABLE
            self._task.progress("app %s: deployment %s %s for %d s%s" % (
                self._app["name"], deployment["id"], deployment["status"], elapsed,
                ", waits for room (%s)" % deployment["error_code"] if healing else ""))
        time.sleep(min(interval, left))
        return max(interval, min(interval * GROWTH, LONGEST_POLL))

    # -- show -------------------------------------------------------------------------------------------------------------------

    def _body(self):
        params = self._task.params
        body = dict(self._overrides, **{field: params[field] for field in DESCRIPTIONS if params[field] is not None})
        body["commit_message"] = "%s [spice:%s]" % (params["commit_message"] or DEFAULT_MESSAGE, self._stamp)
        return body

    def _predicted(self):
        config = (self._app or {}).get("config") or {}
        body = self._body()
        body.pop("channel", None)
        body.pop("debug", None)
        deployment = {"id": None, "status": "succeeded" if self._task.params["wait"] else "queued", "image_tag": config.get("image_tag"),
                      "replicas": config.get("replicas"), "branch": None, "commit_sha": None, "error_message": None}
        return dict(deployment, **body)

    def _partial(self, deployment):
        return {"deployment": deployment, "stamp": self._stamp, "waited_seconds": self._waited()}

    def _waited(self):
        return round(time.monotonic() - self._began, 1)

    def _result(self, deployment, before, changed=None):
        result = dict(self._partial(deployment), changed=self._ours is not None if changed is None else changed)
        if self._task.diff_mode:
            then = deployment if result["changed"] else before
            result["diff"] = {"before": dump(_line(before)), "after": dump(_line(then)), "before_header": "deployment", "after_header": "deployment"}
        return result


def _line(deployment):
    return {"stamp": stamp_in(deployment) or "none"} if deployment else {}


def _reason(deployment):
    words = deployment.get("error_message") or deployment.get("error") or "no reason given"
    code = deployment.get("error_code")
    return "%s (%s)" % (words.rstrip("."), code) if code else words.rstrip(".")
