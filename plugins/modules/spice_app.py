#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_app
short_description: Create, change and delete Spice.ai Cloud apps
version_added: 0.1.0
description:
  - Creates an app, changes it, or deletes it. The newest documentation of Spice.ai calls an app a project.
  - Options that are not given are left alone. Many strings can be cleared with V("").
  - A changed spicepod, image, size or placement takes effect with the next deployment. RV(deployment_required) says
    whether one is needed, and M(spiceai.cloud.spice_deployment) makes it.
  - A run that died halfway is completed by the next one.
  - Needs the scope C(apps:write), and C(apps:delete) with O(state=absent). Resuming needs C(deployments:read) too, to
    wait for the deployment.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  name:
    description:
      - Name of the app. It is unique in the organization without regard to case, and it cannot be changed. An app of
        exactly this name is taken first, then one whose name differs in case only.
      - A new app needs a name of 4 to 38 letters, digits and dashes.
      - Either O(name) or O(app_id) is required.
    type: str
  app_id:
    description: Id of an app that exists, instead of O(name).
    type: int
  state:
    description:
      - V(present) creates the app, or changes it.
      - V(absent) deletes the app with its deployments, secrets, monitors and API keys.
    type: str
    choices: [present, absent]
    default: present
  confirm:
    description:
      - A safeguard for O(state=absent). It is the exact name of the app that is going to be deleted, in the same case.
        If it is another string, also an empty one, nothing is deleted and the task fails.
      - Without it the task itself is the confirmation. A null value counts as not given, as with every option.
      - In check mode an empty string is enough, because a plan deletes nothing.
      - Only with O(state=absent).
    type: str
  region:
    description:
      - Region in which a new app is created, such as V(us-east-1). M(spiceai.cloud.spice_region_info) lists the
        regions.
      - Without any placement a new app goes to the default region that M(spiceai.cloud.spice_region_info) tells.
      - An app cannot move to another region. If it is in another one, the task fails.
      - O(region), O(cluster_name), O(cname) and O(standalone) exclude each other.
    type: str
  cluster_name:
    description:
      - Dedicated cluster on which the app runs. M(spiceai.cloud.spice_cluster_info) lists the clusters.
      - Another cluster than the app has moves the app. Its endpoint changes then, and it needs a deployment.
    type: str
  cname:
    description: Region by its C(cname), such as V(us-west-2-prod-aws-data), instead of O(region).
    type: str
  standalone:
    description:
      - V(true) creates a new app without any placement, for a runtime that you run yourself (Cloud Connect).
      - It does not change an app that exists.
    type: bool
    default: false
  fork_from:
    description:
      - Name or id of an app, the source. A new app is created as a fork of it. The other options of the task are then
        applied to the fork.
      - A fork gets the spicepod that is deployed at the source, its connections, secrets, links to secrets of the
        organization, update channel, version, numbers of replicas and executors, storage size, description and tags.
        Tags of this collection (C(ansible.)) are not kept, because they describe the source.
      - A fork does not get API keys, deployments, the connection to a repository, O(resources) and O(visibility).
      - A fork runs where its source does, unless O(region) or O(cluster_name) says otherwise. Excludes O(cname) and
        O(standalone).
      - An app that exists must be a fork of the source, otherwise the task fails. The source is known by its id, or by
        its recorded name when it is gone.
      - With O(state=absent) nothing but a fork of the source is deleted.
    type: str
  scheduler_state_location:
    description:
      - Address that begins with C(s3://), where a fork of a distributed app keeps the state of its scheduler. It must
        not be within the location of the source, nor around it.
      - Only with O(fork_from), and only when the fork is created.
    type: str
  description:
    description: A description for people. V("") clears it.
    type: str
  visibility:
    description: Who can see the app. A new app is V(private) unless told otherwise.
    type: str
    choices: [public, private]
  tags:
    description:
      - Tags to set, key to value.
      - Tags that are not named are kept, unless O(purge_tags=true).
      - A key is a letter, then up to 62 letters, digits or characters of C(_ . / -). A value is at most 256 letters,
        digits or characters of C(_ @ -).
      - A value that is not a string becomes one, and a boolean becomes V(true) or V(false).
      - Keys that begin with C(ansible.) belong to this collection and are refused.
      - Needs a plan of Spice.ai Cloud that has tags. The Community plan has none.
    type: dict
  purge_tags:
    description: Whether tags that are not in O(tags) are removed. Those of this collection (C(ansible.)) are kept.
    type: bool
    default: false
  production_branch:
    description: Branch whose commits are production. V("") clears it.
    type: str
  spicepod:
    description:
      - The spicepod, as a dictionary, or as a string of YAML or JSON. For a file use O(spicepod_file).
      - It is compared by meaning. The order of keys, the notation, and line breaks at the end of a string are no
        difference.
      - A key without a value is left out.
      - A string is read as the runtime reads it, so V(01234) and V(yes) are strings. A dictionary is what Ansible has
        made of the YAML. The README of the role P(spiceai.cloud.environment#role) has a table of the differences.
      - Ansible fills in templates. For a string that holds double braces and is no template, write C(!unsafe) before
        the string, or use O(spicepod_file). Before a dictionary C(!unsafe) does not help.
      - The task fails before the first request, and names the place, when C(version), C(kind) or C(name) is missing, a
        name is no string, a number is infinite or has more than 64 bits, a date has no quotes, or the spicepod is
        larger than 1 MiB.
      - An app that is connected to GitHub refuses a changed spicepod. Then nothing of the task is changed.
      - A string needs the Python package PyYAML on the machine that runs the task. Every controller has it.
    type: raw
  spicepod_file:
    description:
      - File on the controller that holds the spicepod, one YAML document in UTF-8. It is read as it is, and no template
        in it is filled in.
      - A relative path is looked for beside the play, in its directory C(files), in the directory of the inventory, and
        in the current directory.
      - Excludes O(spicepod).
    type: str
  paused:
    description:
      - V(true) pauses the app. A paused app serves nothing and takes no deployment. Its settings, secrets and API keys
        are kept.
      - V(false) resumes an app that is paused, also one that paused by itself. Resuming deploys what is stored, after
        the other changes of the task. The task waits for this deployment, fails with it, and returns it in
        RV(deployment).
      - If it is not given, the task neither pauses nor resumes the app.
      - A new spicepod can end a pause. With V(true) the app is then paused again. With V(false) it is deployed all the
        same. If O(paused) is not given, a warning says that the pause ended.
    type: bool
  resume_timeout:
    description: Seconds to wait at most for the deployment that resuming the app starts. V(0) does not wait.
    type: int
    default: 600
  registry:
    description: Registry of the runtime image. V("") clears it.
    type: str
  image:
    description: Name of the runtime image. V("") clears it.
    type: str
  image_tag:
    description:
      - Tag of the runtime image, such as V(2.1.0). Needs an Enterprise plan. V("") clears it.
      - M(spiceai.cloud.spice_container_image_info) lists the tags.
    type: str
  update_channel:
    description: Channel from which the runtime takes updates, such as V(stable), V(preview) or V(nightly).
    type: str
  version:
    description: Range of runtime versions, such as V(2.x). V("") clears it.
    type: str
  replicas:
    description: Number of replicas, from 0 to 10. The plan may allow fewer.
    type: int
  resources:
    description: CPU and memory of a replica. The key C(limits) takes C(cpu), C(memory) and C(ephemeral-storage), the
      key C(requests) takes C(cpu) and C(memory). V({}) clears them.
    type: dict
  executor:
    description: Executors of a distributed query engine. The keys are C(replicas), a number; C(resources), as
      O(resources); and C(storage_size_gb), in gigabytes. V({}) clears them.
    type: dict
  node_group:
    description: Group of nodes to run on. V("") clears it.
    type: str
  storage_size_gb:
    description: Size of the storage in gigabytes.
    type: float
seealso:
  - module: spiceai.cloud.spice_app_info
    description: Reads apps.
  - module: spiceai.cloud.spice_deployment
    description: Deploys an app.
  - module: spiceai.cloud.spice_environment
    description: Does all of an app in one task.
  - name: Concepts
    description: Apps, spicepods, deployments and secrets, and how they belong together.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_concepts.html
  - name: Guide to day 2
    description: Logs, pauses, rollbacks and drift.
    link: https://spiceai.github.io/ansible-collection-cloud/docsite/guide_day_2.html
"""

EXAMPLES = r"""
- name: Create an app in the default region
  spiceai.cloud.spice_app:
    name: sales-analytics
    description: Orders and customers, accelerated
    tags:
      env: prod
      team: sales
  register: created

- name: Show its id and its region
  ansible.builtin.debug:
    msg: "{{ created.app.id }} runs in {{ created.app.region }}"

- name: Give it the spicepod of a file
  spiceai.cloud.spice_app:
    name: sales-analytics
    spicepod_file: spicepod.yaml

- name: Give it a spicepod that stands in the play, as a dictionary or a string
  spiceai.cloud.spice_app:
    name: sales-analytics
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
          acceleration:
            enabled: true
            refresh_check_interval: 10m

- name: Change two fields, clear two, and remove all tags but one
  spiceai.cloud.spice_app:
    name: sales-analytics
    replicas: 2
    production_branch: main
    description: ""
    version: ""
    tags:
      env: prod
    purge_tags: true

- name: Show what would change, and change nothing
  spiceai.cloud.spice_app:
    name: sales-analytics
    image_tag: 2.1.0
  check_mode: true
  diff: true

- name: Create an app on a dedicated cluster, with its size
  spiceai.cloud.spice_app:
    name: sales-distributed
    cluster_name: acme-prod-west
    visibility: private
    update_channel: stable
    storage_size_gb: 50
    resources:
      limits: {cpu: 4, memory: 16Gi}
      requests: {cpu: 2, memory: 8Gi}
    executor:
      replicas: 2
      storage_size_gb: 100

- name: Create an app for a runtime that you run yourself
  spiceai.cloud.spice_app:
    name: sales-laptop
    standalone: true

- name: Create an app in each of several organizations
  spiceai.cloud.spice_app:
    name: "sales-{{ item.org }}"
    org: "{{ item.org }}"
    region: "{{ item.region }}"
  loop:
    - {org: acme, region: us-east-1}
    - {org: globex, region: us-west-2}

- name: Pause an app over the weekend
  spiceai.cloud.spice_app:
    name: sales-analytics
    paused: true

- name: Resume it, and wait until it is deployed
  spiceai.cloud.spice_app:
    name: sales-analytics
    paused: false
    resume_timeout: 900

- name: Fork an app to try a change
  spiceai.cloud.spice_app:
    name: sales-preview
    fork_from: sales-analytics
    replicas: 1

- name: Delete the fork, and nothing that is not one
  spiceai.cloud.spice_app:
    name: sales-preview
    fork_from: sales-analytics
    state: absent

- name: Delete an app by its id, only if somebody typed its name
  spiceai.cloud.spice_app:
    app_id: 1002
    state: absent
    confirm: "{{ typed_name | default('', true) }}"
"""

RETURN = r"""
app:
  description: The app, as the API gives it, without API keys. In check mode the predicted one.
  returned: success and O(state=present)
  type: dict
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
    production_branch:
      description: Production branch.
      type: str
      sample: main
    forked_from:
      description: The C(id) and the C(name) of the app that it is a fork of; null when it is none.
      type: dict
      sample: {"id": 3, "name": "sales-analytics"}
    paused_at:
      description: Since when it is paused; null when it is not.
      type: str
      sample: "2026-11-02T08:30:00.000Z"
    config:
      description: What the next deployment runs, O(spicepod) included.
      returned: success
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
changed_fields:
  description: The fields that were set or changed.
  returned: success and O(state=present)
  type: list
  elements: str
  sample: [spicepod, replicas]
previous:
  description: The changed fields as they were. Empty for a new app.
  returned: success and O(state=present)
  type: dict
  sample: {replicas: 1}
deployment:
  description: The deployment that resuming the app started, as M(spiceai.cloud.spice_deployment) returns it. In check
    mode the predicted one. Null where the app was not paused.
  returned: success and O(paused=false), or when this deployment failed
  type: dict
  contains:
    id:
      description: Id; null in check mode.
      type: int
      sample: 5002
    status:
      description: Status.
      type: str
      sample: succeeded
deployment_required:
  description: Whether one of them takes effect only with the next deployment.
  returned: success and O(state=present)
  type: bool
  sample: true
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

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_task import run_app
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.app import APP
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION

SPEC = ModuleSpec("spice_app", run_app, CONNECTION + APP)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
