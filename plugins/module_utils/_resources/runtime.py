# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an app really serves: whether its runtime takes the key, is ready, and has the datasets of the spicepod.

A *look* is ``{url, key_number, accepted, ready, datasets, models}``; the lists are empty where nothing is deployed.

Source: Spice.ai Cloud documentation, runtime API, for the states of a dataset, which come in any case of letters. Refreshing counts as ready: the
dataset has data and gets newer ones. The first key of an app or its move to a cluster reaches the runtime a moment after the Management API tells of it.
"""

from __future__ import annotations

import time

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._api.runtime import Runtime
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import parse_mapping
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent
from ansible_collections.spiceai.cloud.plugins.module_utils._runtime_client import RuntimeClient

POLL = 2.0  # seconds
LONGEST_POLL = 15.0
GROWTH = 1.5
LONGEST_WORDS = 200  # characters
TELL_EVERY = 30.0  # seconds between two lines of progress of one and the same reason
SERVING = ("ready", "refreshing")
PART = ("name", "from", "status", "error_message")
# What may go by itself: a key or an endpoint that is not in force yet, a gateway that does not reach the runtime, an answer that broke off.
PASSING = (None, 200, 401, 404, 408, 429)


def address_of(app):
    """str: where the app answers.

    Raises:
        Refused: nowhere.
    """
    if app.get("endpoint"):
        return app["endpoint"]
    region = app.get("region") or (app.get("config") or {}).get("region")
    host = app.get("cname") or (region and region + "-prod-aws-data")
    if not host:
        raise Refused("App %s is standalone: Spice.ai Cloud does not run it, so it has no runtime to ask there." % app["name"])
    return "https://%s.spiceai.io" % host


class AppRuntime:
    """The runtime of an app, with one of its keys; making it asks for the keys and for nothing else.

    Args:
        task (Task). app (dict): as the API gives it. key_number (int | None): None takes the first slot that holds a key.
        polled (bool): the caller asks again by itself, so requests are not repeated.

    Raises:
        Refused: it has no address, or no such key. ApiError.
    """

    def __init__(self, task, app, key_number=None, polled=False):
        self.url = address_of(app)
        keys = Keys(Apps(task.client)).get(app["id"])
        for key in keys.values():
            task.client.hide(key or "")
        self.key_number = key_number or next((number for number in sorted(keys) if keys[number]), 1)
        if not keys[self.key_number]:
            raise Refused("App %s has no API key %d; generate it with spiceai.cloud.spice_api_key%s." % (
                app["name"], self.key_number, ", or give another `key_number`" if any(keys.values()) else ""))
        self.url = self.url.rstrip("/")
        self._scrubbed = task.client.scrubbed
        self._runtime = Runtime(RuntimeClient(task.client, "the `endpoint` of app %s" % app["name"], self.url, keys[self.key_number], polled))

    def look(self, datasets=True, models=False):
        """(dict, str | None): a look, and what the runtime says when it is not ready. Raises ApiError; 401 when it does not take the key."""
        waits_for = self._runtime.ready()
        look = dict(self.unseen(), accepted=True, ready=waits_for is None)
        for kind, wanted in (("datasets", datasets), ("models", models)):
            if wanted:
                look[kind] = [self._scrubbed({field: part.get(field) for field in PART}) for part in self._runtime.parts(kind)]
        return look, waits_for and self._scrubbed(waits_for)[:LONGEST_WORDS]

    def unseen(self):
        """dict: the look of somebody who could not look."""
        return {"url": self.url, "key_number": self.key_number, "accepted": False, "ready": False, "datasets": [], "models": []}

    def sql(self, query, reads):
        """list[dict]: the rows. Raises ApiError."""
        return self._runtime.sql(query, reads)


def look_at(task, app, key_number=None, datasets=True, models=False):
    """dict: one look without waiting.

    Args:
        task (Task). app (dict): as the API gives it, not fetched again. key_number (int | None). datasets, models (bool): ask for them too.

    Raises:
        Refused; ApiError: 401 when the runtime does not take the key.
    """
    return AppRuntime(task, app, key_number).look(datasets, models)[0]


def wait_until_serving(task, app, timeout, datasets=True, key_number=None, models=False, interval=POLL):
    """dict: the look in which the runtime is ready and every dataset of the app's spicepod is served.

    Args:
        task (Task). app (dict): as the API gives it, with its config; not fetched again. timeout, interval (float): seconds; the interval grows.
        datasets (bool): whether the datasets must be served. key_number (int | None). models (bool): ask for them too.

    Raises:
        Refused: not in time, or a dataset is in Error; ``partial`` holds the last look as ``runtime``, and ``waited_seconds``. ApiError.
    """
    began = time.monotonic()
    runtime = AppRuntime(task, app, key_number, polled=True)
    look, told = runtime.unseen(), (None, 0.0)
    while True:
        fatal = False
        try:
            look, waits_for = runtime.look(datasets, models)
            problems = serving_problems(app, look) if datasets else []
            if waits_for is None and not problems:
                return look
            reason = "; ".join(problem.text for problem in problems) or "the runtime is not ready (%s)" % waits_for
            fatal = any(problem.fatal for problem in problems)
        except ApiError as error:
            look, reason = runtime.unseen(), str(error)
            if error.status not in PASSING and error.status < 500:
                error.partial = _partial(look, began)
                raise
        elapsed = time.monotonic() - began
        if fatal or elapsed >= timeout:
            raise Refused("App %s does not serve what it should%s: %s.%s" % (
                app["name"], "" if fatal else " after %d seconds" % elapsed, reason.rstrip("."),
                " Deploy what is configured with spiceai.cloud.spice_deployment, or wait longer." if look["accepted"] and not fatal else ""),
                _partial(look, began))
        if reason != told[0] or elapsed - told[1] >= TELL_EVERY:
            told = (reason, elapsed)
            task.progress("app %s: waiting for %d s: %s" % (app["name"], elapsed, reason))
        time.sleep(min(interval, timeout - elapsed))
        interval = max(interval, min(interval * GROWTH, LONGEST_POLL))


class Problem:
    """Why a dataset is not served as the spicepod says. Attributes: text (str); fatal (bool): waiting does not help."""

    def __init__(self, text, fatal=False):
        self.text = text
        self.fatal = fatal


def serving_problems(app, look):
    """list[Problem]: the datasets of the app's spicepod that the look does not show as served; empty when all is well.

    One with ``enabled: false`` need not be there. One that comes from elsewhere is of an older deployment, so its error is not that of the spicepod.
    """
    served = {part["name"]: part for part in look["datasets"]}
    problems = []
    for wanted in _datasets(app):
        name, part = wanted["name"], served.get(wanted["name"])
        if wanted.get("enabled") is False:
            continue
        if part is None:
            problems.append(Problem("dataset %s is not there yet" % name))
        elif _differ(wanted.get("from"), part["from"]):
            problems.append(Problem("dataset %s still comes from %s, not from %s" % (name, part["from"], wanted["from"])))
        elif _status(part) == "error":
            problems.append(Problem("dataset %s is in Error: %s" % (name, part["error_message"] or "no reason given"), fatal=True))
        elif _status(part) not in SERVING:
            problems.append(Problem("dataset %s is %s" % (name, part["status"] or "in no known state")))
    return problems


def read_runtime(task):
    """dict: the result of spice_runtime_info.

    Raises:
        Refused, ApiError
    """
    params = task.params
    for option in ("wait_timeout", "poll_interval"):
        if params[option] <= 0:
            raise Refused("`%s` must be more than 0 seconds, not %s." % (option, params[option]))
    began = time.monotonic()
    app = find_parent(task, Apps(task.client))
    asked = {"key_number": params["key_number"], "datasets": params["datasets"], "models": params["models"]}
    if app is None:
        look = {"url": None, "key_number": params["key_number"], "ready": False, "datasets": [], "models": []}
    elif params["wait"]:
        look = wait_until_serving(task, app, params["wait_timeout"], interval=params["poll_interval"], **asked)
    else:
        look = look_at(task, app, **asked)
    return dict(_partial(look, began), changed=False)


def _partial(look, began):
    # A result needs no `accepted`: a key that is not taken is a failure.
    return {"runtime": {key: value for key, value in look.items() if key != "accepted"}, "waited_seconds": round(time.monotonic() - began, 1)}


def _datasets(app):
    """The datasets that the spicepod names itself; others come from files that only the platform sees."""
    spicepod = (app.get("config") or {}).get("spicepod") or {}
    listed = parse_mapping("spicepod", spicepod).get("datasets")
    return [item for item in listed if isinstance(item, dict) and item.get("name")] if isinstance(listed, list) else []


def _differ(wanted, served):
    # A reference to a secret is shown in a form of the runtime's own.
    return bool(wanted and served and "${" not in wanted and wanted != served)


def _status(part):
    return str(part["status"] or "").casefold()
