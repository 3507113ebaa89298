# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options that describe a whole environment. Those of its parts are the options of their own modules.

The dictionaries are declared without what is in them: Ansible would refuse an unknown name in them with the list of all
names, and before anything else is looked at. The plan checks them, so that all that is wrong is one error.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.secrets import POLICY

PURGE = ArgumentSpec(
    {
        "tags": {"type": "bool", "default": False},
        "secrets": {"type": "bool", "default": False},
        "linked_secrets": {"type": "bool", "default": False},
        "monitors": {"type": "bool", "default": False},
        "members": {"type": "bool", "default": False},
    }
)

VERIFY = ArgumentSpec(
    {
        "ready": {"type": "bool", "default": True},
        "datasets": {"type": "bool", "default": True},
        "models": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 300},
        "sql": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {"query": {"type": "str", "required": True}, "expect": {"type": "raw"}},
        },
        "search": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "text": {"type": "str", "required": True},
                "datasets": {"type": "list", "elements": "str", "default": []},
                "limit": {"type": "int"},
                "expect": {"type": "str"},
            },
        },
        "nsql": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "query": {"type": "str", "required": True},
                "model": {"type": "str"},
                "expect": {"type": "raw"},
            },
        },
        "chat": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "model": {"type": "str", "required": True},
                "question": {"type": "str", "required": True},
                "answer": {"type": "str"},
            },
        },
        "log_lines": {"type": "int", "default": 0},
    }
)

ENVIRONMENT = POLICY + ArgumentSpec(
    {
        "app": {"type": "dict", "required": True},
        "secrets": {"type": "dict", "no_log": True},
        "linked_secrets": {"type": "list", "elements": "str", "no_log": False},  # names
        "monitors": {"type": "list", "elements": "dict"},
        "members": {"type": "list", "elements": "dict"},
        "deploy": {"type": "bool", "default": True},
        "deployment": {"type": "dict"},
        "purge": {"type": "dict"},
        "verify": {"type": "dict", "default": {}},
        "rollback": {"type": "bool", "default": False},
        "prefix": {"type": "str", "default": ""},
        "variables": {"type": "list", "elements": "str", "default": []},
    }
)
