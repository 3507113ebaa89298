# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data that comes from a server never becomes a template: every string of the server is one, wherever Ansible gets it.

Nothing is listed field by field: the server changes every string of every answer, so a new field is covered by itself.
"""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.checks.collection import MODULES, module
from ansible_collections.spiceai.cloud.tests.checks.hostile import TEMPLATES, Hostile
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES, Player, modes
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

POD = {
    **SPICEPOD,
    "datasets": [
        {"from": f"postgres:public.orders_{number}", "name": f"orders_{number}", "params": {"pg_host": "db"}}
        for number in range(5)
    ],
    "views": [{"name": "revenue", "sql": "SELECT sum(total) AS revenue\nFROM orders_0\n"}],
    "words": ["one", "two", ["three", {"four": "five"}]],
}
# One app for each kind of template, each with every field that the API has.
APPS = [
    {
        "name": f"hostile-{number}",
        "region": "us-west-2",
        "description": "Orders",
        "visibility": "public",
        "tags": {"env": "prod", "team": "sales"},
        "production_branch": "main",
        "spicepod": POD,
        "registry": "registry.example.com",
        "image": "spiceai",
        "image_tag": "2.0.3",
        "update_channel": "stable",
        "version": "2.0.3",
        "replicas": 2,
        "resources": {"limits": {"cpu": "2", "memory": "4Gi"}},
        "executor": {"replicas": 1, "resources": {"requests": {"cpu": "1"}}},
        "node_group": "large",
        "storage_size_gb": 10,
        "secrets": {f"SECRET_{one}": "hidden value" for one in range(5)},
        "monitors": [
            {
                "name": f"Alert {one}",
                "templateId": "http_5xx",
                "description": "Why",
                "targets": [{"type": "email", "emails": ["ops@example.com"]}],
            }
            for one in range(5)
        ],
        "deployments": [
            {
                "status": status,
                "branch": "main",
                "commit_sha": "0123abc",
                "commit_message": "By hand",
                "image_tag": "2.0.3",
                "error_message": "no room",
                "error_code": "insufficient_cpu",
                "created_by": "alice@example.com",
            }
            for status in ("failed", "created", "failed", "failed", "succeeded")
        ],
    }
    for number in range(len(TEMPLATES))
]
NAMES = [app["name"] for app in APPS]
MEMBERS = [{"username": f"person-{number}", "roles": ["viewer", "member"]} for number in range(5)]
# What an app must keep to be one that the collection takes: all of it comes from the list and the single app.
APP = r"GET /v1/apps(/N)? (apps\[\]\.)?"
KEEP_NAMES = (APP + r"name$",)
# What else must be as it is for an environment that is found unchanged and created again: what the collection or the
# API checks. Of an app, its descriptions and its spicepod stay hostile.
KEEP_FOR_ENVIRONMENTS = (
    *KEEP_NAMES,
    APP + r"(region|cname|cluster_\w+|visibility|tags\b.*|endpoint)$",
    APP + r"config\.((?!spicepod)\w+\b.*|spicepod\.(kind|version))$",
    r"/v1/members members\[\]\.roles",
    r"/secrets (secrets\[\]\.)?name$",
    r"/monitors monitors\[\]\.(id|status|template_id|spec\b.*|targets?\b.*)$",
    r"/deployments(/N)? (deployments\[\]\.)?(status|image_tag)$",
    r"/v1/(orgs|regions|clusters|limits) ",
    r"/api-keys ",
    r"/runtime/.*(name|status|)$",
)
# The description of an app as it was exported, in all forms in which a play can use it.
SHOW = """
- {name: Variables, ansible.builtin.debug: {var: "hostvars[inventory_hostname]"}}
- {name: Everything, ansible.builtin.debug: {var: vars}}
- {name: App, ansible.builtin.debug: {msg: "{{ environment_app }}"}}
- {name: Secrets, ansible.builtin.debug: {msg: "{{ environment_secrets | default({}) }}"}}
- {name: Monitors, ansible.builtin.debug: {msg: "{{ environment_monitors | default([]) }}"}}
- {name: Members, ansible.builtin.debug: {msg: "{{ environment_members }}"}}
- {name: Words, ansible.builtin.debug: {msg: "{{ inventory_hostname }} in {{ group_names }}: {{ environment_app }}"}}
- name: Items
  ansible.builtin.debug: {msg: "{{ item.key }} is {{ item.value }}"}
  loop: "{{ environment_app | dict2items }}"
- name: Keys
  ansible.builtin.debug: {msg: "{{ item }}"}
  loop: "{{ environment_app | list + environment_app.tags | list }}"
- name: Roles
  ansible.builtin.debug: {msg: "{{ item.0.username }} {{ item.1 }}"}
  loop: "{{ environment_members | subelements('roles') }}"
- {name: Facts, ansible.builtin.set_fact: {kept: "{{ environment_app }}"}}
- {name: Kept, ansible.builtin.debug: {msg: "{{ kept }}"}}
"""
# What a play does with the result of a task, `done`.
SHOW_RESULT = [
    {"name": "Result", "ansible.builtin.debug": {"var": "done"}},
    {"name": "Message", "ansible.builtin.debug": {"msg": "{{ done.msg | default('') }} {{ done }}"}},
    {"name": "Fact", "ansible.builtin.set_fact": {"kept": "{{ done }}"}},
    {"name": "Facts", "ansible.builtin.debug": {"msg": "{{ kept }}"}},
    {"name": "Items", "ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": "{{ done | dict2items }}"},
    {"name": "Failure", "ansible.builtin.fail": {"msg": "{{ done.msg | default(done) }}"}, "ignore_errors": True},
]


class Setting:
    """A hostile server before the simulator, and runs of Ansible against it."""

    def __init__(self, cloud, folder):
        self.cloud, self.folder = cloud, folder
        self.hostile = None

    def __call__(self, keep=(), salt=0):
        self.stop()
        self.hostile = Hostile(self.cloud.address, self.folder / "traces", keep, salt)
        self.play = Player(self.folder / f"play-{salt}-{len(keep)}", self.hostile.address, OWNER)
        self.play.folder.mkdir(exist_ok=True)
        return self.hostile

    def stop(self):
        if self.hostile:
            self.hostile.stop()

    def inventory(self, source, *args):
        """What ansible-inventory shows of a source."""
        run = self.play.inventory(self.folder, source, *args)
        assert run.returncode == 0, run.stderr
        return run

    def export(self, folder, *args, **variables):
        return self.play.playbook(
            "spiceai.cloud.export", args=["-e", json.dumps({"export_dest": str(folder), **variables}), *args]
        )

    def bootstrap(self, folder, *args):
        return self.play.playbook("spiceai.cloud.bootstrap", args=["-i", str(folder), *args])


@pytest.fixture
def setting(cloud, tmp_path):
    cloud.seed(apps=APPS, members=MEMBERS)
    cloud.clock(**AT_ONCE)
    setting = Setting(cloud, tmp_path)
    yield setting
    setting.stop()


def served_app(hostile, cloud, name):
    return hostile.served[f"/v1/apps/{cloud.apps()[name]['id']}"]


def as_answered(app):
    """dict[str, object]: the fields of an app that are set, by the names of the module's options."""
    fields = {**app["config"], **app}
    options = set(module("spice_app").SPEC.argument_spec) & set(fields) - {"cname"}
    if app["cluster_name"]:
        options -= {"region"}
    return {option: fields[option] for option in options if fields[option] not in (None, "", {})}


@pytest.mark.both_cores
def test_what_is_exported_is_never_a_template_and_stays_what_it_was(setting, cloud):
    hostile = setting(keep=KEEP_NAMES)
    folder = setting.folder / "exported"
    setting.export(folder, "--check", "--diff").ok()
    setting.export(folder, "--diff").ok()
    assert hostile.ran() == []
    # Every place of an app was a template of each kind.
    for place in (
        "GET /v1/apps/N description",
        "GET /v1/apps/N config.spicepod.words[]",
        "GET /v1/apps/N tags.*",
        "GET /v1/members members[].roles[]",
    ):
        assert hostile.places[place] == set(range(len(TEMPLATES))), place

    run = setting.play(SHOW, args=["-i", str(folder), "--limit", "!localhost"])
    assert hostile.ran() == []
    assert {outcome["host"] for outcome in run.outcomes} == set(NAMES)
    for outcome in run.outcomes:
        app = served_app(hostile, cloud, outcome["host"])
        if outcome["task"] in ("App", "Kept"):
            told = as_answered(app)
            spicepod = folder / "host_vars" / f"{outcome['host']}.spicepod" / "spicepod.yaml"
            assert yaml.safe_load(spicepod.read_text()) == told.pop("spicepod")
            assert outcome["result"]["msg"] == told
        elif outcome["task"] == "Secrets":
            # Their names are none that the API allows.
            assert hostile.served[f"/v1/apps/{app['id']}/secrets"]["secrets"]
            assert outcome["result"]["msg"] == {}
        elif outcome["task"] == "Members":
            told = {
                member["username"]: sorted(member["roles"])
                for member in hostile.served["/v1/members"]["members"]
                if not member["is_owner"]
            }
            assert {member["username"]: sorted(member["roles"]) for member in outcome["result"]["msg"]} == told
    for args in (["--list"], ["--list", "--yaml"], ["--graph", "--vars"], ["--host", NAMES[0]]):
        setting.inventory(folder, *args)
    # What the role environment refuses of it, it tells without filling it in.
    refused = setting.bootstrap(folder)
    assert refused.rc != 0
    assert refused.output.count("FAILED, nothing was changed: ") == len(NAMES), refused.output[-3000:]
    assert hostile.ran() == []


@pytest.mark.both_cores
def test_an_environment_of_templates_is_exported_and_found_unchanged_again_and_again(setting, cloud):
    hostile = setting(keep=KEEP_FOR_ENVIRONMENTS)
    folders = [setting.folder / "first", setting.folder / "second"]
    for folder in folders:
        setting.export(folder).ok()
    first, second = (
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in folders
    )
    assert first.pop("hosts.yml").replace(b"first", b"second") == second.pop("hosts.yml")
    assert first == second

    # The stamps of deployments are templates here, so each run deploys. Nothing else is written.
    cloud.forget()
    # Its datasets have other names to the runtime.
    run = setting.bootstrap(
        folders[0], "--diff", "-e", json.dumps({"environment_verify": {"ready": True, "datasets": False}})
    ).ok()
    assert {entry.rpartition("/")[2] for entry in cloud.log(writes=True)} == {"deployments"}
    assert hostile.ran() == []
    assert run.output.count("succeeded (new)") == len(NAMES)
    setting.export(folders[0]).ok()
    assert hostile.ran() == []

    # Where nothing is there yet, what arrives is what was there, byte for byte.
    told = {name: as_answered(served_app(hostile, cloud, name)) for name in NAMES}
    cloud.reset()
    cloud.clock(**AT_ONCE)
    cloud.seed(members=MEMBERS)
    for name in NAMES:
        (folders[0] / f"host_vars/{name}/secrets.yml").unlink()
    (folders[0] / "group_vars/all/members.yml").unlink()
    (setting.folder / "again").mkdir()
    Player(setting.folder / "again", cloud.address, OWNER).playbook(
        "spiceai.cloud.bootstrap",
        args=["-i", str(folders[0]), "-e", "environment_deploy=false"],
    ).ok()
    assert hostile.ran() == []
    for name, app in cloud.apps().items():
        assert {field: app[field] for field in told[name]} == told[name]


@pytest.mark.parametrize("way", modes(MAIN_MODES, on_both_cores=["controller"]))
def test_results_of_modules(way, setting, cloud):
    """Every module that only reads, on a server that keeps nothing and on one that keeps what leads further."""
    wrong = [{"name": "Refused", "spiceai.cloud.spice_app_info": {"app_id": 999}}]
    for salt, keep in enumerate(((), KEEP_FOR_ENVIRONMENTS)):
        hostile = setting(keep=keep, salt=salt + 2 * MAIN_MODES.index(way))
        cloud.end_faults()
        cloud.fault(
            "status_before",
            "GET",
            "/v1/apps/999$",
            times=0,
            status=403,
            body={"error": "no", "code": "forbidden", "details": {"fieldErrors": {"a": ["b"]}}},
        )
        tasks = []
        for name in (name for name in MODULES if name.endswith("_info")):
            spec = module(name).SPEC.argument_spec
            parent = {"app_id": cloud.apps()[NAMES[salt]]["id"]} if "app_id" in spec else {}
            tasks += [
                {"name": name, f"spiceai.cloud.{name}": parent, "register": "done", "ignore_errors": True},
                *SHOW_RESULT,
            ]
        tasks += [{**task, "register": "done", "ignore_errors": True} for task in wrong] + SHOW_RESULT
        run = setting.play(tasks, args=["--diff", "-v"], way=way).ok()
        assert hostile.ran() == []
        assert {outcome["status"] for outcome in run.outcomes if outcome["task"] == "Refused"} == {"failed"}
        assert hostile.places["GET /v1/apps/N details.fieldErrors.a[]"]
        # The answers come as they were served.
        assert run["spice_cluster_info"]["clusters"] == hostile.served["/v1/clusters"]["clusters"]
        assert run["spice_container_image_info"]["container_images"] == hostile.served["/v1/container-images"]["images"]


@pytest.mark.both_cores
@pytest.mark.parametrize("salt", [0, 3])
def test_the_inventory_plugin(salt, setting, cloud):
    hostile = setting(keep=KEEP_NAMES, salt=salt)
    source = setting.folder / "all.spice_apps.yml"
    content = {
        "plugin": "spiceai.cloud.spice_apps",
        "with_config": True,
        "strict": True,
        "compose": {
            "words": "spice_app_description",
            "joined": "'<' ~ spice_app_description ~ '>'",
            "first_key": "'<' ~ (spice_app_tags | first) ~ '>'",
            "pod": "spice_app_config.spicepod",
            "counted": "'<' ~ (spice_app_counts | first) ~ '>'",
        },
        "groups": {"described": "spice_app_description is defined", "none": "spice_app_description == 'x'"},
        "keyed_groups": [
            {"key": "spice_app_description", "prefix": "about"},
            {"key": "spice_app_tags", "prefix": "tag"},
            {"key": "spice_app_config.spicepod.words | select('string')", "prefix": "", "separator": ""},
        ],
    }
    source.write_text(yaml.safe_dump(content))
    for args in (["--list"], ["--list", "--yaml"], ["--graph", "--vars"], ["--list", "--export"]):
        shown = setting.inventory(source, *args)
        assert all(name in shown.stdout for name in NAMES)
    tasks = [
        {
            "name": "Host",
            "ansible.builtin.debug": {
                "msg": "{{ inventory_hostname }} {{ inventory_hostname_short }} {{ group_names }} {{ groups }}"
            },
        },
        {"name": "Text", "ansible.builtin.debug": {"msg": "{{ spice_app_description }}"}},
        {
            "name": "Composed",
            "ansible.builtin.debug": {"msg": {name: f"{{{{ {name} }}}}" for name in content["compose"]}},
        },
        {"name": "Variables", "ansible.builtin.debug": {"var": "hostvars[inventory_hostname]"}},
        {"name": "Everything", "ansible.builtin.debug": {"var": "vars"}},
        {
            "name": "Items",
            "ansible.builtin.debug": {"msg": "{{ item.key }} {{ item.value }}"},
            "loop": "{{ hostvars[inventory_hostname] | dict2items }}",
        },
    ]
    run = setting.play(tasks, args=["-i", str(source), "--limit", "!localhost"]).ok()
    assert hostile.ran() == []
    assert {outcome["host"] for outcome in run.outcomes} == set(NAMES)
    for outcome in run.outcomes:
        app = served_app(hostile, cloud, outcome["host"])
        if outcome["task"] == "Text":
            assert outcome["result"]["msg"] == app["description"]
        elif outcome["task"] == "Composed":
            assert outcome["result"]["msg"]["joined"] == f"<{app['description']}>"
            assert outcome["result"]["msg"]["pod"] == app["config"]["spicepod"]
            assert outcome["result"]["msg"]["counted"] == f"<{next(iter(app['counts']))}>"
            assert outcome["result"]["msg"]["first_key"] == f"<{next(iter(app['tags']))}>"
        elif outcome["task"] == "Variables":
            told = outcome["result"]["hostvars[inventory_hostname]"]
            assert told["spice_app_config"] == app["config"]
            assert told["spice_app_tags"] == app["tags"]


@pytest.mark.both_cores
def test_names_of_apps_that_are_templates(setting, cloud):
    hostile = setting(keep=(), salt=1)
    source = setting.folder / "all.spice_apps.yml"
    source.write_text(
        yaml.safe_dump(
            {"plugin": "spiceai.cloud.spice_apps", "keyed_groups": [{"key": "spice_app_name", "prefix": "name"}]}
        )
    )
    shown = setting.inventory(source, "--list")
    assert json.loads(shown.stdout)["_meta"]["hostvars"] == {}
    assert "skipped" in shown.stderr.replace("\n", " ")
    tasks = [{"name": "Host", "ansible.builtin.debug": {"msg": "{{ inventory_hostname }} {{ groups }} {{ hostvars }}"}}]
    setting.play(tasks, args=["-i", str(source)]).ok()

    folder = setting.folder / "exported"
    run = setting.export(folder, "--diff").ok()
    assert "skipped" in run.output
    assert not (folder / "host_vars").exists()
    setting.play(tasks, args=["-i", str(folder)]).ok()
    assert hostile.ran() == []
