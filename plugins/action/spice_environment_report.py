# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import misspelled
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.report import Row, row_of, summary_of, table

NOTHING = (
    "No host has `environment_app`, which describes the app of an environment: give it with `-e @environment.yml`, or "
    "give an inventory whose hosts have it with `-i`."
)


class ActionModule(ActionBase):
    """Prints the table once, for all hosts of the play."""

    _VALID_ARGS = frozenset({"variable"})
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = dict(super().run(tmp, task_vars), changed=False)
        variables = task_vars or {}
        hosts = list(variables["ansible_play_hosts_all"])
        name = self._task.args.get("variable", "environment_result")
        results = {host: variables["hostvars"][host].get(name) for host in hosts}
        results = {host: found for host, found in results.items() if isinstance(found, Mapping) and not _skipped(found)}
        if variables["inventory_hostname"] == hosts[0]:
            result.update(self._table(results, variables))
        own = results.get(variables["inventory_hostname"])
        if own is not None:
            row = row_of(variables["inventory_hostname"], own)
            result["summary"] = summary_of(row, own)
            if row.reason:
                result.update(failed=True, msg=row.reason)
        return result

    def _table(self, results: Mapping[str, Mapping[str, Any]], variables: Mapping[str, Any]) -> dict[str, Any]:
        if not results:
            given = [variable for variable in variables if variable.startswith("environment_")]
            return {"failed": True, "msg": " ".join([NOTHING, *misspelled(given, ["environment_app"])])}
        rows: list[Row] = [row_of(host, found) for host, found in results.items()]
        lines = table(rows, self._display.columns)
        self._display.display("\n".join(lines))
        summaries = {row.app: summary_of(row, found) for row, found in zip(rows, results.values())}
        data = {"environment_summaries": summaries}
        if variables.get("awx_job_id"):
            data[f"environment_summaries_{variables['awx_job_id']}"] = summaries
        return {"table": lines, "ansible_stats": {"data": data, "per_host": False, "aggregate": True}}


def _skipped(result: Mapping[str, Any]) -> bool:
    return bool(result.get("skipped"))
