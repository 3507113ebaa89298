# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, printable
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_plan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import (
    OF_THE_RUN,
    FleetOptions,
    read_options,
)
from ansible_collections.spiceai.cloud.plugins.plugin_utils import _fleet_batch, _fleet_ending
from ansible_collections.spiceai.cloud.plugins.plugin_utils._fleet_files import FleetFiles

CHECK, DECIDE, BEGIN, SOAK, REFUSE, COUNT, MEMBERS, REPORT = (
    "check",
    "decide",
    "begin",
    "soak",
    "refuse",
    "count",
    "members",
    "report",
)
OPTIONS: dict[str, Any] = {
    "step": {
        "type": "str",
        "choices": [CHECK, DECIDE, BEGIN, SOAK, REFUSE, COUNT, MEMBERS, REPORT],
        "required": True,
    },
    "canary": {"type": "bool", "default": False},
}
PREFIX = "fleet_"
OF_A_TENANT = ("fleet_org", "spice_app_org", "fleet_api_token", "fleet_client_id")
NO_HOSTS = (
    "`fleet_hosts` {pattern} matches no host{limit}, so there is nothing to do. Give an inventory, or another pattern."
)


class ActionModule(ActionBase):
    """One step of the run as a whole: it runs once for all hosts of the play."""

    BYPASS_HOST_LOOP = True
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = dict(super().run(tmp, task_vars), changed=False)
        dummy, given = self.validate_argument_spec(OPTIONS)
        variables = task_vars or {}
        steps = {
            CHECK: self._check,
            DECIDE: self._decide,
            BEGIN: self._begin,
            SOAK: self._soak,
            REFUSE: self._refuse,
            COUNT: self._count,
            MEMBERS: self._members,
            REPORT: self._report,
        }
        try:
            result.update(steps[given["step"]](FleetFiles(), variables, given))
        except InvalidOption as error:
            return dict(result, failed=True, msg=printable(str(error)))
        return result

    # -- check --------------------------------------------------------------------------------------------------------

    def _check(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Reads the variables of the run, and which hosts it is about. Raises InvalidOption."""
        names = [name for name in variables if name.startswith(PREFIX)]
        # Those of a tenant belong to other hosts, and may hold what this host cannot fill in.
        values = {name: self._templar.template(variables[name]) if name in OF_THE_RUN else None for name in names}
        options = read_options(_plain(values), datetime.now().astimezone(), self._find(variables), _absolute)
        pattern = values.get("fleet_hosts") or "all"
        hosts = self._matching(pattern, variables)
        limit = variables.get("ansible_limit")
        if limit is not None:
            within = set(variables["ansible_play_hosts_all"])
            hosts = [host for host in hosts if host in within]
        if not hosts:
            told = f" with the limit {limit}" if limit is not None else ""
            raise InvalidOption(NO_HOSTS.format(pattern=pattern, limit=told))
        members = self._tenants(hosts, variables)
        files.clear()
        run = variables.get("awx_workflow_job_id") or variables.get("awx_job_id")
        files.keep_state(
            {
                "run": str(run or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")),
                "options": options._asdict(),
                "hosts": hosts,
                "members_hosts": members,
                "decision": None,
                "state": "",
                "reason": "",
                "batches": [],
                "current": None,
                "undo": False,
                "failing": {},
            }
        )
        return {"hosts": len(hosts)}

    def _tenants(self, hosts: Iterable[str], variables: Mapping[str, Any]) -> list[str]:
        """One host for each organization whose members are described; the first one that is.

        Raises:
            InvalidOption: a host has a variable of the run for itself, which nobody would read.
        """
        chosen: dict[tuple[str, ...], str] = {}
        for host in hosts:
            raw = variables["hostvars"].raw_get(host)
            for name in OF_THE_RUN:
                if name in raw and raw[name] != variables.get(name):
                    raise InvalidOption(
                        f"`{name}` of host {host} is not that of the run: give it with `-e` or in `group_vars/all`, "
                        "because it counts once for all apps."
                    )
            if raw.get("fleet_members"):
                tenant = tuple(str(raw.get(name)) for name in OF_A_TENANT)
                chosen.setdefault(tenant, host)
        return list(chosen.values())

    def _matching(self, pattern: Any, variables: Mapping[str, Any]) -> list[str]:
        """The hosts of the inventory that a pattern, or a list of them, names; in the order of the inventory."""
        lookup = lookup_loader.get("ansible.builtin.inventory_hostnames", loader=self._loader, templar=self._templar)
        patterns = pattern if isinstance(pattern, list) else [pattern]
        return [str(host) for host in lookup.run([str(entry) for entry in patterns], variables=dict(variables))]

    def _find(self, variables: Mapping[str, Any]) -> Any:
        inventory = variables.get("inventory_dir")
        bases = [*([Path(inventory)] if inventory else []), Path.cwd()]

        def find(name: str) -> str | None:
            path = Path(name).expanduser()
            candidates = [path] if path.is_absolute() else [base / path for base in bases]
            return next((str(candidate.absolute()) for candidate in candidates if candidate.is_file()), None)

        return find

    # -- decide -------------------------------------------------------------------------------------------------------

    def _decide(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Who has something to do, and in which batches. It prints the plan."""
        state = files.state()
        options = FleetOptions(**state["options"])
        records = {host: files.record(host) or _not_looked_at(host) for host in state["hosts"]}
        canaries = None if options.canary is None else self._named("canary", options.canary, variables)
        held = [] if options.hold is None else self._named("hold", options.hold, variables)
        is_over = options.until is not None and time.time() >= options.until
        decision = fleet_plan.decide(options, records, canaries, held, self._task.check_mode, is_over)
        for record in records.values():
            files.keep_record(record)
        until = "" if options.until is None else datetime.fromtimestamp(options.until).strftime("%Y-%m-%d %H:%M:%S")
        lines = fleet_plan.plan_lines(options, decision, records, until, self._display.columns)
        self._display.display(printable_lines(lines))
        state.update(decision=decision._asdict(), state=decision.state, reason=decision.reason)
        files.keep_state(state)
        goes_on = not decision.state
        return {
            "canaries": decision.canaries if goes_on else [],
            "rest": decision.rest if goes_on else [],
            "sizes": decision.sizes,
            "budget": decision.budget,
            "state": decision.state,
            "reason": decision.reason,
            "deployments_at_once": options.deployments_at_once,
            "members_hosts": state["members_hosts"],
        }

    def _named(self, name: str, patterns: list[str], variables: Mapping[str, Any]) -> list[str]:
        """The hosts that a variable names. Raises InvalidOption: it names none, or something that is none."""
        found = self._matching(patterns, variables)
        for pattern in patterns:
            if not self._matching([pattern], variables) and not pattern.startswith(("!", "&")):
                raise InvalidOption(f"`fleet_{name}` {pattern} matches no host; correct it, or leave it out.")
        return found

    # -- the other steps ----------------------------------------------------------------------------------------------

    def _begin(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return _fleet_batch.begin(files, variables["ansible_play_batch"], given["canary"])

    def _soak(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return _fleet_batch.soak(files, self._tell)

    def _refuse(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return _fleet_batch.refuse(files, variables)

    def _count(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return _fleet_batch.count(files, self._tell)

    def _members(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Whether the members of the organizations are due: after the last batch, and in a plan."""
        state = files.state()
        return {"goes_on": state["decision"] is not None and state["state"] in ("", fleet_plan.PLANNED)}

    def _report(self, files: FleetFiles, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return _fleet_ending.report(files, variables, self._display.columns, self._display.display)

    def _tell(self, line: str) -> None:
        """Shows a line at once; Ansible buffers standard output when that is a file or a pipe."""
        self._display.display(f"fleet | {printable(line)}", stderr=True)


def printable_lines(lines: Iterable[str]) -> str:
    """Lines for a screen, without what would move its cursor."""
    return "\n".join(printable(line) for line in lines)


def _not_looked_at(host: str) -> dict[str, Any]:
    return {
        "host": host,
        "is_app": True,
        "app": host,
        "api": {},
        "seconds": 0.0,
        "result": fleet_plan.FAILED,
        "counts": True,
        "reason": "the plan of this app ended without a result; its error is above",
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same in plain types, which can be kept. Raises InvalidOption."""
    plain = {}
    for name, value in values.items():
        plain[name] = _converted(name, value)
    return plain


def _converted(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _converted(name, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_converted(name, item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    raise InvalidOption(f"`{name}` holds {type(value).__name__}, which is no value of JSON: put it in quotes.")


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))
