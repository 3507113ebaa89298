# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The tags of an app in which the collection keeps what it has to remember."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Union

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed

Tags = Mapping[str, str]
Written = Union[Tags, Callable[[Tags], Tags]]


def write_tags(apps: Apps, app: Mapping[str, Any], written: Written, removed: Iterable[str] = ()) -> None:
    """Sets some tags and removes others. The map is read right before each sending, because a PUT replaces all of it.

    Args:
        apps: the routes. app: whose tags. removed: tags to remove.
        written: tags and their values; a callable takes the tags as they are now, and what it raises ends the write.

    Raises:
        OperationFailed: the app is gone. ApiError.
    """
    gone = set(removed)

    def body() -> dict[str, Any]:
        tags = read_tags(apps, app)
        changed = written(tags) if callable(written) else written
        kept = {tag: value for tag, value in tags.items() if tag not in gone}
        return {"tags": {**kept, **changed}}

    apps.update(app["id"], body)


def read_tags(apps: Apps, app: Mapping[str, Any]) -> dict[str, str]:
    """The tags of the app as they are now.

    Raises:
        OperationFailed: the app is gone. ApiError.
    """
    fresh = apps.get(app["id"])
    if fresh is None:
        raise OperationFailed(
            f"App {app['name']} was deleted by somebody else while this task changed it; run the playbook again."
        )
    return dict(fresh.get("tags") or {})
