# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The secrets that an app has: its own, and those of the organization that are linked to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secret_links import SecretLinks
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import Provided


def provided_to(apps: Apps, app_id: int) -> Provided:
    """Reads both at the same time. Links that the credential may not list are left out. Raises ApiError."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        links = pool.submit(SecretLinks(apps).names_if_told, app_id)
        return Provided(Secrets(apps).all(app_id), links.result() or [])
