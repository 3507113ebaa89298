# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings where the secrets that a spicepod names and those that exist do not fit together."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_references import (
    reference_warnings,
    references_in,
)
from ansible_collections.spiceai.cloud.plugins.modules import spice_environment, spice_secrets

POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
NOTHING = {"ready": False, "datasets": False}


def pod(*values, **more):
    datasets = [{"from": "postgres:a", "name": "a", "params": {f"p{number}": v for number, v in enumerate(values)}}]
    return {**POD, "datasets": datasets, **more}


def warnings(spicepod, given=(), others=(), links=()):
    return reference_warnings(spicepod, list(given), lambda: others, list(links))


# -- notations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${secrets:PG_PASSWORD}", [("PG_PASSWORD", "secrets")]),
        ("${ secrets:PG_PASSWORD }", [("PG_PASSWORD", "secrets")]),
        ("${ secrets : pg_password }", [("pg_password", "secrets")]),
        ("${\n\tsecrets:A\n}", [("A", "secrets")]),
        ("${secrets::A}", [("A", "secrets")]),
        ("${SECRETS:A}", [("A", "secrets")]),
        ("${A}", [("A", "")]),
        ("${ _a1 }", [("_a1", "")]),
        ("${{ secrets:a }}", [("a", "secrets")]),
        ("${{secrets:a}}", [("a", "secrets")]),
        ("${env:HOME}", [("HOME", "env")]),
        ("${aws:a-b}", [("a-b", "aws")]),
        ("mysql://${secrets:U}:${secrets:P}@${env:H}:3306/db", [("U", "secrets"), ("P", "secrets"), ("H", "env")]),
        ("${secrets:A}${secrets:A}", [("A", "secrets"), ("A", "secrets")]),
        ("$secrets:A {secrets:A} $(A) $A {{ A }} ${} ${:A} ${secrets:} ${1} ${a b} ${a.b} ${a:b:c} ${ä}", []),
        ("${secrets:A", []),
    ],
)
def test_notations(text, found):
    assert [(one.name, one.store) for one in references_in({"a": text})] == found


def test_references_are_found_in_every_string_with_their_place():
    spicepod = {
        "datasets": [{"from": "x:${secrets:A}", "acceleration": {"params": {"k": ["x", ["${secrets:B}"]]}}}],
        "tools": [{"env": {"TOKEN": "Bearer ${secrets:C}"}}],
        "runtime": {"auth": {"api-key": {"keys": ["${secrets:D}"]}}},
        "number": 5,
        "nothing": None,
    }
    assert [(one.name, one.place) for one in references_in(spicepod)] == [
        ("A", "spicepod.datasets[0].from"),
        ("B", "spicepod.datasets[0].acceleration.params.k[1][0]"),
        ("C", "spicepod.tools[0].env.TOKEN"),
        ("D", "spicepod.runtime.auth.api-key.keys[0]"),
    ]


# -- what is named and not provided -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["${secrets:PG_PASS}", "${secrets::PG_PASS}", "${PG_PASS}", "${{ secrets:PG_PASS }}"])
def test_a_secret_that_nobody_provides_is_told_with_its_place(text):
    (told,) = warnings(pod("x", text))
    assert "`${secrets:PG_PASS}` has no secret: neither this environment nor the app nor a link" in told
    assert "to a secret of the organization provides PG_PASS" in told
    assert "named in spicepod.datasets[0].params.p1." in told


@pytest.mark.parametrize(
    "text", ["${secrets:pg_pass}", "${ PG_Pass }", "${{ secrets:Pg_pass }}", "a${secrets::PG_PASS}"]
)
@pytest.mark.parametrize(("given", "others"), [(["PG_PASS"], []), (["pg_pass"], []), ([], ["Pg_Pass"])])
def test_names_are_compared_without_case(text, given, others):
    assert warnings(pod(text), given, others) == []


@pytest.mark.parametrize("text", ["${secrets:PG_PASS}", "${secrets:pg_pass}", "${{ secrets:Pg_pass }}"])
def test_a_link_provides_a_secret_too(text):
    assert warnings(pod(text), links=["PG_PASS"]) == []
    (told,) = warnings(pod("${secrets:PG_PAS}", "${secrets:PG_PASS}"), links=["PG_PASS"])
    assert told.endswith("Did you mean PG_PASS?")


def test_a_link_that_the_spicepod_does_not_name_is_told():
    told = warnings(pod("${secrets:A}", "${secrets:B}"), ["A", "OTHER"], links=["b", "SHARED", "SHARED_2"])
    assert [text.partition(";")[0] for text in told] == [
        "The spicepod does not name the secret OTHER",
        "The spicepod does not name the linked secrets SHARED, SHARED_2",
    ]


@pytest.mark.parametrize(
    "spicepod",
    [
        pod("${env:HOME}", "${aws:KEY}", "$HOME", "{{ x }}"),
        {**POD, "views": [{"name": "v", "sql": "SELECT '${region}', $1, '${day}'"}]},
        {**POD, "models": [{"name": "m", "params": {"system_prompt": "Say ${name}"}, "description": "of ${team}"}]},
        pod("${secrets:A}", secrets=[{"from": "aws_secrets_manager:prod", "name": "aws"}]),
        pod("${secrets:A}", secrets=[{"from": "env", "name": "env"}, {"from": "kubernetes:x", "name": "k"}]),
        POD,
    ],
)
def test_what_is_no_secret_of_the_app_is_no_warning(spicepod):
    assert warnings(spicepod) == []


def test_a_store_that_is_the_environment_changes_nothing():
    assert len(warnings(pod("${secrets:A}", secrets=[{"from": "env", "name": "env"}]))) == 1


def test_where_the_secrets_cannot_be_listed_nothing_is_told():
    assert warnings(pod("${secrets:A}"), [], None) == []


def test_the_list_is_asked_only_when_it_matters():
    def ask():
        raise AssertionError

    assert reference_warnings(pod("${secrets:A}"), ["A"], ask) == []
    assert reference_warnings(POD, [], ask) == []


def test_one_name_is_one_warning_and_a_similar_one_is_offered():
    told = warnings(pod(*["${secrets:PG_PASSWROD}"] * 5), ["OTHER"], ["pg_password"])
    assert len(told) == 2
    assert told[0].endswith("params.p2 and 2 more. Did you mean pg_password?")
    assert "the secret OTHER" in told[1]


# -- what is provided and not named -----------------------------------------------------------------------------------


def test_a_secret_that_the_spicepod_does_not_name_is_told():
    told = warnings(pod("${secrets:A}"), ["A", "OLD"], ["NEVER_TOLD"])
    assert len(told) == 1
    assert "secrets OLD, B; " in warnings(POD, ["OLD", "B"])[0]
    assert told[0].startswith("The spicepod does not name the secret OLD; `${secrets:OLD}` would. Only a component")


@pytest.mark.parametrize(
    "spicepod",
    [
        pod("${env:OLD}"),
        pod("${mine:old}", secrets=[{"from": "env", "name": "mine"}]),
        {**POD, "views": [{"name": "v", "sql": "SELECT '${OLD}'"}]},
        {**POD, "datasets": [{"ref": "datasets/orders"}]},
        {**POD, "dependencies": ["spiceai/quickstart"]},
    ],
)
def test_what_may_name_it_is_no_warning(spicepod):
    assert warnings(spicepod, ["OLD"]) == []


# -- in an environment ------------------------------------------------------------------------------------------------


@pytest.fixture
def bring(cloud, run):
    def environment(spicepod=None, **options):
        app = {"name": "sales", **({} if spicepod is None else {"spicepod": spicepod})}
        return run(spice_environment.SPEC, app=app, verify=NOTHING, deployment={"wait": False}, **options).warnings

    return environment


MISSING, UNNAMED = "`${secrets:PG_PASSWROD}` has no secret", "does not name the secret PG_PASSWORD"
WRONG = {"spicepod": pod("${secrets:PG_PASSWROD}"), "secrets": {"PG_PASSWORD": "value 1"}, "update_secret": "always"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_plan_and_a_run_warn(bring, check_mode):
    told = bring(**WRONG, check_mode=check_mode)
    assert [MISSING in text or UNNAMED in text for text in told] == [True, True]
    assert "value 1" not in str(told)


def test_secrets_of_the_app_count_unless_they_are_purged(cloud, run, bring):
    cloud.add("sales", spicepod=pod("${secrets:A}"))
    run(spice_secrets.SPEC, app_id=1, secrets={"A": "value"})
    assert bring() == []
    assert bring(deploy=False) == []
    assert [
        MISSING.replace("PG_PASSWROD", "A") in text for text in bring(purge={"secrets": True}, check_mode=True)
    ] == [True]


def test_the_spicepod_that_the_app_has_counts_where_none_is_given(cloud, bring):
    cloud.add("sales", spicepod=pod("${secrets:PG_PASSWROD}"))
    assert MISSING in bring()[0]


def test_a_right_environment_and_one_without_a_spicepod_have_no_warning(bring):
    assert bring(secrets={"PG_PASSWORD": "value 1"}, update_secret="always") == []
    assert bring(**{**WRONG, "spicepod": pod("${secrets:pg_password}")}) == []


def test_where_the_app_does_not_tell_its_secrets_nothing_is_said(cloud, bring):
    cloud.add("sales", spicepod=pod("${secrets:A}"))
    cloud.fail("GET", "/v1/apps/1/secrets", (403, {"error": "Forbidden"}))
    assert bring(deploy=False) == []
