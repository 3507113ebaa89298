# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a word to avoid is found, and where it is code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / ".ci/words.py"


def check(*paths: Path) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, PROGRAM, *paths], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.md", "One\n\n```yaml\na: 1\n```\n\nIt starts anew.\n", 7),
        ("a.md", "It is `x` in place\nof y.\n", 1),
        ("a.rst", "One\n\n.. code-block:: yaml\n\n    a: 1\n\n    b: 2\n\nIt starts Anew.\n", 9),
        ("a.yml", "a: 1\n# It starts anew.\n", 2),
        ("a.yml", "description:\n  - The text is too long.\n", 2),
        ("a.py", "x = 1\n# This is done in place\n# of the other.\n", 2),
        ("a.py", 'x = 1\nraise ValueError("It starts anew.")\n', 2),
        ("a.py", 'def f():\n    """One.\n\n    It starts anew.\n    """\n', 4),
        ("a.py", 'x = 1\nsay(f"App {x} is not there as described.")\n', 2),
    ],
)
def test_a_word_is_found_with_its_line(tmp_path: Path, name: str, content: str, line: int) -> None:
    file = tmp_path / name
    file.write_text(content)
    code, output = check(tmp_path)
    assert code == 1
    assert len(output) == 1
    assert output[0].startswith(f"{file}:{line}: write ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", "One\n\n```shell\ncd folder\n```\n\n`folder` and [a page](folder/anew.md)\n"),
        ("a.rst", "One\n\n.. code-block:: shell\n\n    cd folder\n\n``folder`` and :ref:`folder`\n"),
        ("a.yml", "description: Give C(folder) and `anew`.\ntype: text\n"),
        ("a.py", "folder = texts['anew'] + anew  # `folder` and ``texts``\n"),
        ("a.md", "The renewal of a plain text as described in the guide, and a context\n"),
    ],
)
def test_code_is_not_prose(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert check(tmp_path) == (0, [])


def test_nothing_to_check_is_a_failure(tmp_path: Path) -> None:
    assert check(tmp_path)[0] == 1
