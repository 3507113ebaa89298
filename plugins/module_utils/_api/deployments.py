# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app's deployments over HTTP.

Source: Spice.ai Cloud documentation, "Management API", deployments.
"""

from __future__ import annotations

MOST = 100  # the list is newest first and has no further pages


class Deployments:
    """Args: apps (Apps): the routes. Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, apps):
        self._apps = apps

    def list(self, app_id, limit=MOST, status=None):
        """list[dict]: the newest first."""
        query = {"limit": limit}
        if status:
            query["status"] = status
        return self._apps.call("GET", app_id, "/deployments", query=query)["deployments"]

    def get(self, app_id, deployment_id):
        """dict: one deployment."""
        return self._apps.call("GET", app_id, "/deployments/%d" % deployment_id)

    def create(self, app_id, body):
        """dict: the new deployment, queued. 409: an earlier one is still queued."""
        return self._apps.call("POST", app_id, "/deployments", body)
