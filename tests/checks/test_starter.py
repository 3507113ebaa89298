# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that the starter forks is as one of a fresh process. One on a terminal is a fresh one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.spiceai.cloud.tests.checks.plays import descendants
from ansible_collections.spiceai.cloud.tests.checks.starter import PROGRAMS

pytestmark = pytest.mark.both_cores

FORKED = Path(__file__).with_name("forked.py")
COLLECTION = Path(__file__).parents[2]
# The lookup reads the environment of the run, in a worker of it.
VARIABLE = "{{ lookup('ansible.builtin.env', 'CHECKS_SAMPLE') }}"
SHARED = "{{ lookup('ansible.builtin.config', 'DEFAULT_LOCAL_TMP') }}"


def debug(name, message, **keywords):
    return {"name": name, "ansible.builtin.debug": {"msg": message}, **keywords}


def pipe(command):
    return "{{ lookup('ansible.builtin.pipe', " + repr(command) + ") }}"


@pytest.mark.parametrize("limit", ["all", "nobody"])
def test_output_and_exit_code_are_those_of_a_fresh_process(limit, play):
    tasks = [debug("Say", "word"), {"name": "Fail", "ansible.builtin.fail": {"msg": "No"}}]
    warm, fresh = [play.start(tasks, args=["--limit", limit], terminal=terminal).wait() for terminal in (False, True)]
    assert warm.rc == fresh.rc != 0
    # A terminal shows its errors at once and has other ends of lines and a width.
    assert sorted(warm.output.split()) == sorted(fresh.output.replace("run-2", "run-1").split())
    assert warm.outcomes == fresh.outcomes


def test_environment_and_directory_are_those_of_a_fresh_process(play):
    variables = {"CHECKS_SAMPLE": "one", "SPICE_SAMPLE": "two", "OTHER_SAMPLE": "three"}
    tasks = [debug("Variables", pipe("env | cut -d= -f1 | sort")), debug("Directory", pipe("pwd"))]
    warm, fresh = [play.start(tasks, env=variables, terminal=terminal).wait().ok() for terminal in (False, True)]
    assert variables.keys() <= set(warm["Variables"]["msg"].split())
    assert warm["Variables"]["msg"] == fresh["Variables"]["msg"]
    assert [Path(run["Directory"]["msg"]).name for run in (warm, fresh)] == ["run-1", "run-2"]


def test_nothing_of_a_run_is_there_for_the_next_one(play):
    tasks = [debug("Variable", VARIABLE), debug("Temporary", pipe("ls -d $ANSIBLE_HOME/tmp/ansible-local-*"))]
    first, second = play(tasks, env={"CHECKS_SAMPLE": "first"}).ok(), play(tasks).ok()
    assert (first["Variable"]["msg"], second["Variable"]["msg"]) == ("first", "")
    # Each has one of its own.
    assert len({first["Temporary"]["msg"], second["Temporary"]["msg"]}) == 2
    assert all(len(run["Temporary"]["msg"].split()) == 1 for run in (first, second))
    assert list(play.home.glob(".ansible/tmp/ansible-local-*")) == []


def test_a_setting_that_ansible_reads_early_belongs_to_its_run(play):
    tasks = [debug("Skip", "word", when=False)]
    assert "skipping" in play(tasks).output
    assert "skipping" not in play(tasks, env={"ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false"}).output
    assert "skipping" in play(tasks).output


def test_a_configuration_file_in_its_directory_counts(play):
    tasks = [debug("Skip", "word", when=False)]
    (play.home / ".ansible.cfg").write_text("[defaults]\ndisplay_skipped_hosts = false\n")
    assert "skipping" not in play(tasks).output


def test_another_copy_of_the_collection_beside_a_playbook_counts(play):
    folder = play.folder / "elsewhere"
    folder.mkdir()
    tasks = [{"spiceai.cloud.spice_region_info": {}}]
    playbook = folder / "play.yml"
    playbook.write_text(json.dumps([{"hosts": "all", "connection": "local", "gather_facts": False, "tasks": tasks}]))
    for dummy in range(3):  # by then the process that forks has imported what plugins share
        play.playbook(str(playbook)).ok()
    plugins = folder / "collections/ansible_collections/spiceai/cloud/plugins"
    shutil.copytree(COLLECTION / "plugins", plugins)
    (plugins / "module_utils/_config.py").write_text("raise ImportError('This is the copy')")
    assert "This is the copy" in play.playbook(str(playbook)).output


@pytest.mark.parametrize("setting", ["", "export ANSIBLE_VERBOSITY=1; ", "cd elsewhere; "])
def test_a_command_in_a_shell_is_one_of_a_fresh_process(setting, starter, home):
    """Also where the shell has another setting by then, or goes where a configuration file is."""
    (home / "elsewhere").mkdir()
    (home / "elsewhere/ansible.cfg").write_text("[defaults]\nverbosity = 1\n")
    fails = "ansible localhost -m ansible.builtin.fail -a msg=Broken"
    told = []
    for programs in ((starter.commands, PROGRAMS), (PROGRAMS,)):
        path = os.pathsep.join([*map(str, programs), os.defpath])
        own = {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        environment = {**own, "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"]}
        starter.write_commands(environment)
        told.append(
            subprocess.run(
                ["bash", "-c", f"{setting}{fails}; echo $?; read line; echo $line"],
                cwd=home,
                env=environment,
                input="of the shell\n",
                capture_output=True,
                text=True,
                check=True,
            )
        )
    warm, fresh = ((one.stdout, one.stderr) for one in told)
    assert warm == fresh
    assert ("config file" in warm[0]) == bool(setting)
    assert "Broken" in warm[0]
    assert warm[0].endswith("2\nof the shell\n")


def test_the_end_of_the_process_that_forks_is_no_success(tmp_path):
    address = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        command = [sys.executable, "-IS", str(FORKED), address, "/nowhere/ansible-playbook"]
        asks = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        channel, dummy = listener.accept()
        with channel:
            assert channel.recv(1 << 16)  # the request
        errors = asks.communicate(timeout=60)[1]
    assert asks.returncode == 1
    assert errors == "The process that forks ansible-playbook has ended\n"


def test_a_run_can_be_killed_with_all_that_it_started(play):
    run = play.start([debug("Start", "word"), debug("Wait", pipe("echo $$ > pid; exec sleep 300"))])
    run.until("TASK [Wait]")
    file = play.folder / "run-1/pid"
    while not (file.exists() and file.read_text()):
        assert run.running()
    sleeping = int(file.read_text())
    assert sleeping in descendants(run._process.pid)
    assert run.kill().rc == -signal.SIGKILL
    assert not run.running()
    assert descendants(sleeping) == [sleeping], "it has children"
    deadline = time.monotonic() + 60
    while Path(f"/proc/{sleeping}/cwd").exists():  # the system takes its time
        assert time.monotonic() < deadline
    assert play([debug("Next", "word")]).ok()["Next"]["msg"] == "word"


def test_runs_at_the_same_time_have_a_result_each(play):
    runs = [
        play.start([{"name": "End", "ansible.builtin.debug": {"msg": name}, "failed_when": fails}])
        for name, fails in (("one", False), ("two", True), ("three", False))
    ]
    assert [run.wait().rc for run in runs] == [0, 2, 0]
    assert [run["End"]["msg"] for run in runs] == ["one", "two", "three"]


def test_a_module_is_run_as_by_a_fresh_python(play):
    shown = "umask; basename $(dirname $PWD); ls -l /proc/self/fd | wc -l"
    tasks = [
        {"name": "Facts", "ansible.builtin.setup": {"gather_subset": ["!all", "!min", "env", "python"]}},
        {"name": "Exit", "ansible.builtin.command": f"sh -c '{shown}; exit 3'"},
    ]
    tasks[0]["environment"] = {"SAMPLE": "a value with 'quotes' and\nlines"}
    tasks[1]["ignore_errors"] = True
    warm, fresh = [
        play(tasks, hosts={"localhost": {"ansible_python_interpreter": python}})
        for python in (str(play.python), sys.executable)
    ]
    facts, others = (run["Facts"]["ansible_facts"] for run in (warm, fresh))
    for told in (facts, others):
        # Shells add most of these, such as which command it starts; each run has results of its own.
        for name in ("_", "SHLVL", "PWD", "OLDPWD", "CHECKS_RESULTS"):
            told["ansible_env"].pop(name, None)
    assert facts == others
    assert facts["ansible_env"]["SAMPLE"] == tasks[0]["environment"]["SAMPLE"]
    told = ("rc", "stdout", "stderr", "failed", "msg")
    assert [warm["Exit"][name] for name in told] == [fresh["Exit"][name] for name in told]
    assert warm["Exit"]["rc"] == 3


def has_ended(process):
    """Whether nothing of it runs. It may go while it is looked at."""
    try:
        return "State:\tZ" in (process / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_killed_run_leaves_no_module_behind(play):
    (play.folder / "pid").touch()
    waiting = f"sh -c 'echo $PPID > {play.folder}/pid; exec sleep 300'"
    run = play.start([{"name": "Wait", "ansible.builtin.command": waiting}], way="packed")
    while not (play.folder / "pid").read_text():
        assert run.running()
    module = Path("/proc", (play.folder / "pid").read_text().strip())
    assert module.exists()
    run.kill()
    deadline = time.monotonic() + 60
    while not has_ended(module):
        assert time.monotonic() < deadline
