# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps over HTTP: the two route families, and from a name to an app."""

from __future__ import annotations

import json
import threading

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._api import apps as apps_api
from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.lookup import pick
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState
from ansible_collections.spiceai.cloud.tests.unit.fakes import API


@pytest.fixture
def apps(client):
    return Apps(client())


@pytest.fixture
def host(client, tmp_path):
    """Makes the adapter as each host of a run has it: in a process of its own, with the run's folder."""

    def make():
        apps_api._routes.clear()
        return Apps(client(RunState(str(tmp_path / "shared"))))

    return make


def lists(cloud):
    return [path for path in cloud.paths() if path in ("/v1/apps", "/v1/projects")]


# -- route families ---------------------------------------------------------------------------------------------------


def test_apps_is_the_first_choice(cloud, apps):
    cloud.add("sales")
    assert [app["name"] for app in apps.all()] == ["sales"]
    assert set(cloud.paths()) == {"/v1/apps"}


def test_a_server_that_only_knows_projects(cloud, apps, client):
    cloud.routes = {"projects"}
    cloud.add("sales")
    assert [app["name"] for app in apps.all()] == ["sales"]
    assert apps.get(1)["name"] == "sales"
    assert apps.create({"name": "other-app", "region": "us-east-1"})["id"] == 2
    assert cloud.paths()[0] == "/v1/apps"
    assert set(cloud.paths()[1:]) == {"/v1/projects", "/v1/projects/1"}
    # The choice holds for the life of the process.
    Apps(client()).all()
    assert cloud.paths().count("/v1/apps") == 1


def test_a_server_that_knows_neither(cloud, apps):
    cloud.routes = set()
    with pytest.raises(ApiError, match="serves neither /v1/apps nor /v1/projects; check `api_url`") as caught:
        apps.all()
    assert (caught.value.status, caught.value.path) == (404, "/v1/projects")
    assert API in str(caught.value)
    with pytest.raises(ApiError, match="serves neither"):
        apps.get(1)


def test_other_failures_of_the_list_do_not_change_the_route(cloud, apps):
    cloud.fail("GET", "/v1/apps", (403, {"error": "Insufficient scope"}))
    with pytest.raises(ApiError) as caught:
        apps.all()
    assert caught.value.status == 403
    assert cloud.paths() == ["/v1/apps"]


def test_a_404_on_a_later_page_does_not_change_the_route(cloud, apps):
    cloud.add("sales")
    apps.all()
    cloud.fail("GET", "/v1/apps", (404, {"error": "gone"}))
    with pytest.raises(ApiError):
        apps.all()
    assert "/v1/projects" not in cloud.paths()


@pytest.mark.parametrize("envelope", ["apps", "projects"])
@pytest.mark.parametrize("route", ["/v1/apps", "/v1/projects"])
def test_both_envelopes_are_read_under_both_routes(cloud, apps, route, envelope):
    cloud.routes = {route.rsplit("/", maxsplit=1)[-1]}
    cloud.fail("GET", route, (200, {envelope: [{"id": 7, "name": "sales"}]}), (200, {envelope: []}))
    assert apps.all() == [{"id": 7, "name": "sales"}]


@pytest.mark.parametrize("answer", [{}, {"apps": None}, {"apps": {"id": 7}}, {"items": []}, []])
def test_a_list_in_an_unknown_form_is_refused(cloud, apps, answer):
    cloud.fail("GET", "/v1/apps", (200, answer))
    with pytest.raises((ApiError, SpiceError), match="unknown form; check `api_url`"):
        apps.all()


def test_a_404_by_id_is_believed_after_one_list(cloud, apps):
    cloud.add("sales")
    assert apps.get(99) is None
    assert cloud.paths() == ["/v1/apps/99", "/v1/apps"]
    assert apps.get(98) is None
    assert cloud.paths()[2:] == ["/v1/apps/98"]


def test_a_404_by_id_leads_to_the_other_route(cloud, apps):
    cloud.routes = {"projects"}
    cloud.add("sales")
    assert apps.get(1)["name"] == "sales"
    assert cloud.paths() == ["/v1/apps/1", "/v1/apps", "/v1/projects", "/v1/projects/1"]


def test_a_404_by_id_is_not_believed_when_the_list_fails(cloud, apps):
    cloud.fail("GET", "/v1/apps", (403, {"error": "no"}))
    with pytest.raises(ApiError) as caught:
        apps.get(99)
    assert caught.value.status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_writes_find_their_route_too(cloud, apps, method):
    cloud.routes = {"projects"}
    app = cloud.add("sales")
    if method == "PUT":
        assert apps.update(1, {"description": "new"})["description"] == "new"
    elif method == "DELETE":
        apps.delete(app)
        assert cloud.apps == {}
    else:
        assert apps.create({"name": "other-app", "region": "us-east-1"})["id"] == 2
    assert [path.split("/")[2] for sent, path, dummy in cloud.writes()] == ["apps", "projects"]


def test_a_lookup_that_was_spared_its_list_still_finds_its_route(cloud, host):
    # The second process takes the first one's list for true, so it has seen no route when it creates.
    cloud.routes = {"projects"}
    assert host().find("sales", trust_absence=True) is None
    second = host()
    assert second.find("sales", trust_absence=True) is None
    assert second.create({"name": "sales", "region": "us-east-1"})["id"] == 1


def test_deeper_routes_of_an_app(cloud, apps):
    cloud.fail("GET", "/v1/apps/7/deployments", (200, {"deployments": []}))
    assert apps.call("GET", 7, "/deployments", query={"limit": 1}) == {"deployments": []}


# -- from a name to an app --------------------------------------------------------------------------------------------


def test_find_gives_the_app_with_its_config(cloud, apps):
    cloud.add("sales", replicas=3)
    assert apps.find("sales")["config"]["replicas"] == 3


def test_an_exact_name_counts_before_one_in_another_case(cloud, apps):
    for name in ("SALES", "sales", "Sales"):
        cloud.add(name)
    for name in ("SALES", "sales", "Sales"):
        assert apps.find(name)["name"] == name


def test_an_exact_name_is_found_behind_one_in_another_case(cloud, apps, monkeypatch):
    # ... also on a later page.
    pages = [[{"id": 2, "name": "SALES"}], [{"id": 1, "name": "sales"}]]
    monkeypatch.setattr(apps, "_pages", lambda: iter(pages))
    cloud.add("sales")
    assert apps.find("sales")["id"] == 1


@pytest.mark.parametrize("name", ["sales", "SALES", "sAlEs"])
def test_the_only_one_in_another_case_is_found(cloud, apps, name):
    cloud.add("Sales")
    assert apps.find(name)["name"] == "Sales"
    assert apps.find(name)["name"] == "Sales"
    assert len(lists(cloud)) == 1


def test_several_in_another_case_are_refused(cloud, apps):
    cloud.add("Sales")
    cloud.add("SALES")
    with pytest.raises(SpiceError, match=r"Several apps are called like sales \(SALES, Sales\)"):
        apps.find("sales")


@pytest.mark.parametrize(
    ("name", "app_id"),
    [("a", 1), ("A", 2), ("b", 3), ("B", 3), ("c", None), ("straße", 4), ("STRASSE", 4)],
)
def test_pick(name, app_id):
    assert pick({"a": 1, "A": 2, "b": 3, "Straße": 4}, name) == app_id


def test_a_name_that_is_not_there(cloud, apps):
    cloud.add("other")
    assert apps.find("sales") is None


def test_the_list_ends_where_the_name_is_found(cloud, apps):
    cloud.add("sales")
    apps.find("sales")
    assert cloud.paths() == ["/v1/apps", "/v1/apps/1"]


# -- hints ------------------------------------------------------------------------------------------------------------


def test_many_lookups_list_once(cloud, host):
    names = [f"app-{number:03}" for number in range(60)]
    for name in names:
        cloud.add(name)
    for dummy in range(5):
        for name in names:
            assert host().find(name)["name"] == name
    assert len(lists(cloud)) == 1
    assert len(cloud.requests) == 1 + 5 * 60


def test_many_creations_list_once(cloud, host):
    for number in range(100):
        apps, name = host(), f"app-{number:03}"
        assert apps.find(name, trust_absence=True) is None
        apps.create({"name": name, "region": "us-east-1"})
    assert len(lists(cloud)) == 1
    assert host().find("app-050")["name"] == "app-050"
    assert len(lists(cloud)) == 1


def test_absence_is_trusted_only_when_asked(cloud, host):
    assert host().find("sales") is None
    cloud.add("sales")
    assert host().find("sales", trust_absence=True) is None
    assert host().find("sales")["name"] == "sales"
    assert len(lists(cloud)) == 2


def test_absence_is_not_read_from_half_a_list(cloud, host):
    cloud.add("first")
    host().find("first")  # stops at the first page
    cloud.add("second")
    assert host().find("second", trust_absence=True)["name"] == "second"
    assert host().find("third", trust_absence=True) is None


def test_a_hint_to_an_app_that_is_gone_costs_one_list(cloud, host):
    cloud.add("sales")
    host().find("sales")
    del cloud.apps[1]
    cloud.add("sales")
    cloud.requests.clear()
    assert host().find("sales")["id"] == 2
    assert cloud.paths()[0] == "/v1/apps/1"
    assert cloud.paths()[-1] == "/v1/apps/2"
    assert host().find("sales")["id"] == 2
    assert cloud.paths()[-1] == "/v1/apps/2"


def test_a_hint_to_an_app_of_another_name_is_not_believed(cloud, host):
    cloud.add("sales")
    host().find("sales")
    cloud.apps[1]["name"] = "renamed"
    cloud.add("sales")
    assert host().find("sales")["id"] == 2


def test_a_hint_to_nothing_at_all(cloud, host):
    cloud.add("sales")
    host().find("sales")
    cloud.apps.clear()
    assert host().find("sales") is None


def test_delete_takes_the_hint_away_and_create_sets_it(cloud, host):
    cloud.add("other-app")
    assert host().find("sales") is None
    app = host().create({"name": "sales", "region": "us-east-1"})
    cloud.requests.clear()
    assert host().find("sales")["id"] == app["id"]
    assert lists(cloud) == []
    host().delete(app)
    cloud.requests.clear()
    assert host().find("sales", trust_absence=True) is None
    assert cloud.requests == []


def test_organizations_do_not_share_hints(cloud, client, tmp_path):
    state = RunState(str(tmp_path))
    cloud.add("sales")
    Apps(client(state)).find("sales")
    Apps(client(state, org="other")).find("sales")
    assert len(lists(cloud)) == 2


def test_a_list_that_fails_leaves_no_hints(cloud, host, clock):
    cloud.fail("GET", "/v1/apps", (403, {"error": "no"}))
    with pytest.raises(ApiError):
        host().find("sales")
    cloud.add("sales")
    clock.now += 5
    assert host().find("sales", trust_absence=True)["name"] == "sales"


# -- writes -----------------------------------------------------------------------------------------------------------


def test_delete_of_what_is_gone_is_success(cloud, apps):
    apps.delete({"id": 99, "name": "sales"})
    assert cloud.writes() == [("DELETE", "/v1/apps/99", None)]


def test_delete_tells_other_failures(cloud, apps):
    app = cloud.add("sales")
    cloud.fail("DELETE", "/v1/apps/1", (403, {"error": "no"}))
    with pytest.raises(ApiError) as caught:
        apps.delete(app)
    assert caught.value.status == 403


def test_get_tells_other_failures(cloud, apps):
    cloud.fail("GET", "/v1/apps/1", (403, {"error": "no"}))
    with pytest.raises(ApiError):
        apps.get(1)


def test_a_body_is_sent_as_it_is(cloud, apps):
    body = {"name": "sales", "region": "us-east-1", "tags": {"env": "prod"}}
    apps.create(body)
    assert cloud.sent("POST") == [json.loads(json.dumps(body))]


# -- failures that the processes of a run share -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_list_that_fails_is_asked_for_once_by_several_tasks(cloud, client, clock, status):
    state = RunState(None)
    cloud.fail("GET", "/v1/apps", *[(status, {"error": "no"})] * 99)
    for dummy in range(5):
        with pytest.raises(ApiError) as caught:
            Apps(client(state, retries=0)).find("sales")
        assert caught.value.status == status
    assert len(cloud.paths()) == 1
    clock.now += 5
    with pytest.raises(ApiError):
        Apps(client(state, retries=0)).find("sales")
    assert len(cloud.paths()) == 2


def test_the_lock_is_free_while_a_task_waits_for_its_retry(cloud, client, clock):
    state = RunState(None)
    cloud.add("sales")
    Apps(client(state)).find("sales")
    cloud.fail("GET", "/v1/apps", (503, {"error": "no"}))
    seen = []
    key = "apps-" + client(state).cache_key

    def look():
        def other():
            with state.locked(key) as box:
                seen.append(box.value)

        thread = threading.Thread(target=other, daemon=True)
        thread.start()
        thread.join(5)

    clock.meanwhile = [look]
    assert Apps(client(state)).find("shop") is None
    # What was known before is known on.
    assert seen[0]["ids"] == {"sales": 1}
