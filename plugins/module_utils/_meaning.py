# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""YAML and meaning: spicepods are read, compared and shown here."""

from __future__ import annotations

import json
import re
import traceback

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import Refused

try:
    import yaml
    YAML_IMPORT_ERROR = None
except ImportError:
    YAML_IMPORT_ERROR = traceback.format_exc()


def canonical(value):
    """str: the same text for values that mean the same, whatever their order of keys or notation. A key without a value counts as absent."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value):
    if isinstance(value, dict):
        # A key that is no text counts as the text that JSON makes of it: `true`, not `True`.
        return {key if isinstance(key, str) else json.dumps(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def parse_mapping(option, value):
    """dict: a mapping given as such or as YAML or JSON text.

    Raises:
        Refused: it is not valid YAML, or not a mapping; names the option, and the line where that is known.
    """
    if isinstance(value, str):
        value = _parse(option, value)
    if not isinstance(value, dict):
        raise Refused("`%s` must be a mapping (a dictionary, or YAML or JSON text of one), not %s." % (
            option, "empty" if value is None else "a %s" % {"str": "text", "list": "list"}.get(type(value).__name__, type(value).__name__)))
    return value


def _parse(option, text):
    try:
        return json.loads(text, object_pairs_hook=_without_repeats)
    except ValueError:
        pass  # YAML then: the option takes both
    if YAML_IMPORT_ERROR:
        raise Refused("%s It reads the YAML text of `%s`; a dictionary needs no such library." % (missing_required_lib("PyYAML"), option))
    try:
        value = yaml.load(text, Loader=_loader())
        json.dumps(value)
        return value
    except (TypeError, ValueError) as exc:  # of a tag such as !!binary or !!timestamp
        raise Refused("`%s` holds a value that JSON does not have (%s)." % (option, exc)) from None
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = "line %d, column %d: " % (mark.line + 1, mark.column + 1) if mark else ""
        raise Refused("`%s` is not valid YAML (%s%s)." % (option, where, getattr(exc, "problem", None) or "cannot be read")) from None


def _without_repeats(pairs):
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError  # JSON is YAML: read as such it gives the place of the key
    return mapping


def _number(text):
    number = float(text)
    return int(number) if number.is_integer() else number


def dump(value):
    """str: the value as YAML for people, with texts of several lines as blocks; JSON where PyYAML is missing."""
    if not value:
        return ""
    # Plain types, for Ansible hands over texts of types of its own; and 10.0 is 10, for both mean the same and the server may answer the other.
    value = json.loads(json.dumps(value), parse_float=_number)
    if YAML_IMPORT_ERROR:
        return json.dumps(value, indent=2, sort_keys=True) + "\n"
    return yaml.dump(value, Dumper=_dumper(), default_flow_style=False, allow_unicode=True, width=120)


def _loader():
    """YAML 1.2's core schema, which the platform's parsers follow: `on` and `2026-01-01` are texts there. A key given twice is an error."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {}

        def compose_mapping_node(self, anchor):
            # Here, before `<<` brings in keys that the mapping may override.
            node = super().compose_mapping_node(anchor)
            seen = set()
            for key, dummy in node.value:
                if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                    if key.value in seen:
                        raise yaml.constructor.ConstructorError(None, None, "the key %r is given twice" % key.value, key.start_mark)
                    seen.add(key.value)
            return node

        def flatten_mapping(self, node):
            # What PyYAML's own makes of a mapping that merges one which merges another differs between its versions.
            merges = [value for key, value in node.value if key.tag == "tag:yaml.org,2002:merge"]
            node.value = [pair for pair in node.value if pair[0].tag != "tag:yaml.org,2002:merge"]
            # Its own keys count first, then those of the mappings in their order. What is no text is no key that JSON has: that is refused later.
            names = {str(key.value) for key, dummy in node.value}
            for source in (one for value in merges for one in (value.value if isinstance(value, yaml.SequenceNode) else [value])):
                if not isinstance(source, yaml.MappingNode):
                    raise yaml.constructor.ConstructorError(None, None, "`<<` takes a mapping or a list of mappings", source.start_mark)
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
        Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile("^(?:%s)$" % pattern), [char if char != "\0" else "" for char in first])
    # PyYAML would read a leading 0 as octal; in YAML 1.2 that is 0o.
    bases = {"0o": 8, "0x": 16}
    Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, bases.get(node.value[:2], 10)))
    return Loader


def _dumper():
    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper, data):
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)

    Dumper.add_representer(str, text)
    return Dumper
