# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The verification of an environment: what its runtime serves, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ApiError,
    InvalidOption,
    SpiceError,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import Wait
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import is_hosted
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import with_log
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.questions import ask_chat, ask_search
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import (
    INTERVAL,
    AppRuntime,
    wait_until_serving,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime_status import Asked, Status
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.sql import check_expectation

SUCCEEDED = "succeeded"
QUESTIONS = ("sql", "search", "nsql", "chat")  # in this order
NOT_OFFERED = 501  # of a runtime that has no such route


def check_what_is_served(
    run: ModuleRun,
    verify: Mapping[str, Any],
    app: Mapping[str, Any],
    deployment: Mapping[str, Any],
    note: Callable[[Status], None],
) -> None:
    """Waits until the runtime serves what it should, then asks the questions.

    Args:
        run: who asks. verify: the options of the verification. app: as the API gives it.
        deployment: the newest one; empty where there is none.
        note: takes what the runtime serves, before the questions.

    Raises:
        OperationFailed: it does not serve that, or answers something else. SpiceError
    """
    # A plan has no deployment to look at.
    is_running = deployment.get("id") is not None and deployment["status"] == SUCCEEDED
    asks = any(verify[name] for name in ("ready", "datasets", "models", *QUESTIONS))
    if not is_running or not asks or not is_hosted(app):
        return
    wait = Wait(run, verify["timeout"], INTERVAL)
    try:
        runtime = AppRuntime(run, app, caller_polls=True)
        asked = Asked(verify["datasets"], verify["models"])
        note(wait_until_serving(run, app, verify["timeout"], asked, runtime=runtime))
        for kind in QUESTIONS:
            for number, question in enumerate(verify[kind]):
                _ask(run, app["name"], runtime, kind, number, question)
    except InvalidOption:
        raise  # there is no key or no address, of which no log tells
    except SpiceError as error:
        raise with_log(run, app, verify["log_lines"], verify["timeout"] - wait.elapsed, error) from error


def _ask(run: ModuleRun, name: str, runtime: AppRuntime, kind: str, number: int, question: Mapping[str, Any]) -> None:
    """Asks one question. A runtime that does not offer it is a warning. Raises SpiceError, which names the question."""
    path = f"`{run.params['prefix']}verify.{kind}[{number}]`"
    try:
        if kind == "search":
            ask_search(runtime.questions, question, name, run.redactor.redact)
        elif kind == "chat":
            ask_chat(runtime.questions, question, name, run.redactor.redact)
        elif kind == "nsql":
            rows = runtime.questions.nsql(question["query"], question["model"])
            check_expectation(question["expect"], rows, name)
        else:
            check_expectation(question["expect"], runtime.sql(question["query"], is_read=True), name)
    except SpiceError as error:
        if isinstance(error, ApiError) and error.status == NOT_OFFERED:
            run.warn(f"{path} was not verified, because the runtime of app {name} does not offer it (501).")
            return
        raise error.explained(f"{path}: {error}") from error
