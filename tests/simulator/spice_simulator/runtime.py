# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runtime side of an app: readiness, datasets, models and small SQL answers behind its API key.

An app answers at its endpoint, ``/runtime/<id>`` (on a dedicated cluster ``/runtime/<cluster>/<id>``), and shows what
its last successful deployment took, not what is configured by now.
"""

import re
from typing import Any, Optional

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from spice_simulator import deployments
from spice_simulator.api import json_response, parse_json
from spice_simulator.spicepod import components
from spice_simulator.store import App, Deployment, Store

_COUNT = re.compile(r"select count\(\*\)(?P<any> > 0)?(?: as (?P<alias>\w+))? from (?P<table>[\w.\"]+)", re.IGNORECASE)
_ROWS = re.compile(r"select \* from (?P<table>[\w.\"]+)(?: limit (?P<limit>\d{1,6}))?", re.IGNORECASE)
# Every dataset holds the same few rows: the simulator proves readiness, not queries.
ROWS = [{"id": number} for number in (1, 2, 3)]


class Refused(Exception):
    """An answer other than 200, in plain text as the runtime gives it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.response = PlainTextResponse(text, status)


def _key_used(app: App, request: Request) -> int:
    given = request.headers.get("x-api-key")
    for number, key in ((1, app.api_key), (2, app.api_key_2)):
        if key is not None and given == key:
            return number
    raise Refused(401, "Unauthorized")


def serving(store: Store, request: Request) -> tuple[App, Deployment]:
    """The app behind the address and the deployment that serves. Raises Refused."""
    text = request.path_params["app_id"]
    app = store.app(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if app is None or app.standalone or request.path_params.get("cluster") != app.cluster_name:
        raise Refused(404, "Not found")
    number = _key_used(app, request)
    request.scope["sim.entry"].credential = f"key {number} of {app.name}"
    request.scope["sim.entry"].org = store.org_by_id(app.org_id).name
    deployment = deployments.running(app, store.clock.now())
    # A deployment made before a move serves elsewhere: the new place needs one of its own.
    if app.paused_ms is not None or deployment is None or deployment.took["config"]["cluster_name"] != app.cluster_name:
        raise Refused(503, "Not deployed")
    return app, deployment


def parts(store: Store, app: App, deployment: Deployment, kind: str) -> list[dict[str, Any]]:
    """Datasets or models with their status by now."""
    wait = deployment.outcome.get("dataset_ready_seconds", store.clock.phases["dataset_ready_seconds"])
    loaded = store.clock.now() >= deployment.ends_ms + round(wait * 1000)
    errors = {**store.dataset_errors, **app.dataset_errors}
    found = []
    for part in components(deployment.took["config"]["spicepod"], kind):
        error = errors.get(part["name"])
        status = "Initializing" if not loaded else "Error" if error is not None else "Ready"
        found.append({**part, "status": status, "error_message": error if status == "Error" else None})
    return found


def ready(store: Store, request: Request) -> Response:
    """``ready`` once nothing is loading any more; a dataset in error does not hold it back."""
    app, deployment = serving(store, request)
    states = parts(store, app, deployment, "datasets") + parts(store, app, deployment, "models")
    if any(part["status"] == "Initializing" for part in states):
        raise Refused(503, "not ready")
    return PlainTextResponse("ready")


def _list(kind: str) -> Any:
    def show(store: Store, request: Request) -> Response:
        app, deployment = serving(store, request)
        found = parts(store, app, deployment, kind)
        if request.query_params.get("status") != "true":
            found = [{"name": part["name"], "from": part["from"]} for part in found]
        return json_response(found)

    return show


def _query_text(request: Request) -> str:
    raw = request.scope["sim.body"]
    kind = request.headers.get("content-type", "text/plain").split(";")[0].strip().lower()
    try:
        if kind != "application/json":
            return str(raw.decode("utf-8"))
        data = parse_json(raw)
    except ValueError as failure:
        raise Refused(400, f"Invalid body: {failure}") from failure
    if not isinstance(data, dict) or not isinstance(data.get("sql"), str):
        raise Refused(400, 'Expected {"sql": "...", "parameters": []}')
    if not isinstance(data.get("parameters"), list):
        raise Refused(400, "missing field `parameters`")
    return str(data["sql"])


def plain(query: str) -> str:
    """A query as it is looked up: without regard to case, spaces and a last semicolon."""
    return " ".join(query.split()).rstrip("; ").lower()


def _scripted(app: App, store: Store, query: str) -> Optional[Any]:
    for known in (app.sql, store.sql):
        for text, rows in known.items():
            if plain(text) == query:
                return rows
    return None


def sql(store: Store, request: Request) -> Response:
    """Rows of a seeded query, or of a simple one on a dataset that is ready; else 400."""
    app, deployment = serving(store, request)
    query = plain(_query_text(request))
    rows = _scripted(app, store, query)
    if rows is not None:
        return json_response(rows)
    tables = {part["name"].lower(): part["status"] for part in parts(store, app, deployment, "datasets")}
    count, some = _COUNT.fullmatch(query), _ROWS.fullmatch(query)
    found = count or some
    if not found:
        raise Refused(400, "The simulator has no answer seeded for this query")
    table = found["table"].replace('"', "")
    if tables.get(table) != "Ready":
        raise Refused(400, f"Error during planning: table '{table}' not found")
    if count:
        name = count["alias"] or ("count(*) > Int64(0)" if count["any"] else "count(*)")
        return json_response([{name: bool(ROWS) if count["any"] else len(ROWS)}])
    limit = found["limit"]
    return json_response(ROWS[: int(limit)] if limit is not None else ROWS)


ROUTES = (
    ("GET", "/v1/ready", ready),
    ("GET", "/v1/datasets", _list("datasets")),
    ("GET", "/v1/models", _list("models")),
    ("POST", "/v1/sql", sql),
)


def endpoint(store: Store, handler: Any) -> Any:
    """The web endpoint of one runtime route."""

    async def run(request: Request) -> Response:
        try:
            answer: Response = handler(store, request)
        except Refused as refusal:
            return refusal.response
        return answer

    return run
