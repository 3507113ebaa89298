# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a spicepod must be, told with its place before the first request."""

from __future__ import annotations

import datetime
import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._config import MAX_BODY_BYTES
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.python_values import check_values
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.spicepod import read_spicepod

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
TEXT = "version: v1\nkind: Spicepod\nname: sales\n"
DATE = datetime.date(2023, 5, 15)
TIME = datetime.datetime(2023, 5, 15, 1, 2, 3, tzinfo=datetime.timezone.utc)


def refusal(value, function=read_spicepod, *args):
    with pytest.raises(InvalidOption) as caught:
        function(*args, value)
    return str(caught.value)


def pod(**more):
    return {**POD, **more}


def named(name, **more):
    return pod(datasets=[{"from": "s3://b/o", "name": name, **more}])


# -- what a spicepod must have ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (named(["local_table_name"]), "`spicepod.datasets[0].name` must be a string, not a list: write it without"),
        (named([]), "`spicepod.datasets[0].name` must be a string, not a list"),
        (named({"a": "b"}), "`spicepod.datasets[0].name` must be a string, not a mapping"),
        (named(2022), "`spicepod.datasets[0].name` must be a string, not a number: put it in quotes"),
        (named(1.5), "`spicepod.datasets[0].name` must be a string, not a number"),
        (named(True), "`spicepod.datasets[0].name` must be a string, not a boolean"),
        (named(None), "`spicepod.datasets[0].name` is missing"),
        (named(" "), "`spicepod.datasets[0].name` is empty"),
        (pod(datasets=[{"from": "s3://b/o"}]), "`spicepod.datasets[0].name` is missing"),
        (named("a", **{"from": ["x"]}), "`spicepod.datasets[0].from` must be a string, not a list"),
        (pod(views=[{"name": "a"}, {"name": ["b"]}]), "`spicepod.views[1].name` must be a string, not a list"),
        (pod(models=[{"name": 5, "from": "openai:x"}]), "`spicepod.models[0].name` must be a string, not a number"),
        (pod(tools=[{"name": ["t"]}]), "`spicepod.tools[0].name` must be a string"),
        (pod(datasets={"name": "a"}), "`spicepod.datasets` must be a list, not a mapping"),
        (pod(datasets="orders"), "`spicepod.datasets` must be a list, not a string"),
        (pod(datasets=["orders"]), "`spicepod.datasets[0]` must be a mapping with a `name`, not a string"),
        (pod(datasets=[None]), "`spicepod.datasets[0]` must be a mapping with a `name`, not empty"),
        ({"a": 1}, "`spicepod.version` is missing; `spicepod.kind` is missing; `spicepod.name` is missing."),
        (pod(version=None), "`spicepod.version` is missing."),
        (pod(version=1), "`spicepod.version` must be a string, not a number: put it in quotes."),
        (pod(kind="spicepod"), "`spicepod.kind` must be Spicepod, not 'spicepod'."),
        (pod(kind=""), "`spicepod.kind` is empty."),
        (pod(name=["sales"]), "`spicepod.name` must be a string, not a list: write it without brackets."),
        (pod(name=7), "`spicepod.name` must be a string, not a number: put it in quotes."),
    ],
)
@pytest.mark.parametrize("form", ["dictionary", "string", "JSON"])
def test_what_is_missing_or_of_the_wrong_type_is_told_with_its_place(value, told, form):
    assert told in refusal({"dictionary": value, "string": yaml.safe_dump(value), "JSON": json.dumps(value)}[form])


@pytest.mark.parametrize(
    "value",
    [
        {},
        POD,
        pod(datasets=None, views=[], models=[{"from": "openai:gpt-5", "name": "m"}]),
        pod(datasets=[{"ref": "datasets/orders"}, {"name": "orders", "from": "s3://b/o", "params": {}}]),
        pod(secrets=[{"from": "env", "name": "env"}], runtime={"params": {"name": ["anything"]}}),
        pod(version="v1beta1", dependencies=["a/b"], metadata={"name": 5}),
    ],
)
def test_what_is_right_is_taken(value):
    assert read_spicepod(value) == {key: item for key, item in value.items() if item is not None}


def test_a_message_does_not_tell_hundreds_of_faults():
    told = refusal(pod(datasets=[{"name": number} for number in range(30)]))
    assert "datasets[9].name" in told
    assert "datasets[10].name" not in told
    assert told.endswith("; and 20 more.")


# -- values that cannot be sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "told"),
    [
        ("1e400", "infinite"),
        ("-1e400", "infinite"),
        (".inf", "infinite"),
        ("-.INF", "infinite"),
        (".NaN", "no number"),
        ("!!float '.inf'", "infinite"),
        ("18446744073709551616", "more than 64 bits"),
        ("-9223372036854775809", "more than 64 bits"),
        ("0xFFFFFFFFFFFFFFFFF", "more than 64 bits"),
        ('"a\\0b"', "NUL"),
        ('"\\ud800"', "UTF-16"),
    ],
)
def test_a_value_that_cannot_be_sent_is_told_with_its_place(scalar, told):
    message = refusal(f"{TEXT}datasets:\n- name: a\n  params:\n    list: [1, {scalar}]\n")
    assert message.startswith("`spicepod.datasets[0].params.list[1]` ")
    assert told in message


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 2**64, "a\0b", "\ud800"])
def test_such_a_value_in_a_dictionary(value):
    assert refusal(pod(a={"b": value})).startswith("`spicepod.a.b` ")


@pytest.mark.parametrize("value", [2**64 - 1, -(2**63), 1e308, 0.1, "1e400", ".inf", "größe\n"])
def test_the_bounds_themselves_are_fine(value):
    assert read_spicepod(pod(a=value)) == pod(a=value)
    assert read_spicepod(json.dumps(pod(a=value))) == pod(a=value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_does_not_have(number):
    assert "`spicepod.a` is infinite or no number" in refusal(f'{json.dumps(POD)[:-1]}, "a": {number}}}')


def test_a_key_that_cannot_be_stored():
    assert "`spicepod.a` has a key with a character" in refusal(pod(a={"x\0": 1}))


def test_keys_without_a_value_are_left_out():
    text = f"{TEXT}a: ~\nb: {{c: null, d: , e: [~, {{f: ~}}]}}\n"
    assert read_spicepod(text) == pod(b={"e": [None, {}]})


# -- size -------------------------------------------------------------------------------------------------------------


def of_size(size):
    rest = len(json.dumps({"spicepod": pod(a="")}))
    return pod(a="x" * (size - rest))


def test_the_size_of_the_request_is_bounded():
    assert read_spicepod(of_size(MAX_BODY_BYTES))["a"]
    told = refusal(of_size(MAX_BODY_BYTES + 1))
    assert f"`spicepod` makes a request of {MAX_BODY_BYTES + 1} bytes" in told
    assert f"at most {MAX_BODY_BYTES}" in told


@pytest.mark.parametrize("value", [pod(a="é" * 200_000), pod(a=["x" * 20] * 60_000), pod(a="x" * 1_100_000)])
def test_what_is_too_large_as_it_is_sent(value):
    assert str(MAX_BODY_BYTES) in refusal(value)
    assert str(MAX_BODY_BYTES) in refusal(json.dumps(value))


def test_aliases_that_multiply_come_to_an_end():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    assert "too large" in refusal(TEXT + "\n".join(lines))


@pytest.mark.parametrize("value", ["&a [*a]", "&a {b: *a}", "[" * 200 + "]" * 200])
def test_what_is_too_deep_comes_to_an_end(value):
    assert "nested too deeply" in refusal(f"{TEXT}a: {value}\n")


@pytest.mark.parametrize("options", [{"spicepod": of_size(MAX_BODY_BYTES + 1)}, {"description": "x" * MAX_BODY_BYTES}])
@pytest.mark.parametrize("check_mode", [False, True])
def test_no_app_is_created_whose_fields_are_too_large(cloud, fail, options, check_mode):
    result = fail(check_mode=check_mode, name="sales", region="us-east-1", **options)
    assert str(MAX_BODY_BYTES) in result["msg"]
    assert cloud.sent("POST") == []


def test_no_app_is_created_whose_fields_together_are_too_large(cloud, fail):
    half = of_size(MAX_BODY_BYTES * 2 // 3)
    result = fail(name="sales", region="us-east-1", spicepod=half, version="x" * (MAX_BODY_BYTES // 2))
    assert "make `spicepod` smaller" in result["msg"]
    assert cloud.sent("POST") == []


# -- the form of Python -----------------------------------------------------------------------------------------------


def deep(value):
    return pod(embeddings=[{"name": "e", "from": "azure:e", "params": {"azure_api_version": value}}])


PLACE = ".embeddings[0].params.azure_api_version"


@pytest.mark.parametrize("value", [DATE, TIME, TIME.replace(tzinfo=None)])
def test_a_date_in_the_form_of_python_is_refused_with_its_place(value):
    views = [{"name": "v", "sql": "SELECT 'x'\nFROM \"t\"\n"}]
    told = refusal(repr({**deep(value), "views": views}))
    assert told == f"`spicepod{PLACE}` is a date, and JSON has none: quote the date, such as '2026-01-31'."


@pytest.mark.parametrize("value", [DATE, TIME])
def test_a_date_as_such_is_refused_with_its_place(value):
    assert f"`spicepod{PLACE}` is a date" in refusal(deep(value), check_values, "spicepod")
    assert "quote the date" in refusal({value: 1}, check_values, "spicepod")
    app = {"name": "sales", "spicepod": deep(value)}
    assert f"`app.spicepod{PLACE}` is a date" in refusal(app, check_values, "app")
    assert f"`app.spicepod{PLACE}` is a date" in refusal(repr(app), check_values, "app")
    app["spicepod"] = repr(app["spicepod"])
    assert f"`app.spicepod{PLACE}` is a date" in refusal(app, check_values, "app")


def test_a_date_as_a_key():
    assert "`spicepod.a.?` is a date" in refusal(repr(pod(a={DATE: 1})))
    assert "is a date" in refusal(pod(a={DATE: 1}), check_values, "spicepod")


def test_a_date_is_found_in_what_python_cannot_read_either():
    text = repr(deep(DATE)).replace("'e'", "<Undefined>", 1)
    assert "quote the date" in refusal(text)


@pytest.mark.parametrize("value", [b"\x00", {1, 2}, frozenset()])
def test_other_values_that_json_does_not_have(value):
    assert refusal(deep(value), check_values, "spicepod").startswith(f"`spicepod{PLACE}` is a value that JSON")


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_infinite_numbers_in_the_form_of_python(value):
    assert refusal(repr(deep(value))).startswith(f"`spicepod{PLACE}` is infinite or no number")


@pytest.mark.parametrize(
    "value",
    [deep(None), pod(views=[{"name": "v", "sql": "SELECT 1\nFROM t\n"}]), pod(a='it\'s "quoted"'), pod(a=[None])],
)
def test_other_dictionaries_in_the_form_of_python_that_yaml_reads_otherwise(value):
    assert "in the form of Python" in refusal(repr(value))


@pytest.mark.parametrize("value", [POD, pod(a=True, b=[1, 1.5, "x"]), deep("2023-05-15")])
def test_the_form_of_python_is_fine_where_yaml_reads_the_same(value):
    assert read_spicepod(repr(value)) == value


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ("'a': 'it''s'", "it's"),
        ("'a': 'select ''x'''", "select 'x'"),
        ("'a': count(x)", "count(x)"),
        ("'a': date(2023)", "date(2023)"),
        ("'a': \"datetime.date(2023, 5, 15)\"", "datetime.date(2023, 5, 15)"),
        ("'a': '\\d+'", "\\d+"),
        ("'a': 012", "012"),
    ],
)
def test_yaml_between_braces_is_yaml(more, value):
    assert read_spicepod(f"{{'version': 'v1', 'kind': 'Spicepod', 'name': 'sales', {more}}}") == pod(a=value)


def test_ansibles_own_values_are_left_to_it():
    check_values("app", {"a": [1, None, True, 1.5, "x", object()], "b": {"c": ()}})
    check_values("spicepod", "a: datetime.date(2023, 5, 15)\n")
