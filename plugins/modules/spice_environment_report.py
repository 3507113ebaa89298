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
  - Prints a table with one row for each host of the play, in the width of the screen. It is the last task of every
    playbook of this collection.
  - Runs once for all hosts, as with C(run_once), and reads what the tasks of a role registered. No secret and no API
    key is in that.
  - A failed host has a row with its reason. The module itself changes no host from failed to not failed or back. So
    put it into the C(always) section of a block that runs the role; a failure then stays one, and the table comes all
    the same.
  - A warning names the hosts that describe the same app, because their descriptions undo each other.
  - Keeps a summary of each app as a statistic of the run, as M(ansible.builtin.set_stats) does, under the names
    C(environment_summaries) and, under AWX, C(environment_summaries_JOBID). AWX shows it as an artifact of the job. An
    export has no summary.
  - Runs on the controller only and sends no request.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
options:
  about:
    description:
      - What the table is about.
      - With V(environment), the results of M(spiceai.cloud.spice_environment). The module fails where no host has one.
      - With V(export), V(rotation) or V(teardown), what the role P(spiceai.cloud.export#role),
        P(spiceai.cloud.api_key_rotation#role) or P(spiceai.cloud.teardown#role) did when it ran last in this play.
    type: str
    choices: [environment, teardown, rotation, export]
    default: environment
  variable:
    description:
      - Name of the variable in which the hosts registered the result of M(spiceai.cloud.spice_environment).
      - Only with O(about=environment).
    type: str
    default: environment_result
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
    description: Only reads, so it does the same in C(check_mode).
    support: full
  diff_mode:
    description: Never changes anything.
    support: none
"""

EXAMPLES = r"""
- name: Bring the environments to their described state and report
  block:
    - name: Bring the environment to its described state
      spiceai.cloud.spice_environment:
        app:
          name: sales-analytics
          replicas: 2
      register: environment_result
  always:
    - name: Report
      spiceai.cloud.spice_environment_report:

- name: Delete the environments and report
  block:
    - name: Delete an environment
      ansible.builtin.import_role:
        name: spiceai.cloud.teardown
  always:
    - name: Report what was deleted
      spiceai.cloud.spice_environment_report:
        about: teardown
"""

RETURN = r"""
table:
  description: The lines of the table.
  returned: success
  type: list
  elements: str
  sample: ["sales-analytics  replicas  5001 succeeded  4.2"]
summaries:
  description:
    - What became of each app, by its name. Where several hosts have an app of the same name, the host follows in
      brackets.
    - All have C(app), C(app_id), C(changed), C(planned), C(failed) and C(reason). Those of an environment have also
      C(changed_fields), C(secrets), C(linked_secrets), C(monitors), C(members), C(deployment), C(rolled_back), C(url),
      C(plan) and C(seconds), those of a teardown C(outcome), and those of a rotation C(active), C(retired) and
      C(resumed).
  returned: success, unless O(about=export)
  type: dict
  sample: {shop: {app: shop, app_id: 7, changed: true, planned: false, failed: false, reason: null}}
"""
