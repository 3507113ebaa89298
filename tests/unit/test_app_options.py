# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an app: checked before the first request, compared, and sent with only what differs."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.unit.fakes import PAT

PODS = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "sales",
    "datasets": [{"from": "postgres:orders", "name": "orders"}],
}
POD_AS_YAML = "name: sales\nkind: Spicepod\nversion: v1\ndatasets:\n- name: orders\n  from: 'postgres:orders'\n"


def pod(**more):
    return {**PODS, **more}


POD_AS_JSON = (
    '{"datasets":[{"name":"orders","from":"postgres:orders"}],"kind":"Spicepod","name":"sales","version":"v1"}'
)


# -- refused before the first request ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": None}, "`name` or `app_id` must have a value"),
        ({"name": "sales app"}, "`name` takes letters, digits and dashes only"),
        ({"name": "sales_app"}, "`name` takes letters"),
        ({"name": "größe"}, "`name` takes letters"),
        ({"name": ""}, "`name`"),
        ({"name": "sales\n"}, "`name` takes letters"),
        ({"name": "abc"}, "`name` must have at least 4 characters, 'abc' has 3"),
        ({"region": ""}, "`region` must not be empty"),
        ({"region": "  "}, "`region` must not be empty"),
        ({"cname": ""}, "`cname` must not be empty"),
        ({"cluster_name": ""}, "`cluster_name` must not be empty"),
        ({"update_channel": ""}, "`update_channel` must not be empty"),
        ({"standalone": True, "region": "us-east-1"}, "`standalone: true` and `region` exclude each other"),
        ({"standalone": True, "cname": "us-east-1-prod-aws-data"}, "`standalone: true` and `cname`"),
        ({"standalone": True, "cluster_name": "acme-prod"}, "`standalone: true` and `cluster_name`"),
        ({"replicas": -1}, "`replicas` must be from 0 to 10, not -1"),
        ({"replicas": 11}, "`replicas` must be from 0 to 10, not 11"),
        ({"storage_size_gb": -1}, "`storage_size_gb` must not be negative"),
        ({"resources": {"limits": "2"}}, "`resources` must be a dictionary such as"),
        ({"executor": {"resources": {"limits": ["2"]}}}, "`executor.resources` must be a dictionary such as"),
        ({"executor": {"resources": "2"}}, "`executor.resources` must be a dictionary such as"),
        ({"executor": {"replicas": "many"}}, "`executor.replicas` must be a whole number, not 'many'"),
        ({"spicepod": "a: [1\n"}, "`spicepod` is not valid YAML (line"),
        ({"spicepod": "a: !!binary aGVsbG8="}, "`spicepod` is not valid YAML (line 1, column 4"),
        ({"spicepod": "a: !!int x"}, "`spicepod` is not valid YAML (line 1, column 4"),
        ({"spicepod": ""}, "`spicepod` must be a mapping"),
        ({"spicepod": ["a"]}, "`spicepod` must be a mapping"),
        (
            {"tags": {"ansible.mine": "x"}},
            "keys that begin with 'ansible.' belong to this collection; leave 'ansible.mine' out",
        ),
        ({"tags": {"1st": "x"}}, "'1st' is no key"),
        ({"tags": {"": "x"}}, "'' is no key"),
        ({"tags": {"a b": "x"}}, "'a b' is no key"),
        ({"tags": {"a" * 64: "x"}}, "is no key"),
        ({"tags": {"größe": "x"}}, "is no key"),
        ({"tags": {"env": "a b"}}, "the value of 'env'"),
        ({"tags": {"env": "1.5"}}, "the value of 'env'"),
        ({"tags": {"env": 1.5}}, "the value of 'env'"),
        ({"tags": {"env": "x" * 257}}, "the value of 'env'"),
        ({"tags": {"env": None}}, "the value of 'env'"),
        ({"tags": {"env": {"a": 1}}}, "the value of 'env'"),
        ({"tags": {"env": []}}, "the value of 'env'"),
        ({"tags": {"env": "prod\n"}}, "the value of 'env'"),
        ({"confirm": ""}, "`confirm` belongs to `state: absent`; leave it out"),
        ({"confirm": "sales"}, "`confirm` belongs to `state: absent`; leave it out"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_refused_by_name_before_the_first_request(cloud, fail, options, words, check_mode):
    result = fail(check_mode=check_mode, **dict({"name": "sales"}, **options))
    assert words in result["msg"]
    assert cloud.requests == []
    assert "failure" not in result
    assert "api" not in result
    assert result["changed"] is False


def test_what_is_only_for_present_is_not_checked_for_absent(cloud, run):
    # Old names must stay deletable.
    assert run(name="x_y", state="absent")["changed"] is False


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "a" * 39}, "more than the 38 characters"),
        ({"update_channel": "weekly"}, "`update_channel` 'weekly' is none of those known: stable, preview"),
    ],
)
def test_what_the_documentation_does_not_know_is_a_warning(cloud, run, options, words):
    cloud.strict = False
    result = run(**dict({"name": "sales"}, **options))
    assert result["changed"]
    assert [text for text in result.warnings if words in text]


@pytest.mark.parametrize(
    "options",
    [{"name": "abcd"}, {"name": "A-1-" + "x" * 34}, {"replicas": 0}, {"replicas": 10}, {"update_channel": "nightly"}],
)
def test_the_bounds_themselves_are_fine(cloud, run, options):
    cloud.strict = False  # its sources disagree about 0 replicas
    result = run(**dict({"name": "sales"}, **options))
    assert result["changed"]
    assert result.warnings == []


def test_every_known_option_can_be_sent_at_once(cloud, run):
    run(name="sales", region="us-west-2", **EVERYTHING)
    assert cloud.sent("POST") == [
        {"name": "sales", "region": "us-west-2", "description": "d", "visibility": "public", "tags": {"env": "prod"}}
    ]
    rest = {field: value for field, value in EVERYTHING.items() if field not in ("description", "visibility", "tags")}
    assert cloud.sent("PUT") == [rest]
    assert run(name="sales", region="us-west-2", **EVERYTHING)["changed"] is False


EVERYTHING = {
    "description": "d",
    "visibility": "public",
    "tags": {"env": "prod"},
    "production_branch": "main",
    "spicepod": PODS,
    "registry": "r",
    "image": "i",
    "image_tag": "1.5.0",
    "update_channel": "stable",
    "version": "2.x",
    "replicas": 2,
    "resources": {"limits": {"cpu": "2", "memory": "16Gi"}},
    "executor": {"replicas": 3},
    "node_group": "n",
    "storage_size_gb": 20,
}


# -- compared ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("have", "ask"),
    [
        ({"description": "x"}, {"description": "x"}),
        ({"description": None}, {"description": ""}),
        ({"description": ""}, {"description": ""}),
        ({"visibility": "public"}, {"visibility": "public"}),
        ({"production_branch": None}, {"production_branch": ""}),
        ({"cluster_name": "acme-prod"}, {"cluster_name": "acme-prod"}),
        ({"spicepod": PODS}, {"spicepod": PODS}),
        ({"spicepod": PODS}, {"spicepod": POD_AS_YAML}),
        ({"spicepod": PODS}, {"spicepod": POD_AS_JSON}),
        ({"spicepod": PODS}, {"spicepod": dict(PODS, params=None)}),
        ({"spicepod": dict(PODS, a=1)}, {"spicepod": POD_AS_YAML + "a: 1.0"}),
        ({"spicepod": dict(PODS, a={})}, {"spicepod": POD_AS_YAML + "a:\n  b:\n  c: ~\n"}),
        ({"spicepod": dict(PODS, a="x\n")}, {"spicepod": dict(PODS, a="x")}),
        ({"spicepod": dict(PODS, a="x")}, {"spicepod": dict(PODS, a="x\n")}),
        ({"spicepod": dict(PODS, a=["x\n\n"])}, {"spicepod": dict(PODS, a=["x"])}),
        ({"spicepod": dict(PODS, a="x\ny\r\n")}, {"spicepod": POD_AS_YAML + "a: |\n  x\n  y"}),
        ({"spicepod": None}, {"spicepod": {}}),
        ({"image_tag": "1.5.0"}, {"image_tag": "1.5.0"}),
        ({"image_tag": None}, {"image_tag": ""}),
        ({"replicas": 0}, {"replicas": 0}),
        (
            {"resources": {"limits": {"cpu": "2", "memory": "16Gi"}}},
            {"resources": {"limits": {"memory": "16Gi", "cpu": 2}}},
        ),
        ({"resources": {"limits": {"cpu": "2"}, "requests": None}}, {"resources": {"limits": {"cpu": "2"}}}),
        ({"resources": None}, {"resources": {}}),
        (
            {"executor": {"replicas": 2, "resources": {"limits": {"cpu": "4"}}}},
            {"executor": {"resources": {"limits": {"cpu": 4}}, "replicas": 2}},
        ),
        ({"executor": {}}, {"executor": {}}),
        (
            {"executor": {"replicas": 2, "storage_size_gb": 10}},
            {"executor": {"replicas": "2", "storage_size_gb": "10"}},
        ),
        ({"resources": {"limits": {"cpu": "2"}}}, {"resources": {"limits": {"cpu": 2, "memory": None}}}),
        ({"storage_size_gb": 20}, {"storage_size_gb": 20.0}),
        ({"storage_claim_size_gb": 20}, {"storage_size_gb": 20}),
        ({"storage_size_gb": 20, "storage_claim_size_gb": 10}, {"storage_size_gb": 20}),
        ({"tags": {"env": "prod", "n": "1"}}, {"tags": {"n": 1, "env": "prod"}}),
        ({"tags": {"on": "true"}}, {"tags": {"on": True}}),
        ({"tags": {"env": "prod", "other": "x"}}, {"tags": {"env": "prod"}}),
        ({"tags": {"env": "prod"}}, {"tags": {}}),
        ({"tags": None}, {"tags": {}, "purge_tags": True}),
        ({"tags": {"env": "prod"}}, {"purge_tags": True}),
        ({"tags": {"ansible.secret/A": "x"}}, {"tags": {}, "purge_tags": True}),
        ({}, {}),
        ({}, {"standalone": True}),
    ],
)
def test_same_means_unchanged(cloud, run, have, ask):
    cloud.add("sales", **have)
    result = run(name="sales", **ask)
    assert result["changed"] is False
    assert result["changed_fields"] == []
    assert result["deployment_required"] is False
    assert result["api"]["writes"] == 0
    assert result["app"] == cloud.apps[1]


@pytest.mark.parametrize(
    ("have", "ask", "payload", "deploys"),
    [
        ({}, {"description": "new"}, {"description": "new"}, False),
        ({"description": "old"}, {"description": ""}, {"description": ""}, False),
        ({}, {"visibility": "public"}, {"visibility": "public"}, False),
        ({"production_branch": "main"}, {"production_branch": ""}, {"production_branch": ""}, False),
        ({}, {"cluster_name": "acme-prod"}, {"cluster_name": "acme-prod"}, True),
        ({}, {"spicepod": POD_AS_YAML}, {"spicepod": PODS}, True),
        ({"spicepod": PODS}, {"spicepod": {}}, {"spicepod": {}}, True),
        ({"spicepod": pod(a="1")}, {"spicepod": pod(a=1)}, {"spicepod": pod(a=1)}, True),
        ({"spicepod": pod(a=True)}, {"spicepod": pod(a=1)}, {"spicepod": pod(a=1)}, True),
        ({"spicepod": pod(a=[1, 2])}, {"spicepod": pod(a=[2, 1])}, {"spicepod": pod(a=[2, 1])}, True),
        ({"spicepod": pod(a="1234")}, {"spicepod": POD_AS_YAML + "a: 01234"}, {"spicepod": pod(a="01234")}, True),
        # A key without a value is not sent, and that it goes is a change.
        ({"spicepod": pod(a=None)}, {"spicepod": PODS}, {"spicepod": PODS}, True),
        ({"spicepod": pod(a={"b": None})}, {"spicepod": pod(a={})}, {"spicepod": pod(a={})}, True),
        ({"spicepod": pod(a=[{"b": None}])}, {"spicepod": pod(a=[{"b": None}])}, {"spicepod": pod(a=[{}])}, True),
        ({"spicepod": pod(a={"b": 1})}, {"spicepod": pod(a={"b": None})}, {"spicepod": pod(a={})}, True),
        # Only the line breaks at the end of a string do not count.
        ({"spicepod": pod(a="x\ny")}, {"spicepod": pod(a="x y")}, {"spicepod": pod(a="x y")}, True),
        ({"spicepod": pod(a="x ")}, {"spicepod": pod(a="x")}, {"spicepod": pod(a="x")}, True),
        ({"spicepod": pod(a="\n")}, {"spicepod": pod(a="")}, {"spicepod": pod(a="")}, True),
        ({"registry": "r"}, {"registry": ""}, {"registry": ""}, True),
        ({"image_tag": "1.5.0"}, {"image_tag": ""}, {"image_tag": None}, True),
        ({}, {"image_tag": "1.6.0"}, {"image_tag": "1.6.0"}, True),
        ({"replicas": 1}, {"replicas": 0}, {"replicas": 0}, True),
        ({"resources": {"limits": {"cpu": "2"}}}, {"resources": {}}, {"resources": None}, True),
        (
            {"resources": {"limits": {"cpu": "2"}}},
            {"resources": {"limits": {"cpu": 4}}},
            {"resources": {"limits": {"cpu": "4"}}},
            True,
        ),
        ({"executor": {"replicas": 2}}, {"executor": {}}, {"executor": None}, True),
        ({"executor": {"replicas": 2}}, {"executor": {"replicas": 3}}, {"executor": {"replicas": 3}}, True),
        ({"storage_size_gb": 20}, {"storage_size_gb": 20.5}, {"storage_size_gb": 20.5}, True),
        ({"storage_claim_size_gb": 20}, {"storage_size_gb": 30}, {"storage_size_gb": 30}, True),
        ({"version": "1.x"}, {"version": "2.x", "description": None}, {"version": "2.x"}, True),
        ({"node_group": "a"}, {"node_group": "b"}, {"node_group": "b"}, True),
        ({"update_channel": "stable"}, {"update_channel": "nightly"}, {"update_channel": "nightly"}, True),
        ({"image": "a"}, {"image": "b"}, {"image": "b"}, True),
        # Tags are sent as the whole merged map.
        (
            {"tags": {"env": "prod", "other": "x"}},
            {"tags": {"env": "dev"}},
            {"tags": {"env": "dev", "other": "x"}},
            False,
        ),
        (
            {"tags": None},
            {"tags": {"n": 1, "yes": True, "no": False}},
            {"tags": {"n": "1", "yes": "true", "no": "false"}},
            False,
        ),
        (
            {"tags": {"env": "prod", "other": "x"}},
            {"tags": {"env": "prod"}, "purge_tags": True},
            {"tags": {"env": "prod"}},
            False,
        ),
        ({"tags": {"env": "prod"}}, {"tags": {}, "purge_tags": True}, {"tags": {}}, False),
        ({"tags": {"env": "", "a": "x"}}, {"tags": {"a": ""}}, {"tags": {"env": "", "a": ""}}, False),
        # The collection's own tags stay, whatever is purged.
        (
            {"tags": {"env": "prod", "ansible.secret/A": "x"}},
            {"tags": {"team": "t"}, "purge_tags": True},
            {"tags": {"ansible.secret/A": "x", "team": "t"}},
            False,
        ),
        (
            {"tags": {"env": "prod", "ansible.key": "1"}},
            {"tags": {}, "purge_tags": True},
            {"tags": {"ansible.key": "1"}},
            False,
        ),
    ],
)
def test_only_what_differs_is_sent(cloud, run, have, ask, payload, deploys):
    cloud.strict = False  # 0 replicas
    cloud.add("sales", **dict({"description": "kept" if "description" not in ask else None}, **have))
    result = run(name="sales", **ask)
    assert cloud.writes() == [("PUT", "/v1/apps/1", payload)]
    assert result["changed"] is True
    assert result["changed_fields"] == list(payload)
    assert result["deployment_required"] is deploys
    assert result["app"] == cloud.apps[1]
    assert result.warnings == []
    assert run(name="sales", **ask)["changed"] is False


def test_several_changes_go_out_in_one_request(cloud, run):
    cloud.add("sales")
    result = run(name="sales", replicas=2, description="new", spicepod=PODS, tags={"a": "b"})
    assert cloud.sent("PUT") == [{"description": "new", "tags": {"a": "b"}, "spicepod": PODS, "replicas": 2}]
    assert result["changed_fields"] == ["description", "tags", "spicepod", "replicas"]
    assert result["api"] == {"requests": 3, "writes": 1, "retries": 0, "throttled": 0, "paced_seconds": 0}


# -- placement of an app that exists ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "ask"),
    [
        ({"region": "us-west-2"}, {"region": "us-west-2"}),
        ({"region": "us-west-2"}, {"cname": "us-west-2-prod-aws-data"}),
        ({"region": None, "cname": "us-west-2-prod-aws-data"}, {"region": "us-west-2"}),
        ({"region": None, "cname": "us-west-2-prod-aws-data"}, {"cname": "us-west-2-prod-aws-data"}),
        ({"region": "us-east-2"}, {"cname": "us-east-2.spice.cloud"}),
        ({"region": None, "cname": "us-east-2.spice.cloud"}, {"region": "us-east-2"}),
        ({"region": None}, {"region": "us-west-2"}),
        ({"region": "us-west-2"}, {}),
        ({"region": "us-west-2"}, {"standalone": True}),
    ],
)
def test_the_same_place_is_no_change(cloud, run, where, ask):
    cloud.add("sales", **where)
    result = run(name="sales", **ask)
    assert result["changed"] is False
    assert cloud.writes() == []


def test_the_region_may_stand_in_the_config_only(cloud, run, fail):
    app = cloud.add("sales", region=None)
    app["config"]["region"] = "us-west-2"
    assert run(name="sales", region="us-west-2")["changed"] is False
    assert "cannot be moved" in fail(name="sales", region="us-east-1")["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("ask", [{"region": "us-east-1"}, {"cname": "us-east-1-prod-aws-data"}])
def test_another_region_is_refused_before_any_write(cloud, fail, ask, check_mode):
    cloud.add("sales", region="us-west-2")
    result = fail(check_mode=check_mode, name="sales", description="new", **ask)
    for words in ("app sales (id 1) is in us-west-2", "`{}` {}".format(*next(iter(ask.items()))), "cannot be moved"):
        assert words in result["msg"]
    assert cloud.writes() == []
    assert result["failure"].get("status") is None
    assert result["api"]["requests"] == 3  # the list, the app, and whether that region is offered at all


# -- shown ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("options", [{}, {"description": "new"}])
def test_api_keys_are_never_shown(cloud, run, options, check_mode):
    app = cloud.add("sales")
    app.update(api_key="key|1", api_key_2="key|2")
    app["config"].update(api_key="key|1", api_key_2="key|2")
    result = run(check_mode=check_mode, diff_mode=True, name="sales", **options)
    assert "key|" not in str(result)
    assert "api_key" not in result["app"]
    assert "api_key" not in result["app"]["config"]
    assert cloud.apps[1]["api_key"] == "key|1"


def test_the_credential_is_never_in_the_result(cloud, run):
    assert PAT not in str(run(diff_mode=True, name="sales", description="new"))


# -- found by id or in another case -----------------------------------------------------------------------------------


def test_by_id(cloud, run):
    cloud.add("sales")
    assert run(app_id=1, description="new")["changed"]
    assert cloud.paths("PUT") == ["/v1/apps/1"]
    assert cloud.paths("GET") == ["/v1/apps/1"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_an_id_that_is_not_there_cannot_be_created(cloud, fail, check_mode):
    result = fail(check_mode=check_mode, app_id=9)
    assert "There is no app with `app_id` 9" in result["msg"]
    assert "give `name`" in result["msg"]
    assert cloud.writes() == []


def test_a_name_in_another_case_is_used_with_a_warning(cloud, run):
    cloud.add("Sales")
    result = run(name="sales", description="new")
    assert result["app"]["name"] == "Sales"
    assert result.warnings == ["There is no app 'sales'; the app 'Sales' is used, whose name differs only in case."]
    assert cloud.paths("PUT") == ["/v1/apps/1"]


def test_an_ambiguous_name_is_refused(cloud, fail):
    cloud.add("Sales")
    cloud.add("SALES")
    result = fail(name="sales")
    assert "Several apps are called like sales" in result["msg"]
    assert cloud.writes() == []
