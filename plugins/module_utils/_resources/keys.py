# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The two API keys of an app: a slot that must hold a key, a new key, a leaked key that must stop working."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import ApiKeys
from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import (
    UNCHANGED,
    UPDATED,
    Change,
    apply_one,
    send_once,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import require_app
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

SLOTS = (1, 2)
EMPTY: Keys = {1: None, 2: None}
PREDICTED = "a key that only a real run makes"  # stands for a new key in a plan


def run_key(run: ModuleRun) -> Result:
    """The result of spice_api_key. Raises SpiceError."""
    params = run.params
    if params["state"] == "revoked" and not params["value"]:
        raise InvalidOption("`value` must hold the key that is to be revoked.")
    apps = Apps(run.client)
    app = require_app(run, apps)
    api = ApiKeys(apps)
    before = dict(EMPTY) if app is None else api.get(app["id"])
    slot = _slot_to_renew(params, before, app is None)
    number: int = slot or params["key_number"] or 1
    hide_keys(run, before, number if params["reveal"] and slot is None else None)
    change = Change(f"key {number}", f"API key {number}", UNCHANGED, {"keys": before}, {"keys": before})
    if slot is not None:
        change = plan_renewal(run, api, app, slot, before)
    after: Keys = (apply_one(run, change) or {})["keys"]
    hide_keys(run, after, number if params["reveal"] else None)
    result = {
        "changed": change.outcome != UNCHANGED,
        "api_key": to_result(number, after, params["reveal"]),
        "other_api_key": to_result(3 - number, after, False),
    }
    if run.diff_mode:
        result["diff"] = {
            "before": dump(to_diff(before)),
            "after": dump(to_diff(after)),
            "before_header": "API keys",
            "after_header": "API keys",
        }
    return result


def read_keys(run: ModuleRun, reveal: bool) -> list[dict[str, Any]]:
    """Both slots, for the info module. Raises SpiceError."""
    apps = Apps(run.client)
    app = require_app(run, apps)
    keys = EMPTY if app is None else ApiKeys(apps).get(app["id"])
    if not reveal:
        hide_keys(run, keys, None)
    return [to_result(number, keys, reveal) for number in SLOTS]


def plan_renewal(run: ModuleRun, api: ApiKeys, app: Mapping[str, Any] | None, slot: int, before: Keys) -> Change:
    """The change that gives a slot a new key. Its items hold both keys as ``keys``.

    Args:
        run: who asks. api: the routes. app: whose key; None for one that only a plan assumes.
        slot: the key number. before: the keys that are known so far.
    """

    def send() -> dict[str, Any]:
        return {"keys": regenerate(run, api, (app or {})["id"], slot, before)}

    predicted = {**before, slot: PREDICTED}
    return Change(f"key {slot}", f"API key {slot}", UPDATED, {"keys": before}, {"keys": predicted}, send)


def regenerate(
    run: ModuleRun, api: ApiKeys, app_id: int, slot: int, before: Keys, check: Callable[[], None] = lambda: None
) -> Keys:
    """The keys after the slot got a new one.

    After a lost answer they are read: a second regeneration is sent only if the first did not happen.

    Args:
        run: who asks. api: the routes. app_id: of the app. slot: the key number. before: the keys that are known so
            far.

    Raises:
        ApiError
    """

    def find(error: ApiError) -> Keys | None:
        now = api.get(app_id)
        return now if now[slot] != before[slot] else None

    def too_late(error: ApiError) -> ApiError:
        # Sent again now, both could happen, and the key that this task returned would stop working.
        fingerprint = fingerprint_of(before[slot]) or "none"
        return error.explained(
            f"It is not known whether key {slot} gets a new value: the server did not answer in time, and may still do "
            f"it. Look with spiceai.cloud.spice_api_key_info in a minute: the fingerprint was {fingerprint}. ({error})"
        )

    keys: Keys = send_once(run.client, lambda: api.regenerate(app_id, slot, check), find, too_late=too_late).item
    return keys


def hide_keys(run: ModuleRun, keys: Keys, except_slot: int | None) -> None:
    """Keeps the keys out of everything that is shown, but the one in this slot.

    What is not asked for must not appear anywhere, whatever the server puts into a message.
    """
    for number, key in keys.items():
        if key and key != PREDICTED and number != except_slot:
            run.redactor.add(key)


def to_result(number: int, keys: Keys, reveal: bool) -> dict[str, Any]:
    """A slot by number and fingerprint, which is None for an empty slot and for a key that a plan predicts."""
    key = None if keys[number] == PREDICTED else keys[number]
    slot = {"key_number": number, "fingerprint": fingerprint_of(key)}
    return dict(slot, value=key) if reveal else slot


def to_diff(keys: Keys) -> dict[str, str]:
    """What a diff shows: fingerprints, never a key."""
    return {
        f"key {number}": "a new key" if keys[number] == PREDICTED else fingerprint_of(keys[number]) or "none"
        for number in SLOTS
    }


def fingerprint_of(key: str | None) -> str | None:
    """The first 12 hexadecimal digits of the key's SHA-256; None without a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12] if key else None


def _slot_to_renew(params: Mapping[str, Any], keys: Keys, is_assumed: bool) -> int | None:
    """The slot that gets a new key; None when nothing is to be done."""
    if params["state"] == "regenerated":
        return int(params["key_number"])
    if params["state"] == "present":
        number: int = params["key_number"]
        # A new app comes with its first key.
        has_key = bool(keys[number]) or (is_assumed and number == 1)
        return None if has_key else number
    value = params["value"].encode()
    return next((number for number in SLOTS if hmac.compare_digest((keys[number] or "").encode(), value)), None)
