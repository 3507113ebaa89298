# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a nox session works: on a copy of the tree, with a home directory of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"


def install(session: nox.Session, *groups: str, core: str | None = None, simulator: bool = False) -> None:
    wanted = [*nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), *groups)]
    if core:
        wanted.append(f"ansible-core~={core}.0")
    if simulator:
        # Its requirements only: the package itself is run from the tree.
        wanted += ["-r", str(ROOT / "tests/simulator/pyproject.toml"), "--extra", "test"]
    session.install(*wanted)


def workspace(session: nox.Session) -> Path:
    """A copy of the tree at the path where Ansible wants a collection, and a home directory, both for this session."""
    base = BUILD / session.name
    tree = base / "ansible_collections/spiceai/cloud"
    shutil.rmtree(tree, ignore_errors=True)
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for file in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        source = ROOT / file
        if source.is_file():  # and not deleted since the last commit
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, tree / file)
    # A checkout of its own: tools that ask git for the files would learn from ours that .build is ignored, and would
    # check nothing.
    session.run("git", "init", "--quiet", str(tree), external=True, log=False)

    home = base / "home"
    for mine in (".cache/pip", ".config/pip"):
        if (Path.home() / mine).is_dir() and not (home / mine).exists():
            (home / mine).parent.mkdir(parents=True, exist_ok=True)
            (home / mine).symlink_to(Path.home() / mine)
    session.env.update(
        HOME=str(home),
        ANSIBLE_HOME=str(home / ".ansible"),
        ANSIBLE_REMOTE_TMP=str(home / ".ansible/tmp"),  # ~ would be the home folder that the system knows, not HOME
        ANSIBLE_COLLECTIONS_PATH=str(base),
        PYTHONPATH=os.pathsep.join([str(base), str(tree / "tests/simulator")]),
        NO_COLOR="1",
    )
    session.chdir(tree)
    return tree


def build(session: nox.Session, tree: Path) -> Path:
    """The collection's tarball."""
    folder = BUILD / session.name / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("ansible-galaxy", "collection", "build", str(tree), "--output-path", str(folder))
    return next(folder.glob("*.tar.gz"))
