# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version is told the same everywhere, and so are the versions that are supported.

A release runs this file by itself, so it needs nothing of its neighbours.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils import _version

ROOT = Path(_version.__file__).parents[2]
VERSION = _version.VERSION
INSTALLED = re.compile(
    r"(?:spiceai\.cloud:==|spiceai-cloud-|gh release download |name: spiceai\.cloud\n +version: )(\d+\.\d+\.\d+)"
)
CORES = r"^   \* - (\d+\.\d+)\n     - ([\d., to]+)\n     - ([\d.]+) or newer$"


def read(path):
    """The content of a YAML file."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs/docsite/rst").glob("*.rst"))]


def as_numbers(version):
    return [int(part) for part in version.split("-")[0].split(".")]


def test_galaxy_and_the_code_agree():
    assert read("galaxy.yml")["version"] == VERSION


def test_the_changelog_agrees():
    assert max(read("changelogs/changelog.yaml")["releases"], key=as_numbers) == VERSION
    # The newest version stands first.
    assert re.search(r"^v(\d\S*)\n=+$", text("CHANGELOG.rst"), re.MULTILINE)[1] == VERSION


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_that_installs_one_version_installs_this_one(page):
    assert set(INSTALLED.findall(page.read_text(encoding="utf-8"))) <= {VERSION}


def named_in_the_changelog():
    """dict[str, str]: the version that lists a plugin as a new one, by the path of the plugin below `plugins`."""
    found = {}
    for version, release in read("changelogs/changelog.yaml")["releases"].items():
        kinds = {"modules": release.get("modules", []), **release.get("plugins", {})}
        found |= {f"{kind}/{plugin['name']}": version for kind, plugins in kinds.items() for plugin in plugins}
    return found


def test_a_plugin_came_with_the_version_whose_changelog_lists_it():
    """`make changelog` lists a plugin that says the version of galaxy.yml. Later versions have no changelog yet."""
    said = re.compile(r"^ *version_added: (\S+)", re.MULTILINE)
    told = {
        f"{path.parent.name}/{path.stem}": said.findall(path.read_text(encoding="utf-8"))
        for kind in ("modules", "filter", "inventory")
        for path in (ROOT / "plugins" / kind).glob("[!_]*.*")
        if path.suffix in (".py", ".yml")
    }
    came = {plugin: versions[0] for plugin, versions in told.items() if versions}
    assert set(came) == set(told)
    newest = as_numbers(VERSION)
    listed = {plugin: version for plugin, version in named_in_the_changelog().items() if plugin in told}
    assert {plugin: version for plugin, version in came.items() if as_numbers(version) <= newest} == listed


@pytest.fixture(scope="module")
def tested():
    """dict[str, range]: the ansible-core releases that are tested, with the Python 3 minors of the controller."""
    spec = importlib.util.spec_from_file_location("interpreters", ROOT / ".ci/interpreters.py")
    interpreters = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(interpreters)
    return interpreters.CORES


@pytest.fixture(scope="module")
def supported():
    """list[tuple]: ansible-core, Pythons of the controller and oldest one of other machines, as the guide has them."""
    found = re.findall(CORES, text("docs/docsite/rst/guide_versions.rst"), re.MULTILINE)
    assert found
    return found


def test_the_guide_lists_the_releases_that_are_tested(supported, tested):
    assert {core: pythons for core, pythons, dummy in supported} == {
        core: f"3.{minors[0]} to 3.{minors[-1]}" for core, minors in tested.items()
    }


def test_continuous_integration_tests_each_of_them(supported):
    matrix = read(".github/workflows/ci.yml")["jobs"]["core"]["strategy"]["matrix"]["include"]
    assert [job["core"] for job in matrix] == [core for core, *dummy in supported]


def test_the_oldest_release_is_the_one_that_ansible_asks_for(supported):
    oldest = supported[0][0]
    assert read("meta/runtime.yml")["requires_ansible"] == f">={oldest}.0"
    for page in ("README.md", "SECURITY.md"):
        assert f"ansible-core {oldest}" in " ".join(text(page).split()), page


def test_the_oldest_python_is_the_one_that_the_code_is_written_for(supported):
    told = {python for *dummy, python in supported}
    oldest = min(told, key=as_numbers)
    assert f'target-version = "py{oldest.replace(".", "")}"' in text("pyproject.toml")
    assert read("tests/config.yml")["modules"]["python_requires"] == f">={oldest}"


def test_the_oldest_requests_is_told_once():
    wanted = text("meta/ee-requirements.txt").split()
    assert len(wanted) == 1
    assert f"``{wanted[0].replace('>=', '`` ')} or newer" in text("docs/docsite/rst/guide_versions.rst")
