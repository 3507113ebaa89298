# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worlds in which the examples of the modules make sense, as seeds of the simulator. A module that is not here takes the default one."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT

SPICEPOD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "sales-analytics",
    "datasets": [{"from": "postgres:public.orders", "name": "orders"}],
}

SALES = {
    "name": "sales-analytics",
    "description": "Orders and customers",
    "region": "us-east-1",
    "tags": {"env": "prod", "team": "sales", "ansible.own": "kept"},
    "production_branch": "main",
    "spicepod": SPICEPOD,
    "replicas": 1,
}
SANDBOX = {"name": "sales-sandbox", "tags": {"env": "test"}}

# What there is when everything that an example could touch is there already.
EXISTING = {"apps": [SALES, SANDBOX]}

WORLDS = {
    "spice_app": {"apps": [SANDBOX]},
    "spice_app_info": {"apps": [SALES]},
}


def world(module):
    return WORLDS.get(module, {})


def sample(playbook):
    """list[str]: the arguments that make a playbook of the collection run on its sample."""
    return {"bootstrap": ["-e", f"@{ROOT / 'playbooks/sample/environment.yml'}"]}[playbook]
