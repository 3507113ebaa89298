# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""One report of several: of the slices of a job, of runs one after the other, and of what runs now.

The form of a summary is told in fleet_report.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_report import (
    COLUMNS,
    FAILED,
    FINE,
    HELD,
    NOT_REACHED,
    RESULTS,
    STATES,
    WOULD_CHANGE,
    App,
    Summary,
    counts,
)

STRINGS = ("run", "change", "state", "reason")
NUMBERS = ("requests", "writes", "throttled", "paced_seconds")
BATCH_NUMBERS = ("apps", "changed", "unchanged", "failed", "rolled_back", "seconds")
WORST_FIRST = ("stopped", "paused", "finished", "planned")
MAX_NAMED = 50  # apps in a brief summary: a statistic of a run is kept, and handed on to other jobs
NONE = "none"  # version of an app that runs nothing


def checked(value: Any, where: str) -> dict[str, Any]:
    """A summary that came from outside, with every field.

    Args:
        where: what it came from, for the error.

    Raises:
        InvalidOption: it is none.
    """
    field = _broken_field(value)
    if field is not None:
        raise InvalidOption(f"{where} is no report of a fleet, because of its `{field}`; give a report.json.")
    apps = [{**dict.fromkeys(COLUMNS), **app, "changes": app.get("changes") or []} for app in value["apps"]]
    batches = [{**dict.fromkeys(BATCH_NUMBERS, 0), **batch} for batch in value["batches"]]
    return {**value, "apps": apps, "batches": batches}


def brief(summary: Summary) -> dict[str, Any]:
    """The same with the number of apps for each result, and with the first ones of those that are not fine."""
    unfinished = [app for app in summary["apps"] if app["result"] not in FINE]
    named = sorted(unfinished, key=lambda app: RESULTS.index(app["result"]))[:MAX_NAMED]
    return {**summary, "counts": counts(summary), "apps": named}


def merged(summaries: Sequence[Summary]) -> dict[str, Any]:
    """One summary of several, at least one. What one of them says of an app wins over what those before it say."""
    # What was planned is told by what was done.
    done = [one for one in summaries if one["state"] != "planned"] or list(summaries)
    apps: dict[tuple[str, str], App] = {}
    for app in (app for one in done for app in one["apps"]):
        key = (str(app["name"]), app["org"] or "")
        if key not in apps or app["result"] != NOT_REACHED:
            apps[key] = app
    is_whole = len(apps) == sum(len(one["apps"]) for one in done)
    state = next(state for state in WORST_FIRST if any(one["state"] == state for one in done))
    found: dict[str, Any] = {
        **{field: ", ".join(_unique(one[field] for one in done)) for field in ("run", "change")},
        "state": state,
        "reason": _reason([one for one in done if one["state"] == state], len(done)),
        "batches": _batches(done),
        "apps": list(apps.values()),
        "versions": _sum(one["versions"] for one in done) if is_whole else _versions(apps.values()),
        **{name: sum(one[name] for one in summaries) for name in NUMBERS},
    }
    if any("counts" in one for one in done):
        found["counts"] = _sum(counts(one) for one in done)
    return found


def of_fleets(fleets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What runs now, as a summary.

    Args:
        fleets: results of spice_fleet_info. An app that several of them have, because two credentials or two names
            mean the same organization, counts once.
    """
    found: dict[tuple[int, str], tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    for fleet in fleets:
        for app in fleet["apps"]:
            found.setdefault((app["id"], app["name"]), (fleet, app))
    names = Counter(name for dummy, name in found)
    apps = [_app(fleet, app, names[app["name"]] > 1) for fleet, app in found.values()]
    return {
        "run": "",
        "change": "what runs now",
        "state": "finished",
        "reason": "",
        "batches": [],
        "apps": apps,
        "versions": _versions(apps),
        **{name: sum(fleet["api"][name] for fleet in fleets) for name in NUMBERS},
    }


def updated(summary: Summary, now: Summary) -> dict[str, Any]:
    """What became of a run, with the versions that run now.

    Args:
        summary: of the run. now: what :func:`of_fleets` gave. All apps of it are in the result.
    """
    current = {_place(app): app for app in now["apps"]}
    apps = {**current, **{_place(app): _with_version(app, current.get(_place(app))) for app in summary["apps"]}}
    found = {**summary, "apps": list(apps.values()), "versions": now["versions"]}
    found.update({name: summary[name] + now[name] for name in NUMBERS})
    found.pop("counts", None)
    return found


# -- parts ------------------------------------------------------------------------------------------------------------


def _broken_field(value: Any) -> str | None:
    """The first field that a summary needs and that is missing or of another type."""
    if not isinstance(value, Mapping):
        return "type"
    types: dict[Any, tuple[str, ...]] = {str: STRINGS, (int, float): NUMBERS}
    types.update({list: ("batches", "apps"), Mapping: ("versions", "counts")})
    for kind, fields in types.items():
        for field in fields:
            if not isinstance(value.get(field, {} if field == "counts" else None), kind):
                return field
    if value["state"] not in STATES:
        return "state"
    if not all(isinstance(app, Mapping) and app.get("name") and app.get("result") in RESULTS for app in value["apps"]):
        return "apps"
    if not all(_are_numbers(batch, BATCH_NUMBERS) and batch.get("name") for batch in value["batches"]):
        return "batches"
    return next((name for name in ("versions", "counts") if not _are_numbers(value.get(name, {}))), None)


def _are_numbers(value: Any, names: Sequence[str] | None = None) -> bool:
    """Whether the members of these names, or all, are numbers. A missing one counts as 0."""
    return isinstance(value, Mapping) and all(
        isinstance(value.get(name, 0), (int, float)) for name in (value if names is None else names)
    )


def _batches(summaries: Sequence[Summary]) -> list[dict[str, Any]]:
    """The batches of all; those of one name ran side by side."""
    found: dict[str, dict[str, Any]] = {}
    for batch in (batch for one in summaries for batch in one["batches"]):
        same = found.setdefault(batch["name"], {"name": batch["name"], **dict.fromkeys(BATCH_NUMBERS, 0)})
        for name in BATCH_NUMBERS:
            same[name] = max(same[name], batch[name]) if name == "seconds" else same[name] + batch[name]
    return list(found.values())


def _reason(summaries: Sequence[Summary], total: int) -> str:
    reason = "; ".join(_unique(one["reason"] for one in summaries))
    return f"{reason} (in {len(summaries)} of {total} reports)" if reason and len(summaries) < total else reason


def _unique(words: Any) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))


def _sum(mappings: Any) -> dict[str, int]:
    found: Counter[str] = Counter()
    for mapping in mappings:
        found.update(mapping)
    return dict(found)


def _versions(apps: Any) -> dict[str, int]:
    return dict(Counter(app["version"] or NONE for app in apps))


def _place(app: App) -> tuple[str, str]:
    return str(app["app"] or app["name"]), app["org"] or ""


def _with_version(app: App, now: App | None) -> App:
    return app if now is None else {**app, "version": now["version"], "deployment": now["deployment"]}


def _app(fleet: Mapping[str, Any], app: Mapping[str, Any], is_twice: bool) -> dict[str, Any]:
    result, reason = _judged(app, fleet["errors"].get(app["name"]))
    return {
        "name": f"{app['name']} ({fleet['org'] or 'default organization'})" if is_twice else app["name"],
        "app": app["name"],
        "org": fleet["org"],
        "result": result,
        "batch": "",
        "version": app["runs"],
        "previous_version": None,
        "deployment": (app["deployment"] or {}).get("id"),
        "seconds": 0.0,
        "reason": reason,
        "changes": [],
    }


def _judged(app: Mapping[str, Any], error: str | None) -> tuple[str, str]:
    """What an app is in the words of a run, and why."""
    deployment = app["deployment"] or {}
    if app["paused"]:
        return HELD, "it is paused"
    if deployment.get("status") == "failed":
        words = deployment.get("error_message") or deployment.get("error_code")
        return FAILED, f"deployment {deployment['id']} failed" + (f": {words}" if words else "")
    if error:
        return FAILED, error
    if app["serving"] is False and app["runs"]:
        return FAILED, "its runtime is not ready"
    return (WOULD_CHANGE if app["up_to_date"] is False else "unchanged"), app["reason"] or ""
