# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two API keys of an app: when one is replaced, and that none is shown unasked."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.modules import spice_api_key, spice_api_key_info
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, PAT


def reset():
    return requests.exceptions.ConnectionError("reset")


def timeout():
    return requests.exceptions.ReadTimeout("too late")


@pytest.fixture
def app(cloud):
    return cloud.add("sales")


@pytest.fixture
def both(cloud, app):
    cloud.keys[1] = {1: "key|first|canary", 2: "key|second|canary"}
    return cloud.keys[1]


@pytest.fixture
def write(app, run):
    return lambda **options: run(spice_api_key.SPEC, app_id=1, **options)


@pytest.fixture
def refuse(app, fail):
    return lambda **options: fail(spice_api_key.SPEC, app_id=1, **options)


def mark(key):
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def told(result):
    return json.dumps([result, result.warnings, result.progress_lines])


# -- present ----------------------------------------------------------------------------------------------------------


def test_a_slot_that_holds_a_key_is_left_alone(cloud, write):
    result = write(key_number=1)
    assert result["changed"] is False
    assert result["api_key"] == {"key_number": 1, "fingerprint": mark(cloud.keys[1][1])}
    assert result["other_api_key"] == {"key_number": 2, "fingerprint": None}
    assert cloud.requests == [("GET", "/v1/apps/1", None), ("GET", "/v1/apps/1/api-keys", None)]


def test_an_empty_second_slot_gets_a_key(cloud, write):
    first = cloud.keys[1][1]
    result = write(key_number=2)
    assert result["changed"] is True
    assert cloud.writes() == [("POST", "/v1/apps/1/api-keys", {"key_number": 2})]
    assert cloud.keys[1][1] == first
    assert result["api_key"] == {"key_number": 2, "fingerprint": mark(cloud.keys[1][2])}
    assert result["other_api_key"] == {"key_number": 1, "fingerprint": mark(first)}
    assert write(key_number=2)["changed"] is False


@pytest.mark.parametrize("answer", [{"api_key": None, "api_key_2": None}, {"api_key": ""}, {}])
def test_an_empty_slot_in_any_form(cloud, write, answer):
    cloud.fail("GET", "/v1/apps/1/api-keys", (200, answer))
    assert write(key_number=1)["changed"] is True


# -- regenerated ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2])
def test_regenerated_is_always_a_new_key(cloud, both, write, number):
    for dummy in range(2):
        former = dict(both)
        result = write(key_number=number, state="regenerated")
        assert result["changed"] is True
        assert both[number] != former[number]
        assert both[3 - number] == former[3 - number]
        assert result["api_key"] == {"key_number": number, "fingerprint": mark(both[number])}
    assert cloud.sent("POST") == [{"key_number": number}] * 2


# -- revoked ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2])
def test_revoked(cloud, both, write, number):
    former = dict(both)
    result = write(state="revoked", value=former[number])
    assert result["changed"] is True
    assert cloud.writes() == [("POST", "/v1/apps/1/api-keys", {"key_number": number})]
    assert both[3 - number] == former[3 - number]
    assert result["api_key"] == {"key_number": number, "fingerprint": mark(both[number])}
    assert result["other_api_key"] == {"key_number": 3 - number, "fingerprint": mark(both[3 - number])}
    again = write(state="revoked", value=former[number])
    assert again["changed"] is False
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize(
    "value",
    [
        "key|other",
        "key|first|canar",
        "key|first|canaryy",
        "KEY|FIRST|CANARY",
        " key|first|canary",
        "key|first|canary ",
        "*",
        "key",
        "ä",
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_key_that_no_slot_holds_changes_nothing(cloud, both, write, value, check_mode):
    result = write(check_mode=check_mode, state="revoked", value=value)
    assert result["changed"] is False
    assert cloud.writes() == []
    assert result["api_key"] == {"key_number": 1, "fingerprint": mark(both[1])}


def test_revoking_where_a_slot_is_empty(cloud, write):
    assert write(state="revoked", value="None")["changed"] is False
    assert cloud.writes() == []


def test_the_slot_number_does_not_decide_which_key_is_revoked(cloud, both, write):
    result = write(state="revoked", value=both[2], key_number=1)
    assert cloud.sent("POST") == [{"key_number": 2}]
    assert result["api_key"]["key_number"] == 2


@pytest.mark.parametrize("check_mode", [True, False])
def test_revoking_nothing_is_refused(cloud, refuse, check_mode):
    assert (
        refuse(check_mode=check_mode, state="revoked", value="")["msg"]
        == "`value` must hold the key that is to be revoked."
    )
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "state is present but all of the following are missing: key_number"),
        ({"state": "regenerated"}, "state is regenerated but all of the following are missing: key_number"),
        ({"state": "revoked"}, "state is revoked but all of the following are missing: value"),
        ({"key_number": 0}, "value of key_number must be one of: 1, 2"),
    ],
)
def test_arguments(given, words):
    declaration = spice_api_key.SPEC
    validation = ArgumentSpecValidator(declaration.argument_spec, **declaration.constraints).validate(
        dict(given, api_url=API, api_token=PAT, app_id=1)
    )
    assert words in validation.error_messages[0]


# -- answers that get lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [reset(), timeout(), (500, {"error": "oops"}), (504, "<html>"), (200, "<html>"), (200, "")]
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_lost_answer_of_a_regeneration_that_happened(cloud, write, answer, number):
    cloud.fail("POST", "/v1/apps/1/api-keys", answer, after_commit=True)
    result = write(key_number=number, state="regenerated")
    assert len(cloud.sent("POST")) == 1
    assert result["changed"] is True
    assert result["api_key"] == {"key_number": number, "fingerprint": mark(cloud.keys[1][number])}


@pytest.mark.parametrize("answer", [reset(), (500, {"error": "oops"})])
def test_a_lost_answer_of_a_regeneration_that_did_not_happen(cloud, write, clock, answer):
    cloud.fail("POST", "/v1/apps/1/api-keys", answer, answer)
    result = write(key_number=2, state="regenerated")
    assert len(cloud.sent("POST")) == 3
    assert clock.slept == [0.5, 1.0]
    assert result["api_key"]["fingerprint"] == mark(cloud.keys[1][2])
    assert result["api"]["retries"] == 2


@pytest.mark.parametrize("answer", [timeout(), (504, "<html>"), (408, {"error": "slow"})])
def test_what_may_still_happen_is_not_sent_again(cloud, refuse, answer):
    cloud.fail("POST", "/v1/apps/1/api-keys", answer)
    first = cloud.keys[1][1]
    result = refuse(key_number=1, state="regenerated")
    assert len(cloud.sent("POST")) == 1
    assert "It is not known whether key 1 gets a new value" in result["msg"]
    assert mark(first) in result["msg"]
    assert first not in told(result)


def test_what_may_still_happen_to_an_empty_slot(cloud, refuse):
    cloud.fail("POST", "/v1/apps/1/api-keys", timeout())
    assert "the fingerprint was none." in refuse(key_number=2)["msg"]


def test_answers_that_are_always_lost_end(cloud, refuse, clock):
    cloud.fail("POST", "/v1/apps/1/api-keys", *[reset()] * 9)
    result = refuse(key_number=1, state="regenerated", retries=2)
    assert len(cloud.sent("POST")) == 3
    assert len(clock.slept) == 2
    assert "broke off during POST /v1/apps/1/api-keys" in result["msg"]
    assert result["changed"] is False


def test_a_refusal_is_not_sent_again(cloud, refuse):
    cloud.fail("POST", "/v1/apps/1/api-keys", (403, {"error": "viewers only read", "code": "forbidden"}))
    result = refuse(key_number=1, state="regenerated")
    assert result["failure"]["code"] == "forbidden"
    assert len(cloud.sent("POST")) == 1


# -- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        {"key_number": 1},
        {"key_number": 2, "state": "regenerated"},
        {"state": "revoked", "value": "key|first|canary"},
        {"state": "revoked", "value": "key|other|canary"},
    ],
)
def test_no_key_is_shown_unasked(cloud, both, write, check_mode, options):
    result = write(check_mode=check_mode, diff_mode=True, **options)
    assert "canary" not in told(result)
    assert "value" not in result["api_key"]
    assert set(both.values()) <= result.hidden


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"key_number": 1}, 1),
        ({"key_number": 2}, 2),
        ({"key_number": 1, "state": "regenerated"}, 1),
        ({"key_number": 2, "state": "regenerated"}, 2),
        ({"state": "revoked", "value": "key|second|canary"}, 2),
        ({"state": "revoked", "value": "key|other"}, 1),
    ],
)
def test_reveal_shows_only_the_slot_asked_for(cloud, both, write, options, number):
    former = dict(both)
    result = write(reveal=True, diff_mode=True, **options)
    assert result["api_key"] == {"key_number": number, "fingerprint": mark(both[number]), "value": both[number]}
    assert result["other_api_key"] == {"key_number": 3 - number, "fingerprint": mark(both[3 - number])}
    # What the user sees: this one key, once.
    shown = json.dumps(result.shown)
    assert result.shown["result"]["api_key"]["value"] == both[number]
    assert shown.count(both[number]) == 1
    assert both[3 - number] not in shown
    if former[number] != both[number]:
        assert former[number] not in shown


def test_reveal_of_a_slot_that_was_empty(cloud, write):
    result = write(key_number=2, reveal=True)
    assert result.shown["result"]["api_key"]["value"] == cloud.keys[1][2]
    assert cloud.keys[1][1] not in json.dumps(result.shown)


@pytest.mark.parametrize("reveal", [True, False])
@pytest.mark.parametrize(
    "answer",
    [
        (403, {"error": "not with key|first|canary", "details": {"formErrors": ["key|second|canary"]}}),
        (403, "x" * 190 + "key|first|canary", {"Content-Type": "text/plain"}),
        (502, "<title>key|second|canary</title>"),
    ],
)
def test_a_key_that_the_server_repeats_is_not_shown(cloud, both, refuse, reveal, answer):
    cloud.fail("POST", "/v1/apps/1/api-keys", *[answer] * 2)
    result = refuse(key_number=1, state="regenerated", reveal=reveal, retries=1)
    assert "canary" not in told(result)
    assert "key|first" not in told(result)


def test_a_revoked_key_that_the_server_repeats_is_not_shown(cloud, both, refuse):
    cloud.fail("GET", "/v1/apps/1/api-keys", (403, "you sent key|leaked|canary", {"Content-Type": "text/plain"}))
    result = refuse(state="revoked", value="key|leaked|canary")
    assert "canary" not in told(result)


def test_keys_inside_the_app_are_not_shown(cloud, app, write):
    app["api_key"] = "key|inside|canary"
    assert "inside" not in told(write(key_number=1, diff_mode=True))


def test_diff(cloud, app, write):
    first = cloud.keys[1][1]
    diff = write(key_number=2, diff_mode=True)["diff"]
    assert diff["before"] == f"key 1: {mark(first).join(quotes(mark(first)))}\nkey 2: none\n"
    assert diff["after"] == "key 1: {}\nkey 2: {}\n".format(
        *tuple(key.join(quotes(key)) for key in (mark(first), mark(cloud.keys[1][2])))
    )
    assert diff["before_header"] == diff["after_header"] == "API keys"
    diff = write(key_number=2, diff_mode=True)["diff"]
    assert diff["before"] == diff["after"]
    assert "diff" not in write(key_number=2)


def quotes(text):
    # As YAML wants it: a fingerprint of digits only, or one such as 123e45, must not read as a number.
    return ("'", "'") if text.replace("e", "", 1).isdigit() else ("", "")


# -- check mode -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reveal", [True, False])
@pytest.mark.parametrize(
    ("options", "number", "changed"),
    [
        ({"key_number": 1}, 1, False),
        ({"key_number": 1, "state": "regenerated"}, 1, True),
        ({"key_number": 2, "state": "regenerated"}, 2, True),
        ({"state": "revoked", "value": "key|second|canary"}, 2, True),
        ({"state": "revoked", "value": "key|other"}, 1, False),
    ],
)
def test_the_prediction_is_what_comes(cloud, both, write, options, number, changed, reveal):
    before = copy.deepcopy(cloud.keys)
    planned = write(check_mode=True, reveal=reveal, diff_mode=True, **options)
    assert cloud.writes() == []
    assert cloud.keys == before
    assert planned["changed"] is changed
    assert planned["api_key"]["key_number"] == number
    # A key that does not exist yet has no fingerprint; all else is known.
    assert planned["api_key"]["fingerprint"] == (None if changed else mark(both[number]))
    assert ("value" in planned["api_key"]) is reveal
    if reveal:
        assert planned["api_key"]["value"] == (None if changed else both[number])
    assert (planned["diff"]["before"] != planned["diff"]["after"]) is changed
    assert ("a new key" in planned["diff"]["after"]) is changed
    done = write(reveal=reveal, diff_mode=True, **options)
    for word in ("changed", "other_api_key"):
        assert planned[word] == done[word]
    assert set(planned["api_key"]) == set(done["api_key"])
    assert planned["diff"]["before"] == done["diff"]["before"]


@pytest.mark.parametrize(("number", "changed"), [(1, False), (2, True)])
def test_a_plan_for_an_app_that_does_not_exist_yet(cloud, run, number, changed):
    planned = run(spice_api_key.SPEC, check_mode=True, app="sales", key_number=number)
    assert planned["api_key"] == {"key_number": number, "fingerprint": None}
    run(name="sales")
    done = run(spice_api_key.SPEC, app="sales", key_number=number)
    assert planned["changed"] is done["changed"] is changed


def test_a_plan_for_revoking_a_key_of_an_app_that_does_not_exist_yet(cloud, run):
    assert run(spice_api_key.SPEC, check_mode=True, app="sales", state="revoked", value="key|x")["changed"] is False


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
def test_reading(cloud, both, run, check_mode):
    result = run(spice_api_key_info.SPEC, check_mode=check_mode, app_id=1)
    assert result["api_keys"] == [
        {"key_number": 1, "fingerprint": mark(both[1])},
        {"key_number": 2, "fingerprint": mark(both[2])},
    ]
    assert result["changed"] is False
    assert cloud.writes() == []
    assert "canary" not in told(result)
    assert set(both.values()) <= result.hidden


def test_reading_an_empty_slot(cloud, app, run):
    assert run(spice_api_key_info.SPEC, app_id=1)["api_keys"][1] == {"key_number": 2, "fingerprint": None}


def test_reading_with_reveal(cloud, both, run):
    result = run(spice_api_key_info.SPEC, app_id=1, reveal=True)
    assert [slot["value"] for slot in result.shown["result"]["api_keys"]] == [both[1], both[2]]
