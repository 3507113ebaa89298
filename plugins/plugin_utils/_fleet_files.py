# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of a fleet run tell each other.

Each task of each host is a process of its own. Facts would stay in memory for the whole run and, with a cache of
facts, for the next one too. So there is one small file for the run and one for each host, in the run's own temporary
directory, which Ansible removes at the end. No variable of a user can take their place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.spiceai.cloud.plugins.plugin_utils._run import state_directory

STATE = "state"  # of the run
NOT_BEGUN = (
    "No fleet run has begun, so nothing is done. The playbook spiceai.cloud.fleet runs the tasks of this role in their "
    "order."
)


class FleetFiles:
    """The files of a run. Raises AnsibleError where they cannot be used, because nothing is done without them."""

    def __init__(self) -> None:
        self._directory = Path(state_directory()) / "fleet"

    def clear(self) -> None:
        """Forgets a former run of the same process: a playbook may import that of the fleet twice."""
        shutil.rmtree(self._directory, ignore_errors=True)

    def state(self) -> dict[str, Any]:
        """That of the run. Raises AnsibleError: none has begun."""
        found = self._read(STATE)
        if found is None:
            raise AnsibleError(NOT_BEGUN)
        return found

    def keep_state(self, state: dict[str, Any]) -> None:
        """Replaces that of the run."""
        self._write(STATE, state)

    def record(self, host: str) -> dict[str, Any] | None:
        """That of a host; None where there is none."""
        return self._read(_name(host))

    def keep_record(self, record: dict[str, Any]) -> None:
        """Replaces that of its host."""
        self._write(_name(record["host"]), record)

    def image(self, host: str) -> str:
        """The path of the state before the change, where the user asks for no directory."""
        return str(self._directory / f"{_name(host)}-before")

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self._directory / name).read_text(encoding="utf-8"))
            return found
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise AnsibleError(f"{self._directory / name} cannot be read: {error}") from error

    def _write(self, name: str, value: dict[str, Any]) -> None:
        temporary = None
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=".", dir=self._directory)  # with mode 0600
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(value, file)
            os.replace(temporary, self._directory / name)
        except OSError as error:
            if temporary is not None:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
            raise AnsibleError(f"{self._directory / name} cannot be written: {error.strerror or error}") from error


def _name(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()[:32]
