# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The steps of a rotation that write: the new key, the record, and the end of the former key.

Why they are in this order is told in :mod:`rotation`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_tags import read_tags, write_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import regenerate
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_record import (
    JOINED,
    PUBLISHING,
    TAG,
    Record,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_state import RotationState

MAX_TRIES = 5  # how often a step starts over because another run changed the record
MAX_SILENT_WAIT = 3  # seconds; a longer wait is told


class _Moved(Exception):
    """Another run changed the record: what was read before no longer counts."""


class _Made(Exception):
    """The slot holds a new key already."""


class RotationSteps:
    """What a real run does.

    Args:
        run: the options of spice_api_key_rotation. state: what was read; kept up to date.

    Attributes:
        resumed (bool): the rotation was under way already.
    """

    def __init__(self, run: ModuleRun, state: RotationState) -> None:
        self.resumed = False
        self._run = run
        self._state = state
        self._has_renewed = False

    def until_it_stands(self, step: Callable[[], bool]) -> bool:
        """Carries out a step; starts over when another run changed the record. Whether something is this task's."""
        for dummy in range(MAX_TRIES):
            try:
                return step()
            except _Moved:
                self._state.read()
        raise OperationFailed(
            f"Other runs keep changing the rotation of app {self._state.name}. Wait until they have ended, and run the "
            "rotation again."
        )

    def start(self) -> bool:
        record = self._state.record
        if record and record.under_way:
            self.resumed = True
            return self._join(record) if self._state.is_made(record, self._state.keys) else self._make(record.word)
        self.resumed = False
        self._state.check_start()
        return self._make(PUBLISHING)

    def _make(self, word: str) -> bool:
        """Records the rotation, then makes the new key."""
        claim = self._state.own(word, self._state.fingerprint(self._state.keys, self._state.number))
        self._write(lambda record, text: claim if text in (self._state.tag, claim.text) else None)
        self._settle()
        try:
            self._renew(self._state.number, lambda: self._check_claim(claim))
        except _Made:
            self.resumed = True
            return self._join(claim)
        return True

    def _check_claim(self, claim: Record) -> None:
        """Right before the new key is created.

        The keys come first: what was read of the record must be as new as can be.
        """
        keys = self._state.api.get(self._state.app["id"])
        text = read_tags(self._state.apps, self._state.app).get(TAG)
        record = self._state.parsed(text)
        if self._state.fingerprint(keys, claim.number) != claim.spare:
            self._state.keys = keys
            raise _Made
        if text == claim.text:
            return
        if record and record.under_way:
            raise OperationFailed(
                f"Another run ({record.by}) took over the rotation of app {self._state.name} while this one prepared "
                "it. This run made no key and published nothing. Wait for the other one to end; if it fails, run the "
                "rotation again: it goes on where that one stopped."
            )
        raise _Moved

    def _join(self, rotation: Record) -> bool:
        """The new key is there and some clients may hold it already: it stays, and this run publishes it too."""
        joined = self._state.own(JOINED, rotation.spare)
        self._write(lambda record, text: joined if rotation.is_same_rotation(record) else None)
        self._settle()
        self._state.read()
        if (
            not rotation.is_same_rotation(self._state.record)
            or not self._state.record
            or self._state.record.word != JOINED
        ):
            raise _Moved
        return True

    def _settle(self) -> None:
        seconds = self._run.params["settle_time"]
        if seconds > MAX_SILENT_WAIT:
            self._run.progress(
                f"app {self._state.name}: waits {seconds} s, so that a rotation by another run is noticed"
            )
        time.sleep(seconds)

    def finish(self) -> bool:
        self._state.check_key()
        if not self._state.record or not self._state.record.under_way:
            return self._has_renewed  # another run finished it
        self._renew(3 - self._state.number, self._check_finish)
        self._write(lambda record, text: record.ended() if record and self._is_this_one(record) else None)
        return True

    def _check_finish(self) -> None:
        """Right before the former key is retired."""
        self._state.keys = self._state.api.get(self._state.app["id"])
        self._state.record = self._state.parsed(read_tags(self._state.apps, self._state.app).get(TAG))
        self._state.check_key()
        if not self._is_this_one(self._state.record):
            raise _Moved

    def _is_this_one(self, record: Record | None) -> bool:
        return bool(record and record.under_way and record.number == self._state.number)

    def _renew(self, slot: int, check: Callable[[], None]) -> None:
        self._state.keys = regenerate(self._run, self._state.api, self._state.app["id"], slot, self._state.keys, check)
        self._has_renewed = True
        self._state.hide(self._state.keys, self._state.record)

    def _write(self, successor: Callable[[Record | None, str | None], Record | None]) -> None:
        """Writes the record.

        Args:
            successor: takes the one that is there, parsed and as it stands, and gives the new one; None when it does
                not fit any more.
        """
        written: list[Record] = []

        def tags(present: Any) -> dict[str, str]:
            text = present.get(TAG)
            record = successor(self._state.parsed(text), text)
            if record is None:
                raise _Moved
            written.append(record)
            return {TAG: record.text}

        try:
            write_tags(self._state.apps, self._state.app, tags)
        except ApiError as error:
            without = ", and without a tag no rotation could be resumed" if error.status in (400, 402, 403) else ""
            raise error.explained(
                f"Where the rotation of app {self._state.name} stands could not be kept as its tag {TAG}{without}: "
                f"{error}"
            ) from error
        self._state.record = written[-1]
