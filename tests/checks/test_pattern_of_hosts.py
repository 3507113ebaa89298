# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variable that chooses the hosts of a playbook counts as given even if it cannot be filled in."""

from __future__ import annotations

import json

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import SANDBOX

pytestmark = pytest.mark.both_cores

NAME = SANDBOX["name"]
APP = {
    "environment_app": {"name": NAME, "description": "another"},
    "teardown_app": NAME,
    "teardown_confirm": NAME,
    "api_key_rotation_app": NAME,
}


@pytest.mark.parametrize(
    ("playbook", "variable"),
    [
        ("bootstrap", "environment_hosts"),
        ("teardown", "teardown_hosts"),
        ("rotate_api_keys", "api_key_rotation_hosts"),
        ("fleet", "fleet_hosts"),
        ("fleet_report", "fleet_hosts"),
    ],
)
def test_a_pattern_that_cannot_be_filled_in_chooses_no_host(playbook, variable, play, cloud, tmp_path):
    cloud.seed(apps=[SANDBOX])
    file = tmp_path / "hosts.json"
    file.write_text(json.dumps({"all": {"hosts": {"sandbox": APP}}}))
    args = ["-i", str(file), "--limit", "sandbox", "-e", json.dumps({variable: "{{ nobody_sets_this }}"})]
    run = play.playbook(f"spiceai.cloud.{playbook}", args=args)
    assert run.rc != 0
    assert "nobody_sets_this" in run.output
    assert cloud.requests() == []
