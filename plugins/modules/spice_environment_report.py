#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_environment_report
short_description: Print one table of what became of Spice.ai Cloud environments
version_added: 0.1.0
description:
  - Prints a table with one row for each host of the play that has a result of M(spiceai.cloud.spice_environment), in
    the width of the screen. It is the last task of the playbook P(spiceai.cloud.environment#role) runs in.
  - Fails on each host whose environment failed, with its reason, so that the recap and the exit code are right also
    where the failure itself was rescued.
  - Keeps a summary of each environment as a statistic of the run, as M(ansible.builtin.set_stats) does. AWX shows it as
    an artifact of the job.
  - Runs on the controller only and sends no request.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
options:
  variable:
    description: Name of the variable in which the hosts registered the result of M(spiceai.cloud.spice_environment).
    type: str
    default: environment_result
attributes:
  action:
    description: Runs on the controller, without a module on the host.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  check_mode:
    description: Can run in C(check_mode); it only reads, so it does the same there.
    support: full
  diff_mode:
    description: Never changes anything, so there is no difference to show.
    support: none
"""

EXAMPLES = r"""
- name: Bring the environment to its described state
  spiceai.cloud.spice_environment:
    app:
      name: sales-analytics
      replicas: 2
  register: environment_result

- name: Report
  spiceai.cloud.spice_environment_report:
"""

RETURN = r"""
table:
  description: The lines of the table, on the first host of the play.
  returned: on the first host
  type: list
  elements: str
  sample: ["app              changed   deployment      seconds", "sales-analytics  replicas  5001 succeeded  4.2"]
summary:
  description: What became of the environment of this host.
  returned: when the host has a result
  type: dict
  sample: {app: sales-analytics, changed: replicas, deployment: 5001 succeeded, failed: false, seconds: 4.2}
"""
