# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The tags of an app in which the collection keeps what it has to remember."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import Refused


def write_tags(apps, app, written, gone=()):
    """Sets some tags and removes others. The map is read right before each sending, because a PUT replaces all of it.

    Args:
        apps (Apps). app (dict). gone (iterable): tags to remove.
        written (dict | callable): tags and their values; a callable takes the tags as they are now, and what it raises ends the write.

    Raises:
        Refused: the app is gone. ApiError.
    """
    def body():
        tags = read_tags(apps, app)
        changed = written(tags) if callable(written) else written
        return {"tags": dict({tag: value for tag, value in tags.items() if tag not in gone}, **changed)}

    apps.update(app["id"], body)


def read_tags(apps, app):
    """dict: the tags of the app as they are now.

    Raises:
        Refused: the app is gone. ApiError.
    """
    fresh = apps.get(app["id"])
    if fresh is None:
        raise Refused(f"App {app['name']} was deleted by somebody else while this task changed it; run the playbook again.")
    return fresh.get("tags") or {}
