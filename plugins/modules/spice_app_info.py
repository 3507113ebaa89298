#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_app_info
short_description: List Spice.ai Cloud apps
version_added: 0.1.0
description:
  - Lists all apps of the organization, or one of them by name or id.
  - An app that is not found is an empty list, not an error.
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  name:
    description: Name of one app. An exact match counts first, then one without regard to case.
    type: str
    aliases: [app]
  app_id:
    description: Id of one app.
    type: int
  with_config:
    description: Whether each app comes with its C(config), the spicepod included. Of a whole organization this takes
      one more request for each app.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: List all apps
  spiceai.cloud.spice_app_info:
  register: all_apps

- name: Read one app with its spicepod
  spiceai.cloud.spice_app_info:
    name: sales-analytics
    with_config: true
  register: sales

- name: Show its datasets
  ansible.builtin.debug:
    var: sales.apps[0].config.spicepod.datasets
  when: sales.apps | length > 0

- name: Read an app by its id, with its spicepod
  spiceai.cloud.spice_app_info:
    app_id: 1001
    with_config: true

- name: Read the apps of another organization
  spiceai.cloud.spice_app_info:
    org: globex
  register: others

- name: Show the names of those in production
  ansible.builtin.debug:
    msg: "{{ chosen | map(attribute='name') }}"
  vars:
    chosen: "{{ others.apps | spiceai.cloud.with_tags({'env': 'prod'}) }}"
"""

RETURN = r"""
apps:
  description: The apps, as the API gives them, without API keys.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id, for O(app_id).
      type: int
      sample: 7
    name:
      description: Name.
      type: str
      sample: sales-analytics
    description:
      description: Description.
      type: str
      sample: Orders and customers, accelerated
    visibility:
      description: V(public) or V(private).
      type: str
      sample: private
    tags:
      description: Tags, those of this collection (C(ansible.)) included.
      type: dict
      sample: {"env": "prod", "team": "sales"}
    region:
      description: Region it runs in.
      type: str
      sample: us-east-1
    created_at:
      description: When it was created (ISO 8601, UTC).
      type: str
      sample: "2026-10-01T12:00:00.000Z"
    config:
      description: What the next deployment runs.
      returned: O(with_config=true)
      type: dict
      contains:
        spicepod:
          description: The spicepod.
          type: dict
          sample: {"version": "v1", "kind": "Spicepod", "name": "sales-analytics"}
        replicas:
          description: Number of replicas.
          type: int
          sample: 1
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
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.app import APP_INFO
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION


def execute(run: ModuleRun) -> Result:
    apps = Apps(run.client)
    if run.params["app_id"] is not None:
        found = [apps.get(run.params["app_id"])]
    elif run.params["name"] is not None:
        found = [apps.find(run.params["name"])]
    elif run.params["with_config"]:
        found = [apps.as_answered(app["id"]) for app in apps.all()]
    else:
        found = list(apps.all())
    shown = [without_keys(app) for app in found if app is not None]
    if not run.params["with_config"]:
        shown = [{name: value for name, value in app.items() if name != "config"} for app in shown]
    return {"changed": False, "apps": shown}


SPEC = ModuleSpec("spice_app_info", execute, CONNECTION + APP_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
