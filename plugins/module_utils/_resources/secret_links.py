# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Links of an app to secrets of its organization, as a set: what is linked, what is left alone, what is unlinked.

Whether the organization has a secret is known only when it is linked, because the secrets that the platform manages are
in no list. Names are compared exactly, as those of the app's own secrets are.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secret_links import (
    UNKNOWN_ROUTE,
    OrganizationSecrets,
    SecretLinks,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidOption,
    SpiceError,
    one_line,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import (
    CONFLICT_EXISTS,
    CREATED,
    DELETED,
    UNCHANGED,
    Applied,
    Change,
    apply,
    send_once,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_names import NAME
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

FAILURE = "These secrets of the organization could not be brought to their wanted state:"
MAX_SHOWN = 60  # characters of what is not the name of a secret
MAX_OFFERED = 20  # names that one message holds
NOT_LISTED = "those that the platform manages are not listed"

App = Mapping[str, Any]


def run_links(run: ModuleRun) -> Result:
    """Brings the links of an app to the wanted state.

    Args:
        run: options ``app``, ``app_id``, ``name`` or ``names``, ``state``, ``purge``.

    Returns:
        ``changed``, ``outcomes`` (by name), ``linked_secrets`` (what is linked then), ``deployment_required``.

    Raises:
        InvalidOption: an option that cannot be right. ApiError: with the outcomes so far in ``partial``.
    """
    params = run.params
    names = [params["name"]] if params["names"] is None else params["names"]
    is_present = params["state"] == "present"
    if params["purge"] and (params["names"] is None or not is_present):
        raise InvalidOption(
            "`purge` removes the links that `names` does not hold: use it with `names` and without `state: absent`."
        )
    plan = LinksPlan(run, names if is_present else [], [] if is_present else names, params["purge"])
    app = require_app(run, Apps(run.client)) or {}
    result, linked = apply_links(run, plan, plan.changes(app))
    return dict(result, linked_secrets=[{"name": name} for name in linked])


def apply_links(run: ModuleRun, plan: LinksPlan, changes: Sequence[Change]) -> tuple[Result, list[str]]:
    """Carries out what was planned.

    Args:
        run: the module's run. plan, changes: what was planned.

    Returns:
        ``changed``, ``outcomes``, ``deployment_required`` and ``diff``; the names of all links of the app then.

    Raises:
        SpiceError: with the outcomes so far in ``partial``.
    """
    applied = apply(run, changes)
    linked = plan.linked(applied.items)
    result: Result = {
        "changed": applied.changed,
        "outcomes": applied.outcomes,
        "deployment_required": applied.deployment_required,
    }
    if run.diff_mode:
        result["diff"] = _diff(changes, applied)
    applied.raise_failed(FAILURE, result)
    return result, linked


class LinksPlan:
    """The changes that lead to the wanted links of an app.

    Args:
        run: of a module for links, or of an environment. names: what is to be linked. to_unlink: what is not.
        purge: remove all other links too.

    Raises:
        InvalidOption: a name cannot be right.
    """

    def __init__(
        self, run: ModuleRun, names: Iterable[str], to_unlink: Iterable[str] = (), purge: bool = False
    ) -> None:
        self._run = run
        self._names = list(dict.fromkeys(names))
        self._to_unlink = list(dict.fromkeys(to_unlink))
        self._purge = purge
        problems = name_problems(run, [*self._names, *self._to_unlink])
        if problems:
            raise InvalidOption(" ".join(problems))
        self._api = SecretLinks(Apps(run.client))
        self._existing: list[str] = []

    def changes(self, app: App, is_new: bool = False) -> list[Change]:
        """One change a link. Only reads.

        Args:
            app: whose links; without an id when only a plan assumes it. is_new: it has none, so nothing is read.

        Raises:
            ApiError, UnexpectedAnswer
        """
        self._existing = [] if app.get("id") is None or is_new else self._read(app)
        changes = [self._change(name, app) for name in self._names]
        removed = {name for name in self._existing if name not in self._names} if self._purge else set()
        changes += [self._removal(name, app) for name in sorted(removed.union(self._to_unlink))]
        # A task that does not only plan learns it from the API.
        if self._run.may_assume():
            self._warn_of_unlisted([change.name for change in changes if change.outcome == CREATED])
        return changes

    def _read(self, app: App) -> list[str]:
        try:
            return self._api.names(app["id"])
        except ApiError as error:
            if error.status != UNKNOWN_ROUTE:
                raise
            raise error.explained(
                f"The server tells no links of app {app.get('name')} to secrets of the organization (404), so it does "
                f"not offer them; leave {_option(self._run)} out, or check `api_url`."
            ) from error

    def _change(self, name: str, app: App) -> Change:
        item = {"name": name}
        if name in self._existing:
            return Change(name, _target(name), UNCHANGED, item, item)
        send = partial(self._link, name, app)
        return Change(name, _target(name), CREATED, None, item, send, needs_deployment=True)

    def _removal(self, name: str, app: App) -> Change:
        if name not in self._existing:
            return Change(name, _target(name), UNCHANGED)
        send = partial(self._api.unlink, app["id"], name)
        return Change(name, _target(name), DELETED, {"name": name}, None, send, needs_deployment=True)

    def linked(self, items: Mapping[str, Any]) -> list[str]:
        """The names of all links of the app after the changes. ``items``: name to what exists then, or None."""
        kept = [name for name in self._existing if items.get(name, name) is not None]
        return sorted({*kept, *(name for name, item in items.items() if item is not None)})

    def _link(self, name: str, app: App) -> None:
        """Links. A 409 is success where the app turns out to have the link.

        Raises:
            ApiError: it says what the organization offers, where it has no such secret.
        """

        def find(error: ApiError) -> str | None:
            return name if name in self._api.names(app["id"]) else None

        try:
            send_once(self._run.client, lambda: self._api.link(app["id"], name), find, conflict=CONFLICT_EXISTS)
        except ApiError as error:
            if error.status != 404:
                raise
            raise error.explained(self._unknown(name, app, error)) from error

    def _unknown(self, name: str, app: App, error: ApiError) -> str:
        """Why a secret cannot be linked that the server does not find."""
        words = (error.api_message or "not found").rstrip(".")
        lead = f"The organization has no secret {name} that app {app.get('name')} could be linked to (404: {words})"
        offered = self._offered(is_fresh=True)
        if offered is None:
            return f"{lead}; create it in the portal, or check the spelling in {_option(self._run)}."
        alike = {other.casefold(): other for other in offered}
        close = difflib.get_close_matches(name.casefold(), alike, n=1)
        hint = f" Did you mean {alike[close[0]]}?" if close else ""
        return (
            f"{lead}. It offers {_listed(offered)}; {NOT_LISTED}.{hint} Create it in the portal, or correct "
            f"{_option(self._run)}."
        )

    def _offered(self, is_fresh: bool = False) -> list[str] | None:
        """The names that the organization lists; None when that is not known."""
        try:
            secrets = OrganizationSecrets(self._run.client).all(is_fresh)
        except SpiceError:
            # A list for people alone: what is asked for does not depend on it.
            return None
        return None if secrets is None else [secret["name"] for secret in secrets]

    def _warn_of_unlisted(self, names: list[str]) -> None:
        """For a plan: the API may not know some of what is to be linked. Nothing is told where no list can be read."""
        offered = self._offered() if names else None
        if offered is not None and not set(names) <= set(offered):
            offered = self._offered(is_fresh=True)
        unlisted = [name for name in names if offered is not None and name not in offered]
        if offered is not None and unlisted:
            one = len(unlisted) == 1
            self._run.warn(
                f"The organization does not list the secret{'' if one else 's'} {', '.join(unlisted)}, so linking "
                f"{'it' if one else 'them'} may fail; {NOT_LISTED} and can be linked all the same. It lists "
                f"{_listed(offered)}."
            )


def name_problems(run: ModuleRun, names: Iterable[str]) -> list[str]:
    """A sentence for each name that cannot be that of a secret. ``run``: whose options they are."""
    return [
        f"{_option(run)} holds {one_line(name, MAX_SHOWN)!r}, which is not the name of a secret: it takes letters, "
        "digits and underscores, and does not begin with a digit."
        for name in dict.fromkeys(names)
        if not NAME.fullmatch(name)
    ]


def _option(run: ModuleRun) -> str:
    """The option that holds the names, as the user of this task knows it."""
    if "linked_secrets" in run.params:
        return f"`{run.params.get('prefix') or ''}linked_secrets`"
    return "`name`" if run.params.get("name") is not None else "`names`"


def _target(name: str) -> str:
    return f"link to secret {name}"


def _listed(names: list[str]) -> str:
    if not names:
        return "no secret"
    told = sorted(names)[:MAX_OFFERED]
    return ", ".join(told) + (f" and {len(names) - len(told)} more" if len(names) > len(told) else "")


def _diff(changes: Sequence[Change], applied: Applied) -> dict[str, str]:
    before = {change.name: "linked" for change in changes if change.before}
    after = {change.name: "linked" for change in changes if applied.items[change.name]}
    headers = {"before_header": "linked secrets", "after_header": "linked secrets"}
    return {"before": dump(before), "after": dump(after), **headers}
