# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app's tag tells of the rotation of its API keys.

Source: the vendor's GitHub action for the characters of a tag's value: letters, digits, underscores, dashes and @.
"""

from __future__ import annotations

import datetime
import getpass
import os
import re
import socket
import time
from typing import NamedTuple

TAG = "ansible.active-api-key"
NO_KEY = "none"
PUBLISHING, JOINED, DONE = "publishing", "joined", "done"
FORM = re.compile(
    r"([12])(?:-(publishing|joined|done)_([0-9a-f]{12}|none)_([0-9a-f]{8})_([0-9]{1,12})_([A-Za-z0-9@-]{1,60}))?"
)
MAX_AUTHOR_LENGTH = 60  # characters


class Record(NamedTuple):
    """Where a rotation stands.

    Args:
        number: the slot whose key clients hold or are to hold.
        word: empty when no rotation is under way; PUBLISHING or JOINED (several runs work on it) when one to that slot
            is; DONE when one ended that several runs worked on.
        spare: the fingerprint which that slot had before the rotation. token: of the run that wrote it.
        since: when, in seconds since the epoch. author: user and host of that run.
    """

    number: int
    word: str = ""
    spare: str = NO_KEY
    token: str = ""
    since: int = 0
    author: str = ""

    @property
    def under_way(self) -> bool:
        """Whether some clients may hold one key and some the other."""
        return self.word in (PUBLISHING, JOINED)

    @property
    def text(self) -> str:
        """The value of the tag."""
        if not self.word:
            return str(self.number)
        return f"{self.number}-{self.word}_{self.spare}_{self.token}_{self.since}_{self.author}"

    @property
    def state(self) -> str:
        """What a diff shows, the same in every run."""
        return f"{self.number}-{self.word}" if self.word else str(self.number)

    @property
    def by(self) -> str:
        """Who wrote it, and when, for a sentence."""
        return f"{self.author}, {moment(self.since)}"

    def is_same_rotation(self, other: Record | None) -> bool:
        """Whether both are about the same rotation. It does not matter which run wrote it last."""
        return bool(other and other.under_way and (other.number, other.spare) == (self.number, self.spare))

    def ended(self) -> Record:
        """The record after the former key is retired."""
        return self._replace(word=DONE) if self.word == JOINED else Record(self.number)


def parse(text: str | None) -> Record | None:
    """The record in a tag's value; None without one. Raises ValueError: the value is no record."""
    if not text:
        return None
    found = FORM.fullmatch(text)
    if not found:
        raise ValueError(text)
    number, word, spare, token, since, author = found.groups()
    return Record(int(number), word, spare, token, int(since), author) if word else Record(int(number))


def new_record(number: int, word: str, spare: str, token: str) -> Record:
    """A record that this run writes now."""
    return Record(number, word, spare, token, int(time.time()), _author())


def moment(seconds: int) -> str:
    """A time for people, in UTC. ``seconds``: since the epoch."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def _author() -> str:
    """User and host, in the characters that a tag takes."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        user = f"uid-{os.getuid()}"
    return re.sub(r"[^A-Za-z0-9@-]+", "-", f"{user}@{socket.gethostname()}")[:MAX_AUTHOR_LENGTH]
