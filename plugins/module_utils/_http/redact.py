# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Keeps sensitive values out of everything that a person sees.

What a task reads is never redacted, because a server's word may equal somebody's password. Only what is shown is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

MASK = "********"
MIN_LENGTH = 4  # characters; a shorter value would only spoil the sentences it stands in


def maskable(values: Iterable[str]) -> set[str]:
    """The values that a result can be masked with.

    One of only white space is left out, because it would mask the spaces of every sentence.
    """
    return {value for value in values if value.strip()}


class Redactor:
    """The sensitive values of one run of a module, shared by all that shows something.

    Args:
        values: the first ones, such as those of ``no_log`` options.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Hides a value from now on, also where a server repeats it quoted or on one line."""
        if len(value.strip()) < MIN_LENGTH:
            return
        quoted = json.dumps(value)[1:-1]
        quoted_unicode = json.dumps(value, ensure_ascii=False)[1:-1]
        self.values.update((value, " ".join(value.split()), quoted, quoted_unicode))

    def redact(self, value: Any) -> Any:
        """The same value (string, list or dictionary, at any depth) with a mask instead of every sensitive value."""
        if isinstance(value, dict):
            return {self.redact(key): self.redact(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.redact(item) for item in value]
        if isinstance(value, str):
            # The longest first, because one may be the beginning of another.
            for sensitive in sorted(self.values, key=len, reverse=True):
                value = value.replace(sensitive, MASK)
        return value
