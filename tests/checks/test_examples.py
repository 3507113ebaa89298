# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every EXAMPLES block runs as it is printed, and gives the same in the controller and as a packed module."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import MODULES
from ansible_collections.spiceai.cloud.tests.checks.results import comparable


@pytest.mark.parametrize("module", MODULES)
def test_examples_run_and_both_ways_give_the_same(module, examples):
    here, left_here = examples(module, "controller")
    there, left_there = examples(module, "packed")

    # The ways are what they claim to be.
    assert f"AnsiballZ_{module}" not in here.output
    assert f"AnsiballZ_{module}" in there.output
    assert here.warnings() == there.warnings() == []
    assert [outcome["task"] for outcome in here.outcomes] == [outcome["task"] for outcome in there.outcomes]
    for one, other in zip(here.outcomes, there.outcomes):
        assert one["status"] == other["status"] == "ok", one
        assert comparable(one["result"]) == comparable(other["result"]), one["task"]
    assert comparable(left_here) == comparable(left_there)


def test_what_is_compared_can_differ():
    assert comparable({"app": {"id": 1, "api": {"requests": 2}}}) == comparable(
        {"app": {"id": 1, "api": {"requests": 3}}}
    )
    assert comparable({"app": {"id": 1}}) != comparable({"app": {"id": 2}})
