# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the get-pip.py that ansible-test would download.

uv fetches the wanted releases from the package index: ansible-test makes a dozen virtual environments, and pip would
take seconds for each. uv.json beside this file tells where uv is, and its variables, which ansible-test takes away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

wanted = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
uv = json.loads(Path(__file__).with_name("uv.json").read_text())
subprocess.check_call(
    [uv["command"], "pip", "install", "--quiet", "--python", sys.executable, *wanted],
    env={**os.environ, **uv["environment"]},
)
