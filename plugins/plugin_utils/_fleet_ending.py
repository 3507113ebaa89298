# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a fleet run: its report, and who fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import printable
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import UNCHANGED
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_plan, fleet_report
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_merge import brief
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import (
    FleetOptions,
    words_of_change,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_summary import summary_of
from ansible_collections.spiceai.cloud.plugins.plugin_utils._atomic_file import plan_file
from ansible_collections.spiceai.cloud.plugins.plugin_utils._fleet_files import FleetFiles

REPORT_MODE = 0o640
MEMBERS_RESULT = "__fleet_members_result"  # the variable that tasks/members.yml of the role registers


def report(files: FleetFiles, variables: Mapping[str, Any], width: int, show: Callable[[str], None]) -> dict[str, Any]:
    """Prints what became of all apps, writes it to files, and keeps the statistics of the run."""
    state = files.state()
    options = FleetOptions(**state["options"])
    decision = state["decision"]
    hosts = decision["hosts"] if decision else []
    records = [files.record(host) or {"host": host, "api": {}} for host in hosts]
    if not state["state"]:
        missed = [record["host"] for record in records if record.get("result") is None]
        state.update(state=fleet_plan.STOPPED if missed or decision is None else fleet_plan.FINISHED)
        if state["state"] == fleet_plan.STOPPED:
            state["reason"] = f"no batch reached {fleet_plan.count_of(len(missed), 'app')}, and nothing tells why"
    summary = summary_of(
        state["run"], words_of_change(options), state["state"], state["reason"], state["batches"], records
    )
    lines = fleet_report.table(summary, width)
    if state["state"] != fleet_plan.PLANNED:  # the plan has told it
        show("\n".join(printable(line) for line in lines))
    failing = [record["host"] for record in records if record.get("result") in fleet_plan.FAILURES]
    drift = _drift(files, state, variables["hostvars"]) if options.fail_on_drift else ""
    state["failing"] = _failing(state, drift, failing, variables.get("ansible_limit"))
    files.keep_state(state)
    result: dict[str, Any] = {
        "table": lines,
        "failing": [*failing, *state["failing"]],
        "ansible_stats": {"data": _statistics(summary, variables), "per_host": False, "aggregate": True},
    }
    if options.report_dest:
        result.update(_write_report(Path(options.report_dest), summary))
    return result


def _drift(files: FleetFiles, state: Mapping[str, Any], hostvars: Any) -> str:
    """What a plan would change: the apps and the members of their organizations; empty for nothing.

    ``hostvars``: of Ansible. They are read as they are, because the server has named the members in them.
    """
    apps = [host for host in state["hosts"] if (files.record(host) or {}).get("result") == fleet_plan.WOULD_CHANGE]
    results = [hostvars.raw_get(host).get(MEMBERS_RESULT) or {} for host in state["members_hosts"]]
    # `changed` decides. An outcome could be masked, and only names who it is about.
    outcomes = [each for result in results if result.get("changed") for each in result["outcomes"].items()]
    members = [name for name, outcome in outcomes if outcome != UNCHANGED]
    return " and ".join(
        f"{fleet_plan.count_of(len(differing), noun)} that would change ({fleet_plan.names(differing)})"
        for noun, differing in (("app", apps), ("member", members))
        if differing
    )


def _failing(state: Mapping[str, Any], drift: str, failed: list[str], limit: str | None) -> dict[str, str]:
    """The host that stands for the whole run, with why it fails; empty where the run ended well.

    With a limit there is no localhost, so the first host stands for it where no app failed.
    """
    reason = ""
    if state["state"] == fleet_plan.STOPPED or failed:
        reason = f"{state['state']}: {state['reason'] or fleet_plan.count_of(len(failed), 'app') + ' failed'}."
    elif state["state"] == fleet_plan.PLANNED and drift:
        reason = f"found {drift}."
    if not reason:
        return {}
    if limit is None:
        return {"localhost": reason}
    return {} if failed else {state["hosts"][0]: reason}


def _statistics(summary: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    statistics = brief(summary)
    data = {"fleet_report": statistics}
    if variables.get("awx_job_id"):
        data[f"fleet_report_{variables['awx_job_id']}"] = statistics
    return data


def _write_report(directory: Path, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The files of a report. A report that cannot be written is a warning, because the run has ended."""
    written = []
    try:
        for name, form in fleet_report.FILES.items():
            plan_file(directory / name, form(summary), REPORT_MODE, replace=True).write()
            written.append(str(directory / name))
    except OSError as error:
        words = f"The report cannot be written to {directory}: {error.strerror or error}."
        return {"files": written, "warnings": [words]}
    return {"files": written}
