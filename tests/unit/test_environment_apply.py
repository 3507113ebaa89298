# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment that is brought about: the order of its writes, what a failure leaves, and the way back."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._module import redacted
from ansible_collections.spiceai.cloud.plugins.modules import spice_environment
from ansible_collections.spiceai.cloud.tests.unit.fake_runtime import ORDERS, FakeRuntime
from ansible_collections.spiceai.cloud.tests.unit.fakes import PAT

SPICEPOD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
APP = {"name": "sales", "replicas": 2, "spicepod": SPICEPOD}
NOTHING = {"ready": False, "datasets": False}
ALL = {
    "app": APP,
    "secrets": {"A": "value", "B": "another"},
    "fingerprint_key": "key",
    "members": [{"username": "erin"}],
    "verify": NOTHING,
}


@pytest.fixture
def bring(cloud, run, clock):
    """Brings the environment about; a deployment ends while the task waits for it."""

    def go(ends=("succeeded",), **options):
        end(cloud, clock, *ends)
        return run(spice_environment.SPEC, **{**ALL, **options})

    cloud.users["erin"] = 300
    return go


@pytest.fixture
def break_off(cloud, fail, clock):
    def go(ends=("succeeded",), **options):
        end(cloud, clock, *ends)
        return fail(spice_environment.SPEC, **{**ALL, **options})

    cloud.users["erin"] = 300
    return go


def end(cloud, clock, *statuses):
    """Each wait ends the newest deployment in the next of these ways."""

    def give(status):
        newest = cloud.deployments[1][-1]
        newest.update(status=status)
        if status == "failed":
            newest.update(error_message="Out of memory", error_code="oom")

    clock.meanwhile = [lambda status=status: give(status) for status in statuses]


def writes(cloud):
    return [f"{method} {path}" for method, path, dummy in cloud.writes()]


def test_a_new_environment_gets_its_secrets_before_its_one_put(cloud, bring):
    result = bring(diff_mode=True)
    assert writes(cloud) == [
        "POST /v1/apps",
        "POST /v1/apps/1/secrets",
        "POST /v1/apps/1/secrets",
        "PUT /v1/apps/1",
        "POST /v1/apps/1/deployments",
        "POST /v1/members",
    ]
    assert result["changed"] is True
    environment = result["environment"]
    assert environment["app"]["config"]["replicas"] == 2
    assert environment["secrets"] == {"A": "created", "B": "created"}
    assert environment["members"] == {"erin": "created"}
    assert environment["deployment"]["status"] == "succeeded"
    assert environment["deployed"] is True
    assert environment["previous"] == {}
    assert sorted(tag for tag in cloud.apps[1]["tags"] if tag.startswith("ansible.")) == [
        "ansible.secret/A",
        "ansible.secret/B",
    ]
    assert len(result["diff"]) == 4


def test_brought_about_nothing_is_left_to_do(cloud, bring):
    bring()
    cloud.requests.clear()
    result = bring(diff_mode=True)
    assert result["changed"] is False
    assert result["plan"] == result["diff"] == []
    assert cloud.writes() == []
    assert len(cloud.requests) == 4  # the id of the app is known


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"app": {**APP, "description": "Orders"}}, ["PUT /v1/apps/1"]),
        ({"app": {**APP, "replicas": 3}}, ["PUT /v1/apps/1", "POST /v1/apps/1/deployments"]),
        (
            {"secrets": {**ALL["secrets"], "B": "new"}},
            ["POST /v1/apps/1/secrets", "PUT /v1/apps/1", "POST /v1/apps/1/deployments"],
        ),
        ({"members": [{"username": "erin", "roles": ["viewer"]}]}, ["PATCH /v1/members/300"]),
    ],
)
def test_only_what_differs_is_written(cloud, bring, options, expected):
    bring()
    cloud.requests.clear()
    result = bring(**options)
    assert [entry.replace("PUT /v1/members", "PATCH /v1/members") for entry in writes(cloud)] == expected
    assert result["environment"]["deployed"] is any("deployments" in entry for entry in expected)


def test_what_was_done_before_a_failure_is_in_the_result(cloud, break_off):
    cloud.fail("POST", "/v1/apps/1/secrets", (400, {"error": "too long"}))
    result = break_off()
    assert "POST /v1/apps/1/secrets was refused (400)" in result["msg"]
    assert result["changed"] is True
    assert result["environment"]["changed_fields"] == ["name", "region", "spicepod", "replicas"]
    assert sorted(result["environment"]["secrets"].values()) == ["created", "failed"]
    assert result["environment"]["members"] == {}
    assert result["failure"]["status"] == 400
    # The app is whole all the same, with the fingerprint of the secret that was written.
    assert cloud.apps[1]["config"]["replicas"] == 2
    assert len([tag for tag in cloud.apps[1]["tags"] if tag.startswith("ansible.secret/")]) == 1
    assert cloud.deployments.get(1, []) == []


def test_a_failed_run_is_completed_by_the_next(cloud, bring, break_off):
    cloud.fail("POST", "/v1/apps/1/secrets", (400, {"error": "too long"}))
    break_off()
    result = bring()
    assert sorted(result["environment"]["secrets"].values()) == ["created", "unchanged"]
    assert result["environment"]["deployed"] is True
    assert result["environment"]["members"] == {"erin": "created"}


# -- the way back -----------------------------------------------------------------------------------------------------


@pytest.fixture
def running(cloud, bring):
    """The environment, deployed, and a log that begins after it."""
    bring()
    cloud.apps[1]["tags"]["team"] = "sales"
    cloud.requests.clear()


def test_a_deployment_that_fails_is_rolled_back(cloud, running, break_off):
    app = {**APP, "replicas": 3, "tags": {"team": "shop"}}
    result = break_off(app=app, rollback=True, ends=("failed", "succeeded"))
    assert "Deployment 2 of app sales failed: Out of memory" in result["msg"]
    assert (
        "The app was rolled back: app sales has its former tags, replicas again, and deployment 3 runs now"
        in result["msg"]
    )
    assert result["environment"]["rolled_back"] is True
    assert result["environment"]["previous"]["replicas"] == 2
    assert cloud.apps[1]["config"]["replicas"] == 2
    # The collection's own tags stay as they are.
    assert cloud.apps[1]["tags"]["team"] == "sales"
    assert "ansible.secret/A" in cloud.apps[1]["tags"]
    assert len(cloud.deployments[1]) == 3


def test_without_rollback_nothing_is_put_back(cloud, running, break_off):
    result = break_off(ends=("failed",), app={**APP, "replicas": 3})
    assert result["environment"]["rolled_back"] is False
    assert result["environment"]["deployment"]["status"] == "failed"
    assert cloud.apps[1]["config"]["replicas"] == 3


# -- what is public ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["sales", "replicas", "succeeded", "created", "app", "1", "True", "false"])
def test_a_secret_that_equals_a_public_word_hides_no_result(cloud, bring, word):
    result = bring(secrets={"A": word}, fingerprint_key=word)
    shown = redacted(dict(result), result.hidden, spice_environment.SPEC.public)
    for name in ("changed_fields", "secrets", "members", "url", "deployed", "rolled_back"):
        assert shown["environment"][name] == result["environment"][name]
    assert shown["environment"]["app"]["name"] == "sales"
    assert shown["environment"]["deployment"]["status"] == "succeeded"
    assert shown["plan"] == result["plan"]
    assert shown["api"] == result["api"]
    assert shown["elapsed"] == result["elapsed"]
    assert PAT not in str(shown)


# What the runtime answers decides whether the environment is verified, so no word of a secret may be missing there.
URL = "https://us-east-1.runtime.test/1"
WORDS = ["orders", "Ready", "ready", "name", "from", "status", "s3://b/orders", "error_message", "datasets", "sales"]


@pytest.mark.parametrize("word", [*WORDS, URL, "openai:gpt-5"])
def test_a_secret_that_equals_a_word_of_the_runtime_hides_no_answer(http, cloud, bring, clock, word):
    runtime = FakeRuntime(http, URL)
    runtime.answers["/v1/datasets"] = [(200, [{**ORDERS, "status": "Ready"}])]
    runtime.answers["/v1/models"] = [(200, {"data": [{"id": "orders", "owned_by": "openai:gpt-5", "status": "ready"}]})]
    runtime.answers["/v1/sql"] = [(200, {"data": [{"status": "Ready"}]})]
    spicepod = {**SPICEPOD, "datasets": [ORDERS], "models": [{"name": "orders", "from": "openai:gpt-5"}]}
    result = bring(
        app={**APP, "spicepod": spicepod},
        secrets={"A": word, "B": word.upper()},
        verify={"models": True, "sql": [{"query": "SELECT status FROM orders", "expect": "Ready"}]},
    )
    assert result["environment"]["serving"]["ready"] is True
    assert result["environment"]["serving"]["models"][0]["from"] == "openai:gpt-5"
    # Only the wait for the deployment.
    assert len(clock.slept) == 1


@pytest.mark.parametrize("code", ["plan_limit", None])
@pytest.mark.parametrize("status", [402, 403])
@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"app": {"name": "sales", "tags": {"env": "prod"}}, "fingerprint_key": None}, ["`tags`", "`fingerprint_key`"]),
        ({"app": {"name": "sales"}}, ["`fingerprint_key`"]),
        ({"app": {"name": "sales", "tags": {"env": "prod"}}}, ["`tags`", "`fingerprint_key`"]),
    ],
)
def test_a_plan_without_tags_names_the_options_that_need_them(cloud, break_off, options, named, status, code):
    def refuse_tags(method, path, body):
        if method in ("POST", "PUT") and isinstance(body, dict) and body.get("tags"):
            return status, {"error": "not on this plan", "code": code}
        return None

    cloud.hooks.append(refuse_tags)
    result = break_off(secrets={"A": "b"}, members=[], **options)
    assert "The Community plan has no tags: leave out" in result["msg"]
    assert [option for option in ("`tags`", "`fingerprint_key`") if option in result["msg"]] == named


def test_another_refusal_does_not_blame_the_plan(cloud, break_off):
    cloud.fail("POST", "/v1/apps", (403, {"error": "no", "code": "insufficient_scope"}))
    assert "Community" not in break_off(app={"name": "sales", "tags": {"a": "b"}})["msg"]


def test_what_a_part_tells_is_told_while_it_is_brought_about(cloud, run, clock):
    """Its progress, and its warnings also from after the plan."""

    def supersede():
        cloud.deployments[1][-1]["status"] = "created"
        cloud.deploy("succeeded")

    cloud.ignored_fields = {"replicas"}
    clock.meanwhile = [supersede]
    result = run(spice_environment.SPEC, app=APP, secrets={"lower": "value"}, verify=NOTHING)
    assert result.progress_lines == ["app sales: deployment 1 queued, 0 s of at most 600 s"]
    assert [words[:45] for words in result.warnings] == [
        "The secret lower is not in upper case: the ru",
        "The spicepod does not name the secret lower; ",
        "The API accepted but did not apply: replicas ",
        "Deployment 1 was superseded by 2, which was m",
    ]


# -- apps that are connected to GitHub --------------------------------------------------------------------------------


@pytest.mark.parametrize("paused", [None, "2026-11-02T08:30:00.000Z"])
def test_a_changed_spicepod_of_a_connected_app_is_the_first_write_and_the_last(cloud, break_off, paused):
    cloud.add("sales", spicepod=SPICEPOD, tags={"env": "test"})["paused_at"] = paused
    cloud.add_secret("OLD", "value")
    cloud.connected.add(1)
    before = json.dumps([cloud.apps, cloud.secrets, cloud.members])
    app = {**APP, "spicepod": {**SPICEPOD, "datasets": []}, "tags": {"env": "prod"}, "paused": False}
    result = break_off(app=app, purge={"secrets": True, "tags": True}, deployment={"branch": "main"})
    assert writes(cloud) == ["PUT /v1/apps/1"]
    assert "spicepod" in cloud.sent("PUT")[0]
    assert json.dumps([cloud.apps, cloud.secrets, cloud.members]) == before
    assert result["changed"] is False
    assert "app sales (id 1) takes its spicepod from GitHub" in result["msg"]


def test_an_equal_spicepod_of_a_connected_app_is_deployed(cloud, bring):
    cloud.add("sales", spicepod=SPICEPOD)
    cloud.connected.add(1)
    result = bring(deployment={"branch": "main"})
    assert "spicepod" not in cloud.sent("PUT")[0]
    # Nothing in the API has told yet that it is connected.
    assert result["environment"]["deployment"]["branch"] == "main"


def test_a_runtime_that_is_not_offered_is_verified_with_a_warning(cloud, http, bring, clock):
    runtime = FakeRuntime(http)
    runtime.answers.update(dict.fromkeys(("/v1/ready", "/v1/datasets"), [(501, {"error": "Not implemented"})]))
    cloud.add("sales", spicepod=SPICEPOD)["endpoint"] = runtime.url
    cloud.hooks.append(lambda method, path, body: cloud.apps[1].update(endpoint=runtime.url))
    result = bring(app={"name": "sales"}, verify={}, fingerprint_key=None, secrets={})
    assert result["environment"]["serving"]["unavailable"] == ["ready", "datasets"]
    assert [text for text in result.warnings if "(501)" in text] == [
        "The runtime of app sales does not tell ready, datasets (501), as that of a standalone or self-hosted app does "
        "not, so this is not verified."
    ]
