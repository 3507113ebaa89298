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
    msg: "{{ mine.organizations | rejectattr('role', 'equalto', 'viewer') | map(attribute='name') | list }}"
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
  description: What this task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests, repeats and the token exchange included.
      type: int
      sample: 1
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
      sample: "Insufficient scope. Required: apps:read"
    details:
      description: The API's details of a refused request.
      type: dict
      sample: {"fieldErrors": {"limit": ["Too big"]}, "formErrors": []}
    method:
      description: Method of the request.
      type: str
      sample: GET
    path:
      description: Path of the request.
      type: str
      sample: /v1/orgs
    retries:
      description: How often it was repeated.
      type: int
      sample: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION


def execute(run: ModuleRun) -> Result:
    return {"changed": False, "organizations": Platform(run.client).organizations()}


SPEC = ModuleSpec("spice_organization_info", execute, CONNECTION, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
