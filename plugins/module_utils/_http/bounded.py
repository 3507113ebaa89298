# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Reads an answer as a whole, within bounds of time and size, whatever the server does.

``requests`` bounds only the time between two pieces. A server that sends a byte now and then, in its headers too, would
hold a task for ever, and one that sends without end would fill the memory.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

MAX_BYTES = 64 * 1024 * 1024
PIECE = 16 * 1024  # bytes
MAX_TIMEOUTS = 10  # a whole answer may take this many times the timeout between two pieces


class EndlessAnswer(Exception):
    """An answer that goes beyond a bound."""


class AnswerTooLarge(EndlessAnswer):
    """The server sends more than :data:`MAX_BYTES`."""


class AnswerTooSlow(EndlessAnswer):
    """The answer did not end in time."""


class Answer(NamedTuple):
    """An answer that was read to its end. The names are those of ``requests.Response``."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str

    @property
    def text(self) -> str:
        """The body as a string; what cannot be decoded is replaced."""
        try:
            return self.content.decode(self.encoding, "replace")
        except LookupError:  # an encoding that the server made up
            return self.content.decode("utf-8", "replace")


def read_answer(send: Callable[[], Response], seconds: float) -> Answer:
    """The answer to one request.

    Args:
        send: sends it, and gives the answer as a stream. seconds: for all of it, the connection included.

    Raises:
        AnswerTooLarge, AnswerTooSlow: see there. Whatever ``send`` raises, and what ``requests`` raises while it reads.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []
    given_up = threading.Event()

    def work() -> None:
        try:
            answers.append(_read(send(), given_up))
        except BaseException as error:  # it is raised again by the thread that waits
            errors.append(error)

    # Only a thread can be left behind while it waits for the next byte of a header.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers and not errors:
        given_up.set()
        raise AnswerTooSlow
    if errors:
        raise errors[0]
    return answers[0]


def _read(response: Response, given_up: threading.Event) -> Answer:
    with response:
        pieces, size = [], 0
        for piece in response.iter_content(PIECE):
            size += len(piece)
            if size > MAX_BYTES:
                raise AnswerTooLarge
            if given_up.is_set():
                raise AnswerTooSlow
            pieces.append(piece)
        return Answer(response.status_code, response.headers, b"".join(pieces), response.encoding or "utf-8")
