# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the controller: where a task runs, and that it looks the same as the packed module."""

from __future__ import annotations

import datetime
import importlib
import json
import os
import re
import types
from pathlib import Path

import pytest
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing import vault
from ansible_collections.spiceai.cloud.plugins.action import spice_api_key, spice_deployment, spice_secrets
from ansible_collections.spiceai.cloud.plugins.action.spice_app import ActionModule
from ansible_collections.spiceai.cloud.plugins.action.spice_environment import ActionModule as EnvironmentAction
from ansible_collections.spiceai.cloud.plugins.action.spice_sql_query import ActionModule as QueryAction
from ansible_collections.spiceai.cloud.plugins.plugin_utils import _action
from ansible_collections.spiceai.cloud.plugins.plugin_utils._run import STATE_DIRECTORY
from ansible_collections.spiceai.cloud.tests.unit.fakes import ACCESS_TOKEN, API, CLIENT_ID, CLIENT_SECRET, PAT

MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
NAME = "spiceai.cloud.spice_app"


@pytest.fixture(autouse=True)
def run_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "run"))
    return tmp_path / "run"


@pytest.fixture
def action(monkeypatch):
    """Makes the action of one task, with as much of Ansible around it as it touches; what it hands over is in
    `action.handed_over`.
    """

    def make(
        args,
        transport="local",
        become=None,
        async_val=0,
        check_mode=False,
        diff=False,
        environment=None,
        plugin=ActionModule,
    ):
        shell = types.SimpleNamespace(
            tmpdir=None, env_prefix=lambda **variables: "", get_option=lambda name: None, has_option=lambda name: False
        )
        task = types.SimpleNamespace(
            action=NAME,
            args=dict({"api_url": API, "api_token": PAT}, **args),
            async_val=async_val,
            check_mode=check_mode,
            diff=diff,
            environment=environment,
            no_log=False,
        )
        connection = types.SimpleNamespace(
            transport=transport, become=become, _shell=shell, socket_path=None, has_native_async=False
        )
        templar = types.SimpleNamespace(template=lambda value: value)
        made = plugin(task, connection, types.SimpleNamespace(executable="/bin/sh"), None, templar, None)
        made.handed_over = []

        def execute_module(**options):
            made.handed_over.append(options)
            return {"changed": True, "from": "module"}

        monkeypatch.setattr(made, "_execute_module", execute_module)
        monkeypatch.setattr(made, "_early_needs_tmp_path", lambda: False)
        update = made._update_module_args
        # Newer versions of Ansible show the invocation only when told to.
        monkeypatch.setattr(
            made,
            "_update_module_args",
            lambda name, flags, task_vars: [
                update(name, flags, task_vars),
                flags.update(_ansible_inject_invocation=True),
            ],
        )
        if become:
            monkeypatch.setattr(made, "_is_become_unprivileged", lambda: False)
        return made

    return make


# -- where it runs ----------------------------------------------------------------------------------------------------


def test_a_local_task_runs_here(cloud, action):
    made = action({"name": "sales"})
    result = made.run(task_vars={})
    assert made.handed_over == []
    assert result["changed"] is True
    assert result["app"]["name"] == "sales"
    assert list(cloud.apps) == [1]


@pytest.mark.parametrize(
    "options",
    [
        {"transport": "ssh"},
        {"transport": "community.docker.docker"},
        {"async_val": 60},
        {"become": "a plugin"},
        {"transport": "ssh", "become": "x"},
    ],
)
def test_anything_else_is_handed_over(cloud, action, options):
    made = action({"name": "sales"}, **options)
    assert made.run(task_vars={"a": 1}) == {"changed": True, "from": "module"}
    arguments = {"api_url": API, "api_token": PAT, "name": "sales"}
    if not options.get("async_val"):
        arguments["_log"] = True  # nothing takes the log of a task that nobody waits for
    assert made.handed_over == [
        {"module_args": arguments, "task_vars": {"a": 1}, "wrap_async": options.get("async_val", 0)}
    ]
    assert cloud.requests == []


# -- what a packed module gets ----------------------------------------------------------------------------------------

CLIENT = {"api_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def handed(made):
    """dict: the private arguments that the credential makes."""
    made.run(task_vars={})
    arguments = made.handed_over[0]["module_args"]
    return {name: value for name, value in arguments.items() if name.startswith("_") and name != "_log"}


def test_client_credentials_are_exchanged_here_once_for_all(cloud, action):
    first, second = (handed(action({"name": "sales", **CLIENT}, transport="ssh")) for dummy in range(2))
    assert first == second
    assert first["_token"]["token"] == ACCESS_TOKEN
    assert "secrets:write" in first["_token"]["scopes"]
    assert [path for dummy, path, dummy in cloud.requests] == ["/api/oauth/token"]


def test_a_personal_access_token_needs_no_exchange(cloud, action):
    assert handed(action({"name": "sales"}, transport="ssh")) == {}
    assert cloud.requests == []


def test_another_machine_does_not_see_the_environment_of_the_controller(cloud, action, monkeypatch):
    monkeypatch.setenv("SPICE_CLOUD_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("SPICE_CLOUD_CLIENT_SECRET", CLIENT_SECRET)
    args = {"name": "sales", "api_token": None}
    assert handed(action(args, transport="ssh")) == handed(action(args, become="a plugin")) == {}
    assert "_token" in handed(action(args, async_val=60))
    there = {"SPICE_CLOUD_CLIENT_ID": CLIENT_ID, "SPICE_CLOUD_CLIENT_SECRET": CLIENT_SECRET}
    assert "_token" in handed(action(args, transport="ssh", environment=[there]))


def test_what_the_controller_cannot_do_is_left_to_the_module(cloud, action):
    assert handed(action({"name": "sales", **CLIENT, "client_secret": "a wrong one"}, transport="ssh")) == {}
    assert handed(action({"name": "sales", **CLIENT, "client_secret": None}, transport="ssh")) == {}
    assert handed(action({"name": "sales", **CLIENT, "timeout": "long"}, transport="ssh")) == {}


def test_a_plan_hands_on_nothing_but_the_token(cloud, action):
    action({"name": "sales"}, check_mode=True).run(task_vars={})
    assert handed(action({"name": "shop"}, transport="ssh", check_mode=True)) == {}
    assert set(handed(action({"name": "shop", **CLIENT}, transport="ssh", check_mode=True))) == {"_token"}


def test_task_vars_may_be_missing(cloud, action):
    assert action({"name": "sales"}).run()["changed"] is True


def test_check_and_diff_mode(cloud, action):
    result = action({"name": "sales"}, check_mode=True, diff=True).run(task_vars={})
    assert result["changed"] is True
    assert result["diff"]["after_header"] == "app sales"
    assert cloud.writes() == []
    assert "diff" not in action({"name": "sales"}, check_mode=True).run(task_vars={})


def test_tasks_of_a_run_share_by_its_own_folder(cloud, action, run_folder):
    cloud.add("sales")
    for dummy in range(3):
        action({"name": "sales"}).run(task_vars={})
    assert cloud.paths().count("/v1/apps") == 1
    assert [path.name for path in run_folder.iterdir()] == [STATE_DIRECTORY]


# -- environment ------------------------------------------------------------------------------------------------------


def test_the_environment_of_the_task_counts_and_is_taken_back(cloud, action, monkeypatch):
    monkeypatch.setenv("SPICE_CLOUD_ORG", "former")
    monkeypatch.delenv("SPICE_UNIT_TEST", raising=False)
    seen = {}

    def look(task):
        seen.update((name, os.environ.get(name)) for name in ("SPICE_CLOUD_ORG", "SPICE_UNIT_TEST", "SPICE_NUMBER"))
        return {"changed": False}

    environment = [
        {"SPICE_CLOUD_ORG": "outer", "SPICE_NUMBER": 7},
        None,
        {"SPICE_CLOUD_ORG": "inner", "SPICE_UNIT_TEST": "x"},
    ]
    made = action({"name": "sales"}, environment=environment)
    monkeypatch.setattr(made, "spec", made.spec._replace(run=look))
    assert "failed" not in made.run(task_vars={})
    assert seen == {"SPICE_CLOUD_ORG": "inner", "SPICE_UNIT_TEST": "x", "SPICE_NUMBER": "7"}
    assert os.environ["SPICE_CLOUD_ORG"] == "former"
    assert "SPICE_UNIT_TEST" not in os.environ
    assert "SPICE_NUMBER" not in os.environ


def test_the_environment_is_taken_back_after_an_error(action, monkeypatch):
    with pytest.raises(ZeroDivisionError), _action._environment({"SPICE_UNIT_TEST": "x"}):
        raise ZeroDivisionError
    assert "SPICE_UNIT_TEST" not in os.environ


def test_a_credential_in_the_environment_is_used_and_scrubbed(cloud, http, action):
    cloud.tokens.add("pat-of-task")
    cloud.add("sales", description="it says pat-of-task")
    args = {"name": "sales", "api_token": None, "description": "again pat-of-task"}
    made = action(args, environment=[{"SPICE_CLOUD_PAT": "pat-of-task"}], diff=True)
    result = made.run(task_vars={})
    assert {call.request.headers["Authorization"] for call in http.calls} == {"Bearer pat-of-task"}
    assert result["changed"] is True
    assert "pat-of-task" not in json.dumps(result)
    assert result["app"]["description"] == "again ********"


# -- arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            {"name": "sales", "colour": "red"},
            "Unsupported parameters for (spiceai.cloud.spice_app) module: colour. Supported parameters",
        ),
        ({"name": "sales", "app_id": 1}, "parameters are mutually exclusive: name|app_id"),
        ({}, "one of the following is required: name, app_id"),
        ({"name": "sales", "client_id": "x"}, "parameters are mutually exclusive: api_token|client_id"),
        ({"name": "sales", "visibility": "hidden"}, "value of visibility must be one of: public, private, got: hidden"),
        ({"name": "sales", "replicas": "many"}, "argument 'replicas' is of type"),
    ],
)
def test_argument_errors_have_the_words_of_ansible(cloud, action, args, words):
    result = action(args).run(task_vars={})
    assert result["failed"] is True
    assert result["msg"].startswith(words)
    assert cloud.requests == []
    assert PAT not in json.dumps(result)
    assert "failure" not in result


def test_arguments_are_converted_as_ansible_does(cloud, action):
    result = action({"name": "sales", "replicas": "3", "purge_tags": "yes", "tags": '{"a": "b"}'}).run(task_vars={})
    assert cloud.apps[1]["config"]["replicas"] == 3
    assert cloud.apps[1]["tags"] == {"a": "b"}
    assert result["changed"] is True


def test_an_option_and_its_alias_are_told(cloud, action):
    info = importlib.import_module("ansible_collections.spiceai.cloud.plugins.action.spice_app_info").ActionModule
    cloud.add("sales")
    result = action({"name": "sales", "app": "sales"}, plugin=info).run(task_vars={})
    assert result["warnings"] == ["Both option name and its alias app are set."]


def test_arguments_that_no_module_could_get_are_refused(action):
    with pytest.raises(AnsibleError):
        action({"name": "sales", "tags": {"a": object()}}).run(task_vars={})


def vaulted(text):
    """The text as a play has it that was encrypted with ansible-vault."""
    secrets = [("default", vault.VaultSecret(b"password"))]
    ciphertext = vault.VaultLib(secrets).encrypt(text)
    if hasattr(vault, "EncryptedString"):
        if not vault.VaultSecretsContext.current(optional=True):
            vault.VaultSecretsContext.initialize(vault.VaultSecretsContext(secrets))
        return vault.EncryptedString(ciphertext=ciphertext.decode())
    value = importlib.import_module("ansible.parsing.yaml.objects").AnsibleVaultEncryptedUnicode(ciphertext)
    value.vault = vault.VaultLib(secrets)
    return value


def test_vaulted_arguments_are_decrypted(cloud, http, action):
    cloud.add("sales", description="has vaulted-pat in it")
    result = action({"name": "sales", "api_token": vaulted("vaulted-pat")}).run(task_vars={})
    assert {call.request.headers["Authorization"] for call in http.calls} == {"Bearer vaulted-pat"}
    assert "vaulted-pat" not in json.dumps(result)


# -- what is shown ----------------------------------------------------------------------------------------------------


def test_secrets_are_scrubbed_everywhere(cloud, action):
    cloud.add("sales", description=f"has {PAT} in it")
    result = action({"name": "sales", "description": f"now {PAT}"}, diff=True).run(task_vars={})
    assert PAT not in json.dumps(result)
    assert result["invocation"]["module_args"]["api_token"] == MASK
    assert result["app"]["description"] == "now ********"
    assert "********" in result["diff"]["before"]


def test_secrets_are_scrubbed_from_failures(cloud, action):
    cloud.fail("GET", "/v1/apps", (403, {"error": "echo " + PAT, "details": {"formErrors": [PAT]}}))
    result = action({"name": "sales"}).run(task_vars={})
    assert result["failed"] is True
    assert PAT not in json.dumps(result)


def test_secrets_are_scrubbed_from_errors_of_ours_and_from_warnings(action, monkeypatch):
    made = action({"name": "sales"})

    def broken(task):
        task.warn("beware of " + task.params["api_token"])
        raise ValueError(task.params["api_token"])

    monkeypatch.setattr(made, "spec", made.spec._replace(run=broken))
    result = made.run(task_vars={})
    assert result["failed"] is True
    assert result["warnings"] == ["beware of ********"]
    assert PAT not in json.dumps(result)


def test_tokens_that_were_issued_meanwhile_are_scrubbed(cloud, action):
    cloud.fail("POST", "/api/oauth/token", (200, {"access_token": "issued-token"}))
    cloud.add("sales", description="issued-token")
    result = action({"name": "sales", "api_token": None, "client_id": "id", "client_secret": "the-secret"}).run(
        task_vars={}
    )
    assert "failed" in result or result["app"]["description"] == "********"
    assert "issued-token" not in json.dumps(result)


@pytest.mark.parametrize("secret", ["true", "False", "none", "None", "1"])
def test_a_silly_secret_does_not_break_the_result(cloud, action, secret):
    cloud.add("sales")
    result = action({"name": "sales", "api_token": secret}).run(task_vars={})
    assert result["changed"] is False


def test_invocation(cloud, action):
    result = action({"name": "sales", "replicas": "2"}).run(task_vars={})
    args = result["invocation"]["module_args"]
    assert args["name"] == "sales"
    assert args["replicas"] == 2
    assert args["purge_tags"] is False
    assert args["timeout"] == 30


@pytest.mark.parametrize("option", ["token", "password", "api_key", "apitoken", "Client_Secret"])
@pytest.mark.parametrize("value", ["canary-value", {"a": "canary-value"}, ["canary-value"]])
def test_the_value_of_an_unknown_option_is_not_shown(cloud, action, option, value):
    result = action({"name": "sales", option: value}).run(task_vars={})
    assert result["failed"] is True
    assert option in result["msg"]
    assert result["invocation"]["module_args"][option] == "********"
    assert result["invocation"]["module_args"]["name"] == "sales"
    assert "canary-value" not in json.dumps(result)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            {"name": "sales", "image_tag": 2.1},
            "`image_tag` is a number that is not whole, not a string: put it",
        ),
        ({"name": "sales", "production_branch": True}, "`production_branch` is a boolean, not a string"),
        ({"name": 1e3}, "`name` is a number that is not whole"),
        ({"name": "sales", "replicas": True}, "`replicas` is a boolean, not a number."),
        ({"name": "sales", "storage_size_gb": False}, "`storage_size_gb` is a boolean, not a number."),
        ({"app_id": True}, "`app_id` is a boolean, not a number."),
        ({"name": "sales", "client_id": 1.5}, "`client_id` is a number that is not whole"),
        ({"name": ["sales"]}, "`name` is a list, not a string."),
        ({"name": "sales", "description": {"en": "Sales"}}, "`description` is a dictionary, not a string."),
        ({"name": "sales", "org": []}, "`org` is a list, not a string."),
    ],
)
@pytest.mark.parametrize("transport", ["local", "ssh"])
def test_what_would_become_another_string_is_refused(cloud, action, args, words, transport):
    made = action(args, transport=transport)
    result = made.run(task_vars={})
    assert result["failed"] is True
    assert words in result["msg"]
    assert cloud.requests == []
    assert made.handed_over == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"secrets": ["canary"]}, "'environment_secrets' is of type list"),
        ({"members": {"carol": ["admin"]}}, "'environment_members' is of type dict"),
        ({"members": ["carol"]}, "'environment_members' is of type str"),
        ({"deploy": "maybe"}, "'environment_deploy' is of type str"),
        ({"purge": True}, "'environment_purge' is of type bool"),
        ({"app": "sales"}, "'environment_app' is of type str"),
        ({"update_secret": "sometimes"}, "value of environment_update_secret must be one of"),
    ],
)
def test_errors_of_ansible_name_the_variables_of_a_role(cloud, action, args, words):
    given = {"app": {"name": "sales"}, "prefix": "environment_", **args}
    result = action(given, plugin=EnvironmentAction).run(task_vars={})
    assert result["failed"] is True
    # Older ansible-core writes a type as <class 'list'>.
    assert words in re.sub(r"<class '(\w+)'>", r"\1", result["msg"])
    assert "canary" not in json.dumps(result)
    assert cloud.requests == []


@pytest.mark.parametrize("key", [["canary"], {"canary": 1}])
def test_a_fingerprint_key_is_a_string(cloud, action, key):
    result = action({"app": "sales", "secrets": {}, "fingerprint_key": key}, plugin=spice_secrets.ActionModule).run({})
    assert "`fingerprint_key` is a " in result["msg"]
    assert "canary" not in json.dumps(result)
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("variables", "option"), [(["environment_spicepod_file"], "environment_spicepod_file"), ([], "spicepod_file")]
)
def test_a_file_is_named_as_the_user_named_it(cloud, action, variables, option, tmp_path):
    file = tmp_path / "pod.yaml"
    args = {"prefix": "environment_", "variables": variables, "app": {"name": "sales", "spicepod_file": str(file)}}
    words = []
    for content in (None, b"\xff", b"version: v1\nkind: Spicepod\n"):
        if content:
            file.write_bytes(content)
        made = action(args, plugin=EnvironmentAction)
        made._loader = types.SimpleNamespace(get_basedir=lambda: str(tmp_path))
        words.append(made.run(task_vars={})["msg"])
    assert [f"`{option}` {file} is not there" in words[0], f"`{option}` {file} is not in" in words[1]] == [True, True]
    assert f"`{option} {file}" in words[2]
    assert cloud.requests == []


MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("date", [MOMENT, MOMENT.date()])
@pytest.mark.parametrize(
    ("plugin", "args", "place"),
    [
        (ActionModule, {"name": "sales", "description": None}, "description"),
        (ActionModule, {"name": "sales", "tags": {"released": None}}, "tags.released"),
        (spice_secrets.ActionModule, {"app": "sales", "secrets": {"BUILT": None}}, "secrets.BUILT"),
        (
            EnvironmentAction,
            {"app": {"name": "sales"}, "secrets": {"BUILT": None}, "prefix": "environment_"},
            "environment_secrets.BUILT",
        ),
        (
            EnvironmentAction,
            {"app": {"name": "sales"}, "verify": {"sql": [{"query": "SELECT 1", "expect": [{"day": None}]}]}},
            "verify.sql[0].expect[0].day",
        ),
        (
            EnvironmentAction,
            {"app": {"name": "sales"}, "deployment": {"commit_message": None}},
            "deployment.commit_message",
        ),
        (QueryAction, {"app": "sales", "query": "SELECT 1", "expect": {"day": None}}, "expect.day"),
    ],
)
@pytest.mark.parametrize("older", [False, True])
def test_a_date_is_no_string(cloud, action, plugin, args, place, date, older):
    """Ansible would write it in another form than was typed; older ones hand over the form of Python."""

    def with_date(value):
        if isinstance(value, dict):
            return {name: with_date(item) for name, item in value.items()}
        if isinstance(value, list):
            return [with_date(item) for item in value]
        return date if value is None else value

    given = {name: with_date(value) for name, value in args.items()}
    if older:
        given = {name: repr(value) if isinstance(value, dict) else value for name, value in given.items()}
    result = action(given, plugin=plugin).run(task_vars={})
    assert result["failed"] is True
    assert f"`{place}` is a date" in result["msg"]
    assert "quote the date" in result["msg"]
    assert cloud.requests == []


@pytest.mark.parametrize("secrets", ["A=ab1 B=xy2", '{"A": "ab1", "B": "xy2"}', "{'A': 'ab1', 'B': 'xy2'}"])
def test_secrets_that_are_given_as_one_string_are_hidden(cloud, action, secrets):
    cloud.add("sales")
    result = action({"app": "sales", "secrets": secrets}, plugin=spice_secrets.ActionModule).run(task_vars={})
    assert result["outcomes"] == {"A": "created", "B": "created"}
    assert "ab1" not in json.dumps(result)
    assert "xy2" not in json.dumps(result)


@pytest.mark.parametrize("args", [{"name": 2024}, {"name": "sales", "version": 2}, {"name": "sales", "org": 8675309}])
def test_whole_numbers_are_strings_of_digits(cloud, action, args):
    result = action(args).run(task_vars={})
    assert "not a string" not in result.get("msg", "")


@pytest.mark.parametrize("shown", [True, False])
def test_invocation_only_where_ansible_shows_it(cloud, action, monkeypatch, shown):
    made = action({"name": "sales"})
    monkeypatch.setattr(
        made, "_update_module_args", lambda name, args, task_vars: args.update(_ansible_inject_invocation=shown)
    )
    assert ("invocation" in made.run(task_vars={})) is shown


def test_warnings_only_where_there_are_some(cloud, action):
    assert "warnings" not in action({"name": "sales"}).run(task_vars={})
    cloud.apps[1]["name"] = "SALES"
    assert len(action({"name": "sales"}).run(task_vars={})["warnings"]) == 1


def test_progress_is_shown_at_once(cloud, action, clock, monkeypatch):
    cloud.add("sales", spicepod={"version": "v1"})
    clock.meanwhile = [lambda: cloud.deployments[1][-1].update(status="succeeded")]
    made = action({"app": "sales"}, plugin=spice_deployment.ActionModule)
    seen = []
    monkeypatch.setattr(
        made,
        "_display",
        types.SimpleNamespace(
            display=lambda line, stderr: seen.append((line, list(clock.slept))), vvv=lambda line: None
        ),
    )
    assert made.run(task_vars={})["changed"] is True
    assert seen == [(NAME + " | app sales: deployment 1 queued, 0 s of at most 600 s", [])]


@pytest.mark.parametrize("value", ["canary-value", "canary\nline two", 'canary "quoted"'])
def test_values_of_secrets_are_scrubbed(cloud, action, value):
    cloud.add("sales")
    cloud.fail(
        "POST", "/v1/apps/1/secrets", (400, "bad value " + json.dumps({"value": value}), {"Content-Type": "text/plain"})
    )
    args = {"app": "sales", "secrets": {"A": value}, "fingerprint_key": "canary-key"}
    for outcome in ("failed", "created", "unchanged"):
        result = action(args, plugin=spice_secrets.ActionModule, diff=True).run(task_vars={})
        assert result["outcomes"] == {"A": outcome}
        assert "canary" not in json.dumps(result)


def test_what_is_revealed_is_not_scrubbed(cloud, action):
    cloud.add("sales")
    result = action({"app": "sales", "key_number": 1, "reveal": True}, plugin=spice_api_key.ActionModule).run(
        task_vars={}
    )
    assert result["api_key"]["value"] == cloud.keys[1][1]


# -- all of them ------------------------------------------------------------------------------------------------------

PLUGINS = Path(_action.__file__).parents[1]
# Actions alone, without a module that a host could run.
ON_THE_CONTROLLER = {
    "spice_environment_report",
    "spice_export_files",
    "spice_fleet_app",
    "spice_fleet_report",
    "spice_fleet_run",
}
MODULES = sorted({path.stem for path in (PLUGINS / "modules").glob("spice_*.py")} - ON_THE_CONTROLLER)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_an_action_with_its_own_spec(name):
    plugin = importlib.import_module("ansible_collections.spiceai.cloud.plugins.action." + name).ActionModule
    module = importlib.import_module("ansible_collections.spiceai.cloud.plugins.modules." + name)
    assert plugin.spec is module.SPEC
    assert module.SPEC.name == name
    assert issubclass(plugin, _action.SpiceAction)
    assert plugin._supports_check_mode
    assert plugin._supports_async


def test_every_action_has_a_module():
    actions = {path.stem for path in (PLUGINS / "action").glob("spice_*.py")}
    assert sorted(actions) == sorted({*MODULES, *ON_THE_CONTROLLER})
