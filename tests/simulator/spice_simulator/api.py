# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The register of routes, and the steps that every API request goes through.

A route module only declares: method, path, scope, body, and a plain function. The function runs without waiting, so
each request is one undivided step even when many arrive at once. The same register makes the OpenAPI document.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from spice_simulator import answers, auth, bodies
from spice_simulator.errors import ApiError, from_validation, invalid, invalid_query
from spice_simulator.store import App, Organization, Store

FAMILIES = ("apps", "projects")


@dataclass
class Route:
    """One operation of the API. ``role`` is the lowest role that may use it; no ``scope`` means no token."""

    method: str
    path: str
    handler: Callable[["Call"], Any]
    summary: str
    scope: Optional[str] = None
    role: str = "viewer"
    body: Optional[str] = None
    body_required: bool = True
    answer: Optional[str] = None
    status: int = 200
    switch: Optional[str] = None
    query: dict[str, Callable[[Store], Optional[dict[str, Any]]]] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    family: Optional[str] = None

    def available(self, store: Store) -> bool:
        """Whether the switches have this route."""
        needed = [self.switch, self.family and f"{self.family}_routes"]
        return all(getattr(store.switches, name) for name in needed if name)


ROUTES: list[Route] = []


def route(method: str, path: str, summary: str, **more: Any) -> Callable[[Callable[["Call"], Any]], Any]:
    """Register a function; ``{family}`` in the path makes it a route of apps and of projects."""

    def register(handler: Callable[["Call"], Any]) -> Callable[["Call"], Any]:
        if "{family}" not in path:
            ROUTES.append(Route(method, path, handler, summary, **more))
            return handler
        for family in FAMILIES:
            ROUTES.append(Route(method, path.replace("{family}", family), handler, summary, family=family, **more))
        return handler

    return register


@dataclass
class Call:
    """One request on its way through a handler."""

    store: Store
    route: Route
    request: Request
    identity: auth.Identity
    organization: Optional[Organization]

    @property
    def org(self) -> Organization:
        """The organization; a user that belongs to none gets a 403."""
        if self.organization is None:
            raise ApiError(403, "You are not a member of any organization", "org_forbidden")
        return self.organization

    def body(self) -> dict[str, Any]:
        """The checked body: only the keys that were sent, under the API's own names."""
        assert self.route.body is not None
        raw = self.request.scope["sim.body"]
        if not raw and not self.route.body_required:
            return {}
        return read_json(raw, self.request.headers.get("content-type"), bodies.model(self.route.body))

    def number(self, name: str) -> int:
        """A path parameter that must be a whole number: 400 otherwise."""
        text = self.request.path_params[name]
        # The length is bounded since Python refuses to read numbers of thousands of digits.
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise invalid(name, "Expected an integer", f"Invalid {name}")
        return int(text)

    def app(self) -> App:
        """The app of the path; one of another organization is not there."""
        app_id = self.number("app_id")
        app = self.store.app(app_id)
        if app is None or app.org_id != self.org.id:
            raise ApiError(404, f"App with ID {app_id} not found")
        return app

    def query_number(self, name: str, default: int, greatest: Optional[int], lowest: int = 1) -> int:
        """A whole number of the query; too large a ``limit`` is cut silently unless a switch says otherwise."""
        text = self.request.query_params.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 19) or int(text) < lowest:
            raise invalid_query(name, f"Expected an integer of at least {lowest}")
        value = int(text)
        if greatest is not None and value > greatest:
            if self.store.switches.limit_over_max == "reject":
                raise invalid_query(name, f"Expected at most {greatest}")
            return greatest
        return value

    def query_choice(self, name: str, choices: tuple[str, ...]) -> Optional[str]:
        """A value of the query out of a few."""
        value = self.request.query_params.get(name)
        if value is not None and value not in choices:
            raise invalid_query(name, f"Expected one of {', '.join(choices)}")
        return value


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def parse_json(raw: bytes) -> Any:
    """Read strict JSON in UTF-8. Raises ValueError."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as failure:
        raise ValueError("nested too deeply") from failure


def read_json(raw: bytes, content_type: Optional[str], model: type[bodies.Strict]) -> dict[str, Any]:
    """Check a JSON body against a model and give the keys that were sent. Raises the API's 400."""
    if (content_type or "").split(";")[0].strip().lower() != "application/json":
        raise invalid(None, "Content-Type must be application/json")
    try:
        data = parse_json(raw)
    except ValueError as failure:
        raise invalid(None, f"The body is not valid JSON: {failure}", "Invalid JSON body") from failure
    if not isinstance(data, dict):
        raise invalid(None, "Expected a JSON object")
    if _not_finite(data):
        raise invalid(None, "A number is out of range", "Invalid JSON body")
    try:
        return model.model_validate(data).model_dump(exclude_unset=True, by_alias=True)
    except ValidationError as failure:
        raise from_validation(failure) from failure


def _not_finite(value: Any) -> bool:
    # "1e999" is well-formed JSON that Python reads as infinity, which no answer could carry.
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return True
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return False


def json_response(payload: Any, status: int = 200, headers: Optional[dict[str, str]] = None) -> Response:
    """A JSON answer. Lone surrogates, which JSON can carry, are written as escapes."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False)
    return Response(text, status, headers, media_type="application/json")


def error_response(store: Store, failure: ApiError) -> Response:
    """An error; not every one has a code, so a switch leaves all of them out."""
    return json_response(failure.body(store.switches.error_codes), failure.status, failure.headers)


Answer = Union[dict[str, Any], tuple[int, Any], Response, None]


def endpoint(store: Store, one: Route) -> Callable[[Request], Any]:
    """The web endpoint of a route: availability, credential, organization, scope, role, then the handler."""

    async def run(request: Request) -> Response:
        try:
            return _answer(store, one, request)
        except ApiError as failure:
            return error_response(store, failure)

    return run


def _answer(store: Store, one: Route, request: Request) -> Response:
    if not one.available(store):
        raise ApiError(404, "Not found")
    identity: auth.Identity = request.scope["sim.identity"]
    org = None
    if one.scope:
        if identity.failure:
            raise identity.failure
        org = auth.choose_org(store, identity, request.headers)
        auth.need_scope(identity, one.scope)
        if org:
            auth.need_role(identity, org, one.role)
    result = one.handler(Call(store, one, request, identity, org))
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    return json_response(answers.without_nulls(result) if store.switches.absent_nulls else result, one.status)
