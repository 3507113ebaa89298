# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role export writes is what the role environment takes: unchanged where it exists, and the same again where
it does not.
"""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.checks.results import comparable
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

SQL = "SELECT region, sum(total) AS revenue\nFROM orders\nGROUP BY 1\n"
ENVIRONMENTS = {
    "sales-app": {
        "environment_app": {
            "name": "sales-app",
            "region": "us-west-2",
            "description": "Orders: '12', {{ not a template }} and # no comment",
            "tags": {"env": "prod", "number": "12"},
            "replicas": 2,
            "update_channel": "stable",
            "resources": {"limits": {"cpu": "2", "memory": "4Gi"}},
            "spicepod": {
                **SPICEPOD,
                "views": [{"name": "revenue", "sql": SQL}],
                "models": [{"from": "openai:gpt-5", "name": "assistant"}],
            },
        },
        "environment_secrets": {"PG_PASSWORD": "a value", "S3_KEY": "another"},
        "environment_linked_secrets": ["SHARED_S3_KEY", "SCP_OPENAI_API_KEY"],
        "environment_deployment": {"channel": "preview", "replicas": 2, "commit_message": "From here"},
        "environment_monitors": [
            {
                "name": "Datasets: 'orders' # all",
                "template": "dataset_status",
                "op": "EQ",
                "threshold": 3,
                "datasets": ["orders"],
                "targets": [{"type": "email", "emails": ["ops@example.com"]}, {"type": "slack", "channel_id": "C1"}],
            },
            {
                "name": "Server errors",
                "template": "http_5xx",
                "op": "GT",
                "threshold": 0.5,
                "enabled": False,
                "targets": [{"type": "http", "url": "https://alerts.example.com/spice", "method": "PUT"}],
            },
        ],
        "environment_members": [{"username": "erin", "roles": ["viewer"]}],
    },
    "cluster-app": {
        "environment_app": {
            "name": "cluster-app",
            "cluster_name": "acme-prod-west",
            "tags": {"env": "test"},
            "spicepod": SPICEPOD,
        }
    },
    "lone-app": {"environment_app": {"name": "lone-app", "standalone": True}},
    "idle-app": {"environment_app": {"name": "idle-app", "spicepod": SPICEPOD}, "environment_deploy": False},
}


@pytest.fixture
def organization(play, cloud, tmp_path):
    """Path: the directory to export to, of an organization that the playbook bootstrap brought up."""
    cloud.clock(**AT_ONCE)
    (tmp_path / "hosts.yml").write_text(
        json.dumps({"all": {"hosts": ENVIRONMENTS}}).replace('"Orders:', '!unsafe "Orders:')
    )
    play.playbook("spiceai.cloud.bootstrap", args=["-i", str(tmp_path / "hosts.yml")]).ok()
    cloud.forget()
    return tmp_path / "exported"


def export(play, folder, *args, **variables):
    return play.playbook(
        "spiceai.cloud.export", args=["-e", json.dumps({"export_dest": str(folder), **variables}), *args]
    )


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def permissions(folder):
    return {str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}


def hosts(folder):
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return list(yaml.load((folder / "hosts.yml").read_text(), Loader)["all"]["hosts"])


def left(cloud):
    apps = {
        name: {key: value for key, value in app.items() if key not in ("id", "endpoint", "running_deployment_id")}
        for name, app in cloud.apps().items()
    }
    for app in apps.values():
        app["linked_secrets"] = sorted(app["linked_secrets"])  # those that are made at the same time come in any order
        app["secrets"] = {secret["name"]: secret["value"] for secret in app["secrets"]}
        # They are created at the same time, so their ids are in any order.
        app["monitors"] = {monitor["name"]: {**monitor, "id": None} for monitor in app["monitors"]}
        app["deployments"] = [deployment["status"] for deployment in app["deployments"]]
    return comparable({"apps": apps, "members": cloud.members()})


@pytest.mark.both_cores
def test_what_is_exported_is_found_unchanged_and_can_be_brought_up_again(organization, play, cloud):
    plan = export(play, organization, "--check", "--diff").ok()
    assert not organization.exists()
    assert "files  10 to create, 0 to update, 0 unchanged in" in plan.output
    done = export(play, organization).ok()
    assert cloud.log(writes=True) == []
    assert "files  10 created, 0 updated, 0 unchanged in" in done.output
    assert done.warnings() == []
    written = files(organization)
    again = export(play, organization).ok().output
    assert "changed=0" in again
    assert "files  0 created, 0 updated, 10 unchanged in" in again
    assert files(organization) == written
    of_apps = [f"host_vars/{name}" for name in ENVIRONMENTS]
    of_spicepods = [f"host_vars/{name}.spicepod" for name in ENVIRONMENTS if name != "lone-app"]
    assert permissions(organization) == {
        **dict.fromkeys(written, "0o640"),
        "host_vars/sales-app/secrets.yml": "0o600",
        **dict.fromkeys(("group_vars", "group_vars/all", "host_vars", *of_apps, *of_spicepods), "0o750"),
    }
    assert set(written) == {
        "hosts.yml",
        "group_vars/all/members.yml",
        "host_vars/sales-app/secrets.yml",
        *(f"{directory}/environment.yml" for directory in of_apps),
        *(f"{directory}/spicepod.yaml" for directory in of_spicepods),
    }
    assert "    sql: |\n" in written["host_vars/sales-app.spicepod/spicepod.yaml"].decode()
    text = written["host_vars/sales-app/environment.yml"].decode()
    assert "description: !unsafe" in text
    assert "ansible." not in text
    assert "api_key" not in text
    assert "# The token of an http target cannot be read" in text

    bootstrap = ["-i", str(organization)]
    run = play.playbook("spiceai.cloud.bootstrap", args=bootstrap).ok()
    assert cloud.log(writes=True) == []
    assert run.output.count("changed=0") == len(ENVIRONMENTS) + 1  # localhost is a host of each run here

    # The same files bring up the same from nothing, once the values are there.
    before = left(cloud)
    cloud.reset()
    cloud.clock(**AT_ONCE)
    refused = play.playbook("spiceai.cloud.bootstrap", args=[*bootstrap, "--limit", "sales-app"])
    assert refused.rc != 0
    assert "environment_secrets.PG_PASSWORD: it still holds its placeholder" in refused.output
    assert cloud.apps() == {}
    (organization / "host_vars/sales-app/secrets.yml").write_text(
        yaml.safe_dump({"environment_secrets": ENVIRONMENTS["sales-app"]["environment_secrets"]})
    )
    play.playbook("spiceai.cloud.bootstrap", args=bootstrap).ok()
    assert left(cloud) == before
    # What somebody has put in is not lost.
    export(play, organization).ok()
    assert "a value" in (organization / "host_vars/sales-app/secrets.yml").read_text()


@pytest.mark.parametrize("dest", ["", " ", None])
def test_an_empty_directory_is_refused_before_anything_is_read(dest, play, cloud):
    run = play.playbook("spiceai.cloud.export", args=["-e", json.dumps({"export_dest": dest})])
    assert run.rc != 0
    assert "`export_dest` must not be empty" in run["Report"]["table"][1] or dest is None
    assert cloud.requests() == []


def test_a_table_shows_what_is_written(play, cloud, tmp_path):
    cloud.seed(apps=[{"name": "sales-app", "spicepod": SPICEPOD, "secrets": {"A": "a value"}}, {"name": "shop-app"}])
    for args, words in ((["--check"], "to create"), ([], "created"), ([], "unchanged")):
        run = export(play, tmp_path / "out", *args).ok()
        assert run["Report"]["table"][1:4] == [
            f"sales-app  3 {words}  app, not deployed, placeholders of secrets: 1, spicepod",
            f"shop-app   1 {words}  app, not deployed",
            f"(all)      2 {words}  hosts: 2, members: 3",
        ]
        assert run["Report"]["table"][-1].startswith("next   ansible-playbook spiceai.cloud.bootstrap -i ")
        assert run.output.count("next   ") == 1


def test_apps_are_chosen_by_name_and_by_tag(organization, play):
    missing = export(play, organization, export_filter={"names": ["sales-app", "no-app"]})
    assert missing.rc != 0
    assert "there is no app 'no-app'" in missing.output
    assert not organization.exists()
    export(play, organization, export_filter={"tags": {"env": "test"}}).ok()
    assert sorted(path.name for path in (organization / "host_vars").iterdir()) == [
        "cluster-app",
        "cluster-app.spicepod",
    ]
    export(play, organization, export_filter={"names": ["idle-app"]}).ok()
    assert hosts(organization) == ["idle-app"]
    wrong = export(play, organization, export_filter={"name": "idle-app"})
    assert wrong.rc != 0
    told = " ".join(wrong.output.split())
    assert "`export_filter.name`: there is no such option; did you mean `names`?" in told


BROKEN = [
    None,
    "an app",
    [],
    {"id": "99", "name": "text-id"},
    {"id": 1, "name": None},
    {"id": 2, "name": "../../escaped"},
    {"id": 3, "name": "a:22"},
    {"id": 4, "name": "web[1:3]"},
    {"id": 5, "name": "sales\nenvironment_fingerprint_key: '{{ 1 }}'\n#"},
    {"id": 6, "name": "sales\u2028app"},
    {"id": 7, "name": "ungrouped"},
    {"id": 8, "name": "localhost"},
    {"id": 9, "name": "tags-app", "tags": ["a"]},
    {"id": 10, "name": "\x1b[31mred"},
    {"id": 11, "name": "x" * 100_000},
    {"id": 12, "name": "SOUND-app"},
]
SOUND = {
    "id": 20,
    "name": "sound-app",
    "region": "us-east-1",
    "tags": {"env": "prod"},
    "config": {"spicepod": SPICEPOD, "replicas": 1},
}


def serve(cloud, apps, secrets=(), deployments=(), members=()):
    """The server answers with these lists, whatever it has."""
    answers = {
        r"/v1/apps$": {"apps": apps},
        r"/secrets$": {"secrets": list(secrets)},
        r"/deployments$": {"deployments": list(deployments)},
        r"/v1/members$": {"members": list(members)},
    }
    answers.update({rf"/v1/apps/{app['id']}$": app for app in apps if isinstance(app, dict)})
    for path, body in answers.items():
        cloud.fault("status_before", "GET", path, times=0, status=200, body=body)


def test_entries_that_are_no_apps_are_skipped_with_a_warning(play, cloud, tmp_path):
    serve(
        cloud,
        [SOUND, *BROKEN],
        secrets=[
            None,
            {"name": None},
            {"name": "../x", "updated_at": "then"},
            {"name": "PG_PASSWORD", "updated_at": "then"},
        ],
        deployments=[None, {"id": 1}],
        members=[
            None,
            {"username": None},
            {"username": "bob", "roles": "admin"},
            {"username": "carol", "roles": ["member"]},
        ],
    )
    folder = tmp_path / "deep/exported"
    run = export(play, folder, "--diff").ok()
    assert set(files(tmp_path / "deep")) == {
        "exported/hosts.yml",
        "exported/group_vars/all/members.yml",
        "exported/host_vars/sound-app/environment.yml",
        "exported/host_vars/sound-app/secrets.yml",
        "exported/host_vars/sound-app.spicepod/spicepod.yaml",
    }
    assert hosts(folder) == ["sound-app"]
    assert b"PG_PASSWORD: <value of PG_PASSWORD>" in files(folder)["host_vars/sound-app/secrets.yml"]
    assert b"!unsafe 'carol'" in files(folder)["group_vars/all/members.yml"]
    output = " ".join(run.output.split())
    assert "These apps are skipped" in output
    assert "'../../escaped'" in output
    assert "and 7 more" in output
    assert "These entries are skipped" in output
    assert "\x1b" not in run.output
    assert "\u2028" not in run.output
    assert "x" * 100 not in output

    # One that is asked for by name is an error.
    for name, words in (
        ("ungrouped", "means something else in an inventory"),
        ("../../escaped", "the API allows 4 to 38 letters"),
        ("tags-app", "the field tags of app"),
    ):
        refused = export(play, tmp_path / "refused", export_filter={"names": [name, "sound-app"]})
        told = [outcome["result"]["msg"] for outcome in refused.outcomes if outcome["status"] == "failed"]
        assert len(told) == 1
        assert told[0].startswith("export_filter.names: ")
        assert words in told[0]
        assert not (tmp_path / "refused").exists()
    assert "These apps are skipped" not in export(play, folder, export_filter={"names": ["sound-app"]}).ok().output


@pytest.mark.both_cores
@pytest.mark.parametrize("where", ["play", "role"])
@pytest.mark.parametrize(
    ("keywords", "args", "is_written"),
    [
        ({"check_mode": True}, [], False),
        ({"check_mode": False}, ["--check"], True),
        ({"ignore_errors": True}, [], True),
        ({"ignore_errors": True}, ["--check"], False),
        ({"ignore_unreachable": True}, [], True),
    ],
    ids=str,
)
def test_keywords_decide_whether_files_are_written(keywords, args, is_written, where, play, cloud, tmp_path):
    cloud.seed(apps=[{"name": "sales-app", "spicepod": SPICEPOD}])
    folder = tmp_path / "exported"
    task = {"name": "Role", "ansible.builtin.import_role": {"name": "spiceai.cloud.export"}}
    if where == "role":
        task.update(keywords)
    play([task], args=args, vars={"export_dest": str(folder)}, **(keywords if where == "play" else {})).ok()
    assert (folder / "hosts.yml").exists() == is_written
    assert cloud.log(writes=True) == []
