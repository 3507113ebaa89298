# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for words that must not be shown: in the output of a run, in its results, and in the files that it leaves."""

from __future__ import annotations

import json
import time


def seen(run, home, words):
    """list[str]: where one of the words shows: lines of the output, results, files that are left."""
    # What watches an asynchronous job takes up to five seconds to notice that it ended, and then removes the job's
    # files.
    deadline = time.monotonic() + 30
    while list(home.glob(".ansible/tmp/ansible-tmp-*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    found = [line[:300] for line in run.output.splitlines() if any(word in line for word in words)]
    found += [outcome["task"] for outcome in run.outcomes if any(word in json.dumps(outcome) for word in words)]
    found += [str(path) for path in home.rglob("*") if any(word in path.name for word in words)]
    return found + [
        str(path)
        for path in home.rglob("*")
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words)
    ]
