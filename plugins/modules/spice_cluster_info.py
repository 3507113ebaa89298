#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_cluster_info
short_description: List the dedicated Spice.ai Cloud clusters of an organization
version_added: 0.1.0
description:
  - Lists the dedicated clusters on which apps of the organization can run. Most organizations have none.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
"""

EXAMPLES = r"""
- name: List the dedicated clusters
  spiceai.cloud.spice_cluster_info:
  register: dedicated

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ dedicated.clusters | map(attribute='cluster_name') | list }}"
"""

RETURN = r"""
clusters:
  description: The clusters, as the API gives them.
  returned: success
  type: list
  elements: dict
  contains:
    cluster_name:
      description: Value for O(spiceai.cloud.spice_app#module:cluster_name).
      type: str
      sample: acme-prod-sandbox
    region:
      description: Region.
      type: str
      sample: us-west-2
    cloud_provider:
      description: Cloud provider.
      type: str
      sample: aws
    endpoint:
      description: Address of the runtime.
      type: str
      sample: https://private-acme-prod-sandbox-us-west-2-prod-data.spiceai.io
    created_at:
      description: When it was created (ISO 8601, UTC).
      type: str
      sample: "2026-06-01T00:00:00.000Z"
    updated_at:
      description: When it was last changed (ISO 8601, UTC).
      type: str
      sample: "2026-06-01T00:00:00.000Z"
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
    return {"changed": False, "clusters": Platform(run.client).clusters(is_fresh=True)}


SPEC = ModuleSpec("spice_cluster_info", execute, CONNECTION, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
