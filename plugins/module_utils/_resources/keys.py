# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The two API keys of an app: a slot that must hold a key, a new key, a leaked key that must die."""

from __future__ import annotations

import hashlib
import hmac

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import dump
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent

SLOTS = (1, 2)
EMPTY = {1: None, 2: None}


def converge_key(task):
    """dict: the result of spice_api_key.

    Raises:
        Refused, ApiError
    """
    params = task.params
    if params["state"] == "revoked" and not params["value"]:
        raise Refused("`value` must hold the key that is to be revoked.")
    task.client.hide(params["value"] or "")
    apps = Apps(task.client)
    app = find_parent(task, apps)
    keys = Keys(apps)
    before = EMPTY if app is None else keys.get(app["id"])
    slot = _slot_to_renew(params, before, app is None)
    number = slot or params["key_number"] or 1
    hide_keys(task, before, number if params["reveal"] and slot is None else None)
    after = before
    if slot is not None and not task.check_mode:
        after = regenerate(task, keys, app["id"], slot, before)
        task.wrote = True
        hide_keys(task, after, number if params["reveal"] else None)
    predicted = slot if task.check_mode else None
    result = {
        "changed": slot is not None,
        "api_key": shown(number, after, params["reveal"], predicted),
        "other_api_key": shown(3 - number, after, False, predicted),
    }
    if task.diff_mode:
        result["diff"] = {"before": fingerprints(before, None), "after": fingerprints(after, predicted), "before_header": "API keys",
                          "after_header": "API keys"}
    return result


def read_keys(task, reveal):
    """list[dict]: both slots, for the info module."""
    apps = Apps(task.client)
    app = find_parent(task, apps)
    keys = EMPTY if app is None else Keys(apps).get(app["id"])
    if not reveal:
        hide_keys(task, keys, None)
    return [shown(number, keys, reveal) for number in SLOTS]


def shown(number, keys, reveal, predicted=None):
    """dict: a slot by number and fingerprint; ``predicted`` is a slot whose new key check mode cannot know."""
    key = None if number == predicted else keys[number]
    slot = {"key_number": number, "fingerprint": hashlib.sha256(key.encode()).hexdigest()[:12] if key else None}
    return dict(slot, value=key) if reveal else slot


def _slot_to_renew(params, keys, is_predicted):
    """int | None: the slot that gets a new key."""
    if params["state"] == "present":
        if is_predicted and params["key_number"] == 1:
            return None  # a new app comes with its first key
        return None if keys[params["key_number"]] else params["key_number"]
    if params["state"] == "regenerated":
        return params["key_number"]
    return next((number for number in SLOTS if keys[number] and hmac.compare_digest(keys[number].encode(), params["value"].encode())), None)


def regenerate(task, keys, app_id, slot, before, check=None):
    """dict: the keys after the slot got a new one; ``before`` are those known so far.

    After a lost answer they are read: a second regeneration is sent only if the first did not happen. ``check`` as in :meth:`Keys.regenerate`.
    """
    error = None
    for attempt in range(task.client.config.retries + 1):
        try:
            return keys.regenerate(app_id, slot, check)
        except ApiError as failed:
            if not failed.outcome_unknown:
                raise
            error = failed
        now = keys.get(app_id)
        if now[slot] != before[slot]:
            return now
        if error.may_come_later:
            error.args = ("It is not known whether key %d gets a new value: the server did not answer in time, and may still do it. Look with "
                          "spiceai.cloud.spice_api_key_info in a minute: the fingerprint was %s. (%s)" % (
                              slot, shown(slot, before, False)["fingerprint"] or "none", error),)
            break  # sent again now, both could happen, and the key that this task returned would be dead
        if attempt < task.client.config.retries:
            task.client.pause(attempt, None, error)
    raise error


def hide_keys(task, keys, except_slot):
    """Keeps the keys out of everything, but the one in this slot (int | None)."""
    # What is not asked for must not appear anywhere, whatever the server puts into a message.
    for number, key in keys.items():
        if key and number != except_slot:
            task.client.hide(key)


def fingerprints(keys, predicted):
    """str: what a diff shows; ``predicted`` is a slot whose new key check mode cannot know."""
    return dump({"key %d" % number: "a new key" if number == predicted else shown(number, keys, False)["fingerprint"] or "none" for number in SLOTS})
