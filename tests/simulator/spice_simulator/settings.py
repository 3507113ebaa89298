# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the whole simulator behaves under a test: load, delays, lifetimes (``PUT /_sim/settings``)."""

from dataclasses import asdict, dataclass
from typing import Any, Optional

from pydantic import Field

from spice_simulator.bodies import Strict


@dataclass
class Settings:
    """The values in force. Durations carry their unit in the name."""

    latency_ms: float = 0
    rate_limit: Optional[dict[str, Any]] = None
    list_delay_reads: int = 0
    token_lifetime_seconds: float = 3600

    def show(self) -> dict[str, Any]:
        """What ``GET /_sim/settings`` answers."""
        return asdict(self)


class RateLimit(Strict):
    """So many requests in each window of so many seconds, counted over the whole API."""

    requests: int = Field(ge=0)
    per_seconds: float = Field(gt=0)
    headers: bool = True
    retry_after: bool = True


class SettingsBody(Strict):
    """Only the keys that are sent change."""

    latency_ms: float = Field(default=0, ge=0)
    rate_limit: Optional[RateLimit] = None
    list_delay_reads: int = Field(default=0, ge=0)
    token_lifetime_seconds: float = Field(default=3600, ge=0)
