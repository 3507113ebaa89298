# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role environment: a plan that is carried out as it is, nothing to do the second time, and all that stands in the
way told before the first write.
"""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

SECRETS = {f"SECRET_{number}": f"hidden value {number}" for number in range(20)}
PEOPLE = [{"username": f"person-{number}", "roles": ["member"]} for number in range(10)]
USERS = {"users": [{"username": person["username"]} for person in PEOPLE]}
WHOLE = {
    "environment_app": {
        "name": "sales-app",
        "region": "us-east-1",
        "tags": {"env": "test"},
        "replicas": 2,
        "spicepod": SPICEPOD,
    },
    "environment_secrets": SECRETS,
    "environment_fingerprint_key": "key of the fingerprints",
    "environment_members": PEOPLE,
}
TASK = "Bring the environment to its described state"


@pytest.fixture
def bring(play):
    """Runs the role with these variables instead of those of the whole environment; None takes one away."""

    def run(*args, env=None, hosts=None, **variables):
        merged = {name: value for name, value in {**WHOLE, **variables}.items() if value is not None}
        return play(
            [{"name": "Role", "ansible.builtin.include_role": {"name": "spiceai.cloud.environment"}}],
            args=args,
            env=env,
            hosts=hosts,
            vars=merged,
        )

    return run


def result(run):
    """dict: the result of the role's task."""
    found = run.of(TASK) or run.of(f"spiceai.cloud.environment : {TASK}")
    assert len(found) == 1, run.output
    return found[0]


def environment(run):
    return result(run)["environment"]


def refused(run, cloud, *words, requests=None):
    """The run failed with these words, and wrote nothing."""
    assert run.rc != 0
    told = " ".join(outcome["result"].get("msg", "") for outcome in run.outcomes if outcome["status"] == "failed")
    for word in words:
        assert word in told, told
    assert [request for request in cloud.requests(writes=True) if request["status"] < 300] == []
    assert requests is None or len(cloud.requests()) == requests, cloud.log()


# What no plan can know.
SERVER_MADE = ("app", "deployment", "serving", "url")


@pytest.mark.both_cores
def test_the_plan_is_carried_out_and_then_there_is_nothing_to_do(bring, cloud):
    cloud.seed(**USERS)
    cloud.clock(**AT_ONCE)
    plan = bring("--check", "--diff").ok()
    assert cloud.log(writes=True) == []
    done = bring("--diff").ok()
    assert len(cloud.requests(writes=True)) <= 40
    assert result(plan)["plan"] == result(done)["plan"]
    assert [sentence.split()[0] for sentence in result(done)["plan"]] == ["create", "create", "deploy:", "create"]
    assert result(plan)["changed"] is result(done)["changed"] is True
    assert len(result(plan)["diff"]) == len(result(done)["diff"]) == 4
    assert {name: value for name, value in environment(plan).items() if name not in SERVER_MADE} == {
        name: value for name, value in environment(done).items() if name not in SERVER_MADE
    }
    assert environment(plan)["app"]["id"] is None
    assert environment(done)["deployment"]["id"] == 5001
    assert environment(done)["deployed"] is True
    assert environment(done)["serving"]["ready"] is True

    cloud.forget()
    again = bring("--diff").ok()
    assert "changed=0" in again.output
    assert result(again)["plan"] == result(again)["diff"] == []
    # What the README promises: six requests to the API, two to the runtime.
    assert len(cloud.requests()) == 8, cloud.log()
    assert set(environment(again)["secrets"].values()) == {"unchanged"}
    assert set(environment(again)["members"].values()) == {"unchanged"}
    assert environment(again)["deployed"] is False
    assert environment(again)["deployment"]["id"] == 5001


def test_all_problems_are_told_at_once(bring, cloud):
    cloud.seed(limits={"replicas": 1, "users": 5, "resources": {"max_cpu": 2, "max_memory_gi": 8}}, **USERS)
    app = {**WHOLE["environment_app"], "region": "us-east-2", "resources": {"limits": {"cpu": "4", "memory": "16Gi"}}}
    run = bring(environment_app=app, environment_members=[*PEOPLE, {"username": "alice", "roles": ["viewer"]}])
    refused(run, cloud, "nothing was changed yet", "us-east-2 is not offered", "alice is an owner")
    run = bring(environment_app={**app, "region": "us-east-1"})
    refused(
        run,
        cloud,
        "allows 1 replicas",
        "2 CPUs of a replica, and this environment needs 4",
        "8 GiB of memory",
        "allows 5 members",
    )
    # All that options can be wrong in is told before the first request.
    cloud.forget()
    secrets = {"WITH-DASH": "x", "EMPTY": None}
    run = bring(
        environment_app={**app, "name": "abc"}, environment_secrets=secrets, environment_deployment={"replicas": 0}
    )
    words = [
        "environment_app: `name`",
        "`environment_secrets` holds `WITH...`",
        "`environment_secrets.EMPTY` is null",
        "environment_deployment: `replicas`",
    ]
    refused(run, cloud, *words, requests=0)


WRONG = {
    "unknown name": ({"environment_secrts": {}}, ["environment_secrts", "did you mean `environment_secrets`"]),
    "unknown option": ({"environment_app": {"nmae": "sales-app"}}, ["nmae", "environment_app"]),
    "unknown check": ({"environment_verify": {"redy": True}}, ["redy", "environment_verify"]),
    "placeholder": (
        {"environment_fingerprint_key": "<value of environment_fingerprint_key>"},
        ["environment_fingerprint_key: it still holds its placeholder"],
    ),
    "wrong type": ({"environment_app": {"name": "sales-app", "replicas": "many"}}, ["replicas", "environment_app"]),
    "missing": ({"environment_app": None}, ["environment_app"]),
    "missing key": ({"environment_members": [{"roles": ["member"]}]}, ["username", "environment_members"]),
    "unknown choice": ({"environment_update_secret": "sometimes"}, ["update_secret", "sometimes"]),
    "wrong check": ({"environment_verify": {"sql": [{"expect": 3}]}}, ["query", "sql"]),
}


@pytest.mark.both_cores
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variable_is_refused_before_any_request(case, bring, cloud):
    variables, words = WRONG[case]
    run = bring(**variables)
    assert run.rc != 0
    assert cloud.requests() == []
    for word in words:
        assert word in run.output


@pytest.mark.parametrize("way", MAIN_MODES)
def test_unknown_options_of_all_dictionaries_are_one_short_error(way, play, cloud):
    """As the playbook runs the role: without Ansible's own look at the variables."""
    variables = {
        "environment_app": {"name": "sales-app", "regoin": "us-east-1", "resources": {"limts": {}}},
        "environment_deployment": {"colour": "red"},
        "environment_verify": {"sql": [{"query": "SELECT 1", "expcet": 1}]},
        "environment_purge": {"secret": True},
        "environment_members": [{"username": "erin", "roels": ["member"]}],
        "environment_fingerprint_key": "<value of environment_fingerprint_key>",
    }
    role = {"name": "spiceai.cloud.environment", "rolespec_validate": False}
    run = play([{"name": "Role", "ansible.builtin.import_role": role}], way=way, vars=variables)
    assert run.rc != 0
    assert result(run)["msg"].split("\n- ")[1:] == [
        "`environment_app.regoin`: there is no such option; did you mean `region`?",
        "`environment_app.resources.limts`: there is no such option; did you mean `limits`?",
        "`environment_members[0].roels`: there is no such option; did you mean `roles`?",
        "`environment_deployment.colour`: there is no such option; take it out.",
        "`environment_purge.secret`: there is no such option; did you mean `secrets`?",
        "`environment_verify.sql[0].expcet`: there is no such option; did you mean `expect`?",
        "environment_fingerprint_key: it still holds its placeholder; put the value there.",
    ]
    assert "Supported parameters" not in run.output
    assert "_public_message" not in json.dumps(result(run))
    assert cloud.requests() == []


def test_variables_of_others_are_no_matter(bring, cloud):
    cloud.clock(**AT_ONCE)
    bring(
        environment_name="prod",
        environment_hosts="all",
        environments_of_mine=1,
        environment_secrets={},
        environment_members=[],
    ).ok()


def test_two_hosts_that_describe_one_app(play, cloud):
    """A copied host whose app was not renamed: each run undoes what the other host's part did."""
    cloud.clock(**AT_ONCE)
    hosts = {
        "orders": {"environment_app": {"name": "orders", "replicas": 1}},
        "copied": {"environment_app": {"name": "orders", "replicas": 2}},
        "shop": {"environment_app": {"name": "shop"}},
    }
    warning = "The hosts orders and copied describe the same app orders (id"
    run = play.playbook("spiceai.cloud.bootstrap", hosts=hosts).ok()
    assert warning in " ".join(run.output.split())
    assert warning in " ".join(play.playbook("spiceai.cloud.bootstrap", ["--check"], hosts=hosts).ok().output.split())
    del hosts["copied"]
    assert "describe the same app" not in play.playbook("spiceai.cloud.bootstrap", hosts=hosts).ok().output


def test_what_a_credential_may_not_do_is_told_before_the_first_write(bring, cloud):
    cloud.seed(
        clients=[
            {
                "client_id": "0197f3c2-0000-7000-8000-0000000000aa",
                "client_secret": "half-secret",
                "scopes": ["apps:write", "secrets:read", "members:read", "deployments:read"],
            }
        ],
        pats=[
            {
                "token": "sim-pat-half",
                "user": "alice",
                "scopes": ["apps:write", "secrets:read", "members:write", "deployments:read"],
            }
        ],
        **USERS,
    )
    half = {
        "SPICE_CLOUD_PAT": None,
        "SPICE_CLOUD_CLIENT_ID": "0197f3c2-0000-7000-8000-0000000000aa",
        "SPICE_CLOUD_CLIENT_SECRET": "half-secret",
    }
    refused(bring(env=half), cloud, "secrets:write, members:write, deployments:write")
    assert cloud.log(writes=True) == []
    refused(bring(env={"SPICE_CLOUD_PAT": "sim-pat-viewer"}), cloud, "role viewer")
    refused(
        bring(env={"SPICE_CLOUD_PAT": "sim-pat-member"}),
        cloud,
        "only an admin or owner manages members",
        "environment_members",
    )
    refused(bring(env={"SPICE_CLOUD_PAT": "sim-pat-nobody"}), cloud, "refused the credential")
    assert cloud.log(writes=True) == []


def test_a_scope_that_nothing_tells_is_named_by_the_write_that_needs_it(bring, cloud):
    """A personal access token does not tell its scopes, and no write is sent to find them out."""
    scopes = ["apps:write", "secrets:read", "members:write", "deployments:read"]
    cloud.seed(pats=[{"token": "sim-pat-half", "user": "alice", "scopes": scopes}], **USERS)
    bring("--check", env={"SPICE_CLOUD_PAT": "sim-pat-half"}).ok()
    assert cloud.log(writes=True) == []
    run = bring(env={"SPICE_CLOUD_PAT": "sim-pat-half"}, environment_secrets={"PG_PASSWORD": "hidden value"})
    assert run.rc != 0
    assert cloud.log(writes=True) == ["POST /v1/apps", "POST /v1/apps/1001/secrets", "PUT /v1/apps/1001"]
    told = result(run)
    assert "Required: secrets:write" in told["msg"]
    assert "create a credential that has this scope" in told["msg"]
    assert "lacks" not in run.output
    assert told["failure"]["code"] == "insufficient_scope"
    # What was done before is told too.
    assert told["environment"]["changed_fields"]
    assert told["environment"]["secrets"] == {"PG_PASSWORD": "failed"}


def test_a_runtime_that_does_not_serve(bring, cloud):
    cloud.clock(**AT_ONCE)
    cloud.seed(dataset_errors={"orders": "table not found"})
    run = bring(environment_secrets={}, environment_members=[])
    assert run.rc != 0
    assert "dataset orders is in Error: table not found" in run.output
    # The next run looks at it too, though there is nothing to do.
    run = bring(environment_secrets={}, environment_members=[])
    assert run.rc != 0
    assert "dataset orders is in Error: table not found" in result(run)["msg"]
    bring(environment_secrets={}, environment_members=[], environment_verify={"ready": True, "datasets": False}).ok()


def test_the_data_is_checked(bring, cloud):
    cloud.clock(**AT_ONCE)
    count = {"query": "SELECT count(*) AS n FROM orders", "expect": 3}
    right = {"environment_secrets": {}, "environment_members": [], "environment_verify": {"sql": [count]}}
    assert environment(bring(**right).ok())["serving"]["ready"] is True
    run = bring(**{**right, "environment_verify": {"sql": [count, {**count, "expect": 4}]}})
    assert run.rc != 0
    assert "are not those of `expect`" in run.output


@pytest.mark.both_cores
def test_a_lookup_that_finds_nothing_overwrites_no_secret(bring, cloud):
    cloud.seed(apps=[{"name": "sales-app", "secrets": {"PG_PASSWORD": "the good one"}}])
    cloud.forget()
    for value in ("{{ lookup('ansible.builtin.env', 'NOBODY_SETS_THIS') }}", " ", True, None):
        run = bring(environment_secrets={"PG_PASSWORD": value, "GOOD": "a good value"}, environment_members=[])
        refused(run, cloud, "nothing was changed yet", "`environment_secrets.PG_PASSWORD` is ", requests=0)
    assert values_of_secrets(cloud) == {"PG_PASSWORD": "the good one"}


def test_without_a_key_the_secrets_that_nobody_compares_are_counted(bring, cloud):
    cloud.clock(**AT_ONCE)
    cloud.seed(apps=[{"name": "sales-app", "secrets": {"A": "old", "B": "old"}}])
    app = {**WHOLE["environment_app"], "spicepod": {**SPICEPOD, "note": "${secrets:A} ${secrets:B} ${secrets:C}"}}
    words = "2 existing secrets were not compared and left alone, because there is no `environment_fingerprint_key`"
    for args, more in ((["--check"], {"C": "new"}), ([], {"C": "new"}), ([], {})):
        run = bring(
            *args,
            environment_app=app,
            environment_secrets={"A": "new", "B": "new", **more},
            environment_members=[],
            environment_fingerprint_key=None,
        ).ok()
        told = [text for outcome in run.outcomes for text in outcome["result"].get("warnings", [])]
        assert [text[: len(words)] for text in told] == [words]
        assert len(run.warnings()) == 1
    few = {"environment_app": app, "environment_secrets": {"A": "new"}, "environment_members": []}
    assert bring(**few, environment_fingerprint_key=None, environment_update_secret="on_create").ok().warnings() == []
    assert values_of_secrets(cloud) == {"A": "old", "B": "old", "C": "new"}
    # A key of digits is a key.
    assert bring(**few, environment_fingerprint_key=8675309).ok().warnings() == []
    assert values_of_secrets(cloud) == {"A": "new", "B": "old", "C": "new"}


def values_of_secrets(cloud):
    return {secret["name"]: secret["value"] for secret in cloud.apps()["sales-app"]["secrets"]}


def names_of_secrets(cloud):
    return set(values_of_secrets(cloud))


def test_what_is_not_named_goes_where_the_environment_says_so(bring, cloud):
    cloud.clock(**AT_ONCE)
    cloud.seed(
        apps=[{"name": "sales-app", "tags": {"old": "tag"}, "secrets": {"OLD": "x"}}], members=[{"username": "grace"}]
    )
    few = {
        "environment_secrets": {"NEW": "y"},
        "environment_members": [{"username": "bob"}],
        "environment_verify": {"ready": False, "datasets": False},
    }
    bring(**few).ok()
    assert {"old", "env"} <= set(cloud.apps()["sales-app"]["tags"])
    assert names_of_secrets(cloud) == {"OLD", "NEW"}
    bring(**few, environment_purge={"tags": True, "secrets": True, "members": True}).ok()
    app = cloud.apps()["sales-app"]
    assert {tag for tag in app["tags"] if not tag.startswith("ansible.")} == {"env"}
    assert names_of_secrets(cloud) == {"NEW"}
    assert set(cloud.members()) == {"alice", "bob"}
    cloud.forget()
    bring(**few, environment_purge={"tags": True, "secrets": True, "members": True}).ok()
    assert cloud.log(writes=True) == []


def test_an_edit_that_needs_no_deployment_makes_none(bring, cloud):
    cloud.clock(**AT_ONCE)
    few = {"environment_secrets": {}, "environment_members": []}
    bring(**few).ok()
    run = bring(**few, environment_app={**WHOLE["environment_app"], "description": "Orders"}).ok()
    assert environment(run)["changed_fields"] == ["description"]
    assert environment(run)["deployed"] is False
    run = bring(**few, environment_app={**WHOLE["environment_app"], "replicas": 3}, environment_deploy=False).ok()
    assert environment(run)["changed_fields"] == ["replicas"]
    assert environment(run)["previous"] == {"replicas": 2}
    assert environment(run)["deployment"] is None
    assert len(cloud.apps()["sales-app"]["deployments"]) == 1
    # Now it is asked for, and what was left undone is done.
    run = bring(**few, environment_app={**WHOLE["environment_app"], "replicas": 3}).ok()
    assert environment(run)["deployed"] is True


def test_a_member_who_never_signed_in_keeps_nothing_from_being_deployed(bring, cloud):
    cloud.clock(**AT_ONCE)
    run = bring(environment_members=[{"username": "nobody"}, {"username": "erin"}])
    assert run.rc != 0
    told = result(run)
    assert "No Spice.ai user 'nobody'" in told["msg"]
    assert "must sign in" in told["msg"]
    assert told["environment"]["members"] == {"nobody": "failed", "erin": "created"}
    assert told["environment"]["deployment"]["status"] == "succeeded"
    assert values_of_secrets(cloud) == SECRETS
    writes = cloud.log(writes=True)
    assert set(writes[-2:]) == {"POST /v1/members"}
    assert "POST /v1/members" not in writes[:-2]
    # The next run has only that to do.
    plan = result(bring("--check", environment_members=[{"username": "nobody"}, {"username": "erin"}]).ok())["plan"]
    assert plan == ["create member nobody"]


# -- values of secrets that are words of the collection, the app or the play ------------------------------------------

WORDS = {
    "control words": ["app", "secrets", "members", "deployment", "environment", "plan", "succeeded", "unchanged"],
    "truth": ["true", "false", "True", "1", "0", "yes", "none"],
    "the app": ["sales-app", "sales", "app", "us-east-1", "test", "5001", "1001"],
    "options": ["replicas", "spicepod", "region", "on_change", "environment_app"],
}


@pytest.mark.parametrize("kind", WORDS)
def test_the_value_of_a_secret_decides_nothing(kind, bring, cloud):
    """A secret may have any value, and so may the fingerprint key: the run is the same, and so is what it says."""
    cloud.clock(**AT_ONCE)
    values = {f"SECRET_{number}": word for number, word in enumerate(WORDS[kind])}
    few = {
        "environment_secrets": values,
        "environment_members": [],
        "environment_fingerprint_key": WORDS[kind][0],
    }
    done = bring(**few).ok()
    told = environment(done)
    assert told["app"]["name"] == "sales-app"
    assert told["changed_fields"] == ["name", "region", "tags", "spicepod", "replicas"]
    assert told["secrets"] == dict.fromkeys(values, "created")
    assert told["deployment"]["status"] == "succeeded"
    assert values_of_secrets(cloud) == values
    assert bring(**few).ok().output.count("changed=0") == 1
    # An edit of the spicepod is seen, planned and deployed.
    edited = {**SPICEPOD, "datasets": [{**SPICEPOD["datasets"][0], "description": "edited"}]}
    app = {**WHOLE["environment_app"], "spicepod": edited}
    plan = bring("--check", environment_app=app, **few).ok()
    assert result(plan)["plan"] == ["update spicepod of the app", "deploy: because spicepod"]
    assert environment(bring(environment_app=app, **few).ok())["deployed"] is True
    assert cloud.apps()["sales-app"]["spicepod"]["datasets"][0]["description"] == "edited"


def test_the_fingerprint_key_decides_nothing(play, cloud):
    """The key of each host is another word: of the collection, of its app, of the play."""
    cloud.clock(**AT_ONCE)
    words = [word for kind in WORDS.values() for word in kind]

    def run(replicas, *args):
        hosts = {
            f"sales-app-{number}": {
                "environment_app": {
                    **WHOLE["environment_app"],
                    "name": f"sales-app-{number}",
                    "tags": {"env": "test", "word": word},
                    "replicas": replicas,
                },
                "environment_secrets": {"PG_USER": word, "PG_PASSWORD": f"{word} and more"},
                "environment_fingerprint_key": word,
            }
            for number, word in enumerate([*words, "sales-app-27"])
        }
        role = {"name": "Role", "ansible.builtin.include_role": {"name": "spiceai.cloud.environment"}}
        done = play([role], args=args, hosts=hosts).ok()
        told = [one for one in done.outcomes if one["action"] == "spiceai.cloud.spice_environment"]
        assert len(told) == len(hosts)
        return {one["host"]: one["result"] for one in told}

    for host, told in run(1).items():
        assert told["environment"]["secrets"] == {"PG_USER": "created", "PG_PASSWORD": "created"}, host
        assert told["environment"]["app"]["name"] == host
        assert told["environment"]["deployed"] is True
    assert all(told["changed"] is False and told["plan"] == [] for told in run(1).values())
    for args in (["--check"], []):
        for told in run(2, *args).values():
            assert told["plan"] == ["update replicas of the app", "deploy: because replicas"]
            assert told["environment"]["changed_fields"] == ["replicas"]
    assert {app["replicas"] for app in cloud.apps().values()} == {2}


# -- back to what ran -------------------------------------------------------------------------------------------------


def test_a_change_that_does_not_serve_is_rolled_back(bring, cloud):
    cloud.clock(**AT_ONCE)
    few = {"environment_secrets": {}, "environment_members": [], "environment_rollback": True}
    bring(**few).ok()
    cloud.seed(dataset_errors={"customers": "table not found"})
    broken = {
        **SPICEPOD,
        "datasets": [*SPICEPOD["datasets"], {"from": "postgres:public.customers", "name": "customers"}],
    }
    run = bring(**few, environment_app={**WHOLE["environment_app"], "spicepod": broken})
    assert run.rc != 0
    told = result(run)
    assert "dataset customers is in Error: table not found" in told["msg"]
    assert "The app was rolled back: app sales-app has its former spicepod again, and deployment 5003" in told["msg"]
    assert told["environment"]["rolled_back"] is True
    app = cloud.apps()["sales-app"]
    assert [dataset["name"] for dataset in app["spicepod"]["datasets"]] == ["orders"]
    assert len(app["deployments"]) == 3
    # What runs now is what was described before.
    assert bring(**few).ok().output.count("changed=0") == 1


def test_without_rollback_a_change_that_fails_stays(bring, cloud):
    cloud.clock(**AT_ONCE)
    few = {"environment_secrets": {}, "environment_members": []}
    bring(**few).ok()
    cloud.seed(dataset_errors={"orders": "table not found"})
    run = bring(**few, environment_app={**WHOLE["environment_app"], "replicas": 3})
    assert run.rc != 0
    assert result(run)["environment"]["rolled_back"] is False
    assert cloud.apps()["sales-app"]["replicas"] == 3


def test_a_new_app_that_fails_is_not_rolled_back(bring, cloud):
    cloud.clock(**AT_ONCE)
    cloud.seed(dataset_errors={"orders": "table not found"})
    run = bring(environment_secrets={}, environment_members=[], environment_rollback=True)
    assert run.rc != 0
    assert result(run)["environment"]["rolled_back"] is False
    assert set(cloud.apps()) == {"sales-app"}


@pytest.mark.parametrize(
    "switches", [{"apps_routes": False}, {"absent_nulls": True, "times": "microseconds", "created_by": "number"}]
)
def test_on_other_servers(switches, bring, cloud):
    cloud.seed(**USERS)
    cloud.switches(**switches)
    cloud.clock(**AT_ONCE)
    bring().ok()
    cloud.forget()
    run = bring().ok()
    assert cloud.log(writes=True) == []
    assert result(run)["changed"] is False


@pytest.mark.parametrize(
    "answer",
    [{"status": 200, "body": {"openapi": "3.1.0", "paths": {}}}, {"status": 500, "body": {"error": "No document"}}],
)
def test_what_the_api_documents_of_itself_decides_nothing(answer, bring, cloud):
    cloud.seed(**USERS)
    cloud.clock(**AT_ONCE)
    cloud.fault("status_before", path="/docs|/openapi", times=0, **answer)
    bring("--check").ok()
    bring().ok()
    assert len(cloud.unfired()) == 1


SEVERAL = {
    "sales": {"environment_app": {"name": "sales-app", "spicepod": SPICEPOD}, "environment_secrets": {"A": "1"}},
    "shop": {"environment_app": {"name": "shop-app"}, "environment_deploy": False},
}


def test_a_file_holds_the_spicepod(bring, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    (tmp_path / "pod.yaml").write_text(
        "version: v1\nkind: Spicepod\nname: sales\n"
        "datasets:\n- {from: 'postgres:public.orders', name: orders, description: '{{ 7 * 7 }} ${secrets:A}'}\n"
    )
    app = {name: value for name, value in WHOLE["environment_app"].items() if name != "spicepod"}
    few = {"environment_secrets": {"A": "hidden value"}, "environment_members": []}
    run = bring(**few, environment_app=app, environment_spicepod_file=str(tmp_path / "pod.yaml"))
    run.ok()
    # It is read as it is: nothing in it is a template.
    assert cloud.apps()["sales-app"]["spicepod"]["datasets"][0]["description"] == "{{ 7 * 7 }} ${secrets:A}"
    run = bring(**few, environment_app=app, environment_spicepod_file="nowhere.yaml")
    assert "`environment_spicepod_file` nowhere.yaml is not there; looked for " in result(run)["msg"]
    run = bring(**few, environment_app=WHOLE["environment_app"], environment_spicepod_file=str(tmp_path / "pod.yaml"))
    assert "mutually exclusive: spicepod|spicepod_file" in result(run)["msg"]


def inventory(folder, hosts):
    file = folder / "hosts.json"
    file.write_text(json.dumps({"all": {"hosts": hosts}}))
    return ["-i", str(file)]


def test_several_environments_are_hosts_and_one_table_ends_the_run(play, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    broken = {"environment_app": {"name": "broken-app", "region": "nowhere"}}
    # The first host is one that fails.
    args = inventory(tmp_path, {"broken": broken, **SEVERAL, "another": {}})
    run = play.playbook("spiceai.cloud.bootstrap", args=[*args, "-e", "awx_job_id=7"])
    # One that is wrong does not keep the others.
    assert run.rc != 0
    assert set(cloud.apps()) == {"sales-app", "shop-app"}
    lines = run.output.splitlines()
    assert any(line.split()[:2] == ["app", "changed"] for line in lines), run.output
    table = lines.index(next(line for line in lines if line.split()[:2] == ["app", "changed"]))
    shown = "\n".join(lines[table : table + 12])
    assert "sales-app" in shown
    assert "shop-app" in shown
    assert "broken-app  FAILED, nothing was changed: " in shown
    reason = "`region` nowhere is not offered"
    assert reason in " ".join(shown.split())
    # The report says it once, and what Ansible prints of the report repeats nothing.
    report = run.output.partition("TASK [Report]")[2].partition("PLAY RECAP")[0]
    assert " ".join(report.split()).count(reason) == 1, report
    assert "fatal" not in report
    (fatal,) = [line for line in lines if line.startswith("fatal: ")]
    assert fatal.count(reason) == 1
    told = run["Report"]
    assert set(told["summaries"]) == {"broken-app", "sales-app", "shop-app"}
    assert told["summaries"]["broken-app"]["failed"] is True
    assert told["ansible_stats"]["data"] == {
        "environment_summaries": told["summaries"],
        "environment_summaries_7": told["summaries"],
    }
    assert [host for host, recap in run.recap().items() if recap["failed"]] == ["broken"]
    cloud.forget()
    # Whatever the strategy of the user's configuration is.
    play.playbook("spiceai.cloud.bootstrap", args=[*args, "--limit", "shop"], env={"ANSIBLE_STRATEGY": "free"}).ok()
    assert {request["path"] for request in cloud.requests()} == {
        "/v1/apps",
        f"/v1/apps/{cloud.apps()['shop-app']['id']}",
    }


@pytest.mark.both_cores
def test_the_table_names_the_app_of_a_host_whose_variables_cannot_be_filled_in(play, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    hosts = {
        "one": {"environment_app": {"name": "one-app"}, "environment_secrets": {"A": "{{ nobody_sets_this }}"}},
        "two": {"environment_app": {"name": "{{ nobody_sets_this }}"}},
        "shop": {"environment_app": {"name": "shop-app"}, "environment_deploy": False},
    }
    run = play.playbook("spiceai.cloud.bootstrap", args=inventory(tmp_path, hosts))
    assert run.rc != 0
    lines = run["Report"]["table"]
    assert [line.split()[0] for line in lines if "FAILED, nothing was changed: " in line] == ["one-app", "two"]
    assert any("nobody_sets_this" in line for line in lines), "\n".join(lines)
    assert set(cloud.apps()) == {"shop-app"}


@pytest.mark.both_cores
def test_the_value_of_a_secret_masks_nothing_of_the_table(play, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    described = {"environment_app": {"name": "sales-app", "spicepod": SPICEPOD}}
    secrets = {"environment_secrets": {"A": "sales-app", "B": "sales", "C": "5001", "D": "region", "E": "created"}}
    right = play.playbook("spiceai.cloud.bootstrap", args=inventory(tmp_path, {"h": {**described, **secrets}})).ok()
    wrong = {**described, **secrets, "environment_purge": {"region": True}}
    failed = play.playbook("spiceai.cloud.bootstrap", args=inventory(tmp_path, {"h": wrong}))
    assert failed.rc != 0
    (fatal,) = [line for line in failed.output.splitlines() if line.startswith("fatal: ")]
    assert "********" not in fatal
    for run in (right, failed):
        shown = run["Report"]
        assert "********" not in json.dumps([shown["table"], shown["summaries"]])
        assert shown["table"][1].startswith("sales-app  ")
    assert "`environment_purge.region`: there is no such option" in " ".join(
        " ".join(failed["Report"]["table"]).split()
    )


def test_nothing_described_is_an_error_that_says_what_to_give(play, cloud, tmp_path):
    for args in ([], inventory(tmp_path, {"one": {}, "two": {}})):
        run = play.playbook("spiceai.cloud.bootstrap", args=[*args, "-e", "environment_ap=1"])
        assert run.rc != 0
        assert "No host has `environment_app`" in run.output
        assert "did you mean `environment_app`" in run.output
        assert cloud.requests() == []


@pytest.mark.both_cores
def test_a_report_after_an_earlier_failure_says_so(play, cloud):
    """Ansible's own look at the variables of a role comes before the task that registers a result."""
    role = {"name": "Role", "ansible.builtin.include_role": {"name": "spiceai.cloud.environment"}}
    report = {"name": "Report", "spiceai.cloud.spice_environment_report": None}
    wrong = {"environment_app": {"name": "sales-app", "regoin": "us-east-1"}}
    run = play([{"name": "Both", "block": [role], "always": [report]}], vars=wrong)
    assert run.rc != 0
    assert "in `environment_result`, because an earlier task failed or was skipped" in run["Report"]["msg"]
    assert "No host has `environment_app`" not in run.output
    assert cloud.requests() == []


def test_an_unchanged_environment_prints_few_lines(play, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    args = inventory(
        tmp_path, {f"app-{number}": {"environment_app": {"name": f"app-{number}"}} for number in range(10)}
    )
    play.playbook("spiceai.cloud.bootstrap", args=args).ok()
    one = play.playbook("spiceai.cloud.bootstrap", args=[*args, "--limit", "app-3"]).ok()
    printed = [line for line in one.output.splitlines() if line.strip()]
    assert len(printed) <= 12, one.output
    ten = play.playbook("spiceai.cloud.bootstrap", args=args).ok()
    assert sum(line.split()[:2] == ["app", "changed"] for line in ten.output.splitlines()) == 1


@pytest.mark.both_cores
def test_no_value_is_shown(bring, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    cloud.seed(**USERS)
    done = bring("-vvvv", "--diff").ok()
    wrong = bring(
        "-vvvv",
        environment_secrets={**SECRETS, "WITH-DASH": "hidden value of a wrong name", "a hidden value": "SWAPPED"},
    )
    assert "`environment_secrets` holds `a hi...`" in wrong.output
    keys = [key for app in cloud.state()["apps"] for key in (app["api_key"], app["api_key_2"]) if key]
    for run in (done, wrong):
        for hidden in ("hidden value", WHOLE["environment_fingerprint_key"], *keys):
            assert hidden not in run.output


def test_monitors_of_an_environment(play, cloud):
    """In one play: planned, created, unchanged, changed, and purged."""
    hook = {"type": "http", "url": "https://alerts.example.com/spice", "token": "a-hidden-token"}
    alert = {"template": "http_5xx", "op": "GT", "threshold": 0}
    alerts = [{"name": f"alert {number}", **alert} for number in range(4)] + [
        {"name": "on call", **alert, "targets": [hook]}
    ]
    changed = [*alerts[:3], {**alerts[3], "threshold": 9}, {**alerts[4], "targets": [{**hook, "token": "another-one"}]}]
    whole = {"app": {"name": "alert-app"}, "deploy": False, "fingerprint_key": "key of the fingerprints"}
    tasks = {
        "plan": {"monitors": alerts},
        "create": {"monitors": alerts},
        "again": {"monitors": alerts},
        "plan a change": {"monitors": changed},
        "change": {"monitors": changed},
        "plan a purge": {"monitors": changed[:1], "purge": {"monitors": True}},
        "purge": {"monitors": changed[:1], "purge": {"monitors": True}},
        "nothing": {"monitors": changed[:1], "purge": {"monitors": True, "tags": True}},
    }
    run = play(
        [
            {
                "name": name,
                "spiceai.cloud.spice_environment": {**whole, **options},
                "check_mode": name.startswith("plan"),
                "diff": True,
            }
            for name, options in tasks.items()
        ]
    ).ok()
    assert run.warnings() == []
    names = [one["name"] for one in alerts]
    created = f"create monitors {', '.join(names)}"
    assert {name: run[name]["plan"] for name in tasks} == {
        "plan": ["create the app with region", created],
        "create": ["create the app with region", created],
        "again": [],
        "plan a change": ["update monitors alert 3, on call"],
        "change": ["update monitors alert 3, on call"],
        "plan a purge": ["delete monitors alert 1, alert 2, alert 3, on call"],
        "purge": ["delete monitors alert 1, alert 2, alert 3, on call"],
        "nothing": [],
    }
    for name in ("change", "purge"):
        planned, done = run[f"plan a {name}"], run[name]
        assert planned["environment"]["monitors"] == done["environment"]["monitors"]
        assert planned["diff"] == done["diff"]
    assert run["again"]["environment"]["monitors"] == dict.fromkeys(names, "unchanged")
    assert run["nothing"]["changed"] is False
    left = cloud.apps()["alert-app"]
    assert [one["name"] for one in left["monitors"]] == ["alert 0"]
    assert left["tags"] == {}
    assert "a-hidden-token" not in run.output + json.dumps(run.outcomes)
