# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin, as ansible-inventory and a play use it."""

from __future__ import annotations

import importlib
import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET, OWNER
from ansible_collections.spiceai.cloud.tests.checks.test_export import BROKEN, SOUND, serve

pytestmark = pytest.mark.both_cores

PLUGIN = "spiceai.cloud.spice_apps"
EXAMPLE = importlib.import_module("ansible_collections.spiceai.cloud.plugins.inventory.spice_apps").EXAMPLES
APPS = [
    {
        "name": "sales-app",
        "region": "us-west-2",
        "tags": {"env": "prod", "team": "sales"},
        "visibility": "public",
        "description": "{{ 1 + 1 }}",
    },
    {"name": "shop-app", "tags": {"env": "prod"}},
    {"name": "test-app", "tags": {"env": "test", "number": "12"}, "api_key": "a key of the test app"},
]


class Inventory:
    """Runs ansible-inventory on a file with this content."""

    def __init__(self, play, folder):
        self._play, self._folder = play, folder

    def __call__(self, content=None, name="some.spice_apps.yml", env=None, args=("--list",)):
        file = self._folder / name
        file.write_text(content if isinstance(content, str) else yaml.safe_dump({"plugin": PLUGIN, **(content or {})}))
        return self._play.inventory(self._folder, file, *args, env=env)

    def read(self, *args, **more):
        run = self(*args, **more)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)


@pytest.fixture
def inventory(play, cloud, tmp_path):
    cloud.seed(apps=APPS)
    return Inventory(play, tmp_path)


def hosts(listed):
    return set(listed["_meta"]["hostvars"])


def plain(value):
    """A value without the marks that ansible-inventory shows on texts that are no templates."""
    if isinstance(value, dict):
        return (
            value["__ansible_unsafe"]
            if "__ansible_unsafe" in value
            else {key: plain(item) for key, item in value.items()}
        )
    return value


def test_the_example(inventory, cloud):
    listed = inventory.read(EXAMPLE)
    assert hosts(listed) == {"sales-app", "shop-app"}
    assert listed["region_us_west_2"]["hosts"] == ["sales-app"]
    assert set(listed["region_us_east_1"]["hosts"]) == {"shop-app"}
    assert listed["team_sales"]["hosts"] == ["sales-app"]
    assert listed["team_nobody"]["hosts"] == ["shop-app"]
    assert listed["open_to_all"]["hosts"] == ["sales-app"]
    found = listed["_meta"]["hostvars"]["sales-app"]
    assert plain(found["ansible_connection"]) == "local"
    assert plain(found["spice_app_name"]) == "sales-app"
    assert plain(found["spice_app_tags"]) == APPS[0]["tags"]
    assert plain(found["spice_runtime"]) == plain(found["spice_app_endpoint"]) != ""
    # Nothing that the API says is filled in, and the list is enough.
    assert "1 + 1" in str(found["spice_app_description"])
    assert cloud.log() == ["GET /v1/apps"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"region": "us-west-2"}, {"sales-app"}),
        ({"visibility": "private", "tags": {"env": "prod"}}, {"shop-app"}),
        ({"tags": {"number": 12}}, {"test-app"}),
        ({"tags": {"env": "none"}}, set()),
    ],
)
def test_filters(filters, found, inventory):
    assert hosts(inventory.read({"filters": filters})) == found


def test_a_list_that_tells_little_drops_nobody_who_fits(inventory, cloud):
    cloud.switches(sparse_list=True)
    listed = inventory.read({"filters": {"tags": {"env": "prod"}}})
    assert hosts(listed) == {"sales-app", "shop-app"}
    assert listed["_meta"]["hostvars"]["sales-app"]["spice_app_visibility"] is None
    # The config tells what the list does not.
    assert hosts(inventory.read({"filters": {"visibility": "public"}, "with_config": True})) == {"sales-app"}


def test_with_config_all_apps_come_in_spite_of_a_rate_limit(inventory, cloud):
    cloud.seed(apps=[{"name": f"more-app-{number:02}"} for number in range(30)])
    cloud.settings(rate_limit={"requests": 10, "per_seconds": 1})
    listed = inventory.read({"with_config": True})
    assert len(hosts(listed)) == 33
    assert all(plain(variables["spice_app_config"]) for variables in listed["_meta"]["hostvars"].values())


@pytest.mark.parametrize("with_config", [False, True])
def test_keys_in_the_answers_are_left_out(with_config, inventory, cloud):
    cloud.switches(keys_in_apps=True)
    run = inventory({"with_config": with_config})
    assert hosts(json.loads(run.stdout)) == {app["name"] for app in APPS}
    assert "api_key" not in run.stdout
    assert "a key of the test app" not in run.stdout


def test_with_config_one_broken_app_is_a_warning(inventory, cloud):
    broken = cloud.apps()["shop-app"]["id"]
    cloud.fault("status_before", "GET", f"/v1/apps/{broken}$", times=0, status=403, body={"error": "Forbidden"})
    run = inventory({"with_config": True})
    assert run.returncode == 0
    assert "App shop-app has no spice_app_config" in run.stderr
    variables = json.loads(run.stdout)["_meta"]["hostvars"]
    assert variables["sales-app"]["spice_app_config"]["replicas"] == 1
    assert "spice_app_config" not in variables["shop-app"]


def test_entries_that_are_no_hosts_are_skipped_with_a_warning(inventory, cloud, play, tmp_path):
    serve(cloud, [SOUND, *BROKEN])
    for content in ({}, {"with_config": True}, {"filters": {"tags": {"env": "prod"}}}):
        run = inventory(content)
        told = " ".join(run.stderr.split())
        assert run.returncode == 0, run.stderr
        assert hosts(json.loads(run.stdout)) == {"sound-app"}
        assert "These apps are skipped" in told
        assert "'../../escaped'" in told
        assert "and 7 more" in told
        assert "Traceback" not in told
        assert "\x1b" not in run.stderr
        assert "\u2028" not in run.stderr
        assert "x" * 100 not in told
    # An app that is another one when it is read is no other host.
    cloud.end_faults()
    cloud.fault("status_before", "GET", "/v1/apps$", times=0, status=200, body={"apps": [SOUND]})
    cloud.fault("status_before", "GET", "/v1/apps/20$", times=0, status=200, body={**SOUND, "name": "{{ 7 * 7 }}"})
    assert hosts(inventory.read({"with_config": True})) == {"sound-app"}


def test_a_prefix_names_the_hosts_and_the_organization_is_a_variable(inventory, cloud):
    found = inventory.read({"host_prefix": "acme-", "org": "acme"})
    assert hosts(found) == {"acme-" + app["name"] for app in APPS}
    variables = found["_meta"]["hostvars"]["acme-sales-app"]
    assert plain(variables["spice_app_name"]) == "sales-app"
    assert plain(variables["spice_app_org"]) == "acme"
    assert plain(inventory.read({})["_meta"]["hostvars"]["sales-app"]["spice_app_org"]) == ""


@pytest.mark.parametrize("name", ["ungrouped", "all", "localhost"])
def test_names_of_an_inventory_are_hosts_with_a_prefix_only(name, inventory, cloud):
    serve(cloud, [SOUND, {**SOUND, "id": 21, "name": name}])
    assert hosts(inventory.read({"host_prefix": "x-"})) == {"x-sound-app", f"x-{name}"}
    run = inventory({})
    assert hosts(json.loads(run.stdout)) == {"sound-app"}
    assert f"'{name}'" in run.stderr


@pytest.mark.parametrize(
    ("second", "warns"),
    [({"org": "acme"}, True), ({}, False), ({"org": "acme", "host_prefix": "b-"}, False)],
)
def test_two_sources_with_a_host_of_the_same_name(inventory, cloud, tmp_path, second, warns):
    (tmp_path / "other.spice_apps.yml").write_text(json.dumps({"plugin": PLUGIN, **second}))
    run = inventory({}, args=("-i", str(tmp_path / "other.spice_apps.yml"), "--list"))
    assert run.returncode == 0, run.stderr
    told = " ".join(run.stderr.split())
    assert ("both give the host" in told and "`host_prefix`" in told) is warns


def test_a_cache_skips_the_network(inventory, cloud, tmp_path):
    content = {
        "cache": True,
        "cache_plugin": "jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "with_config": True,
    }
    oauth = {"SPICE_CLOUD_PAT": None, "SPICE_CLOUD_CLIENT_ID": CLIENT_ID, "SPICE_CLOUD_CLIENT_SECRET": CLIENT_SECRET}
    first = inventory.read(content, env=oauth)
    # A token, the list, and each app.
    assert len(cloud.requests()) == 5
    cloud.forget()
    assert inventory.read(content, env=oauth) == first
    assert cloud.requests() == []
    # Other filters choose from the same cache; another credential has another one.
    assert hosts(inventory.read({**content, "filters": {"region": "us-west-2"}}, env=oauth)) == {"sales-app"}
    assert cloud.requests() == []
    assert inventory.read(content) == first
    assert len(cloud.requests()) == 4
    kept = "".join(path.read_text() for path in (tmp_path / "cache").iterdir())
    assert not any(secret in kept for secret in (CLIENT_SECRET, OWNER, "a key of the test app"))


def test_options_may_be_templates_and_beat_the_environment(inventory, cloud):
    content = {
        "api_token": "{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}",
        "api_url": "{{ lookup('ansible.builtin.env', 'MY_URL') }}",
    }
    env = {"SPICE_CLOUD_PAT": "wrong", "MY_TOKEN": OWNER, "MY_URL": cloud.address, "SPICE_CLOUD_API_URL": None}
    run = inventory(content, env=env, args=("--list", "-vvvv"))
    assert run.returncode == 0
    assert OWNER not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"filter": {}}, "filter is no option"),
        ({"filters": {"name": "x"}}, "filters.name is no option"),
        ({"host_prefix": "a b"}, "host_prefix takes letters"),
        ({"host_prefix": "{{ 1 }}"}, "host_prefix takes letters"),
        ({"api_token": "wrong"}, "refused the credential"),
        ({"api_url": "http://example.com"}, "must begin with https"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(content, words, inventory):
    run = inventory(content)
    assert run.returncode != 0
    assert words in run.stderr.replace("\n", " ")
    assert "some.spice_apps.yml" in run.stderr


def test_other_files_are_left_to_other_plugins(inventory, cloud):
    assert inventory(name="some.yml").returncode != 0
    assert cloud.requests() == []


def test_a_play_over_the_apps(inventory, play, cloud, tmp_path):
    (tmp_path / "all.spice_apps.yml").write_text(f"plugin: {PLUGIN}\n")
    tasks = [
        {"name": "App", "spiceai.cloud.spice_app_info": {"app_id": "{{ spice_app_id }}"}},
        {"name": "Text", "ansible.builtin.debug": {"msg": "{{ spice_app_description }}"}},
    ]
    run = play(tasks, args=["-i", str(tmp_path / "all.spice_apps.yml"), "--limit", "!localhost"]).ok()
    assert sorted(result["apps"][0]["name"] for result in run.of("App")) == ["sales-app", "shop-app", "test-app"]
    assert "{{ 1 + 1 }}" in [result.get("msg") for result in run.of("Text")]
