# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Values that only Python has, in what Ansible hands over.

Ansible reads a date without quotes as a date, and writes it to JSON in a form of its own. ansible-core up to 2.18 hands
over a templated dictionary with a date in it as a string, in the form in which Python writes it. Read as YAML that
string means something else.
"""

from __future__ import annotations

import ast
import datetime
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption

BEGINNING = re.compile(r"\s*\{\s*[rub]?['\"]")  # of a dictionary whose first key is in quotes
DATE_CALL = re.compile(r"\bdatetime\.(date|datetime|time)\(")
INFINITE = ("inf", "nan")
QUOTE_IT = "quote the date, such as '2026-01-31'"


def check_values(option: str, value: Any, may_be_python: bool = True) -> None:
    """Checks a value as Ansible hands it over, before it becomes JSON.

    Args:
        option: what an error calls it. value: of the option.
        may_be_python: a string may be a dictionary in the form of Python.

    Raises:
        InvalidOption: it has a date or another value that JSON does not have; names the place.
    """
    if isinstance(value, str):
        if may_be_python:
            check_string(option, value)
        return
    if isinstance(value, Mapping) and isinstance(value.get("spicepod"), str):
        check_string(f"{option}.spicepod", value["spicepod"])
    for path, found in _foreign(value):
        if isinstance(found, datetime.date):
            raise InvalidOption(f"`{option}{path}` is a date, and JSON has none: {QUOTE_IT}.")
        kind = type(found).__name__
        raise InvalidOption(f"`{option}{path}` is a value that JSON does not have ({kind}): make it a string.")


def check_string(option: str, text: str) -> None:
    """Checks a string of YAML or JSON.

    Raises:
        InvalidOption: it is a dictionary as Python writes it, with a date or an infinite number in it; names the place.
    """
    if not BEGINNING.match(text):
        return
    tree = _parsed(text.strip())
    if tree is None:
        if DATE_CALL.search(text):
            raise InvalidOption(f"`{option}` is a dictionary in the form of Python, with a date in it: {QUOTE_IT}.")
        return
    for path, node in _nodes(tree):
        place = f"`{option}{path}`"
        if isinstance(node, ast.Call) and DATE_CALL.match(ast.unparse(node)):
            raise InvalidOption(f"{place} is a date, and JSON has none: {QUOTE_IT}.")
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
            raise InvalidOption(f"{place} is a value that JSON does not have (bytes): make it a string.")
        number = node.operand if isinstance(node, ast.UnaryOp) else node
        if isinstance(number, ast.Name) and number.id in INFINITE:
            raise InvalidOption(f"{place} is infinite or no number, and JSON has no such number.")


def python_form(text: str) -> dict[Any, Any] | None:
    """The dictionary that a string is in exactly the form in which Python writes it; None for every other string."""
    tree = _parsed(text.strip()) if BEGINNING.match(text) else None
    if tree is None:
        return None
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    return value if isinstance(value, dict) and repr(value) == text.strip() else None


def _foreign(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What JSON does not have, with its place. Ansible's own types are left to its encoder."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, (datetime.date, bytes)):
                yield f"{path}.{key!r}", key
            yield from _foreign(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield from _foreign(item, f"{path}[{position}]")
    elif isinstance(value, (datetime.date, datetime.time, bytes, set, frozenset)):
        yield path, value


def _parsed(text: str) -> ast.Dict | None:
    """The dictionary as Python reads it; None when it is none, as with most YAML."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python does not know
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Dict) and _has_quoted_keys(tree) else None


def _has_quoted_keys(tree: ast.Dict) -> bool:
    return all(isinstance(key, ast.Constant) for key in tree.keys)


def _nodes(node: ast.AST, path: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Each value, and each key that Python computes, with its place."""
    if isinstance(node, ast.Dict):
        for key, item in zip(node.keys, node.values):
            name = ast.literal_eval(key) if isinstance(key, ast.Constant) else "?"
            if isinstance(key, ast.Call):
                yield f"{path}.{name}", key
            yield from _nodes(item, f"{path}.{name}")
    elif isinstance(node, (ast.List, ast.Tuple)):
        for position, item in enumerate(node.elts):
            yield from _nodes(item, f"{path}[{position}]")
    else:
        yield path, node
