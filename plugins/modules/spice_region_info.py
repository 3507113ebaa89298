#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_region_info
short_description: List the regions of Spice.ai Cloud
version_added: 0.1.0
description:
  - Lists the regions in which apps can run, and which one is the default.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
"""

EXAMPLES = r"""
- name: List the regions
  spiceai.cloud.spice_region_info:
  register: offer

- name: Show where a new app goes, and the regions to choose from
  ansible.builtin.debug:
    msg:
      - "{{ offer.default }}"
      - "{{ open | map(attribute='region') }}"
  vars:
    open: "{{ offer.regions | rejectattr('disabled') }}"
"""

RETURN = r"""
regions:
  description: The regions, as the API gives them, with keys in C(snake_case).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name for people.
      type: str
      sample: US West (Oregon)
    region:
      description: Value for O(spiceai.cloud.spice_app#module:region).
      type: str
      sample: us-west-2
    provider:
      description: Cloud provider.
      type: str
      sample: aws
    provider_name:
      description: Cloud provider, for people.
      type: str
      sample: AWS
    is_default:
      description: Whether new apps go there unless told otherwise.
      type: bool
      sample: false
    disabled:
      description: Whether it takes no new apps.
      type: bool
      sample: false
default:
  description: The default region.
  returned: success
  type: str
  sample: us-east-1
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
    offer = Platform(run.client).regions(is_fresh=True)
    return {"changed": False, "regions": offer.get("regions", []), "default": offer.get("default")}


SPEC = ModuleSpec("spice_region_info", execute, CONNECTION, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
