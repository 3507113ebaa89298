#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_runtime_info
short_description: See what a Spice.ai Cloud app serves, or wait until it serves it
version_added: 0.1.0
description:
  - Asks the runtime of an app, with one of the app's API keys, whether it is ready and how its datasets are.
  - With O(wait=true) it waits until the runtime takes the key and is ready, and every dataset of the app's spicepod is
    served from where the spicepod says. So it verifies a deployment, and a new API key. With O(models=true) it waits
    for every model of the spicepod too.
  - A dataset or model in Error fails such a task at once; a dataset with C(enabled=false) in the spicepod is not waited
    for.
  - With O(wait=false) an API key that the runtime does not take is an error, and so is an app that is not found or
    stands alone.
  - An app that is not deployed is not an error; it is not ready.
  - No request reaches the runtime of an app that is paused. With O(wait=true) the task then fails at once and says
    since when; with O(wait=false) it warns, and the app is not ready.
  - A dataset is compared by its name without regard to case and quotes, because the runtime has its own way to write
    names. It calls C(Sales.Customer) C(sales.customer), and C(my-table) C("my-table").
  - Needs the scope C(apps:read), and network access to the endpoint of the app.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.key_number
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  wait:
    description: Whether to wait until the app serves what it should.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at the most.
    type: int
    default: 300
  poll_interval:
    description: Seconds between the first two looks while it waits. The interval grows to 15.
    type: float
    default: 2
  datasets:
    description: Whether to ask for the datasets too, and to wait for them.
    type: bool
    default: true
  models:
    description: Whether to ask for the models too, and to wait for those of the spicepod.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Wait until the app serves every dataset of its spicepod
  spiceai.cloud.spice_runtime_info:
    app: sales-analytics
    wait: true
    wait_timeout: 600
    poll_interval: 5
  register: serving

- name: Show how long that took
  ansible.builtin.debug:
    msg: "{{ serving.waited_seconds }} seconds"

- name: Look once, at the models and not at the datasets
  spiceai.cloud.spice_runtime_info:
    app: sales-analytics
    models: true
    datasets: false
    key_number: 1
"""

RETURN = r"""
runtime:
  description: What the runtime answered. In check mode, of an app that does not exist yet, as if nothing was deployed.
  returned: success, or when it does not serve what it should
  type: dict
  contains:
    url:
      description: Address of the runtime; null for an app that check mode only predicts.
      type: str
      sample: https://us-east-1-prod-aws-data.spiceai.io
    key_number:
      description: Number of the API key that was used.
      type: int
      sample: 1
    ready:
      description: Whether the runtime says that it is ready; null where it does not tell.
      type: bool
      sample: true
    datasets:
      description: The datasets that it serves; empty where nothing is deployed, and with O(datasets=false).
      type: list
      elements: dict
      contains:
        name:
          description: Name of the dataset, as the runtime writes it.
          type: str
          sample: orders
        from:
          description: Where its data comes from.
          type: str
          sample: postgres:public.orders
        status:
          description: V(Ready), V(Initializing), V(Refreshing), V(Error) or V(Disabled), in the runtime's own letters.
          type: str
          sample: Ready
        error_message:
          description: What is wrong with it; null when nothing is.
          type: str
          sample: Table not found
    models:
      description: The models, like RV(runtime.datasets), with their names as the spicepod has them; empty without
        O(models=true).
      type: list
      elements: dict
      sample: []
    unavailable:
      description:
        - What the runtime does not tell, of V(ready), V(datasets) and V(models), because it answers 501. That of a
          standalone or self-hosted app does. It is not waited for, and a warning tells it.
      type: list
      elements: str
      sample: []
waited_seconds:
  description: How long the task took, waiting included.
  returned: success, or when it does not serve what it should
  type: float
  sample: 12.5
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

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import run_runtime_info
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.runtime import RUNTIME_INFO

SPEC = ModuleSpec("spice_runtime_info", run_runtime_info, CONNECTION + APP_OF + RUNTIME_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
