# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The app that a secret, a key or a deployment belongs to: how it is named, and what a plan makes of one that does not
exist yet.
"""

from __future__ import annotations

import importlib

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, PAT

CHANGING = {
    "spice_secret": {"name": "A", "value": "v"},
    "spice_secrets": {"secrets": {"A": "v"}},
    "spice_api_key": {"key_number": 2},
    "spice_deployment": {},
}
READING = {"spice_secret_info": "secrets", "spice_api_key_info": "api_keys", "spice_deployment_info": "deployments"}
ALL = dict(CHANGING, **{name: {} for name in READING})


def declared(name):
    return importlib.import_module("ansible_collections.spiceai.cloud.plugins.modules." + name).SPEC


def paths_of_the_app(cloud):
    return {path for path in cloud.paths() if path.startswith("/v1/apps/")}


@pytest.fixture(autouse=True)
def deploys_at_once(clock, cloud):
    clock.meanwhile = [lambda: cloud.deployments[2][-1].update(status="succeeded")]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("given", [{"app": "sales"}, {"app_id": 2}])
def test_by_name_and_by_id(cloud, run, name, given):
    for title in ("other", "sales"):
        cloud.add(title, spicepod={"version": "v1"})
    result = run(declared(name), **given, **ALL[name])
    assert result.warnings == []
    assert all(path.startswith("/v1/apps/2") for path in paths_of_the_app(cloud))


@pytest.mark.parametrize("name", ALL)
def test_without_regard_to_case_but_with_a_warning(cloud, run, name):
    for title in ("other", "Sales"):
        cloud.add(title, spicepod={"version": "v1"})
    result = run(declared(name), app="sales", **ALL[name])
    assert result.warnings == ["There is no app 'sales'; the app 'Sales' is used, whose name differs only in case."]
    assert all(path.startswith("/v1/apps/2") for path in paths_of_the_app(cloud))


def test_the_exact_name_counts_first(cloud, run):
    cloud.add("SALES")
    cloud.add("sales")
    cloud.add("Sales")
    assert run(declared("spice_secret"), app="sales", name="A", value="v").warnings == []
    assert [len(secrets) for secrets in cloud.secrets.values()] == [0, 1, 0]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("check_mode", [False, True])
def test_no_such_id(cloud, fail, name, check_mode):
    result = fail(declared(name), check_mode=check_mode, app_id=99, **ALL[name])
    assert result["msg"] == (
        "There is no app with id 99; create it with spiceai.cloud.spice_app, or check `org` and the spelling of "
        "`app_id`."
    )
    assert cloud.writes() == []
    assert result["changed"] is False


@pytest.mark.parametrize("name", ALL)
def test_no_such_name(cloud, fail, name):
    cloud.add("sale")
    result = fail(declared(name), app="sales", **ALL[name])
    assert (
        result["msg"]
        == "There is no app 'sales'; create it with spiceai.cloud.spice_app, or check `org` and the spelling of `app`."
    )
    assert cloud.writes() == []
    assert result["failure"].get("status") is None


NOT_YET = ["There is no app 'sales' yet; the plan assumes that an earlier task creates it."]


@pytest.mark.parametrize("name", CHANGING)
def test_a_plan_assumes_that_an_earlier_task_creates_the_app(cloud, run, name):
    result = run(declared(name), check_mode=True, diff_mode=True, app="sales", **CHANGING[name])
    assert result["changed"] is True
    assert result.warnings == NOT_YET
    assert cloud.writes() == []


@pytest.mark.parametrize("name", READING)
def test_a_plan_reads_nothing_of_an_app_that_does_not_exist_yet(cloud, run, name):
    result = run(declared(name), check_mode=True, app="sales")
    empty = (
        [{"key_number": 1, "fingerprint": None}, {"key_number": 2, "fingerprint": None}]
        if name == "spice_api_key_info"
        else []
    )
    assert result[READING[name]] == empty
    assert result["changed"] is False
    assert result.warnings == NOT_YET


@pytest.mark.parametrize("name", ALL)
def test_what_a_plan_predicts_is_nothing_to_another_task(cloud, run, fail, name, tmp_path):
    shared = {"state_directory": str(tmp_path)}
    run(check_mode=True, name="sales", **shared)
    run(declared("spice_environment"), app={"name": "sales"}, check_mode=True, **shared)
    result = fail(declared(name), app="sales", **ALL[name], **shared)
    assert result["msg"].startswith("There is no app 'sales'; create it")
    assert cloud.writes() == []


@pytest.mark.parametrize("name", ALL)
def test_a_missing_app_is_told_with_the_organization_that_was_asked(cloud, fail, name):
    result = fail(declared(name), app="sales", org="acme", **ALL[name])
    assert result["msg"].startswith(
        "There is no app 'sales' in organization 'acme'; create it with spiceai.cloud.spice_app, or check `org`"
    )


@pytest.mark.parametrize("name", ALL)
def test_an_id_that_a_plan_could_not_know(cloud, fail, name):
    result = fail(declared(name), check_mode=True, app_id=None, **ALL[name])
    assert "`app` or `app_id` must have a value" in result["msg"]
    assert cloud.requests == []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "one of the following is required: app, app_id"),
        ({"app": "sales", "app_id": 1}, "parameters are mutually exclusive: app|app_id"),
    ],
)
def test_arguments(name, given, words):
    declaration = declared(name)
    validation = ArgumentSpecValidator(declaration.argument_spec, **declaration.constraints).validate(
        dict(given, api_url=API, api_token=PAT, **ALL[name])
    )
    assert words in validation.error_messages[0]
