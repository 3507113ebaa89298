# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the events of a run and the bytes of the results in them, into the file of BENCHMARK_EVENTS."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: events
type: aggregate
short_description: Count the events of a run
description: Counts the events that AWX would keep, and the bytes of the results in them.
"""


class CallbackModule(CallbackBase):
    """Ansible looks for this name."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._events = self._bytes = 0

    def _count(self, *dummy: Any, **also: Any) -> None:
        self._events += 1

    def _count_result(self, result: Any, **dummy: Any) -> None:
        self._events += 1
        self._bytes += len(json.dumps(result.result, default=str))

    v2_playbook_on_start = v2_playbook_on_play_start = v2_playbook_on_task_start = _count
    v2_runner_on_start = v2_playbook_on_include = _count
    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_on_unreachable = _count_result
    v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_item_on_skipped = v2_runner_retry = _count_result

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._count()
        Path(os.environ["BENCHMARK_EVENTS"]).write_text(json.dumps({"events": self._events, "bytes": self._bytes}))
