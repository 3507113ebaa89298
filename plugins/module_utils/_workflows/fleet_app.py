# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The steps of a fleet run for one app: look, start, finish, look again, roll back.

All apps of a batch are started before the first one is waited for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, UNCHANGED
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import FIELDS, blank
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.environment import ENVIRONMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_plan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_before import (
    TOLD_BY_DEPLOYMENTS,
    end_image,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_environment import (
    AGAIN,
    FINISH,
    LOOK,
    START,
    FleetEnvironment,
    Specs,
    Task,
    version_of,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import FleetOptions
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_rollback import settle

HOLD_TAG = "fleet-hold"


def run_step(run: ModuleRun, specs: Specs, step: str, task: Task) -> Result:
    """The result of a step; ``record`` has what is new of the app.

    Args:
        run: options as :class:`Environment`. specs: of its parts.

    Raises:
        SpiceError: ``partial`` has ``record`` too.
    """
    if step in (FINISH, AGAIN):
        return _finish(run, specs, step, task)
    return {LOOK: _look, START: _start}.get(step, settle)(run, specs, task)


# -- look -------------------------------------------------------------------------------------------------------------


def _look(run: ModuleRun, specs: Specs, task: Task) -> Result:
    environment = FleetEnvironment(run, specs, task, LOOK)
    pause = ""
    try:
        result = environment.execute()
    except InvalidOption:
        pause = (environment.current or {}).get("paused_at") or ""
        if not pause:
            raise
        result = {"environment": {"app": environment.current}, "plan": []}
    current = environment.current or {}
    record = {
        **_identity(run, result),
        "to_do": bool(result["plan"]),
        "is_new": not current,
        "changes": result["plan"],
        "version": version_of(current, environment.newest),
        "deployment": (environment.newest or {}).get("id"),
        "hold": f"it is paused since {pause}; `paused: false` of spiceai.cloud.spice_app resumes it"
        if pause
        else _reason_to_hold(task.options, current, environment.newest),
        "result": None if result["plan"] or pause else fleet_plan.UNCHANGED,
    }
    return {"changed": False, "record": record}


def _identity(run: ModuleRun, result: Mapping[str, Any]) -> dict[str, Any]:
    app = (result.get("environment") or {}).get("app") or {}
    return {"app": app.get("name"), "app_id": app.get("id"), "org": run.client.config.org}


def _reason_to_hold(options: FleetOptions, app: Mapping[str, Any], deployment: Mapping[str, Any] | None) -> str:
    """Why an app that differs is left alone; empty when it is not."""
    tag = (app.get("tags") or {}).get(HOLD_TAG)
    if tag is not None and tag != "false":
        return f"the tag `{HOLD_TAG}` is {tag}" if tag else f"it has the tag `{HOLD_TAG}`"
    only_from, change = options.only_from or {}, options.change or {}
    for field in FIELDS:
        if field.name not in only_from:
            continue
        wanted, found = only_from[field.name], field.read(app)
        if blank(found) is None and field.name in TOLD_BY_DEPLOYMENTS:
            found = (deployment or {}).get(field.name)
        # An app that a former run left halfway has the new value already.
        accepted = [wanted, *([change[field.name]] if field.name in change else [])]
        if not any(_is_same(field, value, found) for value in accepted):
            return f"{field.name} is {_shown(found)}, not {_shown(wanted)}"
    return ""


def _is_same(field: Any, wanted: Any, found: Any) -> bool:
    checked = wanted if blank(wanted) is None else field.check(wanted, lambda text: None)
    return not field.differs(checked, found)


def _shown(value: Any) -> str:
    return "not set" if blank(value) is None else str(value) if isinstance(value, (str, int, float)) else "another one"


# -- start and finish -------------------------------------------------------------------------------------------------


def _start(run: ModuleRun, specs: Specs, task: Task) -> Result:
    """Brings the app to its state, and starts the deployment without waiting for it."""
    run.params["deployment"] = {**(run.params["deployment"] or {}), "wait": False, "retry_failed": True}
    environment = FleetEnvironment(run, specs, task, START)
    try:
        result = environment.execute()
    except SpiceError as error:
        partial = error.partial or {}
        raise error.explained(str(error), {"record": _identity(run, partial)}) from error
    done = result["environment"]
    record = {
        **_identity(run, result),
        "previous_version": version_of(environment.current or {}, environment.newest),
        "deployment": (done["deployment"] or {}).get("id") or task.record.get("deployment"),
        "is_deployed": bool(done["deployment"]) or environment.queued,
        "done": CREATED if environment.current is None else "changed" if result["changed"] else UNCHANGED,
    }
    return {"changed": result["changed"], "record": record, "plan": result["plan"]}


def _finish(run: ModuleRun, specs: Specs, step: str, task: Task) -> Result:
    """Waits for the deployment, and verifies what runs. The second look only looks."""
    record, left = task.record, _left(run.params) if step == FINISH else {}
    if not record.get("is_deployed", True) and not left:
        return {"changed": False, "record": _succeeded(record, record.get("version"), record.get("deployment"), None)}
    deployment = {**(run.params["deployment"] or {}), "wait": True, "retry_failed": False, "force": False}
    kept = {name: run.params[name] for name in ("deploy", "verify", "prefix")}
    nothing = {name: option.get("default") for name, option in ENVIRONMENT.options.items()}
    # The app as it is now: what is described was brought about before.
    app = {"app_id": record["app_id"], **left.pop("app", {})}
    run.params.update({**nothing, **kept, **left, "app": app, "deployment": deployment})
    result = FleetEnvironment(run, specs, task._replace(options=FleetOptions()), step).execute()
    done = result["environment"]
    now = done["deployment"] or {}
    end_image(task.image)
    if result["changed"] and record.get("done") == UNCHANGED:
        record["done"] = fleet_plan.CHANGED
    return {
        "changed": result["changed"],
        "record": _succeeded(record, version_of(done["app"], now), now.get("id"), done["url"]),
    }


def _left(params: Mapping[str, Any]) -> dict[str, Any]:
    """What comes after the verification: the monitors, then the pause. Empty for none."""
    left: dict[str, Any] = {}
    if params["monitors"]:
        left["monitors"] = params["monitors"]
    if (params["purge"] or {}).get("monitors"):
        left["purge"] = {"monitors": True}
    if params["app"].get("paused"):
        left["app"] = {"paused": True}
    return left


def _succeeded(record: Mapping[str, Any], version: str | None, deployment: Any, url: str | None) -> dict[str, Any]:
    return {
        "version": version,
        "deployment": deployment or record.get("deployment"),
        "url": url,
        "result": record.get("done") or fleet_plan.UNCHANGED,
    }
