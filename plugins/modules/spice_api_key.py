#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_api_key
short_description: Manage the two API keys of a Spice.ai Cloud app
version_added: 0.1.0
description:
  - Generates, replaces and revokes the runtime API keys of an app. An app has two slots for keys, so that clients can
    move from one key to the other without downtime.
  - The runtime refuses a key as soon as it is replaced.
  - Keys appear only as fingerprints, unless O(reveal=true) asks for the value.
  - The role P(spiceai.cloud.api_key_rotation#role) replaces both keys without downtime.
  - Needs the scope C(apps:write).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  key_number:
    description: Number of the slot. Required with O(state=present) and O(state=regenerated).
    type: int
    choices: [1, 2]
  state:
    description:
      - V(present) makes sure that the slot holds a key. A key is generated if the slot is empty.
      - V(regenerated) puts a new key into the slot, every time the task runs. It is not idempotent.
      - V(revoked) puts a new key into the slot that holds O(value). If no slot holds it, nothing changes. This is the
        answer to a leaked key.
    type: str
    choices: [present, regenerated, revoked]
    default: present
  value:
    description: The exact key to revoke. Required with O(state=revoked).
    type: str
  reveal:
    description: Whether the result holds the key itself. Set C(no_log=true) on such a task.
    type: bool
    default: false
seealso:
  - module: spiceai.cloud.spice_api_key_info
    description: Reads the keys.
  - name: Guide to key rotation
    description: How clients get new API keys without downtime.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_key_rotation.html
"""

EXAMPLES = r"""
- name: Make sure that there is a second key
  spiceai.cloud.spice_api_key:
    app: sales-analytics
    key_number: 2
    reveal: true
  register: spare
  no_log: true

- name: Hand it to the tasks that write it to the clients
  ansible.builtin.set_fact:
    client_key: "{{ spare.api_key.value }}"
  no_log: true

- name: Replace the first key, every time this runs
  spiceai.cloud.spice_api_key:
    app: sales-analytics
    key_number: 1
    state: regenerated

- name: Revoke a key that leaked, whichever slot it is in
  spiceai.cloud.spice_api_key:
    app: sales-analytics
    state: revoked
    value: "{{ leaked_key }}"
"""

RETURN = r"""
api_key:
  description: The slot that the task is about; for V(revoked) the one that held the key, else the first.
  returned: success
  type: dict
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
other_api_key:
  description: The other slot, without its value.
  returned: success
  type: dict
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
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 2, writes: 1, retries: 0, throttled: 0, paced_seconds: 0.0}
failure:
  description:
    - What the API answered to the request that failed. A field that the answer does not have is absent.
    - Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  sample:
    status: 403
    code: insufficient_scope
    message: "Insufficient scope. Required: apps:write"
    method: PUT
    path: /v1/apps/7
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import run_key
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.keys import KEY
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF

SPEC = ModuleSpec("spice_api_key", run_key, CONNECTION + APP_OF + KEY)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
