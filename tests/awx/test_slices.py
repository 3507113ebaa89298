# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in slices, as AWX runs them: hosts dealt out, each slice a job on a node of its own, all at the same time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.awx.conftest import INSTALLED, injected
from ansible_collections.spiceai.cloud.tests.checks.seeds import SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET

SLICES, PER_SECOND = 3, 20
OLD, NEW = "2.0.3", "2.1.0"
APPS = [f"shop-{number}" for number in range(9, 0, -1)]
CREDENTIAL = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "org": "acme"}
VARIABLES = {"fleet_hosts": "all", "fleet_change": {"image_tag": NEW}, "fleet_canary_soak": 0}
FAILED = {"status": "failed", "error_message": "it does not start", "error_code": "unable_to_start"}
WORKFLOW = 40  # number of the workflow job
RUNNER = str(Path(sys.executable).parent / "ansible-runner")


def dealt(hosts, count):
    """list[list]: the hosts of each slice. AWX orders them by name and deals them out like cards: slice number n has
    `hosts[n - 1::count]` (get_sliced_hosts in awx/main/models/inventory.py, and get_script_data there for the order).
    """
    ordered = sorted(hosts)
    return [ordered[number::count] for number in range(count)]


class Slice:
    """One slice: a job that is transmitted to a node, works there, and whose events are processed where they come back.

    Args:
        folder: for the files of the job, of the node and of what comes back. number: of the job.
    """

    def __init__(self, folder, number, hosts, environment, project, variables):
        self._artifacts = folder / "processed/artifacts" / str(number)
        self.report = folder / "report/report.json"
        private = folder / "private"
        shutil.copytree(project, private / "project")
        (private / "inventory").mkdir()
        (private / "env").mkdir()
        inventory = {"all": {"hosts": hosts, "vars": {"ansible_python_interpreter": sys.executable}}}
        (private / "inventory/hosts.yml").write_text(yaml.safe_dump(inventory))
        told = {"awx_job_id": number, "awx_workflow_job_id": WORKFLOW, "fleet_report_dest": str(self.report.parent)}
        (private / "env/extravars").write_text(json.dumps({**VARIABLES, **told, **variables}))
        (private / "env/envvars").write_text(json.dumps(environment))
        commands = (
            ["transmit", str(private), "-p", "fleet.yml", "-i", str(number)],
            ["worker", "--private-data-dir", str(folder / "node")],
            ["process", str(folder / "processed"), "-i", str(number)],
        )
        (folder / "node").mkdir()
        (folder / "processed").mkdir()
        outer = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]), "LC_ALL": "C.UTF-8"}
        outer["HOME"] = environment["HOME"]
        self._processes = []
        source = subprocess.DEVNULL
        for command in commands:
            process = subprocess.Popen([RUNNER, *command], stdin=source, stdout=subprocess.PIPE, env=outer)
            source = process.stdout
            self._processes.append(process)

    def wait(self):
        """The same slice, when it is done."""
        self.output = self._processes[-1].communicate(timeout=500)[0].decode()
        for process in self._processes:
            process.wait(timeout=60)
        self.rc = int((self._artifacts / "rc").read_text())
        return self

    def artifacts(self):
        """dict: what AWX keeps as the artifacts of the job."""
        kept = {}
        for path in sorted(
            (self._artifacts / "job_events").glob("*.json"), key=lambda path: int(path.name.split("-")[0])
        ):
            kept.update(json.loads(path.read_text()).get("event_data", {}).get("artifact_data") or {})
        return kept


@pytest.fixture
def slices(collections, cloud, tmp_path):
    """Runs the fleet playbook in slices, all at the same time, and waits for all of them."""
    rounds = iter(range(100))

    def run(**variables):
        base = tmp_path / f"round-{next(rounds)}"
        started = []
        for number, hosts in enumerate(dealt(APPS, SLICES), 101):
            folder = base / str(number)
            folder.mkdir(parents=True)
            environment = {
                **injected(collections, **CREDENTIAL, api_url=cloud.address),
                "ANSIBLE_COLLECTIONS_PATH": str(collections),
                "PYTHONPATH": "",
                "HOME": str(folder),
                "ANSIBLE_HOME": str(folder / ".ansible"),
            }
            project = collections / INSTALLED / "extensions/awx/project"
            described = {name: {"spice_app_name": name} for name in hosts}
            started.append(Slice(folder, number, described, environment, project, variables))
        return [one.wait() for one in started]

    return run


def results(path):
    return {app["name"]: app["result"] for app in json.loads(path.read_text())["apps"]}


def test_hosts_are_dealt_out_by_name():
    assert dealt(["c", "a", "d", "b"], 3) == [["a", "d"], ["b"], ["c"]]


def test_slices_side_by_side_share_a_limit_and_become_one_report(slices, awx, cloud, tmp_path):
    app = {"region": "us-east-1", "spicepod": SPICEPOD, "image_tag": OLD, "deployed": True}
    cloud.seed(apps=[{"name": name, **app} for name in APPS])
    cloud.forget()
    cloud.settings(rate_limit={"requests": PER_SECOND, "per_seconds": 1})
    cloud.outcomes({"status": "succeeded"}, {"status": "succeeded"}, {"status": "succeeded"}, FAILED)

    first = slices()
    told = [results(one.report) for one in first]
    assert [sorted(one) for one in told] == dealt(APPS, SLICES)
    # The slice of the app that failed stops by itself. The others know nothing of it.
    stopped = [one for one, found in zip(first, told) if "rolled_back" in found.values()]
    assert len(stopped) == 1
    assert [one.rc for one in first] == [2 if one in stopped else 0 for one in first]
    assert all(set(found.values()) == {"changed"} for one, found in zip(first, told) if one not in stopped)
    # Nobody failed because of the limit.
    assert len([request for request in cloud.requests() if request["status"] == 429]) < len(cloud.requests()) / 4
    # Artifacts of one name overwrite each other, so each job has one of its own.
    artifacts = [one.artifacts() for one in first]
    kept = {name: value for one in artifacts for name, value in one.items() if name != "fleet_report"}
    assert set(kept) == {f"fleet_report_{number}" for number in range(101, 101 + SLICES)}

    def report(runs, **variables):
        variables["fleet_report_from"] = [str(one.report) for one in runs]
        variables["fleet_report_dest"] = str(tmp_path / "merged")
        hosts = {name: {} for name in APPS}
        job = awx("fleet_report.yml", CREDENTIAL, hosts, {"fleet_report_fail_on_failure": True, **variables})
        return job, json.loads((tmp_path / "merged/report.json").read_text())

    job, merged = report(first)
    assert job.status == "failed"
    assert {app["name"]: app["result"] for app in merged["apps"]} == {
        name: found[name] for found in told for name in found
    }
    assert merged["state"] == "stopped"
    assert "in 1 of 3 reports" in merged["reason"]
    # What AWX hands on between jobs is enough for it too.
    job, handed_on = report([], **kept)
    assert job.status == "failed"
    assert [app["name"] for app in handed_on["apps"] if app["result"] == "rolled_back"] == [
        app["name"] for app in merged["apps"] if app["result"] == "rolled_back"
    ]

    # The same again goes on with those that are left.
    cloud.forget()
    second = slices()
    assert [one.rc for one in second] == [0] * SLICES
    job, merged = report(second)
    job.ok()
    assert merged["versions"] == {NEW: len(APPS)}
    # Each app was deployed once with the new version, and the one that failed once more.
    made = {name: [one["image_tag"] for one in found["deployments"]].count(NEW) for name, found in cloud.apps().items()}
    failed = {name for found in told for name, result in found.items() if result == "rolled_back"}
    assert made == {name: 2 if name in failed else 1 for name in APPS}
    assert not any(secret in one.output for one in [*first, *second] for secret in (CLIENT_SECRET,))
