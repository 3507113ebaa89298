# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app serves, over HTTP: its runtime behind the app's API key.

Source: Spice.ai Cloud documentation, runtime API: ready, datasets, models, sql.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused

NOT_SERVING = 503  # nothing is deployed there, or it still loads


class Runtime:
    """Args: http (RuntimeClient). Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, http):
        self._http = http

    def ready(self):
        """str | None: None when it is ready, else what it says of it."""
        try:
            text = self._http.get("/v1/ready", str, final=(NOT_SERVING,))
        except ApiError as error:
            if error.status != NOT_SERVING:
                raise
            text = error.api_message
        return None if text.casefold() == "ready" else text

    def parts(self, kind):
        """list[dict]: name, from, status and error_message of each of the ``datasets`` or ``models``; none where nothing is deployed."""
        try:
            return _dicts(self._http.get("/v1/" + kind, list, {"status": "true"}, final=(NOT_SERVING,)))
        except ApiError as error:
            if error.status != NOT_SERVING:
                raise
            return []

    def sql(self, query, reads):
        """list[dict]: the rows. ``reads``: the statement changes nothing."""
        return _dicts(self._http.post_text("/v1/sql", query, list, reads))


def _dicts(items):
    if not all(isinstance(item, dict) for item in items):
        raise Refused("The runtime answered in an unknown form; check the `endpoint` of the app.")
    return items
