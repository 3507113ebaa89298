# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export import (
    choose,
    files_of,
    listed,
    report_of,
)
from ansible_collections.spiceai.cloud.plugins.plugin_utils._atomic_file import UNCHANGED, PlannedFile, plan_file

OPTIONS: dict[str, Any] = {
    "dest": {"type": "path", "required": True},
    "apps": {"type": "list", "required": True},
    "secrets": {"type": "list", "required": True},
    "deployments": {"type": "list", "required": True},
    "members": {"type": "list", "required": True},
    "filter": {
        "type": "dict",
        "default": {},
        "options": {"names": {"type": "list", "elements": "str"}, "tags": {"type": "dict", "default": {}}},
    },
    "prefix": {"type": "str", "default": ""},
}


class ActionModule(ActionBase):
    """Plans all files, then writes those that differ; a plan for check mode stops in between."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = dict(super().run(tmp, task_vars), changed=False)
        dummy, given = self.validate_argument_spec(OPTIONS)
        try:
            self._export(given, result)
        except (InvalidOption, ValueError) as error:
            result.update(failed=True, msg=str(error))
        except OSError as error:
            result.update(failed=True, msg=f"{error.filename}: {error.strerror}. Some files may be written already.")
        return result

    def _export(self, given: dict[str, Any], result: dict[str, Any]) -> None:
        # Plain types: what comes from Ansible has types of its own.
        entries, secrets, deployments, members = json.loads(
            json.dumps([given[option] for option in ("apps", "secrets", "deployments", "members")])
        )
        chosen = given["filter"]
        apps, refusal, skipped_apps = choose(
            entries, chosen["names"], chosen["tags"], option=f"{given['prefix']}filter.names"
        )
        if refusal:
            raise InvalidOption(refusal)
        files, skipped_entries = files_of(
            apps,
            listed("secrets", secrets, "secrets"),
            listed("deployments", deployments, "deployments"),
            members,
        )
        warnings = [warning for warning in (skipped_apps, skipped_entries) if warning]
        if warnings:
            result["warnings"] = warnings
        dest = Path(given["dest"]).absolute()
        planned = [plan_file(dest / file.path, file.content, file.mode, file.replace) for file in files]
        if not self._task.check_mode:
            for file in planned:
                file.write()
        outcomes = [file.outcome for file in planned]
        names = [app["name"] for app in apps]
        result.update(
            changed=any(outcome != UNCHANGED for outcome in outcomes),
            dest=str(dest),
            apps=names,
            files=[{"path": file.path, "outcome": outcome} for file, outcome in zip(files, outcomes)],
            report=report_of(names, outcomes, str(dest), self._task.check_mode),
        )
        if self._task.diff:
            result["diff"] = [_diff(file) for file in planned if file.outcome != UNCHANGED]


def _diff(file: PlannedFile) -> dict[str, str]:
    return {
        "before_header": str(file.path),
        "after_header": str(file.path),
        "before": file.before.decode(errors="replace"),
        "after": file.content.decode(),
    }
