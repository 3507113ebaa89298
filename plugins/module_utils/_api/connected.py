# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The apps that answered in this run that they are connected to GitHub. Nothing else in the API tells it.

Source: Spice.ai Cloud changelog of September 2026: such an app refuses a changed spicepod with 409
``github_connected``, and a deployment of it takes the head of its production branch.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client

CODE = "github_connected"


class ConnectedApps:
    """What the processes of a run know of it.

    Args:
        client: of the task.
    """

    def __init__(self, client: Client) -> None:
        self._state = client.state
        self._key = "connected-" + client.cache_key

    def note(self, app_id: int) -> None:
        """Keeps that this app is connected."""
        with self._state.locked(self._key) as box:
            known = box.value if isinstance(box.value, list) else []
            box.value = sorted({*known, app_id})

    def has(self, app_id: int | None) -> bool:
        """Whether this app said so in this run."""
        if not self._state.has(self._key):
            return False
        with self._state.locked(self._key) as box:
            return isinstance(box.value, list) and app_id in box.value
