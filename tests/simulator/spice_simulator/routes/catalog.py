# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be chosen from: regions, container images, limits, clusters."""

from typing import Any

from spice_simulator.api import Call, route
from spice_simulator.store import Store

IMAGE_CHANNELS = ("stable", "enterprise")


def _channel(_store: Store) -> Any:
    return {"type": "string", "enum": list(IMAGE_CHANNELS), "default": "stable"}


@route("GET", "/v1/regions", "Regions", scope="apps:read", answer="Regions")
def list_regions(call: Call) -> Any:
    """The regions and the default one; their host labels are not told."""
    regions = [{key: value for key, value in region.items() if key != "cname"} for region in call.store.regions]
    return {"regions": regions, "default": call.store.default_region}


@route(
    "GET",
    "/v1/container-images",
    "Container images",
    scope="apps:read",
    answer="Images",
    query={"channel": _channel},
    errors=(400,),
)
def list_images(call: Call) -> Any:
    """The images of one channel; this channel is not the one of a deployment."""
    channel = call.query_choice("channel", IMAGE_CHANNELS) or "stable"
    images = [image for image in call.store.images if image["channel"] == channel]
    return {"images": images, "default": call.store.default_images.get(channel, "")}


@route("GET", "/v1/limits", "Limits of the plan", scope="apps:read", answer="Limits")
def limits(call: Call) -> Any:
    """The limits are told, not enforced; -1 is unlimited. Without private compute there are no ``resources``."""
    return call.org.limits if call.org.private_compute else {**call.org.limits, "resources": None}


@route("GET", "/v1/clusters", "Dedicated clusters", scope="apps:read", answer="Clusters")
def list_clusters(call: Call) -> Any:
    """Clusters are ordered from the vendor and cannot be changed here."""
    hidden = ("deployable",)
    return {
        "clusters": [
            {key: value for key, value in cluster.items() if key not in hidden} for cluster in call.org.clusters
        ]
    }
