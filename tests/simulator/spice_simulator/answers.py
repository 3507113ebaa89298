# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How records are written in answers."""

from typing import Any, Optional

from spice_simulator import deployments
from spice_simulator.store import App, Deployment, Member, Secret, Store

MASK = "*" * 8
_STORAGE_NAMES = {
    "both": ("storage_claim_size_gb", "storage_size_gb"),
    "newer": ("storage_size_gb",),
    "older": ("storage_claim_size_gb",),
}
# Maps of the user's own; a null inside them means something and is never left out.
_OPAQUE = ("spicepod", "tags")


def endpoint_of(store: Store, app: App) -> Optional[str]:
    """The runtime's address; an app on a dedicated cluster has another one than in a shared region."""
    if app.standalone:
        return None
    middle = f"{app.cluster_name}/" if app.cluster_name else ""
    return f"{store.address}/runtime/{middle}{app.id}"


def app(store: Store, record: App) -> dict[str, Any]:
    """An app, without its configuration."""
    answer: dict[str, Any] = {
        "id": record.id,
        "name": record.name,
        "description": record.description,
        "visibility": record.visibility,
        "created_at": store.time(record.created_ms),
        "region": record.region,
        "cname": store.cname_of(record.region),
        "cluster_id": record.cluster_name,
        "tags": record.tags,
        "endpoint": endpoint_of(store, record),
        "cluster_name": record.cluster_name,
        "kind": "standalone" if record.standalone else "managed",
        "forked_from": record.forked_from,
        "paused_at": store.time(record.paused_ms),
    }
    if store.switches.keys_in_apps:
        answer["api_key"] = record.api_key
    return answer


def listed_app(store: Store, record: App) -> dict[str, Any]:
    """An app as in a list."""
    answer = app(store, record)
    if not store.switches.paused_at_in_list:
        del answer["paused_at"]
    if store.switches.sparse_list:
        answer.update(description=None, visibility=None, region=None)
    return answer


def app_with_config(store: Store, record: App, warning: Optional[str] = None) -> dict[str, Any]:
    """An app as GET answers it."""
    answer = app(store, record)
    answer["production_branch"] = record.production_branch
    answer["warning"] = warning
    answer["config"] = {
        "spicepod": record.spicepod,
        "registry": record.registry,
        "image": record.image,
        "image_tag": record.image_tag,
        "update_channel": record.update_channel,
        "version": record.version,
        "replicas": record.replicas,
        "resources": record.resources,
        "executor": record.executor,
        # A standalone project has a region only here, once an instance is attached to it.
        "region": record.region or record.attached_region,
        "node_group": record.node_group,
        **dict.fromkeys(_STORAGE_NAMES[store.switches.storage_names], record.storage_size_gb),
    }
    return answer


def written_app(store: Store, record: App, warning: Optional[str] = None) -> dict[str, Any]:
    """An app as POST and PUT answer it; a switch leaves the configuration out."""
    if store.switches.config_in_writes:
        return app_with_config(store, record, warning)
    return app(store, record)


def deployment(store: Store, record: Deployment) -> dict[str, Any]:
    """A deployment as it stands now."""
    now = store.clock.now()
    started, finished = deployments.times_of(record, now)
    message, code = deployments.error_of(record, now)
    return {
        "id": record.id,
        "status": deployments.status_of(record, now),
        "created_at": store.time(record.created_ms),
        "started_at": store.time(started),
        "updated_at": store.time(finished),
        "image_tag": record.image_tag,
        "replicas": record.replicas,
        "branch": record.branch,
        "commit_sha": record.commit_sha,
        "commit_message": record.commit_message,
        "error_message": message,
        "error_code": code,
        "creation_source": record.creation_source,
        "created_by": record.created_by_id if store.switches.created_by == "number" else record.created_by,
        "finished_at": store.time(finished),
    }


def secret(store: Store, record: Secret) -> dict[str, Any]:
    """A secret, its value always masked."""
    return {
        "id": record.id,
        "name": record.name,
        "value": MASK,
        "created_at": store.time(record.created_ms),
        "updated_at": store.time(record.updated_ms),
    }


def member(store: Store, record: Member, with_owner: bool) -> dict[str, Any]:
    """A member; the answers to adding and changing one do not say ``is_owner``."""
    answer: dict[str, Any] = {
        "user_id": record.user_id,
        "username": store.users[record.user_id].username,
        "roles": record.roles,
    }
    if with_owner:
        answer["is_owner"] = "owner" in record.roles
    answer["created_at"] = store.time(record.created_ms)
    return answer


def without_nulls(value: Any) -> Any:
    """The same answer with keys left out where their value is null."""
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: item if key in _OPAQUE else without_nulls(item) for key, item in value.items() if item is not None}
