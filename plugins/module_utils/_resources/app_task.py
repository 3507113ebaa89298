# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The task of spice_app: what it returns of the app."""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import DELETED, apply_one
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import AppResource
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import app_diff, without_keys


def run_app(run: ModuleRun) -> dict[str, Any]:
    """The result of spice_app. Raises SpiceError."""
    resource = AppResource(run)
    change = resource.plan()
    after = apply_one(run, change)
    if run.params["state"] == "absent":
        result: dict[str, Any] = {"changed": change.outcome == DELETED}
        fields = None
    else:
        fields = resource.changed_fields
        result = {
            "changed": bool(fields),
            "app": without_keys(after or {}),
            "changed_fields": fields,
            "deployment_required": resource.deployment_required,
            "previous": resource.previous,
        }
        if resource.pause.asked is False:
            result["deployment"] = resource.pause.deployment
    if run.diff_mode:
        result["diff"] = app_diff(change.before, after, fields)
    return result
