# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One app on the page: what it is, what it serves, and its parts."""

import re
from typing import Any, Optional

from spice_simulator import names, page_compare, page_deployments, page_monitors, runtime
from spice_simulator.answers import endpoint_of
from spice_simulator.page_compare import WAITING, part_changes, secret_changes, shortened
from spice_simulator.page_html import (
    Html,
    badge,
    chips,
    counted,
    element,
    facts,
    join,
    moment,
    soft,
    span_of,
    table,
)
from spice_simulator.page_view import STATUS_KINDS, View, badges
from spice_simulator.spicepod import components
from spice_simulator.store import App

# Tags with this beginning are the collection's own notes.
OWN_TAGS = "ansible."
_ACTIVE_KEY = "ansible.active-api-key"
_ROTATION = re.compile(r"([12])(?:-(publishing|joined|done)_.*)?", re.DOTALL)
LONGEST_TAG = 24


def card(one: View) -> Html:
    """Everything about an app."""
    app = one.app
    title = element("bdi", element("a", app.name, href=f"#app-{app.id}"))
    parts = [
        element("h3", title, " ", soft(f"#{app.id} · {app.visibility}"), id=f"name-{app.id}"),
        element("p", badges(one), class_="badges"),
        element("p", app.description) if app.description else "",
        _facts(one),
        _part("What serves and what is configured", page_compare.shown(one.rows, _side(one))),
        _part("Datasets and models", _datasets(one)),
        _part("Secrets", _secrets(one)),
        _part("API keys", _keys(one)),
        _part("Deployments", page_deployments.shown(one)),
        _part("Instances", page_deployments.instances_of(one)),
        _part("Monitors", page_monitors.shown(one.app.monitors.values(), one.now)),
    ]
    if app.reactions:
        parts.append(_part("Reactions", chips(app.reactions)))
    return element("article", *parts, class_="card", id=f"app-{app.id}", aria_labelledby=f"name-{app.id}")


def _side(one: View) -> str:
    """What the deployment is to the app that is compared with the configuration."""
    if one.deployed is None:
        return "Serves"
    word = (
        "Serves" if one.serving else "Served before the pause" if one.app.paused_ms is not None else "Served elsewhere"
    )
    return f"{word} (#{one.deployed.id})"


def _part(title: str, content: Html) -> Html:
    return element("section", element("h4", title), content)


def _facts(one: View) -> Html:
    app, now = one.app, one.now
    own = {key: value for key, value in (app.tags or {}).items() if key.startswith(OWN_TAGS)}
    tags = [f"{key}={value}" for key, value in (app.tags or {}).items() if key not in own]
    repository = (app.repository or {}).get("repository") or (app.repository or {}).get("name") or "connected"
    short = facts(
        (
            ("Placement", _placement(one)),
            ("Runtime", endpoint_of(one.store, app)),
            ("Created", moment(app.created_ms, now)),
            ("Paused since", None if app.paused_ms is None else _since(app.paused_ms, now)),
            ("Forked from", _source(one)),
            ("GitHub", repository if app.repository is not None else None),
            ("Production branch", app.production_branch),
        )
    )
    return join((short, facts((("Tags", join((chips(tags), _own_tags(own)))),))))


def _placement(one: View) -> Html:
    app = one.app
    if app.standalone:
        return join(("standalone", f", attached to {app.attached_region}" if app.attached_region else ""))
    if app.cluster_name:
        return join((app.cluster_name, " ", soft(f"dedicated cluster in {app.region}")))
    return join((app.region, " ", soft(one.store.cname_of(app.region) or "")))


def _since(ms: int, now: int) -> Html:
    return join((moment(ms, now), " ", soft(f"{span_of(now - ms)} ago")))


def _source(one: View) -> Optional[Html]:
    source = one.app.forked_from
    if source is None:
        return None
    known = one.store.app(source["id"])
    label = f"{source['name']} #{source['id']}"
    return element("a", label, href=f"#app-{known.id}") if known else join((label, " ", soft("deleted")))


def _own_tags(own: dict[str, str]) -> Html:
    if not own:
        return Html()
    lines = [(key, shortened(value, LONGEST_TAG)) for key, value in own.items()]
    title = counted(len(own), "tag") + " of the collection"
    return element("details", element("summary", title), table(title, ("Tag", "Value"), lines))


def _datasets(one: View) -> Html:
    """Those that the deployment took, with their state in the runtime, and those that wait for one."""
    taken = one.deployed.took["config"]["spicepod"] if one.deployed else None
    lines: list[tuple[Any, ...]] = []
    for kind in runtime.KINDS:
        changes = part_changes(kind, taken, one.app.spicepod)
        for part in runtime.parts(one.store, one.app, one.deployed, kind) if one.deployed else ():
            state = join((_state(one, kind, part), _what_waits(changes[part["name"]])), " ")
            message = part["error_message"] if one.serving else None
            lines.append((part["name"], kind[:-1], part["from"] or soft("none"), state, message or ""))
        for waiting in components(one.app.spicepod, kind):
            if changes[waiting["name"]] == "new":
                source = waiting["from"] or soft("none")
                lines.append((waiting["name"], kind[:-1], source, badge(WAITING, "wait"), ""))
    if not lines:
        return soft("none")
    return table("Datasets and models", ("Name", "Kind", "From", "State", "Message"), lines, "wide")


def _state(one: View, kind: str, part: dict[str, Any]) -> Html:
    """As the runtime tells it, which does not load a dataset whose name has a catalog."""
    if one.serving is None:
        return badge("paused" if one.app.paused_ms is not None else "not served here", "plain")
    if kind == "datasets" and names.dataset_name(part["name"]) is None:
        return badge("not loaded: its name has a catalog", "wait")
    return badge(part["status"], STATUS_KINDS[part["status"]])


def _what_waits(change: str) -> Html:
    """What the next deployment does to a part that is loaded."""
    return Html() if change == "unchanged" else badge(f"{change}, {WAITING}", "wait")


def _secrets(one: View) -> Html:
    changes = secret_changes(one.store, one.app, one.deployed)
    org = one.store.org_by_id(one.app.org_id)
    lines = []
    for name, change in changes.items():
        own = one.app.secrets.get(name)
        where = "app" if own else "organization" if name in org.secrets else "platform"
        where = where if change != "deleted" else "the former deployment"
        written = moment(own.updated_ms, one.now) if own else soft("linked" if change != "deleted" else "")
        state: Any = soft("deployed") if change == "unchanged" else badge(f"{change}, {WAITING}", "wait")
        lines.append((name, where, written, state))
    # A linked secret that has the name of one of the app's own never reaches a deployment.
    lines += [(name, "organization", soft("linked"), "hidden by the app's own") for name in _hidden(one.app)]
    return table("Secrets", ("Name", "Of", "Written", "State"), lines) if lines else soft("none")


def _hidden(app: App) -> list[str]:
    return [name for name in app.linked_secrets if name in app.secrets]


def _keys(one: View) -> Html:
    found = _ROTATION.fullmatch((one.app.tags or {}).get(_ACTIVE_KEY) or "")
    active, word = (int(found[1]), found[2]) if found else (None, None)
    moving = word in ("publishing", "joined")
    lines = []
    for number, key in ((1, one.app.api_key), (2, one.app.api_key_2)):
        if active is None:
            use: Any = soft("no rotation recorded")
        elif number == active and not key:
            use = badge("active by the tag, but no key", "bad")
        elif number == active:
            use = badge("active", "good")
            use = join((use, " ", badge("rotation under way", "busy"))) if moving else use
        else:
            use = badge("being replaced", "wait") if moving and key else soft("spare")
        shown = element("code", masked(key)) if key else soft("no key")
        made = one.app.key_times.get(number)
        lines.append((f"Slot {number}", shown, moment(made, one.now), use))
    return table("API keys", ("Slot", "Key", "Generated", "Use"), lines)


def masked(key: str) -> str:
    """The first characters of a key, at most a quarter of it."""
    return key[: min(4, len(key) // 4)] + "…"
