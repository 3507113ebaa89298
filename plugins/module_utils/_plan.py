# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Plan, then apply. A resource plans its changes; :func:`apply` sends them, or in check mode returns what they predict.

This is the only place that decides between the two, that resolves a lost answer, and that waits for something.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, NamedTuple, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun

MAX_WORKERS = 8  # writes at a time
MAX_REASONS = 5  # that one message holds
CLOSE_POLLING = 120.0  # seconds in which a wait looks often and tells its progress often
MAX_CLOSE_INTERVAL, MAX_INTERVAL = 5.0, 15.0  # seconds between two looks, within that time and after it
BACKOFF_FACTOR = 1.5
CLOSE_PROGRESS_INTERVAL, PROGRESS_INTERVAL = 15.0, 30.0  # seconds between two lines about the same state

CREATED, UPDATED, DELETED, UNCHANGED, FAILED = "created", "updated", "deleted", "unchanged", "failed"

# What a 409 means: it fails the write; or the thing exists, because somebody else made it or a list was late; or it
# passes, and the write is sent again.
CONFLICT_FAILS, CONFLICT_EXISTS, CONFLICT_PASSES = "fails", "exists", "passes"

Item = Mapping[str, Any]
T = TypeVar("T")


class Change(NamedTuple):
    """What leads one thing from what exists to what is wanted.

    Args:
        name: the key among the outcomes, such as ``PG_PASSWORD``.
        target: for sentences, such as ``secret PG_PASSWORD``.
        outcome: ``created``, ``updated``, ``deleted`` or ``unchanged``.
        before: what exists; None when nothing does.
        after: what is predicted; None when nothing will exist. What the server answers replaces it.
        send: carries it out and returns what exists then, or None to keep the prediction. May raise SpiceError.
        needs_deployment: takes effect with the next deployment.
    """

    name: str
    target: str
    outcome: str
    before: Item | None = None
    after: Item | None = None
    send: Callable[[], Item | None] | None = None
    needs_deployment: bool = False


class Applied(NamedTuple):
    """What became of a list of changes.

    Attributes:
        outcomes: name to what happened, ``failed`` included.
        items: name to what exists now (in check mode: what is predicted); None when it does not exist.
        failed: name to the error.
        deployment_required: whether something that was changed takes effect with the next deployment.
    """

    outcomes: dict[str, str]
    items: dict[str, Item | None]
    failed: dict[str, SpiceError]
    deployment_required: bool

    @property
    def changed(self) -> bool:
        """Whether anything was changed, or would be."""
        return any(outcome not in (UNCHANGED, FAILED) for outcome in self.outcomes.values())

    def raise_failed(self, sentence: str, partial: dict[str, Any]) -> None:
        """Fails the task when some changes failed: names them with their reasons.

        Args:
            sentence: what could not be done. partial: the result that the others lead to.

        Raises:
            SpiceError: of the kind of the first failure.
        """
        for error in self.failed.values():
            raise error.explained(f"{sentence} {reasons(self.failed)}", partial) from error


def apply(run: ModuleRun, changes: Sequence[Change]) -> Applied:
    """Sends the changes, several at a time, or in check mode predicts them. One that fails does not stop the others."""
    results: dict[str, Item | None] = {}
    failed: dict[str, SpiceError] = {}
    if not run.check_mode:
        results, failed = _send_all([change for change in changes if change.outcome != UNCHANGED])
    items: dict[str, Item | None] = {}
    for change in changes:
        if change.name in failed:
            items[change.name] = change.before
        else:
            items[change.name] = results.get(change.name) or change.after
    outcomes = {change.name: FAILED if change.name in failed else change.outcome for change in changes}
    needs_deployment = any(
        change.needs_deployment and outcomes[change.name] not in (UNCHANGED, FAILED) for change in changes
    )
    return Applied(outcomes, items, failed, needs_deployment)


def apply_one(run: ModuleRun, change: Change) -> Item | None:
    """Sends one change, or in check mode predicts it, and returns what exists then. Raises SpiceError when it fails."""
    applied = apply(run, [change])
    for error in applied.failed.values():
        raise error
    return applied.items[change.name]


def _send_all(changes: Sequence[Change]) -> tuple[dict[str, Item | None], dict[str, SpiceError]]:
    results: dict[str, Item | None] = {}
    failed: dict[str, SpiceError] = {}
    sends = {change.name: change.send for change in changes if change.send}
    with ThreadPoolExecutor(max_workers=MAX_WORKERS) as pool:
        # One alone needs no thread.
        calls = {name: pool.submit(send).result if len(sends) > 1 else send for name, send in sends.items()}
        for name, call in calls.items():
            try:
                results[name] = call()
            except SpiceError as error:
                failed[name] = error
    return results, failed


def reasons(failed: Mapping[str, SpiceError]) -> str:
    """Which parts failed and why; names with the same reason stand together."""
    names_by_reason: dict[str, list[str]] = {}
    for name, error in failed.items():
        names_by_reason.setdefault(str(error), []).append(name)
    sentences = [f"{', '.join(names)}: {reason}" for reason, names in list(names_by_reason.items())[:MAX_REASONS]]
    rest = sum(len(names) for names in list(names_by_reason.values())[MAX_REASONS:])
    if rest:
        sentences.append(f"and {rest} more")
    return " ".join(sentences)


class Sent(NamedTuple):
    """What a write led to, and whether it was this task's."""

    item: Any
    is_ours: bool


def send_once(
    client: Client,
    send: Callable[[], Any],
    find_result: Callable[[ApiError], Any],
    conflict: str = CONFLICT_FAILS,
    too_late: Callable[[ApiError], SpiceError] | None = None,
) -> Sent:
    """Sends a write that must happen once. When its answer is lost it looks, and sends again only if nothing happened.

    Args:
        client: of the task.
        send: the write.
        find_result: looks whether it happened: what exists then, or None.
        conflict: what a 409 means.
        too_late: gives the error for a server that did not answer in time and may still carry it out. Without it the
            write is sent again, which is right where a second one does no harm.

    Raises:
        SpiceError: what ``send`` or ``too_late`` gives.
    """
    error: ApiError | None = None
    is_lost = False
    for attempt in range(client.retry.max_retries + 1):
        if error is None or error.outcome_unknown or conflict == CONFLICT_PASSES:
            try:
                return Sent(send(), True)
            except ApiError as failed:
                if not failed.outcome_unknown and (failed.status != 409 or conflict == CONFLICT_FAILS):
                    raise
                error = failed
                is_lost = is_lost or failed.outcome_unknown
        found = find_result(error) if is_lost or conflict == CONFLICT_EXISTS else None
        if found is not None:
            client.has_written = client.has_written or is_lost
            return Sent(found, is_lost)
        if too_late is not None and error.may_come_later:
            raise too_late(error) from error
        if attempt < client.retry.max_retries:
            client.retry.backoff(attempt, error)
    if error is None:
        raise AssertionError("there is at least one attempt")
    raise error.explained(str(error), retries=error.retries + client.retry.max_retries) from error


class Wait:
    """Waits for something that the server does: looks, tells the progress, gives up in time.

    Args:
        run: who waits. timeout: seconds. interval: seconds until the second look; it grows from look to look.
    """

    def __init__(self, run: ModuleRun, timeout: float, interval: float) -> None:
        self._run = run
        self._timeout = timeout
        self._interval = interval
        self._began = time.monotonic()
        self._last_state: Hashable = None
        self._last_told = 0.0
        self._state_began = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the wait began."""
        return time.monotonic() - self._began

    def until_next_look(self, state: Hashable, sentence: str, give_up: Callable[[float], SpiceError]) -> None:
        """Sleeps until it is time to look again.

        Args:
            state: what was seen; another one is told at once. sentence: the same for people.
            give_up: takes the elapsed seconds and gives the error for a wait that took too long.

        Raises:
            SpiceError: what ``give_up`` gives.
        """
        elapsed = self.elapsed
        left = self._timeout - elapsed
        if left <= 0:
            raise give_up(elapsed)
        is_close = elapsed < CLOSE_POLLING
        if state != self._last_state:
            self._state_began = elapsed if self._last_state is not None else 0.0
        if state != self._last_state or elapsed - self._last_told >= (
            CLOSE_PROGRESS_INTERVAL if is_close else PROGRESS_INTERVAL
        ):
            self._last_state, self._last_told = state, elapsed
            # As long as it is the first state, both times are the same.
            since = f", {elapsed - self._state_began:.0f} s in this state" if self._state_began else ""
            self._run.progress(f"{sentence}, {elapsed:.0f} s of at most {self._timeout:g} s{since}")
        longest = MAX_CLOSE_INTERVAL if is_close else MAX_INTERVAL
        time.sleep(min(self._interval, left))
        self._interval = max(self._interval, min(self._interval * BACKOFF_FACTOR, longest))
