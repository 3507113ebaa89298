# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing was forgotten: what every module, role and playbook needs is there, and the parts agree with each other."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.tests.checks.collection import (
    MODULES,
    ON_THE_CONTROLLER,
    PLAYBOOKS,
    ROLES,
    ROOT,
    SEND_REQUESTS,
    module,
    read,
    tasks_of,
)

pytestmark = pytest.mark.both_cores

# What an SQL statement changes, nobody can tell.
WITHOUT_DIFF = {"spice_sql_query"}

README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def documentation():
    """dict[str, dict]: the documentation of each module with its fragments, as ansible-doc gives it."""
    command = [
        Path(sys.executable).parent / "ansible-doc",
        "--json",
        "-t",
        "module",
        *(f"spiceai.cloud.{name}" for name in MODULES),
    ]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {name: told[f"spiceai.cloud.{name}"]["doc"] for name in MODULES}


def test_action_group_is_all_modules():
    assert sorted(read("meta/runtime.yml")["action_groups"]["spice"]) == sorted({*MODULES, *SEND_REQUESTS})


@pytest.mark.parametrize("name", sorted(ON_THE_CONTROLLER - SEND_REQUESTS))
def test_an_action_outside_the_group_has_no_connection_options(name):
    """A default of the group, such as ``api_token``, would make it fail."""
    action = importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.action.{name}")
    assert action.OPTIONS
    assert not set(action.OPTIONS) & set(CONNECTION.options)


def test_every_action_plugin_has_its_module():
    assert {path.stem for path in (ROOT / "plugins/action").glob("*.py")} == {*MODULES, *ON_THE_CONTROLLER}


@pytest.mark.parametrize("name", MODULES)
def test_module_is_complete(name, documentation):
    assert module(name).EXAMPLES.strip()
    assert module(name).RETURN.strip()
    declared = module(name).SPEC
    assert declared.name == name
    action = importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.action.{name}")
    assert action.ActionModule.spec is declared
    assert (ROOT / "tests/integration/targets" / name / "tasks/main.yml").is_file()
    assert f"`spiceai.cloud.{name}`" in README

    attributes = documentation[name]["attributes"]
    assert set(attributes) == {"check_mode", "diff_mode", "action_group", "async"}
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == ("none" if name.endswith("_info") or name in WITHOUT_DIFF else "full")
    assert attributes["action_group"]["membership"] == ["spiceai.cloud.spice"]


@pytest.mark.parametrize("name", MODULES)
def test_options_are_those_documented(name, documentation):
    spec, documented = module(name).SPEC.argument_spec, documentation[name]["options"]
    assert set(spec) == set(documented)
    assert set(CONNECTION.options) <= set(spec)
    for option, entry in spec.items():
        told = documented[option]
        assert told["type"] == entry.get("type", "str"), option
        for key in ("default", "choices", "aliases", "elements"):
            assert told.get(key) == entry.get(key), f"{key} of {option}"
        assert told.get("required", False) == entry.get("required", False), option


@pytest.mark.parametrize("name", MODULES)
def test_every_example_task_has_a_name_and_full_module_names(name):
    assert all(task["name"] for task in yaml.safe_load(module(name).EXAMPLES))
    tasks = tasks_of(module(name).EXAMPLES)
    assert any(f"spiceai.cloud.{name}" in task for task in tasks)
    for task in tasks:
        assert task["name"]
        assert sum("." in key for key in task) == 1, task


@pytest.mark.parametrize("role", ROLES)
def test_role_is_complete(role):
    folder = f"roles/{role}"
    assert (ROOT / folder / "README.md").is_file()
    assert (ROOT / folder / "tasks/main.yml").is_file()
    assert f"`spiceai.cloud.{role}`" in README
    options = read(f"{folder}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = read(f"{folder}/defaults/main.yml") or {}
    prose = (ROOT / folder / "README.md").read_text()
    for variable in [*options, *defaults]:
        assert variable.startswith(f"{role}_")
    # Its README tells what the role does. What the variables are stands in the specs alone.
    assert f"ansible-doc -t role spiceai.cloud.{role}" in prose
    # What the specs tell of defaults is what holds; a variable without one may be left undefined.
    assert defaults == {name: option["default"] for name, option in options.items() if "default" in option}
    assert undocumented(options) == []


def undocumented(options, prefix=""):
    """list[str]: options of a role without a description or a type, at any depth."""
    found = [
        prefix + name for name, option in options.items() if not option.get("description") or not option.get("type")
    ]
    return sum((undocumented(option.get("options", {}), f"{prefix}{name}.") for name, option in options.items()), found)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_playbook_is_in_the_readme(name):
    assert f"`spiceai.cloud.{name}`" in README


def test_module_utils_are_private():
    # What lies in a private package is private too.
    assert [path.name for path in (ROOT / "plugins/module_utils").iterdir() if not path.name.startswith("_")] == []


def test_no_ignores_of_sanity_tests():
    assert [path.name for path in (ROOT / "tests/sanity").glob("ignore*.txt") if path.stat().st_size] == []


def variables_set_in(part):
    """Iterator[str]: the variables that tasks set, at any depth of a file."""
    if isinstance(part, list):
        for entry in part:
            yield from variables_set_in(entry)
    elif isinstance(part, dict):
        yield from [part["register"]] if "register" in part else []
        yield from part.get("ansible.builtin.set_fact") or {}
        yield from variables_set_in(list(part.values()))


@pytest.mark.parametrize("role", ROLES)
def test_a_variable_that_a_role_sets_is_private_or_documented(role):
    """Another one could be that of a user, or be taken for a misspelled one when the role runs again."""
    described = (ROOT / f"roles/{role}/meta/argument_specs.yml").read_text()
    found = {name for path in (ROOT / f"roles/{role}/tasks").glob("*.yml") for name in variables_set_in(read(path))}
    assert found
    assert [name for name in found if not name.startswith("__") and name not in described] == []


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_variable_that_a_playbook_sets_is_private(playbook):
    assert [name for name in variables_set_in(read(f"playbooks/{playbook}.yml")) if not name.startswith("__")] == []
