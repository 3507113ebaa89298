# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The options that every plugin of the collection shares; documented in the fragment ``spiceai.cloud.spice``.

Their environment variables are not declared as fallbacks: an explicit option of one kind of credential has to beat the
variables of the other.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import ArgumentSpec

CONNECTION = ArgumentSpec(
    {
        "api_url": {"type": "str"},
        "api_token": {"type": "str", "no_log": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "token_url": {"type": "str", "no_log": False},
        "org": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "int", "default": 30},
        "retries": {"type": "int", "default": 5},
        "retry_timeout": {"type": "int", "default": 120},
        "requests_per_second": {"type": "float"},
    },
    mutually_exclusive=(("api_token", "client_id"), ("api_token", "client_secret")),
)
