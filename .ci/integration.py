# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the integration targets where the simulator is and which Python runs packed modules, then runs them.

ansible-test hands on no variables of the environment, so a file tells it.
"""

from __future__ import annotations

import os
import string
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path("tests/checks").resolve()))
from modules import ModulePython

python = ModulePython(Path(tempfile.mkdtemp(prefix="spiceai-integration-")), ends_with_this=False)
config = Path("tests/integration/integration_config.yml")
template = string.Template(config.with_suffix(".yml.template").read_text())
config.write_text(template.substitute({"SPICE_PYTHON": python.path, **os.environ}))
os.execvp("ansible-test", ["ansible-test", "integration", *sys.argv[1:]])
