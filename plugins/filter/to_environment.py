# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An app as a file of variables for the role environment."""

from __future__ import annotations

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
