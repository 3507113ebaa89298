# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The state of an app before a fleet run changes it: kept in a file, so that it can be put back.

It holds the fields that the run changes, as they were, and what ran. It never holds the value of a secret or a key: the
API gives no secrets, and no field of an app is a key.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import OperationFailed

SUCCEEDED = "succeeded"
OF_A_DEPLOYMENT = ("id", "status", "image_tag", "replicas", "commit_message")
# Fields of an app that a deployment tells too.
TOLD_BY_DEPLOYMENTS = ("image_tag", "replicas")

Image = dict[str, Any]


def image_of(
    run: str,
    app: Mapping[str, Any],
    previous: Mapping[str, Any],
    newest: Mapping[str, Any] | None,
    wanted: Mapping[str, Any],
) -> Image:
    """The state before a change.

    Args:
        run: the name of the run. app: as it is. previous: the fields that are changed, as they are.
        newest: the newest deployment. wanted: the fields that the app gets.
    """
    fields = dict(previous)
    if newest is not None and newest["status"] == SUCCEEDED:
        for name in TOLD_BY_DEPLOYMENTS:
            # A run that died after it had changed the app left no difference; what ran tells the former value.
            before, after = newest.get(name), wanted.get(name)
            if name not in fields and before is not None and after is not None and before != after:
                fields[name] = before
    deployment = {name: newest.get(name) for name in OF_A_DEPLOYMENT} if newest else None
    return {
        "run": run,
        "app": app["name"],
        "app_id": app["id"],
        "previous": fields,
        "deployment": deployment,
        "unhealthy": "",
        "ended": False,
    }


def with_former(image: Image, former: Image | None) -> Image:
    """The state before the change, where a run that died has kept the one before its own.

    Args:
        image: of now. former: what the file has; None where there is none.
    """
    if former is None or former.get("ended") or former.get("app_id") != image["app_id"]:
        return image
    now, then = image["deployment"], former.get("deployment")
    # What has succeeded since is good, so nobody wants the older state back.
    if now and now["status"] == SUCCEEDED and now["id"] != (then or {}).get("id"):
        return image
    return {
        **image,
        "previous": {**image["previous"], **former["previous"]},
        "deployment": then,
        "unhealthy": former.get("unhealthy") or "",
    }


def runs_before(image: Image) -> bool:
    """Whether something ran before the change."""
    return bool(image["deployment"]) and image["deployment"]["status"] == SUCCEEDED


def read_image(path: str) -> Image | None:
    """What a file has; None where there is none. Raises OperationFailed: it cannot be read."""
    try:
        image: Image = json.loads(Path(path).read_text(encoding="utf-8"))
        return image
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise OperationFailed(f"{path}, the state before the change, cannot be read: {error}. Move it away.") from error


def write_image(path: str, image: Image) -> None:
    """Writes the file as a whole; only its owner may read it. Raises OperationFailed."""
    target = Path(path)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", dir=target.parent)  # with mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(image, file, indent=1)
        os.replace(name, target)
    except OSError as error:
        words = error.strerror or error
        raise OperationFailed(f"{path}, the state before the change, cannot be written: {words}.") from error


def end_image(path: str) -> None:
    """Notes that the app needs this state no more. Raises OperationFailed."""
    image = read_image(path)
    if image is not None:
        write_image(path, {**image, "ended": True})
