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
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  app:
    description: Name of the app. An exact match counts first, then one without regard to case.
    type: str
  app_id:
    description: Id of the app, in place of its name.
    type: int
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
    msg: "{{ found.secrets | map(attribute='name') | list }}"
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
