# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches, questions that become SQL, and chat, behind an app's API key.

The answers are seeded, or the same at every look; no model is there. Source of the forms: the runtime's own source
code and the vendor's client libraries.
"""

from typing import Any, Optional

from starlette.requests import Request
from starlette.responses import Response

from spice_simulator import names
from spice_simulator.api import json_response, parse_json
from spice_simulator.runtime import ROWS, Refused, accepted, enveloped, one_line, parts, serving, tables
from spice_simulator.store import App, Deployment, Store

NSQL_TYPE = "application/vnd.spiceai.nsql.v1+json"


def _body(request: Request, **needed: type) -> dict[str, Any]:
    """The JSON of a request with these fields, each of this type. Raises Refused."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "Expected request with `Content-Type: application/json`")
    try:
        data = parse_json(request.scope["sim.body"])
    except ValueError as failure:
        raise Refused(400, f"Failed to parse the request body as JSON: {failure}") from failure
    for name, wanted in needed.items():
        if not isinstance(data, dict) or not isinstance(data.get(name), wanted):
            raise Refused(422, f"Failed to deserialize the JSON body into the target type: missing field `{name}`")
    found: dict[str, Any] = data
    return found


def _seeded(store: Store, app: App, kind: str, asked: str) -> Optional[tuple[Any]]:
    """What a seed answers, in a tuple because null is an answer too; None where it says nothing."""
    for known in (app.answers, store.answers):
        for text, answer in known.get(kind, {}).items():
            if one_line(text).lower() == one_line(asked).lower():
                return (answer,)
    return None


def _check_model(store: Store, app: App, deployment: Deployment, wanted: Optional[str]) -> str:
    """The model that answers: the one that is asked for, else the first. Raises Refused."""
    ready = [one["name"] for one in parts(store, app, deployment, "models") if one["status"] == "Ready"]
    if wanted is None and ready:
        return str(ready[0])
    if wanted not in ready:
        raise Refused(404, f"model '{wanted or 'nql'}' not found")
    return str(wanted)


def _places(store: Store, app: App, deployment: Deployment, given: Any) -> list[str]:
    """The datasets to look in, as the runtime writes their names: those given, or all. Raises Refused."""
    there = tables(store, app, deployment)
    wanted = sorted(there)
    if given is not None:
        wanted = [names.full(names.dataset_name(text) or ()) for text in given]
        for text, name in zip(given, wanted, strict=True):
            if name not in there:
                raise Refused(400, f"Data source {text} does not exist")
    beginning = (names.CATALOG, names.SCHEMA)
    return [names.written(name[2:] if name[:2] == beginning else name) for name in wanted]


def search(store: Store, request: Request) -> Response:
    """What a search finds: what is seeded, else one row of every dataset that is looked in."""
    app, deployment = serving(store, request)
    data = _body(request, text=str)
    places = _places(store, app, deployment, data.get("datasets"))
    seeded = _seeded(store, app, "search", data["text"])
    found = [
        {"matches": {"id": row["id"]}, "data": {}, "primary_key": row, "score": 0.5, "dataset": place}
        for place in places
        for row in ROWS[:1]
    ]
    if seeded is not None:
        found = seeded[0]
    return json_response({"results": found[: data.get("limit") or 10], "duration_ms": 1})


def nsql(store: Store, request: Request) -> Response:
    """The rows of a seeded question, else how many rows there are in the first dataset that it names."""
    app, deployment = serving(store, request)
    data = _body(request, query=str)
    _check_model(store, app, deployment, data.get("model"))
    seeded = _seeded(store, app, "nsql", data["query"])
    rows: Any = None if seeded is None else seeded[0]
    named = [name[-1] for name in sorted(tables(store, app, deployment)) if name[-1] in data["query"].lower()]
    if rows is None:
        if not named:
            raise Refused(400, "The simulator has no answer seeded for this question")
        rows = [{"count": len(ROWS)}]
    if accepted(request, NSQL_TYPE) == NSQL_TYPE:
        return json_response({**enveloped(rows), "sql": f"SELECT count(*) AS count FROM {named[0] if named else 't'}"})
    return json_response(rows)


def chat(store: Store, request: Request) -> Response:
    """An answer in the form of OpenAI's API, as a whole: a seeded one, else the question once more."""
    app, deployment = serving(store, request)
    data = _body(request, model=str, messages=list)
    if data.get("stream"):
        raise Refused(400, "The simulator does not stream answers")
    model = _check_model(store, app, deployment, data["model"])
    last = data["messages"][-1] if data["messages"] else {}
    asked = last.get("content") if isinstance(last, dict) else None
    if not isinstance(asked, str):
        raise Refused(400, "`messages` must end with a message of the user")
    seeded = _seeded(store, app, "chat", asked)
    answer = f"You asked: {asked}" if seeded is None else seeded[0]
    choice = {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}
    return json_response(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": store.clock.now() // 1000,
            "model": model,
            "choices": [choice],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    )


ROUTES = (
    ("POST", "/v1/search", search),
    ("POST", "/v1/nsql", nsql),
    ("POST", "/v1/chat/completions", chat),
)
