# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible makes of a secret's value on its way to the module, and what the module then takes: strings and whole
numbers, nothing else.
"""

from __future__ import annotations

import json

import pytest
from ansible.release import __version__ as core
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES, modes

DOCUMENT = '{"type": "service_account", "id": 7}\n'
TEMPLATES_GIVE_TEXT = tuple(int(part) for part in core.split(".")[:2]) < (
    2,
    19,
)  # and make of that a list, a dictionary or a boolean
# As written in a playbook, and what is stored.
VALUES = {
    "text": ("text", "text"),
    "'true'": ("true", "true"),
    "5432": (5432, "5432"),
    "0": (0, "0"),
    "whole": ("{{ 5432 }}", "5432"),
    "of a filter": ("{{ 1.5 | string }}", "1.5"),
    "True of a filter": ("{{ true | string }}", "True"),
    "document": ("{{ lookup('ansible.builtin.env', 'DOCUMENT') | string }}", DOCUMENT),
}
# What the refusal says; None for what older ansible-core makes a string of.
NO_VALUES = {
    "unset": ("{{ lookup('ansible.builtin.env', 'NOBODY_SETS_THIS') }}", "is empty or only white space"),
    "empty": ("", "is empty or only white space"),
    "blank": (" ", "is empty or only white space"),
    "null": (None, "is null"),
    "boolean": (True, "is a boolean"),
    "boolean of a template": ("{{ 1 == 1 }}", "is a boolean"),
    "number": (1.5, "is a number that is not whole"),
    "number of a template": ("{{ 1.5 }}", None if TEMPLATES_GIVE_TEXT else "is a number that is not whole"),
    "list": (["one in it"], "is a list"),
    "dictionary": ({"inner": "one in it"}, "is a dictionary"),
    "dictionary of a template": ("{{ {'inner': 'one in it'} }}", "is a dictionary"),
}


def tasks(module, values):
    """A task for each value, by its name; with the module for many secrets one task has them all."""
    more = {"app": "sales", "update_secret": "always"}
    if module == "spice_secrets":
        return [
            {
                "name": "All",
                "spiceai.cloud.spice_secrets": {
                    **more,
                    "secrets": {f"S{number}": value for number, value in enumerate(values.values())},
                },
            }
        ]
    return [
        {
            "name": name,
            "spiceai.cloud.spice_secret": {**more, "name": f"S{number}", "value": value},
            "ignore_errors": True,
        }
        for number, (name, value) in enumerate(values.items())
    ]


def stored(cloud):
    return {secret["name"]: secret["value"] for secret in cloud.apps()["sales"]["secrets"]}


@pytest.mark.parametrize("module", ["spice_secret", "spice_secrets"])
@pytest.mark.parametrize("way", modes(MAIN_MODES, on_both_cores=["controller"]))
def test_strings_and_whole_numbers_are_stored(cloud, play, module, way):
    cloud.seed(apps=[{"name": "sales"}])
    run = play(
        tasks(module, {name: value for name, (value, dummy) in VALUES.items()}), env={"DOCUMENT": DOCUMENT}, way=way
    ).ok()
    assert [outcome["status"] for outcome in run.outcomes] == ["ok"] * (len(VALUES) if module == "spice_secret" else 1)
    assert stored(cloud) == {f"S{number}": kept for number, (dummy, kept) in enumerate(VALUES.values())}


@pytest.mark.parametrize("way", modes(MAIN_MODES, on_both_cores=["controller"]))
def test_what_is_no_value_is_refused_before_the_first_request(cloud, play, way):
    values = {name: value for name, (value, words) in NO_VALUES.items() if words}
    words = [words for dummy, words in NO_VALUES.values() if words]
    cloud.seed(apps=[{"name": "sales", "secrets": {f"S{number}": "the good one" for number in range(len(values))}}])
    before = stored(cloud)
    cloud.forget()
    run = play([*tasks("spice_secret", values), *tasks("spice_secrets", values)], way=way)
    assert run.rc != 0
    assert [run[name]["msg"].split(":")[0] for name in values] == [
        f"`value` {text}" + ", not a string" * ("is a " in text) for text in words
    ]
    told = run["All"]["msg"].splitlines()
    assert told[0] == "These secrets cannot be written, and nothing was changed yet:"
    assert [line.split(":")[0] for line in told[1:]] == [
        f"- `secrets.S{number}` {text}" + ", not a string" * ("is a " in text) for number, text in enumerate(words)
    ]
    assert cloud.requests() == []
    assert stored(cloud) == before


@pytest.mark.both_cores
@pytest.mark.parametrize("module", ["spice_secret", "spice_secrets"])
def test_json_text_of_a_lookup_is_never_stored_as_something_else(cloud, play, module):
    cloud.seed(apps=[{"name": "sales"}])
    run = play(
        tasks(module, {"document": "{{ lookup('ansible.builtin.env', 'DOCUMENT') }}"}), env={"DOCUMENT": DOCUMENT}
    )
    if TEMPLATES_GIVE_TEXT:
        assert "is a dictionary, not a string: put it in quotes, or add `| string`" in run.output
    assert stored(cloud) == ({} if TEMPLATES_GIVE_TEXT else {"S0": DOCUMENT})
    assert "service_account" not in json.dumps([outcome["result"].get("msg") for outcome in run.outcomes])
