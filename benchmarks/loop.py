# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what 100 loop items of spice_app cost against 100 of ansible.builtin.debug and of ansible.builtin.uri: medians
of the rounds of one run, and their ratios.

`make benchmark` runs it with a simulator. Ratios mean something; seconds depend on the machine.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from pathlib import Path


def main() -> int:
    command = ["ansible-playbook", str(Path(__file__).with_name("loop.yml")), *sys.argv[1:]]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    rounds = [tuple(map(float, found)) for found in re.findall(r"RESULT ([0-9.]+) ([0-9.]+) ([0-9.]+)", run.stdout)]
    if run.returncode or not rounds:
        print(run.stdout[-3000:], run.stderr[-3000:], file=sys.stderr)
        return 1
    module, debug, uri = (statistics.median(column) for column in zip(*rounds))
    print(f"a loop ({len(rounds)} rounds): spice_app {module:.2f} s, debug {debug:.2f} s, uri {uri:.2f} s")
    print(f"spice_app is {module / debug:.2f} times debug, and {module / uri:.3f} times uri")
    return 0


if __name__ == "__main__":
    sys.exit(main())
