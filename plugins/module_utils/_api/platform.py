# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the platform offers, over HTTP: regions, container images, limits, organizations, clusters. Read only.

Source: Spice.ai Cloud documentation, "Management API".
"""

from __future__ import annotations

import re


class Platform:
    """Args: client (Client). Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, client):
        self._client = client

    def regions(self):
        """dict: ``regions`` (list) and ``default`` (str)."""
        return _snake(self._client.get("/v1/regions"))

    def container_images(self, channel=None):
        """dict: ``images`` (list) and ``default`` (str)."""
        return self._client.get("/v1/container-images", {"channel": channel} if channel else None)

    def limits(self):
        """dict: what the plan of the organization allows; -1 is unlimited."""
        return self._client.get("/v1/limits")

    def organizations(self):
        """list[dict]: the organizations that the credential may name."""
        return self._client.get("/v1/orgs")["orgs"]

    def clusters(self):
        """list[dict]: the dedicated clusters of the organization."""
        return self._client.get("/v1/clusters")["clusters"]


def _snake(value):
    """The same value with keys such as ``providerName`` written ``provider_name``: the regions are the one answer in camelCase."""
    if isinstance(value, dict):
        return {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): _snake(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_snake(item) for item in value]
    return value
