# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The batches of a fleet run: one begins, must stay healthy, and is counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_plan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import (
    ROLLBACK_BATCH,
    FleetOptions,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_plan import Decision
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import reasons
from ansible_collections.spiceai.cloud.plugins.plugin_utils._fleet_files import FleetFiles

SOAK_PROGRESS = 30.0  # seconds between two lines while a batch must stay healthy


def begin(files: FleetFiles, play_hosts: Sequence[str], is_canary: bool) -> dict[str, Any]:
    """Opens the batch of this play, if the run goes on."""
    state = files.state()
    nothing = {"goes_on": False, "name": "", "hosts": [], "soak": 0, "verify_tasks": "", "gate_tasks": ""}
    if state["decision"] is None or state["state"]:
        return nothing
    decision, options = Decision(**state["decision"]), FleetOptions(**state["options"])
    due = set(decision.canaries if is_canary else decision.rest)
    hosts = [host for host in play_hosts if host in due]
    begun = {host for batch in state["batches"] for host in batch["hosts"]}
    if not hosts or begun & set(hosts):
        return nothing
    number = sum(batch["name"] != fleet_plan.CANARY for batch in state["batches"])
    name = fleet_plan.CANARY if is_canary else fleet_plan.batch_name(number, bool(decision.canaries))
    batch = {"name": name, "hosts": hosts, "began": time.time(), "seconds": 0.0}
    state["batches"].append(batch)
    state.update(current={"name": name, "hosts": hosts}, undo=False)
    files.keep_state(state)
    return {
        "goes_on": True,
        "name": name,
        "hosts": hosts,
        "soak": options.canary_soak if is_canary else options.soak,
        "verify_tasks": options.verify_tasks or "",
        "gate_tasks": options.gate_tasks or "",
    }


def soak(files: FleetFiles, tell: Callable[[str], None]) -> dict[str, Any]:
    """Waits as long as the batch must stay healthy, if anything of it was changed."""
    state = files.state()
    options, current = FleetOptions(**state["options"]), state["current"] or {}
    records = [files.record(host) or {} for host in current.get("hosts", ())]
    done = [record for record in records if record.get("result") in (fleet_plan.CHANGED, fleet_plan.CREATED)]
    is_canary = current.get("name") == fleet_plan.CANARY
    seconds = options.canary_soak if is_canary else options.soak
    variable = "fleet_canary_soak" if is_canary else "fleet_soak"
    if not done or not seconds:
        return {"soaked": False}
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return {"soaked": True}
        count = fleet_plan.count_of(len(done), "app")
        tell(f"batch {current['name']}: {count} must stay healthy {left:.0f} s more ({variable})")
        time.sleep(min(left, SOAK_PROGRESS))


def refuse(files: FleetFiles, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Stops the run, because a task of the user failed."""
    state = files.state()
    failed = variables.get("ansible_failed_result")
    task = variables.get("ansible_failed_task")
    name = task.get("name") if isinstance(task, Mapping) else ""
    told = "; ".join(reasons(failed)) if isinstance(failed, Mapping) else "it failed"
    state.update(state=fleet_plan.STOPPED, reason=f"{name or 'a task'}: {told}")
    files.keep_state(state)
    return {"reason": state["reason"]}


def count(files: FleetFiles, tell: Callable[[str], None]) -> dict[str, Any]:
    """Closes the batch: counts its failures, and decides whether the run goes on."""
    state = files.state()
    current = state["current"]
    if current is None:
        return {"undo": False}
    decision, options = Decision(**state["decision"]), FleetOptions(**state["options"])
    records = {host: files.record(host) or {"host": host, "api": {}, "result": None} for host in decision.hosts}
    for host in current["hosts"]:
        if records[host].get("result") is None:
            # Nobody knows what became of it, so the run does not go on.
            lost = "it ended without a result; its error is above"
            records[host].update(result=fleet_plan.ROLLBACK_FAILED, counts=True, reason=lost, batch=current["name"])
            files.keep_record(records[host])
    begun = sum(len(batch["hosts"]) for batch in state["batches"])
    left = len(decision.canaries) + len(decision.rest) - begun
    is_over = options.until is not None and time.time() >= options.until
    is_canary = current["name"] == fleet_plan.CANARY
    verdict = fleet_plan.judge(decision, records, current["hosts"], is_canary, is_over, left)
    if not state["state"]:
        state.update(state=verdict.state, reason=verdict.reason)
    state["batches"][-1]["seconds"] = round(time.time() - state["batches"][-1]["began"], 1)
    state["undo"] = state["state"] == fleet_plan.STOPPED and options.rollback == ROLLBACK_BATCH
    if not state["undo"]:
        state["current"] = None
    files.keep_state(state)
    ending = f"; the run is {state['state']}: {state['reason']}" if state["state"] else ""
    count = fleet_plan.count_of(len(current["hosts"]), "app")
    failures = f"{verdict.failed} of at most {decision.budget} failures"
    tell(f"batch {current['name']}: {count} done, {failures}{ending}")
    return {
        "undo": state["undo"],
        "state": state["state"],
        "reason": state["reason"],
        "failed_apps": verdict.failed,
    }
