# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keywords of a play decide whether a role plans or works, and never more.

None of them steps over a proof, and none makes a plan write.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import read
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SALES, SPICEPOD

NAME = SALES["name"]


class Role(NamedTuple):
    """A role in the matrix.

    seed: the seed of the simulator. variables: of a run that has something to write.
    proof: the variables without which the role deletes and revokes nothing; empty where it never does.
    planned, done: words that the output has after a plan, and after the work.
    """

    seed: dict[str, Any]
    variables: dict[str, Any]
    planned: str = ""
    done: str = ""
    proof: dict[str, Any] = {}


IN_USE = {**SALES, "api_key_2": "second|0123456789abcdef", "secrets": {"OLD": "kept"}, "deployed": True}

# A role that writes gets a row here; the cells come by themselves.
ROLES = {
    "environment": Role(
        seed={"apps": [IN_USE]},
        variables={
            "environment_app": {"name": NAME, "description": "Changed", "replicas": 2},
            "environment_secrets": {"PG_PASSWORD": "hidden value"},
            "environment_members": [{"username": "erin", "roles": ["viewer"]}],
        },
    ),
    "teardown": Role(
        seed={"apps": [IN_USE]},
        variables={"teardown_app": NAME},
        proof={"teardown_confirm": NAME},
        planned=f"app {NAME}: would be deleted",
        done=f"app {NAME}: deleted",
    ),
}


class Keywords(NamedTuple):
    """Keywords, where they stand, and what they mean.

    play, block, role: the keywords there. how: the way the role is called. args: of the command line.
    plans: whether the role runs in check mode. runs: whether it gets to its work at all.
    ignores: whether the run goes on after a failure.
    """

    play: dict[str, Any] = {}
    block: dict[str, Any] = {}
    role: dict[str, Any] = {}
    how: str = "import_role"
    args: tuple[str, ...] = ()
    plans: bool = False
    runs: bool = True
    ignores: bool = False


def everywhere(name, keywords, **meaning):
    """dict[str, Keywords]: the same keywords at the play, at a block, and at the role in both ways of calling it."""
    return {
        f"{name}, play": Keywords(play=keywords, **meaning),
        f"{name}, block": Keywords(block=keywords, **meaning),
        f"{name}, import_role": Keywords(role=keywords, **meaning),
        f"{name}, include_role": Keywords(role=keywords, how="include_role", **meaning),
    }


SKIPPED = {"args": ("--skip-tags", "mine"), "runs": False}
MATRIX = {
    "no keyword": Keywords(),
    "--check": Keywords(args=("--check",), plans=True),
    **everywhere("ignore_errors", {"ignore_errors": True}, ignores=True),
    **everywhere("check_mode: true", {"check_mode": True}, plans=True),
    "check_mode: true in ignore_errors": Keywords(
        play={"ignore_errors": True}, role={"check_mode": True}, plans=True, ignores=True
    ),
    **everywhere("check_mode: false and --check", {"check_mode": False}, args=("--check",)),
    **everywhere("--skip-tags", {"tags": ["mine"]}, **SKIPPED),
}


@pytest.fixture
def run(play, cloud):
    """Runs a role under keywords, with the proof or without, and gives the Run. What there was is in ``before``."""

    def go(name, keywords, proven):
        role = ROLES[name]
        cloud.reset(**role.seed)
        cloud.clock(**AT_ONCE)
        called = {"name": f"spiceai.cloud.{name}"}
        task = {"name": "Role", f"ansible.builtin.{keywords.how}": called}
        if keywords.how == "include_role":
            called["apply"] = keywords.role  # keywords beside it would be those of the inclusion alone
        else:
            task.update(keywords.role)
        variables = {**role.variables, **(role.proof if proven else {})}
        block = {"name": "Block", "block": [task], **keywords.block}
        go.before = possessions(cloud)
        return play([block], args=keywords.args, vars=variables, **keywords.play)

    return go


def possessions(cloud):
    """set: what a deletion or a revocation would take away."""
    owned = {("member", name) for name in cloud.members()}
    for name, app in cloud.apps().items():
        owned |= {("app", name, app["id"]), ("key", app["api_key"]), ("key", app["api_key_2"])}
        owned |= {("secret", name, secret["name"]) for secret in app["secrets"]}
        owned |= {("deployment", name, deployment["id"]) for deployment in app["deployments"]}
    return owned


# Each role without its proof and with it; one that needs none only so.
CASES = [
    pytest.param(name, proven, id=f"{name}-{'proven' if proven else 'unproven'}")
    for name, role in ROLES.items()
    for proven in ((False, True) if role.proof else (True,))
]


@pytest.mark.both_cores
@pytest.mark.parametrize("words", MATRIX)
@pytest.mark.parametrize(("name", "proven"), CASES)
def test_a_role_does_what_its_keywords_mean(name, proven, words, run, cloud):
    role, keywords = ROLES[name], MATRIX[words]
    done = run(name, keywords, proven)
    works = keywords.runs and not keywords.plans and proven
    kept, written = run.before <= possessions(cloud), cloud.log(writes=True)
    assert written if works else written == [], done.output
    # Only what takes something away asks for a proof.
    assert kept == (not works or not role.proof), done.output
    refuses = keywords.runs and not keywords.plans and not proven
    assert (done.rc != 0) == (refuses and not keywords.ignores), done.output
    if role.done:
        assert (role.done in done.output) == works, done.output
        assert (role.planned in done.output) == (keywords.runs and keywords.plans), done.output


def tasks_of(name):
    """list[str]: the names of a role's tasks at which a run can be made to start."""
    return [task["name"] for task in read(f"roles/{name}/tasks/main.yml")]


@pytest.mark.both_cores
@pytest.mark.parametrize("check", [False, True], ids=["work", "plan"])
@pytest.mark.parametrize(("name", "task"), [(name, task) for name in ROLES for task in tasks_of(name)])
def test_a_role_that_starts_in_its_middle(name, task, check, run, cloud):
    args = ("--start-at-task", f"spiceai.cloud.{name} : {task}", *(["--check"] if check else []))
    done = run(name, Keywords(args=args), proven=False)
    assert any(outcome["task"].endswith(task) for outcome in done.outcomes), done.output
    assert run.before <= possessions(cloud), done.output
    assert not (check or ROLES[name].proof) or cloud.log(writes=True) == [], done.output
    assert not ROLES[name].done or ROLES[name].done not in done.output or cloud.log(writes=True), done.output


# What may go wrong before a role's own work, and is ignored there.
IGNORED = {
    "an unreachable machine": {"ignore_unreachable": True, "connection": "late"},
    "a look that is refused": {"ignore_errors": True, "fault": {"status": 403, "body": {"error": "no"}}},
    "a look that fails": {"ignore_errors": True, "fault": {"status": 501, "body": {"error": "broken"}}},
}


@pytest.mark.parametrize("check", [False, True], ids=["work", "plan"])
@pytest.mark.parametrize("trouble", IGNORED)
@pytest.mark.parametrize(("name", "proven"), CASES)
def test_a_trouble_that_is_ignored_is_no_proof(name, proven, trouble, check, run, cloud, monkeypatch):
    keywords = dict(IGNORED[trouble])
    fault = keywords.pop("fault", None)
    if fault:
        # The first look of the run, whatever it is after.
        seed = cloud.reset

        def reset(**contents):
            seed(**contents)
            cloud.fault("status_before", "GET", "^/v1/", **fault)

        monkeypatch.setattr(cloud, "reset", reset)
    done = run(name, Keywords(play=keywords, args=("--check",) if check else ()), proven)
    statuses = {outcome["status"] for outcome in done.outcomes}
    assert ("unreachable" if "connection" in keywords else "failed") in statuses, done.output
    assert cloud.unfired() == [], done.output
    written = cloud.log(writes=True)
    assert run.before <= possessions(cloud) or (proven and not check), done.output
    assert not (check or (ROLES[name].proof and not proven)) or written == [], done.output
    assert not ROLES[name].done or ROLES[name].done not in done.output or written, done.output


@pytest.mark.both_cores
def test_an_environment_that_is_planned_from_nothing_says_so(play, cloud):
    """Whatever it is that asks for the plan: nothing was created, and no word says so."""
    variables = {
        "environment_app": {"name": NAME, "spicepod": SPICEPOD},
        "environment_secrets": {"PG_PASSWORD": "hidden value"},
    }
    tasks = [
        {"name": "Role", "ansible.builtin.import_role": {"name": "spiceai.cloud.environment"}},
        {"name": "Report", "spiceai.cloud.spice_environment_report": {}},
    ]
    plan = play(tasks, check_mode=True, vars=variables).ok()
    assert "would create the app with region" in " ".join(plan.output.split())
    assert "would be new" in plan.output
    assert cloud.log(writes=True) == []
    assert plan["Report"]["summaries"][NAME]["planned"] is True
    cloud.clock(**AT_ONCE)
    done = play(tasks, check_mode=False, args=["--check"], vars=variables).ok()
    assert cloud.apps()[NAME]["deployments"]
    assert "would be" not in done.output
    assert "succeeded (new)" in done.output
    assert done["Report"]["summaries"][NAME]["planned"] is False
