#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_secret_info
short_description: List the secrets of a Spice.ai Cloud app
version_added: 0.1.0
description:
  - Lists the secrets of an app, or one of them by name. Values cannot be read back.
  - A name that is not found is an empty list; an app that is not found is an error.
  - Needs the scopes C(secrets:read) and C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  name:
    description: Name of one secret, compared exactly.
    type: str
"""

EXAMPLES = r"""
- name: List the secrets
  spiceai.cloud.spice_secret_info:
    app: sales-analytics
  register: found

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ found.secrets | map(attribute='name') }}"

- name: See whether a secret is there
  spiceai.cloud.spice_secret_info:
    app: sales-analytics
    name: PG_PASSWORD
"""

RETURN = r"""
secrets:
  description: The secrets, as the API gives them, with their values masked.
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

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secrets import SECRET_INFO


def execute(run: ModuleRun) -> Result:
    apps = Apps(run.client)
    app = require_app(run, apps)
    secrets = Secrets(apps).all(app["id"]) if app else []
    name = run.params["name"]
    return {"changed": False, "secrets": [secret for secret in secrets if name in (None, secret["name"])]}


SPEC = ModuleSpec("spice_secret_info", execute, CONNECTION + APP_OF + SECRET_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
