# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the processes of a run share."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import stat
import threading

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils import _state
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, digest


@pytest.fixture(params=["folder", "memory"])
def state(request, tmp_path):
    return RunState(str(tmp_path / "shared") if request.param == "folder" else None)


def put(state, key, value):
    with state.locked(key) as box:
        box.value = value


def look(state, key):
    with state.locked(key) as box:
        return box.value


def test_a_value_is_kept_by_its_key(state):
    assert look(state, "a") is None
    put(state, "a", {"token": "t", "n": [1, 2]})
    assert look(state, "a") == {"token": "t", "n": [1, 2]}
    assert look(state, "b") is None
    put(state, "a", None)
    assert look(state, "a") is None


def test_a_shorter_value_replaces_a_longer_one(state):
    put(state, "a", "x" * 1000)
    put(state, "a", "y")
    assert look(state, "a") == "y"


def test_a_change_inside_the_value_is_kept(state):
    put(state, "a", {"ids": {}})
    with state.locked("a") as box:
        box.value["ids"]["sales"] = 7
    assert look(state, "a") == {"ids": {"sales": 7}}


def test_an_error_keeps_the_former_value_and_frees_the_lock(state):
    def put_and_fail():
        with state.locked("a") as box:
            box.value = "new"
            raise ZeroDivisionError

    put(state, "a", "former")
    with pytest.raises(ZeroDivisionError):
        put_and_fail()
    assert look(state, "a") == "former"


def test_locks_of_two_keys_nest(state):
    with state.locked("a") as outer, state.locked("b") as inner:
        outer.value, inner.value = 1, 2
    assert (look(state, "a"), look(state, "b")) == (1, 2)


def test_two_states_with_one_folder_share(tmp_path):
    put(RunState(str(tmp_path)), "a", "shared")
    assert look(RunState(str(tmp_path)), "a") == "shared"
    assert look(RunState(None), "a") is None


def test_modes_are_private_under_any_umask(tmp_path):
    former = os.umask(0)
    try:
        put(RunState(str(tmp_path / "deep" / "shared")), "a", "secret")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "deep" / "shared").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep" / "shared" / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("left_behind", ["", "{", '{"token": "hal', "\x00\x00"])
def test_half_a_value_of_a_killed_process_counts_as_none(tmp_path, left_behind):
    (tmp_path / "a").write_text(left_behind)
    state = RunState(str(tmp_path))
    assert look(state, "a") is None
    put(state, "a", 1)
    assert json.loads((tmp_path / "a").read_text()) == 1


def test_a_value_that_did_not_change_is_not_written(tmp_path):
    state = RunState(str(tmp_path))
    put(state, "a", {"b": 1})
    os.utime(tmp_path / "a", (1, 1))
    assert look(state, "a") == {"b": 1}
    assert (tmp_path / "a").stat().st_mtime == 1


def count_up(folder, times):
    state = RunState(folder)
    for dummy in range(times):
        with state.locked("counter") as box:
            box.value = (box.value or 0) + 1


def test_processes_do_not_lose_each_others_changes(tmp_path):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=count_up, args=(str(tmp_path), 50)) for dummy in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert look(RunState(str(tmp_path)), "counter") == 200


def test_threads_do_not_lose_each_others_changes(state):
    def count():
        for dummy in range(100):
            with state.locked("counter") as box:
                box.value = (box.value or 0) + 1

    threads = [threading.Thread(target=count) for dummy in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert look(state, "counter") == 400


def test_the_lock_in_memory_is_re_entered():
    # Whoever lists the apps may need a token meanwhile.
    state = RunState(None)
    with state.locked("apps") as outer:
        put(state, "token", "t")
        outer.value = look(state, "token")
    assert _state._memory == {"token": "t", "apps": "t"}


def test_keys_tell_values_apart_and_show_none():
    keys = {digest("a", "b"), digest("ab", ""), digest("ab"), digest("b", "a"), digest(None, "ab"), digest("secret")}
    assert len(keys) == 6
    for key in keys:
        assert len(key) == 32
        assert int(key, 16) >= 0
    assert digest("a", None) == digest("a", "")


# -- where nothing can be shared --------------------------------------------------------------------------------------


def no_space(*args):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def forbidden(*args, **more):
    raise OSError(errno.EACCES, os.strerror(errno.EACCES))


@pytest.mark.parametrize(
    ("name", "failing", "words"),
    [
        ("makedirs", forbidden, "Permission denied"),
        ("makedirs", no_space, "No space left on device"),
        ("open", forbidden, "Permission denied"),
        ("pwrite", no_space, "No space left on device"),
        ("ftruncate", forbidden, "Permission denied"),
        ("pread", forbidden, "Permission denied"),
    ],
)
def test_a_task_goes_on_without_the_directory_and_warns_once(tmp_path, monkeypatch, name, failing, words):
    if name == "makedirs":
        monkeypatch.setattr(_state.os, name, lambda *args, **more: failing())
    else:
        monkeypatch.setattr(_state.os, name, failing)
    warnings = []
    state = RunState(str(tmp_path / "shared"), warnings.append)
    put(state, "a", {"token": "t"})
    assert look(state, "a") == {"token": "t"}
    put(state, "b", 1)
    assert look(state, "a") == {"token": "t"}
    [warning] = warnings
    assert words in warning
    assert str(tmp_path / "shared") in warning


def test_locks_that_the_file_system_does_not_have(tmp_path, monkeypatch):
    monkeypatch.setattr(_state.fcntl, "flock", no_space)
    warnings = []
    state = RunState(str(tmp_path), warnings.append)
    put(state, "a", 1)
    assert look(state, "a") == 1
    assert len(warnings) == 1


@pytest.mark.parametrize("kind", ["file instead of the directory", "directory instead of the file"])
def test_something_else_is_there(tmp_path, kind):
    place = tmp_path / "shared"
    place.write_text("") if kind.startswith("file") else (place / "a").mkdir(parents=True)
    warnings = []
    state = RunState(str(place), warnings.append)
    put(state, "a", 1)
    assert look(state, "a") == 1
    assert len(warnings) == 1


def test_an_error_of_the_caller_is_no_error_of_the_directory(tmp_path):
    warnings = []
    with pytest.raises(OSError, match="mine"), RunState(str(tmp_path), warnings.append).locked("a"):
        raise OSError("mine")
    assert warnings == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_real_device_without_space(tmp_path):
    (tmp_path / "a").symlink_to("/dev/full")
    warnings = []
    state = RunState(str(tmp_path), warnings.append)
    put(state, "a", 1)
    assert look(state, "a") == 1
    assert len(warnings) == 1
