# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role teardown removes what was named twice, and nothing else."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.checks.worlds import IN_USE, SANDBOX

NAME = IN_USE["name"]


def test_an_environment_is_removed_when_its_name_is_typed_twice(play, cloud):
    cloud.seed(apps=[IN_USE, SANDBOX])
    people = cloud.members()
    for confirmation in ([], ["-e", "teardown_confirm=another"]):
        run = play.playbook("spiceai.cloud.teardown", args=["-e", f"teardown_app={NAME}", *confirmation])
        assert run.rc != 0 and "Nothing was removed" in run.output
        for told in (f"app {NAME} (id 1001) in us-east-1", "PG_PASSWORD, S3_SECRET", "deployments: 1", "members of the organization stay"):
            assert told in run.output
    run = play.playbook("spiceai.cloud.teardown", args=["-e", f"teardown_app={NAME}", "--check", "--diff"]).ok()
    assert "would be removed" in run.output and cloud.log(writes=True) == []

    confirmed = ["-e", f"teardown_app={NAME}", "-e", f"teardown_confirm={NAME}"]
    run = play.playbook("spiceai.cloud.teardown", args=confirmed).ok()
    assert cloud.log(writes=True) == ["DELETE /v1/apps/1001"] and set(cloud.apps()) == {SANDBOX["name"]} and cloud.members() == people
    run = play.playbook("spiceai.cloud.teardown", args=confirmed).ok()
    assert "changed=0" in run.output and "not there" in run.output


def test_a_name_is_needed(play, cloud):
    run = play.playbook("spiceai.cloud.teardown")
    assert run.rc != 0 and "teardown_app" in run.output and cloud.requests() == []
