# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts commands of Ansible from processes that have Ansible imported: see ``warm.py``.

The modules that these pack run in processes that have libraries imported: see ``warm_modules.py``.
"""

from __future__ import annotations

import marshal
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from ansible_collections.spiceai.cloud.tests.checks.forking import NUMBER, early
from ansible_collections.spiceai.cloud.tests.checks.modules import Forker, ModulePython

KEPT = 3  # warm processes, of the environments that were used last
PROGRAMS = Path(sys.executable).parent
COMMANDS = ("ansible", "ansible-galaxy", "ansible-inventory", "ansible-playbook", "ansible-vault")


class Starter:
    """Starts commands; one object for all checks of a process.

    Attributes:
        home (Path): the home directory for the runs. Its path has to stay the same, because Ansible's configuration
            holds paths in it; see :meth:`empty_home`.
        python (Path): the interpreter for modules, which runs them as a fresh Python would.
        commands (Path): the directory for what :meth:`write_commands` writes.
    """

    def __init__(self):
        self._base = Path(tempfile.mkdtemp(prefix="spiceai-checks-"))
        self.home = self._base / "home"
        self.home.mkdir()
        self._modules = ModulePython(self._base)
        self.python = self._modules.path
        self.commands = self._base / "commands"
        self.commands.mkdir()
        self._warm, self._former, self._count = {}, [], 0

    def empty_home(self):
        """Begins a home directory that nobody has used."""
        shutil.rmtree(self.home, ignore_errors=True)  # the watcher of an asynchronous job may remove files meanwhile
        self.home.mkdir(exist_ok=True)

    def run(self, command, folder, environment):
        """Runs it to its end.

        Returns:
            subprocess.CompletedProcess: with its output and its errors, as strings.
        """
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            started = self.start(command, folder, environment, output.fileno(), errors.fileno())
            code = started.wait(timeout=300)
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(command, code, output.read(), errors.read())

    def start(self, command, folder, environment, output, errors):
        """Starts it as :class:`subprocess.Popen` would, without input.

        Args:
            command (list[str]): the path of a Python script that belongs to Ansible, and its arguments.
            folder (Path): where it works. environment (dict[str, str]): all of its variables.
            output (int), errors (int): the descriptors of its standard output and standard error.

        Returns:
            Started
        """
        with open(os.devnull) as nothing:
            descriptors = (nothing.fileno(), output, errors)
            return Started(self._forker(environment).address, command, folder, environment, descriptors)

    def write_commands(self, environment):
        """Writes Ansible's commands for a shell that has this environment, with their directory in its path."""
        for name in COMMANDS:
            self._forker(environment).write_command(self.commands / name, str(PROGRAMS / name))

    def _forker(self, environment):
        variables = early(environment)
        key = tuple(sorted(variables.items()))
        warm = self._warm.pop(key, None)
        if not warm:
            self._count += 1
            warm = Forker("warm.py", self._base / f"ansible-{self._count}", environment=variables)
        self._warm[key] = warm
        while len(self._warm) > KEPT:
            self._former.append(self._warm.pop(next(iter(self._warm))))
            self._former[-1].end()
        return warm

    def stop(self):
        """Ends all that is warm; every run has to be waited for before."""
        for warm in (self._modules, *self._warm.values()):
            warm.end()
        for warm in (self._modules, *self._warm.values(), *self._former):
            warm.wait()
        shutil.rmtree(self._base, ignore_errors=True)


class Started:
    """A running command, with the part of :class:`subprocess.Popen` that a check uses.

    Attributes:
        pid (int): its process id. returncode (int | None): the exit code; for a killed process the negative signal.
    """

    def __init__(self, address, command, folder, environment, descriptors):
        mask = os.umask(0)
        os.umask(mask)
        request = marshal.dumps((command, str(folder), mask, environment))
        self._command, self._channel = command, socket.socket(socket.AF_UNIX)
        self._channel.connect(str(address))
        data = len(request).to_bytes(8, "big") + request
        sent = socket.send_fds(self._channel, [data], descriptors)
        self._channel.sendall(data[sent:])
        self.pid = self._number()
        self.returncode = None

    def _number(self):
        answer = self._channel.recv(NUMBER, socket.MSG_WAITALL)
        if not answer:
            raise RuntimeError("The process that has Ansible imported has ended")
        return int.from_bytes(answer, "big", signed=True)

    def poll(self):
        if self.returncode is None and select.select([self._channel], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            if not select.select([self._channel], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self._command, timeout)
            self._end()
        return self.returncode

    def _end(self):
        self.returncode = self._number()
        self._channel.close()
