# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What a deployment runs, as 16 digits.

A stamp is a hash over the deployable part of an app's config, the overrides of the deployment, and the names and
``updated_at`` of its secrets. It stands at the end of the deployment's commit message, the one field that the API keeps
for the caller. So a later run knows whether what runs is what is configured.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._compare import canonical
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import deployable
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.spicepod import compared

PATTERN = re.compile(r" ?\[spice:([0-9a-f]{16})\]$")
OVERRIDES = ("image_tag", "channel", "replicas", "debug")  # options of a deployment that count for the stamp


def stamp_of(app: Mapping[str, Any], secrets: Sequence[Mapping[str, Any]], overrides: Mapping[str, Any]) -> str:
    """The stamp of a deployment that is created now.

    Args:
        app: with its config. secrets: as the API lists them; a predicted one has no time.
        overrides: the options of the deployment that count.
    """
    config = deployable(app)
    if "spicepod" in config:
        config["spicepod"] = json.dumps(compared(config["spicepod"]), sort_keys=True)
    parts = {
        "config": config,
        "overrides": overrides,
        "secrets": {secret["name"]: secret.get("updated_at") for secret in secrets},
    }
    return hashlib.sha256(canonical(parts).encode()).hexdigest()[:16]


def stamp_in(deployment: Mapping[str, Any]) -> str | None:
    """The stamp that a deployment carries; None for one that was made by other means."""
    found = PATTERN.search(deployment.get("commit_message") or "")
    return found.group(1) if found else None
