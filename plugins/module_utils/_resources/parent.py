# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The app to which a secret, a key or a deployment belongs."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import Refused


def find_parent(task, apps):
    """dict | None: the app that the task names, with its config. None only in check mode, where an earlier task may create it.

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
    if name is not None and task.check_mode:
        task.warn(f"There is no app {name!r} yet; the plan assumes that an earlier task creates it.")
        return None
    named, option = (repr(name), "app") if name is not None else (f"with id {app_id}", "app_id")
    where = f" in organization {task.client.config.org!r}" if task.client.config.org else ""
    raise Refused(f"There is no app {named}{where}; create it with spiceai.cloud.spice_app, or check `org` and the spelling of `{option}`.")
