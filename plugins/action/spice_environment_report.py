# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import report, report_others
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import misspelled
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import Form, Row, table

NOTHING = (
    "No host has `environment_app`, which describes the app of an environment: give it with `-e @environment.yml`, or "
    "give an inventory whose hosts have it with `-i`."
)

NO_RESULT = (
    "No host has a result of spiceai.cloud.spice_environment in `{variable}`, because an earlier task failed or was "
    "skipped; its error is above."
)


class About(NamedTuple):
    """What a table can be about.

    Args:
        form: its columns. variable: of a host, with the name of its app. registered: what the tasks of the role
            registered, by the name that the next three use.
        app, row, summary: the name of the app in the results of a host, its row, and the same for programs.
    """

    form: Form
    variable: str
    registered: Mapping[str, str]
    app: Callable[[Mapping[str, Any]], str | None]
    row: Callable[[str, Mapping[str, Any]], Row]
    summary: Callable[[str, Mapping[str, Any]], dict[str, Any]]


WORKS = {
    "environment": About(
        report.FORM,
        "environment_app",
        {"result": "environment_result"},
        lambda results: report.app_name(results["result"]),
        lambda name, results: report.row_of(name, results["result"]),
        lambda name, results: report.summary_of(name, results["result"]),
    ),
    "teardown": About(
        report_others.TEARDOWN,
        "teardown_app",
        report_others.TEARDOWN_RESULTS,
        report_others.teardown_app,
        report_others.teardown_row,
        report_others.teardown_summary,
    ),
    "rotation": About(
        report_others.ROTATION,
        "api_key_rotation_app",
        report_others.ROTATION_RESULTS,
        report_others.rotation_app,
        report_others.rotation_row,
        report_others.rotation_summary,
    ),
}
EXPORT = "export"
OPTIONS: dict[str, Any] = {
    "about": {"type": "str", "choices": [*WORKS, EXPORT], "default": "environment"},
    "variable": {"type": "str", "default": "environment_result"},
}


class ActionModule(ActionBase):
    """Prints the table once, for all hosts of the play."""

    BYPASS_HOST_LOOP = True  # as `run_once`, so that a failed first host does not take the table with it
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = dict(super().run(tmp, task_vars), changed=False)
        dummy, given = self.validate_argument_spec(OPTIONS)
        variables = task_vars or {}
        if given["about"] == EXPORT:
            result["table"] = self._export(variables)
        else:
            result.update(self._of_hosts(given["about"], given["variable"], variables))
        return result

    def _of_hosts(self, about: str, variable: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The table of a work that each host does for its app, and the summaries of it."""
        work = WORKS[about]
        is_environment = about == "environment"
        registered = {"result": variable} if is_environment else work.registered
        results = {
            host: _registered(variables["hostvars"].raw_get(host), registered)
            for host in variables["ansible_play_hosts_all"]
        }
        if is_environment:  # a host may have none
            results = {host: found for host, found in results.items() if found}
        if not results:
            given = [name for name in variables if name.startswith("environment_")]
            if "environment_app" in given:
                return {"failed": True, "msg": NO_RESULT.format(variable=variable)}
            return {"failed": True, "msg": " ".join([NOTHING, *misspelled(given, ["environment_app"])])}
        names = {
            host: str(work.app(found) or _described(variables["hostvars"][host], work.variable) or host)
            for host, found in results.items()
        }
        labels = report.labels(names)
        lines = table(work.form, [work.row(labels[host], results[host]) for host in results], self._display.columns)
        self._display.display("\n".join(lines))
        summaries = {labels[host]: work.summary(names[host], results[host]) for host in results}
        data = {"environment_summaries": summaries}
        if variables.get("awx_job_id"):
            data[f"environment_summaries_{variables['awx_job_id']}"] = summaries
        environments = {host: found["result"] for host, found in results.items()} if is_environment else {}
        warnings = report.shared_apps(environments)
        return {
            "table": lines,
            "summaries": summaries,
            "ansible_stats": {"data": data, "per_host": False, "aggregate": True},
            **({"warnings": warnings} if warnings else {}),
        }

    def _export(self, variables: Mapping[str, Any]) -> list[str]:
        """The table of an export, which one host writes for all apps."""
        results = _registered(
            variables["hostvars"].raw_get(variables["inventory_hostname"]), report_others.EXPORT_RESULTS
        )
        lines = table(
            report_others.EXPORT, report_others.export_rows(results, self._task.check_mode), self._display.columns
        )
        lines += report_others.export_footer(results)
        self._display.display("\n".join(lines))
        return lines


def _registered(variables: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """What tasks of a host registered, without those that were skipped. ``variables``: not filled in by Ansible."""
    found = {name: variables.get(variable) for name, variable in names.items()}
    return {name: value for name, value in found.items() if isinstance(value, Mapping) and not value.get("skipped")}


def _described(variables: Mapping[str, Any], name: str) -> str | None:
    """The name of the app in the variables of a host; None where they cannot be filled in, which is told elsewhere."""
    try:
        value = variables.get(name)
        found = value.get("name") if isinstance(value, Mapping) else value
    except AnsibleError:
        return None
    # Older ansible-core gives the template itself.
    return found if isinstance(found, str) and "{{" not in found else None
