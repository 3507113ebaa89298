# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What may stand in the way of an environment, as far as it can be known before the first write.

The role in the organization, the limits of the plan, and the scopes of the credential where the token or its answer
tells them. A personal access token does not: its first rejected request tells, because nothing is ever written to find
out.

Sources: Spice.ai Cloud documentation, "Management API": scopes and their inclusion, roles (viewers are read-only;
members are managed and monitors changed by admins and owners), limits (-1 is unlimited; that of apps is not enforced
since July 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform, unless_outdated
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client

# What `write` and `delete` of a scope include.
INCLUDED_IN = {"read": ("read", "write", "delete"), "write": ("write", "delete"), "delete": ("delete",)}
MANAGERS = ("owner", "admin")
GIBIBYTES = {"": 1 / 2**30, "Ki": 1 / 2**20, "Mi": 1 / 2**10, "Gi": 1.0, "Ti": 2.0**10}


class Needs(NamedTuple):
    """What an environment needs of the organization's plan.

    Args:
        replicas: instances of the app. limits: the ``limits`` of its resources. users: members that the organization
            will have; 0 when none is added.
    """

    replicas: int = 0
    limits: Mapping[str, Any] = {}
    users: int = 0


def check_role(client: Client, members_option: str, monitors_option: str = "") -> None:
    """The role that the credential has in the organization.

    Args:
        client: of the task. members_option: the option, as the user knows it, that changes members; empty when none
            does. monitors_option: the same for the one that updates monitors.

    Raises:
        InvalidOption: it may not do what is to be done. ApiError.
    """
    asked = client.config.org

    def judge(organizations: list[dict[str, Any]]) -> str:
        return _role_problem(organizations, asked, members_option, monitors_option)

    problem = unless_outdated(Platform(client).organizations, judge)
    if problem:
        raise InvalidOption(problem)


def _role_problem(
    organizations: list[dict[str, Any]], asked: str | None, members_option: str, monitors_option: str
) -> str:
    # Without `org` the credential's own organization is used; which that is shows only where there is no other.
    named = [each for each in organizations if each["name"].casefold() == (asked or "").casefold()]
    candidates = named if asked else organizations
    if len(candidates) != 1:
        return ""
    role, name = candidates[0].get("role"), candidates[0]["name"]
    if role == "viewer":
        return (
            f"the credential has the role viewer in organization {name}, which only reads; use one with the role "
            "member, admin or owner."
        )
    what, option = ("manages members", members_option) if members_option else ("changes monitors", monitors_option)
    if option and role and role not in MANAGERS:
        return (
            f"the credential has the role {role} in organization {name}, and only an admin or owner {what}; use such a "
            f"one, or leave `{option}` out."
        )
    return ""


def limit_problems(client: Client, needs: Needs) -> list[str]:
    """A sentence for each limit of the organization's plan that the environment exceeds. Raises ApiError."""
    if not any(needs):
        return []
    return unless_outdated(Platform(client).limits, partial(_exceeded, needs))


def _exceeded(needs: Needs, plan: Mapping[str, Any]) -> list[str]:
    largest = plan.get("resources") or {}
    problems = []
    for what, wanted, limit in (
        ("replicas", needs.replicas, plan.get("replicas")),
        ("CPUs of a replica", _number(needs.limits.get("cpu")), largest.get("max_cpu")),
        ("GiB of memory of a replica", _gibibytes(needs.limits.get("memory")), largest.get("max_memory_gi")),
        ("members", needs.users, plan.get("users")),
    ):
        if wanted and limit is not None and 0 <= limit < wanted:
            problems.append(
                f"the plan of the organization allows {limit} {what}, and this environment needs {wanted:g}."
            )
    return problems


def unknown_cluster(name: str, clusters: list[dict[str, Any]]) -> str:
    """A sentence where the organization has no cluster of this name; else empty."""
    names = sorted(offer["cluster_name"] for offer in clusters)
    if name in names:
        return ""
    return f"`cluster_name` {name} is none of the organization's clusters ({', '.join(names) or 'it has none'})."


def check_scopes(client: Client, needed: Iterable[str]) -> None:
    """The scopes of the credential, where something tells them.

    Args:
        client: of the task. needed: such as ``apps:write``.

    Raises:
        InvalidOption: some are missing. ApiError.
    """
    granted = client.auth.granted_scopes()
    if granted is None or "*" in granted:
        return
    missing = [scope for scope in needed if not _is_granted(granted, scope)]
    if missing:
        noun, pronoun = ("scopes", "them") if len(missing) > 1 else ("scope", "it")
        raise InvalidOption(f"the OAuth client lacks the {noun} {', '.join(missing)}; give it {pronoun} in the portal.")


def _is_granted(granted: list[str], scope: str) -> bool:
    kind, verb = scope.split(":")
    return any(f"{kind}:{wider}" in granted for wider in INCLUDED_IN[verb])


def _number(amount: Any) -> float | None:
    """An amount of CPUs; None for what is no number, such as ``-`` for no limit."""
    return float(amount) if amount is not None and re.fullmatch(r"\d+(\.\d+)?", str(amount)) else None


def _gibibytes(amount: Any) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(|Ki|Mi|Gi|Ti)", str(amount)) if amount is not None else None
    return float(found.group(1)) * GIBIBYTES[found.group(2)] if found else None
