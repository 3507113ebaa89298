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


def test_a_whole_rotation(cloud, app, step):
    first = cloud.keys[1][1]
    started = step("start", reveal=True)
    assert started["changed"] and started["rotation"]["value"] == cloud.keys[1][2]
    assert (started["rotation"]["key_number"], started["rotation"]["former_key_number"], started["rotation"]["resumed"]) == (2, 1, False)
    # The record comes before the key, and before the first client gets it.
    assert writes(cloud) == [PUT, POST, PUT] and [body["tags"][TAG] for body in cloud.sent("PUT")] == ["1", "2-publishing"]
    assert cloud.keys[1][1] == first and app["tags"] == {"env": "prod", TAG: "2-publishing"}
    cloud.requests.clear()
    finished = step("finish")
    assert finished["changed"] and writes(cloud) == [POST, PUT] and app["tags"][TAG] == "2" and cloud.keys[1][1] != first
    assert finished["rotation"]["fingerprint"] == started["rotation"]["fingerprint"] and not finished["rotation"]["under_way"]
    cloud.requests.clear()
    assert not step("finish")["changed"] and cloud.writes() == []
    assert step("start")["rotation"]["key_number"] == 1 and writes(cloud) == [POST, PUT]


def test_one_that_was_started_is_resumed_with_the_same_key(cloud, step):
    key = step("start", reveal=True)["rotation"]["value"]
    cloud.requests.clear()
    again = step("start", reveal=True, active="2")
    assert not again["changed"] and again["rotation"]["resumed"] and again["rotation"]["value"] == key and cloud.writes() == []


def test_a_record_counts_more_than_the_option(step):
    step("start")
    step("finish")
    result = step("start", active="1")
    assert result["rotation"]["key_number"] == 1 and "recorded that key 2 is in use" in result.warnings[0]


def test_the_active_key_must_exist(cloud, app, refuse):
    assert "Slot 2 of app sales holds no key" in refuse("start", active="2")["msg"] and cloud.writes() == []


def test_a_plan_without_tags_is_found_out_first(cloud, refuse):
    cloud.fail(*PUT, (403, {"error": "no tags on this plan", "code": "plan_limit"}))
    assert "without a tag no rotation could be resumed" in refuse("start")["msg"] and writes(cloud) == [PUT]


def test_a_step_dies_after_the_key_and_before_the_record(cloud, app, step, refuse):
    step("start")
    step("finish")
    cloud.fail(*PUT, *[(500, "")] * 6)
    assert refuse("start")["changed"]
    spare = cloud.keys[1][1]
    assert app["tags"][TAG] == "2"
    assert step("start")["rotation"]["key_number"] == 1 and cloud.keys[1][1] != spare  # nobody had it


def test_the_answer_to_a_new_key_is_lost(cloud, step):
    cloud.fail(*POST, requests.exceptions.ConnectionError("reset"), after_commit=True)
    result = step("start", reveal=True)
    assert result["rotation"]["value"] == cloud.keys[1][2] and writes(cloud).count(POST) == 1


@pytest.mark.parametrize("name", ["start", "finish"])
def test_a_plan_writes_nothing_and_shows_no_key(cloud, step, name):
    if name == "finish":
        step("start")
    before = dict(cloud.keys[1])
    cloud.requests.clear()
    plan = step(name, check_mode=True, diff_mode=True)
    assert plan["changed"] and cloud.writes() == [] and cloud.keys[1] == before
    assert "a new key" in plan["diff"]["after"] and not any(key in json.dumps(plan) for key in before.values() if key)


def test_keys_are_hidden_unless_revealed(cloud, step):
    result = step("start", diff_mode=True)
    assert "value" not in result["rotation"] and not any(key in json.dumps(result.shown) for key in cloud.keys[1].values())
    revealed = step("start", reveal=True)
    assert cloud.keys[1][1] not in json.dumps(revealed.shown) and cloud.keys[1][2] in json.dumps(revealed.shown)


def test_a_predicted_app(cloud, run):
    cloud.apps.clear()
    plan = run(spice_api_key_rotation.SPEC, app="other", step="start", check_mode=True)
    assert plan["changed"] and plan["rotation"]["key_number"] == 2 and plan["rotation"]["fingerprint"] is None
