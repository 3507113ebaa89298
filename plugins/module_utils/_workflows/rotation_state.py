# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What is known of one app's rotation: the record in its tag, its keys, and which slot a step is about."""

from __future__ import annotations

import secrets
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import ApiKeys
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import EMPTY, fingerprint_of, hide_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_checks import (
    check_active,
    check_key,
    check_late_runs,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_record import (
    NO_KEY,
    TAG,
    Record,
    new_record,
    parse,
)

FIRST = 1  # a new app comes with its first key, so that is what clients hold


class RotationState:
    """The rotation of one app, as it was read last.

    Args:
        run: the options of spice_api_key_rotation.

    Attributes:
        apps (Apps), api (ApiKeys): the routes.
        app (dict): whose keys; empty for one that only a plan assumes.
        tag (str or None): the record as it stands. record (Record or None): the same, parsed.
        keys (Keys): both. number (int): the slot that the step is about.
    """

    def __init__(self, run: ModuleRun) -> None:
        self.apps = Apps(run.client)
        self.api = ApiKeys(self.apps)
        self.app: dict[str, Any] = {}
        self.tag: str | None = None
        self.record: Record | None = None
        self.keys: Keys = dict(EMPTY)
        self.number = FIRST
        self._run = run
        self._step: str = run.params["step"]
        self._token = secrets.token_hex(4)

    def read(self) -> None:
        """Reads the record and the keys, in this order: a key that is older than the record could pass for one that it
        made.
        """
        self.app = require_app(self._run, self.apps) or {}
        self.tag = (self.app.get("tags") or {}).get(TAG)
        self.record = self.parsed(self.tag)
        self.number = self._slot()
        self.keys = self.api.get(self.app["id"]) if self.app else dict(EMPTY)
        self.hide(self.keys, self.record)

    @property
    def name(self) -> str:
        return str(self.app.get("name") or self._run.params["app"])

    @property
    def reveals(self) -> bool:
        return bool(self._run.params["reveal"]) and self._step != "finish"

    def parsed(self, text: str | None) -> Record | None:
        try:
            return parse(text)
        except ValueError:
            # Nobody knows which key the clients hold: no key may be touched.
            raise OperationFailed(
                f"The tag {TAG} of app {self.name} holds {str(text)[:60]!r}, which is no state of a rotation. Set it "
                "to 1 or 2, the slot whose key the clients hold, and run the rotation again."
            ) from None

    def _slot(self) -> int:
        """The slot that this step is about."""
        if self._step != "start":
            number: int = self._run.params["key_number"]
            return number
        if self.record and self.record.under_way:
            return self.record.number
        return 3 - self.active()

    def active(self) -> int:
        """The slot whose key the clients hold, as far as recorded, else as the user says."""
        if self.record:
            return self.record.number
        asked = self._run.params["active"]
        return FIRST if asked == "auto" else int(asked)

    def fingerprint(self, keys: Keys, number: int) -> str:
        return fingerprint_of(keys[number]) or NO_KEY

    def is_made(self, record: Record, keys: Keys) -> bool:
        """Whether the slot holds the new key of the rotation."""
        return bool(keys[record.number]) and self.fingerprint(keys, record.number) != record.spare

    def hide(self, keys: Keys, record: Record | None) -> None:
        """Keeps the keys out of everything that is shown, but the new one that is asked for."""
        is_new = self._step == "read" or bool(record and record.under_way and self.is_made(record, keys))
        hide_keys(self._run, keys, self.number if self.reveals and is_new else None)

    def own(self, word: str, spare: str) -> Record:
        return new_record(self.number, word, spare, self._token)

    def check_start(self) -> None:
        check_active(self._run, self.name, self.record, self.keys if self.app else None, self.active())
        check_late_runs(self._run, self.name, self.record)

    def check_key(self) -> None:
        there = self.fingerprint(self.keys, self.number)
        check_key(self._run.params, self.name, self.number, self.active(), there)
