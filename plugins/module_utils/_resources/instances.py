# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What is known of the instances of an app: which there are, the end of their logs, and what they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.instances import Instances
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Instance
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import check_lines, read_log
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import pause_of

READY = "ready"

T = TypeVar("T")


def run_instance_info(run: ModuleRun) -> Result:
    """The result of spice_instance_info. Raises SpiceError."""
    lines = run.params["logs"]
    check_lines("logs", lines)
    apps = Apps(run.client)
    app = require_app(run, apps)
    api = Instances(apps)
    instances: list[Instance] = _unless_idle(run, app, (409,), api.all) or []
    return {
        "changed": False,
        "instances": [
            {**instance, "log": _log(run, api, app or {}, instance["name"], lines)}
            if lines and (number == 0 or (instance.get("status") or "").casefold() == READY)
            else instance
            for number, instance in enumerate(instances)
        ],
    }


def run_metric_info(run: ModuleRun) -> Result:
    """The result of spice_metric_info. Raises SpiceError."""
    window = run.params["window"]
    if window is not None and not window.strip():
        raise InvalidOption("`window` must be a duration such as 5m; leave it out for the platform's own.")
    apps = Apps(run.client)
    app = require_app(run, apps)
    found = _unless_idle(run, app, (404, 409), lambda app_id: Instances(apps).metrics(app_id, window))
    if found is not None and app is not None and not found["metrics"]:
        run.warn(f"There are no metrics of app {app['name']}: no instance of it runs, or none has told any yet.")
    return {"changed": False, "metrics": [], **(found or {})}


def _unless_idle(
    run: ModuleRun, app: Mapping[str, Any] | None, statuses: tuple[int, ...], read: Callable[[int], T]
) -> T | None:
    """What a read gives; None, with a warning, for an app of which nothing runs.

    Args:
        run: who asks. app: None in check mode for one that an earlier task may create.
        statuses: answers that tell that nothing runs. read: takes the id of the app.
    """
    if app is None:
        return None
    pause = pause_of(app)
    if pause:
        run.warn(pause)
        return None
    try:
        return read(app["id"])
    except ApiError as error:
        if error.status not in statuses:
            raise
        words = (error.api_message or "no reason given").rstrip(".")
        run.warn(f"Nothing runs for app {app['name']} ({error.code or error.status}: {words}).")
        return None


def _log(run: ModuleRun, api: Instances, app: Mapping[str, Any], name: str, lines: int) -> list[str]:
    """The end of a log; empty, with a warning, for an instance that went meanwhile or has none yet."""
    try:
        return read_log(run, api, app["id"], name, lines)
    except ApiError as error:
        if error.status not in (404, 409):
            raise
        words = (error.api_message or "no reason given").rstrip(".")
        run.warn(
            f"The log of instance {name} of app {app['name']} is not there ({error.code or error.status}: {words})."
        )
        return []
