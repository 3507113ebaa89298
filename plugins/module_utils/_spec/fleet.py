# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the module that reads a fleet."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

FLEET_INFO = ArgumentSpec(
    {
        "filters": {
            "type": "dict",
            "options": {
                "tags": {"type": "dict"},
                "region": {"type": "str"},
                "visibility": {"type": "str", "choices": ["public", "private"]},
            },
        },
        "runtime": {"type": "bool", "default": False},
    }
)
