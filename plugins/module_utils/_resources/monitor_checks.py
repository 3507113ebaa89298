# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the options of monitors may be. Nothing here asks the server."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import (
    CLUSTER_TEMPLATES,
    CONDITION,
    EMAIL,
    FIXED,
    HTTP,
    OF_TARGET,
    REQUIRED,
    SLACK,
    TEMPLATES,
    WITH_DATASETS,
    Entry,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import left_over
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import closest

if TYPE_CHECKING:
    # The export uses what is below, and needs no HTTP client.
    from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun

MAX_MONITORS = 20  # of one app or cluster, disabled ones and reactions included
MAX_SUSTAIN = 86400  # seconds
MAX_DATASETS, MAX_TARGETS, MAX_EMAILS, MAX_USERS = 20, 3, 20, 50
NOT_PUBLIC = (".internal", ".local", ".localhost")


def check_monitors(run: ModuleRun, entries: Sequence[Entry]) -> None:
    """Raises InvalidOption: tells all that is wrong with the options. Arguments as :func:`monitor_problems`."""
    problems = monitor_problems(run, entries)
    if problems:
        raise InvalidOption(problems[0] if len(problems) == 1 else "\n- ".join(["These options are wrong:", *problems]))


def monitor_problems(run: ModuleRun, entries: Sequence[Entry]) -> list[str]:
    """A sentence for each option that is wrong; what may be right all the same is a warning.

    From here on no result shows a token.

    Args:
        run: the module's run; with ``prefix`` sentences name the options as the user of a role knows them.
        entries: the options of each monitor.
    """
    is_one = "name" in run.params
    paths = ["" if is_one else f"{run.params.get('prefix') or ''}monitors[{number}]." for number in range(len(entries))]
    for entry in entries:
        for target in entry.get("targets") or []:
            if target.get("token"):
                run.redactor.add(target["token"])
    problems = [text for path, entry in zip(paths, entries) for text in _problems(path, entry)]
    problems += _twice(f"{run.params.get('prefix') or ''}monitors", entries)
    is_cluster = run.params.get("cluster_name") is not None
    for path, entry in zip(paths, entries):
        _warn(run, path, entry, is_cluster)
    return problems


def check_new(entry: Entry, owner: str) -> None:
    """Checks what a monitor needs that does not exist yet. Raises InvalidOption.

    Args:
        entry: its options. owner: for people, such as ``app sales``.
    """
    missing = [f"`{option}`" for option in REQUIRED if entry.get(option) is None]
    if missing:
        raise InvalidOption(
            f"{owner} has no monitor {entry['name']!r} yet, and a new one needs `template`, `op` and `threshold`: give "
            f"{' and '.join(missing)} too."
        )


def check_condition(entry: Entry, template: str, former: str | None) -> None:
    """Checks the condition against the template that the monitor then has. Raises InvalidOption.

    Args:
        entry: its options. template: that it has then. former: that it has now; None for a new one.
    """
    if former not in (None, template):
        missing = [f"`{option}`" for option in ("op", "threshold") if entry.get(option) is None]
        if missing:
            raise InvalidOption(
                f"The monitor {entry['name']!r} gets another template ({former} becomes {template}), whose threshold "
                f"means something else: give {' and '.join(missing)} too."
            )
    wrong = _unlike_fixed(entry, template)
    if wrong:
        raise InvalidOption(f"The monitor {entry['name']!r}: {wrong}")


def _problems(path: str, entry: Entry) -> Iterator[str]:
    yield from left_over(f"{path}targets", entry.get("targets"))
    for option in ("name", "template"):
        if entry.get(option) is not None and not entry[option].strip():
            yield f"`{path}{option}` must not be empty."
    threshold, seconds = entry.get("threshold"), entry.get("sustain_seconds")
    if threshold is not None and not math.isfinite(threshold):
        yield f"`{path}threshold` must be a number, not {threshold}."
    if seconds is not None and not 0 <= seconds <= MAX_SUSTAIN:
        yield f"`{path}sustain_seconds` must be from 0 to {MAX_SUSTAIN} (a day), not {seconds}."
    datasets = entry.get("datasets") or []
    if len(datasets) > MAX_DATASETS:
        yield f"`{path}datasets` holds {len(datasets)} names, and a monitor watches at most {MAX_DATASETS}."
    if not all(name.strip() for name in datasets):
        yield f"`{path}datasets` holds an empty name."
    if entry.get("template") and _unlike_fixed(entry, entry["template"]):
        yield f"`{path}template`: {_unlike_fixed(entry, entry['template'])}"
    if entry.get("targets") is not None:
        yield from target_problems(f"{path}targets", entry["targets"])


def _unlike_fixed(entry: Entry, template: str) -> str:
    """What is given and the API does not take, because it fixes the condition of this template."""
    options = {field: option for option, field in CONDITION.items()}
    fixed = {options[field]: value for field, value in FIXED.get(template, {}).items()}
    wrong = [option for option, value in fixed.items() if entry.get(option) not in (None, value)]
    if not wrong:
        return ""
    condition = ", ".join(f"`{option}: {value}`" for option, value in fixed.items())
    return f"{template} has the fixed condition {condition}; correct {', '.join(f'`{option}`' for option in wrong)}."


def target_problems(path: str, targets: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for all that is wrong with the targets of a monitor. ``path``: what the user calls them."""
    return list(_target_problems(path, targets))


def _target_problems(path: str, targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not 1 <= len(targets) <= MAX_TARGETS:
        yield f"`{path}` must hold 1 to {MAX_TARGETS} targets, not {len(targets)}; leave it out to leave them alone."
    kinds = [target["type"] for target in targets]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield f"`{path}` holds several targets of type {kind}, and a monitor takes one of each type."
    for number, target in enumerate(targets):
        of_kind = OF_TARGET[target["type"]]
        foreign = [field for field, value in target.items() if value is not None and field not in ("type", *of_kind)]
        if foreign:
            named = ", ".join(f"`{field}`" for field in foreign)
            known = ", ".join(of_kind)
            yield f"`{path}[{number}]` is of type {target['type']}, which has no {named}; it takes {known}."
        yield from CHECKS[target["type"]](f"{path}[{number}]", target)


def _problems_of_email(path: str, target: Mapping[str, Any]) -> Iterator[str]:
    emails, users = target.get("emails") or [], target.get("recipient_user_ids") or []
    if not emails and not users:
        yield f"`{path}` needs `emails` or `recipient_user_ids`."
    for option, given, most in (("emails", emails, MAX_EMAILS), ("recipient_user_ids", users, MAX_USERS)):
        if len(given) > most:
            yield f"`{path}.{option}` holds {len(given)} entries, and the API takes at most {most}."
    for email in emails:
        local, at, domain = email.partition("@")
        if not local or not domain or "@" in domain or email.split() != [email]:
            yield f"`{path}.emails` holds {email!r}, which is no e-mail address."
    if any(user < 1 for user in users):
        yield f"`{path}.recipient_user_ids` must hold ids of users, which are more than 0."


def _problems_of_slack(path: str, target: Mapping[str, Any]) -> Iterator[str]:
    channel = (target.get("channel_id") or "").strip()
    if not channel:
        yield f"`{path}.channel_id` is missing."
    elif channel.startswith("#"):
        yield f"`{path}.channel_id` must be the id of the channel, such as C0123456789, not its name."


def _problems_of_http(path: str, target: Mapping[str, Any]) -> Iterator[str]:
    url, token = target.get("url"), target.get("token")
    fault = _fault_of(url) if url else "is missing."
    if fault:
        yield f"`{path}.url` {fault}"
    if token is not None and token.split() != [token]:
        yield (
            f"`{path}.token` is empty or holds white space: check the variable or lookup that gives it, or leave it "
            "out."
        )


def _fault_of(url: str) -> str:
    """What is wrong with an address, without the address: it may hold a password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "is no address."
    if parts.scheme != "https" or not host:
        return "must be an https address."
    if parts.username is not None or parts.password is not None:
        return "must hold no user name and no password, because it is shown; use `token`."
    try:
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith(NOT_PUBLIC)
    return "" if is_public else "must name a public host, because the platform calls it from outside of your network."


CHECKS = {EMAIL: _problems_of_email, SLACK: _problems_of_slack, HTTP: _problems_of_http}


def _twice(option: str, entries: Sequence[Entry]) -> list[str]:
    names = [entry["name"].casefold() for entry in entries]
    doubled = sorted({name for name in names if names.count(name) > 1})
    return [f"`{option}` names {name!r} twice; names are compared without regard to case." for name in doubled]


def _warn(run: ModuleRun, path: str, entry: Entry, is_cluster: bool) -> None:
    template, known = entry.get("template"), CLUSTER_TEMPLATES if is_cluster else TEMPLATES
    if entry.get("state") == "absent" or template is None:
        return
    if template not in known:
        meant = closest(template, known)
        advice = f"did you mean {meant}?" if meant else f"known are {', '.join(known)}."
        run.warn(f"`{path}template` {template} is not known to this collection and is sent as it is; {advice}")
    elif entry.get("datasets") and template != WITH_DATASETS:
        run.warn(f"`{path}datasets` is documented for the template {WITH_DATASETS} only, not for {template}.")
