# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `fleet`: the plan, the canary, batches, the gate, the report, and the same command again."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE

SPICEPOD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "shop",
    "datasets": [{"from": "postgres:public.orders", "name": "orders"}],
}
OLD, NEW = "2.0.3", "2.1.0"
LOOK = "Look at the app"
FAILED = {"status": "failed", "error_message": "it does not start", "error_code": "unable_to_start"}
GOOD = {"status": "succeeded"}


def names(first, last):
    """list[str]: of apps, in the order of the alphabet."""
    return [f"shop-{number:02}" for number in range(first, last + 1)]


class Fleet:
    """Runs the playbook for apps of the cloud, each a host of the inventory.

    One app after the other is started, so that the outcomes of deployments belong to known apps.
    """

    def __init__(self, play, cloud, folder):
        self._play = play
        self._cloud = cloud
        self._folder = folder
        self.hosts = {}

    def seed(self, count, **more):
        """Apps that run the old image, and the hosts that name them."""
        apps = [
            {"name": name, "region": "us-east-1", "spicepod": SPICEPOD, "image_tag": OLD, "deployed": True, **more}
            for name in names(1, count)
        ]
        self._cloud.seed(apps=apps)
        self.hosts.update({name: {"spice_app_name": name} for name in names(1, count)})
        self._cloud.forget()

    def start(self, *args, env=None, change=NEW, **variables):
        """The Run, which has to be waited for."""
        given = {
            "fleet_canary_soak": 0,
            "fleet_deployments_at_once": 1,
            "fleet_report_dest": str(self._folder),
            **({"fleet_change": {"image_tag": change}} if change else {}),
            **variables,
        }
        return self._play.start_playbook("spiceai.cloud.fleet", ["-e", json.dumps(given), *args], env, self.hosts)

    def __call__(self, *args, **variables):
        return self.start(*args, **variables).wait()

    def report(self):
        """dict: the report of the last run."""
        return json.loads((self._folder / "report.json").read_text())

    def results(self):
        """dict[str, str]: what became of each app in the last run."""
        return {app["name"]: app["result"] for app in self.report()["apps"]}

    def versions(self):
        """dict[str, str]: what each app runs."""
        return {name: app["deployments"][-1]["image_tag"] for name, app in sorted(self._cloud.apps().items())}

    def written(self):
        """set[str]: the apps that were written to since the log was emptied."""
        by_id = {str(app["id"]): name for name, app in self._cloud.apps().items()}
        return {by_id[request["path"].split("/")[3]] for request in self._cloud.requests(writes=True)}


@pytest.fixture
def fleet(play, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    return Fleet(play, cloud, tmp_path / "report")


def reason(fleet, name):
    return next(app["reason"] for app in fleet.report()["apps"] if app["name"] == name)


@pytest.mark.both_cores
def test_one_of_twelve_fails_and_the_same_command_again_upgrades_the_rest(fleet, cloud):
    fleet.seed(12)
    cloud.outcomes(GOOD, GOOD, FAILED)
    run = fleet()
    assert run.rc == 2, run.output
    expected = {**dict.fromkeys(names(1, 6), "changed"), "shop-03": "rolled_back"}
    assert fleet.results() == {**expected, **dict.fromkeys(names(7, 12), "not_reached")}
    assert fleet.versions() == {
        **dict.fromkeys(names(1, 6), NEW),
        "shop-03": OLD,
        **dict.fromkeys(names(7, 12), OLD),
    }
    assert cloud.apps()["shop-03"]["image_tag"] == OLD
    assert fleet.written() == set(names(1, 6))
    assert "it does not start" in reason(fleet, "shop-03")
    assert "still asks for the change" in reason(fleet, "shop-03")
    table = " ".join(run["Report"]["table"])
    assert "stopped" in table
    assert "at most 0 may fail" in table
    assert [batch["name"] for batch in fleet.report()["batches"]] == ["canary", "2"]
    recap = run.recap()
    assert {host for host, counts in recap.items() if counts["failed"]} == {"localhost", "shop-03"}
    before = {name: len(app["deployments"]) for name, app in cloud.apps().items()}

    cloud.forget()
    run = fleet().ok()
    todo = {"shop-03", *names(7, 12)}
    assert fleet.results() == {name: "changed" if name in todo else "unchanged" for name in names(1, 12)}
    assert fleet.written() == todo
    assert set(fleet.versions().values()) == {NEW}
    deployed = {name: len(app["deployments"]) - before[name] for name, app in cloud.apps().items()}
    assert deployed == {name: int(name in todo) for name in names(1, 12)}

    cloud.forget()
    run = fleet().ok()
    assert cloud.log(writes=True) == []
    assert set(fleet.results().values()) == {"unchanged"}
    tasks = Counter(outcome["host"] for outcome in run.outcomes if outcome["host"] != "localhost")
    assert tasks == dict.fromkeys(names(1, 12), 1)
    assert "changed=0" in run.output


def test_a_plan_takes_one_task_and_at_most_four_requests_an_app(fleet, cloud):
    fleet.seed(20)
    run = fleet("--check", fleet_fail_on_drift=True)
    assert run.rc == 2
    assert "20 apps that would change" in run.output
    assert set(fleet.results().values()) == {"would_change"}
    tasks = Counter(outcome["host"] for outcome in run.outcomes if outcome["host"] != "localhost")
    assert tasks == dict.fromkeys(names(1, 20), 1)
    requests = Counter(request["path"].split("/")[3] for request in cloud.requests(path=r"/v1/apps/\d+"))
    assert set(requests.values()) == {4}
    assert len(cloud.requests()) <= 4 * 20 + 2  # the list of apps and the role, once in the run
    assert cloud.log(writes=True) == []
    for words in ("20 to do", "canary: shop-01", "batches: 8 (5, 2, 2, 2, 2, 2, 2, 2)", "at most 0 in the whole run"):
        assert words in run.output
    assert all(len(json.dumps(result)) < 2000 for result in run.of(LOOK))
    # A plan with a limit has no localhost, and is no failure without being asked.
    run = fleet("--check", "--limit", "shop-07,shop-08").ok()
    assert set(fleet.results()) == {"shop-07", "shop-08"}


def test_so_many_apps_may_fail_and_one_more_stops_the_run(fleet, cloud):
    fleet.seed(8)
    # The rollbacks of batch 2 come before the deployments of batch 3.
    cloud.outcomes(GOOD, FAILED, GOOD, GOOD, FAILED, GOOD, GOOD)
    run = fleet(fleet_serial=[1, 2], fleet_max_failures=1)
    assert run.rc == 2
    assert fleet.results() == {
        "shop-01": "changed",
        "shop-02": "rolled_back",
        "shop-03": "changed",
        "shop-04": "rolled_back",
        "shop-05": "changed",
        **dict.fromkeys(names(6, 8), "not_reached"),
    }
    assert fleet.written() == set(names(1, 5))
    assert "2 apps failed (shop-02, shop-04), and at most 1 may fail" in fleet.report()["reason"]


def test_a_canary_that_fails_stops_whatever_may_fail(fleet, cloud):
    fleet.seed(4)
    cloud.outcomes(GOOD, FAILED)
    run = fleet(fleet_canary="shop-03,shop-04", fleet_max_failures="50%")
    assert run.rc == 2
    assert fleet.results() == {
        "shop-01": "not_reached",
        "shop-02": "not_reached",
        "shop-03": "changed",
        "shop-04": "rolled_back",
    }
    assert fleet.written() == {"shop-03", "shop-04"}
    assert fleet.report()["reason"] == "the canary shop-04 failed"
    # On the next run the canary that is done is verified as well, and written to no more.
    cloud.forget()
    run = fleet(fleet_canary="shop-03,shop-04", fleet_max_failures="50%").ok()
    assert "shop-03" not in fleet.written()
    assert cloud.log(path="/runtime/1003/")


def test_a_batch_that_fails_whole_is_reported(fleet, cloud):
    fleet.seed(4)
    cloud.outcomes(GOOD, FAILED, FAILED)
    env = {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
    run = fleet(fleet_serial=[1, 2], fleet_rollback="none", awx_job_id=77, env=env)
    assert run.rc == 2
    assert fleet.results() == {
        "shop-01": "changed",
        "shop-02": "failed",
        "shop-03": "failed",
        "shop-04": "not_reached",
    }
    assert fleet.report()["batches"][1]["failed"] == 2
    assert fleet.report()["run"] == "77"
    assert "fleet_report_77" in run.output
    assert cloud.apps()["shop-02"]["image_tag"] == NEW
    assert {host for host, counts in run.recap().items() if counts["failed"]} == {"localhost", "shop-02", "shop-03"}


def test_a_rollback_that_fails_stops_whatever_may_fail(fleet, cloud):
    fleet.seed(4)
    cloud.outcomes(GOOD, FAILED, GOOD, FAILED)
    run = fleet(fleet_serial=[1, 2], fleet_max_failures=3)
    assert run.rc == 2
    assert fleet.results() == {
        "shop-01": "changed",
        "shop-02": "rollback_failed",
        "shop-03": "changed",
        "shop-04": "not_reached",
    }
    assert fleet.report()["reason"] == "the rollback of shop-02 failed"
    assert "The rollback failed too" in reason(fleet, "shop-02")


def test_a_gate_that_refuses_stops_the_run(fleet, cloud, tmp_path):
    fleet.seed(3)
    gate = tmp_path / "gate.yml"
    gate.write_text(
        json.dumps(
            [
                {
                    "name": "Ask the calendar",
                    "ansible.builtin.assert": {
                        "that": ["fleet_batch.name != '2'"],
                        "fail_msg": "no change on Fridays, {{ fleet_batch.hosts | join(' ') }}",
                    },
                    "tags": ["calendar"],
                }
            ]
        )
    )
    # With a limit there is no localhost, so the first host stands for the run.
    run = fleet("--tags", "something", "--limit", "shop-*", fleet_serial=[1, 1], fleet_gate_tasks=str(gate))
    assert run.rc == 2
    assert fleet.results() == {"shop-01": "changed", "shop-02": "changed", "shop-03": "not_reached"}
    assert fleet.report()["reason"] == "Ask the calendar: no change on Fridays, shop-02"
    assert [host for host, counts in run.recap().items() if counts["failed"]] == ["shop-01"]


def test_the_whole_batch_is_put_back_where_a_task_of_the_user_fails(fleet, cloud, tmp_path):
    fleet.seed(4)
    verify = tmp_path / "verify.yml"
    verify.write_text(
        json.dumps(
            [
                {
                    "name": "Ask the shop",
                    "ansible.builtin.assert": {"that": ["fleet_app.app != 'shop-03'"], "fail_msg": "it sells nothing"},
                }
            ]
        )
    )
    run = fleet(fleet_serial=[1, 2], fleet_rollback="batch", fleet_verify_tasks=str(verify))
    assert run.rc == 2
    assert fleet.results() == {
        "shop-01": "changed",
        "shop-02": "rolled_back",
        "shop-03": "rolled_back",
        "shop-04": "not_reached",
    }
    assert fleet.versions() == {"shop-01": NEW, "shop-02": OLD, "shop-03": OLD, "shop-04": OLD}
    assert reason(fleet, "shop-03").startswith("Ask the shop: it sells nothing. Deployment")


def test_an_app_that_does_not_stay_healthy_is_rolled_back(fleet, cloud):
    fleet.seed(2)
    run = fleet.start(fleet_canary_soak=3)
    run.until("must stay healthy")
    cloud.seed(dataset_errors={"orders": "no access"})
    run.wait()
    assert run.rc == 2
    assert fleet.results() == {"shop-01": "rolled_back", "shop-02": "not_reached"}
    assert "no access" in reason(fleet, "shop-01")


def test_the_run_pauses_when_its_time_is_over(fleet, cloud):
    fleet.seed(3)
    cloud.outcomes({"in_progress_seconds": 7})
    fleet(fleet_until=6, fleet_serial=[1]).ok()
    assert fleet.report()["state"] == "paused"
    assert fleet.results()["shop-01"] == "changed"
    assert fleet.results()["shop-03"] == "not_reached"
    cloud.forget()
    fleet().ok()
    assert set(fleet.versions().values()) == {NEW}
    assert "shop-01" not in fleet.written()


def test_apps_that_are_held(fleet, cloud):
    fleet.seed(5)
    cloud.seed(
        apps=[
            {"name": "shop-02", "region": "us-east-1", "tags": {"fleet-hold": "ticket-7"}},
            {"name": "shop-03", "region": "us-east-1", "image_tag": "1.11.2"},
            {"name": "shop-04", "region": "us-east-1", "image_tag": NEW},  # as if a run had died before it deployed
        ]
    )
    fleet(fleet_hold="shop-01", fleet_only_from={"image_tag": OLD}).ok()
    assert fleet.results() == {
        "shop-01": "held",
        "shop-02": "held",
        "shop-03": "held",
        "shop-04": "changed",
        "shop-05": "changed",
    }
    assert reason(fleet, "shop-02") == "the tag `fleet-hold` is ticket-7"
    assert reason(fleet, "shop-03") == f"image_tag is 1.11.2, not {OLD}"
    assert fleet.written() == {"shop-04", "shop-05"}


def test_an_app_that_was_broken_before_does_not_count(fleet, cloud):
    fleet.seed(4)
    cloud.seed(
        apps=[{"name": "shop-02", "region": "us-east-1", "deployments": [{"status": "failed", "image_tag": OLD}]}]
    )
    cloud.outcomes(GOOD, FAILED)
    run = fleet(fleet_serial=[1, 2])
    assert run.rc == 2
    assert fleet.results() == {"shop-02": "failed", **dict.fromkeys(["shop-01", "shop-03", "shop-04"], "changed")}
    assert "It was not healthy before" in reason(fleet, "shop-02")
    assert fleet.report()["state"] == "finished"


@pytest.mark.parametrize(
    ("args", "variables", "words"),
    [
        ([], {"fleet_hosts": "nowhere"}, ["`fleet_hosts` nowhere matches no host"]),
        (["--limit", "shop-02"], {"fleet_hosts": "shop-01"}, ["matches no host with the limit shop-02"]),
        (
            [],
            {
                "fleet_max_failure": 1,
                "fleet_serial": ["many"],
                "fleet_change": {"image_tga": NEW},
                "fleet_until": "25:00",
            },
            [
                "did you mean `fleet_max_failures`?",
                "`fleet_serial` must hold sizes",
                "did you mean `image_tag`?",
                "`fleet_until` must be",
                "nothing was changed yet",
            ],
        ),
        (["--limit", "shop-0*"], {"fleet_canary": "shop-99"}, ["`fleet_canary` shop-99 matches no host"]),
        (["--check"], {"fleet_gate_tasks": "missing.yml"}, ["`fleet_gate_tasks` missing.yml is not there"]),
    ],
)
def test_variables_that_cannot_be_right(args, variables, words, fleet, cloud):
    fleet.seed(2)
    refused(fleet(*args, **variables), cloud, words)


def test_a_variable_of_the_run_at_one_host(fleet, cloud):
    fleet.seed(2)
    fleet.hosts["shop-02"].update(fleet_order="shuffle")
    refused(fleet(), cloud, ["`fleet_order` of host shop-02 is not that of the run"])


def refused(run, cloud, words):
    assert run.rc == 2
    told = " ".join(outcome["result"].get("msg", "") for outcome in run.outcomes if outcome["status"] == "failed")
    for word in words:
        assert word in told
    assert cloud.log(writes=True) == []
