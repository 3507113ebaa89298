# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that a test orders for coming requests (``POST /_sim/faults``)."""

import re
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field, model_validator

from spice_simulator.bodies import Strict

Status = Annotated[int, Field(ge=100, le=599)]


class FaultBody(Strict):
    """An order. Which of the further keys count depends on the kind."""

    name: Optional[str] = None
    method: Optional[str] = None
    path: str = ""
    kind: Literal[
        "reset_before",
        "reset_after",
        "status_before",
        "status_after",
        "html",
        "rate_limit",
        "truncated",
        "delay",
        "expire_token",
        "redirect",
    ]
    times: Annotated[int, Field(ge=0)] = 1
    skip: Annotated[int, Field(ge=0)] = 0
    status: Optional[Status] = None
    body: Any = None
    content_type: Optional[str] = None
    headers: dict[str, str] = {}
    retry_after: Union[int, float, str, None] = None
    seconds: Annotated[float, Field(ge=0)] = 1
    when: Literal["before", "after"] = "before"
    location: Optional[str] = None

    @model_validator(mode="after")
    def _complete(self) -> "FaultBody":
        try:
            re.compile(self.path)
        except re.error as failure:
            raise ValueError(f"path is not a regular expression: {failure}") from failure
        if self.kind == "redirect" and not self.location:
            raise ValueError("redirect needs a location")
        if isinstance(self.retry_after, str) and not re.fullmatch(r"date:-?[0-9]+(\.[0-9]+)?", self.retry_after):
            raise ValueError("retry_after must be a number of seconds, 'date:<seconds>' or null")
        for key, value in self.headers.items():
            if not re.fullmatch(r"[A-Za-z0-9-]+", key) or not value.isascii() or not value.isprintable():
                raise ValueError(f"'{key}' is not a sound header")
        return self


class Fault:
    """An order with its counters."""

    def __init__(self, number: int, order: FaultBody) -> None:
        self.order = order
        self.name = order.name or f"{order.kind}-{number}"
        self.matched = 0
        self.fired = 0
        self._path = re.compile(order.path)

    def takes(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts matches, and lets the first ``skip`` of them pass."""
        if self.order.times and self.fired >= self.order.times:
            return False
        if (self.order.method and self.order.method.upper() != method) or not self._path.search(path):
            return False
        self.matched += 1
        if self.matched <= self.order.skip:
            return False
        self.fired += 1
        return True

    def show(self) -> dict[str, Any]:
        """What ``GET /_sim/faults`` tells."""
        return {
            **self.order.model_dump(exclude_unset=True),
            "name": self.name,
            "times": self.order.times,
            "skip": self.order.skip,
            "matched": self.matched,
            "fired": self.fired,
        }


class Faults:
    """All orders, in the order they came; the first one that takes a request wins."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Cancel all."""
        self.orders: list[Fault] = []
        self._number = 0

    def add(self, order: FaultBody) -> Fault:
        """Take an order."""
        self._number += 1
        fault = Fault(self._number, order)
        self.orders.append(fault)
        return fault

    def match(self, method: str, path: str) -> Optional[Fault]:
        """The fault that hits this request."""
        return next((fault for fault in self.orders if fault.takes(method, path)), None)
