# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every EXAMPLES block runs as it is printed, and gives the same in the controller and as a packed module."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import MODULES
from ansible_collections.spiceai.cloud.tests.checks.examples import comparable, run_examples


@pytest.mark.parametrize("module", MODULES)
def test_examples_run_and_both_ways_give_the_same(module, play, cloud):
    here = run_examples(play, cloud, module, "controller").ok()
    left_here = left(cloud)
    there = run_examples(play, cloud, module, "packed").ok()

    assert f"AnsiballZ_{module}" not in here.output and f"AnsiballZ_{module}" in there.output, "the ways are not what they claim to be"
    assert here.warnings() == there.warnings() == []
    assert [outcome["task"] for outcome in here.outcomes] == [outcome["task"] for outcome in there.outcomes]
    for one, other in zip(here.outcomes, there.outcomes):
        assert one["status"] == other["status"] == "ok", one
        assert comparable(one["result"]) == comparable(other["result"]), one["task"]
    assert left_here == left(cloud)


def left(cloud):
    """What a run left in the cloud, without what is made by chance."""
    return comparable({name: {key: value for key, value in app.items() if not key.startswith("api_key")} for name, app in cloud.apps().items()})
