# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the platform offers, over HTTP: regions, container images, limits, organizations, clusters. Read only.

Source: Spice.ai Cloud documentation, "Management API": regions, container-images, limits, clusters, orgs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import snake_case, sound_items

if TYPE_CHECKING:
    # The filters use what is above this file, and need no HTTP client.
    from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client

T = TypeVar("T")
Read = Callable[[bool], Any]


class Platform:
    """What the platform offers to the client's organization.

    Regions, limits, organizations and clusters are read once in a run; ``is_fresh`` asks for an answer that is not
    older than the task, see :func:`unless_outdated`.

    Args:
        client: sends the requests. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def regions(self, is_fresh: bool = False) -> dict[str, Any]:
        """``regions`` (list) and ``default`` (string), with keys in snake_case."""
        offer = snake_case(self._client.run_reads.get("/v1/regions", is_fresh))
        return self._with_sound(offer, "regions", "region")

    def container_images(self, channel: str | None = None) -> dict[str, Any]:
        """``images`` (list) and ``default`` (string)."""
        offer = self._client.get("/v1/container-images", {"channel": channel} if channel else None)
        return self._with_sound(offer, "images", "tag")

    def _with_sound(self, offer: dict[str, Any], word: str, field: str) -> dict[str, Any]:
        """The same with the sound items of its list only; a list that is missing stays so."""
        if offer.get(word) is None:
            return offer
        return {**offer, word: sound_items(offer, word, {field: str}, self._client.warn)}

    def limits(self, is_fresh: bool = False) -> dict[str, Any]:
        """What the plan of the organization allows; -1 is unlimited."""
        limits: dict[str, Any] = self._client.run_reads.get("/v1/limits", is_fresh)
        return limits

    def organizations(self, is_fresh: bool = False) -> list[dict[str, Any]]:
        """The organizations that the credential may name."""
        answer = self._client.run_reads.get("/v1/orgs", is_fresh)
        return sound_items(answer, "orgs", {"name": str}, self._client.warn)

    def clusters(self, is_fresh: bool = False) -> list[dict[str, Any]]:
        """The dedicated clusters of the organization."""
        answer = self._client.run_reads.get("/v1/clusters", is_fresh)
        return sound_items(answer, "clusters", {"cluster_name": str}, self._client.warn)


def unless_outdated(read: Read, judge: Callable[[Any], T]) -> T:
    """What ``judge`` says of an answer: empty when it has no objection.

    An objection is raised again with an answer that is not older than the task, and only that counts.

    Args:
        read: takes whether the answer must be fresh, and gives it. judge: takes an answer, gives what is wrong.
    """
    return judge(read(False)) and judge(read(True))
