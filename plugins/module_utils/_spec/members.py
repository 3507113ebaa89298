# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the member modules."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

MEMBER = ArgumentSpec(
    {
        "username": {"type": "str", "required": True},
        "roles": {"type": "list", "elements": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
)

MEMBERS = ArgumentSpec(
    {
        "members": {"type": "list", "elements": "dict", "required": True, "options": dict(MEMBER.options)},
        "purge": {"type": "bool", "default": False},
    }
)

MEMBER_INFO = ArgumentSpec({"username": {"type": "str"}})
