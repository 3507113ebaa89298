# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the app modules. Those of the fields derive from their table."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import FIELDS

APP = ArgumentSpec(
    {
        "name": {"type": "str"},
        "app_id": {"type": "int"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "confirm": {"type": "str"},
        "region": {"type": "str"},
        "cname": {"type": "str"},
        "standalone": {"type": "bool", "default": False},
        "purge_tags": {"type": "bool", "default": False},
        "spicepod_file": {"type": "str"},
        "fork_from": {"type": "str"},
        "scheduler_state_location": {"type": "str"},
        "paused": {"type": "bool"},
        "resume_timeout": {"type": "int", "default": 600},
        **{field.name: field.option for field in FIELDS},
    },
    mutually_exclusive=(("name", "app_id"), ("region", "cluster_name", "cname"), ("spicepod", "spicepod_file")),
    required_one_of=(("name", "app_id"),),
)

APP_INFO = ArgumentSpec(
    {
        "name": {"type": "str", "aliases": ["app"]},
        "app_id": {"type": "int"},
        "with_config": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("name", "app_id"),),
)
