# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What a monitor consists of, what its template takes for what is not given, and whether two mean the same.

Sources: Spice.ai Cloud's skill for monitoring (fields and choices), and its portal page on monitoring (the defaults of
the templates). Every field of a condition is sent, because sources of different age tell different defaults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._compare import canonical, meaning

OPS = ("GT", "GEQ", "LT", "LEQ", "EQ", "NEQ")
WINDOWS = ("1m", "5m", "15m", "30m", "1h")
SEVERITIES = ("warn", "critical")
EMAIL, SLACK, HTTP = TARGET_TYPES = ("email", "slack", "http")
DEFAULT_METHOD = "POST"
METHODS = (DEFAULT_METHOD, "PUT", "PATCH")
ACTIVE, DISABLED = "active", "disabled"

_ALL = {"window": "5m", "sustain_secs": 300, "severity": "critical", "include_details": False}
_COUNTS = {**_ALL, "sustain_secs": 0}
TEMPLATES: dict[str, dict[str, Any]] = {
    "container_cpu": _ALL,
    "dataset_refresh_errors": _COUNTS,
    "dataset_status": _ALL,
    "flight_failures": _COUNTS,
    "http_5xx": _COUNTS,
    "instance_health": _COUNTS,
    "llm_failures": _COUNTS,
    "memory_working_set": {**_ALL, "severity": "warn"},
    "query_failures": _COUNTS,
    "query_latency_p99": {**_ALL, "severity": "warn"},
}
CLUSTER_TEMPLATES: dict[str, dict[str, Any]] = dict.fromkeys(
    ("cluster_availability", "cluster_cpu", "cluster_memory"), _ALL
)
# Templates whose condition the API fixes.
FIXED: dict[str, dict[str, Any]] = {"instance_health": {"op": "GT", "threshold": 0, "sustain_secs": 0}}
WITH_DATASETS = "dataset_status"

# Option to field of the condition.
CONDITION = {
    "op": "op",
    "threshold": "threshold",
    "window": "window",
    "sustain_seconds": "sustain_secs",
    "severity": "severity",
    "include_details": "include_details",
}
REQUIRED = ("template", "op", "threshold")  # of a new one
OF_TARGET = {EMAIL: ("emails", "recipient_user_ids"), SLACK: ("channel_id",), HTTP: ("url", "method", "token")}

Entry = Mapping[str, Any]  # the options of one monitor
Target = Mapping[str, Any]


def condition(entry: Entry, template: str, existing: Mapping[str, Any]) -> dict[str, Any]:
    """The whole condition that is wanted, in the words of an answer.

    Args:
        entry: what is given. template: of the monitor. existing: the condition that it has; empty for a new one.
    """
    spec = filled(template, existing)
    spec.update({field: entry[option] for option, field in CONDITION.items() if entry.get(option) is not None})
    spec.update(FIXED.get(template, {}))
    if entry.get("datasets") is not None:
        spec = {field: value for field, value in spec.items() if field not in ("dataset", "datasets")}
        if entry["datasets"]:
            spec["datasets"] = list(entry["datasets"])
    whole: dict[str, Any] = meaning(spec)
    return whole


def filled(template: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """A condition with the defaults of the template for what it leaves out."""
    defaults = {**TEMPLATES, **CLUSTER_TEMPLATES}.get(template, _ALL)
    return {**defaults, **{field: value for field, value in spec.items() if value is not None}}


def same_condition(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two conditions mean the same: datasets are a set, and one of them may stand alone."""
    return canonical(_comparable_condition(one)) == canonical(_comparable_condition(other))


def _comparable_condition(spec: Mapping[str, Any]) -> dict[str, Any]:
    rest = {field: value for field, value in spec.items() if field not in ("dataset", "datasets")}
    names = spec.get("datasets") or [name for name in (spec.get("dataset"),) if name]
    return {**rest, "datasets": sorted(names)}


def wanted_targets(entry: Entry) -> list[dict[str, Any]] | None:
    """The targets that are given, each with its own fields and without a token; None where none are given."""
    if entry.get("targets") is None:
        return None
    return [
        {"type": target["type"], **{field: target[field] for field in _fields_of(target) if target[field] is not None}}
        for target in entry["targets"]
    ]


def _fields_of(target: Target) -> list[str]:
    return [field for field in OF_TARGET[target["type"]] if field != "token" and field in target]


def token_of(entry: Entry) -> str | None:
    """The token that is given for the http target."""
    tokens = [target.get("token") for target in entry.get("targets") or [] if target["type"] == HTTP]
    return next((token for token in tokens if token is not None), None)


def url_of(targets: Sequence[Target] | None) -> str | None:
    """The address of the http target; None where there is none."""
    return next((target.get("url") for target in targets or [] if target["type"] == HTTP), None)


def same_targets(one: Sequence[Target], other: Sequence[Target]) -> bool:
    """Whether two lists of targets tell the same people and places, tokens aside."""
    return canonical(_comparable_targets(one)) == canonical(_comparable_targets(other))


def _comparable_targets(targets: Sequence[Target]) -> dict[str, Any]:
    """Each target by its type; addresses without regard to case and order, a missing method as the default."""
    found: dict[str, Any] = {}
    for target in targets:
        if target["type"] == EMAIL:
            told: Any = [
                sorted({address.casefold() for address in target.get("emails") or []}),
                sorted(set(target.get("recipient_user_ids") or [])),
            ]
        elif target["type"] == HTTP:
            told = [target.get("url"), (target.get("method") or DEFAULT_METHOD).upper()]
        else:
            told = {field: value for field, value in target.items() if field != "type"}
        found[target["type"]] = told
    return found
