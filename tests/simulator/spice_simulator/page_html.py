# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pieces of HTML for the page. A string is always escaped on its way in; only what is built here counts as markup."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Optional

from spice_simulator.clock import iso

# A run of characters that is longer gets places to break, because no table is so wide.
LONGEST_WORD, PIECE = 18, 14
# Shorter labels stay on one line.
SHORT = 25
_PLACES = re.compile(r"(?<=[/,_=|@&?;>)}\]])(?=[^\s/,_=|@&?;>)}\]])|(?<=[.:])(?=[^\W\d_])|(?<=\S)(?=[<({\[])")
_LONG = re.compile(rf"[^\s\-\0]{{{LONGEST_WORD + 1},}}")
_BREAK = "\0"


class Html(str):
    """Markup that is safe to send."""

    __slots__ = ()


def words(value: Any) -> Html:
    """A string for the page, which the browser may break after a slash, a comma and the like, and nowhere else."""
    text = _PLACES.sub(_BREAK, str(value).replace(_BREAK, "\ufffd"))
    text = _LONG.sub(lambda run: _BREAK.join(_pieces(run[0])), text)
    return Html(escape(text, quote=True).replace(_BREAK, "<wbr>"))


def _pieces(run: str) -> Iterable[str]:
    return (run[start : start + PIECE] for start in range(0, len(run), PIECE))


def html(value: Any) -> Html:
    """Markup as it is, anything else as a string."""
    return value if isinstance(value, Html) else words(value)


def join(values: Iterable[Any], between: str = "") -> Html:
    """Several pieces as one."""
    return Html(between.join(html(value) for value in values))


def element(name: str, *children: Any, **attributes: Any) -> Html:
    """An element. ``class_`` and ``data_label`` are written ``class`` and ``data-label``; one that is None is left out.

    ``True`` gives an attribute without a value.
    """
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value), quote=True)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{given}>{join(children)}</{name}>")


def soft(*children: Any) -> Html:
    """What matters less."""
    return element("span", *children, class_="soft")


def unseen(text: str) -> Html:
    """Words for a screen reader, where the eye sees it from the form."""
    return element("span", text, class_="unseen")


def badge(text: Any, kind: str) -> Html:
    """A state. ``kind``: good, bad, busy, wait, calm or plain."""
    return element("span", text, class_=f"badge {kind}{' short' if len(str(text)) <= SHORT else ''}")


def chip(*children: Any) -> Html:
    """A value among others; a short one stays on one line."""
    short = len(re.sub(r"<[^>]*>", "", join(children))) <= SHORT
    return element("span", *children, class_="chip short" if short else "chip")


def chips(values: Iterable[Any], none: str = "none") -> Html:
    """Values side by side."""
    return join((chip(value) for value in values), " ") or soft(none)


def facts(pairs: Iterable[tuple[str, Any]]) -> Html:
    """Names and values; a pair without a value is left out."""
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in pairs if value is not None]
    return element("dl", *rows) if rows else Html()


def table(caption: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], kind: str = "plain-table") -> Html:
    """A table; the first cell of a row is its header. In a narrow window each row becomes a block with labels.

    The roles are written down because a browser forgets them when a row is shown as a block.
    """
    head = element("tr", *(element("th", name, scope="col", role="columnheader") for name in headers), role="row")
    body = [row if isinstance(row, Html) else table_row(headers, row) for row in rows]
    return element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", head, role="rowgroup"),
        element("tbody", *body, role="rowgroup"),
        role="table",
        class_=kind,
    )


def table_row(headers: Sequence[str], cells: Sequence[Any], kind: Optional[str] = None) -> Html:
    """One row of a table."""
    first = element("th", cells[0], scope="row", role="rowheader", data_label=headers[0])
    rest = (
        element("td", element("div", cell), role="cell", data_label=header)
        for header, cell in zip(headers[1:], cells[1:], strict=True)
    )
    return element("tr", first, *rest, role="row", class_=kind)


def moment(ms: Optional[int], now: int) -> Html:
    """A time of the simulator's clock in UTC; of another day with the date."""
    text = iso(ms)
    if text is None:
        return soft("never")
    day, clock = text[:10], text[11:19]
    shown = clock if day == (iso(now) or "")[:10] else f"{day} {clock}"
    return element("time", shown, datetime=text, title=f"{day} {clock} UTC")


def span_of(ms: int) -> str:
    """A duration for people, which stays on one line."""
    return _duration(ms).replace(" ", "\u00a0")


def _duration(ms: int) -> str:
    seconds = max(0, ms) / 1000
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def counted(number: int, one: str, many: Optional[str] = None) -> str:
    """``1 app``, ``2 apps``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
