# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bodies the fake cloud takes: the keys, and the form of each value.

The form is checked and nothing else. That a region, an image or a cluster exists is not, because a unit test chooses
them freely.
"""

from __future__ import annotations

import json
import re


class Refusal(Exception):
    """An answer other than 2xx; ``more`` holds further keys of its body."""

    def __init__(self, status, error, **more):
        super().__init__(error)
        self.answer = status, {"error": error, **more}


def invalid(error, *forms, **fields):
    """Refusal: a 400 that blames the body as a whole (``forms``) or some of its fields."""
    return Refusal(
        400,
        error,
        details={"fieldErrors": {field: [blame] for field, blame in fields.items()}, "formErrors": list(forms)},
    )


def string(pattern=".*"):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def one_of(*values):
    return lambda value: isinstance(value, str) and value in values


def whole(lowest, greatest):
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= greatest


def nullable(check):
    return lambda value: value is None or check(value)


def mapping(value):
    return isinstance(value, dict)


def tags(value):
    return (
        mapping(value)
        and all(map(string("[A-Za-z][A-Za-z0-9_./-]{0,62}"), value))
        and all(map(string("[A-Za-z0-9_@-]{0,256}"), value.values()))
    )


def roles(value):
    return isinstance(value, list) and value and all(map(one_of("owner", "admin", "member", "viewer"), value))


def pod(value):
    return isinstance(value, (str, dict))


def boolean(value):
    return isinstance(value, bool)


def storage(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


_CHANNELS = ("stable", "preview", "nightly", "internal")
_OF_AN_APP = {
    "description": string(),
    "visibility": one_of("public", "private"),
    "tags": tags,
    "region": string(),
    "cluster_name": nullable(string()),
    "replicas": whole(1, 10),
    "resources": nullable(mapping),
    "executor": nullable(mapping),
    "update_channel": one_of(*_CHANNELS, "internal-sandbox"),
    "storage_size_gb": storage,
}
FIELDS = {
    "CreateApp": {
        **_OF_AN_APP,
        "name": string("[a-zA-Z0-9-]{4,38}"),
        "cname": string(),
        "default_alerts": boolean,
    },
    "UpdateApp": {
        **_OF_AN_APP,
        "production_branch": string(),
        "spicepod": pod,
        "registry": string(),
        "image": string(),
        "image_tag": nullable(string()),
        "version": string("[0-9A-Za-z.*^~<>=| +-]{0,64}"),
        "node_group": string(),
        "storage_claim_size_gb": storage,
    },
    "CreateDeployment": {
        "image_tag": string(),
        "channel": one_of(*_CHANNELS),
        "replicas": whole(1, 10),
        "branch": string(),
        "commit_sha": string(),
        "commit_message": string(),
        "debug": boolean,
    },
    "WriteSecret": {"name": string("[a-zA-Z_][a-zA-Z0-9_]*"), "value": string()},
    "RegenerateKey": {"key_number": whole(0, 2)},
    "AddMember": {"username": string(".+"), "roles": roles},
    "ChangeMember": {"roles": roles},
    "Nothing": {},
    "ForkApp": {
        "name": string("[a-zA-Z0-9-]{4,38}"),
        "region": string(),
        "cluster_name": string(),
        "scheduler_state_location": string("s3://.+"),
    },
}
REQUIRED = {
    "CreateApp": ("name",),
    "WriteSecret": ("name", "value"),
    "AddMember": ("username",),
    "ChangeMember": ("roles",),
}
MAY_BE_MISSING = ("CreateDeployment", "RegenerateKey", "Nothing", "ForkApp")


def parse(raw):
    """Any: the JSON document, or ... when it is none."""
    try:
        return json.loads(raw or "")
    except ValueError:
        return ...


def read(form, raw, strict):
    """dict: the body; some forms may be missing. If strict, it is checked against FIELDS.

    Raises Refusal.
    """
    if not raw and form in MAY_BE_MISSING:
        return {}
    body = parse(raw)
    if body is ...:
        raise invalid("Invalid JSON body", "The body is not valid JSON")
    if not isinstance(body, dict):
        raise invalid("Invalid request body", "Expected a JSON object")
    if not strict:
        return body
    checks = FIELDS[form]
    blamed = dict.fromkeys(set(REQUIRED.get(form, ())) - set(body), "Required")
    blamed.update(dict.fromkeys(set(body) - set(checks), "Unrecognized key"))
    blamed.update(dict.fromkeys([key for key in body if key in checks and not checks[key](body[key])], "Invalid input"))
    if blamed:
        raise invalid("Invalid request body", **blamed)
    return body
