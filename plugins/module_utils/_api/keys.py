# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The two API keys of an app over HTTP; answers hold them in clear.

Source: Spice.ai Cloud documentation, "Management API", api-keys: POST replaces a key, and the old one stops working at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Keys


class ApiKeys:
    """The API keys of apps.

    Args:
        apps: the routes. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    def get(self, app_id: int) -> Keys:
        """Both slots: key number (1, 2) to key, None for an empty slot."""
        return _slots(self._apps.call("GET", app_id, "/api-keys"))

    def regenerate(self, app_id: int, key_number: int, check: Callable[[], None] = lambda: None) -> Keys:
        """Both slots, after slot ``key_number`` got a new key.

        Args:
            app_id: of the app. key_number: the slot.
            check: is called right before each sending; what it raises ends it.
        """

        def body() -> dict[str, int]:
            check()
            return {"key_number": key_number}

        return _slots(self._apps.call("POST", app_id, "/api-keys", body))


def _slots(answer: Mapping[str, Any]) -> Keys:
    return {1: answer.get("api_key"), 2: answer.get("api_key_2")}
