# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app serves, over HTTP: its runtime behind the app's API key.

Source: Spice.ai Cloud documentation, runtime API: ready, datasets, models, sql, nsql, search, chat. By the runtime's
source code the models come in the envelope of OpenAI's API: ``{"object": "list", "data": [{"id", "owned_by",
"status"}]}``, and so does the answer of a chat. Rows come as a list, or as ``{"data": [...]}``, the runtime's own media
type, and what a search finds as ``{"results": [...]}``. By the vendor's JavaScript client the shared endpoint answers
``{"rows": [...]}``. By issues of 2026 the address of a standalone or self-hosted app answers 501.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, UnexpectedAnswer
from ansible_collections.spiceai.cloud.plugins.module_utils._http.runtime import RuntimeClient

NOT_SERVING = 503  # nothing is deployed there, or it still loads
NOT_OFFERED = 501  # of a standalone or self-hosted app: Spice.ai Cloud does not ask its runtime

JSON = (list, dict)  # what an answer may be
ENVELOPES = ("data", "rows", "results")  # words under which an envelope holds the items
MODEL_FIELDS = {"name": "id", "from": "owned_by"}

Row = dict[str, Any]


class Runtime:
    """The runtime of one app.

    Args:
        client: sends the requests. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, client: RuntimeClient) -> None:
        self._client = client

    def ready(self) -> str | None:
        """None when it is ready, else what it says of it. 501: it does not tell."""
        try:
            text: str = self._client.get("/v1/ready", str, no_retry_statuses=(NOT_SERVING, NOT_OFFERED))
        except ApiError as error:
            if error.status != NOT_SERVING:
                raise
            text = error.api_message or ""
        return None if text.casefold() == "ready" else text

    def parts(self, kind: str) -> list[Row]:
        """name, from, status and error_message of each of the ``datasets`` or ``models``; none where nothing is
        deployed. 501: it does not tell.
        """
        answers = (NOT_SERVING, NOT_OFFERED)
        try:
            answer = self._client.get("/v1/" + kind, JSON, {"status": "true"}, no_retry_statuses=answers)
            return [_part(item) for item in _rows(answer)]
        except ApiError as error:
            if error.status != NOT_SERVING:
                raise
            return []

    def sql(self, query: str, is_read: bool) -> list[Row]:
        """The rows of a statement. ``is_read``: it changes nothing."""
        return _rows(self._client.post_text("/v1/sql", query, JSON, is_read))

    def nsql(self, question: str, model: str | None) -> list[Row]:
        """The rows of the statement that a model makes of a question. ``model``: None for the runtime's own choice."""
        body = {"query": question, **({"model": model} if model else {})}
        return _rows(self._client.ask("/v1/nsql", body, JSON))

    def search(self, text: str, datasets: list[str], limit: int | None) -> list[Row]:
        """What a search finds.

        Args:
            text: that is searched for. datasets: to search in; empty for all. limit: of the results.
        """
        body: dict[str, Any] = {"text": text}
        if datasets:
            body["datasets"] = datasets
        if limit is not None:
            body["limit"] = limit
        return _rows(self._client.ask("/v1/search", body, JSON))

    def chat(self, model: str, question: str) -> str:
        """What a model answers to a question; empty where it answers nothing. Raises UnexpectedAnswer."""
        body = {"model": model, "messages": [{"role": "user", "content": question}], "stream": False}
        answer = self._client.ask("/v1/chat/completions", body, dict)
        choices = answer.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("content"), (str, type(None))):
            raise UnexpectedAnswer("The runtime answered a chat in an unknown form; check the `endpoint` of the app.")
        return message["content"] or ""


def _rows(answer: Any) -> list[Row]:
    """The items of an answer, with or without an envelope. Raises UnexpectedAnswer."""
    items = answer
    if isinstance(answer, dict):
        items = next((answer[word] for word in ENVELOPES if word in answer), None)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnexpectedAnswer("The runtime answered in an unknown form; check the `endpoint` of the app.")
    return items


def _part(item: Row) -> Row:
    """The item with a name and a source, which models have as ``id`` and ``owned_by``."""
    return {**item, **{ours: item.get(ours, item.get(theirs)) for ours, theirs in MODEL_FIELDS.items()}}
