# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be chosen from: regions, container images, limits, clusters."""

from typing import Any

from spice_simulator.api import Call, route
from spice_simulator.profiles import P2026_03, P2026_07
from spice_simulator.store import Store

ENVIRONMENTS = ("prod", "dev")
IMAGE_CHANNELS = ("stable", "enterprise")


def _env(store: Store) -> Any:
    return {"type": "string", "enum": list(ENVIRONMENTS)} if store.profile <= P2026_03 else None


def _channel(_store: Store) -> Any:
    return {"type": "string", "enum": list(IMAGE_CHANNELS), "default": "stable"}


@route("GET", "/v1/regions", "Regions", scope="apps:read", answer="Regions", query={"env": _env}, errors=(400,))
def list_regions(call: Call) -> Any:
    """``cname`` and ``env`` were dropped in the material of mid 2026."""
    old = call.profile <= P2026_03
    env = (call.query_choice("env", ENVIRONMENTS) or "prod") if old else "prod"
    regions = []
    for region in call.store.regions:
        answer = {key: value for key, value in region.items() if key != "cname"}
        if old:
            answer["cname"] = region["cname"].replace("-prod-", f"-{env}-")
        regions.append(answer)
    return {"regions": regions, "default": call.store.default_region}


@route(
    "GET", "/v1/container-images", "Container images", scope="apps:read", answer="Images",
    query={"channel": _channel}, errors=(400,),
)
def list_images(call: Call) -> Any:
    """The images of one channel; this channel is not the one of a deployment."""
    channel = call.query_choice("channel", IMAGE_CHANNELS) or "stable"
    images = [image for image in call.store.images if image["channel"] == channel]
    return {"images": images, "default": call.store.default_images.get(channel, "")}


@route("GET", "/v1/limits", "Limits of the plan", scope="apps:read", answer="Limits", since=P2026_07)
def limits(call: Call) -> Any:
    """The limits are told, not enforced; -1 is unlimited."""
    return call.org.limits


@route("GET", "/v1/clusters", "Dedicated clusters", scope="apps:read", answer="Clusters", since=P2026_07)
def list_clusters(call: Call) -> Any:
    """Clusters are ordered from the vendor and cannot be changed here."""
    hidden = ("deployable",)
    return {
        "clusters": [
            {key: value for key, value in cluster.items() if key not in hidden} for cluster in call.org.clusters
        ]
    }
