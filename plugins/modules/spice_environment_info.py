#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_environment_info
short_description: Look at a whole Spice.ai Cloud environment before anything is changed
version_added: 0.1.0
description:
  - Takes the description of an environment as the role P(spiceai.cloud.environment#role) takes it, and tells which
    parts differ from it. Changes nothing.
  - What cannot be done is told before the first write and all at once; the options, the placement, the limits of the
    plan, the role in the organization, and the scopes of an OAuth client, where the token service or the access token
    tells them.
  - A personal access token does not tell its scopes.
    Where one is missing, the first write that needs it fails and names it.
  - Where nothing has to be done it can look at the runtime too.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  app:
    description: The app; the options of M(spiceai.cloud.spice_app) but O(spiceai.cloud.spice_app#module:state),
      O(spiceai.cloud.spice_app#module:confirm) and O(spiceai.cloud.spice_app#module:purge_tags).
    type: dict
    required: true
  secrets:
    description: The secrets, name to value; see M(spiceai.cloud.spice_secrets).
    type: dict
  update_secret:
    description:
      - What is done with a secret that exists; see M(spiceai.cloud.spice_secrets).
      - Defaults to V(on_change) with O(fingerprint_key), else to V(on_create) with a warning that tells how many
        existing secrets were not compared.
    type: str
    choices: [always, on_change, on_create]
  fingerprint_key:
    description: Key for the fingerprints of the secrets; see M(spiceai.cloud.spice_secrets).
    type: str
  members:
    description: The members of the organization; see M(spiceai.cloud.spice_members). Without any they are left alone.
    type: list
    elements: dict
  deploy:
    description: Whether the environment is deployed where needed. An app without a spicepod is not.
    type: bool
    default: true
  deployment:
    description: Options of M(spiceai.cloud.spice_deployment).
    type: dict
  purge:
    description: What is removed when the environment does not name it.
    type: dict
    suboptions:
      tags:
        description: Tags of the app.
        type: bool
        default: false
      secrets:
        description: Secrets of the app.
        type: bool
        default: false
      members:
        description: Members of the organization, never an owner.
        type: bool
        default: false
  verify:
    description: What of the runtime is looked at where nothing has to be done before; it is waited for.
    type: dict
    suboptions:
      ready:
        description: Whether it must be ready.
        type: bool
        default: false
      datasets:
        description: Whether it must be ready and every dataset of the spicepod be served.
        type: bool
        default: false
      timeout:
        description: Seconds to wait at the most.
        type: int
        default: 300
  prefix:
    description: What the names of options have in front of them in messages, for a role whose variables are called
      otherwise.
    type: str
    default: ""
seealso:
  - module: spiceai.cloud.spice_app
  - module: spiceai.cloud.spice_secrets
  - module: spiceai.cloud.spice_members
  - module: spiceai.cloud.spice_deployment
"""

EXAMPLES = r"""
- name: See what a change would do
  spiceai.cloud.spice_environment_info:
    app:
      name: sales-analytics
      replicas: 2
    secrets:
      PG_PASSWORD: "{{ pg_password }}"
    update_secret: on_create

- name: Have what is configured deployed
  spiceai.cloud.spice_deployment:
    app: sales-analytics

- name: See whether the sales environment is unchanged, and serves its data
  spiceai.cloud.spice_environment_info:
    app:
      name: sales-analytics
      replicas: 1
    members:
      - username: carol
        roles: [member]
    verify:
      datasets: true
  register: sales
"""

RETURN = r"""
check_mode:
  description:
    - Whether this task ran in check mode, and so whether tasks under the same keywords only plan.
    - C(ansible_check_mode) tells only of C(--check), and nothing of a C(check_mode) of the play, a block or a role.
  returned: success
  type: bool
  sample: false
environment:
  description: The environment and what would happen to it.
  returned: success
  type: dict
  contains:
    app:
      description: The app as it would be then, as M(spiceai.cloud.spice_app) returns it.
      type: dict
      contains:
        id:
          description: Id; null when it would be created.
          type: int
          sample: 1001
        name:
          description: Name.
          type: str
          sample: sales-analytics
    to_do:
      description: The parts that have something to do; V(app), V(secrets), V(members), V(deployment). One that is under
        way is waited for.
      type: list
      elements: str
      sample: [app, deployment]
    changed_fields:
      description: The fields of the app that differ.
      type: list
      elements: str
      sample: [replicas]
    secrets:
      description: What would happen to each secret; V(created), V(updated), V(unchanged) or V(deleted).
      type: dict
      sample: {PG_PASSWORD: unchanged}
    members:
      description: The same for each member.
      type: dict
      sample: {carol: unchanged}
    deployment:
      description: The newest deployment so far; null when there is none, or when none is asked for.
      type: dict
      contains:
        id:
          description: Id.
          type: int
          sample: 5001
        status:
          description: Status.
          type: str
          sample: succeeded
    deployment_required:
      description: Whether another one would be made.
      type: bool
      sample: true
    serving:
      description: The runtime as M(spiceai.cloud.spice_runtime_info) tells it; null when it was not looked at.
      type: dict
      contains:
        url:
          description: Where it answers.
          type: str
          sample: https://us-east-1-prod-aws-data.spiceai.io
        ready:
          description: Whether it is ready.
          type: bool
          sample: true
problems:
  description: All that stands in the way, one sentence each.
  returned: failure, when the environment cannot be brought about
  type: list
  elements: str
  sample: ["app: `region` us-east-9 is not offered; choose one of us-east-1, us-west-2."]
api:
  description: How many requests this task sent, how many of them were writes, and how many retries there were.
  returned: always
  type: dict
  sample: {requests: 2, writes: 0, retries: 0}
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

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.app import APP
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.deployments import DEPLOYMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.environment import ENVIRONMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.members import MEMBERS
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment import EnvironmentPlan


def part(name: str, arguments: ArgumentSpec) -> ModuleSpec:
    """What a module declares, without the options that the whole environment decides."""
    options = arguments.without("state", "confirm", "purge_tags", "purge")
    return ModuleSpec(name, lambda run: {}, options)


PARTS = {
    "app": part("spice_app", APP),
    "secrets": part("spice_secrets", ArgumentSpec({})),
    "members": part("spice_members", MEMBERS),
    "deployment": part("spice_deployment", DEPLOYMENT),
}


def execute(run: ModuleRun) -> Result:
    return dict(EnvironmentPlan(run, PARTS).execute(), check_mode=run.check_mode)


SPEC = ModuleSpec("spice_environment_info", execute, CONNECTION + ENVIRONMENT, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
