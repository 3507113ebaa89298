# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the processes of one playbook run share: access tokens, hints which name has which id, answers that are the same
for every task, and the pace of the requests.

Ansible runs every task of every host in a process of its own. Without this, each of them would ask for an access token,
list all apps, and find out for itself how many requests the API takes. The directory is the run's own temporary one,
which Ansible removes at the end. Without a directory (a module on another machine) the values are kept in memory.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import struct
import threading
from collections.abc import Iterator
from typing import Any, Callable

RECORD = struct.Struct("<d")  # of a journal: one number
MAX_RECORDS = 4096  # of a journal, the newest, that are read

_memory: dict[str, Any] = {}
_memory_lock = threading.RLock()  # re-entered: a task that lists the apps may need a token meanwhile


def digest(*parts: str | None) -> str:
    """A file name for values that must not be shown in one."""
    return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()[:32]


class Box:
    """A shared JSON value. Assign ``value`` to change it."""

    def __init__(self, value: Any) -> None:
        self.value = value


class RunState:
    """Values that all processes of a run see, each guarded by a lock that is held while it is read and renewed.

    They only save requests. Where the directory cannot be used, a task keeps them in memory and goes on.

    Args:
        directory: where they are kept; None keeps them in this process.
        warn: takes a sentence where the directory cannot be used.
    """

    def __init__(self, directory: str | None = None, warn: Callable[[str], None] = lambda text: None) -> None:
        self._directory = directory
        self._warn = warn

    @contextlib.contextmanager
    def locked(self, key: str) -> Iterator[Box]:
        """Yields the Box of this key. Others that want the same key wait.

        A changed value is written back at the end.
        """
        descriptor = self._opened(key)
        if descriptor is None:
            with _memory_lock:
                box = Box(_memory.get(key))
                yield box
                _memory[key] = box.value
            return
        try:
            content = self._read(descriptor)
            box = Box(_parsed(content))
            yield box
            self._write(key, descriptor, content, box.value)
        finally:
            os.close(descriptor)

    def has(self, key: str) -> bool:
        """Whether anybody wrote a value of this key. It takes no lock: one look at the directory."""
        directory = self._directory
        return key in _memory if directory is None else os.path.exists(os.path.join(directory, key))

    def append(self, key: str, number: float) -> None:
        """Adds a number to the journal of this key. It takes no lock: the system appends so few bytes as a whole."""
        directory = self._directory
        if directory is not None:
            try:
                self._append_to(os.path.join(directory, key), RECORD.pack(number))
                return
            except OSError as error:
                self._do_without(error)
        with _memory_lock:
            _memory[key] = [*_memory.get(key, []), number][-MAX_RECORDS:]

    def newest(self, key: str) -> list[float]:
        """The newest numbers of the journal of this key, at most :data:`MAX_RECORDS`, the oldest first."""
        directory = self._directory
        if directory is None:
            return list(_memory.get(key, []))
        try:
            with open(os.path.join(directory, key), "rb") as journal:
                whole = os.fstat(journal.fileno()).st_size // RECORD.size * RECORD.size
                journal.seek(max(0, whole - MAX_RECORDS * RECORD.size))
                content = journal.read()
        except OSError:
            return []  # nobody wrote one
        return [number for (number,) in RECORD.iter_unpack(content[: len(content) // RECORD.size * RECORD.size])]

    def _append_to(self, path: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            descriptor = os.open(path, flags, 0o600)
        try:
            os.write(descriptor, content)
        finally:
            os.close(descriptor)

    def _opened(self, key: str) -> int | None:
        """The file of this key, locked; None where there is none."""
        if self._directory is None:
            return None
        descriptor = None
        try:
            os.makedirs(self._directory, mode=0o700, exist_ok=True)
            descriptor = os.open(os.path.join(self._directory, key), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            return descriptor
        except OSError as error:
            if descriptor is not None:
                os.close(descriptor)
            self._do_without(error)
            return None

    def _read(self, descriptor: int) -> bytes:
        try:
            size = os.fstat(descriptor).st_size
            return os.pread(descriptor, size, 0)
        except OSError as error:
            self._do_without(error)
            return b""

    def _write(self, key: str, descriptor: int, before: bytes, value: Any) -> None:
        content = json.dumps(value).encode()
        if content == before:
            return
        try:
            os.ftruncate(descriptor, 0)
            written = 0
            while written < len(content):
                written += os.pwrite(descriptor, content[written:], written)
        except OSError as error:
            self._do_without(error)  # half a value counts as none
        if self._directory is None:
            # What this process has learnt it keeps for itself.
            with _memory_lock:
                _memory[key] = value

    def _do_without(self, error: OSError) -> None:
        """From now on this process shares nothing."""
        self._warn(
            "The tasks of this run share no access token, no list of apps and no pace, because "
            f"{self._directory} cannot be used ({error.strerror or error}): each of them has its own. Free some space "
            "there, or correct the permissions."
        )
        self._directory = None


def _parsed(content: bytes) -> Any:
    # A process that was killed while it wrote leaves half a value, which counts as none.
    try:
        return json.loads(content)
    except ValueError:
        return None
