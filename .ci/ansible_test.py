# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes `ansible-test sanity` work without the internet, and says which runs of it prove what."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import nox
import uv
from workspace import BUILD

# They read files, whichever ansible-core runs them. The newest one has the newest of these tools.
ONCE = ("changelog", "pep8", "pylint", "yamllint")


def prepare(session: nox.Session, tree: Path) -> None:
    """Makes sure that nothing is ignored or missed, and puts there what ansible-test would download."""
    for ignores in (tree / "tests/sanity").glob("ignore*.txt"):
        if ignores.stat().st_size:
            session.error(f"{ignores.name} is not empty: correct what it ignores")
    if "plugins/modules/" not in session.run("ansible-test", "env", "--list-files", silent=True):
        session.error("ansible-test does not see the modules: it would check nothing")
    cache = BUILD / session.name / "home/.ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    told = {name: value for name, value in os.environ.items() if re.match("UV_|SSL_CERT_|.*_PROXY$", name, re.I)}
    (cache / "uv.json").touch(0o600)  # an index may need a password
    (cache / "uv.json").write_text(json.dumps({"command": uv.find_uv_bin(), "environment": told}))
    for release in ("23_1_2", "24_2", "25_2"):
        shutil.copy2(".ci/get_pip.py", cache / f"get_pip_{release}.py")


def runs(session: nox.Session, is_newest: bool, pythons: dict[int, str], divided: bool) -> list[list[str]]:
    """The arguments of each run. A run on each Python would take most of the time of all tests.

    The oldest ansible-core runs on its own Python, and with the newest one modules are imported on the oldest and on
    the newest Python. Divided, what depends on neither is left to the newest ansible-core, and the newest Python to the
    tests that import everything on it.
    """
    if session.posargs:
        return [session.posargs]
    own = next(minor for minor, python in pythons.items() if python == session.python)
    if not is_newest:
        skipped = [argument for name in ONCE if divided for argument in ("--skip-test", name)]
        return [["--python", f"3.{own}", *skipped]]
    ends = sorted({min(pythons)} if divided else {min(pythons), own})
    return [["--skip-test", "import"], *(["--test", "import", "--python", f"3.{minor}"] for minor in ends)]
