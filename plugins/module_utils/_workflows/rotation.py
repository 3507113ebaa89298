# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The rotation of an app's API keys without downtime, in steps between which the user publishes the new key.

One key is active: clients hold it. The other one is spare: nobody holds it. A rotation makes a new spare key, has it
published, then retires the former one by replacing that too. Where a rotation stands is kept in one tag of the app
(:mod:`rotation_record`).

Runs that die. The record is written before the new key is created, and it holds the fingerprint that the spare key had
then. So every run can tell from the record and the keys whether the new key exists: the slot holds another fingerprint
than the record says. From then on some client may hold that key, so nobody replaces it; a run that comes later joins,
and publishes the same key.

Runs at the same time. The API has no conditional write, so two rules stand in for a lock:

* Whatever depends on the record (a new record, a new key) is sent right after the record and the keys were read, and
  never sent again without reading them again. A request that was checked reaches the server within ``settle_time``; a
  rate limit does not change that.
* The run that wrote the record waits for ``settle_time``, then reads again, and goes on only if the record still
  stands. After that wait every request that was checked against the former record has arrived and is seen.

So of two runs that start at once the one whose record was written last makes the new key; the other one finds a record
that is not its own, and stops. A run that finds a new key joins: it marks the record as ``joined`` first. While a
rotation that several runs worked on is followed by another one, a run that is late could still publish the key which is
retired by then; nothing can take back its publish tasks. So the end of such a rotation is recorded as ``done`` with the
time of the last join, and the next one starts :data:`LATE_SECONDS` after that, or when the user says that no other run
is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import UNCHANGED, UPDATED, Change, apply_one
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import PREDICTED, to_diff, to_result
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import check_not_paused
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_checks import check_options
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_record import (
    JOINED,
    PUBLISHING,
    TAG,
    Record,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_state import RotationState
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_steps import RotationSteps
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump


class Rotation:
    """One step of a rotation.

    Args:
        run: options ``app``, ``app_id``, ``step``, ``active``, ``key_number``, ``fingerprint``, ``published``,
            ``reveal``, ``settle_time``, ``take_over``, ``verify``.
    """

    def __init__(self, run: ModuleRun) -> None:
        self._run = run
        self._state = RotationState(run)
        self._steps = RotationSteps(run, self._state)

    def execute(self) -> Result:
        """The result of spice_api_key_rotation.

        Raises:
            InvalidOption: the options do not allow the step, or the app is paused and the new key is to be tried.
            OperationFailed: the published key is not the one in its slot, or another run is at work. ApiError.
        """
        check_options(self._run)
        self._state.read()
        if self._run.params["step"] == "start" and self._run.params["verify"]:
            check_not_paused(self._state.app)
        before: dict[str, Any] = {"keys": self._state.keys, "record": self._state.record}
        self._steps.resumed = bool(self._state.record and self._state.record.under_way)
        change = {"start": self._plan_start, "read": self._plan_read, "finish": self._plan_finish}[
            self._run.params["step"]
        ](before)
        after = apply_one(self._run, change) or before
        keys: Keys = after["keys"]
        record: Record | None = after["record"]
        self._state.hide(keys, record)
        rotation = dict(
            to_result(self._state.number, keys, self._state.reveals),
            former_key_number=3 - self._state.number,
            resumed=self._steps.resumed,
            under_way=bool(record and record.under_way),
            app=self._state.name,
            app_id=self._state.app.get("id") or self._run.params["app_id"],
        )
        # Another run may have finished it meanwhile: then nothing is this task's.
        changed = change.outcome != UNCHANGED and not after.get("by_others")
        result: Result = {"changed": changed, "rotation": rotation}
        if self._run.diff_mode:
            headers = {"before_header": "API keys", "after_header": "API keys"}
            result["diff"] = {"before": _view(before), "after": _view(after), **headers}
        return result

    # -- plan -------------------------------------------------------------------------------------------------------

    def _plan_start(self, before: dict[str, Any]) -> Change:
        record = self._state.record
        predicted = {**self._state.keys, self._state.number: PREDICTED}
        if record and record.under_way:
            if self._state.is_made(record, self._state.keys):
                return self._change(before, self._state.keys, self._state.own(JOINED, record.spare), self._steps.start)
            return self._change(before, predicted, record, self._steps.start)
        self._state.check_start()
        claim = self._state.own(PUBLISHING, self._state.fingerprint(self._state.keys, self._state.number))
        return self._change(before, predicted, claim, self._steps.start)

    def _plan_read(self, before: dict[str, Any]) -> Change:
        name = f"API keys of app {self._state.name}"
        if self._is_assumed:
            return Change(
                "keys", name, UNCHANGED, before, {**before, "keys": {**self._state.keys, self._state.number: PREDICTED}}
            )
        self._state.check_key()
        return Change("keys", name, UNCHANGED, before, before)

    def _plan_finish(self, before: dict[str, Any]) -> Change:
        if self._is_assumed:
            predicted: Keys = dict.fromkeys(self._state.keys, PREDICTED)
            return self._change(before, predicted, Record(self._state.number), self._steps.finish)
        self._state.check_key()
        if not self._state.record or not self._state.record.under_way:
            return Change("keys", f"API keys of app {self._state.name}", UNCHANGED, before, before)
        predicted = {**self._state.keys, 3 - self._state.number: PREDICTED}
        return self._change(before, predicted, self._state.record.ended(), self._steps.finish)

    def _change(self, before: dict[str, Any], keys: Keys, record: Record, step: Callable[[], bool]) -> Change:
        def send() -> dict[str, Any]:
            is_ours = self._steps.until_it_stands(step)
            return {"keys": self._state.keys, "record": self._state.record, "by_others": not is_ours}

        after = {"keys": keys, "record": record}
        return Change("keys", f"API keys of app {self._state.name}", UPDATED, before, after, send)

    @property
    def _is_assumed(self) -> bool:
        """Whether the key is one that a step in check mode only predicted, so that there is nothing to compare."""
        return not self._run.params["fingerprint"]


def _view(state: Mapping[str, Any]) -> str:
    """Fingerprints and the record, never a key."""
    record: Record | None = state["record"]
    view: dict[str, Any] = to_diff(state["keys"])
    return dump({**view, TAG: record.state} if record else view)
