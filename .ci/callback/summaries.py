# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the statistics of a run to the file of DEMO_SUMMARIES, for the tour of `make demo`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: summaries
type: aggregate
short_description: Write the statistics of a run to a file
description: Writes what tasks kept as statistics of the run, as JSON, to the file of the variable DEMO_SUMMARIES.
"""


class CallbackModule(CallbackBase):
    """Ansible looks for this name."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "summaries"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_stats(self, stats: Any) -> None:
        Path(os.environ["DEMO_SUMMARIES"]).write_text(json.dumps(stats.custom.get("_run", {})))
