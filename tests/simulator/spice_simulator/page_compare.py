# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an app serves against what is configured for it, and what of that waits for a deployment."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from spice_simulator import org_secrets
from spice_simulator.page_html import Html, badge, chip, chips, element, html, join, soft, table
from spice_simulator.runtime import KINDS
from spice_simulator.store import App, Deployment, Store

WAITING = "not deployed yet"
# The plain values of a configuration: (field, what people call it).
_FIELDS = (
    ("image_tag", "Image"),
    ("update_channel", "Update channel"),
    ("version", "Version"),
    ("registry", "Registry"),
    ("image", "Image name"),
    ("replicas", "Replicas"),
    ("resources", "Resources"),
    ("executor", "Executor"),
    ("region", "Region"),
    ("cluster_name", "Cluster"),
    ("node_group", "Node group"),
    ("storage_size_gb", "Storage (GB)"),
)
# Without a value the platform chooses one.
_DEFAULTED = ("image_tag", "update_channel", "version")


class Row(NamedTuple):
    """One line of the comparison.

    Args:
        name: for people. serves, configured: both sides. waits: whether a deployment would change what serves. note: a
            difference that none would change.
    """

    name: str
    serves: Any
    configured: Any
    waits: bool = False
    note: str = ""


def secret_changes(store: Store, app: App, serving: Optional[Deployment]) -> dict[str, str]:
    """What became of each secret since the deployment that serves: new, changed, deleted, or unchanged."""
    now = org_secrets.values(store, app)
    then: dict[str, str] = serving.took["secrets"] if serving else {}
    changes = {name: "new" if name not in then else "unchanged" for name in now}
    changes.update({name: "changed" for name in now if name in then and now[name] != then[name]})
    return {**changes, **{name: "deleted" for name in then if name not in now}}


def part_changes(kind: str, serving: Any, configured: Any) -> dict[str, str]:
    """The same of the datasets, models or views of two spicepods, by name."""
    then, now = _named(serving, kind), _named(configured, kind)
    changes = {name: "new" if name not in then else "unchanged" for name in now}
    changes.update({name: "changed" for name in now if name in then and now[name] != then[name]})
    return {**changes, **{name: "deleted" for name in then if name not in now}}


def _named(pod: Any, kind: str) -> dict[str, Any]:
    entries = pod.get(kind) if isinstance(pod, dict) else None
    known = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return {one["name"]: one for one in known if isinstance(one.get("name"), str)}


def rows(store: Store, app: App, serving: Optional[Deployment]) -> list[Row]:
    """The whole comparison.

    Without a deployment that succeeded every value waits for one, but not those of a standalone app, which Spice does
    not run.
    """
    then: dict[str, Any] = serving.took["config"] if serving else {}
    now = app.config()
    found = [_field(field, name, then, now, serving) for field, name in _FIELDS]
    found += [
        _parts(kind.capitalize(), part_changes(kind, then.get("spicepod"), now["spicepod"]), serving is not None)
        for kind in KINDS
    ]
    found.append(_rest(then.get("spicepod"), now["spicepod"], serving is not None))
    found.append(_parts("Secrets", secret_changes(store, app, serving), serving is not None))
    return [row._replace(waits=row.waits and not app.standalone) for row in found if row is not None]


def _field(
    field: str, name: str, then: Mapping[str, Any], now: Mapping[str, Any], serving: Optional[Deployment]
) -> Optional[Row]:
    asked = serving.asked if serving else {}
    if then.get(field) is None and now.get(field) is None and field != "image_tag":
        return None
    # What a deployment set for itself differs until the next one, and no change of the app waits for it.
    alone = field in asked and asked[field] != now.get(field)
    differs = serving is not None and then.get(field) != now.get(field)
    note = "this deployment only" if alone else ""
    waits = (differs and not alone) or serving is None
    missing = "default" if field in _DEFAULTED else "none"
    serves = _value(then.get(field), missing) if serving else soft("nothing")
    return Row(name, serves, _value(now.get(field), missing), waits, note)


def _value(value: Any, missing: str) -> Html:
    if value is None:
        return soft(missing)
    if isinstance(value, (dict, list)):
        return html(json.dumps(value, ensure_ascii=False).replace('"', ""))
    return html(value)


def _parts(name: str, changes: Mapping[str, str], serves: bool) -> Optional[Row]:
    if not changes:
        return None
    then = [_marked(key, how if how == "deleted" else "") for key, how in changes.items() if how != "new"]
    shown = {key: how for key, how in changes.items() if how != "deleted"}
    now = [_marked(key, how if serves and how != "unchanged" else "") for key, how in shown.items()]
    waits = any(how != "unchanged" for how in changes.values())
    empty = soft("none" if serves else "nothing")
    return Row(name, join(then, " ") or empty, join(now, " ") or soft("none"), waits)


def _marked(name: str, how: str) -> Html:
    """A name, with what became of it."""
    return chip(name, element("b", f" {how}")) if how else chip(name)


def _rest(then: Any, now: Any, serves: bool) -> Optional[Row]:
    """What is in a spicepod besides: the runtime's settings and the like, by their keys."""
    before, after = _other(then), _other(now)
    keys = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    if not serves or not keys:
        return None
    return Row("Rest of the spicepod", *(chips(_lines(keys, side)) for side in (before, after)), True)


def _other(pod: Any) -> dict[str, Any]:
    return {key: value for key, value in pod.items() if key not in KINDS} if isinstance(pod, dict) else {}


def _lines(keys: list[str], side: Mapping[str, Any]) -> list[str]:
    return [f"{key}: {shortened(json.dumps(side[key], ensure_ascii=False), 80)}" for key in keys if key in side]


def shortened(text: str, length: int) -> str:
    """The beginning of a long string."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def waits(found: list[Row]) -> list[str]:
    """The names of what a deployment would change."""
    return [row.name for row in found if row.waits]


def shown(found: list[Row], heading: str) -> Html:
    """The comparison as a table. ``heading``: of the column with what a deployment took."""
    headers = ("What", heading, "Configured", "Difference")
    lines = [
        (
            row.name,
            row.serves,
            row.configured,
            badge(WAITING, "wait") if row.waits else badge(row.note, "calm") if row.note else soft("none"),
        )
        for row in found
    ]
    return table("What serves and what is configured", headers, lines, "wide compare")
