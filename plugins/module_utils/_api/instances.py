# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The instances of an app, their logs and what they use, over HTTP. Read only.

Source: Spice.ai's reference of its management MCP server (October 2026) for instances and logs, the source of its
command line for metrics. Where these do not tell the form of a list or of a line, each likely one is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.items import sound_items
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Instance
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import UnexpectedAnswer

NEEDED = {"name": str}
OPTIONAL = {"status": str, "started_at": str}
JSON = (dict, list)  # what an answer may be
LINE_PARTS = ("timestamp", "level", "message")  # of a line that is no string


class Instances:
    """The instances of apps.

    Args:
        apps: the routes. Every method raises ApiError as :meth:`Client.request`, and UnexpectedAnswer.
        is_single: no request is retried, for a caller that can do without the answer.
    """

    def __init__(self, apps: Apps, is_single: bool = False) -> None:
        self._apps = apps
        self._is_single = is_single

    def all(self, app_id: int) -> list[Instance]:
        """The instances, the newest first. 409: the app is paused or not deployed."""
        answer = self._get(app_id, "/instances")
        instances: list[Any] = sound_items(
            {"instances": answer} if isinstance(answer, list) else answer,
            "instances",
            NEEDED,
            self._apps.warn,
            OPTIONAL,
        )
        return instances

    def log(self, app_id: int, name: str, lines: int) -> list[str]:
        """The last lines of the log of an instance, the oldest first.

        Args:
            app_id: of the app. name: of the instance. lines: how many; 403 with ``max_tail`` among the details: more
                than the plan allows. 404: the instance is gone, or its log is not there yet.
        """
        answer = self._get(app_id, f"/instances/{quote(name, safe='')}/logs", {"tail": lines})
        found = answer if isinstance(answer, list) else answer.get("lines")
        if not isinstance(found, list):
            raise UnexpectedAnswer("The log of an instance came in an unknown form; check `api_url`.")
        return [_line(item) for item in found[-lines:]]

    def metrics(self, app_id: int, window: str | None) -> dict[str, Any]:
        """``metrics`` (a list, one item an instance), and ``ingestion`` and ``cluster`` where they are told.

        Args:
            app_id: of the app. window: a duration such as ``5m``.
        """
        answer = self._get(app_id, "/metrics", {"window": window} if window else None)
        figures = answer.get("metrics") if isinstance(answer, dict) else answer
        if not isinstance(figures, (dict, type(None))):
            raise UnexpectedAnswer("The metrics of the app came in an unknown form; check `api_url`.")
        sound = {name: used for name, used in (figures or {}).items() if isinstance(used, dict)}
        if len(sound) < len(figures or {}):
            self._apps.warn("The server tells metrics of an instance in an unknown form; they are skipped.")
        others = {name: answer[name] for name in ("ingestion", "cluster") if answer.get(name) is not None}
        return {"metrics": [{**used, "instance": name} for name, used in sorted(sound.items())], **others}

    def _get(self, app_id: int, tail: str, query: Mapping[str, Any] | None = None) -> Any:
        return self._apps.call("GET", app_id, tail, query=query, expected_type=JSON, is_single=self._is_single)


def _line(item: Any) -> str:
    if isinstance(item, str):
        return item
    words = [str(item[part]) for part in LINE_PARTS if item.get(part)] if isinstance(item, dict) else []
    return " ".join(words) or json.dumps(item, ensure_ascii=False)
