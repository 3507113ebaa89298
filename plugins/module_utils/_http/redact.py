# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Keeps sensitive values out of everything that a person sees.

What a task reads is never redacted, because a server's word may equal somebody's password. Only what is shown is.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"
MIN_LENGTH = 4  # characters; a shorter value would only spoil the sentences it stands in
MIN_LINE_LENGTH = 8  # characters of one line of a value that is hidden by itself
MIN_BEGINNING = 12  # characters of the beginning of a value that are hidden where the rest is cut off


Span = tuple[int, int]  # the positions of the first character and of the one after the last


def maskable(values: Iterable[str]) -> set[str]:
    """The values that a result can be masked with.

    One of only white space is left out, because it would mask the spaces of every sentence.
    """
    return {value for value in values if value.strip()}


class Redactor:
    """The sensitive values of one run of a module, shared by all that shows something.

    Args:
        values: the first ones, such as those of ``no_log`` options.

    Attributes:
        values (set[str]): what must not be shown, in every form in which a server may repeat it.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values: set[str] = set()
        self._heads: dict[str, list[str]] | None = None
        self._lock = threading.Lock()  # bulk modules send from several threads
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Hides a value from now on, also where a server repeats it in another form, or one of its lines."""
        with self._lock:
            self.values.update(_all_forms(value))
            self._heads = None

    def forget(self, values: Iterable[str], kept: Iterable[str]) -> None:
        """Hides values no longer. It is for keys of thousands of apps, which would make the masking of a result slow.

        Args:
            values: which were added, and stand in nothing that is shown. kept: forms that stay hidden all the same.
        """
        forms = {form for value in values for form in _all_forms(value)}.difference(kept)
        with self._lock:
            self.values.difference_update(forms)
            self._heads = None

    def redact(self, value: Any) -> Any:
        """The same value (string, list or dictionary, at any depth) with a mask instead of every sensitive value.

        Upper and lower case are the same here, and the beginning of a long value is hidden like the whole.
        """
        if isinstance(value, dict):
            return {self.redact(key): self.redact(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.redact(item) for item in value]
        return self._redacted(value) if isinstance(value, str) else value

    def redact_lines(self, lines: Sequence[str]) -> list[str]:
        """The same lines with a mask instead of every sensitive value, also of one that is cut over several lines.

        The first line may begin with the rest of a long value.
        """
        hidden: list[list[Span]] = [[] for dummy in lines]
        for separator in ("", "\n"):
            found = self._found(separator.join(lines))
            offset = 0
            for line, spans in zip(lines, hidden):
                end = offset + len(line)
                clipped = [(max(start, offset) - offset, min(stop, end) - offset) for start, stop in found]
                spans += [(start, stop) for start, stop in clipped if start < stop]
                offset = end + len(separator)
        if lines:
            hidden[0] += self._rest_of_a_value(lines[0])
        return [_masked(line, spans) for line, spans in zip(lines, hidden)]

    def _redacted(self, text: str) -> str:
        return _masked(text, self._found(text))

    def _found(self, text: str) -> list[Span]:
        """Where sensitive values stand."""
        folded = _fold(text)
        found: list[Span] = []
        for head, forms in self._by_head().items():
            start = folded.find(head)
            while start >= 0:
                end = start + max(_common_length(folded, start, form) for form in forms)
                found.append((start, end))
                start = folded.find(head, start + 1)
        return found

    def _rest_of_a_value(self, text: str) -> list[Span]:
        """Where the ends of values stand with which the string begins."""
        folded = _fold(text)
        forms = [form for same in self._by_head().values() for form in same]
        lengths = [
            length for form in forms for length in range(MIN_BEGINNING, len(form)) if folded.startswith(form[-length:])
        ]
        return [(0, length) for length in lengths]

    def _by_head(self) -> dict[str, list[str]]:
        """The forms without regard to case, by what is looked for: their beginning."""
        with self._lock:
            if self._heads is None:
                heads: dict[str, list[str]] = {}
                for form in {_fold(value) for value in self.values}:
                    heads.setdefault(form[:MIN_BEGINNING], []).append(form)
                self._heads = heads
            return self._heads


def _all_forms(value: str) -> set[str]:
    """Each form of a value and of its lines; none of one that is too short."""
    if len(value.strip()) < MIN_LENGTH:
        return set()
    parts = {value, " ".join(value.split())}
    parts.update(line.strip() for line in value.splitlines() if len(line.strip()) >= MIN_LINE_LENGTH)
    return {form for part in parts for form in _forms(part)}


def _forms(value: str) -> Iterator[str]:
    """The value, and how JSON, JSON in JSON, HTML and an address write it."""
    yield value
    if len(value.upper()) != len(value):
        yield value.upper()  # one whose capitals are more than its small letters, such as the German sharp s
    for ascii_only in (True, False):
        quoted = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield quoted
        yield json.dumps(quoted, ensure_ascii=ascii_only)[1:-1]
    yield html.escape(value, quote=False)
    escaped = html.escape(value)
    yield escaped
    yield escaped.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield quote(value)
    yield quote(value, safe="")
    yield quote_plus(value)


def _fold(text: str) -> str:
    # The one character that gets longer as a small letter; lengths must stay, because positions are compared.
    return text.replace("\u0130", "i").lower()


def _common_length(text: str, start: int, form: str) -> int:
    """How many characters of the form stand at this place; its head does."""
    if text.startswith(form, start):
        return len(form)
    length = min(MIN_BEGINNING, len(form))
    while length < len(form) and text.startswith(form[length], start + length):
        length += 1
    return length


def _masked(text: str, spans: list[Span]) -> str:
    """The string with one mask instead of each group of spans that overlap."""
    parts, position = [], 0
    start, end = -1, -1
    for next_start, next_end in [*sorted(spans), (len(text) + 1, len(text) + 1)]:
        if start >= 0 and next_start >= end:
            parts += [text[position:start], MASK]
            position = end
            start = -1
        if start < 0:
            start, end = next_start, next_end
        else:
            end = max(end, next_end)
    return "".join(parts) + text[position:]
