# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The end of an instance's log: for the facts about it, and for a failure that it may explain.

Source: the vendor's launch script: for one to two minutes after a deployment the log is answered with 404, because the
instance that was replaced is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.instances import Instances
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Instance
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidOption,
    OperationFailed,
    SpiceError,
    one_line,
    shortened,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import Wait

MAX_LINE = 1000  # characters of a line that are shown
MAX_HINT = 400  # characters of the reason why there is no log
LONGEST_WAIT = 60.0  # seconds that a failure waits for a log that is not there yet
INTERVAL = 5.0  # seconds until the second look


def check_lines(option: str, lines: int) -> None:
    """Raises InvalidOption: the number of lines cannot be right."""
    if lines < 0:
        raise InvalidOption(f"`{option}` must be 0 or more, not {lines}.")


def read_log(run: ModuleRun, instances: Instances, app_id: int, name: str, lines: int) -> list[str]:
    """The last lines of an instance's log, the oldest first, without a value that the task knows to be sensitive.

    Where the plan allows fewer lines, these are read and the user is warned.

    Args:
        run: who asks. instances: the routes. app_id: of the app. name: of the instance. lines: how many.

    Raises:
        ApiError, UnexpectedAnswer: as :meth:`Instances.log`.
    """
    try:
        found = instances.log(app_id, name, lines)
    except ApiError as error:
        most = (error.details or {}).get("max_tail")
        if error.code != "plan_limit" or not isinstance(most, int) or not 0 < most < lines:
            raise
        run.warn(f"The plan allows the last {_lines(most)} of a log, not {_lines(lines)}.")
        found = instances.log(app_id, name, most)
    # Hidden before they are cut: a part of a value would not be found.
    shown: list[str] = shortened(run.redactor.redact_lines(found), MAX_LINE)
    return shown


def with_log(run: ModuleRun, app: Mapping[str, Any], lines: int, seconds: float, error: SpiceError) -> SpiceError:
    """The error, with the end of the newest instance's log as ``log`` of its partial result.

    What goes wrong here is a hint in the message, because the error is what counts.

    Args:
        run: who failed. app: that failed. lines: how many; 0 leaves the error as it is.
        seconds: that are left to wait for a log that is not there yet; a minute at the most.
        error: why the task fails.
    """
    if not lines:
        return error
    try:
        instance, log = _newest_log(run, app, lines, seconds)
    except SpiceError as failed:
        reason = one_line(run.redactor.redact(str(failed)), MAX_HINT).rstrip(".")
        return error.explained(f"{error} The log of its newest instance cannot be shown: {reason}.")
    return error.explained(f"{error} {_told(instance, len(log))}", {**(error.partial or {}), "log": log})


def log_in(error: SpiceError) -> dict[str, Any]:
    """What :func:`with_log` added to the partial result of an error, for one with another partial result."""
    return {name: value for name, value in (error.partial or {}).items() if name == "log"}


def _told(instance: Instance, count: int) -> str:
    """Where the log is, and of which instance: a deployment may fail before it has one of its own."""
    started = f"started at {instance['started_at']}" if instance.get("started_at") else "start unknown"
    state = one_line(f"{instance.get('status') or 'state unknown'}, {started}", MAX_HINT)
    which = f"{one_line(instance['name'], MAX_HINT)} ({state})"
    if not count:
        return f"The log of its newest instance {which} is empty."
    return f"`log` has the last {_lines(count)} of the log of its newest instance {which}."


def _lines(count: int) -> str:
    return "line" if count == 1 else f"{count} lines"


def _newest_log(run: ModuleRun, app: Mapping[str, Any], lines: int, seconds: float) -> tuple[Instance, list[str]]:
    """The newest instance and the end of its log. Raises SpiceError."""
    instances = Instances(Apps(run.client), is_single=True)
    wait = Wait(run, max(0.0, min(seconds, LONGEST_WAIT)), INTERVAL)
    while True:
        # Asked each time, because a newer one may be there by now.
        newest = next(iter(instances.all(app["id"])), None)
        if newest is None:
            raise OperationFailed("the app has no instance")
        try:
            return newest, read_log(run, instances, app["id"], newest["name"], lines)
        except ApiError as error:
            if error.status != 404:
                raise
        wait.until_next_look("no log", f"app {app['name']}: its log is not there yet", _too_late)


def _too_late(elapsed: float) -> SpiceError:
    return OperationFailed(f"it is not there yet after {elapsed:.0f} seconds")
