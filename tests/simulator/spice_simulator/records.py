# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of the store that know of no other."""

from dataclasses import dataclass, field
from typing import Any, Optional


@dataclass
class Pat:
    """A personal access token. Without ``org`` it acts in the first organization of its user."""

    token: str
    name: str
    user: str
    scopes: list[str]
    org: Optional[str] = None
    expired: bool = False


@dataclass
class Client:
    """An OAuth client, pinned to one organization."""

    client_id: str
    client_secret: str
    name: str
    org: str
    scopes: list[str]
    expired: bool = False


@dataclass
class Monitor:
    """An alert. Its targets hold the tokens of http targets."""

    id: str
    name: str
    template_id: str
    spec: dict[str, Any]
    targets: list[dict[str, Any]] = field(default_factory=list)
    description: Optional[str] = None
    status: str = "active"
    last_fired_ms: Optional[int] = None
    last_resolved_ms: Optional[int] = None
