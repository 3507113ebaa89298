# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What is told of a deployment, and what its options may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.connected import ConnectedApps
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, one_line
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import MAX_REPLICAS, MIN_REPLICAS, stamp_in
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

DEFAULT_MESSAGE = "Deployed by spiceai.cloud"
RESUMED_MESSAGE = "Resumed by spiceai.cloud"  # without a stamp, as the deployment that resuming starts
# Error codes of a deployment that the platform still may bring about by itself.
SELF_HEALING = ("insufficient_cpu", "insufficient_memory", "insufficient_storage", "insufficient_instances")
SETTINGS = ("image_tag", "replicas")  # overrides that the answer about a deployment tells
DEFAULT = "default"  # stands for what nobody asked for
MAX_REASON = 400  # characters of the platform's words that a message holds
NOTES = ("branch", "commit_sha")  # options that do not count for the stamp

Deployment = Mapping[str, Any]


def predicted(app: Mapping[str, Any], params: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The deployment that a POST of this body would make.

    Args:
        app: with its config. params: the options of the module. body: of the POST.
    """
    config = app.get("config") or {}
    deployment = {
        "id": None,
        "status": "succeeded" if params["wait"] else "queued",
        "image_tag": config.get("image_tag"),
        "replicas": config.get("replicas"),
        "branch": None,
        "commit_sha": None,
        "error_message": None,
    }
    # The answer does not tell the other overrides.
    told = {name: value for name, value in body.items() if name not in ("channel", "debug")}
    return {**deployment, **told}


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


def body_of(
    params: Mapping[str, Any], overrides: Mapping[str, Any], stamp: str, notes: Mapping[str, Any]
) -> dict[str, Any]:
    """The body of the POST.

    Args:
        params: the options of the module. overrides: those of them that count for the stamp. stamp: of what is
            deployed. notes: the branch and the commit.
    """
    message = params["commit_message"] or DEFAULT_MESSAGE
    return {**overrides, **notes, "commit_message": f"{message} [spice:{stamp}]"}


def check_options(params: Mapping[str, Any]) -> None:
    """Checks the options of a deployment without a request. Raises InvalidOption."""
    replicas = params["replicas"]
    if replicas is not None and not MIN_REPLICAS <= replicas <= MAX_REPLICAS:
        raise InvalidOption(f"`replicas` must be from {MIN_REPLICAS} to {MAX_REPLICAS}, not {replicas}.")
    for option in ("wait_timeout", "poll_interval"):
        if params[option] <= 0:
            raise InvalidOption(f"`{option}` must be more than 0 seconds, not {params[option]}.")


def settings_of(app: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The ``image_tag`` and the number of ``replicas`` that a new deployment gets; None for the platform's default.

    Args:
        app: with its config. params: the options of the module.
    """
    config = app.get("config") or {}
    return {name: config.get(name) if params.get(name) is None else params[name] for name in SETTINGS}


def differences(before: Deployment, wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings in which a deployment differs from the one that takes its place: name to both values.

    Of a deployment with a stamp those are left out for which nothing is asked: the server filled in its default.

    Args:
        before: the newest deployment. wanted: what :func:`settings_of` gave.
    """
    is_foreign = stamp_in(before) is None
    found = {}
    for name in SETTINGS:
        pair = (before.get(name), wanted.get(name))
        if name in before and pair[0] != pair[1] and (is_foreign or pair[1] is not None):
            found[name] = (_or_default(pair[0]), _or_default(pair[1]))
    return found


def _or_default(value: Any) -> Any:
    return DEFAULT if value is None else value


def reason_to_deploy(newest: Deployment | None, force: bool) -> str:
    """Why a new deployment is made.

    Args:
        newest: the newest deployment so far, or None. force: the user asks for one in any case.
    """
    if newest is None:
        return "nothing is deployed yet"
    if force:
        return "`force` asks for it"
    if newest["status"] == "failed":
        return f"deployment {newest['id']} failed"
    if stamp_in(newest) is None:
        return f"deployment {newest['id']} was made by other means"
    return f"deployment {newest['id']} was made from another configuration"


def to_diff(before: Deployment | None, wanted: Mapping[str, Any], why: str) -> dict[str, str]:
    """What ``--diff`` shows: the newest deployment, and a new one with its reason and the settings that differ.

    Args:
        before: the newest deployment, or None. wanted: what :func:`settings_of` gave. why: the reason of a new
            deployment; empty where none is made.
    """
    differs = differences(before, wanted) if before and why else {}

    def shown(deployment: str, side: int) -> str:
        settings = {name: pair[side] for name, pair in differs.items()}
        return dump({"deployment": deployment, **settings} if deployment else {})

    told = shown(f"{before['id']} {before['status']}" if before else "", 0)
    headers = {"before_header": "deployment", "after_header": "deployment"}
    return {"before": told, "after": shown(f"new, because {why}", 1) if why else told, **headers}


def progress_of(name: str, deployment: Deployment) -> str:
    """Where a deployment of the app with this name stands, for a line of progress."""
    code = deployment.get("error_code")
    waits_for = f", waits for room ({code})" if code in SELF_HEALING else ""
    return f"app {name}: deployment {deployment['id']} {deployment['status']}{waits_for}"


def reason_of(deployment: Deployment) -> str:
    """Why a deployment failed or waits, in the platform's words, with its code."""
    told = one_line(str(deployment.get("error_message") or deployment.get("error") or ""), MAX_REASON)
    words = told.rstrip(".") or "no reason given"
    code = deployment.get("error_code")
    return f"{words} ({code})" if code else words
