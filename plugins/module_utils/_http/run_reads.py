# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Answers that are the same for every task of a run, such as the regions: one task reads them for all.

They are as old as the run at most, and a run may take hours. So such an answer may let a task go on, and must not stop
it: before a task refuses something because of it, it reads again, see :func:`unless_outdated`.
"""

from __future__ import annotations

import copy
import time
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import AttemptFailed, RetryPolicy, SharedFailure
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, digest


class RunReads:
    """The shared answers of one API address, credential and organization, for one task.

    Args:
        state: what the processes of the run share. retry: the retries of the task.
        cache_key: tells address, credential and organization from others. connection: as of the Config.
        get: sends a GET.
    """

    def __init__(
        self, state: RunState, retry: RetryPolicy, cache_key: str, connection: str, get: Callable[[str], Any]
    ) -> None:
        self._state = state
        self._retry = retry
        self._cache_key = cache_key
        self._connection = connection
        self._get = get
        self._began = time.monotonic()
        self._failures: dict[str, SharedFailure] = {}

    def get(self, path: str, is_fresh: bool = False) -> Any:
        """The answer to a GET of this path.

        Args:
            path: from ``/v1`` on. is_fresh: it must not be older than this task.

        Raises:
            ApiError
        """
        return self._retry.run(lambda retries: self._look(path, is_fresh, retries))

    def _look(self, path: str, is_fresh: bool, retries: int) -> Any:
        """What :meth:`get` gives. The lock is held for one attempt only.

        Raises:
            AttemptFailed: this process or another one has just failed to read it.
        """
        failures = self._failures.setdefault(path, SharedFailure(self._connection))
        with self._state.locked("read-" + digest(self._cache_key, path)) as box:
            record = box.value if isinstance(box.value, dict) else {}
            if "answer" in record and (not is_fresh or record["at"] >= self._began):
                return copy.deepcopy(record["answer"])
            failures.raise_news(record.get("failure"), retries)
            at = time.monotonic()
            outcome = self._retry.one_attempt(lambda: self._get(path))
            if not isinstance(outcome, AttemptFailed):
                box.value = {"at": at, "answer": copy.deepcopy(outcome)}
                return outcome
            box.value = {**record, "failure": failures.record(outcome)}
        raise outcome
