# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters: apps as files of an inventory, apps by their tags, names that are not spelled right."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.spiceai.cloud.plugins.filter.export_files import export_files
from ansible_collections.spiceai.cloud.plugins.filter.exportable_apps import exportable_apps
from ansible_collections.spiceai.cloud.plugins.filter.with_tags import with_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import stamp_of

SECRETS = [
    {"name": "B", "updated_at": "2026-10-01T00:00:00.000Z"},
    {"name": "A", "updated_at": "2026-10-01T00:00:00.000Z"},
]
CONFIG = {"spicepod": {"name": "sales"}, "replicas": 2, "image_tag": "2.1.0", "version": None, "region": "us-east-1"}
APP = {
    "id": 7,
    "name": "sales",
    "description": None,
    "visibility": "private",
    "tags": {"env": "prod", "ansible.secret/A": "x"},
    "region": "us-east-1",
    "created_at": "2026-10-01T00:00:00.000Z",
    "endpoint": "https://x",
    "kind": "managed",
    "api_key": "key|1",
    "config": CONFIG,
}


class Loader(yaml.SafeLoader):
    """Takes the mark for what it is: a string."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def exported(apps=(APP,), secrets=((),), deployments=((),), members=()):
    """dict: the content of each file, read."""
    return {
        file["path"]: yaml.load(file["content"], Loader)
        for file in export_files(list(apps), secrets, deployments, list(members))
    }


def variables(app, *args):
    return exported([app], *([one] for one in args))["host_vars/sales/environment.yml"]


@pytest.fixture
def warnings(monkeypatch):
    told = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda self, text: told.append(text))
    return told


def test_only_what_describes_the_app_is_written():
    assert variables(APP) == {
        "environment_app": {
            "name": "sales",
            "region": "us-east-1",
            "visibility": "private",
            "tags": {"env": "prod"},
            "spicepod": {"name": "sales"},
            "image_tag": "2.1.0",
            "replicas": 2,
        },
        "environment_deploy": False,
    }


@pytest.mark.parametrize(
    ("fields", "placement"),
    [
        ({"cluster_name": "acme-prod"}, {"cluster_name": "acme-prod"}),
        ({"region": None, "config": {}}, {"standalone": True}),
        ({"region": None, "config": {"region": "us-west-2"}}, {"region": "us-west-2"}),
        ({"region": None, "cname": "us-west-2-prod-aws-data", "config": {}}, {"region": "us-west-2"}),
    ],
)
def test_the_placement_in_every_state_of_the_api(fields, placement):
    written = variables({**APP, **fields})["environment_app"]
    assert {name: written[name] for name in ("region", "cluster_name", "standalone") if name in written} == placement


@pytest.mark.parametrize(
    "overrides", [{}, {"channel": "preview"}, {"image_tag": "2.0.0", "replicas": 3, "debug": True}]
)
def test_what_a_deployment_was_made_with(overrides):
    stamp = stamp_of(APP, SECRETS, overrides)
    newest = {
        "image_tag": "2.1.0",
        "replicas": 2,
        **overrides,
        "status": "succeeded",
        "commit_message": f"x [spice:{stamp}]",
    }
    found = variables(APP, SECRETS, [{"status": "created", "commit_message": None}, newest][::-1])
    assert found.get("environment_deployment", {}) == overrides
    assert "environment_deploy" not in found


@pytest.mark.parametrize(
    "deployment",
    [{"commit_message": "By hand"}, {"commit_message": "x [spice:0123456789abcdef]"}, {"commit_message": 5}, {}],
)
def test_a_deployment_of_others_tells_nothing(deployment):
    assert variables(APP, SECRETS, [None, {"status": "succeeded", **deployment}]).keys() == {"environment_app"}


def test_secrets_are_placeholders_by_name(warnings):
    broken = [None, "A", {"name": None}, {"name": "a\nb: c"}, {"name": "{{ 1 }}"}]
    file = export_files([APP], [SECRETS + broken], [[]], [])[-1]
    assert file["path"] == "host_vars/sales/secrets.yml"
    assert file["mode"] == "0600"
    assert file["replace"] is False
    # What takes the place of a placeholder is the user's, and may be a template.
    assert file["content"].endswith("\nenvironment_secrets:\n  A: <value of A>\n  B: <value of B>\n")
    assert len(warnings) == 1
    assert warnings[0].count("secret ") == len(broken)
    assert warnings[0].isprintable()
    assert "host_vars/sales/secrets.yml" not in exported([APP], [broken])


def test_members_without_owners(warnings):
    people = [
        {"username": "b", "roles": ["viewer", "admin"], "is_owner": False},
        {"username": "a", "roles": ["owner"]},
        {"username": "o", "roles": ["admin"], "is_owner": True},
        {"username": "{{ a }}", "roles": ["{{ b }}"]},
    ]
    broken = [
        None,
        {"username": None, "roles": []},
        {"username": "x", "roles": "admin"},
        {"username": "x", "roles": [None]},
    ]
    assert exported(members=people + broken)["group_vars/all/members.yml"] == {
        "environment_members": [
            {"username": "b", "roles": ["admin", "viewer"]},
            {"username": "{{ a }}", "roles": ["{{ b }}"]},
        ]
    }
    assert len(warnings) == 1
    assert warnings[0].count("member ") == len(broken)


def test_every_string_of_the_server_is_marked():
    apps = [
        {
            **APP,
            "description": "{{ 1 + 1 }}",
            "tags": {"number": "12", "word": "yes", "a": "b"},
            "config": {"spicepod": {"sql": "SELECT 1\nFROM t\n"}},
        }
    ]
    files = export_files(apps, [SECRETS], [[]], [{"username": "carol", "roles": ["member"]}])
    text = "".join(file["content"] for file in files)
    for marked in (
        "description: !unsafe '{{ 1 + 1 }}'",
        "!unsafe 'sql': !unsafe |\n",
        "!unsafe 'a': !unsafe 'b'",
        "!unsafe 'sales': {}",
        "- username: !unsafe 'carol'",
        "- !unsafe 'member'",
    ):
        assert marked in text
    # Newer ansible-core would read these as a number and a boolean with the mark.
    assert "!unsafe 'number': '12'" in text
    assert "!unsafe 'word': 'yes'" in text
    assert {file["mode"] for file in files} == {"0640", "0600"}


def test_no_apps():
    assert exported([], [], []) == {
        "hosts.yml": {
            "all": {
                "hosts": {},
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            }
        },
        "group_vars/all/members.yml": {"environment_members": []},
    }


def test_something_else_is_refused():
    for apps, secrets in (([{"id": 7}], [[]]), ([APP], []), ([{**APP, "name": "../../x"}], [[]])):
        with pytest.raises(AnsibleFilterError, match="takes apps as spiceai.cloud.exportable_apps gives them"):
            export_files(apps, secrets, [[]], [])
    with pytest.raises(AnsibleFilterError, match="is not valid Unicode"):
        export_files([APP], [[]], [[]], [{"username": "\ud800", "roles": []}])


def test_apps_that_can_be_exported(warnings):
    other, bad = {**APP, "id": 8, "name": "other", "tags": {"env": "test"}}, {**APP, "id": 9, "name": "../../x"}
    assert exportable_apps([other, bad, None, APP]) == {"apps": [other, APP], "refusal": ""}
    assert len(warnings) == 1
    assert "'../../x'" in warnings[0]
    assert "null" in warnings[0]
    assert exportable_apps([other, APP], tags={"env": "prod"})["apps"] == [APP]
    # Of those that were not asked for nothing is said.
    warnings.clear()
    assert exportable_apps([other, bad, None, APP], names=["sales"]) == {"apps": [APP], "refusal": ""}
    chosen = exportable_apps([other, bad, APP], names=["sales", "../../x", "no-app"])
    assert chosen["apps"] == [APP]
    assert warnings == []
    assert chosen["refusal"].startswith(
        "export_filter.names: app 9 has the name '../../x', and the API allows 4 to 38 letters, digits and dashes; "
        "there is no app 'no-app'"
    )


def test_the_filters_do_not_load_the_http_client():
    program = """
import sys
from ansible_collections.spiceai.cloud.plugins.filter import export_files, exportable_apps
print([name for name in sys.modules if name.startswith("requests") or "._http" in name])
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_apps_by_tags():
    apps = [APP, {"name": "other", "tags": None}, {"name": "flag", "tags": {"env": "prod", "on": "true", "n": "5"}}]
    assert [app["name"] for app in with_tags(apps, {"env": "prod"})] == ["sales", "flag"]
    assert [app["name"] for app in with_tags(apps, {"on": True, "n": 5})] == ["flag"]
    assert with_tags(apps, {}) == apps
