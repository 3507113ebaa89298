# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment play dies at each of its requests in turn: the next run always ends in the state that an undisturbed
one leaves.
"""

from __future__ import annotations

import time

import pytest
from ansible_collections.spiceai.cloud.tests.checks.plays import Player
from ansible_collections.spiceai.cloud.tests.checks.results import comparable
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET, OWNER

ENVIRONMENT = {
    "environment_app": {
        "name": "sales-app",
        "region": "us-east-1",
        "tags": {"env": "test"},
        "replicas": 2,
        "spicepod": SPICEPOD,
    },
    "environment_secrets": {"PG_PASSWORD": "a value"},
    "environment_fingerprint_key": "key of the fingerprints",
    "environment_members": [{"username": "erin"}],
    "environment_verify": {"timeout": 3},
}
OAUTH = {"SPICE_CLOUD_PAT": None, "SPICE_CLOUD_CLIENT_ID": CLIENT_ID, "SPICE_CLOUD_CLIENT_SECRET": CLIENT_SECRET}
# Every write, with those of its kind that come before it.
WRITES = [
    ("POST", "/v1/apps$", 0),
    ("POST", "/secrets$", 0),
    ("PUT", r"/v1/apps/\d+$", 0),
    ("POST", "/deployments$", 0),
    ("POST", "/v1/members$", 0),
]


def bring(play, retries=0):
    """Starts the role; without repeats of a request a network that is gone ends it at once."""
    tasks = [{"name": "Role", "ansible.builtin.include_role": {"name": "spiceai.cloud.environment"}}]
    return play.start(
        tasks, env=OAUTH, vars=ENVIRONMENT, module_defaults={"group/spiceai.cloud.spice": {"retries": retries}}
    )


def fresh(simulator):
    simulator.reset()
    simulator.clock(**AT_ONCE)


def left(simulator):
    """What is there, without moments and keys made by chance."""
    return comparable({"apps": simulator.apps(), "members": simulator.members()})


def without_deployments(state):
    of_deployments = {"deployments": None, "running_deployment_id": None}
    return {**state, "apps": {name: {**app, **of_deployments} for name, app in state["apps"].items()}}


@pytest.fixture(scope="module")
def undisturbed(simulator, tmp_path_factory):
    """(how many requests a whole run has sent before its first write and after each of them, what it leaves)."""
    fresh(simulator)
    bring(Player(tmp_path_factory.mktemp("undisturbed"), simulator.address, OWNER)).wait().ok()
    assert [request["method"] for request in simulator.requests(writes=True)] == [
        method for method, dummy, dummy in WRITES
    ]
    sent, writes = simulator.requests(), simulator.requests(writes=True)
    return [0, *(sent.index(write) + 1 for write in writes[:-1])], left(simulator)


def test_the_network_is_gone_from_one_request_on(undisturbed, play, cloud):
    numbers, wanted = undisturbed
    wrong = {}
    # Reads change nothing, so what is left depends on the writes before alone.
    for number in numbers:
        fresh(cloud)
        cloud.fault("reset_before", times=0, skip=number)
        died = bring(play).wait()
        cloud.end_faults()
        done = bring(play).wait()
        if died.rc == 0 or done.rc != 0 or left(cloud) != wanted:
            wrong[number] = (died.rc, done.output if done.rc else left(cloud))
    assert wrong == {}


@pytest.mark.parametrize(("method", "path", "earlier"), WRITES)
def test_the_play_is_killed_right_after_a_write(method, path, earlier, undisturbed, play, cloud):
    fresh(cloud)
    cloud.fault("delay", method, path, seconds=60, when="after", skip=earlier)
    run = bring(play)
    cloud.until(earlier + 1, run, method=method, path=path)
    # It has arrived, so it takes effect; its answer is held back.
    run.kill()
    cloud.end_faults()
    bring(play, retries=5).wait().ok()
    assert left(cloud) == undisturbed[1]


def test_two_runs_at_the_same_moment_make_one_app(undisturbed, cloud, tmp_path):
    for number in range(3):
        fresh(cloud)
        # The API refuses a second deployment only while the first one is in the queue. There it stays until both wait.
        cloud.clock(mode="manual", queued_seconds=10)
        players = [Player(tmp_path / f"{number}-{name}", cloud.address, OWNER) for name in "ab"]
        for player in players:
            player.folder.mkdir()
        runs = [bring(player, retries=5) for player in players]
        for run in runs:
            run.until("deployment 5001 queued")
        deadline = time.monotonic() + 120
        while any(run.running() for run in runs):
            assert time.monotonic() < deadline
            cloud.advance(10)
            time.sleep(0.1)  # the runs look again after seconds
        for run in runs:
            run.wait().ok()
        # Whoever finds the secret there does not write it. One that is written again may be newer than the deployment.
        written = [request for request in cloud.requests(method="POST", path="/secrets$") if request["status"] == 200]
        (app,) = cloud.apps().values()
        assert len(app["deployments"]) == len(written) <= len(runs)
        assert app["running_deployment_id"] == app["deployments"][-1]["id"] == 5000 + len(written)
        assert without_deployments(left(cloud)) == without_deployments(undisturbed[1])
