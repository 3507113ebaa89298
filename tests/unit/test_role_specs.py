# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role `environment` takes what the modules take: the same names, types, choices and defaults."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._spec import (
    app,
    deployments,
    environment,
    members,
    monitors,
    secrets,
)

ROLE = Path(__file__).parents[2] / "roles/environment/meta/argument_specs.yml"
COMPARED = ("type", "elements", "choices", "default", "required")
# What a part of the role, by the names of its variables, says of the options of a module.
PARTS = {
    "environment_app": app.APP.without("state", "confirm", "purge_tags").options,
    "environment_members": members.MEMBERS.options["members"]["options"],
    "environment_deployment": deployments.DEPLOYMENT.without("state").options,
    "environment_monitors": monitors.MONITOR.options,
    "environment_purge": environment.PURGE.options,
    "environment_verify": environment.VERIFY.options,
}


def form(option):
    """dict: what the argument specs of a role and of a module both say, with the defaults of Ansible filled in."""
    compared = {name: option[name] for name in COMPARED if option.get(name) not in (None, False)}
    return {"type": "str", **compared}


def differences(role, module, path=""):
    """list[str]: where the options of the role are not those of the module, at any depth."""
    found = [f"{path}{name}: only one of them has it" for name in sorted(set(role) ^ set(module))]
    for name in sorted(set(role) & set(module)):
        if form(role[name]) != form(module[name]):
            found.append(f"{path}{name}: {form(role[name])} and {form(module[name])}")
        nested = role[name].get("options"), module[name].get("options")
        if nested[0] is not None and nested[1] is not None:
            found += differences(*nested, path=f"{path}{name}.")
    return found


@pytest.fixture(scope="module")
def variables():
    return yaml.safe_load(ROLE.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_role_has_the_options_of_its_module(variables, part):
    assert differences(variables[part]["options"], PARTS[part]) == []


@pytest.mark.parametrize("name", ["update_secret", "fingerprint_key"])
def test_the_role_has_the_policy_for_secrets_of_the_module(variables, name):
    assert form(variables[f"environment_{name}"]) == form(secrets.SECRETS.options[name])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"type": "float"}, "replicas: "),
        ({"choices": [1, 2]}, "replicas: "),
        ({"default": 1}, "replicas: "),
        ({"required": True}, "replicas: "),
    ],
)
def test_a_difference_is_found(variables, changed, words):
    role = variables["environment_deployment"]["options"]
    module = PARTS["environment_deployment"]
    wrong = {**role, "replicas": {**role["replicas"], **changed}}
    assert any(difference.startswith(words) for difference in differences(wrong, module))
    without = {name: option for name, option in role.items() if name != "replicas"}
    assert differences(without, module) == ["replicas: only one of them has it"]
