# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Puts an app of a fleet run back to what ran before: the changed fields, then a new deployment of them.

The platform has no rollback of its own. It keeps what a deployment ran, but not the spicepod. So the state before the
change is kept by the run. Secrets and members cannot be put back, because nobody can read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments, newest
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import AppResource
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import FIELDS
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.provided import provided_to
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import wait_until_serving
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import Provided, stamp_in, stamp_of
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.environment import VERIFY
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_plan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_before import (
    TOLD_BY_DEPLOYMENTS,
    Image,
    end_image,
    read_image,
    runs_before,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_environment import (
    HEALTH,
    Specs,
    Task,
    version_of,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import ROLLBACK_NONE

ROLLBACK_MESSAGE = "Rolled back by spiceai.cloud"
NOT_PUT_BACK = {
    "secrets": "secrets",
    "linked_secrets": "links to secrets of the organization",
    "monitors": "monitors",
}  # options, and what they describe
DEFAULT_TIMEOUT = 300  # seconds until a rolled back app must be ready


def settle(run: ModuleRun, specs: Specs, task: Task) -> Result:
    """What becomes of an app that failed, or that is put back with its batch.

    A rollback that fails is no failure of the step: the result tells it.

    Args:
        run: options as :class:`Environment`. specs: of its parts. task: of the step.

    Raises:
        OperationFailed: the state before the change cannot be read or written.
    """
    image = read_image(task.image)
    reason = task.reason.rstrip(".")
    record: dict[str, Any] = {"result": fleet_plan.FAILED, "counts": True, "reason": f"{reason}."}
    if image and image["unhealthy"]:
        record.update(counts=False, reason=f"{reason}. It was not healthy before: {image['unhealthy']}")
        return {"changed": False, "record": record}
    if image is None or task.options.rollback == ROLLBACK_NONE:
        return {"changed": False, "record": record}
    if not runs_before(image):
        record["reason"] = f"{reason}. It is left as it is, because nothing ran before."
        return {"changed": False, "record": record}
    try:
        restored = _restore(run, specs, task, image)
    except SpiceError as error:
        told = f"{reason}. The rollback failed too: {str(error).rstrip('.')}. Correct the cause by hand."
        record.update(result=fleet_plan.ROLLBACK_FAILED, reason=told)
        return {"changed": run.client.has_written, "record": record}
    if restored is not None:
        end_image(task.image)
        record.update(result=fleet_plan.ROLLED_BACK, **restored)
        record["reason"] = f"{reason}. {_what_runs(run, record, image)}"
    return {"changed": run.client.has_written, "record": record}


def _what_runs(run: ModuleRun, record: Mapping[str, Any], image: Image) -> str:
    version = f" {record['version']}" if record["version"] else ""
    kept = [what for option, what in NOT_PUT_BACK.items() if run.params[option]]
    secrets = f"; {' and '.join(kept)} are not put back" if kept else ""
    return (
        f"Deployment {record['deployment']} runs{version} again as before{secrets}. The description still asks for the "
        "change, so the next run tries again."
    )


def _restore(run: ModuleRun, specs: Specs, task: Task, image: Image) -> dict[str, Any] | None:
    """What runs after the fields that were changed are put back and deployed; None where nothing was changed.

    Raises:
        SpiceError
    """
    apps = Apps(run.client)
    app = apps.get(image["app_id"])
    if app is None:
        raise OperationFailed(f"App {image['app']} was deleted meanwhile.")
    former = image["deployment"]
    differing = [field for field in FIELDS if field.name in image["previous"] and _differs(field, app, image)]
    latest = newest(Deployments(apps).recent(app["id"]))
    if not differing and latest and latest["id"] == former["id"]:
        return None
    if differing:
        resource = AppResource(_part(run, specs["app"], app_id=app["id"]))
        resource.previous = image["previous"]
        app = resource.restore()
    provided = provided_to(apps, app["id"])
    overrides = _overrides(run, app, provided, former)
    part = _part(run, specs["deployment"], commit_message=ROLLBACK_MESSAGE, app_id=app["id"], app=None, **overrides)
    deployment = DeploymentRun(part)
    done = deployment.carry_out(app, deployment.decide(app, provided, True, latest))["deployment"]
    verify = run.params["verify"] or {}
    if verify.get("ready", VERIFY.options["ready"]["default"]):
        wait_until_serving(run, app, verify.get("timeout") or DEFAULT_TIMEOUT, HEALTH)
    return {"deployment": done["id"], "version": version_of(app, done)}


def _differs(field: Any, app: Mapping[str, Any], image: Image) -> bool:
    return bool(field.differs(image["previous"][field.name], field.read(app)))


def _overrides(run: ModuleRun, app: Mapping[str, Any], provided: Provided, former: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the deployment that made what ran before; none where the app's own fields did."""
    if stamp_of(app, provided, {}) == stamp_in(former):
        return {}
    asked = run.params["deployment"] or {}
    return {name: former[name] for name in TOLD_BY_DEPLOYMENTS if asked.get(name) and former.get(name) is not None}


def _part(run: ModuleRun, spec: ModuleSpec, **given: Any) -> ModuleRun:
    defaults = {name: option.get("default") for name, option in spec.argument_spec.items()}
    return run.part(spec, {**defaults, "state": "present", "confirm": None, "purge_tags": False, **given})
