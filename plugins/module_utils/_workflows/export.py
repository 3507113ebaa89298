# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What exists as the files of an inventory, whose variables the role ``environment`` finds unchanged."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import app_options, has_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import shown, skipped, sound
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_names import NAME as SECRET_NAME
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import OVERRIDES, stamp_in, stamp_of
from ansible_collections.spiceai.cloud.plugins.module_utils._variables_file import Own, written
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.placeholders import placeholder

# What a deployment does not tell of its overrides is one of these.
CHANNELS = (None, "stable", "preview", "nightly", "internal")
DEBUG = (None, False, True)

MODE, SECRET_MODE = "0640", "0600"
OF_SERVER = "A string after !unsafe is never filled in; leave that word out before a string of your own."
HOSTS = [
    "Written by the role spiceai.cloud.export: one host for each app, whose variables describe it. Bring the apps to",
    "this state with",
    "  ansible-playbook spiceai.cloud.bootstrap -i DIRECTORY_OF_THIS_FILE -e environment_hosts=all",
]
MEMBERS = [
    "The members of the organization as they were exported; for the role spiceai.cloud.environment. Owners are left",
    "out, because only the portal changes them.",
    OF_SERVER,
]
SECRETS = [
    "Values of secrets cannot be read. Put them instead of these placeholders, then encrypt this file:",
    "  ansible-vault encrypt secrets.yml",
    "As long as a secret is there its placeholder does no harm; one that would be written is refused.",
]
ANY_HOST = {"ansible_connection": Own("local"), "ansible_python_interpreter": Own("{{ ansible_playbook_python }}")}


def choose(
    entries: list[Any], names: list[str] | None = None, tags: dict[str, Any] | None = None
) -> tuple[list[dict[str, Any]], str, str]:
    """The apps to export, sorted by name.

    Args:
        entries: the list of the server. names: apps of these names only. tags: apps with these tags and values only.

    Returns:
        The apps; a sentence about names that cannot be exported; a warning about entries that are no apps. The
            sentences are empty if there is nothing to say.
    """
    if names is not None:
        entries = [entry for entry in entries if isinstance(entry, dict) and entry.get("name") in names]
    apps, complaints = sound(entries)
    if names is None:
        problem, warning = "", skipped("apps", complaints) if complaints else ""
    else:
        known = [entry["name"] for entry in entries]
        complaints += [
            f"there is no app {shown(name)}, and names are compared exactly"
            for name in dict.fromkeys(names)
            if name not in known
        ]
        problem, warning = f"export_filter.names: {'; '.join(complaints)}." if complaints else "", ""
    return sorted((app for app in apps if has_tags(app, tags or {})), key=lambda app: app["name"]), problem, warning


def files_of(
    apps: list[dict[str, Any]], secrets: list[list[Any]], deployments: list[list[Any]], members: list[Any]
) -> tuple[list[dict[str, Any]], str]:
    """The files of an inventory.

    Args:
        apps: with their config. secrets, deployments: those of each app, in the order of the apps; deployments with the
            newest first. members.

    Returns:
        Files with ``path``, ``content``, ``mode``, and ``replace`` (whether it may replace what is there); a warning
            about entries that are left out, or "".

    Raises:
        ValueError: a string is not valid Unicode.
    """
    complaints: list[str] = []
    inventory = {Own("all"): {Own("hosts"): {app["name"]: {} for app in apps}, Own("vars"): _own(ANY_HOST)}}
    people = {Own("environment_members"): [_own(member) for member in _described_members(members, complaints)]}
    files = [_file("hosts.yml", HOSTS, inventory), _file("group_vars/all/members.yml", MEMBERS, people)]
    for app, its_secrets, its_deployments in zip(apps, secrets, deployments):
        named = [secret for secret in its_secrets if _is_secret(secret, app, complaints)]
        heading = [f"The app {app['name']} as it was exported; for the role spiceai.cloud.environment.", OF_SERVER]
        files.append(
            _file(f"host_vars/{app['name']}/environment.yml", heading, environment_of(app, named, its_deployments))
        )
        if named:
            # Once: the values that somebody has put in must not be lost.
            files.append(
                _file(
                    f"host_vars/{app['name']}/secrets.yml", SECRETS, placeholders_of(named), SECRET_MODE, replace=False
                )
            )
    return files, skipped("entries", complaints) if complaints else ""


def environment_of(app: dict[str, Any], secrets: list[dict[str, Any]], deployments: list[Any]) -> dict[str, Any]:
    """Variables of the role for an app with its config; deployments with the newest first."""
    variables: dict[str, Any] = {Own("environment_app"): _own(app_options(app))}
    deployments = [one for one in deployments if isinstance(one, dict)]
    newest = next(
        (one for position, one in enumerate(deployments) if one.get("status") != "created" or position == 0), None
    )
    if newest is None:
        variables[Own("environment_deploy")] = False
    else:
        overrides = _overrides(app, secrets, newest)
        if overrides:
            variables[Own("environment_deployment")] = _own(overrides)
    return variables


def placeholders_of(secrets: list[dict[str, Any]]) -> dict[str, Any]:
    """The secrets with what stands for their values, without marks: what takes their place is the user's.

    Their names were checked.
    """
    return {
        Own("environment_secrets"): {
            Own(name): Own(placeholder(name)) for name in sorted(secret["name"] for secret in secrets)
        }
    }


def _own(fields: dict[str, Any]) -> dict[Own, Any]:
    """The same with keys that are words of the collection."""
    return {Own(field): value for field, value in fields.items()}


def _file(
    path: str, heading: list[str], variables: Mapping[Any, Any], mode: str = MODE, replace: bool = True
) -> dict[str, Any]:
    return {"path": path, "content": written(heading, variables), "mode": mode, "replace": replace}


def _is_secret(secret: Any, app: dict[str, Any], complaints: list[str]) -> bool:
    """Whether the entry has a name that the API allows; what is wrong with it goes to the complaints."""
    name = secret.get("name") if isinstance(secret, dict) else None
    if isinstance(name, str) and SECRET_NAME.fullmatch(name):
        return True
    entry = shown(name if isinstance(secret, dict) else secret)
    complaints.append(f"secret {entry} of app {app['name']}, a name that the API does not allow")
    return False


def _described_members(members: list[Any], complaints: list[str]) -> list[dict[str, Any]]:
    """Everybody but the owners, sorted."""
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


def _overrides(app: dict[str, Any], secrets: list[dict[str, Any]], deployment: dict[str, Any]) -> dict[str, Any]:
    """With what a deployment was made beside the config; its stamp tells, tried with what is possible.

    Empty when nothing fits.
    """
    stamp = stamp_in(deployment) if isinstance(deployment.get("commit_message"), str) else None
    if stamp is None:
        return {}
    secrets = [{"updated_at": None, **secret} for secret in secrets]
    for values in itertools.product(
        (None, deployment.get("image_tag")), CHANNELS, (None, deployment.get("replicas")), DEBUG
    ):
        overrides = {name: value for name, value in zip(OVERRIDES, values) if value is not None}
        if stamp_of(app, secrets, overrides) == stamp:
            return overrides
    return {}
