# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Keyed fingerprints of secret values, kept in the app's tags: how a task knows that a value it cannot read is still
the one it wrote.

A fingerprint is an HMAC under a key of the user, never a plain hash: without the key a tag tells nothing about a weak
password. Beside it stands the server's ``updated_at`` of that write: another one means that somebody else wrote the
secret since.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import re

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import UnexpectedAnswer

PREFIX = "ansible.secret/"
MAX_TAG_KEY_LENGTH = 63  # characters; the rule for tags of the vendor's GitHub action
BITS = 128
# Compiled here, once for all forks of a run; strptime would compile its own in each of them.
MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-]\d\d):?(\d\d))?", re.ASCII)


def tag_key(name: str) -> str:
    """The tag of the secret ``name``; a name too long for a tag is replaced by its hash (the name is no secret)."""
    key = PREFIX + name
    return (
        key if len(key) <= MAX_TAG_KEY_LENGTH else PREFIX + "sha256-" + hashlib.sha256(name.encode()).hexdigest()[:32]
    )


def fingerprint(key: str, app_id: int | None, name: str, value: str) -> str:
    """22 characters; the app and the name count, so that equal values do not look equal.

    Args:
        key: of the user. app_id: of the app; None for one that only a plan assumes. name: of the secret. value: in
            clear.
    """
    message = json.dumps([app_id, name, value]).encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()[: BITS // 8]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def tag_value(mark: str, updated_at: str) -> str:
    """A fingerprint with the time of the write.

    Args:
        mark: the fingerprint. updated_at: ISO 8601, as the API gives it.

    Raises:
        UnexpectedAnswer: the time has another form.
    """
    return f"{mark}@{_milliseconds(updated_at)}"


def _milliseconds(text: str) -> int:
    """Milliseconds since the epoch."""
    found = MOMENT.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        whole, fraction, hours, minutes = found.groups()
        moment = datetime.datetime.fromisoformat(f"{whole}{hours or '+00'}:{minutes or '00'}")
    except ValueError:
        raise UnexpectedAnswer(f"The API gave a time in an unknown form: {text[:40]!r}; check `api_url`.") from None
    # The fraction is cut, not rounded: the list and the answer to a write may differ in digits.
    return int(moment.timestamp()) * 1000 + int(((fraction or "") + "000")[:3])
