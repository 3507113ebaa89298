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
  - Deploys the app only if its newest deployment was made from another config, other secrets, other links to secrets of
    the organization or other overrides, or failed; then waits until it runs.
  - A deployment without a stamp was made by other means, such as the portal or the vendor's GitHub action. It is
    replaced, and C(--diff) shows its O(image_tag) and O(replicas) beside those of the new one, where they differ.
  - While it waits, a line tells the state of the deployment, the seconds so far with their limit, and the seconds in
    this state.
  - The message of a failed deployment tells the platform's reason, which deployment still serves, and where its log is.
  - What a deployment was made from is told by a stamp at the end of its commit message. So a run that died between a
    change and its deployment is completed by the next run, and a change made in the portal is noticed.
  - The stamp counts O(image_tag), O(channel), O(replicas) and O(debug), but not O(branch), O(commit_sha) and
    O(commit_message), which only describe.
  - An app that is paused takes no deployment. The task then fails at once and says since when.
    O(spiceai.cloud.spice_app#module:paused=false) resumes it.
  - Of linked secrets the stamp counts the names, because nothing tells whether the value of one has changed. Where the
    credential may not list the links, or the server knows none, it is as without links.
  - Needs the scopes C(deployments:write) and C(secrets:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  state:
    description: There is a deployment of what is configured. Deployments cannot be deleted.
    type: str
    choices: [present]
    default: present
  image_tag:
    description: Tag of the runtime image, for this deployment only.
    type: str
  channel:
    description: Channel of the runtime, for this deployment only, such as V(stable), V(preview) or V(nightly).
    type: str
  replicas:
    description: Number of replicas, from 1 to 10, for this deployment only.
    type: int
  branch:
    description:
      - Name of the branch that is deployed, for people.
      - An app that is connected to GitHub deploys the head of its production branch. O(branch) and O(commit_sha) are
        not sent to one that said so in the same run, as the answer to a changed spicepod.
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
    description: Whether to deploy in any case. Not idempotent.
    type: bool
    default: false
  wait:
    description: Whether to wait until the deployment has succeeded. A failed one fails the task.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at the most. The deployment goes on after that; running the task again waits for it.
    type: int
    default: 600
  poll_interval:
    description: Seconds between the first two looks at the deployment. The interval grows to 5, and after two minutes
      to 15.
    type: float
    default: 2
  retry_failed:
    description:
      - Whether to deploy again where the newest deployment is of what is configured and has failed.
      - With V(false) such a deployment fails the task. So one task can start a deployment with O(wait=false) and a
        later one wait for it, without a second deployment.
    type: bool
    default: true
  log_lines:
    description:
      - How many lines of the log of the app's newest instance RV(log) has, when the deployment fails or takes too long.
      - Values that the task knows to be sensitive are hidden in it. Values that only the app knows are not.
      - A log that is not there yet is waited for, within O(wait_timeout) and for a minute at the most. Where it cannot
        be read, the message says why, and the failure is the same.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Deploy if needed, and wait until it runs
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    branch: main
    commit_message: Orders by region
  register: deployed

- name: Show what runs
  ansible.builtin.debug:
    msg: "{{ deployed.deployment.status }} after {{ deployed.waited_seconds }} seconds"

- name: Start a deployment, and go on with something else
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    wait: false

- name: Wait for it, and do not deploy again if it failed
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    retry_failed: false

- name: Deploy again in any case, with two replicas
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    replicas: 2
    force: true
    wait_timeout: 1200

- name: Deploy, and show the end of the log if that fails
  spiceai.cloud.spice_deployment:
    app: sales-analytics
    log_lines: 50
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
      description: Code of that.
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
  returned: when the deployment failed or took too long and O(log_lines) is more than 0
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
