# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks packed modules from a process that has their libraries imported; started by ``starter.py``, never imported.

A packed module spends most of its time on the import of libraries and on compiling what it has packed, because Python
keeps no bytecode for an archive. What is imported here are libraries of Python and ``requests``, nothing of Ansible or
of a collection: each module imports those out of its own archive.
"""

from __future__ import annotations

import array
import contextlib
import importlib
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import zipimport
from pathlib import Path

PRELOADED = (
    "argparse",
    "ast",
    "concurrent.futures.thread",
    "dataclasses",
    "datetime",
    "decimal",
    "fcntl",
    "getpass",
    "glob",
    "grp",
    "hmac",
    "http.cookiejar",
    "json",
    "locale",
    "logging",
    "pathlib",
    "platform",
    "pwd",
    "queue",
    "random",
    "requests",
    "runpy",
    "shlex",
    "ssl",
    "stat",
    "subprocess",
    "syslog",
    "tempfile",
    "traceback",
    "typing",
    "unittest.mock",
    "urllib.request",
    "uuid",
    "yaml",
    "zipfile",
)
FACTS = "ansible/module_utils/facts/"  # too many for the few modules that use them


def preload(folders):
    """Imports libraries, and compiles what may be packed."""
    for name in PRELOADED:
        with contextlib.suppress(ModuleNotFoundError):  # some end with a release of Python
            importlib.import_module(name)
    codes = {}
    for file in (file for folder in folders for file in Path(folder).rglob("*.py") if FACTS not in str(file)):
        source = file.read_bytes()
        with contextlib.suppress(SyntaxError):  # which a module shall find by itself
            codes[source] = compile(source, str(file), "exec", dont_inherit=True)
    compile_source = zipimport._compile_source
    zipimport._compile_source = lambda path, source: codes.get(source) or compile_source(path, source)


def serve(listener):
    """Forks a process for each connection, and tells its exit code; returns in these processes only.

    Returns:
        tuple: what ``python`` asks for: arguments, directory, mask for new files, environment; and the descriptors of
        its standard input, output and errors.
    """
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *dummy: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    channels = {}
    while True:
        ready, *dummy = select.select([listener, woken, sys.stdin, *channels.values()], [], [])
        if sys.stdin in ready:
            os._exit(0)  # who started this process has ended
        if woken in ready:
            os.read(woken, 1024)
            tell_ended(channels)
        for pid, channel in channels.items():
            if channel in ready and not channel.recv(1):
                with contextlib.suppress(ProcessLookupError):  # who waited for it was killed, and so is the module
                    os.kill(pid, signal.SIGKILL)
        if listener not in ready:
            continue
        channel, dummy = listener.accept()
        request, descriptors = received(channel)
        pid = os.fork()
        if pid:
            for descriptor in descriptors:
                os.close(descriptor)
            channels[pid] = channel
            continue
        signal.set_wakeup_fd(-1)
        for used in (channel, listener, *channels.values()):
            used.close()
        os.close(woken)
        os.close(wake)
        return request, descriptors


def received(channel):
    """tuple: the request, and the descriptors that came with it."""
    descriptors = array.array("i")
    size = 3 * descriptors.itemsize
    data, ancillary, *dummy = channel.recvmsg(1 << 16, socket.CMSG_SPACE(size))
    descriptors.frombytes(ancillary[0][2][:size])
    length = int.from_bytes(data[:8], "big")
    while len(data) < 8 + length:
        data += channel.recv(1 << 16)
    return marshal.loads(data[8:]), list(descriptors)


def tell_ended(channels):
    """Tells the exit code of each process that has ended."""
    while channels:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with channels.pop(pid) as channel, contextlib.suppress(BrokenPipeError):  # nobody waits for it
            channel.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def become(arguments, folder, mask, environment, descriptors):
    """Makes this process what a fresh one of these arguments would be."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(folder)
    os.umask(mask)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(arguments)
    sys.path[0] = os.path.dirname(os.path.realpath(arguments[0]))


address, *folders = sys.argv[1:]
preload(folders)
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(address)
    listener.listen(64)
    print("ready", flush=True)
    request, descriptors = serve(listener)
become(*request, descriptors)
runpy.run_path(sys.argv[0], run_name="__main__")
