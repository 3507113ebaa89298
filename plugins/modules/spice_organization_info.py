#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_organization_info
short_description: List the Spice.ai Cloud organizations of a credential
version_added: 0.1.0
description:
  - Lists the organizations that the credential may name in O(org), with its role in each.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
"""

EXAMPLES = r"""
- name: List my organizations
  spiceai.cloud.spice_organization_info:
  register: mine

- name: Show where I may write
  ansible.builtin.debug:
    msg: "{{ writable | map(attribute='name') }}"
  vars:
    writable: "{{ mine.organizations | rejectattr('role', 'eq', 'viewer') }}"
"""

RETURN = r"""
organizations:
  description: The organizations, as the API gives them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id.
      type: int
      sample: 42
    name:
      description: Value for O(org).
      type: str
      sample: acme-corp
    role:
      description: Role of the credential there; V(owner), V(admin), V(member) or V(viewer).
      type: str
      sample: owner
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
    return {"changed": False, "organizations": Platform(run.client).organizations(is_fresh=True)}


SPEC = ModuleSpec("spice_organization_info", execute, CONNECTION, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
