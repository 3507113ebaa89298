# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""YAML and JSON: documents of the user are read here, and values are shown here.

Sources: the YAML 1.2.2 specification, section 10.3 (core schema), and the library serde_yaml 0.9, with which the Spice
runtime reads a spicepod: ``on``, ``2026-01-01`` and ``01234`` are strings, ``0b11`` is a number.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import traceback
from functools import cache
from typing import Any, Callable

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption

YAML_IMPORT_ERROR: str | None = None
try:
    import yaml
except ImportError:
    YAML_IMPORT_ERROR = traceback.format_exc()

TAG = "tag:yaml.org,2002:"
MERGE = TAG + "merge"
# What one line of a block cannot hold, because readers of YAML take it for the end of the line or refuse it.
NOT_IN_BLOCKS = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
MAX_DIGITS = 1000  # Python refuses to read much longer numbers
# Tag to pattern of the scalar, and its possible first characters ("\0": none).
SCALARS = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    # A leading zero makes a string, because an identifier such as a postal code would lose it.
    "int": (r"[-+]?(0|[1-9][0-9]*|0o[0-7]+|0x[0-9a-fA-F]+|0b[01]+)", "-+0123456789"),
    "float": (
        r"[-+]?((?![0-9]+$)(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|\.(inf|Inf|INF))|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "merge": (r"<<", "<"),
}
PATTERNS = {tag: re.compile(f"^(?:{pattern})$") for tag, (pattern, dummy) in SCALARS.items()}
WHOLE = re.compile(r"^[-+]?[0-9]+$")
BASES = {"0o": 8, "0x": 16, "0b": 2}
TYPE_NAMES = {
    "str": "a string",
    "list": "a list",
    "dict": "a mapping",
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
    """The value as YAML for people; JSON where PyYAML is missing.

    A string of several lines is a block. What a block cannot hold, such as a carriage return, is shown as its escape.
    """
    if not value:
        return ""
    # Plain types, because Ansible hands over strings of types of its own. And 10.0 is 10, because both mean the same to
    # the server.
    value = json.loads(json.dumps(value), parse_float=_number)
    if YAML_IMPORT_ERROR:
        return json.dumps(value, indent=2, sort_keys=True) + "\n"
    # No line is folded: one word that is edited is one line of a diff.
    dumped: str = yaml.dump(value, Dumper=_dumper(), default_flow_style=False, allow_unicode=True, width=sys.maxsize)
    return dumped


def _parse(option: str, text: str) -> Any:
    try:
        with contextlib.suppress(ValueError):  # it is YAML then: the option takes both
            return json.loads(text, object_pairs_hook=_without_duplicates)
    except RecursionError:
        raise InvalidOption(f"`{option}` is nested too deeply.") from None
    if YAML_IMPORT_ERROR:
        missing = missing_required_lib("PyYAML")
        raise InvalidOption(f"{missing} It reads the YAML string of `{option}`; a dictionary needs no such library.")
    try:
        return yaml.load(text, Loader=_loader())
    except RecursionError:
        raise InvalidOption(f"`{option}` is nested too deeply.") from None
    except yaml.YAMLError as exc:
        raise InvalidOption(f"`{option}` is not valid YAML ({_fault(exc, text)}).") from None


def _fault(exc: Any, text: str) -> str:
    """What is wrong with a string of YAML, and where."""
    mark = getattr(exc, "problem_mark", None)
    if isinstance(exc, yaml.reader.ReaderError):
        line = text.count("\n", 0, exc.position) + 1
        return f"line {line}: the character U+{ord(text[exc.position]):04X} is not allowed"
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    if getattr(exc, "context", None) == "expected a single document in the stream":
        return f"{where}a second document begins, and there must be one only"
    problem = str(getattr(exc, "problem", None) or "cannot be read")
    unknown = problem.replace(TAG, "!!").replace("could not determine a constructor for", "JSON has no value for")
    return f"{where}{unknown}"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError  # JSON is YAML: read as such it gives the place of the key
    return mapping


def _number(text: str) -> Any:
    number = float(text)
    return int(number) if number.is_integer() else number


def _integer(text: str) -> int:
    sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
    base = BASES.get(digits[:2], 10)
    return int(sign + (digits if base == 10 else digits[2:]), base)


# Tag to what reads a scalar of it.
READ: dict[str, Callable[[str], Any]] = {
    "bool": lambda text: text.lower() == "true",
    "int": _integer,
    "float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
    "null": lambda text: None,
}


@cache
def _loader() -> Any:
    """A PyYAML loader of the core schema. A key that is given twice is an error."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: dict[Any, Any] = {}

        def compose_mapping_node(self, anchor: Any) -> Any:
            # Here, before `<<` brings in keys that the mapping may override.
            node = super().compose_mapping_node(anchor)
            # A key is the string that stands there, as it is for the runtime: `1.50`, `no` and `01` stay as they are.
            node.value = [(_as_string(key), value) for key, value in node.value]
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

    for tag, (dummy, first) in SCALARS.items():
        starts = [char if char != "\0" else "" for char in first]
        Loader.add_implicit_resolver(TAG + tag, PATTERNS[tag], starts)
    # No other tag means anything to JSON, such as !!binary, !!set and !!timestamp.
    kept: dict[str | None, Any] = {}
    kept.update((TAG + kind, yaml.SafeLoader.yaml_constructors[TAG + kind]) for kind in ("str", "seq", "map"))
    kept[None] = yaml.SafeLoader.construct_undefined
    kept.update((TAG + tag, _constructor(tag)) for tag in READ)
    Loader.yaml_constructors = kept
    return Loader


def _constructor(tag: str) -> Callable[[Any, Any], Any]:
    def construct(loader: Any, node: Any) -> Any:
        text = loader.construct_scalar(node)
        fits = PATTERNS[tag].match(text) or (tag == "float" and WHOLE.match(text))
        if not fits:  # of a tag that the user wrote
            raise _yaml_error(f"{text!r} is not what the tag !!{tag} takes", node)
        if tag == "int" and len(text) > MAX_DIGITS:
            raise _yaml_error("the number has too many digits; put it in quotes to make it a string", node)
        return READ[tag](text)

    return construct


def _as_string(key: Any) -> Any:
    """The node of a key, as a string unless it is the key of a merge. The node of an alias is also that of a value."""
    if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE:
        return key
    return yaml.ScalarNode(TAG + "str", key.value, key.start_mark, key.end_mark, key.style)


def _merge_sources(value: Any) -> list[Any]:
    return list(value.value) if isinstance(value, yaml.SequenceNode) else [value]


def _yaml_error(problem: str, node: Any) -> Exception:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


@cache
def _dumper() -> Any:
    class Dumper(yaml.SafeDumper):
        def analyze_scalar(self, scalar: str) -> Any:
            # PyYAML takes no block for a string with a tab or with a space at the end of a line, though YAML allows it.
            analysis = super().analyze_scalar(scalar)
            analysis.allow_block = analysis.allow_block or (analysis.multiline and not NOT_IN_BLOCKS.search(scalar))
            return analysis

    def represent_string(dumper: Any, text: str) -> Any:
        if "\n" not in text:
            return dumper.represent_scalar(TAG + "str", text)
        shown = NOT_IN_BLOCKS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
        return dumper.represent_scalar(TAG + "str", shown, style="|")

    Dumper.add_representer(str, represent_string)
    return Dumper
