# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The pace that all processes of a run keep together when they ask the Management API.

There is no limit until the API answers 429. Then the rate is cut below what the API took, everybody holds as long as it
asks, and the rate grows again: additive increase and multiplicative decrease, by which several runs come to equal
shares although they know nothing of each other.

Sources: Spice.ai Cloud documentation, "Management API", limits: requests a minute and an hour for each organization,
``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset``. None of these headers is promised, and the unit of the last one is
not told, so each of them is optional here.
"""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import seconds_until
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import RATE_LIMITED, RetryPolicy
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState

# Rates are requests a second, times are seconds of the monotonic clock, which all processes of a machine share.
CUT = 0.7  # of what the API took
CUT_INTERVAL = 1.0  # seconds; the answers that were under way together are one reason to cut
MEASURED = 1.0  # seconds before a 429 in which the accepted requests are counted
UNKNOWN_RATE = 10.0  # what is cut where nothing was accepted and no rate is known
MIN_RATE, MAX_RATE = 0.5, 1000.0  # above the second there is no limit any more
GROWTH_DELAY = 2.0  # seconds after a cut, and after the hold that came with it
GROWTH, MIN_GROWTH = 1.03, 0.1  # in a second: the factor, and what is added at least
MAX_GROWTH_SECONDS = 600.0  # by then any rate is above the maximum
MAX_HOLD = 3600.0  # seconds; after the longest documented window one request asks again
MIN_EPOCH, MIN_EPOCH_IN_MS = 1e9, 1e12  # a smaller number in X-RateLimit-Reset is a number of seconds from now
PROGRESS_INTERVAL = 30.0  # seconds between two lines about waiting


class TooSlow(Exception):
    """The task may not wait so long.

    Args:
        seconds: until the request may go. rate: of the run, None where only a hold is in force.
    """

    def __init__(self, seconds: float, rate: float | None) -> None:
        super().__init__()
        self.seconds = seconds
        self.rate = rate


class Shared(NamedTuple):
    """What the processes share, as JSON.

    Args:
        rate: at the last cut; None before the first one. cut_at, grows_from: when that was, and when it grows.
        hold: no request before this time. next_slot: nobody has taken this time or a later one.
    """

    rate: float | None = None
    cut_at: float = 0.0
    grows_from: float = 0.0
    hold: float = 0.0
    next_slot: float = 0.0

    @classmethod
    def of(cls, value: Any) -> Shared:
        """From the value of a Box. Whatever another process left halfway counts as nothing."""
        try:
            return cls(**value)
        except TypeError:
            return cls()

    def rate_at(self, now: float) -> float | None:
        """The rate, or None for no limit."""
        if self.rate is None:
            return None
        rate = grown(self.rate, now - self.grows_from)
        return rate if rate < MAX_RATE else None


def grown(rate: float, seconds: float) -> float:
    """A rate after it has grown for some seconds: by a fixed amount each second until the factor gives more."""
    seconds = min(max(0.0, seconds), MAX_GROWTH_SECONDS)
    turning_point = MIN_GROWTH / (GROWTH - 1)
    steady = min(seconds, max(0.0, (turning_point - rate) / MIN_GROWTH))
    return float((rate + MIN_GROWTH * steady) * GROWTH ** (seconds - steady))


class Pace:
    """The pace of one API address, credential and organization, for one task.

    Without a limit in force it costs a look whether there is one before a request, and a few bytes in a journal after
    it. No lock is taken.

    Args:
        state: what the processes of the run share. key: tells address, credential and organization from others.
        highest: requests a second that the run never exceeds, or None.
        retry: the retries of the task: its budget and its progress.

    Attributes:
        seconds (float): how long the requests of this task waited.
    """

    def __init__(self, state: RunState, key: str, highest: float | None, retry: RetryPolicy) -> None:
        self.seconds = 0.0
        self._state = state
        self._key = "pace-" + key
        self._journal = "accepted-" + key
        self._highest = highest
        self._retry = retry
        self._silent_until = 0.0
        self._lock = threading.Lock()  # bulk modules send from several threads

    def wait(self, is_retry: bool) -> None:
        """Returns when the next request may go.

        A wait before a retry is taken from the budget of the task. Before a first attempt nothing is, because its turn
        comes, but a hold that is longer than what is left of the budget is not waited for. What the user's own limit
        makes wait costs nothing.

        Raises:
            TooSlow: the budget does not allow it.
        """
        if self._highest is None and not self._state.has(self._key):
            return
        slot: float | None = None
        while True:
            with self._state.locked(self._key) as box:
                shared = Shared.of(box.value)
                now = time.monotonic()
                rate = self._rate(shared, now)
                # A hold that began while this process slept counts for it too.
                if slot is None or slot < shared.hold:
                    slot = max(now, shared.hold, shared.next_slot if rate else 0.0)
                    if rate:
                        box.value = shared._replace(next_slot=slot + 1 / rate)._asdict()
            seconds = slot - now
            if seconds <= 0:
                return
            held = min(seconds, max(0.0, shared.hold - now))
            if not self._may_wait(seconds if is_retry and rate != self._highest else held, is_retry):
                raise TooSlow(seconds, rate)
            self._sleep(seconds, _reason(held, rate, self._highest))

    def learn(self, status: int, headers: Mapping[str, str], sent_at: float) -> None:
        """Takes what an answer tells of the limit.

        Args:
            status: of the answer. headers: of the answer. sent_at: when the request went, by the monotonic clock.
        """
        now = time.monotonic()
        hold = now + min(MAX_HOLD, _asked_to_wait(status, headers))
        if status != RATE_LIMITED:
            self._state.append(self._journal, now)
            if hold <= now:
                return
        with self._state.locked(self._key) as box:
            shared = Shared.of(box.value)
            hold = max(hold, shared.hold)
            # An answer to what was sent before the last cut tells nothing about the rate since.
            if status == RATE_LIMITED and sent_at >= shared.cut_at and now - shared.cut_at >= CUT_INTERVAL:
                rate = max(MIN_RATE, CUT * self._measured(shared, now))
                shared = shared._replace(rate=rate, cut_at=now, grows_from=hold + GROWTH_DELAY)
            box.value = shared._replace(hold=hold)._asdict()

    def _may_wait(self, seconds: float, is_retry: bool) -> bool:
        return self._retry.afford(seconds) if is_retry else seconds <= self._retry.left

    def _measured(self, shared: Shared, now: float) -> float:
        """The rate that the API took, as far as it is known."""
        current = self._rate(shared, now)
        accepted = sum(now - MEASURED < moment <= now for moment in self._state.newest(self._journal)) / MEASURED
        if not accepted:
            return current or UNKNOWN_RATE
        return accepted if current is None else min(accepted, current)

    def _rate(self, shared: Shared, now: float) -> float | None:
        """The rate in force, or None."""
        rates = [rate for rate in (shared.rate_at(now), self._highest) if rate is not None]
        return min(rates, default=None)

    def _sleep(self, seconds: float, reason: str) -> None:
        with self._lock:
            self.seconds += seconds
            now = time.monotonic()
            # Threads that wait together, and requests that wait one after the other, are told of once.
            is_told = now < self._silent_until
            if not is_told:
                self._silent_until = now + max(seconds, PROGRESS_INTERVAL)
        self._retry.sleep(seconds, "" if is_told else f"the next request waits {seconds:.0f} s, because {reason}")


def _reason(held: float, rate: float | None, highest: float | None) -> str:
    if held > 0 or rate is None:
        return "the API asks this run to wait"
    if rate == highest:
        return f"`requests_per_second` is {highest:g} for the whole run"
    return f"the API limits this run to about {rate:.1f} requests a second"


def _asked_to_wait(status: int, headers: Mapping[str, str]) -> float:
    """Seconds that an answer asks everybody to wait."""
    asked = seconds_until(headers.get("Retry-After")) if status == RATE_LIMITED else None
    if asked is not None:
        return asked
    try:
        if float(headers.get("X-RateLimit-Remaining", "")) > 0:
            return 0.0
        reset = float(headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return 0.0
    if reset >= MIN_EPOCH_IN_MS:
        reset /= 1000
    if reset >= MIN_EPOCH:
        reset -= _server_time(headers)
    return max(0.0, reset)


def _server_time(headers: Mapping[str, str]) -> float:
    """Seconds since the epoch by the clock that made the answer; this machine's may differ."""
    try:
        return email.utils.parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (TypeError, ValueError, OverflowError):
        return time.time()
