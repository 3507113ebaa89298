#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_secrets
short_description: Bring the secrets of a Spice.ai Cloud app to a wanted state
version_added: 0.1.0
description:
  - Reads the secrets once, writes what is needed (up to eight at a time), and with O(purge) deletes the rest. No value
    appears in a result, diff or failure.
  - One secret that fails does not hide the others; RV(outcomes) tells all of them, and the task fails at the end.
  - The runtime sees the change with the next deployment; RV(deployment_required) says so.
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
  - On ansible-core before 2.19 a template whose result looks like a list, a dictionary or a boolean becomes one. The
    filter C(string) keeps it a string.
  - A write that the API answers with 409 is retried. If it is refused so to the last, the secret is deleted and written
    again, because some servers replace no secret. Should that fail, the failure says that the secret is missing now;
    the next run writes it.
options:
  secrets:
    description:
      - The secrets, name to value. Names are compared exactly. Use upper case, because the runtime looks names up in
        upper case.
      - A value is a string or a whole number. The task fails before the first request when a value is an empty string,
        only white space, a boolean, a number that is not whole, a date without quotes, null, a list or a dictionary.
        Most of these come from a variable or a lookup that gives nothing, or from a value without quotes.
      - Put digits with a leading zero in quotes, because YAML reads them as another number.
      - Names may be shown, values never. Of what cannot be a name only the beginning is shown, because name and value
        may be swapped.
    type: dict
    required: true
  purge:
    description: Whether secrets that are not in O(secrets) are deleted, with their fingerprints.
    type: bool
    default: false
seealso:
  - name: Guide to secrets
    description: The three policies for secrets, and what each costs.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_secrets.html
"""

EXAMPLES = r"""
- name: Write the secrets whose values have changed, and delete all others
  spiceai.cloud.spice_secrets:
    app: sales-analytics
    secrets:
      PG_PASSWORD: "{{ pg_password }}"
      S3_KEY: "{{ s3_key }}"
      S3_SECRET: "{{ s3_secret }}"
    purge: true
    fingerprint_key: "{{ fingerprint_key }}"
  register: written

- name: Deploy if one of them changed
  spiceai.cloud.spice_deployment:
    app: sales-analytics
  when: written.deployment_required

- name: Write the secrets that are missing, on a plan that has no tags
  spiceai.cloud.spice_secrets:
    app: sales-analytics
    secrets:
      PG_PASSWORD: "{{ pg_password }}"
      S3_KEY: "{{ s3_key }}"
    update_secret: on_create
"""

RETURN = r"""
secrets:
  description: The app's secrets after the task, as the API gives them, with their values masked.
  returned: success
  type: list
  elements: dict
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
  sample: {PG_PASSWORD: updated, S3_KEY: unchanged, S3_SECRET: created}
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
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secrets import SECRETS


def execute(run: ModuleRun) -> Result:
    result = run_secrets(run, run.params["secrets"], purge=run.params["purge"])
    # By name: which of several writes arrived first is chance.
    result["secrets"] = [secret for dummy, secret in sorted(result["secrets"].items())]
    return result


SPEC = ModuleSpec("spice_secrets", execute, CONNECTION + APP_OF + SECRETS)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
