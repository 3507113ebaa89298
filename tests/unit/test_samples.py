# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples: the first one does no harm anywhere, the full one runs only with values of its user."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import placeholder

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "playbooks/sample"


def read(name):
    return yaml.safe_load((SAMPLE / name).read_text(encoding="utf-8"))


def test_the_first_sample_needs_nothing_of_an_account():
    environment = read("environment.yml")
    assert set(environment) == {"environment_app", "environment_spicepod_file", "environment_verify"}
    # No tags, because the Community plan has none; no placement, image or size, because plans differ in them.
    assert set(environment["environment_app"]) == {"name", "description"}
    assert len(environment["environment_verify"]["sql"]) == 1
    spicepod = (SAMPLE / environment["environment_spicepod_file"]).read_text(encoding="utf-8")
    assert "${" not in spicepod
    described = yaml.safe_load(spicepod)
    assert set(described) == {"version", "kind", "name", "datasets"}
    assert described["datasets"][0]["name"] in environment["environment_verify"]["sql"][0]["query"]


def test_the_full_sample_has_a_placeholder_for_each_value():
    secrets = read("full/secrets.yml")
    named = set(re.findall(r"\$\{secrets:(\w+)\}", (SAMPLE / "full/environment.yml").read_text(encoding="utf-8")))
    assert secrets["environment_secrets"] == {name: placeholder(name) for name in named}
    assert secrets["environment_fingerprint_key"] == placeholder("environment_fingerprint_key")


def test_the_full_sample_adds_nobody_to_an_organization():
    assert "environment_members" not in read("full/environment.yml")
    assert "# environment_members:" in (SAMPLE / "full/environment.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["environment.yml", "spicepod.yaml"])
def test_the_readme_shows_the_first_sample(name):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"```yaml\n# {re.escape(name)}\n(.*?)```", readme, re.DOTALL)
    assert yaml.safe_load(shown) == read(name)
