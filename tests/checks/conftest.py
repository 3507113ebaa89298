# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks share: one simulator for all of them, reset before each, and a way to run playbooks on it."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.plays import Player
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER, Simulator


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    simulator = Simulator(tmp_path_factory.mktemp("simulator"))
    yield simulator
    simulator.stop()


@pytest.fixture
def cloud(simulator):
    """The simulator as it is right after its start."""
    simulator.reset()
    return simulator


@pytest.fixture
def play(cloud, tmp_path):
    """Runs playbooks against ``cloud``, as its owner."""
    return Player(tmp_path, cloud.address, OWNER)
