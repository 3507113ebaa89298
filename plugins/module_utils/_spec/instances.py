# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the modules that tell about the instances of an app."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

INSTANCE_INFO = ArgumentSpec({"logs": {"type": "int", "default": 0}})

METRIC_INFO = ArgumentSpec({"window": {"type": "str"}})
