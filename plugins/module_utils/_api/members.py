# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The organization's members over HTTP.

Source: Spice.ai Cloud documentation, "Management API", members. The answers to POST and PATCH come without
``is_owner``.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_item, sound_items
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Member
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, UnexpectedAnswer
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client

ROUTE = "/v1/members"
NEEDED = {"username": str, "roles": list}  # what every task needs of a member


class Members:
    """The members of the client's organization.

    Args:
        client: sends the requests. Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self) -> list[Member]:
        """All members."""
        listed: list[Any] = sound_items(self._client.get(ROUTE), "members", NEEDED, self._client.warn)
        return [_complete(member) for member in listed]

    def add(self, username: str, roles: list[str]) -> Member:
        """The new member. 404: nobody of this name ever signed in; 409: is a member already."""
        answer = self._client.request("POST", ROUTE, {"username": username, "roles": roles})
        return _complete(sound_item(answer, NEEDED, write=("POST", ROUTE)))

    def change(self, user_id: Any, roles: list[str]) -> Member:
        """The member with these roles instead of the former ones. Raises UnexpectedAnswer: the list told no id."""
        _check_id(user_id)
        path = f"{ROUTE}/{user_id:d}"
        answer = self._client.request("PATCH", path, {"roles": roles})
        return _complete(sound_item(answer, NEEDED, write=("PATCH", path)))

    def remove(self, user_id: Any) -> None:
        """Removes; that somebody is gone already is success. Raises UnexpectedAnswer: the list told no id."""
        _check_id(user_id)
        try:
            self._client.request("DELETE", f"{ROUTE}/{user_id:d}")
        except ApiError as error:
            if error.status != 404:
                raise


def _check_id(user_id: Any) -> None:
    if not isinstance(user_id, int) or isinstance(user_id, bool):
        raise UnexpectedAnswer("The API lists this member without a whole number as `user_id`; check `api_url`.")


def _complete(member: Member) -> Member:
    complete: Member = {"is_owner": "owner" in member["roles"], **member}
    return complete
