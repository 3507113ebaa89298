# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Monitors over HTTP: the alerts of an app or of a dedicated cluster.

The token of a target goes in and never comes out.

Requests and answers name some things differently, and write the names inside of a condition and a target in camelCase.
Outside of this file there are the words of an answer, in snake_case.

Source: Spice.ai Cloud's skill for monitoring (October 2026): POST answers 201, PATCH and DELETE 200; a PATCH that is
answered with 502 may be saved; ``spec`` and ``targets`` are replaced as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Callable, Union
from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import snake_case, sound_item, sound_items
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Monitor
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client

NEEDED = {"id": str, "name": str}
OPTIONAL = {"spec": dict, "description": str, "status": str}
WORDS = {"template_id": "templateId"}  # of a request, where they are not those of an answer

Body = Union[Mapping[str, Any], Callable[[], Mapping[str, Any]]]


class Monitors:
    """The monitors of one app or cluster.

    Args:
        client: sends the requests. app_id: of the app. cluster_name: of the cluster, instead of an app.
            Every method raises ApiError as :meth:`Client.request`.
    """

    def __init__(self, client: Client, app_id: int | None = None, cluster_name: str | None = None) -> None:
        self._client = client
        self._app_id = app_id
        self._cluster_name = cluster_name

    def all(self) -> list[Monitor]:
        """All monitors. An app that can have none has an empty list.

        Raises:
            InvalidOption: there is no such cluster. UnexpectedAnswer: the list has another form.
        """
        try:
            answer = self._call("GET")
        except ApiError as error:
            if error.status != 404:
                raise
            if self._cluster_name is not None:
                raise InvalidOption(
                    f"There is no cluster {self._cluster_name!r} with monitors; check `org` and the spelling of "
                    "`cluster_name` (spiceai.cloud.spice_cluster_info lists the clusters)."
                ) from error
            return []
        return [_told(item) for item in sound_items(answer, "monitors", NEEDED, self._client.warn, OPTIONAL)]

    def create(self, body: Mapping[str, Any]) -> Monitor:
        """The new monitor. 409: the name is taken, or the app is paused. 404: the app cannot have this template."""
        item = _item(self._call("POST", body=_sent(body)))
        return _told(sound_item(item, NEEDED, OPTIONAL, ("POST", self._path())))

    def update(self, monitor_id: str, body: Body) -> Monitor | None:
        """The monitor after a PATCH; None where the answer does not show it. 409 ``monitor_changed``: read again."""
        sent: Body = (lambda: _sent(body())) if callable(body) else _sent(body)
        item = _item(self._call("PATCH", f"/{quote(monitor_id, safe='')}", sent))
        return _told(sound_item(item, NEEDED, OPTIONAL)) if "id" in item else None

    def delete(self, monitor_id: str) -> None:
        """Deletes; that it is gone already is success."""
        try:
            self._call("DELETE", f"/{quote(monitor_id, safe='')}")
        except ApiError as error:
            if error.status != 404:
                raise

    def _call(self, method: str, tail: str = "", body: Body | None = None) -> Any:
        if self._cluster_name is not None:
            return self._client.request(method, self._path() + tail, body)
        if self._app_id is None:
            raise AssertionError("an app that a plan only assumes has no monitors to ask for")
        return Apps(self._client).call(method, self._app_id, f"/monitors{tail}", body)

    def _path(self) -> str:
        if self._cluster_name is None:
            return f"/v1/apps/{self._app_id}/monitors"
        return f"/v1/clusters/{quote(self._cluster_name, safe='')}/monitors"


def _item(answer: Any) -> dict[str, Any]:
    """The monitor in an answer, with or without an envelope."""
    inner = answer.get("monitor") if isinstance(answer, dict) else None
    item: dict[str, Any] = inner if isinstance(inner, dict) else answer or {}
    return item


def _told(item: dict[str, Any]) -> Monitor:
    """The monitor in words of its own: targets as a list, each without a token."""
    item = snake_case(item)
    only = item.pop("target", None)
    targets = item.get("targets")
    known = targets if isinstance(targets, list) else [only]
    item["targets"] = [
        {field: value for field, value in target.items() if field != "token"}
        for target in known
        if isinstance(target, dict) and isinstance(target.get("type"), str)
    ]
    monitor: Monitor = {**item, "spec": item.get("spec") or {}}  # type: ignore[typeddict-item]  # unknown fields are kept
    return monitor


def _sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body in the API's words."""
    return {WORDS.get(field, field): _camel_case(value) for field, value in body.items()}


def _camel_case(value: Any) -> Any:
    """The same value with keys such as ``sustain_secs`` written ``sustainSecs``."""
    if isinstance(value, dict):
        return {
            re.sub(r"_([a-z])", lambda found: found[1].upper(), key): _camel_case(item) for key, item in value.items()
        }
    return [_camel_case(item) for item in value] if isinstance(value, list) else value
