# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps chosen by their tags."""

from __future__ import annotations

DOCUMENTATION = r"""
name: with_tags
author:
  - Spice.ai Cloud collection contributors (@spiceai)
version_added: 0.1.0
short_description: Choose apps by their tags
description:
  - Gives those apps that have all of the tags with the given values.
positional: tags
options:
  _input:
    description: Apps, as M(spiceai.cloud.spice_app_info) returns them.
    type: list
    elements: dict
    required: true
  tags:
    description: Tags and their values.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Read all apps
  spiceai.cloud.spice_app_info:
  register: all_apps

- name: Show those of production
  ansible.builtin.debug:
    msg: "{{ found | map(attribute='name') }}"
  vars:
    found: "{{ all_apps.apps | spiceai.cloud.with_tags({'env': 'prod'}) }}"
"""

RETURN = r"""
_value:
  description: The apps.
  type: list
  elements: dict
"""


from collections.abc import Callable
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import has_tags


def with_tags(apps: list[dict[str, Any]], tags: dict[str, Any]) -> list[dict[str, Any]]:
    """The apps that have all of these tags with these values."""
    return [app for app in apps if has_tags(app, tags)]


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_tags": with_tags}
