#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_limit_info
short_description: Read the limits of a Spice.ai Cloud organization
version_added: 0.1.0
description:
  - Reads what the plan of the organization allows, so that a play can stop before it asks for more.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
"""

EXAMPLES = r"""
- name: Read the limits
  spiceai.cloud.spice_limit_info:
  register: plan

- name: Stop where the plan does not allow three replicas
  ansible.builtin.assert:
    that: plan.limits.replicas in [-1] or plan.limits.replicas >= 3
"""

RETURN = r"""
limits:
  description: The limits, as the API gives them; V(-1) is unlimited.
  returned: success
  type: dict
  contains:
    apps:
      description: Apps of the organization.
      type: int
      sample: 10
    replicas:
      description: Replicas of one app.
      type: int
      sample: 3
    spicepods:
      description: Spicepods of the organization.
      type: int
      sample: 3
    users:
      description: Members of the organization.
      type: int
      sample: -1
    api_rps:
      description: Requests a second.
      type: int
      sample: 1000
    request_timeout_secs:
      description: Seconds that one request to the runtime may take.
      type: int
      sample: 60
    sql_query_timeout_secs:
      description: Seconds that one SQL query may take.
      type: int
      sample: 60
    sql_concurrent_queries:
      description: SQL queries at the same time.
      type: int
      sample: 10
    resources:
      description: Largest resources of one app.
      type: dict
      sample: {"max_cpu": 8, "max_memory_gi": 32}
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 2, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
failure:
  description:
    - What the API answered to the request that failed. A field that the answer does not have is absent.
    - Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  sample:
    status: 403
    code: insufficient_scope
    message: "Insufficient scope. Required: apps:read"
    method: GET
    path: /v1/apps/7
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION


def execute(run: ModuleRun) -> Result:
    return {"changed": False, "limits": Platform(run.client).limits(is_fresh=True)}


SPEC = ModuleSpec("spice_limit_info", execute, CONNECTION, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
