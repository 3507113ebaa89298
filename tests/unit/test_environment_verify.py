# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification of an environment: the questions to its runtime, and the log that a failure brings along."""

from __future__ import annotations

import json

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_environment
from ansible_collections.spiceai.cloud.tests.unit.fake_runtime import ORDERS, FakeRuntime

POD = {"version": "v1", "kind": "Spicepod", "name": "sales", "datasets": [ORDERS]}
URL = "https://us-east-1.runtime.test/1"
SECRET = "Zebra-Quartz-0815-Umbrella"
SEARCH, NSQL, CHAT = "/v1/search", "/v1/nsql", "/v1/chat/completions"
FOUND = {
    "matches": {"body": "Late delivery"},
    "data": {"id": 7},
    "primary_key": {"id": 7},
    "score": 0.9,
    "dataset": "o",
}
ASKED = {"model": "gpt", "question": "Which city?"}


def said(text):
    return 200, {"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": text}}]}


@pytest.fixture
def runtime(http, cloud, clock):
    """The runtime of an app that a deployment succeeds for at the first look."""
    cloud.add("sales", spicepod=POD)
    cloud.add_instance("new", ["first", f"got {SECRET[:9]}", f"{SECRET[9:]} last"])
    clock.meanwhile = [lambda: cloud.deployments[1][-1].update(status="succeeded")]
    fake = FakeRuntime(http, URL)
    fake.answers[SEARCH] = [(200, {"results": [FOUND], "duration_ms": 5})]
    fake.answers[NSQL] = [(200, [{"count": 3}])]
    fake.answers[CHAT] = [said("Paris it is")]
    return fake


def given(**verify):
    return {"app": {"name": "sales", "spicepod": POD}, "secrets": {"A": SECRET}, "verify": verify, "prefix": "my_"}


@pytest.fixture
def verify(run, runtime):
    return lambda **options: run(spice_environment.SPEC, **given(**options))


@pytest.fixture
def doubt(fail, runtime):
    return lambda **options: fail(spice_environment.SPEC, **given(**options))


def asked(runtime, path):
    """list: the bodies of the questions to this path."""
    return [json.loads(request.body) for request in runtime.requests if request.url == URL + path]


def test_each_kind_is_asked_after_the_runtime_is_ready(verify, runtime, cloud):
    result = verify(
        chat=[{**ASKED, "answer": "^Paris"}, ASKED],
        nsql=[{"query": "How many?", "expect": 3}, {"query": "How many?", "model": "gpt", "expect": [{"count": 3}]}],
        search=[{"text": "late", "datasets": ["orders"], "limit": 2, "expect": "(?i)late"}, {"text": "late"}],
        sql=[{"query": "SELECT 1", "expect": 3}],
    )
    paths = ["/v1/ready", "/v1/datasets?status=true", "/v1/sql", SEARCH, SEARCH, NSQL, NSQL, CHAT, CHAT]
    assert [request.url[len(URL) :] for request in runtime.requests] == paths
    assert asked(runtime, SEARCH) == [{"text": "late", "datasets": ["orders"], "limit": 2}, {"text": "late"}]
    assert asked(runtime, NSQL) == [{"query": "How many?"}, {"query": "How many?", "model": "gpt"}]
    message = {"role": "user", "content": "Which city?"}
    assert asked(runtime, CHAT) == [{"model": "gpt", "messages": [message], "stream": False}] * 2
    for request in runtime.requests:
        assert request.headers["X-API-Key"] == cloud.keys[1][1]
        assert "Authorization" not in request.headers
    assert runtime.requests[-1].headers["Content-Type"] == "application/json"
    assert result["api"]["writes"] == 2 == len(cloud.writes())  # the secret and the deployment
    assert result.warnings[0].startswith("The spicepod does not name the secret A")


@pytest.mark.parametrize(
    ("options", "answer", "words"),
    [
        ({"search": [{"text": "x"}]}, (200, {"results": []}), "search[0]`: The search of app sales finds nothing;"),
        (
            {"search": [{"text": "x"}, {"text": "x", "expect": "early"}]},
            None,
            "search[1]`: No result of the search of app sales matches `expect`; the first of 1 is {",
        ),
        ({"nsql": [{"query": "x", "expect": 4}]}, None, "nsql[0]`: The rows of app sales are not those of `expect`"),
        (
            {"chat": [{**ASKED, "answer": "London"}]},
            None,
            "chat[0]`: What model gpt of app sales answers does not match `answer`: it begins with 'Paris it is'; ",
        ),
        ({"chat": [ASKED]}, said(None), "chat[0]`: Model gpt of app sales answers nothing"),
        ({"chat": [ASKED]}, said(" \n"), "chat[0]`: Model gpt of app sales answers nothing"),
        ({"chat": [ASKED]}, (200, {"choices": []}), "chat[0]`: The runtime answered a chat in an unknown form"),
        ({"chat": [ASKED]}, (200, {"choices": [{"message": {"content": 5}}]}), "in an unknown form"),
        ({"chat": [ASKED]}, (200, {"error": "x"}), "in an unknown form"),
        (
            {"search": [{"text": "x"}]},
            (200, {"results": "none"}),
            "search[0]`: The runtime answered in an unknown form",
        ),
        (
            {"chat": [ASKED]},
            (404, "model 'gpt' not found"),
            "(404: model 'gpt' not found); check the names of the model",
        ),
        ({"nsql": [{"query": "x"}]}, (400, "no such table"), "nsql[0]`: The runtime at us-east-1.runtime.test refused"),
        ({"sql": [{"query": "SELECT 1", "expect": 4}]}, None, "sql[0]`: The rows of app sales are not those"),
    ],
)
def test_what_is_not_answered_as_it_should_be(doubt, runtime, options, answer, words):
    paths = {"search": SEARCH, "nsql": NSQL, "chat": CHAT, "sql": "/v1/sql"}
    if answer is not None:
        runtime.answers[paths[next(iter(options))]] = [answer]
    result = doubt(**options)
    assert "`my_verify." in result["msg"]
    assert words in result["msg"]
    assert "log" not in result
    assert result["environment"]["serving"]["ready"] is True


def test_an_answer_is_hidden_and_cut_and_never_a_template(doubt, runtime):
    text = "{{ 7 * 7 }}\x1b[2J " + "x" * 170 + SECRET + " and the rest of it"
    runtime.answers[CHAT] = [said(text)]
    message = doubt(chat=[{**ASKED, "answer": "nothing of this"}])["msg"]
    assert "it begins with '{{ 7 * 7 }}?[2J xxx" in message
    assert SECRET[:12] not in message
    assert "********" in message
    assert "the rest of it" not in message
    assert "\x1b" not in message


def test_an_answer_is_compared_as_it_came(verify, runtime):
    runtime.answers[CHAT] = [said(f"it is {SECRET}")]
    verify(chat=[{**ASKED, "answer": f"is {SECRET}$"}])


@pytest.mark.parametrize("kind", ["sql", "search", "nsql", "chat"])
def test_what_a_runtime_does_not_offer_is_a_warning(verify, runtime, kind):
    path = {"search": SEARCH, "nsql": NSQL, "chat": CHAT, "sql": "/v1/sql"}[kind]
    questions = {"sql": {"query": "SELECT 1"}, "search": {"text": "x"}, "nsql": {"query": "x"}, "chat": ASKED}
    runtime.answers[path] = [(501, "Not implemented")]
    result = verify(**{name: [question] for name, question in questions.items()})
    assert result.warnings[-1] == (
        f"`my_verify.{kind}[0]` was not verified, because the runtime of app sales does not offer it (501)."
    )
    assert len(runtime.requests) == 6  # the others are asked, and nothing twice


@pytest.mark.parametrize("lost", [requests.exceptions.ConnectionError("reset"), (502, "bad"), (429, "slow down")])
@pytest.mark.parametrize("kind", ["sql", "chat"])
def test_a_question_is_asked_again_when_the_answer_is_lost(verify, runtime, lost, kind):
    path = {"chat": CHAT, "sql": "/v1/sql"}[kind]
    runtime.answers[path].insert(0, lost)
    result = verify(**{kind: [{**ASKED, "answer": "Paris"} if kind == "chat" else {"query": "SELECT 1"}]})
    assert result["api"]["retries"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"chat": [ASKED, {**ASKED, "answer": "(Paris"}]},
            "`chat[1]`: `answer` is no regular expression of Python: mi",
        ),
        ({"chat": [{**ASKED, "answer": "a{99999999999999}"}]}, "`chat[0]`: `answer` is no regular expression"),
        (
            {"search": [{"text": "x", "expect": "*"}]},
            "`search[0]`: `expect` is no regular expression of Python: nothing",
        ),
        ({"search": [{"text": " "}]}, "`search[0]`: `text` must not be empty."),
        ({"search": [{"text": "x", "limit": 0}]}, "`search[0]`: `limit` must be 1 or more, not 0."),
        ({"nsql": [{"query": ""}]}, "`nsql[0]`: `query` must not be empty."),
        ({"nsql": [{"query": "x", "expect": [1]}]}, "`nsql[0]`: `expect` must be a list of rows"),
        ({"chat": [{**ASKED, "question": ""}]}, "`chat[0]`: `question` must not be empty."),
        ({"chat": [{**ASKED, "model": ""}]}, "`chat[0]`: `model` must not be empty."),
        ({"chat": [{"question": "x"}]}, "missing required arguments: model found in chat"),
        ({"search": [{"query": "x"}]}, "`my_verify.search[0].query`: there is no such option"),
        ({"chat": [{**ASKED, "anwser": "x"}]}, "did you mean `answer`?"),
        ({"log_lines": -1}, "`log_lines` must be 0 or more, not -1."),
    ],
)
def test_what_cannot_be_right_is_told_before_the_first_request(doubt, cloud, runtime, options, words):
    message = doubt(**options)["msg"]
    assert words in message
    assert "nothing was changed yet" in message
    assert cloud.requests == []
    assert runtime.requests == []


def test_all_that_cannot_be_right_is_told_at_once(doubt):
    wrong = {**ASKED, "answer": "("}
    message = doubt(chat=[wrong, wrong], search=[{"text": ""}], sql=[{"query": "DROP TABLE a"}])["msg"]
    assert message.count("\n- my_verify: `") == 4


# -- the log ----------------------------------------------------------------------------------------------------------


def test_a_failed_verification_brings_the_log_along(doubt, runtime, cloud):
    runtime.answers["/v1/datasets"] = [(200, [{**ORDERS, "status": "Error", "error_message": "no access"}])]
    result = doubt(log_lines=2)
    assert "dataset orders is in Error: no access" in result["msg"]
    assert result["msg"].endswith("(ready, started at 2026-10-01T12:00:00.000Z).")
    assert result["log"] == ["got ********", "******** last"]
    assert result["environment"]["deployment"]["status"] == "succeeded"


def test_an_answer_that_is_wrong_brings_it_too(doubt, runtime):
    assert doubt(log_lines=1, chat=[{**ASKED, "answer": "London"}])["log"] == ["******** last"]


def test_a_log_that_cannot_be_read_is_a_hint(doubt, runtime, cloud):
    cloud.fail("GET", "/v1/apps/1/instances", (500, {"error": "broken"}))
    runtime.answers[NSQL] = [(400, "no such table")]
    result = doubt(log_lines=1, nsql=[{"query": "x"}])
    assert "no such table" in result["msg"]
    assert "The log of its newest instance cannot be shown: GET /v1/apps/1/instances was refused (500)" in result["msg"]
    assert result["failure"]["path"] == "/1/v1/nsql"


def test_a_failed_deployment_brings_it_by_its_own_option(fail, cloud, clock, runtime):
    clock.meanwhile = [lambda: cloud.deployments[1][-1].update(status="failed", error_message="no start")]
    options = {**given(log_lines=9), "deployment": {"log_lines": 1}}
    result = fail(spice_environment.SPEC, **options)
    assert result["log"] == ["******** last"]
    assert result["environment"]["deployment"]["status"] == "failed"
    assert runtime.requests == []


def test_a_runtime_without_a_key_brings_no_log(doubt, cloud):
    cloud.keys[1] = {1: None, 2: None}
    result = doubt(log_lines=1)
    assert "has no API key" in result["msg"]
    assert "log" not in result


@pytest.mark.parametrize(("ends", "words"), [("succeeded", "The app was rolled back"), ("failed", "failed too")])
def test_a_rollback_keeps_the_log_of_the_failure(fail, cloud, clock, runtime, run, ends, words):
    run(spice_environment.SPEC, **given())
    broken = {"status": "failed", "error_message": "no start"}

    def fail_first():
        cloud.deployments[1][-1].update(broken)

    def end_second():
        cloud.add_instance("newer", ["other"])
        cloud.deployments[1][-1].update({**broken, "status": ends})

    clock.meanwhile = [fail_first, end_second]
    options = {**given(), "deployment": {"log_lines": 1}, "rollback": True}
    options["app"] = {**options["app"], "replicas": 3}
    result = fail(spice_environment.SPEC, **options)
    assert words in result["msg"]
    assert result["log"] == ["******** last"]
    assert result["msg"].count("newest instance") == 1
