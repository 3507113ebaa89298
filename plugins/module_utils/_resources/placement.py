# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Where an app lives: in a region, on a dedicated cluster, or not on the platform at all.

Placement is sent as it was asked for, and the server's answer decides.

Source: Spice.ai Cloud documentation, "Management API", projects and regions (October 2026): exactly one of ``region``
    and ``cluster_name``;
``cname`` is the older word for a region; with none of them an app is standalone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption

OPTIONS = ("region", "cname", "cluster_name")


def asked_placement(params: Mapping[str, Any]) -> dict[str, str] | None:
    """What the user asked for: empty for a standalone app, None for nothing.

    Raises:
        InvalidOption: an empty placement, or one beside ``standalone``.
    """
    for option in OPTIONS:
        if params[option] is not None and not params[option].strip():
            raise InvalidOption(f"`{option}` must not be empty; leave it out instead.")
    given = {option: params[option] for option in OPTIONS if params[option] is not None}
    if given and params["standalone"]:
        raise InvalidOption(
            f"`standalone: true` and `{next(iter(given))}` exclude each other: a standalone app has no place on the "
            "platform."
        )
    return given if given or params["standalone"] else None


def default_placement(platform: Platform) -> dict[str, str]:
    """The region that the platform offers as its default, so that nothing becomes standalone by accident.

    Raises:
        InvalidOption: it offers none. ApiError.
    """
    offer = platform.regions()
    regions = [region for region in offer.get("regions") or [] if not region.get("disabled")]
    named = [region for region in regions if region["region"] == offer.get("default")]
    chosen = named or [region for region in regions if region.get("is_default")] or regions
    if not chosen:
        raise InvalidOption(
            "The API offers no region; give `region` or `cluster_name`, or `standalone: true` for an app that "
            "Spice.ai does not run."
        )
    return {"region": chosen[0]["region"]}


def check_not_moved(title: str, app: Mapping[str, Any], asked: Mapping[str, str] | None) -> None:
    """An app stays in its region.

    Args:
        title: the app, for the sentence. app: as it is. asked: what :func:`asked_placement` gave.

    Raises:
        InvalidOption: another region is asked for.
    """
    wanted = {option: place for option, place in (asked or {}).items() if option != "cluster_name"}
    places = (app.get("region"), app.get("cname"), (app.get("config") or {}).get("region"))
    current = [place for place in places if place]
    for option, place in wanted.items():
        if current and region_of(place) not in [region_of(other) for other in current]:
            raise InvalidOption(
                f"{title} is in {current[0]} and cannot be moved to `{option}` {place} by the API; create another app "
                "there, or ask Spice.ai support to move it."
            )


def region_in(app: Mapping[str, Any]) -> str | None:
    """The region of an app, wherever the answer keeps it; None for a standalone app."""
    region: str | None = app.get("region") or (app.get("config") or {}).get("region")
    return region or (region_of(app["cname"]) if app.get("cname") else None)


def region_of(place: str) -> str:
    """The region of a cname, such as us-west-2 of us-west-2-prod-aws-data or of us-west-2.spice.cloud; a region stays
    what it is.
    """
    return re.split(r"-(?:prod|dev)-|\.", place, maxsplit=1)[0]
