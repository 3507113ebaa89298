# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The plan of an environment in sentences: what is or would be done, and why. No sentence holds a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, DELETED, UNCHANGED, UPDATED, Change
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import FIELDS
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_pause import PAUSE
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_view import (
    differences,
    reason_to_deploy,
    settings_of,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import stamp_in
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_plan import EnvironmentPlan

VERBS = {CREATED: "create", UPDATED: "update", DELETED: "delete"}
NEEDS_DEPLOYMENT = {field.name for field in FIELDS if field.needs_deployment}


def sentences(plan: EnvironmentPlan) -> list[str]:
    """One sentence for each part that has something to do, in the order in which it is done."""
    pauses = plan.app is not None and plan.app.resource.pause.action == PAUSE
    told = [
        _app(plan),
        *_set_of("secret", plan.secrets),
        *_links(plan.links.changes),
        "resume the app" if plan.resumes else "",
        _deployment(plan),
        *_set_of("monitor", plan.monitors.changes),
        *_set_of("member", plan.members),
        "pause the app" if pauses else "",
    ]
    return [sentence for sentence in told if sentence]


def _app(plan: EnvironmentPlan) -> str:
    if plan.app is None or plan.app.change.outcome == UNCHANGED:
        return ""
    fields = [name for name in plan.app.resource.changed_fields if name not in ("name", "paused")]
    of_what = f" with {', '.join(fields)}" if fields else ""
    if plan.app.change.outcome == CREATED:
        return f"create the app{of_what}"
    return f"update {', '.join(fields)} of the app" if fields else ""


def _set_of(noun: str, changes: Sequence[Change]) -> list[str]:
    told = []
    for outcome, verb in VERBS.items():
        names = [change.name for change in changes if change.outcome == outcome]
        if names:
            told.append(f"{verb} {noun}{'s' if len(names) > 1 else ''} {', '.join(names)}")
    return told


def _links(changes: Sequence[Change]) -> list[str]:
    told = []
    for outcome, verb in ((CREATED, "link"), (DELETED, "unlink")):
        names = [change.name for change in changes if change.outcome == outcome]
        if names:
            told.append(f"{verb} secret{'s' if len(names) > 1 else ''} {', '.join(names)} of the organization")
    return told


def _deployment(plan: EnvironmentPlan) -> str:
    latest = plan.deployment.newest
    if plan.deployment.must_deploy:
        return f"deploy: because {reasons(plan)}"
    if latest and latest["status"] == "failed":
        return f"fail: deployment {latest['id']} failed, and `retry_failed` is false"
    if latest and latest["status"] != "succeeded":
        return f"wait for deployment {latest['id']}, which is {latest['status']}"
    return ""


def reasons(plan: EnvironmentPlan) -> str:
    """Why a deployment is needed."""
    latest = plan.deployment.newest
    if latest is None:
        return reason_to_deploy(latest, False)
    fields = plan.app.resource.changed_fields if plan.app else []
    changed = ["the app is resumed"] if plan.resumes else []
    changed += [name for name in fields if name in NEEDS_DEPLOYMENT]
    changed += [f"secret {change.name}" for change in plan.secrets if change.outcome != UNCHANGED]
    changed += [change.target for change in plan.links.changes if change.outcome != UNCHANGED]
    differing = _differing(plan, latest)
    if changed:
        return ", ".join([*changed, *([reason_to_deploy(latest, False) + differing] if differing else [])])
    force = plan.parts["deployment"].params["force"]
    return reason_to_deploy(latest, force) + ("" if force else differing)


def _differing(plan: EnvironmentPlan, latest: Mapping[str, Any]) -> str:
    """What a deployment that somebody else made has and the next one has not; else empty."""
    if stamp_in(latest) is not None or latest["status"] == "failed":
        return ""
    wanted = settings_of(plan.app.app if plan.app else {}, plan.parts["deployment"].params)
    values = [f"{name} {theirs} -> {ours}" for name, (theirs, ours) in differences(latest, wanted).items()]
    return f" with {', '.join(values)}" if values else ""


def not_put_back(plan: EnvironmentPlan) -> str:
    """What a rollback leaves as it is, for the end of a sentence; empty where nothing was changed."""
    sets = (("secrets", plan.secrets), ("links to secrets of the organization", plan.links.changes))
    kept = [noun for noun, changes in sets if any(change.outcome != UNCHANGED for change in changes)]
    return f"; {' and '.join(kept)} are not put back" if kept else ""
