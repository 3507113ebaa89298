# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Talks to the runtime of an app with the app's API key, by way of the one HTTP client: its repeats, counters, TLS options and hidden values are shared.

The management credential is never sent there, and the key nowhere else.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._client import Call
from ansible_collections.spiceai.cloud.plugins.module_utils._config import checked_url
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import advice

CURES = {
    401: "a new key takes a moment to come into force: run the task again in a minute, or give another `key_number`",
    404: "check the `endpoint` of the app, and deploy the app with spiceai.cloud.spice_deployment if it never was",
    503: "deploy the app with spiceai.cloud.spice_deployment if it is not, or wait until it is ready with spiceai.cloud.spice_runtime_info",
}


class RuntimeClient:
    """The runtime at one address, with one key.

    Args:
        client (Client): sends and counts. named (str): what the address is, for errors.
        url (str), api_key (str). polled (bool): the caller asks again by itself, see :class:`Call`.

    Raises:
        Refused: the address is none, or would show the key.
    """

    def __init__(self, client, named, url, api_key, polled=False):
        client.hide(api_key)
        self._client = client
        self._named = named
        self._url = checked_url(named, url)
        self._api_key = api_key
        self._polled = polled

    def get(self, path, form, query=None, final=()):
        """The answer in this form (list, or str for plain text). ``final`` are statuses that are never repeated. Raises ApiError."""
        return self._send("GET", path, form, query=query, final=final)

    def post_text(self, path, text, form, reads):
        """The answer to a text. ``reads``: it changes nothing there. Raises ApiError, with ``outcome_unknown`` when it may have worked."""
        return self._send("POST", path, form, data=text.encode(), reads=reads)

    def _send(self, method, path, form, data=None, query=None, **more):
        call = Call(method, self._url + path, self._named, lambda status, code, words: self._refusal(call, status, words), form=form,
                    polled=self._polled, **more)
        headers = {"Accept": "text/plain" if form is str else "application/json", "User-Agent": self._client.agent, "X-API-Key": self._api_key}
        if data is not None:
            headers["Content-Type"] = "text/plain; charset=utf-8"
        return self._client.send(call, data, headers, query)

    @staticmethod
    def _refusal(call, status, words):
        if status == 401:
            return "The runtime at %s does not accept this API key (401: %s); %s." % (call.host, words.rstrip("."), CURES[401])
        return "The runtime at %s refused %s %s (%s: %s); %s." % (
            call.host, call.method, call.path, status, words.rstrip("."), CURES.get(status) or advice(status, None))
