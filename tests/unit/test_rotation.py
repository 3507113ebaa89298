# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two steps of a rotation, and what a step finds that died before."""

from __future__ import annotations

import json

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_api_key_rotation

TAG = "ansible.active-api-key"
PUT, POST = ("PUT", "/v1/apps/1"), ("POST", "/v1/apps/1/api-keys")


@pytest.fixture
def app(cloud):
    return cloud.add("sales", tags={"env": "prod"})


@pytest.fixture
def step(app, run):
    return lambda name, **options: run(spice_api_key_rotation.SPEC, app_id=1, step=name, **options)


@pytest.fixture
def refuse(app, fail):
    return lambda name, **options: fail(spice_api_key_rotation.SPEC, app_id=1, step=name, **options)


def writes(cloud):
    return [(method, path) for method, path, dummy in cloud.writes()]


def published(step, started=None):
    """The options that prove which key was published."""
    rotation = (started or step("start"))["rotation"]
    return {"key_number": rotation["key_number"], "fingerprint": rotation["fingerprint"], "published": True}


def states(cloud):
    """What was written as the record, without who did it and when."""
    return [body["tags"][TAG].split("_")[0] for body in cloud.sent("PUT")]


def test_a_whole_rotation(cloud, app, step, clock):
    first = cloud.keys[1][1]
    started = step("start", reveal=True)
    assert started["changed"] is True
    rotation = started["rotation"]
    assert rotation["value"] == cloud.keys[1][2]
    assert (rotation["key_number"], rotation["former_key_number"], rotation["resumed"]) == (2, 1, False)
    # The record comes before the key, and before the first client gets it.
    assert writes(cloud) == [PUT, POST]
    assert states(cloud) == ["2-publishing"]
    assert clock.slept == [5]
    assert cloud.keys[1][1] == first
    assert app["tags"]["env"] == "prod"
    cloud.requests.clear()
    proof = published(step, started)
    finished = step("finish", **proof)
    assert finished["changed"] is True
    assert writes(cloud) == [POST, PUT]
    assert app["tags"][TAG] == "2"
    assert cloud.keys[1][1] != first
    assert finished["rotation"]["fingerprint"] == rotation["fingerprint"]
    assert finished["rotation"]["under_way"] is False
    cloud.requests.clear()
    assert step("finish", **proof)["changed"] is False
    assert cloud.writes() == []
    assert step("start")["rotation"]["key_number"] == 1
    assert writes(cloud) == [PUT, POST]


def test_one_that_was_started_is_joined_with_the_same_key(cloud, app, step):
    key = step("start", reveal=True)["rotation"]["value"]
    cloud.requests.clear()
    again = step("start", reveal=True, active="2")
    assert again["rotation"]["resumed"] is True
    assert again["rotation"]["value"] == key
    assert writes(cloud) == [PUT]
    assert states(cloud) == ["2-joined"]


def test_the_rotation_after_one_with_two_runs_waits_for_the_late_one(cloud, app, step, refuse, clock):
    step("start")
    step("finish", **published(step))
    assert app["tags"][TAG].startswith("2-done_")
    refused = refuse("start")
    assert "may still be publishing key 2" in refused["msg"]
    assert "take_over" in refused["msg"]
    assert step("start", take_over=True)["rotation"]["key_number"] == 1
    clock.now += 3600
    app["tags"][TAG] = app["tags"][TAG].replace("1-publishing", "2-done")
    assert step("start")["changed"] is True


def test_a_record_counts_more_than_the_option(step):
    step("finish", **published(step))
    result = step("start", active="1")
    assert result["rotation"]["key_number"] == 1
    assert "recorded that key 2 is in use" in result.warnings[0]


@pytest.mark.parametrize("without", ["key_number", "fingerprint", "published"])
def test_nothing_is_retired_without_proof(cloud, step, refuse, without):
    proof = published(step)
    cloud.requests.clear()
    refused = refuse("finish", **{name: value for name, value in proof.items() if name != without})
    assert "othing is retired" in refused["msg"]
    assert cloud.requests == []


@pytest.mark.parametrize("wrong", [{"fingerprint": "0123456789ab"}, {"key_number": 1}])
def test_nothing_is_retired_for_another_key(cloud, step, refuse, wrong):
    proof = published(step)
    before = dict(cloud.keys[1])
    refused = refuse("finish", **{**proof, **wrong})
    assert "Nothing is retired" in refused["msg"]
    assert "Run the rotation again" in refused["msg"]
    assert cloud.keys[1] == before


def test_the_active_key_must_exist(cloud, app, refuse):
    assert "Slot 2 of app sales holds no key" in refuse("start", active="2")["msg"]
    assert cloud.writes() == []


def test_a_plan_without_tags_is_found_out_first(cloud, refuse):
    cloud.fail(*PUT, (403, {"error": "no tags on this plan", "code": "plan_limit"}))
    assert "without a tag no rotation could be resumed" in refuse("start")["msg"]
    assert writes(cloud) == [PUT]


def test_a_step_that_died_before_the_key_is_gone_on_with(cloud, app, step, refuse):
    step("finish", **published(step))
    cloud.fail(*POST, *[(403, {"error": "no"})] * 6)
    refuse("start")
    spare = cloud.keys[1][1]
    assert app["tags"][TAG].startswith("1-publishing_")
    cloud.heal()
    result = step("start")
    assert result["rotation"]["key_number"] == 1
    assert cloud.keys[1][1] != spare


def test_the_answer_to_a_new_key_is_lost(cloud, step):
    cloud.fail(*POST, requests.exceptions.ConnectionError("reset"), after_commit=True)
    result = step("start", reveal=True)
    assert result["rotation"]["value"] == cloud.keys[1][2]
    assert writes(cloud).count(POST) == 1


@pytest.mark.parametrize("name", ["start", "finish"])
def test_a_plan_writes_nothing_and_shows_no_key(cloud, step, name):
    proof = published(step) if name == "finish" else {}
    before = dict(cloud.keys[1])
    cloud.requests.clear()
    plan = step(name, check_mode=True, diff_mode=True, **proof)
    assert plan["changed"]
    assert cloud.writes() == []
    assert cloud.keys[1] == before
    assert "a new key" in plan["diff"]["after"]
    assert not any(key in json.dumps(plan) for key in before.values() if key)


def test_keys_are_hidden_unless_revealed(cloud, step):
    result = step("start", diff_mode=True)
    assert "value" not in result["rotation"]
    assert not any(key in json.dumps(result.shown) for key in cloud.keys[1].values())
    revealed = step("start", reveal=True)
    assert cloud.keys[1][1] not in json.dumps(revealed.shown)
    assert cloud.keys[1][2] in json.dumps(revealed.shown)


def test_a_predicted_app(cloud, run):
    cloud.apps.clear()
    plan = run(spice_api_key_rotation.SPEC, app="other", step="start", check_mode=True)
    assert plan["changed"]
    assert plan["rotation"]["key_number"] == 2
    assert plan["rotation"]["fingerprint"] is None


# -- paused apps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("under_way", [False, True])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_paused_app_is_refused_before_a_key_is_made_that_could_not_be_tried(
    cloud, app, step, refuse, under_way, check_mode
):
    if under_way:
        step("start")
    app["paused_at"] = "2026-11-02T08:30:00.000Z"
    cloud.requests.clear()
    keys = dict(cloud.keys[1])
    refused = refuse("start", verify=True, check_mode=check_mode)
    assert "App sales has been paused since 2026-11-02T08:30:00.000Z" in refused["msg"]
    assert cloud.writes() == []
    assert cloud.keys[1] == keys


def test_the_keys_of_a_paused_app_are_rotated_where_nobody_tries_them(cloud, app, step):
    app["paused_at"] = "2026-11-02T08:30:00.000Z"
    assert step("start")["rotation"]["key_number"] == 2
    assert step("finish", **published(step))["changed"] is True


def test_a_record_that_the_keys_contradict_touches_no_key(cloud, app, refuse):
    # As in a fork, which has the tags of its source and one key of its own.
    app["tags"][TAG] = "2"
    keys = dict(cloud.keys[1])
    assert "but slot 2 holds no key; a fork has the tags of its source" in refuse("start")["msg"]
    assert cloud.writes() == []
    assert cloud.keys[1] == keys
