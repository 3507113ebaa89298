# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of a monitor's body: its condition, and whom it tells. Rules: the vendor's skill for monitoring."""

import ipaddress
from typing import Annotated, Literal, Optional, Union
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from spice_simulator.strict import Strict

Ids = Annotated[list[int], Field(max_length=50)]
Severity = Literal["warn", "critical"]
Window = Literal["1m", "5m", "15m", "30m", "1h"]
Sustain = Annotated[int, Field(ge=0, le=86400)]


class MonitorSpec(Strict):
    """The condition; replaced as a whole."""

    op: Literal["GT", "GEQ", "LT", "LEQ", "EQ", "NEQ"]
    threshold: Union[int, float]
    window: Window = "5m"
    sustainSecs: Sustain = 0
    severity: Severity = "critical"
    includeDetails: bool = False
    dataset: Annotated[str, Field(min_length=1)] = ""
    datasets: Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=20)] = []


class EmailTarget(Strict):
    """People and addresses."""

    type: Literal["email"]
    emails: Annotated[list[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]], Field(max_length=20)] = []
    recipientUserIds: Ids = []


class SlackTarget(Strict):
    """A channel of the connected workspace, by id."""

    type: Literal["slack"]
    channelId: Annotated[str, Field(min_length=1)]


def public_address(text: str) -> str:
    """An https address of a public host. Raises ValueError."""
    parts = urlsplit(text)
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        raise ValueError("Expected an https address")
    try:
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith((".internal", ".local", ".localhost"))
    if not is_public:
        raise ValueError("Expected a public host")
    return text


class HttpTarget(Strict):
    """An endpoint. The token is written and never read."""

    type: Literal["http"]
    url: Annotated[str, AfterValidator(public_address)]
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    token: Annotated[str, Field(min_length=1)] = ""


Target = Annotated[Union[EmailTarget, SlackTarget, HttpTarget], Field(discriminator="type")]


def one_of_each(targets: list[Target]) -> list[Target]:
    """At most one target of a type. Raises ValueError."""
    if len({target.type for target in targets}) < len(targets):
        raise ValueError("At most one target of each type")
    return targets


Targets = Annotated[list[Target], Field(min_length=1, max_length=3), AfterValidator(one_of_each)]
MonitorName = Annotated[str, Field(min_length=1, max_length=255)]
Description = Optional[str]
