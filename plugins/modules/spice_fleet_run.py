#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_fleet_run
short_description: Decide, count and report a fleet run of Spice.ai Cloud apps
version_added: 0.2.0
description:
  - Takes one step of a fleet run as a whole, once for all hosts of the play. The role P(spiceai.cloud.fleet#role) runs
    the steps in their order, and the playbook C(spiceai.cloud.fleet) runs the role.
  - Reads the variables of the role. What the steps and the module M(spiceai.cloud.spice_fleet_app) tell each other is
    in files of the run's own temporary directory, and in no variable.
  - Runs on the controller only and sends no request.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
options:
  step:
    description:
      - V(check) reads the variables. All that is wrong with them is one error. A pattern that matches no host is an
        error too.
      - V(decide) chooses the canaries, the batches and the number of apps that may fail, and prints the plan.
      - V(begin) opens a batch with the hosts of the play, unless the run has stopped.
      - V(soak) waits as long as the batch must stay healthy.
      - V(refuse) belongs into the C(rescue) section of a block of other tasks. It stops the run, with their reason.
      - V(count) closes the batch, and stops the run if too many apps failed.
      - V(members) tells whether the members of the organizations are due.
      - V(report) prints what became of all apps, writes it to C(fleet_report_dest), and keeps it as a statistic of the
        run. It does not fail.
    type: str
    required: true
    choices: [check, decide, begin, soak, refuse, count, members, report]
  canary:
    description: Whether the batch is the canary. Only with O(step=begin).
    type: bool
    default: false
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
    description: In C(check_mode) no batch begins.
    support: full
  diff_mode:
    description: Changes nothing but the files of a report.
    support: none
seealso:
  - module: spiceai.cloud.spice_fleet_app
"""

EXAMPLES = r"""
- name: Count the batch
  spiceai.cloud.spice_fleet_run:
    step: count
  run_once: true
  register: fleet_count
"""

RETURN = r"""
hosts:
  description: With O(step=check) the number of hosts, with O(step=begin) those of the batch.
  returned: O(step=check) and O(step=begin)
  type: raw
  sample: [shop-01]
canaries:
  description: The hosts that come first. Empty where the run does not begin.
  returned: O(step=decide)
  type: list
  elements: str
  sample: [shop-01]
rest:
  description: The other hosts that have something to do, in their order. Empty where the run does not begin.
  returned: O(step=decide)
  type: list
  elements: str
  sample: [shop-02, shop-03]
sizes:
  description: The sizes of the batches after the canary.
  returned: O(step=decide)
  type: list
  elements: int
  sample: [2]
budget:
  description: How many apps may fail in the whole run.
  returned: O(step=decide)
  type: int
  sample: 0
state:
  description: V(stopped), V(paused) or V(planned); empty where the run goes on.
  returned: O(step=decide) and O(step=count)
  type: str
  sample: ""
reason:
  description: Why the run stopped or paused.
  returned: O(step=decide), O(step=count) and O(step=refuse)
  type: str
  sample: ""
deployments_at_once:
  description: How many apps are changed at the same time.
  returned: O(step=decide)
  type: int
  sample: 10
members_hosts:
  description: One host for each organization whose members are described.
  returned: O(step=decide)
  type: list
  elements: str
  sample: []
goes_on:
  description: Whether the play does something.
  returned: O(step=begin) and O(step=members)
  type: bool
  sample: true
name:
  description: Name of the batch; V(canary), or its number.
  returned: O(step=begin)
  type: str
  sample: canary
soak:
  description: Seconds that the batch must stay healthy.
  returned: O(step=begin)
  type: int
  sample: 300
verify_tasks:
  description: Path of C(fleet_verify_tasks); empty for none.
  returned: O(step=begin)
  type: str
  sample: ""
gate_tasks:
  description: Path of C(fleet_gate_tasks); empty for none.
  returned: O(step=begin)
  type: str
  sample: ""
soaked:
  description: Whether there was something to wait for.
  returned: O(step=soak)
  type: bool
  sample: false
undo:
  description: Whether the whole batch is to be rolled back.
  returned: O(step=count)
  type: bool
  sample: false
failed_apps:
  description: How many failures of the run count by now.
  returned: O(step=count)
  type: int
  sample: 0
table:
  description: The lines of the report.
  returned: O(step=report)
  type: list
  elements: str
  sample: ["run 2026-11-27T10:00:00Z, image_tag 2.1.0, finished"]
failing:
  description: The hosts that the last play fails.
  returned: O(step=report)
  type: list
  elements: str
  sample: []
files:
  description: The files that were written.
  returned: O(step=report), with C(fleet_report_dest)
  type: list
  elements: str
  sample: [/srv/reports/report.json]
"""
