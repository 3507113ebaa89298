# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role teardown deletes what was named twice, and nothing else."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import IN_USE, SANDBOX

NAME = IN_USE["name"]


def test_an_environment_is_deleted_when_its_name_is_typed_twice(play, cloud):
    cloud.seed(apps=[IN_USE, SANDBOX])
    people = cloud.members()
    for confirmation in ([], ["-e", "teardown_confirm=another"]):
        run = play.playbook("spiceai.cloud.teardown", args=["-e", f"teardown_app={NAME}", *confirmation])
        assert run.rc != 0
        assert "Nothing was deleted" in run.output
        for told in (
            f"app {NAME} (id 1001) in us-east-1",
            "PG_PASSWORD, S3_SECRET",
            "deployments: 1",
            "members of the organization stay",
        ):
            assert told in run.output
    run = play.playbook("spiceai.cloud.teardown", args=["-e", f"teardown_app={NAME}", "--check", "--diff"]).ok()
    assert "would be deleted" in run.output
    assert cloud.log(writes=True) == []

    confirmed = ["-e", f"teardown_app={NAME}", "-e", f"teardown_confirm={NAME}"]
    run = play.playbook("spiceai.cloud.teardown", args=confirmed).ok()
    assert cloud.log(writes=True) == ["DELETE /v1/apps/1001"]
    assert set(cloud.apps()) == {SANDBOX["name"]}
    assert cloud.members() == people
    run = play.playbook("spiceai.cloud.teardown", args=confirmed).ok()
    assert "changed=0" in run.output
    assert "not there" in run.output


@pytest.mark.both_cores
def test_one_table_shows_what_came_of_each_app(play, cloud, tmp_path):
    cloud.seed(apps=[IN_USE, SANDBOX])
    hosts = {
        "nameless": {},
        "unconfirmed": {"teardown_app": NAME},
        "sandbox": {"teardown_app": SANDBOX["name"], "teardown_confirm": SANDBOX["name"]},
        "gone": {"teardown_app": "gone-app", "teardown_confirm": "gone-app"},
    }
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"children": {"mine": {"hosts": hosts}}}}))
    args = ["-i", str(tmp_path / "hosts.json"), "-e", "teardown_hosts=mine", "-e", "awx_job_id=7"]
    plan = play.playbook("spiceai.cloud.teardown", args=[*args, "--check"])
    assert cloud.log(writes=True) == []
    run = play.playbook("spiceai.cloud.teardown", args=args)
    # What failed fails the run, and keeps no other host from its work.
    assert run.rc != 0
    assert {host for host, recap in run.recap().items() if recap["failed"]} == {"nameless", "unconfirmed"}
    assert set(cloud.apps()) == {NAME}
    assert run.output.count("TASK [Report]") == 1
    rows = {line.split()[0]: line for line in run["Report"]["table"] if not line.startswith(" ")}
    assert list(rows) == ["app", "nameless", NAME, SANDBOX["name"], "gone-app"]
    told = " ".join(" ".join(run["Report"]["table"]).split())
    assert "nameless FAILED: `teardown_app` is missing or empty. Give the name of the app that is to be" in told
    assert f"{NAME} FAILED: Nothing was deleted, because `confirm` is empty." in told
    assert rows[SANDBOX["name"]].split()[1] == "deleted"
    assert "not there" in rows["gone-app"]
    summaries = run["Report"]["ansible_stats"]["data"]["environment_summaries"]
    assert run["Report"]["ansible_stats"]["data"]["environment_summaries_7"] == summaries
    assert {name: summary["outcome"] for name, summary in summaries.items()} == {
        "nameless": "failed",
        NAME: "failed",
        SANDBOX["name"]: "deleted",
        "gone-app": "not there",
    }
    planned = plan["Report"]["summaries"]
    assert (planned[NAME]["outcome"], planned[NAME]["planned"]) == ("would be deleted", True)


# Playbooks that need a variable, and a misspelled one.
NEEDED = {
    "teardown": ("teardown_app", "teardown_ap"),
    "export": ("export_dest", "export_dst"),
    "rotate_api_keys": ("api_key_rotation_publish_tasks", "api_key_rotation_publish_task"),
}


@pytest.mark.parametrize("name", NEEDED)
def test_a_variable_that_is_missing_is_one_sentence(name, play, cloud):
    variable, misspelled = NEEDED[name]
    for given in (None, f"{variable}=", f"{misspelled}=x"):
        run = play.playbook(f"spiceai.cloud.{name}", args=["-e", given] if given else [])
        assert run.rc != 0
        (fatal,) = [line for line in run.output.splitlines() if line.startswith("fatal: ")]
        assert variable in fatal
        assert len(fatal) < 500
        told = " ".join(" ".join(run["Report"]["table"]).split())
        assert variable in told
        assert (f"and not {misspelled}" in told) == (given == f"{misspelled}=x")
        assert "argument_spec" not in run.output
    assert cloud.requests() == []


def test_a_limit_alone_chooses_hosts(play, cloud, tmp_path):
    """Nothing would match localhost then, and nothing would be said."""
    cloud.seed(apps=[IN_USE, SANDBOX])
    hosts = {
        "sandbox": {"teardown_app": SANDBOX["name"], "teardown_confirm": SANDBOX["name"]},
        "sales": {"teardown_app": NAME, "teardown_confirm": NAME},
    }
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    args = ["-i", str(tmp_path / "hosts.json"), "--limit"]
    run = play.playbook("spiceai.cloud.rotate_api_keys", args=[*args, "sales"])
    assert run.rc != 0
    assert "api_key_rotation_publish_tasks is missing" in run.output
    play.playbook("spiceai.cloud.teardown", args=[*args, "sandbox"]).ok()
    assert set(cloud.apps()) == {NAME}
    typed = ["-e", f"teardown_app={NAME}", "-e", f"teardown_confirm={NAME}"]
    play.playbook("spiceai.cloud.teardown", args=[*args, "localhost", *typed]).ok()
    assert cloud.apps() == {}


# Nothing of this is the name of the app, however it comes about.
NO_CONFIRMATION = {
    "empty": "",
    "null": None,
    "omitted": "{{ omit }}",
    "omitted by default": "{{ nobody_sets_this | default(omit) }}",
    "a list": [NAME],
    "true": True,
    "another case": NAME.upper(),
    "a blank at the end": NAME + " ",
    "the id": 1001,
}


def test_nothing_but_the_name_confirms(play, cloud):
    cloud.seed(apps=[IN_USE, SANDBOX])
    role = {"name": "spiceai.cloud.teardown", "apply": {"ignore_errors": True}}
    run = play(
        [
            {
                "name": words,
                "ansible.builtin.include_role": role,
                "vars": {"teardown_app": NAME, "teardown_confirm": value},
            }
            for words, value in NO_CONFIRMATION.items()
        ]
    ).ok()
    assert cloud.log(writes=True) == []
    assert set(cloud.apps()) == {NAME, SANDBOX["name"]}
    assert run.output.count(f"app {NAME}: not deleted") == len(NO_CONFIRMATION), run.output
    for result in run.of("Delete the app") or run.of("spiceai.cloud.teardown : Delete the app"):
        assert f"(`teardown_confirm` of the role spiceai.cloud.teardown) to {NAME}." in result["msg"]


def test_the_confirmation_is_the_name_of_the_app_that_is_there(play, cloud):
    """Names count without regard to case where apps are looked up; the proof is what the app is really called."""
    cloud.seed(apps=[{**SANDBOX, "name": "Sales-Sandbox"}])
    typed = ["-e", "teardown_app=sales-sandbox", "-e"]
    run = play.playbook("spiceai.cloud.teardown", args=[*typed, "teardown_confirm=sales-sandbox"])
    assert run.rc != 0
    assert "to Sales-Sandbox." in run.output
    assert cloud.log(writes=True) == []
    play.playbook("spiceai.cloud.teardown", args=[*typed, "teardown_confirm=Sales-Sandbox"]).ok()
    assert cloud.apps() == {}


def test_a_wrong_confirmation_is_told_by_the_plan(play, cloud):
    cloud.seed(apps=[SANDBOX])
    args = ["-e", f"teardown_app={SANDBOX['name']}", "-e", "teardown_confirm=another", "--check"]
    run = play.playbook("spiceai.cloud.teardown", args=args)
    assert run.rc != 0
    assert "is not the name of the app" in run.output
    assert "would be deleted" not in run.output


def test_what_cannot_be_read_is_told_as_not_known(play, cloud):
    cloud.seed(apps=[IN_USE])
    cloud.fault("status_before", "GET", "/secrets$", times=0, status=403, body={"error": "no"})
    args = ["-e", f"teardown_app={NAME}", "-e", f"teardown_confirm={NAME}"]
    run = play.playbook("spiceai.cloud.teardown", args=args)
    # What is not shown is not deleted, unless its failure is ignored.
    assert run.rc != 0
    assert cloud.log(writes=True) == []
    role = [{"name": "Role", "ansible.builtin.import_role": {"name": "spiceai.cloud.teardown"}}]
    run = play(role, args=args, ignore_errors=True).ok()
    assert "secrets: not known" in run.output
    assert "deployments: 1;" in run.output
    assert cloud.apps() == {}


@pytest.mark.both_cores
def test_what_the_server_calls_its_things_is_no_template(play, cloud, tmp_path):
    cloud.seed(apps=[IN_USE])
    template = "{{ lookup('ansible.builtin.pipe', 'touch %s') }}" % (tmp_path / "ran")
    moment = "2026-10-01T00:00:00.000Z"
    secret = {"id": 1, "name": template, "value": "********", "created_at": moment, "updated_at": moment}
    cloud.fault("status_before", "GET", "/secrets$", times=0, status=200, body={"secrets": [secret]})
    run = play.playbook("spiceai.cloud.teardown", args=["-e", f"teardown_app={NAME}", "--check"]).ok()
    assert "lookup('ansible.builtin.pipe'" in run.output
    assert not (tmp_path / "ran").exists()
