#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_member
short_description: Add, change and remove a member of a Spice.ai Cloud organization
version_added: 0.1.0
description:
  - Adds a user to the organization, changes the member's roles, or removes the member.
  - The user must have signed in to Spice.ai once.
  - Owners are protected. They are neither changed nor removed.
  - For many members use M(spiceai.cloud.spice_members), which reads once and can remove all others.
  - Needs the scope C(members:write), and C(members:delete) with O(state=absent).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  username:
    description: Spice.ai user name, without regard to case. Not an e-mail address.
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
seealso:
  - module: spiceai.cloud.spice_members
    description: Brings all members to a wanted state in one task.
  - module: spiceai.cloud.spice_member_info
    description: Lists the members.
"""

EXAMPLES = r"""
- name: Add a member with the role member
  spiceai.cloud.spice_member:
    username: erin

- name: Make the member a viewer, and show what changed
  spiceai.cloud.spice_member:
    username: erin
    roles: [viewer]
  diff: true

- name: Make somebody an admin in each organization
  spiceai.cloud.spice_member:
    username: dave
    roles: [admin]
    org: "{{ item }}"
  loop: "{{ organizations }}"

- name: Remove the member
  spiceai.cloud.spice_member:
    username: erin
    state: absent
"""

RETURN = r"""
member:
  description: The member, as the API gives it.
  returned: success and O(state=present)
  type: dict
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
  sample: {erin: created}
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
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.members import MEMBER


def execute(run: ModuleRun) -> Result:
    result = run_members(run, [run.params])
    members = result.pop("members")
    return dict(result, member=members[0]) if run.params["state"] == "present" else result


SPEC = ModuleSpec("spice_member", execute, CONNECTION + MEMBER)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
