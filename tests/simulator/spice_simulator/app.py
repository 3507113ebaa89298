# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts the parts together into one ASGI application."""

import traceback
from typing import Optional

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from spice_simulator import page, questions, routes, runtime, seeding
from spice_simulator.api import endpoint, json_response
from spice_simulator.control import Control
from spice_simulator.faults import Faults
from spice_simulator.gate import Gate
from spice_simulator.ratelimit import Window
from spice_simulator.requestlog import RequestLog
from spice_simulator.seeds import Seed
from spice_simulator.store import Store


async def _http_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    text = {404: "Not found", 405: "Method not allowed"}.get(failure.status_code, failure.detail)
    return json_response({"error": text}, failure.status_code, dict(failure.headers or {}))


async def _crash(_request: Request, failure: Exception) -> Response:
    # A fault of the simulator itself must be seen, never taken for one that was ordered.
    traceback.print_exception(failure)
    return json_response({"error": f"The simulator is broken: {failure!r}"}, 500)


def build(store: Store, seed: Optional[Seed] = None) -> ASGIApp:
    """The whole simulator over a store, which is filled with the seed. Raises SeedError."""
    seeding.start(store, seed)
    log, faults, window = RequestLog(), Faults(), Window()
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _crash)
    for one in routes.registered():
        app.add_api_route(one.path, endpoint(store, one), methods=[one.method], response_model=None)
    for method, path, handler in (*runtime.ROUTES, *questions.ROUTES):
        for prefix in ("/runtime/{app_id}", "/runtime/{cluster}/{app_id}"):
            app.add_api_route(prefix + path, runtime.endpoint(store, handler), methods=[method], response_model=None)
    app.include_router(Control(store, log, faults, window, seed).router())
    app.add_api_route("/", page.endpoint(store, log, faults), methods=["GET"], response_model=None)
    return Gate(app, store, log, faults, window)
