# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role `environment` takes what the modules take: the same names, types, choices and defaults, and it says as much
about each as the module does.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.doc_fragments.spice import ModuleDocFragment
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


# Where the descriptions of a part of the role come from: the module, and the option of it that the part is, if any.
# Behind it is what stands before the name of an option of this module in the role.
SOURCES = {
    "environment_app": ("spice_app", "environment_app."),
    "environment_deployment": ("spice_deployment", "environment_deployment."),
    "environment_monitors": ("spice_monitor", "environment_monitors[]."),
    "environment_members": ("spice_member", "environment_members[]."),
}
WHOLE = ("spice_environment", "environment_")
# What the role calls other than that.
RENAMED = {
    "environment_app.purge_tags": "environment_purge.tags",
    "environment_monitors[].update_secret": "environment_update_secret",
    "environment_monitors[].fingerprint_key": "environment_fingerprint_key",
}
# The role says it in other words, because it does more than the module.
OWN_WORDS = {"environment_app.paused"}
OPTION = re.compile(r"O\(([\w.\[\]]+)(=[^)]*)?\)")
RESULT = re.compile(r"RV\((\w+)\)")


def documented(name: str) -> dict[str, Any]:
    """The options of a module as its documentation has them, those of its fragments included."""
    module = importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.modules.{name}")
    told = yaml.safe_load(module.DOCUMENTATION)
    options = dict(told["options"])
    for fragment in told.get("extends_documentation_fragment", []):
        block = fragment.removeprefix("spiceai.cloud.spice").lstrip(".").upper() or "DOCUMENTATION"
        options.update(yaml.safe_load(getattr(ModuleDocFragment, block)).get("options", {}))
    return options


def sentences(option: dict[str, Any]) -> list[str]:
    told = option["description"]
    return [told] if isinstance(told, str) else told


def in_the_role(sentence: str, prefix: str, known: set[str]) -> str:
    """A sentence of a module as the role says it; empty if it is about what the role does not have.

    Args:
        prefix: what stands before the name of an option in the role. known: all options of the role, by their paths.
    """
    unknown = []

    def renamed(match: re.Match[str]) -> str:
        path = RENAMED.get(prefix + match.group(1), prefix + match.group(1))
        unknown.extend([] if path.replace("[]", "") in known else [path])
        return f"O({path}{match.group(2) or ''})"

    said = RESULT.sub(r"C(environment_result.\1)", OPTION.sub(renamed, sentence))
    return "" if unknown else said


def paths(options: dict[str, Any], prefix: str = "") -> set[str]:
    """All options by their paths, such as ``environment_purge.tags``."""
    found = {prefix + name for name in options}
    return found.union(
        *(paths(option["options"], f"{prefix}{name}.") for name, option in options.items() if "options" in option)
    )


def expected(role: dict[str, Any]) -> dict[str, list[str]]:
    """What the modules say of each option of the role, in the words of the role, by the option's path."""
    found: dict[str, list[str]] = {}
    known = paths(role)

    def note(options: dict[str, Any], module: dict[str, Any], path: str, prefix: str) -> None:
        for name in set(options) & set(module):
            said = [in_the_role(sentence, prefix, known) for sentence in sentences(module[name])]
            found[path + name] = [sentence for sentence in said if sentence]
            note(options[name].get("options", {}), module[name].get("suboptions", {}), f"{path}{name}.", prefix)

    note({name.removeprefix(WHOLE[1]): option for name, option in role.items()}, documented(WHOLE[0]), "", WHOLE[1])
    found = {WHOLE[1] + path: said for path, said in found.items()}
    for part, (module, prefix) in SOURCES.items():
        note(role[part]["options"], documented(module), f"{part}.", prefix)
    return {path: said for path, said in found.items() if path not in OWN_WORDS}


def at(role: dict[str, Any], path: str) -> dict[str, Any]:
    """The option of the role at this path."""
    name, dummy, rest = path.partition(".")
    return at(role[name]["options"], rest) if rest else role[name]


def poorer(role: dict[str, Any]) -> list[str]:
    """What a module says of an option and the role does not."""
    return [
        f"{path}: {sentence}"
        for path, said in expected(role).items()
        for sentence in said
        if sentence not in sentences(at(role, path))
    ]


def test_the_role_says_of_each_option_what_the_module_says(variables):
    assert len(expected(variables)) > 80
    assert poorer(variables) == []


def test_a_poorer_description_is_found(variables):
    app = variables["environment_app"]
    named = {**app["options"], "region": {**app["options"]["region"], "description": "Region."}}
    assert len(poorer({**variables, "environment_app": {**app, "options": named}})) >= 3


def test_references_are_those_of_the_role(variables):
    known = paths(variables)
    assert in_the_role("Not O(name), but O(app_id=1).", "environment_app.", known) == (
        "Not O(environment_app.name), but O(environment_app.app_id=1)."
    )
    assert in_the_role("O(purge_tags=true).", "environment_app.", known) == "O(environment_purge.tags=true)."
    assert in_the_role("Only with O(state=absent).", "environment_app.", known) == ""
    assert in_the_role("See O(targets[].url) and RV(log).", "environment_monitors[].", known) == (
        "See O(environment_monitors[].targets[].url) and C(environment_result.log)."
    )


def test_two_modules_say_the_same_of_a_member():
    one, many = documented("spice_member"), documented("spice_members")["members"]["suboptions"]
    assert {name: sentences(option) for name, option in many.items()} == {name: sentences(one[name]) for name in many}
