# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a line of code, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / ".ci/file_length.py"
HEADER = "# Copyright\n# Licence\n"
BLOCK = 'DOCUMENTATION = r"""\nmodule: one\n"""\n'


def check(*paths: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, PROGRAM, *paths], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("around", ["", HEADER, HEADER + BLOCK, HEADER + BLOCK * 40])
def test_300_lines_pass_and_301_do_not(tmp_path: Path, around: str) -> None:
    file = tmp_path / "long.py"
    file.write_text(around + "x = 1\n" * 300)
    assert check(tmp_path) == (0, "")
    file.write_text(around + "x = 1\n" * 301)
    code, output = check(tmp_path)
    assert code == 1
    assert f"{file}: 301 lines" in output


def test_a_test_module_has_no_limit(tmp_path: Path) -> None:
    (tmp_path / "test_long.py").write_text("x = 1\n" * 301)
    (tmp_path / "short.py").write_text("x = 1\n")
    assert check(tmp_path) == (0, "")


def test_nothing_to_check_is_a_failure(tmp_path: Path) -> None:
    assert check(tmp_path)[0] == 1
