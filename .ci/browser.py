# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser for the sessions that look at pages.

Without one their tests are skipped and say what to install. A developer's machine is never changed: only CI that runs
as root installs one.
"""

from __future__ import annotations

import fcntl
import os
import shutil

import nox
from workspace import BUILD, ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = (("update",), ("install", "--yes", "--no-install-recommends", "chromium"))
MACHINE = {"DEBIAN_FRONTEND": "noninteractive"}


def found() -> bool:
    """Whether the machine has a browser that the tests can start."""
    return any(map(shutil.which, NAMES))


def provide(session: nox.Session) -> None:
    """Installs what drives a browser, and in CI the browser; where that fails the tests say what they miss."""
    session.install("-r", str(ROOT / "tests/simulator/pyproject.toml"), "--extra", "browser")
    if not os.environ.get("CI") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    BUILD.mkdir(exist_ok=True)
    # Sessions run side by side, and apt-get refuses to run twice at a time.
    with (BUILD / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found():
            return
        try:
            for command in INSTALL:
                session.run("apt-get", "--quiet", *command, external=True, env=MACHINE)
        except nox.command.CommandFailed:
            session.warn("no browser: its packages cannot be reached")
