#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_secret_link_info
short_description: List the secrets of the organization that are linked to a Spice.ai Cloud app
version_added: 0.2.0
description:
  - Lists the secrets of the organization that are linked to an app, and those that the organization offers.
  - A name that is not found is an empty list; an app that is not found is an error.
  - Needs the scopes C(secrets:read) and C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.info
options:
  name:
    description: Name of one secret, compared exactly; both lists hold it alone then.
    type: str
  with_organization_secrets:
    description: Whether to read what the organization offers too.
    type: bool
    default: true
seealso:
  - module: spiceai.cloud.spice_secret_link
"""

EXAMPLES = r"""
- name: List the links
  spiceai.cloud.spice_secret_link_info:
    app: sales-analytics
    org: acme
  register: found

- name: Show what the organization offers and the app is not linked to
  ansible.builtin.debug:
    msg: "{{ offered | difference(found.linked_secrets) }}"
  vars:
    offered: "{{ found.organization_secrets | default([], true) }}"
"""

RETURN = r"""
linked_secrets:
  description: The secrets of the organization that are linked to the app. Null, with a warning, if the credential may
    not list them. Empty on a server that knows no such links.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name.
      type: str
      sample: SHARED_S3_KEY
organization_secrets:
  description:
    - The secrets that the organization offers, without those that the platform manages.
    - Null, with a warning, if the credential may not list them, or if it belongs to several organizations and O(org)
      does not name one.
    - Null with O(with_organization_secrets=false).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name.
      type: str
      sample: SHARED_S3_KEY
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 4, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
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

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secret_links import OrganizationSecrets, SecretLinks
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secret_links import SECRET_LINK_INFO


def execute(run: ModuleRun) -> Result:
    apps = Apps(run.client)
    app = require_app(run, apps)
    links = SecretLinks(apps).names_if_told(app["id"]) if app else []
    if app and links is None:
        run.warn(
            f"The links of app {app['name']} to secrets of the organization are not known: the credential may not list "
            "them."
        )
    asks = run.params["with_organization_secrets"]
    offered = OrganizationSecrets(run.client).all() if asks else None
    if asks and offered is None:
        run.warn(
            "The secrets that the organization offers are not known: the credential may not list them, or it belongs "
            "to several organizations and `org` does not name one."
        )
    name = run.params["name"]
    linked = None if links is None else [{"name": link} for link in sorted(links)]
    return {
        "changed": False,
        "linked_secrets": _named(linked, name),
        "organization_secrets": _named(offered, name),
    }


def _named(secrets: list[dict[str, Any]] | None, name: str | None) -> list[dict[str, Any]] | None:
    """The secrets of this name, or all of them; None stays so."""
    return secrets if secrets is None or name is None else [secret for secret in secrets if secret["name"] == name]


SPEC = ModuleSpec("spice_secret_link_info", execute, CONNECTION + APP_OF + SECRET_LINK_INFO, read_only=True)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
