# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A preview environment for a pull request: the commands of the CI examples, as they are."""

from __future__ import annotations

import shlex
import string

import yaml
from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

POD = {**SPICEPOD, "datasets": [{"from": "s3://bucket/orders/", "name": "orders"}]}
SOURCE = {"name": "sales-analytics", "spicepod": SPICEPOD, "deployed": True, "secrets": {"PG_PASSWORD": "p"}}
VARIABLES = {"PREVIEW_APP": "sales-pr-7", "PREVIEW_OF": "sales-analytics"}


def github():
    job = yaml.safe_load((ROOT / "extensions/ci/github-actions.yml").read_text())["jobs"]["preview"]
    assert set(VARIABLES) <= set(job["env"])
    return [step["run"] for step in job["steps"] if "run" in step]


def gitlab():
    jobs = yaml.safe_load((ROOT / "extensions/ci/gitlab-ci.yml").read_text())
    assert set(jobs[".preview"]["variables"]) == set(VARIABLES)
    assert jobs["preview"]["environment"]["on_stop"] == "delete_preview"
    return [line for job in ("preview", "delete_preview") for line in jobs[job]["script"]]


def arguments(commands):
    """list[list[str]]: of each command that runs the playbook, with its variables filled in."""
    words = [shlex.split(string.Template(command).safe_substitute(VARIABLES)) for command in commands]
    found = [command[2:] for command in words if command[:2] == ["ansible-playbook", "spiceai.cloud.preview"]]
    assert len(found) == 2
    return found


def test_both_examples_run_the_same_commands():
    assert arguments(github()) == arguments(gitlab())


def test_a_preview_from_its_first_commit_to_its_end(cloud, play, tmp_path):
    cloud.clock(**AT_ONCE)
    cloud.reset(apps=[SOURCE])
    bring_up, delete = arguments(github())
    here = {"PWD": str(tmp_path)}
    spicepod = tmp_path / "spicepod.yaml"
    # The current directory of a run is not that of the test.
    bring_up = [word.replace("=spicepod.yaml", f"={spicepod}") for word in bring_up]
    spicepod.write_text(yaml.safe_dump(POD))

    before = cloud.apps()["sales-analytics"]
    play.playbook("spiceai.cloud.preview", [*bring_up, "--check"], here).ok()
    assert cloud.log(writes=True) == []
    first = play.playbook("spiceai.cloud.preview", bring_up, here).ok()
    assert "sales-pr-7" in first.output
    preview = cloud.apps()["sales-pr-7"]
    assert preview["forked_from"] == {"id": before["id"], "name": "sales-analytics"}
    assert preview["spicepod"] == POD
    assert [secret["name"] for secret in preview["secrets"]] == ["PG_PASSWORD"]
    assert preview["deployments"][-1]["status"] == "succeeded"
    comment = (tmp_path / "preview.md").read_text()
    for words in (
        "### Preview is ready: `sales-pr-7`",
        "A fork of `sales-analytics`",
        "succeeded",
        "| dataset `orders` | `Ready` |",
    ):
        assert words in comment

    cloud.forget()
    play.playbook("spiceai.cloud.preview", bring_up, here).ok()
    assert cloud.log(writes=True) == []

    # A later commit that does not serve: the comment says so, and the run fails.
    cloud.outcomes({"status": "failed", "error_code": "internal_error", "error_message": "out of `space`"})
    spicepod.write_text(yaml.safe_dump(SPICEPOD))
    at_home = ["-e", "preview_comment_file=~/failed.md"]
    failed = play.playbook("spiceai.cloud.preview", [*bring_up, *at_home], {**here, "HOME": str(tmp_path)})
    assert failed.rc != 0
    comment = (tmp_path / "failed.md").read_text()
    assert "### Preview failed: `sales-pr-7`" in comment
    assert "out of 'space'" in comment

    refused = play.playbook("spiceai.cloud.preview", [*delete, "-e", "preview_app=sales-analytics"], here)
    assert refused.rc != 0
    assert "is no fork of another app" in " ".join(refused.output.split())
    play.playbook("spiceai.cloud.preview", delete, here).ok()
    play.playbook("spiceai.cloud.preview", delete, here).ok()
    assert cloud.apps() == {"sales-analytics": before}


def test_a_state_that_is_none_is_refused(cloud, play):
    cloud.reset(apps=[SOURCE])
    args = ["-e", "preview_app=sales-pr-7", "-e", "preview_of=sales-analytics", "-e", "preview_state=gone"]
    refused = play.playbook("spiceai.cloud.preview", args)
    assert refused.rc != 0
    assert "value of state must be one of: present, absent" in " ".join(refused.output.split())
    assert cloud.log(writes=True) == []
