# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Files with what came from a server in them: none of that ever becomes a template.

Files of variables and inventories are loaded by Ansible. There every string is marked with ``!unsafe``, keys and list
items included. To look for ``{{`` is not enough, because a string may also begin with a header (``#jinja2:``) that
chooses other marks. Only the words of the collection itself, :class:`Own`, go without.

Other files are for other programs, which know no such mark. They must have a place where Ansible never loads them.
"""

from __future__ import annotations

import math
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any, Callable

YAML_IMPORT_ERROR: str | None = None
try:
    import yaml
except ImportError:
    YAML_IMPORT_ERROR = traceback.format_exc()

UNSAFE, STRING = "!unsafe", "tag:yaml.org,2002:str"
# Line breaks of YAML 1.1 besides \n. A block would turn some of them into \n, and a comment would end at them.
OTHER_BREAKS = frozenset("\r\x85\u2028\u2029")
# Strings that every reader takes for one without quotes. YAML 1.1 and 1.2 disagree about many that begin otherwise,
# such as 012, 0o12, 1e3, 1:20 and 2026-01-01, and about some words.
BARE = re.compile(r"[A-Za-z_](?:[\w./@+-]|:(?=[\w./@+-])| (?=\w))*", re.ASCII)
NO_STRINGS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")


class Own(str):
    """A word of the collection, or a name that was checked: it is written without a mark.

    One that is a template is filled in.
    """


def written(heading: list[str], variables: Mapping[Any, Any]) -> str:
    """The content of a file.

    Args:
        heading: lines of the comment at the top. variables: what follows; dictionaries, lists and what JSON has
            otherwise.

    Raises:
        ValueError: a line of the comment would not stay in it, or a string is not valid Unicode.
    """
    return _content(heading, variables, _represent_marked)


def plain(heading: list[str], document: Mapping[str, Any]) -> str:
    """The content of a file that Ansible does not load: YAML that readers of version 1.1 and of 1.2 read alike.

    Args:
        heading: lines of the comment at the top. document: what follows; dictionaries, lists and what JSON has
            otherwise.

    Raises:
        ValueError: a line of the comment would not stay in it, a string is not valid Unicode, or a number is infinite
            or none.
    """
    return _content(heading, document, _represent_plain)


def _content(heading: list[str], document: Mapping[Any, Any], represent: Callable[[Any, str], Any]) -> str:
    for line in heading:
        if not line.isprintable():
            raise ValueError(f"{line!r} cannot stand in a comment.")
    body: str = yaml.dump(
        document,
        Dumper=_dumper(represent),
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
        width=sys.maxsize,
    )
    return "".join(["---\n", *(f"# {line}\n" for line in heading), body])


def _dumper(represent: Callable[[Any, str], Any]) -> Any:
    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(Own, lambda dumper, word: dumper.represent_scalar(STRING, str(word)))
    Dumper.add_representer(str, represent)
    Dumper.add_representer(float, _represent_number)
    return Dumper


def _represent_marked(dumper: Any, text: str) -> Any:
    """A string with its mark, as a block where it has several lines."""
    # ansible-core from 2.19 on reads a marked scalar as if it had no quotes: `!unsafe '12'` is a number there and
    # `!unsafe ''` is null. Such strings need quotes instead of the mark; none of them can be a template.
    tag = UNSAFE if dumper.resolve(yaml.ScalarNode, text, (True, False)) == STRING else STRING
    return dumper.represent_scalar(tag, text, style=_style(text))


def _represent_plain(dumper: Any, text: str) -> Any:
    """A string without a mark; in quotes where a reader could take it for something else."""
    style = _style(text)
    if BARE.fullmatch(text) and text.casefold() not in NO_STRINGS:
        style = None
    return dumper.represent_scalar(STRING, text, style=style)


def _style(text: str) -> str | None:
    """The quotes of a string, or that it is a block because it has several lines."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{text[:40]!r} is not valid Unicode.") from None
    return '"' if OTHER_BREAKS & set(text) else "|" if "\n" in text else "'"


def _represent_number(dumper: Any, number: float) -> Any:
    if not math.isfinite(number):
        raise ValueError(f"{number} is no number that JSON has.")
    return dumper.represent_float(number)
