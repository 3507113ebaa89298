# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spicepods: read, compared and shown."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils import _yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._compare import canonical
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump, parse_mapping


def parse(text):
    return parse_mapping("spicepod", text)


def refusal(value):
    with pytest.raises(SpiceError) as caught:
        parse_mapping("spicepod", value)
    return str(caught.value)


# -- compare ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": {"c": [1, {"d": 2, "e": 3}], "b": 1}}, {"a": {"b": 1, "c": [1, {"e": 3, "d": 2}]}}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"a": {"b": None}}, {"a": {}}),
        ({"a": 1.0}, {"a": 1}),
        ([1.0, [2.0]], [1, [2]]),
        ((1, 2), [1, 2]),
        ({1: "x"}, {"1": "x"}),
        ({True: "x", None: "y"}, {"true": "x", "null": "y"}),
        ("é", "\u00e9"),
        (1e3, 1000),
    ],
)
def test_same_meaning(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [2, 1]),
        ([1], [1, None]),
        (True, 1),
        (False, 0),
        (False, None),
        ("1", 1),
        ("true", True),
        ("", None),
        ({}, None),
        ([], {}),
        (1.5, 1),
        ({"a": ""}, {}),
        ({"a": []}, {}),
        ("a", "A"),
        ("a", "a "),
    ],
)
def test_different_meaning(one, other):
    assert canonical(one) != canonical(other)


def test_what_was_sent_and_comes_back_as_json_means_the_same():
    pod = parse("params:\n  true: yes\n  null: none\n  1: one\n  1.5: half\n  text: 'on'\n")
    assert canonical(json.loads(json.dumps(pod))) == canonical(pod)


# -- read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        # YAML 1.2: only these are booleans and nulls ...
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", None),
        # ... and these, which YAML 1.1 would turn, are texts.
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("y", "y"),
        ("n", "n"),
        ("tRUE", "tRUE"),
        ("nULL", "nULL"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("=", "="),
        # Numbers: octal has a prefix, and a leading zero makes a string.
        ("1", 1),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("-0", 0),
        ("017", "017"),
        ("08", "08"),
        ("00", "00"),
        ("-01", "-01"),
        ("+01", "+01"),
        ("01234", "01234"),
        ("012345678901", "012345678901"),
        ("9223372036854775808", 2**63),
        ("0o17", 15),
        ("-0o17", -15),
        ("0o18", "0o18"),
        ("0x1F", 31),
        ("+0x1f", 31),
        ("0X1F", "0X1F"),
        ("0x", "0x"),
        ("0b11", 3),
        ("0b12", "0b12"),
        ("01.50", 1.5),
        ("0e1", 0.0),
        ("inf", "inf"),
        ("Infinity", "Infinity"),
        (".iNF", ".iNF"),
        ("-.nan", "-.nan"),
        (".", "."),
        ("+-5", "+-5"),
        ("0.0.0.0", "0.0.0.0"),
        ("1,000", "1,000"),
        ("12e03", 12000.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1.5e3", -1500.0),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("16Gi", "16Gi"),
        ("1e", "1e"),
        ("-", None),
        # Quotes make texts.
        ("'true'", "true"),
        ('"1"', "1"),
        ("'null'", "null"),
        ("''", ""),
    ],
)
def test_yaml_scalars_are_those_of_yaml_1_2(scalar, value):
    if scalar == "-":
        assert parse("a:\n  -\n") == {"a": [None]}
        return
    read = parse(f"a: {scalar}\n")["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": [true, null, "x"]}',
        "a: 1\nb: [true, null, x]\n",
        "a: 1\nb:\n- true\n-\n- 'x'\n",
        '# a comment\n---\na: 1\nb: [true, ~, "x"]\n...\n',
        "  {'a': 1, b: [true, null, x]}  ",
    ],
)
def test_json_and_yaml_text_are_read_alike(text):
    assert parse(text) == {"a": 1, "b": [True, None, "x"]}


def test_a_key_is_the_string_that_stands_there():
    assert parse("1.50: a\n01: b\nno: c\ntrue: d\n0x1F: e\n2026-01-01: f\n~: g\n") == {
        "1.50": "a",
        "01": "b",
        "no": "c",
        "true": "d",
        "0x1F": "e",
        "2026-01-01": "f",
        "~": "g",
    }


def test_an_alias_as_a_key_does_not_change_the_value_that_it_stands_for():
    assert parse("a: &one 1\n*one : b\n") == {"a": 1, "1": "b"}


@pytest.mark.parametrize("text", ["\ufeffa: 1\nb: [x]\n", "a: 1\r\nb: [x]\r\n", '\ufeff{"a": 1, "b": ["x"]}'])
def test_byte_order_marks_and_other_line_breaks_do_not_count(text):
    assert parse(text) == {"a": 1, "b": ["x"]}


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "- " * 50_000])
def test_what_is_nested_too_deeply_is_refused(text):
    assert "nested too deeply" in refusal(text)


def test_tags_of_plain_types():
    text = "a: !!str 01\nb: !!int '7'\nc: !!float 1\nd: !!bool 'true'\ne: !!null ''\nf: !!map {}\ng: !!seq []\n"
    assert parse(text) == {"a": "01", "b": 7, "c": 1.0, "d": True, "e": None, "f": {}, "g": []}


def test_a_mapping_is_taken_as_it_is():
    pod = {"version": "v1"}
    assert parse_mapping("spicepod", pod) is pod


def test_merge_keys_and_anchors():
    pod = parse("""
a: &a {k: 1, l: 1}
defs:
  b: &b
    <<: *a
    k: 2
c:
  <<: *b
  m: 3
d:
  <<: [*a, {n: 4}]
""")
    assert pod["defs"]["b"] == {"k": 2, "l": 1}
    assert pod["c"] == {"k": 2, "l": 1, "m": 3}
    assert pod["d"] == {"k": 1, "l": 1, "n": 4}


def test_the_first_of_several_merged_mappings_counts_and_the_mapping_itself_before_all():
    pod = parse("""
one: &one {engine: duckdb, mode: file}
two: &two
  <<: *one
  engine: arrow
  limit: 1
three:
  <<: [*two, *one]
  limit: 2
""")
    assert pod["three"] == {"engine": "arrow", "mode": "file", "limit": 2}


@pytest.mark.parametrize("text", ["a:\n  <<: text\n", "a:\n  <<: [{b: 1}, text]\n"])
def test_only_mappings_can_be_merged(text):
    with pytest.raises(SpiceError, match="line 2, column .*mapping"):
        parse(text)


def test_a_mapping_that_merges_itself_comes_to_an_end():
    assert parse("a: &a\n  b: 1\n  <<: *a\n") == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: a\nkind: b\nname: c\n", ("line 3, column 1", "'name'", "twice")),
        ("a:\n  b: 1\n  'b': 2\n", ("line 3, column 3", "'b'", "twice")),
        ("datasets:\n- {from: x, from: y}\n", ("line 2, column 13", "'from'", "twice")),
        ('{"a": 1, "a": 2}', ("line 1, column 10", "'a'", "twice")),
    ],
)
def test_a_key_given_twice_is_refused_with_its_place(text, words):
    refused = refusal(text)
    assert refused.startswith("`spicepod` is not valid YAML")
    for word in words:
        assert word in refused


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", "line 3"),
        ("a: 'open\n", "line 2"),
        ("a: 1\n\tb: 2\n", "line 2, column 1"),
        ("a: *nowhere\n", "line 1, column 4"),
        ("a: !vault secret\n", "line 1, column 4"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1"),
        # A forgotten pair of quotes: in YAML this is a mapping as the key of a mapping.
        ("a: 1\nname: {{ app_name }}\n", "line 2"),
        ("a: 1\n? [b, c]\n: 2\n", "line 2"),
        ("a: 1\nb: \x00", "line 2: the character U+0000 is not allowed"),
        ("a: \x07", "line 1: the character U+0007 is not allowed"),
        ("a: 1\n---\n", "line 2, column 1: a second document begins"),
        ("--- {a: 1}\n--- {b: 2}\n", "line 2, column 1: a second document begins"),
        ("a: 1\nb: !!binary aGVsbG8=\n", "line 2, column 4"),
        ("a: !!timestamp 2026-01-01\n", "line 1, column 4"),
        ("a: !!set {b, c}\n", "line 1, column 4"),
        ("a: !!omap [b: 1]\n", "line 1, column 4"),
        ("a: !!int x\n", "line 1, column 4: 'x' is not what the tag !!int takes"),
        ("a: !!bool yes\n", "'yes' is not what the tag !!bool takes"),
        ("a: !!int 017\n", "'017' is not what the tag !!int takes"),
        (f"a: {'9' * 5000}\n", "line 1, column 4: the number has too many digits"),
        ("1: a\n'1': b\n", "line 2, column 1: the key '1' is given twice"),
    ],
)
def test_text_that_is_no_yaml_is_refused_with_its_place(text, where):
    refused = refusal(text)
    assert refused.startswith("`spicepod` is not valid YAML (")
    assert where in refused


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("null", "empty"),
        ("just words", "a string"),
        ("- a\n- b\n", "a list"),
        ("[1]", "a list"),
        ("42", "a number"),
        (["a"], "a list"),
        (7, "a number"),
        (True, "a boolean"),
    ],
)
def test_what_is_no_mapping_is_refused(value, what):
    assert (
        refusal(value) == f"`spicepod` must be a mapping (a dictionary, or a YAML or JSON string of one), not {what}."
    )


def test_without_pyyaml_json_text_and_mappings_still_work(monkeypatch):
    monkeypatch.setattr(_yaml, "YAML_IMPORT_ERROR", "Traceback ...")
    assert parse('{"a": 1}') == {"a": 1}
    assert parse({"a": 1}) == {"a": 1}
    refused = refusal("a: 1\n")
    assert "PyYAML" in refused
    assert "`spicepod`" in refused
    assert json.loads(dump({"b": 1, "a": [2]})) == {"a": [2], "b": 1}


# -- show -------------------------------------------------------------------------------------------------------------


class Text(str):
    """As Ansible hands over texts: a type of its own."""


def test_dump_is_yaml_for_people():
    shown = dump({"b": Text("one\ntwo\n"), "a": [1, {"x": Text("short")}], "u": "größe", "n": None})
    assert shown == "a:\n- 1\n- x: short\nb: |\n  one\n  two\nn: null\nu: größe\n"


@pytest.mark.parametrize(
    "text", ["on", "true", "1", "null", "2026-01-01", "a: b", "", " ends with a space \nand more", "\ttab\n"]
)
def test_dump_can_be_read_again(text):
    shown = dump({"a": text})
    assert parse(shown) == {"a": text}
    assert yaml.safe_load(shown) == {"a": text}


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_dump_of_nothing_is_empty(nothing):
    assert dump(nothing) == ""


@pytest.mark.parametrize(
    "text",
    [
        "SELECT\t1\nFROM t \nWHERE x\n",
        "\tone\n\ttwo\n",
        "one  \n  two\n\n   \nthree",
        " one\n\ttwo\n",
        "one\n \n",
        "one\n\n\n",
        "\n one\n",
        "größe\tund \nmehr 😀\n",
        "# one\n- two: three\n",
        "x" * 300 + "\n" + "y z " * 100 + "\n",
    ],
)
def test_strings_of_several_lines_are_blocks_whose_lines_are_as_they_are(text):
    shown = dump({"a": {"b": [text]}})
    assert parse(shown) == {"a": {"b": [text]}}
    assert yaml.safe_load(shown) == {"a": {"b": [text]}}
    lines = shown.split("\n")
    assert lines[1].startswith("  - |") or lines[2].startswith("  - |")
    for line in text.split("\n"):
        assert not line.strip() or [one for one in lines if one.endswith(line) and not one[: -len(line)].strip()]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\r\nb\r\n", "a\\r"), ("a\x07\nb", "a\\x07"), ("a\u2028b\nc", "a\\u2028b"), ("a\ufeff\nb", "a\\ufeff")],
)
def test_what_a_block_cannot_hold_is_shown_as_its_escape(text, line):
    shown = dump({"a": text})
    assert shown.startswith("a: |")
    assert f"  {line}\n" in shown


@pytest.mark.parametrize("word", ["total", "sum"])
def test_a_long_string_is_one_line(word):
    text = f"{'SELECT a, b ' * 40} {word} {'FROM orders ' * 40}: x".replace("  ", " ")
    assert len(dump({"a": text}).splitlines()) == 1


def test_dump_shows_numbers_that_mean_the_same_alike():
    assert dump({"a": 10.0, "b": 1.5, "c": "10.0"}) == "a: 10\nb: 1.5\nc: '10.0'\n"


def test_dump_does_not_use_anchors():
    shared = {"k": 1}
    assert "&" not in dump({"a": shared, "b": shared})
