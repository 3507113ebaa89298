# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CI leaves out no session, no ansible-core and no check before a commit."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
CORES = runpy.run_path(str(ROOT / ".ci/interpreters.py"))["CORES"]
LINTERS = re.findall(r'^    "(\w+)": \["', (ROOT / ".ci/linters.py").read_text(), re.MULTILINE)


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = read(".github/workflows/ci.yml")["jobs"]
    return found


def matrix() -> list[dict[str, str]]:
    found: list[dict[str, str]] = jobs()["core"]["strategy"]["matrix"]["include"]
    return found


def test_each_core_has_a_job_with_a_python_that_it_runs_on() -> None:
    assert [job["core"] for job in matrix()] == list(CORES)
    for job in matrix():
        assert int(job["python"].removeprefix("3.")) in CORES[job["core"]]


def test_the_oldest_and_the_newest_core_prove_the_same_and_those_between_their_unit_tests() -> None:
    oldest, *between, newest = matrix()
    assert oldest["sessions"] == newest["sessions"]
    assert {job["sessions"] for job in between} == {"unit"}


def test_every_session_of_make_test_runs() -> None:
    sessions = re.search(r"^SESSIONS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sessions
    alone = jobs()["session"]["strategy"]["matrix"]["session"]
    on_cores = matrix()[0]["sessions"].split()
    assert {*alone, *on_cores} == {*sessions[1].split(), "demo", "release-files"}
    assert set(alone) & set(on_cores) == set()


def test_the_last_job_waits_for_all_others() -> None:
    *others, last = jobs()
    assert jobs()[last]["needs"] == others
    condition = jobs()[last]["steps"][0]["run"]
    assert all(f"needs.{other}.result" in condition for other in others)


def test_the_hooks_before_a_commit_are_linters_of_make_lint() -> None:
    assert "ruff" in LINTERS
    for hook in read(".pre-commit-config.yaml")["repos"][0]["hooks"]:
        assert hook["entry"] == f"make lint ARGS={hook['id']}"
        assert hook["id"] in LINTERS


def test_only_a_push_to_main_publishes_the_site_and_only_that_job_may() -> None:
    workflow = read(".github/workflows/docs.yml")
    assert workflow["on"]["push"] == {"branches": ["main"]}
    assert workflow["permissions"] == {"contents": "read"}
    may_write = {name for name, job in workflow["jobs"].items() if "permissions" in job}
    assert may_write == {"publish"}
    publish = workflow["jobs"]["publish"]
    assert publish["if"] == "github.event_name == 'push'"
    assert publish["needs"] == "site"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    built = next(
        step["with"]["path"] for step in workflow["jobs"]["site"]["steps"] if "with" in step and "path" in step["with"]
    )
    assert built == ".build/docs/html"
