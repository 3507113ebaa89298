# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers of the API, as JSON Schemas made from compact facts of our own.

A fact is a name of a type in TYPES, with ``?`` behind it when the value may be null. A schema is closed, so that an
answer is checked to have nothing else.
"""

TYPES = {
    "int": {"type": "integer"},
    "num": {"type": "number"},
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
    "object": {"type": "object"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "tags": {"type": "object", "additionalProperties": {"type": "string"}},
    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
    "visibility": {"enum": ["public", "private"]},
    "status": {"enum": ["queued", "in_progress", "succeeded", "failed", "created"]},
    "channel": {"enum": ["stable", "enterprise"]},
    "update": {"enum": ["stable", "preview", "nightly", "internal", "internal-sandbox"]},
    "provider": {"enum": ["teraswitch", "aws", "azure"]},
    "provider_name": {"enum": ["Teraswitch", "AWS", "Azure"]},
    "mask": {"type": "string", "pattern": r"^\*+$"},
    "slot": {"enum": [0, 1, 2]},
}

APP = {
    "id": "int",
    "name": "text",
    "description": "text?",
    "visibility": "visibility",
    "created_at": "time",
    "region": "text?",
    "cname": "text?",
    "cluster_id": "text?",
    "cluster_name": "text?",
    "tags": "tags?",
    "endpoint": "text?",
    "kind": "text",
    "forked_from": "object?",
    "paused_at": "time?",
}
CONFIG = {
    "spicepod": "object?",
    "registry": "text?",
    "image": "text?",
    "image_tag": "text?",
    "update_channel": "update?",
    "version": "text?",
    "replicas": "int",
    "resources": "object?",
    "executor": "object?",
    "region": "text?",
    "node_group": "text?",
    "storage_claim_size_gb": "num?",
    "storage_size_gb": "num?",
}
DEPLOYMENT = {
    "id": "int",
    "status": "status",
    "created_at": "time",
    "started_at": "time?",
    "updated_at": "time?",
    "finished_at": "time?",
    "image_tag": "text?",
    "replicas": "int",
    "branch": "text?",
    "commit_sha": "text?",
    "commit_message": "text?",
    "error_message": "text?",
    "error_code": "text?",
    "creation_source": "text?",
    "created_by": "text?",
}
INSTANCE = {"name": "text", "status": "text", "started_at": "time"}
USED = {
    "cpu_usage_percent": "num?",
    "memory_usage_bytes": "int?",
    **dict.fromkeys(("disk_read_bytes", "disk_read_operations", "disk_write_bytes", "disk_write_operations"), "num?"),
}
INGESTION = {"rows_ingested": "int?", "bytes_ingested": "int?"}
CLUSTER_USE = {"active_executors_count": "int?"}
SECRET = {"id": "int", "name": "text", "value": "mask", "created_at": "time", "updated_at": "time"}
KEYS = {"api_key": "text?", "api_key_2": "text?"}
NEW_KEYS = {**KEYS, "regenerated_key": "slot"}
CHANGED_MEMBER = {"user_id": "int", "username": "text", "roles": "texts", "created_at": "time"}
MEMBER = {**CHANGED_MEMBER, "is_owner": "flag"}
REGION = {
    "name": "text",
    "region": "text",
    "provider": "provider",
    "providerName": "provider_name",
    "isDefault": "flag",
    "disabled": "flag",
}
IMAGE = {"name": "text", "tag": "text", "channel": "channel"}
LIMITS = {
    **dict.fromkeys(("apps", "replicas", "spicepods", "users", "api_rps", "request_timeout_secs"), "int"),
    "sql_query_timeout_secs": "int",
    "sql_concurrent_queries": "int",
    "resources": "object?",
}
CLUSTER = dict.fromkeys(("cluster_name", "region", "cloud_provider", "endpoint"), "text")
CLUSTER.update(created_at="time", updated_at="time")
ORG = {"id": "int", "name": "text", "role": "text"}
MONITOR = {
    "id": "text",
    "name": "text",
    "description": "text?",
    "status": "text",
    "template_id": "text",
    "last_fired_at": "time?",
    "last_resolved_at": "time?",
    "evaluation_unavailable_reason": "text?",
}
CONDITION = {
    "op": "text",
    "threshold": "num",
    "window": "text",
    "sustainSecs": "int",
    "severity": "text",
    "includeDetails": "flag",
}
TARGET = {"type": "object", "required": ["type"], "not": {"required": ["token"]}}
PAUSED = {"id": "int", "paused_at": "time"}
RESUMED = {"id": "int", "deployment_id": "int"}
HEALTH = {"status": "text", "timestamp": "time"}


def _type(fact):
    schema = TYPES[fact.rstrip("?")]
    return {"anyOf": [schema, {"type": "null"}]} if fact.endswith("?") else schema


def shape(facts, **nested):
    """A closed schema: all facts must be there, nothing else is allowed."""
    properties = {name: _type(fact) for name, fact in facts.items()}
    return {
        "type": "object",
        "properties": {**properties, **nested},
        "required": [*facts, *nested],
        "additionalProperties": False,
    }


def listed(name, item, **more):
    """A list in its envelope."""
    facts = {key: _type(fact) for key, fact in more.items()}
    return {
        "type": "object",
        "properties": {name: {"type": "array", "minItems": 1, "items": item}, **facts},
        "required": [name, *facts],
        "additionalProperties": False,
    }


FIGURES = {"type": "object", "minProperties": 1, "additionalProperties": shape(USED)}
APP_SHAPE = shape(APP)
FULL_APP_SHAPE = shape({**APP, "production_branch": "text?", "warning": "text?"}, config=shape(CONFIG))
MONITOR_SHAPE = shape(MONITOR, spec=shape(CONDITION), targets={"type": "array", "items": TARGET}, target=TARGET)
