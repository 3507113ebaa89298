# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Talks to the runtime of an app with the app's API key, through the task's one client: its retries, counters and
redactor are shared.

The management credential is never sent there, and the key nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._config import checked_url
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import advice
from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import ExpectedType
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._http.request import Request

CURES = {
    401: "a new key takes a moment to come into force: run the task again in a minute, or give another `key_number`",
    404: "check the `endpoint` of the app, and deploy the app with spiceai.cloud.spice_deployment if it never was",
    501: (
        "Spice.ai Cloud does not offer this of a standalone or self-hosted app: ask its runtime where it runs, and "
        "leave the check out here"
    ),
    503: (
        "deploy the app with spiceai.cloud.spice_deployment if it is not, or wait until it is ready with "
        "spiceai.cloud.spice_runtime_info"
    ),
}
CURES_OF_QUESTIONS = {
    404: "check the names of the model and the datasets, and whether this version of the runtime has the route",
    501: "leave the check out, because this app does not offer it",
}


class RuntimeClient:
    """The runtime at one address, with one key.

    Args:
        client: sends and counts. address_label: what the address is, for errors.
        url: the address. api_key: of the app.
        caller_polls: the caller of :meth:`get` asks again by itself, see :class:`Request`.

    Raises:
        InvalidOption: the address is none, or would show the key.
    """

    def __init__(self, client: Client, address_label: str, url: str, api_key: str, caller_polls: bool = False) -> None:
        client.redactor.add(api_key)
        self._client = client
        self._address_label = address_label
        self._url = checked_url(address_label, url)
        self._api_key = api_key
        self._caller_polls = caller_polls

    def get(
        self,
        path: str,
        expected_type: ExpectedType,
        query: Mapping[str, Any] | None = None,
        no_retry_statuses: tuple[int, ...] = (),
    ) -> Any:
        """The answer in this form (types of JSON values, or str for plain text).

        Args:
            path: of the route. expected_type: of the answer. query: parameters. no_retry_statuses: statuses that are an
                answer.

        Raises:
            ApiError
        """
        request = self._request("GET", path, expected_type)
        return self._client.send(request._replace(query=query, is_read=True, no_retry_statuses=no_retry_statuses))

    def post_text(self, path: str, text: str, expected_type: ExpectedType, is_read: bool) -> Any:
        """The answer to a plain text. ``is_read``: it changes nothing there.

        Raises ApiError, with ``outcome_unknown`` when it may have worked.
        """
        request = self._request("POST", path, expected_type, {"Content-Type": "text/plain; charset=utf-8"})
        return self._client.send(request._replace(data=text.encode(), is_read=is_read, caller_polls=False))

    def ask(self, path: str, body: Mapping[str, Any], expected_type: ExpectedType) -> Any:
        """The answer to a question, which changes nothing there. ``body``: sent as JSON. Raises ApiError."""
        request = self._request("POST", path, expected_type, {"Content-Type": "application/json"}, CURES_OF_QUESTIONS)
        data = json.dumps(body).encode()
        return self._client.send(request._replace(data=data, is_read=True, caller_polls=False))

    def _request(
        self,
        method: str,
        path: str,
        expected_type: ExpectedType,
        more_headers: Mapping[str, str] | None = None,
        more_cures: Mapping[int, str] | None = None,
    ) -> Request:
        url = self._url + path
        address = urlsplit(url)

        def sentence(status: int, code: str | None, words: str) -> str:
            cure = {**CURES, **(more_cures or {})}.get(status) or advice(status, None)
            if status == 401:
                return (
                    f"The runtime at {address.netloc} does not accept this API key (401: {words.rstrip('.')}); {cure}."
                )
            refused = f"{method} {address.path} ({status}: {words.rstrip('.')})"
            return f"The runtime at {address.netloc} refused {refused}; {cure}."

        headers = {
            "Accept": "text/plain" if expected_type is str else "application/json",
            "User-Agent": self._client.user_agent,
            "X-API-Key": self._api_key,
            **(more_headers or {}),
        }
        return Request(
            method,
            url,
            self._address_label,
            sentence,
            expected_type=expected_type,
            caller_polls=self._caller_polls,
            headers=headers,
        )
