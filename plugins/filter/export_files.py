# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps as the files of an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: export_files
author:
  - Spice.ai Cloud collection contributors (@spiceai)
version_added: 0.1.0
short_description: Write apps as the files of an inventory
description:
  - Gives the files of an inventory with one host for each app. The role P(spiceai.cloud.environment#role) finds what
    their variables describe unchanged.
  - What the server generates, the tags of this collection and what is not set are left out. Every string of the server
    is marked with C(!unsafe), so that Ansible never fills it in as a template.
positional: secrets, deployments, members
options:
  _input:
    description: The apps, as P(spiceai.cloud.exportable_apps#filter) gives them, with their config.
    type: list
    elements: dict
    required: true
  secrets:
    description: The secrets of each app, as M(spiceai.cloud.spice_secret_info) returns them, in the order of the apps.
    type: list
    elements: list
    required: true
  deployments:
    description: The deployments of each app, newest first, as M(spiceai.cloud.spice_deployment_info) returns them, in
      the order of the apps. An environment without any is not deployed.
    type: list
    elements: list
    required: true
  members:
    description: The members of the organization, as M(spiceai.cloud.spice_member_info) returns them.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Read the app
  spiceai.cloud.spice_app_info:
    name: sales-analytics
    with_config: true
  register: sales

- name: Show the variables that describe it
  ansible.builtin.debug:
    msg: "{{ (sales.apps | spiceai.cloud.export_files([[]], [[]], []))[-1].content }}"
"""

RETURN = r"""
_value:
  description: The files.
  type: list
  elements: dict
  contains:
    path:
      description: Path of the file, from the directory of the inventory on.
      type: str
      sample: host_vars/sales-analytics/environment.yml
    content:
      description: The content, YAML.
      type: str
      sample: "---\nenvironment_app:\n  name: !unsafe 'sales-analytics'\n  region: !unsafe 'us-east-1'\n"
    mode:
      description: The permissions that it needs.
      type: str
      sample: "0640"
    replace:
      description: Whether it may replace a file that is there; one with placeholders of secrets may not.
      type: bool
      sample: true
"""

import json
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import sound
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export import files_of


def export_files(apps: list, secrets: list, deployments: list, members: list) -> list[dict]:
    """The files; warns about entries that are left out. Raises AnsibleFilterError."""
    # Plain types: what comes from Ansible has types of its own.
    apps, secrets, deployments, members = json.loads(json.dumps([apps, list(secrets), list(deployments), members]))
    complaints = sound(apps)[1]
    if complaints or not len(apps) == len(secrets) == len(deployments):
        raise AnsibleFilterError(
            "export_files takes apps as spiceai.cloud.exportable_apps gives them, and as many lists of secrets and "
            f"deployments; {'; '.join(complaints) or f'these are {len(apps)}, {len(secrets)} and {len(deployments)}'}"
        )
    try:
        files, warning = files_of(apps, secrets, deployments, members)
    except ValueError as error:
        raise AnsibleFilterError(f"export_files: {error}") from error
    if warning:
        Display().warning(warning)
    # It holds what a server says: to Ansible that is data, and never a template.
    return wrap_var(files)


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"export_files": export_files}
