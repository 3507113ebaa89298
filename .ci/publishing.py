# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nox sessions around a release: its changelog, its commit and tag, and its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox
from workspace import BUILD, ROOT, build, install, workspace


def changelog(session: nox.Session, core: str, python: str) -> None:
    """Writes CHANGELOG.rst: the fragments and the new plugins go to the version that galaxy.yml names."""
    install(session, "lint", core=core)
    tree = workspace(session)
    # What an earlier run wrote for this version is written again: the tool would keep its list of plugins as it was.
    session.run("python", ".ci/forget_version.py")
    session.run("antsibull-changelog", "release")
    # The fragments stay until the release.
    for file in ("CHANGELOG.rst", "changelogs/changelog.yaml"):
        shutil.copy2(tree / file, ROOT / file)


def release(session: nox.Session, core: str, python: str) -> None:
    """Makes the release that the argument names, a commit and a tag, after the cheap checks. It pushes nothing."""
    install(session, "lint", core=core)
    workspace(session)
    # git needs to know who commits.
    session.run("python", ".ci/release.py", str(ROOT), *session.posargs, env={"HOME": str(Path.home())})


def release_files(session: nox.Session, core: str, python: str) -> None:
    """What a release on GitHub has: tarball, checksums, bill of materials and notes, in .build/dist."""
    install(session, "lint", "release", core=core)
    built = build(session, workspace(session))
    folder = BUILD / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy2(built, folder)
    # The product with what it needs, and nothing of our tools.
    product = str(BUILD / session.name / "product")
    session.run("uv", "venv", "--quiet", "--clear", "--python", python, product, external=True)
    wanted = ["--requirements", "meta/ee-requirements.txt", f"ansible-core~={core}.0"]
    session.run("uv", "pip", "install", "--quiet", "--python", f"{product}/bin/python", *wanted, external=True)
    session.run("python", ".ci/release_files.py", str(folder / built.name), f"{product}/bin/python")
