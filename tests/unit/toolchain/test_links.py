# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which links lead somewhere, on a small site in a small repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / ".ci/links.py"
REPOSITORY, SITE = "https://github.com/one/two", "https://one.github.io/two/"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "galaxy.yml": f"repository: {REPOSITORY}\ndocumentation: {SITE}\n",
        "docs/why.md": "# Why\n\n## How `it` works, in short\n\n## Again\n\n## Again\n",
        "site/index.html": '<a href="sub/page.html#here">x</a><link href="style.css?v=1"><a href="https://elsewhere">y</a>',
        "site/style.css": "",
        "site/sub/page.html": '<p id="here"><a href="../index.html">x</a><a href="#here">y</a>',
        "README.md": "",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def check(tree: Path) -> tuple[int, str]:
    command = [sys.executable, str(PROGRAM), "site"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    "link",
    [
        "docs/why.md",
        "docs/why.md#how-it-works-in-short",
        "docs/why.md#again-1",
        f"{REPOSITORY}/blob/main/docs/why.md#why",
        f"{REPOSITORY}/tree/main/docs",
        f"{REPOSITORY}/issues",
        f"{SITE}",
        f"{SITE}sub/page.html#here",
        "https://elsewhere/no.html#no",
        "mailto:one@example.com",
    ],
)
def test_a_link_that_leads_somewhere(tree: Path, link: str) -> None:
    (tree / "README.md").write_text(f"See [this]({link}).\n")
    code, output = check(tree)
    assert code == 0, output


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("README.md", "See [this](docs/no.md)."),
        ("README.md", "See [this](docs/why.md#no)."),
        ("README.md", "See [this](docs/why.md#again-2)."),
        ("README.md", f"See [this]({REPOSITORY}/blob/main/no.md)."),
        ("README.md", f"See [this]({SITE}sub/no.html)."),
        ("message.py", f'MESSAGE = "Read {SITE}sub/page.html#no."'),
        ("message.py", f"# See {REPOSITORY}/tree/main/no"),
        ("site/index.html", '<a href="no.html">x</a>'),
        ("site/index.html", '<a href="sub/page.html#no">x</a>'),
        ("site/sub/page.html", '<a href="#no">x</a>'),
        ("site/index.html", '<img src="no.svg">'),
    ],
)
def test_a_link_that_leads_to_nothing(tree: Path, file: str, content: str) -> None:
    (tree / file).write_text(content)
    code, output = check(tree)
    assert code == 1
    assert f"{Path(file).name}: " in output
    assert "leads to nothing." in output
