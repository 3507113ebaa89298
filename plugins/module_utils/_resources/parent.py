# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The app to which a secret, a key or a deployment belongs."""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun


def require_app(run: ModuleRun, apps: Apps) -> dict[str, Any] | None:
    """The app that the options name, with its config. None only in check mode, for an app that an earlier task may
    create.

    Args:
        run: options ``app`` and ``app_id``. apps: the routes.

    Raises:
        InvalidOption: there is no such app. ApiError.
    """
    name, app_id = run.params["app"], run.params["app_id"]
    if name is None and app_id is None:
        raise InvalidOption(
            "`app` or `app_id` must have a value; an app that check mode only predicted has no id yet, so use its name."
        )
    app = apps.get(app_id) if name is None else apps.find(name)
    if app is not None:
        if name is not None and app["name"] != name:
            run.warn(f"There is no app {name!r}; the app {app['name']!r} is used, whose name differs only in case.")
        return app
    if name is not None and run.may_assume(
        f"There is no app {name!r} yet; the plan assumes that an earlier task creates it."
    ):
        return None
    asked, option = (repr(name), "app") if name is not None else (f"with id {app_id}", "app_id")
    org = run.client.config.org
    where = f" in organization {org!r}" if org else ""
    raise InvalidOption(
        f"There is no app {asked}{where}; create it with spiceai.cloud.spice_app, or check `org` and the spelling of "
        f"`{option}`."
    )
