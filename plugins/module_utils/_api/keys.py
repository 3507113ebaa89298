# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The two API keys of an app over HTTP; answers hold them in clear.

Source: Spice.ai Cloud documentation, "Management API", api-keys: POST replaces a key, and the old one is refused at once.
"""

from __future__ import annotations


class Keys:
    """Args: apps (Apps): the routes. Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, apps):
        self._apps = apps

    def get(self, app_id):
        """dict: key number (1, 2) to key, None for an empty slot."""
        return _slots(self._apps.call("GET", app_id, "/api-keys"))

    def regenerate(self, app_id, key_number, check=None):
        """dict: as :meth:`get`, after slot ``key_number`` got a new key.

        Args:
            check (callable | None): is called right before each sending; what it raises ends the request.
        """
        def body():
            if check is not None:
                check()
            return {"key_number": key_number}

        return _slots(self._apps.call("POST", app_id, "/api-keys", body))


def _slots(answer):
    return {1: answer.get("api_key"), 2: answer.get("api_key_2")}
