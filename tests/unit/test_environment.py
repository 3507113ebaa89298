# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a whole environment: what is to be done, and what stands in the way."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import spice_deployment, spice_environment, spice_secrets
from ansible_collections.spiceai.cloud.tests.unit.fakes import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET

SPICEPOD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
APP = {"name": "sales", "replicas": 2, "spicepod": SPICEPOD}


def naming(*secrets):
    """The app with a spicepod that names these secrets."""
    return {**APP, "spicepod": {**SPICEPOD, "note": [f"${{secrets:{name}}}" for name in secrets]}}


NOTHING = {"ready": False, "datasets": False}


@pytest.fixture
def look(run):
    def plan(**options):
        return run(spice_environment.SPEC, **{"app": APP, "check_mode": True, **options})

    return plan


def told_in(result):
    """list[str]: the problems of a plan, as the message tells them."""
    return result["msg"].split("\n- ")[1:]


@pytest.fixture
def refuse(fail):
    def problems(**options):
        result = fail(spice_environment.SPEC, **{"app": APP, **options})
        assert "nothing was changed yet" in result["msg"]
        return told_in(result)

    return problems


@pytest.fixture
def deployed(cloud, run):
    """The app as described, with a secret, a member and a deployment that runs it."""
    cloud.add("sales", replicas=2, spicepod=SPICEPOD)
    cloud.add_member("carol")
    run(spice_secrets.SPEC, app_id=1, secrets={"A": "value"}, fingerprint_key="key")
    run(spice_deployment.SPEC, app_id=1, wait=False)
    cloud.deployments[1][0]["status"] = "succeeded"
    cloud.requests.clear()
    return {"secrets": {"A": "value"}, "fingerprint_key": "key", "members": [{"username": "carol"}]}


def test_from_nothing_everything_is_to_be_done(cloud, look):
    cloud.users["erin"] = 300
    found = look(secrets={"A": "value"}, members=[{"username": "erin"}])
    assert found["plan"] == [
        "create the app with region, spicepod, replicas",
        "create secret A",
        "deploy: because nothing is deployed yet",
        "create member erin",
    ]
    environment = found["environment"]
    assert environment["app"]["id"] is environment["deployment"]["id"] is None
    assert environment["secrets"] == {"A": "created"}
    assert environment["members"] == {"erin": "created"}
    assert environment["deployed"] is True
    assert cloud.writes() == []


def test_as_described_nothing_is_to_be_done_and_each_thing_is_read_once(cloud, look, deployed):
    found = look(**deployed, verify=NOTHING)
    assert found["plan"] == []
    assert found["changed"] is False
    assert found["environment"]["deployment"]["status"] == "succeeded"
    assert sorted(cloud.paths()) == [
        "/v1/apps",
        "/v1/apps/1",
        "/v1/apps/1/deployments",
        "/v1/apps/1/secrets",
        "/v1/members",
    ]


@pytest.mark.parametrize(
    ("options", "plan"),
    [
        ({"secrets": {"A": "another"}}, ["update secret A", "deploy: because secret A"]),
        ({"app": {**APP, "description": "Orders"}}, ["update description of the app"]),
        ({"app": {**APP, "replicas": 3}}, ["update replicas of the app", "deploy: because replicas"]),
        ({"app": {**APP, "replicas": 3}, "deploy": False}, ["update replicas of the app"]),
        ({"deployment": {"force": True}}, ["deploy: because `force` asks for it"]),
        ({"deployment": {"replicas": 4}}, ["deploy: because deployment 1 was made from another configuration"]),
        # Without a key what exists is left alone; with one nothing is purged unless it is said.
        ({"secrets": {"A": "another"}, "fingerprint_key": None}, []),
        ({"secrets": {}, "purge": {"secrets": True}}, ["delete secret A", "deploy: because secret A"]),
        ({"members": [], "purge": {"members": True}}, ["delete member carol"]),
    ],
)
def test_only_what_differs_is_to_be_done(cloud, look, deployed, options, plan):
    assert look(**{**deployed, "verify": NOTHING, **options})["plan"] == plan
    assert cloud.writes() == []


def test_a_deployment_by_other_means_is_replaced(cloud, look, deployed):
    cloud.deployments[1][0]["commit_message"] = "Fix the pod"
    assert look(**deployed)["plan"] == ["deploy: because deployment 1 was made by other means"]
    cloud.deployments[1][0]["status"] = "failed"
    assert look(**deployed)["plan"] == ["deploy: because deployment 1 failed"]


@pytest.mark.parametrize(
    ("theirs", "options", "plan"),
    [
        (
            {"image_tag": "2.0.3", "replicas": 3},
            {},
            ["deploy: because deployment 1 was made by other means with image_tag 2.0.3 -> default, replicas 3 -> 2"],
        ),
        (
            {"replicas": 5},
            {"deployment": {"replicas": 4}},
            ["deploy: because deployment 1 was made by other means with replicas 5 -> 4"],
        ),
        (
            {"replicas": 3},
            {"secrets": {"A": "another"}},
            [
                "update secret A",
                "deploy: because secret A, deployment 1 was made by other means with replicas 3 -> 2",
            ],
        ),
        ({"replicas": 3}, {"deployment": {"replicas": 3}}, ["deploy: because deployment 1 was made by other means"]),
    ],
)
def test_what_the_other_deployment_had_is_told(cloud, look, deployed, theirs, options, plan):
    cloud.deployments[1][0].update(commit_message="Deployed by an action", **theirs)
    assert look(**{**deployed, **options})["plan"] == plan


def test_the_diff_of_an_environment_shows_what_the_other_deployment_had(cloud, look, deployed):
    cloud.deployments[1][0].update(commit_message=None, image_tag="2.0.3", replicas=3)
    [diff] = look(**deployed, diff_mode=True)["diff"]
    assert "image_tag: 2.0.3\n" in diff["before"]
    assert "replicas: 3\n" in diff["before"]
    assert "image_tag: default\n" in diff["after"]
    assert "replicas: 2\n" in diff["after"]


def test_a_failed_deployment_is_not_retried_unasked(cloud, fail, deployed):
    cloud.deployments[1][0].update(status="failed", error_message="no start")
    options = dict(deployed, app=APP, deployment={"retry_failed": False})
    result = fail(spice_environment.SPEC, check_mode=True, **options)
    assert "Deployment 1 of app sales failed: no start. " in result["msg"]
    assert result["plan"] == ["fail: deployment 1 failed, and `retry_failed` is false"]
    fail(spice_environment.SPEC, **options)
    assert cloud.writes() == []


def test_a_deployment_under_way_is_waited_for(cloud, look, deployed):
    cloud.deployments[1][0]["status"] = "in_progress"
    found = look(**deployed)
    assert found["plan"] == ["wait for deployment 1, which is in_progress"]
    assert found["changed"] is False


def test_an_app_that_describes_nothing_to_run_is_not_deployed(cloud, look):
    assert look(app={"name": "plain"})["plan"] == ["create the app with region"]


def test_all_options_are_checked_before_the_first_request(cloud, refuse):
    problems = refuse(
        app={"name": "abc", "replicas": 11},
        secrets={"B-C": "x", "D": {"a": 1}},
        members=[{"username": " "}],
        deployment={"wait_timeout": 0},
        prefix="my_",
    )
    assert [problem.split(":")[0] for problem in problems] == [
        "my_app",
        "my_members",
        "my_deployment",
        "`my_secrets` holds `B...`, which is not the name of a secret",
        "`my_secrets.D` is a dictionary, not a string",
    ]
    problems = refuse(
        app={"replicas": 1},
        members=[{"roles": ["member"]}],
        deployment={"replicas": "many"},
        verify={"timeout": "soon"},
        purge={"tags": "perhaps"},
        update_secret="on_change",
    )
    assert len(problems) == 6
    assert "one of the following is required" in "".join(problems)
    assert cloud.requests == []


def test_unknown_options_of_the_parts_are_not_shown(task):
    made = task(
        spice_environment.SPEC,
        app=dict(APP, password="canary-1"),
        deployment={"api_key": "canary-2"},
        members=[{"username": "carol"}],
    )
    result = made.execute()
    assert "password" in result["msg"]
    assert "api_key" in result["msg"]
    assert "canary" not in json.dumps([result, made.params])
    assert made.params["app"]["name"] == "sales"


def test_strings_of_the_parts_that_are_none_are_refused(refuse):
    problems = refuse(app=dict(APP, image_tag=2.1), deployment={"branch": True, "image_tag": 2})
    assert problems == [
        "`app.image_tag` is a number that is not whole, not a string: put it in quotes.",
        "`deployment.branch` is a boolean, not a string: put it in quotes.",
    ]


def test_a_list_and_a_dictionary_are_no_strings(refuse):
    problems = refuse(app=dict(APP, description=["a"]), deployment={"branch": {"a": 1}})
    assert problems == [
        "`app.description` is a list, not a string.",
        "`deployment.branch` is a dictionary, not a string.",
    ]


@pytest.mark.parametrize("key", [8675309, 0, "0123", True])
def test_a_fingerprint_key_that_yaml_takes_for_something_else(cloud, run, key):
    run(spice_environment.SPEC, app=APP, secrets={"A": "b"}, fingerprint_key=key, deploy=False)
    again = run(spice_environment.SPEC, app=APP, secrets={"A": "b"}, fingerprint_key=str(key), deploy=False)
    assert again["changed"] is False


UNKNOWN = {
    "app": ({**APP, "regoin": "us-east-1"}, "`my_app.regoin`: there is no such option; did you mean `region`?"),
    "what the environment decides": (
        {**APP, "confirm": "x"},
        "`my_app.confirm`: there is no such option; take it out.",
    ),
    "name": ({"nmae": "sales"}, "`my_app.nmae`: there is no such option; did you mean `name`?"),
    "resources": (
        {**APP, "resources": {"limts": {"cpu": 1}}},
        "`my_app.resources.limts`: there is no such option; did you mean `limits`?",
    ),
    "amounts": (
        {**APP, "resources": {"limits": {"cores": 1}}},
        "`my_app.resources.limits.cores`: there is no such option; choose one of cpu, ephemeral-storage, memory.",
    ),
    "executor": (
        {**APP, "executor": {"replicsa": 1}},
        "`my_app.executor.replicsa`: there is no such option; did you mean `replicas`?",
    ),
}
UNKNOWN_IN_OTHERS = {
    "members": (
        [{"username": "erin", "role": ["member"]}],
        "`my_members[0].role`: there is no such option; did you mean `roles`?",
    ),
    "deployment": ({"replica": 1}, "`my_deployment.replica`: there is no such option; did you mean `replicas`?"),
    "purge": (
        {"everything": True},
        "`my_purge.everything`: there is no such option; choose one of linked_secrets, members, monitors, secrets, "
        "tags.",
    ),
    "verify": ({"redy": True}, "`my_verify.redy`: there is no such option; did you mean `ready`?"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_option_of_the_app_is_one_sentence(case, cloud, refuse):
    app, sentence = UNKNOWN[case]
    assert refuse(app=app, prefix="my_") == [sentence]
    assert cloud.requests == []


def test_unknown_options_of_all_parts_are_told_at_once(cloud, refuse):
    given = {name: value for name, (value, dummy) in UNKNOWN_IN_OTHERS.items()}
    given["verify"] = {"redy": True, "sql": [{"query": "SELECT 1"}, {"qurey": "SELECT 1"}]}
    query = "`my_verify.sql[1].qurey`: there is no such option; did you mean `query`?"
    sentences = [sentence for dummy, sentence in UNKNOWN_IN_OTHERS.values()]
    assert refuse(app=UNKNOWN["app"][0], prefix="my_", **given) == [UNKNOWN["app"][1], *sentences, query]
    assert cloud.requests == []


def test_what_an_unknown_option_holds_is_not_shown(task):
    made = task(spice_environment.SPEC, app={**APP, "api_token": "hidden value"})
    result = made.execute()
    assert told_in(result) == ["`app.api_token`: there is no such option; take it out."]
    assert "hidden value" not in json.dumps([result, made.params])  # Ansible shows the options as `invocation`


def test_each_query_is_checked_before_the_first_request(cloud, refuse):
    wrong = [{"query": "SELECT 1"}, {"query": "DROP TABLE orders"}, {"query": " "}]
    problems = refuse(verify={"sql": wrong}, prefix="my_")
    assert [words.partition(": `query` ")[0] for words in problems] == ["my_verify: `sql[1]`", "my_verify: `sql[2]`"]
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"fingerprint_key": "<value of environment_fingerprint_key>"}, "my_fingerprint_key"),
        ({"fingerprint_key": " <your key>\n"}, "my_fingerprint_key"),
        ({"members": [{"username": "erin"}, {"username": "<user name>"}]}, "my_members[1].username"),
        ({"app": {**APP, "region": "<region>"}}, "my_app.region"),
        ({"deployment": {"image_tag": "<tag>"}}, "my_deployment.image_tag"),
    ],
)
def test_a_placeholder_is_refused_before_the_first_request(cloud, refuse, options, path):
    assert f"{path}: it still holds its placeholder; put the value there." in refuse(prefix="my_", **options)
    assert cloud.requests == []


def test_placeholders_of_secrets_that_would_be_written_are_told_with_the_others(cloud, refuse):
    secrets = {"A": "<value of A>", "B": "x", "C": "<value of another>"}
    sentences = [f"secrets.{name}: it still holds its placeholder; put the value there." for name in ("A", "C")]
    for policy in ({"fingerprint_key": "key"}, {"update_secret": "always"}):
        assert refuse(secrets=secrets, **policy) == sentences
    key = "<value of environment_fingerprint_key>"
    assert [problem.partition(":")[0] for problem in refuse(secrets=secrets, fingerprint_key=key)] == [
        "fingerprint_key",
        "secrets.A",
        "secrets.C",
    ]
    assert cloud.requests == []


def test_angle_brackets_are_no_placeholder_where_they_may_be_meant(cloud, look):
    app = {**APP, "description": "<none>", "spicepod": {**SPICEPOD, "metadata": {"title": "<b>"}}}
    assert look(app=app, secrets={"A": "<xml/>"}, deployment={"commit_message": "<empty>"})["plan"]


def test_a_result_names_the_app_though_the_plan_fails(fail):
    for app in ({"name": "sales", "region": "nowhere"}, {"name": "sales", "regoin": "x"}, {"nmae": "sales"}):
        assert fail(spice_environment.SPEC, app=app)["environment"] == {"app": {"name": "sales"}}
    assert "environment" not in fail(spice_environment.SPEC, app={"app_id": 7})


def test_a_value_that_is_no_text_is_not_shown(fail):
    result = fail(spice_environment.SPEC, app=APP, secrets={"A": ["hidden value"]})
    assert "hidden value" not in json.dumps(result.shown)


@pytest.mark.parametrize(
    "policy", [{}, {"update_secret": "on_create"}, {"update_secret": "always"}, {"fingerprint_key": "key"}]
)
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (None, "null"),
        (True, "boolean"),
        (2.5, "not whole"),
        ([], "list"),
        ({}, "dictionary"),
    ],
)
def test_what_is_no_value_of_a_secret_is_refused_before_the_first_request(cloud, refuse, policy, value, words):
    problems = refuse(secrets={"PG_PASSWORD": value, "GOOD": "v", "PORT": 5432}, prefix="environment_", **policy)
    assert len(problems) == 1
    assert problems[0].startswith("`environment_secrets.PG_PASSWORD` is ")
    assert words in problems[0]
    assert cloud.requests == []


def test_a_swapped_name_and_value_are_not_in_the_options_that_ansible_shows(task):
    made = task(spice_environment.SPEC, app=APP, secrets={"hunter2-hunter2": "PG_PASSWORD"}, prefix="environment_")
    result = made.execute()
    assert "`environment_secrets` holds `hunt...`" in result["msg"]
    assert "hunter2-hunter2" not in json.dumps([result, made.params])
    assert "hunter2-hunter2" in made.redactor.values


@pytest.mark.parametrize(
    ("existing", "words"), [(("A",), "1 existing secret was"), (("A", "B", "OTHER"), "2 existing secrets were")]
)
def test_existing_secrets_that_are_not_compared_are_told(cloud, run, existing, words):
    cloud.add("sales")
    for name in existing:
        cloud.add_secret(name, "old")
    options = {"app": naming("A", "B"), "secrets": {"A": "1", "B": "2"}, "prefix": "environment_"}
    warnings = run(spice_environment.SPEC, check_mode=True, **options).warnings
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{words} not compared")
    assert "`environment_fingerprint_key`" in warnings[0]
    assert "`environment_update_secret`" in warnings[0]
    for policy in ({"update_secret": "on_create"}, {"update_secret": "always"}, {"fingerprint_key": "key"}):
        assert run(spice_environment.SPEC, check_mode=True, **options, **policy).warnings == []


def test_where_no_secret_exists_nothing_is_left_uncompared(cloud, run):
    cloud.add("sales")
    cloud.add_secret("OTHER", "old")
    assert run(spice_environment.SPEC, app=naming("A"), secrets={"A": "1"}, check_mode=True).warnings == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"verify": {"timeout": 0}}, "verify: `timeout` must be more than 0 seconds, not 0."),
        ({"verify": {"timeout": -5}}, "verify: `timeout` must be more than 0 seconds, not -5."),
        ({"verify": {"timeout": True}}, "`verify.timeout` is a boolean, not a number."),
        ({"deployment": {"wait_timeout": True}}, "`deployment.wait_timeout` is a boolean, not a number."),
        ({"app": {**APP, "replicas": True}}, "`app.replicas` is a boolean, not a number."),
        (
            {"app": {**APP, "executor": {"replicas": True}}},
            "app: `executor.replicas` must be a whole number, not True.",
        ),
        ({"app": {**APP, "executor": {"replicas": 2.5}}}, "app: `executor.replicas` must be a whole number, not 2.5."),
        (
            {"app": {**APP, "resources": {"limits": {"cpu": True}}}},
            "app: `resources.limits.cpu` must be an amount such as 2 or 16Gi, not True.",
        ),
        (
            {"app": {**APP, "resources": {"limits": {"memory": ["1Gi"]}}}},
            "app: `resources.limits.memory` must be an amount such as 2 or 16Gi, not ['1Gi'].",
        ),
        ({"app": {**APP, "name": " "}}, "app: `name` must not be empty. Give the name of the app."),
        (
            {"verify": {"sql": [{"query": "DELETE FROM t"}]}},
            "verify: `sql[0]`: `query` begins with DELETE, which does not read; a verification only reads.",
        ),
    ],
)
def test_what_no_server_would_take_is_refused_before_the_first_request(cloud, refuse, options, problem):
    assert problem in refuse(**options)
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"app": {**APP, "region": "us-west-9"}}, "us-west-9 is not offered; choose one of us-east-1, us-west-2"),
        ({"app": {**APP, "cluster_name": "nowhere"}}, "none of the organization's clusters (acme-prod)"),
        ({"secrets": {"A": "<value of A>"}}, "secrets.A: it still holds its placeholder"),
        ({"secrets": {"RENAMED": "<value of A>"}}, "secrets.RENAMED: it still holds its placeholder"),
        ({"members": [{"username": "alice", "roles": ["viewer"]}]}, "alice is an owner"),
        ({"secrets": {"A": "x" * 2**20}}, "`secrets.A` makes a request of"),
        ({"app": {**APP, "description": "x" * 2**20}}, "the API takes at most"),
    ],
)
def test_what_cannot_be_brought_about(cloud, refuse, options, words):
    cloud.add_member("alice", ["owner"])
    assert any(words in problem for problem in refuse(**options))
    assert cloud.writes() == []


def test_a_placeholder_does_no_harm_where_it_is_not_written(cloud, look, deployed):
    assert look(secrets={"A": "<value of A>"}, verify=NOTHING)["plan"] == []


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ({"replicas": 1}, "allows 1 replicas, and this environment needs 2"),
        (
            {"resources": {"max_cpu": 2, "max_memory_gi": 64}},
            "allows 2 CPUs of a replica, and this environment needs 4",
        ),
        (
            {"resources": {"max_cpu": 8, "max_memory_gi": 8}},
            "allows 8 GiB of memory of a replica, and this environment needs 16",
        ),
        ({"users": 1}, "allows 1 members, and this environment needs 2"),
    ],
)
def test_limits_of_the_plan(cloud, refuse, limits, problem):
    cloud.add_member("alice", ["owner"])
    cloud.users["erin"] = 300
    cloud.fail("GET", "/v1/limits", (200, {"replicas": -1, "users": -1, "resources": None, **limits}))
    app = {**APP, "resources": {"limits": {"cpu": 4, "memory": "16Gi"}}}
    assert [problem in told for told in refuse(app=app, members=[{"username": "erin"}])] == [True]


@pytest.mark.parametrize(
    ("role", "words"), [("viewer", "has the role viewer"), ("member", "only an admin or owner manages members")]
)
def test_the_role_in_the_organization(cloud, refuse, role, words):
    cloud.users["erin"] = 300
    cloud.fail("GET", "/v1/orgs", (200, {"orgs": [{"id": 1, "name": "acme", "role": role}]}))
    assert any(words in problem for problem in refuse(members=[{"username": "erin"}]))


def test_of_several_organizations_the_one_asked_for_counts(cloud, look, refuse):
    several = [{"id": 1, "name": "acme", "role": "owner"}, {"id": 2, "name": "Globex", "role": "viewer"}]
    cloud.fail("GET", "/v1/orgs", *[(200, {"orgs": several})] * 3)
    assert look()["plan"]
    assert refuse(org="globex")


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        (["*"], []),
        (["apps:delete", "secrets:write", "deployments:write", "members:write"], []),
        (["apps:write", "secrets:read", "members:write"], ["secrets:write", "deployments:write"]),
    ],
)
@pytest.mark.parametrize("told_by", ["answer", "claims"])
def test_scopes_that_the_token_tells(cloud, fail, run, scopes, missing, told_by):
    cloud.users["erin"] = 300
    payload = base64.urlsafe_b64encode(json.dumps({"scopes": scopes}).encode()).decode().rstrip("=")
    tells = (
        {"access_token": f"e30.{payload}.sig"}
        if told_by == "claims"
        else {"access_token": ACCESS_TOKEN, "scope": " ".join(scopes)}
    )
    cloud.fail("POST", "/api/oauth/token", (200, dict(tells, expires_in=3600)))
    options = {
        "app": APP,
        "secrets": {"A": "x"},
        "members": [{"username": "erin"}],
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    if missing:
        assert told_in(fail(spice_environment.SPEC, check_mode=True, **options)) == [
            "credential: the OAuth client lacks the scopes {}; give it them in the portal.".format(", ".join(missing))
        ]
    else:
        run(spice_environment.SPEC, check_mode=True, **options)
    assert cloud.paths("PUT") + cloud.paths("PATCH") == []
    assert cloud.paths("POST") == ["/api/oauth/token"]


def test_scopes_that_nothing_tells_are_not_tried_out(cloud, look):
    cloud.users["erin"] = 300
    assert len(look(secrets={"A": "x"}, members=[{"username": "erin"}])["plan"]) == 4
    assert cloud.writes() == []


def test_a_refused_credential_is_told_alone(cloud, fail):
    cloud.fail("GET", "/v1/members", (401, {"error": "Invalid token format"}))
    result = fail(spice_environment.SPEC, app=APP, members=[{"username": "erin"}])
    assert "refused the credential" in result["msg"]
    assert told_in(result) == []
    assert result["failure"]["status"] == 401


def test_the_first_refusal_of_the_server_is_the_failure(cloud, fail):
    cloud.fail("GET", "/v1/apps", (403, {"error": "no", "code": "forbidden"}))
    result = fail(spice_environment.SPEC, app=APP)
    assert result["failure"]["code"] == "forbidden"
    assert told_in(result)[0].startswith("app: GET /v1/apps was refused")


def test_a_refused_organization_is_told_once(cloud, fail):
    refusal = (403, {"error": "You are not a member of the requested organization", "code": "org_forbidden"})
    for path in ("/v1/apps", "/v1/members", "/v1/orgs", "/v1/limits"):
        cloud.fail("GET", path, *[refusal] * 9)
    result = fail(spice_environment.SPEC, app=APP, org="acme-typo", secrets={"A": "x"}, members=[{"username": "erin"}])
    assert result["msg"].count("acme-typo") == result["msg"].count("not a member") == 1
    assert told_in(result) == []
    assert result["api"]["requests"] == 2  # apps and members are read at the same time


# -- paused apps ------------------------------------------------------------------------------------------------------

PAUSED = "2026-11-02T08:30:00.000Z"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"app": {**APP, "description": "Orders"}},
        {"app": {**APP, "spicepod": {**SPICEPOD, "datasets": []}}},
        {"secrets": {"A": "another"}},
        {"verify": NOTHING, "secrets": {}},
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_paused_app_is_a_problem_before_the_first_write(cloud, refuse, deployed, clock, options, check_mode):
    cloud.apps[1]["paused_at"] = PAUSED
    problems = refuse(**{**deployed, **options, "check_mode": check_mode, "prefix": "environment_"})
    assert len(problems) == 1
    assert problems[0].startswith(f"environment_app: App sales has been paused since {PAUSED}")
    assert "`paused: false` of spiceai.cloud.spice_app resumes it" in problems[0]
    assert cloud.writes() == clock.slept == []


def test_what_is_not_deployed_may_be_paused(cloud, run, deployed):
    cloud.apps[1]["paused_at"] = PAUSED
    result = run(spice_environment.SPEC, **{**deployed, "app": {**APP, "description": "Orders"}, "deploy": False})
    assert result["environment"]["changed_fields"] == ["description"]
    assert cloud.apps[1]["paused_at"] == PAUSED
