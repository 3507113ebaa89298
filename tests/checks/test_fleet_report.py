# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook fleet_report: who runs what, in several organizations, together with the reports of runs before it."""

from __future__ import annotations

import csv
import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.checks.seeds import SPICEPOD

GLOBEX = "sim-pat-globex"
SHOP = {"name": "shop-app", "spicepod": SPICEPOD, "deployed": True}
APPS = [
    {**SHOP, "image_tag": "2.0.3"},
    {"name": "paused-app", "paused": True},
    {**SHOP, "org": "globex", "image_tag": "2.1.0"},
]
TENANTS = {
    "acme": {"hosts": {"a1": {}, "a2": {}}, "vars": {"fleet_org": "acme"}},
    "globex": {"hosts": {"g1": {}, "g2": {}}, "vars": {"fleet_org": "globex", "fleet_api_token": GLOBEX}},
}
FINISHED = {"run": "r", "change": "image_tag 2.1.0", "state": "finished", "reason": "", "batches": [], "versions": {}}
NUMBERS = {"requests": 5, "writes": 2, "throttled": 0, "paced_seconds": 0}


@pytest.fixture
def report(play, cloud, tmp_path):
    """Runs the playbook for an inventory of two organizations."""
    cloud.seed(apps=APPS)

    def run(*args, tenants=None, fleet_hosts="acme:globex", **variables):
        inventory = tmp_path / "tenants.yml"
        inventory.write_text(yaml.safe_dump({"all": {"children": tenants or TENANTS}}))
        given = {"fleet_hosts": fleet_hosts, "fleet_report_dest": str(tmp_path / "report"), **variables}
        return play.playbook("spiceai.cloud.fleet_report", ["-i", str(inventory), "-e", json.dumps(given), *args])

    return run


def test_each_organization_is_read_once_and_only_read(report, cloud, tmp_path):
    run = report().ok()
    assert len(cloud.requests(path="^/v1/apps$")) == 2
    assert cloud.log(writes=True) == []
    told = json.loads((tmp_path / "report/report.json").read_text())
    assert [(app["name"], app["org"], app["version"]) for app in told["apps"]] == [
        ("paused-app", "acme", None),
        ("shop-app (acme)", "acme", "2.0.3"),
        ("shop-app (globex)", "globex", "2.1.0"),
    ]
    assert "held because: it is paused (paused-app)" in run.output
    assert "versions: 2.0.3 (1), 2.1.0 (1), none (1)" in run.output
    rows = list(csv.DictReader((tmp_path / "report/report.csv").open(newline="")))
    assert [row["org"] for row in rows] == ["acme", "acme", "globex"]
    assert GLOBEX not in run.output


def test_an_organization_that_cannot_be_read_hides_no_other(report, tmp_path):
    broken = {"globex": {"hosts": {"g1": {}}, "vars": {"fleet_org": "globex", "fleet_api_token": "nobody"}}}
    run = report(tenants={**TENANTS, **broken})
    assert run.rc == 2
    assert run.recap()["g1"]["failed"] == 1
    assert "The API refused the credential" in run.output
    told = json.loads((tmp_path / "report/report.json").read_text())
    assert {app["org"] for app in told["apps"]} == {"acme"}


def test_reports_of_other_runs_stand_beside_it(report, tmp_path):
    failed = {"name": "a1", "app": "shop-app", "org": "acme", "result": "rolled_back", "reason": "no room"}
    changed = {"name": "g1", "app": "shop-app", "org": "globex", "result": "changed"}
    for number, app in enumerate((failed, changed)):
        (tmp_path / f"{number}.json").write_text(json.dumps({**FINISHED, **NUMBERS, "apps": [app]}))
    paths = [str(tmp_path / f"{number}.json") for number in range(2)]
    kept = {**FINISHED, **NUMBERS, "apps": [], "counts": {"changed": 1}, "state": "stopped", "reason": "too many"}
    run = report(fleet_report_from=paths, fleet_report_17=kept).ok()
    told = json.loads((tmp_path / "report/report.json").read_text())
    assert {(app["name"], app["result"], app["version"]) for app in told["apps"]} == {
        ("a1", "rolled_back", "2.0.3"),
        ("g1", "changed", "2.1.0"),
        ("paused-app", "held", None),
    }
    assert told["writes"] == 6
    assert "run r, image_tag 2.1.0, stopped: too many (in 1 of 3 reports)" in run.output


@pytest.mark.parametrize("result", ["changed", "rolled_back"])
def test_it_fails_only_if_it_is_told_so_and_an_app_failed(report, tmp_path, result):
    app = {"name": "a1", "app": "shop-app", "org": "acme", "result": result, "reason": "no room"}
    (tmp_path / "report.json").write_text(json.dumps({**FINISHED, **NUMBERS, "apps": [app]}))
    run = report(fleet_report_from=str(tmp_path), fleet_report_fail_on_failure=True)
    assert run.rc == (0 if result == "changed" else 2)
    assert ("Apps that failed: 1." in run.output) is (result != "changed")
    assert (tmp_path / "report/report.json").exists()


@pytest.mark.parametrize("args", [(), ("--limit", "a1,localhost")])
def test_no_host_is_an_error(report, args):
    run = report(*args, fleet_hosts="nobody")
    assert run.rc == 2
    assert "No host matches `fleet_hosts` and the limit" in run.output


def test_a_limit_chooses_organizations(report, cloud):
    report("--limit", "globex").ok()
    assert {request["org"] for request in cloud.requests(path="^/v1/apps$")} == {"globex"}


@pytest.fixture
def sources(tmp_path):
    """Path: an inventory with a source for each of two organizations, and the credentials as variables of groups."""
    folder = tmp_path / "inventory"
    (folder / "group_vars").mkdir(parents=True)
    token = "{{ lookup('ansible.builtin.env', 'GLOBEX_TOKEN') }}"
    for name, credential in (("acme", {}), ("globex", {"api_token": token})):
        source = {
            "plugin": "spiceai.cloud.spice_apps",
            "org": name,
            "host_prefix": f"{name}-",
            "keyed_groups": [{"key": "spice_app_org", "prefix": "", "separator": ""}],
            **credential,
        }
        (folder / f"{name}.spice_apps.yml").write_text(yaml.safe_dump(source))
    (folder / "group_vars/globex.yml").write_text(yaml.safe_dump({"fleet_api_token": token}))
    return folder


def test_organizations_of_one_inventory_stay_apart(play, cloud, sources, tmp_path):
    """Equal names are two hosts, each is read as its own organization, and the limit of one slows no other."""
    slow = cloud.seed(apps=APPS)["apps"][-1]["id"]
    cloud.fault("rate_limit", "GET", f"^/v1/apps/{slow}$", times=1, retry_after=1)
    variables = {"fleet_hosts": "acme:globex", "fleet_report_dest": str(tmp_path / "report")}
    run = play.playbook(
        "spiceai.cloud.fleet_report",
        ["-i", str(sources), "-e", json.dumps(variables)],
        env={"GLOBEX_TOKEN": GLOBEX},
    ).ok()
    assert not any("both give the host" in warning for warning in run.warnings())
    told = json.loads((tmp_path / "report/report.json").read_text())
    assert {(app["app"], app["org"], app["version"]) for app in told["apps"]} == {
        ("paused-app", "acme", None),
        ("shop-app", "acme", "2.0.3"),
        ("shop-app", "globex", "2.1.0"),
    }
    # The credential of one organization never asks for another one.
    assert {(request["org"], request["credential"]) for request in cloud.requests(path="^/v1/")} == {
        ("acme", "pat:owner"),
        ("globex", "pat:globex"),
    }
    paced = {result["org"]: result["api"] for result in run.of("Read the apps of the organization")}
    assert (paced["acme"]["throttled"], paced["acme"]["paced_seconds"]) == (0, 0)
    assert paced["globex"]["throttled"] == 1
    assert paced["globex"]["paced_seconds"] >= 1
