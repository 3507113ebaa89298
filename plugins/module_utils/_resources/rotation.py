# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The rotation of an app's API keys without downtime, in steps between which the user publishes the new key.

One key is active: clients hold it. The other one is spare: nobody holds it. A rotation makes the spare key anew, has it published, then retires the former
one by making that anew too. Where a rotation stands is kept in one tag of the app (:class:`Record`).

Runs that die. The record is written before the new key is made, and it holds the fingerprint that the spare key had then. So every run can tell from the
record and the keys whether the new key exists: the slot holds another fingerprint than the record says. From then on some client may hold that key, so
nobody makes it anew; a run that comes later joins, and publishes the same key.

Runs at the same time. The API has no conditional write, so two rules stand in for a lock:

* Whatever depends on the record (a new record, a new key) is sent right after the record and the keys were read, and never sent again without reading
  them again. A request that was checked reaches the server within ``settle_time``; a rate limit does not change that.
* Whoever wrote the record waits for ``settle_time``, then reads again, and goes on only if the record still stands. After that wait every request that was
  checked against the former record has arrived and is seen.

So of two runs that start at once the one whose record was written last makes the new key; the other one finds a record that is not its own, and stops.
A run that finds a new key joins: it marks the record as ``joined`` first. While a rotation that several runs worked on is followed by another one, a
run that is late could still publish the key which is retired by then; nothing can take back its publish tasks. So the end of such a rotation is recorded
as ``done`` with the time of the last join, and the next one starts :data:`LATE_SECONDS` after that, or when the user says that no other run is left.
"""

from __future__ import annotations

import datetime
import getpass
import hmac
import os
import re
import secrets
import socket
import time
from typing import Any, Callable, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import dump
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import EMPTY, SLOTS, hide_keys, regenerate, shown
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.tags import read_tags, write_tags

TAG = "ansible.active-api-key"
FIRST = 1  # a new app comes with its first key, so that is what clients hold
LATE_SECONDS = 3600  # how long a run that joined a rotation may take to publish
MAX_TRIES = 5  # how often a step starts over because another run changed the record
SETTLE_TIMES = (1, 60)  # seconds: the shortest and the longest `settle_time`
NO_KEY = "none"
PUBLISHING, JOINED, DONE = "publishing", "joined", "done"
# A tag's value takes letters, digits, underscores, dashes and @.
FORM = re.compile(r"([12])(?:-(publishing|joined|done)_([0-9a-f]{12}|none)_([0-9a-f]{8})_([0-9]{1,12})_([A-Za-z0-9@-]{1,60}))?")


class Record(NamedTuple):
    """What the tag says.

    Attributes:
        number (int): the slot whose key clients hold or are to hold.
        word (str): empty when no rotation is under way; PUBLISHING or JOINED (several runs work on it) when one to that slot is; DONE when one ended
            that several runs worked on.
        spare (str): the fingerprint which that slot had before the rotation. token (str): of the run that wrote it.
        since (int): when, in seconds since the epoch. who (str): user and host of that run.
    """

    number: int
    word: str = ""
    spare: str = NO_KEY
    token: str = ""
    since: int = 0
    who: str = ""

    @property
    def under_way(self) -> bool:
        return self.word in (PUBLISHING, JOINED)

    @property
    def text(self) -> str:
        """The value of the tag."""
        return f"{self.number}-{self.word}_{self.spare}_{self.token}_{self.since}_{self.who}" if self.word else str(self.number)

    @property
    def state(self) -> str:
        """What a diff shows, the same in every run."""
        return f"{self.number}-{self.word}" if self.word else str(self.number)

    @property
    def by(self) -> str:
        """Who wrote it, and when, for a sentence."""
        return f"{self.who}, {_moment(self.since)}"


class _Moved(Exception):
    """Another run changed the record: what was read before no longer counts."""


class _Made(Exception):
    """The slot holds a new key already."""


class Rotation:
    """One step of a rotation.

    Args:
        task (Task): options ``app``, ``app_id``, ``step``, ``active``, ``key_number``, ``fingerprint``, ``published``, ``reveal``, ``settle_time``,
            ``take_over``.
    """

    def __init__(self, task: Any) -> None:
        self._task = task
        self._apps = Apps(task.client)
        self._keys = Keys(self._apps)
        self._step = task.params["step"]
        self._token = secrets.token_hex(4)

    def run(self) -> dict[str, Any]:
        """The result.

        Raises:
            Refused: the options do not allow the step, the published key is not the one in its slot, or another run is at work. ApiError.
        """
        task = self._task
        self._check_options()
        self._look()
        before, before_record = self._now, self._record
        self._predicted: set[int] = set()  # slots whose new key check mode cannot know
        self._resumed = bool(self._record and self._record.under_way)
        changed = self._until_it_stands({"start": self._start, "read": self._read, "finish": self._finish}[self._step])
        self._hide(self._now)
        rotation = dict(
            shown(self._number, self._now, self._reveals(), self._number if self._number in self._predicted else None),
            former_key_number=3 - self._number,
            resumed=self._resumed,
            under_way=bool(self._record and self._record.under_way),
            planned=task.check_mode,
            app=self._name(),
            app_id=self._app["id"] if self._app else task.params["app_id"],
        )
        result = {"changed": changed, "rotation": rotation}
        if task.diff_mode:
            result["diff"] = {"before": self._view(before, before_record, set()), "after": self._view(self._now, self._record, self._predicted),
                              "before_header": "API keys", "after_header": "API keys"}
        return result

    # -- options and what there is ----------------------------------------------------------------------------------------------

    def _check_options(self) -> None:
        """Before the first request."""
        params = self._task.params
        shortest, longest = SETTLE_TIMES
        if not shortest <= params["settle_time"] <= longest:
            raise Refused(f"`settle_time` is {params['settle_time']}; give {shortest} to {longest} seconds.")
        if self._step == "start":
            return
        # A plan cannot know the fingerprint of a key that would be made.
        if not params["key_number"] or not (params["fingerprint"] or self._task.check_mode):
            raise Refused(f"`key_number` and `fingerprint` must say which key of {self._title()} was published: take both from the result of `step: start`. "
                          "Nothing is retired.")
        if self._step == "finish" and not params["published"]:
            raise Refused(
                f"Nobody confirmed that the clients of {self._title()} have its key {params['key_number']} (`published` is not true), so nothing is "
                "retired and "
                "both keys stay alive. Let the publish tasks end with `ansible.builtin.set_fact: {api_key_rotation_published: true}`, and run the rotation "
                "again: it publishes the same key.")

    def _title(self) -> str:
        params = self._task.params
        return f"app {params['app']}" if params["app"] is not None else f"the app with id {params['app_id']}"

    def _name(self) -> str | None:
        return self._app["name"] if self._app else self._task.params["app"]

    def _look(self) -> None:
        """Reads the record and the keys, in this order: a key that is older than the record could pass for one that the rotation made."""
        self._app = find_parent(self._task, self._apps)
        self._told = ((self._app or {}).get("tags") or {}).get(TAG)
        self._record = self._parsed(self._told)
        self._number = self._slot()
        self._now = dict(EMPTY) if self._app is None else self._keys.get(self._app["id"])
        self._hide(self._now)

    def _parsed(self, text: str | None) -> Record | None:
        if not text:
            return None
        match = FORM.fullmatch(text)
        if not match:
            # Nobody knows which key the clients hold: no key may be touched.
            raise Refused(f"The tag {TAG} of app {self._name()} holds {text[:60]!r}, which is no state of a rotation. Set it to 1 or 2, the slot whose key the "
                          "clients hold, and run the rotation again.")
        number, word, spare, token, since, who = match.groups()
        return Record(int(number), word, spare, token, int(since), who) if word else Record(int(number))

    def _slot(self) -> int:
        """The slot that this step is about."""
        if self._step != "start":
            return self._task.params["key_number"]
        if self._record and self._record.under_way:
            return self._record.number
        return 3 - self._active()

    def _active(self) -> int:
        """The slot whose key the clients hold, as far as recorded, else as the user says."""
        if self._record:
            return self._record.number
        asked = self._task.params["active"]
        return FIRST if asked == "auto" else int(asked)

    def _fingerprint(self, keys: dict[int, str | None], number: int) -> str:
        return shown(number, keys, False)["fingerprint"] or NO_KEY

    def _is_made(self, record: Record, keys: dict[int, str | None]) -> bool:
        """Whether the slot holds the new key of the rotation."""
        return bool(keys[record.number]) and self._fingerprint(keys, record.number) != record.spare

    def _reveals(self) -> bool:
        return self._task.params["reveal"] and self._step != "finish"

    def _hide(self, keys: dict[int, str | None]) -> None:
        """Keeps the keys out of everything, but the new one that is asked for."""
        new = self._step == "read" or bool(self._record and self._record.under_way and self._is_made(self._record, keys))
        hide_keys(self._task, keys, self._number if self._reveals() and new else None)

    def _until_it_stands(self, step: Callable[[], bool]) -> bool:
        for dummy in range(MAX_TRIES):
            try:
                return step()
            except _Moved:
                self._look()
        raise Refused(f"Other runs keep changing the rotation of app {self._name()}. Wait until they have ended, and run the rotation again.")

    # -- start ------------------------------------------------------------------------------------------------------------------

    def _start(self) -> bool:
        record = self._record
        if record and record.under_way:
            self._resumed = True
            return self._join(record) if self._is_made(record, self._now) else self._make(record.word)
        self._resumed = False
        self._check_active()
        self._check_late_runs()
        return self._make(PUBLISHING)

    def _check_active(self) -> None:
        asked, active = self._task.params["active"], self._active()
        if self._record:
            if asked not in ("auto", str(active)):
                self._task.warn(f"`active` says {asked}, but the last rotation of app {self._name()} recorded that key {active} is in use, and that counts.")
        elif self._app is not None and not self._now[active]:
            raise Refused(f"Slot {active} of app {self._name()} holds no key, so no client can have it; set `active` to the slot whose key the clients hold.")

    def _check_late_runs(self) -> None:
        record = self._record
        if not record or record.word != DONE or self._task.params["take_over"]:
            return
        end = record.since + LATE_SECONDS
        if time.time() < end:
            raise Refused(
                f"Several runs worked on the last rotation of app {self._name()} (the last one to join: {record.by}), and one of them may still be publishing "
                f"key {record.number}. Start the next rotation after {_moment(end)}, or set `take_over: true` (role: api_key_rotation_take_over) if none of "
                "them is running any more.")

    def _make(self, word: str) -> bool:
        """Records the rotation, then makes the new key."""
        claim = self._own(word, self._fingerprint(self._now, self._number))
        if self._task.check_mode:
            self._record = claim
            self._predicted.add(self._number)
            return True
        self._write(lambda record, text: claim if text in (self._told, claim.text) else None)
        self._settle()
        try:
            self._renew(self._number, lambda: self._check_claim(claim))
        except _Made:
            self._resumed = True
            return self._join(claim)
        return True

    def _check_claim(self, claim: Record) -> None:
        """Right before the new key is made. The keys come first: what was read of the record must be as new as can be."""
        keys = self._keys.get(self._app["id"])
        text = read_tags(self._apps, self._app).get(TAG)
        record = self._parsed(text)
        if self._fingerprint(keys, claim.number) != claim.spare:
            self._now = keys
            raise _Made
        if text == claim.text:
            return
        if record and record.under_way:
            raise Refused(f"Another run ({record.by}) took over the rotation of app {self._name()} while this one prepared it. This run made no key "
                          "and published "
                          "nothing. Wait for the other one to end; if it fails, run the rotation again: it goes on where that one stopped.")
        raise _Moved

    def _join(self, rotation: Record) -> bool:
        """The new key is there and some clients may hold it already: it stays as it is, and this run publishes it too."""
        joined = self._own(JOINED, rotation.spare)
        if self._task.check_mode:
            self._record = joined
            return True
        self._write(lambda record, text: joined if _is_same(record, rotation) else None)
        self._settle()
        self._look()
        if not _is_same(self._record, rotation) or self._record.word != JOINED:
            raise _Moved
        return True

    def _own(self, word: str, spare: str) -> Record:
        return Record(self._number, word, spare, self._token, int(time.time()), _who())

    def _settle(self) -> None:
        seconds = self._task.params["settle_time"]
        if seconds > 3:
            self._task.progress(f"app {self._name()}: waits {seconds} seconds, so that a rotation by another run is noticed")
        time.sleep(seconds)

    # -- read and finish --------------------------------------------------------------------------------------------------------

    def _read(self) -> bool:
        self._check_key()
        if self._is_planned():
            self._predicted.add(self._number)
        return False

    def _check_key(self) -> None:
        """That the key which the options name is the one that clients are to hold.

        Raises:
            Refused
        """
        params, name, number = self._task.params, self._name(), self._number
        if self._is_planned():
            return
        if self._active() != number:
            raise Refused(f"Key {number} of app {name} is not the one that its clients are to hold: key {self._active()} is. Another rotation ran meanwhile. "
                          "Nothing is retired. Run the rotation again, so that the clients get the key that counts.")
        there = self._fingerprint(self._now, number)
        if not hmac.compare_digest(there.encode(), params["fingerprint"].encode()):
            raise Refused(f"Key {number} of app {name} has the fingerprint {there}, and not {params['fingerprint'][:60]}: it is not the key that "
                          "this rotation is "
                          "about. Nothing is retired. Run the rotation again at once: it publishes the key that is in the slot now.")

    def _is_planned(self) -> bool:
        """Whether the key is one that a step in check mode only predicted, so that there is nothing to compare."""
        return self._task.check_mode and not self._task.params["fingerprint"]

    def _finish(self) -> bool:
        self._check_key()
        former = 3 - self._number
        if self._is_planned():
            self._record = Record(self._number)
            self._predicted = set(SLOTS)
            return True
        if not self._record or not self._record.under_way:
            return self._task.wrote  # another run finished it
        if self._task.check_mode:
            self._record = self._ended(self._record)
            self._predicted.add(former)
            return True
        self._renew(former, self._check_finish)
        self._write(lambda record, text: self._ended(record) if self._is_ours(record) else None)
        return True

    def _check_finish(self) -> None:
        """Right before the former key is retired."""
        self._now = self._keys.get(self._app["id"])
        self._record = self._parsed(read_tags(self._apps, self._app).get(TAG))
        self._check_key()
        if not self._is_ours(self._record):
            raise _Moved

    def _is_ours(self, record: Record | None) -> bool:
        return bool(record and record.under_way and record.number == self._number)

    def _ended(self, record: Record) -> Record:
        return record._replace(word=DONE) if record.word == JOINED else Record(record.number)

    # -- writes -----------------------------------------------------------------------------------------------------------------

    def _renew(self, slot: int, check: Callable[[], None]) -> None:
        self._now = regenerate(self._task, self._keys, self._app["id"], slot, self._now, check)
        self._task.wrote = True
        self._hide(self._now)

    def _write(self, successor: Callable[[Record | None, str | None], Record | None]) -> None:
        """Writes the record. ``successor`` takes the one that is there, parsed and as text, and gives the new one; None when it does not fit any more."""
        written = []

        def tags(present: dict[str, str]) -> dict[str, str]:
            text = present.get(TAG)
            record = successor(self._parsed(text), text)
            if record is None:
                raise _Moved
            written.append(record)
            return {TAG: record.text}

        try:
            write_tags(self._apps, self._app, tags)
        except ApiError as error:
            without = ", and without a tag no rotation could be resumed" if error.status in (400, 402, 403) else ""
            error.args = (f"Where the rotation of app {self._name()} stands could not be kept as its tag {TAG}{without}: {error}",)
            raise
        self._task.wrote = True
        self._record = written[-1]

    def _view(self, keys: dict[int, str | None], record: Record | None, predicted: set[int]) -> str:
        """Fingerprints and the record, never a key."""
        view = {f"key {number}": "a new key" if number in predicted else shown(number, keys, False)["fingerprint"] or "none" for number in SLOTS}
        return dump(dict(view, **({TAG: record.state} if record else {})))


def _is_same(record: Record | None, rotation: Record) -> bool:
    """Whether the record is about this rotation, whoever wrote it last."""
    return bool(record and record.under_way and (record.number, record.spare) == (rotation.number, rotation.spare))


def _moment(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def _who() -> str:
    """User and host, in the characters that a tag takes."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        user = f"uid-{os.getuid()}"
    return re.sub(r"[^A-Za-z0-9@-]+", "-", f"{user}@{socket.gethostname()}")[:60]
