# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Pythons this machine has, and which ansible-core releases are tested with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# The Python 3 minors that the controller side of each ansible-core runs on.
CORES = {
    "2.16": range(10, 13),
    "2.17": range(10, 13),
    "2.18": range(11, 14),
    "2.19": range(11, 14),
    "2.20": range(12, 15),
    "2.21": range(12, 15),
}
# 3.9 runs no supported ansible-core, but modules still have to work with it on a managed host.
MINORS = range(9, 15)

# The real interpreter, also behind a virtual environment or a version manager's shim.
PROBE = "import sys, ssl, sqlite3; print('{0}/bin/python{1}.{2}'.format(sys.base_prefix, *sys.version_info))"


def find() -> dict[int, str]:
    """Path of one working interpreter for each Python 3 minor.

    That a command exists says little, because a shim may refuse to run. So each is tried. The one of the distribution
    comes first: it is built for speed, and those that a version manager compiles take half as long again.
    """
    siblings = Path(sys.base_prefix).parent  # where version managers keep one directory for each Python
    found = {}
    for minor in MINORS:
        name = f"python3.{minor}"
        for candidate in (f"/usr/bin/{name}", name, *sorted(map(str, siblings.glob(f"*/bin/{name}")))):
            try:
                probe = subprocess.run([candidate, "-c", PROBE], capture_output=True, text=True, check=True, timeout=30)
            except (OSError, subprocess.SubprocessError):
                continue
            found[minor] = probe.stdout.strip()
            break
    return found


def pairs(found: dict[int, str]) -> dict[str, str]:
    """The oldest ansible-core on the oldest Python it takes, and the newest one on the newest."""
    runnable = [core for core, minors in CORES.items() if found.keys() & set(minors)]
    if not runnable:
        return {}
    oldest, newest = runnable[0], runnable[-1]
    # In this order, so that a lone core is tested with the newest Python.
    return {
        oldest: found[min(found.keys() & set(CORES[oldest]))],
        newest: found[max(found.keys() & set(CORES[newest]))],
    }


def quick_pairs(found: dict[int, str]) -> dict[str, str]:
    """The same releases, but the oldest one on the Python of the distribution, if it takes that one."""
    chosen = pairs(found)
    for core in list(chosen)[:-1]:
        quick = [path for minor, path in found.items() if path.startswith("/usr/bin/") and minor in CORES[core]]
        chosen[core] = [*quick, chosen[core]][0]
    return chosen


def between(found: dict[int, str]) -> dict[str, str]:
    """The ansible-core releases between those of :func:`pairs`, each on the newest Python it takes."""
    ends = pairs(found)
    pythons = {core: found.keys() & set(minors) for core, minors in CORES.items() if core not in ends}
    return {core: found[max(minors)] for core, minors in pythons.items() if minors}
