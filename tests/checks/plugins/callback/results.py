# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every task result as a line of JSON, as ``register`` would hold it, to the file that CHECKS_RESULTS names."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: aggregate
short_description: Every task result as a line of JSON, for the checks
description: Every task result as a line of JSON, for the checks.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, status, result):
        # Whether it failed is left out for callbacks, which are told so by their names.
        registered = {**_registered(result._result), "failed": status == "failed"}
        line = {
            "task": result._task.name,
            "action": result._task.action,
            "host": result._host.name,
            "status": status,
            "result": registered,
        }
        with open(os.environ["CHECKS_RESULTS"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write("failed", result)

    def v2_runner_on_skipped(self, result):
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._write("unreachable", result)


def _registered(result):
    """The result and those of its items without what Ansible keeps for itself."""
    kept = {key: value for key, value in result.items() if not key.startswith("_ansible")}
    if isinstance(kept.get("results"), list):
        kept["results"] = [_registered(item) if isinstance(item, dict) else item for item in kept["results"]]
    return kept
