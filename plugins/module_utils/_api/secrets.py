# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app's secrets over HTTP. Values go in and never come out: answers hold asterisks.

Source: Spice.ai Cloud documentation, "Management API", secrets: POST creates or replaces, there is no PUT. A server of
an older state answers the POST of a secret that exists with 409.
"""

from __future__ import annotations

from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused

MASK = "********"


class Secrets:
    """Args: apps (Apps): the routes. Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, apps):
        self._apps = apps

    def list(self, app_id: int):
        """list[dict]: name, masked value, created_at and updated_at of each. Raises Refused, too: the answer has another form."""
        secrets = self._apps.call("GET", app_id, "/secrets").get("secrets")
        if not isinstance(secrets, list) or not all(_is_secret(secret) for secret in secrets):
            raise Refused("The list of secrets came in an unknown form; check `api_url`.")
        return [_masked(secret) for secret in secrets]

    def write(self, app_id: int, name: str, value: str) -> dict:
        """dict: the masked secret, with the ``updated_at`` of this write."""
        secret = self._apps.call("POST", app_id, "/secrets", {"name": name, "value": value})
        if not _is_secret(secret):
            raise ApiError("The answer to the writing of a secret came in an unknown form; check `api_url`.",
                           "POST", f"/v1/apps/{app_id}/secrets", outcome_unknown=True)
        return _masked(secret)

    def delete(self, app_id, name):
        """Deletes; that it is gone already is success."""
        try:
            self._apps.call("DELETE", app_id, "/secrets/" + quote(name, safe=""))
        except ApiError as error:
            if error.status != 404:
                raise


def _is_secret(secret) -> bool:
    return isinstance(secret, dict) and all(isinstance(secret.get(field), str) for field in ("name", "updated_at"))


def _masked(secret):
    # The length of the asterisks differs between servers and means nothing.
    return dict(secret, value=MASK)
