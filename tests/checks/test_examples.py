# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every EXAMPLES block runs as it is printed, and gives the same in the controller and as a packed module. What comes
back is what RETURN says, in results and in failures.

All of it stands in one file because the checks share the runs of the examples.
"""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._version import VERSION
from ansible_collections.spiceai.cloud.tests.checks.collection import MODULES, module, own_tasks
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES, TELL_ARGUMENTS, Player
from ansible_collections.spiceai.cloud.tests.checks.results import comparable
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, EXISTING, VARIABLES
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER
from spice_simulator.routes import registered

# What Ansible puts into any result by itself; nobody documents it.
# How Ansible begins the message of a task whose arguments cannot be templated, before and since ansible-core 2.19.
NEVER_RAN = ("The task includes an option with an undefined variable", "Task failed: Finalization of task args")
ANSIBLES_OWN = {"changed", "failed", "msg", "exception", "invocation", "warnings", "deprecations", "diff"}
ANSIBLES_OWN |= {"item", "ansible_loop_var"}  # of a loop
SCOPE = re.compile(r"C\((\w+:(?:read|write|delete))\)")
INCLUDED = {"read": ("write", "delete"), "write": ("delete",), "delete": ()}  # verbs that include the one
# Scopes that a module needs for what its examples do not do.
MORE_SCOPES = {
    "spice_environment": {"members:write", "members:delete"},  # the members are as described already
    "spice_fleet_info": {"secrets:read"},  # asked for where this collection made the newest deployment
}
SOMETIMES = "when "  # of a `returned` that only people can judge
TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "dict": dict, "list": list}
REFUSAL = {
    "error": "Refused",
    "code": "some_code",
    "details": {"fieldErrors": {"name": ["is not nice"]}, "formErrors": []},
}


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_and_both_ways_give_the_same(name, examples):
    here, left_here = examples(name, "controller")
    there, left_there = examples(name, "packed")

    # The ways are what they claim to be.
    assert f"AnsiballZ_{name}" not in here.output
    assert f"AnsiballZ_{name}" in there.output
    assert here.warnings() == there.warnings() == []
    assert [outcome["task"] for outcome in here.outcomes] == [outcome["task"] for outcome in there.outcomes]
    for one, other in zip(here.outcomes, there.outcomes):
        assert one["status"] == other["status"] == "ok", one
        assert comparable(one["result"]) == comparable(other["result"]), one["task"]
    assert comparable(left_here) == comparable(left_there)


def test_what_is_compared_can_differ():
    assert comparable({"app": {"id": 1, "api": {"requests": 2}}}) == comparable(
        {"app": {"id": 1, "api": {"requests": 3}}}
    )
    assert comparable({"app": {"id": 1}}) != comparable({"app": {"id": 2}})


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("way", MAIN_MODES)
def test_every_module_names_itself_and_the_version_to_the_server(name, way, examples):
    used = {key.rsplit(".", 1)[1] for task in own_tasks([name]) for key in task if key.startswith("spiceai.cloud.")}
    assert examples(name, way)[1]["agents"] == {f"spiceai.cloud/{VERSION} ({one})" for one in used}


def least(scopes):
    """set[str]: these scopes without those that another one of them includes."""
    return {
        scope
        for scope in scopes
        if not any(f"{scope.split(':')[0]}:{wider}" in scopes for wider in INCLUDED[scope.split(":")[1]])
    }


def scopes_of(requests):
    """set[str]: what the simulator, by the API's documentation, wants of the credential for these requests."""
    routes = [
        (route.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)), route.scope) for route in registered()
    ]
    return {
        scope
        for request in requests
        for method, path, scope in routes
        if scope and method == request["method"] and path.fullmatch(request["path"])
    }


@pytest.mark.parametrize("name", MODULES)
def test_the_scopes_are_those_that_the_examples_need(name, examples):
    (sentence,) = [
        line for line in yaml.safe_load(module(name).DOCUMENTATION)["description"] if line.startswith("Needs the scope")
    ]
    own = f"spiceai.cloud/{VERSION} ({name})"
    requests = [one for one in examples(name, "controller")[1]["requests"] if one["user_agent"] == own]
    assert least(SCOPE.findall(sentence)) == least(scopes_of(requests) | MORE_SCOPES.get(name, set()))


def test_scopes_include_each_other():
    assert least({"apps:read", "apps:write", "secrets:read"}) == {"apps:write", "secrets:read"}
    assert scopes_of([{"method": "DELETE", "path": "/v1/apps/7"}]) == {"apps:delete"}


@pytest.fixture(scope="module")
def failures(simulator, tmp_path_factory):
    """dict[str, dict]: how each module fails when the API refuses the first task of its examples."""
    play = Player(tmp_path_factory.mktemp("failures"), simulator.address, OWNER)
    simulator.reset()
    simulator.fault("status_before", times=0, status=400, body=REFUSAL)
    tasks = [{**own_tasks([name])[0], "name": name, "ignore_errors": True} for name in MODULES]
    run = play(tasks, env=TELL_ARGUMENTS, vars=VARIABLES).ok()
    return {name: run[name] for name in MODULES}


@pytest.fixture(scope="module")
def repeated(simulator, tmp_path_factory):
    """list[dict]: the outcomes of the examples of all modules where everything is there already. Nothing is hidden."""
    play = Player(tmp_path_factory.mktemp("repeated"), simulator.address, OWNER)
    simulator.reset(**EXISTING)
    simulator.clock(**AT_ONCE)
    return play(own_tasks(), env=TELL_ARGUMENTS, vars=VARIABLES).ok().outcomes


@pytest.fixture(scope="module")
def halfway(simulator, tmp_path_factory):
    """list[dict]: the same where single secrets, members and keys are refused, deployments fail, and a dataset does."""
    play = Player(tmp_path_factory.mktemp("halfway"), simulator.address, OWNER)
    simulator.reset(**EXISTING)
    simulator.seed(dataset_errors={"orders": "Table not found"})
    simulator.clock(**AT_ONCE)
    simulator.outcomes(
        *[{"status": "failed", "error_message": "Container did not start", "error_code": "unable_to_start"}] * 5
    )
    for method in ("POST", "PATCH", "DELETE"):
        simulator.fault("status_before", method, "/(secrets|members|api-keys)", times=0, status=400, body=REFUSAL)
    return (
        play([{**task, "ignore_errors": True} for task in own_tasks()], env=TELL_ARGUMENTS, vars=VARIABLES)
        .ok()
        .outcomes
    )


@pytest.mark.parametrize("name", MODULES)
def test_return_is_what_comes_back(name, examples, repeated, halfway, failures):
    documented = yaml.safe_load(module(name).RETURN)
    outcomes = [
        outcome
        for outcome in examples(name, "controller")[0].outcomes + repeated + halfway
        if outcome["action"] == f"spiceai.cloud.{name}"
    ]
    results = [
        # Callbacks of newer ansible-core are not told by the result of an item whether it failed.
        {"failed": "exception" in result, **result}
        for outcome in outcomes
        for result in outcome["result"].get("results", [outcome["result"]])  # those of a loop are one by one
        if outcome["status"] != "skipped" and "censored" not in result
    ]
    # A task whose arguments need the result of one that failed never ran the module.
    results = [result for result in results if not str(result.get("msg")).startswith(NEVER_RAN)]
    assert len(results) >= 2
    assert failures[name]["failed"]

    complaints, seen = [], set()
    for result in [*results, failures[name]]:
        complaints += [
            f"{key} comes back and is not documented" for key in set(result) - set(documented) - ANSIBLES_OWN
        ]
        complaints += compare(documented, result, result, seen)
    complaints += [
        f"{path} never came back with a value: give it one in seeds.py, or do not promise it"
        for path in leaves(documented) - seen
    ]
    assert not complaints, "\n".join(complaints)


def compare(documented, values, result, seen, prefix=""):
    """list[str]: what is missing or of another type; ``seen`` gets the paths that had a value of the right type."""
    complaints = []
    for key, entry in documented.items():
        path, returned = prefix + key, entry.get("returned", "always")
        if key not in values:
            # A failure tells what is known of it and has no null members.
            expected = applies(returned, result) and prefix != "failure."
            complaints += [f"{path} is missing in {values}"] if expected else []
        elif not applies(returned, result) and ", or when " not in returned and not returned.startswith(SOMETIMES):
            complaints.append(f"{path} is there, other than `returned` says")
        elif values[key] is not None:
            complaints += compare_value(entry, values[key], result, seen, path)
    return complaints


def compare_value(entry, value, result, seen, path):
    if not isinstance(value, TYPES[entry["type"]]) or isinstance(value, bool) != (entry["type"] == "bool"):
        return [f"{path} is documented as {entry['type']} and is {value!r}"]
    seen.add(path)
    complaints = []
    for item in value if entry["type"] == "list" else [value]:
        if entry["type"] == "list" and not isinstance(item, TYPES[entry["elements"]]):
            complaints.append(f"an element of {path} is documented as {entry['elements']} and is {item!r}")
        elif isinstance(item, dict):
            complaints += compare(entry.get("contains", {}), item, result, seen, path + ".")
    return complaints


def applies(returned, result):
    """bool: whether ``returned`` holds for this result.

    What follows a comma is for people: ", or when ..." tells of more results that may have it. So does what begins
    with "when".
    """
    if returned.startswith(SOMETIMES):
        return False
    for condition in returned.split(",")[0].split(" and "):
        option = re.fullmatch(r"O\((\w+)=(\w+)\)", condition)
        if option:
            holds = result["invocation"]["module_args"][option.group(1)] == yaml.safe_load(option.group(2))
        else:
            holds = {"always": True, "success": not result.get("failed"), "failure": bool(result.get("failed"))}[
                condition
            ]
        if not holds:
            return False
    return True


def leaves(documented, prefix=""):
    """set[str]: all documented paths."""
    found = {prefix + key for key in documented}
    return found.union(
        *(leaves(entry["contains"], prefix + key + ".") for key, entry in documented.items() if "contains" in entry)
    )
