# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a nox session works: on a copy of the tree, with a home directory of its own. What it installs and builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import interpreters
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
        ANSIBLE_REMOTE_TMP=str(home / ".ansible/tmp"),  # ~ would be the home directory that the system knows, not HOME
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


def build_site(session: nox.Session, tree: Path, builder: str) -> Path:
    """Builds the documentation site with a builder of Sphinx; a warning is an error. Returns the directory it wrote."""
    base = BUILD / session.name
    pages, written = base / "pages", base / builder
    for directory in (pages, written):
        shutil.rmtree(directory, ignore_errors=True)
    pages.mkdir(mode=0o755)  # antsibull-docs wants nobody else to write there
    antsibull = ["antsibull-docs", "--config-file", ".ci/site/antsibull-docs.cfg", "collection", "--use-current"]
    session.run(*antsibull, "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(pages), "spiceai.cloud")
    # It takes the pages along, and no picture.
    for picture in [*tree.glob("docs/docsite/rst/images/*"), *tree.glob("benchmarks/*.svg")]:
        (pages / "docsite/images").mkdir(exist_ok=True)
        shutil.copy2(picture, pages / "docsite/images")
    strict = ["--fail-on-warning", "--keep-going", "--fresh-env", "--quiet"]
    where = ["--conf-dir", ".ci/site", "--doctree-dir", str(base / "trees")]
    session.run("sphinx-build", *strict, *where, "--builder", builder, str(pages), str(written))
    return written


def on_samples(session: nox.Session) -> None:
    """Goes to a directory with the samples, where the collection is as its tarball installs it."""
    # On the Python that make found, with the newest ansible-core for it: what a newcomer's own installation would be.
    core = [core for core, minors in interpreters.CORES.items() if sys.version_info.minor in minors][-1]
    install(session, "playbooks", core=core, simulator=True)
    tree = workspace(session)
    base = BUILD / session.name
    for directory in ("collections", "sample"):
        shutil.rmtree(base / directory, ignore_errors=True)
    # From here on only what the tarball brings is seen, and not the tree.
    session.env.update(ANSIBLE_COLLECTIONS_PATH=str(base / "collections"), PYTHONPATH=str(tree / "tests/simulator"))
    tarball = str(build(session, tree))
    session.run("ansible-galaxy", "collection", "install", tarball, "--collections-path", str(base / "collections"))
    if sys.stdout.isatty():
        del session.env["NO_COLOR"]
    shutil.copytree(base / "collections/ansible_collections/spiceai/cloud/playbooks/sample", base / "sample")
    session.chdir(base / "sample")
