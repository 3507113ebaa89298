# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the processes of one playbook run share: access tokens, and hints which name has which id.

Ansible runs every task of every host in a process of its own. Without this, each of them would ask for an access token
and list all apps. The directory is the run's own temporary one, which Ansible removes at the end. Without a directory
(a module on another machine) the values are kept in memory.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from typing import Any

_memory: dict[str, Any] = {}
_memory_lock = threading.RLock()  # re-entered: whoever lists the apps may need a token meanwhile


def digest(*parts: str | None) -> str:
    """A file name for values that must not be shown in one."""
    return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()[:32]


class Box:
    """A shared JSON value. Assign ``value`` to change it."""

    def __init__(self, value: Any) -> None:
        self.value = value


class RunState:
    """Values that all processes of a run see, each guarded by a lock that is held while it is read and renewed.

    Args:
        directory: where they are kept; None keeps them in this process.
    """

    def __init__(self, directory: str | None = None) -> None:
        self._directory = directory

    @contextlib.contextmanager
    def locked(self, key: str) -> Iterator[Box]:
        """Yields the Box of this key. Others that want the same key wait.

        A changed value is written back at the end.
        """
        if self._directory is None:
            with _memory_lock:
                box = Box(_memory.get(key))
                yield box
                _memory[key] = box.value
            return
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        descriptor = os.open(os.path.join(self._directory, key), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            text = stream.read()
            box = Box(_parsed(text))
            yield box
            changed = json.dumps(box.value)
            if changed != text:
                stream.seek(0)
                stream.truncate()
                stream.write(changed)


def _parsed(text: str) -> Any:
    # A process that was killed while it wrote leaves half a value, which counts as none.
    try:
        return json.loads(text)
    except ValueError:
        return None
