# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a task sends, counted by the server: not one more than is needed."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.plays import EXECUTION_MODES, MAIN_MODES
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET

OAUTH = {"SPICE_CLOUD_PAT": None, "SPICE_CLOUD_CLIENT_ID": CLIENT_ID, "SPICE_CLOUD_CLIENT_SECRET": CLIENT_SECRET}
SALES, SHOP = {"name": "sales-app", "replicas": 2}, {"name": "shop-app", "replicas": 2}
APP = r"/v1/apps/\d+$"


def app(**options):
    return {"name": "App", "spiceai.cloud.spice_app": options}


def test_nothing_to_do_by_id_is_one_request(play, cloud):
    app_id = cloud.seed(apps=[SALES])["apps"][0]["id"]
    play([app(app_id=app_id, replicas=2)]).ok()
    assert cloud.log() == [f"GET /v1/apps/{app_id}"]


def test_nothing_to_do_by_name_is_two_requests_and_one_for_the_next_app(play, cloud):
    sales, shop = (seeded["id"] for seeded in cloud.seed(apps=[SALES, SHOP])["apps"])
    play([app(**SALES), app(**SHOP), app(**SALES)]).ok()
    # Newest first: the list that finds the older app has shown the newer one.
    assert cloud.log() == ["GET /v1/apps", f"GET /v1/apps/{sales}", f"GET /v1/apps/{shop}", f"GET /v1/apps/{sales}"]


@pytest.mark.parametrize("way", ["packed", "async"])
def test_a_packed_module_sends_no_more_than_two(way, play, cloud):
    sales = cloud.seed(apps=[SALES])["apps"][0]["id"]
    play([app(**SALES)], way=way).ok()
    assert cloud.log() == ["GET /v1/apps", f"GET /v1/apps/{sales}"]


def test_to_create_is_a_look_the_regions_a_post_and_a_put_for_the_rest(play, cloud):
    play([app(name="plain-app", description="Plain")]).ok()
    assert cloud.log() == ["GET /v1/apps", "GET /v1/regions", "POST /v1/apps"]
    cloud.reset()
    play([app(name="full-app", replicas=2)]).ok()
    assert cloud.log() == ["GET /v1/apps", "GET /v1/regions", "POST /v1/apps", "PUT /v1/apps/1001"]
    assert cloud.requests(method="PUT")[0]["body"] == {"replicas": 2}
    cloud.reset()
    play([app(name="placed-app", region="us-west-2"), app(name="other-placed-app", region="us-west-2")]).ok()
    assert cloud.log() == ["GET /v1/apps", "POST /v1/apps", "POST /v1/apps"]


def test_an_update_sends_only_what_differs(play, cloud):
    app_id = cloud.seed(apps=[{**SALES, "description": "As it is", "tags": {"env": "prod"}}])["apps"][0]["id"]
    play([app(app_id=app_id, description="As it is", replicas=3, tags={"team": "sales"})]).ok()
    assert cloud.log() == [f"GET /v1/apps/{app_id}", f"PUT /v1/apps/{app_id}"]
    assert cloud.requests(writes=True)[0]["body"] == {"replicas": 3, "tags": {"env": "prod", "team": "sales"}}


def test_hosts_and_forks_share_one_list_and_one_token(play, cloud):
    names = [f"app-{number:03d}" for number in range(100)]
    cloud.seed(apps=[{"name": name} for name in names])
    # In the order of the list the last one comes first, and shows all others.
    hosts = {name: {} for name in names}
    play([app(name="{{ inventory_hostname }}")], args=["--forks", "10"], env=OAUTH, hosts=hosts).ok()
    assert len(cloud.requests(path="/oauth/token")) == 1
    assert len(cloud.requests(path="^/v1/apps$")) == 1
    assert len(cloud.requests(path=APP)) == 100
    assert len(cloud.requests()) == 102


@pytest.mark.parametrize("way", EXECUTION_MODES)
def test_many_tasks_exchange_the_client_credentials_once(way, play, cloud):
    cloud.seed(apps=[SALES])
    tasks = [
        {"name": "Regions", "spiceai.cloud.spice_region_info": {}},
        app(**SALES),
        {**app(**SALES), "name": "Loop", "loop": [1, 2]},
    ]
    # A module on another machine does not see the controller's environment: there the task says who it is.
    identity = {name: value for name, value in OAUTH.items() if value}
    run = play(
        tasks, way=way, env={"SPICE_CLOUD_PAT": None}, environment={**identity, "SPICE_CLOUD_API_URL": cloud.address}
    ).ok()
    assert len(cloud.requests(path="/oauth/token")) == 1
    if way != "async":
        told = [run["Regions"], run["App"], *run["Loop"]["results"]]
        assert sum(result["api"]["requests"] for result in told) == len(cloud.requests())


@pytest.mark.parametrize(("paging", "pages"), [("after_id", 2), ("offset", 13 + 1), ("none", 1)])
def test_one_among_1200_others_is_found_by_its_name(paging, pages, play, cloud):
    # The oldest is the last in the list. A server that knows only `offset` is asked for one page by `after_id` before
    # that shows.
    app_id = cloud.seed(apps=[SALES], filler_apps=1200)["apps"][0]["id"]
    cloud.switches(paging=paging)
    run = play(
        [
            {"name": "One", "spiceai.cloud.spice_app_info": {"name": "sales-app"}},
            {"name": "All", "spiceai.cloud.spice_app_info": {}},
        ]
    ).ok()
    assert [found["id"] for found in run["One"]["apps"]] == [app_id]
    assert len({found["id"] for found in run["All"]["apps"]}) == len(run["All"]["apps"]) == 1201
    assert run["One"]["api"]["requests"] == pages + 1


LISTS = {
    "spice_app_info": ({}, "GET /v1/apps"),
    "spice_member_info": ({}, "GET /v1/members"),
    "spice_secret_info": ({"app_id": 1001}, "GET /v1/apps/1001/secrets"),
    "spice_deployment_info": ({"app_id": 1001}, "GET /v1/apps/1001/deployments"),
    "spice_secret_link_info": (
        {"app_id": 1001, "with_organization_secrets": False},
        "GET /v1/apps/1001/org-secrets",
    ),
}


@pytest.mark.parametrize("module", LISTS)
def test_a_list_of_three_is_one_request(module, play, cloud):
    several = {"secrets": {"A": "a", "B": "b", "C": "c"}, "deployments": [{"status": "succeeded"}] * 3}
    cloud.reset(apps=[{**SALES, **several}, SHOP, {"name": "test-app"}])
    options, sent = LISTS[module]
    play([{"name": "List", f"spiceai.cloud.{module}": options}]).ok()
    assert cloud.log() == ["GET /v1/apps/1001", sent] if options else [sent]


def test_a_loop_reuses_one_connection(play, cloud):
    cloud.seed(apps=[SALES])
    play([{**app(**SALES), "loop": "{{ range(20) | list }}"}]).ok()
    assert len(cloud.requests(path=APP)) == 20
    assert len({request["connection"] for request in cloud.requests()}) == 1


def test_what_a_task_says_it_sent_is_what_the_server_got(play, cloud):
    cloud.seed(apps=[SALES])
    run = play(
        [app(**SALES), {**app(name="{{ item }}", replicas=2), "name": "New", "loop": ["new-one", "new-two"]}], env=OAUTH
    ).ok()
    told = [run["App"], *run["New"]["results"]]
    assert sum(result["api"]["requests"] for result in told) == len(cloud.requests())
    assert sum(result["api"]["writes"] for result in told) == len(cloud.requests(writes=True)) == 4


# What a whole environment consists of.
SECRETS = {f"SECRET_{number}": f"value {number}" for number in range(20)}
PEOPLE = [{"username": f"person-{number}", "roles": ["member"]} for number in range(10)]
LINKS = ["SHARED_S3_KEY", "SHARED_S3_SECRET", "SCP_OPENAI_API_KEY"]
SEED = {"apps": [{**SALES, "spicepod": SPICEPOD, "linked_secrets": LINKS}], "members": PEOPLE}


def secrets_task(parent, values=None):
    return {
        "name": "Secrets",
        "spiceai.cloud.spice_secrets": {**parent, "secrets": values or SECRETS, "fingerprint_key": "some key"},
    }


def links_task(parent):
    return {"name": "Links", "spiceai.cloud.spice_secret_link": {**parent, "names": LINKS}}


def members_task():
    return {"name": "Members", "spiceai.cloud.spice_members": {"members": PEOPLE}}


def deployment_task(parent):
    return {"name": "Deployment", "spiceai.cloud.spice_deployment": parent}


@pytest.fixture
def environment(cloud, play):
    """int: the id of an app with its secrets, links, members and deployment."""
    app_id = cloud.seed(**SEED)["apps"][0]["id"]
    cloud.clock(**AT_ONCE)
    play([secrets_task({"app_id": app_id}), deployment_task({"app_id": app_id})]).ok()
    cloud.forget()
    return app_id


def in_order(log):
    """The same; of a deployment's secrets and links, which are read at the same time, either may come first."""
    told = list(log)
    for number, (one, other) in enumerate(zip(log, log[1:])):
        if one.endswith("/org-secrets") and other.endswith("/secrets"):
            told[number : number + 2] = [other, one]
    return told


@pytest.mark.parametrize("way", MAIN_MODES)
def test_a_task_that_finds_all_as_it_should_be(way, environment, play, cloud):
    at, parent = f"/v1/apps/{environment}", {"app_id": environment}
    tasks = {
        "Secrets": (secrets_task(parent), [f"GET {at}", f"GET {at}/secrets"]),
        "Links": (links_task(parent), [f"GET {at}", f"GET {at}/org-secrets"]),
        "Members": (members_task(), ["GET /v1/members"]),
        "Deployment": (
            deployment_task(parent),
            [f"GET {at}", f"GET {at}/secrets", f"GET {at}/org-secrets", f"GET {at}/deployments"],
        ),
        "Key": (
            {"name": "Key", "spiceai.cloud.spice_api_key": {**parent, "key_number": 1}},
            [f"GET {at}", f"GET {at}/api-keys"],
        ),
    }
    run = play([task for task, dummy in tasks.values()], way=way).ok()
    assert in_order(cloud.log()) == in_order(sum((sent for dummy, sent in tasks.values()), []))
    assert {name: (run[name]["changed"], run[name]["api"]["requests"]) for name in tasks} == {
        name: (False, len(sent)) for name, (dummy, sent) in tasks.items()
    }


def test_one_changed_secret_among_twenty_is_one_write_and_one_for_the_fingerprints(environment, play, cloud):
    at = f"/v1/apps/{environment}"
    run = play([secrets_task({"app_id": environment}, {**SECRETS, "SECRET_7": "another"})]).ok()
    assert [name for name, verdict in run["Secrets"]["outcomes"].items() if verdict != "unchanged"] == ["SECRET_7"]
    # The tags are read again before they are replaced: another play may have written some meanwhile.
    assert cloud.log() == [f"GET {at}", f"GET {at}/secrets", f"POST {at}/secrets", f"GET {at}", f"PUT {at}"]


def test_twenty_new_secrets_are_one_write_each_and_one_for_all_fingerprints(play, cloud):
    app_id = cloud.seed(**SEED)["apps"][0]["id"]
    at = f"/v1/apps/{app_id}"
    run = play([secrets_task({"app_id": app_id})]).ok()
    assert cloud.log() == [f"GET {at}", f"GET {at}/secrets", *[f"POST {at}/secrets"] * 20, f"GET {at}", f"PUT {at}"]
    assert run["Secrets"]["api"] == {"requests": 24, "writes": 21, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_a_whole_environment_as_it_should_be_is_eleven_requests(environment, play, cloud):
    parent = {"app": SALES["name"]}
    tasks = [
        app(**SALES, spicepod=SPICEPOD),
        secrets_task(parent),
        links_task(parent),
        members_task(),
        deployment_task(parent),
    ]
    run = play(tasks).ok()
    assert not any(run[task["name"]]["changed"] for task in tasks)
    # By name: the list once, then the app by its id for each task that is about it.
    assert len(cloud.requests()) == 11, cloud.log()


# -- a whole environment in one task ----------------------------------------------------------------------------------


def environment_task(**options):
    return {"name": "Environment", "spiceai.cloud.spice_environment": options}


def sent(cloud):
    """(int, int): how many requests went to the API, the token exchange included, and how many to a runtime."""
    paths = [request["path"] for request in cloud.requests()]
    to_runtimes = [path for path in paths if path.startswith("/runtime/")]
    return len(paths) - len(to_runtimes), len(to_runtimes)


@pytest.mark.parametrize("way", MAIN_MODES)
def test_an_unchanged_environment_is_seven_requests_and_two_to_its_runtime(way, environment, play, cloud):
    described = environment_task(
        app={**SALES, "spicepod": SPICEPOD},
        secrets=SECRETS,
        fingerprint_key="some key",
        linked_secrets=LINKS,
        members=PEOPLE,
    )
    run = play([described], way=way).ok()
    assert run["Environment"]["changed"] is False
    assert run["Environment"]["api"]["requests"] == len(cloud.requests())
    assert sent(cloud) == (7, 2), cloud.log()


def test_five_monitors_as_they_should_be_are_one_request_more(environment, play, cloud):
    alerts = [{"name": f"alert {number}", "template": "http_5xx", "op": "GT", "threshold": 0} for number in range(5)]
    cloud.seed(
        apps=[{"name": SALES["name"], "monitors": [{"name": one["name"], "templateId": "http_5xx"} for one in alerts]}]
    )
    described = environment_task(
        app={**SALES, "spicepod": SPICEPOD},
        secrets=SECRETS,
        fingerprint_key="some key",
        linked_secrets=LINKS,
        monitors=alerts,
        members=PEOPLE,
    )
    run = play([described]).ok()
    assert run["Environment"]["changed"] is False
    assert sent(cloud) == (8, 2), cloud.log()


def test_a_large_new_environment_is_at_most_forty_requests_and_one_for_each_link(play, cloud):
    cloud.seed(users=[{"username": person["username"]} for person in PEOPLE])
    cloud.clock(**AT_ONCE)
    described = environment_task(
        app={**SALES, "spicepod": SPICEPOD},
        secrets=SECRETS,
        fingerprint_key="some key",
        linked_secrets=LINKS,
        members=PEOPLE,
    )
    play([described]).ok()
    assert sent(cloud)[0] <= 40 + len(LINKS), cloud.log()


def test_a_small_new_environment_is_at_most_fourteen_requests(play, cloud):
    cloud.clock(**AT_ONCE)
    described = environment_task(app={"name": "small-app", "spicepod": SPICEPOD}, secrets={"A": "value", "B": "value"})
    run = play([described], env=OAUTH).ok()
    assert run["Environment"]["environment"]["serving"]["ready"] is True
    assert len(cloud.requests()) <= 14, cloud.log()
