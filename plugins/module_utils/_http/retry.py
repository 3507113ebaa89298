# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The one retry loop: how often, how long in between, and when a task gives up.

No idempotency keys are documented ("Management API", October 2026). So the sender of a request decides whether a
retry is safe. This file counts and waits.
"""

from __future__ import annotations

import random
import threading
import time
from typing import Any, Callable, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError

# Seconds. A wait is random below a bound that doubles from the first to the last.
MIN_BACKOFF, MAX_BACKOFF = 0.5, 20.0
MAX_DOUBLINGS = 10  # more of them would give the same bound
RATE_LIMITED = 429
SHARED_SECONDS = 5.0  # that a failure is believed by the other processes of the run
MAX_SILENT_WAIT = 3.0  # seconds; a longer wait is told

T = TypeVar("T")


class AttemptFailed(Exception):
    """One attempt that failed.

    Args:
        error: what the task fails with when nothing follows.
        retryable: the request did nothing, or may be sent twice.
        retry_after: seconds that the server asks to wait, or None.
    """

    def __init__(self, error: ApiError, retryable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retryable = retryable
        self.retry_after = retry_after


class SharedFailure:
    """A failure that one process of a run met and that the others need not meet for themselves.

    A process that waited for a lock takes the failure of the process that held it for an attempt of its own. So ten
    hosts give up on a server that does not answer as soon as one does, and each of them makes its own attempt when
    nothing is known.

    Args:
        connection: how the task connects. What fails one way, such as without a `ca_path`, may succeed another way.
    """

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._last_seen = 0.0

    def record(self, failed: AttemptFailed) -> dict[str, Any]:
        """The failure of this process, as JSON for the others."""
        error = failed.error
        self._last_seen = time.time()
        return {
            "at": self._last_seen,
            "connection": self._connection,
            "retryable": failed.retryable,
            "message": str(error),
            "request": [error.method, error.path],
            "facts": {"status": error.status, "code": error.code, "api_message": error.api_message},
        }

    def raise_news(self, record: Any, retries: int) -> None:
        """Raises the failure of another process, if it is a few seconds old at most and was not seen yet.

        Args:
            record: what :meth:`record` gave, or anything else for none. retries: of this process so far.

        Raises:
            AttemptFailed
        """
        if not isinstance(record, dict) or not isinstance(record.get("at"), (int, float)):
            return
        if record.get("connection") != self._connection:
            return
        if record["at"] <= self._last_seen or time.time() - record["at"] >= SHARED_SECONDS:
            return
        self._last_seen = record["at"]
        method, path = record["request"]
        error = ApiError(record["message"], method, path, **{**record["facts"], "retries": retries})
        raise AttemptFailed(error, retryable=record["retryable"])


class RetryPolicy:
    """The retries of one task.

    Args:
        max_retries: retries of one request. Those after a rate limit do not count, because the request did nothing and
            only waits its turn: time alone bounds them.
        budget: seconds that the whole task may wait between its attempts.
        progress: takes a line for people about a long wait.

    Attributes:
        retry_count (int): retries so far.
        budget (float): see Args.
        rate_limited_seconds (float): how long was waited after a rate limit.
    """

    def __init__(self, max_retries: int, budget: float, progress: Callable[[str], None] = lambda line: None) -> None:
        self.max_retries = max_retries
        self.retry_count = 0
        self.budget = budget
        self.rate_limited_seconds = 0.0
        self._progress = progress
        self._waited = 0.0
        self._lock = threading.Lock()  # bulk modules send from several threads
        self._of_thread = threading.local()

    def run(self, attempt: Callable[[int], T]) -> T:
        """Calls ``attempt`` with the number of retries so far until it succeeds.

        Raises:
            ApiError: the last one, when it is not retryable or the retries or the budget are used up.
            AttemptFailed: within :meth:`one_attempt`.
        """
        rate_limited = other = 0
        while True:
            try:
                return attempt(rate_limited + other)
            except AttemptFailed as failed:
                is_rate_limit = failed.error.status == RATE_LIMITED
                if failed.retryable and not is_rate_limit and getattr(self._of_thread, "is_single", False):
                    raise
                if not failed.retryable or (not is_rate_limit and other >= self.max_retries):
                    raise failed.error from None
                self.backoff(rate_limited if is_rate_limit else other, failed.error, failed.retry_after)
                rate_limited, other = rate_limited + is_rate_limit, other + (not is_rate_limit)

    def one_attempt(self, work: Callable[[], T]) -> T | AttemptFailed:
        """What the work gives, or how it failed. It is for work under a lock, which must not be held while a task waits
        for a retry: the caller retries.

        A rate limit is waited for all the same, because it would meet the others too.

        Raises:
            ApiError: for a rate limit; how long a task waits for that is its own matter.
        """
        self._of_thread.is_single = True
        try:
            return work()
        except AttemptFailed as failed:
            return failed
        except ApiError as error:
            if error.status == RATE_LIMITED:
                raise
            return AttemptFailed(error)
        finally:
            self._of_thread.is_single = False

    def count(self) -> None:
        """Counts a retry that needs no wait, such as one with a new access token."""
        with self._lock:
            self.retry_count += 1

    def extend_budget(self) -> None:
        """Gives the task its budget once more, for what must not end halfway."""
        with self._lock:
            self._waited -= self.budget

    def backoff(self, attempt: int, error: ApiError, retry_after: float | None = None) -> None:
        """Waits before retry number ``attempt`` + 1, at least ``retry_after`` seconds if given.

        Raises:
            ApiError: ``error``, when the task's budget does not allow the wait.
        """
        if retry_after is None:
            seconds = random.uniform(0, min(MAX_BACKOFF, MIN_BACKOFF * 2 ** min(attempt, MAX_DOUBLINGS)))
        else:
            # Never sooner than asked. The addition keeps a thousand hosts from coming back in the same moment.
            seconds = retry_after + random.uniform(0, MIN_BACKOFF)
        if not self.afford(seconds):
            raise error.explained(
                f"{error} (The next retry would be in {seconds:.0f} seconds, beyond `retry_timeout` of {self.budget} "
                "seconds.)",
                out_of_time=True,
            ) from error
        self.count()
        if error.status == RATE_LIMITED:
            with self._lock:
                self.rate_limited_seconds += seconds
        answer = f"was answered with {error.status}" if error.status else "got no answer"
        self.sleep(seconds, f"{error.method} {error.path} {answer}: retry {attempt + 1} in {seconds:.0f} s")

    def afford(self, seconds: float) -> bool:
        """Takes the seconds of a wait from the budget of the task; False where that has not so many left."""
        with self._lock:
            affordable = self._waited + seconds <= self.budget
            self._waited += seconds if affordable else 0
        return affordable

    @property
    def left(self) -> float:
        """Seconds that are left of the budget."""
        return self.budget - self._waited

    def sleep(self, seconds: float, sentence: str = "") -> None:
        """Waits, and tells the sentence first if it takes long."""
        if sentence and seconds > MAX_SILENT_WAIT:
            self._progress(sentence)
        time.sleep(seconds)
