# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the platform offers, over HTTP: regions, container images, limits, organizations, clusters. Read only.

Source: Spice.ai Cloud documentation, "Management API": regions and container-images (December 2025), limits (April 2026), clusters (June 2026),
orgs (August 2026). A server that is older than a route answers it with 404.
"""

from __future__ import annotations

import re

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError


class Platform:
    """Args: client (Client). Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, client):
        self._client = client

    def regions(self, env=None):
        """dict: ``regions`` (list) and ``default`` (str)."""
        return _snake(self._client.get("/v1/regions", {"env": env} if env else None))

    def container_images(self, channel=None):
        """dict: ``images`` (list) and ``default`` (str)."""
        return self._client.get("/v1/container-images", {"channel": channel} if channel else None)

    def limits(self):
        """dict: what the plan of the organization allows; -1 is unlimited."""
        return self._newer("/v1/limits", "April 2026")

    def organizations(self):
        """list[dict]: the organizations that the credential may name."""
        return self._newer("/v1/orgs", "August 2026")["orgs"]

    def clusters(self):
        """list[dict]: the dedicated clusters of the organization."""
        return self._newer("/v1/clusters", "June 2026")["clusters"]

    def _newer(self, path, since):
        try:
            return self._client.get(path)
        except ApiError as error:
            if error.status == 404:
                error.args = ("The API at %s does not serve %s, which came in %s: leave this task out there, or check `api_url`." % (
                    self._client.config.api_url, path, since),)
            raise


def _snake(value):
    """The same value with keys such as ``providerName`` written ``provider_name``: the regions are the one answer in camelCase."""
    if isinstance(value, dict):
        return {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): _snake(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_snake(item) for item in value]
    return value
