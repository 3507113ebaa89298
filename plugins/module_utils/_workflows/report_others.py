# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What became of the other works of the collection, from what the tasks of their roles returned.

No result of a task with ``no_log`` is among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.report import failure_of
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import Form, Row, failed_row, is_failed

Results = Mapping[str, Any]

UNKNOWN = {"failed": True, "msg": "it ended before it could say what came of it; its error is above."}

# -- teardown ---------------------------------------------------------------------------------------------------------

TEARDOWN = Form(("app", "outcome", "what belonged to it"), words=2)
# What the role registers: by the name that is used here.
TEARDOWN_RESULTS = {
    "checked": "__teardown_checked",
    "found": "__teardown_found",
    "secrets": "__teardown_secrets",
    "deployments": "__teardown_deployments",
    "deleted": "__teardown_deleted",
}


def teardown_app(results: Results) -> str | None:
    """The name of the app that was found; None where none was."""
    name: str | None = ((results.get("found") or {}).get("apps") or [{}])[0].get("name")
    return name


def teardown_row(name: str, results: Results) -> Row:
    """One row. ``results``: of the tasks of the role, by the names in TEARDOWN_RESULTS."""
    failed = _teardown_failure(results)
    if failed:
        return failed_row(name, failed)
    belongings = [
        _count(results.get(noun + "s"), noun)
        for noun in ("secret", "deployment")
        if (results.get("found") or {}).get("apps")
    ]
    return Row(name, (_teardown_outcome(results["deleted"]), ", ".join(belongings)))


def teardown_summary(name: str, results: Results) -> dict[str, Any]:
    """The same for programs."""
    deleted, failed = results.get("deleted") or {}, _teardown_failure(results)
    apps = (results.get("found") or {}).get("apps") or [{}]
    return {
        "app": name,
        "app_id": apps[0].get("id"),
        "changed": bool(deleted.get("changed")),
        "planned": _teardown_outcome(deleted) == "would be deleted",
        "outcome": "failed" if failed else _teardown_outcome(deleted),
        **failure_of(failed or {}),
    }


def _teardown_failure(results: Results) -> Mapping[str, Any] | None:
    """The result that says why the app was not deleted; None where it was, or was not there.

    A look that failed counts as the reason only where it kept the role from its work.
    """
    looked = is_failed(results.get("found"))
    if results.get("deleted") and not looked and not is_failed(results["deleted"]):
        return None
    order = ("found", "deleted") if results.get("deleted") else ("checked", "found", "secrets", "deployments")
    return next((results[name] for name in order if is_failed(results.get(name))), UNKNOWN)


def _teardown_outcome(deleted: Mapping[str, Any]) -> str:
    if not deleted.get("changed"):
        return "not there"
    return "would be deleted" if (deleted.get("api") or {}).get("writes") == 0 else "deleted"


def _count(result: Mapping[str, Any] | None, noun: str) -> str:
    found = (result or {}).get(f"{noun}s")
    if not isinstance(found, list):
        return f"{noun}s not known"
    return f"{len(found)} {noun}{'' if len(found) == 1 else 's'}"


# -- rotation ---------------------------------------------------------------------------------------------------------

ROTATION = Form(("app", "key in use", "key retired", "rotation"), words=3)
ROTATION_RESULTS = {
    "checked": "__api_key_rotation_checked",
    "started": "__api_key_rotation_started",
    "tried": "__api_key_rotation_tried",
    "stopped": "__api_key_rotation_stopped",
    "finished": "__api_key_rotation_finished",
    "summary": "api_key_rotation_summary",
}


def rotation_app(results: Results) -> str | None:
    """The name of the app whose rotation was started; None where none was."""
    return ((results.get("started") or {}).get("rotation") or {}).get("app")


def rotation_row(name: str, results: Results) -> Row:
    """One row. ``results``: of the tasks of the role, by the names in ROTATION_RESULTS."""
    failed = _rotation_failure(results)
    if failed:
        return failed_row(name, failed, done=_alive(results))
    started = results["started"]["rotation"]
    would = "would be " if started["planned"] else ""
    known = f" ({started['fingerprint']})" if started["fingerprint"] else ""
    words = "would be continued" if would else "continued one that was under way"
    return Row(
        name,
        (
            f"{would}{started['key_number']}{known}",
            f"{would}{started['former_key_number']}",
            words if started["resumed"] else ("planned" if would else "done"),
        ),
    )


def rotation_summary(name: str, results: Results) -> dict[str, Any]:
    """The same for programs. No key is in it."""
    failed = _rotation_failure(results)
    started = (results.get("started") or {}).get("rotation") or {}
    return {
        "app": name,
        "app_id": started.get("app_id"),
        "changed": not failed and not started["planned"],
        "planned": bool(started.get("planned")),
        "active": None if failed else started["key_number"],
        "retired": None if failed else started["former_key_number"],
        "resumed": bool(started.get("resumed")),
        **failure_of(failed or {}),
    }


def _rotation_failure(results: Results) -> Mapping[str, Any] | None:
    """The result that says why the rotation is not done; None where it is.

    The last fact of the role counts only if it is of the key that this run started with. It went through a template,
    and templates of ansible-core before 2.19 make strings of numbers and of nothing.
    """
    order = ("checked", "started", "tried", "stopped", "finished")
    started, summary = (results.get("started") or {}).get("rotation"), results.get("summary") or {}
    if started and not is_failed(results.get("finished")):
        key = [started["app"], started["key_number"], started["fingerprint"]]
        noted = [summary.get(name) for name in ("app", "active", "fingerprint")]
        if [str(part or "") for part in noted] == [str(part or "") for part in key]:
            return None
    return next((results[name] for name in order if is_failed(results.get(name))), UNKNOWN)


def _alive(results: Results) -> str:
    """A paragraph about the keys, where the failure itself does not tell."""
    started = (results.get("started") or {}).get("rotation")
    if not started or started["planned"] or not is_failed(results.get("tried")):
        return ""
    return (
        f"key {started['key_number']} is new and not published; both keys stay alive. Run the rotation again: it "
        "publishes the same key."
    )


# -- export -----------------------------------------------------------------------------------------------------------

EXPORT = Form(("app", "files", "what is in them"), words=2)
EXPORT_RESULTS = {  # in the order of the tasks
    "checked": "__export_checked",
    "found": "__export_found",
    "people": "__export_people",
    "secrets": "__export_secrets",
    "links": "__export_links",
    "deployments": "__export_deployments",
    "written": "__export_written",
}
ALL_APPS = "(all)"


def export_rows(results: Results, is_plan: bool) -> list[Row]:
    """A row for each app, and one for what all have in common.

    Args:
        results: of the tasks of the role, by the names in EXPORT_RESULTS. is_plan: nothing was written.
    """
    written = results.get("written")
    if not written or is_failed(written):
        failed = next((results[name] for name in EXPORT_RESULTS if is_failed(results.get(name))), UNKNOWN)
        return [failed_row(ALL_APPS, failed)]
    files: dict[str, list[Mapping[str, Any]]] = {}
    for file in sorted(written["files"], key=lambda file: str(file["path"].rpartition("/")[2])):
        files.setdefault(file["app"] or ALL_APPS, []).append(file)
    return [
        Row(app, (_outcomes(of_app, is_plan), ", ".join(file["holds"] for file in of_app if file["holds"])))
        for app, of_app in sorted(files.items(), key=lambda item: (item[0] == ALL_APPS, item[0]))
    ]


def export_footer(results: Results) -> list[str]:
    """Lines below the table: where the files are, and what to do next."""
    written = results.get("written")
    return list(written["report"][1:]) if written and not is_failed(written) else []


def _outcomes(files: Sequence[Mapping[str, Any]], is_plan: bool) -> str:
    words = {"created": "to create", "updated": "to update"} if is_plan else {}
    outcomes = [file["outcome"] for file in files]
    return ", ".join(
        f"{outcomes.count(outcome)} {words.get(outcome, outcome)}"
        for outcome in ("created", "updated", "unchanged")
        if outcome in outcomes
    )
