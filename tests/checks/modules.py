# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that fork programs, and an interpreter for modules that is one: see ``forking.py``."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Forker:
    """Runs a script that forks programs, until :meth:`end`.

    Args:
        script (str): the name of the script. address (Path): of the socket by which it is reached.
        arguments: more of them, for the script. environment (dict[str, str]): its variables; without, those of this
            process.
        ends_with_this (bool): whether it ends with this process, or with the program that takes its place.
    """

    def __init__(self, script, address, *arguments, environment=None, ends_with_this=True):
        self.address = address
        end, self._end = os.pipe()  # it ends when nobody holds the other end any more
        os.set_inheritable(self._end, not ends_with_this)
        self._process = subprocess.Popen(
            [sys.executable, HERE / script, address, *arguments],
            cwd="/",
            env=environment,
            stdin=end,
            stdout=subprocess.PIPE,
        )
        os.close(end)
        if not self._process.stdout.readline():
            raise RuntimeError(f"{script} has ended")

    def write_command(self, path, *arguments):
        """Writes a command that has it fork the program of these arguments, and hands on its own."""
        command = shlex.join([sys.executable, "-IS", str(HERE / "forked.py"), str(self.address), *arguments])
        path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        path.chmod(0o755)

    def end(self):
        """Lets it end once its last program has ended."""
        os.close(self._end)

    def wait(self):
        self._process.communicate()


class ModulePython(Forker):
    """The process that has the libraries of modules imported: see ``warm_modules.py``.

    Args:
        folder (Path): for the interpreter, and for the socket.

    Attributes:
        path (Path): the interpreter, for ``ansible_python_interpreter``.
    """

    def __init__(self, folder, ends_with_this=True):
        packed = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"], "ansible_collections/spiceai/cloud/plugins")
        ansible = Path(importlib.util.find_spec("ansible").origin).parent
        folders = (packed, ansible / "module_utils", ansible / "modules")
        super().__init__("warm_modules.py", folder / "modules", *folders, ends_with_this=ends_with_this)
        self.path = folder / "python"
        self.write_command(self.path)
