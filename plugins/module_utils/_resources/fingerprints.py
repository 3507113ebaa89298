# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Keyed fingerprints of secret values, kept in the app's tags: how a task knows that a value it cannot read is still the one it wrote.

A fingerprint is an HMAC under a key of the user, never a plain hash: without the key a tag tells nothing about a weak password. Beside it stands the
server's ``updated_at`` of that write: another one means that somebody else wrote the secret since.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import re

PREFIX = "ansible.secret/"
LONGEST_TAG_KEY = 63  # characters; the rule for tags of the vendor's GitHub action
BITS = 128


def tag_key(name):
    """str: the tag of the secret ``name``; a name too long for a tag is replaced by its hash (the name is no secret)."""
    key = PREFIX + name
    return key if len(key) <= LONGEST_TAG_KEY else PREFIX + "sha256-" + hashlib.sha256(name.encode()).hexdigest()[:32]


def fingerprint(key, app_id, name, value):
    """str: 22 characters; the app and the name count, so that equal values do not look equal."""
    message = json.dumps([app_id, name, value]).encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()[:BITS // 8]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def tag_value(mark, updated_at):
    """str: a fingerprint with the time of the write.

    Args:
        mark (str): the fingerprint. updated_at (str): ISO 8601, as the API gives it.
    """
    return "%s@%d" % (mark, _milliseconds(updated_at))


def _milliseconds(text):
    # The fraction is cut, not rounded: the list and the answer to a write may differ in digits.
    whole, fraction, zone = re.fullmatch(r"(.{19})(?:\.(\d+))?(.*)", text).groups()
    moment = datetime.datetime.strptime(whole + (zone or "Z"), "%Y-%m-%dT%H:%M:%S%z")
    return int(moment.timestamp()) * 1000 + int(((fraction or "") + "000")[:3])
