# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the modules for links to secrets of the organization."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

SECRET_LINK = ArgumentSpec(
    {
        "name": {"type": "str"},
        "names": {"type": "list", "elements": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "purge": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("name", "names"),),
    required_one_of=(("name", "names"),),
)

SECRET_LINK_INFO = ArgumentSpec(
    {"name": {"type": "str"}, "with_organization_secrets": {"type": "bool", "default": True}}
)
