# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the playbooks has each playbook with its variables. Its commands run in tests/checks."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
PAGE = (ROOT / "docs/docsite/rst/playbooks.rst").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^(\w+)\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", PAGE, re.DOTALL | re.MULTILINE))
# What a playbook or a role keeps for what follows is no variable that somebody gives.
KEPT = re.compile(r"^ *register: (\w+)$|set_fact:\n +(\w+):", re.MULTILINE)
VARIABLE = r"(?:api_key_rotation|environment|export|fleet|preview|teardown)_[a-z_]+[a-z]"


@functools.cache
def options(role: str) -> frozenset[str]:
    """The variables of a role."""
    spec = yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text(encoding="utf-8"))
    return frozenset(name for entry in spec["argument_specs"].values() for name in entry.get("options", {}))


ROLES = {path.name: options(path.name) for path in (ROOT / "roles").iterdir()}
OF_ROLES = frozenset().union(*ROLES.values())
TASKS = "".join(path.read_text(encoding="utf-8") for path in [*PLAYBOOKS, *(ROOT / "roles").glob("*/tasks/*.yml")])
RESULTS = {name for pair in KEPT.findall(TASKS) for name in pair}


def own(playbook: Path) -> set[str]:
    """The variables that the playbook itself reads, and no role documents."""
    text = playbook.read_text(encoding="utf-8")
    # Expressions only: comments are left out, and so are paths and names of roles.
    code = re.sub(r"(^|\s)#.*$|spiceai\.cloud\.\w+", "", text, flags=re.MULTILINE)
    read = set(re.findall(rf"(?<![\w.'-]){VARIABLE}(?!\w|:)", code)) | set(re.findall(rf"'\^({VARIABLE})\$'", code))
    return read - RESULTS - OF_ROLES


def test_each_playbook_has_a_section_and_a_row_of_the_table() -> None:
    names = {playbook.stem for playbook in PLAYBOOKS}
    assert set(SECTIONS) == names
    assert set(re.findall(r"^   \* - ``spiceai\.cloud\.(\w+)``$", PAGE, re.MULTILINE)) == names


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.stem)
def test_a_section_runs_its_playbook_and_links_its_role(playbook: Path) -> None:
    section = SECTIONS[playbook.stem]
    assert f"\n    ansible-playbook spiceai.cloud.{playbook.stem} " in section
    for role in set(re.findall(r"name: spiceai\.cloud\.(\w+)$", playbook.read_text(), re.MULTILINE)):
        assert f":ansplugin:`spiceai.cloud.{role}#role`" in section


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.stem)
def test_a_section_names_the_variables_that_no_role_documents(playbook: Path) -> None:
    named = set(re.findall(rf"``({VARIABLE})``", SECTIONS[playbook.stem]))
    assert own(playbook) - named == set()


def test_no_variable_is_named_that_does_not_exist() -> None:
    handed_to_tasks = {"api_key_rotation_key"}
    known = OF_ROLES | handed_to_tasks | {name for playbook in PLAYBOOKS for name in own(playbook)}
    given = re.findall(rf"-e '?\{{?\"?({VARIABLE})", PAGE) + re.findall(rf"^    ({VARIABLE}):", PAGE, re.MULTILINE)
    assert given
    assert set(re.findall(rf"``({VARIABLE})``", PAGE)) | set(given) <= known
