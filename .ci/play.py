# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell of `make play`, on a simulator that ends with it. With arguments it runs these as a command instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from demo import FIRST, FULL, QUERY

SHELL_FILES = (".bashrc", ".zshrc")
PROMPT = "PS1='(simulated Spice.ai Cloud) $ '\n"


def greeting() -> str:
    """Where one is, and five lines of what to try."""
    return f"""
A simulated Spice.ai Cloud runs at {os.environ["SPICE_SIMULATOR"]}, a page that shows the organization.
This shell talks to it and to nothing else. Its directory holds the samples, written again by each `make play`. Try:

  {FIRST} --check --diff   # the plan; without --check --diff it is applied
  {QUERY}
  edit spicepod.yaml, then run the plan again
  put values into full/secrets.yml, then {FULL}
  exit   # ends the simulator
"""


def main() -> int:
    """The exit code: of the command, or 0 after a shell."""
    command = sys.argv[1:]
    if command:
        return subprocess.call(command)
    if not sys.stdin.isatty():
        print("play: there is no terminal for a shell. Give a command: make play ARGS='ansible --version'")
        return 2
    # The home directory is one of this session, so that no file of the user's shell leads to a real account.
    home = Path(os.environ["HOME"])
    for name in SHELL_FILES:
        (home / name).write_text(PROMPT)
    environment = {**os.environ, "ZDOTDIR": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "ENV": ""}
    print(greeting(), flush=True)
    subprocess.call([os.environ.get("SHELL") or "/bin/sh"], env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
