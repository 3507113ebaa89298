# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The monitors of an environment: planned with the app, and brought about after what they watch runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, DELETED, UNCHANGED, UPDATED, Change
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import DISABLED
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_owner import Owner
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitors import MonitorsPlan, apply_monitors


class EnvironmentMonitors:
    """The monitors of one environment.

    Attributes:
        changes (list[Change]): one a monitor, once they are planned.
    """

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._part: ModuleRun | None = None
        self._plan: MonitorsPlan | None = None

    def plan(self, part: ModuleRun, before: Mapping[str, Any] | None, app: Mapping[str, Any], purge: bool) -> None:
        """Plans them. Only reads; nothing is read where none are described.

        Args:
            part: the run with their options. before: the app as it is; None for a new one. app: as it will be.
            purge: delete those that are not described.

        Raises:
            InvalidOption, ApiError
        """
        wanted = part.params["monitors"] or []
        if not wanted and not purge:
            return
        # An app that is to be paused runs until everything else is done.
        if not (before or {}).get("paused_at"):
            app = {**app, "paused_at": None}
        self._part = part
        self._plan = MonitorsPlan(part, wanted, purge)
        self.changes = self._plan.changes(Owner(app))
        if not app.get("paused_at"):
            self._warn_of_disabled(part, wanted)

    def _warn_of_disabled(self, part: ModuleRun, wanted: list[Mapping[str, Any]]) -> None:
        unsaid = {entry["name"] for entry in wanted if entry.get("enabled") is None}
        names = [
            change.name
            for change in self.changes
            if change.name in unsaid and change.before and change.after and change.before.get("status") == DISABLED
        ]
        if names:
            part.warn(
                f"These monitors are disabled, as a pause of the app leaves them, and stay so: {', '.join(names)}. Set "
                "`enabled: true` to have them evaluated, or `enabled: false` to say that this is intended."
            )

    def apply(self, app: Mapping[str, Any], is_new: bool) -> Result | None:
        """Carries the plan out; None where there is none.

        Args:
            app: as it is now. is_new: it was created after the plan was made.

        Raises:
            SpiceError: with the outcomes so far in ``partial``.
        """
        if self._plan is None or self._part is None:
            return None
        owner = Owner(app)
        changes = self._plan.changes(owner) if is_new and app.get("id") is not None else self.changes
        return apply_monitors(self._part, self._plan, owner, changes)

    def outcomes(self) -> set[str]:
        """What is to be done: any of created, updated and deleted."""
        return {change.outcome for change in self.changes} & {CREATED, UPDATED, DELETED}

    @property
    def is_to_do(self) -> bool:
        """Whether any monitor is to be created, updated or deleted."""
        return any(change.outcome != UNCHANGED for change in self.changes)
