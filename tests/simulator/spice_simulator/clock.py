# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock by which deployments move on, tokens expire and timestamps are made.

``auto``: it runs with the real time. ``manual``: it stands still until it is advanced. Changing the mode never makes
it jump. All times are whole milliseconds since 1970 in UTC, the precision the API shows.
"""

import time
from datetime import datetime, timezone
from typing import Any, Optional


def iso(ms: Optional[int]) -> Optional[str]:
    """Write milliseconds as RFC 3339 in UTC with three decimals; ``None`` stays ``None``."""
    if ms is None:
        return None
    seconds, rest = divmod(ms, 1000)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:03d}Z"


def iso_in_microseconds(ms: Optional[int]) -> Optional[str]:
    """The same moment in the other form that was seen: six decimals and a numeric offset."""
    text = iso(ms)
    # The last three digits are made up, so that a reader must not take them for zeros.
    return text and ms is not None and f"{text[:-1]}{ms % 997:03d}+00:00" or None


def parse_iso(text: str) -> int:
    """Read an RFC 3339 time as milliseconds; a time without zone is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return round(moment.timestamp() * 1000)


class Clock:
    """The simulator's own time, in milliseconds, and how long the phases of a deployment take, in seconds."""

    DEFAULTS = {"queued_seconds": 0.3, "in_progress_seconds": 0.7, "dataset_ready_seconds": 0.3}

    def __init__(self) -> None:
        # Real time is followed by the monotonic clock: a correction of the system time must not undo a deployment.
        self._origin = time.time() - time.monotonic()
        self.reset()

    def reset(self) -> None:
        """Go back to real time and to the default phases."""
        self.mode = "auto"
        self._offset = 0.0
        self._frozen = 0.0
        self.phases = dict(self.DEFAULTS)

    def _seconds(self) -> float:
        if self.mode == "manual":
            return self._frozen
        return self._origin + time.monotonic() + self._offset

    def now(self) -> int:
        """Milliseconds since 1970 on this clock."""
        return int(self._seconds() * 1000)

    def set_mode(self, mode: str) -> None:
        """Switch to ``auto`` or ``manual``; the time goes on from where it is."""
        here = self._seconds()
        if mode == "manual":
            self._frozen = here
        else:
            self._offset = here - (self._origin + time.monotonic())
        self.mode = mode

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds, in either mode."""
        if self.mode == "manual":
            self._frozen += seconds
        else:
            self._offset += seconds

    def show(self) -> dict[str, Any]:
        """What ``GET /_sim/clock`` answers."""
        return {"mode": self.mode, "now": iso(self.now()), **self.phases}
