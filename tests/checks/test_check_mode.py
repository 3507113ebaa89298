# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--check`` sends no write, whatever the module, the seed and the way, and does not complain."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import (
    MODULES,
    PLAYBOOKS,
    all_examples,
    module,
    own_tasks,
)
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES, modes
from ansible_collections.spiceai.cloud.tests.checks.results import comparable
from ansible_collections.spiceai.cloud.tests.checks.seeds import EXISTING, VARIABLES, sample


def first_examples(names):
    return [own_tasks([name])[0] for name in names]


SEEDS = {"nothing": {}, "existing": EXISTING}


# Both ways tell a module of the check mode alike; what the examples need of Ansible shows in one.
@pytest.mark.parametrize("way", modes(MAIN_MODES, on_both_cores=["controller"]))
def test_examples_of_all_modules(way, play, cloud):
    cloud.reset(**EXISTING)
    before = cloud.apps(), cloud.members()
    # Packed, one task of each module shows that it is told of the check mode.
    tasks = all_examples() if way == "controller" else first_examples(MODULES)
    run = play(tasks, args=["--check", "--diff"], way=way, vars=VARIABLES).ok()
    assert run.warnings() == []
    assert len(cloud.requests()) >= len(MODULES)
    assert cloud.log(writes=True) == []
    assert (cloud.apps(), cloud.members()) == before


def test_examples_of_all_modules_where_there_is_no_app_yet(play, cloud):
    """A plan of what belongs to an app goes on, with a warning; what only reads can do so after a task that would make
    the app.
    """
    names = sorted(MODULES, key=lambda name: name != "spice_app")
    run = play(
        [
            {**task, "ignore_errors": True}
            for task in own_tasks(names)
            if not any("app_id" in args for args in task.values() if isinstance(args, dict))  # no plan knows the id
        ],
        args=["--check", "--diff"],
        vars=VARIABLES,
    ).ok()
    assert cloud.log(writes=True) == []
    assert cloud.apps() == {}
    for outcome in run.outcomes:
        name, result = outcome["action"].rsplit(".", 1)[1], outcome["result"]
        # To a whole environment an app that is not there yet is nothing special.
        of_an_app = module(name).SPEC.argument_spec.get("app", {}).get("type") == "str"
        # A fork needs its source, unless it is deleted.
        of_an_app |= bool((result.get("app") or {}).get("forked_from"))
        # A monitor may be that of a cluster.
        of_an_app &= not outcome["task"].endswith("cluster")
        assert not result["failed"], result
        expected = (
            ["There is no app 'sales-analytics' yet; the plan assumes that an earlier task creates it."]
            if of_an_app
            else []
        )
        assert result.get("warnings", []) == expected


@pytest.mark.both_cores
@pytest.mark.parametrize("name", PLAYBOOKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_playbooks_with_the_sample(name, seed, play, cloud):
    cloud.reset(**SEEDS[seed])
    run = play.playbook(f"spiceai.cloud.{name}", args=[*sample(name), "--check", "--diff"]).ok()
    # Older ansible-core breaks the line: only its beginning is sure.
    planned = [line for line in run.warnings() if "There is no app 'sales-analytics' yet; the plan" in line]
    assert run.warnings() == planned, run.output
    assert bool(planned) == (seed == "nothing" and name in ("preview", "rotate_api_keys"))
    assert cloud.requests()
    assert cloud.log(writes=True) == []


@pytest.mark.both_cores
def test_the_plan_of_the_sample_is_what_then_happens_and_then_holds(play, cloud):
    args = [*sample("bootstrap"), "--diff"]
    plan = play.playbook("spiceai.cloud.bootstrap", [*args, "--check"]).ok()
    done = play.playbook("spiceai.cloud.bootstrap", args).ok()
    assert diffs(plan) == diffs(done) != []
    cloud.forget()
    again = play.playbook("spiceai.cloud.bootstrap", args).ok()
    assert diffs(again) == []
    assert "changed=0 " in again.output
    assert cloud.log(writes=True) == []


@pytest.mark.both_cores
def test_a_task_in_check_mode_in_a_real_run(play, cloud):
    run = play(
        [
            {"name": "Plan", "spiceai.cloud.spice_app": {"name": "planned-app"}, "check_mode": True},
            {
                "name": "Plan, all by itself",
                "spiceai.cloud.spice_app": {"name": "other-app"},
                "check_mode": "{{ true }}",
            },
        ]
    ).ok()
    assert run["Plan"]["changed"]
    assert run["Plan"]["app"]["id"] is None
    assert cloud.apps() == {}
    assert cloud.log(writes=True) == []


@pytest.mark.both_cores
def test_a_real_task_in_a_check_run(play, cloud):
    run = play(
        [{"name": "Make", "spiceai.cloud.spice_app": {"name": "real-app"}, "check_mode": False}], args=["--check"]
    ).ok()
    assert run["Make"]["app"]["id"] == cloud.apps()["real-app"]["id"]


def diffs(run):
    """What ``--diff`` shows of each task, but for stamps: the plan cannot know the secrets' times of writing, which
    count for them.
    """
    found = [comparable(outcome["result"].get("diff") or []) for outcome in run.outcomes]
    diffs = [diff for given in found for diff in (given if isinstance(given, list) else [given])]
    return [(diff["before"], diff["after"]) for diff in diffs if diff["before"] != diff["after"]]
