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
  - Brings an app (the newest documentation calls it a project) to the state that the task describes. What is not given
    is left alone.
  - A change of the spicepod, of the image or of anything else that runs takes effect with the next deployment;
    RV(deployment_required) says so.
  - A run that died half-way is finished by the next one.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  name:
    description:
      - Name of the app, unique in the organization without regard to case. An exact match counts first, then one
        without regard to case.
      - 4 to 38 letters, digits and dashes. A name cannot be changed.
    type: str
  app_id:
    description: Id of an app that exists, instead of O(name).
    type: int
  state:
    description: Whether there is such an app. V(absent) deletes it with its deployments, secrets and keys.
    type: str
    choices: [present, absent]
    default: present
  confirm:
    description:
      - The exact name of the app that O(state=absent) is going to delete, letters in the same case.
      - Where it is given, also as an empty string, an app with another name is not deleted and the task fails.
      - In check mode an empty string is enough, because a plan deletes nothing.
      - Without it the task itself is the confirmation. A null value counts as not given, as with every option.
      - Only with O(state=absent).
    type: str
  region:
    description:
      - Region in which the app is created. Excludes the other placements.
      - Without any placement a new app goes to the default region that M(spiceai.cloud.spice_region_info) tells.
      - Asking for another region than an existing app has is an error, because the API cannot move it.
    type: str
  cluster_name:
    description: Dedicated cluster on which the app runs. Another one than it has moves the app; its endpoint changes
      and it needs a deployment.
    type: str
  cname:
    description: Region by its C(cname), such as V(us-west-2-prod-aws-data), instead of O(region).
    type: str
  standalone:
    description:
      - V(true) creates the app without any placement, for a runtime that you run yourself (Cloud Connect). An existing
        app is not changed by it.
    type: bool
    default: false
  fork_from:
    description:
      - Name or id of an app; a new app is made as a fork of it. It gets the spicepod that is deployed there,
        connections, secrets and links to secrets of the organization, update channel, version, counts of replicas and
        executors, storage size, description and tags. It does not get API keys, deployments, the connection to a
        repository, O(resources) and O(visibility). The other options of the task are then applied to it.
      - A fork stands where its source does, unless O(region) or O(cluster_name) says otherwise. Excludes O(cname) and
        O(standalone).
      - An app that exists must be a fork of it, known by the id of the source, or by the recorded name where the source
        is gone. Otherwise the task fails. So with O(state=absent) nothing but such a fork is deleted.
      - The tags of this collection (C(ansible.)) are not kept, because they describe the source.
    type: str
  scheduler_state_location:
    description:
      - Address that begins with C(s3://), where a fork of a distributed app keeps the state of its scheduler. Neither
        within that of the source nor around it.
      - Only with O(fork_from), and only for creation.
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
      - Tags to set. A key is a letter, then up to 62 letters, digits or one of C(_ . / -); a value is at most 256
        letters, digits or one of C(_ @ -).
      - Values that are not strings become strings, booleans into V(true) and V(false).
      - Keys that begin with C(ansible.) belong to this collection and are refused.
    type: dict
  purge_tags:
    description: Whether tags that are not in O(tags) are removed. Those of this collection are kept.
    type: bool
    default: false
  production_branch:
    description: Branch whose commits are production. V("") clears it.
    type: str
  spicepod:
    description:
      - The spicepod, as a dictionary or as a string of YAML or JSON.
      - Compared by meaning; the order of keys, the notation, and the line breaks at the end of a string do not count.
      - Keys without a value are not sent, and that one goes is a change.
      - A string is read as the runtime reads it; V(01234) and V(yes) are strings. A dictionary is what Ansible has made
        of it. The README of the role P(spiceai.cloud.environment#role) compares them.
      - These are refused before the first request, with their place. A missing C(version), C(kind) or C(name); a name
        that is no string; infinite numbers; numbers of more than 64 bits; dates without quotes; and more than 1 MiB.
      - For a string with C({{ }}) in it that is no template write C(!unsafe) before the string, never before a
        dictionary, or use O(spicepod_file).
      - An app that is connected to GitHub refuses a changed spicepod, and then nothing of the task is changed. The API
        tells of the connection in no other way.
      - As a string it needs the Python package PyYAML on the machine that runs the task, which every controller has.
    type: raw
  spicepod_file:
    description:
      - File on the controller that holds the spicepod; one YAML document in UTF-8. It is read as it is, and no template
        in it is filled in.
      - A relative path is looked for beside the play, in its directory C(files), in the directory of the inventory,
        and in the current directory.
      - Excludes O(spicepod).
    type: str
  paused:
    description:
      - Whether the app is paused. A paused app serves nothing and takes no deployment; its settings, secrets and keys
        are kept. Not given, it is left as it is.
      - V(false) resumes an app that is paused, also one that paused by itself. That deploys what is stored, after the
        other changes of the task. The task waits for this deployment, fails with it, and returns it in
        RV(deployment).
      - Storing a spicepod can end a pause. With V(true) the app is then paused again. With V(false) it is deployed all
        the same. If O(paused) is not given, a warning tells it.
    type: bool
  resume_timeout:
    description: Seconds to wait at the most for the deployment that resuming the app starts. V(0) does not wait.
    type: int
    default: 600
  registry:
    description: Registry of the runtime image. V("") clears it.
    type: str
  image:
    description: Name of the runtime image. V("") clears it.
    type: str
  image_tag:
    description: Tag of the runtime image, for Enterprise plans. V("") clears it.
    type: str
  update_channel:
    description: Channel from which the runtime takes updates, such as V(stable), V(preview) or V(nightly).
    type: str
  version:
    description: Range of runtime versions, such as V(2.x). V("") clears it.
    type: str
  replicas:
    description: Number of replicas, from 0 to 10; the plan may allow fewer.
    type: int
  resources:
    description: CPU and memory of a replica, with the keys C(limits) (cpu, memory, ephemeral-storage) and C(requests)
      (cpu, memory). V({}) clears them.
    type: dict
  executor:
    description: Executors of a distributed query engine, with the keys C(replicas), C(resources) and
      C(storage_size_gb). V({}) clears them.
    type: dict
  node_group:
    description: Group of nodes to run on. V("") clears it.
    type: str
  storage_size_gb:
    description: Size of the storage in gigabytes.
    type: float
"""

EXAMPLES = r"""
- name: Create an app in the default region
  spiceai.cloud.spice_app:
    name: sales-analytics
    description: Orders and customers, accelerated
    tags:
      env: prod
      team: sales

- name: Give it a spicepod
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
            pg_user: spice
            pg_pass: ${secrets:PG_PASSWORD}
          acceleration:
            enabled: true
            engine: duckdb
            refresh_check_interval: 10m

- name: Run two replicas of it, and keep only these tags
  spiceai.cloud.spice_app:
    name: sales-analytics
    replicas: 2
    tags:
      env: prod
    purge_tags: true

- name: Pause it over the weekend
  spiceai.cloud.spice_app:
    name: sales-analytics
    paused: true

- name: Resume it and wait until it is deployed
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

- name: Delete another app
  spiceai.cloud.spice_app:
    name: sales-sandbox
    state: absent

- name: Delete an app only if somebody typed its name
  spiceai.cloud.spice_app:
    name: sales-sandbox
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
