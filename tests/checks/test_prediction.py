# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode predicts is what the real run then does, and the run after that changes nothing: for every field."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import FIELDS
from ansible_collections.spiceai.cloud.tests.checks.seeds import SPICEPOD

OTHER_SPICEPOD = {
    **SPICEPOD,
    "datasets": [
        {"from": "s3://bucket/orders/", "name": "orders"},
        {"from": "s3://bucket/customers/", "name": "customers"},
    ],
}

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
    "resources": (
        {"limits": {"cpu": "2", "memory": "4Gi"}},
        {"limits": {"cpu": 4, "memory": "8Gi"}, "requests": {"cpu": 1, "memory": "1Gi"}},
        {},
    ),
    "executor": ({"replicas": 1}, {"replicas": 2, "resources": {"limits": {"cpu": 2}}, "storage_size_gb": 20}, {}),
    "node_group": ("blue", "green", ""),
    "storage_size_gb": (10, 20.5),
}


class Scenario(NamedTuple):
    """``before``: the seeded app, None for none. ``options``: of the task."""

    before: dict | None
    options: dict


def scenarios():
    """dict[str, Scenario]: by the name of the scenario, which is the name of its app."""
    # All fields but the cluster, which excludes the other placements.
    full = {field: values[0] for field, values in VALUES.items() if field != "cluster_name"}
    seed = {**full, "tags": {**full["tags"], "ansible.own": "kept"}}
    found = {
        "create-minimal": Scenario(None, {}),
        "create-in-a-region": Scenario(None, {"region": "us-east-1"}),
        "create-in-another-region": Scenario(None, {"region": "us-west-2"}),
        "create-by-cname": Scenario(None, {"cname": "us-west-2-prod-aws-data"}),
        "create-standalone": Scenario(None, {"standalone": True}),
        "create-on-a-cluster": Scenario(None, {"cluster_name": "acme-prod-west"}),
        "create-with-everything": Scenario(None, full),
        "create-with-empty-values": Scenario(None, {"description": "", "registry": "", "tags": {}}),
        "nothing-asked": Scenario(seed, {}),
        "everything-is-there": Scenario(seed, full),
        "everything-changes": Scenario(seed, {field: VALUES[field][1] for field in full}),
        "tags-purge": Scenario(seed, {"tags": {"env": "prod", "new": "tag"}, "purge_tags": True}),
        "tags-clear": Scenario(seed, {"tags": {}, "purge_tags": True}),
        "tags-merge-of-none": Scenario({}, {"tags": {"first": "one"}}),
        "tags-empty-merge": Scenario(seed, {"tags": {}}),
        "spicepod-as-text": Scenario(
            seed,
            {
                "spicepod": "kind: Spicepod\nname: sales-analytics\nversion: v1\ndatasets:\n- {name: orders, from: 's3://b/o'}\n"
            },
        ),
        "spicepod-of-the-same-meaning": Scenario(seed, {"spicepod": "# as before\n" + yaml_of(SPICEPOD)}),
        "first-spicepod": Scenario({}, {"spicepod": SPICEPOD}),
        "move-to-a-cluster": Scenario({"region": "us-west-2"}, {"cluster_name": "acme-prod-west"}),
        "delete": Scenario(seed, {"state": "absent"}),
        "delete-what-is-not-there": Scenario(None, {"state": "absent"}),
    }
    for field, values in VALUES.items():
        before = {field: values[0]} if field == "cluster_name" else seed
        name = field.replace("_", "-")
        found[f"change-{name}"] = Scenario(before, {field: values[1]})
        if len(values) == 3:
            found[f"clear-{name}"] = Scenario(before, {field: values[2]})
    return found


def yaml_of(spicepod):
    """The spicepod as YAML text with its keys in another order."""
    datasets = "".join(
        f"  - {{name: {dataset['name']}, from: '{dataset['from']}'}}\n" for dataset in spicepod["datasets"]
    )
    return f'datasets:\n{datasets}name: "{spicepod["name"]}"\nkind: Spicepod\nversion: v1\n'


# What only the server can make. The defaults are those of a new app, where it also repeats the size of the storage
# under its older name.
SERVER_MADE = {"id", "created_at", "endpoint", "kind", "cluster_id", "warning", "forked_from", "cname", "config.region"}
SERVER_DEFAULTS = {"config.update_channel", "config.replicas", "config.storage_claim_size_gb"}
OF_A_CLUSTER = {"region"}


@pytest.mark.parametrize("switches", [{}, {"absent_nulls": True, "empty_as_null": True, "config_in_writes": False}])
def test_prediction_is_what_happens_and_then_holds(switches, play, cloud):
    table = scenarios()
    cloud.reset(
        apps=[{"name": name, **scenario.before} for name, scenario in table.items() if scenario.before is not None]
    )
    cloud.switches(**switches)
    tasks = [
        {"name": name, "spiceai.cloud.spice_app": {"name": name, **scenario.options}}
        for name, scenario in table.items()
    ]
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


def differences(scenario, planned, done):
    """list[str]: where the prediction was wrong."""
    found = []
    for key in ("changed", "changed_fields", "deployment_required"):
        if planned.get(key) != done.get(key):
            found.append(f"{key}: {planned.get(key)} became {done.get(key)}")
    if without_ids(planned["diff"]) != without_ids(done["diff"]):
        found.append(f"diff: {planned['diff']} became {done['diff']}")
    unknowable = (
        SERVER_MADE
        | (SERVER_DEFAULTS if scenario.before is None else set())
        | (OF_A_CLUSTER if "cluster_name" in scenario.options else set())
    )
    found += [
        "config is missing"
        for result in (planned, done)
        if "app" in result and not isinstance(result["app"].get("config"), dict)
    ]
    predicted, real = flat(planned.get("app")), flat(done.get("app"))
    for key in sorted(set(predicted) | set(real)):
        if predicted.get(key) != real.get(key) and key not in unknowable:
            found.append(f"{key}: {predicted.get(key)} became {real.get(key)}")
    if scenario.before is None and any(
        predicted.get(f"config.{field}") not in (None, real.get(f"config.{field}"))
        for field in ("update_channel", "replicas")
    ):
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
    assert set(VALUES) == {field.name for field in FIELDS}
    assert {f"change-{field.replace('_', '-')}" for field in VALUES} <= set(scenarios())
