# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which apps can be hosts and names of files, and what is said of the others."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import (
    complaint_about,
    shown,
    skipped,
    sound,
)

APP = {"id": 7, "name": "sales-app", "tags": None, "config": {"region": None}}


@pytest.mark.parametrize("name", ["abcd", "a" * 38, "A-1-", "-abc", "1234", "All-apps", "true", "null"])
def test_names_of_the_api(name):
    assert sound([{**APP, "name": name}]) == ([{**APP, "name": name}], [])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "abc",
        "a" * 39,
        "sales_app",
        "sales app",
        "a:22b",
        "web[1:3]",
        "web[1:40000]",
        "../../escaped",
        "a/bcd",
        "sales\n",
        "sales\nx: y",
        "sales\u2028",
        "sal\u00e9s",
        "\uff41bcd",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "#jinja2:x",
        "\x1b[31m",
        "\u0661\u0662\u0663\u0664",
        None,
        1234,
        True,
        ["abcd"],
        {"abcd": 1},
        "\ud800abc",
    ],
)
def test_other_names_are_shown_safely(name):
    apps, complaints = sound([{**APP, "name": name}, APP])
    assert apps == [APP]
    assert len(complaints) == 1
    assert complaints[0].startswith("app 7 has the name ")
    assert complaints[0].isprintable()
    assert len(complaints[0]) < 150


@pytest.mark.parametrize("name", ["ungrouped", "Ungrouped", "localhost"])
def test_names_that_an_inventory_has_already(name):
    assert "means something else" in complaint_about({**APP, "name": name})


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (None, "null is no app"),
        ("sales", "'sales' is no app"),
        ([APP], "is no app"),
        ({**APP, "id": "7"}, "app 'sales-app' has the id '7', which is no whole number"),
        ({**APP, "id": True}, "has the id true"),
        ({**APP, "id": None}, "has the id null"),
        ({}, "app null has the id null"),
        ({**APP, "tags": ["a"]}, "the field tags of app sales-app has a form that the API does not know"),
        ({**APP, "config": "x"}, "the field config of"),
        ({**APP, "region": {"a": 1}}, "the field region of"),
        ({**APP, "config": {"region": 5}}, "the field config.region of"),
        ({**APP, "description": "\ud800"}, "not valid Unicode"),
    ],
)
def test_entries_that_are_no_apps(entry, complaint):
    assert complaint in complaint_about(entry)


def test_a_name_that_is_there_twice():
    apps, complaints = sound([APP, {**APP, "id": 8, "name": "SALES-app"}])
    assert apps == [APP]
    assert complaints == ["the name 'SALES-app' is there twice"]


def test_one_sentence_for_all():
    assert skipped("apps", ["a", "b"]) == "These apps are skipped: a; b."
    assert skipped("apps", list("abcdefgh")) == "These apps are skipped: a; b; c; d; e; and 3 more."


def test_a_long_value_is_cut():
    assert len(shown("\n" * 10_000_000)) < 50
    assert len(shown(["x"] * 1000)) < 50


@pytest.mark.parametrize("name", ["all", "ungrouped", "localhost", "ALL", "a"])
@pytest.mark.parametrize("prefix", ["acme-", "x."])
def test_a_prefix_makes_any_name_a_host(name, prefix):
    assert sound([{**APP, "name": name}], prefix) == ([{**APP, "name": name}], [])
    assert complaint_about({**APP, "name": name}) is not None


@pytest.mark.parametrize("name", ["../x", "{{ 1 }}", "a b", "", None, "x" * 39])
def test_a_prefix_makes_no_name_of_what_is_none(name):
    assert complaint_about({**APP, "name": name}, "acme-") is not None


def test_a_prefix_may_not_spell_a_word_of_an_inventory():
    assert "means something else" in complaint_about({**APP, "name": "grouped"}, "un")
