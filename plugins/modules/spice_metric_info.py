#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_metric_info
short_description: Read what the instances of a Spice.ai Cloud app use
version_added: 0.2.0
description:
  - Reads CPU, memory and disk of each instance of an app, and what the app has taken in.
  - The list is empty, with a warning, where nothing runs, because the app is paused or not deployed.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  window:
    description: Time over which the platform counts, such as V(5m). It is sent as it is. Left out, the platform
      decides.
    type: str
seealso:
  - module: spiceai.cloud.spice_instance_info
"""

EXAMPLES = r"""
- name: Read what the instances used in the last five minutes
  spiceai.cloud.spice_metric_info:
    app: sales-analytics
    window: 5m
  register: used

- name: Show their memory
  ansible.builtin.debug:
    msg: "{{ used.metrics | map(attribute='memory_usage_bytes') }}"
"""

RETURN = r"""
metrics:
  description: The figures of each instance, in the order of their names. A figure that the platform does not know is
    null. Empty where nothing runs.
  returned: success
  type: list
  elements: dict
  contains:
    instance:
      description: Name of the instance.
      type: str
      sample: app-1001-5001-0
    cpu_usage_percent:
      description: CPU in use, in percent.
      type: float
      sample: 12.5
    memory_usage_bytes:
      description: Memory in use, in bytes.
      type: int
      sample: 268435456
    disk_read_bytes:
      description: Bytes that were read from disk.
      type: float
      sample: 4096.0
    disk_read_operations:
      description: How often there was a read.
      type: float
      sample: 8.0
    disk_write_bytes:
      description: Bytes that were written to disk.
      type: float
      sample: 2048.0
    disk_write_operations:
      description: How often there was a write.
      type: float
      sample: 4.0
ingestion:
  description: What the datasets of the app have taken in.
  returned: when the API tells it
  type: dict
  contains:
    rows_ingested:
      description: Rows.
      type: int
      sample: 120
    bytes_ingested:
      description: Bytes.
      type: int
      sample: 4800
cluster:
  description: The executors of a distributed app.
  returned: when the API tells it
  type: dict
  contains:
    active_executors_count:
      description: How many executors are active; null for an app that has none.
      type: int
      sample: 2
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
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instances import run_metric_info
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.instances import METRIC_INFO
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF

SPEC = ModuleSpec("spice_metric_info", run_metric_info, CONNECTION + APP_OF + METRIC_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
