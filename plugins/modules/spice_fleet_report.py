#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_fleet_report
short_description: Report what became of a fleet of Spice.ai Cloud apps
version_added: 0.2.0
description:
  - Prints one table, in the width of the screen, with the batches of a run, the apps that are not fine, and how many
    apps run which version.
  - Writes the same with all apps as C(report.json), C(report.md) and C(report.csv). Each file is written as a whole or
    not at all. No cell of the CSV file is a formula for a spreadsheet.
  - Makes one report of several, such as those of the slices of a job.
  - Keeps a summary as a statistic of the run, as M(ansible.builtin.set_stats) does, under the names C(fleet_report)
    and, under AWX, C(fleet_report_JOBID). It has the number of apps for each result, and at most 50 of the apps that
    are not fine. AWX shows it as an artifact of the job.
  - Runs once for all hosts, as with C(run_once), on the controller only, and sends no request.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
options:
  summary:
    description: What became of a run, as the playbook C(spiceai.cloud.fleet) tells it.
    type: dict
  reports:
    description:
      - Reports that become one; paths of C(report.json) files, directories that hold one, or statistics of other jobs.
      - Where several tell of the same app, the last one counts. A plan does not count beside a run.
    type: list
    elements: raw
  fleets:
    description:
      - Results of M(spiceai.cloud.spice_fleet_info), one for each organization.
      - Without O(summary) and O(reports) the report tells what runs now. With them, the versions are those that run
        now.
    type: list
    elements: dict
  dest:
    description:
      - Directory for the three files. It is created if needed.
      - Without it no file is written.
    type: path
attributes:
  action:
    description: Runs on the controller, without a module on the host.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  bypass_host_loop:
    description: Runs once for all hosts, but not with the strategy C(free).
    support: full
  check_mode:
    description: Can run in C(check_mode) and writes no file then.
    support: full
  diff_mode:
    description: Shows no difference of the files.
    support: none
"""

EXAMPLES = r"""
- name: Read which app runs what
  spiceai.cloud.spice_fleet_info:
  register: fleet

- name: Report it
  spiceai.cloud.spice_fleet_report:
    fleets:
      - "{{ fleet }}"
    dest: report

- name: Make one report of those of two slices
  spiceai.cloud.spice_fleet_report:
    reports:
      - slice-1/report.json
      - slice-2/report.json
    dest: report
"""

RETURN = r"""
table:
  description: The lines of the table.
  returned: success
  type: list
  elements: str
  sample: ["what runs now, finished", "unchanged 3", "versions: 2.1.0 (3)"]
summary:
  description: What is kept as a statistic.
  returned: success
  type: dict
  sample: {run: "", change: what runs now, state: finished, counts: {unchanged: 3}, versions: {"2.1.0": 3}}
files:
  description: The files, each with its C(path) and its C(outcome), V(created), V(updated) or V(unchanged).
  returned: success
  type: list
  elements: dict
  sample: [{path: /home/me/report/report.json, outcome: created}]
"""
