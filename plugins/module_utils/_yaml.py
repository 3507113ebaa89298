# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""YAML and JSON: documents of the user are read here, and values are shown here.

Source: the YAML 1.2.2 specification, section 10.3 (core schema), which the platform's parsers follow: ``on`` and
``2026-01-01`` are strings.
"""

from __future__ import annotations

import json
import re
import traceback
from functools import cache
from typing import Any

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption

YAML_IMPORT_ERROR: str | None = None
try:
    import yaml
except ImportError:
    YAML_IMPORT_ERROR = traceback.format_exc()

TAG = "tag:yaml.org,2002:"
MERGE = TAG + "merge"
DUMP_WIDTH = 120
TYPE_NAMES = {
    "str": "a string",
    "list": "a list",
    "NoneType": "empty",
    "int": "a number",
    "float": "a number",
    "bool": "a boolean",
}


def parse_mapping(option: str, value: Any) -> dict[str, Any]:
    """A mapping given as such, or as a YAML or JSON string.

    Args:
        option: what an error calls it. value: as the user gave it.

    Raises:
        InvalidOption: it is not valid YAML, or not a mapping; names the option, and the line where that is known.
    """
    if isinstance(value, str):
        value = _parse(option, value)
    if not isinstance(value, dict):
        kind = TYPE_NAMES.get(type(value).__name__, type(value).__name__)
        raise InvalidOption(
            f"`{option}` must be a mapping (a dictionary, or a YAML or JSON string of one), not {kind}."
        )
    return value


def dump(value: Any) -> str:
    """The value as YAML for people, with strings of several lines as blocks; JSON where PyYAML is missing."""
    if not value:
        return ""
    # Plain types, because Ansible hands over strings of types of its own. And 10.0 is 10, because both mean the same to
    # the server.
    value = json.loads(json.dumps(value), parse_float=_number)
    if YAML_IMPORT_ERROR:
        return json.dumps(value, indent=2, sort_keys=True) + "\n"
    dumped: str = yaml.dump(value, Dumper=_dumper(), default_flow_style=False, allow_unicode=True, width=DUMP_WIDTH)
    return dumped


def _parse(option: str, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except ValueError:
        value = None  # it is YAML then: the option takes both
    if YAML_IMPORT_ERROR:
        missing = missing_required_lib("PyYAML")
        raise InvalidOption(f"{missing} It reads the YAML string of `{option}`; a dictionary needs no such library.")
    try:
        value = yaml.load(text, Loader=_loader())
        json.dumps(value)
        return value
    except (TypeError, ValueError) as exc:  # of a tag such as !!binary or !!timestamp
        raise InvalidOption(f"`{option}` holds a value that JSON does not have ({exc}).") from None
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(exc, "problem", None) or "cannot be read"
        raise InvalidOption(f"`{option}` is not valid YAML ({where}{problem}).") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError  # JSON is YAML: read as such it gives the place of the key
    return mapping


def _number(text: str) -> Any:
    number = float(text)
    return int(number) if number.is_integer() else number


@cache
def _loader() -> Any:
    """A PyYAML loader of the core schema. A key that is given twice is an error."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: dict[Any, Any] = {}

        def compose_mapping_node(self, anchor: Any) -> Any:
            # Here, before `<<` brings in keys that the mapping may override.
            node = super().compose_mapping_node(anchor)
            seen = set()
            for key, dummy in node.value:
                if isinstance(key, yaml.ScalarNode) and key.tag != MERGE:
                    if key.value in seen:
                        raise _yaml_error(f"the key {key.value!r} is given twice", key)
                    seen.add(key.value)
            return node

        def flatten_mapping(self, node: Any) -> None:
            # What PyYAML's own makes of a mapping that merges one which merges another differs between its versions.
            merges = [value for key, value in node.value if key.tag == MERGE]
            node.value = [pair for pair in node.value if pair[0].tag != MERGE]
            # Its own keys count first, then those of the mappings in their order. What is no string is no key that JSON
            # has, which is rejected later.
            names = {str(key.value) for key, dummy in node.value}
            for source in (one for value in merges for one in _merge_sources(value)):
                if not isinstance(source, yaml.MappingNode):
                    raise _yaml_error("`<<` takes a mapping or a list of mappings", source)
                self.flatten_mapping(source)
                fresh = [pair for pair in source.value if str(pair[0].value) not in names]
                names.update(str(key.value) for key, dummy in fresh)
                node.value += fresh

    for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
        ("null", r"~|null|Null|NULL|", "~nN\0"),
        ("merge", r"<<", "<"),
    ):
        starts = [char if char != "\0" else "" for char in first]
        Loader.add_implicit_resolver(TAG + tag, re.compile(f"^(?:{pattern})$"), starts)
    # PyYAML would read a leading 0 as octal; in YAML 1.2 that is 0o.
    bases = {"0o": 8, "0x": 16}
    Loader.add_constructor(TAG + "int", lambda loader, node: int(node.value, bases.get(node.value[:2], 10)))
    return Loader


def _merge_sources(value: Any) -> list[Any]:
    return list(value.value) if isinstance(value, yaml.SequenceNode) else [value]


def _yaml_error(problem: str, node: Any) -> Exception:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


@cache
def _dumper() -> Any:
    class Dumper(yaml.SafeDumper):
        pass

    def represent_string(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar(TAG + "str", text, style="|" if "\n" in text else None)

    Dumper.add_representer(str, represent_string)
    return Dumper
