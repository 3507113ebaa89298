# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page at ``/``: one organization as it is now, for a person who watches a playbook at work.

No script: the browser reloads it every two seconds, unless it is asked to stop. Everything that came from a client is
escaped.
"""

from html import escape
from typing import Any, NamedTuple, Optional
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from spice_simulator import deployments, page_app, page_log, page_organization, runtime
from spice_simulator.faults import Faults
from spice_simulator.page_html import SHORT, Html, badge, chips, counted, element, join, moment, soft, table
from spice_simulator.page_style import STYLE
from spice_simulator.page_view import STATUS_KINDS, View, badges, status_badge, view
from spice_simulator.requestlog import RequestLog
from spice_simulator.store import Organization, Store

# More would make each reload slow to draw; the API has them all.
MOST_APPS = 40
RELOAD_SECONDS = 2
_PARTS = (
    ("apps", "Apps"),
    ("requests", "Requests"),
    ("orders", "Faults and settings"),
    ("organization", "Organization"),
)


class Asked(NamedTuple):
    """What the address asks for: an organization, only the writes of the log, no reload."""

    org: str
    writes: bool = False
    still: bool = False

    def link(self, label: str, current: bool = False, **changes: Any) -> Html:
        """A link to the page with something else asked."""
        query = {key: int(value) if isinstance(value, bool) else value for key, value in self._query(changes).items()}
        return element("a", label, href=f"/?{urlencode(query)}", aria_current="page" if current else None)

    def _query(self, changes: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**self._asdict(), **changes}.items() if value}


def render(store: Store, log: RequestLog, faults: Faults, asked: Asked) -> str:
    """The whole page."""
    org = store.org(asked.org)
    title = org.name if org else asked.org
    body = join(
        (
            element("a", "Skip to the apps", href="#apps", class_="skip"),
            _header(store, asked, org),
            element(
                "main",
                element("div", _apps(store, org) if org else _no_org(store), class_="column"),
                element("aside", *_beside(store, log, faults, asked, org), class_="column"),
            ),
        )
    )
    reload = "" if asked.still else f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{reload}'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)} · Spice.ai Cloud simulator</title><style>{STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )


def _header(store: Store, asked: Asked, org: Optional[Organization]) -> Html:
    orgs = [asked.link(one.name, current=one is org, org=one.name) for one in store.orgs.values() if not one.deleted]
    reload = (
        join(("not reloaded. ", asked.link("Reload again", still=False)))
        if asked.still
        else join((f"reloads every {RELOAD_SECONDS} s. ", asked.link("Stop reloading", still=True)))
    )
    clock = join((store.clock.mode, " ", moment(store.clock.now(), store.clock.now()), " UTC"))
    return element(
        "header",
        element("h1", "Spice.ai Cloud simulator"),
        element("nav", *orgs, aria_label="Organizations"),
        element("nav", *(element("a", name, href=f"#{part}") for part, name in _PARTS), aria_label="On this page"),
        element("p", "Clock ", element("b", clock), " · ", reload),
    )


def _beside(
    store: Store, log: RequestLog, faults: Faults, asked: Asked, org: Optional[Organization]
) -> tuple[Html, ...]:
    links = join(
        (
            asked.link("All", current=not asked.writes, writes=False),
            asked.link("Writes only", current=asked.writes, writes=True),
        ),
        " · ",
    )
    return (
        page_log.shown(log, org.name if org else asked.org, asked.writes, links),
        page_organization.orders(store, faults),
        page_organization.shown(store, org) if org else Html(),
    )


def _apps(store: Store, org: Organization) -> Html:
    apps = store.apps_of(org.id)
    views = [view(store, app) for app in apps[:MOST_APPS]]
    if not views:
        return element("section", element("h2", "Apps"), element("p", soft("No app yet.")), class_="card", id="apps")
    more = len(apps) - len(views)
    older = element("p", soft(f"and {counted(more, 'older app')} that the API tells of")) if more else ""
    overview = element(
        "section",
        element("h2", counted(len(apps), "app")),
        table("Apps, the newest first", _COLUMNS, [_line(one) for one in views], "wide overview"),
        older,
        class_="card",
        id="apps",
    )
    return join((overview, *(page_app.card(one) for one in views)))


_COLUMNS = ("App", "State", "Datasets", "Last deployment")


def _line(one: View) -> tuple[Any, ...]:
    last: Any = soft("none")
    if one.newest:
        status = deployments.status_of(one.newest, one.now)
        last = join((status_badge(status), " ", moment(one.newest.created_ms, one.now)))
    name = element("a", one.app.name, href=f"#app-{one.app.id}", class_="short" if len(one.app.name) <= SHORT else None)
    return (name, badges(one), _datasets(one), last)


def _datasets(one: View) -> Html:
    """How many are in which state."""
    states: dict[str, int] = {}
    for part in runtime.parts(one.store, one.app, one.serving, "datasets") if one.serving else ():
        states[part["status"]] = states.get(part["status"], 0) + 1
    found = (badge(f"{number} {status}", STATUS_KINDS[status]) for status, number in states.items())
    return join(found, " ") or soft("none served")


def _no_org(store: Store) -> Html:
    known = chips(org.name for org in store.orgs.values())
    return element(
        "section",
        element("h2", "Apps"),
        element("p", "There is no such organization. Known ones: ", known),
        class_="card",
        id="apps",
    )


def endpoint(store: Store, log: RequestLog, faults: Faults) -> Any:
    """The web endpoint of the page."""

    async def run(request: Request) -> Response:
        query = request.query_params
        asked = Asked(
            query.get("org") or store.default_org, writes=query.get("writes") == "1", still=query.get("still") == "1"
        )
        text = render(store, log, faults, asked)
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
        # A lone surrogate can come in as JSON but not go out as UTF-8.
        return HTMLResponse(text.encode("utf-8", "replace"), headers=policy)

    return run
