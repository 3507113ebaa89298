# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app is after a write, as far as a plan can know."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import encoded
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import Field
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import region_of

App = dict[str, Any]


class FieldChange(NamedTuple):
    """One field that must differ.

    Args:
        field: which. payload: the value as the API wants it sent.
    """

    field: Field
    payload: Any


def check_size(changes: list[FieldChange]) -> None:
    """Raises InvalidOption: the PUT would be larger than the API takes, which must not come up after the POST."""
    encoded({change.field.name: change.payload for change in changes})


def predicted_creation(body: Mapping[str, Any]) -> App:
    """What exists after a POST of this body."""
    region = region_of(body.get("cname") or body.get("region") or "") or None
    app: App = {
        "id": None,
        "name": None,
        "description": None,
        "visibility": "private",
        "tags": {},
        "region": None,
        "production_branch": None,
        "config": {},
    }
    return {**app, **body, "region": region}


def predicted(current: Mapping[str, Any], changes: list[FieldChange]) -> App:
    """What exists after a PUT of these changes."""
    app = copy.deepcopy(dict(current))
    app["config"] = app.get("config") or {}
    for change in changes:
        change.field.write(app, change.payload)
    return app
