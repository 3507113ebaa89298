# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Names that nobody knows, each with the name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Optional

MIN_LIKENESS = 0.75  # of 1, by difflib's measure
MAX_LISTED = 6  # options that a sentence lists where none resembles the name

# Known names; each leads to the known names below it, or to None where anything may stand below it.
Names = Mapping[str, Optional[Mapping[str, Any]]]


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that resembles this one; None when none does."""
    options = {option.casefold(): option for option in sorted(known)}
    alike = difflib.get_close_matches(name.casefold(), options, n=1, cutoff=MIN_LIKENESS)
    return options[alike[0]] if alike else None


def names_of(options: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The names in the options of an argument specification, at any depth."""
    names: dict[str, Any] = {}
    for name, option in options.items():
        names[name] = names_of(option["options"]) if option.get("options") else None
        names.update(dict.fromkeys(option.get("aliases") or (), names[name]))
    return names


def respelled(path: str, given: Any, known: Names) -> tuple[Any, list[str]]:
    """A dictionary, or a list of them, with known names only.

    Args:
        path: what the user calls it, such as ``environment_app``. given: what the user gave, of any type.
        known: the names.

    Returns:
        The same with the name that was probably meant instead of an unknown one, so that its value can be checked, and
            without the other unknown ones; a sentence for each unknown name. A sentence holds no value.
    """
    if isinstance(given, list):
        checked = [respelled(f"{path}[{number}]", item, known) for number, item in enumerate(given)]
        return [item for item, dummy in checked], [sentence for dummy, found in checked for sentence in found]
    if not isinstance(given, Mapping):
        return given, []
    result: dict[Any, Any] = {}
    sentences: list[str] = []
    for name, value in given.items():
        meant = name
        if name not in known:
            candidate = closest(str(name), known)
            sentences.append(f"`{path}.{name}`: there is no such option; {_advice(candidate, known)}")
            if candidate is None or candidate in given or candidate in result:
                continue
            meant = candidate
        below = known[meant]
        result[meant], found = (value, []) if below is None else respelled(f"{path}.{name}", value, below)
        sentences += found
    return result, sentences


def _advice(candidate: str | None, known: Names) -> str:
    if candidate:
        return f"did you mean `{candidate}`?"
    if len(known) <= MAX_LISTED:
        return f"choose one of {', '.join(sorted(known))}."
    return "take it out."
