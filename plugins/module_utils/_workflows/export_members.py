# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The members of an organization, as the role ``environment`` takes them."""

from __future__ import annotations

from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import shown


def described_members(members: list[Any], complaints: list[str]) -> list[dict[str, Any]]:
    """Everybody but the owners, sorted by name.

    Args:
        members: of the organization. complaints: takes who cannot be described.
    """
    described_ones = []
    for member in members:
        username, roles = (member.get("username"), member.get("roles")) if isinstance(member, dict) else (None, None)
        if (
            not isinstance(username, str)
            or not isinstance(roles, list)
            or not all(isinstance(role, str) for role in roles)
        ):
            complaints.append(
                f"member {shown(username if isinstance(member, dict) else member)}, who has no name or no list of roles"
            )
        elif not (member.get("is_owner") or "owner" in roles):
            described_ones.append({"username": username, "roles": sorted(roles)})
    return sorted(described_ones, key=lambda member: member["username"])
