# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when a Python file has more lines of code than one reader keeps in mind.

Usage: file_length.py PATH..., each a file or a directory. The licence header and the documentation blocks of a plugin
do not count. A test module is a list of cases and has no limit.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

MAX_LINES = 300
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def count(source: str) -> int:
    """The lines of a file, without its header and its documentation blocks."""
    lines = source.splitlines()
    header = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    blocks = sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and DOCUMENTATION & {ast.unparse(target) for target in node.targets}
    )
    return len(lines) - header - blocks


def files(paths: Iterable[str]) -> list[Path]:
    """The Python files among and below the paths that are no test modules."""
    found = set()
    for path in map(Path, paths):
        found.update(path.rglob("*.py") if path.is_dir() else [path])
    return sorted(path for path in found if not path.name.startswith("test_"))


def main() -> int:
    lengths = {path: count(path.read_text(encoding="utf-8")) for path in files(sys.argv[1:])}
    if not lengths:
        print("There is no Python file to check.")
        return 1
    too_long = {path: length for path, length in lengths.items() if length > MAX_LINES}
    for path, length in too_long.items():
        print(f"{path}: {length} lines of code, at most {MAX_LINES} are allowed. Split the file.")
    return bool(too_long)


if __name__ == "__main__":
    sys.exit(main())
