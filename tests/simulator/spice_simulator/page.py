# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page at ``/``."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from spice_simulator.requestlog import RequestLog
from spice_simulator.store import Store


def endpoint(store: Store, log: RequestLog) -> Any:
    """The web endpoint of the page."""

    async def run(_request: Request) -> Response:
        return HTMLResponse("<h1>Spice.ai Cloud simulator</h1>")

    return run
