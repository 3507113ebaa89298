# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Request bodies: which fields the API knows, and their rules.

The same tables make the strict models that check requests and the inline schemas of the OpenAPI document, so the
document cannot promise what the handlers refuse. Field rules: the vendor's published API pages and changelog of 2026,
and its OpenAPI document for what these leave out.
"""

import re
from functools import cache
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import AfterValidator, Field, create_model

from spice_simulator.monitor_bodies import Description, Ids, MonitorName, MonitorSpec, Target, Targets
from spice_simulator.strict import Strict

TAG_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,62}")
TAG_VALUE = re.compile(r"[A-Za-z0-9_@-]{0,256}")


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """Tag rules as published with the vendor's GitHub action. Raises ValueError."""
    for key, value in tags.items():
        if not TAG_KEY.fullmatch(key):
            raise ValueError(f"Invalid tag key '{key}'")
        if not TAG_VALUE.fullmatch(value):
            raise ValueError(f"Invalid value of tag '{key}': only letters, digits, '_', '@', '-', at most 256")
    return tags


Tags = Annotated[dict[str, str], AfterValidator(check_tags)]
Name = Annotated[str, Field(min_length=4, max_length=38, pattern=r"^[a-zA-Z0-9-]+$")]
Replicas = Annotated[int, Field(ge=1, le=10)]
Storage = Annotated[float, Field(gt=0)]
Visibility = Literal["public", "private"]
UpdateChannel = Literal["stable", "preview", "nightly", "internal", "internal-sandbox"]
Cpu = Annotated[str, Field(pattern=r"^(-|[0-9]+)$")]
Size = Annotated[str, Field(pattern=r"^(-|[0-9]+(Ki|Mi|Gi|Ti))$")]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.*^~<>=| +-]{0,64}$")]
SecretName = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
Role = Literal["owner", "admin", "member", "viewer"]
Roles = Annotated[list[Role], Field(min_length=1)]


class ResourceLimits(Strict):
    """Upper bounds; ``-`` stands for no limit."""

    cpu: Cpu = None
    memory: Size = None
    ephemeral_storage: Size = Field(default=None, alias="ephemeral-storage")


class ResourceRequests(Strict):
    """What is set aside."""

    cpu: Cpu = None
    memory: Size = None


class Resources(Strict):
    """Compute of one replica."""

    limits: ResourceLimits = None
    requests: ResourceRequests = None


class Executor(Strict):
    """The executors of a clustered app."""

    replicas: Annotated[int, Field(ge=0)] = None
    resources: Optional[Resources] = None
    storage_size_gb: Optional[Storage] = None


class _Required:
    """A field that must be given."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind


_CREATE = {
    "name": _Required(Name),
    "description": str,
    "visibility": Visibility,
    "tags": Tags,
    "region": str,
    # The deprecated stand-in for region.
    "cname": str,
    "cluster_name": Optional[str],
    "replicas": Replicas,
    "resources": Optional[Resources],
    "executor": Optional[Executor],
    "update_channel": UpdateChannel,
    "storage_size_gb": Storage,
    "default_alerts": bool,
}

_UPDATE = {
    "description": str,
    "visibility": Visibility,
    "production_branch": str,
    "tags": Tags,
    "spicepod": Union[str, dict[str, Any]],
    "registry": str,
    "image": str,
    "image_tag": Optional[str],
    "update_channel": UpdateChannel,
    "version": Version,
    "replicas": Replicas,
    "resources": Optional[Resources],
    "executor": Optional[Executor],
    "node_group": str,
    "region": str,
    "cluster_name": Optional[str],
    "storage_size_gb": Storage,
    "storage_claim_size_gb": Storage,
}

_DEPLOY = {
    "image_tag": str,
    "channel": Literal["stable", "preview", "nightly", "internal"],
    "replicas": Replicas,
    "branch": str,
    "commit_sha": str,
    "commit_message": str,
    "debug": bool,
}

_FORK = {"name": Name, "region": str, "cluster_name": str, "scheduler_state_location": str}
_SECRET = {"name": _Required(SecretName), "value": _Required(str)}
# Not a Literal: that would take true for 1.
_KEY = {"key_number": Annotated[int, Field(ge=0, le=2, json_schema_extra={"enum": [0, 1, 2]})]}
_MEMBER = {"username": _Required(Annotated[str, Field(min_length=1)]), "roles": Roles}
_ROLES = {"roles": _Required(Roles)}
_TARGETS = {"targets": Targets, "target": Target, "recipientUserIds": Ids}
_MONITOR = {
    "name": _Required(MonitorName),
    "templateId": _Required(str),
    "spec": _Required(MonitorSpec),
    "description": Description,
    **_TARGETS,
}
_MONITOR_CHANGE = {
    "name": MonitorName,
    "description": Description,
    "status": Literal["active", "disabled"],
    "templateId": str,
    "spec": MonitorSpec,
    **_TARGETS,
}

TABLES: dict[str, dict[str, Any]] = {
    "CreateApp": _CREATE,
    "UpdateApp": _UPDATE,
    "ForkApp": _FORK,
    "CreateDeployment": _DEPLOY,
    "WriteSecret": _SECRET,
    "RegenerateKey": _KEY,
    "AddMember": _MEMBER,
    "ChangeMember": _ROLES,
    "CreateMonitor": _MONITOR,
    "UpdateMonitor": _MONITOR_CHANGE,
    "Nothing": {},
}


@cache
def model(name: str) -> type[Strict]:
    """The strict model of one body."""
    fields: dict[str, Any] = {
        field: (kind.kind, ...) if isinstance(kind, _Required) else (kind, None) for field, kind in TABLES[name].items()
    }
    return create_model(name, __base__=Strict, **fields)


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one body, without references."""
    whole = model(name).model_json_schema(by_alias=True)
    definitions = whole.pop("$defs", {})
    inlined: dict[str, Any] = _inline(whole, definitions)
    return inlined


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    # Titles are the models' names and a default of null only means "may be left out": neither is the API's word.
    return {
        key: (
            {name: _inline(item, definitions) for name, item in value.items()}
            if key == "properties"
            else _inline(value, definitions)
        )
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
        and key not in ("description", "discriminator")
    }
