# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what two runs brought."""

from __future__ import annotations

import re

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# Keys made by chance, how many reads the hints of a run saved, and how Ansible says where an error comes from.
BY_CHANCE = ("api_key", "api_key_2", "requests", "exception")
# What async adds to a result.
OF_A_JOB = ("ansible_job_id", "results_file", "started", "finished", "stdout", "stderr", "stdout_lines", "stderr_lines")


def comparable(value):
    """The value without what differs between two runs of the same on equal worlds."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items() if key not in BY_CHANCE + OF_A_JOB}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return TIMESTAMP.sub("<time>", value) if isinstance(value, str) else value
