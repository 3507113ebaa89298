# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What became of environments, for people in a row of a table, and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import printable
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, DELETED, UPDATED
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import (
    Form,
    Row,
    failed_row,
    is_failed,
    reasons,
)

FORM = Form(("app", "changed", "deployment", "url", "seconds"), words=1, below=3)
UNCHANGED_STATE = "nothing was changed"


def app_name(result: Mapping[str, Any]) -> str | None:
    """The name of the app in a result of spice_environment; None where it does not tell."""
    return ((result.get("environment") or {}).get("app") or {}).get("name")


def row_of(name: str, result: Mapping[str, Any]) -> Row:
    """The row of one environment.

    Args:
        name: of the app. result: of spice_environment.
    """
    environment = result.get("environment") or {}
    if is_failed(result):
        done = _done(environment) if _writes(result) else ""
        return failed_row(name, result, "" if _writes(result) else UNCHANGED_STATE, done)
    deployment = environment.get("deployment") or {}
    number = deployment.get("id")
    is_new = bool(environment.get("deployed"))
    status = f"{number} {deployment.get('status') or ''}{' (new)' if is_new else ''}"
    return Row(
        name,
        (
            _in_words(result, is_new),
            status if number is not None else ("would be new" if is_new else "none"),
            str(environment.get("url") or ""),
            f"{result['elapsed']:.1f}" if "elapsed" in result else "",
        ),
    )


def _writes(result: Mapping[str, Any]) -> int:
    """Writing requests of a task; 0 for one that sent none."""
    return (result.get("api") or {}).get("writes") or 0


def _is_plan(result: Mapping[str, Any]) -> bool:
    """Whether a result tells what would be: something changes, and no write was sent."""
    return bool(result.get("changed")) and (result.get("api") or {}).get("writes") == 0


def _in_words(result: Mapping[str, Any], is_deployed: bool) -> str:
    """What was changed; of a plan its sentences, which say why."""
    if _is_plan(result):
        return f"would {'; '.join(result.get('plan') or [])}"
    return changes_of(result.get("environment") or {}) or ("deployed" if is_deployed else "unchanged")


def _done(environment: Mapping[str, Any]) -> str:
    """What was changed before a failure; empty when nothing is known of it."""
    deployment = environment.get("deployment") or {}
    if environment.get("rolled_back"):
        is_paused = (environment.get("app") or {}).get("paused_at")
        sets = changes_of({**environment, "changed_fields": []})
        parts = [
            f"rolled back: {', '.join(environment.get('changed_fields') or [])}",
            "paused again" if is_paused else f"deployment {deployment.get('id')} runs what ran before",
            f"not rolled back: {sets}" if sets else "",
        ]
        return "; ".join(part for part in parts if part)
    deployed = f"deployment {deployment.get('id')} {deployment.get('status')}" if environment.get("deployed") else ""
    done = "; ".join(part for part in (changes_of(environment), deployed) if part)
    return f"done before it failed: {done}" if done else ""


def summary_of(name: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """One environment for programs: what the row says, with the outcomes by name.

    Args:
        name: of the app. result: of spice_environment.
    """
    environment = result.get("environment") or {}
    deployment = environment.get("deployment") or {}
    return {
        "app": name,
        "app_id": (environment.get("app") or {}).get("id"),
        "changed": bool(result.get("changed")),
        "planned": _is_plan(result),
        "changed_fields": list(environment.get("changed_fields") or []),
        "secrets": dict(environment.get("secrets") or {}),
        "linked_secrets": dict(environment.get("linked_secrets") or {}),
        "monitors": dict(environment.get("monitors") or {}),
        "members": dict(environment.get("members") or {}),
        "deployment": {
            "id": deployment.get("id"),
            "status": deployment.get("status"),
            "made": bool(environment.get("deployed")),
        },
        "rolled_back": bool(environment.get("rolled_back")),
        "url": environment.get("url"),
        "plan": list(result.get("plan") or []),
        "seconds": result.get("elapsed"),
        **failure_of(result),
    }


def failure_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a task failed and why, for programs."""
    return {"failed": is_failed(result), "reason": " ".join(reasons(result)) if is_failed(result) else None}


def changes_of(environment: Mapping[str, Any]) -> str:
    """What was or would be changed, by name; empty when nothing was. A secret that could not be written is left out."""
    fields = list(environment.get("changed_fields") or [])
    parts = ["created"] if "name" in fields else []
    parts += [", ".join(field for field in fields if field != "name")]
    for noun in ("secret", "linked secret", "monitor", "member"):
        outcomes = environment.get(f"{noun.replace(' ', '_')}s") or {}
        names = [name for name, outcome in outcomes.items() if outcome in (CREATED, UPDATED, DELETED)]
        parts.append(f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else "")
    return "; ".join(part for part in parts if part)


def labels(names: Mapping[str, str]) -> dict[str, str]:
    """What each host is called: its app, and the host too where several have an app of this name.

    Args:
        names: of the apps, by host.
    """
    apps: Sequence[str] = list(names.values())
    return {host: app if apps.count(app) == 1 else f"{app} ({host})" for host, app in names.items()}


def shared_apps(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A sentence for each app that several hosts describe. Their descriptions undo each other.

    Args:
        results: of spice_environment, by host.
    """
    hosts: dict[tuple[Any, ...], list[str]] = {}
    for host, result in results.items():
        app = (result.get("environment") or {}).get("app") or {}
        if app.get("id") is not None:
            # The hosts may use two clouds, whose ids can be the same.
            hosts.setdefault((app["id"], app.get("name"), app.get("created_at")), []).append(host)
    return [
        f"The hosts {', '.join(same[:-1])} and {same[-1]} describe the same app {printable(str(name))} (id {number}). "
        "What differs between their descriptions changes back and forth in every run, so keep one of them."
        for (number, name, dummy), same in hosts.items()
        if len(same) > 1
    ]
