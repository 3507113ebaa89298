#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_member_info
short_description: List the members of a Spice.ai Cloud organization
version_added: 0.1.0
description:
  - Lists the members of the organization, or one of them by user name.
  - A name that is not found is an empty list, not an error.
  - Needs the scope C(members:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  username:
    description: Spice.ai user name of one member, without regard to case.
    type: str
"""

EXAMPLES = r"""
- name: List the members
  spiceai.cloud.spice_member_info:
  register: found

- name: Show the owners
  ansible.builtin.debug:
    msg: "{{ owners | map(attribute='username') }}"
  vars:
    owners: "{{ found.members | selectattr('is_owner') }}"

- name: See which roles a member has
  spiceai.cloud.spice_member_info:
    username: carol
"""

RETURN = r"""
members:
  description: The members, as the API gives them.
  returned: success
  type: list
  elements: dict
  contains:
    user_id:
      description: Id of the user.
      type: int
      sample: 103
    username:
      description: Spice.ai user name.
      type: str
      sample: carol
    roles:
      description: Roles, in no promised order.
      type: list
      elements: str
      sample: [member]
    is_owner:
      description: Whether the member owns the organization.
      type: bool
      sample: false
    created_at:
      description: When the member was added (ISO 8601, UTC).
      type: str
      sample: "2026-10-01T12:00:00.000Z"
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

from ansible_collections.spiceai.cloud.plugins.module_utils._api.members import Members
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.members import MEMBER_INFO


def execute(run: ModuleRun) -> Result:
    wanted = run.params["username"]
    members = Members(run.client).all()
    found = [member for member in members if wanted is None or member["username"].casefold() == wanted.casefold()]
    return {"changed": False, "members": found}


SPEC = ModuleSpec("spice_member_info", execute, CONNECTION + MEMBER_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
