# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One report of several, and the task that prints and writes it."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace

import pytest
from ansible_collections.spiceai.cloud.plugins.action import spice_fleet_report
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_merge import (
    MAX_NAMED,
    brief,
    checked,
    merged,
    of_fleets,
    updated,
)
from ansible_collections.spiceai.cloud.tests.unit.test_fleet_report import app, batch, summary

API = {"requests": 7, "writes": 0, "retries": 0, "throttled": 1, "paced_seconds": 0.5}
DEPLOYED = {"id": 5001, "status": "succeeded", "error_message": None, "error_code": None}
RUNS = {
    "runs": "2.0.3",
    "deployment": DEPLOYED,
    "up_to_date": True,
    "reason": None,
    "paused": False,
    "paused_at": None,
    "serving": None,
}


def fleet(*apps, org=None, errors=None):
    listed = [{**RUNS, "id": hash((org, one["name"])), **one} for one in apps]
    return {"org": org, "apps": listed, "errors": errors or {}, "api": API}


def slice_of(number, *apps, **fields):
    return summary(*apps, **{"requests": 10, "writes": 2, "versions": {"2.1.0": len(apps)}, **fields})


def results(report):
    return {one["name"]: one["result"] for one in report["apps"]}


# -- several reports --------------------------------------------------------------------------------------------------


def test_slices_become_one():
    one = slice_of(1, app("a", "changed"), app("c", "changed"), batches=[batch("canary", apps=1, changed=1, seconds=5)])
    other = slice_of(
        2,
        app("b", "failed", reason="no"),
        app("d", "not_reached"),
        state="stopped",
        reason="1 of 0 tolerated failures",
        batches=[batch("canary", apps=2, failed=1, seconds=9.5), batch("1", apps=1)],
    )
    report = merged([one, other])
    assert results(report) == {"a": "changed", "c": "changed", "b": "failed", "d": "not_reached"}
    assert (report["run"], report["change"], report["state"]) == ("awx-4711", "image_tag 2.1.0", "stopped")
    assert report["reason"] == "1 of 0 tolerated failures (in 1 of 2 reports)"
    assert report["batches"] == [batch("canary", apps=3, changed=1, failed=1, seconds=9.5), batch("1", apps=1)]
    assert (report["requests"], report["writes"], report["versions"]) == (20, 4, {"2.1.0": 4})
    assert "counts" not in report


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["finished", "paused"], "paused"),
        (["paused", "stopped", "finished"], "stopped"),
        (["planned", "finished"], "finished"),
        (["planned", "planned"], "planned"),
    ],
)
def test_the_worst_state_counts(states, expected):
    assert merged([slice_of(number, app(f"a{number}"), state=state) for number, state in enumerate(states)])[
        "state"
    ] == (expected)


def test_of_the_same_app_the_last_report_counts_and_a_plan_beside_a_run_does_not():
    planned = slice_of(0, app("a", "would_change"), app("b", "would_change"), state="planned")
    first = slice_of(1, app("a", "failed"), app("b", "not_reached", version="2.0.3"))
    second = slice_of(2, app("a", "changed", version="2.1.0"), app("b", "changed", version="2.1.0"))
    third = slice_of(3, app("b", "not_reached"))
    report = merged([planned, first, second, third])
    assert results(report) == {"a": "changed", "b": "changed"}
    assert report["versions"] == {"2.1.0": 2}
    assert report["requests"] == 40


def test_equal_names_of_two_organizations_stay_apart():
    report = merged([slice_of(1, app("shop", "changed", org="acme")), slice_of(2, app("shop", "failed", org="globex"))])
    assert [(one["org"], one["result"]) for one in report["apps"]] == [("acme", "changed"), ("globex", "failed")]


def test_what_a_job_keeps_is_short_and_still_counts():
    many = slice_of(1, *(app(f"a{n}", "failed") for n in range(60)), *(app(f"b{n}", "changed") for n in range(900)))
    kept = brief(many)
    assert len(kept["apps"]) == MAX_NAMED
    assert kept["counts"] == {"failed": 60, "changed": 900}
    assert len(json.dumps(kept)) < 20_000
    both = merged([kept, brief(slice_of(2, app("z", "rollback_failed")))])
    assert both["counts"] == {"failed": 60, "changed": 900, "rollback_failed": 1}
    assert brief(both)["apps"][0]["name"] == "z"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "odd"}, "state"),
        ({"run": None}, "run"),
        ({"apps": {}}, "apps"),
        ({"apps": [{"name": "a", "result": "odd"}]}, "apps"),
        ({"apps": ["a"]}, "apps"),
        ({"batches": [{"name": "1", "apps": "x"}]}, "batches"),
        ({"versions": {"a": "b"}}, "versions"),
        ({"counts": {"failed": None}}, "counts"),
        ({"requests": "many"}, "requests"),
    ],
)
def test_what_is_no_report_is_refused(change, field):
    with pytest.raises(InvalidOption, match=f"x.json is no report of a fleet, because of its `{field}`"):
        checked({**summary(app("a")), **change}, "x.json")


@pytest.mark.parametrize("value", [None, [], "x", 7])
def test_another_value_is_no_report_either(value):
    with pytest.raises(InvalidOption, match="no report"):
        checked(value, "x.json")


# -- what runs now ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "error", "expected"),
    [
        ({}, None, ("unchanged", "")),
        (
            {"up_to_date": None, "reason": "deployed by other means"},
            None,
            ("unchanged", "deployed by other means"),
        ),
        ({"up_to_date": False, "reason": "other config"}, None, ("would_change", "other config")),
        (
            {"deployment": {**DEPLOYED, "status": "failed", "error_message": "no room"}, "up_to_date": False},
            None,
            ("failed", "deployment 5001 failed: no room"),
        ),
        ({"paused": True, "runs": None, "serving": False}, None, ("held", "it is paused")),
        ({"serving": False}, None, ("failed", "its runtime is not ready")),
        ({"up_to_date": None}, "403", ("failed", "403")),
    ],
)
def test_each_app_is_judged(one, error, expected):
    report = of_fleets([fleet({"name": "shop", **one}, errors={"shop": error} if error else {})])
    found = report["apps"][0]
    assert (found["result"], found["reason"]) == expected
    assert checked(report, "it") == report


def test_two_organizations():
    report = of_fleets([fleet({"name": "shop"}, org="acme"), fleet({"name": "shop", "runs": None}, {"name": "b"})])
    assert list(results(report)) == ["shop (acme)", "shop (default organization)", "b"]
    assert report["versions"] == {"2.0.3": 2, "none": 1}
    assert (report["requests"], report["throttled"], report["paced_seconds"]) == (14, 2, 1.0)


def test_an_organization_that_is_read_twice_counts_once():
    report = of_fleets([fleet({"name": "shop", "id": 7}, {"name": "a"}, org="acme"), fleet({"name": "shop", "id": 7})])
    assert [(one["name"], one["org"]) for one in report["apps"]] == [("shop", "acme"), ("a", "acme")]
    assert report["versions"] == {"2.0.3": 2}


def test_a_run_with_the_versions_that_run_now():
    run = slice_of(1, app("acme-shop", "rolled_back", app="shop", org="acme", version="2.1.0", reason="no"))
    now = of_fleets([fleet({"name": "shop"}, {"name": "new"}, org="acme"), fleet({"name": "shop"}, org="globex")])
    report = updated({**run, "counts": {"rolled_back": 1}}, now)
    assert [(one["name"], one["org"], one["result"], one["version"]) for one in report["apps"]] == [
        ("acme-shop", "acme", "rolled_back", "2.0.3"),
        ("new", "acme", "unchanged", "2.0.3"),
        ("shop (globex)", "globex", "unchanged", "2.0.3"),
    ]
    assert (report["versions"], report["requests"], report["change"]) == ({"2.0.3": 3}, 24, "image_tag 2.1.0")
    assert "counts" not in report


# -- the task ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def report(tmp_path):
    """Runs the task; what it prints is in `shown`."""

    def run(check_mode=False, task_vars=None, **args):
        task = SimpleNamespace(args=args, check_mode=check_mode, async_val=0, diff=False, action="spice_fleet_report")
        connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
        plugin = spice_fleet_report.ActionModule(task, connection, None, None, None, None)
        shown = []
        plugin._display = SimpleNamespace(display=shown.append, columns=100)
        return {**plugin.run(task_vars=task_vars or {}), "shown": "\n".join(shown)}

    return run


REPORT = summary(app("a", "changed"), app("b", "failed", reason="no"), state="stopped", reason="too many")


def test_it_prints_writes_and_keeps(report, tmp_path):
    dest = tmp_path / "new" / "report"
    result = report(summary=REPORT, dest=str(dest), task_vars={"awx_job_id": 4711})
    assert result["changed"]
    assert result["shown"].splitlines() == result["table"]
    assert result["table"][0].endswith("stopped: too many")
    assert json.loads((dest / "report.json").read_text()) == REPORT
    assert (dest / "report.md").read_text().startswith("# Fleet\n")
    assert (dest / "report.csv").read_bytes().count(b"\r\n") == 3
    assert {path.name for path in dest.iterdir()} == {"report.json", "report.md", "report.csv"}
    kept = result["ansible_stats"]["data"]
    assert set(kept) == {"fleet_report", "fleet_report_4711"}
    assert kept["fleet_report"] == kept["fleet_report_4711"] == result["summary"]
    assert [one["name"] for one in result["summary"]["apps"]] == ["b"]
    again = report(summary=REPORT, dest=str(dest))
    assert not again["changed"]
    assert {file["outcome"] for file in again["files"]} == {"unchanged"}


def test_check_mode_writes_no_file(report, tmp_path):
    result = report(check_mode=True, summary=REPORT, dest=str(tmp_path / "report"))
    assert result["changed"]
    assert [file["outcome"] for file in result["files"]] == ["created"] * 3
    assert list(tmp_path.iterdir()) == []


def test_without_a_directory_there_is_no_file(report, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert report(summary=REPORT)["files"] == []
    assert list(tmp_path.iterdir()) == []


def test_reports_are_read(report, tmp_path):
    for number in range(2):
        (tmp_path / f"{number}").mkdir()
        other = copy.deepcopy(REPORT)
        other["apps"] = [app(f"a{number}", "failed", reason="no")]
        (tmp_path / f"{number}" / "report.json").write_text(json.dumps(other))
    kept = brief(summary(app("z", "held")))
    result = report(reports=[str(tmp_path / "0" / "report.json"), str(tmp_path / "1"), kept])
    assert result["summary"]["counts"] == {"failed": 2, "held": 1}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "There is nothing to report: give `summary`, `reports` or `fleets`."),
        ({"summary": {"run": "x"}}, "`summary` is no report of a fleet"),
        ({"fleets": [{"apps": []}]}, "results of spiceai.cloud.spice_fleet_info"),
        ({"reports": ["nowhere/report.json"]}, "nowhere/report.json of `reports` cannot be read: No such file"),
        ({"reports": ["{here}/broken.json"]}, "broken.json of `reports` is no JSON"),
        ({"summary": REPORT, "dest": "{here}/broken.json"}, "report.json cannot be written: Not a directory"),
    ],
)
def test_what_it_cannot_do_it_says(report, tmp_path, args, words):
    (tmp_path / "broken.json").write_text("{")
    args = {
        name: value.replace("{here}", str(tmp_path))
        if isinstance(value, str)
        else [one.replace("{here}", str(tmp_path)) if isinstance(one, str) else one for one in value]
        if isinstance(value, list)
        else value
        for name, value in args.items()
    }
    result = report(**args)
    assert result["failed"]
    assert words in result["msg"]
    assert "ansible_stats" not in result
