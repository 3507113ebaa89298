# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of requests, with which tests prove what a client sent. Secrets never enter it."""

import re
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Optional
from urllib.parse import parse_qsl

from spice_simulator.api import parse_json

GREATEST = 50_000
HIDDEN = "***"
_SECRETS = re.compile(r"/v1/[^/]+/[^/]+/secrets")
_MONITORS = re.compile(r"/v1/[^/]+/[^/]+/monitors")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Entry:
    """One request. ``status`` is None while it runs, and for good when it was never answered.

    ``ms`` is how long the answer took to begin, in milliseconds of real time.
    """

    n: int
    at: str
    method: str
    path: str
    query: dict[str, Any]
    user_agent: Optional[str]
    connection: Optional[int]
    body: Any
    status: Optional[int] = None
    ms: Optional[int] = None
    org: Optional[str] = None
    credential: Optional[str] = None
    fault: Optional[str] = None

    @property
    def is_write(self) -> bool:
        """Whether it changes the cloud: a token exchange and a query of a runtime do not."""
        return self.method in _WRITES and self.path.startswith("/v1/")


class RequestLog:
    """The newest requests, oldest first. Numbers go on growing until a reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all, and count from 1 again."""
        self.entries: deque[Entry] = deque(maxlen=GREATEST)
        self._last = 0

    def clear(self) -> None:
        """Forget all."""
        self.entries.clear()

    def add(self, **fields: Any) -> Entry:
        """Note a request that has just arrived."""
        self._last += 1
        entry = Entry(n=self._last, **fields)
        self.entries.append(entry)
        return entry

    def show(self, method: Optional[str], path_regex: Optional[str], writes: bool) -> list[dict[str, Any]]:
        """The entries that match. ``writes`` keeps what changes the cloud."""
        pattern = re.compile(path_regex) if path_regex else None
        return [
            asdict(entry)
            for entry in self.entries
            if (method is None or entry.method == method.upper())
            and (pattern is None or pattern.search(entry.path))
            and (not writes or entry.is_write)
        ]


def query_of(text: str) -> dict[str, Any]:
    """The query as a mapping; a name that comes several times has a list."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found


def body_of(path: str, content_type: str, raw: bytes) -> Any:
    """The body as parsed, with secret values hidden. What cannot be parsed is only measured, never shown."""
    if not raw:
        return None
    kind = content_type.split(";")[0].strip().lower()
    try:
        if kind == "application/json":
            data = parse_json(raw)
        elif kind == "application/x-www-form-urlencoded":
            data = query_of(raw.decode("utf-8"))
        elif kind == "text/plain" and path.startswith("/runtime/"):
            return raw.decode("utf-8")
        else:
            return {"unparsed_bytes": len(raw)}
    except ValueError:
        return {"unparsed_bytes": len(raw)}
    if _MONITORS.match(path):
        data = _without_tokens(data)
    hidden = {"client_secret"} | ({"value"} if _SECRETS.match(path) else set())
    if isinstance(data, dict):
        return {key: HIDDEN if key in hidden else value for key, value in data.items()}
    return data if isinstance(data, (int, float, bool, type(None))) else {"unparsed_bytes": len(raw)}


def _without_tokens(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_tokens(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: HIDDEN if key == "token" else _without_tokens(item) for key, item in value.items()}
