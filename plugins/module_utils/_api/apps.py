# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Apps over HTTP: list, look up, get, create, update, delete. Knows the routes and nothing of Ansible.

The newest documentation calls an app a project and serves the same handlers under ``/v1/projects``; ``/v1/apps`` is promised to stay
("Organization context and projects", August 2026). This file is the one place that chooses between them.
"""

from __future__ import annotations

import os

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused

APPS_ROUTE, PROJECTS_ROUTE = "/v1/apps", "/v1/projects"

# Which of the two routes an address serves, and whether that was seen; for the life of the process.
_routes = {}


class _Route:
    def __init__(self):
        self.path = APPS_ROUTE
        self.served = False


class Apps:
    """The apps of the organization that the client's credential belongs to.

    Args:
        client (Client): sends the requests.
    """

    def __init__(self, client):
        self._client = client
        self._route = _routes.setdefault((os.getpid(), client.config.api_url), _Route())

    def call(self, method, app_id, tail="", body=None, query=None):
        """Sends a request to one app's routes: ``tail`` is what follows the id, such as ``/deployments``; ``body`` as in :meth:`Client.request`.

        Raises:
            ApiError: as :meth:`Client.request`.
        """
        return self._send(method, "/%d%s" % (app_id, tail), body, query)

    def _send(self, method, tail, body=None, query=None):
        """A 404 is believed only when the route family is known to be served; one list request decides that."""
        try:
            return self._client.request(method, self._route.path + tail, body, query)
        except ApiError as error:
            if error.status != 404 or self._route.served:
                raise
            former = self._route.path
            next(self._pages(), None)
            if self._route.path == former:
                raise
        return self._send(method, tail, body, query)

    def list(self):
        """list[dict]: all apps, without their ``config``."""
        return [app for page in self._pages() for app in page]

    def get(self, app_id):
        """dict | None: the app with its ``config``; None when there is none."""
        try:
            return self.call("GET", app_id)
        except ApiError as error:
            if self._is_gone(error):
                return None
            raise

    def find(self, name, trust_absence=False):
        """The app of this name (exactly, else without regard to case) with its ``config``, or None.

        The id comes from the run's shared hints where they have the name, so that a thousand hosts list the apps once. A hint is verified by
        the GET that follows. That a name is missing is believed from a hint only with ``trust_absence``: for a caller whose POST finds out.

        Raises:
            Refused: several apps differ only in case and none is exactly this.
        """
        with self._client.state.locked("apps-" + self._client.identity()) as box:
            app_id, listed = self._hinted(box, name, trust_absence)
        if app_id is None:
            return None
        app = self.get(app_id)
        if not listed and (app is None or app["name"].casefold() != name.casefold()):
            with self._client.state.locked("apps-" + self._client.identity()) as box:
                app_id = self._listed(box, name)
            app = self.get(app_id) if app_id is not None else None
        return app

    def _hinted(self, box, name, trust_absence):
        """(id or None, whether it was listed just now)."""
        hints = box.value or {"ids": {}, "complete": False}
        # Only a complete list can tell that there is no exact match.
        app_id = pick(hints["ids"], name) if hints["complete"] else hints["ids"].get(name)
        if app_id is None and not (trust_absence and hints["complete"]):
            return self._listed(box, name), True
        return app_id, False

    def _listed(self, box, name):
        """Lists until the exact name turns up, keeps what was seen as hints, and returns the id or None."""
        ids = {}
        box.value = {"ids": ids, "complete": False}
        for page in self._pages():
            for app in page:
                ids.setdefault(app["name"], app["id"])
            if name in ids:
                return ids[name]
        box.value["complete"] = True
        return pick(ids, name)

    def create(self, body):
        """dict: the new app. Raises ApiError; 409 when the name is taken."""
        app = self._send("POST", "", body)
        self._remember(app["name"], app["id"])
        return app

    def update(self, app_id, body):
        """dict: the app after a PUT of some of its fields (partial in spite of PUT; ``tags`` are replaced as a whole).

        ``body`` is a dict, or a callable as in :meth:`Client.request`.
        """
        return self.call("PUT", app_id, body=body)

    def delete(self, app):
        """Deletes; that it is gone already is success."""
        try:
            self.call("DELETE", app["id"])
        except ApiError as error:
            if not self._is_gone(error):
                raise
        self._remember(app["name"], None)

    def remember_predicted(self, name):
        """Check mode: an app of this name would now exist, for the tasks of this run that only read."""
        with self._client.state.locked("predicted-" + self._client.identity()) as box:
            box.value = sorted(set(box.value or []) | {name.casefold()})

    def predicted(self):
        """list[str]: the names that earlier tasks of this run would have created, without regard to case."""
        with self._client.state.locked("predicted-" + self._client.identity()) as box:
            return box.value or []

    def creation_fields(self):
        """tuple[set[str], set[str]]: the fields that this server documents for creating an app, and those it needs; none where it documents nothing.

        It serves its own OpenAPI document without a credential.
        """
        try:
            document = self._client.get("/v1/docs")
        except ApiError:
            return set(), set()  # what it said before tells the user more
        try:
            schema = document["paths"][self._route.path]["post"]["requestBody"]["content"]["application/json"]["schema"]
            if "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
            return set(schema["properties"]), set(schema.get("required") or ())
        except (KeyError, TypeError):
            return set(), set()

    def _is_gone(self, error):
        # Of a server that serves neither route a 404 says nothing about the app.
        return error.status == 404 and self._route.served

    def _remember(self, name, app_id):
        with self._client.state.locked("apps-" + self._client.identity()) as box:
            if box.value:
                box.value["ids"].pop(name, None)
                if app_id is not None:
                    box.value["ids"][name] = app_id

    def _pages(self):
        """Pages of the list; falls back to the other route family when the first is not served."""
        try:
            for page in self._client.pages(self._route.path, _items):
                self._route.served = True
                yield page
        except ApiError as error:
            if error.status != 404 or self._route.served:
                raise
            if self._route.path == PROJECTS_ROUTE:
                self._route.path = APPS_ROUTE
                raise ApiError("The server at %s serves neither %s nor %s; check `api_url`." % (self._client.config.api_url, APPS_ROUTE, PROJECTS_ROUTE),
                               "GET", PROJECTS_ROUTE, status=404, retries=error.retries) from None
            self._route.path = PROJECTS_ROUTE
            yield from self._pages()


def pick(ids, name):
    """The id of the app of this name: an exact match, else the only one without regard to case, else None.

    Raises:
        Refused: more than one differs only in case.
    """
    if name in ids:
        return ids[name]
    alike = [other for other in ids if other.casefold() == name.casefold()]
    if len(alike) > 1:
        raise Refused("Several apps are called like %s (%s): write the name exactly, or use the id." % (name, ", ".join(sorted(alike))))
    return ids[alike[0]] if alike else None


def _items(answer):
    # Only the envelope's word differs between the two route families.
    items = next((answer[word] for word in ("apps", "projects") if isinstance(answer, dict) and isinstance(answer.get(word), list)), None)
    if items is None:
        raise Refused("The list of apps came in an unknown form; check `api_url`.")
    return items
