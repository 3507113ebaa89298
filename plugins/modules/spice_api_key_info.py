#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_api_key_info
short_description: Read the API keys of a Spice.ai Cloud app
version_added: 0.1.0
description:
  - Reads both slots of an app's runtime API keys, as fingerprints unless O(reveal=true) asks for the values.
  - An app that is not found is an error.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  reveal:
    description: Whether the result holds the keys themselves. Set C(no_log=true) on such a task.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: See which slots hold a key
  spiceai.cloud.spice_api_key_info:
    app: sales-analytics
  register: found

- name: Show the fingerprints
  ansible.builtin.debug:
    var: found.api_keys

- name: Read the keys themselves
  spiceai.cloud.spice_api_key_info:
    app: sales-analytics
    reveal: true
  register: keys
  no_log: true
"""

RETURN = r"""
api_keys:
  description: Both slots.
  returned: success
  type: list
  elements: dict
  contains:
    key_number:
      description: Number of the slot.
      type: int
      sample: 1
    fingerprint:
      description: First 12 hexadecimal digits of the key's SHA-256; null for an empty slot, and for a key that check
        mode only predicts.
      type: str
      sample: 5f70bf18a086
    value:
      description: The key itself.
      returned: O(reveal=true)
      type: str
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

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import read_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.keys import KEY_INFO
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF


def execute(run: ModuleRun) -> Result:
    return {"changed": False, "api_keys": read_keys(run, run.params["reveal"])}


SPEC = ModuleSpec("spice_api_key_info", execute, CONNECTION + APP_OF + KEY_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
