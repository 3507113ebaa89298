# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of policies in the guide of secrets says what the module does, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import spice_secrets

GUIDE = Path(__file__).parents[2] / "docs/docsite/rst/guide_secrets.rst"
KEY, TWENTY = "a key for fingerprints", {f"SECRET_{number}": f"value {number}" for number in range(20)}


def table():
    """dict[str, dict[str, str]]: the cells by their row and then their column."""
    text = GUIDE.read_text(encoding="utf-8").partition(".. list-table::")[2]
    cells = [[]]
    for line in text.splitlines():
        cell = re.fullmatch(r"   (\*| ) - (.*)", line)
        if line and not line.startswith(" "):
            break
        if cell and cell[1] == "*":
            cells.append([])
        if cell:
            cells[-1].append(cell[2].strip("`"))
    columns, *rows = cells[1:]
    return {row[0]: dict(zip(columns[1:], row[1:])) for row in rows}


TABLE = table()
POLICIES = ["on_change", "on_create", "always"]


@pytest.fixture
def write(cloud, run):
    """Runs spice_secrets with a policy."""
    cloud.add("sales")

    def one(policy, secrets, key=KEY, **options):
        given = {"fingerprint_key": key} if policy == "on_change" else {}
        return run(spice_secrets.SPEC, app_id=1, secrets=secrets, update_secret=policy, **given, **options)

    return one


def nothing(cloud, write, policy):
    pass


def same(cloud, write, policy):
    write(policy, {"A": "new"})


def other(cloud, write, policy):
    write(policy, {"A": "old"})


def somebody(cloud, write, policy):
    write(policy, {"A": "new"})
    cloud.add_secret("A", "of somebody else")


def bare(cloud, write, policy):
    cloud.add_secret("A", "new")


def key(cloud, write, policy):
    write(policy, {"A": "new"}, key="another key")


BEFORE = {
    "that is missing in the app": nothing,
    "whose value is the same": same,
    "whose value you changed": other,
    "that somebody else wrote since": somebody,
    "that has no fingerprint yet": bare,
    "when ``fingerprint_key`` is another one": key,
}
COUNTED = {
    "requests for 20 new secrets": (None, TWENTY),
    "requests for 20, none changed": (TWENTY, TWENTY),
    "requests for 20, one changed": (TWENTY, {**TWENTY, "SECRET_7": "another"}),
}


def test_the_table_has_a_row_for_each_case():
    assert set(TABLE) == {*BEFORE, *COUNTED, "that you do not name", "needs a plan with tags"}
    assert all(list(cells) == POLICIES for cells in TABLE.values())


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("row", BEFORE)
def test_what_happens_to_a_secret(row, policy, cloud, write):
    BEFORE[row](cloud, write, policy)
    outcome = write(policy, {"A": "new"})["outcomes"]["A"]
    assert ("left alone" if outcome == "unchanged" else "written") == TABLE[row][policy]


@pytest.mark.parametrize("policy", POLICIES)
def test_what_happens_to_a_secret_that_is_not_named(policy, cloud, write):
    cloud.add_secret("B", "kept")
    assert write(policy, {"A": "new"})["outcomes"] == {"A": "created"}
    assert TABLE["that you do not name"][policy] == "left alone"
    assert cloud.secrets[1]["B"]["value"] == "kept"


@pytest.mark.parametrize("policy", POLICIES)
def test_whether_it_writes_tags(policy, cloud, write):
    write(policy, {"A": "new"})
    assert ("yes" if cloud.apps[1].get("tags") else "no") == TABLE["needs a plan with tags"][policy]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("row", COUNTED)
def test_how_many_requests_it_sends(row, policy, cloud, write):
    before, now = COUNTED[row]
    if before:
        write(policy, before)
    cloud.requests.clear()
    result = write(policy, now)
    assert result["api"]["requests"] == len(cloud.requests) == int(TABLE[row][policy])
