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
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployment_view import differences, settings_of
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import stamp_in
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_plan import EnvironmentPlan

VERBS = {CREATED: "create", UPDATED: "update", DELETED: "delete"}
NEEDS_DEPLOYMENT = {field.name for field in FIELDS if field.needs_deployment}


def sentences(plan: EnvironmentPlan) -> list[str]:
    """One sentence for each part that has something to do, in the order in which it is done."""
    told = [_app(plan), *_set_of("secret", plan.secrets), _deployment(plan), *_set_of("member", plan.members)]
    return [sentence for sentence in told if sentence]


def _app(plan: EnvironmentPlan) -> str:
    if plan.app is None or plan.app.change.outcome == UNCHANGED:
        return ""
    fields = [name for name in plan.app.resource.changed_fields if name != "name"]
    of_what = f" with {', '.join(fields)}" if fields else ""
    if plan.app.change.outcome == CREATED:
        return f"create the app{of_what}"
    return f"update {', '.join(fields)} of the app"


def _set_of(noun: str, changes: Sequence[Change]) -> list[str]:
    told = []
    for outcome, verb in VERBS.items():
        names = [change.name for change in changes if change.outcome == outcome]
        if names:
            told.append(f"{verb} {noun}{'s' if len(names) > 1 else ''} {', '.join(names)}")
    return told


def _deployment(plan: EnvironmentPlan) -> str:
    latest = plan.deployment.newest
    if plan.deployment.must_deploy:
        return f"deploy: because {', '.join(_reasons(plan, latest))}"
    if latest and latest["status"] == "failed":
        return f"fail: deployment {latest['id']} failed, and `retry_failed` is false"
    if latest and latest["status"] != "succeeded":
        return f"wait for deployment {latest['id']}, which is {latest['status']}"
    return ""


def _reasons(plan: EnvironmentPlan, latest: Mapping[str, Any] | None) -> list[str]:
    """Why a deployment is needed."""
    if latest is None:
        return ["nothing is deployed yet"]
    fields = plan.app.resource.changed_fields if plan.app else []
    changed = [name for name in fields if name in NEEDS_DEPLOYMENT]
    changed += [f"secret {change.name}" for change in plan.secrets if change.outcome != UNCHANGED]
    other = _other_means(plan, latest)
    if changed:
        return [*changed, *([other] if " with " in other else [])]
    if plan.parts["deployment"].params["force"]:
        return ["`force` asks for it"]
    if latest["status"] == "failed":
        return [f"deployment {latest['id']} failed"]
    if other:
        return [other]
    return [f"deployment {latest['id']} was made from another configuration"]


def _other_means(plan: EnvironmentPlan, latest: Mapping[str, Any]) -> str:
    """That somebody else made the newest deployment, and what it has that the next one has not; else empty."""
    if stamp_in(latest) is not None:
        return ""
    wanted = settings_of(plan.app.app if plan.app else {}, plan.parts["deployment"].params)
    values = [f"{name} {theirs} -> {ours}" for name, (theirs, ours) in differences(latest, wanted).items()]
    with_values = f" with {', '.join(values)}" if values else ""
    return f"deployment {latest['id']} was made by other means{with_values}"
