# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of the organization. Managing them needs the role admin; admins and owners are made by owners only."""

from typing import Any

from spice_simulator import answers, auth
from spice_simulator.api import Call, route
from spice_simulator.errors import ApiError
from spice_simulator.store import Member


@route("GET", "/v1/members", "List members", scope="members:read", answer="Members")
def list_members(call: Call) -> Any:
    """All members, in the order they joined."""
    return {"members": [answers.member(call.store, one, True) for one in call.org.members.values()]}


def _find(call: Call) -> Member:
    member = call.org.members.get(call.number("member_id"))
    if member is None:
        raise ApiError(404, "Member not found")
    return member


@route("GET", "/v1/members/{member_id}", "Get a member", scope="members:read", answer="Member", errors=(400, 404))
def get_member(call: Call) -> Any:
    """One member by user id."""
    return answers.member(call.store, _find(call), True)


def _may_touch(call: Call, roles: list[str]) -> None:
    if {"owner", "admin"} & set(roles):
        auth.need_role(call.identity, call.org, "owner")


@route(
    "POST",
    "/v1/members",
    "Add a member",
    scope="members:write",
    role="admin",
    body="AddMember",
    answer="ChangedMember",
    status=201,
    errors=(400, 404, 409),
)
def add_member(call: Call) -> Any:
    """Add somebody who has signed in once; the name is compared without regard to case."""
    given = call.body()
    roles = list(dict.fromkeys(given.get("roles", ["member"])))
    _may_touch(call, roles)
    user = call.store.user(given["username"])
    if user is None:
        raise ApiError(404, "User not found")
    if user.user_id in call.org.members:
        raise ApiError(409, "User is already a member")
    member = Member(user.user_id, roles, call.store.clock.now())
    call.org.members[user.user_id] = member
    return answers.member(call.store, member, False)


def _protect(call: Call, member: Member) -> None:
    if "owner" in member.roles:
        raise ApiError(403, "An owner cannot be changed or removed", "forbidden")
    _may_touch(call, member.roles)


@route(
    "PATCH",
    "/v1/members/{member_id}",
    "Change a member's roles",
    scope="members:write",
    role="admin",
    body="ChangeMember",
    answer="ChangedMember",
    errors=(400, 404),
)
def change_member(call: Call) -> Any:
    """Replace the list of roles."""
    member = _find(call)
    roles = list(dict.fromkeys(call.body()["roles"]))
    _protect(call, member)
    _may_touch(call, roles)
    member.roles = roles
    return answers.member(call.store, member, False)


@route(
    "DELETE",
    "/v1/members/{member_id}",
    "Remove a member",
    scope="members:delete",
    role="admin",
    status=204,
    errors=(400, 404),
)
def remove_member(call: Call) -> Any:
    """Remove from the organization; the user stays known and can be added again."""
    member = _find(call)
    _protect(call, member)
    del call.org.members[member.user_id]
