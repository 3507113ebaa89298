# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode predicts is what the real run then does, and the run after that changes nothing: for every field, in every state of the API."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import CONFIG_FIELDS, TOP_FIELDS
from ansible_collections.spiceai.cloud.tests.checks.simulator import NEWEST, PROFILES
from ansible_collections.spiceai.cloud.tests.checks.worlds import SPICEPOD

OTHER_SPICEPOD = {**SPICEPOD, "datasets": [{"from": "s3://bucket/orders/", "name": "orders"}, {"from": "s3://bucket/customers/", "name": "customers"}]}

# Every field with a value, another value, and (where it can be cleared) an empty one.
VALUES = {
    "description": ("Orders", "Orders and customers", ""),
    "visibility": ("private", "public"),
    "tags": ({"env": "prod", "team": "sales"}, {"env": "test", "count": 5, "own": True}),
    "production_branch": ("main", "release", ""),
    "cluster_name": ("acme-prod-west", "acme-prod-east"),
    "spicepod": (SPICEPOD, OTHER_SPICEPOD),
    "registry": ("registry.example.com", "registry.example.org", ""),
    "image": ("spiceai/spiceai", "example/spiceai", ""),
    "image_tag": ("2.0.3", "2.1.0", ""),
    "update_channel": ("stable", "preview"),
    "version": ("1.x", "2.x", ""),
    "replicas": (1, 3),
    "resources": ({"limits": {"cpu": "2", "memory": "4Gi"}}, {"limits": {"cpu": 4, "memory": "8Gi"}, "requests": {"cpu": 1, "memory": "1Gi"}}, {}),
    "executor": ({"replicas": 1}, {"replicas": 2, "resources": {"limits": {"cpu": 2}}, "storage_size_gb": 20}, {}),
    "node_group": ("blue", "green", ""),
    "storage_size_gb": (10, 20.5),
}
# The first profile that knows a field, or knows how to clear it.
SINCE = {"cluster_name": "2026-07", "version": "2026-07", "resources": "2026-03", "executor": "2026-03", "clear image_tag": "2026-10"}


class Scenario(NamedTuple):
    """``before``: the seeded app, None for none. ``options``: of the task. ``since``: the first profile that can do this."""

    before: dict | None
    options: dict
    since: str = PROFILES[0]


def everything(profile):
    """All fields that this profile knows, without a cluster, which excludes the other placements."""
    return {field: values[0] for field, values in VALUES.items() if SINCE.get(field, PROFILES[0]) <= profile and field != "cluster_name"}


def scenarios(profile):
    """dict[str, Scenario]: by the name of the scenario, which is the name of its app."""
    full = everything(profile)
    seed = {**full, "tags": {**full["tags"], "ansible.own": "kept"}}
    found = {
        "create-minimal": Scenario(None, {}),
        "create-in-a-region": Scenario(None, {"region": "us-east-1"}, "2026-03"),
        "create-in-another-region": Scenario(None, {"region": "us-west-2"}, "2026-03"),
        "create-by-cname": Scenario(None, {"cname": "us-west-2-prod-aws-data"}, "2026-03"),
        "create-standalone": Scenario(None, {"standalone": True}, "2026-10"),
        "create-on-a-cluster": Scenario(None, {"cluster_name": "acme-prod-west"}, "2026-07"),
        "create-with-everything": Scenario(None, full),
        "create-with-empty-values": Scenario(None, {"description": "", "registry": "", "tags": {}}),
        "nothing-asked": Scenario(seed, {}),
        "everything-is-there": Scenario(seed, full),
        "everything-changes": Scenario(seed, {field: VALUES[field][1] for field in full}),
        "tags-purge": Scenario(seed, {"tags": {"env": "prod", "new": "tag"}, "purge_tags": True}),
        "tags-clear": Scenario(seed, {"tags": {}, "purge_tags": True}),
        "tags-merge-of-none": Scenario({}, {"tags": {"first": "one"}}),
        "tags-empty-merge": Scenario(seed, {"tags": {}}),
        "spicepod-as-text": Scenario(seed, {"spicepod": "kind: Spicepod\nname: sales-analytics\nversion: v1\ndatasets:\n- {name: orders, from: 's3://b/o'}\n"}),
        "spicepod-of-the-same-meaning": Scenario(seed, {"spicepod": "# as before\n" + yaml_of(SPICEPOD)}),
        "first-spicepod": Scenario({}, {"spicepod": SPICEPOD}),
        "move-to-a-cluster": Scenario({"region": "us-west-2"}, {"cluster_name": "acme-prod-west"}, "2026-07"),
        "delete": Scenario(seed, {"state": "absent"}),
        "delete-what-is-not-there": Scenario(None, {"state": "absent"}),
    }
    for field, values in VALUES.items():
        before = {field: values[0]} if field == "cluster_name" else seed
        name = field.replace("_", "-")
        found[f"change-{name}"] = Scenario(before, {field: values[1]}, SINCE.get(field, PROFILES[0]))
        if len(values) == 3:
            found[f"clear-{name}"] = Scenario(before, {field: values[2]}, SINCE.get(f"clear {field}", SINCE.get(field, PROFILES[0])))
    return {name: scenario for name, scenario in found.items() if scenario.since <= profile}


def yaml_of(spicepod):
    """The spicepod as YAML text with its keys in another order."""
    datasets = "".join(f"  - {{name: {dataset['name']}, from: '{dataset['from']}'}}\n" for dataset in spicepod["datasets"])
    return f'datasets:\n{datasets}name: "{spicepod["name"]}"\nkind: Spicepod\nversion: v1\n'


# What only the server can make. The defaults are those of a new app, where it also repeats the size of the storage under its older name.
SERVER_MADE = {"id", "created_at", "endpoint", "kind", "cluster_id", "warning", "forked_from", "cname", "config.region"}
SERVER_DEFAULTS = {"config.update_channel", "config.replicas", "config.storage_claim_size_gb"}
OF_A_CLUSTER = {"region"}


@pytest.mark.parametrize("profile", [profile for profile in PROFILES if profile < "2026-10"])
def test_a_standalone_app_where_the_api_knows_none(profile, play, cloud):
    cloud.reset(profile)
    tasks = [{"name": "create", "spiceai.cloud.spice_app": {"name": "lone-app", "standalone": True}, "ignore_errors": True}]
    plan, done = (play(tasks, args=["--diff", *args]).ok() for args in (["--check"], []))
    if profile == "2025-12":
        # It chooses the place of every app itself.
        assert plan["create"]["diff"]["after"] == done["create"]["diff"]["after"] == "name: lone-app\nregion: us-east-1\n"
        assert [warning.replace("would put", "put") for warning in plan.warnings()] == done.warnings() and len(done.warnings()) == 1
        return
    assert done["create"]["failed"] and "creates no standalone app: give `region` in place of `standalone`" in done["create"]["msg"]
    assert cloud.apps() == {}
    # That one of two placements is needed is said by no document of 2026-07, so its plan cannot know.
    assert plan["create"].get("failed", False) == (profile == "2026-03")


@pytest.mark.parametrize("profile", PROFILES)
def test_prediction_is_what_happens_and_then_holds(profile, play, cloud):
    table = scenarios(profile)
    cloud.reset(profile, apps=[{"name": name, **scenario.before} for name, scenario in table.items() if scenario.before is not None])
    tasks = [{"name": name, "spiceai.cloud.spice_app": {"name": name, **scenario.options}} for name, scenario in table.items()]
    plan = play(tasks, args=["--diff", "--check"]).ok()
    assert cloud.log(writes=True) == []
    done = play(tasks, args=["--diff"]).ok()
    cloud.forget()
    again = play(tasks, args=["--diff"]).ok()
    assert cloud.log(writes=True) == []
    assert plan.warnings() == done.warnings() == again.warnings() == []

    wrong = {}
    for name, scenario in table.items():
        complaints = differences(scenario, plan[name], done[name])
        if again[name]["changed"] or again[name]["diff"]["before"] != again[name]["diff"]["after"]:
            complaints.append(f"is not idempotent: {again[name]['diff']}")
        if complaints:
            wrong[name] = complaints
    assert wrong == {}


@pytest.mark.parametrize("placement", [{"region": "us-west-2"}, {"cname": "us-west-2-prod-aws-data"}, {"cluster_name": "acme-prod-west"}])
@pytest.mark.parametrize("profile", PROFILES[:2])
def test_a_placement_that_the_server_does_not_know_is_refused_in_the_plan_too(placement, profile, play, cloud):
    cloud.reset(profile)
    tasks = [{"name": "App", "spiceai.cloud.spice_app": {"name": "sales-app", **placement}}]
    plan, done = play(tasks, args=["--check"]), play(tasks)
    known = profile == "2026-03" and "cluster_name" not in placement
    assert (plan.rc == 0, done.rc == 0) == (known, known)
    assert known or next(iter(placement)) in plan["App"]["msg"]


def differences(scenario, planned, done):
    """list[str]: where the prediction was wrong."""
    found = []
    for key in ("changed", "changed_fields", "deployment_required"):
        if planned.get(key) != done.get(key):
            found.append(f"{key}: {planned.get(key)} became {done.get(key)}")
    if without_ids(planned["diff"]) != without_ids(done["diff"]):
        found.append(f"diff: {planned['diff']} became {done['diff']}")
    unknowable = SERVER_MADE | (SERVER_DEFAULTS if scenario.before is None else set()) | (OF_A_CLUSTER if "cluster_name" in scenario.options else set())
    found += ["config is missing" for result in (planned, done) if "app" in result and not isinstance(result["app"].get("config"), dict)]
    predicted, real = flat(planned.get("app")), flat(done.get("app"))
    for key in sorted(set(predicted) | set(real)):
        if predicted.get(key) != real.get(key) and key not in unknowable:
            found.append(f"{key}: {predicted.get(key)} became {real.get(key)}")
    if scenario.before is None and any(predicted.get(f"config.{field}") not in (None, real.get(f"config.{field}")) for field in ("update_channel", "replicas")):
        found.append("a default of the server replaced what was asked for")
    return found


def without_ids(diff):
    return {key: re.sub(r" \(id \d+\)", "", text) for key, text in diff.items()}


def flat(app):
    """The fields of an app, those of its config as ``config.<field>``. What is empty, null or absent means the same."""
    app = dict(app or {})
    fields = {**{f"config.{key}": value for key, value in (app.pop("config", None) or {}).items()}, **app}
    return {key: value for key, value in fields.items() if value not in (None, "", {})}


def test_the_table_knows_every_field():
    assert set(VALUES) == set(TOP_FIELDS + CONFIG_FIELDS)
    names = scenarios(NEWEST)
    assert {f"change-{field.replace('_', '-')}" for field in VALUES} <= set(names)
