# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The app or the cluster to which monitors belong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app


class Owner(NamedTuple):
    """Whose monitors they are.

    Args:
        app: the app, without an id when only a plan assumes it; None for a cluster. cluster_name: of the cluster.
    """

    app: Mapping[str, Any] | None = None
    cluster_name: str | None = None

    def __str__(self) -> str:
        return f"cluster {self.cluster_name}" if self.app is None else f"app {self.app.get('name')}"


def find_owner(run: ModuleRun) -> Owner | None:
    """The app or cluster that the options name; None only in check mode, for an app that an earlier task may create.

    Args:
        run: options ``app``, ``app_id`` and ``cluster_name``.

    Raises:
        InvalidOption: there is no such app. ApiError.
    """
    if run.params["cluster_name"] is not None:
        return Owner(cluster_name=run.params["cluster_name"])
    app = require_app(run, Apps(run.client))
    return None if app is None else Owner(app)
