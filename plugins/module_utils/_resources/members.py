# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Members as a set: who is added, changed, removed. Owners are protected here, before the server refuses.

Source: Spice.ai Cloud documentation, "Management API", members: several owners are possible; an owner cannot be changed or removed; roles
come in no promised order.
"""

from __future__ import annotations

import base64
import json

from ansible_collections.spiceai.cloud.plugins.module_utils._api.members import Members
from ansible_collections.spiceai.cloud.plugins.module_utils._bulk import raise_failed, run_all
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import dump

DEFAULT_ROLES = ["member"]


def converge_members(task, wanted, unwanted=(), purge=False):
    """Brings the organization's members to the wanted state.

    Args:
        task (Task).
        wanted (list[dict]): ``username``, and ``roles`` (list, or None to leave them alone). unwanted (iterable): user names to remove.
        purge (bool): remove everybody else too, except owners and the caller.

    Returns:
        dict: ``changed``, ``outcomes`` (by user name as wanted), ``members`` (the wanted ones).

    Raises:
        Refused: an option that cannot be right, or an owner would be touched. ApiError: with the outcomes so far in ``partial``.
    """
    roles_of = checked_members(wanted, unwanted)
    members = Members(task.client)
    existing = {member["username"].casefold(): member for member in members.list()}

    outcomes = {username: _verdict(existing.get(username.casefold()), roles) for username, roles in roles_of.items()}
    outcomes.update((username, "deleted" if username.casefold() in existing else "unchanged") for username in unwanted)
    if purge:
        named = {username.casefold() for username in roles_of}
        outcomes.update((member["username"], "deleted") for name, member in existing.items()
                        if name not in named and not _is_owner(member) and not _is_caller(task, member))
    for username, verdict in outcomes.items():
        member = existing.get(username.casefold())
        if verdict in ("updated", "deleted") and _is_owner(member):
            raise Refused("%s is an owner of the organization, and owners are not %s by this collection; an owner does that in the portal." % (
                member["username"], "changed" if verdict == "updated" else "removed"))

    changing = [username for username, verdict in outcomes.items() if verdict != "unchanged"]
    after = {username: existing.get(username.casefold()) for username in roles_of}
    failed = {}
    if task.check_mode:
        after.update((username, _predicted(existing.get(username.casefold()), username, roles_of[username])) for username in changing if username in roles_of)
    elif changing:
        done, failed = run_all({username: _job(task, members, existing.get(username.casefold()), username, roles_of) for username in changing})
        after.update((username, member) for username, member in done.items() if member)
        task.wrote = task.wrote or bool(done)
        outcomes.update((username, "failed") for username in failed)

    result = {
        "changed": any(verdict not in ("unchanged", "failed") for verdict in outcomes.values()),
        "outcomes": outcomes,
    }
    if task.diff_mode:
        result["diff"] = _diff(existing, after, outcomes)
    raise_failed("These members could not be brought to their wanted state:", failed, result)
    return dict(result, members=[member for member in after.values() if member])


def checked_members(wanted, unwanted=()):
    """dict: user name to roles. Raises Refused."""
    roles_of, seen = {}, set()
    for username in [entry["username"] for entry in wanted] + list(unwanted):
        if not username.strip():
            raise Refused("`username` must not be empty.")
        if username.casefold() in seen:
            raise Refused("`members` names %r twice; user names are compared without regard to case." % username)
        seen.add(username.casefold())
    for entry in wanted:
        roles = entry.get("roles")
        if roles is not None and not all(role.strip() for role in roles or [""]):
            raise Refused("`roles` of %r must hold at least one role, such as member; leave it out to leave the roles alone." % entry["username"])
        roles_of[entry["username"]] = roles
    return roles_of


def _verdict(member, roles):
    if member is None:
        return "created"
    return "unchanged" if roles is None or set(roles) == set(member["roles"]) else "updated"


def _is_owner(member):
    # An answer may have only the role, or only the flag.
    return bool(member.get("is_owner")) or "owner" in (member.get("roles") or [])


def _is_caller(task, member):
    """bool: as far as the token's claims tell; a personal access token tells nothing."""
    claims = claims_of(task.client.token())
    ids = {str(claims[name]) for name in ("user_id", "sub") if claims.get(name) is not None}
    names = {str(claims[name]).casefold() for name in ("username", "preferred_username") if claims.get(name)}
    return str(member["user_id"]) in ids or member["username"].casefold() in names


def claims_of(token):
    """dict: what an access token says of itself; a personal access token says nothing."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _job(task, members, member, username, roles_of):
    if username not in roles_of:
        return lambda: members.remove(member["user_id"])
    if member is not None:
        return lambda: dict(member, **members.change(member["user_id"], roles_of[username]))
    return lambda: _add(task, members, username, roles_of[username])


def _add(task, members, username, roles):
    """dict: the new member. A lost answer, and a 409 from somebody who added the same person, are resolved by reading."""
    for attempt in range(task.client.config.retries + 1):
        try:
            return members.add(username, roles or DEFAULT_ROLES)
        except ApiError as error:
            if error.status == 404:
                error.args = ("There is no user %r: the person must have signed in to Spice.ai once, and `username` is the Spice.ai user name." % username,)
            if error.status != 409 and not error.outcome_unknown:
                raise
            member = next((one for one in members.list() if one["username"].casefold() == username.casefold()), None)
            if member is not None:
                same = roles is None or set(roles) == set(member["roles"])
                return member if same else dict(member, **members.change(member["user_id"], roles))
            if error.status == 409 or attempt == task.client.config.retries:
                raise
            task.client.pause(attempt, None, error)
    return None


def _predicted(member, username, roles):
    roles = roles or DEFAULT_ROLES
    return dict(member or {"user_id": None, "username": username, "created_at": None}, roles=roles, is_owner="owner" in roles)


def _diff(existing, after, outcomes):
    before = {username: sorted(existing[username.casefold()]["roles"]) for username in outcomes if username.casefold() in existing}
    then = dict(before)
    for username, verdict in outcomes.items():
        if verdict == "deleted":
            then.pop(username, None)
        elif after.get(username):
            then[username] = sorted(after[username]["roles"])
    return {"before": dump(before), "after": dump(then), "before_header": "members", "after_header": "members"}
