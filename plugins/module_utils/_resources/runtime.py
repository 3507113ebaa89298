# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app really serves: whether its runtime takes the key, is ready, and has the datasets of the spicepod.

Source: Spice.ai Cloud documentation, runtime API, for the states of a dataset, which come in any case of letters.
Refreshing counts as ready: the dataset has data and gets newer ones. The first key of an app, or its move to a cluster,
reaches the runtime a moment after the Management API tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import ApiKeys
from ansible_collections.spiceai.cloud.plugins.module_utils._api.runtime import NOT_OFFERED, Row, Runtime
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidOption,
    OperationFailed,
    UnexpectedAnswer,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._http.runtime import RuntimeClient
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import Wait
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import pause_by_now, pause_of
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime_status import (
    ALL_DATASETS,
    Asked,
    Status,
    warn_of_unavailable,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.table_names import ByTableName
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import parse_mapping

INTERVAL = 2.0  # seconds until the second look
MAX_REASON = 200  # characters of what the runtime says
SERVING = ("ready", "refreshing")
PART_FIELDS = ("name", "from", "status", "error_message")
# What may pass by itself: a key or an endpoint that is not in force yet, a gateway that does not reach the runtime,
# half an answer.
PASSING_STATUSES = (None, 200, 401, 404, 408, 429)

T = TypeVar("T")


class Problem(NamedTuple):
    """Why a dataset is not served as the spicepod says. ``fatal``: waiting does not help."""

    text: str
    fatal: bool = False


class AppRuntime:
    """The runtime of an app, with one of its keys. Making it asks for the keys and for nothing else.

    Attributes:
        keys (list[str]): all keys of the app, which are hidden from now on.

    Args:
        run: who asks. app: as the API gives it. key_number: None takes the first slot that holds a key.
        caller_polls: the caller asks again by itself, so requests are not retried.

    Raises:
        InvalidOption: it has no address, or no such key. ApiError.
    """

    def __init__(
        self, run: ModuleRun, app: Mapping[str, Any], key_number: int | None = None, caller_polls: bool = False
    ) -> None:
        self.url = address_of(app).rstrip("/")
        keys = ApiKeys(Apps(run.client)).get(app["id"])
        self.keys = [key for key in keys.values() if key]
        for each in self.keys:
            run.redactor.add(each)
        self.key_number = key_number or next((number for number in sorted(keys) if keys[number]), 1)
        key = keys[self.key_number]
        if not key:
            other = ", or give another `key_number`" if any(keys.values()) else ""
            raise InvalidOption(
                f"App {app['name']} has no API key {self.key_number}; generate it with "
                f"spiceai.cloud.spice_api_key{other}."
            )
        label = f"the `endpoint` of app {app['name']}"
        self._runtime = Runtime(RuntimeClient(run.client, label, self.url, key, caller_polls))

    def status(self, asked: Asked) -> Status:
        """What it tells now. Raises ApiError; 401 when it does not take the key."""
        unavailable: list[str] = []
        nothing: tuple[Row, ...] = ()

        def ask(what: str, call: Callable[[], T], instead: T) -> T:
            try:
                return call()
            except ApiError as error:
                if error.status != NOT_OFFERED:
                    raise
                unavailable.append(what)
                return instead

        waits_for = ask("ready", self._runtime.ready, None)
        datasets = ask("datasets", lambda: self._parts("datasets", asked.datasets), nothing)
        models = ask("models", lambda: self._parts("models", asked.models), nothing)
        return Status(
            self.url,
            self.key_number,
            accepted=True,
            ready=None if "ready" in unavailable else waits_for is None,
            waits_for=waits_for,
            datasets=datasets,
            models=models,
            unavailable=tuple(unavailable),
        )

    def _parts(self, kind: str, is_asked: bool) -> tuple[Row, ...]:
        parts = self._runtime.parts(kind) if is_asked else []
        return tuple({field: part.get(field) for field in PART_FIELDS} for part in parts)

    def unreachable(self) -> Status:
        """The status of a runtime that could not be asked."""
        return Status(self.url, self.key_number)

    def sql(self, query: str, is_read: bool) -> list[Row]:
        """The rows of a statement. ``is_read``: it changes nothing. Raises ApiError."""
        return self._runtime.sql(query, is_read)

    @property
    def questions(self) -> Runtime:
        """The same runtime, for what needs no key of another slot and no wait."""
        return self._runtime


def address_of(app: Mapping[str, Any]) -> str:
    """Where the app answers. Raises InvalidOption: nowhere."""
    if app.get("endpoint"):
        return str(app["endpoint"])
    region = app.get("region") or (app.get("config") or {}).get("region")
    host = app.get("cname") or (region and f"{region}-prod-aws-data")
    if not host:
        raise InvalidOption(
            f"App {app['name']} is standalone: Spice.ai Cloud does not run it, so it has no runtime to ask there."
        )
    return f"https://{host}.spiceai.io"


def wait_until_serving(
    run: ModuleRun,
    app: Mapping[str, Any],
    timeout: float,
    asked: Asked = ALL_DATASETS,
    key_number: int | None = None,
    interval: float = INTERVAL,
    runtime: AppRuntime | None = None,
) -> Status:
    """The status in which the runtime is ready and, if asked, every dataset and model of the app's spicepod is served.

    Args:
        run: who waits. app: as the API gives it, with its config; not fetched again.
        timeout: seconds. asked: what must be served. key_number: None takes the first key. interval: seconds until the
            second look. runtime: that of the app, where the caller asks it for more; made with ``caller_polls``.

    Raises:
        OperationFailed: not in time, or the app is paused, or a part is in Error; ``partial`` holds the last status
            as ``runtime``, and ``waited_seconds``.
        SpiceError
    """
    wait = Wait(run, timeout, interval)
    pause = pause_of(app)
    if pause:
        raise OperationFailed(pause, _partial(_unasked(app, key_number), wait))
    runtime = runtime or AppRuntime(run, app, key_number, caller_polls=True)
    status = runtime.unreachable()

    def failed(lead: str, reason: str, hint: str = "") -> OperationFailed:
        message = f"App {app['name']} does not serve what it should{lead}: {reason.rstrip('.')}.{hint}"
        return OperationFailed(message, _partial(status, wait))

    def give_up(elapsed: float) -> OperationFailed:
        hint = (
            " Deploy what is configured with spiceai.cloud.spice_deployment, or wait longer." if status.accepted else ""
        )
        pause = pause_by_now(Apps(run.client), app["id"])
        hint = f" {pause}" if pause else hint
        return failed(f" after {elapsed:.0f} seconds", reason, hint)

    while True:
        try:
            status = runtime.status(asked)
            warn_of_unavailable(run, app, status)
            problems = serving_problems(app, status, asked)
            if status.ready is not False and not problems:
                return status
            reason = "; ".join(problem.text for problem in problems)
            # Redacted before it is cut, because a part of a key would not be found.
            words = run.redactor.redact(status.waits_for or "")[:MAX_REASON]
            reason = reason or f"the runtime is not ready ({words})"
            if any(problem.fatal for problem in problems):
                raise failed("", reason)
        except UnexpectedAnswer as error:
            status, reason = runtime.unreachable(), str(error)
        except ApiError as error:
            status, reason = runtime.unreachable(), str(error)
            if error.status not in PASSING_STATUSES and (error.status or 0) < 500:
                raise error.explained(str(error), _partial(status, wait)) from error
        wait.until_next_look(reason, f"app {app['name']}: {reason.rstrip('.')}", give_up)


def serving_problems(app: Mapping[str, Any], status: Status, asked: Asked = ALL_DATASETS) -> list[Problem]:
    """The datasets and models of the app's spicepod that are not served; empty when all is well.

    A dataset with ``enabled: false`` need not be there. A part that comes from elsewhere is of an older deployment, so
    its error is not that of the spicepod.
    """
    tells = Asked(*(getattr(asked, kind) and kind not in status.unavailable for kind in Asked._fields))
    served, models = ByTableName(status.datasets), {str(part["name"]): part for part in status.models}
    datasets = [wanted for wanted in _named(app, "datasets") if wanted.get("enabled") is not False]
    problems = [
        *(_problem("dataset", one, served.find(str(one["name"]))) for one in datasets if tells.datasets),
        *(_problem("model", one, models.get(str(one["name"]))) for one in _named(app, "models") if tells.models),
    ]
    return [problem for problem in problems if problem]


def run_runtime_info(run: ModuleRun) -> Result:
    """The result of spice_runtime_info. Raises SpiceError."""
    params = run.params
    for option in ("wait_timeout", "poll_interval"):
        if params[option] <= 0:
            raise InvalidOption(f"`{option}` must be more than 0 seconds, not {params[option]}.")
    wait = Wait(run, params["wait_timeout"], params["poll_interval"])
    app = require_app(run, Apps(run.client))
    asked = Asked(params["datasets"], params["models"])
    number = params["key_number"]
    pause = pause_of(app) if app else None
    if app is None:
        status = Status(None, number)
    elif params["wait"]:
        status = wait_until_serving(run, app, params["wait_timeout"], asked, number, params["poll_interval"])
    elif pause:
        run.warn(pause)
        status = _unasked(app, number)
    else:
        status = AppRuntime(run, app, number).status(asked)
        warn_of_unavailable(run, app, status)
    return dict(_partial(status, wait), changed=False)


def _unasked(app: Mapping[str, Any], key_number: int | None) -> Status:
    """The status of a runtime that nobody asked, because no request reaches it."""
    return Status((app.get("endpoint") or "").rstrip("/") or None, key_number)


def _partial(status: Status, wait: Wait) -> dict[str, Any]:
    return {"runtime": status.to_result(), "waited_seconds": round(wait.elapsed, 1)}


def _problem(kind: str, wanted: Mapping[str, Any], part: Row | None) -> Problem | None:
    name = f"{kind} {wanted['name']}"
    if part is None:
        return Problem(f"{name} is not there yet")
    if _differ(wanted.get("from"), part["from"]):
        return Problem(f"{name} still comes from {part['from']}, not from {wanted['from']}")
    state = str(part["status"] or "").casefold()
    if state == "error":
        return Problem(f"{name} is in Error: {part['error_message'] or 'no reason given'}", fatal=True)
    # Runtimes differ in whether they tell the status of a model; none is ready while a model still loads.
    if state not in SERVING and (state or kind == "dataset"):
        return Problem(f"{name} is {part['status'] or 'in no known state'}")
    return None


def _named(app: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The ``datasets`` or ``models`` that the spicepod names itself; others come from files that only the platform
    sees.
    """
    spicepod = (app.get("config") or {}).get("spicepod") or {}
    listed = parse_mapping("spicepod", spicepod).get(kind)
    return [item for item in listed if isinstance(item, dict) and item.get("name")] if isinstance(listed, list) else []


def _differ(wanted: Any, served: Any) -> bool:
    # A reference to a secret is shown in a form of the runtime's own.
    return bool(wanted and served and "${" not in str(wanted) and str(wanted) != str(served))
