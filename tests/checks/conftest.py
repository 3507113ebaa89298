# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks share: one simulator for all of them, reset before each, and ways to run playbooks on it."""

from __future__ import annotations

import functools

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import module
from ansible_collections.spiceai.cloud.tests.checks.plays import STARTER, TELL_ARGUMENTS, Player
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, VARIABLES, seed_of
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER, Simulator

# The files that take the longest.
LONGEST = ("test_rotation", "test_rate_limits", "test_pages", "test_templates_from_servers", "test_examples")


def pytest_collection_modifyitems(items):
    """They come first, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def starter():
    yield STARTER
    STARTER.stop()


@pytest.fixture(autouse=True)
def home(starter):
    """The home directory of the runs, which a test begins empty."""
    starter.empty_home()
    return starter.home


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    simulator = Simulator(tmp_path_factory.mktemp("simulator"))
    yield simulator
    simulator.stop()


@pytest.fixture
def cloud(simulator):
    """The simulator as it is right after its start. What the API documents of itself is never asked for."""
    simulator.reset()
    yield simulator
    assert simulator.log(path="/docs|/openapi") == []


@pytest.fixture
def play(cloud, tmp_path):
    """Runs playbooks against ``cloud``, as its owner."""
    return Player(tmp_path, cloud.address, OWNER)


@pytest.fixture(scope="session")
def examples(simulator, tmp_path_factory):
    """Gives, for a module and a way, the Run of its examples with its own seed, and what that left in the cloud and its
    log. Each is run once.
    """
    play = Player(tmp_path_factory.mktemp("examples"), simulator.address, OWNER)

    @functools.cache
    def run(name, way):
        simulator.reset(**seed_of(name))
        simulator.clock(**AT_ONCE)
        done = play(module(name).EXAMPLES, args=["-vvv", "--diff"], env=TELL_ARGUMENTS, way=way, vars=VARIABLES).ok()
        requests = simulator.requests()
        agents = {request["user_agent"] for request in requests}
        return done, {"apps": simulator.apps(), "members": simulator.members(), "agents": agents, "requests": requests}

    return run
