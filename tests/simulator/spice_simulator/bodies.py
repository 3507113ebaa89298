# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Request bodies: which fields each profile knows, and their rules.

The same tables make the strict models that check requests and the inline schemas of the OpenAPI document, so the
document cannot promise what the handlers refuse. Field rules: vendor OpenAPI document of December 2025 and the
vendor's API pages and changelog of 2026.
"""

import re
from functools import cache
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from spice_simulator.profiles import P2025_12, P2026_03, P2026_07, P2026_10


class Strict(BaseModel):
    """No unknown keys and no silent conversion of types.

    The default None says that a field may be left out. A null that is sent is refused all the same, unless its type
    is optional: defaults are not checked.
    """

    model_config = ConfigDict(extra="forbid", strict=True)


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


class _Row:
    """One field: its type, the first profile that knows it, and whether it must be given."""

    def __init__(self, kind: Any, since: str = P2025_12, until: str = "9999", required: bool = False) -> None:
        self.kind, self.since, self.until, self.required = kind, since, until, required


_CREATE = {
    "name": [_Row(Name, required=True)],
    "description": [_Row(str)],
    "visibility": [_Row(Visibility)],
    "tags": [_Row(Tags)],
    # Required in the first months of 2026, then only the deprecated stand-in for region.
    "cname": [_Row(str, P2026_03, P2026_03, required=True), _Row(str, P2026_07)],
    "region": [_Row(str, P2026_07)],
    "cluster_name": [_Row(Optional[str], P2026_07)],
    "replicas": [_Row(Replicas, P2026_03)],
    "resources": [_Row(Optional[Resources], P2026_03)],
    "executor": [_Row(Optional[Executor], P2026_03)],
    "update_channel": [_Row(UpdateChannel, P2026_07)],
    "storage_size_gb": [_Row(Storage, P2026_07)],
    "default_alerts": [_Row(bool, P2026_10)],
}

_UPDATE = {
    "description": [_Row(str)],
    "visibility": [_Row(Visibility)],
    "production_branch": [_Row(str)],
    "tags": [_Row(Tags)],
    "spicepod": [_Row(Union[str, dict[str, Any]])],
    "registry": [_Row(str)],
    "image": [_Row(str)],
    # null clears since September 2026.
    "image_tag": [_Row(str, until=P2026_07), _Row(Optional[str], P2026_10)],
    "update_channel": [_Row(UpdateChannel)],
    "version": [_Row(Version, P2026_07)],
    "replicas": [_Row(Replicas)],
    "resources": [_Row(Optional[Resources], P2026_03)],
    "executor": [_Row(Optional[Executor], P2026_03)],
    "node_group": [_Row(str)],
    "region": [_Row(str)],
    "cluster_name": [_Row(Optional[str], P2026_07)],
    "storage_size_gb": [_Row(Storage)],
    "storage_claim_size_gb": [_Row(Storage)],
}

_DEPLOY = {
    "image_tag": [_Row(str)],
    "channel": [_Row(Literal["stable", "preview", "nightly", "internal"], P2026_03)],
    "replicas": [_Row(Replicas)],
    "branch": [_Row(str)],
    "commit_sha": [_Row(str)],
    "commit_message": [_Row(str)],
    "debug": [_Row(bool)],
}

_SECRET = {"name": [_Row(SecretName, required=True)], "value": [_Row(str, required=True)]}
# Not a Literal: that would take true for 1.
_KEY = {"key_number": [_Row(Annotated[int, Field(ge=0, le=2, json_schema_extra={"enum": [0, 1, 2]})])]}
_MEMBER = {"username": [_Row(Annotated[str, Field(min_length=1)], required=True)], "roles": [_Row(Roles)]}
_ROLES = {"roles": [_Row(Roles, required=True)]}

TABLES = {
    "CreateApp": _CREATE,
    "UpdateApp": _UPDATE,
    "CreateDeployment": _DEPLOY,
    "WriteSecret": _SECRET,
    "RegenerateKey": _KEY,
    "AddMember": _MEMBER,
    "ChangeMember": _ROLES,
    "Nothing": {},
}


@cache
def model(name: str, profile: str) -> type[Strict]:
    """The strict model of one body in one profile."""
    fields: dict[str, Any] = {}
    for field, rows in TABLES[name].items():
        for row in rows:
            if row.since <= profile <= row.until:
                fields[field] = (row.kind, ... if row.required else None)
    return create_model(name, __base__=Strict, **fields)


@cache
def schema(name: str, profile: str) -> dict[str, Any]:
    """The JSON Schema of one body in one profile, without references."""
    whole = model(name, profile).model_json_schema(by_alias=True)
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
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
        and key != "description"
    }
