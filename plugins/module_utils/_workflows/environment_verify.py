# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The verification of an environment: what its runtime serves, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import is_hosted
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import (
    AppRuntime,
    Asked,
    Status,
    wait_until_serving,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.sql import check_expectation

SUCCEEDED = "succeeded"


def check_what_is_served(
    run: ModuleRun,
    verify: Mapping[str, Any],
    app: Mapping[str, Any],
    deployment: Mapping[str, Any],
    note: Callable[[Status], None],
) -> None:
    """Waits until the runtime serves what it should, then asks the queries.

    Args:
        run: who asks. verify: the options of the verification. app: as the API gives it.
        deployment: the newest one; empty where there is none.
        note: takes what the runtime serves, before the queries.

    Raises:
        OperationFailed: it does not serve that, or answers something else. SpiceError
    """
    # A plan has no deployment to look at.
    is_running = deployment.get("id") is not None and deployment["status"] == SUCCEEDED
    asks = verify["ready"] or verify["datasets"] or verify["models"] or verify["sql"]
    if not is_running or not asks or not is_hosted(app):
        return
    runtime = AppRuntime(run, app, caller_polls=True)
    asked = Asked(verify["datasets"], verify["models"])
    note(wait_until_serving(run, app, verify["timeout"], asked, runtime=runtime))
    for query in verify["sql"]:
        rows = runtime.sql(query["query"], is_read=True)
        check_expectation(query["expect"], rows, app["name"])
