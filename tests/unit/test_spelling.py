# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An unknown name in a dictionary is one sentence, with the name that was probably meant."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import closest, names_of, respelled

SPEC = {
    "name": {"type": "str", "aliases": ["title"]},
    "region": {"type": "str"},
    "tags": {"type": "dict"},
    "replicas": {"type": "int"},
    "checks": {"type": "list", "elements": "dict", "options": {"query": {"type": "str"}, "expect": {"type": "raw"}}},
    "purge": {"type": "dict", "options": {"members": {"type": "bool"}}},
    "state": {"type": "str"},
}
NAMES = names_of(SPEC)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("regoin", "region"),
        ("Region", "region"),
        ("REPLICA", "replicas"),
        ("nmae", "name"),
        ("colour", None),
        ("", None),
    ],
)
def test_the_closest_name(name, meant):
    assert closest(name, NAMES) == meant


@pytest.mark.parametrize(
    ("given", "known", "sentence"),
    [
        ({"regoin": "x"}, {"region": "x"}, "`app.regoin`: there is no such option; did you mean `region`?"),
        ({"colour": 1}, {}, "`app.colour`: there is no such option; take it out."),
        (
            {"checks": [{"query": "1"}, {"qery": "2"}]},
            {"checks": [{"query": "1"}, {"query": "2"}]},
            "`app.checks[1].qery`: there is no such option; did you mean `query`?",
        ),
        (
            {"purge": {"everything": True}},
            {"purge": {}},
            "`app.purge.everything`: there is no such option; choose one of members.",
        ),
        (
            {"region": "x", "regoin": "y"},
            {"region": "x"},
            "`app.regoin`: there is no such option; did you mean `region`?",
        ),
        ({7: "x"}, {}, "`app.7`: there is no such option; take it out."),
    ],
)
def test_an_unknown_name(given, known, sentence):
    assert respelled("app", given, NAMES) == (known, [sentence])


@pytest.mark.parametrize(
    "given",
    [None, "name", 7, {}, [], {"title": "x", "tags": {"any": "thing"}}, {"checks": ["a string"], "purge": "yes"}],
)
def test_what_is_known_or_of_another_type_stays(given):
    assert respelled("app", given, NAMES) == (given, [])


def test_each_unknown_name_is_told():
    dummy, sentences = respelled("app", {"regoin": 1, "checks": [{"a": 1}, {"expct": 1}], "tag": {}}, NAMES)
    assert [sentence.partition(":")[0] for sentence in sentences] == [
        "`app.regoin`",
        "`app.checks[0].a`",
        "`app.checks[1].expct`",
        "`app.tag`",
    ]
