# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app as a file of variables for the role environment."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_environment
author:
  - Spice.ai Cloud collection contributors (@spiceai)
version_added: 0.1.0
short_description: Write an app as variables of the role environment
description:
  - Gives the YAML of a file of variables that describe an app as it is, for the role P(spiceai.cloud.environment#role), which then finds it unchanged.
  - What the server makes, the tags of this collection and what is not set are left out. Texts that look like templates are marked with C(!unsafe).
positional: secrets, deployments
options:
  _input:
    description: The app, as M(spiceai.cloud.spice_app_info) returns it with O(spiceai.cloud.spice_app_info#module:with_config=true).
    type: dict
    required: true
  secrets:
    description: Its secrets, as M(spiceai.cloud.spice_secret_info) returns them.
    type: list
    elements: dict
    default: []
  deployments:
    description: Its deployments, newest first, as M(spiceai.cloud.spice_deployment_info) returns them. Without any the environment is not deployed.
    type: list
    elements: dict
    default: []
  part:
    description: Which variables; V(environment) for the app and its deployment, V(secrets) for the secrets with a placeholder in place of each value.
    type: str
    choices: [environment, secrets]
    default: environment
"""

EXAMPLES = r"""
- name: Read the app
  spiceai.cloud.spice_app_info:
    name: sales-analytics
    with_config: true
  register: sales

- name: Show the variables that describe it
  ansible.builtin.debug:
    msg: "{{ sales.apps[0] | spiceai.cloud.to_environment }}"
"""

RETURN = r"""
_value:
  description: The variables as YAML.
  type: str
  sample: "environment_app:\n  name: sales-analytics\n  region: us-east-1\n"
"""

import json

import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.export import environment_of, placeholders_of

TEMPLATES = ("{{", "{%", "{#")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks; what looks like a template marked so that nobody fills it in."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        return True


def _text(dumper, text):
    is_template = any(mark in text for mark in TEMPLATES)
    return dumper.represent_scalar("!unsafe" if is_template else "tag:yaml.org,2002:str", text, style="|" if "\n" in text else "'" if is_template else None)


_Dumper.add_representer(str, _text)


def to_environment(app, secrets=(), deployments=(), part="environment"):
    """str: YAML."""
    # Plain types: what comes from Ansible has types of its own.
    app, secrets, deployments = json.loads(json.dumps([app, list(secrets), list(deployments)]))
    try:
        if part == "secrets":
            variables = {"environment_secrets": placeholders_of(secrets)}
        else:
            variables = environment_of(app, secrets, deployments)
    except (KeyError, TypeError, AttributeError) as exc:
        raise AnsibleFilterError("to_environment takes an app as spiceai.cloud.spice_app_info returns it with_config: true (%s: %s)" % (
            type(exc).__name__, exc)) from exc
    return yaml.dump(variables, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, sort_keys=False, width=120)


class FilterModule:
    """Ansible looks for this name."""

    def filters(self):
        return {"to_environment": to_environment}
