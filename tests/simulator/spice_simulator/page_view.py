# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app as the page looks at it, and the words for the states of things."""

from typing import NamedTuple, Optional

from spice_simulator import deployments, page_compare, runtime
from spice_simulator.page_compare import WAITING
from spice_simulator.page_html import Html, badge, join
from spice_simulator.store import App, Deployment, Store

STATUS_KINDS = {
    "succeeded": "good",
    "failed": "bad",
    "in_progress": "busy",
    "queued": "calm",
    "created": "plain",
    "Ready": "good",
    "Error": "bad",
    "Initializing": "busy",
}


def status_badge(status: str) -> Html:
    """The status of a deployment. The API calls one that a newer one replaced "created"."""
    return badge("superseded" if status == "created" else status.replace("_", " "), STATUS_KINDS[status])


class View(NamedTuple):
    """An app with what several of its parts ask for.

    ``deployed`` is the newest deployment that succeeded. It is ``serving`` unless the app is paused or has moved.
    """

    store: Store
    app: App
    now: int
    deployed: Optional[Deployment]
    serving: Optional[Deployment]
    rows: list[page_compare.Row]

    @property
    def newest(self) -> Optional[Deployment]:
        """The newest deployment, whatever became of it."""
        return self.app.deployments[-1] if self.app.deployments else None


def view(store: Store, app: App) -> View:
    """Look at an app as it is now."""
    now = store.clock.now()
    deployed = deployments.running(app, now)
    return View(store, app, now, deployed, runtime.deployment_of(store, app), page_compare.rows(store, app, deployed))


def badges(one: View) -> Html:
    """The state of an app in a few words."""
    status = deployments.status_of(one.newest, one.now) if one.newest else None
    found = []
    if one.app.paused_ms is not None:
        found.append(badge("paused", "wait"))
    elif one.app.standalone:
        found.append(badge("standalone", "plain"))
    else:
        found.append(badge("serving", "good") if one.serving else badge("serves nothing", "plain"))
    if status in ("queued", "in_progress"):
        found.append(badge("deploying", "busy"))
    if status == "failed":
        found.append(badge("last deployment failed", "bad"))
    if one.deployed and page_compare.waits(one.rows):
        found.append(badge(WAITING, "wait"))
    return join(found, " ")
