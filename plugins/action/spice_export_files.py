# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import Names, respelled
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export import (
    File,
    choose,
    files_of,
    listed,
    report_of,
)
from ansible_collections.spiceai.cloud.plugins.plugin_utils._atomic_file import UNCHANGED, PlannedFile, plan_file

FILTER: Names = {"names": None, "tags": None}
LISTS = ("apps", "secrets", "linked_secrets", "deployments", "monitors", "members")
OPTIONS: dict[str, Any] = {
    "dest": {"type": "path", "required": True},
    **{option: {"type": "list", "elements": "raw", "required": True} for option in LISTS},
    "filter": {
        "type": "dict",
        "options": {"names": {"type": "list", "elements": "str"}, "tags": {"type": "dict"}},
    },
    "prefix": {"type": "str", "default": ""},
}


class ActionModule(ActionBase):
    """Plans all files, then writes those that differ; a plan for check mode stops in between."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = dict(super().run(tmp, task_vars), changed=False)
        prefix = self._task.args.get("prefix") or ""
        dummy, unknown = respelled(f"{prefix}filter", self._task.args.get("filter"), FILTER)
        if unknown:
            return dict(result, failed=True, msg=" ".join(unknown))
        dummy, given = self.validate_argument_spec(OPTIONS)
        try:
            self._export(given, result)
        except (InvalidOption, ValueError) as error:
            result.update(failed=True, msg=str(error))
        return result

    def _export(self, given: dict[str, Any], result: dict[str, Any]) -> None:
        prefix = given["prefix"]
        if not given["dest"]:
            raise InvalidOption(f"`{prefix}dest` must not be empty. Give the directory to write to.")
        # Plain types: what comes from Ansible has types of its own, and a tag may look like a date to YAML.
        entries, secrets, links, deployments, monitors, members, chosen = json.loads(
            json.dumps([*(given[option] for option in LISTS), given["filter"] or {}], default=str)
        )
        apps, refusal, skipped_apps = choose(
            entries, chosen.get("names"), chosen.get("tags"), option=f"{prefix}filter.names"
        )
        if refusal:
            raise InvalidOption(refusal)
        files, skipped_entries = files_of(
            apps,
            listed("secrets", secrets, "secrets"),
            listed("linked_secrets", links, "linked_secrets", may_be_unknown=True),
            listed("deployments", deployments, "deployments"),
            listed("monitors", monitors, "monitors"),
            members,
        )
        warnings = [warning for warning in (skipped_apps, skipped_entries) if warning]
        if warnings:
            result["warnings"] = warnings
        dest = Path(given["dest"]).absolute()
        planned = _planned(dest, files)
        if not self._task.check_mode:
            _write(planned, result)
        outcomes = [file.outcome for file in planned]
        names = [app["name"] for app in apps]
        result.update(
            changed=any(outcome != UNCHANGED for outcome in outcomes),
            dest=str(dest),
            apps=names,
            files=[
                {"path": file.path, "outcome": outcome, "app": file.app or None, "holds": file.holds}
                for file, outcome in zip(files, outcomes)
            ],
            report=report_of(names, outcomes, str(dest), self._task.check_mode),
        )
        if self._task.diff:
            result["diff"] = [_diff(file) for file in planned if file.outcome != UNCHANGED]


def _planned(dest: Path, files: list[File]) -> list[PlannedFile]:
    try:
        return [plan_file(dest / file.path, file.content, file.mode, file.replace) for file in files]
    except OSError as error:
        raise InvalidOption(f"{error.filename} cannot be read: {error.strerror}. Nothing is written.") from error


def _write(files: list[PlannedFile], result: dict[str, Any]) -> None:
    """Writes what differs; the result tells that it is changed as soon as one file is."""
    different = [file for file in files if file.outcome != UNCHANGED]
    for position, file in enumerate(different):
        try:
            file.write()
        except OSError as error:
            raise InvalidOption(
                f"{file.path} cannot be written: {error.strerror}. {position} of {len(different)} files were written "
                "before it; run the task again once it can be written."
            ) from error
        result["changed"] = True


def _diff(file: PlannedFile) -> dict[str, str]:
    return {
        "before_header": str(file.path),
        "after_header": str(file.path),
        "before": file.before.decode(errors="replace"),
        "after": file.content.decode(),
    }
