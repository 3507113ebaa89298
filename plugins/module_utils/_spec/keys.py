# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the API key modules."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

KEY = ArgumentSpec(
    {
        "key_number": {"type": "int", "choices": [1, 2], "no_log": False},
        "state": {"type": "str", "choices": ["present", "regenerated", "revoked"], "default": "present"},
        "value": {"type": "str", "no_log": True},
        "reveal": {"type": "bool", "default": False},
    },
    required_if=(
        ("state", "present", ("key_number",)),
        ("state", "regenerated", ("key_number",)),
        ("state", "revoked", ("value",)),
    ),
)

KEY_INFO = ArgumentSpec({"reveal": {"type": "bool", "default": False}})

ROTATION = ArgumentSpec(
    {
        "step": {"type": "str", "choices": ["start", "read", "finish"], "required": True},
        "active": {"type": "str", "choices": ["1", "2", "auto"], "default": "auto"},
        "key_number": {"type": "int", "choices": [1, 2], "no_log": False},
        "fingerprint": {"type": "str"},
        "published": {"type": "bool"},
        "settle_time": {"type": "int", "default": 5},
        "take_over": {"type": "bool", "default": False},
        "verify": {"type": "bool", "default": False},
        "reveal": {"type": "bool", "default": False},
    }
)
