# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The rotation of an app's API keys without downtime, in two steps between which the user publishes the new key.

One key is active: clients hold it. The other one is spare: nobody holds it. A rotation makes the spare key anew, has it published, then retires the former
one by making that anew too. Where a rotation stands is kept in one tag of the app, ``ansible.active-api-key``: ``1`` or ``2`` is the active key;
``2-publishing`` is a rotation to key 2 under way, in which some clients may hold key 1 and some key 2 already. It is written before the first client
gets the new key, and again only after the former key is dead. So whoever dies in between is followed by a run that publishes the same key once more.
"""

from __future__ import annotations

import re

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.keys import Keys
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import dump
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.keys import (
    EMPTY,
    SLOTS,
    hide_keys,
    regenerate,
    shown,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.tags import write_tags

TAG = "ansible.active-api-key"
STATE = re.compile(r"([12])(-publishing)?")
FIRST = 1  # a new app comes with its first key, so that is what clients hold


class Rotation:
    """One step of a rotation.

    Args:
        task (Task): options ``app``, ``app_id``, ``step``, ``active``, ``reveal``.
    """

    def __init__(self, task):
        self._task = task
        self._apps = Apps(task.client)
        self._keys = Keys(self._apps)

    def run(self):
        """dict: the result.

        Raises:
            Refused: the key that is said to be active does not exist, or the app is gone. ApiError.
        """
        task = self._task
        self._app = find_parent(task, self._apps)
        self._before = self._now = EMPTY if self._app is None else self._keys.get(self._app["id"])
        recorded = ((self._app or {}).get("tags") or {}).get(TAG)
        state = STATE.fullmatch(recorded or "")
        self._state = recorded if state else None
        self._predicted = None
        under_way = bool(state and state.group(2))
        active = int(state.group(1)) if state else self._guess()
        new = active if under_way else 3 - active
        reveal = task.params["reveal"] and task.params["step"] == "start"
        hide_keys(task, self._before, new if reveal and under_way else None)
        if task.params["step"] == "start":
            changed = self._resume(new) if under_way else self._start(active, new, state is not None)
        else:
            changed = under_way and self._finish(new)
        hide_keys(task, self._now, new if reveal else None)
        # After a finish, and where there was nothing to finish, the key that clients hold is the one that is told.
        number = new if under_way or task.params["step"] == "start" else active
        rotation = dict(shown(number, self._now, reveal, self._predicted), former_key_number=3 - number, resumed=under_way,
                        under_way=task.params["step"] == "start")
        result = {"changed": changed, "rotation": rotation}
        if task.diff_mode:
            result["diff"] = {"before": self._view(self._before, recorded), "after": self._view(self._now, self._state), "before_header": "API keys",
                              "after_header": "API keys"}
        return result

    def _guess(self):
        """int: the active key as the user says, for nothing is recorded."""
        asked = self._task.params["active"]
        active = FIRST if asked == "auto" else int(asked)
        if self._app is not None and not self._before[active]:
            raise Refused("Slot %d of app %s holds no key, so no client can have it; set `active` to the slot whose key the clients hold." % (
                active, self._app["name"]))
        return active

    def _start(self, active, new, is_recorded):
        if is_recorded and self._task.params["active"] not in ("auto", str(active)):
            self._task.warn("`active` says %s, but the last rotation of app %s recorded that key %d is in use, and that counts." % (
                self._task.params["active"], self._app["name"], active))
        self._predicted = new if self._task.check_mode else None
        if not self._task.check_mode:
            if not is_recorded:
                # Where the plan has no tags, that shows before any key is touched.
                self._record(str(active))
            self._renew(new)
            self._record("%d-publishing" % new)
        self._state = "%d-publishing" % new
        return True

    def _resume(self, new):
        """bool: changed. The key that some clients may hold already stays as it is."""
        if self._before[new]:
            return False
        self._predicted = new if self._task.check_mode else None
        if not self._task.check_mode:
            self._renew(new)
        return True

    def _finish(self, new):
        self._predicted = 3 - new if self._task.check_mode else None
        if not self._task.check_mode:
            self._renew(3 - new)
            self._record(str(new))
        self._state = str(new)
        return True

    def _renew(self, slot):
        self._now = regenerate(self._task, self._keys, self._app["id"], slot, self._before)
        self._task.wrote = True

    def _record(self, state):
        try:
            write_tags(self._apps, self._app, {TAG: state})
        except ApiError as error:
            error.args = ("Where the rotation of app %s stands could not be kept as its tag %s%s: %s" % (
                self._app["name"], TAG, ", and without a tag no rotation could be resumed" if error.status in (400, 402, 403) else "", error),)
            raise
        self._task.wrote = True

    def _view(self, keys, state):
        """str: fingerprints and the record, never a key."""
        view = {"key %d" % number: "a new key" if number == self._predicted and keys is self._now and state == self._state
                else shown(number, keys, False)["fingerprint"] or "none" for number in SLOTS}
        return dump(dict(view, **({TAG: state} if state else {})))
