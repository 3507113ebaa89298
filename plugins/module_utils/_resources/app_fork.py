# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""An app that is a fork of another one: where it comes from, and what the API copies.

Source: the vendor's documentation of project forks (October 2026). Copied are the deployed spicepod, connections,
secrets and links to those of the organization, update channel, version, counts of replicas and executors, storage size,
description and tags. Not copied are API keys, deployments, the connection to a repository, ``resources`` and
visibility.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import (
    FIELDS,
    OWN_TAGS,
    without_own_tags,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_prediction import (
    FieldChange,
    predicted_creation,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import title

COPIED = ("description", "tags")
COPIED_CONFIG = ("spicepod", "update_channel", "version", "replicas", "executor", "storage_size_gb")
BUCKET = "s3://"
# Nothing was created, and asking again gives the same answer.
UNREADABLE = "fork_source_repository_unreadable"

App = dict[str, Any]


class Fork:
    """What an app is to be a fork of.

    Args:
        run: options ``fork_from``, ``scheduler_state_location`` and the placement. apps: the routes.

    Attributes:
        is_asked (bool): the app is to be a fork.

    Raises:
        InvalidOption: an option that cannot be right, by name.
    """

    def __init__(self, run: ModuleRun, apps: Apps) -> None:
        params = run.params
        self._run = run
        self._apps = apps
        self._named: str | None = params["fork_from"]
        self._location: str | None = params["scheduler_state_location"]
        self._source: App | None = None
        self._sent_id: int | None = None  # of the fork that this task made
        self.is_asked = self._named is not None
        if self._named is not None and not self._named.strip():
            raise InvalidOption("`fork_from` must not be empty. Give the name or the id of an app, or leave it out.")
        if self._location is not None and not self.is_asked:
            raise InvalidOption("`scheduler_state_location` belongs to `fork_from`; leave it out.")
        if self._location is not None and not self._location.startswith(BUCKET):
            raise InvalidOption(f"`scheduler_state_location` must begin with {BUCKET}, not be {self._location!r}.")
        for option in ("cname", "standalone"):
            if self.is_asked and params[option]:
                raise InvalidOption(
                    f"`fork_from` and `{option}` exclude each other: give `region` or `cluster_name`, or neither for "
                    "the place of the other app."
                )

    def source(self) -> App | None:
        """The app to fork, with its config; None where there is none, or none is asked for. Raises ApiError."""
        if self._source is None and self._named is not None:
            self._source = self._apps.find(self._named)
            if self._source is None and self._named.isascii() and self._named.isdigit():
                self._source = self._apps.get(int(self._named))
        return self._source

    def check(self, app: Mapping[str, Any]) -> None:
        """Whether an app that exists is the fork that is asked for; true of one that is not to be a fork.

        The recorded name counts only where the source is gone.

        Raises:
            InvalidOption: it is not. ApiError.
        """
        if self._named is None or app["id"] == self._sent_id:
            return
        recorded: Any = app.get("forked_from")
        if not isinstance(recorded, dict):
            raise InvalidOption(
                f"{title(app)} exists and is no fork of another app, so `fork_from` {self._named} cannot hold; leave "
                "`fork_from` out, or choose another `name`."
            )
        source_id, name = recorded.get("id"), str(recorded.get("name") or "")
        if str(source_id) == self._named:
            return
        source = self.source()
        is_same = name.casefold() == self._named.casefold() if source is None else source["id"] == source_id
        if not is_same:
            raise InvalidOption(
                f"{title(app)} is a fork of app {name} (id {source_id}), and not of `fork_from` {self._named}; correct "
                "`fork_from`, choose another `name`, or delete the app first."
            )

    def body(self, name: str, placement: Mapping[str, str] | None) -> dict[str, Any]:
        """What the POST sends. Without a placement a fork is where its source is.

        Raises:
            InvalidOption: there is no source. ApiError.
        """
        org = self._run.client.config.org
        where = f" in organization {org!r}" if org else ""
        if self.source() is None and not self._run.may_assume(
            f"There is no app {self._named!r} yet; the plan assumes that an earlier task creates it."
        ):
            raise InvalidOption(
                f"There is no app {self._named!r}{where} to fork; check `org` and the spelling of `fork_from`."
            )
        location = {} if self._location is None else {"scheduler_state_location": self._location}
        return {"name": name, **(placement or {}), **location}

    def fields(self, body: Mapping[str, Any]) -> list[str]:
        """The options that a fork is created with. ``body``: of the POST."""
        return ["name", "fork_from", *(name for name in body if name != "name")]

    def predicted(self, body: Mapping[str, Any]) -> App:
        """The fork that a POST of this body makes. The spicepod may differ: the one that is deployed is copied."""
        source = copy.deepcopy(self.source()) or {"id": None, "name": self._named}
        place = {name: body[name] for name in ("region", "cluster_name") if name in body}
        app = predicted_creation({"name": body["name"], **(place or _place_of(source))})
        config = source.get("config") or {}
        app.update({name: source.get(name) for name in COPIED}, visibility="private")
        app["tags"] = without_own_tags(app["tags"]) or None
        app["forked_from"] = {"id": source["id"], "name": source["name"]}
        app["config"] = {name: config.get(name) for name in COPIED_CONFIG}
        return app

    def send(self, body: Mapping[str, Any]) -> App:
        """The new app. Raises ApiError."""
        source = self.source() or {}
        try:
            app = self._apps.fork(source["id"], body)
        except ApiError as error:
            if error.code != UNREADABLE:
                raise
            raise error.explained(str(error), outcome_unknown=False) from error
        self._sent_id = app["id"]
        return app

    def rest(self, app: Mapping[str, Any], changes: list[FieldChange]) -> list[FieldChange]:
        """The same changes, without the collection's own tags: those that were copied describe the other app."""
        tags = app.get("tags") or {}
        if not any(key.startswith(OWN_TAGS) for key in tags):
            return changes
        asked = next((change.payload for change in changes if change.field.name == "tags"), tags)
        field = next(field for field in FIELDS if field.name == "tags")
        others = [change for change in changes if change.field.name != "tags"]
        return [*others, FieldChange(field, without_own_tags(asked))]


def _place_of(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: source[name] for name in ("region", "cluster_name") if source.get(name)}
