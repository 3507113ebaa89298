# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The apps that can be hosts of an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: exportable_apps
author:
  - Spice.ai Cloud collection contributors (@spiceai)
version_added: 0.1.0
short_description: Choose the apps that can be exported
description:
  - Gives those apps that can be hosts of an inventory, all or some of them, sorted by name. A task loops over them to
    read what M(spiceai.cloud.spice_export_files) writes.
  - An app whose name the API does not allow (4 to 38 letters, digits and dashes), or whose name has a meaning of its
    own in an inventory, is left out, and so is an entry that is no app. M(spiceai.cloud.spice_export_files) warns about
    them.
positional: names, tags
options:
  _input:
    description: Apps, as M(spiceai.cloud.spice_app_info) returns them.
    type: list
    elements: dict
    required: true
  names:
    description: Apps of these names only; all without it.
    type: list
    elements: str
  tags:
    description: Apps that have all of these tags with these values only.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Read all apps
  spiceai.cloud.spice_app_info:
    with_config: true
  register: all_apps

- name: Show the names of those that can be exported
  ansible.builtin.debug:
    msg: "{{ chosen | map(attribute='name') }}"
  vars:
    prod: {env: prod}
    chosen: "{{ all_apps.apps | spiceai.cloud.exportable_apps(tags=prod) }}"
"""

RETURN = r"""
_value:
  description: The apps, sorted by name.
  type: list
  elements: dict
"""

import json
from collections.abc import Callable
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export import choose


def exportable_apps(apps: list, names: list[str] | None = None, tags: dict | None = None) -> list[dict]:
    """The apps of these names and tags."""
    # Plain types: what comes from Ansible has types of its own, and a tag may look like a date to YAML.
    apps, names, tags = json.loads(json.dumps([apps, names, tags], default=str))
    # It holds what a server says: to Ansible that is data, and never a template.
    return wrap_var(choose(apps, names, tags)[0])


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"exportable_apps": exportable_apps}
