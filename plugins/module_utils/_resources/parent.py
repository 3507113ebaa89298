# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The app to which a secret, a key or a deployment belongs."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import Refused


def find_parent(task, apps):
    """dict | None: the app that the task names, with its config. None only in check mode, for an app that an earlier task would create.

    Raises:
        Refused: there is no such app.
    """
    name, app_id = task.params["app"], task.params["app_id"]
    if name is None and app_id is None:
        raise Refused("`app` or `app_id` must have a value; an app that check mode only predicted has no id yet, so use its name.")
    app = apps.get(app_id) if name is None else apps.find(name)
    if app is not None:
        if name is not None and app["name"] != name:
            task.warn("There is no app %r; the app %r is used, whose name differs only in case." % (name, app["name"]))
        return app
    if name is not None and task.check_mode and (not task.reads_only or name.casefold() in apps.predicted()):
        task.warn("There is no app %r yet; this plan takes it that an earlier task creates it." % name)
        return None
    raise Refused("There is no app %s; create it with spiceai.cloud.spice_app, or check `org` and the spelling of `%s`." % (
        repr(name) if name is not None else "with id %d" % app_id, "app" if name is not None else "app_id"))
