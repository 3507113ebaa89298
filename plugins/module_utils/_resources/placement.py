# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Where an app lives: in a region, on a dedicated cluster, or not on the platform at all.

Placement is sent as it was asked for, and the server's answer decides.

Source: Spice.ai Cloud documentation, "Management API", projects and regions (October 2026): exactly one of ``region``
and ``cluster_name``; ``cname`` is the older word for a region; with none of them an app is standalone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform, unless_outdated
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption

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


def offered_regions(platform: Platform, is_fresh: bool = False) -> list[dict[str, Any]]:
    """The regions that take new apps, the default one first; ``is_fresh``: as :class:`Platform`. Raises ApiError."""
    offer = platform.regions(is_fresh)
    regions = [region for region in offer.get("regions") or [] if not region.get("disabled")]
    default = offer.get("default")
    named = any(region["region"] == default for region in regions)
    return sorted(regions, key=lambda region: region["region"] != default if named else not region.get("is_default"))


def default_placement(platform: Platform) -> dict[str, str]:
    """The region that the platform offers as its default, so that nothing becomes standalone by accident.

    Raises:
        InvalidOption: it offers none. ApiError.
    """
    regions = offered_regions(platform) or offered_regions(platform, is_fresh=True)
    if not regions:
        raise InvalidOption(
            "The API offers no region; give `region` or `cluster_name`, or `standalone: true` for an app that Spice.ai "
            "does not run."
        )
    return {"region": regions[0]["region"]}


def not_offered(platform: Platform, asked: Mapping[str, str] | None) -> str:
    """The regions to choose from, as a sentence, where the one that is asked for is none of them; empty where it is
    one.

    Args:
        platform: what is offered. asked: what :func:`asked_placement` gave; its ``cname`` names a region too.

    Raises:
        ApiError
    """
    option = next((name for name in ("region", "cname") if name in (asked or {})), None)
    if asked is None or option is None:
        return ""

    def judge(regions: list[dict[str, Any]]) -> str:
        offered = sorted(offer["region"] for offer in regions)
        if not offered or region_of(asked[option]) in offered:
            return ""
        what = "one of" if option == "region" else "the cname of one of the regions"
        return f"`{option}` {asked[option]} is not offered; choose {what} {', '.join(offered)}."

    return unless_outdated(partial(offered_regions, platform), judge)


def placement_advice(platform: Platform, asked: Mapping[str, str] | None, error: ApiError) -> str:
    """What to do about a creation that the server rejects because of its place; empty where that is not why.

    Args:
        platform: what is offered. asked: what :func:`asked_placement` gave. error: of the POST.
    """
    fields = rejected_fields(error)
    if error.status != 400 or (fields and not fields & set(OPTIONS)):
        return ""
    if asked == {}:
        return (
            "If the organization cannot have standalone apps, give `region` or `cluster_name` instead of `standalone`."
        )
    try:
        # What the run knows may be outdated. A fresh answer also spares the next task this rejection.
        platform.regions(is_fresh=True)
        return not_offered(platform, asked)
    except ApiError:
        return ""  # what the server said is told in any case


def rejected_fields(error: ApiError) -> set[str]:
    """The fields of the request that a 400 complains about."""
    fields = error.details.get("fieldErrors") if isinstance(error.details, dict) else None
    return set(fields) if error.status == 400 and isinstance(fields, dict) else set()


def check_not_moved(title: str, app: Mapping[str, Any], asked: Mapping[str, str] | None, platform: Platform) -> None:
    """An app stays in its region.

    Args:
        title: the app, for the sentence. app: as it is. asked: what :func:`asked_placement` gave. platform: what is
            offered.

    Raises:
        InvalidOption: another region is asked for. ApiError.
    """
    wanted = {option: place for option, place in (asked or {}).items() if option != "cluster_name"}
    places = (app.get("region"), app.get("cname"), (app.get("config") or {}).get("region"))
    current = [place for place in places if place]
    for option, place in wanted.items():
        if not current or region_of(place) in [region_of(other) for other in current]:
            continue
        choice = not_offered(platform, asked)
        if choice:
            raise InvalidOption(f"{choice} {title} is in {current[0]}, and the API moves no app.")
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
