# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendor's API and runtime answer in forms of their own, as a playbook meets it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

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


@pytest.mark.parametrize("clears", [True, False])
def test_an_environment_is_paused_and_resumed(cloud, play, tmp_path, clears):
    cloud.clock(**AT_ONCE)
    cloud.switches(put_clears_pause=clears)
    pod = {**SPICEPOD, "datasets": []}
    app = {"name": "sales-app", "spicepod": SPICEPOD}
    steps = {
        "Deploy": {"app": app},
        "Pause": {"app": {**app, "spicepod": pod, "paused": True}},
        "Change": {"app": {**app, "paused": True}},
        "Resume": {"app": {**app, "spicepod": pod, "paused": False}},
        "Pause again": {"app": {**app, "spicepod": pod, "paused": True}},
    }
    tasks = []
    for name, options in steps.items():
        tasks.append({**environment(f"{name} in check mode", **options), "check_mode": True})
        tasks += [environment(name, **options), environment(f"{name}, again", **options)]
    run = play(tasks).ok()
    for name in steps:
        planned, done, again = (run[f"{name}{end}"] for end in (" in check mode", "", ", again"))
        assert not done["failed"], done["msg"]
        assert planned["plan"] == done["plan"] != []
        assert planned["environment"]["changed_fields"] == done["environment"]["changed_fields"]
        assert (done["changed"], again["changed"], again["plan"]) == (True, False, [])
        assert bool(done["environment"]["app"]["paused_at"]) is (name not in ("Deploy", "Resume"))
    assert run["Resume"]["environment"]["serving"]["ready"] is True
    exported = tmp_path / "exported"
    play.playbook("spiceai.cloud.export", args=["-e", json.dumps({"export_dest": str(exported)})]).ok()
    before = len(cloud.log(writes=True))
    play.playbook("spiceai.cloud.bootstrap", args=["-i", str(exported)]).ok()
    assert len(cloud.log(writes=True)) == before
    assert "paused: true" in (exported / "host_vars/sales-app/environment.yml").read_text()
    named = {"teardown_app": "sales-app", "teardown_confirm": "sales-app"}
    play.playbook("spiceai.cloud.teardown", args=["-e", json.dumps(named)]).ok()
    assert cloud.apps() == {}


@pytest.mark.parametrize(("way", "answer"), [("controller", "project_not_paused"), ("packed", "200")])
def test_an_app_is_paused_and_resumed_though_answers_get_lost(cloud, play, way, answer):
    cloud.clock(**AT_ONCE)
    cloud.switches(resume_of_running=answer)
    cloud.reset(apps=[{"name": "sales-app", "spicepod": POD, "deployed": True}])
    for path in ("/pause$", "/resume$"):
        cloud.fault("reset_after", path=path)
    tasks = []
    for state in (True, False):
        task = {"spiceai.cloud.spice_app": {"name": "sales-app", "paused": state}}
        tasks.append({"name": f"{state} planned", **task, "check_mode": True})
        tasks += [{"name": str(state), **task}, {"name": f"{state} again", **task}]
    run = play(tasks, way=way).ok()
    assert cloud.unfired() == []
    for state in ("True", "False"):
        assert [run[f"{state}{end}"]["changed"] for end in (" planned", "", " again")] == [True, True, False]
        planned, done = (run[f"{state}{end}"]["app"] for end in (" planned", ""))
        assert bool(planned["paused_at"]) is bool(done["paused_at"]) is (state == "True")
    assert run["False"]["deployment"]["status"] == run["False planned"]["deployment"]["status"] == "succeeded"
    assert [entry.rpartition("/")[2] for entry in cloud.log(writes=True)] == ["pause", "resume"]


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
