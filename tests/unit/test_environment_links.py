# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of an environment's app to secrets of its organization, and what they mean for its deployment."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import spice_deployment, spice_environment, spice_secret_link
from ansible_collections.spiceai.cloud.tests.unit.fake_secret_links import OFFERED
from ansible_collections.spiceai.cloud.tests.unit.test_environment_apply import NOTHING, end, writes

KEY, SECRET = OFFERED
PLATFORM = "SCP_OPENAI_API_KEY"
LINKS = "/v1/apps/1/org-secrets"
SPICEPOD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "sales",
    "datasets": [
        {
            "from": "s3://b/orders",
            "name": "orders",
            "params": {"s3_key": f"${{secrets:{KEY}}}", "s3_secret": f"${{secrets:{SECRET}}}"},
        }
    ],
}
APP = {"name": "sales", "replicas": 2, "spicepod": SPICEPOD}
ALL = {"app": APP, "linked_secrets": [KEY, SECRET], "verify": NOTHING}


@pytest.fixture
def bring(cloud, run, clock):
    """Brings the environment about; a deployment ends while the task waits for it."""

    def go(ends=("succeeded",), **options):
        end(cloud, clock, *ends)
        return run(spice_environment.SPEC, **{**ALL, **options})

    return go


@pytest.fixture
def plan(bring):
    return lambda **options: bring(check_mode=True, **options)


@pytest.fixture
def break_off(cloud, fail, clock):
    def go(ends=("succeeded",), **options):
        end(cloud, clock, *ends)
        return fail(spice_environment.SPEC, **{**ALL, **options})

    return go


@pytest.fixture
def running(cloud, bring):
    """The environment as described."""
    bring()
    cloud.requests.clear()


# -- the order, and what is written -----------------------------------------------------------------------------------


def test_a_new_app_is_linked_after_its_secrets_and_before_its_deployment(cloud, bring, plan):
    options = {"secrets": {"A": "value"}, "fingerprint_key": "key", "diff_mode": True}
    planned = plan(**options)
    assert cloud.writes() == []
    done = bring(**options)
    assert writes(cloud)[:3] == ["POST /v1/apps", "POST /v1/apps/1/secrets", "PUT /v1/apps/1"]
    assert sorted(writes(cloud)[3:5]) == [f"PUT {LINKS}/{KEY}", f"PUT {LINKS}/{SECRET}"]
    assert writes(cloud)[5:] == ["POST /v1/apps/1/deployments"]
    assert LINKS not in cloud.paths()  # a new app has none
    for result in (planned, done):
        assert result["environment"]["linked_secrets"] == {KEY: "created", SECRET: "created"}
        assert result["plan"][1:] == [
            "create secret A",
            f"link secrets {KEY}, {SECRET} of the organization",
            "deploy: because nothing is deployed yet",
        ]
        assert result["diff"][2]["after"] == f"{KEY}: linked\n{SECRET}: linked\n"
    again = bring(**options)
    assert (again["changed"], again["plan"], again["diff"]) == (False, [], [])
    assert again["environment"]["linked_secrets"] == {KEY: "unchanged", SECRET: "unchanged"}


def test_an_app_that_somebody_else_creates_meanwhile_keeps_its_links(cloud, bring):
    def create(method, path, body):
        if method == "POST" and path == "/v1/apps" and not cloud.apps:
            cloud.add("sales")
            cloud.links[1] = [KEY]

    cloud.hooks.append(create)
    result = bring()
    assert result["environment"]["linked_secrets"] == {KEY: "unchanged", SECRET: "created"}
    assert cloud.links[1] == [KEY, SECRET]


@pytest.mark.parametrize(
    ("options", "sentences", "links"),
    [
        (
            {"linked_secrets": [KEY, SECRET, PLATFORM]},
            [f"link secret {PLATFORM} of the organization", f"deploy: because link to secret {PLATFORM}"],
            [KEY, SECRET, PLATFORM],
        ),
        (
            {"linked_secrets": [KEY], "purge": {"linked_secrets": True}},
            [f"unlink secret {SECRET} of the organization", f"deploy: because link to secret {SECRET}"],
            [KEY],
        ),
        ({"linked_secrets": [KEY]}, [], [KEY, SECRET]),
        ({"linked_secrets": None}, [], [KEY, SECRET]),
        (
            {"linked_secrets": [], "purge": {"linked_secrets": True}, "deploy": False},
            [f"unlink secrets {KEY}, {SECRET} of the organization"],
            [],
        ),
    ],
)
def test_a_change(cloud, bring, plan, running, options, sentences, links):
    planned = plan(**options)
    assert cloud.writes() == []
    done = bring(**options)
    assert planned["plan"] == done["plan"] == sentences
    assert planned["environment"]["linked_secrets"] == done["environment"]["linked_secrets"]
    assert done["changed"] is planned["changed"] is bool(sentences)
    assert sorted(cloud.links[1]) == sorted(links)
    assert len(cloud.deployments[1]) == (2 if any(text.startswith("deploy") for text in sentences) else 1)
    assert bring(**options)["changed"] is False


# -- a link is part of the stamp --------------------------------------------------------------------------------------


def test_a_link_that_somebody_else_changes_is_deployed_by_both_modules(cloud, bring, run, running, clock):
    alone = {"app": APP, "linked_secrets": None, "verify": NOTHING}
    assert run(spice_deployment.SPEC, app_id=1)["changed"] is False
    cloud.links[1].append(PLATFORM)
    assert bring(**alone)["environment"]["deployed"] is True
    assert run(spice_deployment.SPEC, app_id=1)["changed"] is False
    run(spice_secret_link.SPEC, app_id=1, name=PLATFORM, state="absent")
    end(cloud, clock, "succeeded")
    assert run(spice_deployment.SPEC, app_id=1)["changed"] is True
    assert bring(**alone)["changed"] is False


OWN = {**SPICEPOD, "datasets": [{"from": "s3://b/orders", "name": "orders", "params": {"s3_key": "${secrets:a}"}}]}
WITHOUT = {
    "app": {**APP, "spicepod": OWN},
    "linked_secrets": None,
    "secrets": {"A": "value"},
    "fingerprint_key": "key",
}


def test_links_are_read_only_where_they_may_matter(cloud, bring):
    bring(**WITHOUT)
    cloud.requests.clear()
    assert bring(**WITHOUT)["changed"] is False
    cloud.links[1] = [SECRET]  # the spicepod does not name it
    assert bring(**WITHOUT)["changed"] is False
    assert LINKS not in cloud.paths()
    named = {**WITHOUT, "app": APP}  # its spicepod names it
    assert bring(**named)["environment"]["deployed"] is True
    cloud.requests.clear()
    assert bring(**named)["changed"] is False
    assert LINKS in cloud.paths()


def test_a_link_that_is_made_again_is_what_runs_already(cloud, bring, running):
    cloud.links[1].remove(KEY)
    result = bring()
    assert result["plan"] == [f"link secret {KEY} of the organization"]
    assert writes(cloud) == [f"PUT {LINKS}/{KEY}"]


def test_a_link_that_no_list_shows_is_made_in_each_run_and_deployed_once(cloud, bring):
    def leave_out(method, path, body):
        if (method, path) == ("GET", LINKS):
            return 200, {"org_secrets": [{"name": name} for name in cloud.links[1] if name != PLATFORM]}
        return None

    cloud.hooks.append(leave_out)
    bring(linked_secrets=[KEY, PLATFORM])
    again = bring(linked_secrets=[KEY, PLATFORM])
    assert again["environment"]["linked_secrets"] == {KEY: "unchanged", PLATFORM: "created"}
    assert len(cloud.deployments[1]) == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_server_that_tells_no_links_is_as_one_without_them(cloud, bring, run, status):
    options = {"linked_secrets": None}
    bring(**options)
    cloud.fail("GET", LINKS, *[(status, {"error": "no"})] * 2)
    assert bring(**options)["changed"] is False
    assert run(spice_deployment.SPEC, app_id=1)["changed"] is False
    cloud.heal()
    assert bring(**options)["changed"] is False


def test_a_server_that_does_not_work_is_none_without_links(cloud, break_off, fail, running):
    cloud.fail("GET", LINKS, *[(500, {"error": "broken"})] * 20)
    assert "broken" in break_off(linked_secrets=None)["msg"]
    assert "broken" in fail(spice_deployment.SPEC, app_id=1)["msg"]
    assert cloud.writes() == []


# -- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "answer", "problem"),
    [
        ({"linked_secrets": ["A-B", "1A"]}, None, "`my_linked_secrets` holds 'A-B', which is not the name of a secret"),
        ({}, (404, {"error": "Not found"}), "my_linked_secrets: The server tells no links of app sales"),
        ({}, (403, {"error": "no", "code": "forbidden"}), "my_linked_secrets: GET "),
        (
            {"linked_secrets": None, "purge": {"linked_secrets": True}},
            (404, {"error": "Not found"}),
            "my_linked_secrets: The server tells no links of app sales",
        ),
    ],
)
def test_problems_are_told_before_the_first_write(cloud, break_off, running, options, answer, problem):
    if answer:
        cloud.fail("GET", LINKS, *[answer] * 2)
    result = break_off(**options, prefix="my_")
    assert "nothing was changed yet" in result["msg"]
    assert any(line.startswith(problem) for line in result["msg"].split("\n- "))
    assert cloud.writes() == []
    assert not options.get("linked_secrets") or cloud.requests == []


def test_after_a_failed_link_the_result_has_what_was_done(cloud, break_off):
    result = break_off(linked_secrets=[KEY, "NONE"], prefix="environment_", diff_mode=True)
    assert "correct `environment_linked_secrets`" in result["msg"]
    environment = result["environment"]
    assert environment["app"]["id"] == 1
    assert environment["linked_secrets"] == {KEY: "created", "NONE": "failed"}
    assert environment["deployment"] is None
    assert result["changed"] is True
    assert cloud.deployments[1] == []
    assert result["diff"][-1]["after"] == f"{KEY}: linked\n"


def test_a_plan_warns_of_what_is_not_listed(plan, bring):
    told = plan(linked_secrets=[KEY, SECRET, PLATFORM]).warnings
    assert any(text.startswith(f"The organization does not list the secret {PLATFORM}") for text in told)
    assert not any("does not list" in text for text in bring(linked_secrets=[KEY, SECRET, PLATFORM]).warnings)


def test_a_rollback_says_that_links_are_not_put_back(cloud, bring, break_off, running):
    options = {"app": {**APP, "replicas": 3}, "linked_secrets": [KEY, SECRET, PLATFORM], "rollback": True}
    result = break_off(ends=("failed", "succeeded"), **options)
    assert result["msg"].endswith("runs now; links to secrets of the organization are not put back.")
    assert PLATFORM in cloud.links[1]
    # What runs now is stamped with the links that it has.
    assert bring(linked_secrets=[KEY, SECRET, PLATFORM])["changed"] is False


# -- warnings about references ----------------------------------------------------------------------------------------


def test_what_a_link_provides_is_not_missing(plan, running, cloud):
    assert plan().warnings == []
    # One that the environment does not name provides it too.
    assert plan(linked_secrets=[KEY]).warnings == plan(linked_secrets=None).warnings == []
    assert plan(linked_secrets=None, deploy=False).warnings == []
    told = plan(linked_secrets=[KEY], purge={"linked_secrets": True}).warnings
    assert [text.partition(":")[0] for text in told] == ["`${secrets"]
    assert f"provides {SECRET}" in told[0]


def test_links_that_cannot_be_listed_may_provide_anything(cloud, plan, running):
    cloud.fail("GET", LINKS, *[(403, {"error": "no"})] * 2)
    assert plan(linked_secrets=None).warnings == []


def test_a_link_that_no_spicepod_names(plan, running):
    (told,) = [text for text in plan(linked_secrets=[KEY, SECRET, PLATFORM]).warnings if "list" not in text]
    assert told.startswith(f"The spicepod does not name the linked secret {PLATFORM};")


@pytest.mark.parametrize(
    ("existing", "options", "hidden"),
    [
        ([], {"secrets": {KEY: "own"}}, [KEY]),
        ([], {"secrets": {KEY.lower(): "own"}}, [KEY]),
        ([SECRET, "OTHER"], {}, [SECRET]),
        ([SECRET], {"secrets": {KEY: "own"}, "purge": {"secrets": True}}, [KEY]),
        ([SECRET], {"linked_secrets": None}, []),  # nothing of it is the environment's
        ([], {"linked_secrets": None, "secrets": {KEY: "own"}}, [KEY]),
        ([], {"secrets": {"OTHER": "own"}}, []),
    ],
)
def test_a_secret_of_the_app_hides_a_link(cloud, plan, running, existing, options, hidden):
    for name in existing:
        cloud.add_secret(name, "value")
    told = [text for text in plan(**options).warnings if "which wins" in text]
    assert told == (
        [
            "A link has no effect where the app has a secret of its own with the same name, which wins: "
            f"{', '.join(hidden)}."
        ]
        if hidden
        else []
    )
