# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when a link leads to nothing that is ours: a page of the site, a file of the repository, or a heading of one.

Usage: links.py SITE, the directory with the built site, from the root of the repository. The links are those of the
site, of every Markdown file, and of the sources, which name addresses in messages and comments. A link to another site
is not followed.
"""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import yaml

GALAXY = yaml.safe_load(Path("galaxy.yml").read_text(encoding="utf-8"))
FILES = re.compile(rf"{re.escape(GALAXY['repository'])}/(?:blob|tree|edit|raw)/main/?")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
MARKDOWN = re.compile(r"\]\(([^()\s]+)\)")
OURS = re.compile(
    rf"(?:{re.escape(GALAXY['repository'])}/(?:blob|tree)/main|{re.escape(GALAXY['documentation'])})[^\s\"'`<>()]*"
)


class Page(HTMLParser):
    """A page of HTML.

    Attributes:
        links: the addresses in it. anchors: the places in it that a link can name.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value and tag != "meta":
                self.anchors.add(value)


@functools.cache
def page(file: Path) -> Page:
    return Page(file)


@functools.cache
def headings(file: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a Markdown file."""
    text = re.sub(r"^```.*?^```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    found: dict[str, int] = {}
    for heading in re.findall(r"^#+ +(.*?) *$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found[anchor] = found.get(anchor, -1) + 1
        if found[anchor]:
            found[f"{anchor}-{found[anchor]}"] = 0
    return set(found)


def leads(address: str, source: Path, site: Path) -> bool:
    """Whether this link of that file leads somewhere, or elsewhere."""
    if address.startswith(GALAXY["documentation"]):
        base, address = site, address[len(GALAXY["documentation"]) :] or "index.html"
    elif FILES.match(address):
        base, address = Path(), FILES.sub("", address, count=1)
    elif re.match(r"[a-z][a-z+.-]*:|//", address):
        return True
    else:
        base = source.parent
    path, anchor = urldefrag(address)
    path = path.split("?", maxsplit=1)[0]
    target = base / unquote(path) if path or base != source.parent else source
    if target.is_dir() and site in target.resolve().parents:
        target /= "index.html"
    if not target.exists():
        return False
    if not anchor or re.fullmatch(r"L\d+(-L\d+)?", anchor):
        return True
    if target.suffix == ".html":
        return unquote(anchor) in page(target).anchors
    return target.suffix == ".md" and anchor in headings(target)


def links(site: Path) -> Iterator[tuple[Path, str]]:
    """Each link with the file that has it."""
    for file in sorted(site.rglob("*.html")):
        for address in page(file).links:
            yield file, address
    listing = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for file in map(Path, filter(None, listing.stdout.split("\0"))):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        if file.suffix == ".md":
            for address in MARKDOWN.findall(CODE.sub("", text)):
                yield file, address
        for address in OURS.findall(text):
            yield file, address.rstrip(".,;:")


def main() -> int:
    site = Path(sys.argv[1]).resolve()
    every = list(dict.fromkeys(links(site)))
    dead = [(file, address) for file, address in every if not leads(address, file, site)]
    for file, address in dead:
        print(f"{file}: {address} leads to nothing.")
    print(f"{len(every)} links, {len(dead)} of them dead")
    return bool(dead) or not every


if __name__ == "__main__":
    sys.exit(main())
