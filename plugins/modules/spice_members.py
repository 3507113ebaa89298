#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_members
short_description: Bring the members of a Spice.ai Cloud organization to a wanted state
version_added: 0.1.0
description:
  - Reads the members once, adds and changes what is needed, and with O(purge) removes the rest.
  - Owners are protected; they are neither changed nor removed.
  - One member that fails does not hide the others; RV(outcomes) tells all of them, and the task fails at the end.
  - Needs the scope C(members:write), and C(members:delete) to remove members.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  members:
    description: The members.
    type: list
    elements: dict
    required: true
    suboptions:
      username:
        description:
          - Spice.ai user name, without regard to case. Not an e-mail address.
        type: str
        required: true
      roles:
        description:
          - Roles, compared as a set. The newest API knows V(owner), V(admin), V(member) and V(viewer).
          - If it is not given, a new member gets V(member), and the roles of a member that exists are left alone.
        type: list
        elements: str
      state:
        description:
          - V(present) adds the member, or changes the roles.
          - V(absent) removes the member.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description:
      - Whether members that are not in O(members) are removed. Never an owner.
      - Never the caller either, as far as the credential tells who that is; a personal access token does not tell, so
        name yourself in O(members).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: These people, and nobody else but owners
  spiceai.cloud.spice_members:
    members:
      - username: bob
        roles:
          - admin
      - username: carol
        roles:
          - member
      - username: erin
    purge: true

- name: Remove somebody, and leave everybody else alone
  spiceai.cloud.spice_members:
    members:
      - username: dave
        state: absent
"""

RETURN = r"""
members:
  description: The members of O(members), as the API gives them.
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
outcomes:
  description: What happened to each user; V(created), V(updated), V(unchanged), V(deleted) or V(failed).
  returned: success, or when some of them failed
  type: dict
  sample: {bob: unchanged, carol: updated, erin: created, dave: deleted}
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

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import run_members
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.members import MEMBERS


def execute(run: ModuleRun) -> Result:
    return run_members(run, run.params["members"], purge=run.params["purge"])


SPEC = ModuleSpec("spice_members", execute, CONNECTION + MEMBERS)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
