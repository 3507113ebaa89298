# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what two runs brought."""

from __future__ import annotations

import re

# What texts tell of the moment and of keys made by chance: times, fingerprints of secrets with the time of their write,
# stamps, fingerprints of keys.
BY_CHANCE_IN_TEXTS = {
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z": "<time>",
    r"([\w-]{22})@\d{13}": r"\1@<time>",
    r"'?\b[0-9a-f]{16}\b'?": "<stamp>",
    r"'?\b[0-9a-f]{12}\b'?": "<fingerprint>",
    r"\d+\.\d seconds": "<seconds>",
}
# How many reads the hints of a run saved and polls it took, and how Ansible says where an error
# comes from.
BY_CHANCE = ("requests", "exception", "waited_seconds", "elapsed")
# What async adds to a result.
OF_A_JOB = ("ansible_job_id", "results_file", "started", "finished", "stdout", "stderr", "stdout_lines", "stderr_lines")


def comparable(value):
    """The value without what differs between two runs of the same on equal seeds."""
    if isinstance(value, dict):
        # The keys of an app in the simulator's state; in a result a slot of this name has parts that are compared.
        made = {key for key in ("api_key", "api_key_2") if isinstance(value.get(key), str)}
        return {
            key: comparable(item) for key, item in value.items() if key not in BY_CHANCE + OF_A_JOB and key not in made
        }
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str):
        for pattern, name in BY_CHANCE_IN_TEXTS.items():
            value = re.sub(pattern, name, value)
    return value
