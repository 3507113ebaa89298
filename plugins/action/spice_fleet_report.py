# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_merge import (
    brief,
    checked,
    merged,
    of_fleets,
    updated,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_report import FILES, table
from ansible_collections.spiceai.cloud.plugins.plugin_utils._atomic_file import UNCHANGED, plan_file

MODE = 0o640
OPTIONS: dict[str, Any] = {
    "summary": {"type": "dict"},
    "reports": {"type": "list", "elements": "raw"},
    "fleets": {"type": "list", "elements": "dict"},
    "dest": {"type": "path"},
}
NOTHING = "There is nothing to report: give `summary`, `reports` or `fleets`."
NO_FLEET = "`fleets` takes results of spiceai.cloud.spice_fleet_info, and one of them is none."


class ActionModule(ActionBase):
    """Prints the table and writes the files."""

    BYPASS_HOST_LOOP = True  # as `run_once`
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = dict(super().run(tmp, task_vars), changed=False)
        dummy, given = self.validate_argument_spec(OPTIONS)
        # Plain types: what comes from Ansible has types of its own.
        summary, reports, fleets = json.loads(
            json.dumps([given["summary"], given["reports"] or [], given["fleets"] or []], default=str)
        )
        try:
            whole = _whole(summary, reports, fleets)
            lines = table(whole, self._display.columns)
            self._display.display("\n".join(lines))
            result["table"] = lines
            self._write(whole, given["dest"], result)
        except InvalidOption as error:
            return dict(result, failed=True, msg=str(error))
        shown = brief(whole)
        data = {"fleet_report": shown}
        job = (task_vars or {}).get("awx_job_id")
        if job:
            data[f"fleet_report_{job}"] = shown
        return dict(result, summary=shown, ansible_stats={"data": data, "per_host": False, "aggregate": True})

    def _write(self, summary: Mapping[str, Any], dest: str | None, result: dict[str, Any]) -> None:
        """Writes what differs, each file as a whole or not at all."""
        result["files"] = []
        if dest is None:
            return
        if not dest:
            raise InvalidOption("`dest` must not be empty. Give the directory to write to.")
        for name, form in FILES.items():
            path = Path(dest).absolute() / name
            try:
                file = plan_file(path, form(summary), MODE, replace=True)
                if not self._task.check_mode:
                    file.write()
            except OSError as error:
                raise InvalidOption(f"{path} cannot be written: {error.strerror}.") from error
            result["files"].append({"path": str(path), "outcome": file.outcome})
            result["changed"] = result["changed"] or file.outcome != UNCHANGED


def _whole(summary: Any, reports: list[Any], fleets: list[Any]) -> dict[str, Any]:
    """One summary of all that was given. Raises InvalidOption."""
    parts = [_read(report) for report in reports]
    if summary is not None:
        parts.append(checked(summary, "`summary`"))
    if not all({"apps", "errors", "api"} <= fleet.keys() for fleet in fleets):
        raise InvalidOption(NO_FLEET)
    if parts:
        run = merged(parts) if parts[1:] else parts[0]
        return updated(run, of_fleets(fleets)) if fleets else run
    if not fleets:
        raise InvalidOption(NOTHING)
    return of_fleets(fleets)


def _read(report: Any) -> dict[str, Any]:
    """A summary that another run left. Raises InvalidOption: it cannot be read, or is none."""
    if not isinstance(report, str):
        return checked(report, "An entry of `reports`")
    path = Path(report).expanduser()
    path = path / "report.json" if path.is_dir() else path
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise InvalidOption(f"{path} of `reports` cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidOption(f"{path} of `reports` is no JSON: {error}.") from error
    return checked(value, f"{path} of `reports`")
