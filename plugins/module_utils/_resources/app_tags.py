# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The tags of an app in which the collection keeps what it has to remember."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Union

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.fingerprints import PREFIX

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


def plan_advice(error: ApiError, tags: Mapping[str, Any] | None) -> str:
    """What to do about a refusal that may be because the plan has no tags; empty where that cannot be why.

    Args:
        error: of the write. tags: that it holds.
    """
    is_of_plan = error.code == "plan_limit" or (error.code is None and error.status in (402, 403))
    if not tags or not is_of_plan:
        return ""
    if all(tag.startswith(PREFIX) for tag in tags):
        return "The Community plan has no tags: leave out `fingerprint_key`, whose fingerprints are tags."
    return (
        "The Community plan has no tags: leave out `tags`, and where there are secrets `fingerprint_key` too, whose "
        "fingerprints are tags."
    )


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
