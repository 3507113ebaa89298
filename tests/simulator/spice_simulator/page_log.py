# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request log on the page."""

from itertools import islice
from urllib.parse import urlencode

from spice_simulator.page_compare import shortened
from spice_simulator.page_html import Html, badge, chip, element, join, soft, table, table_row, unseen
from spice_simulator.requestlog import Entry, RequestLog

# More would make each reload slow to draw; the API has them all.
MOST_REQUESTS = 40
LONGEST_QUERY = 60
HEADERS = ("Time", "Method", "Path", "Status", "ms", "Credential")
_KINDS = {2: "good", 3: "calm", 4: "wait", 5: "bad"}


def shown(log: RequestLog, org: str, writes: bool, links: Html) -> Html:
    """The newest requests.

    Args:
        log: of all organizations. org: the name of the one that the page shows. writes: whether only those are shown
            that change the cloud. links: to the whole log and to the writes.
    """
    number = sum(entry.is_write for entry in log.entries)
    newest = list(islice((one for one in reversed(log.entries) if one.is_write or not writes), MOST_REQUESTS))
    # A screen reader hears the word; the eye sees the bar and the filled method.
    legend = join(
        ("A filled ", element("span", "PUT", class_="method write"), " and a bar: a write. Times are in UTC.")
    )
    inner = (
        table("Requests, the newest first", HEADERS, [_row(one, org) for one in newest], "log")
        if newest
        else element("p", soft("none yet"))
    )
    return element(
        "section",
        element("h2", "Requests"),
        element("p", f"{len(log.entries):,} requests, {number:,} of them writes. ", links),
        element("p", legend, class_="soft"),
        inner,
        class_="card",
        id="requests",
    )


def _row(entry: Entry, org: str) -> Html:
    method = element("span", entry.method, class_="method write" if entry.is_write else "method")
    query = f"?{urlencode(entry.query, doseq=True, safe='/:,')}" if entry.query else ""
    notes = [
        badge(f"fault: {entry.fault}", "bad") if entry.fault else "",
        chip(f"organization {entry.org}") if entry.org and entry.org.lower() != org.lower() else "",
    ]
    cells = (
        element("time", entry.at[11:19], datetime=entry.at, title=f"request {entry.n}"),
        join((method, unseen(" (write)") if entry.is_write else "")),
        join((entry.path, soft(shortened(query, LONGEST_QUERY)), *(join((" ", note)) for note in notes if note))),
        badge(entry.status, _KINDS.get(entry.status // 100, "plain")) if entry.status else badge("no answer", "plain"),
        f"{entry.ms:,}" if entry.ms is not None else soft("–"),
        entry.credential or soft("none"),
    )
    return table_row(HEADERS, cells, "write" if entry.is_write else None)
