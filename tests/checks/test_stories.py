# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens around an environment between two runs, or during one, is put right by the next, and nothing is done
that nobody needs.
"""

from __future__ import annotations

import re

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET

NAME = "sales-app"
SECRETS = {"PG_PASSWORD": "password", "S3_KEY": "key"}
OTHER_SPICEPOD = {**SPICEPOD, "datasets": [{"from": "s3://bucket/orders/", "name": "orders"}]}
OAUTH = {"SPICE_CLOUD_PAT": None, "SPICE_CLOUD_CLIENT_ID": CLIENT_ID, "SPICE_CLOUD_CLIENT_SECRET": CLIENT_SECRET}
STANDING = {"mode": "manual", "queued_seconds": 10, "in_progress_seconds": 10}
DIE = {"name": "Die", "ansible.builtin.fail": {"msg": "The power went off"}}


def app(**options):
    return {
        "name": "App",
        "spiceai.cloud.spice_app": {"name": NAME, "tags": {"env": "prod"}, "spicepod": SPICEPOD, **options},
    }


def secrets(values=None, **options):
    return {
        "name": "Secrets",
        "spiceai.cloud.spice_secrets": {
            "app": NAME,
            "secrets": values or SECRETS,
            "fingerprint_key": "some key",
            **options,
        },
    }


def deployment(**options):
    return {
        "name": "Deployment",
        "spiceai.cloud.spice_deployment": {"app": NAME, "poll_interval": 0.2, "wait_timeout": 120, **options},
    }


def environment(values=None):
    return [app(), secrets(values), deployment()]


def changed(run):
    """list[str]: the tasks that changed something."""
    return [outcome["task"] for outcome in run.outcomes if outcome["result"]["changed"]]


def deployments(cloud):
    return cloud.apps()[NAME]["deployments"]


def runs(cloud):
    """dict: what the newest deployment took: ``config`` and ``secrets``."""
    return deployments(cloud)[-1]["took"]


@pytest.fixture
def deployed(cloud, play):
    """The simulator with the environment, deployed, and a log that begins after it."""
    cloud.clock(**AT_ONCE)
    assert changed(play(environment()).ok()) == ["App", "Secrets", "Deployment"]
    assert changed(play(environment()).ok()) == []
    cloud.forget()
    return cloud


def test_what_died_before_its_deployment_is_deployed_by_the_next_run(deployed, play):
    new = {**SECRETS, "S3_KEY": "new key"}
    died = play([app(), secrets(new), DIE, deployment()])
    assert died.rc != 0
    assert changed(died) == ["Secrets"]
    assert len(deployments(deployed)) == 1

    assert changed(play(environment(new)).ok()) == ["Deployment"]
    assert runs(deployed)["secrets"] == new
    assert changed(play(environment(new)).ok()) == []
    assert len(deployments(deployed)) == 2


def test_a_secret_whose_fingerprint_was_not_kept_is_written_once_more(deployed, play):
    new = {**SECRETS, "S3_KEY": "new key"}
    deployed.fault("status_before", "PUT", "/v1/apps/")
    died = play([secrets(new, retries=0), deployment()])
    assert died.rc != 0
    assert "fingerprints could not be kept" in died["Secrets"]["msg"]

    run = play(environment(new)).ok()
    assert run["Secrets"]["outcomes"] == {"PG_PASSWORD": "unchanged", "S3_KEY": "updated"}
    assert changed(run) == ["Secrets", "Deployment"]
    assert runs(deployed)["secrets"] == new
    assert changed(play(environment(new)).ok()) == []


def test_a_change_in_the_portal_is_deployed(deployed, play):
    deployed.seed(apps=[{"name": NAME, "spicepod": OTHER_SPICEPOD}])
    run = play([deployment()]).ok()
    assert changed(run) == ["Deployment"]
    assert runs(deployed)["config"]["spicepod"] == OTHER_SPICEPOD
    assert changed(play([deployment()]).ok()) == []


def test_a_change_in_the_portal_is_put_back_and_the_diff_says_so(deployed, play):
    deployed.seed(apps=[{"name": NAME, "spicepod": OTHER_SPICEPOD}])
    run = play(environment(), args=["--diff"]).ok()
    # What is put back is what still runs: nothing has to be deployed.
    assert changed(run) == ["App"]
    assert run["App"]["changed_fields"] == ["spicepod"]
    assert "-  - from: s3://bucket/orders/" in run.output
    assert "+  - from: postgres:public.orders" in run.output
    assert len(deployments(deployed)) == 1
    assert deployed.apps()[NAME]["spicepod"] == SPICEPOD

    # Had somebody deployed it, it would be deployed anew.
    deployed.seed(apps=[{"name": NAME, "spicepod": OTHER_SPICEPOD}])
    assert changed(play([deployment()]).ok()) == ["Deployment"]
    assert changed(play(environment()).ok()) == ["App", "Deployment"]
    assert runs(deployed)["config"]["spicepod"] == SPICEPOD


def test_a_secret_that_somebody_else_wrote_is_put_back(deployed, play):
    deployed.seed(secrets={NAME: {"S3_KEY": "of somebody else"}})
    run = play(environment(), args=["--diff"]).ok()
    assert changed(run) == ["Secrets", "Deployment"]
    assert run["Secrets"]["outcomes"] == {"PG_PASSWORD": "unchanged", "S3_KEY": "updated"}
    assert runs(deployed)["secrets"] == SECRETS
    assert changed(play(environment()).ok()) == []


def test_a_purge_of_tags_keeps_the_fingerprints(deployed, play):
    run = play([app(tags={"team": "sales"}, purge_tags=True), secrets(), deployment()]).ok()
    assert changed(run) == ["App"]
    tags = deployed.apps()[NAME]["tags"]
    assert {tag for tag in tags if not tag.startswith("ansible.secret/")} == {"team"}
    assert len(tags) == 1 + len(SECRETS)


def test_tags_that_another_writer_adds_meanwhile_stay(deployed, play):
    deployed.fault("delay", "POST", "/secrets$", seconds=3, when="before")
    run = play.start([secrets({**SECRETS, "S3_KEY": "new key"})])
    deployed.until(1, run, method="POST", path="/secrets$")
    # The task has read the tags, and its write is on the way.
    deployed.seed(
        apps=[
            {
                "name": NAME,
                "tags": {**deployed.apps()[NAME]["tags"], "ansible.secret/OTHER": "of-another", "team": "sales"},
            }
        ]
    )
    assert not deployed.log(method="PUT")

    run.wait().ok()
    tags = deployed.apps()[NAME]["tags"]
    assert (tags["ansible.secret/OTHER"], tags["team"], tags["env"]) == ("of-another", "sales", "prod")
    assert changed(play([secrets({**SECRETS, "S3_KEY": "new key"})]).ok()) == []


@pytest.mark.parametrize("dummy", range(3))
def test_two_plays_at_once(dummy, cloud, play):
    cloud.clock(queued_seconds=1.5, in_progress_seconds=0.3)
    values = [{f"OF_{name}_{number}": name for number in range(4)} for name in ("ONE", "TWO")]
    plays = [[app(), secrets(one), deployment()] for one in values]
    for run in [play.start(tasks) for tasks in plays]:
        run.wait().ok()

    everything = {**values[0], **values[1]}
    assert list(cloud.apps()) == [NAME]
    assert {secret["name"]: secret["value"] for secret in cloud.apps()[NAME]["secrets"]} == everything
    stamps = [re.search(r"\[spice:(\w+)\]$", one["commit_message"]).group(1) for one in deployments(cloud)]
    assert len(set(stamps)) == len(stamps), "one stamp was deployed twice"

    # A tag can get lost between the two requests of a PUT that follows a GET; then its secret is written once more, and
    # that is all.
    both = plays[0] + plays[1]
    play(both).ok()
    assert runs(cloud)["secrets"] == everything
    assert changed(play(both).ok()) == []


def test_a_deployment_that_a_newer_one_supersedes_is_followed(cloud, play):
    cloud.seed(apps=[{"name": NAME, "spicepod": SPICEPOD}])
    cloud.clock(**STANDING)
    first = play.start([deployment()])
    first.until("deployment 5001 queued")
    cloud.advance(10)
    first.until("deployment 5001 in_progress")
    cloud.seed(apps=[{"name": NAME, "spicepod": OTHER_SPICEPOD}])
    second = play.start([deployment()])
    for run in (second, first):
        run.until("deployment 5002 queued")
    cloud.advance(20)

    for run in (first, second):
        assert run.wait().ok()["Deployment"]["deployment"]["id"] == 5002
        assert run["Deployment"]["deployment"]["status"] == "succeeded"
    assert first["Deployment"]["warnings"] == [
        "Deployment 5001 was superseded by 5002, which was made from another config."
    ]
    assert second.warnings() == []
    assert [one["status"] for one in deployments(cloud)] == ["created", "succeeded"]


def test_two_tasks_that_want_the_same_deployment_share_it(cloud, play):
    cloud.seed(apps=[{"name": NAME, "spicepod": SPICEPOD}])
    cloud.clock(**STANDING)
    both = [play.start([deployment()])]
    both[0].until("deployment 5001 queued")
    both.append(play.start([deployment()]))
    both[1].until("deployment 5001 queued")
    cloud.advance(20)
    assert [run.wait().ok()["Deployment"]["changed"] for run in both] == [True, False]
    assert len(deployments(cloud)) == 1


def test_a_token_is_renewed_before_it_expires_in_a_long_wait(cloud, play):
    cloud.seed(apps=[{"name": NAME, "spicepod": SPICEPOD}])
    cloud.clock(queued_seconds=0.5, in_progress_seconds=3)
    cloud.settings(token_lifetime_seconds=2)
    assert changed(play([deployment()], env=OAUTH).ok()) == ["Deployment"]
    assert len(cloud.requests(path="/oauth/token")) >= 2
    assert {request["status"] for request in cloud.requests()} <= {200, 201, 202}, "an expired token was sent"


def test_a_token_that_is_refused_in_a_long_wait_is_renewed(cloud, play):
    cloud.seed(apps=[{"name": NAME, "spicepod": SPICEPOD}])
    cloud.clock(**STANDING)
    run = play.start([deployment()], env=OAUTH)
    run.until("deployment 5001 queued")
    cloud.advance(4000)  # tokens of the simulator last for an hour
    assert run.wait().ok()["Deployment"]["deployment"]["status"] == "succeeded"
    assert [request["status"] for request in cloud.requests()].count(401) == 1
    assert len(cloud.requests(path="/oauth/token")) == 2


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_while_it_waits(terminal, cloud, play):
    cloud.seed(apps=[{"name": NAME, "spicepod": SPICEPOD}])
    cloud.clock(**STANDING)
    cloud.outcomes({"healable_code": "insufficient_cpu"})
    run = play.start([deployment()], terminal=terminal)
    run.until(f"app {NAME}: deployment 5001 queued, 0 s of at most 120 s")
    cloud.advance(10)
    run.until("deployment 5001 in_progress, ")
    run.until("waits for room (insufficient_cpu)")
    cloud.advance(10)
    assert run.wait().ok()["Deployment"]["deployment"]["status"] == "succeeded"
    # Once for each state, not for each look.
    assert len(re.findall("spice_deployment . app .*: deployment ", run.output)) == 2
