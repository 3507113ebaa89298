# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Files of variables and inventories that Ansible loads, with what came from a server in them: none of that ever
becomes a template.

Every string is marked with ``!unsafe``, keys and list items included. To look for ``{{`` is not enough, because a
string may also begin with a header (``#jinja2:``) that chooses other marks. Only the words of the collection itself,
:class:`Own`, go without.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from typing import Any

YAML_IMPORT_ERROR: str | None = None
try:
    import yaml
except ImportError:
    YAML_IMPORT_ERROR = traceback.format_exc()

UNSAFE, STRING = "!unsafe", "tag:yaml.org,2002:str"
# Line breaks of YAML 1.1 besides \n. A block would turn some of them into \n, and a comment would end at them.
OTHER_BREAKS = frozenset("\r\x85\u2028\u2029")


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
    for line in heading:
        if not line.isprintable():
            raise ValueError(f"{line!r} cannot stand in a comment.")
    body: str = yaml.dump(
        variables, Dumper=_dumper(), default_flow_style=False, allow_unicode=True, sort_keys=False, width=sys.maxsize
    )
    return "".join(["---\n", *(f"# {line}\n" for line in heading), body])


def _dumper() -> Any:
    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(Own, lambda dumper, word: dumper.represent_scalar(STRING, str(word)))
    Dumper.add_representer(str, _represent)
    return Dumper


def _represent(dumper: Any, text: str) -> Any:
    """A string with its mark, as a block where it has several lines."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{text[:40]!r} is not valid Unicode.") from None
    # ansible-core from 2.19 on reads a marked scalar as if it had no quotes: `!unsafe '12'` is a number there and
    # `!unsafe ''` is null. Such strings need quotes instead of the mark; none of them can be a template.
    tag = UNSAFE if dumper.resolve(yaml.ScalarNode, text, (True, False)) == STRING else STRING
    style = '"' if OTHER_BREAKS & set(text) else "|" if "\n" in text else "'"
    return dumper.represent_scalar(tag, text, style=style)
