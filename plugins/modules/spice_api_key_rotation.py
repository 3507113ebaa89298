#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_api_key_rotation
short_description: Rotate the API keys of a Spice.ai Cloud app without downtime
version_added: 0.1.0
description:
  - An app has two API keys. One is active, clients hold it; the other one is spare, nobody holds it.
  - O(step=start) makes the spare key anew. Then publish it to the clients. O(step=finish) retires the former key by making that anew.
  - Where a rotation stands is kept in the tag C(ansible.active-api-key) of the app, so a run that died anywhere is continued by the next one. A rotation that
    was started and not finished is resumed with the same key, for some clients may hold it already.
  - The role P(spiceai.cloud.api_key_rotation#role) does all of it; use that unless you need the steps apart.
  - The API does not say whether a request that it did not answer in time will still be carried out. Wait a minute before you run a rotation again that failed
    so.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  app:
    description: Name of the app. An exact match counts first, then one without regard to case.
    type: str
  app_id:
    description: Id of the app, in place of its name.
    type: int
  step:
    description:
      - V(start) makes a new key, unless a rotation is under way already. Every time after a finished one, so it is not idempotent.
      - V(finish) retires the former key. Changes nothing when no rotation is under way.
    type: str
    choices: [start, finish]
    required: true
  active:
    description: Which key the clients hold before the first rotation. V(auto) takes what the last rotation recorded, else the first. A record counts more.
    type: str
    choices: ["1", "2", auto]
    default: auto
  reveal:
    description: Whether the result of O(step=start) holds the new key itself. Set C(no_log=true) on such a task.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Make the spare key of the sales app anew
  spiceai.cloud.spice_api_key_rotation:
    app: sales-analytics
    step: start
    reveal: true
  register: sales
  no_log: true

# Here your own tasks hand sales.rotation.value to the clients.
- name: Tell which key they get
  ansible.builtin.debug:
    msg: "The clients get key {{ sales.rotation.key_number }}"

- name: Retire the former key
  spiceai.cloud.spice_api_key_rotation:
    app: sales-analytics
    step: finish
"""

RETURN = r"""
rotation:
  description: Where the rotation stands.
  returned: success
  type: dict
  contains:
    key_number:
      description: The slot whose key clients are to hold from now on.
      type: int
      sample: 2
    fingerprint:
      description: First 12 hexadecimal digits of that key's SHA-256; null for a key that check mode only predicts.
      type: str
      sample: 5f70bf18a086
    former_key_number:
      description: The other slot.
      type: int
      sample: 1
    resumed:
      description: Whether the rotation had been started before this task.
      type: bool
      sample: false
    under_way:
      description: Whether it still has to be finished.
      type: bool
      sample: true
    value:
      description: The new key itself.
      returned: O(reveal=true) and O(step=start)
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
      description: HTTP status; null when there was no answer.
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

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.rotation import Rotation
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION, CONNECTION_EXCLUSIVE
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.keys import ROTATION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import PARENT, PARENT_CONSTRAINTS
from ansible_collections.spiceai.cloud.plugins.module_utils._task import Declaration, run_module


def run(task):
    return Rotation(task).run()


DECLARATION = Declaration("spice_api_key_rotation", run, dict(CONNECTION, **PARENT, **ROTATION),
                          required_one_of=PARENT_CONSTRAINTS["required_one_of"],
                          mutually_exclusive=CONNECTION_EXCLUSIVE + PARENT_CONSTRAINTS["mutually_exclusive"])


def main():
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
