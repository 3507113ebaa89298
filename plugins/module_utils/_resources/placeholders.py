# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the samples and an export have instead of a value that only the user knows, such as that of a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

OF_A_SECRET = re.compile(r"\s*<value of [^<>]*>\s*")
IN_BRACKETS = re.compile(r"\s*<[^<>]+>\s*")
# Anything may stand here, and brackets may be meant.
FREE_TEXT = ("description", "commit_message", "spicepod", "tags")


def placeholder(name: str) -> str:
    """The placeholder of a secret."""
    return f"<value of {name}>"


def is_placeholder(value: Any) -> bool:
    """Whether the value of a secret is a placeholder, of whatever name: a secret may have been renamed.

    A secret may be anything else in angle brackets.
    """
    return isinstance(value, str) and bool(OF_A_SECRET.fullmatch(value))


def problem(path: str) -> str:
    """The sentence about a placeholder, without the value. ``path``: what the user calls the option."""
    return f"{path}: it still holds its placeholder; put the value there."


def left_over(path: str, given: Any) -> list[str]:
    """A sentence for each string that is something in angle brackets, where no name, id or word of the API can be so.

    Args:
        path: what the user calls it. given: the value of an option, at any depth.
    """
    if isinstance(given, Mapping):
        parts = [(f"{path}.{name}", value) for name, value in given.items() if name not in FREE_TEXT]
    elif isinstance(given, list):
        parts = [(f"{path}[{number}]", value) for number, value in enumerate(given)]
    else:
        return [problem(path)] if isinstance(given, str) and IN_BRACKETS.fullmatch(given) else []
    return [sentence for part, value in parts for sentence in left_over(part, value)]
