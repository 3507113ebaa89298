# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What became of a fleet run, in the form that fleet_report.py tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_plan import (
    CHANGED,
    CREATED,
    FAILED,
    NOT_REACHED,
    ROLLBACK_FAILED,
    ROLLED_BACK,
    UNCHANGED,
)

Record = Mapping[str, Any]


def summary_of(
    run: str, change: str, state: str, reason: str, batches: Sequence[Mapping[str, Any]], records: Sequence[Record]
) -> dict[str, Any]:
    """All of a run.

    Args:
        run: its name. change: what every app gets, in words. state: finished, stopped, paused or planned.
        reason: why. batches: ``name``, ``hosts`` and ``seconds`` of each that began. records: of all apps.
    """
    by_host = {record["host"]: record for record in records}
    apps = [_app(record) for record in records]
    return {
        "run": run,
        "change": change,
        "state": state,
        "reason": reason,
        "batches": [_batch(batch, [by_host[host] for host in batch["hosts"]]) for batch in batches],
        "apps": apps,
        "versions": dict(Counter(app["version"] for app in apps if app["version"])),
        "requests": _sum(records, "requests"),
        "writes": _sum(records, "writes"),
        "throttled": _sum(records, "throttled"),
        "paced_seconds": round(_sum(records, "paced_seconds"), 1),
    }


def _app(record: Record) -> dict[str, Any]:
    return {
        "name": record["host"],
        "app": record.get("app") or record["host"],
        "org": record.get("org"),
        "result": record.get("result") or NOT_REACHED,
        "batch": record.get("batch") or "",
        "version": record.get("version"),
        "previous_version": record.get("previous_version"),
        "deployment": record.get("deployment"),
        "seconds": record.get("seconds") or 0.0,
        "reason": record.get("reason") or "",
        "changes": list(record.get("changes") or []),
    }


def _batch(batch: Mapping[str, Any], records: Sequence[Record]) -> dict[str, Any]:
    found = Counter(record.get("result") for record in records)
    return {
        "name": batch["name"],
        "apps": len(records),
        "changed": found[CHANGED] + found[CREATED],
        "unchanged": found[UNCHANGED],
        "failed": found[FAILED] + found[ROLLBACK_FAILED],
        "rolled_back": found[ROLLED_BACK],
        "seconds": batch["seconds"],
    }


def _sum(records: Sequence[Record], name: str) -> Any:
    return sum(record["api"].get(name, 0) for record in records)
