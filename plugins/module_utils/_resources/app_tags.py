# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The tags of an app in which the collection keeps what it has to remember."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed


def write_tags(apps: Apps, app: Mapping[str, Any], written: Mapping[str, str], removed: Iterable[str] = ()) -> None:
    """Sets some tags and removes others. The map is read again first, because a PUT replaces all of it.

    Args:
        apps: the routes. app: whose tags. written: tags and their values. removed: tags to remove.

    Raises:
        OperationFailed: the app is gone. ApiError.
    """
    fresh = apps.get(app["id"])
    if fresh is None:
        raise OperationFailed(
            f"App {app['name']} was deleted by somebody else while this task changed it; run the playbook again."
        )
    gone = set(removed)
    kept = {tag: value for tag, value in (fresh.get("tags") or {}).items() if tag not in gone}
    apps.update(app["id"], {"tags": {**kept, **written}})
