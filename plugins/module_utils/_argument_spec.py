# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of a module and how they depend on each other, as a value that can be added to another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


Options = Mapping[str, Mapping[str, Any]]

SECRET_NAMES = ("token",)  # options that are secret, in lists of dictionaries that are checked by a plan


# Of this option only the same value at every run counts, and older ansible-core makes a boolean of a string "True".
STABLE = "fingerprint_key"


def wrong_types(given: Mapping[str, Any], options: Options, where: str = "") -> list[str]:
    """A sentence for each option that Ansible would convert to something else than what was typed.

    A string option that is given a boolean or a number that is not whole: ``2.10`` becomes ``2.1`` and ``on`` becomes
    ``True``. A whole number stays what it is. A list or a dictionary becomes its Python form. A number that is given as
    a boolean: ``yes`` becomes 1.

    Args:
        given: the arguments, before they are converted. options: as AnsibleModule takes them. where: what stands before
            the names in a sentence.
    """
    sentences = []
    for name, option, value in _known(given, options):
        kind = option.get("type", "str")
        if name == STABLE and isinstance(value, (bool, float)):
            continue
        if isinstance(value, Mapping) and option.get("options"):
            sentences += wrong_types(value, option["options"], f"{where}{name}.")
        elif kind == "str" and isinstance(value, (bool, float)):
            what = "a boolean" if isinstance(value, bool) else "a number that is not whole"
            sentences.append(f"`{where}{name}` is {what}, not a string: put it in quotes.")
        elif kind == "str" and isinstance(value, (list, Mapping)):
            what = "a dictionary" if isinstance(value, Mapping) else "a list"
            sentences.append(f"`{where}{name}` is {what}, not a string.")
        elif kind in ("int", "float") and isinstance(value, bool):
            sentences.append(f"`{where}{name}` is a boolean, not a number.")
    return sentences


def named(message: str, options: Options, prefix: str) -> str:
    """An error of Ansible about options, with the names that the user of a role knows.

    Args:
        message: in Ansible's words. options: as AnsibleModule takes them. prefix: what the names of the variables have
            in front of those of the options; empty where no role is between them.
    """
    if not prefix:
        return message
    known = "|".join(sorted(options, key=len, reverse=True))
    return re.sub(rf"'({known})'|(?<=value of )({known})(?= must)", lambda found: _prefixed(found, prefix), message)


def _prefixed(found: re.Match[str], prefix: str) -> str:
    return f"'{prefix}{found[1]}'" if found[1] else f"{prefix}{found[2]}"


def hidden_strings(params: Mapping[str, Any], options: Options) -> set[str]:
    """The strings in the values of ``no_log`` options, as they are after the conversion of the arguments.

    Ansible knows them as they were given: of a dictionary that is given as a string it hides the whole string only.

    Args:
        params: the validated options. options: as AnsibleModule takes them.
    """
    return {text for name, option in options.items() for text in _hidden(params.get(name), option)}


def _hidden(value: Any, option: Mapping[str, Any]) -> Iterator[str]:
    """The strings of an option that are hidden, in dictionaries of a list too.

    Where such a list does not declare what is in it, because a plan checks it, the name alone tells.
    """
    inner = option.get("options") or {}
    if option.get("no_log"):
        yield from _strings(value)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping):
                for name, part in item.items():
                    yield from _hidden(part, inner.get(name) or {"no_log": name in SECRET_NAMES})


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, str):
        yield value


def with_hidden_unknown(given: Mapping[str, Any], options: Options, mask: str) -> dict[str, Any]:
    """The arguments with a mask for the value of every unknown option: it may be a misspelled one for a secret.

    Args:
        given: the arguments. options: as AnsibleModule takes them. mask: what stands for a value.
    """
    names = {alias: option for name, option in options.items() for alias in (name, *option.get("aliases", ()))}
    hidden: dict[str, Any] = {}
    for name, value in given.items():
        suboptions = names[name].get("options") if name in names else None
        if name not in names:
            hidden[name] = mask
        elif suboptions and isinstance(value, Mapping):
            hidden[name] = with_hidden_unknown(value, suboptions, mask)
        elif suboptions and isinstance(value, list):
            hidden[name] = [
                with_hidden_unknown(item, suboptions, mask) if isinstance(item, Mapping) else item for item in value
            ]
        else:
            hidden[name] = value
    return hidden


def _known(given: Mapping[str, Any], options: Options) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Name, option and value of each argument that is an option; of a list of mappings one for each."""
    for name, option in options.items():
        for alias in (name, *option.get("aliases", ())):
            if alias not in given:
                continue
            value = given[alias]
            if isinstance(value, list) and option.get("options"):
                yield from ((f"{alias}[{number}]", option, item) for number, item in enumerate(value))
            else:
                yield alias, option, value
