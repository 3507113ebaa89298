# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of variables: what Ansible's own loader reads is what was written, and no string of it is a template. Files for
other programs: every reader of YAML reads what was written.
"""

from __future__ import annotations

import random

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.spiceai.cloud.plugins.module_utils._variables_file import Own, plain, written
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import parse_mapping

HEADER = "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ 7 * 7 ]]"
TEXTS = [
    "{{ 7 * 7 }}",
    "{% if true %}x{% endif %}",
    "{# gone #}",
    HEADER,
    "{{ undefined_name }}",
    "{{ unfinished",
    "a\nb: {{ 7 * 7 }}\n",
    "{{ 7 * 7 }}\n\n\n",
    # What YAML takes for something else, with and without quotes.
    "",
    "yes",
    "No",
    "~",
    "null",
    "12",
    "012",
    "0x1F",
    "1_000",
    "1e3",
    "1:20",
    "2026-01-01",
    "2026-01-01 10:00:00",
    ".inf",
    ".nan",
    "<<",
    "=",
    "!",
    "&",
    "*",
    "yes\n",
    "12\n",
    "- a",
    "a: b",
    "a #b",
    "# a",
    "---",
    "...",
    "%YAML",
    "@a",
    "`a`",
    "!unsafe x",
    "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n",
    "'",
    '"',
    "''",
    "\\",
    "\\n",
    # Spaces, tabs and all kinds of line breaks.
    " ",
    "  lead",
    "trail  ",
    "\ttab",
    "a\tb",
    "\n",
    "\n\n",
    " \n",
    "\n lead",
    "a\n  b\n c",
    "a \nb",
    "a\r\nb",
    "a\rb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b\n",
    "a\n\x85\n",
    "\ufeffa",
    "\x00",
    "\x07\x1b[31mred",
    "\x7f",
    "\x9f",
    "\ufffe",
    "\U0001f600 \u00e9 \u4e2d",
    "\u202egnp",
    "x" * 5000,
    "word " * 500,
    "word\n" * 300,
    "k" * 130 + "\n{{ 1 }}",
]
CHARACTERS = "ab {}%#[]'\":-,!&*?|>\\\n\r\t\x85\u2028\x00\u00e9\U0001f600~=<012.y"


def random_text(rng):
    return "".join(rng.choice(CHARACTERS) for _position in range(rng.randrange(12)))


def load(text, tmp_path):
    file = tmp_path / "file.yml"
    file.write_bytes(text.encode())
    # Not `load`, whose error for a text in memory tries it as JSON first.
    return DataLoader().load_from_file(str(file))


def without_tags(value):
    if isinstance(value, dict):
        return {without_tags(key): without_tags(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_tags(item) for item in value]
    return str(value) if isinstance(value, str) else value


def check(value, tmp_path):
    """It is read as it was, and a play gets it as it is."""
    loaded = load(written([], {Own("data"): value}), tmp_path)
    assert without_tags(loaded) == {"data": value}
    assert without_tags(Templar(DataLoader(), variables=loaded).template(loaded)) == {"data": value}
    return loaded["data"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_string_is_read_as_it_was_and_never_filled_in(text, tmp_path):
    data = check({"value": text, "list": [text, [text]], text: 1, "within": {text: {text: text}}}, tmp_path)
    templar = Templar(
        DataLoader(),
        variables={"key": next(key for key in data if key not in ("value", "list", "within"))} if text else {"key": ""},
    )
    assert str(templar.template(templar.available_variables["key"])) == text


def test_strings_made_by_chance(tmp_path):
    rng = random.Random(20261127)
    for _round in range(300):
        check(
            [
                {random_text(rng): random_text(rng)},
                [random_text(rng) for _item in range(3)],
                {"x": {random_text(rng): [random_text(rng)]}},
            ],
            tmp_path,
        )


def test_what_is_no_string_stays_what_it_is(tmp_path):
    check({"none": None, "yes": True, "number": 12, "float": 0.5, "huge": 1e300, "list": [], "mapping": {}}, tmp_path)


def test_only_own_words_have_no_mark():
    text = written(
        [],
        {
            Own("environment_app"): {
                Own("name"): "sales",
                "{{ k }}": ["one", "two\nlines\n"],
                Own("own"): Own("{{ x }}"),
            }
        },
    )
    assert (
        text
        == """---
environment_app:
  name: !unsafe 'sales'
  !unsafe '{{ k }}':
    - !unsafe 'one'
    - !unsafe |
      two
      lines
  own: '{{ x }}'
"""
    )
    nodes = [event for event in yaml.parse(text) if isinstance(event, yaml.ScalarEvent)]
    assert {node.value for node in nodes if node.tag != "!unsafe"} == {"environment_app", "name", "own", "{{ x }}"}


def test_lines_are_never_folded():
    assert "\n" not in written([], {Own("a"): "word " * 1000})[len("---\n") : -1]


@pytest.mark.parametrize("line", ["a\nb", "a\rb", "a\x85b", "a\u2028b", "\x1b[31m"])
def test_a_comment_ends_with_its_line(line):
    assert written(["one", "two"], {}).splitlines()[:3] == ["---", "# one", "# two"]
    with pytest.raises(ValueError, match="cannot stand in a comment"):
        written([line], {})


def test_half_a_character_is_refused():
    with pytest.raises(ValueError, match="is not valid Unicode"):
        written([], {"a": ["\ud800"]})


# -- files for other programs -----------------------------------------------------------------------------------------

# What readers of YAML 1.1 or 1.2 take for a boolean, null or a number besides what TEXTS has.
WORDS = [
    "y",
    "N",
    "on",
    "OFF",
    "True",
    "FALSE",
    "Null",
    "0o12",
    "0b1",
    "+1",
    "-1",
    "1.",
    ".5",
    "1e-3",
    "-.inf",
    "1_0.0",
]
ORDINARY = [
    "v1",
    "Spicepod",
    "postgres:public.orders",
    "s3://bucket/key",
    "two words",
    "us-east-1",
    "file_name.parquet",
]


def check_plain(document):
    text = plain(["A comment"], document)
    assert yaml.safe_load(text) == document  # YAML 1.1
    assert parse_mapping("document", text) == document  # YAML 1.2
    assert text.startswith("---\n# A comment\n")
    return text


@pytest.mark.parametrize("string", TEXTS + WORDS + ORDINARY)
def test_every_reader_takes_a_string_for_what_it_is(string):
    text = check_plain({"value": string, "list": [string, [string]], "within": {string: {"x": string}}})
    assert "!" not in text or "!" in string


@pytest.mark.parametrize("string", [text for text in TEXTS if "\n" not in text] + WORDS)
def test_what_a_reader_could_take_for_something_else_has_quotes(string):
    scalars = [event for event in yaml.parse(plain([], {string: string})) if isinstance(event, yaml.ScalarEvent)]
    is_ordinary = string.replace(" ", "").isalpha() and string not in WORDS and string not in ("yes", "No", "null")
    is_ordinary = is_ordinary and string.isascii() and string == " ".join(string.split())
    assert [event.style is None for event in scalars] == [is_ordinary] * 2


def test_ordinary_strings_have_no_quotes():
    text = plain([], {word: word for word in ORDINARY})
    assert text == "---\n" + "".join(f"{word}: {word}\n" for word in ORDINARY)


def test_documents_made_by_chance():
    rng = random.Random(20261128)
    for _round in range(300):
        check_plain({random_text(rng): random_text(rng), "x": [random_text(rng), {"y": random_text(rng)}]})


def test_what_is_no_string_is_plain_too():
    document = {"none": None, "no": False, "number": 12, "float": 0.5, "huge": 1e300, "tiny": 1e-7, "a": [], "b": {}}
    assert list(yaml.safe_load(check_plain(document))) == list(document)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("write", [written, plain])
def test_numbers_that_json_does_not_have_are_refused(write, number):
    with pytest.raises(ValueError, match="is no number that JSON has"):
        write([], {"a": [number]})


def test_half_a_character_is_refused_here_too():
    with pytest.raises(ValueError, match="is not valid Unicode"):
        plain([], {"a": ["\ud800"]})
    with pytest.raises(ValueError, match="cannot stand in a comment"):
        plain(["a\nb"], {})
