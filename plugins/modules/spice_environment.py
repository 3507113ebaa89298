#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_environment
short_description: Bring a whole Spice.ai Cloud environment to its described state
version_added: 0.1.0
description:
  - Brings an app with all that belongs to it to the state that the task describes. In this order it does what is needed
    for the app, its secrets, its links to secrets of the organization, the deployment, the verification of what runs,
    the monitors and the members of the organization. Run again, it changes nothing.
  - "Everything is read and planned before the first write. All that stands in the way is one error: unknown options at
    any depth, each with the name that was probably meant; wrong values; placeholders that nobody has replaced; a region
    or cluster that is not offered; a paused app that is to be deployed; the limits of the plan; the role in the
    organization; and the scopes of an OAuth client."
  - A personal access token does not name its scopes. If one is missing, the first write that needs it fails.
  - A run that ended halfway is completed by the next one.
  - The role P(spiceai.cloud.environment#role) takes the environment from variables of the inventory.
  - An app that is connected to GitHub refuses a changed spicepod. That is the first write, so nothing else is written
    then.
  - A warning names each secret that the spicepod refers to, such as C(${secrets:PG_PASSWORD}), and that neither the
    environment nor the app nor a link provides, because the runtime puts an empty string in its place. Other warnings
    name the secrets and links of the environment that the spicepod does not refer to, and links that have no effect
    because the app has a secret of the same name. Names are compared without regard to case.
  - Needs the scopes C(apps:write) and C(secrets:read). A part of the environment needs its own too, which is
    C(secrets:write) for secrets and links, C(deployments:write) to deploy, C(monitors:write) for monitors,
    C(members:write) for members, and C(members:delete) to remove members.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  app:
    description:
      - The app. It takes the options of M(spiceai.cloud.spice_app), except O(spiceai.cloud.spice_app#module:state),
        O(spiceai.cloud.spice_app#module:confirm) and O(spiceai.cloud.spice_app#module:purge_tags).
      - With C(paused) V(true) nothing is deployed or verified, and the app is paused after everything else. With
        V(false) a paused app is resumed before it is deployed.
    type: dict
    required: true
  secrets:
    description:
      - The secrets of the app, name to value; see O(spiceai.cloud.spice_secrets#module:secrets).
      - Secrets that are not named are kept, unless O(purge.secrets=true).
    type: dict
  update_secret:
    description:
      - What to do with a secret that exists. Its value cannot be read back.
      - V(always) writes it whenever the task runs.
      - V(on_create) leaves it alone.
      - V(on_change) writes it if the value is not the one that was written last. Needs O(fingerprint_key).
      - Defaults to V(on_change) with O(fingerprint_key), else to V(on_create) with a warning that tells how many
        existing secrets were not compared. O(update_secret=on_create) says that this is intended, and ends the warning.
      - This holds for the tokens of monitors too.
    type: str
    choices: [always, on_change, on_create]
  fingerprint_key:
    description:
      - Key for the fingerprints that tell whether a value has changed. Any string that you keep secret and stable, for
        instance in a vault.
      - A fingerprint (HMAC-SHA256, 128 bits) is kept in a tag of the app, together with the time of the write. A secret
        that somebody else wrote since is written again.
      - Needs a plan of Spice.ai Cloud that has tags, because the Community plan has none.
      - This holds for the tokens of monitors too.
    type: str
  linked_secrets:
    description:
      - Names of the secrets of the organization that the app is linked to; see M(spiceai.cloud.spice_secret_link).
      - Links that are not named are kept, unless O(purge.linked_secrets=true).
      - A changed link leads to a deployment, also if somebody else changed it. If no link is named, a new link that the
        spicepod does not refer to is not noticed.
    type: list
    elements: str
  monitors:
    description:
      - The monitors (alerts) of the app, with the options of M(spiceai.cloud.spice_monitor).
      - Monitors that are not named are kept, unless O(purge.monitors=true).
      - A monitor that is disabled, and whose C(enabled) is not given, is named in a warning, because a pause of the app
        disables its monitors.
    type: list
    elements: dict
  members:
    description:
      - The members of the organization, with the options of M(spiceai.cloud.spice_member).
      - Members that are not named are kept, unless O(purge.members=true).
    type: list
    elements: dict
  deploy:
    description:
      - Whether to deploy what is described if it does not run, and to wait until it runs.
      - An app without a spicepod is not deployed.
    type: bool
    default: true
  deployment:
    description: The deployment, with the options of M(spiceai.cloud.spice_deployment).
    type: dict
  purge:
    description: What is removed when the environment does not name it.
    type: dict
    suboptions:
      tags:
        description: Tags of the app. Those of this collection (C(ansible.)) are kept.
        type: bool
        default: false
      secrets:
        description: Secrets of the app.
        type: bool
        default: false
      linked_secrets:
        description: Links of the app to secrets of the organization.
        type: bool
        default: false
      monitors:
        description: Monitors of the app.
        type: bool
        default: false
      members:
        description: Members of the organization. Never an owner.
        type: bool
        default: false
  verify:
    description:
      - What must hold at the end, where a deployment succeeded. The task waits for it, and fails if it does not come
        true.
      - The runtime is asked with an API key of the app, which is never shown.
    type: dict
    default: {}
    suboptions:
      ready:
        description: Whether the runtime must be ready.
        type: bool
        default: true
      datasets:
        description: Whether every dataset of the spicepod must be served, from where the spicepod says.
        type: bool
        default: true
      models:
        description: Whether every model of the spicepod must be served.
        type: bool
        default: false
      timeout:
        description: Seconds to wait at most for the runtime, the datasets and the models.
        type: int
        default: 300
      sql:
        description: Queries whose results are checked.
        type: list
        elements: dict
        default: []
        suboptions:
          query:
            description: An SQL statement that only reads.
            type: str
            required: true
          expect:
            description:
              - What the rows must be. A list is all rows, a dictionary is the only row, and anything else is the only
                value of the only row; see O(spiceai.cloud.spice_sql_query#module:expect).
              - If it is not given, the query must succeed.
            type: raw
      search:
        description:
          - Searches whose results are checked.
          - A check that the runtime of the app does not offer, as it answers with 501, is a warning. This goes for
            C(sql), C(nsql) and C(chat) too.
        type: list
        elements: dict
        default: []
        suboptions:
          text:
            description: What to search for.
            type: str
            required: true
          datasets:
            description: The datasets to search in. If it is not given, the runtime searches in all that can be
              searched.
            type: list
            elements: str
            default: []
          limit:
            description: How many results to ask for at most. If it is not given, the runtime decides.
            type: int
          expect:
            description: A regular expression of Python that is found in one of the results. If it is not given, there
              must be a result.
            type: str
      nsql:
        description:
          - Questions that a model turns into SQL, and whose results are checked.
          - A model does not answer in the same way each time. Ask for a single value, and compare that.
        type: list
        elements: dict
        default: []
        suboptions:
          query:
            description: The question.
            type: str
            required: true
          model:
            description: The model that turns it into SQL. If it is not given, the runtime decides.
            type: str
          expect:
            description: What the rows must be, as for C(sql). If it is not given, the question must succeed.
            type: raw
      chat:
        description:
          - Questions to a model, and what its answers must hold.
          - An answer that takes longer than O(verify.timeout) is asked for again. Set a larger O(verify.timeout) for a
            slow model.
        type: list
        elements: dict
        default: []
        suboptions:
          model:
            description: The model, as the spicepod names it.
            type: str
            required: true
          question:
            description: The question.
            type: str
            required: true
          answer:
            description: A regular expression of Python that is found in the answer, such as V((?i\)paris). If it is not
              given, there must be an answer.
            type: str
      log_lines:
        description:
          - How many lines of the log of the app's newest instance to return in RV(log), when the verification fails.
          - For a deployment that fails, O(deployment) takes C(log_lines); see
            O(spiceai.cloud.spice_deployment#module:log_lines).
        type: int
        default: 0
  rollback:
    description:
      - What to do if the deployment or the verification fails, and the app ran before.
      - V(true) puts the changed fields of the app back and deploys them. The task fails all the same, and its message
        says what runs now. Secrets, links, monitors and members are not put back.
      - V(false) leaves the app as it is.
    type: bool
    default: false
  prefix:
    description: What the names of options have in front of them in messages, for a role whose variables have other
      names.
    type: str
    default: ''
  variables:
    description:
      - Names of variables that the caller has, for a role that takes the options from variables.
      - A name that begins with O(prefix), is none of the options, and resembles one, is refused, because nobody reads
        it.
    type: list
    elements: str
    default: []
seealso:
  - module: spiceai.cloud.spice_app
  - module: spiceai.cloud.spice_secrets
  - module: spiceai.cloud.spice_secret_link
  - module: spiceai.cloud.spice_deployment
  - module: spiceai.cloud.spice_monitor
  - module: spiceai.cloud.spice_members
  - name: Guide to environments
    description: From development to production, with files of an inventory.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_environments.html
  - name: Guide to secrets
    description: The three policies for secrets, and what each costs.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_secrets.html
"""

EXAMPLES = r"""
- name: Bring the sales environment to its described state
  spiceai.cloud.spice_environment:
    app:
      name: sales-analytics
      region: us-east-1
      spicepod:
        version: v1
        kind: Spicepod
        name: sales-analytics
        datasets:
          - from: postgres:public.orders
            name: orders
            params:
              pg_host: db.example.com
              pg_pass: ${secrets:PG_PASSWORD}
          - from: s3://acme-exports/customers/
            name: customers
            params:
              s3_key: ${secrets:SHARED_S3_KEY}
              s3_secret: ${secrets:SHARED_S3_SECRET}
        models:
          - from: openai:gpt-5
            name: assistant
    secrets:
      PG_PASSWORD: "{{ pg_password }}"
    fingerprint_key: "{{ fingerprint_key }}"
    linked_secrets: [SHARED_S3_KEY, SHARED_S3_SECRET]
    monitors:
      - name: Server errors
        template: http_5xx
        op: GT
        threshold: 0
        targets:
          - type: email
            emails: [ops@example.com]
    members:
      - username: carol
        roles: [member]
    purge:  # removes what is not named
      secrets: true
      linked_secrets: true
      monitors: true
  register: brought

- name: Show what was done, and where the app answers
  ansible.builtin.debug:
    msg: "{{ brought.plan + [brought.environment.url] }}"

- name: Show what a change would do, and write nothing
  spiceai.cloud.spice_environment:
    app:
      name: sales-analytics
      replicas: 3
  check_mode: true
  diff: true

- name: Change the number of replicas, and go back if that does not serve
  spiceai.cloud.spice_environment:
    app:
      name: sales-analytics
      replicas: 2
    rollback: true

- name: Ask what the app serves, and show the log if something is wrong
  spiceai.cloud.spice_environment:
    app:
      name: sales-analytics
    deployment:
      log_lines: 50
    verify:
      models: true
      timeout: 600
      log_lines: 50
      sql:
        - query: SELECT count(*) > 0 AS any FROM orders
          expect: true
      search:
        - text: late delivery
          datasets: [orders]
      nsql:
        - query: How many orders are there?
      chat:
        - model: assistant
          question: Which city is the capital of France?
          answer: (?i)paris

- name: Prepare an app without a deployment
  spiceai.cloud.spice_environment:
    app:
      name: sales-next
    deploy: false
"""

RETURN = r"""
environment:
  description:
    - The environment as it is now; in check mode as it would be. On failure, as far as it was brought about.
    - Where it cannot be planned, only the name of the app.
  returned: success, or when the name of the app is known
  type: dict
  contains:
    app:
      description: The app, as M(spiceai.cloud.spice_app) returns it.
      type: dict
      contains:
        id:
          description: Id; null in check mode for an app that would be created.
          returned: success, or when a write was tried
          type: int
          sample: 1001
        name:
          description: Name.
          type: str
          sample: sales-analytics
    changed_fields:
      description: The fields of the app that were changed.
      returned: success, or when a write was tried
      type: list
      elements: str
      sample: [replicas]
    secrets:
      description: What happened to each secret; V(created), V(updated), V(unchanged), V(deleted) or V(failed).
      returned: success, or when a write was tried
      type: dict
      sample: {PG_PASSWORD: unchanged}
    linked_secrets:
      description: What happened to each link to a secret of the organization; V(created), V(unchanged), V(deleted) or
        V(failed).
      returned: success, or when a write was tried
      type: dict
      sample: {SHARED_S3_KEY: unchanged}
    monitors:
      description: What happened to each monitor; V(created), V(updated), V(unchanged), V(deleted) or V(failed).
      returned: success, or when a write was tried
      type: dict
      sample: {Server errors: unchanged}
    members:
      description: What happened to each member; V(created), V(updated), V(unchanged), V(deleted) or V(failed).
      returned: success, or when a write was tried
      type: dict
      sample: {carol: unchanged}
    deployment:
      description: The newest deployment, as M(spiceai.cloud.spice_deployment) returns it; null when there is none.
      returned: success, or when a write was tried
      type: dict
      contains:
        id:
          description: Id; null in check mode for a new one.
          type: int
          sample: 5001
        status:
          description: Status.
          type: str
          sample: succeeded
    deployed:
      description: Whether this task made the deployment.
      returned: success, or when a write was tried
      type: bool
      sample: true
    serving:
      description: The runtime, as M(spiceai.cloud.spice_runtime_info) returns it; null when it was not verified.
      returned: success, or when a write was tried
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
    url:
      description: Where the app answers; null when that is not known.
      returned: success, or when a write was tried
      type: str
      sample: https://us-east-1-prod-aws-data.spiceai.io
    previous:
      description: The changed fields as they were. Empty for a new app.
      returned: success, or when a write was tried
      type: dict
      sample: {replicas: 1}
    rolled_back:
      description: Whether the changed fields were put back, because of O(rollback).
      returned: success, or when a write was tried
      type: bool
      sample: false
plan:
  description: What was or would be done, and why, in sentences. Empty when there is nothing to do.
  returned: success, or when a write was tried
  type: list
  elements: str
  sample: ["update replicas of the app", "deploy: because replicas"]
elapsed:
  description: Seconds that the task took.
  returned: success, or when a write was tried
  type: float
  sample: 4.2
log:
  description: The last lines of the log of the newest instance, the oldest first. The message names the instance, which
    may be of a former deployment.
  returned: when C(log_lines) is more than 0 and the task failed
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
  sample: {requests: 8, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
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

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.app import APP
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.deployments import DEPLOYMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.environment import ENVIRONMENT, PURGE, VERIFY
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.members import MEMBERS
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.monitors import MONITORS
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment import Environment


def part(name: str, arguments: ArgumentSpec) -> ModuleSpec:
    """What a module declares, without the options that the whole environment decides."""
    options = arguments.without("state", "confirm", "purge_tags", "purge")
    return ModuleSpec(name, lambda run: {}, options)


PARTS = {
    "app": part("spice_app", APP),
    "secrets": part("spice_secrets", ArgumentSpec({})),
    "linked_secrets": part("spice_secret_link", ArgumentSpec({})),
    "monitors": part("spice_monitor", MONITORS),
    "members": part("spice_members", MEMBERS),
    "deployment": part("spice_deployment", DEPLOYMENT),
    "purge": part("spice_environment", PURGE),
    "verify": part("spice_environment", VERIFY),
}


def execute(run: ModuleRun) -> Result:
    return Environment(run, PARTS).execute()


# These hold names, ids and words of the collection only, so they are shown even if the value of a secret equals one.
PUBLIC = (
    "environment.app.id",
    "environment.app.name",
    "environment.changed_fields",
    "environment.secrets",
    "environment.linked_secrets",
    "environment.monitors",
    "environment.members",
    "environment.deployment.id",
    "environment.deployment.status",
    "environment.url",
    "elapsed",
    "plan",
)

SPEC = ModuleSpec("spice_environment", execute, CONNECTION + ENVIRONMENT, public=PUBLIC)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
