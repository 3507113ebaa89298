# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Monitors of an app or of a cluster on the page."""

from collections.abc import Iterable, Mapping
from typing import Any

from spice_simulator.page_html import Html, badge, element, join, moment, soft, span_of, table
from spice_simulator.records import Monitor

_SIGNS = {"GT": ">", "GEQ": "≥", "LT": "<", "LEQ": "≤", "EQ": "=", "NEQ": "≠"}
_SEVERITIES = {"critical": "bad", "warn": "wait"}


def shown(monitors: Iterable[Monitor], now: int) -> Html:
    """The monitors as a table."""
    lines = [_line(one, now) for one in monitors]
    if not lines:
        return soft("none")
    return table("Monitors", ("Monitor", "Severity", "Condition", "Tells", "State", "Fired"), lines, "wide")


def _line(one: Monitor, now: int) -> tuple[Any, ...]:
    severity = one.spec.get("severity", "critical")
    is_on = one.status == "active"
    return (
        join((one.name, element("div", soft(one.template_id)))),
        badge(severity, _SEVERITIES.get(severity, "plain")),
        _condition(one.spec),
        ", ".join(target["type"] for target in one.targets) or soft("nobody"),
        badge("enabled" if is_on else "disabled", "good" if is_on else "plain"),
        moment(one.last_fired_ms, now),
    )


def _condition(spec: Mapping[str, Any]) -> Html:
    """When it fires: its operator (as the API writes it and as a sign) and threshold, and for how long."""
    op = spec.get("op", "")
    watched = spec.get("datasets") or [spec["dataset"]] if spec.get("dataset") or spec.get("datasets") else []
    times = f"over {spec.get('window', '5m')}"
    if spec.get("sustainSecs"):
        times += f", for {span_of(spec['sustainSecs'] * 1000)}"
    first = element("b", f"{_SIGNS.get(op, op)} {spec.get('threshold')}", class_="short")
    return join((first, " ", soft(op), element("div", soft(times)), *(element("div", name) for name in watched)))
