# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the examples of a module as a user would: as they are printed, in their order, in one play."""

from __future__ import annotations

import json
import re

from ansible_collections.spiceai.cloud.tests.checks.collection import module
from ansible_collections.spiceai.cloud.tests.checks.worlds import world

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# What Ansible puts into a result by itself.
ANSIBLES_OWN = {"changed", "failed", "msg", "exception", "invocation", "warnings", "deprecations", "diff", "results", "skipped"}


def run_examples(play, cloud, name, way):
    """The Run of a module's examples in the module's own world. ``-vvv`` makes Ansible tell the arguments of each task."""
    cloud.reset(**world(name))
    return play(module(name).EXAMPLES, args=["-vvv", "--diff"], way=way)


def comparable(result):
    """The result without what differs between two runs: times, and how many reads the hints of the run saved."""
    result = {key: value for key, value in result.items() if key != "exception"}
    if "api" in result:
        result["api"] = {key: value for key, value in result["api"].items() if key != "requests"}
    if "results" in result:
        result["results"] = [comparable(item) for item in result["results"]]
    return json.loads(TIMESTAMP.sub("<time>", json.dumps(result)))
