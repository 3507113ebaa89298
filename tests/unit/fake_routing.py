# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a request finds its route in the fake cloud, and what a route gets to see of it. The routes: fake_routes.py."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.tests.unit import fake_bodies
from ansible_collections.spiceai.cloud.tests.unit.fake_bodies import Refusal, invalid

ROUTES = []


class Call(NamedTuple):
    """A request on its way: the cloud that answers, what the path and the query hold, the body as it came."""

    cloud: Any
    path: dict[str, str]
    query: dict[str, list[str]]
    raw: str | None

    def body(self, form):
        return fake_bodies.read(form, self.raw, self.cloud.strict)

    def number(self, name):
        """int: a part of the path. Raises Refusal."""
        if not self.path[name].isdigit():
            raise invalid(f"Invalid {name}", **{name: "Expected an integer"})
        return int(self.path[name])

    def app_id(self):
        """int: of an app that exists. Raises Refusal."""
        app_id = self.number("app_id")
        if app_id not in self.cloud.apps:
            raise Refusal(404, f"App with ID {app_id} not found")
        return app_id

    def query_number(self, name, default, greatest=None):
        """int: of the query; what is above the greatest is cut. Raises Refusal."""
        given = self.query.get(name, [str(default)])[0]
        if not given.isdigit() or (name != "offset" and not int(given) and name in self.query):
            raise invalid("Invalid query parameters", **{name: "Expected an integer"})
        return int(given) if greatest is None else min(int(given), greatest)

    def query_choice(self, name, choices):
        """str | None: of the query. Raises Refusal."""
        given = self.query.get(name, [None])[0]
        if given is not None and given not in choices:
            raise invalid("Invalid query parameters", **{name: "Expected one of " + ", ".join(choices)})
        return given


class Route(NamedTuple):
    method: str
    path: re.Pattern
    handler: Any
    is_open: bool  # needs no token


def route(method, path, is_open=False):
    """Adds a function to ROUTES. It takes a Call and gives (status, body); `{family}` is apps or projects."""
    pattern = path.replace("{family}", "(?P<family>apps|projects)")
    pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern))

    def add(handler):
        ROUTES.append(Route(method, pattern, handler, is_open))
        return handler

    return add


def find(cloud, method, path):
    """tuple: the Route and what its path holds. Raises Refusal when this cloud does not serve it."""
    matches = [(each, each.path.fullmatch(path)) for each in ROUTES]
    served = [(each, match.groupdict()) for each, match in matches if match]
    served = [(each, parts) for each, parts in served if parts.get("family") in (None, *cloud.routes)]
    if not served:
        raise Refusal(404, "Not found")
    for each, parts in served:
        if each.method == method:
            return each, parts
    raise Refusal(405, "Method not allowed")


def answer(cloud, method, path, query, raw, authorization):
    """tuple: the status and the body that the cloud answers with."""
    try:
        found, parts = find(cloud, method, path)
        if not found.is_open:
            check_token(cloud, authorization)
        return found.handler(Call(cloud, parts, query, raw))
    except Refusal as refusal:
        return refusal.answer


def check_token(cloud, authorization):
    if authorization is None:
        raise Refusal(401, "Missing Authorization header")
    if authorization not in {f"Bearer {token}" for token in cloud.tokens}:
        raise Refusal(401, "Invalid token format")


def as_response(status, body, headers=None):
    if body is None:
        return status, headers or {}, ""
    kind, text = ("text/plain", body) if isinstance(body, str) else ("application/json", json.dumps(body))
    return status, {"Content-Type": kind, **(headers or {})}, text
