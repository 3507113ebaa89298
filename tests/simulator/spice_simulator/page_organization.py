# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page shows beside the apps: the organization, and what a test has ordered of the simulator."""

import json
from typing import Any

from spice_simulator import page_monitors
from spice_simulator.faults import Fault, Faults
from spice_simulator.page_html import Html, badge, chip, chips, element, facts, join, soft, table
from spice_simulator.settings import Settings
from spice_simulator.store import Organization, Store
from spice_simulator.switches import Switches


def shown(store: Store, org: Organization) -> Html:
    """The organization: plan, members, secrets, limits, clusters."""
    members = [(store.users[one.user_id].username, chips(one.roles), f"#{one.user_id}") for one in org.members.values()]
    return element(
        "section",
        element("h2", "Organization"),
        facts(
            (
                ("Name", join((org.name, " ", soft(f"#{org.id}")))),
                ("Plan", org.plan),
                ("Enterprise", _yes(org.enterprise)),
                ("Private compute", _yes(org.private_compute)),
                ("Slack", "connected" if org.slack else "not connected"),
            )
        ),
        element("h3", "Members"),
        table("Members", ("User", "Roles", "Id"), members, "small") if members else soft("none"),
        element("h3", "Secrets"),
        _secrets(store, org),
        element("h3", "Limits"),
        facts(_flat(org.limits)) or soft("none"),
        element("h3", "Clusters"),
        join(_cluster(store, org, one) for one in org.clusters) or soft("none"),
        class_="card",
        id="organization",
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _secrets(store: Store, org: Organization) -> Html:
    linked: dict[str, int] = {}
    for app in store.apps_of(org.id):
        for name in app.linked_secrets:
            linked[name] = linked.get(name, 0) + 1
    lines = [(name, "organization", linked.get(name, 0)) for name in org.secrets]
    lines += [(name, "platform", linked.get(name, 0)) for name in org.platform_secrets]
    return table("Secrets of the organization", ("Secret", "Of", "Apps"), lines, "small") if lines else soft("none")


def _flat(values: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in values.items():
        name = f"{before}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, _plain(value))]
    return found


def _plain(value: Any) -> Any:
    return soft("none") if value is None else value if isinstance(value, str) else json.dumps(value)


def _cluster(store: Store, org: Organization, cluster: dict[str, Any]) -> Html:
    monitors = org.cluster_monitors.get(cluster["cluster_name"], {})
    closed = "" if cluster.get("deployable", True) else badge("takes no apps", "wait")
    return element(
        "div",
        element("p", cluster["cluster_name"], " ", soft(cluster["region"]), " ", closed),
        page_monitors.shown(monitors.values(), store.clock.now()) if monitors else "",
    )


def orders(store: Store, faults: Faults) -> Html:
    """What a test has ordered: faults, outcomes of deployments, settings and switches other than the default."""
    waiting = [json.dumps(outcome, ensure_ascii=False) for outcome in store.outcomes]
    parts = [
        ("Faults", _faults(faults.orders)),
        ("Outcomes of the next deployments", chips(waiting) if waiting else None),
        ("Settings", _changed(store.settings.show(), Settings().show())),
        ("Switches", _changed(store.switches.model_dump(), Switches().model_dump())),
    ]
    there = [(name, part) for name, part in parts if part]
    content = [piece for name, part in there for piece in (element("h3", name), part)]
    nothing = element("p", soft("Nothing: each request gets its true answer."))
    return element("section", element("h2", "Faults and settings"), *(content or [nothing]), class_="card", id="orders")


def _faults(orders: list[Fault]) -> Any:
    lines = [
        (
            one.name,
            join((chip(one.order.method or "any"), " ", one.order.path)),
            f"{one.fired} of {one.order.times}" if one.order.times else f"{one.fired}, no end",
        )
        for one in orders
    ]
    return table("Faults", ("Fault", "Hits", "Fired"), lines, "small") if lines else None


def _changed(values: dict[str, Any], usual: dict[str, Any]) -> Any:
    found = [f"{key}: {json.dumps(value)}" for key, value in values.items() if value != usual[key]]
    return chips(found) if found else None
