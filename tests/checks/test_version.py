# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version is told once: galaxy.yml, the code and the changelog agree; test_examples.py compares the user agent."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._version import VERSION
from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT, read

CHANGELOG = "changelogs/changelog.yaml"


def test_galaxy_and_the_code_agree():
    assert read("galaxy.yml")["version"] == VERSION


def test_the_changelog_agrees():
    if not (ROOT / CHANGELOG).exists():
        # Before the first release there are fragments only, and one is for this version.
        assert (ROOT / f"changelogs/fragments/{VERSION}.yml").exists()
        return
    releases = read(CHANGELOG)["releases"]
    assert max(releases, key=lambda release: [int(part) for part in release.split("-")[0].split(".")]) == VERSION
