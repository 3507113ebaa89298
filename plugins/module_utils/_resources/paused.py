# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app that is paused: nothing is deployed to it, and no request reaches its runtime.

Source: the vendor's portal documentation, "Pause a project", and its launch script, which reads ``paused_at`` of the
app. Free apps pause by themselves after some days without a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    InvalidOption,
    OperationFailed,
    SpiceError,
)


def pause_of(app: Mapping[str, Any]) -> str | None:
    """What to tell of an app that is paused; None for one that is not, and where the answer does not say."""
    if not app.get("paused_at"):
        return None
    return (
        f"App {app['name']} has been paused since {app['paused_at']}, so it serves nothing and takes no deployment; "
        "`paused: false` of spiceai.cloud.spice_app resumes it."
    )


def check_not_paused(app: Mapping[str, Any]) -> None:
    """Raises InvalidOption: the app is paused."""
    sentence = pause_of(app)
    if sentence:
        raise InvalidOption(sentence)


def pause_by_now(apps: Apps, app_id: int) -> str | None:
    """As :func:`pause_of`, of the app as it is now.

    A wait that ends without success asks, so what goes wrong here must not hide why it ended: then it is None.
    """
    try:
        return pause_of(apps.get(app_id) or {})
    except SpiceError:
        return None


def check_again(apps: Apps, app_id: int, partial: dict[str, Any]) -> None:
    """As :func:`pause_by_now`. Raises OperationFailed with what is known so far: the app is paused by now."""
    sentence = pause_by_now(apps, app_id)
    if sentence:
        raise OperationFailed(sentence, partial)
