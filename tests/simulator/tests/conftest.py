# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator for the whole session, reset before each test; everything goes over real HTTP."""

import subprocess
import sys
from pathlib import Path

import pytest

# Found in every import mode of pytest, also when these tests are run together with others.
sys.path.insert(0, str(Path(__file__).parent))

from sim_client import POD, Sim


@pytest.fixture(scope="session")
def address():
    command = [sys.executable, "-m", "spice_simulator"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert " listens on http://127.0.0.1:" in line, line
        yield line.split()[-1]
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def sim(address):
    client = Sim(address)
    client.reset()
    yield client
    client.http.close()


@pytest.fixture
def pod():
    return POD
