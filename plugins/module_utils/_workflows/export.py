# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What exists as the variables of the role ``environment``: a description that finds what it describes unchanged."""

from __future__ import annotations

import itertools

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import described
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import OVERRIDES, stamp_in, stamp_of
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.environment import placeholder

# What a deployment does not tell of its overrides is one of these.
CHANNELS = (None, "stable", "preview", "nightly", "internal")
DEBUG = (None, False, True)


def environment_of(app, secrets, deployments):
    """dict: variables of the role.

    Args:
        app (dict): with its config. secrets (list[dict]). deployments (list[dict]): the newest first.
    """
    variables = {"environment_app": described(app)}
    newest = next(
        (one for position, one in enumerate(deployments) if one["status"] != "created" or position == 0), None
    )
    if newest is None:
        return dict(variables, environment_deploy=False)
    overrides = _overrides(app, secrets, newest)
    return dict(variables, environment_deployment=overrides) if overrides else variables


def placeholders_of(secrets):
    """dict: the secrets with what stands for their values, which cannot be read."""
    return {name: placeholder(name) for name in sorted(secret["name"] for secret in secrets)}


def _overrides(app, secrets, deployment):
    """dict: with what a deployment was made beside the config; its stamp tells, tried with what is possible. Empty when nothing fits."""
    stamp = stamp_in(deployment)
    if stamp is None:
        return {}
    for values in itertools.product(
        (None, deployment.get("image_tag")), CHANNELS, (None, deployment.get("replicas")), DEBUG
    ):
        overrides = {name: value for name, value in zip(OVERRIDES, values) if value is not None}
        if stamp_of(app, secrets, overrides) == stamp:
            return overrides
    return {}
