# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of deployments: queued, in_progress, then succeeded, failed or (superseded) created.

Nothing runs in the background: a status is computed from the deployment's times and the clock at each read.
Sources: the vendor's portal documentation and changelog.
"""

from typing import Any, Optional

from spice_simulator import org_secrets
from spice_simulator.errors import ApiError, invalid
from spice_simulator.spicepod import check
from spice_simulator.store import App, Deployment, Store

# What a deployment may set for itself beside the configuration of its app.
ASKED = ("image_tag", "replicas", "channel", "debug")
FINAL = ("succeeded", "failed", "created")


def status_of(deployment: Deployment, now: int) -> str:
    """The status at a moment (milliseconds)."""
    if deployment.superseded_ms is not None:
        return "created"
    if now < deployment.starts_ms:
        return "queued"
    # The scripted end "in_progress" is a rollout that never ends by itself.
    if now < deployment.ends_ms or deployment.outcome["status"] == "in_progress":
        return "in_progress"
    return str(deployment.outcome["status"])


def times_of(deployment: Deployment, now: int) -> tuple[Optional[int], Optional[int]]:
    """When it started and when it finished, as far as that has happened (milliseconds)."""
    status = status_of(deployment, now)
    if status == "created":
        superseded = deployment.superseded_ms
        assert superseded is not None
        return (deployment.starts_ms if deployment.starts_ms <= superseded else None), superseded
    started = None if status == "queued" else deployment.starts_ms
    return started, (deployment.ends_ms if status in FINAL else None)


def error_of(deployment: Deployment, now: int) -> tuple[Optional[str], Optional[str]]:
    """The error's message and code: of the failure, or of the obstacle that can heal while it is in progress."""
    status = status_of(deployment, now)
    outcome = deployment.outcome
    if status == "failed":
        return outcome.get("error_message"), outcome.get("error_code")
    if status == "in_progress" and outcome.get("healable_code"):
        code = outcome["healable_code"]
        return outcome.get("healable_message") or f"Waiting for capacity: {code}", code
    return None, None


def running(app: App, now: int) -> Optional[Deployment]:
    """The deployment that serves: the newest one that succeeded."""
    for deployment in reversed(app.deployments):
        if status_of(deployment, now) == "succeeded":
            return deployment
    return None


def check_image_tag(store: Store, app: App, tag: str) -> None:
    """A tag needs the Enterprise plan and must be published."""
    if not store.org_by_id(app.org_id).enterprise:
        raise ApiError(403, "Setting image_tag requires an Enterprise plan", "image_tag_requires_enterprise")
    if all(image["tag"] != tag for image in store.images):
        raise invalid(
            "image_tag", "Not a published image tag", f"Image tag '{tag}' is not published", "invalid_stable_image_tag"
        )


def create(store: Store, app: App, given: dict[str, Any], who: dict[str, Any]) -> Deployment:
    """Queue a deployment of the app's present configuration and secrets, or raise the API's refusal."""
    now = store.clock.now()
    if app.paused_ms is not None:
        raise ApiError(400, "The project is paused; resume it first", "spicepod_paused")
    if app.spicepod is None and app.repository is None:
        raise ApiError(400, "App has no spicepod configuration")
    if app.spicepod is not None:
        try:
            check(app.spicepod)
        except ValueError as failure:
            raise invalid("spicepod", str(failure), "Invalid spicepod configuration") from failure
    previous = app.deployments[-1] if app.deployments else None
    refusing = ("queued", "in_progress") if store.switches.deployment_conflict == "unfinished" else ("queued",)
    if previous and status_of(previous, now) in refusing:
        raise ApiError(409, "A deployment is already in progress for this project")
    if previous and status_of(previous, now) == "in_progress":
        previous.superseded_ms = now
    return add(store, app, given, who, store.outcomes.pop(0) if store.outcomes else {})


def add(store: Store, app: App, given: dict[str, Any], who: dict[str, Any], outcome: dict[str, Any]) -> Deployment:
    """Record a deployment without asking whether the API would allow it (seeds use this)."""
    now = store.clock.now()
    phases = {**store.clock.phases, **{key: value for key, value in outcome.items() if key.endswith("_seconds")}}
    starts = now + round(phases["queued_seconds"] * 1000)
    config = app.config()
    for name in ("image_tag", "replicas"):
        if given.get(name) is not None:
            config[name] = given[name]
    deployment = Deployment(
        id=store.next_deployment_id(),
        created_ms=now,
        starts_ms=starts,
        ends_ms=starts + round(phases["in_progress_seconds"] * 1000),
        outcome={"status": "succeeded", **outcome},
        took={"config": config, "secrets": org_secrets.values(store, app)},
        image_tag=config["image_tag"],
        replicas=config["replicas"],
        asked={name: given[name] for name in ASKED if given.get(name) is not None},
        **{key: value for key, value in given.items() if key not in ("image_tag", "replicas")},
        **who,
    )
    app.deployments.append(deployment)
    return deployment


def stop_all(app: App, now: int) -> None:
    """End what is not finished: pausing and deleting an app do that."""
    for deployment in app.deployments:
        if status_of(deployment, now) in ("queued", "in_progress"):
            deployment.superseded_ms = now


def log_lines(deployment: Deployment, now: int) -> list[tuple[int, str, str]]:
    """What the log of a deployment says by now: (milliseconds, level, message)."""
    lines = [(deployment.created_ms, "info", f"Deployment {deployment.id} queued")]
    started, finished = times_of(deployment, now)
    message, code = error_of(deployment, now)
    if started is not None:
        lines.append((started, "info", f"Rolling out {deployment.replicas} replica(s)"))
        if message and finished is None:
            lines.append((started, "warn", f"{message} ({code})"))
    if finished is not None:
        end = status_of(deployment, now)
        texts = {
            "succeeded": ("info", "Rollout finished"),
            "failed": ("error", message or "Rollout failed"),
            "created": ("info", "Superseded by a newer deployment"),
        }
        lines.append((finished, *texts[end]))
    return lines
