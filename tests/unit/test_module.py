# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packed module: the same function behind AnsibleModule."""

from __future__ import annotations

import hashlib
import importlib
import json

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import parameters
from ansible_collections.spiceai.cloud.plugins.module_utils import _module
from ansible_collections.spiceai.cloud.plugins.modules import (
    spice_api_key,
    spice_app,
    spice_app_info,
    spice_secret,
    spice_secrets,
)
from ansible_collections.spiceai.cloud.tests.unit.fakes import ACCESS_TOKEN, API, CLIENT_ID, CLIENT_SECRET, PAT


@pytest.fixture
def execute(monkeypatch, capsys):
    """Runs a module's main() as Ansible does; gives its exit status and its answer."""

    def run(module, **options):
        credential = {} if "client_id" in options else {"api_token": PAT}
        given = {"ANSIBLE_MODULE_ARGS": {"api_url": API, **credential, **options}}
        if "inject_invocation" in parameters.PASS_VARS:
            given["ANSIBLE_MODULE_ARGS"]["_ansible_inject_invocation"] = True
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(given).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit) as ended:
            module.main()
        text = capsys.readouterr().out
        assert PAT not in text
        return ended.value.code, json.loads(text)

    return run


def test_success(cloud, execute):
    code, result = execute(spice_app, name="sales", description="d")
    assert code == 0
    assert result["changed"] is True
    assert result["app"]["name"] == "sales"
    assert result["invocation"]["module_args"]["name"] == "sales"
    assert result["invocation"]["module_args"]["api_token"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert result["api"]["writes"] == 1


@pytest.mark.parametrize("word", ["app", "cluster", "container_image", "limit", "organization", "region"])
def test_every_info_module(cloud, execute, word):
    code, result = execute(
        importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.modules.spice_{word}_info")
    )
    assert code == 0
    assert result["changed"] is False
    assert word + "s" in result


def test_check_and_diff_mode(cloud, execute):
    code, result = execute(spice_app, name="sales", _ansible_check_mode=True, _ansible_diff=True)
    assert code == 0
    assert result["changed"] is True
    assert result["diff"]["before"] == ""
    assert cloud.writes() == []


def test_an_empty_value_masks_nothing(cloud, execute):
    dummy, result = execute(spice_secret, app="sales", name="A", value="", colour="red")
    assert result["msg"].startswith("Unsupported parameters for")


def test_failure(cloud, execute):
    cloud.fail("GET", "/v1/apps", (403, {"error": f"no, {PAT}"}))
    code, result = execute(spice_app_info)
    assert code == 1
    assert result["failed"] is True
    assert result["failure"]["status"] == 403
    assert result["changed"] is False


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "sales", "colour": "red"}, "Unsupported parameters for"),
        ({"name": "sales", "app_id": 1}, "parameters are mutually exclusive: name|app_id"),
        ({}, "one of the following is required: name, app_id"),
        (
            {"name": "sales", "region": "a", "cname": "b"},
            "parameters are mutually exclusive: region|cluster_name|cname",
        ),
        (
            {"name": "sales", "client_secret": "the-secret"},
            "parameters are mutually exclusive: api_token|client_secret",
        ),
        ({"name": "sales", "visibility": "secret"}, "value of visibility must be one of: public, private, got: secret"),
        ({"name": "sales", "replicas": "many"}, "unable to convert to int"),
    ],
)
def test_argument_errors(cloud, execute, options, words):
    code, result = execute(spice_app, **options)
    assert code == 1
    assert words in result["msg"]
    assert cloud.requests == []


PARTS = {
    "secret": ({"app": "sales", "name": "A", "value": "canary-value"}, {"outcomes": {"A": "created"}}),
    "secrets": (
        {"app": "sales", "secrets": {"A": "canary-value", "B": 5}, "fingerprint_key": "canary-key"},
        {"outcomes": {"A": "created", "B": "created"}},
    ),
    "secret_info": ({"app": "sales"}, {"secrets": []}),
    "member": ({"username": "erin"}, {"outcomes": {"erin": "created"}}),
    "members": ({"members": [{"username": "erin"}]}, {"outcomes": {"erin": "created"}}),
    "member_info": ({}, {"members": []}),
    "api_key": (
        {"app": "sales", "key_number": 2},
        {"other_api_key": {"key_number": 1, "fingerprint": hashlib.sha256(b"canary-key-1").hexdigest()[:12]}},
    ),
    "api_key_info": ({"app": "sales"}, {"changed": False}),
    "deployment": ({"app": "sales"}, {"changed": True}),
    "deployment_info": ({"app": "sales"}, {"deployments": []}),
}


@pytest.mark.parametrize("word", PARTS)
def test_what_belongs_to_an_app_or_an_organization(cloud, execute, clock, word):
    cloud.add("sales", spicepod={"version": "v1"})
    cloud.keys[1][1] = "canary-key-1"
    cloud.users["erin"] = 100
    clock.meanwhile = [lambda: cloud.deployments[1][-1].update(status="succeeded")]
    options, expected = PARTS[word]
    code, result = execute(
        importlib.import_module("ansible_collections.spiceai.cloud.plugins.modules.spice_" + word), **options
    )
    assert code == 0
    assert {key: result[key] for key in expected} == expected
    assert "canary" not in json.dumps(result)


def test_what_is_revealed_is_not_scrubbed(cloud, execute):
    cloud.add("sales")
    dummy, result = execute(spice_api_key, app="sales", key_number=1, reveal=True)
    assert result["api_key"]["value"] == cloud.keys[1][1]


def test_some_of_many_that_failed_are_told(cloud, execute):
    cloud.add("sales")
    cloud.fail("POST", "/v1/apps/1/secrets", (400, {"error": "bad value canary-value"}))
    code, result = execute(spice_secrets, app="sales", secrets={"A": "canary-value"})
    assert code == 1
    assert result["outcomes"] == {"A": "failed"}
    assert result["msg"].startswith("These secrets could not be brought to their wanted state: A: ")
    assert "canary" not in json.dumps(result)


def test_warnings(cloud, execute, monkeypatch):
    told = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda module, text: told.append(text))
    cloud.add("Sales")
    execute(spice_app, name="sales")
    assert told == ["There is no app 'sales'; the app 'Sales' is used, whose name differs only in case."]


def test_secrets_of_the_environment_are_scrubbed(cloud, execute, monkeypatch):
    monkeypatch.setenv("SPICE_CLOUD_PAT", "pat-of-environment")
    cloud.tokens.add("pat-of-environment")
    cloud.add("sales", description="it says pat-of-environment")
    dummy, result = execute(spice_app_info, api_token="")
    assert "pat-of-environment" not in json.dumps(result)
    assert result["apps"][0]["description"] == "it says ********"


def test_without_requests(execute, monkeypatch):
    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    code, result = execute(spice_app, name="sales")
    assert code == 1
    assert "requests" in result["msg"]


# -- what the controller hands over -----------------------------------------------------------------------------------

CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def test_a_token_that_was_handed_over_is_used_and_shown_nowhere(cloud, execute):
    cloud.add("sales")
    cloud.tokens.add(ACCESS_TOKEN)
    code, result = execute(spice_app_info, name="sales", _token={"token": ACCESS_TOKEN, "renew_at": 4e9}, **CLIENT)
    assert code == 0
    assert [app["name"] for app in result["apps"]] == ["sales"]
    assert "/api/oauth/token" not in [path for dummy, path, dummy in cloud.requests]
    assert ACCESS_TOKEN not in json.dumps(result)
    assert not any(name.startswith("_") for name in result["invocation"]["module_args"])


def test_a_token_that_was_handed_over_and_has_ended_is_renewed(cloud, execute):
    code, dummy = execute(spice_app_info, _token={"token": "an old token", "renew_at": 1.0}, **CLIENT)
    assert code == 0
    assert [path for dummy, path, dummy in cloud.requests].count("/api/oauth/token") == 1


@pytest.mark.parametrize("option", ["token", "password", "apikey"])
@pytest.mark.parametrize("value", ["canary-value", {"a": "canary-value"}])
def test_the_value_of_an_unknown_option_is_not_shown(cloud, execute, option, value):
    code, result = execute(spice_app, name="sales", **{option: value})
    assert code == 1
    assert option in result["msg"]
    assert "canary-value" not in json.dumps(result)
    assert result["invocation"]["module_args"]["name"] == "sales"
