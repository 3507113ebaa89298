# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page at ``/``: one organization as it is now, for a person who watches a playbook at work.

No script: the browser reloads it every two seconds. Everything that came from a client is escaped.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from spice_simulator import deployments
from spice_simulator.clock import iso
from spice_simulator.requestlog import Entry, RequestLog
from spice_simulator.spicepod import components
from spice_simulator.store import App, Deployment, Organization, Store

# More would make each reload slow to draw; the API has them all.
MOST_APPS = 40
MOST_DEPLOYMENTS = 4
MOST_REQUESTS = 30

_STYLE = """
:root{--ink:#1c2230;--soft:#667085;--line:#e3e6ec;--back:#f5f6f9;--accent:#c2410c}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:14px/1.5 system-ui,"DejaVu Sans",sans-serif}
header{background:#1c2230;color:#fff;padding:14px 28px;display:flex;gap:28px;align-items:baseline;flex-wrap:wrap}
header h1{font-size:17px;margin:0}header span,header a{color:#b9c0d0;font-size:13px}header b{color:#fff}
header a{margin-left:8px}
main{padding:20px 28px;display:grid;grid-template-columns:minmax(0,3fr) minmax(340px,2fr);gap:20px;align-items:start}
@media(max-width:1000px){main{grid-template-columns:minmax(0,1fr)}}
section{background:#fff;border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin-bottom:16px}
h2{font-size:12px;letter-spacing:.07em;text-transform:uppercase;color:var(--soft);margin:0 0 10px}
h3{font-size:16px;margin:0;overflow-wrap:anywhere}h3 small{color:var(--soft);font-weight:400;font-size:13px}
dl{display:grid;grid-template-columns:100px minmax(0,1fr);gap:4px 12px;margin:10px 0 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td{padding:3px 8px 3px 0;vertical-align:top;border-top:1px solid var(--line)}
tr:first-child td{border-top:0}.m{font:12px/1.6 ui-monospace,"DejaVu Sans Mono",monospace}
td.p{overflow-wrap:anywhere}.soft{color:var(--soft)}
td.w{white-space:nowrap}
.tag,.st{display:inline-block;border-radius:4px;padding:0 7px;margin:1px 4px 1px 0;font-size:12px;background:#eef1f6}
.st{font-weight:600;white-space:nowrap}.succeeded,.Ready,.s2{background:#dcfae6;color:#085d3a}
.failed,.Error,.s5{background:#fee4e2;color:#912018}
.in_progress,.Initializing{background:#fef0c7;color:#93370d}.queued{background:#e0eaff;color:#2d31a6}
.created{background:#eaecf0;color:#475467}.s4{background:#fdead7;color:#772917}.s3{background:#e0eaff;color:#2d31a6}
.empty{color:var(--soft);margin:0}
"""


def _e(value: Any) -> str:
    return escape(str(value), quote=True)


def _badge(text: Any, kind: str) -> str:
    return f'<span class="st {_e(kind)}">{_e(text)}</span>'


def _tags(values: Iterable[Any]) -> str:
    return "".join(f'<span class="tag">{_e(value)}</span>' for value in values) or '<span class="soft">none</span>'


def _deployment(one: Deployment, now: int) -> str:
    status = deployments.status_of(one, now)
    message, code = deployments.error_of(one, now)
    label = "superseded" if status == "created" else status
    details = [f"#{one.id}", f"image {one.image_tag}" if one.image_tag else None, one.commit_message, message, code]
    texts = " · ".join(_e(part) for part in details if part)
    time = f'<td class="soft w">{_clock(one.created_ms)}</td>'
    return f"<tr><td class=w>{_badge(label, status)}</td><td class=p>{texts}</td>{time}</tr>"


def _clock(ms: int) -> str:
    return (iso(ms) or "")[11:19]


def _placement(store: Store, app: App) -> str:
    if app.standalone:
        return "standalone"
    place = f"{app.cluster_name} ({app.region})" if app.cluster_name else str(app.region)
    return f"{_e(place)} <span class=soft>{_e(store.cname_of(app.region) or '')}</span>"


def _app(store: Store, app: App) -> str:
    now = store.clock.now()
    history = "".join(_deployment(one, now) for one in reversed(app.deployments[-MOST_DEPLOYMENTS:]))
    rows = [
        ("placement", _placement(store, app)),
        ("tags", _tags(f"{key}={value}" for key, value in (app.tags or {}).items())),
        ("datasets", _tags(part["name"] for part in components(app.spicepod, "datasets"))),
        ("secrets", _tags([*app.secrets, *(f"{name} (linked)" for name in app.linked_secrets)])),
        ("monitors", _tags(one.name for one in app.monitors.values())),
        ("replicas", f"{app.replicas}, channel {_e(app.update_channel)}, image {_e(app.image_tag or 'default')}"),
        ("deployments", f"<table>{history}</table>" if history else '<span class="soft">none</span>'),
    ]
    models = components(app.spicepod, "models")
    if models:
        rows.insert(3, ("models", _tags(part["name"] for part in models)))
    pairs = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    note = _badge("paused", "created") if app.paused_ms is not None else ""
    text = f"<p class=soft style='margin:4px 0 0'>{_e(app.description)}</p>" if app.description else ""
    return (
        f"<section><h3>{_e(app.name)} <small>#{app.id} · {_e(app.visibility)}</small> {note}</h3>{text}"
        f"<dl>{pairs}</dl></section>"
    )


def _apps(store: Store, org: Organization) -> str:
    apps = store.apps_of(org.id)
    if not apps:
        return '<section><h2>Apps</h2><p class="empty">No app yet.</p></section>'
    more = len(apps) - MOST_APPS
    rest = f'<p class="empty">and {more} older apps</p>' if more > 0 else ""
    return "".join(_app(store, app) for app in apps[:MOST_APPS]) + rest


def _members(store: Store, org: Organization) -> str:
    rows = "".join(
        f"<tr><td>{_e(store.users[one.user_id].username)}</td><td>{_tags(one.roles)}</td></tr>"
        for one in org.members.values()
    )
    return f"<section><h2>Members</h2><table>{rows}</table></section>"


def _request(entry: Entry) -> str:
    status = _badge(entry.status, f"s{entry.status // 100}") if entry.status else _badge("–", "created")
    fault = f" {_badge(entry.fault, 'failed')}" if entry.fault else ""
    return (
        f"<tr><td>{status}</td><td>{_e(entry.method)}</td><td class=p>{_e(entry.path)}{fault}</td>"
        f"<td class=soft>{_e(entry.credential or '')}</td></tr>"
    )


def _requests(log: RequestLog) -> str:
    newest = list(log.entries)[: -MOST_REQUESTS - 1 : -1]
    rows = "".join(_request(entry) for entry in newest)
    inner = f'<table class="m">{rows}</table>' if rows else '<p class="empty">None yet.</p>'
    return f"<section><h2>Last requests</h2>{inner}</section>"


def _no_org(store: Store) -> str:
    known = _tags(org.name for org in store.orgs.values())
    return f'<section><p class="empty">Known organizations: {known}</p></section>'


def render(store: Store, log: RequestLog, wanted: str) -> str:
    """The whole page for one organization."""
    org = store.org(wanted)
    left = _apps(store, org) if org else _no_org(store)
    right = (_members(store, org) if org else "") + _requests(log)
    links = "".join(
        f'<a href="/?org={_e(one.name)}">{_e(one.name)}</a>' for one in store.orgs.values() if not one.deleted
    )
    title = _e(org.name if org else wanted)
    count = len(store.apps_of(org.id)) if org else 0
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{title} · Spice.ai Cloud simulator</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>Spice.ai Cloud simulator</h1><span>organization <b>{title}</b></span>"
        f"<span><b>{count}</b> apps</span>"
        f"<span>clock <b>{_e(store.clock.mode)} {_clock(store.clock.now())}</b></span><span>{links}</span></header>"
        f"<main><div>{left}</div><div>{right}</div></main></body></html>"
    )


def endpoint(store: Store, log: RequestLog) -> Any:
    """The web endpoint of the page."""

    async def run(request: Request) -> Response:
        text = render(store, log, request.query_params.get("org") or store.default_org)
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
        # A lone surrogate can come in as JSON but not go out as UTF-8.
        return HTMLResponse(text.encode("utf-8", "replace"), headers=policy)

    return run
