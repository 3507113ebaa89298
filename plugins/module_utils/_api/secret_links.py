# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The secrets of an organization, and the links of apps to them, over HTTP. Names only: no answer holds a value.

Source: the vendor's launch script and its guide for production (October 2026). A link is created with a PUT without a
body. What the answers to PUT and DELETE hold is not described, so nothing is read from them. The secrets that the
platform manages can be linked, and no list of an organization's secrets has them. The secrets of an organization are
written in the portal only.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_items
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.auth import claims_of
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client

NEEDED = {"name": str}
UNKNOWN_ROUTE, NOT_ALLOWED = 404, 403


class SecretLinks:
    """The links of apps to secrets of their organization.

    Args:
        apps: the routes. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    def all(self, app_id: int) -> list[dict[str, Any]]:
        """``name`` of each. Raises UnexpectedAnswer: the list has another form."""
        answer = self._apps.call("GET", app_id, "/org-secrets")
        return sound_items(answer, "org_secrets", NEEDED, self._apps.warn)

    def names(self, app_id: int) -> list[str]:
        """The name of each."""
        return [link["name"] for link in self.all(app_id)]

    def names_if_told(self, app_id: int) -> list[str] | None:
        """As :meth:`names`, for an app that exists. None if the credential may not list them.

        A server that does not know links has none.
        """
        try:
            return self.names(app_id)
        except ApiError as error:
            if error.status == UNKNOWN_ROUTE:
                return []
            if error.status == NOT_ALLOWED:
                return None
            raise

    def link(self, app_id: int, name: str) -> None:
        """Links. 404: the organization has no such secret."""
        self._apps.call("PUT", app_id, _tail(name))

    def unlink(self, app_id: int, name: str) -> None:
        """Removes the link; that it is gone already is success."""
        try:
            self._apps.call("DELETE", app_id, _tail(name))
        except ApiError as error:
            if error.status != 404:
                raise


class OrganizationSecrets:
    """The secrets of the organization of a client.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self, is_fresh: bool = False) -> list[dict[str, Any]] | None:
        """``name`` of each, without those of the platform. None if the credential may not list them, or if it is not
        known which organization it acts in.

        They are read once in a run. ``is_fresh`` asks for an answer that is not older than the task.

        Raises:
            ApiError, UnexpectedAnswer
        """
        org_id = self._organization_id(is_fresh)
        if org_id is None:
            return None
        try:
            answer = self._client.run_reads.get(f"/v1/orgs/{org_id:d}/secrets", is_fresh)
        except ApiError as error:
            if error.status in (UNKNOWN_ROUTE, NOT_ALLOWED):
                return None
            raise
        return sound_items(answer, "secrets", NEEDED, self._client.warn)

    def _organization_id(self, is_fresh: bool) -> int | None:
        """The number of the organization: of `org`, of the token, or of the only one."""
        try:
            organizations = Platform(self._client).organizations(is_fresh)
        except ApiError as error:
            if error.status in (UNKNOWN_ROUTE, NOT_ALLOWED):
                return None
            raise
        org = self._client.config.org
        pinned = claims_of(self._client.auth.token()).get("org_id")
        for organization in organizations:
            is_meant = (
                organization["name"].casefold() == org.casefold()
                if org
                else organization.get("id") == pinned or len(organizations) == 1
            )
            if is_meant and isinstance(organization.get("id"), int):
                return int(organization["id"])
        return None


def _tail(name: str) -> str:
    return "/org-secrets/" + quote(name, safe="")
