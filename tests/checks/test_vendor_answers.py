# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendor's API and runtime answer in forms of their own, as a playbook meets it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

pytestmark = pytest.mark.one_core

NAMES = ("Sales.Customer", "my-table", "2022_orders", 'shop."line.item"', "Public.Events")
POD = {
    **SPICEPOD,
    "datasets": [{"from": f"postgres:public.t{number}", "name": name} for number, name in enumerate(NAMES)],
    "models": [{"from": "openai:gpt-5", "name": "assistant"}],
    "views": [{"name": "Rich_Customers", "sql": "SELECT * FROM sales.customer"}],
}
VERIFY = {
    "models": True,
    "timeout": 20,
    "sql": [
        {"query": "SELECT count(*) AS n FROM rich_customers", "expect": 3},
        {"query": "SELECT count(*) AS n FROM Sales.CUSTOMER", "expect": 3},
        {"query": 'SELECT * FROM shop."line.item" LIMIT 1', "expect": {"id": 1}},
    ],
}


def environment(name, **options):
    return {"name": name, "spiceai.cloud.spice_environment": options, "ignore_errors": True}


@pytest.mark.parametrize("sql_rows", ["list", "envelope"])
def test_an_environment_is_verified_by_the_names_of_the_runtime(cloud, play, sql_rows):
    cloud.clock(**AT_ONCE)
    cloud.switches(sql_rows=sql_rows)
    options = {"app": {"name": "sales-app", "spicepod": POD}, "verify": VERIFY}
    run = play([environment("First", **options), environment("Again", **options)]).ok()
    assert not run["First"]["failed"], run["First"]["msg"]
    assert not run["Again"]["failed"], run["Again"]["msg"]
    assert (run["First"]["changed"], run["Again"]["changed"]) == (True, False)
    serving = run["Again"]["environment"]["serving"]
    assert [part["name"] for part in serving["datasets"]] == [
        "sales.customer",
        '"my-table"',
        '"2022_orders"',
        'shop."line.item"',
        "public.events",
    ]
    assert serving["models"] == [
        {"name": "assistant", "from": "openai:gpt-5", "status": "Ready", "error_message": None}
    ]
    assert run["Again"]["elapsed"] < 20


def test_a_dataset_in_error_is_found_by_its_name_too(cloud, play):
    cloud.clock(**AT_ONCE)
    cloud.reset(
        apps=[{"name": "sales-app", "spicepod": POD, "deployed": True, "dataset_errors": {"my-table": "no access"}}]
    )
    info = {"name": "Look", "spiceai.cloud.spice_runtime_info": {"app": "sales-app", "wait": True}}
    run = play([{**info, "ignore_errors": True}]).ok()
    assert "dataset my-table is in Error: no access" in run["Look"]["msg"]


def test_a_paused_app_is_told_at_once(cloud, play):
    cloud.clock(**AT_ONCE)
    cloud.reset(apps=[{"name": "sales-app", "spicepod": POD, "deployed": True, "paused": True}])
    since = cloud.apps()["sales-app"]["paused_at"]
    app = {"name": "sales-app", "spicepod": POD}
    names = {
        "Environment": {"spice_environment": {"app": app}},
        "Changed": {"spice_environment": {"app": {**app, "description": "d"}, "secrets": {"A": "value"}}},
        "Deployment": {"spice_deployment": {"app": "sales-app"}},
        "Waiting": {"spice_runtime_info": {"app": "sales-app", "wait": True}},
        "Query": {"spice_sql_query": {"app": "sales-app", "query": "SELECT 1"}},
        "Look": {"spice_runtime_info": {"app": "sales-app"}},
    }
    tasks = [
        {"name": name, "ignore_errors": True, **{f"spiceai.cloud.{key}": value for key, value in task.items()}}
        for name, task in names.items()
    ]
    run = play(tasks).ok()
    for name in names:
        told = run[name]["msg"] if name != "Look" else " ".join(run.warnings())
        assert f"App sales-app has been paused since {since}" in " ".join(told.split()), name
    assert not run["Look"]["failed"]
    assert run["Look"]["runtime"]["ready"] is False
    assert cloud.log(writes=True) == []
    assert cloud.log(path="^/runtime/") == []


@pytest.mark.parametrize("kind", ["string", "number"])
def test_who_deployed_is_told_as_it_is(cloud, play, tmp_path, kind):
    cloud.clock(**AT_ONCE)
    cloud.switches(created_by=kind)
    options = {"app": {"name": "sales-app", "spicepod": POD}, "deployment": {"replicas": 2}}
    run = play(
        [
            environment("Environment", **options),
            {"name": "Deploy", "spiceai.cloud.spice_deployment": {"app": "sales-app", "replicas": 2}},
            {"name": "Look", "spiceai.cloud.spice_deployment_info": {"app": "sales-app"}},
        ]
    ).ok()
    assert not run["Environment"]["failed"], run["Environment"]["msg"]
    told = [
        run["Environment"]["environment"]["deployment"]["created_by"],
        run["Deploy"]["deployment"]["created_by"],
        run["Look"]["deployments"][0]["created_by"],
    ]
    assert len(set(told)) == 1
    assert isinstance(told[0], int) is (kind == "number")
    exported = tmp_path / "exported"
    play.playbook("spiceai.cloud.export", args=["-e", json.dumps({"export_dest": str(exported)})]).ok()
    files = [path.read_text() for path in exported.rglob("*.yml")]
    assert files
    assert not any("created_by" in text for text in files)
