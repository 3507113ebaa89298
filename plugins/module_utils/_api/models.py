# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The objects of the Management API and of an app's runtime, as answers hold them.

Every field may be missing or null: what an answer leaves out is unknown. Unknown fields are kept.

Source: Spice.ai Cloud documentation, "Management API" (October 2026), and the vendor's OpenAPI document of December
2025.
"""

from __future__ import annotations

from typing import Any, Optional, TypedDict


class AppConfig(TypedDict, total=False):
    """What a deployment of an app runs."""

    spicepod: Any  # an object; older servers answer a YAML string
    registry: str | None
    image: str | None
    image_tag: str | None
    update_channel: str | None
    version: str | None
    replicas: int | None
    resources: dict[str, Any] | None
    executor: dict[str, Any] | None
    region: str | None
    node_group: str | None
    storage_size_gb: float | None


class App(TypedDict, total=False):
    """An app, which the portal calls a project. Lists leave out ``config``."""

    id: int | None
    name: str
    description: str | None
    visibility: str | None
    tags: dict[str, str] | None
    region: str | None
    cname: str | None
    cluster_name: str | None
    production_branch: str | None
    endpoint: str | None
    paused_at: str | None
    created_at: str
    config: AppConfig


class Secret(TypedDict, total=False):
    """A secret; its value is always a mask."""

    id: int
    name: str
    value: str
    created_at: str
    updated_at: str


class Monitor(TypedDict, total=False):
    """An alert of an app or of a cluster, in snake_case; no target holds its token."""

    id: str
    name: str
    description: str | None
    status: str  # active or disabled
    template_id: str | None
    spec: dict[str, Any]
    targets: list[dict[str, Any]]
    last_fired_at: str | None
    last_resolved_at: str | None
    evaluation_unavailable_reason: str | None


class Member(TypedDict, total=False):
    """A member of the organization."""

    user_id: int | None
    username: str
    roles: list[str]
    is_owner: bool
    created_at: str | None


class Deployment(TypedDict, total=False):
    """One deployment; ``status`` is queued, in_progress, succeeded, failed, or created (superseded by a newer one)."""

    id: int | None
    status: str
    image_tag: str | None
    replicas: int | None
    branch: str | None
    commit_sha: str | None
    commit_message: str | None
    error_code: str | None
    error_message: str | None
    error: str | None
    created_at: str
    finished_at: str | None


class Instance(TypedDict, total=False):
    """A running instance of an app; ``status`` is ``ready`` where it serves, and other values are not documented."""

    name: str
    status: str | None
    started_at: str | None


class RuntimePart(TypedDict, total=False):
    """A dataset or a model, as an app's runtime lists it."""

    name: str
    status: str | None
    error_message: str | None


Keys = dict[int, Optional[str]]  # key number (1, 2) to the key in clear, None for an empty slot
