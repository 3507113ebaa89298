# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Apps as hosts of an inventory and as names of files: which entries of a server's list can be that, and what is said
of the others.

A host name is a template to older ansible-core, a pattern to every one, and part of a path; so only names that the API
allows are taken.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_checks import (
    MAX_NAME_LENGTH,
    MIN_NAME_LENGTH,
    NAME,
)

TAKEN = ("all", "localhost", "ungrouped")  # a group or host of every inventory
MAX_SHOWN = 40  # characters of a value
MAX_TOLD = 5  # complaints in one sentence


def sound(entries: list[Any], prefix: str = "") -> tuple[list[dict[str, Any]], list[str]]:
    """The apps of a list that can be hosts, in its order, and what is wrong with each of the others.

    Args:
        entries: the list of the server. prefix: what stands before the name of the app in that of the host.
    """
    apps: list[dict[str, Any]] = []
    complaints: list[str] = []
    names: set[str] = set()
    for entry in entries:
        complaint = complaint_about(entry, prefix)
        if complaint is None and entry["name"].casefold() in names:
            complaint = f"the name {shown(entry['name'])} is there twice"
        if complaint is None:
            names.add(entry["name"].casefold())
            apps.append(entry)
        else:
            complaints.append(complaint)
    return apps, complaints


def complaint_about(entry: Any, prefix: str = "") -> str | None:
    """Why an entry of the list cannot be a host; None if it can. ``prefix``: as in :func:`sound`."""
    if not isinstance(entry, dict):
        return f"{shown(entry)} is no app"
    name, app_id = entry.get("name"), entry.get("id")
    if not isinstance(app_id, int) or isinstance(app_id, bool):
        return f"app {shown(name)} has the id {shown(app_id)}, which is no whole number"
    # What is before the name makes it long enough to be no word of an inventory.
    shortest = 1 if prefix else MIN_NAME_LENGTH
    if not isinstance(name, str) or not NAME.fullmatch(name) or not shortest <= len(name) <= MAX_NAME_LENGTH:
        allowed = f"{MIN_NAME_LENGTH} to {MAX_NAME_LENGTH} letters, digits and dashes"
        return f"app {app_id} has the name {shown(name)}, and the API allows {allowed}"
    if (prefix + name).casefold() in TAKEN:
        return f"app {app_id} has the name {shown(name)}, which means something else in an inventory"
    wrong = _wrong_form(entry)
    if wrong:
        return f"the field {wrong} of app {name} has a form that the API does not know"
    try:
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return f"app {name} holds a string that is not valid Unicode"
    except ValueError:
        return f"app {name} holds a number that JSON does not have"
    return None


def skipped(what: str, complaints: list[str]) -> str:
    """One sentence about what was left out. ``what`` names it, such as ``apps``."""
    told = complaints[:MAX_TOLD]
    if len(complaints) > MAX_TOLD:
        told.append(f"and {len(complaints) - MAX_TOLD} more")
    return f"These {what} are skipped: {'; '.join(told)}."


def shown(value: Any) -> str:
    """A value of a server for people: on one line, control characters escaped, cut."""
    text = repr(str(value)) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _wrong_form(app: dict[str, Any]) -> str | None:
    """The first field whose value has a form that the API does not have."""
    mappings = {field: app.get(field) or {} for field in ("tags", "config")}
    for field, value in mappings.items():
        if not isinstance(value, dict):
            return field
    texts = {field: app.get(field) or "" for field in ("region", "cname", "cluster_name")}
    texts["config.region"] = mappings["config"].get("region") or ""
    return next((field for field, value in texts.items() if not isinstance(value, str)), None)
