# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The organization's members over HTTP.

Source: Spice.ai Cloud documentation, "Management API", members. The answers to POST and PATCH come without ``is_owner``.
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError


class Members:
    """Args: client (Client). Every method raises ApiError as :meth:`Client.request`."""

    def __init__(self, client):
        self._client = client

    def list(self):
        """list[dict]: user_id, username, roles, is_owner and created_at of each."""
        return self._client.get("/v1/members")["members"]

    def add(self, username, roles):
        """dict: the new member. 404: nobody of this name ever signed in; 409: is a member already."""
        return _complete(self._client.request("POST", "/v1/members", {"username": username, "roles": roles}))

    def change(self, user_id, roles):
        """dict: the member with these roles in place of the former ones."""
        return _complete(self._client.request("PATCH", "/v1/members/%d" % user_id, {"roles": roles}))

    def remove(self, user_id):
        """Removes; that somebody is gone already is success."""
        try:
            self._client.request("DELETE", "/v1/members/%d" % user_id)
        except ApiError as error:
            if error.status != 404:
                raise


def _complete(member):
    return dict({"is_owner": "owner" in member["roles"]}, **member)
