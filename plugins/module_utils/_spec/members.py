# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the member modules."""

from __future__ import annotations

_MEMBER = {
    "username": {"type": "str", "required": True},
    "roles": {"type": "list", "elements": "str"},
}

MEMBER = dict(_MEMBER, state={"type": "str", "choices": ["present", "absent"], "default": "present"})

MEMBERS = {
    "members": {"type": "list", "elements": "dict", "required": True, "options": _MEMBER},
    "purge": {"type": "bool", "default": False},
}

MEMBER_INFO = {
    "username": {"type": "str"},
}
