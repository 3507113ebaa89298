# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app's secrets over HTTP. Values go in and never come out: answers hold asterisks.

Source: Spice.ai Cloud documentation, "Management API", secrets: POST creates or replaces, there is no PUT. Some servers
answer the POST of a secret that exists with 409.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Secret
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, UnexpectedAnswer

MASK = "********"


class Secrets:
    """The secrets of apps.

    Args:
        apps: the routes. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    def all(self, app_id: int) -> list[Secret]:
        """name, masked value, created_at and updated_at of each.

        An entry without a name is skipped with a warning: no task can mean it.

        Raises:
            UnexpectedAnswer: the list has another form.
        """
        listed = self._apps.call("GET", app_id, "/secrets").get("secrets")
        named = [entry for entry in listed if _has_name(entry)] if isinstance(listed, list) else None
        if named is None or not all(_is_secret(secret) for secret in named):
            raise UnexpectedAnswer("The list of secrets came in an unknown form; check `api_url`.")
        if len(named) < len(listed):
            self._apps.warn(f"The server lists secrets of app {app_id} that have no name; they are skipped.")
        return [_masked(secret) for secret in named]

    def find(self, app_id: int, name: str) -> Secret | None:
        """The secret of this name, or None. Raises as :meth:`all`."""
        return next((secret for secret in self.all(app_id) if secret["name"] == name), None)

    def write(self, app_id: int, name: str, value: str) -> Secret:
        """The masked secret, with the ``updated_at`` of this write.

        409: there is one, and this server replaces none.
        """
        body = {"name": name, "value": value}
        secret = self._apps.call("POST", app_id, "/secrets", body, secret_fields=tuple(body))
        if not _is_secret(secret):
            raise ApiError(
                "The answer to the write of a secret came in an unknown form; check `api_url`.",
                "POST",
                f"/v1/apps/{app_id}/secrets",
                outcome_unknown=True,
            )
        return _masked(secret)

    def delete(self, app_id: int, name: str) -> None:
        """Deletes; that it is gone already is success."""
        try:
            self._apps.call("DELETE", app_id, "/secrets/" + quote(name, safe=""))
        except ApiError as error:
            if error.status != 404:
                raise


def _has_name(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str)


def _is_secret(secret: Any) -> bool:
    return _has_name(secret) and isinstance(secret.get("updated_at"), str)


def _masked(secret: dict[str, Any]) -> Secret:
    # The length of the asterisks differs between servers and means nothing.
    masked: Secret = {**secret, "value": MASK}  # type: ignore[typeddict-item]  # unknown fields are kept
    return masked
