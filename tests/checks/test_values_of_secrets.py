# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No value of a secret, no key of the fingerprints and no API key is shown, whatever the task, the server's answer and
the way; see test_secrets.py.
"""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.leaks import seen
from ansible_collections.spiceai.cloud.tests.checks.plays import TELL_ARGUMENTS, Player, modes
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER
from ansible_collections.spiceai.cloud.tests.checks.test_secrets import WORD

# They come into the play by its environment: an option that were shown by the harness itself would prove nothing.
VALUES = {
    name: f"{WORD * 4}-{name.lower()}"
    for name in ("VALUE", "OTHER", "FINGERPRINT_KEY", "FIRST_KEY", "SECOND_KEY", "LEAKED_KEY")
}
VALUES["TEXT"] = f'line one {WORD}\nline "two" of {WORD} \\ ü'


def held(name):
    return f"{{{{ lookup('ansible.builtin.env', 'HELD_{name}') }}}}"


KEYED = {"fingerprint_key": held("FINGERPRINT_KEY"), "retries": 0}
TWO_KEYS = {"api_key": VALUES["FIRST_KEY"], "api_key_2": VALUES["SECOND_KEY"]}

# Options by module, and for some the answer of the server that repeats what it was sent or knows.
ECHO = f"{'-' * 70} {VALUES['VALUE']}"
ALERT = {"name": "Alert", "template": "http_5xx", "op": "GT", "threshold": 0}
HOOK = {"type": "http", "url": "https://hooks.example.com/spice"}
TASKS = {
    "one": ("spice_secret", {"name": "A", "value": held("VALUE"), **KEYED}),
    "one, always": ("spice_secret", {"name": "B", "value": held("VALUE"), "update_secret": "always"}),
    "several": (
        "spice_secrets",
        {"secrets": {"A": held("VALUE"), "B": held("OTHER"), "C": held("TEXT")}, "purge": True, **KEYED},
    ),
    "several, again": ("spice_secrets", {"secrets": {"A": held("VALUE"), "B": held("VALUE")}, **KEYED}),
    "deleted": ("spice_secret", {"name": "A", "state": "absent", "value": held("VALUE"), **KEYED}),
    "details": ("spice_secret", {"name": "A", "value": held("VALUE"), **KEYED}),
    "page": ("spice_secret", {"name": "A", "value": held("VALUE"), **KEYED}),
    "text": ("spice_secrets", {"secrets": {"A": held("VALUE"), "B": held("OTHER")}, **KEYED}),
    "lines": ("spice_secret", {"name": "A", "value": held("TEXT"), **KEYED}),
    "answer": ("spice_secrets", {"secrets": {"A": held("VALUE")}, **KEYED}),
    "fingerprints": ("spice_secret", {"name": "A", "value": held("VALUE"), **KEYED}),
    "a list of secrets": ("spice_secrets", {"secrets": [held("VALUE")]}),
    "a text of secrets": ("spice_secrets", {"secrets": held("VALUE")}),
    "a nested value": ("spice_secrets", {"secrets": {"A": {"inner": held("VALUE")}, "B": [held("OTHER")]}, **KEYED}),
    "a wrong name": ("spice_secrets", {"secrets": {"A B": held("VALUE")}, **KEYED}),
    "a swapped name": (
        "spice_secrets",
        {"secrets": "{{ {lookup('ansible.builtin.env', 'HELD_VALUE'): 'PG_PASSWORD'} }}", **KEYED},
    ),
    "a swapped name of one": ("spice_secret", {"name": held("VALUE"), "value": "PG_PASSWORD", **KEYED}),
    "no value": ("spice_secret", {"name": "A", **KEYED}),
    "a wrong policy": ("spice_secret", {"name": "A", "value": held("VALUE"), "update_secret": "never", **KEYED}),
    "monitor": ("spice_monitor", {**ALERT, "targets": [{**HOOK, "token": held("VALUE")}], **KEYED}),
    "monitor, refused": ("spice_monitor", {**ALERT, "targets": [{**HOOK, "token": held("VALUE")}], **KEYED}),
    "a wrong target": ("spice_monitor", {**ALERT, "targets": [{**HOOK, "tokn": held("VALUE")}]}),
    "no condition": ("spice_monitor", {"name": "Alert", "targets": [{**HOOK, "token": held("VALUE")}], **KEYED}),
    "monitors, listed": ("spice_monitor_info", {}),
    "keys": ("spice_api_key", {"key_number": 1}),
    "keys, renewed": ("spice_api_key", {"key_number": 1, "state": "regenerated"}),
    "keys, revoked": ("spice_api_key", {"state": "revoked", "value": held("SECOND_KEY")}),
    "keys, nowhere": ("spice_api_key", {"state": "revoked", "value": held("LEAKED_KEY")}),
    "keys, repeated": ("spice_api_key", {"key_number": 1, "state": "regenerated", "retries": 0}),
    "keys, a wrong slot": ("spice_api_key", {"key_number": 3, "state": "revoked", "value": held("LEAKED_KEY")}),
    "keys, hidden": ("spice_api_key", {"key_number": 2, "reveal": True}),
    "keys, listed": ("spice_api_key_info", {}),
    "secrets, listed": ("spice_secret_info", {}),
    "app": ("spice_app", {"replicas": 3}),
    "apps, listed": ("spice_app_info", {"with_config": True}),
    "deployed": ("spice_deployment", {}),
    "deployed, repeated": ("spice_deployment", {"force": True, "retries": 0}),
    "served": ("spice_runtime_info", {"wait": True}),
    "served, repeated": ("spice_runtime_info", {"wait": True, "wait_timeout": 1, "poll_interval": 1}),
    "asked, repeated": ("spice_sql_query", {"query": "SELECT 1"}),
}
ECHOES = {
    "details": (
        "POST",
        "/secrets$",
        {
            "status": 400,
            "body": {
                "error": ECHO,
                "code": VALUES["VALUE"],
                "details": {
                    "fieldErrors": {"value": [VALUES["VALUE"]], VALUES["VALUE"]: ["?"]},
                    "formErrors": [VALUES["FINGERPRINT_KEY"]],
                },
            },
        },
    ),
    "page": (
        "POST",
        "/secrets$",
        {
            "status": 403,
            "content_type": "text/html",
            "body": f"<html><title>{'-' * 90} {VALUES['VALUE']}</title></html>",
        },
    ),
    "text": (
        "POST",
        "/secrets$",
        {"status": 400, "content_type": "text/plain", "body": f"{'-' * 170} {VALUES['VALUE']} {VALUES['OTHER']}"},
    ),
    "lines": (
        "POST",
        "/secrets$",
        {
            "status": 400,
            "body": {
                "error": "Not " + json.dumps(VALUES["TEXT"]),
                "details": {"fieldErrors": {"value": [VALUES["TEXT"]]}},
            },
        },
    ),
    "answer": (
        "POST",
        "/secrets$",
        {
            "status": 200,
            "body": {
                "id": 1,
                "name": "A",
                "value": VALUES["VALUE"],
                "note": VALUES["VALUE"],
                "updated_at": "2026-10-01T12:00:00.000Z",
            },
        },
    ),
    "fingerprints": (
        "PUT",
        "/v1/apps/[0-9]+$",
        {"status": 403, "body": {"error": f"{VALUES['FINGERPRINT_KEY']} {VALUES['VALUE']}"}},
    ),
    "monitor, refused": (
        "POST",
        "/monitors$",
        {"status": 400, "body": {"error": ECHO, "details": {"fieldErrors": {"targets": [VALUES["VALUE"]]}}}},
    ),
    "keys, repeated": (
        "POST",
        "/api-keys$",
        {"status": 400, "body": {"error": f"{VALUES['FIRST_KEY']} {VALUES['SECOND_KEY']}", "details": TWO_KEYS}},
    ),
    "deployed, repeated": ("POST", "/deployments$", {"status": 500, "body": {"error": "No"}}),
    "served, repeated": (
        "GET",
        "/v1/ready$",
        {"status": 503, "content_type": "text/plain", "body": f"{'-' * 180} {VALUES['FIRST_KEY']}"},
    ),
    "asked, repeated": (
        "POST",
        "/v1/sql$",
        {"status": 400, "content_type": "text/plain", "body": f"{VALUES['FIRST_KEY']} {VALUES['SECOND_KEY']}"},
    ),
}
# By the way: what the same code does in all of them runs in the first only, for the others have to start one process or
# two for each task.
HERE_ONLY = {
    "one, always",
    "several, again",
    "deleted",
    "a wrong name",
    "a wrong policy",
    "keys",
    "keys, nowhere",
    "monitors, listed",
    "secrets, listed",
    "app",
    "apps, listed",
    "deployed",
    "served",
}
NAMES = {
    "controller": list(TASKS),
    "packed": [name for name in TASKS if name not in HERE_ONLY],
    "async": ["several", "details", "a nested value", "keys, renewed", "keys, repeated"],
}
SHOULD_FAIL = {
    name
    for name in TASKS
    if name in ECHOES and name != "answer" or name.startswith(("a ", "no ")) or name == "keys, a wrong slot"
}


@pytest.mark.parametrize("way", modes(NAMES, on_both_cores=["controller"]))
def test_no_value_is_shown(way, cloud, tmp_path):
    names = NAMES[way]
    ids = order(cloud, names)
    tasks = [task(name, ids[name]) for name in names]
    play = Player(tmp_path, cloud.address, OWNER)
    env = {**TELL_ARGUMENTS, **{f"HELD_{name}": value for name, value in VALUES.items()}}

    run = play(tasks, args=["-vvvv", "--diff"], env=env, way=way).ok()

    assert cloud.unfired() == []
    assert {name for name in names if run[name]["failed"]} == SHOULD_FAIL & set(names)
    # The tasks used what must not be seen, and made more of it.
    assert {VALUES["VALUE"], VALUES["OTHER"], VALUES["TEXT"]} <= {
        secret["value"] for app in cloud.apps().values() for secret in app["secrets"]
    }
    made = {app[slot] for app in cloud.apps().values() for slot in ("api_key", "api_key_2")} - set(VALUES.values())
    assert len(made) == len({"keys, renewed", "keys, revoked"} & set(names))
    assert seen(run, play.home, (WORD, *made)) == []


@pytest.mark.both_cores
@pytest.mark.parametrize("way", ["controller", "packed"])
def test_no_token_of_an_environment_is_shown(way, cloud, tmp_path):
    alert = {**ALERT, "targets": [{**HOOK, "token": held("VALUE")}]}
    options = {"app": {"name": "alert-app"}, "deploy": False, "monitors": [alert]}
    cases = {
        "created": {},
        "of a wrong type": {"rollback": "perhaps"},
        "with a wrong option": {"monitors": [{**alert, "sustain_seconds": -1}]},
        "with an unknown option": {"monitors": [{**alert, "targets": [{**HOOK, "tokne": held("VALUE")}]}]},
    }
    tasks = [
        {"name": name, "spiceai.cloud.spice_environment": {**options, **case}, "ignore_errors": True}
        for name, case in cases.items()
    ]
    play = Player(tmp_path, cloud.address, OWNER)
    env = {**TELL_ARGUMENTS, **{f"HELD_{name}": value for name, value in VALUES.items()}}

    run = play(tasks, args=["-vvvv", "--diff"], env=env, way=way).ok()

    assert [run[name]["failed"] for name in cases if run[name].get("failed")] == [True] * 3
    assert cloud.apps()["alert-app"]["monitors"][0]["targets"][0]["token"] == VALUES["VALUE"]
    assert seen(run, play.home, (WORD,)) == []


@pytest.mark.both_cores
def test_what_is_revealed_is_only_what_was_asked_for(cloud, play):
    ids = order(cloud, ["keys", "keys, listed"])
    run = play(
        [
            {"name": "One", "spiceai.cloud.spice_api_key": {"app_id": ids["keys"], "key_number": 2, "reveal": True}},
            {
                "name": "New",
                "spiceai.cloud.spice_api_key": {
                    "app_id": ids["keys"],
                    "key_number": 1,
                    "state": "regenerated",
                    "reveal": True,
                },
            },
            {"name": "Both", "spiceai.cloud.spice_api_key_info": {"app_id": ids["keys, listed"], "reveal": True}},
        ],
        args=["--diff"],
    ).ok()
    app = cloud.apps()["app-1"]
    assert run["One"]["api_key"]["value"] == VALUES["SECOND_KEY"]
    assert VALUES["FIRST_KEY"] not in json.dumps(run["One"])
    assert run["New"]["api_key"]["value"] == app["api_key"] != VALUES["FIRST_KEY"]
    assert VALUES["FIRST_KEY"] not in json.dumps(run["New"])
    assert VALUES["SECOND_KEY"] not in json.dumps(run["New"])
    assert [slot["value"] for slot in run["Both"]["api_keys"]] == list(TWO_KEYS.values())


def order(cloud, names):
    """dict[str, int]: an app for each task, by the name of the task; their answers are ordered."""
    alert = {"name": "Old", "templateId": "http_5xx", "targets": [{**HOOK, "token": VALUES["OTHER"]}]}
    app = {
        "spicepod": SPICEPOD,
        "deployed": True,
        "secrets": {"OLD": VALUES["OTHER"]},
        "monitors": [alert],
        **TWO_KEYS,
    }
    made = cloud.seed(apps=[{"name": f"app-{number}", **app} for number, dummy in enumerate(names, 1)])["apps"]
    cloud.clock(**AT_ONCE)
    ids = {name: entry["id"] for name, entry in zip(names, made)}
    for name, (method, path, answer) in ECHOES.items():
        if name in ids:
            runtime = TASKS[name][0] in ("spice_runtime_info", "spice_sql_query")
            whole = (
                f"/runtime/{ids[name]}{path}"
                if runtime
                else path
                if path.startswith("/v1")
                else f"/v1/apps/{ids[name]}{path}"
            )
            cloud.fault("status_before", method, whole.replace("[0-9]+", str(ids[name])), times=0, **answer)
    return ids


def task(name, app_id):
    module, options = TASKS[name]
    return {
        "name": name,
        f"spiceai.cloud.{module}": {"app_id": app_id, **options},
        "no_log": name == "keys, hidden",
        "ignore_errors": True,
    }
