# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How records are written in answers, by profile."""

from typing import Any, Optional

from spice_simulator import deployments
from spice_simulator.clock import iso
from spice_simulator.profiles import P2025_12, P2026_03, P2026_07, P2026_10
from spice_simulator.store import App, Deployment, Member, Secret, Store

MASK = "*" * 8
# Maps of the user's own; a null inside them means something and is never left out.
_OPAQUE = ("spicepod", "tags")


def endpoint_of(store: Store, app: App) -> Optional[str]:
    """The runtime's address; an app on a dedicated cluster has another one than in a shared region."""
    if app.standalone:
        return None
    middle = f"{app.cluster_name}/" if app.cluster_name else ""
    return f"{store.address}/runtime/{middle}{app.id}"


def app(store: Store, record: App) -> dict[str, Any]:
    """An app as in a list."""
    profile = store.profile
    answer: dict[str, Any] = {
        "id": record.id,
        "name": record.name,
        "description": record.description,
        "visibility": record.visibility,
        "created_at": iso(record.created_ms),
        "region": record.region,
        "cname": store.cname_of(record.region),
        "cluster_id": record.cluster_name,
        "tags": record.tags,
    }
    if profile == P2025_12:
        answer["api_key"] = record.api_key
    if profile >= P2026_07:
        answer["endpoint"] = endpoint_of(store, record)
        answer["cluster_name"] = record.cluster_name
    if profile >= P2026_10:
        answer["kind"] = "standalone" if record.standalone else "managed"
        answer["forked_from"] = None
    return answer


def app_with_config(store: Store, record: App, warning: Optional[str] = None) -> dict[str, Any]:
    """An app as GET and PUT answer it."""
    answer = app(store, record)
    answer["production_branch"] = record.production_branch
    if store.profile >= P2026_07:
        answer["warning"] = warning
    config = {
        "spicepod": record.spicepod,
        "registry": record.registry,
        "image": record.image,
        "image_tag": record.image_tag,
        "update_channel": record.update_channel,
        "replicas": record.replicas,
        "region": record.region,
        "node_group": record.node_group,
        "storage_claim_size_gb": record.storage_size_gb,
        "storage_size_gb": record.storage_size_gb,
    }
    if store.profile >= P2026_03:
        config["resources"] = record.resources
        config["executor"] = record.executor
    if store.profile >= P2026_07:
        config["version"] = record.version
    answer["config"] = config
    return answer


def deployment(store: Store, record: Deployment) -> dict[str, Any]:
    """A deployment as it stands now."""
    now = store.clock.now()
    started, finished = deployments.times_of(record, now)
    message, code = deployments.error_of(record, now)
    answer: dict[str, Any] = {
        "id": record.id,
        "status": deployments.status_of(record, now),
        "created_at": iso(record.created_ms),
        "started_at": iso(started),
        "updated_at": iso(finished),
        "image_tag": record.image_tag,
        "replicas": record.replicas,
        "branch": record.branch,
        "commit_sha": record.commit_sha,
        "commit_message": record.commit_message,
        "error_message": message,
        "creation_source": record.creation_source,
        "created_by": record.created_by_id if store.profile == P2025_12 else record.created_by,
    }
    if store.profile >= P2026_03:
        answer["finished_at"] = iso(finished)
    if store.profile >= P2026_10:
        answer["error_code"] = code
    return answer


def secret(record: Secret) -> dict[str, Any]:
    """A secret, its value always masked."""
    return {
        "id": record.id,
        "name": record.name,
        "value": MASK,
        "created_at": iso(record.created_ms),
        "updated_at": iso(record.updated_ms),
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
    answer["created_at"] = iso(record.created_ms)
    return answer


def without_nulls(value: Any) -> Any:
    """The same answer with keys left out where their value is null."""
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: item if key in _OPAQUE else without_nulls(item) for key, item in value.items() if item is not None
    }
