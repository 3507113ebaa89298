# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails where documentation, a message or a comment has a word that the project avoids; words.yml lists these words.

Usage: words.py [PATH...], each a file or a directory; without one, all where people read. Code is not prose: in Python
only comments and strings with a blank count, in pages what stands outside of code.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import yaml

# Tests are left out.
EVERYWHERE = "README.md CONTRIBUTING.md SECURITY.md changelogs/fragments docs extensions playbooks plugins roles"
EVERYWHERE += " noxfile.py .ci .github benchmarks tests/simulator/README.md"
LIST = Path(__file__).with_name("words.yml")
# A phrase may go on in the next line, also in that of a comment.
RULES = {
    re.compile(rf"\b(?:{avoid})(?!\w)".replace(" ", r"\s+(?:#\s+)?"), re.IGNORECASE): say
    for avoid, say in yaml.safe_load(LIST.read_text(encoding="utf-8")).items()
}
# What is code within prose: fenced and indented blocks, literals, and the markup of options and values.
CODE = {
    ".md": r"^```.*?^```|`[^`\n]+`|\]\([^)\s]*\)",
    ".rst": r"^( *)\.\. code-block::.*\n(?:\1 +.*\n| *\n)+|``[^`]+``|:\w+:`[^`]+`",
    "": r"``[^`]+``|`[^`\n]+`|\b[CVORPMFIBL]\([^)]*\)",
}
PROSE = (".md", ".rst", ".yml", ".yaml", ".py", ".j2")


def blank(code: re.Match[str]) -> str:
    """The same number of lines without what stood there."""
    return " " + "\n" * code[0].count("\n")


def prose(file: Path) -> Iterator[tuple[int, str]]:
    """The pieces of prose in a file, each with its first line."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        code = CODE.get(file.suffix, CODE[""])
        yield 1, re.sub(code, blank, text, flags=re.DOTALL | re.MULTILINE if file.suffix == ".md" else re.MULTILINE)
        return
    comments: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.string
    for line, comment in comments.items():
        # A sentence goes on in the next comment.
        yield line, re.sub(CODE[""], blank, f"{comment} {comments.get(line + 1, '').lstrip('# ')}")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, re.sub(CODE[""], blank, node.value)


def found(file: Path) -> Iterator[tuple[int, str, str]]:
    """The words to avoid in a file: line, word, what to write."""
    seen = set()
    for first, piece in prose(file):
        for pattern, say in RULES.items():
            for hit in pattern.finditer(piece):
                line = first + piece.count("\n", 0, hit.start())
                if not {(line, say), (line - 1, say)} & seen:
                    seen.add((line, say))
                    yield line, " ".join(hit[0].split()), say


def files(paths: list[str]) -> list[Path]:
    every = [file for path in map(Path, paths) for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [file for file in every if file.suffix in PROSE and file.is_file() and file.resolve() != LIST.resolve()]


def main() -> int:
    every = files(sys.argv[1:] or EVERYWHERE.split())
    hits = [(file, *hit) for file in every for hit in found(file)]
    for file, line, word, say in hits:
        print(f"{file}:{line}: write {say!r} instead of {word!r}")
    if not every:
        print("There is no file to check.")
    return bool(hits) or not every


if __name__ == "__main__":
    sys.exit(main())
