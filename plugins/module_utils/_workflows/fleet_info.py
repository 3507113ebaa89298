# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Which app runs what: all apps of an organization, several at a time.

An app takes three requests: for its config, its deployments and its secrets; and one more for its links where they may
matter. That it serves takes two more, and the last one goes to its runtime. What cannot be read of one app is told
beside it and hides no other app.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.deployments import Deployments, newest
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secret_links import SecretLinks
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._parallel import each
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import FIELDS
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import fits, is_hosted
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import skipped, sound
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import region_in
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import AppRuntime
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime_status import Asked
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_references import names_others
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import Provided, stamp_in, stamp_of
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export_overrides import overrides_of

NO_HOST = "app "  # with it no name is one that means something else in an inventory
UNKNOWN = "unknown"  # version of a deployment whose image nobody named
PROGRESS_INTERVAL = 30.0  # seconds between two lines
RECENT = 20  # deployments of an app that are read: the newest one, and the last one that succeeded
DEPLOYMENT = ("id", "status", "created_at", "image_tag", "replicas", "commit_message", "error_code", "error_message")
VERSION_FIELDS = ("image_tag", "version", "update_channel", "replicas")
OUTDATED = "what is configured is not what was deployed"
NEVER = "nothing is deployed yet"
FOREIGN = "it was deployed by other means, so nobody can tell"

App = dict[str, Any]


def run_fleet_info(run: ModuleRun) -> Result:
    """The result of spice_fleet_info. Raises SpiceError: the list of apps cannot be read."""
    apps = Apps(run.client)
    sound_ones, complaints = sound(apps.all(), NO_HOST)
    if complaints:
        run.warn(skipped("apps", complaints))
    listed = [app for app in sound_ones if fits(app, run.params["filters"] or {})]
    reader = _Reader(run, apps, len(listed))
    hidden = set(run.redactor.values)
    found = [app for app in each(reader.read, listed) if app is not None]
    # No key is in the result: the runtimes said whether they are ready, and errors were redacted when they came.
    run.redactor.forget(reader.keys, hidden)
    errors = {name: reader.errors[name] for name in (app["name"] for app in found) if name in reader.errors}
    if errors:
        name, reason = next(iter(errors.items()))
        run.warn(
            f"{len(errors)} of {len(found)} apps could not be read as a whole; `errors` tells why. "
            f"The first one is {name}: {reason}"
        )
    return {
        "changed": False,
        "org": run.client.config.org,
        "apps": found,
        "errors": errors,
        "summary": _summary_of(found, errors),
    }


def _summary_of(apps: Sequence[App], errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apps": len(apps),
        "versions": _sorted(Counter(app["runs"] or "none" for app in apps)),
        "statuses": _sorted(Counter(_status(app, app["name"] in errors) for app in apps)),
        "outdated": sum(app["up_to_date"] is False for app in apps),
        "paused": sum(app["paused"] for app in apps),
        "not_serving": sum(app["serving"] is False for app in apps),
        "errors": len(errors),
    }


def _sorted(counter: Mapping[str, int]) -> dict[str, int]:
    return {name: counter[name] for name in sorted(counter, key=lambda name: (-counter[name], name))}


def _status(app: App, is_broken: bool) -> str:
    if app["paused"]:
        return "paused"
    if app["deployment"]:
        return str(app["deployment"]["status"])
    return UNKNOWN if is_broken else "never deployed"


class _Reader:
    """Reads one app after the other, in several threads.

    Args:
        total: number of apps, for lines of progress.

    Attributes:
        errors (dict[str, str]): by the name of the app, why it could not be read as a whole.
        keys (list[str]): the API keys that were asked with, or could have been.
    """

    def __init__(self, run: ModuleRun, apps: Apps, total: int) -> None:
        self.errors: dict[str, str] = {}
        self.keys: list[str] = []
        self._total = total
        self._done = 0
        self._told_at = time.monotonic()
        self._lock = threading.Lock()
        self._run = run
        self._apps = apps
        self._deployments = Deployments(apps)
        self._secrets = Secrets(apps)
        self._links = SecretLinks(apps)

    def read(self, listed: Mapping[str, Any]) -> App | None:
        """What there is to tell of an app of the list; None when it was deleted in between."""
        found: App = {
            "id": listed["id"],
            "name": listed["name"],
            "region": region_in(listed),
            "tags": listed.get("tags") or {},
            **dict.fromkeys(VERSION_FIELDS),
            "runs": None,
            "deployment": None,
            "up_to_date": None,
            "reason": None,
            "paused": bool(listed.get("paused_at")),
            "paused_at": listed.get("paused_at"),
            "serving": None,
        }
        try:
            app = self._apps.get(listed["id"])
            if app is None:
                return None
            self._describe(app, found)
        except SpiceError as error:
            self.errors[found["name"]] = str(error)
        self._count()
        return found

    def _count(self) -> None:
        """Tells now and then how far it is."""
        with self._lock:
            self._done += 1
            is_due = time.monotonic() - self._told_at >= PROGRESS_INTERVAL
            self._told_at = time.monotonic() if is_due else self._told_at
            line = f"{self._done} of {self._total} apps are read"
        if is_due:
            self._run.progress(line)

    def _describe(self, app: Mapping[str, Any], found: App) -> None:
        found.update({field.name: field.read(app) for field in FIELDS if field.name in VERSION_FIELDS})
        found.update(region=region_in(app), paused=bool(app.get("paused_at")), paused_at=app.get("paused_at"))
        recent = self._deployments.recent(app["id"], RECENT)
        latest = newest(recent)
        if latest:
            found["deployment"] = {name: latest.get(name) for name in DEPLOYMENT}
            tags = [one.get("image_tag") or UNKNOWN for one in recent if one["status"] == "succeeded"]
            found["runs"] = tags[0] if tags and not found["paused"] else None
        if self._run.params["runtime"]:
            found["serving"] = self._is_serving(app, found)
        found["up_to_date"], found["reason"] = self._up_to_date(app, latest)

    def _up_to_date(self, app: Mapping[str, Any], latest: Mapping[str, Any] | None) -> tuple[bool | None, str | None]:
        """Whether what is configured is what was deployed last, and why not; None where nobody can tell."""
        if latest is None:
            return (False, NEVER) if is_hosted(app) else (None, None)
        if latest["status"] == "failed":
            return False, f"deployment {latest['id']} failed"
        if stamp_in(latest) is None:
            return None, FOREIGN
        secrets: list[dict[str, Any]] = [dict(secret) for secret in self._secrets.all(app["id"])]
        is_same = _is_stamp_of(latest, app, Provided(secrets))
        if not is_same or names_others(app, secrets):
            links = self._links.names_if_told(app["id"]) or []
            is_same = _is_stamp_of(latest, app, Provided(secrets, links))
        return is_same, None if is_same else OUTDATED

    def _is_serving(self, app: Mapping[str, Any], found: App) -> bool | None:
        """Whether the runtime says that it is ready. One that cannot be asked does not serve."""
        if not is_hosted(app):
            return None
        if not found["runs"]:
            return False
        try:
            runtime = AppRuntime(self._run, app, caller_polls=True)
            self.keys += runtime.keys
            return runtime.status(Asked(datasets=False)).ready
        except SpiceError as error:
            self.errors[found["name"]] = str(error)
            return False


def _is_stamp_of(deployment: Mapping[str, Any], app: Mapping[str, Any], provided: Provided) -> bool:
    """Whether a deployment runs the app as it is, with what is provided to it."""
    secrets = [dict(secret) for secret in provided.secrets]
    overrides = overrides_of(dict(app), secrets, list(provided.links), dict(deployment))
    return stamp_of(app, provided, overrides) == stamp_in(deployment)
