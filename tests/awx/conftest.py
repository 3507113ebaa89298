# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the job templates as AWX does: ansible-runner on a project of its own, with the collection from its tarball and
the credential type's injectors.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import ansible_runner
import pytest
import yaml
from ansible_collections.spiceai.cloud.tests.checks.simulator import Simulator
from jinja2 import StrictUndefined
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import ImmutableSandboxedEnvironment

INSTALLED = "ansible_collections/spiceai/cloud"


@pytest.fixture(scope="session")
def collections(tmp_path_factory):
    """Path: a folder with the collection as its tarball installs it, and nothing else."""
    folder = tmp_path_factory.mktemp("collections")
    galaxy = str(Path(sys.executable).parent / "ansible-galaxy")
    subprocess.run(
        [galaxy, "collection", "install", os.environ["COLLECTION_TARBALL"], "--offline", "--force", "-p", str(folder)],
        check=True,
    )
    return folder


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    simulator = Simulator(tmp_path_factory.mktemp("simulator"))
    yield simulator
    simulator.stop()


@pytest.fixture
def cloud(simulator):
    simulator.reset()
    simulator.clock(queued_seconds=0, in_progress_seconds=0, dataset_ready_seconds=0)
    return simulator


def read(path):
    return yaml.safe_load(Path(path).read_text())


def configuration(collections):
    """dict: what extensions/awx/controller describes, by the variable, with its names filled in."""
    found = {}
    for path in sorted((collections / INSTALLED / "extensions/awx/controller").glob("*.yml")):
        described = read(path)
        assert not set(described) & set(found), path.name
        found.update(described)
    names = {name: found.pop(name) for name in list(found) if name.startswith("spice_awx_")}
    return filled_in(found, NativeEnvironment(undefined=StrictUndefined), names)


def filled_in(value, environment, names):
    """The same with its templates filled in, as a play does with variables."""
    if isinstance(value, dict):
        return {key: filled_in(item, environment, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, environment, names) for item in value]
    is_template = isinstance(value, str) and "{{" in value
    return environment.from_string(value).render(**names) if is_template else value


def credential_type(collections):
    """dict: the credential type as the role hands it to AWX, without the spaces that protect its templates."""
    kind = configuration(collections)["controller_credential_types"][0]
    env = {name: template.replace("{  {", "{{") for name, template in kind["injectors"]["env"].items()}
    return {**kind, "injectors": {"env": env}}


def injected(collections, **inputs):
    """dict: the variables that AWX sets for a job with a credential of our type; what is not filled in is rendered as
    an empty string.
    """
    environment = ImmutableSandboxedEnvironment()
    injectors = credential_type(collections)["injectors"]["env"]
    return {name: environment.from_string(template).render(**inputs) for name, template in injectors.items()}


class Job:
    """One job: its status, what it showed, and every file that it left where AWX would keep or show it."""

    def __init__(self, runner, folder, cache):
        self.status = runner.status
        self.output = runner.stdout.read()
        self.events = list(runner.events)
        self.stats = runner.stats
        artifacts = Path(runner.config.artifact_dir)
        kept = [
            path for base in (artifacts, cache) for path in base.rglob("*") if path.is_file() and path.name != "command"
        ]
        self.files = {str(path.relative_to(folder)): path.read_text(errors="replace") for path in kept}

    def ok(self):
        assert self.status == "successful", self.output
        return self

    def shows(self, *secrets):
        """list[str]: where one of these can be read."""
        told = {**self.files, "output": self.output, "events": json.dumps(self.events)}
        return sorted({place for place, text in told.items() for secret in secrets if secret in text})


@pytest.fixture
def awx(collections, cloud, tmp_path):
    """Runs a playbook of the project as a job."""
    count = iter(range(1000))

    def run(playbook, credential, hosts=None, answers=None, verbosity=0, limit=None, check=False):
        folder = tmp_path / f"job-{next(count)}"
        project = collections / INSTALLED / "extensions/awx/project"
        shutil.copytree(project, folder / "project")
        inventory = {
            "all": {
                "hosts": hosts or {"localhost": {}},
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
            }
        }
        cache = folder / "fact_cache"
        cache.mkdir()
        runner = ansible_runner.run(
            private_data_dir=str(folder),
            playbook=playbook,
            inventory=inventory,
            extravars=answers or {},
            # AWX sets the credential's variables for the process; nothing of ours comes with it.
            envvars={
                **injected(collections, **{"api_url": cloud.address, **credential}),
                "ANSIBLE_COLLECTIONS_PATH": str(collections),
                "ANSIBLE_CACHE_PLUGIN": "jsonfile",
                "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache),
                "PYTHONPATH": "",
                "HOME": str(folder),
                "ANSIBLE_HOME": str(folder / ".ansible"),
            },
            limit=limit,
            verbosity=verbosity,
            cmdline="--check --diff" if check else None,
            quiet=True,
        )
        return Job(runner, folder, cache)

    return run
