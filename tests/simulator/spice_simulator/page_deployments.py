# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments of an app and their instances on the page."""

import re
from collections.abc import Iterable
from typing import Any

from spice_simulator import deployments, instances
from spice_simulator.errors import ApiError
from spice_simulator.page_compare import shortened
from spice_simulator.page_html import Html, badge, chip, counted, element, join, moment, soft, span_of, table
from spice_simulator.page_view import View, status_badge
from spice_simulator.store import Deployment

MOST_DEPLOYMENTS = 5
LONGEST_MESSAGE = 160
_STAMP = re.compile(r"\[spice:([0-9a-f]{4})[0-9a-f]{12}\]")


def shown(one: View) -> Html:
    """The newest deployments."""
    if not one.app.deployments:
        return soft("none")
    lines = [_deployment(one, which) for which in reversed(one.app.deployments[-MOST_DEPLOYMENTS:])]
    more = len(one.app.deployments) - len(lines)
    newest = table(
        "Deployments, the newest first",
        ("Deployment", "Status", "Reason", "Runs", "Created", "Took"),
        lines,
        "wide",
    )
    return join((newest, element("p", soft(f"and {counted(more, 'older deployment')}")) if more else ""))


def _deployment(one: View, which: Deployment) -> tuple[Any, ...]:
    status = deployments.status_of(which, one.now)
    message, code = deployments.error_of(which, one.now)
    state = [status_badge(status), badge("serves", "good") if which is one.serving else ""]
    why: Iterable[Any] = (
        element("div", element("b", shortened(message, LONGEST_MESSAGE))) if message else "",
        element("div", element("code", code)) if code else "",
        element("div", _message(which.commit_message)) if which.commit_message else "",
        element("div", soft(f"branch {which.branch}")) if which.branch else "",
        element("div", soft(f"by {which.created_by}")) if which.created_by else "",
    )
    asked = [f"{name} {value}" for name, value in which.asked.items() if name in ("channel", "debug") and value]
    runs = [which.image_tag or "default image", " × ", which.replicas, *(join((" ", chip(text))) for text in asked)]
    return (
        f"#{which.id}",
        join(filter(None, state), " "),
        join(why),
        join(runs),
        moment(which.created_ms, one.now),
        _duration(which, one.now),
    )


def _message(text: str) -> str:
    """A commit message; the stamp at its end is shortened."""
    return shortened(_STAMP.sub(r"[spice:\1…]", text), LONGEST_MESSAGE)


def _duration(which: Deployment, now: int) -> Any:
    started, finished = deployments.times_of(which, now)
    if finished is not None:
        return span_of(finished - (started if started is not None else which.created_ms))
    return soft(f"{span_of(now - which.created_ms)} so far")


def instances_of(one: View) -> Html:
    """The instances that the deployments have left running."""
    try:
        found = instances.of(one.store, one.app)
    except ApiError as refusal:
        return soft(f"none: {refusal.error}")
    lines = [
        (each.name, badge(each.status.replace("_", " "), "good" if each.status == "ready" else "plain"), which)
        for each in found
        for which in (f"#{each.deployment.id}",)
    ]
    return table("Instances", ("Instance", "Status", "Deployment"), lines, "small")
