#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_secret
short_description: Write and delete a secret of a Spice.ai Cloud app
version_added: 0.1.0
description:
  - Writes a secret of an app, or deletes it. The value appears in no result, diff or failure.
  - The runtime sees the change with the next deployment. RV(deployment_required) says whether one is needed.
  - For many secrets use M(spiceai.cloud.spice_secrets), which reads once and writes in parallel.
  - Needs the scopes C(secrets:write) and C(apps:read), and C(apps:write) with O(fingerprint_key).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.secret_policy
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
notes:
  - A loop over secrets needs C(no_log) or a C(label) in C(loop_control), because Ansible itself shows the item of a
    loop. M(spiceai.cloud.spice_secrets) needs no loop.
  - On ansible-core before 2.19 a template whose result looks like a list, a dictionary or a boolean becomes one. The
    filter C(string) keeps it a string.
  - A write that the API answers with 409 is retried. If the API refuses it to the last, the secret is deleted and
    written again, because some servers replace no secret. If that fails too, the message says that the secret is
    missing now, and the next run writes it.
options:
  name:
    description:
      - Name of the secret, of letters, digits and underscores. It is compared exactly.
      - Use upper case, because the runtime looks names up in upper case.
    type: str
    required: true
  value:
    description:
      - The value, a string or a whole number. Required with O(state=present).
      - The task fails before the first request when the value is an empty string, only white space, a boolean, a number
        that is not whole, a date without quotes, null, a list or a dictionary. Most of these come from a variable or a
        lookup that gives nothing, or from a value without quotes.
      - Put digits with a leading zero in quotes, because YAML reads them as another number.
    type: raw
  state:
    description:
      - V(present) creates the secret. One that exists is written as O(update_secret) says.
      - V(absent) deletes the secret.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: spiceai.cloud.spice_secrets
    description: Writes many secrets in one task.
  - module: spiceai.cloud.spice_secret_link
    description: Links secrets of the organization to an app.
  - module: spiceai.cloud.spice_deployment
    description: Deploys the app, so that the runtime sees the change.
  - name: Guide to secrets
    description: The three policies for secrets, and what each costs.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_secrets.html
"""

EXAMPLES = r"""
- name: Write a secret if its value has changed
  spiceai.cloud.spice_secret:
    app: sales-analytics
    name: PG_PASSWORD
    value: "{{ pg_password }}"
    fingerprint_key: "{{ fingerprint_key }}"
  register: written

- name: Deploy if it was written
  spiceai.cloud.spice_deployment:
    app: sales-analytics
  when: written.deployment_required

- name: Write a secret whenever this runs
  spiceai.cloud.spice_secret:
    app: sales-analytics
    name: S3_KEY
    value: "{{ s3_key }}"
    update_secret: always

- name: Take the app and the organization of all tasks from one place
  module_defaults:
    group/spiceai.cloud.spice:
      app: sales-analytics
      org: acme
  block:
    - name: Write a secret only if it is missing, and leave it alone otherwise
      spiceai.cloud.spice_secret:
        name: S3_SECRET
        value: "{{ s3_secret }}"
        update_secret: on_create

    - name: Delete a secret
      spiceai.cloud.spice_secret:
        name: OLD_TOKEN
        state: absent
"""

RETURN = r"""
secret:
  description: The secret, as the API gives it, with its value masked.
  returned: success and O(state=present)
  type: dict
  contains:
    name:
      description: Name.
      type: str
      sample: PG_PASSWORD
    value:
      description: Always asterisks.
      type: str
      sample: "********"
    updated_at:
      description: When it was last written (ISO 8601, UTC); not in check mode for a new one.
      type: str
      sample: "2026-10-01T12:00:00.000Z"
outcomes:
  description: What happened to each secret; V(created), V(updated), V(unchanged), V(deleted) or V(failed).
  returned: success, or when some of them failed
  type: dict
  sample: {PG_PASSWORD: updated}
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
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secrets import run_secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secrets import SECRET


def execute(run: ModuleRun) -> Result:
    name, value = run.params["name"], run.params["value"]
    if run.params["state"] == "absent":
        result = run_secrets(run, {}, to_delete=[name])
        result.pop("secrets")
        return result
    result = run_secrets(run, {name: value})
    return dict(result, secret=result.pop("secrets")[name])


SPEC = ModuleSpec("spice_secret", execute, CONNECTION + APP_OF + SECRET)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
