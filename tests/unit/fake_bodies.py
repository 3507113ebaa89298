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


def list_of(check, most):
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(check, value))


def closed(value, checks):
    return mapping(value) and set(value) <= set(checks) and all(checks[name](value[name]) for name in value)


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
_SPEC = {
    "op": one_of("GT", "GEQ", "LT", "LEQ", "EQ", "NEQ"),
    "threshold": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "window": one_of("1m", "5m", "15m", "30m", "1h"),
    "sustainSecs": whole(0, 86400),
    "severity": one_of("warn", "critical"),
    "includeDetails": boolean,
    "dataset": string(".+"),
    "datasets": list_of(string(".+"), 20),
}
_TARGETS = {
    "email": {"emails": list_of(string(r"[^@\s]+@[^@\s]+"), 20), "recipientUserIds": list_of(whole(1, 10**9), 50)},
    "slack": {"channelId": string(".+")},
    "http": {"url": string("https://.+"), "method": one_of("POST", "PUT", "PATCH"), "token": string(".+")},
}


def spec(value):
    return closed(value, _SPEC) and {"op", "threshold"} <= set(value)


def target(value):
    kind = mapping(value) and value.get("type")
    return kind in _TARGETS and closed({name: value[name] for name in value if name != "type"}, _TARGETS[kind])


def targets(value):
    return list_of(target, 3)(value) and 0 < len(value) == len({one["type"] for one in value})


FIELDS["UpdateMonitor"] = {
    "name": string(".+"),
    "description": nullable(string()),
    "status": one_of("active", "disabled"),
    "templateId": string(),
    "spec": spec,
    "targets": targets,
}
FIELDS["CreateMonitor"] = {name: check for name, check in FIELDS["UpdateMonitor"].items() if name != "status"}
REQUIRED = {
    "CreateApp": ("name",),
    "WriteSecret": ("name", "value"),
    "AddMember": ("username",),
    "ChangeMember": ("roles",),
}
REQUIRED["CreateMonitor"] = ("name", "templateId", "spec")
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
