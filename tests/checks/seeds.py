# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seeds of the simulator in which the examples of the modules make sense.

A module that is not here takes the default one.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT

SPICEPOD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "sales-analytics",
    "datasets": [{"from": "postgres:public.orders", "name": "orders"}],
}

# What the examples take from variables.
LEAKED_KEY = "leaked|0123456789abcdef"
VARIABLES = {
    "pg_password": "value of PG_PASSWORD",
    "s3_key": "value of S3_KEY",
    "s3_secret": "value of S3_SECRET",
    "fingerprint_key": "key of the fingerprints",
    "leaked_key": LEAKED_KEY,
    "alerts_token": "token-of-the-alerts",
    "organizations": ["acme"],
    "typed_name": "sales-sandbox",
}

# Deployments are there when they are asked for, and what they serve.
AT_ONCE = {"queued_seconds": 0, "in_progress_seconds": 0, "dataset_ready_seconds": 0}

ALERTS = [
    {"name": "Slow queries", "templateId": "query_latency_p99"},
    {
        "name": "CPU of an instance",
        "templateId": "container_cpu",
        "description": "Former",
        "targets": [{"type": "email", "emails": ["former@example.com"]}],
        "fired": True,
    },
]
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
# Of the secrets that the examples write just one is missing: those written at the same time would get their ids in any
# order.
IN_USE = {
    **SALES,
    "image_tag": "2.0.3",
    "secrets": {"PG_PASSWORD": "former value", "S3_SECRET": "former value", "OLD_TOKEN": "old"},
    "linked_secrets": ["SHARED_S3_SECRET"],
    "api_key_2": LEAKED_KEY,
    "monitors": ALERTS,
    "deployed": True,
    "sql": {"INSERT INTO orders (id) VALUES (4)": [{"count": 1}]},
    "chat": {"Which city is the capital of France?": "It is Paris."},
}

# What there is when everything that an example could touch is there already.
EXISTING = {"apps": [IN_USE, SANDBOX]}

SEEDS = {
    "spice_app": {"apps": [{**SALES, "deployed": True}, SANDBOX]},  # what is forked must be deployed
    "spice_app_info": {"apps": [SALES]},
    "spice_api_key": {"apps": [{**SALES, "api_key": "in use|0123456789abcdef"}]},
    "spice_api_key_rotation": {"apps": [IN_USE]},
    "spice_api_key_info": {"apps": [IN_USE]},
    "spice_deployment": {"apps": [SALES]},
    "spice_deployment_info": {"apps": [IN_USE]},
    "spice_environment": {"apps": [IN_USE]},
    "spice_fleet_info": {
        "apps": [
            {**IN_USE, "version": "2.x"},
            {**SANDBOX, "paused": True},
        ]
    },
    "spice_instance_info": {"apps": [IN_USE]},
    "spice_metric_info": {"apps": [IN_USE]},
    "spice_monitor": {"apps": [IN_USE]},
    "spice_monitor_info": {"apps": [IN_USE]},
    "spice_runtime_info": {
        "apps": [{**IN_USE, "spicepod": {**SPICEPOD, "models": [{"from": "openai:gpt-5", "name": "assistant"}]}}]
    },
    "spice_secret": {"apps": [IN_USE]},
    "spice_secret_info": {"apps": [IN_USE]},
    "spice_secret_link": {"apps": [IN_USE]},
    "spice_secret_link_info": {"apps": [IN_USE]},
    "spice_secrets": {"apps": [IN_USE]},
    "spice_sql_query": {"apps": [IN_USE]},
}


def seed_of(module):
    return SEEDS.get(module, {})


def sample(playbook):
    """list[str]: the arguments that make a playbook of the collection run on its sample, where there is SALES."""
    folder = ROOT / "playbooks/sample"
    given = {
        "bootstrap": [
            f"@{folder / 'full/environment.yml'}",
            f"@{ROOT / 'extensions/molecule/common/vars/full.yml'}",
        ],
        "fleet_report": [],
        "export": ["export_dest=/nowhere/environments"],
        "fleet": [
            f"@{folder / 'full/environment.yml'}",
            f"@{ROOT / 'extensions/molecule/common/vars/full.yml'}",
        ],
        "preview": [
            "preview_app=sales-preview",
            f"preview_of={SALES['name']}",
            f"preview_spicepod_file={folder / 'spicepod.yaml'}",
            "preview_comment_file=/nowhere/preview.md",
        ],
        "rotate_api_keys": [
            f"api_key_rotation_app={SALES['name']}",
            f"api_key_rotation_publish_tasks={folder / 'publish_api_key.yml'}",
        ],
        "teardown": [f"teardown_app={SALES['name']}", f"teardown_confirm={SALES['name']}"],
    }[playbook]
    return [word for argument in given for word in ("-e", argument)]
