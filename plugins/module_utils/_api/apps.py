# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Apps over HTTP: list, look up, get, create, update, delete. Knows the routes and nothing of Ansible.

The newest documentation calls an app a project and serves the same handlers under ``/v1/projects``; ``/v1/apps`` is
promised to stay ("Organization context and projects", August 2026). This file is the one place that chooses between
them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_item
from ansible_collections.spiceai.cloud.plugins.module_utils._api.lookup import IdHints
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, UnexpectedAnswer
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Body, Client

APPS_ROUTE, PROJECTS_ROUTE = "/v1/apps", "/v1/projects"
# What every task needs of an app, and the fields that may be missing.
NEEDED = {"id": int, "name": str}
TEXTS = ("region", "cname", "cluster_name", "endpoint")
OPTIONAL = {"config": dict, "tags": dict, **dict.fromkeys(TEXTS, str)}
OF_CONFIG = {"region": str}


class _Route:
    """Which of the two routes an address serves, and whether that was seen."""

    def __init__(self) -> None:
        self.path = APPS_ROUTE
        self.is_served = False


_routes: dict[tuple[int, str], _Route] = {}  # for the life of the process


class Apps:
    """The apps of the organization that the client's credential belongs to.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._route = _routes.setdefault((os.getpid(), client.config.api_url), _Route())
        self._hints = IdHints(client.state, client.retry, client.cache_key, client.config.connection)

    def call(
        self,
        method: str,
        app_id: int,
        tail: str = "",
        body: Body | None = None,
        query: Mapping[str, Any] | None = None,
        secret_fields: tuple[str, ...] | None = None,
        **more: Any,
    ) -> Any:
        """Sends a request to one app's routes.

        Args:
            method: HTTP method. app_id: of the app. tail: what follows the id, such as ``/deployments``.
            body, query, secret_fields, more: as :meth:`Client.request`.

        Raises:
            ApiError: as :meth:`Client.request`.
        """
        return self._send(method, f"/{app_id:d}{tail}", body, query, secret_fields, **more)

    def warn(self, text: str) -> None:
        """Tells the user of an answer that is broken in part."""
        self._client.warn(text)

    def all(self) -> list[dict[str, Any]]:
        """All apps, without their ``config``. Raises ApiError, UnexpectedAnswer."""
        return [app for page in self._pages() for app in page]

    def get(self, app_id: int) -> dict[str, Any] | None:
        """The app with its ``config``; None when there is none. Raises ApiError, UnexpectedAnswer."""
        app = self.as_answered(app_id)
        return None if app is None else _sound(app)

    def as_answered(self, app_id: int) -> dict[str, Any] | None:
        """As :meth:`get`, whatever form the answer has, for a caller that skips a broken app. Raises ApiError."""
        try:
            app: dict[str, Any] = self.call("GET", app_id)
            return app
        except ApiError as error:
            if self._is_gone(error):
                return None
            raise

    def find(self, name: str, trust_absence: bool = False) -> dict[str, Any] | None:
        """The app of this name (exactly, else without regard to case) with its ``config``, or None.

        The id comes from the run's shared hints where they have the name, so that a thousand hosts list the apps once.
        The GET that follows verifies it.

        Args:
            name: of the app.
            trust_absence: believe the hints that there is none, because the caller's POST finds out.

        Raises:
            InvalidOption: several apps differ only in case and none is exactly this. ApiError, UnexpectedAnswer.
        """
        app_id, is_listed = self._hints.find(name, trust_absence, self._pages)
        if app_id is None:
            return None
        app = self.get(app_id)
        if not is_listed and (app is None or app["name"].casefold() != name.casefold()):
            app_id = self._hints.refresh(name, self._pages)
            app = self.get(app_id) if app_id is not None else None
        return app

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The new app. Raises ApiError; 409 when the name is taken."""
        app = _sound(self._send("POST", "", body), ("POST", self._route.path))
        self._hints.remember(app["name"], app["id"])
        return app

    def fork(self, app_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """The new app, a fork of this one. Raises ApiError; 409 when the name is taken."""
        write = ("POST", f"{self._route.path}/{app_id}/forks")
        app = _sound(self.call("POST", app_id, "/forks", body) or {}, write)
        self._hints.remember(app["name"], app["id"])
        return app

    def update(self, app_id: int, body: Body) -> dict[str, Any]:
        """The app after a PUT of some of its fields (partial in spite of PUT; ``tags`` are replaced as a whole).

        Raises ApiError.
        """
        return _sound(self.call("PUT", app_id, body=body), ("PUT", f"{self._route.path}/{app_id}"))

    def delete(self, app: Mapping[str, Any]) -> None:
        """Deletes; that it is gone already is success. Raises ApiError."""
        try:
            self.call("DELETE", app["id"])
        except ApiError as error:
            if not self._is_gone(error):
                raise
        self._hints.remember(app["name"], None)

    def _send(
        self,
        method: str,
        tail: str,
        body: Body | None = None,
        query: Mapping[str, Any] | None = None,
        secret_fields: tuple[str, ...] | None = None,
        **more: Any,
    ) -> Any:
        """Sends to the route family that is served.

        A 404 is believed only when that is known; one list request decides it.
        """
        try:
            return self._client.request(method, self._route.path + tail, body, query, secret_fields, **more)
        except ApiError as error:
            if error.status != 404 or self._route.is_served:
                raise
            if not self._switch_route():
                raise
        return self._client.request(method, self._route.path + tail, body, query, secret_fields, **more)

    def _switch_route(self) -> bool:
        """Finds out which route family is served; whether it is another one than was thought.

        Raises ApiError, UnexpectedAnswer.
        """
        former = self._route.path
        for dummy in self._pages():
            break
        return self._route.path != former

    def _is_gone(self, error: ApiError) -> bool:
        # Of a server that serves neither route a 404 says nothing about the app.
        return error.status == 404 and self._route.is_served

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        """Pages of the list; falls back to the other route family when the first is not served."""
        for path in (self._route.path, PROJECTS_ROUTE if self._route.path == APPS_ROUTE else APPS_ROUTE):
            try:
                for page in self._client.pages(path, _items):
                    self._route.path, self._route.is_served = path, True
                    yield page
                return
            except ApiError as error:
                if error.status != 404 or self._route.is_served:
                    raise
                rejected = error
        raise rejected.explained(
            f"The server at {self._client.config.api_url} serves neither {APPS_ROUTE} nor {PROJECTS_ROUTE}; check "
            "`api_url`."
        ) from rejected


def _sound(app: dict[str, Any], write: tuple[str, str] | None = None) -> dict[str, Any]:
    """The app, whose fields have the types that every task relies on. Raises UnexpectedAnswer, ApiError."""
    sound_item(app, NEEDED, OPTIONAL, write)
    sound_item(app.get("config") or {}, {}, OF_CONFIG, write)
    return app


def _items(answer: Any) -> list[dict[str, Any]]:
    # Only the envelope's word differs between the two route families.
    for word in ("apps", "projects"):
        if isinstance(answer, dict) and isinstance(answer.get(word), list):
            items: list[dict[str, Any]] = answer[word]
            return items
    raise UnexpectedAnswer("The list of apps came in an unknown form; check `api_url`.")
