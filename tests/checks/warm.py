# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks runs of Ansible's commands from a process that has Ansible imported; started by ``starter.py``, never imported.

A fresh process spends most of a short run on the import of Ansible. What is imported here is Ansible and libraries,
nothing of a collection and no plugin that a check brings: each run imports those by itself. What a run gets from here
of a collection is bytecode of the sources that it reads.

Ansible reads its configuration while it is imported, so the environment of this process has to be the one of its runs,
apart from variables that only plugins read, at the moment of use.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import threading
from multiprocessing.synchronize import SemLock
from pathlib import Path

from ansible.executor import module_common
from ansible.utils.collection_loader import _collection_finder as finder

PRELOADED = (
    "ansible.cli.playbook",
    "ansible.executor.process.worker",
    "ansible.module_utils.facts.default_collectors",
    "ansible.playbook.included_file",
    "ansible.playbook.role_include",
    "ansible.plugins.callback",
    "ansible.plugins.connection",
    "ansible.plugins.inventory",
    "requests",
    "xml.dom.minidom",
)
# Holds locks in older ansible-core.
LOCKS = "ansible.executor.action_write_locks"


def preload():
    """Imports what the runs share, and makes sure that nothing of it ties one of them to another."""
    # The directory of this file would hide modules of the same name.
    sys.path[0] = os.path.dirname(sys.executable)
    for name in PRELOADED:
        importlib.import_module(name)
    from ansible import constants
    from ansible.config import manager

    # Each run has its own temporary directory, and only that run removes it.
    atexit.unregister(manager.cleanup_tmp_file)
    manager.cleanup_tmp_file(constants.DEFAULT_LOCAL_TMP)
    locks = sys.modules.get(LOCKS)
    if locks:
        del locks.action_write_locks
    tied = [name for name in sys.modules if name.partition(".")[0] == "ansible_collections"]
    tied += [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    # A lock of the system would be one and the same in all runs: a killed run would hold it for ever.
    tied += [repr(thing) for thing in gc.get_objects() if isinstance(thing, SemLock)]
    if tied:
        raise RuntimeError(f"These would be shared by all runs: {', '.join(tied)}")


def remember():
    """Keeps what Ansible works out again in each run although it depends on the content of files alone."""
    parse, path = finder._meta_yml_to_dict, Path(finder.import_module("ansible").__file__)
    table = path.with_name("config").joinpath("ansible_builtin_runtime.yml").read_bytes()
    parsed = parse(table, ("ansible.builtin", "runtime.yml"))
    finder._meta_yml_to_dict = lambda content, name: parsed if content == table else parse(content, name)

    # Python keeps no bytecode of what Ansible's own loader imports, and no tree of what goes into a packed module.
    plugins = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"], "ansible_collections/spiceai/cloud/plugins")
    trees, codes = {}, {}
    for file in [*plugins.rglob("*.py"), *path.with_name("module_utils").rglob("*.py")]:
        source = file.read_bytes()
        with contextlib.suppress(SyntaxError):  # which a run shall find by itself
            trees[source] = compile(source, str(file), "exec", ast.PyCF_ONLY_AST)
            if plugins in file.parents:
                codes[source, str(file)] = compile(source, str(file), "exec", dont_inherit=True)

    def compile_once(source, filename, mode, flags, dont_inherit=False):
        known = trees.get(source) if flags == ast.PyCF_ONLY_AST else codes.get((source, filename))
        return known or compile(source, filename, mode, flags, dont_inherit)

    finder.compile = module_common.compile = compile_once
    gc.collect()
    gc.freeze()  # no run needs to look through all of this


def serve(control):
    """Forks a process for each request, and tells its exit code; returns in these processes only.

    Args:
        control (socket.socket): brings one byte for each request, with three descriptors: where the output goes, where
            the errors go, and the socket of this request. That brings the request as JSON, and takes two lines: the
            process id, and the exit code as `subprocess` has it.

    Returns:
        tuple[dict, list[int]]: the request, and the descriptors for the output and the errors.
    """
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *dummy: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    channels, number = {}, 0
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while channels or control in selector.get_map():
            ready = [key.fileobj for key, dummy in selector.select()]
            if woken in ready:
                os.read(woken, 1024)
                tell_ended(channels)
            if control not in ready:
                continue
            byte, descriptors, *dummy = socket.recv_fds(control, 1, 3)
            if not byte:
                selector.unregister(control)  # nobody is there any more
                continue
            *outputs, descriptor = descriptors
            channel = socket.socket(fileno=descriptor)
            with channel.makefile("rb") as stream:
                request = json.load(stream)
            number += 1
            if number == 3:
                remember()  # a few runs have to repay what it takes
            pid = os.fork()
            if pid:
                for output in outputs:
                    os.close(output)
                channels[pid] = channel
                channel.sendall(b"%d\n" % pid)
                continue
            signal.set_wakeup_fd(-1)
            for used in (channel, control, *channels.values()):
                used.close()
            os.close(woken)
            os.close(wake)
            return request, outputs
    os._exit(0)  # what Ansible does at the end of a run is not for this process


def tell_ended(channels):
    """Tells the exit code of each process that has ended."""
    while channels:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with channels.pop(pid) as channel, contextlib.suppress(BrokenPipeError):  # nobody waits for it
            channel.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def become(command, folder, environment, outputs):
    """Makes this process what a fresh one of that command would be."""
    from ansible import constants

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor, output in enumerate(outputs, 1):
        os.dup2(output, descriptor)
        os.close(output)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    sys.path[0] = os.path.dirname(command[0])
    if LOCKS in sys.modules:
        importlib.reload(sys.modules[LOCKS])
    constants.DEFAULT_LOCAL_TMP = constants.config.get_config_value("DEFAULT_LOCAL_TMP", variables=vars(constants))


preload()
request, outputs = serve(socket.socket(fileno=int(sys.argv[1])))
become(**request, outputs=outputs)
runpy.run_path(sys.argv[0], run_name="__main__")
