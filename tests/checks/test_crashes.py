# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever breaks in between, a run or the next one ends with one app, finished, and nothing done twice."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET

WANTED = {
    "name": "sales-app",
    "description": "Orders",
    "tags": {"env": "prod"},
    "replicas": 3,
    "production_branch": "main",
}
POST, PUT, LIST = r"^/v1/apps$", r"^/v1/apps/\d+$", r"^/v1/apps$"
OAUTH = {"SPICE_CLOUD_PAT": None, "SPICE_CLOUD_CLIENT_ID": CLIENT_ID, "SPICE_CLOUD_CLIENT_SECRET": CLIENT_SECRET}

# Trouble that one run gets over by itself: the faults, and the writes that it may take.
TROUBLES = {
    "POST, reset before": ([("reset_before", "POST", POST, {})], ["POST", "POST", "PUT"]),
    "POST, reset after": ([("reset_after", "POST", POST, {})], ["POST", "PUT"]),
    "POST, 500 before": ([("status_before", "POST", POST, {})], ["POST", "POST", "PUT"]),
    "POST, 500 after": ([("status_after", "POST", POST, {})], ["POST", "PUT"]),
    "POST, 502 in HTML": ([("html", "POST", POST, {})], ["POST", "POST", "PUT"]),
    "POST, half an answer": ([("truncated", "POST", POST, {})], ["POST", "PUT"]),
    "POST, 429": ([("rate_limit", "POST", POST, {"retry_after": 0})], ["POST", "POST", "PUT"]),
    "POST, 429 until a date": ([("rate_limit", "POST", POST, {"retry_after": "date:0"})], ["POST", "POST", "PUT"]),
    "POST, 503 with Retry-After": (
        [("status_before", "POST", POST, {"status": 503, "headers": {"Retry-After": "0"}})],
        ["POST", "POST", "PUT"],
    ),
    "PUT, reset before": ([("reset_before", "PUT", PUT, {})], ["POST", "PUT", "PUT"]),
    "PUT, reset after": ([("reset_after", "PUT", PUT, {})], ["POST", "PUT", "PUT"]),
    "PUT, 500 after": ([("status_after", "PUT", PUT, {})], ["POST", "PUT", "PUT"]),
    "PUT, 408": ([("status_before", "PUT", PUT, {"status": 408})], ["POST", "PUT", "PUT"]),
    "PUT, half an answer": ([("truncated", "PUT", PUT, {})], ["POST", "PUT", "PUT"]),
    "list, reset": ([("reset_before", "GET", LIST, {})], ["POST", "PUT"]),
    "list, half an answer": ([("truncated", "GET", LIST, {})], ["POST", "PUT"]),
    "everything once": (
        [
            ("reset_after", "POST", POST, {}),
            ("status_after", "PUT", PUT, {}),
            ("status_before", "GET", LIST, {"status": 503}),
            ("reset_before", "GET", "", {}),
        ],
        ["POST", "PUT", "PUT"],
    ),
}


def app(**options):
    return [{"name": "App", "spiceai.cloud.spice_app": {**WANTED, **options}}]


def finished(cloud):
    """bool: there is one app, as it is wanted (``apps`` itself makes sure that it is not there twice)."""
    apps = cloud.apps()
    return list(apps) == ["sales-app"] and all(apps["sales-app"][key] == value for key, value in WANTED.items())


@pytest.mark.parametrize("trouble", TROUBLES)
def test_one_run_gets_over_it(trouble, play, cloud):
    faults, writes = TROUBLES[trouble]
    for kind, method, path, more in faults:
        cloud.fault(kind, method, path, **more)
    run = play(app()).ok()
    assert cloud.unfired() == []
    assert [request["method"] for request in cloud.requests(writes=True)] == writes
    assert finished(cloud)
    assert run["App"]["changed"]
    assert run["App"]["changed_fields"]
    assert run["App"]["deployment_required"]
    assert run["App"]["api"]["writes"] == len(writes)


def holds(play, cloud):
    """The same task again changes nothing."""
    cloud.end_faults()
    cloud.forget()
    assert play(app()).ok()["App"]["changed"] is False
    assert cloud.log(writes=True) == []


def test_a_run_that_died_between_post_and_put_is_finished_by_the_next(play, cloud):
    cloud.fault("status_before", "PUT", PUT, times=0)
    died = play(app(retries=1))
    assert died.rc != 0
    assert died["App"]["failed"]
    assert died["App"]["changed"]
    assert "app sales-app" in died["App"]["msg"]
    assert "was created, but without" in died["App"]["msg"]
    cloud.end_faults()
    cloud.forget()
    done = play(app()).ok()
    assert [request["method"] for request in cloud.requests(writes=True)] == ["PUT"]
    assert done["App"]["changed"]
    assert finished(cloud)
    holds(play, cloud)


@pytest.mark.parametrize("lost", ["reset_after", "status_after"])
def test_the_answer_to_the_post_is_lost_and_no_repeat_is_allowed(lost, play, cloud):
    cloud.fault(lost, "POST", POST)
    run = play(app(retries=0))
    # It is resolved by reading, which is no repeat.
    assert run.ok()["App"]["changed"]
    assert finished(cloud)
    assert [request["method"] for request in cloud.requests(writes=True)] == ["POST", "PUT"]


@pytest.mark.parametrize("lost", ["reset_before", "reset_after"])
@pytest.mark.parametrize("delay", [1, 2])
def test_the_list_shows_a_new_app_late(delay, lost, play, cloud):
    cloud.settings(list_delay_reads=delay)
    cloud.fault(lost, "POST", POST)
    play(app()).ok()
    assert finished(cloud)
    # A second POST may be sent, and is answered with 409: the name is taken by what the first one made.
    assert [request["status"] for request in cloud.requests(method="POST")].count(201) <= 1
    assert play(app()).ok()["App"]["changed"] is False
    assert finished(cloud)


def test_a_second_run_before_the_list_shows_the_app(play, cloud):
    cloud.settings(list_delay_reads=2)
    play(app()).ok()
    assert play(app()).ok()["App"]["changed"] is False
    assert finished(cloud)


def test_two_plays_create_the_same_app_at_the_same_time(play, cloud):
    cloud.settings(latency_ms=100)
    # Both see an empty list before one of them creates: the first POST is held back.
    cloud.fault("delay", "POST", POST, seconds=2, times=1)
    runs = [play.start(app()), play.start(app())]
    for run in runs:
        run.wait().ok()
    assert finished(cloud)
    assert sorted(request["status"] for request in cloud.requests(method="POST")) == [201, 409]
    assert any(run["App"]["changed"] for run in runs)
    cloud.settings(latency_ms=0)
    holds(play, cloud)


@pytest.mark.parametrize("way", MAIN_MODES)
def test_two_hosts_create_the_same_app_at_the_same_time(way, play, cloud):
    cloud.settings(latency_ms=50)
    run = play(app(), way=way, hosts={name: {} for name in ("one", "two", "three")}).ok()
    assert finished(cloud)
    assert len(run.of("App")) == 3
    assert [request["status"] for request in cloud.requests(method="POST")].count(201) == 1


def test_deletion_is_repeated_and_what_is_gone_is_gone(play, cloud):
    cloud.seed(apps=[{"name": "sales-app"}, {"name": "other-app"}])
    cloud.fault("reset_after", "DELETE")
    tasks = [{"name": "Delete", "spiceai.cloud.spice_app": {"name": "sales-app", "state": "absent"}}]
    assert play(tasks).ok()["Delete"]["changed"] is True
    assert list(cloud.apps()) == ["other-app"]
    assert cloud.unfired() == []
    assert play(tasks).ok()["Delete"]["changed"] is False


def test_an_access_token_that_expires_in_the_middle_is_renewed(play, cloud):
    cloud.fault("expire_token", "POST", POST)
    run = play(app(), env=OAUTH).ok()
    assert cloud.unfired() == []
    assert finished(cloud)
    assert len(cloud.requests(path="/oauth/token")) == 2
    assert [request["status"] for request in cloud.requests(method="POST", path="^/v1/")] == [401, 201]
    assert run["App"]["changed"]


def test_an_access_token_is_renewed_before_its_end(play, cloud):
    # Between two tasks; half a lifetime counts as its end where it is short.
    cloud.settings(token_lifetime_seconds=2)
    wait = {"name": "Wait", "ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.pipe', 'sleep 1.2') }}"}}
    play([*app(), wait, *app()], env=OAUTH).ok()
    assert len(cloud.requests(path="/oauth/token")) == 2
    assert not any(request["status"] == 401 for request in cloud.requests())


def test_a_token_endpoint_in_trouble(play, cloud):
    cloud.fault("reset_after", "POST", "/oauth/token$")
    cloud.fault("rate_limit", "POST", "/oauth/token$", retry_after=0)
    cloud.fault("html", "POST", "/oauth/token$", status=503)
    play(app(), env=OAUTH).ok()
    assert cloud.unfired() == []
    assert finished(cloud)


@pytest.mark.parametrize("retry_after", [1, "date:2"])
def test_retry_after_is_waited_for(retry_after, play, cloud):
    cloud.fault("rate_limit", "GET", LIST, retry_after=retry_after)
    play(app()).ok()
    refused, repeated = cloud.requests(path=LIST, method="GET")[:2]
    assert (refused["status"], repeated["status"]) == (429, 200)
    assert seconds(repeated) - seconds(refused) >= 0.9
    assert finished(cloud)


def seconds(request):
    """float: when a request came, within its hour."""
    dummy, minutes, rest = request["at"].split(":")
    return int(minutes) * 60 + float(rest.rstrip("Z"))


def test_many_hosts_under_a_rate_limit_all_end_well(play, cloud):
    hosts = {f"app-{number:03d}": {} for number in range(12)}
    cloud.settings(rate_limit={"requests": 10, "per_seconds": 1})
    tasks = [{"name": "App", "spiceai.cloud.spice_app": {"name": "{{ inventory_hostname }}", "replicas": 2}}]
    run = play(tasks, args=["--forks", "6"], hosts=hosts).ok()
    assert set(cloud.apps()) == set(hosts)
    assert all(found["replicas"] == 2 for found in cloud.apps().values())
    assert [request["status"] for request in cloud.requests(method="POST")].count(201) == 12
    assert (
        sum(result["api"]["retries"] for result in run.of("App"))
        == len([request for request in cloud.requests() if request["status"] == 429])
        > 0
    )
