#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_fleet_app
short_description: Take one step of a fleet run for one Spice.ai Cloud app
version_added: 0.2.0
description:
  - Takes one step for the app of the host. The role P(spiceai.cloud.fleet#role) runs the steps in their order, and the
    playbook C(spiceai.cloud.fleet) runs the role.
  - Reads which app that is from the variables of the host. They are those of the role
    P(spiceai.cloud.environment#role), or C(spice_app_id) and C(spice_app_name) of the inventory
    P(spiceai.cloud.spice_apps#inventory).
  - The module M(spiceai.cloud.spice_fleet_run) decides what is due. A step of a batch fails on a host that is in no
    batch under way, so no task can be run out of its turn.
  - The result is short, because the run keeps the results of thousands of apps. The description of an app is no part of
    it.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
options:
  step:
    description:
      - V(look) plans the app in check mode, with and without C(check_mode).
      - V(start) keeps the state before the change, changes what differs, and starts a deployment if one is needed.
      - V(finish) waits for the deployment and verifies what runs.
      - V(again) verifies once more, and changes nothing.
      - V(settle) belongs into the C(rescue) section of a block of these steps. It notes why the app failed, and rolls
        it back if C(fleet_rollback) asks for that. It does not fail.
      - V(undo) rolls the app back with its batch.
      - V(verdict) fails if the app failed, or if the host stands for a run that failed.
    type: str
    required: true
    choices: [look, start, finish, again, settle, undo, verdict]
attributes:
  action:
    description: Runs on the controller, without a module on the host.
    support: full
  action_group:
    description: Use C(group/spiceai.cloud.spice) in C(module_defaults).
    support: full
    membership:
      - spiceai.cloud.spice
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  check_mode:
    description:
      - No batch begins in C(check_mode).
      - Only the steps V(look) and V(verdict) are of use there.
    support: full
  diff_mode:
    description: The plan tells the differences in sentences.
    support: none
seealso:
  - module: spiceai.cloud.spice_environment
  - module: spiceai.cloud.spice_fleet_run
"""

EXAMPLES = r"""
- name: Bring the apps of the batch to their state
  block:
    - name: Change the app and start its deployment
      spiceai.cloud.spice_fleet_app:
        step: start
    - name: Wait for the deployment and verify the app
      spiceai.cloud.spice_fleet_app:
        step: finish
  rescue:
    - name: Roll back the app if that is asked for
      spiceai.cloud.spice_fleet_app:
        step: settle
"""

RETURN = r"""
app:
  description: Name of the app; null where the host describes none.
  returned: success, unless O(step=verdict)
  type: str
  sample: shop
app_id:
  description: Its id; null for one that does not exist.
  returned: success, unless O(step=verdict)
  type: int
  sample: 1001
org:
  description: The organization that the credential was used for; null for its own.
  returned: success, unless O(step=verdict)
  type: str
  sample: acme
result:
  description: What became of the app; V(created), V(changed), V(unchanged), V(would_change), V(failed), V(rolled_back),
    V(rollback_failed) or V(held). Null as long as nothing did.
  returned: success, unless O(step=verdict)
  type: str
  sample: changed
batch:
  description: Name of its batch.
  returned: success, unless O(step=verdict)
  type: str
  sample: canary
version:
  description: What runs, by its image tag.
  returned: success, unless O(step=verdict)
  type: str
  sample: 2.1.0
previous_version:
  description: What ran before.
  returned: success, unless O(step=verdict)
  type: str
  sample: 2.0.3
deployment:
  description: Id of the newest deployment.
  returned: success, unless O(step=verdict)
  type: int
  sample: 5001
url:
  description: Where the app answers, after it was verified.
  returned: success, unless O(step=verdict)
  type: str
  sample: https://us-east-1-prod-aws-data.spiceai.io
reason:
  description: Why the app failed, was rolled back, or is held.
  returned: success, unless O(step=verdict)
  type: str
  sample: ""
api:
  description: How many requests this step sent, as every module of the collection returns it.
  returned: when a request was sent or tried
  type: dict
  sample: {requests: 4, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
"""
