# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controls under ``/_sim``: for tests, without credentials, never logged, never broken by a fault."""

import re
from collections.abc import Callable
from typing import Any, Literal, Optional

from fastapi import APIRouter
from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from spice_simulator import dump, seeding
from spice_simulator.api import json_response, parse_json, read_json
from spice_simulator.bodies import Strict
from spice_simulator.errors import ApiError, from_validation, invalid
from spice_simulator.faults import FaultBody, Faults
from spice_simulator.ratelimit import Window
from spice_simulator.requestlog import RequestLog
from spice_simulator.seeds import Seed
from spice_simulator.settings import SettingsBody
from spice_simulator.store import Store
from spice_simulator.switches import Switches

Seconds = float


class ResetBody(Strict):
    """Without a seed the one of the start is used again; without switches they are as at the start."""

    switches: Optional[Switches] = None
    seed: Optional[Seed] = None


class ClockBody(Strict):
    """Only the keys that are sent change; deployments that exist keep their phases."""

    mode: Literal["auto", "manual"] = "auto"
    queued_seconds: Seconds = Field(default=0, ge=0, le=1e9)
    in_progress_seconds: Seconds = Field(default=0, ge=0, le=1e9)
    dataset_ready_seconds: Seconds = Field(default=0, ge=0, le=1e9)


class AdvanceBody(Strict):
    """How far to move on."""

    seconds: Seconds = Field(ge=0, le=1e9)


class Outcome(Strict):
    """The scripted course of one coming deployment; ``in_progress`` is a rollout that never ends."""

    status: Literal["succeeded", "failed", "in_progress"] = "succeeded"
    error_message: Optional[str] = None
    error_code: Optional[str] = None
    healable_code: Optional[str] = None
    healable_message: Optional[str] = None
    queued_seconds: Optional[Seconds] = Field(default=None, ge=0, le=1e9)
    in_progress_seconds: Optional[Seconds] = Field(default=None, ge=0, le=1e9)
    dataset_ready_seconds: Optional[Seconds] = Field(default=None, ge=0, le=1e9)
    log: Optional[list[str]] = None
    log_after_seconds: Optional[Seconds] = Field(default=None, ge=0, le=1e9)
    offline: Optional[bool] = None


_OUTCOMES = TypeAdapter(list[Outcome])


class Control:
    """All controls over one simulator."""

    def __init__(
        self, store: Store, log: RequestLog, faults: Faults, window: Window, first_seed: Optional[Seed]
    ) -> None:
        self.store, self.log, self.faults, self.window, self.first_seed = store, log, faults, window, first_seed

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/_sim")
        table: tuple[tuple[str, str, Callable[[Request], Any]], ...] = (
            ("GET", "/requests", self.requests),
            ("DELETE", "/requests", self.clear_requests),
            ("POST", "/reset", self.reset),
            ("GET", "/state", self.state),
            ("POST", "/seed", self.seed),
            ("GET", "/clock", self.clock),
            ("PUT", "/clock", self.set_clock),
            ("POST", "/clock/advance", self.advance),
            ("GET", "/outcomes", self.outcomes),
            ("PUT", "/outcomes", self.set_outcomes),
            ("GET", "/faults", self.list_faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/settings", self.settings),
            ("PUT", "/settings", self.set_settings),
            ("GET", "/switches", self.switches),
            ("PUT", "/switches", self.set_switches),
        )
        for method, path, handler in table:
            router.add_api_route(path, _endpoint(handler), methods=[method])
        return router

    def requests(self, request: Request) -> Any:
        """The request log, filtered."""
        query = request.query_params
        writes = query.get("writes", "false")
        if writes not in ("true", "false"):
            raise invalid("writes", "Expected true or false")
        try:
            return {"requests": self.log.show(query.get("method"), query.get("path_regex"), writes == "true")}
        except re.error as failure:
            raise invalid("path_regex", str(failure)) from failure

    def clear_requests(self, _request: Request) -> Any:
        """Empty the log."""
        self.log.clear()

    def reset(self, request: Request) -> Any:
        """Back to the seed: no faults, no log, default settings, switches and clock."""
        body = _read(request, ResetBody)
        seed = body.seed or self.first_seed
        try:
            made = seeding.start(self.store, seed)
        except seeding.SeedError as failure:
            seeding.start(self.store, self.first_seed)
            raise invalid("seed", str(failure)) from failure
        self.faults.reset()
        self.log.reset()
        self.window.reset()
        if body.switches:
            self._switch(body.switches)
        return made

    def state(self, _request: Request) -> Any:
        """The whole store."""
        return dump.state(self.store)

    def seed(self, request: Request) -> Any:
        """Add to what is there."""
        try:
            return seeding.merge(self.store, _read(request, Seed))
        except seeding.SeedError as failure:
            raise invalid(None, str(failure), "Invalid seed") from failure

    def clock(self, _request: Request) -> Any:
        """The clock as it stands."""
        return self.store.clock.show()

    def set_clock(self, request: Request) -> Any:
        """Change the mode and the phases of coming deployments."""
        given = _read(request, ClockBody).model_dump(exclude_unset=True)
        mode = given.pop("mode", None)
        self.store.clock.phases.update(given)
        if mode:
            self.store.clock.set_mode(mode)
        return self.store.clock.show()

    def advance(self, request: Request) -> Any:
        """Move the clock on."""
        self.store.clock.advance(_read(request, AdvanceBody).seconds)
        return self.store.clock.show()

    def outcomes(self, _request: Request) -> Any:
        """The scripts that are not used up."""
        return self.store.outcomes

    def set_outcomes(self, request: Request) -> Any:
        """Replace the scripts of the next deployments."""
        try:
            given = _OUTCOMES.validate_python(parse_json(request.scope["sim.body"]))
        except ValidationError as failure:
            raise from_validation(failure) from failure
        except ValueError as failure:
            raise invalid(None, f"The body is not valid JSON: {failure}") from failure
        self.store.outcomes = [one.model_dump(exclude_none=True) for one in given]
        return self.store.outcomes

    def list_faults(self, _request: Request) -> Any:
        """All orders with their counters."""
        return {"faults": [fault.show() for fault in self.faults.orders]}

    def add_fault(self, request: Request) -> Any:
        """Take an order."""
        return self.faults.add(_read(request, FaultBody)).show()

    def clear_faults(self, _request: Request) -> Any:
        """Cancel all orders."""
        self.faults.reset()

    def settings(self, _request: Request) -> Any:
        """The settings."""
        return self.store.settings.show()

    def set_settings(self, request: Request) -> Any:
        """Change the settings that are sent."""
        body = _read(request, SettingsBody)
        for name, value in body.model_dump(exclude_unset=True).items():
            if name == "rate_limit" and value is not None:
                assert body.rate_limit is not None
                value = body.rate_limit.model_dump()
            setattr(self.store.settings, name, value)
        if "rate_limit" in body.model_fields_set:
            self.window.reset()
        return self.store.settings.show()

    def switches(self, _request: Request) -> Any:
        """The switches."""
        return self.store.switches.model_dump()

    def set_switches(self, request: Request) -> Any:
        """Change the switches that are sent."""
        self._switch(_read(request, Switches))
        return self.store.switches.model_dump()

    def _switch(self, given: Switches) -> None:
        for name, value in given.model_dump(exclude_unset=True).items():
            setattr(self.store.switches, name, value)


def _read(request: Request, model: Any) -> Any:
    raw = request.scope["sim.body"] or b"{}"
    # Controls are typed by hand with curl, so the content type is not asked for.
    return model.model_validate(read_json(raw, "application/json", model))


def _endpoint(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def run(request: Request) -> Response:
        try:
            result = handler(request)
        except ApiError as failure:
            return json_response(failure.body(), failure.status)
        return Response(status_code=204) if result is None else json_response(result)

    return run
