# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Members as a set: who is added, changed, removed. Owners are protected here, before the server refuses.

Source: Spice.ai Cloud documentation, "Management API", members (August 2026): several owners are possible; an owner
cannot be changed or removed; roles come in no promised order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.members import Members
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Member
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._http.auth import claims_of
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import (
    CONFLICT_EXISTS,
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    Applied,
    Change,
    apply,
    send_once,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

DEFAULT_ROLES = ["member"]
FAILED = "These members could not be brought to their wanted state:"

Entry = Mapping[str, Any]  # `username`, `roles` (list or None), `state`


def run_members(run: ModuleRun, wanted: Sequence[Entry], purge: bool = False) -> Result:
    """Brings the organization's members to the wanted state.

    Args:
        run: the module's run.
        wanted: ``username``, ``roles`` (None leaves them alone) and ``state`` of each.
        purge: remove everybody else too, except owners and the caller.

    Returns:
        ``changed``, ``outcomes`` (by user name as wanted), ``members`` (the wanted ones that exist).

    Raises:
        InvalidOption: an option that cannot be right, or an owner would be touched. ApiError: with the outcomes so far
            in ``partial``.
    """
    result = apply_members(run, MembersPlan(run, wanted, purge).changes())
    names = {entry["username"] for entry in wanted}
    return dict(result, members=[item for name, item in result.pop("items").items() if item and name in names])


def apply_members(run: ModuleRun, changes: Sequence[Change]) -> Result:
    """Carries out what was planned: ``changed``, ``outcomes``, ``items`` (user name to member), ``diff``.

    Args:
        run: the module's run. changes: what was planned.

    Raises:
        SpiceError: with the outcomes so far in ``partial``.
    """
    applied = apply(run, changes)
    result: Result = {"changed": applied.changed, "outcomes": applied.outcomes}
    if run.diff_mode:
        result["diff"] = _diff(changes, applied)
    applied.raise_failed(FAILED, result)
    return dict(result, items=applied.items)


class MembersPlan:
    """The changes that lead to the wanted members.

    Args:
        run: the module's run. wanted, purge: as :func:`run_members`.

    Raises:
        InvalidOption: an option that cannot be right.
    """

    def __init__(self, run: ModuleRun, wanted: Sequence[Entry], purge: bool) -> None:
        check_members(wanted)
        self._run = run
        self._wanted = wanted
        self._purge = purge
        self._api = Members(run.client)

    def changes(self) -> list[Change]:
        """One change a member. Only reads. Raises InvalidOption, ApiError."""
        existing = {member["username"].casefold(): member for member in self._api.all()}
        changes = [self._change(entry, existing.get(entry["username"].casefold())) for entry in self._wanted]
        if self._purge:
            named = {entry["username"].casefold() for entry in self._wanted}
            changes += [
                self._removal(member["username"], member)
                for name, member in existing.items()
                if name not in named and not _is_owner(member) and not self._is_caller(member)
            ]
        for change in changes:
            _check_owner(change)
        return changes

    def _change(self, entry: Entry, member: Member | None) -> Change:
        username, roles = entry["username"], entry.get("roles")
        if entry.get("state") == "absent":
            return self._removal(username, member)
        target = f"member {username}"
        if member is None:
            roles = roles or DEFAULT_ROLES
            created: Member = {
                "user_id": None,
                "username": username,
                "roles": roles,
                "is_owner": "owner" in roles,
                "created_at": None,
            }
            return Change(
                username, target, CREATED, None, created, partial(self._add, username, roles, entry.get("roles"))
            )
        if roles is None or set(roles) == set(member["roles"]):
            return Change(username, target, UNCHANGED, member, member)
        updated = {**member, "roles": roles, "is_owner": "owner" in roles}
        return Change(username, target, UPDATED, member, updated, partial(self._update, member, roles))

    def _removal(self, username: str, member: Member | None) -> Change:
        if member is None:
            return Change(username, f"member {username}", UNCHANGED)
        return Change(username, f"member {username}", DELETED, member, None, partial(self._remove, member))

    def _add(self, username: str, roles: list[str], asked: list[str] | None) -> dict[str, Any]:
        """The new member. A lost answer, and a 409 from somebody who added the same person, are resolved by reading."""

        def find(error: ApiError) -> Member | None:
            name = username.casefold()
            return next((member for member in self._api.all() if member["username"].casefold() == name), None)

        try:
            sent = send_once(self._run.client, lambda: self._api.add(username, roles), find, conflict=CONFLICT_EXISTS)
        except ApiError as error:
            if error.status != 404:
                raise
            raise error.explained(
                f"No Spice.ai user {username!r}. The person must sign in to spice.ai once first, and `username` is the "
                "Spice.ai user name."
            ) from error
        member: dict[str, Any] = sent.item
        if asked is None or set(asked) == set(member["roles"]):
            return member
        return self._update(member, asked)

    def _update(self, member: Mapping[str, Any], roles: list[str]) -> dict[str, Any]:
        return {**member, **self._api.change(member.get("user_id"), roles)}

    def _remove(self, member: Mapping[str, Any]) -> None:
        self._api.remove(member.get("user_id"))

    def _is_caller(self, member: Member) -> bool:
        """Whether it is the credential's own user, as far as the token's claims tell; a personal access token tells
        nothing.
        """
        claims = claims_of(self._run.client.auth.token())
        ids = {str(claims[name]) for name in ("user_id", "sub") if claims.get(name) is not None}
        names = {str(claims[name]).casefold() for name in ("username", "preferred_username") if claims.get(name)}
        return str(member.get("user_id")) in ids or member["username"].casefold() in names


def check_members(wanted: Sequence[Entry]) -> None:
    """Checks the options without a request. Raises InvalidOption."""
    seen = set()
    for entry in wanted:
        username, roles = entry["username"], entry.get("roles")
        if not username.strip():
            raise InvalidOption("`username` must not be empty.")
        if username.casefold() in seen:
            raise InvalidOption(f"`members` names {username!r} twice; user names are compared without regard to case.")
        seen.add(username.casefold())
        if roles is not None and not all(role.strip() for role in roles or [""]):
            raise InvalidOption(
                f"`roles` of {username!r} must hold at least one role, such as member; leave it out to leave the roles "
                "alone."
            )


def _check_owner(change: Change) -> None:
    if change.outcome not in (UPDATED, DELETED) or not change.before or not _is_owner(change.before):
        return
    verb = "changed" if change.outcome == UPDATED else "removed"
    raise InvalidOption(
        f"{change.before['username']} is an owner of the organization, and owners are not {verb} by this collection; "
        "an owner does that in the portal."
    )


def _is_owner(member: Mapping[str, Any]) -> bool:
    # Some answers hold only the role, or only the flag.
    return bool(member.get("is_owner")) or "owner" in (member.get("roles") or [])


def _diff(changes: Sequence[Change], applied: Applied) -> dict[str, str]:
    def roles(items: Mapping[str, Mapping[str, Any] | None]) -> str:
        return dump({name: sorted(item["roles"]) for name, item in items.items() if item})

    before = {change.name: change.before for change in changes}
    return {
        "before": roles(before),
        "after": roles(applied.items),
        "before_header": "members",
        "after_header": "members",
    }
