# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Tokens of http targets: no answer shows them, so a fingerprint tells whether one has changed, as for secrets.

The fingerprint is kept in a tag of the app. A cluster has no tags: there a token is sent with a new monitor, with
another address, or always.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources import fingerprints
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import Entry, token_of, url_of
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_checks import (
    ALWAYS,
    ON_CHANGE,
    ON_CREATE,
    policy_of,
)

PREFIX = "ansible.monitor/"


class Tokens:
    """When the token of an existing monitor is sent.

    Args:
        run: options ``update_secret``, ``fingerprint_key`` and where it has them ``cluster_name`` and ``prefix``.

    Raises:
        InvalidOption: the policy needs something that is not there.
    """

    def __init__(self, run: ModuleRun) -> None:
        self._run = run
        self._key = run.params.get("fingerprint_key")
        self._is_cluster = run.params.get("cluster_name") is not None
        self._policy = policy_of(run.params)
        if self._is_cluster and run.params.get("update_secret") == ON_CHANGE:
            raise InvalidOption(
                "`update_secret: on_change` keeps fingerprints of tokens in tags, and a cluster has none; use `always` "
                "or `on_create`."
            )
        if self._is_cluster and self._policy == ON_CHANGE:
            self._policy = ON_CREATE
        self._uncompared: list[str] = []

    def must_send(self, entry: Entry, monitor: Mapping[str, Any], app: Mapping[str, Any]) -> bool:
        """Whether the token that is given goes to a monitor that exists.

        Args:
            entry: its options. monitor: what exists. app: whose it is; empty for a cluster.
        """
        token, url = token_of(entry), url_of(entry.get("targets"))
        if token is None or url is None:
            return False
        if url != url_of(monitor["targets"]) or self._policy == ALWAYS:
            return True
        if self._policy == ON_CHANGE:
            return (app.get("tags") or {}).get(tag_key(monitor["id"])) != self._mark(app, monitor["id"], url, token)
        self._uncompared.append(entry["name"])
        return False

    def tag(self, entry: Entry, monitor: Mapping[str, Any], app: Mapping[str, Any]) -> dict[str, str]:
        """The tag that remembers the token of a monitor to which it was sent; empty where there is none to keep."""
        token, url = token_of(entry), url_of(entry.get("targets"))
        if self._policy != ON_CHANGE or token is None or url is None or monitor.get("id") is None:
            return {}
        return {tag_key(monitor["id"]): self._mark(app, monitor["id"], url, token)}

    def warn_of_uncompared(self) -> None:
        """Where no policy is given: a warning that these tokens are left alone."""
        if not self._uncompared or self._run.params.get("update_secret"):
            return
        prefix = self._run.params.get("prefix") or ""
        names = ", ".join(sorted(self._uncompared))
        why = f"there is no `{prefix}fingerprint_key`: set it to send what has changed, or set"
        if self._is_cluster:
            why = "a cluster has no tags for fingerprints: set"
        self._run.warn(
            f"The token of the http target was not compared and left alone (monitor {names}), because {why} "
            f"`{prefix}update_secret` to `always` or `on_create`."
        )

    def _mark(self, app: Mapping[str, Any], monitor_id: str, url: str, token: str) -> str:
        return fingerprints.fingerprint(str(self._key), app.get("id"), f"monitor {monitor_id} {url}", token)


def tag_key(monitor_id: str) -> str:
    """The tag of a monitor."""
    return PREFIX + monitor_id
