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

from spice_simulator import deployments, names
from spice_simulator.api import json_response, parse_json
from spice_simulator.spicepod import components
from spice_simulator.store import App, Deployment, Store

_TABLE = rf"(?P<table>(?:{names.IDENTIFIER})(?:\.(?:{names.IDENTIFIER}))*)"
_COUNT = re.compile(
    rf"select count\(\*\)(?P<any> > 0)?(?: as (?P<alias>\w+))? from {_TABLE}",
    re.IGNORECASE,
)
_ROWS = re.compile(rf"select \* from {_TABLE}(?: limit (?P<limit>\d{{1,6}}))?", re.IGNORECASE)
JSON_TYPE, SQL_TYPE = "application/json", "application/vnd.spiceai.sql.v1+json"
KINDS = ("datasets", "models", "views")
# Every dataset holds the same few rows: the simulator proves readiness, not queries.
ROWS = [{"id": number} for number in (1, 2, 3)]


class Refused(Exception):
    """An answer other than 200, in plain text as the runtime gives it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.response = PlainTextResponse(text, status)


def _key_given(request: Request) -> str:
    """The key of the request. ``X-API-Key`` comes first, and only without it ``Authorization: Bearer`` counts."""
    scheme, dummy, token = request.headers.get("authorization", "").partition(" ")
    return request.headers.get("x-api-key") or (token if scheme.lower() == "bearer" else "")


def _key_used(app: App, request: Request) -> int:
    given = _key_given(request)
    for number, key in ((1, app.api_key), (2, app.api_key_2)):
        if key is not None and given == key:
            return number
    raise Refused(401, "Unauthorized")


def deployment_of(store: Store, app: App) -> Optional[Deployment]:
    """The deployment that serves at the app's address; None while the app is paused or nothing is deployed there."""
    deployment = deployments.running(app, store.clock.now())
    # A deployment made before a move serves elsewhere: the new place needs one of its own.
    moved = deployment is not None and deployment.took["config"]["cluster_name"] != app.cluster_name
    return None if app.paused_ms is not None or moved else deployment


def serving(store: Store, request: Request) -> tuple[App, Deployment]:
    """The app behind the address and the deployment that serves. Raises Refused."""
    text = request.path_params["app_id"]
    app = store.app(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if app is None or app.standalone or request.path_params.get("cluster") != app.cluster_name:
        raise Refused(404, "Not found")
    number = _key_used(app, request)
    request.scope["sim.entry"].credential = f"key {number} of {app.name}"
    request.scope["sim.entry"].org = store.org_by_id(app.org_id).name
    deployment = deployment_of(store, app)
    offers, last = store.switches.runtime_offers, request.url.path.rpartition("/")[2]
    if offers == "nothing" or (offers == "no_datasets" and last == "datasets"):
        raise Refused(501, "Not implemented")
    if deployment is None:
        raise Refused(503, "Not deployed")
    return app, deployment


def parts(store: Store, app: App, deployment: Deployment, kind: str) -> list[dict[str, Any]]:
    """Datasets, models or views with their status by now, by the names that the spicepod gives them."""
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
    states = [part["status"] for kind in KINDS for part in parts(store, app, deployment, kind)]
    if "Initializing" in states:
        raise Refused(503, "not ready")
    return PlainTextResponse("ready")


def datasets(store: Store, request: Request) -> Response:
    """The datasets, each by the name that the runtime writes; one that names a catalog is not loaded."""
    app, deployment = serving(store, request)
    with_status = request.query_params.get("status") == "true"
    found = []
    for part in parts(store, app, deployment, "datasets"):
        name = names.dataset_name(part["name"])
        if name is not None:
            state = ("status", "error_message") if with_status else ()
            found.append({"from": part["from"], "name": names.written(name), **{key: part[key] for key in state}})
    return json_response(found)


def models(store: Store, request: Request) -> Response:
    """The models in the form of OpenAI's API; without ``status=true`` the status is null."""
    app, deployment = serving(store, request)
    with_status = request.query_params.get("status") == "true"
    found = [
        {
            "id": part["name"],
            "object": "model",
            "owned_by": part["from"],
            "datasets": None,
            "status": part["status"] if with_status else None,
        }
        for part in parts(store, app, deployment, "models")
    ]
    return json_response({"object": "list", "data": found})


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


def one_line(query: str) -> str:
    """A query without needless spaces and a last semicolon."""
    return " ".join(query.split()).rstrip("; ")


def plain(query: str) -> str:
    """A query as it is looked up: without regard to case, too."""
    return one_line(query).lower()


def _scripted(app: App, store: Store, query: str) -> Optional[Any]:
    for known in (app.sql, store.sql):
        for text, rows in known.items():
            if plain(text) == plain(query):
                return rows
    return None


def tables(store: Store, app: App, deployment: Deployment) -> set[names.Parts]:
    """The full names of the datasets and views that can be asked."""
    loaded = [part for kind in ("datasets", "views") for part in parts(store, app, deployment, kind)]
    found = [names.dataset_name(part["name"]) for part in loaded if part["status"] == "Ready"]
    return {names.full(name) for name in found if name is not None}


def _rows_of(known: set[names.Parts], query: str) -> list[dict[str, Any]]:
    count, some = _COUNT.fullmatch(query), _ROWS.fullmatch(query)
    found = count or some
    if not found:
        raise Refused(400, "The simulator has no answer seeded for this query")
    name = names.parts_of(found["table"])
    if names.full(name) not in known:
        raise Refused(400, f"Error during planning: table '{names.written(names.full(name))}' not found")
    if count:
        column = count["alias"] or ("count(*) > Int64(0)" if count["any"] else "count(*)")
        return [{column: bool(ROWS) if count["any"] else len(ROWS)}]
    limit = found["limit"]
    return ROWS[: int(limit)] if limit is not None else ROWS


def sql(store: Store, request: Request) -> Response:
    """Rows of a seeded query, or of a simple one on a dataset or view that is ready; else 400."""
    app, deployment = serving(store, request)
    query = one_line(_query_text(request))
    rows = _scripted(app, store, query)
    if rows is None:
        rows = _rows_of(tables(store, app, deployment), query)
    return _answer(store, request, rows)


def accepted(request: Request, *kinds: str) -> str:
    """The first media type in ``Accept`` that is one of these; else JSON."""
    given = [one.split(";")[0].strip().lower() for one in request.headers.get("accept", "").split(",")]
    return next((one for one in given if one in (JSON_TYPE, *kinds)), JSON_TYPE)


def enveloped(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows with their number and schema."""
    fields = [_field(rows, column) for column in dict.fromkeys(key for row in rows for key in row)]
    return {"row_count": len(rows), "schema": {"fields": fields, "metadata": {}}, "data": rows}


def _answer(store: Store, request: Request, rows: list[dict[str, Any]]) -> Response:
    """Rows in the form that the request accepts."""
    if accepted(request, SQL_TYPE) == SQL_TYPE:
        return json_response({**enveloped(rows), "execution_time_ms": 1})
    if store.switches.sql_rows == "envelope":
        columns = dict.fromkeys(key for row in rows for key in row)
        schema = [{"name": column, "type": {"name": _type_of(rows, column)}} for column in columns]
        return json_response({"rowCount": len(rows), "schema": schema, "rows": rows})
    return json_response(rows)


def _type_of(rows: list[dict[str, Any]], column: str) -> str:
    value = next((row[column] for row in rows if row.get(column) is not None), "")
    if isinstance(value, bool):
        return "Boolean"
    return "Int64" if isinstance(value, int) else "Float64" if isinstance(value, float) else "Utf8"


def _field(rows: list[dict[str, Any]], column: str) -> dict[str, Any]:
    kind = _type_of(rows, column)
    return {
        "name": column,
        "data_type": kind,
        "nullable": True,
        "dict_id": 0,
        "dict_is_ordered": False,
        "metadata": {},
    }


ROUTES = (
    ("GET", "/v1/ready", ready),
    ("GET", "/v1/datasets", datasets),
    ("GET", "/v1/models", models),
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
