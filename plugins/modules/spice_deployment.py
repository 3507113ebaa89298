#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_deployment
short_description: Deploy a Spice.ai Cloud app if what runs is not what is configured
version_added: 0.1.0
description:
  - Deploys an app if it has no deployment, or if its newest one failed or was made from another config, other secrets,
    other links to secrets of the organization or other overrides. Then it waits until the deployment runs.
  - A run that died between a change and its deployment is completed by the next run, and a change that was made in the
    portal is noticed.
  - A stamp at the end of the commit message tells what a deployment was made from. It counts O(image_tag), O(channel),
    O(replicas) and O(debug). O(branch), O(commit_sha) and O(commit_message) only describe, so they do not count.
  - A deployment without a stamp was made by other means, such as the portal or the vendor's GitHub action. It is
    replaced, and C(--diff) shows its O(image_tag) and O(replicas) beside those of the new one, where they differ.
  - Of linked secrets the stamp counts the names, because nothing tells whether the value of one has changed. Where the
    credential may not list the links, or the server knows none, the stamp counts none.
  - While it waits, a line shows the state of the deployment, the seconds so far with their limit, and the seconds in
    this state.
  - The message of a failed deployment tells the platform's reason, which deployment still serves, and where its log is.
  - A paused app takes no deployment. The task fails at once and says since when it is paused.
    O(spiceai.cloud.spice_app#module:paused=false) resumes it.
  - Needs the scopes C(deployments:write), C(secrets:read) and C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  state:
    description: V(present) means that there is a deployment of what is configured. Deployments cannot be deleted.
    type: str
    choices: [present]
    default: present
  image_tag:
    description:
      - Tag of the runtime image, for this deployment only. Needs an Enterprise plan.
      - If it is not given, the image of the app is used.
    type: str
  channel:
    description: Channel of the runtime, for this deployment only, such as V(stable), V(preview) or V(nightly).
    type: str
  replicas:
    description:
      - Number of replicas, from 1 to 10, for this deployment only. The plan may allow fewer.
      - If it is not given, the number of the app is used.
    type: int
  branch:
    description:
      - Name of the branch that is deployed, for people.
      - An app that is connected to GitHub deploys the head of its production branch. If the API said in the same run
        that an app is connected, O(branch) and O(commit_sha) are not sent.
    type: str
  commit_sha:
    description: Commit that is deployed, for people.
    type: str
  commit_message:
    description: Message of the commit, for people. The stamp is written at its end.
    type: str
  debug:
    description: Whether the runtime runs in debug mode.
    type: bool
  force:
    description: Whether to deploy in any case. With V(true) the task is not idempotent.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the deployment has succeeded. If it fails, the task fails.
      - With V(false) the task ends when the deployment has started.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at most. After that the task fails, and the deployment goes on. Running the task again
      waits for it.
    type: int
    default: 600
  poll_interval:
    description: Seconds between the first two looks at the deployment. The interval grows to 5 seconds, and after two
      minutes to 15.
    type: float
    default: 2
  retry_failed:
    description:
      - What to do if the newest deployment is of what is configured and has failed. V(true) deploys again, V(false)
        fails.
      - With V(false) one task can start a deployment with O(wait=false), and a later one wait for it, without a second
        deployment.
    type: bool
    default: true
  log_lines:
    description:
      - How many lines of the log of the app's newest instance to return in RV(log), when the deployment fails or takes
        too long.
      - Values that the task knows to be sensitive are hidden in it. Values that only the app knows are not.
      - A log that is not there yet is waited for, within O(wait_timeout) and for a minute at most. If it cannot be
        read, the message says why.
    type: int
    default: 0
seealso:
  - module: spiceai.cloud.spice_deployment_info
    description: Lists the deployments of an app.
  - module: spiceai.cloud.spice_runtime_info
    description: Waits until the runtime serves the datasets.
  - module: spiceai.cloud.spice_instance_info
    description: Reads the logs.
  - name: Guide to day 2
    description: Logs, pauses, rollbacks and drift.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_day_2.html
"""

EXAMPLES = r"""
- name: Deploy if needed, and wait until it runs
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    branch: main
    commit_sha: 7c3f1a9
    commit_message: Orders by region
    log_lines: 50  # of the log, if the deployment fails
  register: deployed

- name: Show what runs
  ansible.builtin.debug:
    msg:
      - "{{ deployed.deployment.id }}: {{ deployed.deployment.status }}"
      - "{{ deployed.waited_seconds }} seconds"

- name: Start a deployment, and go on with something else
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    wait: false

- name: Wait for it, and do not deploy again if it failed
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    wait_timeout: 1200
    poll_interval: 5
    retry_failed: false

- name: Deploy with other settings than the app has, to look for a fault
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    image_tag: 2.0.3
    channel: stable
    replicas: 2
    debug: true

- name: Deploy in any case, by the id of the app
  spiceai.cloud.spice_deployment:
    app_id: 1001
    force: true
"""

RETURN = r"""
deployment:
  description: The deployment, as the API gives it; also when it failed or took too long. In check mode the predicted
    one.
  returned: success, or when it failed or took too long
  type: dict
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
stamp:
  description: What stands for the config, the secrets, the links and the overrides that are deployed.
  returned: success, or when the deployment failed or took too long
  type: str
  sample: 0123456789abcdef
waited_seconds:
  description: How long the task took, waiting included.
  returned: success, or when the deployment failed or took too long
  type: float
  sample: 12.5
log:
  description: The last lines of the log of the newest instance, the oldest first. The message names the instance, which
    may be of a former deployment.
  returned: when O(log_lines) is more than 0 and the deployment failed
  type: list
  elements: str
  sample: ["INFO Rolling out 1 replica(s)", "ERROR Container did not start"]
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
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.deployments import DEPLOYMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF


def execute(run: ModuleRun) -> Result:
    return DeploymentRun(run).execute()


SPEC = ModuleSpec("spice_deployment", execute, CONNECTION + APP_OF + DEPLOYMENT)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
