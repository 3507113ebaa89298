#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_instance_info
short_description: List the running instances of a Spice.ai Cloud app
version_added: 0.2.0
description:
  - Lists the instances of an app, the newest first, and with O(logs) the end of their logs.
  - The list is empty, with a warning, where nothing runs, because the app is paused or not deployed.
  - A log holds what the runtime writes. Values that the task knows to be sensitive, such as O(api_token), are hidden in
    it. Values that only the app knows are not.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  logs:
    description:
      - How many lines of its log the newest instance and each instance that is ready get. V(0) reads no log.
      - Where the plan of the organization allows fewer lines, these are read, with a warning.
      - An instance whose log is not there, as happens for one to two minutes after a deployment, gets an empty one,
        with a warning.
    type: int
    default: 0
seealso:
  - module: spiceai.cloud.spice_deployment
  - module: spiceai.cloud.spice_metric_info
"""

EXAMPLES = r"""
- name: List the instances, with the last 20 lines of their logs
  spiceai.cloud.spice_instance_info:
    app: sales-analytics
    logs: 20
  register: found

- name: Show the log of the newest one
  ansible.builtin.debug:
    msg: "{{ found.instances[0].log }}"
  when: found.instances | length > 0
"""

RETURN = r"""
instances:
  description: The instances, the newest first, as the API gives them. Empty where nothing runs.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name.
      type: str
      sample: app-1001-5001-0
    status:
      description: V(ready) where it serves. The platform does not document its other states.
      type: str
      sample: ready
    started_at:
      description: When it was started (ISO 8601, UTC).
      type: str
      sample: "2026-10-01T12:00:00.000Z"
    log:
      description: The last lines of its log, the oldest first, for the newest instance and for each that is ready.
      returned: when O(logs) is more than 0
      type: list
      elements: str
      sample: ["INFO Rollout finished"]
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

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instances import run_instance_info
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.instances import INSTANCE_INFO
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF

SPEC = ModuleSpec("spice_instance_info", run_instance_info, CONNECTION + APP_OF + INSTANCE_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
