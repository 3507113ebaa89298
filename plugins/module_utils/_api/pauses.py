# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The pause of an app over HTTP.

Source: the vendor's launch script (October 2026). A pause answers ``paused_at`` and is a 409 the second time. Resuming
answers the ``deployment_id`` of the deployment that it starts. What it answers for an app that runs is told nowhere.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_item

PAUSED = {"paused_at": str}
RESUMED = {"deployment_id": int}


class Pauses:
    """The pauses of apps.

    Args:
        apps: the routes. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    def pause(self, app_id: int) -> str:
        """Since when the app is paused. 409: it was paused already."""
        answer = self._apps.call("POST", app_id, "/pause")
        paused_at: str = sound_item(answer or {}, PAUSED, write=("POST", f"/v1/apps/{app_id}/pause"))["paused_at"]
        return paused_at

    def resume(self, app_id: int) -> int:
        """The id of the deployment that this starts. What cannot be deployed stays paused."""
        answer = self._apps.call("POST", app_id, "/resume")
        deployment_id: int = sound_item(answer or {}, RESUMED, write=("POST", f"/v1/apps/{app_id}/resume"))[
            "deployment_id"
        ]
        return deployment_id
