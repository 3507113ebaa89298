# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app's deployments over HTTP.

Source: Spice.ai Cloud documentation, "Management API", deployments (September 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_item, sound_items
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Deployment

MAX_LISTED = 100  # the list is newest first and has no further pages
# What every task needs of a deployment, and the fields that may be missing.
NEEDED = {"id": int, "status": str}
OPTIONAL = {"commit_message": str, "error_code": str}


class Deployments:
    """The deployments of apps.

    Args:
        apps: the routes. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    def recent(self, app_id: int, limit: int = MAX_LISTED, status: str | None = None) -> list[Deployment]:
        """Deployments, the newest first.

        Args:
            app_id: of the app. limit: how many. status: only those of this status.
        """
        query: dict[str, Any] = {"limit": limit}
        if status:
            query["status"] = status
        answer = self._apps.call("GET", app_id, "/deployments", query=query)
        deployments: list[Any] = sound_items(answer, "deployments", NEEDED, self._apps.warn, OPTIONAL)
        return deployments

    def get(self, app_id: int, deployment_id: int) -> Deployment:
        """One deployment. 404: the app is gone. Raises UnexpectedAnswer too."""
        answer = self._apps.call("GET", app_id, f"/deployments/{deployment_id:d}")
        deployment: Deployment = sound_item(answer, NEEDED, OPTIONAL)
        return deployment

    def create(self, app_id: int, body: Mapping[str, Any]) -> Deployment:
        """The new deployment, queued. 409: an earlier one is still queued."""
        answer = self._apps.call("POST", app_id, "/deployments", body)
        deployment: Deployment = sound_item(answer, NEEDED, OPTIONAL, ("POST", f"/v1/apps/{app_id}/deployments"))
        return deployment


def newest(deployments: list[Deployment]) -> Deployment | None:
    """The newest deployment that no later one superseded; None when there is none.

    Args:
        deployments: the newest first.
    """
    for position, deployment in enumerate(deployments):
        if deployment["status"] != "created" or position == 0:
            return deployment
    return None
