# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The table at the end of a playbook: one row an environment, in the width of the reader's screen."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._plan import UNCHANGED

MIN_WIDTH, MAX_WIDTH = 60, 200  # columns
WIDE = 120  # columns from which the URL has a column of its own
MAX_NAME = 38  # characters of the name of an app, by the API
GAP = "  "


class Row(NamedTuple):
    """What came of one environment.

    Args:
        app: its name. changed: what was or would be changed, by name. deployment: id and status. url: where it answers.
        seconds: that it took. reason: why it failed; empty when it did not.
    """

    app: str
    changed: str
    deployment: str
    url: str
    seconds: str
    reason: str = ""


def row_of(name: str, result: Mapping[str, Any]) -> Row:
    """The row of one environment.

    Args:
        name: of the host, for an environment whose app is not known. result: of spice_environment.
    """
    environment = result.get("environment") or {}
    app = environment.get("app") or {}
    deployment = environment.get("deployment") or {}
    number = deployment.get("id")
    status = deployment.get("status") or ""
    new = " (new)" if environment.get("deployed") else ""
    return Row(
        app=str(app.get("name") or name),
        changed=_in_words(changes_of(environment), _is_plan(result)),
        deployment=f"{number} {status}{new}" if number is not None else ("would be new" if new else "none"),
        url=str(environment.get("url") or ""),
        seconds=f"{result['elapsed']:.1f}" if "elapsed" in result else "",
        reason=" ".join(str(result.get("msg") or "no reason given").split()) if result.get("failed") else "",
    )


def _is_plan(result: Mapping[str, Any]) -> bool:
    """Whether a result tells what would be: something changes, and no write was sent."""
    return bool(result.get("changed")) and (result.get("api") or {}).get("writes") == 0


def _in_words(changes: str, is_plan: bool) -> str:
    if not changes or not is_plan:
        return changes or "unchanged"
    return f"would be {changes}" if changes.startswith("created") else f"would change: {changes}"


def summary_of(row: Row, result: Mapping[str, Any]) -> dict[str, Any]:
    """One environment for programs: what the row says, with the outcomes by name.

    Args:
        row: of the environment. result: of spice_environment.
    """
    environment = result.get("environment") or {}
    return {
        "app": row.app,
        "app_id": (environment.get("app") or {}).get("id"),
        "changed": bool(result.get("changed")),
        "planned": _is_plan(result),
        "changed_fields": list(environment.get("changed_fields") or []),
        "secrets": dict(environment.get("secrets") or {}),
        "members": dict(environment.get("members") or {}),
        "deployment": {
            "id": (environment.get("deployment") or {}).get("id"),
            "status": (environment.get("deployment") or {}).get("status"),
            "made": bool(environment.get("deployed")),
        },
        "url": row.url or None,
        "plan": list(result.get("plan") or []),
        "seconds": result.get("elapsed"),
        "failed": bool(row.reason),
        "reason": row.reason or None,
    }


def changes_of(environment: Mapping[str, Any]) -> str:
    """What was or would be changed, by name; empty when nothing was."""
    fields = list(environment.get("changed_fields") or [])
    parts = ["created"] if "name" in fields else []
    parts += [", ".join(field for field in fields if field != "name")]
    for noun in ("secret", "member"):
        outcomes = environment.get(f"{noun}s") or {}
        names = [name for name, outcome in outcomes.items() if outcome != UNCHANGED]
        parts.append(f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else "")
    return "; ".join(part for part in parts if part)


def table(rows: Sequence[Row], width: int) -> list[str]:
    """The lines of the table.

    Args:
        rows: one an environment. width: of the screen, in columns.
    """
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    shows_url = width >= WIDE
    heads = ["app", "changed", "deployment", *(["url"] if shows_url else []), "seconds"]
    cells = [[row.app, row.changed, row.deployment, *([row.url] if shows_url else []), row.seconds] for row in rows]
    widths = [max(len(line[column]) for line in [heads, *cells]) for column in range(len(heads))]
    widths[0] = min(widths[0], MAX_NAME)
    widths[1] = max(len(heads[1]), width - sum(widths) + widths[1] - len(GAP) * (len(heads) - 1))
    lines = [_line([[head] for head in heads], widths)]
    for row, line in zip(rows, cells):
        if row.reason:
            lines += _failed(row, widths[0], width)
            continue
        lines.append(_line([_wrapped(cell, size) for cell, size in zip(line, widths)], widths))
        if row.url and not shows_url:
            lines.append(f"{' ' * widths[0]}{GAP}{row.url}")
    return [text.rstrip() for block in lines for text in block.split("\n")]


def _failed(row: Row, name_width: int, width: int) -> list[str]:
    room = width - name_width - len(GAP)
    texts = _wrapped(f"FAILED: {row.reason}", room)
    done = [] if row.changed == "unchanged" else _wrapped(f"done before: {row.changed}", room)
    names = [row.app] + [""] * (len(texts) + len(done))
    return [f"{name:<{name_width}}{GAP}{text}" for name, text in zip(names, texts + done)]


def _line(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    height = max(len(cell) for cell in cells)
    rows = [[cell[number] if number < len(cell) else "" for cell in cells] for number in range(height)]
    return "\n".join(GAP.join(f"{text:<{size}}" for text, size in zip(row, widths)) for row in rows)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]
