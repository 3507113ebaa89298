#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_secret_link
short_description: Link secrets of the organization to a Spice.ai Cloud app
version_added: 0.2.0
description:
  - Links secrets of the organization to an app, or removes such links. The secrets themselves, and their values, are
    written in the portal only.
  - Reads the links once and writes what is needed, up to eight at a time. One that fails does not hide the others;
    RV(outcomes) tells all of them, and the task fails at the end.
  - The runtime sees the change with the next deployment; RV(deployment_required) says so. The modules
    M(spiceai.cloud.spice_deployment) and M(spiceai.cloud.spice_environment) deploy an app whose links are not those of
    its newest deployment.
  - A secret of the app wins over a linked one of the same name.
  - A secret that is deleted in the portal is no longer linked to any app.
  - Needs the scopes C(secrets:write) and C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
notes:
  - The secrets that the platform manages, whose names begin with C(SCP_), can be linked, and no list of an
    organization's secrets has them. So the API decides; a name that it does not know fails the task with the names that
    the organization offers.
  - Check mode warns about a name that is not listed. It cannot where the credential may not read the list, or belongs
    to several organizations and O(org) does not name one.
  - On a server that shows no links to secrets of the platform, such a link is created in each run, and RV(outcomes)
    tells it as created, because nobody can know that it is there.
  - Viewers of the organization may neither see nor change links.
options:
  name:
    description: Name of one secret of the organization, compared exactly.
    type: str
  names:
    description: Names of several of them.
    type: list
    elements: str
  state:
    description: Whether the app is linked to them.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description: Whether links to secrets that are not in O(names) are removed. Only with O(names), and not with
      O(state=absent).
    type: bool
    default: false
seealso:
  - module: spiceai.cloud.spice_secret_link_info
  - module: spiceai.cloud.spice_secrets
  - module: spiceai.cloud.spice_deployment
"""

EXAMPLES = r"""
- name: Link two secrets of the organization, and remove all other links
  spiceai.cloud.spice_secret_link:
    app: sales-analytics
    names: [SHARED_S3_KEY, SHARED_S3_SECRET]
    purge: true
  register: linked

- name: Deploy if that changed something
  spiceai.cloud.spice_deployment:
    app: sales-analytics
  when: linked.deployment_required

- name: Link the key of the platform for OpenAI
  spiceai.cloud.spice_secret_link:
    app: sales-analytics
    name: SCP_OPENAI_API_KEY

- name: Remove a link
  spiceai.cloud.spice_secret_link:
    app: sales-analytics
    name: SHARED_S3_SECRET
    state: absent
"""

RETURN = r"""
linked_secrets:
  description: The secrets of the organization that are linked to the app after the task, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name.
      type: str
      sample: SHARED_S3_KEY
outcomes:
  description: What happened to each link; V(created), V(unchanged), V(deleted) or V(failed).
  returned: success, or when some of them failed
  type: dict
  sample: {SHARED_S3_KEY: created, SHARED_S3_SECRET: unchanged}
deployment_required:
  description: Whether the app needs a deployment to see the change.
  returned: success, or when some of them failed
  type: bool
  sample: true
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 3, writes: 1, retries: 0, throttled: 0, paced_seconds: 0.0}
failure:
  description:
    - What the API answered to the request that failed. A field that the answer does not have is absent.
    - Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  sample:
    status: 403
    code: insufficient_scope
    message: "Insufficient scope. Required: secrets:write"
    method: PUT
    path: /v1/apps/7/org-secrets/SHARED_S3_KEY
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_links import run_links
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secret_links import SECRET_LINK

SPEC = ModuleSpec("spice_secret_link", run_links, CONNECTION + APP_OF + SECRET_LINK)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
