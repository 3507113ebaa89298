# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that is a fork of another one."""

from __future__ import annotations

import copy

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_environment

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
OTHER = {**POD, "datasets": [{"from": "s3://b/o", "name": "orders"}]}
FORK, PUT = "POST /v1/apps/1/forks", "PUT /v1/apps/2"
TAGS = {"env": "prod", "ansible.active-api-key": "2", "ansible.secret/A": "0123456789012345678901@1"}


@pytest.fixture
def source(cloud):
    app = cloud.add(
        "sales", spicepod=POD, replicas=3, description="d", tags=dict(TAGS), region="us-west-2", visibility="public"
    )
    cloud.add_secret("A", "value")
    return app


def writes(cloud):
    return [f"{method} {path}" for method, path, dummy in cloud.writes()]


def lost():
    return requests.exceptions.ReadTimeout("lost")


@pytest.mark.parametrize("named", ["sales", "1"])
def test_a_fork_is_one_post_and_one_put_with_the_rest(cloud, run, source, named):
    result = run(name="preview", fork_from=named, spicepod=OTHER, replicas=3, tags={"env": "test"}, diff_mode=True)
    assert cloud.writes() == [
        ("POST", "/v1/apps/1/forks", {"name": "preview"}),
        # The collection's own tags describe the source.
        ("PUT", "/v1/apps/2", {"spicepod": OTHER, "tags": {"env": "test"}}),
    ]
    assert result["changed_fields"] == ["name", "fork_from", "tags", "spicepod"]
    assert result["app"] == cloud.apps[2]
    assert result["app"]["forked_from"] == {"id": 1, "name": "sales"}
    assert result["previous"] == {}
    assert "fork_from: sales" in result["diff"]["after"]
    cloud.requests.clear()
    assert run(name="preview", fork_from=named, spicepod=OTHER, replicas=3, tags={"env": "test"})["changed"] is False
    assert cloud.writes() == []


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"region": "us-east-1"},
        {"cluster_name": "acme-prod"},
        {"spicepod": OTHER, "description": "other", "visibility": "public", "image_tag": "2.0.3"},
        {"tags": {"env": "test", "pr": "7"}, "purge_tags": True},
        {"paused": True},
    ],
)
def test_check_mode_predicts_it(cloud, run, source, options):
    planned = run(name="preview", fork_from="sales", check_mode=True, **options)
    assert cloud.writes() == []
    done = run(name="preview", fork_from="sales", **options)
    assert planned["changed_fields"] == done["changed_fields"]
    assert planned["app"]["forked_from"] == done["app"]["forked_from"]
    for field in ("description", "visibility", "tags"):
        assert planned["app"][field] == done["app"][field]
    assert planned["app"]["config"]["spicepod"] == done["app"]["config"]["spicepod"]
    assert not any(tag.startswith("ansible.") for tag in cloud.apps[2]["tags"])
    assert run(name="preview", fork_from="sales", **options)["changed"] is False


@pytest.mark.parametrize("place", [{"region": "us-east-1"}, {"cluster_name": "acme-prod"}, {}])
def test_only_the_place_that_is_asked_for_is_sent(cloud, run, source, place):
    run(name="preview", fork_from="sales", **place)
    assert cloud.sent("POST") == [{"name": "preview", **place}]
    assert "/v1/regions" not in cloud.paths()


def test_a_distributed_app_needs_a_place_for_its_state(cloud, run, fail, source):
    source["config"]["executor"] = {"replicas": 2}
    refused = fail(name="preview", fork_from="sales")
    assert "give `scheduler_state_location`, an s3:// address" in refused["msg"]
    run(name="preview", fork_from="sales", scheduler_state_location="s3://bucket/preview")
    assert cloud.sent("POST")[-1] == {"name": "preview", "scheduler_state_location": "s3://bucket/preview"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fork_from": " "}, "`fork_from` must not be empty"),
        ({"scheduler_state_location": "s3://b"}, "`scheduler_state_location` belongs to `fork_from`"),
        ({"fork_from": "sales", "scheduler_state_location": "gs://b"}, "must begin with s3://, not be 'gs://b'"),
        ({"fork_from": "sales", "standalone": True}, "`fork_from` and `standalone` exclude each other"),
        ({"fork_from": "sales", "cname": "us-west-2"}, "`fork_from` and `cname` exclude each other"),
    ],
)
def test_what_cannot_be_right_is_refused_before_the_first_request(cloud, fail, options, words):
    assert words in fail(name="preview", **options)["msg"]
    assert cloud.requests == []


def test_there_must_be_something_to_fork(cloud, fail, run):
    assert "There is no app 'sales' to fork" in fail(name="preview", fork_from="sales")["msg"]
    planned = run(name="preview", fork_from="sales", check_mode=True)
    assert planned["changed_fields"] == ["name", "fork_from"]
    assert ["the plan assumes that an earlier task creates it" in text for text in planned.warnings] == [True]
    assert cloud.writes() == []


# -- an app that is there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["sales", "SALES", "1"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_an_app_is_known_by_its_source_or_by_the_recorded_name(cloud, run, source, named, is_gone):
    cloud.add("preview", spicepod=POD)["forked_from"] = {"id": 1, "name": "sales"}
    if is_gone:
        del cloud.apps[1]
    assert run(name="preview", fork_from=named)["changed"] is False


@pytest.mark.parametrize(
    ("recorded", "words"),
    [
        (None, "app preview (id 3) exists and is no fork of another app"),
        ({"id": 2, "name": "other"}, "is a fork of app other (id 2), and not of `fork_from` sales"),
        ({"id": 99, "name": "gone"}, "is a fork of app gone (id 99), and not of `fork_from` sales"),
        # Another app has the name of the source by now.
        ({"id": 99, "name": "sales"}, "is a fork of app sales (id 99), and not of `fork_from` sales"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_an_app_that_was_not_forked_from_it_is_an_error(cloud, fail, source, recorded, words, check_mode):
    cloud.add("other")
    cloud.add("preview")["forked_from"] = recorded
    result = fail(name="preview", fork_from="sales", replicas=2, check_mode=check_mode)
    assert words in result["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_only_a_fork_of_it_is_deleted(cloud, run, fail, source, check_mode):
    cloud.add("other")
    cloud.add("preview")["forked_from"] = {"id": 1, "name": "sales"}
    options = {"state": "absent", "fork_from": "sales", "check_mode": check_mode}
    for name in ("other", "sales"):
        assert "exists and is no fork of another app" in fail(name=name, **options)["msg"]
    assert cloud.writes() == []
    assert run(name="preview", **options)["changed"] is True
    assert set(cloud.apps) == ({1, 2, 3} if check_mode else {1, 2})
    assert run(name="nothing-there", **options)["changed"] is False


# -- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [lost(), (502, {"error": "Bad gateway"}), (201, {"project": {}}), (200, {"shared_state": []}), (204, None)],
)
def test_a_lost_answer_is_looked_for_and_the_rest_is_sent(cloud, run, source, answer):
    cloud.fail("POST", "/v1/apps/1/forks", answer, after_commit=True)
    result = run(name="preview", fork_from="sales", spicepod=OTHER)
    assert writes(cloud) == [FORK, PUT]
    assert result["app"]["config"]["spicepod"] == OTHER
    assert "ansible.active-api-key" not in result["app"]["tags"]


def test_one_that_was_lost_before_it_happened_is_sent_again(cloud, run, source):
    cloud.fail("POST", "/v1/apps/1/forks", lost())
    assert run(name="preview", fork_from="sales")["app"]["id"] == 2
    assert writes(cloud)[:2] == [FORK, FORK]


def test_a_fork_of_somebody_else_at_the_same_time_is_taken(cloud, run, source):
    body = {"name": "preview"}
    cloud.hooks.append(
        lambda method, path, sent: cloud.work(method, path, body) and None if path.endswith("/forks") else None
    )
    result = run(name="preview", fork_from="sales", replicas=2)
    assert result["changed_fields"] == ["replicas"]
    assert writes(cloud) == [FORK, PUT]


def test_an_app_of_somebody_else_at_the_same_time_is_no_fork(cloud, fail, source):
    cloud.hooks.append(
        lambda method, path, sent: (
            cloud.work("POST", "/v1/apps", {"name": "preview", "region": "us-east-1"}) and None
            if path.endswith("/forks")
            else None
        )
    )
    assert "exists and is no fork of another app" in fail(name="preview", fork_from="sales")["msg"]


def test_a_run_that_died_after_the_post_is_finished(cloud, run, fail, source):
    cloud.fail("PUT", "/v1/apps/2", (400, {"error": "Invalid spicepod configuration"}))
    assert "was created, but without" in fail(name="preview", fork_from="sales", spicepod=OTHER)["msg"]
    assert run(name="preview", fork_from="sales", spicepod=OTHER)["changed_fields"] == ["spicepod"]


def test_answers_without_config_are_completed(cloud, run, source):
    cloud.with_config = False
    assert run(name="preview", fork_from="sales", spicepod=POD, replicas=3)["app"]["config"]["spicepod"] == POD


CODES = {
    (400, "fork_placement_required"): "give `region` or `cluster_name`",
    (400, "scheduler_state_location_required"): "give `scheduler_state_location`",
    (400, "scheduler_state_location_unsupported"): "a `scheduler_state_location` that begins with s3://",
    (400, "scheduler_state_location_overlaps_source"): "choose another `scheduler_state_location`",
    (400, "scheduler_state_location_not_applicable"): "leave `scheduler_state_location` out",
    (402, "ai_credits_exhausted"): "buy credits",
    (422, "fork_source_has_no_spicepod"): "give `fork_from` a spicepod and deploy it first",
    (422, "fork_source_spicepod_invalid"): "correct the spicepod of `fork_from`",
    (422, "fork_source_loads_repository_files"): "leave `fork_from` out and give `spicepod`",
    (502, "fork_source_repository_unreadable"): "check in the portal that the repository of `fork_from`",
}


@pytest.mark.parametrize(("answer", "words"), CODES.items())
def test_each_refusal_says_what_to_do(cloud, fail, source, clock, answer, words):
    status, code = answer
    cloud.fail("POST", "/v1/apps/1/forks", (status, {"error": "Not possible", "code": code}))
    result = fail(name="preview", fork_from="sales")
    assert words in result["msg"]
    assert result["failure"]["code"] == code
    assert writes(cloud) == [FORK]
    assert clock.slept == []


@pytest.mark.parametrize("code", [None, "fork_name_unavailable"])
def test_a_name_that_nobody_sees_is_taken(cloud, fail, source, code):
    refusal = (409, {"error": "Name is taken", **({"code": code} if code else {})})
    cloud.fail("POST", "/v1/apps/1/forks", *[refusal] * 9)
    assert "choose another `name`" in fail(name="preview", fork_from="sales")["msg"]


# -- in an environment ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secrets", "options", "outcomes"),
    [
        ({"A": "value", "B": "b"}, {}, {"A": "unchanged", "B": "created"}),
        ({"A": "value", "B": "b"}, {"fingerprint_key": "k"}, {"A": "updated", "B": "created"}),
        ({"B": "b"}, {"purge": {"secrets": True}}, {"A": "deleted", "B": "created"}),
        ({}, {}, {}),
    ],
)
def test_an_environment_that_is_a_fork_has_the_secrets_of_its_source(
    cloud, run, clock, source, secrets, options, outcomes
):
    naming = {**OTHER, "note": "${secrets:A} ${secrets:B}"}
    options = {
        "app": {"name": "preview", "fork_from": "sales", "spicepod": naming, "tags": {"pr": "7"}},
        "secrets": secrets,
        "verify": {"ready": False, "datasets": False},
        **options,
    }
    before = copy.deepcopy(cloud.secrets[1])
    planned = run(spice_environment.SPEC, check_mode=True, **options)
    assert cloud.writes() == []
    clock.meanwhile = [lambda: cloud.deployments[2][-1].update(status="succeeded")]
    done = run(spice_environment.SPEC, **options)
    assert planned["environment"]["secrets"] == done["environment"]["secrets"] == outcomes
    assert planned["plan"] == done["plan"]
    assert writes(cloud)[0] == FORK
    assert writes(cloud)[-2:] == [PUT, "POST /v1/apps/2/deployments"]
    assert cloud.secrets[1] == before
    assert cloud.apps[2]["tags"]["pr"] == "7"
    assert "ansible.active-api-key" not in cloud.apps[2]["tags"]
    assert cloud.apps[2]["tags"].get("ansible.secret/A") != TAGS["ansible.secret/A"]
    missing = {"A", "B"} - set(cloud.secrets[2])
    assert [f"${{secrets:{name}}}` has no secret" in text for name in missing for text in done.warnings] == [
        True for dummy in missing
    ]
    cloud.requests.clear()
    again = run(spice_environment.SPEC, **options)
    assert (again["changed"], again["plan"]) == (False, [])
