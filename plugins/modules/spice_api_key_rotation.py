#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_api_key_rotation
short_description: Rotate the API keys of a Spice.ai Cloud app without downtime
version_added: 0.1.0
description:
  - An app has two API keys. One is active, clients hold it; the other one is spare, nobody holds it.
  - O(step=start) makes the spare key anew. Then publish it to the clients. O(step=finish) retires the former key by making that anew.
  - O(step=finish) needs proof that the clients have the new key. It refuses by itself if O(published) is not true, or if O(key_number) and O(fingerprint)
    are not those of the key that the app has now and that its record names. Then nothing is retired, and both keys stay alive.
  - Where a rotation stands is kept in the tag C(ansible.active-api-key) of the app, with the user, the host and the time of the run that wrote it. So a run
    that died anywhere is continued by the next one.
  - The role P(spiceai.cloud.api_key_rotation#role) does all of it; use that unless you need the steps apart.
  - The API does not say whether a request that it did not answer in time will still be carried out. Wait a minute before you run a rotation again that failed
    so.
notes:
  - B(Runs at the same time.) A key that was made for a rotation is never made anew by another run, because some client may hold it already. A run that finds
    a rotation under way whose key is there joins it, and returns the same key. A run that finds one whose key is not there yet takes it over. The other run
    notices that before it touches a key, and stops with the name of the run that took over.
  - Each run reads the record and the keys right before it makes a key, and before every retry of that request. It trusts its own record only after
    O(settle_time), because the API has no conditional write. So this holds as long as a request reaches the API within O(settle_time).
  - A run that joined may publish late. So after a rotation on which several runs worked, the next rotation starts at the earliest one hour after the last of
    them joined, or with O(take_over=true). A run that died and was continued counts as one of them, because nobody can tell that it died.
  - The API replaces the tags of an app as a whole. Whoever sets all tags of the app meanwhile with another tool can lose the record; a run notices that and
    starts over, but if the record is lost after a run died, the next run guesses the active key as in a first rotation.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.task
  - spiceai.cloud.spice.changing
options:
  app:
    description: Name of the app. An exact match counts first, then one without regard to case.
    type: str
  app_id:
    description: Id of the app, in place of its name.
    type: int
  step:
    description:
      - V(start) makes a new key, or joins a rotation that is under way. After a finished rotation it begins another one, so it is not idempotent.
      - V(read) returns the key that an earlier V(start) of the same run returned, and changes nothing. It fails if that key is no longer the one to publish.
      - V(finish) retires the former key. Changes nothing when another run has finished this rotation.
    type: str
    choices: [start, read, finish]
    required: true
  active:
    description: Which key the clients hold before the first rotation. V(auto) takes what the last rotation recorded, else the first. A record counts more.
    type: str
    choices: ["1", "2", auto]
    default: auto
  key_number:
    description:
      - The slot of the new key, as O(step=start) returned it in RV(rotation.key_number).
      - Required with O(step=read) and O(step=finish).
    type: int
    choices: [1, 2]
  fingerprint:
    description:
      - The fingerprint of the new key, as O(step=start) returned it in RV(rotation.fingerprint).
      - Required with O(step=read) and O(step=finish). In check mode it may be empty, because a plan does not know a key that would be made.
    type: str
  published:
    description:
      - Whether the clients have the key that O(key_number) and O(fingerprint) name. Give the result of the tasks that published it, and not a constant.
      - Required with O(step=finish), which refuses anything but V(true).
    type: bool
  reveal:
    description: Whether the result of O(step=start) and O(step=read) holds the new key itself. Set C(no_log=true) on such a task.
    type: bool
    default: false
  settle_time:
    description:
      - Seconds that O(step=start) waits after it wrote its record and before it makes or returns a key, so that another run is noticed. From 1 to 60.
      - Choose it longer than any request needs to reach the API.
    type: int
    default: 5
  take_over:
    description:
      - Whether O(step=start) may begin a rotation although a run that worked on the last one may still be publishing.
      - Set it only if no other rotation of this app is running.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Make the spare key of the sales app anew
  spiceai.cloud.spice_api_key_rotation:
    app: sales-analytics
    step: start
  register: started

- name: Read the new key
  spiceai.cloud.spice_api_key_rotation:
    app: sales-analytics
    step: read
    key_number: "{{ started.rotation.key_number }}"
    fingerprint: "{{ started.rotation.fingerprint }}"
    reveal: true
  register: new
  no_log: true

# Here your own tasks hand new.rotation.value to the clients.
- name: Write the key where the clients read it
  ansible.builtin.copy:
    content: "{{ new.rotation.value }}"
    dest: "{{ key_file }}"
    mode: "0600"
  register: written
  no_log: true

- name: Retire the former key
  spiceai.cloud.spice_api_key_rotation:
    app: sales-analytics
    step: finish
    key_number: "{{ started.rotation.key_number }}"
    fingerprint: "{{ started.rotation.fingerprint }}"
    published: "{{ written is succeeded }}"
"""

RETURN = r"""
rotation:
  description: Where the rotation stands.
  returned: success
  type: dict
  contains:
    key_number:
      description: The slot whose key clients are to hold from now on.
      type: int
      sample: 2
    fingerprint:
      description: First 12 hexadecimal digits of that key's SHA-256; null for a key that check mode only predicts.
      type: str
      sample: 5f70bf18a086
    former_key_number:
      description: The other slot.
      type: int
      sample: 1
    resumed:
      description: Whether the rotation had been started before this task, by this run or another one.
      type: bool
      sample: false
    under_way:
      description: Whether it still has to be finished.
      type: bool
      sample: true
    planned:
      description: Whether the task ran in check mode, so that this is what would be.
      type: bool
      sample: false
    app:
      description: Name of the app.
      type: str
      sample: sales-analytics
    app_id:
      description: Id of the app; null for an app that check mode only predicts.
      type: int
      sample: 7
    value:
      description: The new key itself.
      returned: O(reveal=true), with O(step=start) and O(step=read)
      type: str
api:
  description: What this task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests, repeats and the token exchange included.
      type: int
      sample: 2
    writes:
      description: Requests other than GET, without the token exchange.
      type: int
      sample: 0
    retries:
      description: Repeats.
      type: int
      sample: 0
failure:
  description: What the API answered. Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  contains:
    status:
      description: HTTP status; absent when there was no answer.
      type: int
      sample: 403
    code:
      description: The API's code.
      type: str
      sample: insufficient_scope
    message:
      description: The API's words.
      type: str
      sample: "Insufficient scope. Required: apps:write"
    details:
      description: The API's details of a refused body.
      type: dict
      sample: {"fieldErrors": {"spicepod": ["Invalid spicepod configuration"]}, "formErrors": []}
    method:
      description: Method of the request.
      type: str
      sample: PUT
    path:
      description: Path of the request.
      type: str
      sample: /v1/apps/7
    retries:
      description: How often it was repeated.
      type: int
      sample: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.keys import ROTATION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation import Rotation


def execute(run: ModuleRun) -> Result:
    result = Rotation(run).execute()
    result["rotation"]["planned"] = run.check_mode
    return result


SPEC = ModuleSpec("spice_api_key_rotation", execute, CONNECTION + APP_OF + ROTATION)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
