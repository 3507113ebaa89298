# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments: when there is one, and how it is waited for."""

from __future__ import annotations

import copy
import json
import re

import pytest
import requests
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import (
    Provided,
    stamp_in,
    stamp_of,
)
from ansible_collections.spiceai.cloud.plugins.modules import spice_deployment, spice_deployment_info
from ansible_collections.spiceai.cloud.tests.unit.fakes import CLIENT_ID, CLIENT_SECRET

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
OTHER = "Somebody else [spice:0000000000000000]"


def reset():
    return requests.exceptions.ConnectionError("reset")


def timeout():
    return requests.exceptions.ReadTimeout("too late")


@pytest.fixture
def app(cloud):
    return cloud.add("sales", spicepod=POD, replicas=2, image_tag="2.0.0")


@pytest.fixture
def deploy(app, run):
    return lambda **options: run(spice_deployment.SPEC, app_id=1, **options)


@pytest.fixture
def refuse(app, fail):
    return lambda **options: fail(spice_deployment.SPEC, app_id=1, **options)


@pytest.fixture
def ours(cloud, deploy):
    """A commit message with the stamp of what is configured now."""
    stamp = deploy(check_mode=True)["stamp"]
    cloud.requests.clear()
    return f"Earlier [spice:{stamp}]"


@pytest.fixture
def course(cloud, clock):
    """What becomes of the newest deployment with each sleep: a status, a dict of fields, or a function."""

    def plan(*steps):
        def happen(step):
            if callable(step):
                step()
            else:
                cloud.deployments[1][-1].update({"status": step} if isinstance(step, str) else step)

        clock.meanwhile[:] = [lambda step=step: happen(step) for step in steps]

    return plan


def posts(cloud):
    return len(cloud.sent("POST"))


# -- the stamp --------------------------------------------------------------------------------------------------------

APP = {
    "id": 1,
    "name": "sales",
    "region": "us-east-1",
    "config": {
        "spicepod": {
            "version": "v1",
            "datasets": [{"from": "a", "name": "b"}, {"from": "c", "name": "d"}],
            "n": 1,
            "x": {"y": 1, "z": 2},
        },
        "replicas": 2,
        "image_tag": "2.0.0",
        "resources": {"limits": {"cpu": "2", "memory": "16Gi"}},
        "storage_size_gb": 10,
    },
}
SECRETS = [
    {"name": "A", "updated_at": "2026-10-01T12:00:00.000Z"},
    {"name": "B", "updated_at": "2026-10-02T12:00:00.000Z"},
]
GIVEN = Provided(SECRETS)


def changed(app, **config):
    app = copy.deepcopy(app)
    app["config"].update(config)
    return app


def test_stamp_form():
    assert re.fullmatch("[0-9a-f]{16}", stamp_of(APP, GIVEN, {}))
    assert re.fullmatch("[0-9a-f]{16}", stamp_of({}, Provided(), {}))


@pytest.mark.parametrize(
    "app",
    [
        dict(
            APP,
            description="new",
            tags={"a": "b"},
            visibility="public",
            production_branch="main",
            name="other",
            id=9,
            endpoint="x",
            created_at="y",
        ),
        changed(
            APP,
            spicepod={
                "x": {"z": 2, "y": 1},
                "n": 1,
                "datasets": [{"name": "b", "from": "a"}, {"name": "d", "from": "c"}],
                "version": "v1",
            },
        ),
        changed(APP, spicepod=dict(APP["config"]["spicepod"], n=1.0)),
        changed(APP, spicepod=dict(APP["config"]["spicepod"], version="v1\n")),
        changed(APP, image=None, registry="", executor={}, node_group=None, unknown="field"),
        changed(APP, storage_size_gb=10.0),
        changed(APP, storage_size_gb=None, storage_claim_size_gb=10),
        changed(APP, replicas=2.0),
        changed(APP, region="somewhere else than the app itself"),
    ],
)
def test_what_does_not_move_the_stamp(app):
    assert stamp_of(app, GIVEN, {}) == stamp_of(APP, GIVEN, {})


@pytest.mark.parametrize(
    "app",
    [
        dict(APP, region="us-west-2"),
        dict(APP, cluster_name="acme"),
        changed(APP, spicepod=dict(APP["config"]["spicepod"], n=2)),
        changed(APP, spicepod=dict(APP["config"]["spicepod"], n="1")),
        changed(
            APP,
            spicepod=dict(APP["config"]["spicepod"], datasets=list(reversed(APP["config"]["spicepod"]["datasets"]))),
        ),
        changed(APP, spicepod=None),
        # The runtime may refuse a key without a value, so that it goes needs a deployment.
        changed(APP, spicepod=dict(APP["config"]["spicepod"], nothing=None)),
        changed(APP, replicas=3),
        changed(APP, image_tag="2.0.1"),
        changed(APP, image_tag=None),
        changed(APP, image="x"),
        changed(APP, registry="x"),
        changed(APP, update_channel="nightly"),
        changed(APP, version="2.x"),
        changed(APP, resources={"limits": {"cpu": "4", "memory": "16Gi"}}),
        changed(APP, executor={"replicas": 1}),
        changed(APP, node_group="x"),
        changed(APP, storage_size_gb=11),
    ],
)
def test_what_moves_the_stamp(app):
    assert stamp_of(app, GIVEN, {}) != stamp_of(APP, GIVEN, {})


@pytest.mark.parametrize(
    ("secrets", "same"),
    [
        (list(reversed(SECRETS)), True),
        ([dict(secret, id=7, value="******", created_at="x") for secret in SECRETS], True),
        ([SECRETS[0]], False),
        ([], False),
        ([dict(SECRETS[0], name="a"), SECRETS[1]], False),
        ([dict(SECRETS[0], updated_at="2026-10-01T12:00:00.001Z"), SECRETS[1]], False),
    ],
)
def test_secrets_count_by_name_and_time(secrets, same):
    assert (stamp_of(APP, Provided(secrets), {}) == stamp_of(APP, GIVEN, {})) is same


def test_links_count_by_name_and_an_app_without_any_has_the_stamp_of_before_there_were_links():
    def stamp(*links):
        return stamp_of(APP, Provided(SECRETS, links), {})

    assert stamp() == stamp_of(APP, GIVEN, {}) == "7b78c9007abe2314"
    assert stamp("A") != stamp()
    assert stamp("A") != stamp("a")
    assert stamp("A", "B") == stamp("B", "A") != stamp("A")
    # One that hides a link is another thing than a secret of that name alone.
    assert len({stamp("A"), stamp("C"), stamp("A", "C"), stamp()}) == 4


@pytest.mark.parametrize("override", [{"image_tag": "x"}, {"channel": "nightly"}, {"replicas": 3}, {"debug": True}])
def test_overrides_move_the_stamp(deploy, override):
    assert deploy(check_mode=True, **override)["stamp"] != deploy(check_mode=True)["stamp"]
    assert deploy(check_mode=True, **override)["stamp"] == deploy(check_mode=True, **override)["stamp"]


@pytest.mark.parametrize(
    "more",
    [
        {"branch": "b"},
        {"commit_sha": "c"},
        {"commit_message": "m"},
        {"wait": False},
        {"wait_timeout": 9},
        {"poll_interval": 1},
        {"force": True},
    ],
)
def test_what_only_describes_does_not(deploy, more):
    assert deploy(check_mode=True, **more)["stamp"] == deploy(check_mode=True)["stamp"]


@pytest.mark.parametrize(
    ("message", "stamp"),
    [
        ("x [spice:0123456789abcdef]", "0123456789abcdef"),
        ("[spice:0123456789abcdef]", "0123456789abcdef"),
        ("a [spice:0000000000000000] b [spice:0123456789abcdef]", "0123456789abcdef"),
        ("x [spice:0123456789abcdef] y", None),
        ("x [spice:0123456789ABCDEF]", None),
        ("x [spice:0123456789abcde]", None),
        ("x", None),
        ("", None),
        (None, None),
    ],
)
def test_the_stamp_stands_at_the_end_of_the_message(message, stamp):
    assert stamp_in({"commit_message": message}) == stamp
    assert stamp_in({}) is None


# -- whether to deploy ------------------------------------------------------------------------------------------------


def test_the_first_deployment(cloud, deploy, course):
    course("in_progress", "succeeded")
    result = deploy(branch="main", commit_sha="abc", commit_message="Orders by region")
    assert result["changed"] is True
    assert cloud.writes() == [
        (
            "POST",
            "/v1/apps/1/deployments",
            {
                "branch": "main",
                "commit_sha": "abc",
                "commit_message": "Orders by region [spice:{}]".format(result["stamp"]),
            },
        )
    ]
    assert result["deployment"] == cloud.deployments[1][0]
    assert result["deployment"]["status"] == "succeeded"
    assert result["waited_seconds"] == 5.0
    again = deploy(branch="main", commit_sha="def", commit_message="something else")
    assert again["changed"] is False
    assert again["deployment"] == result["deployment"]
    assert again["stamp"] == result["stamp"]
    assert again["waited_seconds"] == 0.0


def test_the_overrides_are_sent(cloud, deploy, course):
    course("succeeded")
    result = deploy(image_tag="2.1.0", channel="nightly", replicas=3, debug=False)
    assert cloud.sent("POST") == [
        {
            "image_tag": "2.1.0",
            "channel": "nightly",
            "replicas": 3,
            "debug": False,
            "commit_message": "Deployed by spiceai.cloud [spice:{}]".format(result["stamp"]),
        }
    ]


def test_unchanged_costs_four_reads(cloud, deploy, ours):
    cloud.deploy("succeeded", commit_message=ours)
    result = deploy()
    first, *both, last = cloud.paths()
    assert (first, last) == ("/v1/apps/1", "/v1/apps/1/deployments")
    assert sorted(both) == ["/v1/apps/1/org-secrets", "/v1/apps/1/secrets"]  # at the same time
    assert result["api"] == {"requests": 4, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}
    assert result["changed"] is False


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("history", "deploys"),
    [
        ([], True),
        ([("succeeded", "ours")], False),
        ([("failed", "ours")], True),
        ([("succeeded", "other")], True),
        ([("failed", "other")], True),
        ([("succeeded", None)], True),
        ([("in_progress", "other")], True),
        ([("succeeded", "ours"), ("succeeded", "other")], True),
        ([("succeeded", "other"), ("succeeded", "ours")], False),
        ([("succeeded", "ours"), ("failed", "ours")], True),
        ([("failed", "ours"), ("succeeded", "ours")], False),
        # Superseded ones are passed over.
        ([("succeeded", "ours"), ("created", "other"), ("succeeded", "ours")], False),
        ([("created", "ours"), ("succeeded", "other")], True),
    ],
)
def test_whether_to_deploy(cloud, deploy, course, ours, history, deploys, check_mode):
    messages = {"ours": ours, "other": OTHER, None: None}
    for status, whose in history:
        cloud.deploy(status, commit_message=messages[whose])
    course("succeeded")
    result = deploy(check_mode=check_mode)
    assert result["changed"] is deploys
    assert posts(cloud) == (1 if deploys and not check_mode else 0)
    assert result["deployment"]["status"] == "succeeded"


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_one_with_the_same_stamp_that_is_on_its_way_is_waited_for(cloud, deploy, course, ours, status):
    made = cloud.deploy(status, commit_message=ours)
    course("in_progress", "succeeded")
    result = deploy()
    assert result["changed"] is False
    assert result["deployment"] == made
    assert result["waited_seconds"] == 5.0
    assert cloud.writes() == []


@pytest.mark.parametrize("options", [{"wait": False}, {"check_mode": True}])
@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_it_is_not_waited_for_unasked(cloud, deploy, clock, ours, status, options):
    cloud.deploy(status, commit_message=ours)
    result = deploy(**options)
    assert result["changed"] is False
    assert result["deployment"]["status"] == status
    assert clock.slept == []


def test_force(cloud, deploy, course, ours):
    cloud.deploy("succeeded", commit_message=ours)
    for number in range(2):
        course("succeeded")
        assert deploy(force=True)["changed"] is True
        assert posts(cloud) == number + 1


def test_a_changed_secret_deploys(cloud, deploy, course):
    cloud.add_secret("A", "1")
    course("succeeded")
    deploy()
    assert deploy()["changed"] is False
    cloud.add_secret("A", "2")
    course("succeeded")
    assert deploy()["changed"] is True
    del cloud.secrets[1]["A"]
    course("succeeded")
    assert deploy()["changed"] is True


def test_a_changed_config_deploys_and_a_description_does_not(cloud, app, deploy, course):
    course("succeeded")
    deploy()
    app.update(description="new", tags={"a": "b"}, visibility="public", production_branch="main")
    assert deploy()["changed"] is False
    app["config"]["replicas"] = 3
    course("succeeded")
    assert deploy()["changed"] is True


def test_one_that_another_superseded_last_of_all_is_followed(cloud, deploy, course, ours):
    # On an older server `created` is the first state of all.
    cloud.deploy("created", commit_message=ours)
    course("in_progress", "succeeded")
    assert deploy()["changed"] is False
    assert cloud.writes() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"replicas": 0}, "`replicas` must be from 1 to 10, not 0."),
        ({"replicas": 11}, "`replicas` must be from 1 to 10, not 11."),
        ({"wait_timeout": 0}, "`wait_timeout` must be more than 0 seconds, not 0."),
        ({"poll_interval": -1}, "`poll_interval` must be more than 0 seconds, not -1.0."),
    ],
)
def test_what_is_refused_before_the_first_request(cloud, refuse, options, words):
    assert refuse(**options)["msg"] == words
    assert cloud.requests == []


def test_a_refusal_of_the_server(cloud, refuse):
    cloud.fail("POST", "/v1/apps/1/deployments", (400, {"error": "Invalid spicepod", "code": "invalid_spicepod"}))
    result = refuse()
    assert result["failure"]["code"] == "invalid_spicepod"
    assert result["changed"] is False
    assert posts(cloud) == 1


# -- paused apps ------------------------------------------------------------------------------------------------------

PAUSED = "2026-11-02T08:30:00.000Z"


@pytest.mark.parametrize("since", [PAUSED, "2026-03-27T04:36:34.703161+00:00", 1793608200])
@pytest.mark.parametrize("options", [{}, {"wait": False}, {"force": True}, {"check_mode": True}])
@pytest.mark.parametrize("history", [[], ["succeeded"], ["failed"], ["in_progress"]])
def test_a_paused_app_fails_at_once(cloud, app, refuse, clock, since, options, history):
    for status in history:
        cloud.deploy(status)
    app["paused_at"] = since
    message = refuse(**options)["msg"]
    assert f"App sales has been paused since {since}" in message
    assert "`paused: false` of spiceai.cloud.spice_app resumes it" in message
    assert cloud.writes() == clock.slept == []


def test_an_app_without_a_word_about_pausing_is_deployed(cloud, app, deploy):
    del app["paused_at"]
    assert deploy(wait=False)["changed"] is True


@pytest.mark.parametrize("answer", [(400, "spicepod_paused"), (409, "project_paused")])
def test_an_app_that_is_paused_meanwhile_is_refused_once(cloud, refuse, clock, answer):
    status, code = answer
    cloud.fail("POST", "/v1/apps/1/deployments", *[(status, {"error": "The project is paused", "code": code})] * 9)
    result = refuse()
    assert result["failure"]["code"] == code
    assert "resume the app with `paused: false`" in result["msg"]
    assert posts(cloud) == 1
    assert clock.slept == []


@pytest.mark.parametrize("status", ["created", "in_progress"])
def test_an_app_that_is_paused_while_it_is_deployed(cloud, app, refuse, course, clock, status):
    course("in_progress", lambda: cloud.deployments[1][-1].update(status=status) or app.update(paused_at=PAUSED))
    result = refuse(wait_timeout=30)
    assert f"App sales has been paused since {PAUSED}" in result["msg"]
    assert result["deployment"]["status"] == status
    assert sum(clock.slept) <= (6 if status == "created" else 30)


def test_what_cannot_be_read_of_the_app_hides_no_timeout(cloud, refuse):
    cloud.fail("GET", "/v1/apps/1", (200, cloud.apps[1]), *[(403, {"error": "no"})] * 9)
    assert "Deployment 1 of app sales is still queued after 5 seconds" in refuse(wait_timeout=5)["msg"]


# -- waiting ----------------------------------------------------------------------------------------------------------


def test_without_waiting(cloud, deploy, clock):
    result = deploy(wait=False)
    assert result["changed"] is True
    assert result["deployment"]["status"] == "queued"
    assert clock.slept == []


def test_the_interval_grows_to_its_limit(deploy, course, clock):
    course(*["in_progress"] * 9, "succeeded")
    deploy()
    assert clock.slept == [2, 3, 4.5, 5, 5, 5, 5, 5, 5, 5]


def test_an_interval_beyond_the_limit_is_kept(deploy, course, clock):
    course("in_progress", "in_progress", "succeeded")
    deploy(poll_interval=30)
    assert clock.slept == [30, 30, 30]


def test_a_deployment_that_fails(cloud, refuse, course):
    course(
        "in_progress",
        {"status": "failed", "error_message": "Container did not start.", "error_code": "unable_to_start"},
    )
    result = refuse(org="acme")
    assert result["msg"] == (
        "Deployment 1 of app sales failed: Container did not start (unable_to_start). Nothing serves, because no "
        "deployment of the app has succeeded. Read the log of the app at https://spice.ai/acme/sales, correct the "
        "cause, and run the task again."
    )
    assert result["deployment"] == cloud.deployments[1][0]
    assert result["changed"] is True
    assert re.fullmatch("[0-9a-f]{16}", result["stamp"])
    assert result["waited_seconds"] == 5.0
    assert result["failure"].get("status") is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"error_message": "no room", "error_code": None}, "no room."),
        ({"error_message": None, "error": "older words"}, "older words."),
        ({"error": "older words", "error_message": "newer words"}, "newer words."),
        ({"error_message": None, "error_code": "internal_error"}, "no reason given (internal_error)."),
        ({}, "no reason given."),
    ],
)
def test_the_reason_of_a_failure(refuse, course, fields, words):
    course(dict(fields, status="failed"))
    assert refuse()["msg"].startswith(f"Deployment 1 of app sales failed: {words} Nothing serves, ")


@pytest.mark.parametrize(
    ("former", "words"),
    [
        ([("succeeded", {"image_tag": "2.0.3"})], "Deployment 1 (image_tag 2.0.3) still serves."),
        ([("succeeded", {"image_tag": None})], "Deployment 1 still serves."),
        ([("succeeded", {}), ("failed", {}), ("created", {})], "Deployment 1 (image_tag 2.0.0) still serves."),
        ([("succeeded", {}), ("succeeded", {})], "Deployment 2 (image_tag 2.0.0) still serves."),
        ([("failed", {}), ("created", {})], "Nothing serves, because no deployment of the app has succeeded."),
    ],
)
def test_a_failure_says_what_still_serves(cloud, refuse, course, former, words):
    for status, fields in former:
        cloud.deploy(status, commit_message=OTHER, **fields)
    course({"status": "failed", "error_message": "no"})
    assert f"failed: no. {words} " in refuse()["msg"]


def test_what_still_serves_is_left_out_where_it_cannot_be_read(cloud, refuse, course):
    def break_list():
        cloud.deployments[1][-1].update(status="failed", error_message="no")
        cloud.fail("GET", "/v1/apps/1/deployments", *[(403, {"error": "no longer"})] * 9)

    course(break_list)
    assert refuse(org="acme")["msg"] == (
        "Deployment 1 of app sales failed: no. Read the log of the app at https://spice.ai/acme/sales, correct the "
        "cause, and run the task again."
    )


@pytest.mark.parametrize(
    ("organizations", "where"),
    [
        (["acme-corp"], " at https://spice.ai/acme-corp/sales"),
        (["acme", "other"], " in the portal"),
        (None, " in the portal"),
    ],
)
def test_the_portal_link_needs_the_organization(cloud, refuse, course, organizations, where):
    answer = (403, {"error": "no"})
    if organizations is not None:
        answer = (200, {"orgs": [{"id": 1, "name": name, "role": "owner"} for name in organizations]})
    cloud.fail("GET", "/v1/orgs", answer)
    course("failed")
    assert f"Read the log of the app{where}, correct" in refuse()["msg"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("pod_exceeds_node_capacity", "Ask for less in `resources`, because no machine is that large, and run"),
        ("internal_error", "The fault is on the server's side: run the task again later"),
        ("new_code_of_tomorrow", "Read the log of the app"),
    ],
)
def test_the_next_step_depends_on_the_code(refuse, course, code, words):
    course({"status": "failed", "error_code": code, "error_message": "no"})
    assert words in refuse()["msg"]


# -- retry_failed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"wait": False}, {"check_mode": True}])
def test_a_failed_one_of_ours_is_a_failure_where_it_is_not_to_be_retried(cloud, refuse, ours, options):
    cloud.deploy("failed", commit_message=ours, error_code="unable_to_start", error_message="no start")
    result = refuse(retry_failed=False, **options)
    assert "Deployment 1 of app sales failed: no start (unable_to_start). " in result["msg"]
    assert "`retry_failed` is false" in result["msg"]
    assert result["deployment"]["id"] == 1
    assert result["changed"] is False
    assert cloud.writes() == []


def test_nor_is_one_that_fails_while_it_is_waited_for(cloud, refuse, course, ours):
    cloud.deploy("in_progress", commit_message=ours)
    course("in_progress", {"status": "failed", "error_message": "no start"})
    assert "Deployment 1 of app sales failed: no start. " in refuse(retry_failed=False)["msg"]
    assert cloud.writes() == []


def test_nor_is_one_of_the_same_stamp_that_is_met_while_deploying(cloud, refuse, ours):
    cloud.fail("POST", "/v1/apps/1/deployments", (409, {"error": "queued"}))
    cloud.hooks.append(
        lambda method, path, body: cloud.deploy("failed", commit_message=ours) and None if method == "POST" else None
    )
    assert "Deployment 1 of app sales failed" in refuse(retry_failed=False)["msg"]
    assert posts(cloud) == 1


@pytest.mark.parametrize("more", [{"force": True}, {"replicas": 3}])
def test_what_is_another_deployment_is_made_all_the_same(cloud, deploy, course, ours, more):
    cloud.deploy("failed", commit_message=ours)
    course("succeeded")
    assert deploy(retry_failed=False, **more)["deployment"]["id"] == 2


def test_a_failed_one_of_somebody_else_is_no_failure_of_ours(cloud, deploy, course):
    cloud.deploy("failed", commit_message=OTHER)
    course("succeeded")
    assert deploy(retry_failed=False)["deployment"]["id"] == 2


def test_start_in_one_task_and_wait_in_a_second(cloud, deploy, refuse, course):
    deploy(wait=False, retry_failed=False)
    course("in_progress", {"status": "failed", "error_message": "no start"})
    assert "failed: no start. " in refuse(retry_failed=False)["msg"]
    assert posts(cloud) == 1


def test_ours_that_fails_is_not_tried_again_in_the_same_task(cloud, refuse, course):
    course("failed", "succeeded")
    refuse()
    assert posts(cloud) == 1


def test_somebody_elses_with_our_stamp_that_fails_is_tried_again(cloud, deploy, course, ours):
    cloud.deploy("in_progress", commit_message=ours)
    course("failed", "succeeded")
    result = deploy()
    assert posts(cloud) == 1
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2


def test_a_superseded_one_follows_the_newer(cloud, deploy, course, ours):
    course("in_progress", lambda: cloud.deploy("in_progress", commit_message=ours), "succeeded")
    result = deploy()
    assert [one["status"] for one in cloud.deployments[1]] == ["created", "succeeded"]
    assert result["deployment"]["id"] == 2
    assert result["changed"] is True
    assert result.warnings == []


@pytest.mark.parametrize("message", [OTHER, None, "by hand"])
def test_a_superseded_one_that_follows_another_stamp_warns(cloud, deploy, course, message):
    course("in_progress", lambda: cloud.deploy("in_progress", commit_message=message), "succeeded")
    result = deploy()
    assert result["deployment"]["id"] == 2
    assert result.warnings == ["Deployment 1 was superseded by 2, which was made from another config."]


def test_the_newer_one_fails(cloud, refuse, course):
    course(
        "in_progress",
        lambda: cloud.deploy("in_progress", commit_message=OTHER),
        {"status": "failed", "error_message": "theirs"},
    )
    result = refuse()
    assert result["msg"].startswith("Deployment 2 of app sales failed: theirs. Nothing serves, ")
    assert result["deployment"]["id"] == 2


@pytest.mark.parametrize(
    "code", ["insufficient_cpu", "insufficient_memory", "insufficient_storage", "insufficient_instances"]
)
def test_what_can_heal_is_progress(cloud, deploy, course, code):
    course(
        {"status": "in_progress", "error_code": code, "error_message": "no room"},
        {"error_code": None, "error_message": None},
        "succeeded",
    )
    result = deploy()
    assert result["deployment"]["status"] == "succeeded"
    assert (
        f"app sales: deployment 1 in_progress, waits for room ({code}), 2 s of at most 600 s, 0 s in this state"
        in result.progress_lines
    )


def test_progress(deploy, course):
    course(*["queued"] * 2, *["in_progress"] * 8, "succeeded")
    assert deploy().progress_lines == [
        "app sales: deployment 1 queued, 0 s of at most 600 s",
        "app sales: deployment 1 in_progress, 10 s of at most 600 s, 0 s in this state",
        "app sales: deployment 1 in_progress, 24 s of at most 600 s, 15 s in this state",
        "app sales: deployment 1 in_progress, 40 s of at most 600 s, 30 s in this state",
    ]


def test_the_time_in_a_state_counts_from_its_first_sight(deploy, course):
    course(
        *["queued"] * 9, {"error_code": "insufficient_cpu", "status": "in_progress"}, *["in_progress"] * 4, "succeeded"
    )
    lines = deploy(wait_timeout=900).progress_lines
    assert [line for line in lines if "queued" in line and "in this state" in line] == []
    waited = [
        re.search(r", (\d+) s of at most 900 s, (\d+) s in this state$", line) for line in lines if "room" in line
    ]
    since_start, in_state = zip(*[(int(found.group(1)), int(found.group(2))) for found in waited])
    assert in_state[0] == 0
    assert [total - since_start[0] for total in since_start] == pytest.approx(in_state, abs=1)


def test_lines_come_every_15_seconds_and_after_two_minutes_every_30(deploy, course, clock):
    course(*["in_progress"] * 60, "succeeded")
    told = [int(re.search(r"(\d+) s of at most", line).group(1)) for line in deploy(wait_timeout=900).progress_lines]
    gaps = [(later - earlier, earlier) for earlier, later in zip(told[1:], told[2:])]
    assert all(14 <= gap <= 20 for gap, since in gaps if since <= 100)
    assert all(29 <= gap <= 46 for gap, since in gaps if since >= 120)
    began = 0
    for pause in clock.slept:
        assert pause <= (5 if began < 120 else 15)
        began += pause


def test_the_time_is_up(cloud, refuse, course, clock):
    course("in_progress")
    result = refuse(wait_timeout=10)
    assert result["msg"] == (
        "Deployment 1 of app sales is still in_progress after 10 seconds (`wait_timeout`); "
        "it goes on, and running the task again waits for it."
    )
    assert clock.slept == [2, 3, 4.5, 0.5]
    assert result["deployment"] == cloud.deployments[1][0]
    assert result["deployment"]["status"] == "in_progress"
    assert result["waited_seconds"] == 10.0
    assert result["changed"] is True


def test_the_time_is_up_while_there_is_no_room(refuse, course):
    course({"status": "in_progress", "error_code": "insufficient_cpu", "error_message": "no room"})
    assert "(`wait_timeout`): no room (insufficient_cpu); it goes on" in refuse(wait_timeout=10)["msg"]


def test_what_comes_in_the_last_moment_counts(deploy, course):
    course("in_progress", "in_progress", "in_progress", "succeeded")
    assert deploy(wait_timeout=10)["deployment"]["status"] == "succeeded"


def test_an_app_that_is_deleted_while_its_deployment_is_waited_for(cloud, refuse, course):
    course("in_progress", cloud.apps.clear)
    result = refuse()
    assert result["msg"] == "App sales was deleted by somebody else while this task waited for its deployment 1."
    assert result["failure"]["status"] == 404
    assert result["deployment"]["id"] == 1


def test_a_fault_of_the_server_while_waiting(cloud, deploy, course):
    cloud.fail("GET", "/v1/apps/1/deployments/1", (502, "<html>"), reset())
    course("in_progress", "in_progress", "in_progress", "succeeded")
    assert deploy()["deployment"]["status"] == "succeeded"


def test_an_error_while_waiting_says_which_deployment_it_was(cloud, refuse, course):
    course("in_progress")
    cloud.fail("GET", "/v1/apps/1/deployments/1", (403, {"error": "no longer"}))
    result = refuse()
    assert result["changed"] is True
    assert result["failure"]["status"] == 403
    assert result["deployment"]["id"] == 1
    assert re.fullmatch("[0-9a-f]{16}", result["stamp"])


def test_the_token_is_renewed_inside_the_wait(cloud, app, run, course):
    tokens = [(200, {"access_token": f"token-{number}", "expires_in": 120}) for number in range(9)]
    cloud.fail("POST", "/api/oauth/token", *tokens)
    course(*["in_progress"] * 30, "succeeded")
    result = run(spice_deployment.SPEC, app_id=1, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    assert result["deployment"]["status"] == "succeeded"
    assert cloud.paths("POST").count("/api/oauth/token") == 3
    assert result["api"]["writes"] == 1


def test_a_token_that_is_refused_inside_the_wait_is_renewed(cloud, app, run, course):
    cloud.fail(
        "POST",
        "/api/oauth/token",
        *[(200, {"access_token": f"token-{number}", "expires_in": 99999}) for number in range(2)],
    )
    cloud.fail("GET", "/v1/apps/1/deployments/1", (401, {"error": "expired"}))
    course("in_progress", "succeeded")
    assert run(spice_deployment.SPEC, app_id=1, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)["changed"] is True


# -- another one is queued --------------------------------------------------------------------------------------------


def test_another_one_that_is_queued_is_waited_for(cloud, deploy, course, clock):
    theirs = cloud.deploy("queued", commit_message=OTHER)
    course("queued", lambda: theirs.update(status="in_progress"), "succeeded")
    result = deploy()
    assert [one["status"] for one in cloud.deployments[1]] == ["created", "succeeded"]
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2
    assert posts(cloud) == 2
    assert clock.slept == [2, 3, 4.5]
    assert "app sales: deployment 1 queued, 0 s of at most 600 s" in result.progress_lines


def queued_meanwhile(cloud, message, status="queued"):
    """Makes somebody else deploy between our read and our POST."""

    def meanwhile(method, path, body):
        if method == "POST" and not any(one["commit_message"] == message for one in cloud.deployments[1]):
            cloud.deploy(status, commit_message=message)

    cloud.hooks.append(meanwhile)


def test_somebody_else_deploys_the_same_meanwhile(cloud, deploy, course, ours):
    queued_meanwhile(cloud, ours)
    course("in_progress", "succeeded")
    result = deploy()
    assert len(cloud.deployments[1]) == 1
    assert result["changed"] is False
    assert result["deployment"]["id"] == 1
    assert result["deployment"]["status"] == "succeeded"


def test_somebody_else_deploys_the_same_meanwhile_and_we_do_not_wait(cloud, deploy, ours, clock):
    queued_meanwhile(cloud, ours)
    result = deploy(wait=False)
    assert result["changed"] is False
    assert result["deployment"]["status"] == "queued"
    assert clock.slept == []


def test_somebody_else_deploys_the_same_meanwhile_and_fails(cloud, deploy, course, ours):
    queued_meanwhile(cloud, ours)
    course("failed", "succeeded")
    result = deploy()
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2


@pytest.mark.parametrize("wait", [True, False])
def test_somebody_else_deploys_the_same_meanwhile_and_has_failed_when_we_look(cloud, deploy, course, ours, wait):
    def meanwhile(method, path, body):
        if method != "POST" or cloud.deployments[1]:
            return None
        cloud.deploy("failed", commit_message=ours)
        return BUSY

    cloud.hooks.append(meanwhile)
    course("failed", "succeeded")
    result = deploy(wait=wait)
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2


def test_somebody_else_deploys_something_else_meanwhile(cloud, deploy, course):
    queued_meanwhile(cloud, OTHER)
    course("in_progress", "succeeded")
    result = deploy()
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2
    assert result.warnings == []


def test_force_waits_for_the_same_one_that_is_queued_and_deploys_again(cloud, deploy, course, ours):
    cloud.deploy("queued", commit_message=ours)
    course("queued", "in_progress", "succeeded")
    result = deploy(force=True)
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2
    assert posts(cloud) == 2


def test_the_queue_does_not_move(cloud, refuse, clock):
    cloud.deploy("queued", commit_message=OTHER)
    result = refuse(wait_timeout=10)
    assert "Deployment 1 of app sales is still queued after 10 seconds (`wait_timeout`)" in result["msg"]
    assert result["deployment"]["id"] == 1
    assert result["changed"] is False
    assert sum(clock.slept) == 10
    assert posts(cloud) == 1


def test_without_waiting_a_queue_is_a_failure(cloud, refuse, clock):
    theirs = cloud.deploy("queued", commit_message=OTHER)
    result = refuse(wait=False)
    assert "Deployment 1 of app sales is still queued" in result["msg"]
    assert "`wait: true`" in result["msg"]
    assert result["deployment"] == theirs
    assert result["failure"]["status"] == 409
    assert result["changed"] is False
    assert clock.slept == []


BUSY = (409, {"error": "A deployment is already in progress for this project"})


def test_a_server_that_takes_none_while_one_is_in_progress(cloud, deploy, course, clock):
    theirs = cloud.deploy("in_progress", commit_message=OTHER)
    cloud.fail("POST", "/v1/apps/1/deployments", BUSY, BUSY, BUSY)
    course("in_progress", "in_progress", lambda: theirs.update(status="succeeded"), "succeeded")
    result = deploy()
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2
    assert clock.slept == [2, 3, 4.5, 5]


def test_a_server_that_is_busy_for_too_long(cloud, refuse, clock):
    cloud.deploy("in_progress", commit_message=OTHER)
    cloud.fail("POST", "/v1/apps/1/deployments", *[BUSY] * 99)
    result = refuse(wait_timeout=60)
    assert "Deployment 1 of app sales is still in_progress after 60 seconds" in result["msg"]
    assert sum(clock.slept) == 60


def test_a_server_that_is_busy_and_we_do_not_wait(cloud, refuse, clock):
    theirs = cloud.deploy("in_progress", commit_message=OTHER)
    cloud.fail("POST", "/v1/apps/1/deployments", *[BUSY] * 99)
    result = refuse(wait=False, retries=2)
    assert result["failure"]["status"] == 409
    assert result["deployment"] == theirs
    assert posts(cloud) == 3


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("history", [[], ["succeeded"], ["failed"]])
def test_a_conflict_that_has_another_reason_ends(cloud, refuse, history, wait):
    for status in history:
        cloud.deploy(status, commit_message=OTHER)
    cloud.fail("POST", "/v1/apps/1/deployments", *[(409, {"error": "no capacity", "code": "project_locked"})] * 99)
    result = refuse(wait=wait, retries=2)
    assert result["failure"]["code"] == "project_locked"
    assert posts(cloud) == 3
    assert ("deployment" in result) is bool(history)


# -- answers that get lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [reset(), timeout(), (500, {"error": "oops"}), (504, "<html>"), (202, "<html>"), (202, "")]
)
@pytest.mark.parametrize("wait", [True, False])
def test_a_lost_answer_of_a_deployment_that_was_made(cloud, deploy, course, answer, wait):
    cloud.deploy("succeeded", commit_message=OTHER)
    cloud.fail("POST", "/v1/apps/1/deployments", answer, after_commit=True)
    course("in_progress", "succeeded")
    result = deploy(wait=wait)
    assert posts(cloud) == 1
    assert result["changed"] is True
    assert result["deployment"]["id"] == 2


def test_a_lost_answer_of_a_deployment_that_failed_at_once(cloud, refuse, course):
    def lose(method, path, body):
        if method != "POST":
            return None
        cloud.work(method, path, body)
        cloud.deployments[1][-1].update(status="failed", error_message="bad pod")
        return reset()

    cloud.hooks.append(lose)
    assert refuse()["msg"].startswith("Deployment 1 of app sales failed: bad pod. Nothing serves, ")
    assert posts(cloud) == 1


@pytest.mark.parametrize("answer", [reset(), (500, {"error": "oops"})])
def test_a_lost_answer_of_a_deployment_that_was_not_made(cloud, deploy, course, clock, ours, answer):
    # The former one has our stamp too, but failed before: it is not the one that got lost.
    cloud.deploy("failed", commit_message=ours)
    cloud.fail("POST", "/v1/apps/1/deployments", answer, answer)
    course("failed", "failed", "succeeded")
    result = deploy()
    assert posts(cloud) == 3
    assert clock.slept[:2] == [0.5, 1.0]
    assert result["deployment"]["id"] == 2
    assert result["changed"] is True


def test_a_forced_one_whose_answer_is_lost_is_not_the_former(cloud, deploy, course, ours):
    cloud.deploy("succeeded", commit_message=ours)
    cloud.fail("POST", "/v1/apps/1/deployments", reset())
    course("succeeded", "succeeded")
    result = deploy(force=True)
    assert result["deployment"]["id"] == 2
    assert posts(cloud) == 2


def test_a_lost_answer_of_one_that_comes_into_sight_late_is_ours(cloud, deploy, course):
    # The first POST did it, but the list did not show it yet; the second one is told of it.
    cloud.fail("POST", "/v1/apps/1/deployments", reset(), after_commit=True)
    views = [(200, {"deployments": []})] * 2
    cloud.hooks.append(
        lambda method, path, body: views.pop() if views and method == "GET" and path.endswith("/deployments") else None
    )
    course("queued", "in_progress", "succeeded")
    result = deploy()
    assert len(cloud.deployments[1]) == 1
    assert result["changed"] is True


@pytest.mark.parametrize("answer", [timeout(), (504, "<html>"), (408, {"error": "slow"})])
def test_what_may_still_happen_is_not_sent_again(cloud, refuse, answer):
    cloud.fail("POST", "/v1/apps/1/deployments", answer)
    result = refuse()
    assert posts(cloud) == 1
    assert "It is not known whether app sales is being deployed" in result["msg"]


def test_answers_that_are_always_lost_end(cloud, refuse, clock):
    cloud.deploy("succeeded", commit_message=OTHER)
    cloud.fail("POST", "/v1/apps/1/deployments", *[reset()] * 9)
    result = refuse(retries=2)
    assert posts(cloud) == 3
    assert len(clock.slept) == 2
    assert "broke off during POST /v1/apps/1/deployments" in result["msg"]
    assert result["changed"] is False
    assert "deployment" not in result


# -- check mode and diff ----------------------------------------------------------------------------------------------

ONLY_THE_SERVER = {
    "id",
    "created_at",
    "error_code",
    "started_at",
    "updated_at",
    "finished_at",
    "creation_source",
    "created_by",
}


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("history", [[], ["succeeded"]])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"replicas": 3, "image_tag": "2.1.0"},
        {"branch": "b", "commit_sha": "c", "commit_message": "m"},
        {"channel": "nightly", "debug": True},
    ],
)
def test_the_prediction_is_what_comes(cloud, deploy, course, options, history, wait):
    for status in history:
        cloud.deploy(status, commit_message=OTHER)
    planned = deploy(check_mode=True, diff_mode=True, wait=wait, **options)
    assert cloud.writes() == []
    course("succeeded")
    done = deploy(diff_mode=True, wait=wait, **options)
    for result in (planned, done):
        result["deployment"] = {
            field: value for field, value in result["deployment"].items() if field not in ONLY_THE_SERVER
        }
        del result["api"], result["waited_seconds"]
    assert planned == done
    assert planned["changed"] is True


def test_diff(cloud, deploy, course):
    course("succeeded")
    first = deploy(diff_mode=True)
    assert first["diff"]["before"] == ""
    assert first["diff"]["after"] == "deployment: new, because nothing is deployed yet\n"
    again = deploy(diff_mode=True)
    assert again["diff"]["before"] == again["diff"]["after"] == f"deployment: {first['deployment']['id']} succeeded\n"
    assert first["diff"]["before_header"] == first["diff"]["after_header"] == "deployment"
    assert "diff" not in deploy()
    cloud.deploy("succeeded", commit_message="by hand")
    course("succeeded")
    third = deploy(diff_mode=True)
    foreign = third["deployment"]["id"] - 1
    assert third["diff"]["before"] == f"deployment: {foreign} succeeded\n"
    assert third["diff"]["after"] == f"deployment: new, because deployment {foreign} was made by other means\n"


# -- what others deployed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("theirs", "options", "before", "after"),
    [
        (
            {"image_tag": "2.0.3", "replicas": 3},
            {},
            {"image_tag": "2.0.3", "replicas": 3},
            {"image_tag": "2.0.0", "replicas": 2},
        ),
        ({"image_tag": "2.0.3"}, {"image_tag": "2.1.0"}, {"image_tag": "2.0.3"}, {"image_tag": "2.1.0"}),
        ({"image_tag": "2.0.3", "replicas": 3}, {"image_tag": "2.0.3", "replicas": 3}, {}, {}),
        ({"replicas": 7}, {"replicas": 1}, {"replicas": 7}, {"replicas": 1}),
        ({"image_tag": None}, {}, {"image_tag": "default"}, {"image_tag": "2.0.0"}),
        ({"commit_message": None}, {}, {}, {}),
        # With a stamp too, as far as this task says what it wants.
        ({"replicas": 4, "commit_message": OTHER}, {}, {"replicas": 4}, {"replicas": 2}),
    ],
)
def test_the_diff_shows_what_the_other_deployment_had(
    cloud, deploy, course, theirs, options, before, after, check_mode
):
    cloud.deploy("succeeded", **{"commit_message": "Deployed by an action", **theirs})
    course("succeeded")
    result = deploy(diff_mode=True, check_mode=check_mode, **options)
    shown = {side: yaml.safe_load(result["diff"][side]) for side in ("before", "after")}
    told = {side: shown[side].pop("deployment") for side in shown}
    assert shown == {"before": before, "after": after}
    assert told["before"].endswith(" succeeded")
    assert told["after"].startswith("new, because deployment ")


@pytest.mark.parametrize("stamped", [False, True])
def test_a_default_of_the_platform_is_shown_only_against_others(cloud, run, course, stamped):
    cloud.add("plain-app", spicepod=POD)
    cloud.deploy("succeeded", app_id=1, image_tag="2.3.2-enterprise-models", commit_message=OTHER if stamped else "x")
    diff = run(spice_deployment.SPEC, app="plain-app", diff_mode=True, check_mode=True)["diff"]
    assert ("image_tag: 2.3.2-enterprise-models" in diff["before"]) is not stamped
    assert ("image_tag: default" in diff["after"]) is not stamped


def test_a_plan_for_an_app_that_does_not_exist_yet(cloud, run):
    result = run(spice_deployment.SPEC, check_mode=True, diff_mode=True, app="sales", replicas=2)
    assert result["changed"] is True
    assert result["deployment"]["id"] is None
    assert result["deployment"]["replicas"] == 2
    assert result["diff"]["before"] == ""
    assert cloud.writes() == []


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [3, 2, 1]),
        ({"limit": 1}, [3]),
        ({"limit": 100}, [3, 2, 1]),
        ({"status": "failed"}, [2]),
        ({"status": "queued"}, []),
    ],
)
def test_reading(cloud, app, run, options, found, check_mode):
    for status in ("succeeded", "failed", "succeeded"):
        cloud.deploy(status)
    result = run(spice_deployment_info.SPEC, check_mode=check_mode, app_id=1, **options)
    assert [one["id"] for one in result["deployments"]] == found
    assert result["changed"] is False
    assert json.dumps(result)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_limit_that_cannot_be(cloud, app, fail, limit):
    assert (
        fail(spice_deployment_info.SPEC, app_id=1, limit=limit)["msg"] == f"`limit` must be from 1 to 100, not {limit}."
    )
    assert cloud.requests == []


# -- apps that are connected to GitHub --------------------------------------------------------------------------------

NOTES = {"branch": "release", "commit_sha": "0f0f"}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("notes", [NOTES, {"branch": "release"}])
def test_an_app_that_said_so_takes_the_head_of_its_branch(cloud, app, fail, deploy, notes, check_mode):
    cloud.connected.add(1)
    fail(name="sales", spicepod={**POD, "datasets": []})
    result = deploy(wait=False, check_mode=check_mode, **notes)
    assert result["deployment"]["branch"] is result["deployment"]["commit_sha"] is None
    assert [set(body) - {"commit_message"} for body in cloud.sent("POST")] == [set()] * (not check_mode)
    assert [" and ".join(f"`{name}`" for name in notes) in text for text in result.warnings] == [True]


def test_any_other_app_gets_the_notes(cloud, app, fail, deploy):
    cloud.connected.add(cloud.add("other", spicepod=POD)["id"])
    fail(name="other", spicepod={**POD, "datasets": []})
    assert NOTES.items() <= deploy(wait=False, **NOTES)["deployment"].items()
