# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What must hold before a step of a rotation touches a key."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.models import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_record import (
    DONE,
    TAG,
    Record,
    moment,
)

LATE_SECONDS = 3600  # how long a run that joined a rotation may take to publish
MIN_SETTLE_TIME, MAX_SETTLE_TIME = 1, 60  # seconds


def check_options(run: ModuleRun) -> None:
    """Checks the options before the first request. Raises InvalidOption."""
    params = run.params
    if not MIN_SETTLE_TIME <= params["settle_time"] <= MAX_SETTLE_TIME:
        raise InvalidOption(
            f"`settle_time` is {params['settle_time']}; give {MIN_SETTLE_TIME} to {MAX_SETTLE_TIME} seconds."
        )
    if params["step"] == "start":
        return
    title = f"app {params['app']}" if params["app"] is not None else f"the app with id {params['app_id']}"
    # A plan cannot know the fingerprint of a key that would be created.
    if not params["key_number"] or not (params["fingerprint"] or run.may_assume()):
        raise InvalidOption(
            f"`key_number` and `fingerprint` must say which key of {title} was published: take both from the result of "
            "`step: start`. Nothing is retired."
        )
    if params["step"] == "finish" and not params["published"]:
        raise InvalidOption(
            f"Nobody confirmed that the clients of {title} have its key {params['key_number']} (`published` is not "
            "true), so "
            "nothing is retired and both keys stay alive. Let the publish tasks end with `ansible.builtin.set_fact: "
            "{api_key_rotation_published: true}`, and run the rotation again: it publishes the same key."
        )


def check_active(run: ModuleRun, name: str, record: Record | None, keys: Keys | None, active: int) -> None:
    """Whether the active key is the one that the user means.

    Args:
        run: whose options. name: of the app. record: where the rotation stands. keys: of the app; None for one that
            only a plan assumes. active: the slot whose key the clients hold.

    Raises:
        InvalidOption: no client can have it.
    """
    asked = run.params["active"]
    if record and asked not in ("auto", str(active)):
        run.warn(
            f"`active` says {asked}, but the last rotation of app {name} recorded that key {active} is in use, and "
            "that counts."
        )
    if keys is not None and not keys[active] and record:
        raise InvalidOption(
            f"The tag {TAG} of app {name} says that key {active} is in use, but slot {active} holds no key; a fork has "
            "the tags of its source and keys of its own. Set the tag to the slot whose key the clients hold."
        )
    if keys is not None and not keys[active]:
        raise InvalidOption(
            f"Slot {active} of app {name} holds no key, so no client can have it; set `active` to the slot whose key "
            "the clients hold."
        )


def check_late_runs(run: ModuleRun, name: str, record: Record | None) -> None:
    """Whether a run of the last rotation may still be publishing. Raises OperationFailed."""
    if not record or record.word != DONE or run.params["take_over"]:
        return
    end = record.since + LATE_SECONDS
    if time.time() < end:
        raise OperationFailed(
            f"Several runs worked on the last rotation of app {name} (the last one to join: {record.by}), and one of "
            f"them may still be publishing key {record.number}. Start the next rotation after {moment(end)}, or set "
            "`take_over: true` (role: api_key_rotation_take_over) if none of them is running any more."
        )


def check_key(params: Mapping[str, Any], name: str, number: int, active: int, there: str) -> None:
    """Whether the key that the options name is the one that clients are to hold.

    Args:
        params: the options. name: of the app. number: the slot. active: the slot that is recorded. there: the
            fingerprint of the key in the slot.

    Raises:
        OperationFailed: it is not.
    """
    if active != number:
        raise OperationFailed(
            f"Key {number} of app {name} is not the one that its clients are to hold: key {active} is. Another "
            "rotation ran meanwhile. Nothing is retired. Run the rotation again, so that the clients get the key that "
            "counts."
        )
    if not hmac.compare_digest(there.encode(), params["fingerprint"].encode()):
        raise OperationFailed(
            f"Key {number} of app {name} has the fingerprint {there}, and not {params['fingerprint'][:60]}: it is not "
            "the key that this rotation is about. Nothing is retired. Run the rotation again at once: it publishes the "
            "key that is in the slot now."
        )
