# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Writes one secret so that a good value is never lost.

Some servers never replace a secret: there it is deleted and written again, as the last way, and a failure in between
says that the secret is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Secret
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CONFLICT_PASSES, send_once


class SecretWriter:
    """Writes secrets of one app, some of them at the same time.

    Args:
        client: of the task. api: the routes. app: whose secrets.

    Attributes:
        missing (set[str]): names that the app had and has no longer, because their last write failed.
    """

    def __init__(self, client: Client, api: Secrets, app: Mapping[str, Any]) -> None:
        self.missing: set[str] = set()
        self._client = client
        self._api = api
        self._app = app
        self._replacing = threading.Lock()

    def write(self, name: str, value: str, before: str | None) -> Secret:
        """The secret after the write.

        Args:
            name: of the secret. value: its value. before: its ``updated_at``; None if there is no such secret.

        Raises:
            SpiceError: it says so when the secret is missing now.
        """
        try:
            return self._post(name, value, before)
        except ApiError as error:
            if error.status != 409 or error.out_of_time or before is None:
                raise
            conflict = error
        # One at a time, and none any more after one that failed: a server that takes no writes then costs one secret
        # and not all of them.
        with self._replacing:
            return self._replace(name, value, before, conflict)

    def _post(self, name: str, value: str, before: str | None) -> Secret:
        """Sends the value with all retries.

        A lost answer is resolved by reading, a 409 is retried like any passing rejection.
        """

        def find(error: ApiError) -> Secret | None:
            now = self._api.find(self._app["id"], name)
            return now if now is not None and now["updated_at"] != before else None

        secret: Secret = send_once(
            self._client, lambda: self._api.write(self._app["id"], name, value), find, conflict=CONFLICT_PASSES
        ).item
        return secret

    def _replace(self, name: str, value: str, before: str, conflict: ApiError) -> Secret:
        if self.missing:
            lost = ", ".join(sorted(self.missing))
            raise conflict.explained(
                f"{conflict} It was not deleted to be written again, because that failed for {lost}."
            ) from conflict
        now = self._api.find(self._app["id"], name)
        if now is None or now["updated_at"] != before:
            raise conflict  # somebody else writes it
        self._client.retry.extend_budget()
        try:
            self._delete(name)
            return self._post(name, value, before)
        except SpiceError as error:
            is_there = self._is_there(name)
            if is_there:
                raise
            self.missing.add(name)
            verb = "may be" if is_there is None else "is"
            raise error.explained(
                f"{error} The secret {name} {verb} missing from app {self._app['name']} now, because the API did not "
                "replace it and this task deleted it to write it again. Run the task again: it writes the secret."
            ) from error

    def _delete(self, name: str) -> None:
        """Deletes. Raises ApiError when the server refuses it."""
        try:
            self._api.delete(self._app["id"], name)
        except ApiError as error:
            # Without an answer it may have taken place: the write that follows shows it.
            if error.status is not None and 400 <= error.status < 500 and error.status != 408:
                raise

    def _is_there(self, name: str) -> bool | None:
        """Whether the app has it; None when the server does not tell."""
        try:
            return self._api.find(self._app["id"], name) is not None
        except SpiceError:
            return None
