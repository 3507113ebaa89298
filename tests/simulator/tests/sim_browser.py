# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A browser for the tests of the page, and what they measure in it."""

import shutil

# .ci/browser.py knows the same names.
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = f"none of {', '.join(NAMES)} is on PATH; install one, on Debian with `apt-get install chromium`"
# A browser that a test starts has no business on the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Every string that can be seen, with the element that it stands in.
_STRINGS = """
const strings = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (node.data.trim() && parent.checkVisibility() && !parent.closest('.unseen, .skip, style')) strings.push(node);
}
"""
# A word ends at a space and, because every browser may go to the next line there, after a hyphen. A <wbr> ends the
# string itself.
_BROKEN_WORDS = f"""() => {{
{_STRINGS}
const broken = [];
for (const node of strings) for (const word of node.data.matchAll(/[^\\s-]+-*/g)) {{
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].filter(one => one.width).map(one => Math.round(one.top)));
    if (lines.size > 1) broken.push(word[0]);
}}
return broken;
}}"""
_SIDEWAYS = """() => {
const page = document.documentElement, found = [];
if (page.scrollWidth > page.clientWidth) found.push(`the page is ${page.scrollWidth - page.clientWidth} px too wide`);
for (const card of document.querySelectorAll('.card')) {
    const edge = card.getBoundingClientRect().right;
    for (const one of card.querySelectorAll('*'))
        if (one.getBoundingClientRect().right > edge && !one.closest('.unseen, thead'))
            found.push(`${card.id}: ${one.tagName} ${one.textContent.slice(0, 40)}`);
}
return found;
}"""
# Relative luminance and contrast as WCAG 2 defines them.
_PALE = f"""() => {{
{_STRINGS}
const parts = colour => colour.match(/[\\d.]+/g).map(Number);
const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = element => {{
    for (let one = element; one; one = one.parentElement) {{
        const colour = parts(getComputedStyle(one).backgroundColor);
        if (colour.length === 3 || colour[3] === 1) return colour;
        if (colour[3] !== 0) throw new Error('a background that is half transparent');
    }}
    throw new Error('no background');
}};
const pale = new Set();
for (const node of strings) {{
    const [a, b] = [parts(getComputedStyle(node.parentElement).color), behind(node.parentElement)].map(luminance);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) pale.add(`${{node.data.trim().slice(0, 30)}}: ${{contrast.toFixed(2)}}`);
}}
return [...pale];
}}"""
_ROWS = """(table) => [...table.querySelectorAll('tbody tr')].map(
    row => [...row.children].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()))"""
_HEADINGS = "() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))"


def executable():
    """The browser of this machine; None without one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Seen:
    """A page in the browser, with what it complained of."""

    def __init__(self, browser, width, scheme="light"):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))

    def open(self, address):
        assert self.page.goto(address).ok
        return self

    def follow(self, name):
        """Goes where a link leads. A click alone returns before the page there is read."""
        link = self.page.get_by_role("link", name=name, exact=True)
        address = link.evaluate("one => one.href")
        link.click()
        self.page.wait_for_url(address)

    def broken_words(self):
        return self.page.evaluate(_BROKEN_WORDS)

    def sideways(self):
        """What is wider than its place."""
        return self.page.evaluate(_SIDEWAYS)

    def pale(self):
        """Strings whose contrast is below 4.5."""
        return self.page.evaluate(_PALE)

    def headings(self):
        return self.page.evaluate(_HEADINGS)

    def app(self, name):
        return self.page.get_by_role("article", name=name)

    def table(self, caption, within=None):
        """The rows of a table that can be seen, by the first cell of each."""
        table = (within or self.page).get_by_role("table", name=caption, exact=True)
        assert table.is_visible()
        return {first: rest for first, *rest in table.evaluate(_ROWS)}

    def facts(self, within):
        """Names and values of an app."""
        names, values = (within.locator(tag).all_inner_texts() for tag in ("dt", "dd"))
        return {name: " ".join(value.split()) for name, value in zip(names, values, strict=True)}
