# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The links of an environment's app to secrets of its organization: planned and applied.

An app is deployed again when they differ from those of its newest deployment, also if somebody else changed them. An
environment that describes none does not read them where they cannot matter: what was deployed last had none, and the
spicepod names no secret that the app does not have itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secret_links import SecretLinks
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import Change
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_links import (
    LinksPlan,
    apply_links,
    name_problems,
)


class PlannedLinks:
    """The links of the app of one environment.

    Args:
        run: of the environment, with the options ``linked_secrets`` and ``prefix``. spec: what the module declares.

    Attributes:
        given (list[str]): names that the environment links.
        changes (list[Change]): one a link; empty where the environment leaves links alone.
        names (list[str]): of all links that the app will have, as far as they were read.
    """

    def __init__(self, run: ModuleRun, spec: ModuleSpec) -> None:
        options = {"linked_secrets": run.params["linked_secrets"] or [], "prefix": run.params["prefix"]}
        self._run = run.part(spec, options)
        self._plan: LinksPlan | None = None
        self._is_known = False
        self._is_of_no_app = False  # the plan is of an app that has no id yet
        self.given: Collection[str] = list(dict.fromkeys(options["linked_secrets"]))
        self.changes: list[Change] = []
        self.names: list[str] = []

    def problems(self) -> list[str]:
        """A sentence for each name that cannot be right."""
        return name_problems(self._run, self.given)

    def plan(self, app: Mapping[str, Any], purge: bool, is_new: bool) -> None:
        """Plans them. Only reads.

        Args:
            app: as it is or will be; for a fork its source, whose links it gets.
            purge: remove the links that the environment does not name. is_new: the app does not exist yet.

        Raises:
            ApiError, UnexpectedAnswer
        """
        if self.given or purge:
            self._plan = LinksPlan(self._run, self.given, purge=purge)
            self._is_of_no_app = is_new
            self.changes = self._plan.changes(app)
            self.names = self._plan.linked({change.name: change.after for change in self.changes})
            self._is_known = True

    def all_names(self, app: Mapping[str, Any]) -> Collection[str] | None:
        """The names of all that will be linked to the app; None if the credential may not list them.

        They are read where that did not happen yet. Raises ApiError, UnexpectedAnswer.
        """
        if not self._is_known:
            is_new = app.get("id") is None
            told = [] if is_new else SecretLinks(Apps(self._run.client)).names_if_told(app["id"])
            if told is None:
                return None
            self.names, self._is_known = told, True
        return self.names

    def apply(self, app: Mapping[str, Any], is_new: bool) -> Result:
        """Carries out what was planned: ``changed``, ``outcomes``, ``diff``; empty where links are left alone.

        Args:
            app: as it is now. is_new: this task created it, and it has no links.

        Raises:
            SpiceError: with the outcomes so far in ``partial``.
        """
        if self._plan is None:
            return {}
        if self._is_of_no_app and app.get("id") is not None:
            self.changes = self._plan.changes(app, is_new)
        result, self.names = apply_links(self._run, self._plan, self.changes)
        return result

    def warn_of_hidden(self, given: Iterable[str], purge: bool, existing: Iterable[Mapping[str, Any]]) -> None:
        """Warns of links that have no effect, because the app has a secret of the same name.

        Only of those of which the environment has one of the two. The runtime looks both up in upper case.

        Args:
            given: names of the secrets of the environment. purge: the other secrets of the app are removed.
            existing: the secrets that the app has, as far as they were read.
        """
        of_environment = {name.casefold() for name in given}
        of_app = of_environment | (set() if purge else {secret["name"].casefold() for secret in existing})
        linked = {name.casefold() for name in self.given}
        hidden = [
            name
            for name in dict.fromkeys([*self.given, *self.names])
            if name.casefold() in of_app and (name.casefold() in linked or name.casefold() in of_environment)
        ]
        if hidden:
            self._run.warn(
                "A link has no effect where the app has a secret of its own with the same name, which wins: "
                f"{', '.join(hidden)}."
            )
