# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI 3.1 document of the API, made from the register of routes and the tables of bodies."""

import re
from typing import Any, Optional

from starlette.responses import Response

from spice_simulator import bodies
from spice_simulator.api import ROUTES, Route, json_response
from spice_simulator.store import Store

Schema = dict[str, Any]

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_FLAG = {"type": "boolean"}
_TIME = {"type": "string", "format": "date-time"}
_DEPLOYMENT_STATUS = {"type": "string", "enum": ["queued", "in_progress", "succeeded", "failed", "created"]}
_NAMES = ("_name", "monitor_id")  # the ends of path parameters that are no numbers
_REASONS = {
    400: "Invalid request",
    401: "Unauthorized",
    403: "Insufficient scope or role",
    404: "Not found",
    409: "Conflict",
    422: "Cannot be carried out",
    413: "Body larger than 1 MiB",
    429: "Rate limit",
}


def _null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _object(properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _app(store: Store) -> dict[str, Schema]:
    fields: dict[str, Schema] = {
        "id": _NUMBER,
        "name": _TEXT,
        "description": _null(_TEXT),
        "visibility": {"enum": ["public", "private", None]},
        "created_at": _TIME,
        "region": _null(_TEXT),
        "cname": _null(_TEXT),
        "cluster_id": _null(_TEXT),
        "tags": {"type": ["object", "null"], "additionalProperties": _TEXT},
        "endpoint": _null(_TEXT),
        "cluster_name": _null(_TEXT),
        "kind": _TEXT,
        "forked_from": {"type": ["object", "null"], "properties": {"id": _NUMBER, "name": _TEXT}},
        "paused_at": _null(_TIME),
    }
    if store.switches.keys_in_apps:
        fields["api_key"] = _null(_TEXT)
    return fields


_CONFIG = _object(
    {
        "spicepod": {"type": ["object", "null"]},
        **{
            name: _null(_TEXT)
            for name in ("registry", "image", "image_tag", "update_channel", "version", "region", "node_group")
        },
        "replicas": _NUMBER,
        "resources": {"type": ["object", "null"]},
        "executor": {"type": ["object", "null"]},
        "storage_claim_size_gb": {"type": ["number", "null"], "deprecated": True},
        "storage_size_gb": {"type": ["number", "null"]},
    },
    ("storage_claim_size_gb", "storage_size_gb"),
)


def _with_config(store: Store) -> Schema:
    fields = {**_app(store), "production_branch": _null(_TEXT), "warning": _null(_TEXT)}
    return _object({**fields, "config": _CONFIG})


def _deployment(store: Store) -> Schema:
    return _object(
        {
            "id": _NUMBER,
            "status": _DEPLOYMENT_STATUS,
            "created_at": _TIME,
            "started_at": _null(_TIME),
            "updated_at": _null(_TIME),
            "finished_at": _null(_TIME),
            "image_tag": _null(_TEXT),
            "replicas": _NUMBER,
            **{
                name: _null(_TEXT)
                for name in ("branch", "commit_sha", "commit_message", "error_message", "error_code", "creation_source")
            },
            "created_by": _null(_NUMBER if store.switches.created_by == "number" else _TEXT),
        }
    )


_REGION = _object(
    {
        "name": _TEXT,
        "region": _TEXT,
        "provider": {"type": "string", "enum": ["teraswitch", "aws", "azure"]},
        "providerName": {"type": "string", "enum": ["Teraswitch", "AWS", "Azure"]},
        "isDefault": _FLAG,
        "disabled": _FLAG,
    }
)


def _instances(store: Store) -> Schema:
    found = _list(_object({"name": _TEXT, "status": _TEXT, "started_at": _TIME}))
    return found if store.switches.instances == "list" else _object({"instances": found})


_MONITOR = _object(
    {
        "id": _TEXT,
        "name": _TEXT,
        "description": _null(_TEXT),
        "status": {"type": "string", "enum": ["active", "disabled"]},
        "template_id": _TEXT,
        "spec": {"type": "object"},
        "targets": _list({"type": "object"}),
        "target": {"type": ["object", "null"]},
        "last_fired_at": _null(_TIME),
        "last_resolved_at": _null(_TIME),
        "evaluation_unavailable_reason": _null(_TEXT),
    }
)


def _schemas(store: Store) -> dict[str, Schema]:
    """Every answer by name."""
    member = {"user_id": _NUMBER, "username": _TEXT, "roles": _list(_TEXT)}
    channel: Schema = {"type": "string", "enum": ["stable", "enterprise"]}
    image = {"name": _TEXT, "tag": _TEXT, "channel": channel}
    counts = (
        "apps",
        "replicas",
        "spicepods",
        "users",
        "api_rps",
        "request_timeout_secs",
        "sql_query_timeout_secs",
        "sql_concurrent_queries",
    )
    cluster = ("cluster_name", "region", "cloud_provider", "endpoint", "created_at", "updated_at")
    keys = {"api_key": _null(_TEXT), "api_key_2": _null(_TEXT)}
    return {
        "Health": _object({"status": _TEXT, "timestamp": _TIME}),
        "Document": {"type": "object"},
        "Error": _object({"error": _TEXT, "details": {"type": "object"}, "code": _TEXT}, ("details", "code")),
        "Token": _object({"access_token": _TEXT, "token_type": _TEXT, "expires_in": _NUMBER, "scope": _TEXT}),
        "Orgs": _object({"orgs": _list(_object({"id": _NUMBER, "name": _TEXT, "role": _TEXT}))}),
        "Regions": _object({"regions": _list(_REGION), "default": _TEXT}),
        "Images": _object({"images": _list(_object(image)), "default": _TEXT}),
        "Limits": _object({**dict.fromkeys(counts, _NUMBER), "resources": {"type": ["object", "null"]}}),
        "Clusters": _object({"clusters": _list(_object(dict.fromkeys(cluster, _TEXT)))}),
        "App": _object(_app(store), () if store.switches.paused_at_in_list else ("paused_at",)),
        "AppWithConfig": _with_config(store),
        "Forks": _object({"forks": _list(_ref("App"))}),
        "Paused": _object({"id": _NUMBER, "paused_at": _TIME}),
        "Resumed": _object({"id": _NUMBER, "deployment_id": _NUMBER}),
        "Deployment": _deployment(store),
        "Deployments": _object({"deployments": _list(_ref("Deployment"))}),
        "Logs": _object(
            {
                "logs": _list(_object({"timestamp": _TIME, "level": _TEXT, "message": _TEXT, "source": _TEXT})),
            }
        ),
        "Instances": _instances(store),
        "Lines": _object({"lines": _list(_TEXT if store.switches.log_lines == "strings" else {"type": "object"})}),
        "Metrics": _object(
            {
                "metrics": {"type": "object", "additionalProperties": {"type": "object"}},
                "ingestion": {"type": "object"},
                "cluster": {"type": "object"},
            },
            ("ingestion", "cluster"),
        ),
        "Secret": _object({"id": _NUMBER, "name": _TEXT, "value": _TEXT, "created_at": _TIME, "updated_at": _TIME}),
        "Secrets": _object({"secrets": _list(_ref("Secret"))}),
        "OrgSecrets": _object({"secrets": _list(_object({"name": _TEXT}))}),
        "LinkedSecrets": _object({"org_secrets": _list(_object({"name": _TEXT}))}),
        "LinkedSecret": _object({"name": _TEXT}),
        "ApiKeys": _object(keys),
        "ApiKeysRegenerated": _object({**keys, "regenerated_key": {"type": "integer", "enum": [0, 1, 2]}}),
        "Ok": _object({"ok": _FLAG}),
        "Monitor": _MONITOR,
        "Monitors": _object({"monitors": _list(_ref("Monitor"))}),
        "Member": _object({**member, "is_owner": _FLAG, "created_at": _TIME}),
        "Members": _object({"members": _list(_ref("Member"))}),
        "ChangedMember": _object({**member, "created_at": _TIME}),
    }


def _answer_schema(store: Store, one: Route) -> Optional[Schema]:
    if one.answer == "Apps":
        assert one.family is not None
        return _object({one.family: _list(_ref("App"))})
    if one.answer == "WrittenApp":
        return _ref("AppWithConfig" if store.switches.config_in_writes else "App")
    if one.answer == "Fork":
        made = _with_config(store) if store.switches.config_in_writes else _object(_app(store))
        properties = {**made["properties"], "shared_state": _list({"type": "object"})}
        return _object(properties)
    return _ref(one.answer) if one.answer else None


def _operation(store: Store, one: Route) -> Schema:
    answer = _answer_schema(store, one)
    responses: dict[str, Any] = {str(one.status): {"description": one.summary}}
    if answer:
        responses[str(one.status)]["content"] = {"application/json": {"schema": answer}}
    failures = set(one.errors) | ({401, 403, 429} if one.scope else set()) | ({413} if one.body else set())
    for status in sorted(failures):
        responses[str(status)] = {
            "description": _REASONS[status],
            "content": {"application/json": {"schema": _ref("Error")}},
        }
    operation: Schema = {"summary": one.summary, "responses": responses, "parameters": _parameters(store, one)}
    if one.scope:
        operation["security"] = [{"BearerAuth": [one.scope]}]
    if one.family == "apps":
        operation["deprecated"] = True
    if one.body:
        operation["requestBody"] = {
            "required": one.body_required,
            "content": {"application/json": {"schema": bodies.schema(one.body)}},
        }
    return operation


def _parameters(store: Store, one: Route) -> list[Schema]:
    found: list[Schema] = [
        {"in": "path", "name": name, "required": True, "schema": _TEXT if name.endswith(_NAMES) else _NUMBER}
        for name in re.findall(r"{(\w+)}", one.path)
    ]
    for name, make in one.query.items():
        schema = make(store)
        if schema:
            found.append({"in": "query", "name": name, "required": False, "schema": schema})
    if one.scope:
        pattern = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,255}$"}
        found.append({"in": "header", "name": "X-Org-Name", "required": False, "schema": pattern})
    return found


def document(store: Store) -> Schema:
    """The whole document; request bodies are inline, so that a client sees at once which fields are known."""
    paths: dict[str, dict[str, Any]] = {}
    for one in ROUTES:
        if one.available(store) and one.path != "/api/oauth/token":
            paths.setdefault(one.path, {})[one.method.lower()] = _operation(store, one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Spice Cloud Control-Plane API", "version": "v1"},
        "servers": [{"url": store.address}],
        "paths": paths,
        "components": {
            "securitySchemes": {"BearerAuth": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(store),
        },
    }


def response(store: Store) -> Response:
    """The document as an answer."""
    return json_response(document(store))
