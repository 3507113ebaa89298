# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks processes for programs that are asked for: what ``warm.py`` and ``warm_modules.py`` have in common.

Who wants a program run connects to a socket. It sends the length of its request in eight bytes, the request, and the
descriptors of the program's standard input, output and errors. It gets the process id and then the exit code, each in
four bytes. When it closes the connection before, the process is killed.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import threading

NUMBER = 4  # bytes of a number in an answer
# Variables that plugins read, of the collection and of the checks, each time they run. All others may have been read by
# Ansible while it was imported.
READ_LATE = ("SPICE_", "CHECKS_")
OF_SHELLS = ("_", "SHLVL", "PWD", "OLDPWD")


def early(environment):
    """dict[str, str]: the variables that have to be there before Ansible is imported."""
    return {
        name: value for name, value in environment.items() if not name.startswith(READ_LATE) and name not in OF_SHELLS
    }


def serve(address, before_fork=lambda: None):
    """Forks a process for each connection, and tells its exit code; returns in these processes only, which have become
    what a fresh one would be.

    This process ends when its standard input and all that it forked have ended.

    Args:
        address (str): of the socket that it makes.
        before_fork: is called before each fork.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        print("ready", flush=True)
        _become(*_forked(listener, before_fork))


def _forked(listener, before_fork):
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *dummy: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    channels, sources = {}, [listener, woken, sys.stdin]
    while sys.stdin in sources or channels:
        ready, *dummy = select.select([*sources, *channels.values()], [], [])
        if sys.stdin in ready:
            sources.remove(sys.stdin)
        if woken in ready:
            os.read(woken, 1024)
            _tell_ended(channels)
        for pid, channel in channels.items():
            if channel in ready and not channel.recv(1):
                with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                    os.kill(pid, signal.SIGKILL)
        if listener not in ready:
            continue
        channel, dummy = listener.accept()
        request, descriptors = _received(channel)
        before_fork()
        pid = os.fork()
        if pid:
            for descriptor in descriptors:
                os.close(descriptor)
            channels[pid] = channel
            _tell(channel, pid)
            continue
        signal.set_wakeup_fd(-1)
        for used in (channel, *channels.values()):
            used.close()
        os.close(woken)
        os.close(wake)
        return request, descriptors
    os._exit(0)  # what programs do at their end is not for this process


def _received(channel):
    descriptors = array.array("i")
    size = 3 * descriptors.itemsize
    data, ancillary, *dummy = channel.recvmsg(1 << 16, socket.CMSG_SPACE(size))
    descriptors.frombytes(ancillary[0][2][:size])
    length = int.from_bytes(data[:8], "big")
    while len(data) < 8 + length:
        data += channel.recv(1 << 16)
    return marshal.loads(data[8:]), list(descriptors)


def _tell(channel, number):
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it
        channel.sendall(number.to_bytes(NUMBER, "big", signed=True))


def _tell_ended(channels):
    while channels:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with channels.pop(pid) as channel:
            _tell(channel, os.waitstatus_to_exitcode(status))


def _become(request, descriptors):
    arguments, folder, mask, environment = request
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


def run():
    """Runs the program that this process has become, and ends with its exit code.

    Python would give back each object in turn at the end, and so copy all memory that is shared with the process that
    forked this one. That takes longer than most programs, so the process ends without it, as those of
    ``multiprocessing`` do.
    """
    code = 0
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        code = end.code or 0
        if not isinstance(code, int):
            raise
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
