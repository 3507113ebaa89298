#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_monitor_info
short_description: List the monitors (alerts) of a Spice.ai Cloud app or cluster
version_added: 0.2.0
description:
  - Lists the monitors of an app or of a dedicated cluster, or one of them by name.
  - A name that is not found is an empty list, not an error.
  - Needs the scopes C(monitors:read) and C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  cluster_name:
    description: Name of a dedicated cluster, instead of an app.
    type: str
  name:
    description: Name of one monitor, without regard to case.
    type: str
seealso:
  - module: spiceai.cloud.spice_monitor
"""

EXAMPLES = r"""
- name: List the monitors of an app
  spiceai.cloud.spice_monitor_info:
    app: sales-analytics
  register: found

- name: Show those that are disabled
  ansible.builtin.debug:
    msg: "{{ disabled | map(attribute='name') }}"
  vars:
    disabled: "{{ found.monitors | selectattr('status', 'eq', 'disabled') }}"

- name: Read one monitor of an app
  spiceai.cloud.spice_monitor_info:
    app: sales-analytics
    name: Slow queries

- name: List the monitors of a cluster
  spiceai.cloud.spice_monitor_info:
    cluster_name: acme-prod-west
"""

RETURN = r"""
monitors:
  description: The monitors, as the API gives them, with names in snake_case.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id.
      type: str
      sample: 0199a0b1-0000-7000-8000-000000000001
    name:
      description: Name.
      type: str
      sample: Server errors
    description:
      description: Description for people; null when there is none.
      type: str
      sample: Requests that fail
    status:
      description: V(active) or V(disabled).
      type: str
      sample: active
    template_id:
      description: The template.
      type: str
      sample: http_5xx
    spec:
      description: The condition; C(datasets) too, where it watches some of them only.
      type: dict
      contains:
        op:
          description: How the value is compared with the threshold.
          type: str
          sample: GT
        threshold:
          description: The threshold, in the unit of the template.
          type: float
          sample: 0
        window:
          description: The time over which the value is taken.
          type: str
          sample: 5m
        sustain_secs:
          description: Seconds for which the condition must hold.
          type: int
          sample: 0
        severity:
          description: V(warn) or V(critical).
          type: str
          sample: critical
        include_details:
          description: Whether a message holds details.
          type: bool
          sample: false
    targets:
      description: Whom it tells. The token of an http target is never there.
      type: list
      elements: dict
      sample:
        - {type: email, emails: [ops@example.com]}
    last_fired_at:
      description: When it last fired (ISO 8601, UTC).
      type: str
    last_resolved_at:
      description: When that was last over (ISO 8601, UTC).
      type: str
    evaluation_unavailable_reason:
      description: Why it cannot be evaluated, such as V(cpu_limit_missing).
      type: str
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 3, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
failure:
  description:
    - What the API answered to the request that failed. A field that the answer does not have is absent.
    - Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  sample:
    status: 403
    code: insufficient_scope
    message: "Insufficient scope. Required: monitors:read"
    method: GET
    path: /v1/apps/7/monitors
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._api.monitors import Monitors
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_owner import find_owner
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.monitors import MONITOR_INFO


def execute(run: ModuleRun) -> Result:
    owner, name = find_owner(run), run.params["name"]
    if owner is None:
        return {"changed": False, "monitors": []}
    monitors = Monitors(run.client, (owner.app or {}).get("id"), owner.cluster_name).all()
    found = [one for one in monitors if name is None or one["name"].casefold() == name.casefold()]
    return {"changed": False, "monitors": found}


SPEC = ModuleSpec("spice_monitor_info", execute, CONNECTION + MONITOR_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
