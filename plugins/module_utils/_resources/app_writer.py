# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The PUT of an app, and what it led to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.connected import CODE, ConnectedApps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_prediction import FieldChange
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_tags import plan_advice
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import title

App = dict[str, Any]


class AppWriter:
    """Changes the fields of an app that exists.

    Args:
        run: the module's run. apps: the routes. compare: takes an app and gives what is still to be changed.
    """

    def __init__(self, run: ModuleRun, apps: Apps, compare: Callable[[Mapping[str, Any]], list[FieldChange]]) -> None:
        self._run = run
        self._apps = apps
        self._compare = compare

    def update(self, current: App, changes: list[FieldChange], just_created: bool = False) -> App:
        """What exists after the PUT. Where the answer leaves it open, the app is read."""
        try:
            body = {change.field.name: change.payload for change in changes}
            after = self.complete(self._apps.update(current["id"], body))
        except ApiError as error:
            after = self._after_failed_update(current, changes, error, just_created)
        self.warn_of_ignored(after)
        return after

    def _after_failed_update(
        self, current: App, changes: list[FieldChange], error: ApiError, just_created: bool
    ) -> App:
        """What exists when the PUT took effect in spite of the error; else raises the error with what is known."""
        after = None
        tags = next((change.payload for change in changes if change.field.name == "tags"), None)
        message = f"{error} {plan_advice(error, tags)}".rstrip()
        if error.status is None or error.status >= 500 or error.status == 404:
            after = self._apps.get(current["id"])
            if after is not None and not self._compare(after):
                return after
            if after is None:
                message = (
                    f"{title(current)} was deleted by somebody else while this task changed it; run the task again."
                )
        if error.code == CODE:
            ConnectedApps(self._run.client).note(current["id"])
            message = (
                f"{title(current)} takes its spicepod from GitHub, so the changed one was refused and nothing was "
                f"changed (409 {CODE}): {error.api_message}. Change the spicepod in the repository and leave "
                "`spicepod` and `spicepod_file` out, or disconnect the repository in the portal."
            )
        if just_created and (after is not None or 400 <= (error.status or 0) < 500):
            fields = ", ".join(change.field.name for change in changes)
            message = f"{title(current)} was created, but without {fields}: {message}"
        raise error.explained(message) from error

    def complete(self, app: App) -> App:
        """The app with its config, which not every answer to a write has."""
        if isinstance(app.get("config"), dict):
            return app
        whole = self._apps.get(app["id"])
        if whole is None:
            raise OperationFailed(
                f"{title(app)} was deleted by somebody else while this task changed it; run the task again."
            )
        return whole

    def warn_of_ignored(self, after: App) -> None:
        """Tells of fields that the API accepted and did not apply."""
        ignored = ", ".join(change.field.name for change in self._compare(after))
        if ignored:
            self._run.warn(f"The API accepted but did not apply: {ignored} of {title(after)}.")
