#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_container_image_info
short_description: List the runtime images of Spice.ai Cloud
version_added: 0.1.0
description:
  - Lists the container images of the Spice runtime that an app or a deployment can name in its C(image_tag).
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  channel:
    description: Lists the images of this channel. The server's default is V(stable).
    type: str
    choices: [stable, enterprise]
"""

EXAMPLES = r"""
- name: List the images of the stable channel
  spiceai.cloud.spice_container_image_info:
    channel: stable
  register: images

- name: Show the tag that a deployment uses unless told otherwise
  ansible.builtin.debug:
    var: images.default
"""

RETURN = r"""
container_images:
  description: The images, as the API gives them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Full name of the image.
      type: str
      sample: spiceai/spiceai:1.5.0-models
    tag:
      description: Value for C(image_tag).
      type: str
      sample: 1.5.0-models
    channel:
      description: Release channel.
      type: str
      sample: stable
default:
  description: The default tag.
  returned: success
  type: str
  sample: 1.5.0-models
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

from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.platform import IMAGE_INFO


def execute(run: ModuleRun) -> Result:
    offer = Platform(run.client).container_images(run.params["channel"])
    return {"changed": False, "container_images": offer.get("images", []), "default": offer.get("default")}


SPEC = ModuleSpec("spice_container_image_info", execute, CONNECTION + IMAGE_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
