# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Secrets as a set: what is written, what is left alone, what is deleted, and the fingerprints that remember it.

Values can never be read back, so there are three policies: ``always`` writes, ``on_create`` writes what is missing,
``on_change`` compares keyed fingerprints (see ``fingerprints.py``). The default is ``on_change`` where there is a key
for them, else ``on_create``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Secret
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import MASK, Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import (
    CREATED,
    DELETED,
    FAILED,
    UNCHANGED,
    UPDATED,
    Applied,
    Change,
    apply,
    apply_one,
    reasons,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources import fingerprints
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_tags import write_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_checks import (
    ON_CHANGE,
    ON_CREATE,
    checked_values,
    policy_of,
    warn_of_uncompared,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_writer import SecretWriter
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

FAILURE = "These secrets could not be brought to their wanted state:"

App = Mapping[str, Any]


def run_secrets(
    run: ModuleRun, values: Mapping[str, Any], to_delete: Iterable[str] = (), purge: bool = False
) -> Result:
    """Brings an app's secrets to the wanted state.

    Args:
        run: options ``app``, ``app_id``, ``update_secret``, ``fingerprint_key``.
        values: name to wanted value. to_delete: names to delete. purge: delete all others too.

    Returns:
        ``changed``, ``outcomes``, ``secrets`` (name to masked secret), ``deployment_required``.

    Raises:
        InvalidOption: an option that cannot be right. ApiError: with the outcomes so far in ``partial``.
    """
    plan = SecretsPlan(run, values, to_delete, purge)
    app = require_app(run, Apps(run.client)) or {}
    return apply_secrets(run, plan, app, plan.changes(app))


def apply_secrets(
    run: ModuleRun, plan: SecretsPlan, app: App, changes: Sequence[Change], keeps_tags: bool = True
) -> Result:
    """Carries out what was planned; the result of :func:`run_secrets`.

    Args:
        run: the module's run. plan, changes: what was planned. app: whose secrets.
        keeps_tags: the fingerprints go into the app's tags; else the caller does that, with ``tags`` of the result.

    Raises:
        SpiceError: with the outcomes so far in ``partial``.
    """
    applied = apply(run, changes)
    outdated = plan.outdated_tags(app, applied)
    result: Result = {
        "changed": applied.changed or bool(plan.missing or outdated),
        "outcomes": applied.outcomes,
        "deployment_required": applied.deployment_required,
    }
    if run.diff_mode:
        result["diff"] = _diff(changes, applied, plan.missing)
    if not keeps_tags:
        result["tags"] = plan.fingerprint_tags(applied)
    try:
        if keeps_tags:
            apply_one(run, plan.tag_change(app, applied, outdated))
    except SpiceError as error:
        raise error.explained(_tags_sentence(error, applied.failed), result) from error
    # A message holds a few reasons only, and that a secret is missing is the one that must be among them.
    order = sorted(applied.failed, key=lambda name: name not in plan.missing)
    applied._replace(failed={name: applied.failed[name] for name in order}).raise_failed(FAILURE, result)
    return dict(result, secrets=plan.remaining(applied))


class SecretsPlan:
    """The changes that lead to the wanted secrets of an app.

    Args:
        run: options ``update_secret``, ``fingerprint_key``. values, to_delete, purge: as :func:`run_secrets`.

    Raises:
        InvalidOption: an option that cannot be right.
    """

    def __init__(
        self, run: ModuleRun, values: Mapping[str, Any], to_delete: Iterable[str] = (), purge: bool = False
    ) -> None:
        self._run = run
        self._to_delete = list(to_delete)
        self._purge = purge
        self._values = checked_values(run, values, self._to_delete)
        self._policy = policy_of(run.params)
        self._api = Secrets(Apps(run.client))
        self._existing: dict[str, Secret] = {}
        self._fingerprints: dict[str, str] = {}
        self._writer = SecretWriter(run.client, self._api, {})

    @property
    def missing(self) -> set[str]:
        """Names that the app had and has no longer, because their last write failed."""
        return self._writer.missing

    def changes(self, app: App, is_new: bool = False) -> list[Change]:
        """One change a secret. Only reads.

        Args:
            app: whose secrets; without an id when only a plan assumes it. is_new: it has none, so nothing is read.

        Raises:
            ApiError, UnexpectedAnswer
        """
        if app.get("id") is not None and not is_new:
            self._existing = {secret["name"]: secret for secret in self._api.all(app["id"])}
        self._writer = SecretWriter(self._run.client, self._api, app)
        if self._policy == ON_CHANGE:
            key = self._run.params["fingerprint_key"]
            self._fingerprints = {
                name: fingerprints.fingerprint(key, app.get("id"), name, value) for name, value in self._values.items()
            }
        warn_of_uncompared(self._run, [name for name in self._values if name in self._existing])
        tags = app.get("tags") or {}
        purged = set(self._existing) - set(self._values) if self._purge else set()
        changes = [self._change(name, tags) for name in self._values]
        return changes + [self._deletion(name, app) for name in sorted(purged.union(self._to_delete))]

    def _change(self, name: str, tags: Mapping[str, str]) -> Change:
        target, secret = f"secret {name}", self._existing.get(name)
        before = secret["updated_at"] if secret else None
        send = partial(self._writer.write, name, self._values[name], before)
        predicted = {"name": name, "value": MASK}
        if secret is None:
            return Change(name, target, CREATED, None, predicted, send, needs_deployment=True)
        if self._is_unchanged(secret, tags):
            return Change(name, target, UNCHANGED, secret, secret)
        return Change(name, target, UPDATED, secret, secret, send, needs_deployment=True)

    def _is_unchanged(self, secret: Secret, tags: Mapping[str, str]) -> bool:
        if self._policy == ON_CREATE:
            return True
        if self._policy != ON_CHANGE:
            return False
        name = secret["name"]
        expected = fingerprints.tag_value(self._fingerprints[name], secret["updated_at"])
        return tags.get(fingerprints.tag_key(name)) == expected

    def _deletion(self, name: str, app: App) -> Change:
        secret = self._existing.get(name)
        if secret is None:
            return Change(name, f"secret {name}", UNCHANGED)
        send = partial(self._api.delete, app["id"], name)
        return Change(name, f"secret {name}", DELETED, secret, None, send, needs_deployment=True)

    def remaining(self, applied: Applied) -> dict[str, Any]:
        """What the app has after all of it, by name."""
        after = {**self._existing, **applied.items}
        return {name: secret for name, secret in after.items() if secret and name not in self.missing}

    def outdated_tags(self, app: App, applied: Applied) -> set[str]:
        """The fingerprints among the app's tags whose secret is deleted; with ``purge`` all that have no secret."""
        deleted = {name for name in self._to_delete if applied.outcomes[name] != FAILED}
        tags = set(app.get("tags") or {})
        outdated = {fingerprints.tag_key(name) for name in deleted}
        if self._purge:
            kept = {fingerprints.tag_key(name) for name in self.remaining(applied)}
            outdated |= {tag for tag in tags if tag.startswith(fingerprints.PREFIX) and tag not in kept}
        return outdated & tags

    def fingerprint_tags(self, applied: Applied) -> dict[str, str]:
        """The tags that hold the fingerprints of the secrets that were written; of predicted ones there are none."""
        tags = {}
        for name in self._fingerprints:
            secret = applied.items[name] or {}
            if applied.outcomes[name] in (CREATED, UPDATED) and secret.get("updated_at"):
                value = fingerprints.tag_value(self._fingerprints[name], secret["updated_at"])
                tags[fingerprints.tag_key(name)] = value
        return tags

    def tag_change(self, app: App, applied: Applied, outdated: set[str]) -> Change:
        """The change that brings the fingerprints in the app's tags up to date."""
        tags = self.fingerprint_tags(applied)
        target = f"fingerprints of app {app.get('name')}"
        if not tags and not outdated:
            return Change("tags", target, UNCHANGED)
        send = partial(write_tags, Apps(self._run.client), app, tags, outdated)
        return Change("tags", target, UPDATED, None, None, send)


def _tags_sentence(error: SpiceError, failed: Mapping[str, SpiceError]) -> str:
    if not isinstance(error, ApiError):
        return str(error)
    done = f"{FAILURE} {reasons(failed).rstrip('.')}. Of the others" if failed else "The secrets are as wanted, but"
    cure = "."
    if error.status in (400, 402, 403):
        cure = (
            "; the Community plan has no tags: leave out `fingerprint_key`, and use `update_secret: always` or "
            "`update_secret: on_create`, which need none."
        )
    return f"{done} the fingerprints could not be kept as tags of the app: {str(error).rstrip('.')}{cure}"


def _diff(changes: Sequence[Change], applied: Applied, missing: set[str]) -> dict[str, str]:
    """Names and what happens to them, never a value."""
    before = {change.name: "set" for change in changes if change.before}
    after = {}
    for change in changes:
        if applied.items[change.name] and change.name not in missing:
            after[change.name] = "updated" if applied.outcomes[change.name] == UPDATED else "set"
    return {"before": dump(before), "after": dump(after), "before_header": "secrets", "after_header": "secrets"}
