# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The app as a resource: what is planned for it, and how that is sent.

Source: Spice.ai Cloud documentation, "Management API", projects (October 2026): a POST takes a few fields, a PUT is
partial.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import encoded
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import (
    CONFLICT_EXISTS,
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    Change,
    send_once,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_checks import check_name, unconfirmed
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import (
    FIELDS,
    OWN_TAGS,
    Field,
    wanted_fields,
    without_own_tags,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fork import Fork
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_pause import RESUME, AppPause
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_prediction import (
    FieldChange,
    check_size,
    predicted,
    predicted_creation,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_tags import plan_advice
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import title
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_writer import AppWriter
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import (
    asked_placement,
    check_not_moved,
    default_placement,
    placement_advice,
)

App = dict[str, Any]


class AppResource:
    """One app, as the options of a run describe it.

    Args:
        run: its options are checked here.

    Attributes:
        changed_fields (list[str]): what the plan changes; after a real run, what was changed.
        previous (dict): these fields as they were.
        deployment_required (bool): one of them takes effect with the next deployment.
        is_new (bool): this task created the app.
        defers_update (bool): set by a caller that sends :meth:`finish` for a new app, so that its one PUT holds more.
        pause (AppPause): whether the app is to be paused. fork (Fork): of what it is to be one.
        defers_pause (bool): set by a caller that pauses or resumes the app itself, after more writes.

    Raises:
        InvalidOption: an option that cannot be right, by name.
    """

    def __init__(self, run: ModuleRun) -> None:
        params = run.params
        self.changed_fields: list[str] = []
        self.previous: dict[str, Any] = {}
        self.deployment_required = False
        self.is_new = False
        self.defers_update = False
        self.defers_pause = False
        self._deferred: list[FieldChange] = []
        self._run = run
        self._apps = Apps(run.client)
        self.pause = AppPause(run, self._apps)
        self.fork = Fork(run, self._apps)
        self._writer = AppWriter(run, self._apps, self._compare)
        self._platform = Platform(run.client)
        self._name: str | None = params["name"]
        self._app_id: int | None = params["app_id"]
        self._is_wanted = params["state"] == "present"
        self._searched = False
        self._wanted: dict[Field, Any] = {}
        self._placement: dict[str, str] | None = None
        if self._name is None and self._app_id is None:
            raise InvalidOption(
                "`name` or `app_id` must have a value; an app that check mode only predicted has no id yet, so use its "
                "`name`."
            )
        # The API calls no app so; "not there" would hide a variable that is empty.
        if self._name is not None and not self._name.strip():
            raise InvalidOption("`name` must not be empty. Give the name of the app.")
        if self._is_wanted:
            if params["confirm"] is not None:
                raise InvalidOption("`confirm` belongs to `state: absent`; leave it out.")
            check_name(self._name, run.warn)
            self._placement = asked_placement(params)
            self._wanted = wanted_fields(params, run.warn)

    # -- plan -------------------------------------------------------------------------------------------------------

    def plan(self) -> Change:
        """What leads to the wanted state. Only reads.

        Raises:
            InvalidOption: it cannot be reached. ApiError.
        """
        found = self._find()
        if not self._is_wanted:
            return self._plan_absent(found)
        if found is None:
            return self._plan_creation()
        self.fork.check(found)
        changes = self._compare(found)
        check_size(changes)
        self._note(found, [], changes)
        if not self.changed_fields:
            return self._change(UNCHANGED, found, found)
        after = self.pause.predicted(predicted(found, changes))
        return self._change(UPDATED, found, after, partial(self._update, found, changes))

    def _plan_absent(self, found: App | None) -> Change:
        if found is None:
            return self._change(UNCHANGED, None, None)
        self.fork.check(found)
        confirm = self._run.params["confirm"]
        # A plan needs no confirmation, but a wrong one is an error there too.
        if confirm and confirm != found["name"]:
            raise unconfirmed("is not the name of the app", found)

        def send() -> None:
            if confirm == "":
                raise unconfirmed("is empty", found)
            self._apps.delete(found)

        return self._change(DELETED, found, None, send)

    def _plan_creation(self) -> Change:
        if self._name is None:
            raise InvalidOption(
                f"There is no app with `app_id` {self._app_id}, and an app cannot be created with a chosen id: give "
                "`name` instead."
            )
        if self.fork.is_asked:
            body = self.fork.body(self._name, self._placement)
            baseline, first_fields = self.fork.predicted(body), self.fork.fields(body)
        else:
            body = {"name": self._name}
            body.update(default_placement(self._platform) if self._placement is None else self._placement)
            body.update((field.name, value) for field, value in self._wanted.items() if field.at_creation and value)
            # The new app is compared with what the POST asks for, not with what the server adds, so that a plan and the
            # run after it are the same.
            baseline, first_fields = predicted_creation(body), list(body)
        changes = self._compare(baseline)
        encoded(body)
        check_size(changes)
        self._note({}, first_fields, changes)
        after = self.pause.predicted(predicted(baseline, changes))
        return self._change(CREATED, None, after, partial(self._create, body, changes))

    def _change(self, outcome: str, before: App | None, after: App | None, send: Any = None) -> Change:
        name = (before or after or {}).get("name") or str(self._name)
        return Change(name, f"app {name}", outcome, before, after, send, self.deployment_required)

    def _note(self, before: App, first_fields: list[str], changes: list[FieldChange]) -> None:
        self.previous = {change.field.name: change.field.read(before) for change in changes} if before else {}
        self.changed_fields = first_fields + [change.field.name for change in changes]
        self.pause.plan(before)
        if self.pause.action:
            self.changed_fields.append("paused")
        if self.pause.action and before:
            self.previous["paused"] = bool(before.get("paused_at"))
        # Resuming deploys what is stored.
        needs_deployment = any(change.field.needs_deployment for change in changes)
        self.deployment_required = needs_deployment and self.pause.action != RESUME

    def _find(self) -> App | None:
        if self._app_id is not None:
            return self._apps.get(self._app_id)
        # The first look may believe the run's hints that there is no such app, because the POST that follows finds out.
        app = self._apps.find(str(self._name), trust_absence=self._is_wanted and not self._searched)
        self._searched = True
        if app is not None and app["name"] != self._name:
            self._run.warn(
                f"There is no app {self._name!r}; the app {app['name']!r} is used, whose name differs only in case."
            )
        return app

    def _compare(self, current: Mapping[str, Any]) -> list[FieldChange]:
        check_not_moved(title(current), current, self._placement, self._platform)
        changes = []
        for field, wanted in self._wanted.items():
            if field.name == "tags":
                wanted = self._merged_tags(current)
            if field.differs(wanted, field.read(current)):
                changes.append(FieldChange(field, None if field.clears_as_null and not wanted else wanted))
        return changes

    def _merged_tags(self, current: Mapping[str, Any]) -> dict[str, str]:
        purge = self._run.params["purge_tags"]
        existing = current.get("tags") or {}
        kept = {key: value for key, value in existing.items() if not purge or key.startswith(OWN_TAGS)}
        tags = next(value for field, value in self._wanted.items() if field.name == "tags")
        return dict(kept, **tags)

    # -- send -------------------------------------------------------------------------------------------------------

    def _update(self, found: App, changes: list[FieldChange], just_created: bool = False) -> App:
        after = found
        if changes:
            after = self.pause.after_update(found, self._writer.update(found, changes, just_created))
        return after if self.defers_pause else self.pause.carry_out(after)

    def _create(self, body: dict[str, Any], changes: list[FieldChange]) -> App:
        try:
            sent = send_once(
                self._run.client,
                lambda: self.fork.send(body) if self.fork.is_asked else self._apps.create(body),
                lambda error: self._find(),
                conflict=CONFLICT_EXISTS,
            )
        except ApiError as error:
            if error.status != 409:
                advice = placement_advice(self._platform, self._placement, error) or plan_advice(
                    error, body.get("tags")
                )
                raise error.explained(f"{error} {advice}".rstrip()) from error
            org = self._run.client.config.org
            checked = f"`org` {org!r}" if org else "`org`"
            raise error.explained(
                f"The name {self._name!r} is taken, but this credential sees no such app; choose another `name`, or "
                f"check {checked}."
            ) from error
        app: App = sent.item
        self.fork.check(app)
        if sent.is_ours and self.fork.is_asked:
            app = self._writer.complete(app)
            changes = self._compare(app)
            self._note({}, self.fork.fields(body), changes)
            changes = self.fork.rest(app, changes)
        if not sent.is_ours:
            # Somebody else created it meanwhile: only what differs is this task's.
            changes = self._compare(app)
            self._note(app, [], changes)
        self.is_new = sent.is_ours
        if self.is_new and self.defers_update:
            self._deferred = changes
            return app
        if changes:
            return self._update(app, changes, just_created=sent.is_ours)
        app = self._writer.complete(app)
        self._writer.warn_of_ignored(app)
        return self._update(app, [])

    def finish(self, app: App, tags: Mapping[str, str]) -> App:
        """The new app after the PUT that creation deferred.

        Args:
            app: as it is. tags: of the collection, to be added.

        Raises:
            SpiceError
        """
        changes = [change for change in self._deferred if change.field.name != "tags" or not tags]
        if tags:
            field = next(field for field in FIELDS if field.name == "tags")
            others = next((change.payload for change in self._deferred if change.field is field), app.get("tags"))
            changes.append(FieldChange(field, {**(others or {}), **tags}))
        return self._writer.update(app, changes, just_created=True) if changes else self._writer.complete(app)

    def restore(self) -> App:
        """The app after its changed fields are put back; the collection's own tags stay. Raises ApiError."""
        current = self._find() or {}
        body = {}
        for field in FIELDS:
            if field.name not in self.previous:
                continue
            value = self.previous[field.name]
            if field.name == "tags":
                own = {key: text for key, text in (current.get("tags") or {}).items() if key.startswith(OWN_TAGS)}
                value = {**without_own_tags(value), **own}
            body[field.name] = None if field.clears_as_null and not value else value
        return self._writer.complete(self._apps.update(current["id"], body) if body else current)
