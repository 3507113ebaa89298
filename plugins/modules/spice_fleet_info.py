#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_fleet_info
short_description: Tell which Spice.ai Cloud app runs what
version_added: 0.2.0
description:
  - Reads all apps of the organization in one task, up to 16 requests at a time. The pace of the run holds for all of
    them.
  - An app takes three requests beside the list, and one more where links to secrets of the organization may matter;
    with O(runtime=true) two more, of which one goes to its runtime.
  - An app that cannot be read as a whole hides no other one. RV(errors) has the reason, and a warning counts such apps.
  - Needs the scopes C(apps:read), C(deployments:read) and C(secrets:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  filters:
    description: Which apps; all without it. An app must fit each of them.
    type: dict
    suboptions:
      tags:
        description: Tags that the app has with these values.
        type: dict
      region:
        description: Region of the app.
        type: str
      visibility:
        description: Who can see the app.
        type: str
        choices: [public, private]
  runtime:
    description:
      - Whether the runtime of each app is asked if it is ready.
      - Asks with an API key of the app, which is in no result.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read which app runs what
  spiceai.cloud.spice_fleet_info:
  register: fleet

- name: Show the versions
  ansible.builtin.debug:
    var: fleet.summary.versions

- name: See whether each app of production serves
  spiceai.cloud.spice_fleet_info:
    org: acme
    filters:
      tags:
        env: prod
    runtime: true
  register: production

- name: Name those that do not
  ansible.builtin.debug:
    msg: "{{ production.apps | rejectattr('serving') | map(attribute='name') }}"
"""

RETURN = r"""
org:
  description: The organization that was asked for; null for the credential's own one.
  returned: success
  type: str
  sample: acme
apps:
  description: The apps, the newest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id.
      type: int
      sample: 7
    name:
      description: Name.
      type: str
      sample: sales-analytics
    region:
      description: Region it runs in; null for a standalone app.
      type: str
      sample: us-east-1
    tags:
      description: Tags.
      type: dict
      sample: {"env": "prod"}
    image_tag:
      description: Tag of the runtime image, as configured; null where the update channel decides.
      type: str
      sample: 2.1.0
    version:
      description: Range of versions, as configured.
      type: str
      sample: 2.x
    update_channel:
      description: Update channel, as configured.
      type: str
      sample: stable
    replicas:
      description: Number of replicas, as configured.
      type: int
      sample: 2
    runs:
      description:
        - Tag of the runtime image of the last deployment that succeeded, V(unknown) where it has none.
        - Null where nothing runs, because the app is paused or no deployment succeeded.
      type: str
      sample: 2.0.3
    deployment:
      description: The newest deployment; null without one.
      type: dict
      sample: {"id": 5001, "status": "succeeded", "image_tag": "2.1.0", "replicas": 2}
    up_to_date:
      description:
        - Whether what is configured is what was deployed last, by the stamp in its commit message.
        - Null where nobody can tell, because the deployment was made by other means, the app is standalone, or not all
          could be read.
      type: bool
      sample: true
    reason:
      description: Why it is not up to date, or why nobody can tell.
      type: str
      sample: deployment 5001 failed
    paused:
      description: Whether it is paused.
      type: bool
      sample: false
    paused_at:
      description: Since when it is paused.
      type: str
      sample: "2026-10-01T12:00:00.000Z"
    serving:
      description: Whether its runtime is ready; null without O(runtime=true) and for a standalone app.
      type: bool
      sample: true
errors:
  description: Why apps could not be read as a whole, by name; empty where all could.
  returned: success
  type: dict
  sample: {}
summary:
  description: How many of them there are.
  returned: success
  type: dict
  contains:
    apps:
      description: All of them.
      type: int
      sample: 3
    versions:
      description: By RV(apps[].runs), V(none) where nothing runs, the most frequent one first.
      type: dict
      sample: {"2.0.3": 2, "2.1.0": 1}
    statuses:
      description: By the status of the newest deployment, or V(paused), V(never deployed) and V(unknown).
      type: dict
      sample: {"succeeded": 3}
    outdated:
      description: Those that are not up to date.
      type: int
      sample: 0
    paused:
      description: Those that are paused.
      type: int
      sample: 0
    not_serving:
      description: Those whose runtime is not ready.
      type: int
      sample: 0
    errors:
      description: Those that could not be read as a whole.
      type: int
      sample: 0
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 10, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
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
    path: /v1/apps
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.fleet import FLEET_INFO
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_info import run_fleet_info

SPEC = ModuleSpec("spice_fleet_info", run_fleet_info, CONNECTION + FLEET_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
