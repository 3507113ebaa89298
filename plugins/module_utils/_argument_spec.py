# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of a module and how they depend on each other, as a value that can be added to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Names = tuple[str, ...]


class ArgumentSpec(NamedTuple):
    """Options and how they depend on each other; specs are added with ``+``.

    Args:
        options: as AnsibleModule takes them.
        mutually_exclusive, required_one_of: groups of option names.
        required_if: (option, value, names that it needs) each.
    """

    options: Mapping[str, Mapping[str, Any]]
    mutually_exclusive: tuple[Names, ...] = ()
    required_one_of: tuple[Names, ...] = ()
    required_if: tuple[tuple[str, Any, Names], ...] = ()

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:  # type: ignore[override]  # of tuple, which is never wanted here
        """Both together."""
        return ArgumentSpec(
            {**self.options, **other.options},
            self.mutually_exclusive + other.mutually_exclusive,
            self.required_one_of + other.required_one_of,
            self.required_if + other.required_if,
        )

    def without(self, *names: str) -> ArgumentSpec:
        """The same without some options."""
        options = {name: option for name, option in self.options.items() if name not in names}
        return self._replace(options=options)

    @property
    def constraints(self) -> dict[str, list[Any]]:
        """How they depend on each other, as keyword arguments of AnsibleModule and ArgumentSpecValidator."""
        return {
            "mutually_exclusive": list(self.mutually_exclusive),
            "required_one_of": list(self.required_one_of),
            "required_if": list(self.required_if),
        }
