# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks as jobs of AWX: they work, and no secret is where AWX keeps or shows something."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.awx.conftest import INSTALLED, injected
from ansible_collections.spiceai.cloud.tests.checks.seeds import SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET, OWNER

PAT = {"api_token": OWNER}
CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "org": "acme"}
VALUE, KEY = "hidden value of a secret", "hidden key of the fingerprints"
HOSTS = {
    "sales": {
        "environment_app": {"name": "sales-app", "spicepod": SPICEPOD},
        "environment_secrets": {"PG_PASSWORD": VALUE},
        "environment_fingerprint_key": KEY,
        "environment_members": [{"username": "erin"}],
    },
    "shop": {"environment_app": {"name": "shop-app", "spicepod": SPICEPOD}},
}
ALL = {"environment_hosts": "all"}
# What every access token of the simulator begins with.
ACCESS_TOKEN = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode()


def keys(cloud):
    return [key for app in cloud.apps().values() for key in (app["api_key"], app["api_key_2"]) if key]


@pytest.mark.parametrize("credential", [PAT, CLIENT], ids=["token", "client"])
def test_bootstrap(credential, awx, cloud):
    plan = awx("bootstrap.yml", credential, HOSTS, ALL, check=True).ok()
    assert cloud.log(writes=True) == []
    # A slice of the job, and then the whole of it.
    awx("bootstrap.yml", credential, HOSTS, ALL, limit="shop").ok()
    assert set(cloud.apps()) == {"shop-app"}
    done = awx("bootstrap.yml", credential, HOSTS, {**ALL, "awx_job_id": 7}, verbosity=4).ok()
    assert set(cloud.apps()) == {"sales-app", "shop-app"}
    assert set(cloud.members()) >= {"erin"}
    cloud.forget()
    again = awx("bootstrap.yml", credential, HOSTS, ALL).ok()
    assert cloud.log(writes=True) == []
    assert again.stats["changed"] == {}
    artifacts = [
        event["event_data"]["artifact_data"]
        for event in done.events
        if event.get("event_data", {}).get("artifact_data")
    ]
    assert set(artifacts[-1]["environment_summaries"]) == {"sales-app", "shop-app"}
    assert artifacts[-1]["environment_summaries_7"] == artifacts[-1]["environment_summaries"]
    for job in (plan, done, again):
        assert job.files
        assert job.shows(VALUE, KEY, OWNER, CLIENT_SECRET, ACCESS_TOKEN, *keys(cloud)) == []


def test_the_watch_for_secrets_sees_one(awx, cloud):
    job = awx(
        "bootstrap.yml",
        PAT,
        {"shop": {"environment_app": {"name": "shop-app", "description": VALUE}}},
        ALL,
        verbosity=4,
    ).ok()
    assert job.shows(VALUE)


def test_rotate_export_and_teardown(awx, cloud, tmp_path):
    cloud.seed(apps=[{"name": "sales-app", "spicepod": SPICEPOD, "deployed": True, "secrets": {"PG_PASSWORD": VALUE}}])
    first = keys(cloud)
    publish = tmp_path / "publish.yml"
    publish.write_text(
        yaml.safe_dump(
            [
                {
                    "name": "Publish",
                    "ansible.builtin.copy": {
                        "dest": str(tmp_path / "key"),
                        "content": "{{ api_key_rotation_key }}",
                        "mode": "0600",
                    },
                },
                {"name": "Done", "ansible.builtin.set_fact": {"api_key_rotation_published": True}},
            ]
        )
    )
    answers = {
        "api_key_rotation_app": "sales-app",
        "api_key_rotation_publish_tasks": str(publish),
        "api_key_rotation_active": "auto",
        "api_key_rotation_verify": "true",
    }
    rotated = awx("rotate_api_keys.yml", CLIENT, answers=answers, verbosity=4).ok()
    assert (tmp_path / "key").read_text() == cloud.apps()["sales-app"]["api_key_2"]
    exported = awx("export.yml", CLIENT, answers={"export_dest": str(tmp_path / "exported")}).ok()
    assert (tmp_path / "exported/host_vars/sales-app/environment.yml").is_file()
    refused = awx("teardown.yml", CLIENT, answers={"teardown_app": "sales-app", "teardown_confirm": ""})
    assert refused.status == "failed"
    assert set(cloud.apps()) == {"sales-app"}
    used = keys(cloud)
    removed = awx("teardown.yml", CLIENT, answers={"teardown_app": "sales-app", "teardown_confirm": "sales-app"}).ok()
    assert cloud.apps() == {}
    for job in (rotated, exported, refused, removed):
        assert job.shows(VALUE, CLIENT_SECRET, ACCESS_TOKEN, *first, *used) == []


@pytest.mark.parametrize("credential", [PAT, CLIENT], ids=["token", "client"])
def test_the_inventory_source(credential, cloud, collections, tmp_path):
    cloud.seed(apps=[{"name": "sales-app", "region": "us-west-2"}])
    source = collections / INSTALLED / "extensions/awx/project/apps.spice_apps.yml"
    command = [str(Path(sys.executable).parent / "ansible-inventory"), "-i", str(source), "--list", "-vvvv"]
    environment = {
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        **injected(collections, **{"api_url": cloud.address, **credential}),
    }
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    # With -vvvv other lines come before the list.
    assert json.loads(run.stdout[run.stdout.index("{") :])["region_us_west_2"]["hosts"] == ["sales-app"]
    assert not any(secret in run.stdout + run.stderr for secret in (OWNER, CLIENT_SECRET, ACCESS_TOKEN))
