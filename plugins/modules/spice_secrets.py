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
  - Reads the secrets once, writes what is needed (up to eight at a time), and with O(purge) deletes the rest. No value appears in a result, diff or failure.
  - One secret that fails does not hide the others; RV(outcomes) tells all of them, and the task fails at the end.
  - The runtime sees the change with the next deployment; RV(deployment_required) says so.
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
  secrets:
    description:
      - The secrets, name to value. Names are compared exactly; use upper case, for the runtime looks names up in upper case.
      - The names may be shown, the values never.
    type: dict
    required: true
  purge:
    description: Whether secrets that are not in O(secrets) are deleted, with their fingerprints.
    type: bool
    default: false
  update_secret:
    description:
      - What to do with a secret that exists; its value cannot be read back.
      - V(always) writes it. V(on_create) leaves it alone. V(on_change) writes it if the value is not the one last written, which needs O(fingerprint_key).
      - Defaults to V(on_change) with O(fingerprint_key), else to V(always).
    type: str
    choices: [always, on_change, on_create]
  fingerprint_key:
    description:
      - Key for the fingerprints that tell whether a value has changed; any text that you keep secret and stable, for instance in a vault.
      - The fingerprint (HMAC-SHA256, 128 bits) is kept in a tag of the app together with the time of the write. A secret that somebody else wrote since
        is written again.
    type: str
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
