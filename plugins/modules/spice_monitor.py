#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_monitor
short_description: Manage a monitor (an alert) of a Spice.ai Cloud app or cluster
version_added: 0.2.0
description:
  - Creates, updates and deletes a monitor, which tells people or other systems when a condition holds.
  - What is not given is kept on a monitor that exists, and takes the default of the template on a new one.
  - A name is unique without regard to case, among the monitors and the reactions of an app together. A name in another
    case alone is no change.
  - A paused app takes no new monitor, and its monitors are disabled, so O(enabled) is not compared while it is paused.
  - An app that Spice.ai does not run (standalone) can have no monitors.
  - Needs the scopes C(monitors:write) and C(apps:read), and C(apps:write) with O(fingerprint_key).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  cluster_name:
    description: Name of a dedicated cluster, instead of an app.
    type: str
  name:
    description: Name of the monitor, without regard to case.
    type: str
    required: true
  template:
    description:
      - What is watched. Required for a new monitor.
      - "Of an app: V(container_cpu) and V(memory_working_set) (percent of the limit), V(dataset_status) (0 is
        initializing, 1 ready, 2 disabled, 3 error, 4 refreshing, 5 shutting down), V(dataset_refresh_errors),
        V(flight_failures), V(http_5xx), V(llm_failures) and V(query_failures) (a count in the window),
        V(instance_health), and V(query_latency_p99) (milliseconds)."
      - "Of a cluster: V(cluster_availability), V(cluster_cpu) and V(cluster_memory)."
      - Another one is sent as it is, with a warning.
      - V(llm_failures) needs a model, V(dataset_refresh_errors) an accelerated dataset, and V(container_cpu) a limit of
        the CPU. The condition of V(instance_health) is fixed; O(op=GT), O(threshold=0) and O(sustain_seconds=0).
      - Another template needs O(op) and O(threshold) too, because its threshold means something else.
    type: str
  op:
    description: How the value is compared with O(threshold). Required for a new monitor.
    type: str
    choices: [GT, GEQ, LT, LEQ, EQ, NEQ]
  threshold:
    description: The threshold, in the unit of O(template). Required for a new monitor.
    type: float
  window:
    description: The time over which the value is taken. Defaults to V(5m) for a new monitor.
    type: str
    choices: [1m, 5m, 15m, 30m, 1h]
  sustain_seconds:
    description: Seconds for which the condition must hold, from 0 to 86400. Defaults to V(0) for a new monitor whose
      template counts failures, and for V(instance_health), else to V(300).
    type: int
  severity:
    description: How serious it is. Defaults to V(critical) for a new monitor, and to V(warn) for
      V(memory_working_set) and V(query_latency_p99).
    type: str
    choices: [warn, critical]
  include_details:
    description: Whether a message holds details. Defaults to V(false) for a new monitor.
    type: bool
  datasets:
    description:
      - Datasets to watch, at most 20, compared as a set; for O(template=dataset_status). An empty list is all of them.
    type: list
    elements: str
  description:
    description: A description for people. An empty string clears it.
    type: str
  enabled:
    description: Whether it is evaluated. Defaults to V(true) for a new monitor.
    type: bool
  targets:
    description:
      - Whom it tells; 1 to 3 targets, one of each type. They replace those of a monitor that exists.
      - Without any a new monitor tells the user of the credential, or an owner of the organization for an OAuth client.
    type: list
    elements: dict
    suboptions:
      type:
        description: The type of the target. Each takes its own options only.
        type: str
        choices: [email, slack, http]
        required: true
      emails:
        description: Addresses, at most 20, compared as a set and without regard to case. For V(email).
        type: list
        elements: str
      recipient_user_ids:
        description: Ids of users of the organization, at most 50, compared as a set. For V(email).
        type: list
        elements: int
      channel_id:
        description: Id of the channel, not its name, in the Slack workspace that an admin has connected to the
          organization in the portal. For V(slack).
        type: str
      url:
        description: An https address on a public host, which is called. It is shown, so no password may be in it. For
          V(http).
        type: str
      method:
        description: HTTP method, V(POST) if not given. For V(http).
        type: str
        choices: [POST, PUT, PATCH]
      token:
        description:
          - Token that is sent to O(targets[].url) as a bearer token. It is never shown. For V(http).
          - It cannot be read back. It is sent with a new monitor, with another address, and otherwise as
            O(update_secret) says.
          - Left out, the token of a monitor that exists is kept as long as the address is the same. To remove it, run a
            task without the http target, and then one with it.
        type: str
  state:
    description: Whether the monitor exists.
    type: str
    choices: [present, absent]
    default: present
  update_secret:
    description:
      - What to do with the token of a monitor that exists, where the address is the same.
      - V(always) sends it. V(on_create) leaves it alone. V(on_change) sends it if it is not the one last sent, which
        needs O(fingerprint_key) and an app.
      - Defaults to V(on_change) with O(fingerprint_key) and an app, else to V(on_create) with a warning that the token
        was not compared. O(update_secret=on_create) says that this is intended, and ends the warning.
    type: str
    choices: [always, on_change, on_create]
  fingerprint_key:
    description:
      - Key for the fingerprints that tell whether a token has changed; any string that you keep secret and stable, for
        instance in a vault.
      - The fingerprint (HMAC-SHA256, 128 bits) is kept in a tag of the app. A cluster has no tags.
      - A token that somebody else changed in the meantime is not noticed.
    type: str
seealso:
  - module: spiceai.cloud.spice_monitor_info
  - module: spiceai.cloud.spice_environment
"""

EXAMPLES = r"""
- name: Tell the team about server errors
  spiceai.cloud.spice_monitor:
    app: sales-analytics
    name: Server errors
    template: http_5xx
    op: GT
    threshold: 0
    description: Requests that fail
    targets:
      - type: email
        emails: [ops@example.com]

- name: Tell the on-call service about datasets that fail
  spiceai.cloud.spice_monitor:
    app: sales-analytics
    name: Datasets
    template: dataset_status
    op: EQ
    threshold: 3
    datasets: [orders]
    include_details: true
    targets:
      - type: http
        url: https://alerts.example.com/spice
        token: "{{ alerts_token }}"
    fingerprint_key: "{{ fingerprint_key }}"

- name: Watch the CPU of a cluster
  spiceai.cloud.spice_monitor:
    cluster_name: acme-prod-west
    name: CPU
    template: cluster_cpu
    op: GT
    threshold: 85
    window: 15m
    sustain_seconds: 600
    severity: warn
    targets:
      - type: email
        emails: [ops@example.com]

- name: Silence a monitor for a while
  spiceai.cloud.spice_monitor:
    app: sales-analytics
    name: Server errors
    template: http_5xx
    op: GT
    threshold: 0
    enabled: false

- name: Delete a monitor
  spiceai.cloud.spice_monitor:
    app: sales-analytics
    name: Slow queries
    state: absent
"""

RETURN = r"""
monitor:
  description: The monitor, as the API gives it, with names in snake_case.
  returned: success and O(state=present)
  type: dict
  contains:
    id:
      description: Id; null in check mode for a new monitor.
      type: str
      sample: 0199a0b1-0000-7000-8000-000000000001
    name:
      description: Name.
      type: str
      sample: Server errors
    description:
      description: Description for people; null when there is none.
      type: str
      sample: Requests that fail
    status:
      description: V(active) or V(disabled).
      type: str
      sample: active
    template_id:
      description: The template.
      type: str
      sample: http_5xx
    spec:
      description: The condition; C(datasets) too, where it watches some of them only.
      type: dict
      contains:
        op:
          description: How the value is compared with the threshold.
          type: str
          sample: GT
        threshold:
          description: The threshold, in the unit of the template.
          type: float
          sample: 0
        window:
          description: The time over which the value is taken.
          type: str
          sample: 5m
        sustain_secs:
          description: Seconds for which the condition must hold.
          type: int
          sample: 0
        severity:
          description: V(warn) or V(critical).
          type: str
          sample: critical
        include_details:
          description: Whether a message holds details.
          type: bool
          sample: false
    targets:
      description: Whom it tells. The token of an http target is never there. Empty in
        check mode for a new monitor without O(targets).
      type: list
      elements: dict
      sample:
        - {type: email, emails: [ops@example.com]}
outcomes:
  description: What happened to each monitor; V(created), V(updated), V(unchanged), V(deleted) or V(failed).
  returned: success, or when it failed
  type: dict
  sample: {Server errors: created}
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 3, writes: 1, retries: 0, throttled: 0, paced_seconds: 0.0}
failure:
  description:
    - What the API answered to the request that failed. A field that the answer does not have is absent.
    - Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  sample:
    status: 403
    code: insufficient_scope
    message: "Insufficient scope. Required: monitors:write"
    method: POST
    path: /v1/apps/7/monitors
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitors import run_monitor
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.monitors import ONE_MONITOR

# Names and words of the collection, shown even if a token equals one.
PUBLIC = ("monitor.id", "monitor.name", "monitor.status", "monitor.template_id", "outcomes")

SPEC = ModuleSpec("spice_monitor", run_monitor, CONNECTION + ONE_MONITOR, public=PUBLIC)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
