# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts commands of Ansible from processes that have Ansible imported: see ``warm.py``.

The modules that these pack run in processes that have libraries imported: see ``warm_modules.py``.
"""

from __future__ import annotations

import json
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from ansible_collections.spiceai.cloud.tests.checks.modules import ModulePython

WARM = Path(__file__).with_name("warm.py")
# Read by plugins, of the collection and of the checks, each time they run; all others may have been read by Ansible
# while it was imported.
READ_LATE = ("SPICE_", "CHECKS_")
KEPT = 3  # warm processes, of the environments that were used last


class Starter:
    """Starts commands; one object for all checks of a process.

    Attributes:
        home (Path): the home directory for the runs. Its path has to stay the same, because Ansible's configuration
            holds paths in it; see :meth:`empty_home`.
        python (Path): the interpreter for modules, which runs them as a fresh Python would.
    """

    def __init__(self):
        self._base = Path(tempfile.mkdtemp(prefix="spiceai-checks-"))
        self.home = self._base / "home"
        self.home.mkdir()
        self._modules = ModulePython(self._base)
        self.python = self._modules.path
        self._warm, self._former = {}, []

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
            Started | subprocess.Popen
        """
        if any(path.exists() for path in (folder / "ansible.cfg", self.home / ".ansible.cfg")):
            return subprocess.Popen(  # that configuration belongs to this run only
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
            )
        early = {name: value for name, value in environment.items() if not name.startswith(READ_LATE)}
        key = tuple(sorted(early.items()))
        warm = self._warm.pop(key, None) or _Warm(early)
        self._warm[key] = warm
        while len(self._warm) > KEPT:
            self._former.append(self._warm.pop(next(iter(self._warm))))
            self._former[-1].end()
        return warm.start({"command": command, "folder": str(folder), "environment": environment}, output, errors)

    def stop(self):
        """Ends all that is warm; every run has to be waited for before."""
        for warm in self._warm.values():
            warm.end()
        for warm in [*self._warm.values(), *self._former]:
            warm.wait()
        self._modules.stop()
        shutil.rmtree(self._base, ignore_errors=True)


class _Warm:
    """One process that has Ansible imported, in this environment."""

    def __init__(self, environment):
        self._control, remote = socket.socketpair()
        with remote:
            self._process = subprocess.Popen(
                [sys.executable, str(WARM), str(remote.fileno())],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[remote.fileno()],
            )

    def start(self, request, *outputs):
        channel, remote = socket.socketpair()
        with remote:
            socket.send_fds(self._control, [b"+"], [*outputs, remote.fileno()])
        channel.sendall(json.dumps(request).encode())
        channel.shutdown(socket.SHUT_WR)
        return Started(channel, request["command"])

    def end(self):
        """Lets it end once its last run has ended."""
        self._control.close()

    def wait(self):
        self._process.wait()


class Started:
    """A running command, with the part of :class:`subprocess.Popen` that a check uses.

    Attributes:
        pid (int): its process id. returncode (int | None): the exit code; for a killed process the negative signal.
    """

    def __init__(self, channel, command):
        self._channel, self._command = channel, command
        self._lines = channel.makefile("rb", buffering=0)
        self.pid = self._number()
        self.returncode = None

    def _number(self):
        line = self._lines.readline()
        if not line:
            raise RuntimeError("The process that has Ansible imported has ended")
        return int(line)

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
        self._lines.close()
        self._channel.close()
