# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What exists as the files of an inventory, whose variables the role ``environment`` finds unchanged."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import app_options, has_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import shown, skipped, sound
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import placeholder
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_names import NAME as SECRET_NAME
from ansible_collections.spiceai.cloud.plugins.module_utils._variables_file import Own, plain, written
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export_members import described_members
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export_monitors import (
    monitors_of,
    told_of_tokens,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export_overrides import newest_of, overrides_of

MODE, SECRET_MODE = 0o640, 0o600  # permissions of files
MAX_NAMED = 10  # apps in one line of the report
FIRST_KEYS = ("version", "kind", "name")  # of a spicepod, as people write them
BOOTSTRAP = "ansible-playbook spiceai.cloud.bootstrap -i"
OF_SERVER = "A string after !unsafe is never filled in; leave that word out before a string of your own."
HOSTS = [
    "Written by the role spiceai.cloud.export: one host for each app, whose variables describe it. Bring the apps to",
    "this state with",
    f"  {BOOTSTRAP} DIRECTORY_OF_THIS_FILE",
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
# What a file of variables may hold beside the app, in words.
EXTRAS = {
    "environment_linked_secrets": "linked secrets",
    "environment_deployment": "options of the deployment",
    "environment_deploy": "not deployed",
    "environment_monitors": "monitors",
}
ANY_HOST = {"ansible_connection": Own("local"), "ansible_python_interpreter": Own("{{ ansible_playbook_python }}")}


class File(NamedTuple):
    """A file to write.

    Args:
        path: from the directory of the inventory on. content: what is written to it.
        mode: the permissions that a new one gets. replace: whether it may take the place of one that is there.
        app: whose file it is; empty for one of all apps. holds: what is in it, in a few words.
    """

    path: str
    content: str
    mode: int = MODE
    replace: bool = True
    app: str = ""
    holds: str = ""


def choose(
    entries: list[Any],
    names: list[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    option: str = "filter.names",
) -> tuple[list[dict[str, Any]], str, str]:
    """The apps to export, sorted by name.

    Args:
        entries: the list of the server. names: apps of these names only. tags: apps with these tags and values only.
        option: what a sentence calls the names.

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
        problem, warning = f"{option}: {'; '.join(complaints)}." if complaints else "", ""
    return sorted((app for app in apps if has_tags(app, tags or {})), key=lambda app: app["name"]), problem, warning


def listed(option: str, results: list[Any], field: str, may_be_unknown: bool = False) -> dict[int, list[Any]]:
    """What a task that looped over apps found, by the id of the app.

    Args:
        option: what an error calls the results. results: of the task, each with the app as ``item``.
        field: that of a result which holds the list. may_be_unknown: it may hold null, and the app is left out then.

    Raises:
        InvalidOption: a result holds no list, because the task failed or was skipped for that app.
    """
    found: dict[int, list[Any]] = {}
    for result in results:
        item = result.get("item") if isinstance(result, dict) else None
        if not isinstance(item, dict) or not isinstance(item.get("id"), int):
            raise InvalidOption(f"`{option}` must be the results of a task that loops over apps, each with its `item`.")
        if may_be_unknown and field in result and result[field] is None:
            continue
        if not isinstance(result.get(field), list):
            reason = f": {result['msg']}" if isinstance(result.get("msg"), str) else "."
            raise InvalidOption(f"`{option}`: the {field} of app {shown(item.get('name'))} were not read{reason}")
        found[item["id"]] = result[field]
    return found


def files_of(
    apps: list[dict[str, Any]],
    secrets: dict[int, list[Any]],
    links: dict[int, list[Any]],
    deployments: dict[int, list[Any]],
    monitors: dict[int, list[Any]],
    members: list[Any],
) -> tuple[list[File], str]:
    """The files of an inventory. The hosts come last, so that none is listed before its variables are there.

    Args:
        apps: with their config. secrets, deployments, monitors: those of each app, by its id; deployments with the
            newest first.
        links: secrets of the organization that are linked to each app, by its id; without those that nobody could read.
        members: of the organization.

    Returns:
        The files; a warning about entries that are left out, or "".

    Raises:
        InvalidOption: an app has no list of secrets, of deployments or of monitors.
        ValueError: a string is not valid Unicode.
    """
    complaints: list[str] = []
    files: list[File] = []
    for app in apps:
        for option, lists in (("secrets", secrets), ("deployments", deployments), ("monitors", monitors)):
            if app["id"] not in lists:
                raise InvalidOption(f"`{option}` has no result for app {app['name']}.")
        linked = [link["name"] for link in links.get(app["id"], []) if _is_secret(link, app, complaints)]
        alerts = monitors_of(app, monitors[app["id"]], complaints)
        files += _files_of_app(app, secrets[app["id"]], sorted(linked), deployments[app["id"]], alerts, complaints)
    described = described_members(members, complaints)
    people = {Own("environment_members"): [_own(member) for member in described]}
    files.append(
        File("group_vars/all/members.yml", written(MEMBERS, people), holds=f"members: {len(described)}"),
    )
    inventory = {Own("all"): {Own("hosts"): {app["name"]: {} for app in apps}, Own("vars"): _own(ANY_HOST)}}
    files.append(File("hosts.yml", written(HOSTS, inventory), holds=f"hosts: {len(apps)}"))
    return files, skipped("entries", complaints) if complaints else ""


def _files_of_app(
    app: dict[str, Any],
    secrets: list[Any],
    links: list[str],
    deployments: list[Any],
    monitors: list[dict[str, Any]],
    complaints: list[str],
) -> list[File]:
    name = app["name"]
    files = []
    spicepod = _spicepod_of(app)
    if spicepod:
        heading = [f"The spicepod of the app {name} as it was exported."]
        first = {key: spicepod[key] for key in FIRST_KEYS if key in spicepod}
        content = plain(heading, {**first, **spicepod})
        files.append(File(spicepod_path(name), content, app=name, holds="spicepod"))
    named = [secret for secret in secrets if _is_secret(secret, app, complaints)]
    if named:
        # Once: the values that somebody has put in must not be lost.
        content = written(SECRETS, placeholders_of(named))
        holds = f"placeholders of secrets: {len(named)}"
        files.append(File(f"host_vars/{name}/secrets.yml", content, SECRET_MODE, replace=False, app=name, holds=holds))
    heading = [f"The app {name} as it was exported; for the role spiceai.cloud.environment.", OF_SERVER]
    variables = environment_of(app, named, links, deployments)
    if monitors:
        variables[Own("environment_monitors")] = monitors
        heading += told_of_tokens(monitors)
    holds = ", ".join(["app", *(words for variable, words in EXTRAS.items() if variable in variables)])
    files.append(File(f"host_vars/{name}/environment.yml", written(heading, variables), app=name, holds=holds))
    return files


def _spicepod_of(app: dict[str, Any]) -> dict[str, Any] | None:
    """The spicepod, which is a file of its own if it is a mapping."""
    spicepod = app_options(app).get("spicepod")
    return spicepod if isinstance(spicepod, dict) else None


def spicepod_path(name: str) -> str:
    """Where the spicepod of an app is, from the directory of the inventory on.

    Ansible loads every YAML file below ``host_vars/NAME`` as variables of that host, and every other one in the
    directory of the inventory as an inventory; either would fill in the templates of a spicepod. Of ``host_vars`` it
    reads what has the name of a host, and no app has a dot in its name. So this directory is never read.
    """
    return f"host_vars/{name}.spicepod/spicepod.yaml"


def environment_of(
    app: dict[str, Any], secrets: list[dict[str, Any]], links: list[str], deployments: list[Any]
) -> dict[str, Any]:
    """Variables of the role for an app with its config. ``links``: names. Deployments with the newest first."""
    options = app_options(app)
    spicepod = _spicepod_of(app)
    if spicepod:
        del options["spicepod"]
    variables: dict[str, Any] = {Own("environment_app"): _own(options)}
    if spicepod:
        variables[Own("environment_spicepod_file")] = Own(spicepod_path(app["name"]))
    if links:
        variables[Own("environment_linked_secrets")] = links
    newest = newest_of(deployments)
    if newest is None:
        variables[Own("environment_deploy")] = False
    else:
        overrides = overrides_of(app, secrets, links, newest)
        if overrides:
            variables[Own("environment_deployment")] = _own(overrides)
    return variables


def report_of(apps: list[str], outcomes: list[str], dest: str, planned: bool) -> list[str]:
    """Lines about an export for people.

    Args:
        apps: their names. outcomes: created, updated or unchanged, one for each file. dest: the directory.
        planned: nothing was written, because this is a plan.
    """
    told = apps[:MAX_NAMED]
    if len(apps) > MAX_NAMED:
        told.append(f"and {len(apps) - MAX_NAMED} more")
    counts = Counter(outcomes)
    created, updated = ("to create", "to update") if planned else ("created", "updated")
    told_counts = [
        f"{counts['created']} {created}",
        f"{counts['updated']} {updated}",
        f"{counts['unchanged']} unchanged",
    ]
    lines = [
        f"apps   {len(apps)}: {', '.join(told)}" if apps else "apps   none",
        f"files  {', '.join(told_counts)} in {dest}",
    ]
    return lines + ([f"next   {BOOTSTRAP} {shlex.quote(dest)}"] if apps else [])


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


def _is_secret(secret: Any, app: dict[str, Any], complaints: list[str]) -> bool:
    """Whether the entry has a name that the API allows; what is wrong with it goes to the complaints."""
    name = secret.get("name") if isinstance(secret, dict) else None
    if isinstance(name, str) and SECRET_NAME.fullmatch(name):
        return True
    entry = shown(name if isinstance(secret, dict) else secret)
    complaints.append(f"secret {entry} of app {app['name']}, a name that the API does not allow")
    return False
