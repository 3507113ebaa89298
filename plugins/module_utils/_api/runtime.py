# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app serves, over HTTP: its runtime behind the app's API key.

Source: Spice.ai Cloud documentation, runtime API: ready, datasets, models, sql.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, UnexpectedAnswer
from ansible_collections.spiceai.cloud.plugins.module_utils._http.runtime import RuntimeClient

NOT_SERVING = 503  # nothing is deployed there, or it still loads

Row = dict[str, Any]


class Runtime:
    """The runtime of one app.

    Args:
        client: sends the requests. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, client: RuntimeClient) -> None:
        self._client = client

    def ready(self) -> str | None:
        """None when it is ready, else what it says of it."""
        try:
            text: str = self._client.get("/v1/ready", str, no_retry_statuses=(NOT_SERVING,))
        except ApiError as error:
            if error.status != NOT_SERVING:
                raise
            text = error.api_message or ""
        return None if text.casefold() == "ready" else text

    def parts(self, kind: str) -> list[Row]:
        """name, from, status and error_message of each of the ``datasets`` or ``models``; none where nothing is
        deployed.
        """
        try:
            return _rows(self._client.get("/v1/" + kind, list, {"status": "true"}, no_retry_statuses=(NOT_SERVING,)))
        except ApiError as error:
            if error.status != NOT_SERVING:
                raise
            return []

    def sql(self, query: str, is_read: bool) -> list[Row]:
        """The rows of a statement. ``is_read``: it changes nothing."""
        return _rows(self._client.post_text("/v1/sql", query, list, is_read))


def _rows(items: list[Any]) -> list[Row]:
    if not all(isinstance(item, dict) for item in items):
        raise UnexpectedAnswer("The runtime answered in an unknown form; check the `endpoint` of the app.")
    return items
