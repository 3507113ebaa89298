#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_deployment_info
short_description: List the deployments of a Spice.ai Cloud app
version_added: 0.1.0
description:
  - Lists the deployments of an app, the newest first. The API gives the newest 100 at the most.
  - An app that is not found is an error.
  - Needs the scopes C(deployments:read) and C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  status:
    description: Lists the deployments in this state only.
    type: str
    choices: [queued, in_progress, succeeded, failed, created]
  limit:
    description: How many to list at the most, from 1 to 100.
    type: int
    default: 20
"""

EXAMPLES = r"""
- name: Read the newest deployment
  spiceai.cloud.spice_deployment_info:
    app: sales-analytics
    limit: 1
  register: found

- name: Show how it went
  ansible.builtin.debug:
    msg: "{{ found.deployments[0].status }}"
  when: found.deployments | length > 0

- name: List those that failed
  spiceai.cloud.spice_deployment_info:
    app: sales-analytics
    status: failed
"""

RETURN = r"""
deployments:
  description: The deployments, as the API gives them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id; null for one that check mode only predicts.
      type: int
      sample: 12
    status:
      description: V(queued), V(in_progress), V(succeeded), V(failed), or V(created) for one that a later one
        superseded.
      type: str
      sample: succeeded
    created_at:
      description: When it was asked for (ISO 8601, UTC).
      type: str
      sample: "2026-10-01T12:00:00.000Z"
    image_tag:
      description: Tag of the runtime image.
      type: str
      sample: 2.1.0
    replicas:
      description: Number of replicas.
      type: int
      sample: 1
    commit_message:
      description: Commit message, with the stamp at its end.
      type: str
      sample: "Deployed by spiceai.cloud [spice:0123456789abcdef]"
    error_message:
      description: Why it failed.
      type: str
      sample: Container did not start
    error_code:
      description: Code of the reason why it failed.
      type: str
      sample: unable_to_start
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
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import MAX_LISTED, Deployments
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.deployments import DEPLOYMENT_INFO
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF


def execute(run: ModuleRun) -> Result:
    limit = run.params["limit"]
    if not 1 <= limit <= MAX_LISTED:
        raise InvalidOption(f"`limit` must be from 1 to {MAX_LISTED}, not {limit}.")
    apps = Apps(run.client)
    app = require_app(run, apps)
    found = Deployments(apps).recent(app["id"], limit, run.params["status"]) if app else []
    return {"changed": False, "deployments": found}


SPEC = ModuleSpec("spice_deployment_info", execute, CONNECTION + APP_OF + DEPLOYMENT_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
