# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app's secrets over HTTP. Values go in and never come out: answers hold asterisks.

Source: Spice.ai Cloud documentation, "Management API", secrets: POST creates or replaces, there is no PUT.
"""

from __future__ import annotations

from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError

MASK = "********"


class Secrets:
    """Args: apps (Apps): the routes. Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, apps):
        self._apps = apps

    def list(self, app_id):
        """list[dict]: name, masked value, created_at and updated_at of each."""
        listed = self._apps.call("GET", app_id, "/secrets")["secrets"]
        named = [secret for secret in listed if isinstance(secret, dict) and isinstance(secret.get("name"), str)]
        if len(named) < len(listed):
            self._apps.warn("The server lists secrets of app %d that have no name; they are skipped." % app_id)
        return [_masked(secret) for secret in named]

    def write(self, app_id, name, value):
        """dict: the masked secret, with the ``updated_at`` of this write."""
        body = {"name": name, "value": value}
        try:
            return _masked(self._apps.call("POST", app_id, "/secrets", body))
        except ApiError as error:
            if error.status != 409:
                raise
            # The older portal knew no replacing: there a secret is deleted and written anew.
            self.delete(app_id, name)
            return _masked(self._apps.call("POST", app_id, "/secrets", body))

    def delete(self, app_id, name):
        """Deletes; that it is gone already is success."""
        try:
            self._apps.call("DELETE", app_id, "/secrets/" + quote(name, safe=""))
        except ApiError as error:
            if error.status != 404:
                raise


def _masked(secret):
    # The length of the asterisks differs between servers and means nothing.
    return dict(secret, value=MASK)
