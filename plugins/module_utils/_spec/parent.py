# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The options that name the app to which a thing belongs."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

APP_OF = ArgumentSpec(
    {"app": {"type": "str"}, "app_id": {"type": "int"}},
    mutually_exclusive=(("app", "app_id"),),
    required_one_of=(("app", "app_id"),),
)
