# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role environment asks a runtime, and the log that a failure brings along."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

SECRET = "Zebra-Quartz-0815-Umbrella"
QUESTION = "Which city is the capital of France?"
TASK = "Bring the environment to its described state"
MODELS = [{"from": "openai:gpt-5", "name": "assistant"}]


@pytest.fixture
def bring(play, cloud):
    """Runs the role on a small environment with a model and a secret."""
    cloud.clock(**AT_ONCE)
    cloud.seed(chat={QUESTION: f"It is {SECRET}, {{{{ 7 * 7 }}}}"})

    def run(*args, **variables):
        app = {"name": "sales-app", "region": "us-east-1", "spicepod": {**SPICEPOD, "models": MODELS}}
        given = {"environment_app": app, "environment_secrets": {"PG_PASSWORD": SECRET}, **variables}
        role = {"name": "Role", "ansible.builtin.include_role": {"name": "spiceai.cloud.environment"}}
        return play([role], args=args, vars=given)

    return run


def failure(run):
    """dict: the result of the role's task, which failed, and of which nothing shows the secret."""
    assert run.rc != 0, run.output
    assert SECRET[:12] not in run.output
    assert SECRET[-12:] not in run.output
    return of_role(run)


def of_role(run):
    """dict: the result of the role's task."""
    (told,) = run.of(TASK) or run.of(f"spiceai.cloud.environment : {TASK}")
    return told


def test_the_questions_are_asked_and_judged(bring, cloud):
    chat = {"model": "assistant", "question": QUESTION, "answer": f"(?i)it is {SECRET}"}
    verify = {
        "models": True,
        "search": [{"text": "late delivery", "datasets": ["orders"], "expect": "orders"}],
        "nsql": [{"query": "How many orders are there?", "expect": 3}],
        "chat": [chat],
    }
    bring(environment_verify=verify).ok()
    asked = [line for line in cloud.log(path="/runtime/") if line.startswith("POST")]
    assert [line.rpartition("/v1/")[2] for line in asked] == ["search", "nsql", "chat/completions"]

    told = failure(bring("-vvvv", environment_verify={"chat": [chat, {**chat, "answer": "London"}], "log_lines": 1}))
    assert "`environment_verify.chat[1]`: What model assistant of app sales-app answers does not match" in told["msg"]
    assert "it begins with 'It is ********, {{ 7 * 7 }}'" in told["msg"]
    assert told["log"] == ["INFO Rollout finished"]

    cloud.fault("status_before", "POST", "/v1/chat/completions$", status=501)
    run = bring(environment_verify=verify).ok()
    warned = (
        "`environment_verify.chat[0]` was not verified, because the runtime of app sales-app does not offer it (501)."
    )
    assert warned in of_role(run)["warnings"]


def test_a_failed_deployment_brings_its_log_and_no_value(bring, cloud):
    lines = [
        "starting",
        f"password is {SECRET[:11]}",
        f"{SECRET[11:]} and {SECRET}",
        json.dumps({"key": SECRET}),
        "{{ 1 + 1 }}",
    ]
    cloud.outcomes({"status": "failed", "error_message": "no start", "log": lines})
    told = failure(bring("-vvvv", environment_deployment={"log_lines": 4}))
    assert "Deployment 5001 of app sales-app failed: no start. " in told["msg"]
    assert "`log` has the last 4 lines of the log of its newest instance app-1001-5001-0 (not_ready, " in told["msg"]
    assert told["log"] == [
        "password is ********",
        "******** and ********",
        '{"key": "********"}',
        "{{ 1 + 1 }}",
    ]
    assert told["environment"]["deployment"]["status"] == "failed"


def test_what_cannot_be_right_is_told_before_the_first_request(bring, cloud):
    chat = {"model": "assistant", "question": QUESTION, "answer": "(London"}
    told = failure(bring(environment_verify={"chat": [chat], "search": [{"text": ""}]}))
    assert "- environment_verify: `chat[0]`: `answer` is no regular expression of Python: missing )" in told["msg"]
    assert "- environment_verify: `search[0]`: `text` must not be empty." in told["msg"]
    assert cloud.requests() == []
