# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The monitors of an exported app, as the role ``environment`` takes them.

No answer shows the token of an http target. It is left out, and what exists keeps the one that it has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import shown
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_checks import target_problems
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import (
    ACTIVE,
    CONDITION,
    HTTP,
    OF_TARGET,
    OPS,
    SEVERITIES,
    WINDOWS,
    filled,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import left_over
from ansible_collections.spiceai.cloud.plugins.module_utils._variables_file import Own

TOKENS = [
    "The token of an http target cannot be read, so it is not here. What exists keeps the one that it has; add `token`",
    "to the target before another app is created from this file.",
]
CHOICES = {"op": OPS, "window": WINDOWS, "severity": SEVERITIES}


def monitors_of(app: Mapping[str, Any], monitors: list[Any], complaints: list[str]) -> list[dict[str, Any]]:
    """The options of each monitor, sorted by name; their names are words of the collection.

    Args:
        app: whose they are. monitors: as the module lists them.
        complaints: takes what cannot be described.
    """
    described = []
    for monitor in monitors:
        options = _options(monitor, bool(app.get("paused_at")))
        if options is None:
            name = monitor.get("name") if isinstance(monitor, dict) else monitor
            complaints.append(f"monitor {shown(name)} of app {app['name']}, which no options describe")
            continue
        if "targets" not in options and monitor.get("targets"):
            complaints.append(f"the targets of monitor {shown(options['name'])} of app {app['name']}")
        described.append(options)
    return [_own(options) for options in sorted(described, key=lambda options: str(options["name"]))]


def told_of_tokens(monitors: list[dict[str, Any]]) -> list[str]:
    """Lines of a comment, where one of them may have a token."""
    kinds = {target["type"] for options in monitors for target in options.get("targets") or []}
    return TOKENS if HTTP in kinds else []


def _own(value: Any) -> Any:
    """The same with keys that are words of the collection, at any depth."""
    if isinstance(value, dict):
        return {Own(field): _own(part) for field, part in value.items()}
    return [_own(part) for part in value] if isinstance(value, list) else value


def _options(monitor: Any, is_paused: bool) -> dict[str, Any] | None:
    """The options of one monitor; None where no options can describe it.

    While the app is paused nobody knows which of its monitors are enabled otherwise.
    """
    if not isinstance(monitor, dict) or not isinstance(monitor.get("spec"), dict):
        return None
    name, template = monitor.get("name"), monitor.get("template_id")
    if not isinstance(name, str) or not name.strip() or not isinstance(template, str) or not template.strip():
        return None
    spec = filled(template, monitor["spec"])
    options: dict[str, Any] = {"name": name, "template": template}
    options.update({option: spec.get(field) for option, field in CONDITION.items()})
    if not _is_condition(options):
        return None
    datasets = spec.get("datasets") or [dataset for dataset in (spec.get("dataset"),) if dataset]
    if isinstance(datasets, list) and datasets and all(isinstance(dataset, str) for dataset in datasets):
        options["datasets"] = sorted(datasets)
    if isinstance(monitor.get("description"), str) and monitor["description"]:
        options["description"] = monitor["description"]
    if not is_paused:
        options["enabled"] = monitor.get("status", ACTIVE) == ACTIVE
    targets = _targets(monitor.get("targets"))
    if targets and not target_problems("targets", targets):
        options["targets"] = targets
    return None if left_over("", options) else options


def _is_condition(options: Mapping[str, Any]) -> bool:
    threshold, seconds = options["threshold"], options["sustain_seconds"]
    is_number = isinstance(threshold, (int, float)) and not isinstance(threshold, bool) and math.isfinite(threshold)
    is_whole = isinstance(seconds, int) and not isinstance(seconds, bool) and seconds >= 0
    chosen = all(options[option] in choices for option, choices in CHOICES.items())
    return is_number and is_whole and chosen and isinstance(options["include_details"], bool)


def _targets(targets: Any) -> list[dict[str, Any]]:
    """The targets with the fields that options have; empty where one has another form."""
    known = []
    for target in targets if isinstance(targets, list) else []:
        if not isinstance(target, dict) or target.get("type") not in OF_TARGET:
            return []
        fields = {field: target[field] for field in OF_TARGET[target["type"]] if target.get(field)}
        if not all(_is_sound(field, value) for field, value in fields.items()):
            return []
        known.append({"type": target["type"], **fields})
    return known


def _is_sound(field: str, value: Any) -> bool:
    if field == "recipient_user_ids":
        return isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
    if field == "emails":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str) and field != "token"
