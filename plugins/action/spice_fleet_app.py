# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ansible.errors import AnsibleError
from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.environment import ENVIRONMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_app, fleet_plan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_environment as steps
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import FleetOptions
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import reasons
from ansible_collections.spiceai.cloud.plugins.modules.spice_environment import PARTS
from ansible_collections.spiceai.cloud.plugins.plugin_utils._action import SpiceAction
from ansible_collections.spiceai.cloud.plugins.plugin_utils._fleet_files import FleetFiles

VERDICT = "verdict"
STEPS = (
    steps.LOOK,
    steps.START,
    steps.FINISH,
    steps.AGAIN,
    steps.SETTLE,
    steps.UNDO,
    VERDICT,
)
# Steps of a batch: they act only on hosts of the batch that is under way.
OF_A_BATCH = (steps.START, steps.FINISH, steps.AGAIN, steps.SETTLE, steps.UNDO)
PREFIX = "environment_"
OF_A_FLEET = ("step", "task")  # the options that are no options of an environment
COUNTED = ("requests", "writes", "throttled", "paced_seconds")
SHOWN = ("app", "app_id", "org", "result", "batch", "version", "previous_version", "deployment", "url", "reason")
# These hold names, numbers and words of the collection only.
PUBLIC = (
    "result",
    "done",
    "app",
    "app_id",
    "org",
    "version",
    "previous_version",
    "deployment",
    "changes",
    "batch",
    "url",
)
NO_APP = {"is_app": False, "result": None}
WITH_ITS_BATCH = "The run stopped, and `fleet_rollback` puts the whole batch back"


def _run_step(run: ModuleRun) -> Result:
    given = run.params["task"]
    task = steps.Task(FleetOptions(**given["options"]), given["run"], given["record"], given["image"], given["reason"])
    return fleet_app.run_step(run, PARTS, run.params["step"], task)


class ActionModule(SpiceAction):
    """One step for one app. The variables of the host describe the app; the files of the run say what is due."""

    spec = ModuleSpec(
        "spice_fleet_app",
        _run_step,
        CONNECTION
        + ENVIRONMENT
        + ArgumentSpec({"step": {"type": "str", "choices": list(STEPS), "required": True}, "task": {"type": "dict"}}),
        public=tuple(f"record.{name}" for name in PUBLIC),
    )
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        variables = task_vars or {}
        host = variables["inventory_hostname"]
        files = FleetFiles()
        state = files.state()
        step = self._task.args.get("step")
        record = files.record(host) or {"host": host, "api": {}, "seconds": 0.0}
        if step == VERDICT:
            return self._verdict(state, record)
        if step in OF_A_BATCH:
            current = state["current"] or {}
            if host not in current.get("hosts", ()):
                raise AnsibleError(f"{host} is in no batch that is under way, so nothing is done.")
            record["batch"] = current["name"]
        if not self._is_due(step, state, record):
            return {"changed": False, **_shown(record)}
        return self._taken(files, state, record, variables)

    def _belongs_here(self) -> bool:
        return True  # the step works with files of the controller

    def _is_due(self, step: str, state: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
        """Whether the step has something to do; an app that has failed gets no further look."""
        result = record.get("result")
        if step == steps.START:
            return result is None
        if step == steps.AGAIN:
            return result not in fleet_plan.FAILURES
        if step == steps.UNDO:
            return bool(state["undo"]) and result == fleet_plan.CHANGED
        return True

    def _taken(
        self, files: FleetFiles, state: Mapping[str, Any], record: dict[str, Any], variables: dict[str, Any]
    ) -> dict[str, Any]:
        """The result of a step that is taken, which is kept."""
        began = time.monotonic()
        step, is_plan = self._task.args["step"], self._task.check_mode
        try:
            described = self._described(FleetOptions(**state["options"]), variables)
            if described is None:
                files.keep_record({**record, **NO_APP})
                return {"changed": False, "is_app": False}
            given = {name: value for name, value in self._task.args.items() if name in CONNECTION.options}
            task = {
                "options": state["options"],
                "run": state["run"],
                "record": record,
                "image": self._image(files, state, record["host"]),
                "reason": WITH_ITS_BATCH if step == steps.UNDO else _reason(variables),
            }
            self._task.args.clear()
            self._task.args.update({**given, **described, "step": step, "task": task})
            self._task.check_mode = is_plan or step in (steps.LOOK, steps.AGAIN)
            result = super().run(None, variables)
        except AnsibleError as error:
            result = {"failed": True, "msg": str(error)}
        result.pop("invocation", None)  # with the whole description of the app
        record.update(result.pop("record", None) or {})
        record.update(is_app=True, seconds=round(record["seconds"] + time.monotonic() - began, 1))
        counts = result.get("api") or {}
        record["api"] = {name: record["api"].get(name, 0) + (counts.get(name) or 0) for name in COUNTED}
        if result.get("failed"):
            self._note_failure(record, "; ".join(reasons(result)), self._image(files, state, record["host"]))
        files.keep_record(record)
        if step == steps.LOOK and is_plan and not result.get("failed"):
            result["changed"] = record["to_do"]
        if result.get("failed"):
            return result
        return {**result, **_shown(record)}

    def _note_failure(self, record: dict[str, Any], told: str, image: str) -> None:
        """What a failed step means for the app, where no later step settles that."""
        step = self._task.args["step"]
        if step == steps.LOOK:
            record.update(result=fleet_plan.FAILED, counts=True, reason=told, app=record.get("app") or record["host"])
        elif step in (steps.SETTLE, steps.UNDO):
            is_changed = os.path.exists(image)
            record.update(result=fleet_plan.ROLLBACK_FAILED if is_changed else fleet_plan.FAILED, counts=True)
            record["reason"] = told

    def _image(self, files: FleetFiles, state: Mapping[str, Any], host: str) -> str:
        directory = state["options"]["state_dir"]
        return f"{directory}/{quote(host, safe='')}.json" if directory else files.image(host)

    # -- what the host describes --------------------------------------------------------------------------------------

    def _described(self, options: FleetOptions, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """The options of spice_environment for this host; None where it describes no app. Raises AnsibleError."""
        own = {
            name: self._templar.template(variables[PREFIX + name])
            for name in (*ENVIRONMENT.options, "spicepod_file")
            if PREFIX + name in variables and name not in ("prefix", "variables")
        }
        deployment = own.get("deployment")
        if isinstance(deployment, Mapping) or not deployment:
            # What every app gets counts more than what the host says of its deployments.
            kept = {name: value for name, value in (deployment or {}).items() if name not in (options.change or {})}
            own["deployment"] = {**kept, **options.deployment}
        if options.change is not None:
            app = self._app_of(own, variables)
            if app is None:
                return None
            taken = {name: own[name] for name in ("deploy", "deployment", "verify") if own.get(name) is not None}
            return {**taken, "app": {**app, **options.change}}
        if not own.get("app"):
            return None
        spicepod_file = own.pop("spicepod_file", None)
        if spicepod_file is not None and isinstance(own["app"], Mapping):
            own["app"] = {**own["app"], "spicepod_file": spicepod_file}
        # Members belong to the organization, and not to one app; the run rolls back by its own rules.
        own.pop("members", None)
        own.pop("rollback", None)
        if isinstance(own.get("purge"), Mapping):
            own["purge"] = {name: value for name, value in own["purge"].items() if name != "members"}
        named = [name for name in variables if name.startswith(PREFIX)]
        given = {name: value for name, value in own.items() if value is not None}
        return {**given, "prefix": PREFIX, "variables": named}

    def _app_of(self, own: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Which app a change goes to; None where the host does not tell."""
        app = own.get("app")
        if isinstance(app, Mapping) and (app.get("app_id") or app.get("name")):
            return {"app_id": app["app_id"]} if app.get("app_id") else {"name": app["name"]}
        for option, variable in (("app_id", "spice_app_id"), ("name", "spice_app_name")):
            value = self._templar.template(variables.get(variable))
            if value:
                return {option: value}
        return None

    # -- the end ------------------------------------------------------------------------------------------------------

    def _verdict(self, state: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
        """Fails for an app that failed, and for the whole run where that did not end well."""
        if record.get("result") in fleet_plan.FAILURES:
            return {"failed": True, "changed": False, "msg": record["reason"]}
        if record["host"] in state["failing"]:
            return {"failed": True, "changed": False, "msg": f"The fleet run {state['failing'][record['host']]}"}
        return {"changed": False}


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record.get(name) for name in SHOWN}


def _reason(variables: Mapping[str, Any]) -> str:
    """Why the block failed in whose rescue this task runs."""
    failed = variables.get("ansible_failed_result")
    if not isinstance(failed, Mapping):
        return ""
    told = "; ".join(reasons(failed))
    task = variables.get("ansible_failed_task")
    name = task.get("name") if isinstance(task, Mapping) else None
    action = str(task.get("action") or "") if isinstance(task, Mapping) else ""
    return told if action.startswith("spiceai.cloud.") or not name else f"{name}: {told}"
