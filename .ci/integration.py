# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the integration targets where the simulator is, then runs them.

ansible-test hands on no variables of the environment, so a file tells it.
"""

from __future__ import annotations

import os
import string
import sys
from pathlib import Path

config = Path("tests/integration/integration_config.yml")
template = string.Template(config.with_suffix(".yml.template").read_text())
config.write_text(template.substitute({"SPICE_WAYS": "[local, packed]", **os.environ}))
os.execvp("ansible-test", ["ansible-test", "integration", *sys.argv[1:]])
