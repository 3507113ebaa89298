# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role export writes is what the role environment takes: unchanged where it exists, and the same again where it does not."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.checks.results import comparable
from ansible_collections.spiceai.cloud.tests.checks.worlds import AT_ONCE, SPICEPOD

SQL = "SELECT region, sum(total) AS revenue\nFROM orders\nGROUP BY 1\n"
ENVIRONMENTS = {
    "sales-app": {
        "environment_app": {
            "name": "sales-app", "region": "us-west-2", "description": "Orders: '12', {{ not a template }} and # no comment",
            "tags": {"env": "prod", "number": "12"},
            "replicas": 2, "update_channel": "stable", "resources": {"limits": {"cpu": "2", "memory": "4Gi"}},
            "spicepod": {**SPICEPOD, "views": [{"name": "revenue", "sql": SQL}], "models": [{"from": "openai:gpt-5", "name": "assistant"}]},
        },
        "environment_secrets": {"PG_PASSWORD": "a value", "S3_KEY": "another"},
        "environment_deployment": {"channel": "preview", "replicas": 2, "commit_message": "From here"},
        "environment_members": [{"username": "erin", "roles": ["viewer"]}],
    },
    "cluster-app": {"environment_app": {"name": "cluster-app", "cluster_name": "acme-prod-west", "tags": {"env": "test"}, "spicepod": SPICEPOD}},
    "lone-app": {"environment_app": {"name": "lone-app", "standalone": True}},
    "idle-app": {"environment_app": {"name": "idle-app", "spicepod": SPICEPOD}, "environment_deploy": False},
}


@pytest.fixture
def organization(play, cloud, tmp_path):
    """Path: the folder to export to, of an organization that the playbook bootstrap brought up."""
    cloud.clock(**AT_ONCE)
    (tmp_path / "environments.yml").write_text(json.dumps({"environments": ENVIRONMENTS}).replace('"Orders:', '!unsafe "Orders:'))
    play.playbook("spiceai.cloud.bootstrap", args=["-e", f"@{tmp_path / 'environments.yml'}"]).ok()
    cloud.forget()
    return tmp_path / "exported"


def export(play, folder, *args, **variables):
    return play.playbook("spiceai.cloud.export", args=["-e", json.dumps({"export_dest": str(folder), **variables}), *args])


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def left(cloud):
    apps = {name: {key: value for key, value in app.items() if key not in ("id", "endpoint", "running_deployment_id")} for name, app in cloud.apps().items()}
    for app in apps.values():
        app["secrets"] = {secret["name"]: secret["value"] for secret in app["secrets"]}
        app["deployments"] = [deployment["status"] for deployment in app["deployments"]]
    return comparable({"apps": apps, "members": cloud.members()})


def test_what_is_exported_is_found_unchanged_and_can_be_brought_up_again(organization, play, cloud):
    plan = export(play, organization, "--check", "--diff").ok()
    assert not organization.exists() and "would be written" in plan.output
    export(play, organization).ok()
    assert cloud.log(writes=True) == []
    written = files(organization)
    assert "changed=0" in export(play, organization).ok().output and files(organization) == written
    of_apps = {f"host_vars/{name}/environment.yml" for name in ENVIRONMENTS}
    assert set(written) == {"hosts.yml", "group_vars/all/members.yml", "host_vars/sales-app/secrets.yml"} | of_apps
    text = written["host_vars/sales-app/environment.yml"].decode()
    assert "sql: |\n" in text and "!unsafe" in text and "ansible." not in text and "api_key" not in text

    bootstrap = ["-i", str(organization), "-e", "environment_hosts=all:!localhost"]
    run = play.playbook("spiceai.cloud.bootstrap", args=bootstrap).ok()
    assert cloud.log(writes=True) == [] and run.output.count("changed=0") == len(ENVIRONMENTS)

    # The same files bring up the same from nothing, once the values are there.
    before = left(cloud)
    cloud.reset()
    cloud.clock(**AT_ONCE)
    refused = play.playbook("spiceai.cloud.bootstrap", args=[*bootstrap, "--limit", "sales-app"])
    assert refused.rc != 0 and "environment_secrets.PG_PASSWORD: it still holds its placeholder" in refused.output and cloud.apps() == {}
    (organization / "host_vars/sales-app/secrets.yml").write_text(yaml.safe_dump({"environment_secrets": ENVIRONMENTS["sales-app"]["environment_secrets"]}))
    play.playbook("spiceai.cloud.bootstrap", args=bootstrap).ok()
    assert left(cloud) == before
    # What somebody has put in is not lost.
    export(play, organization).ok()
    assert "a value" in (organization / "host_vars/sales-app/secrets.yml").read_text()


def test_apps_are_chosen_by_name_and_by_tag(organization, play):
    missing = export(play, organization, export_filter={"names": ["sales-app", "no-app"]})
    assert missing.rc != 0 and "there is no app no-app" in missing.output and not organization.exists()
    export(play, organization, export_filter={"tags": {"env": "test"}}).ok()
    assert [path.name for path in (organization / "host_vars").iterdir()] == ["cluster-app"]
    export(play, organization, export_filter={"names": ["idle-app"]}).ok()
    assert list(yaml.safe_load((organization / "hosts.yml").read_text())["all"]["hosts"]) == ["idle-app"]
    wrong = export(play, organization, export_filter={"name": "idle-app"})
    assert wrong.rc != 0 and "export_filter" in wrong.output
