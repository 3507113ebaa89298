# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the deployment modules."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

DEPLOYMENT = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "image_tag": {"type": "str"},
        "channel": {"type": "str"},
        "replicas": {"type": "int"},
        "branch": {"type": "str"},
        "commit_sha": {"type": "str"},
        "commit_message": {"type": "str"},
        "debug": {"type": "bool"},
        "force": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 600},
        "poll_interval": {"type": "float", "default": 2},
        "retry_failed": {"type": "bool", "default": True},
        "log_lines": {"type": "int", "default": 0},
    }
)

DEPLOYMENT_INFO = ArgumentSpec(
    {
        "status": {"type": "str", "choices": ["queued", "in_progress", "succeeded", "failed", "created"]},
        "limit": {"type": "int", "default": 20},
    }
)
