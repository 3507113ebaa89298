# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Which app has which id, as far as the processes of a run have seen it.

A hint is a shortcut. Its user verifies it with the request that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import AttemptFailed, RetryPolicy, SharedFailure
from ansible_collections.spiceai.cloud.plugins.module_utils._state import Box, RunState

Pages = Callable[[], Iterable[list[dict[str, Any]]]]


class IdHints:
    """The hints of one address, credential and organization.

    Args:
        state: what the processes of the run share. retry: the retries of the task.
        cache_key: tells the address, credential and organization from others. connection: as of the Config.
    """

    def __init__(self, state: RunState, retry: RetryPolicy, cache_key: str, connection: str) -> None:
        self._state = state
        self._retry = retry
        self._failures = SharedFailure(connection)
        self._key = "apps-" + cache_key

    def find(self, name: str, trust_absence: bool, pages: Pages) -> tuple[int | None, bool]:
        """The id of the app of this name or None, and whether it was listed just now.

        Args:
            name: of the app. trust_absence: believe a complete list of before that there is none. pages: lists the
                apps.

        Raises:
            InvalidOption: several apps differ only in case and none is exactly this.
        """
        return self._retry.run(lambda retries: self._look(name, trust_absence, pages, retries))

    def refresh(self, name: str, pages: Pages) -> int | None:
        """The id of the app of this name after a new listing, or None. Raises as :meth:`find`."""
        return self._retry.run(lambda retries: self._look(name, None, pages, retries))[0]

    def _look(self, name: str, trust_absence: bool | None, pages: Pages, retries: int) -> tuple[int | None, bool]:
        """What :meth:`find` gives; ``trust_absence`` None: believe no hint. The lock is held for one attempt only.

        Raises:
            AttemptFailed: this process or another one has just failed to list the apps.
        """
        with self._state.locked(self._key) as box:
            hints = box.value if isinstance(box.value, dict) else {}
            ids, is_complete = hints.get("ids") or {}, bool(hints.get("complete"))
            if trust_absence is not None:
                # Only a complete list can tell that there is no exact match.
                app_id = pick(ids, name) if is_complete else ids.get(name)
                if app_id is not None or (trust_absence and is_complete):
                    return app_id, False
            self._failures.raise_news(hints.get("failure"), retries)
            outcome = self._retry.one_attempt(lambda: _listed(box, name, pages))
            if not isinstance(outcome, AttemptFailed):
                return outcome, True
            box.value = {**hints, "failure": self._failures.record(outcome)}
        raise outcome

    def remember(self, name: str, app_id: int | None) -> None:
        """Keeps the id of an app that was created; None for one that was deleted."""
        with self._state.locked(self._key) as box:
            if isinstance(box.value, dict) and isinstance(box.value.get("ids"), dict):
                box.value["ids"].pop(name, None)
                if app_id is not None:
                    box.value["ids"][name] = app_id


def _listed(box: Box, name: str, pages: Pages) -> int | None:
    """Lists until the exact name turns up, keeps what was seen as hints, and returns the id or None."""
    ids: dict[str, int] = {}
    box.value = {"ids": ids, "complete": False}
    for page in pages():
        for app in page:
            if isinstance(app.get("name"), str):  # no task can mean another one
                ids.setdefault(app["name"], app["id"])
        if name in ids:
            return ids[name]
    box.value["complete"] = True
    return pick(ids, name)


def pick(ids: Mapping[str, int], name: str) -> int | None:
    """The id of the app of this name: an exact match, else the only one without regard to case, else None.

    Raises:
        InvalidOption: more than one differs only in case.
    """
    if name in ids:
        return ids[name]
    alike = sorted(other for other in ids if other.casefold() == name.casefold())
    if len(alike) > 1:
        raise InvalidOption(
            f"Several apps are called like {name} ({', '.join(alike)}): write the name exactly, or use the id."
        )
    return ids[alike[0]] if alike else None
