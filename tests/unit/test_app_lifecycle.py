# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app from nothing to nothing: what is sent, what is predicted, and what becomes of answers that get lost."""

from __future__ import annotations

import copy

import pytest
import requests
import yaml
from ansible_collections.spiceai.cloud.tests.unit.fakes import API

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}


def lost():
    return requests.exceptions.ReadTimeout("lost")


# -- create -----------------------------------------------------------------------------------------------------------


def test_create_is_one_post_when_there_is_no_rest(cloud, run):
    result = run(name="sales", description="d", visibility="public", tags={"env": "prod"})
    assert cloud.writes() == [
        (
            "POST",
            "/v1/apps",
            {
                "name": "sales",
                "region": "us-east-1",
                "description": "d",
                "visibility": "public",
                "tags": {"env": "prod"},
            },
        ),
    ]
    assert result["changed"] is True
    assert result["app"] == cloud.apps[1]
    assert result["changed_fields"] == ["name", "region", "description", "visibility", "tags"]
    assert result["deployment_required"] is False


def test_create_is_a_post_and_one_put_with_the_rest(cloud, run):
    result = run(name="sales", region="us-west-2", description="d", spicepod=POD, replicas=2, production_branch="main")
    assert cloud.writes() == [
        ("POST", "/v1/apps", {"name": "sales", "region": "us-west-2", "description": "d"}),
        ("PUT", "/v1/apps/1", {"production_branch": "main", "spicepod": POD, "replicas": 2}),
    ]
    assert result["app"] == cloud.apps[1]
    assert result["changed_fields"] == ["name", "region", "description", "production_branch", "spicepod", "replicas"]
    assert result["deployment_required"] is True
    assert result["api"] == {
        "requests": len(cloud.requests),
        "writes": 2,
        "retries": 0,
        "throttled": 0,
        "paced_seconds": 0,
    }


@pytest.mark.parametrize("options", [{}, {"spicepod": POD}])
def test_an_answer_without_config_is_completed_by_reading(cloud, run, options):
    cloud.with_config = False
    assert run(name="sales", **options)["app"] == cloud.apps[1]
    assert run(name="sales", description="new")["app"] == cloud.apps[1]


def test_empty_values_are_not_sent_for_a_new_app(cloud, run):
    run(name="sales", description="", tags={}, image_tag="", resources={}, production_branch="")
    assert cloud.writes() == [("POST", "/v1/apps", {"name": "sales", "region": "us-east-1"})]


def test_a_run_that_died_after_the_post_is_finished(cloud, run, fail):
    cloud.fail("PUT", "/v1/apps/1", (400, {"error": "Invalid spicepod configuration"}))
    result = fail(name="sales", description="d", spicepod=POD, replicas=2)
    assert result["changed"] is True
    assert result["msg"].startswith(
        "app sales (id 1) was created, but without spicepod, replicas: PUT /v1/apps/1 was refused (400): Invalid"
    )
    assert result["failure"]["status"] == 400
    result = run(name="sales", description="d", spicepod=POD, replicas=2)
    assert result["changed_fields"] == ["spicepod", "replicas"]
    assert run(name="sales", description="d", spicepod=POD, replicas=2)["changed"] is False


# -- placement of a new app -------------------------------------------------------------------------------------------


def region(name, **more):
    return dict(
        {"name": name, "region": name, "provider": "aws", "providerName": "AWS", "isDefault": False, "disabled": False},
        **more,
    )


@pytest.mark.parametrize(
    ("offer", "placement"),
    [
        ({"regions": [region("a"), region("b")], "default": "b"}, {"region": "b"}),
        ({"regions": [region("a"), region("b", cname="b-prod-aws-data")], "default": "b"}, {"region": "b"}),
        ({"regions": [region("a"), region("b", isDefault=True)], "default": None}, {"region": "b"}),
        ({"regions": [region("a"), region("b", isDefault=True)], "default": "gone"}, {"region": "b"}),
        ({"regions": [region("a", disabled=True), region("b")], "default": "a"}, {"region": "b"}),
        ({"regions": [region("a", disabled=True, isDefault=True), region("b"), region("c")]}, {"region": "b"}),
        ({"regions": [region("a", cname=None)], "default": "a"}, {"region": "a"}),
    ],
)
def test_default_placement(cloud, run, offer, placement):
    cloud.regions = offer
    result = run(name="sales")
    assert cloud.sent("POST") == [dict({"name": "sales"}, **placement)]
    assert result["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("offer", [{"regions": []}, {"regions": [region("a", disabled=True)], "default": "a"}, {}])
def test_nothing_becomes_standalone_by_accident(cloud, fail, offer, check_mode):
    cloud.regions = offer
    result = fail(check_mode=check_mode, name="sales")
    assert "`standalone: true`" in result["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize(
    ("ask", "placement"),
    [
        ({"region": "us-west-2"}, {"region": "us-west-2"}),
        ({"cname": "us-west-2-prod-aws-data"}, {"cname": "us-west-2-prod-aws-data"}),
        ({"cluster_name": "acme-prod"}, {"cluster_name": "acme-prod"}),
        ({"standalone": True}, {}),
    ],
)
def test_what_was_asked_for_is_sent_and_no_region_is_read(cloud, run, ask, placement):
    run(name="sales", **ask)
    assert cloud.sent("POST") == [dict({"name": "sales"}, **placement)]
    assert "/v1/regions" not in cloud.paths()


PLACES = (
    {},
    {"region": "us-west-2"},
    {"cname": "us-west-2-prod-aws-data"},
    {"cluster_name": "acme-prod"},
    {"standalone": True},
)
OLD_DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/v1/apps": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"name": {}, "description": {}, "visibility": {}, "tags": {}},
                                "required": ["name"],
                            }
                        }
                    }
                }
            }
        }
    },
}


@pytest.mark.parametrize("ask", PLACES)
@pytest.mark.parametrize("document", [(200, OLD_DOCUMENT), (500, {"error": "no document today"})])
def test_what_a_server_documents_of_itself_decides_nothing(cloud, run, ask, document):
    cloud.fail("GET", "/v1/docs.*", *[document] * 9)
    for check_mode in (True, False, False, True):
        run(check_mode=check_mode, name="sales", description="d", spicepod=POD, **ask)
    assert len(cloud.apps) == 1
    assert not [path for path in cloud.paths() if "docs" in path or "openapi" in path]


@pytest.mark.parametrize("ask", PLACES)
@pytest.mark.parametrize(
    "refusal",
    [
        {"error": "Region is required"},
        {"error": "Invalid", "details": {"fieldErrors": {"region": ["no"], "cname": ["no"]}}},
    ],
)
def test_a_refused_placement_is_sent_once_and_told(cloud, fail, ask, refusal):
    cloud.fail("POST", "/v1/apps", (400, refusal))
    result = fail(name="sales", **ask)
    assert "POST /v1/apps was refused (400): {}".format(refusal["error"]) in result["msg"]
    assert len(cloud.writes()) == 1
    assert cloud.apps == {}
    assert result["failure"].get("details") == refusal.get("details")
    assert ("give `region` or `cluster_name` instead of `standalone`" in result["msg"]) == bool(ask.get("standalone"))


def test_a_refused_region_is_told_with_those_that_are_offered(cloud, fail):
    cloud.regions["regions"] += [region("eu-west-1", disabled=True)]
    for asked in ("mars-1", "eu-west-1"):
        cloud.fail(
            "POST", "/v1/apps", (400, {"error": "Invalid", "details": {"fieldErrors": {"region": ["unknown region"]}}})
        )
        result = fail(name="sales", region=asked)
        assert "unknown region" in result["msg"]
        assert result["msg"].endswith(f"`region` {asked} is not offered; choose one of us-east-1, us-west-2.")
    assert len(cloud.writes()) == 2


@pytest.mark.parametrize("answer", [(200, {"regions": []}), (403, {"error": "no"})])
def test_a_refused_region_where_none_can_be_read(cloud, fail, answer):
    cloud.fail(
        "POST", "/v1/apps", (400, {"error": "Invalid", "details": {"fieldErrors": {"region": ["unknown region"]}}})
    )
    cloud.fail("GET", "/v1/regions", answer)
    result = fail(name="sales", region="mars-1")
    assert "unknown region" in result["msg"]
    assert "not offered" not in result["msg"]
    assert result["failure"]["status"] == 400


@pytest.mark.parametrize("ask", PLACES)
def test_a_refusal_of_something_else_says_nothing_of_the_placement(cloud, fail, ask):
    cloud.fail("POST", "/v1/apps", (400, {"error": "Invalid", "details": {"fieldErrors": {"name": ["reserved"]}}}))
    result = fail(name="sales", **ask)
    assert "reserved" in result["msg"]
    assert "standalone" not in result["msg"]
    assert "offered" not in result["msg"]


def test_a_region_that_is_no_region_is_told_before_the_advice_to_move(cloud, fail):
    cloud.add("sales")
    assert fail(name="sales", region="us-wst-2")["msg"] == (
        "`region` us-wst-2 is not offered; choose one of us-east-1, us-west-2. app sales (id 1) is in us-east-1, and "
        "the API moves no app."
    )
    assert "create another app there" in fail(name="sales", region="us-west-2")["msg"]
    assert fail(name="sales", cname="us-wst-2-prod-aws-data")["msg"].startswith(
        "`cname` us-wst-2-prod-aws-data is not offered; choose the cname of one of the regions us-east-1, us-west-2."
    )
    assert "create another app there" in fail(name="sales", cname="us-west-2-prod-aws-data")["msg"]
    assert cloud.writes() == []


# -- check mode -------------------------------------------------------------------------------------------------------

ONLY_THE_SERVER = ("id", "created_at", "updated_at")


@pytest.mark.parametrize(
    ("have", "ask"),
    [
        ({}, {"description": "new"}),
        ({}, {"spicepod": "version: v1\nkind: Spicepod\nname: sales\n", "replicas": 3}),
        ({"description": "old"}, {"description": ""}),
        ({"image_tag": "1.5.0", "executor": {"replicas": 1}}, {"image_tag": "", "executor": {}}),
        ({"tags": {"env": "prod", "ansible.x": "y"}}, {"tags": {"team": "a", "n": 1}}),
        ({"tags": {"env": "prod", "ansible.x": "y"}}, {"tags": {"team": "a"}, "purge_tags": True}),
        ({"resources": {"limits": {"cpu": "1"}}}, {"resources": {"limits": {"cpu": 2}}}),
        ({"storage_size_gb": 10}, {"storage_size_gb": 20}),
        ({"storage_claim_size_gb": 10}, {"storage_size_gb": 20}),
        ({"region": "us-west-2"}, {"cluster_name": "acme-prod"}),
        ({"description": "same"}, {"description": "same"}),
    ],
)
def test_the_prediction_of_an_update_is_what_comes(cloud, run, have, ask):
    cloud.add("sales", **copy.deepcopy(have))
    before = copy.deepcopy(cloud.apps)
    planned = run(check_mode=True, diff_mode=True, name="sales", **ask)
    assert cloud.writes() == []
    assert cloud.apps == before
    done = run(diff_mode=True, name="sales", **ask)
    plan, app = planned.pop("app"), done.pop("app")
    assert blank(plan, "cluster_id") == blank(app, "cluster_id")
    for result in (planned, done):
        del result["api"]
    assert planned == done
    assert planned.warnings == done.warnings


def blank(app, *without):
    """What was cleared may be empty or null."""
    return {
        field: blank(value) if isinstance(value, dict) else value or None
        for field, value in app.items()
        if field not in without
    }


@pytest.mark.parametrize(
    "ask",
    [
        {},
        {"region": "us-west-2"},
        {"cname": "us-west-2-prod-aws-data"},
        {"standalone": True},
        {"description": "d", "visibility": "public", "tags": {"a": True}},
        {"spicepod": POD, "replicas": 1, "tags": {"a": "b"}, "production_branch": "main"},
        {"resources": {"limits": {"cpu": 2}}, "storage_size_gb": 5.0},
    ],
)
def test_the_prediction_of_a_creation_is_what_comes(cloud, run, ask):
    planned = run(check_mode=True, diff_mode=True, name="sales", **ask)
    assert cloud.writes() == []
    done = run(diff_mode=True, name="sales", **ask)
    for result in (planned, done):
        del result["api"]
    plan, app = planned.pop("app"), done.pop("app")
    for field in set(plan) - set(ONLY_THE_SERVER) - {"config"}:
        assert (plan[field] or None) == (app[field] or None), field
    for field, value in plan["config"].items():
        assert app["config"][field] == value, field
    for text in ("before_header", "after_header"):
        planned["diff"][text] = planned["diff"][text].replace("app sales", "app sales (id 1)")
    assert planned == done


def test_check_mode_of_absent_sends_no_write(cloud, run):
    cloud.add("sales")
    assert run(check_mode=True, name="sales", state="absent")["changed"] is True
    assert cloud.writes() == []
    assert run(check_mode=True, name="other", state="absent")["changed"] is False


# -- absent -----------------------------------------------------------------------------------------------------------


def test_absent_and_absent_again(cloud, run):
    cloud.add("sales")
    result = run(name="sales", state="absent")
    assert result["changed"] is True
    assert cloud.writes() == [("DELETE", "/v1/apps/1", None)]
    assert "app" not in result
    assert run(name="sales", state="absent")["changed"] is False
    assert run(app_id=1, state="absent")["changed"] is False
    assert len(cloud.writes()) == 1


def test_absent_by_id(cloud, run):
    cloud.add("sales")
    assert run(app_id=1, state="absent")["changed"] is True
    assert cloud.apps == {}


def test_a_404_on_delete_is_success(cloud, run):
    cloud.add("sales")
    cloud.fail("DELETE", "/v1/apps/1", (404, {"error": "gone"}))
    assert run(name="sales", state="absent")["changed"] is True


def test_a_wrong_address_makes_nothing_absent(cloud, fail):
    cloud.routes = set()
    for options in ({"name": "sales"}, {"app_id": 1}):
        result = fail(state="absent", **options)
        assert "serves neither" in result["msg"]
        assert result["failure"]["status"] == 404


def test_a_deletion_that_is_refused(cloud, fail):
    cloud.add("sales")
    cloud.fail(
        "DELETE",
        "/v1/apps/1",
        (403, {"error": "Insufficient scope. Required: apps:delete", "code": "insufficient_scope"}),
    )
    result = fail(name="sales", state="absent")
    assert result["changed"] is False
    assert result["failure"]["code"] == "insufficient_scope"


# -- a deletion that asks for a proof ---------------------------------------------------------------------------------

CONFIRMATION = (
    "Nothing was deleted, because `confirm` %s. "
    "To delete app Orders-API (id 1) with its secrets, deployments and API keys, set `confirm` "
    "(`teardown_confirm` of the role spiceai.cloud.teardown) to Orders-API."
)


@pytest.mark.parametrize("options", [{"name": "Orders-API"}, {"name": "orders-api"}, {"app_id": 1}])
def test_the_name_of_the_app_that_was_found_confirms(cloud, run, options):
    cloud.add("Orders-API")
    assert run(state="absent", confirm="Orders-API", **options)["changed"] is True
    assert cloud.writes() == [("DELETE", "/v1/apps/1", None)]


@pytest.mark.parametrize("options", [{"name": "Orders-API"}, {"name": "orders-api"}, {"app_id": 1}])
@pytest.mark.parametrize("confirm", ["", " ", "orders-api", "Orders-API ", "Orders-AP", "1", "None", "*"])
def test_nothing_else_confirms(cloud, fail, options, confirm):
    cloud.add("Orders-API")
    result = fail(state="absent", confirm=confirm, **options)
    assert result["msg"] == CONFIRMATION % ("is empty" if confirm == "" else "is not the name of the app")
    assert result["changed"] is False
    assert cloud.writes() == []
    assert set(cloud.apps) == {1}


def test_a_plan_of_a_deletion_needs_no_proof_but_refuses_a_wrong_one(cloud, run, fail):
    cloud.add("Orders-API")
    for confirm in ("", "Orders-API", None):
        assert run(check_mode=True, name="Orders-API", state="absent", confirm=confirm)["changed"] is True
    result = fail(check_mode=True, name="Orders-API", state="absent", confirm="orders-api")
    assert result["msg"] == CONFIRMATION % "is not the name of the app"
    assert cloud.writes() == []


@pytest.mark.parametrize("confirm", ["", "sales", "other"])
def test_what_is_not_there_needs_no_proof(cloud, run, confirm):
    assert run(name="sales", state="absent", confirm=confirm)["changed"] is False
    assert cloud.writes() == []


@pytest.mark.parametrize("name", ["", " ", "\n"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_empty_name_is_no_app_that_is_not_there(cloud, fail, name, state):
    assert fail(name=name, state=state)["msg"] == "`name` must not be empty. Give the name of the app."
    assert cloud.requests == []


@pytest.mark.parametrize(("name", "words"), [("", "Nothing was deleted"), (None, "without a usable `name`")])
def test_nothing_confirms_an_app_without_a_name(cloud, fail, name, words):
    cloud.add("sales")["name"] = name
    assert words in fail(app_id=1, state="absent", confirm="")["msg"]
    assert cloud.writes() == []


# -- answers that get lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lost(),
        (500, ""),
        (502, "<html></html>"),
        (201, '{"id": 1, "na', {"Content-Type": "application/json"}),
        (408, ""),
    ],
)
def test_a_post_that_worked_without_an_answer_is_found(cloud, run, answer):
    cloud.fail("POST", "/v1/apps", answer, after_commit=True)
    result = run(name="sales", description="d", spicepod=POD)
    assert result["changed"] is True
    assert result["app"] == cloud.apps[1]
    assert [method for method, dummy, body in cloud.writes()] == ["POST", "PUT"]
    assert result["changed_fields"] == ["name", "region", "description", "spicepod"]


def test_a_failure_after_a_post_without_an_answer_has_changed_something(cloud, fail):
    cloud.fail("POST", "/v1/apps", lost(), after_commit=True)
    cloud.fail("PUT", "/v1/apps/1", (403, {"error": "no"}))
    result = fail(name="sales", spicepod=POD)
    assert result["changed"] is True
    assert "was created, but without spicepod" in result["msg"]


@pytest.mark.parametrize("answer", [lost(), (500, ""), (504, "")])
def test_a_post_that_did_nothing_is_sent_again_after_a_look(cloud, run, clock, answer):
    cloud.fail("POST", "/v1/apps", answer)
    result = run(name="sales")
    assert result["changed"] is True
    assert [method for method, path, body in cloud.requests if path == "/v1/apps"][-3:] == ["POST", "GET", "POST"]
    assert len(clock.slept) == 1
    assert result["api"]["retries"] == 1
    assert len(cloud.apps) == 1


def test_a_lost_post_that_shows_late_ends_in_one_app(cloud, run):
    # The app is there, but not yet in the list: the second POST meets it.
    cloud.fail("POST", "/v1/apps", lost(), after_commit=True)
    cloud.fail("GET", "/v1/apps", (200, {"apps": []}), (200, {"apps": []}))
    result = run(name="sales", description="d")
    assert result["changed"] is True
    assert result["app"] == cloud.apps[1]
    assert len(cloud.apps) == 1
    assert len(cloud.sent("POST")) == 2
    assert result["changed_fields"] == ["name", "region", "description"]


def test_a_name_that_somebody_else_took_meanwhile_is_used(cloud, run):
    # A stale hint said that there is none.
    cloud.add("sales", description="theirs")
    cloud.fail("GET", "/v1/apps", (200, {"apps": []}))
    result = run(name="sales", description="mine")
    assert [method for method, dummy, body in cloud.writes()] == ["POST", "PUT"]
    assert result["changed_fields"] == ["description"]
    assert result["app"]["id"] == 1


def test_a_name_that_somebody_else_took_with_the_same_content_is_unchanged(cloud, run):
    cloud.add("sales")
    cloud.fail("GET", "/v1/apps", (200, {"apps": []}))
    result = run(name="sales")
    assert result["changed"] is False
    assert result["changed_fields"] == []


@pytest.mark.parametrize(("org", "checked"), [(None, "`org`"), ("acme", "`org` 'acme'")])
def test_a_name_that_is_taken_out_of_sight(cloud, fail, clock, org, checked):
    cloud.fail("POST", "/v1/apps", (409, {"error": "App already exists"}))
    result = fail(name="sales", retries=2, org=org)
    assert result["changed"] is False
    assert (
        f"The name 'sales' is taken, but this credential sees no such app; choose another `name`, or check {checked}."
        in result["msg"]
    )
    assert result["failure"]["status"] == 409
    assert len(cloud.sent("POST")) == 1
    assert len(clock.slept) == 2


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_post_that_never_works_ends(cloud, fail, retries):
    cloud.fail("POST", "/v1/apps", *[lost() for dummy in range(10)])
    result = fail(name="sales", retries=retries, retry_timeout=1000)
    assert len(cloud.sent("POST")) == retries + 1
    assert "did not answer POST /v1/apps" in result["msg"]
    assert result["changed"] is False


def test_the_search_for_a_lost_post_stays_in_the_budget(cloud, fail, clock):
    cloud.fail("POST", "/v1/apps", *[lost() for dummy in range(100)])
    result = fail(name="sales", retries=50, retry_timeout=20)
    assert "`retry_timeout`" in result["msg"]
    assert sum(clock.slept) <= 20


@pytest.mark.parametrize(
    "answer", [(403, {"error": "no"}), (400, {"error": "no"}), (402, {"error": "no"}), (422, {"error": "no"})]
)
def test_a_refused_post_ends_at_once(cloud, fail, answer):
    cloud.fail("POST", "/v1/apps", answer)
    result = fail(name="sales")
    assert result["changed"] is False
    assert len(cloud.sent("POST")) == 1


@pytest.mark.parametrize("answer", [lost(), (500, ""), (502, "<html></html>")])
@pytest.mark.parametrize("retries", [0, 1])
def test_a_put_that_worked_without_an_answer_is_seen(cloud, run, answer, retries):
    cloud.add("sales")
    cloud.fail("PUT", "/v1/apps/1", *[answer] * (retries + 1), after_commit=True)
    result = run(name="sales", description="new", retries=retries)
    assert result["changed"] is True
    assert result["app"] == cloud.apps[1]
    assert len(cloud.sent("PUT")) == retries + 1


def test_a_put_that_never_works_fails(cloud, fail):
    cloud.add("sales")
    cloud.fail("PUT", "/v1/apps/1", *[(503, "")] * 3)
    result = fail(name="sales", description="new", retries=2)
    assert result["changed"] is False
    assert result["failure"]["status"] == 503
    assert result["failure"]["retries"] == 2
    assert "was created" not in result["msg"]


def test_a_put_that_never_works_after_the_creation_says_so(cloud, fail):
    cloud.fail("PUT", "/v1/apps/1", *[(503, "")] * 2)
    result = fail(name="sales", spicepod=POD, retries=1)
    assert result["changed"] is True
    assert result["msg"].startswith(
        "app sales (id 1) was created, but without spicepod: PUT /v1/apps/1 was refused (503)"
    )


def test_an_app_that_was_deleted_meanwhile(cloud, fail):
    cloud.add("sales")
    cloud.fail("PUT", "/v1/apps/1", (404, {"error": "gone"}))
    cloud.fail("GET", "/v1/apps/1", (200, copy.deepcopy(cloud.apps[1])), (404, {"error": "gone"}))
    result = fail(name="sales", description="new")
    assert (
        result["msg"] == "app sales (id 1) was deleted by somebody else while this task changed it; run the task again."
    )
    assert result["failure"]["status"] == 404


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_refused_put_is_not_read_after(cloud, fail, status):
    cloud.add("sales")
    cloud.fail("PUT", "/v1/apps/1", (status, {"error": "no"}))
    result = fail(name="sales", description="new")
    assert result["failure"]["status"] == status
    assert cloud.requests[-1][0] == "PUT"


@pytest.mark.parametrize("answer", ["", [], "created"])
def test_a_created_app_with_an_odd_answer_is_looked_up(cloud, run, answer):
    """The POST took effect, so it is found by name and not sent again."""
    cloud.fail("POST", "/v1/apps", (201, answer), after_commit=True)
    result = run(name="sales", description="new")
    assert result["changed"] is True
    assert result["app"]["name"] == "sales"
    assert [request[:2] for request in cloud.requests].count(("POST", "/v1/apps")) == 1


def test_a_field_that_a_creation_ignores_is_told(cloud, run):
    cloud.ignored_fields = {"description"}
    result = run(name="sales", description="new")
    assert result.warnings == ["The API accepted but did not apply: description of app sales (id 1)."]


def test_a_field_that_the_server_ignores_is_told(cloud, run):
    cloud.add("sales")
    cloud.ignored_fields = {"version", "node_group"}
    result = run(name="sales", description="new", version="2.x", node_group="n")
    assert result["changed"] is True
    assert result.warnings == ["The API accepted but did not apply: version, node_group of app sales (id 1)."]


def test_no_warning_when_everything_was_applied(cloud, run):
    cloud.add("sales")
    assert run(name="sales", description="new", tags={"a": "b"}).warnings == []


# -- diff -------------------------------------------------------------------------------------------------------------


def test_diff_of_an_update_shows_only_what_differs(cloud, run):
    cloud.add(
        "sales",
        description="old",
        replicas=2,
        spicepod={"version": "v1", "kind": "Spicepod", "name": "a"},
        tags={"env": "prod", "ansible.x": "y"},
    )
    pod = {"version": "v1", "kind": "Spicepod", "name": "b", "note": "one\ntwo\n"}
    diff = run(diff_mode=True, name="sales", description="new", spicepod=pod, tags={"team": "t"})["diff"]
    assert yaml.safe_load(diff["before"]) == {
        "description": "old",
        "spicepod": {"version": "v1", "kind": "Spicepod", "name": "a"},
        "tags": {"env": "prod"},
    }
    assert yaml.safe_load(diff["after"]) == {
        "description": "new",
        "spicepod": pod,
        "tags": {"env": "prod", "team": "t"},
    }
    assert "  note: |\n    one\n    two\n" in diff["after"]
    assert diff["before_header"] == diff["after_header"] == "app sales (id 1)"


def test_diff_of_a_creation_has_nothing_before(cloud, run):
    diff = run(diff_mode=True, name="sales", spicepod=POD, tags={"env": "prod"})["diff"]
    assert diff["before"] == ""
    after = yaml.safe_load(diff["after"])
    assert after["name"] == "sales"
    assert after["region"] == "us-east-1"
    assert after["spicepod"] == POD
    assert after["tags"] == {"env": "prod"}


def test_diff_of_a_deletion_has_nothing_after(cloud, run):
    cloud.add("sales", description="d")
    diff = run(diff_mode=True, name="sales", state="absent")["diff"]
    assert yaml.safe_load(diff["before"])["description"] == "d"
    assert diff["after"] == ""
    assert diff["before_header"] == "app sales (id 1)"


def test_diff_of_nothing(cloud, run):
    cloud.add("sales")
    diff = run(diff_mode=True, name="sales")["diff"]
    assert diff["before"] == diff["after"] == ""
    diff = run(diff_mode=True, name="other", state="absent")["diff"]
    assert diff == {"before": "", "after": "", "before_header": "app", "after_header": "app"}


def test_a_cleared_field_leaves_the_diff(cloud, run):
    cloud.add("sales", image_tag="1.5.0", description="d")
    diff = run(diff_mode=True, name="sales", image_tag="", description="")["diff"]
    assert yaml.safe_load(diff["before"]) == {"image_tag": "1.5.0", "description": "d"}
    assert diff["after"] == ""


def test_without_diff_mode_there_is_none(cloud, run):
    cloud.add("sales")
    assert "diff" not in run(name="sales", description="new")
    assert "diff" not in run(name="sales", state="absent")


def test_everything_goes_to_the_address_of_the_task(cloud, run):
    assert run(name="sales", api_url=API + "/")["changed"]


# -- an app that deploys from GitHub ----------------------------------------------------------------------------------

PODS = (
    {"version": "v1", "kind": "Spicepod", "name": "sales", "datasets": [{"from": "s3://b/o", "name": "orders"}]},
    "# ours\nname: sales\nkind: Spicepod\nversion: v1\ndatasets:\n  - {name: orders, from: 's3://b/o'}\n",
)


@pytest.mark.parametrize("given", PODS)
@pytest.mark.parametrize("fields", [{}, {"replicas": 3, "description": "d"}])
def test_an_equal_spicepod_of_a_connected_app_is_not_sent(cloud, run, given, fields):
    cloud.add("sales", spicepod=PODS[0])
    cloud.connected.add(1)
    assert run(name="sales", spicepod=given, **fields)["changed"] is bool(fields)
    assert cloud.sent("PUT") == ([fields] if fields else [])


def test_a_changed_spicepod_of_a_connected_app_is_refused_as_a_whole(cloud, fail):
    cloud.add("sales", spicepod=PODS[0])
    cloud.connected.add(1)
    result = fail(name="sales", spicepod={**PODS[0], "name": "other"}, replicas=3)
    assert "409 github_connected" in result["msg"]
    assert "app sales (id 1) takes its spicepod from GitHub, so the changed one was refused" in result["msg"]
    assert "Change the spicepod in the repository and leave `spicepod` and `spicepod_file` out" in result["msg"]
    assert result["changed"] is False
    assert cloud.apps[1]["config"]["replicas"] == 1
