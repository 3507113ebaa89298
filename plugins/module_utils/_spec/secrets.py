# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the secret modules."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

POLICY = ArgumentSpec(
    {
        "update_secret": {"type": "str", "choices": ["always", "on_change", "on_create"]},
        "fingerprint_key": {"type": "str", "no_log": True},
    }
)

SECRET = POLICY + ArgumentSpec(
    {
        "name": {"type": "str", "required": True},
        # Not as a string: Ansible would make one of a boolean, a list or a mapping, and nobody could tell.
        "value": {"type": "raw", "no_log": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    required_if=(("state", "present", ("value",)),),
)

SECRETS = POLICY + ArgumentSpec(
    {
        "secrets": {"type": "dict", "required": True, "no_log": True},
        "purge": {"type": "bool", "default": False},
    }
)

SECRET_INFO = ArgumentSpec({"name": {"type": "str"}})
