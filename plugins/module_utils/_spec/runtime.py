# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the modules that talk to the runtime of an app."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

RUNTIME_INFO = ArgumentSpec(
    {
        "key_number": {"type": "int", "choices": [1, 2], "no_log": False},
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 300},
        "poll_interval": {"type": "float", "default": 2},
        "datasets": {"type": "bool", "default": True},
        "models": {"type": "bool", "default": False},
    }
)

SQL_QUERY = ArgumentSpec(
    {
        "query": {"type": "str", "required": True},
        "key_number": {"type": "int", "choices": [1, 2], "no_log": False},
        "read_only": {"type": "bool", "default": True},
        "expect": {"type": "raw"},
    }
)
