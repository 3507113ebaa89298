# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime side of apps as a playbook meets it: what is served, what is not, and what stands in between."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.leaks import seen
from ansible_collections.spiceai.cloud.tests.checks.plays import Player
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

# The ids are 1001 and so on; of those after the first two the runtime is in trouble.
NAMES = ("healthy", "idle-app", "broken-app", "half-answer", "web-page", "resetting", "refusing", "hidden-page")
FAULTS = [
    {"kind": "truncated", "path": "/runtime/1004/v1/datasets", "times": 1},
    {"kind": "html", "path": "/runtime/1005/", "status": 200, "times": 0},
    {"kind": "reset_before", "path": "/runtime/1006/", "times": 2},
    {
        "kind": "status_before",
        "path": "/runtime/1007/v1/ready",
        "status": 401,
        "body": "Unauthorized",
        "content_type": "text/plain",
        "times": 1,
    },
    {"kind": "html", "path": "/runtime/1008/v1/sql", "status": 502, "times": 0},
]


def info(name, app_id, **options):
    return {
        "name": name,
        "spiceai.cloud.spice_runtime_info": {"app_id": app_id, "poll_interval": 0.2, **options},
        "ignore_errors": True,
    }


def query(name, app_id, text="SELECT count(*) AS n FROM orders", **options):
    return {
        "name": name,
        "spiceai.cloud.spice_sql_query": {"app_id": app_id, "query": text, **options},
        "ignore_errors": True,
    }


@pytest.fixture(scope="module")
def trouble(simulator, tmp_path_factory):
    """(Run, list of what it found of the keys): apps in all kinds of trouble, at -vvvv."""
    simulator.reset(
        apps=[
            {
                "name": name,
                "spicepod": SPICEPOD,
                "api_key_2": f"second|{name}|0123456789abcdef",
                "deployed": name != "idle-app",
                "dataset_errors": {"orders": "Table not found"} if name == "broken-app" else {},
            }
            for name in NAMES
        ]
    )
    for fault in FAULTS:
        simulator.fault(**fault)
    play = Player(tmp_path_factory.mktemp("trouble"), simulator.address, OWNER)
    run = play(
        [
            info("Healthy", 1001, wait=True),
            info("Healthy again", 1001),
            info("Idle", 1002),
            info("Idle, waiting", 1002, wait=True, wait_timeout=1),
            info("Broken, waiting", 1003, wait=True),
            info("Half an answer", 1004, wait=True),
            info("A web page", 1005, retries=0),
            info("A web page, waiting", 1005, wait=True, wait_timeout=1),
            info("Reset", 1006, wait=True),
            info("Refused at first", 1007, wait=True),
            query("A gateway", 1008, retries=0),
            query("A gateway, writing", 1008, "DELETE FROM orders", read_only=False),
            query("Sold out", 1001, expect=0),
        ],
        args=["-vvvv", "--diff"],
    ).ok()
    assert simulator.unfired() == []
    keys = [app[slot] for app in simulator.apps().values() for slot in ("api_key", "api_key_2")]
    assert len(keys) == 2 * len(NAMES)
    assert all(keys)
    return run, seen(run, play.home, keys)


def test_no_key_is_shown(trouble):
    assert trouble[1] == []


@pytest.mark.parametrize("name", ["Healthy", "Half an answer", "Reset", "Refused at first"])
def test_what_passes_ends_well(name, trouble):
    result = trouble[0][name]
    assert not result["failed"]
    assert result["runtime"]["ready"]
    assert [part["status"] for part in result["runtime"]["datasets"]] == ["Ready"]


def test_a_healthy_app_costs_its_finding_and_three_requests(trouble):
    assert trouble[0]["Healthy again"]["api"] == {
        "requests": 1 + 3,
        "writes": 0,
        "retries": 0,
        "throttled": 0,
        "paced_seconds": 0,
    }


def test_not_deployed_is_not_ready(trouble):
    idle = trouble[0]["Idle"]
    assert not idle["failed"]
    assert (idle["runtime"]["ready"], idle["runtime"]["datasets"]) == (False, [])


# Words of the message.
FAILURES = {
    "Idle, waiting": [
        "App idle-app does not serve what it should after 1 seconds: dataset orders is not there yet",
        "spiceai.cloud.spice_deployment",
    ],
    "Broken, waiting": ["App broken-app does not serve what it should: dataset orders is in Error: Table not found."],
    "A web page": ["a web page instead of JSON", "check the `endpoint` of app web-page"],
    "A web page, waiting": ["App web-page does not serve what it should after 1 seconds", "a web page instead of JSON"],
    "A gateway": ["refused POST /runtime/1008/v1/sql (502: a web page instead of JSON", "run the task again later"],
    "A gateway, writing": ["It is not known whether the statement was carried out", "before you run it again"],
    "Sold out": ['The rows of app healthy are not those of `expect`: expected 0, found [{"n": 3}]'],
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_a_failure_says(name, trouble):
    result = trouble[0][name]
    assert result["failed"]
    assert "failure" in result
    assert [word for word in FAILURES[name] if word not in result["msg"]] == [], result["msg"]


def test_a_lost_statement_is_sent_once(trouble):
    assert trouble[0]["A gateway, writing"]["api"]["writes"] == 1
    assert trouble[0]["A gateway, writing"]["changed"]


def test_a_new_key_and_the_one_that_it_replaced(cloud, play):
    cloud.reset(apps=[{"name": "sales-app", "spicepod": SPICEPOD, "deployed": True}])
    cloud.clock(**AT_ONCE)
    former = cloud.apps()["sales-app"]["api_key"]
    # The keys as a proxy still has them: the rotation has happened, the answer is older.
    cloud.fault(
        "status_before", "GET", "/api-keys$", skip=1, times=0, status=200, body={"api_key": former, "api_key_2": None}
    )
    run = play(
        [
            {
                "name": "Rotate",
                "spiceai.cloud.spice_api_key": {"app_id": 1001, "key_number": 1, "state": "regenerated"},
            },
            info("Former", 1001),
            info("Former, waiting", 1001, wait=True, wait_timeout=1),
        ]
    ).ok()
    assert run["Former"]["msg"].startswith("The runtime at ")
    assert "does not accept this API key (401: Unauthorized); a new key" in run["Former"]["msg"]
    assert "after 1 seconds: The runtime at " in run["Former, waiting"]["msg"]
    assert "(401: Unauthorized)" in run["Former, waiting"]["msg"]
    cloud.end_faults()
    assert play([info("New", 1001, wait=True)]).ok()["New"]["runtime"]["ready"]
