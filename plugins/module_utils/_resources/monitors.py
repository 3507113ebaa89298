# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Monitors as a set: what is created, changed, deleted, and the fingerprints of their tokens.

What is not given is kept on a monitor that exists and is the template's default on a new one. Names are compared
without regard to case, and another case alone is no change. While an app is paused its monitors are disabled, so
``enabled`` is not compared then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Monitor
from ansible_collections.spiceai.cloud.plugins.module_utils._api.monitors import Monitors
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import (
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    Applied,
    Change,
    apply,
    apply_one,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_tags import write_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_checks import (
    MAX_MONITORS,
    check_condition,
    check_monitors,
    check_new,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import (
    ACTIVE,
    DISABLED,
    Entry,
    condition,
    token_of,
    url_of,
    wanted_targets,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_owner import Owner, find_owner
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_tokens import PREFIX, Tokens, tag_key
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_view import (
    FAILED,
    diff_of,
    predicted,
    tags_sentence,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_writer import MonitorWriter, Wanted
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import pause_of

STATUS = {True: ACTIVE, False: DISABLED, None: None}


def run_monitor(run: ModuleRun) -> Result:
    """Brings one monitor to the wanted state.

    Args:
        run: options ``app``, ``app_id``, ``cluster_name``, ``update_secret``, ``fingerprint_key``, and those of the
            monitor.

    Returns:
        ``changed``, ``outcomes``, and ``monitor`` where one is wanted.

    Raises:
        InvalidOption: an option that cannot be right. SpiceError.
    """
    plan = MonitorsPlan(run, [run.params])
    owner = find_owner(run) or Owner({"id": None, "name": run.params["app"]})
    result = apply_monitors(run, plan, owner, plan.changes(owner))
    items = result.pop("items")
    return dict(result, monitor=items[run.params["name"]]) if run.params["state"] == "present" else result


def apply_monitors(run: ModuleRun, plan: MonitorsPlan, owner: Owner, changes: Sequence[Change]) -> Result:
    """Carries out what was planned: ``changed``, ``outcomes``, ``items`` (name to monitor), ``diff``.

    Args:
        run: the module's run. plan, changes: what was planned. owner: whose monitors.

    Raises:
        SpiceError: with the outcomes so far in ``partial``.
    """
    applied = _applied(run, changes)
    outdated = plan.outdated_tags(owner, changes, applied)
    result: Result = {"changed": applied.changed or bool(outdated), "outcomes": applied.outcomes}
    if run.diff_mode:
        result["diff"] = plan.diff(owner, changes, applied)
    try:
        apply_one(run, plan.tag_change(owner, applied, outdated))
    except SpiceError as error:
        raise error.explained(tags_sentence(error, applied), result) from error
    applied.raise_failed(FAILED, result)
    return dict(result, items=applied.items)


def _applied(run: ModuleRun, changes: Sequence[Change]) -> Applied:
    """What became of the changes. Deletions come first, because the API takes only so many monitors."""
    deleted = apply(run, [change for change in changes if change.outcome == DELETED])
    others = apply(run, [change for change in changes if change.outcome != DELETED])
    outcomes = {**deleted.outcomes, **others.outcomes}
    return Applied(
        {change.name: outcomes[change.name] for change in changes},
        {**deleted.items, **others.items},
        {**deleted.failed, **others.failed},
        False,
    )


class MonitorsPlan:
    """The changes that lead to the wanted monitors of an app or a cluster.

    Args:
        run: options ``update_secret``, ``fingerprint_key``, and where it has them ``cluster_name`` and ``prefix``.
        wanted: the options of each monitor. purge: delete all others too.

    Raises:
        InvalidOption: an option that cannot be right.
    """

    def __init__(self, run: ModuleRun, wanted: Sequence[Entry], purge: bool = False) -> None:
        check_monitors(run, wanted)
        self._run = run
        self._wanted = wanted
        self._purge = purge
        self._tokens = Tokens(run)
        self._sent_tokens: set[str] = set()  # names of monitors
        self._existing: dict[str, Monitor] = {}

    def changes(self, owner: Owner) -> list[Change]:
        """One change a monitor. Only reads. Raises InvalidOption, ApiError, UnexpectedAnswer."""
        app = owner.app or {}
        api = Monitors(self._run.client, app.get("id"), owner.cluster_name)
        is_there = owner.app is None or app.get("id") is not None
        self._existing = {one["name"].casefold(): one for one in api.all()} if is_there else {}
        self._sent_tokens = set()
        writer = MonitorWriter(self._run.client, api, str(owner))
        changes = [self._change(entry, owner, writer, api) for entry in self._wanted]
        if self._purge:
            named = {entry["name"].casefold() for entry in self._wanted}
            changes += [
                _deletion(one["name"], one, api) for name, one in sorted(self._existing.items()) if name not in named
            ]
        self._tokens.warn_of_uncompared()
        self._check_all(owner, changes)
        return changes

    def _change(self, entry: Entry, owner: Owner, writer: MonitorWriter, api: Monitors) -> Change:
        monitor = self._existing.get(entry["name"].casefold())
        if entry.get("state") == "absent":
            return _deletion(entry["name"], monitor, api)
        if monitor is None:
            return self._creation(entry, owner, writer)
        template = entry.get("template") or monitor.get("template_id") or ""
        check_condition(entry, template, monitor.get("template_id"))
        sends_token = self._tokens.must_send(entry, monitor, owner.app or {})
        is_paused = bool((owner.app or {}).get("paused_at"))
        is_of_template = monitor.get("template_id") in (None, template)
        wanted = Wanted(
            monitor["name"],
            template,
            condition(entry, template, monitor["spec"] if is_of_template else _kept(monitor["spec"])),
            wanted_targets(entry),
            entry.get("description"),
            None if is_paused else STATUS[entry.get("enabled")],
            token_of(entry) if sends_token else None,
        )
        changed = wanted.differences(monitor)
        target = f"monitor {entry['name']}"
        if not changed:
            return Change(entry["name"], target, UNCHANGED, monitor, monitor)
        if sends_token:
            self._sent_tokens.add(entry["name"])
        after = {**monitor, **changed, "targets": monitor["targets"] if wanted.targets is None else wanted.targets}
        return Change(entry["name"], target, UPDATED, monitor, after, partial(writer.update, monitor, wanted))

    def _creation(self, entry: Entry, owner: Owner, writer: MonitorWriter) -> Change:
        check_new(entry, str(owner))
        template = entry["template"]
        check_condition(entry, template, None)
        wanted = Wanted(
            entry["name"],
            template,
            condition(entry, template, {}),
            wanted_targets(entry),
            entry.get("description"),
            STATUS[entry.get("enabled")],
            token_of(entry),
        )
        if wanted.token:
            self._sent_tokens.add(entry["name"])
        send = partial(writer.create, wanted)
        return Change(entry["name"], f"monitor {entry['name']}", CREATED, None, predicted(wanted), send)

    def _check_all(self, owner: Owner, changes: Sequence[Change]) -> None:
        """What only all of them together tell. Raises InvalidOption."""
        outcomes = [change.outcome for change in changes]
        created, deleted = outcomes.count(CREATED), outcomes.count(DELETED)
        sentence = pause_of(owner.app) if owner.app else None
        if created and sentence:
            new = ", ".join(change.name for change in changes if change.outcome == CREATED)
            raise InvalidOption(f"{sentence} A paused app takes no new monitor ({new}).")
        count = len(self._existing) + created - deleted
        if created and count > MAX_MONITORS:
            raise InvalidOption(
                f"{owner} would have {count} monitors, and at most {MAX_MONITORS} are allowed, disabled ones included: "
                "delete some with `state: absent`."
            )

    def outdated_tags(self, owner: Owner, changes: Sequence[Change], applied: Applied) -> set[str]:
        """Fingerprints among the app's tags that tell nothing any more.

        Those of monitors that are gone, where this task deletes monitors, and those of tokens that it has replaced
        without a fingerprint, or dropped with their address.
        """
        tags = {tag for tag in (owner.app or {}).get("tags") or {} if tag.startswith(PREFIX)}
        outdated = {
            tag_key(change.before["id"])
            for change in changes
            if change.before and change.after and change.name not in applied.failed
            if change.name in self._sent_tokens or url_of(change.before["targets"]) != url_of(change.after["targets"])
        }
        if self._purge or any(entry.get("state") == "absent" for entry in self._wanted):
            after = {**self._existing, **{name.casefold(): item for name, item in applied.items.items()}}
            outdated |= tags - {tag_key(item["id"]) for item in after.values() if item and item.get("id")}
        return (outdated & tags) - set(self._new_tags(owner, applied))

    def _new_tags(self, owner: Owner, applied: Applied) -> dict[str, str]:
        tags: dict[str, str] = {}
        for entry in self._wanted:
            item = applied.items.get(entry["name"])
            if entry["name"] in self._sent_tokens - set(applied.failed) and item:
                tags.update(self._tokens.tag(entry, item, owner.app or {}))
        return tags

    def tag_change(self, owner: Owner, applied: Applied, outdated: set[str]) -> Change:
        """The change that brings the fingerprints in the app's tags up to date."""
        tags = self._new_tags(owner, applied)
        target = f"fingerprints of {owner}"
        if not tags and not outdated:
            return Change("tags", target, UNCHANGED)
        send = partial(write_tags, Apps(self._run.client), owner.app or {}, tags, outdated)
        return Change("tags", target, UPDATED, None, None, send)

    def diff(self, owner: Owner, changes: Sequence[Change], applied: Applied) -> dict[str, str]:
        """What is or would be changed, as YAML, never with a token."""
        return diff_of(f"monitors of {owner}", changes, applied, self._sent_tokens)


def _kept(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What of a condition is kept when the template changes: not what only the former one watches."""
    return {field: spec[field] for field in ("window", "sustain_secs", "severity", "include_details") if field in spec}


def _deletion(name: str, monitor: Monitor | None, api: Monitors) -> Change:
    if monitor is None:
        return Change(name, f"monitor {name}", UNCHANGED)
    return Change(name, f"monitor {name}", DELETED, monitor, None, partial(api.delete, monitor["id"]))
