# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The two API keys of an app over HTTP; answers hold them in clear.

Source: Spice.ai Cloud documentation, "Management API", api-keys: POST replaces a key, and the old one stops working at
once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_item
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Keys

FIELDS = {1: "api_key", 2: "api_key_2"}


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

        answer = self._apps.call("POST", app_id, "/api-keys", body)
        return _slots(answer, ("POST", f"/v1/apps/{app_id}/api-keys"))


def _slots(answer: dict[str, Any], write: tuple[str, str] | None = None) -> Keys:
    sound_item(answer, {}, dict.fromkeys(FIELDS.values(), str), write)
    return {number: answer.get(field) for number, field in FIELDS.items()}
