# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `fleet` with apps that describe themselves: creation, secrets, tenants, and a run that died."""

from __future__ import annotations

import json
import stat

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

SPICEPOD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "shop",
    "datasets": [{"from": "postgres:public.orders", "name": "orders", "params": {"pg_pass": "${secrets:PG_PASSWORD}"}}],
}
FAILED = {"status": "failed", "error_message": "look at {{ 1 / 0 }}", "error_code": "unable_to_start"}
GOOD = {"status": "succeeded"}
VALUE = "a value that nobody shows"
GLOBEX = "sim-pat-globex"


def described(name, **app):
    """dict: the variables of a host."""
    return {
        "environment_app": {"name": name, "region": "us-east-1", "spicepod": SPICEPOD, "replicas": 2, **app},
        "environment_secrets": {"PG_PASSWORD": VALUE},
        "environment_fingerprint_key": "key of the fingerprints",
    }


def existing(name, **more):
    """dict: the seed of an app that runs with one replica."""
    return {"name": name, "region": "us-east-1", "spicepod": SPICEPOD, "replicas": 1, "deployed": True, **more}


@pytest.fixture
def fleet(play, cloud, tmp_path):
    """Starts the playbook for hosts with their variables; gives the Run and, where it ended, its report."""
    cloud.clock(**AT_ONCE)

    def start(hosts, *args, **variables):
        given = {
            "fleet_canary_soak": 0,
            "fleet_deployments_at_once": 1,
            "fleet_report_dest": str(tmp_path / "report"),
            **variables,
        }
        return play.start_playbook("spiceai.cloud.fleet", ["-e", json.dumps(given), *args], hosts=hosts)

    def run(hosts, *args, **variables):
        done = start(hosts, *args, **variables).wait()
        return done, json.loads((tmp_path / "report/report.json").read_text())

    run.start = start
    return run


def results(report):
    return {app["name"]: app["result"] for app in report["apps"]}


def test_what_a_rolled_back_app_keeps(fleet, cloud, tmp_path):
    """A new app, one that is changed with a new secret and fails, a host that is no app, and the state before."""
    cloud.seed(apps=[existing("olds")])
    cloud.outcomes(GOOD, FAILED)
    hosts = {"host-1": described("news"), "host-2": described("olds"), "host-3": {"some": "variable"}}
    state = tmp_path / "state"
    run, report = fleet(hosts, "-vvvv", fleet_rollback="app", fleet_state_dir=str(state), fleet_hosts="host-*")
    assert run.rc == 2
    assert results(report) == {"host-1": "created", "host-2": "rolled_back"}
    assert "1 host without an app" in run.output
    why = next(app["reason"] for app in report["apps"] if app["name"] == "host-2")
    assert "look at {{ 1 / 0 }}" in why
    assert "secrets are not put back" in why
    app = cloud.apps()["olds"]
    assert app["replicas"] == 1
    assert app["deployments"][-1]["commit_message"].startswith("Rolled back by spiceai.cloud")
    assert [secret["name"] for secret in app["secrets"]] == ["PG_PASSWORD"]
    # Only what was there before is kept, for its owner alone.
    assert [path.name for path in state.iterdir()] == ["host-2.json"]
    assert stat.S_IMODE((state / "host-2.json").stat().st_mode) == 0o600
    kept = (state / "host-2.json").read_text()
    assert json.loads(kept)["previous"]["replicas"] == 1
    everything = kept + run.output + json.dumps(run.outcomes) + json.dumps(report)
    assert VALUE not in everything
    assert "key of the fingerprints" not in everything

    run, report = fleet(hosts, fleet_hosts="host-*")
    run.ok()
    assert results(report) == {"host-1": "unchanged", "host-2": "changed"}
    cloud.forget()
    run, report = fleet(hosts, fleet_hosts="host-*")
    assert "changed=0" in run.ok().output
    assert cloud.log(writes=True) == []


def test_tenants_of_one_run(fleet, cloud):
    """Two organizations have an app of the same name, and each has members of its own, once."""
    cloud.seed(apps=[existing("shop")])
    cloud.seed(org="globex", apps=[existing("shop"), existing("store")])
    acme = {"fleet_org": "acme", "fleet_members": [{"username": "erin"}]}
    globex = {"fleet_api_token": GLOBEX, "fleet_members": [{"username": "carol", "roles": ["viewer"]}]}
    hosts = {
        "acme-shop": {"environment_app": {"name": "shop", "replicas": 3}, **acme},
        "globex-shop": {"environment_app": {"name": "shop", "replicas": 4}, **globex},
        "globex-store": {"environment_app": {"name": "store", "replicas": 4}, **globex},
    }
    run, report = fleet(hosts)
    run.ok()
    assert set(results(report).values()) == {"changed"}
    replicas = {
        (app["name"], app["org"]): app["replicas"] for app in cloud.state()["apps"] if app["name"] in ("shop", "store")
    }
    assert sorted(replicas.values()) == [3, 4, 4]
    assert cloud.members()["erin"] == ["member"]
    assert cloud.members("globex")["carol"] == ["viewer"]
    assert len(run.of("Bring the members to their state")) == 2
    assert GLOBEX not in run.output
    assert OWNER not in run.output


def test_a_plan_tells_that_members_would_change(fleet, cloud):
    """One organization whose apps are right, and whose members are not."""
    cloud.seed(apps=[existing("shop"), existing("store")])
    apps = {name: {"environment_app": {"name": name}, "fleet_org": "acme"} for name in ("shop", "store")}
    fleet(apps)[0].ok()
    hosts = {name: {**app, "fleet_members": [{"username": "erin"}]} for name, app in apps.items()}
    cloud.forget()

    fleet(hosts, "--check")[0].ok()
    run, report = fleet(hosts, "--check", fleet_fail_on_drift=True)
    assert run.rc == 2
    assert set(results(report).values()) == {"unchanged"}
    assert "found 1 member that would change (erin)" in run.output
    assert cloud.log(writes=True) == []

    fleet(hosts)[0].ok()
    fleet(hosts, "--check", fleet_fail_on_drift=True)[0].ok()


@pytest.mark.parametrize("members", [{}, {"fleet_members": [{"username": "erin"}]}], ids=["apps", "members"])
def test_one_playbook_imports_that_of_the_fleet_twice(members, fleet, play, cloud, tmp_path):
    """What the first run leaves behind as variables is no mistake of the user in the second one."""
    cloud.seed(apps=[existing("shop")])
    playbook = tmp_path / "twice.yml"
    names = ("fleet_report", "fleet", "fleet_report", "fleet")
    playbook.write_text("".join(f"- import_playbook: spiceai.cloud.{name}\n" for name in names))
    given = {"fleet_canary_soak": 0, "fleet_report_dest": str(tmp_path / "report")}
    hosts = {"shop": {"environment_app": {"name": "shop"}, **members}}
    play.start_playbook(str(playbook), ["-e", json.dumps(given)], hosts=hosts).wait().ok()
    assert results(json.loads((tmp_path / "report/report.json").read_text())) == {"shop": "unchanged"}
    assert len(cloud.apps()["shop"]["deployments"]) == 2


def test_a_plan_that_fails_keeps_all_from_being_changed(fleet, cloud):
    cloud.seed(apps=[existing("shop"), existing("store")])
    cloud.forget()
    hosts = {"shop": described("shop"), "store": described("store", regoin="x"), "third": described("third")}
    hosts["third"]["environment_secrets"] = {"A": "{{ not_there }}"}
    run, report = fleet(hosts)
    assert run.rc == 2
    assert results(report) == {"shop": "not_reached", "store": "failed", "third": "failed"}
    assert "the plan of 2 apps failed" in report["reason"]
    assert "did you mean `region`?" in run.output
    assert cloud.log(writes=True) == []


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/secrets$"), ("PUT", r"/v1/apps/\d+$"), ("POST", "/deployments$")]
)
def test_a_run_that_is_killed_is_finished_by_the_same_command(method, path, fleet, cloud, tmp_path):
    cloud.seed(apps=[existing("shop"), existing("store")])
    cloud.forget()
    hosts = {"shop": described("shop"), "store": described("store")}
    state = str(tmp_path / "state")
    cloud.fault("delay", method, path, seconds=60, when="after")
    run = fleet.start(hosts, fleet_state_dir=state)
    cloud.until(1, run, method=method, path=path)
    run.kill()
    cloud.end_faults()
    run, report = fleet(hosts, fleet_state_dir=state)
    run.ok()
    assert set(results(report).values()) <= {"changed", "unchanged"}
    assert {app["replicas"] for app in cloud.apps().values()} == {2}
    for app in cloud.apps().values():
        assert len(app["deployments"]) == 2
        assert [secret["name"] for secret in app["secrets"]] == ["PG_PASSWORD"]
    cloud.forget()
    fleet(hosts, fleet_state_dir=state)[0].ok()
    assert cloud.log(writes=True) == []


def test_an_app_that_a_killed_run_left_halfway_is_still_rolled_back(fleet, cloud, tmp_path):
    cloud.seed(apps=[existing("shop")])
    hosts = {"shop": described("shop")}
    state = str(tmp_path / "state")
    cloud.fault("delay", "POST", "/deployments$", seconds=60, when="before")
    run = fleet.start(hosts, fleet_state_dir=state)
    cloud.until(1, run, method="POST", path="/deployments$")
    run.kill()
    cloud.end_faults()
    cloud.outcomes(FAILED)
    run, report = fleet(hosts, fleet_state_dir=state, fleet_rollback="app")
    assert run.rc == 2
    assert results(report) == {"shop": "rolled_back"}
    assert cloud.apps()["shop"]["replicas"] == 1


@pytest.mark.both_cores
def test_the_tasks_of_the_role_do_nothing_out_of_their_turn(play, cloud):
    cloud.seed(apps=[existing("shop")])
    cloud.forget()
    tasks = [
        {"name": f"Step {step}", "spiceai.cloud.spice_fleet_app": {"step": step}, "ignore_errors": True}
        for step in ("look", "start", "finish", "settle", "undo", "verdict")
    ]
    tasks.append({"name": "Batch", "ansible.builtin.include_role": {"name": "spiceai.cloud.fleet"}})
    run = play(tasks, hosts={"shop": {"environment_app": {"name": "shop", "replicas": 3}}}, ignore_errors=True)
    assert "No fleet run has begun" in run["Step start"]["msg"]
    assert cloud.log(writes=True) == []
