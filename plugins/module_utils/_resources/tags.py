# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The tags of an app in which the collection keeps what it has to remember."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import Refused


def write_tags(apps, app, written, gone=()):
    """Sets some tags and removes others; the map is read again first, for a PUT replaces all of it.

    Args:
        apps (Apps). app (dict). written (dict): tags and their values. gone (iterable): tags to remove.

    Raises:
        Refused: the app is gone. ApiError.
    """
    fresh = apps.get(app["id"])
    if fresh is None:
        raise Refused("App %s was deleted by somebody else while this task changed it; run the playbook again." % app["name"])
    tags = {tag: value for tag, value in (fresh.get("tags") or {}).items() if tag not in gone}
    apps.update(app["id"], {"tags": dict(tags, **written)})
