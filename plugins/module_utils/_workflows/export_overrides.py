# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""With what the deployment of an exported app was made beside the app's config."""

from __future__ import annotations

import itertools
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import (
    MAX_REPLICAS,
    MIN_REPLICAS,
    OVERRIDES,
    Provided,
    stamp_in,
    stamp_of,
)

# What a deployment does not tell of its overrides is one of these.
CHANNELS = (None, "stable", "preview", "nightly", "internal")
DEBUG = (None, False, True)


def newest_of(deployments: list[Any]) -> dict[str, Any] | None:
    """The deployment whose settings an app has, of a list with the newest first; None when there is none.

    Of one that somebody else made and that failed, nothing ever ran: then it is the last one that succeeded.
    """
    known = [one for one in deployments if isinstance(one, dict)]
    newest = next((one for position, one in enumerate(known) if one.get("status") != "created" or position == 0), None)
    if newest and newest.get("status") == "failed" and _stamp(newest) is None:
        return next((one for one in known if one.get("status") == "succeeded"), newest)
    return newest


def overrides_of(
    app: dict[str, Any], secrets: list[dict[str, Any]], links: list[str], deployment: dict[str, Any]
) -> dict[str, Any]:
    """With what a deployment was made beside the config; its stamp tells, tried with what is possible.

    Empty when nothing fits.
    """
    stamp = _stamp(deployment)
    if stamp is None:
        return _foreign_overrides(app, deployment)
    provided = Provided([{"updated_at": None, **secret} for secret in secrets], links)
    for values in itertools.product(
        (None, deployment.get("image_tag")), CHANNELS, (None, deployment.get("replicas")), DEBUG
    ):
        overrides = {name: value for name, value in zip(OVERRIDES, values) if value is not None}
        if stamp_of(app, provided, overrides) == stamp:
            return overrides
    return {}


def _stamp(deployment: dict[str, Any]) -> str | None:
    return stamp_in(deployment) if isinstance(deployment.get("commit_message"), str) else None


def _foreign_overrides(app: dict[str, Any], deployment: dict[str, Any]) -> dict[str, Any]:
    """With what a deployment was made that carries no stamp, as far as it tells and as the options take it."""
    config = app.get("config") or {}
    tag, replicas = deployment.get("image_tag"), deployment.get("replicas")
    overrides: dict[str, Any] = {}
    if isinstance(tag, str) and tag and tag != config.get("image_tag"):
        overrides["image_tag"] = tag
    is_number = isinstance(replicas, int) and not isinstance(replicas, bool)
    if is_number and replicas in range(MIN_REPLICAS, MAX_REPLICAS + 1) and replicas != config.get("replicas"):
        overrides["replicas"] = replicas
    return overrides
