# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The branch and the commit of a deployment, which do not count for its stamp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.connected import ConnectedApps
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun

NOTES = ("branch", "commit_sha")  # options that do not count for the stamp


def notes_for(run: ModuleRun, app: Mapping[str, Any]) -> dict[str, Any]:
    """The branch and the commit, as the options say; none for an app that is connected to GitHub.

    A deployment of such an app takes the head of its production branch, and may take these for a choice.

    Args:
        run: options ``branch`` and ``commit_sha``. app: as the API gives it.
    """
    notes = {option: run.params[option] for option in NOTES if run.params[option] is not None}
    if notes and ConnectedApps(run.client).has(app.get("id")):
        named = " and ".join(f"`{option}`" for option in notes)
        run.warn(
            f"App {app['name']} is connected to GitHub, so {named} of the deployment are left out: it takes the head "
            "of the production branch."
        )
        return {}
    return notes
