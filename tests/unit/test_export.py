# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists as the files of an inventory, and the task that writes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager
from ansible_collections.spiceai.cloud.plugins.action.spice_export_files import OPTIONS, ActionModule
from ansible_collections.spiceai.cloud.plugins.filter.exportable_apps import exportable_apps
from ansible_collections.spiceai.cloud.plugins.filter.with_tags import with_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import Provided, stamp_of
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export import (
    choose,
    files_of,
    listed,
    report_of,
    spicepod_path,
)
from ansible_collections.spiceai.cloud.plugins.modules import spice_export_files
from ansible_collections.spiceai.cloud.plugins.plugin_utils import _atomic_file
from ansible_collections.spiceai.cloud.plugins.plugin_utils._spicepod_file import with_spicepod

SECRETS = [
    {"name": "B", "updated_at": "2026-10-01T00:00:00.000Z"},
    {"name": "A", "updated_at": "2026-10-01T00:00:00.000Z"},
]
LINKS = [{"name": "SHARED_S3_SECRET"}, {"name": "SHARED_S3_KEY"}]
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


def files_by_path(apps=(APP,), secrets=(), deployments=(), members=(), links=(), monitors=()):
    """dict and str: the files of apps which all have the same of everything, and the warning."""
    files, warning = files_of(
        list(apps),
        {app["id"]: list(secrets) for app in apps},
        {} if links is None else {app["id"]: list(links) for app in apps},
        {app["id"]: list(deployments) for app in apps},
        {app["id"]: list(monitors) for app in apps},
        list(members),
    )
    return {file.path: file for file in files}, warning


def exported(*args, **kwargs):
    """dict: the content of each file, read."""
    return {path: yaml.load(file.content, Loader) for path, file in files_by_path(*args, **kwargs)[0].items()}


def variables(app, *args, **more):
    return exported([app], *args, **more)["host_vars/sales/environment.yml"]


# -- what is in the files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("since", "kept"), [("2026-11-02T08:30:00.000Z", {"paused": True}), (None, {}), ("", {})])
def test_a_paused_app_stays_one(since, kept):
    app = variables({**APP, "paused_at": since})["environment_app"]
    assert {name: value for name, value in app.items() if name == "paused"} == kept


def test_only_what_describes_the_app_is_written():
    assert variables(APP) == {
        "environment_app": {
            "name": "sales",
            "region": "us-east-1",
            "visibility": "private",
            "tags": {"env": "prod"},
            "image_tag": "2.1.0",
            "replicas": 2,
        },
        "environment_spicepod_file": "host_vars/sales.spicepod/spicepod.yaml",
        "environment_deploy": False,
    }


def test_links_are_written_by_name():
    assert variables(APP, links=LINKS)["environment_linked_secrets"] == ["SHARED_S3_KEY", "SHARED_S3_SECRET"]
    file = files_by_path(links=LINKS)[0]["host_vars/sales/environment.yml"]
    assert file.holds == "app, linked secrets, not deployed"
    found, warning = files_by_path(links=[{"name": "A"}, {"name": "{{ b }}"}, {"id": 5}, None])
    assert yaml.load(found["host_vars/sales/environment.yml"].content, Loader)["environment_linked_secrets"] == ["A"]
    assert warning.count("a name that the API does not allow") == 3


def test_without_links_or_where_nobody_could_read_them_there_is_no_variable():
    assert "environment_linked_secrets" not in variables(APP) | variables(APP, links=None)


def test_a_deployment_of_an_app_with_links_is_known_by_its_stamp():
    overrides = {"channel": "preview"}
    stamp = stamp_of(APP, Provided(SECRETS, ["SHARED_S3_KEY", "SHARED_S3_SECRET"]), overrides)
    newest = {"image_tag": "2.1.0", "replicas": 2, "status": "succeeded", "commit_message": f"x [spice:{stamp}]"}
    assert variables(APP, SECRETS, [newest], links=LINKS)["environment_deployment"] == overrides
    assert "environment_deployment" not in variables(APP, SECRETS, [newest], links=LINKS[:1])


def test_the_hosts_come_last():
    other = {**APP, "id": 8, "name": "other", "config": {}}
    assert list(files_by_path([APP, other], SECRETS)[0]) == [
        "host_vars/sales.spicepod/spicepod.yaml",
        "host_vars/sales/secrets.yml",
        "host_vars/sales/environment.yml",
        "host_vars/other/secrets.yml",
        "host_vars/other/environment.yml",
        "group_vars/all/members.yml",
        "hosts.yml",
    ]


def test_the_spicepod_is_plain_yaml_without_marks():
    spicepod = {
        "views": [{"sql": "SELECT 1\nFROM t\n", "x": "{{ 1 }}"}],
        "name": "sales",
        "old": "012",
        "version": "v1",
    }
    file = files_by_path([{**APP, "config": {"spicepod": spicepod}}])[0][spicepod_path("sales")]
    assert (
        file.content
        == """---
# The spicepod of the app sales as it was exported.
version: v1
name: sales
views:
  - sql: |
      SELECT 1
      FROM t
    x: '{{ 1 }}'
old: '012'
"""
    )


@pytest.mark.parametrize("spicepod", [None, {}, ""])
def test_no_spicepod_is_no_file(spicepod):
    found = exported([{**APP, "config": {"spicepod": spicepod}}])
    assert spicepod_path("sales") not in found
    assert "environment_spicepod_file" not in found["host_vars/sales/environment.yml"]


def test_a_spicepod_that_is_a_string_stays_a_variable():
    found = exported([{**APP, "config": {"spicepod": "name: sales"}}])
    assert found["host_vars/sales/environment.yml"]["environment_app"]["spicepod"] == "name: sales"
    assert spicepod_path("sales") not in found


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
    stamp = stamp_of(APP, Provided(SECRETS), overrides)
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
def test_a_deployment_of_others_that_has_nothing_of_its_own_tells_nothing(deployment):
    assert variables(APP, SECRETS, [None, {"status": "succeeded", **deployment}]).keys() == {
        "environment_app",
        "environment_spicepod_file",
    }


FOREIGN = {"status": "succeeded", "commit_message": "Deployed by an action"}


@pytest.mark.parametrize(
    ("deployments", "overrides"),
    [
        ([{**FOREIGN, "image_tag": "2.0.3", "replicas": 3}], {"image_tag": "2.0.3", "replicas": 3}),
        ([{**FOREIGN, "image_tag": "2.1.0", "replicas": 2}], {}),
        ([{**FOREIGN, "image_tag": "2.1.0", "replicas": 9, "commit_message": None}], {"replicas": 9}),
        ([{**FOREIGN, "image_tag": None, "replicas": None}], {}),
        # What no option takes is no option.
        ([{**FOREIGN, "image_tag": ["2"], "replicas": "3"}], {}),
        ([{**FOREIGN, "image_tag": "", "replicas": True}], {}),
        ([{**FOREIGN, "replicas": 11}], {}),
        # A failed one never ran; what ran before it counts.
        ([{**FOREIGN, "status": "failed", "replicas": 5}, {**FOREIGN, "replicas": 3}], {"replicas": 3}),
        ([{**FOREIGN, "status": "failed", "replicas": 5}], {"replicas": 5}),
    ],
)
def test_what_others_deployed_with_is_kept(deployments, overrides):
    assert variables(APP, SECRETS, deployments).get("environment_deployment", {}) == overrides


def test_secrets_are_placeholders_by_name():
    broken = [None, "A", {"name": None}, {"name": "a\nb: c"}, {"name": "{{ 1 }}"}]
    files, warning = files_by_path([APP], SECRETS + broken)
    file = files["host_vars/sales/secrets.yml"]
    assert file.mode == 0o600
    assert file.replace is False
    # What takes the place of a placeholder is the user's, and may be a template.
    assert file.content.endswith("\nenvironment_secrets:\n  A: <value of A>\n  B: <value of B>\n")
    assert warning.count("secret ") == len(broken)
    assert warning.isprintable()
    assert "host_vars/sales/secrets.yml" not in exported([APP], broken)


def test_members_without_owners():
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
    files, warning = files_by_path(members=people + broken)
    assert yaml.load(files["group_vars/all/members.yml"].content, Loader) == {
        "environment_members": [
            {"username": "b", "roles": ["admin", "viewer"]},
            {"username": "{{ a }}", "roles": ["{{ b }}"]},
        ]
    }
    assert warning.count("member ") == len(broken)


def test_every_string_of_the_server_is_marked_in_files_of_variables():
    apps = [
        {
            **APP,
            "description": "{{ 1 + 1 }}",
            "tags": {"number": "12", "word": "yes", "a": "b"},
            "config": {"resources": {"limits": {"cpu": "a\nb\n"}}},
        }
    ]
    files, dummy = files_by_path(apps, SECRETS, members=[{"username": "carol", "roles": ["member"]}])
    text = "".join(file.content for file in files.values())
    for marked in (
        "description: !unsafe '{{ 1 + 1 }}'",
        "!unsafe 'cpu': !unsafe |\n",
        "!unsafe 'a': !unsafe 'b'",
        "!unsafe 'sales': {}",
        "- username: !unsafe 'carol'",
        "- !unsafe 'member'",
    ):
        assert marked in text
    # Newer ansible-core would read these as a number and a boolean with the mark.
    assert "!unsafe 'number': '12'" in text
    assert "!unsafe 'word': 'yes'" in text
    assert {file.mode for file in files.values()} == {0o640, 0o600}


def test_no_apps():
    assert exported([]) == {
        "hosts.yml": {
            "all": {
                "hosts": {},
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            }
        },
        "group_vars/all/members.yml": {"environment_members": []},
    }


def test_half_a_character_is_refused():
    with pytest.raises(ValueError, match="is not valid Unicode"):
        files_by_path(members=[{"username": "\ud800", "roles": []}])


# -- which apps, and what belongs to them -----------------------------------------------------------------------------


def test_apps_that_can_be_exported():
    other, bad = {**APP, "id": 8, "name": "other", "tags": {"env": "test"}}, {**APP, "id": 9, "name": "../../x"}
    infinite = {**APP, "id": 10, "name": "infinite", "config": {"spicepod": {"x": float("inf")}}}
    apps, refusal, warning = choose([other, bad, None, infinite, APP])
    assert (apps, refusal) == ([other, APP], "")
    assert "'../../x'" in warning
    assert "null" in warning
    assert "app infinite holds a number that JSON does not have" in warning
    assert choose([other, APP], tags={"env": "prod"})[0] == [APP]
    # Of those that were not asked for nothing is said.
    assert choose([other, bad, None, APP], names=["sales"]) == ([APP], "", "")
    apps, refusal, warning = choose([other, bad, APP], ["sales", "../../x", "no-app"], option="export_filter.names")
    assert (apps, warning) == ([APP], "")
    assert refusal.startswith(
        "export_filter.names: app 9 has the name '../../x', and the API allows 4 to 38 letters, digits and dashes; "
        "there is no app 'no-app'"
    )


def test_the_filter_gives_the_same_apps():
    other, bad = {**APP, "id": 8, "name": "other", "tags": None}, {**APP, "id": 9, "name": "../../x"}
    assert exportable_apps([APP, bad, None, other]) == [other, APP]
    assert exportable_apps([APP, other], names=["sales", "no-app"]) == [APP]
    assert exportable_apps([APP, other], None, {"env": "prod"}) == [APP]


def test_a_tag_that_looks_like_a_date_to_yaml(export):
    dated, tags = {**APP, "tags": {"since": "2026-01-01"}}, yaml.safe_load("since: 2026-01-01")
    assert exportable_apps([dated, {**APP, "id": 8, "name": "other"}], tags=tags) == [dated]
    assert export([dated], filter={"tags": tags})["apps"] == ["sales"]


def test_results_of_a_loop_by_app():
    results = [{"item": APP, "secrets": SECRETS}, {"item": {**APP, "id": 8}, "secrets": []}]
    assert listed("secrets", results, "secrets") == {7: SECRETS, 8: []}
    unknown = {"item": {**APP, "id": 9}, "secrets": None}
    assert listed("secrets", [*results, unknown], "secrets", may_be_unknown=True) == {7: SECRETS, 8: []}


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "`secrets` must be the results of a task that loops"),
        ({"secrets": []}, "`secrets` must be the results of a task that loops"),
        ({"item": "sales", "secrets": []}, "`secrets` must be the results of a task that loops"),
        ({"item": APP, "failed": True, "msg": "No rights."}, "secrets of app 'sales' were not read: No rights."),
        ({"item": APP, "skipped": True}, "secrets of app 'sales' were not read."),
        ({"item": APP, "secrets": None}, "secrets of app 'sales' were not read."),
    ],
)
def test_a_result_without_a_list_is_refused(result, words):
    with pytest.raises(InvalidOption) as caught:
        listed("secrets", [result], "secrets")
    assert words in str(caught.value)


@pytest.mark.parametrize("option", ["secrets", "deployments", "monitors"])
def test_an_app_without_a_result_is_refused(option):
    lists = {"secrets": {7: []}, "deployments": {7: []}, "monitors": {7: []}, option: {}}
    with pytest.raises(InvalidOption, match=f"`{option}` has no result for app sales"):
        files_of([APP], links={}, members=[], **lists)


def test_what_the_controller_runs_does_not_load_the_http_client():
    program = """
import sys
from ansible_collections.spiceai.cloud.plugins.action import spice_export_files
from ansible_collections.spiceai.cloud.plugins.filter import exportable_apps
print([name for name in sys.modules if name.startswith("requests") or "._http" in name])
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


# -- the report -------------------------------------------------------------------------------------------------------


def test_the_report():
    outcomes = ["created", "updated", "unchanged", "unchanged"]
    assert report_of(["sales", "shop"], outcomes, "/srv/my apps", planned=False) == [
        "apps   2: sales, shop",
        "files  1 created, 1 updated, 2 unchanged in /srv/my apps",
        "next   ansible-playbook spiceai.cloud.bootstrap -i '/srv/my apps'",
    ]
    assert report_of(["sales"], outcomes, "/x", planned=True)[1] == "files  1 to create, 1 to update, 2 unchanged in /x"
    many = report_of([f"app-{number}" for number in range(1000)], [], "/x", planned=False)[0]
    assert many.startswith("apps   1000: app-0, ")
    assert many.endswith("app-9, and 990 more")
    # Without an app there is nothing that the playbook could do.
    assert report_of([], ["created"], "/x", planned=False) == [
        "apps   none",
        "files  1 created, 0 updated, 0 unchanged in /x",
    ]


# -- the task ---------------------------------------------------------------------------------------------------------

POD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "{{ undefined_name }}",
    "hosts": {"evil": {"ansible_host": "{{ undefined_name }}"}},
    "environment_fingerprint_key": "{{ undefined_name }}",
    "views": [{"name": "012", "sql": "#jinja2: variable_start_string:'[['\n[[ 7 * 7 ]]\n"}],
}
HOSTILE = {**APP, "config": {**CONFIG, "spicepod": POD}}


@pytest.fixture
def warnings(monkeypatch):
    told = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda self, text, *args, **kwargs: told.append(text))
    return told


@pytest.fixture
def export(tmp_path, monkeypatch):
    """Runs the task for apps that all have the secrets of SECRETS."""
    monkeypatch.chdir(tmp_path)

    def run(apps=(HOSTILE,), check_mode=False, diff=False, **args):
        sound_apps = [app for app in apps if isinstance(app, dict)]
        given = {
            "dest": str(tmp_path / "out"),
            "apps": list(apps),
            "secrets": [{"item": app, "secrets": SECRETS} for app in sound_apps],
            "linked_secrets": [{"item": app, "linked_secrets": LINKS} for app in sound_apps],
            "deployments": [{"item": app, "deployments": []} for app in sound_apps],
            "monitors": [{"item": app, "monitors": []} for app in sound_apps],
            "members": [{"username": "carol", "roles": ["member"]}],
            **args,
        }
        task = types.SimpleNamespace(
            action="spiceai.cloud.spice_export_files", args=given, async_val=0, check_mode=check_mode, diff=diff
        )
        shell = types.SimpleNamespace(tmpdir=None)
        connection = types.SimpleNamespace(_shell=shell)
        made = ActionModule(task, connection, types.SimpleNamespace(), None, None, None)
        made._load_name = task.action  # as the loader of Ansible does
        return made.run(task_vars={})

    return run


def tree(folder):
    return {
        str(path.relative_to(folder)): (path.read_bytes() if path.is_file() else None, path.stat().st_mode & 0o777)
        for path in folder.rglob("*")
    }


def outcomes(result):
    return {file["path"]: file["outcome"] for file in result["files"]}


PATHS = {
    "hosts.yml",
    "group_vars/all/members.yml",
    "host_vars/sales/environment.yml",
    "host_vars/sales/secrets.yml",
    "host_vars/sales.spicepod/spicepod.yaml",
}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_created_whatever_the_umask(export, tmp_path, umask):
    former = os.umask(umask)
    try:
        result = export(dest=str(tmp_path / "deep/out"))
    finally:
        os.umask(former)
    assert result["changed"] is True
    assert outcomes(result) == dict.fromkeys(PATHS, "created")
    assert result["dest"] == str(tmp_path / "deep/out")
    assert result["apps"] == ["sales"]
    assert "warnings" not in result
    assert "diff" not in result
    found = tree(tmp_path / "deep")
    assert {f"out/{path}" for path in PATHS} == {
        path for path, (content, dummy) in found.items() if content is not None
    }
    for path, (content, mode) in found.items():
        assert mode == (0o750 if content is None else 0o600 if path.endswith("secrets.yml") else 0o640), path
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o750


def test_again_nothing_is_touched(export, tmp_path):
    export()
    before = {path: path.stat() for path in (tmp_path / "out").rglob("*")}
    result = export(diff=True)
    assert result["changed"] is False
    assert outcomes(result) == dict.fromkeys(PATHS, "unchanged")
    assert result["diff"] == []
    after = {path: path.stat() for path in (tmp_path / "out").rglob("*")}
    assert [(stat.st_ino, stat.st_mtime_ns) for stat in before.values()] == [
        (after[path].st_ino, after[path].st_mtime_ns) for path in before
    ]
    assert after.keys() == before.keys()


def test_what_differs_is_replaced_and_keeps_its_permissions(export, tmp_path):
    export()
    file = tmp_path / "out/host_vars/sales/environment.yml"
    file.chmod(0o604)
    result = export([{**HOSTILE, "description": "new"}], diff=True)
    assert result["changed"] is True
    assert outcomes(result) == {**dict.fromkeys(PATHS, "unchanged"), "host_vars/sales/environment.yml": "updated"}
    assert "description: !unsafe 'new'" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o604
    (difference,) = result["diff"]
    assert difference["before_header"] == difference["after_header"] == str(file)
    assert difference["after"] == file.read_text()
    assert difference["before"] == file.read_text().replace("  description: !unsafe 'new'\n", "")


def test_values_that_somebody_has_put_in_are_never_replaced_or_shown(export, tmp_path):
    export()
    file = tmp_path / "out/host_vars/sales/secrets.yml"
    file.write_text("environment_secrets: {A: the-value}\n")
    result = export(diff=True)
    assert outcomes(result) == dict.fromkeys(PATHS, "unchanged")
    assert file.read_text() == "environment_secrets: {A: the-value}\n"
    assert "the-value" not in json.dumps(result)
    # Not even where it is a link to what is not there now.
    file.unlink()
    file.symlink_to(tmp_path / "not-mounted")
    assert outcomes(export()) == dict.fromkeys(PATHS, "unchanged")
    assert file.is_symlink()


def test_a_plan_says_what_the_task_does_and_writes_nothing(export, tmp_path):
    plan = export(check_mode=True, diff=True)
    assert not (tmp_path / "out").exists()
    done = export(diff=True)
    assert plan.pop("report")[1].startswith("files  5 to create, 0 to update")
    assert done.pop("report")[1].startswith("files  5 created, 0 updated")
    assert plan == done
    (tmp_path / "out/hosts.yml").write_text("edited")
    before = tree(tmp_path)
    plan = export(check_mode=True)
    assert (plan["changed"], outcomes(plan)["hosts.yml"]) == (True, "updated")
    assert tree(tmp_path) == before


def test_a_link_stays_a_link(export, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "real.yml").write_text("old")
    (tmp_path / "out/hosts.yml").symlink_to(tmp_path / "real.yml")
    assert outcomes(export())["hosts.yml"] == "updated"
    assert (tmp_path / "out/hosts.yml").is_symlink()
    assert "sales" in (tmp_path / "real.yml").read_text()


def test_a_write_that_breaks_off_leaves_what_was_there(export, tmp_path, monkeypatch):
    export()
    before = tree(tmp_path)
    replaced = []

    def replace(source, target):
        if replaced:
            raise OSError(28, "No space left on device")
        replaced.append(target)
        os.rename(source, target)

    monkeypatch.setattr(_atomic_file.os, "replace", replace)
    result = export([{**HOSTILE, "description": "new"}], members=[])
    members = tmp_path / "out/group_vars/all/members.yml"
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"] == (
        f"{members} cannot be written: No space left on device. 1 of 2 files were written before it; run the task "
        "again once it can be written."
    )
    after = tree(tmp_path)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {
        "out/host_vars/sales/environment.yml"
    }
    monkeypatch.undo()
    assert outcomes(export([{**HOSTILE, "description": "new"}], members=[])) == {
        **dict.fromkeys(PATHS, "unchanged"),
        "group_vars/all/members.yml": "updated",
    }


def test_what_cannot_be_read_is_told_before_anything_is_written(export, tmp_path):
    (tmp_path / "out/hosts.yml").mkdir(parents=True)
    result = export()
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"] == f"{tmp_path / 'out/hosts.yml'} cannot be read: Is a directory. Nothing is written."
    assert list(tree(tmp_path)) == ["out", "out/hosts.yml"]


def test_problems_are_told_before_anything_is_written(export, tmp_path):
    for args, words in (
        (
            {"filter": {"names": ["sales", "no-app"]}, "prefix": "export_"},
            "export_filter.names: there is no app 'no-app'",
        ),
        ({"filter": {"names": ["no-app"]}}, "filter.names: there is no app 'no-app'"),
        ({"secrets": []}, "`secrets` has no result for app sales"),
        (
            {"deployments": [{"item": APP, "failed": True, "msg": "No."}]},
            "`deployments`: the deployments of app 'sales'",
        ),
        ({"members": [{"username": "\ud800", "roles": []}]}, "is not valid Unicode"),
        ({"dest": "", "prefix": "export_"}, "`export_dest` must not be empty"),
        ({"filter": {"name": "sales"}}, "`filter.name`: there is no such option; did you mean `names`?"),
    ):
        result = export(**args)
        assert (result["failed"], result["changed"]) == (True, False)
        assert words in result["msg"]
    for args in ({"colour": "red"}, {"members": {}}, {"secrets": None}):
        with pytest.raises(AnsibleError) as caught:
            export(**args)
        assert next(iter(args)) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_left_out_is_a_warning(export, tmp_path):
    apps = [HOSTILE, None, {**APP, "id": 8, "name": "../../escaped"}, {**APP, "id": 9, "name": "other", "tags": None}]
    result = export(apps, members=[None], filter={"tags": {"env": "prod"}})
    assert result["apps"] == ["sales"]
    assert [warning[:18] for warning in result["warnings"]] == ["These apps are ski", "These entries are "]
    assert set(outcomes(result)) == PATHS
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_a_path_is_relative_and_may_have_a_home_and_a_variable(export, tmp_path, monkeypatch):
    assert export(dest="here")["dest"] == str(tmp_path / "here")
    assert (tmp_path / "here/hosts.yml").exists()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WHERE", "there")
    assert export(dest="~/$WHERE")["dest"] == str(tmp_path / "there")
    assert (tmp_path / "there/hosts.yml").exists()


def test_the_documentation_has_the_options():
    documented = yaml.safe_load(spice_export_files.DOCUMENTATION)["options"]
    names = {name: set(option.get("suboptions", ())) for name, option in documented.items()}
    assert names == {name: set(option.get("options", ())) for name, option in OPTIONS.items()}
    for name, option in OPTIONS.items():
        assert {key: documented[name].get(key) for key in ("type", "elements", "required", "default")} == {
            key: option.get(key) for key in ("type", "elements", "required", "default")
        }


# -- what Ansible makes of the files ----------------------------------------------------------------------------------


def loaded(folder):
    """dict: the variables of each host of an inventory, as a play has them before any template is filled in."""
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[str(folder)])
    manager = VariableManager(loader=loader, inventory=inventory)
    return {host.name: manager.get_vars(host=host) for host in inventory.get_hosts()}


def own(variables):
    magic = ("ansible_", "group", "groups", "hostvars", "inventory_", "omit", "playbook_dir")
    return {name for name in variables if not name.startswith(magic)}


def test_no_key_of_a_spicepod_is_a_variable_and_the_role_finds_it(export, tmp_path, warnings):
    export()
    hosts = loaded(tmp_path / "out")
    assert set(hosts) == {"sales"}
    assert own(hosts["sales"]) == {
        "environment_app",
        "environment_deploy",
        "environment_linked_secrets",
        "environment_members",
        "environment_secrets",
        "environment_spicepod_file",
    }
    assert warnings == []
    # The role looks for the file in the directory of the inventory.
    options = with_spicepod(
        {"spicepod_file": str(hosts["sales"]["environment_spicepod_file"])}, [hosts["sales"]["inventory_dir"]]
    )
    assert options["spicepod"] == POD


@pytest.mark.parametrize("place", ["host_vars/sales/spicepod.yaml", "host_vars/sales/pod/spicepod.yaml"])
def test_why_a_spicepod_is_not_among_the_variables_of_its_host(export, tmp_path, place):
    """Ansible would load it there. Should that change, the spicepod could be beside `environment.yml`."""
    export()
    (tmp_path / "out" / place).parent.mkdir(exist_ok=True)
    (tmp_path / "out" / spicepod_path("sales")).rename(tmp_path / "out" / place)
    assert "environment_fingerprint_key" in own(loaded(tmp_path / "out")["sales"])


def test_why_a_spicepod_is_not_beside_the_hosts(export, tmp_path):
    """Ansible would take it for an inventory there."""
    export([{**APP, "config": {"spicepod": {"name": {"hosts": {"evil": None}}}}}])
    (tmp_path / "out/spicepods").mkdir()
    (tmp_path / "out" / spicepod_path("sales")).rename(tmp_path / "out/spicepods/sales.yaml")
    assert set(loaded(tmp_path / "out")) == {"sales", "evil"}


# -- the other filters ------------------------------------------------------------------------------------------------


def test_apps_by_tags():
    apps = [APP, {"name": "other", "tags": None}, {"name": "flag", "tags": {"env": "prod", "on": "true", "n": "5"}}]
    assert [app["name"] for app in with_tags(apps, {"env": "prod"})] == ["sales", "flag"]
    assert [app["name"] for app in with_tags(apps, {"on": True, "n": 5})] == ["flag"]
    assert with_tags(apps, {}) == apps


@pytest.mark.parametrize("tags", [["env"], "env", 7, None, {"env": ["prod"]}, {"env": None}])
def test_tags_of_a_form_that_nobody_documents_match_nothing(tags):
    assert with_tags([{"name": "odd", "tags": tags}], {"env": "prod"}) == []
    assert with_tags([{"name": "odd", "tags": tags}], {}) == [{"name": "odd", "tags": tags}]
