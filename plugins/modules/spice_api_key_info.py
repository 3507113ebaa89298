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
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  app:
    description: Name of the app. An exact match counts first, then one without regard to case.
    type: str
  app_id:
    description: Id of the app, in place of its name.
    type: int
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
      description: First 12 hexadecimal digits of the key's SHA-256; null for an empty slot, and for a key that check mode only predicts.
      type: str
      sample: 5f70bf18a086
    value:
      description: The key itself.
      returned: O(reveal=true)
      type: str
api:
  description: What this task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests, repeats and the token exchange included.
      type: int
      sample: 2
    writes:
      description: Requests other than GET, without the token exchange.
      type: int
      sample: 0
    retries:
      description: Repeats.
      type: int
      sample: 0
failure:
  description: What the API answered. Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  contains:
    status:
      description: HTTP status; absent when there was no answer.
      type: int
      sample: 403
    code:
      description: The API's code.
      type: str
      sample: insufficient_scope
    message:
      description: The API's words.
      type: str
      sample: "Insufficient scope. Required: apps:write"
    details:
      description: The API's details of a refused body.
      type: dict
      sample: {"fieldErrors": {"spicepod": ["Invalid spicepod configuration"]}, "formErrors": []}
    method:
      description: Method of the request.
      type: str
      sample: PUT
    path:
      description: Path of the request.
      type: str
      sample: /v1/apps/7
    retries:
      description: How often it was repeated.
      type: int
      sample: 0
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
