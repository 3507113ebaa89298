# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks as a user would, in an environment of their own, and gives every task result."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.spiceai.cloud.tests.checks.starter import Starter

# All runs of this process are started by it.
STARTER = Starter()

# Runs what follows on a terminal of its own and hands through what it shows there.
ON_A_TERMINAL = [sys.executable, "-c", "import os, pty, sys; sys.exit(os.WEXITSTATUS(pty.spawn(sys.argv[1:])))"]

PLUGINS = Path(__file__).resolve().parent / "plugins"
FILES = (
    Path(__file__).resolve().parents[2] / "playbooks/sample"
)  # what is looked for in the directory `files` of a play

# The ways in which a task can run; all but the first make it an ordinary, packed module.
EXECUTION_MODES = {
    "controller": {},
    "packed": {"connection": "packed"},
    "become": {"become": True, "become_method": "same_user"},
    "async": {"async": 60, "poll": 1},
}
MAIN_MODES = ("controller", "packed")


def modes(names, on_both_cores=MAIN_MODES):
    """Parameters of a check: these ways, and which of them depend on ansible-core."""
    return [pytest.param(name, marks=[pytest.mark.both_cores] if name in on_both_cores else []) for name in names]


# Makes results tell the arguments of their tasks; older ansible-core always does.
TELL_ARGUMENTS = {"ANSIBLE_INJECT_INVOCATION": "true"}


def in_way(tasks, way):
    """The tasks of a list in one of the EXECUTION_MODES. Only the collection's own tasks can be asynchronous."""
    if way != "async":
        return tasks
    return [
        dict(task, **EXECUTION_MODES["async"]) if any(key.startswith("spiceai.cloud.") for key in task) else task
        for task in tasks
    ]


class Player:
    """Runs playbooks; called like a function, see :meth:`__call__`.

    Args:
        folder (Path): for playbooks and their results.
        address (str): of the simulator.
        token (str): what the environment of a run has as its personal access token.
    """

    def __init__(self, folder, address, token):
        self.folder = folder
        self.home = STARTER.home
        self.python = STARTER.python
        self._address = address
        self._token = token
        self._count = 0

    def __call__(self, tasks, args=(), env=None, **more):
        """Runs one play with these tasks and waits for its end.

        Args:
            tasks (list[dict] | str): tasks, or their YAML.
            args: of the command line. env (dict): variables of the environment; None takes one away.
            way (str): one of EXECUTION_MODES. hosts (dict[str, dict]): the inventory with each host's variables.
            keywords: of the play.

        Returns:
            Run
        """
        return self.start(tasks, args, env, **more).wait()

    def start(self, tasks, args=(), env=None, way="controller", hosts=None, terminal=False, **keywords):
        """The same without waiting: the Run has to be waited for.

        With ``terminal`` its output goes to one, else into a pipe.
        """
        folder = self._folder()
        if isinstance(tasks, str):
            (folder / "tasks.yml").write_text(tasks)
            tasks = [{"ansible.builtin.import_tasks": "tasks.yml"}]
        play = {
            "name": "Check",
            "hosts": "all",
            "gather_facts": False,
            "connection": "local",
            "tasks": in_way(tasks, way),
            **keywords,
        }
        if way != "async":
            play.update(EXECUTION_MODES[way])
        return self._start(folder, [_write(folder / "play.yml", [play])], args, env, hosts, terminal)

    def playbook(self, name, args=(), env=None, hosts=None):
        """Runs a playbook of the collection, on an inventory of these hosts with their variables."""
        return self.start_playbook(name, args, env, hosts).wait()

    def start_playbook(self, name, args=(), env=None, hosts=None):
        """The same without waiting: the Run has to be waited for."""
        return self._start(self._folder(), [name], args, env, hosts)

    def inventory(self, folder, source, *args, env=None):
        """Runs ansible-inventory on a source, in this directory.

        Returns:
            subprocess.CompletedProcess
        """
        command = [str(Path(sys.executable).parent / "ansible-inventory"), "-i", str(source), *args]
        more = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", **(env or {})}
        return STARTER.run(command, folder, self._environment(folder, more))

    def _folder(self):
        self._count += 1
        folder = self.folder / f"run-{self._count}"
        folder.mkdir()
        (folder / "files").symlink_to(FILES)
        return folder

    def _start(self, folder, playbooks, args, env, hosts, terminal=False):
        hosts = {"localhost": {}} if hosts is None else hosts
        python = {"ansible_python_interpreter": str(self.python)}
        hosts = {name: {**python, **variables} for name, variables in hosts.items()}
        inventory = _write(folder / "inventory.yml", {"all": {"hosts": hosts}})
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", inventory, *args, *playbooks]
        return Run(command, self._environment(folder, env or {}), folder, terminal)

    def _environment(self, folder, more):
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_REMOTE_TMP": str(self.home / ".ansible/tmp"),
            "ANSIBLE_ASYNC_DIR": str(self.home / ".ansible_async"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS / "callback"),
            "ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS / "connection"),
            "ANSIBLE_BECOME_PLUGINS": str(PLUGINS / "become"),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "CHECKS_RESULTS": str(folder / "results.jsonl"),
            "SPICE_CLOUD_API_URL": self._address,
            "SPICE_CLOUD_PAT": self._token,
            **more,
        }
        return {name: value for name, value in environment.items() if value is not None}


class Run:
    """One run of ansible-playbook.

    Attributes, once it is waited for:
        rc (int). output (str): standard output and standard error. outcomes (list[dict]): ``task``, ``action``,
        ``host``, ``status``, ``result``, in their order.
    """

    def __init__(self, command, environment, folder, terminal=False):
        self._results = folder / "results.jsonl"
        end, output = os.pipe()
        if terminal:
            self._process = subprocess.Popen(
                [*ON_A_TERMINAL, *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        else:
            self._process = STARTER.start(command, folder, environment, output, output)
        os.close(output)
        self.rc = self.output = None
        self.outcomes = []
        self._lines, self._ended, self._news = [], False, threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(end,), daemon=True)
        self._reader.start()

    def _read(self, end):
        with open(end, encoding="utf-8") as stream:
            for line in stream:
                with self._news:
                    self._lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def kill(self):
        """Ends it with all its workers at once, as a power failure would."""
        for pid in descendants(self._process.pid):  # the workers of newer versions of Ansible are groups of their own
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return self.wait()

    def running(self):
        return self._process.poll() is None

    def until(self, words):
        """Waits until a line with these words was shown, while the run goes on; fails the check when the run ends
        without.
        """
        with self._news:
            self._news.wait_for(lambda: self._ended or any(words in line for line in self._lines), timeout=300)
            assert any(words in line for line in self._lines), f"{words!r} was never shown:\n{''.join(self._lines)}"

    def wait(self):
        self.rc = self._process.wait(timeout=300)
        self._reader.join()
        self.output = "".join(self._lines)
        if self._results.exists():
            self.outcomes = [json.loads(line) for line in self._results.read_text().splitlines()]
        return self

    def ok(self):
        """The same run; fails the check when the run failed."""
        assert self.rc == 0, self.output
        return self

    def of(self, task):
        """list[dict]: the results of all hosts for the task of this name."""
        return [outcome["result"] for outcome in self.outcomes if outcome["task"] == task]

    def __getitem__(self, task):
        """dict: the one result of the task of this name."""
        results = self.of(task)
        assert len(results) == 1, f"{len(results)} results of {task!r}:\n{self.output}"
        return results[0]

    def status(self, task):
        """str: how the task ended: ok, failed, skipped or unreachable."""
        return next(outcome["status"] for outcome in self.outcomes if outcome["task"] == task)

    def recap(self):
        """dict[str, dict[str, int]]: the counts of each host at the end."""
        lines = self.output.rpartition("PLAY RECAP")[2].splitlines()[1:]
        return {
            line.partition(":")[0].strip(): {
                name: int(count) for name, count in (word.split("=") for word in line.partition(":")[2].split())
            }
            for line in lines
            if "ok=" in line
        }

    def warnings(self):
        """list[str]: the lines of the output that warn."""
        return [line for line in self.output.splitlines() if "WARNING]" in line]


def descendants(pid):
    """list[int]: the process and all that it started, by the system's own list."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = entry.read_text()
        except OSError:
            continue  # it has ended meanwhile
        # The name, in brackets, may hold anything; state and parent come after it.
        parents[int(entry.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found = [pid]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found


def _write(path, value):
    path.write_text(json.dumps(value, indent=1))
    return str(path)
