# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Health and the API's own description; both need no token."""

from typing import Any

from spice_simulator import openapi
from spice_simulator.api import Call, route
from spice_simulator.clock import iso


@route("GET", "/v1/health", "Health of the API", answer="Health")
def health(call: Call) -> Any:
    """Always well."""
    return {"status": "ok", "timestamp": iso(call.store.clock.now())}


@route("GET", "/v1/docs", "OpenAPI document", answer="Document")
@route("GET", "/v1/docs/openapi.json", "OpenAPI document", answer="Document")
@route("GET", "/openapi.json", "OpenAPI document", answer="Document")
def docs(call: Call) -> Any:
    """The document, as an answer of its own: its nulls are never left out."""
    return openapi.response(call.store)
