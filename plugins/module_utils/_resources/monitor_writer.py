# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Creates and changes one monitor, so that a lost answer and a change by somebody else do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Monitor
from ansible_collections.spiceai.cloud.plugins.module_utils._api.monitors import Monitors
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import PAUSED_CODES, ApiError, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CONFLICT_EXISTS, send_once
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import (
    HTTP,
    SLACK,
    filled,
    same_condition,
    same_targets,
)

CHANGED_MEANWHILE = "monitor_changed"


class Wanted(NamedTuple):
    """What a monitor is to be.

    Args:
        name: of a new one; a name that exists is never changed. template, spec: the whole condition.
        targets: without a token; None leaves them alone. description: None leaves it alone, and "" clears it.
        status: None leaves it alone. token: that of the http target, where it has to be sent.
    """

    name: str
    template: str
    spec: Mapping[str, Any]
    targets: list[dict[str, Any]] | None = None
    description: str | None = None
    status: str | None = None
    token: str | None = None

    def creation(self) -> dict[str, Any]:
        """The body of a POST, which takes no status."""
        body: dict[str, Any] = {"name": self.name, "template_id": self.template, "spec": self.spec}
        if self.description:
            body["description"] = self.description
        if self.targets is not None:
            body["targets"] = self._sent_targets()
        return body

    def differences(self, monitor: Mapping[str, Any]) -> dict[str, Any]:
        """The fields in which a monitor that exists differs: the body of a PATCH. Empty when it is as wanted."""
        body: dict[str, Any] = {}
        is_other = monitor.get("template_id") not in (None, self.template)
        if is_other:
            body["template_id"] = self.template
        if is_other or not same_condition(self.spec, filled(self.template, monitor["spec"])):
            body["spec"] = self.spec
        if self.targets is not None and (self.token or not same_targets(self.targets, monitor["targets"])):
            body["targets"] = self._sent_targets()
        if self.description is not None and self.description != (monitor.get("description") or ""):
            body["description"] = self.description or None
        if self.status is not None and self.status != monitor.get("status"):
            body["status"] = self.status
        return body

    def _sent_targets(self) -> list[dict[str, Any]]:
        token = {"token": self.token} if self.token else {}
        return [{**target, **token} if target["type"] == HTTP else target for target in self.targets or []]


class _AsWanted(Exception):
    """Nothing is left to send, because the monitor is as wanted by now."""

    def __init__(self, monitor: Monitor) -> None:
        super().__init__(monitor["id"])
        self.monitor = monitor


class MonitorWriter:
    """Writes monitors of one app or cluster.

    Args:
        client: of the task. api: the routes. owner: for people, such as ``app sales``.
    """

    def __init__(self, client: Client, api: Monitors, owner: str) -> None:
        self._client = client
        self._api = api
        self._owner = owner

    def create(self, wanted: Wanted) -> Monitor:
        """The new monitor. What the POST does not take, and what one of this name has otherwise, follows as a PATCH.

        Raises:
            ApiError: a 409 says what may have the name.
        """
        answered: list[Monitor] = []
        was_lost: list[bool] = []

        def send() -> Monitor:
            answered.append(self._api.create(wanted.creation()))
            return answered[-1]

        def find(error: ApiError) -> Monitor | None:
            if error.outcome_unknown:
                was_lost.append(True)
            found = self._named(wanted.name)
            # Where an answer was lost the list may be late; else nothing that it shows has the name.
            if found is None and error.status == 409 and not was_lost:
                raise self._refused(error, wanted.name) from error
            return found

        try:
            sent = send_once(self._client, send, find, conflict=CONFLICT_EXISTS)
        except ApiError as error:
            raise _explained(error, wanted) from error
        monitor: Monitor = sent.item
        if answered:
            template = monitor.get("template_id") or wanted.template
            rest = wanted._replace(targets=None, description=None, spec=monitor["spec"], template=template)
        else:
            # One that somebody else made has a token of its own; one whose answer was lost has this one.
            rest = wanted._replace(token=None) if sent.is_ours else wanted
        return self.update(monitor, rest) if rest.differences(monitor) else monitor

    def update(self, monitor: Monitor, wanted: Wanted) -> Monitor:
        """The monitor after a PATCH of what differs.

        It is read again before each retry, because an answer of 502 does not tell whether it is saved, and after a
        change by somebody else.

        Raises:
            OperationFailed: it is gone. ApiError.
        """
        known = monitor
        for attempt in range(self._client.retry.max_retries + 1):
            try:
                return self._api.update(known["id"], self._body(known, wanted)) or self._read(known)
            except _AsWanted as done:
                return done.monitor
            except ApiError as error:
                if error.status != 409:
                    raise _explained(error, wanted) from error
                now = self._read(known)
                if not wanted.differences(now):
                    return now
                is_last = attempt == self._client.retry.max_retries
                if is_last or (error.code != CHANGED_MEANWHILE and now == known):
                    raise
                self._client.retry.backoff(attempt, error)
                known = now
        raise AssertionError("there is at least one attempt")

    def _refused(self, error: ApiError, name: str) -> ApiError:
        """The 409 of a POST, where no monitor has the name."""
        if error.code in PAUSED_CODES:
            return error
        words = (error.api_message or "it is not said why").rstrip(".")
        return error.explained(
            f"The API refused the monitor {name!r} (409): {words}. No monitor of {self._owner} has this name, so a "
            "reaction has it, or the app is paused, or it has 20 monitors and reactions already."
        )

    def _body(self, monitor: Monitor, wanted: Wanted) -> Callable[[], Mapping[str, Any]]:
        """What gives the body of a PATCH: at first by what is known, then by what is read.

        It raises _AsWanted when nothing is left to send.
        """
        known = [monitor]

        def body() -> Mapping[str, Any]:
            now = known.pop() if known else self._read(monitor)
            changes = wanted.differences(now)
            if not changes:
                raise _AsWanted(now)
            return changes

        return body

    def _read(self, monitor: Monitor) -> Monitor:
        for now in self._api.all():
            if now["id"] == monitor["id"]:
                return now
        raise OperationFailed(
            f"The monitor {monitor['name']!r} of {self._owner} was deleted by somebody else while this task changed "
            "it; run the task again."
        )

    def _named(self, name: str) -> Monitor | None:
        return next((one for one in self._api.all() if one["name"].casefold() == name.casefold()), None)


def _explained(error: ApiError, wanted: Wanted) -> ApiError:
    """The error, with what to do where it is about Slack."""
    tells_slack = any(target["type"] == SLACK for target in wanted.targets or [])
    if error.status != 422 or not tells_slack:
        return error
    sentence = f"{str(error).rstrip('.')}. An admin connects Slack to the organization in the portal."
    return error.explained(sentence)
