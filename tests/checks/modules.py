# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An interpreter for modules that starts them fast: see ``warm_modules.py``."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

SERVER = Path(__file__).with_name("warm_modules.py")
CLIENT = Path(__file__).with_name("module_python.py")


class ModulePython:
    """Starts the process that has libraries imported.

    Args:
        folder (Path): for the interpreter, and for the socket by which it reaches that process.
        ends_with_this (bool): whether the process ends with this one, or with the program that takes its place.

    Attributes:
        path (Path): the interpreter, for ``ansible_python_interpreter``.
    """

    def __init__(self, folder, ends_with_this=True):
        packed = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"], "ansible_collections/spiceai/cloud/plugins")
        ansible = Path(importlib.util.find_spec("ansible").origin).parent
        address = folder / "modules"
        end, self._end = os.pipe()  # that process ends when nobody holds the other end any more
        os.set_inheritable(self._end, not ends_with_this)
        self._process = subprocess.Popen(
            [sys.executable, SERVER, address, packed, ansible / "module_utils", ansible / "modules"],
            cwd="/",
            stdin=end,
            stdout=subprocess.PIPE,
        )
        os.close(end)
        if not self._process.stdout.readline():
            raise RuntimeError("The process that runs modules has ended")
        self.path = folder / "python"
        command = shlex.join([sys.executable, "-IS", str(CLIENT), str(address)])
        self.path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        self.path.chmod(0o755)

    def stop(self):
        """Ends the process; every module has to be waited for before."""
        os.close(self._end)
        self._process.communicate()
