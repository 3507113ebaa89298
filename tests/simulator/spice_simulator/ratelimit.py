# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rate limit over the whole API, in fixed windows of real time: the client's waits are real too."""

import math
import time
from typing import Any, Optional


class Window:
    """Counts the requests of the present window. Times are seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin with an empty window."""
        self._ends = 0.0
        self._count = 0

    def take(self, rule: Optional[dict[str, Any]]) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it may pass, and the headers for its answer."""
        if rule is None:
            return True, {}
        now = time.monotonic()
        if now >= self._ends:
            self._ends, self._count = now + rule["per_seconds"], 0
        self._count += 1
        passed = self._count <= rule["requests"]
        headers = {}
        if rule["headers"]:
            headers["X-RateLimit-Limit"] = str(rule["requests"])
            headers["X-RateLimit-Remaining"] = str(max(0, rule["requests"] - self._count))
            headers["X-RateLimit-Reset"] = str(math.ceil(time.time() + self._ends - now))
        if not passed and rule["retry_after"]:
            headers["Retry-After"] = str(max(1, math.ceil(self._ends - now)))
        return passed, headers
