# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What a deployment runs, as 16 digits.

A stamp is a hash over the deployable part of an app's config, the overrides of the deployment, the names and
``updated_at`` of its secrets, and the names of the secrets of the organization that are linked to it. It stands at the
end of the deployment's commit message, the one field that the API keeps for the caller. So a later run knows whether
what runs is what is configured.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._compare import canonical
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import deployable
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.spicepod import compared

PATTERN = re.compile(r" ?\[spice:([0-9a-f]{16})\]$")
OVERRIDES = ("image_tag", "channel", "replicas", "debug")  # options of a deployment that count for the stamp
MIN_REPLICAS, MAX_REPLICAS = 1, 10  # of a deployment


class Provided(NamedTuple):
    """The secrets that a deployment of an app takes.

    Args:
        secrets: the app's own, as the API lists them; a predicted one has no time.
        links: names of the secrets of the organization that are linked to the app.
    """

    secrets: Sequence[Mapping[str, Any]] = ()
    links: Collection[str] = ()


def stamp_of(app: Mapping[str, Any], provided: Provided, overrides: Mapping[str, Any]) -> str:
    """The stamp of a deployment that is created now.

    Args:
        app: with its config. provided: to it.
        overrides: the options of the deployment that count.
    """
    config = deployable(app)
    if "spicepod" in config:
        config["spicepod"] = json.dumps(compared(config["spicepod"]), sort_keys=True)
    parts: dict[str, Any] = {
        "config": config,
        "overrides": overrides,
        "secrets": {secret["name"]: secret.get("updated_at") for secret in provided.secrets},
    }
    if provided.links:  # else the stamp is that of a deployment that was made where nothing tells of links
        parts["links"] = sorted(provided.links)
    return hashlib.sha256(canonical(parts).encode()).hexdigest()[:16]


def stamp_in(deployment: Mapping[str, Any]) -> str | None:
    """The stamp that a deployment carries; None for one that was made by other means."""
    found = PATTERN.search(deployment.get("commit_message") or "")
    return found.group(1) if found else None
