# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the monitor modules."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import (
    METHODS,
    OPS,
    SEVERITIES,
    TARGET_TYPES,
    WINDOWS,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secrets import POLICY

MONITOR_OF = ArgumentSpec(
    {"app": {"type": "str"}, "app_id": {"type": "int"}, "cluster_name": {"type": "str"}},
    mutually_exclusive=(("app", "app_id", "cluster_name"),),
    required_one_of=(("app", "app_id", "cluster_name"),),
)

TARGET = ArgumentSpec(
    {
        "type": {"type": "str", "choices": list(TARGET_TYPES), "required": True},
        "emails": {"type": "list", "elements": "str"},
        "recipient_user_ids": {"type": "list", "elements": "int"},
        "channel_id": {"type": "str"},
        "url": {"type": "str"},
        "method": {"type": "str", "choices": list(METHODS)},
        "token": {"type": "str", "no_log": True},
    }
)

MONITOR = ArgumentSpec(
    {
        "name": {"type": "str", "required": True},
        "template": {"type": "str"},
        "op": {"type": "str", "choices": list(OPS)},
        "threshold": {"type": "float"},
        "window": {"type": "str", "choices": list(WINDOWS)},
        "sustain_seconds": {"type": "int"},
        "severity": {"type": "str", "choices": list(SEVERITIES)},
        "include_details": {"type": "bool"},
        "datasets": {"type": "list", "elements": "str"},
        "description": {"type": "str"},
        "enabled": {"type": "bool"},
        "targets": {"type": "list", "elements": "dict", "options": dict(TARGET.options)},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
)

ONE_MONITOR = MONITOR_OF + POLICY + MONITOR

# Of an environment, which has one policy for its secrets and for these.
MONITORS = ArgumentSpec({"monitors": {"type": "list", "elements": "dict", "options": dict(MONITOR.options)}})

MONITOR_INFO = MONITOR_OF + ArgumentSpec({"name": {"type": "str"}})
