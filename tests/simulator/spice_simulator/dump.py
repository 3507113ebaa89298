# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole store for tests (``GET /_sim/state``), with real secret values and keys."""

from dataclasses import asdict
from typing import Any

from spice_simulator import deployments
from spice_simulator.answers import endpoint_of
from spice_simulator.clock import iso
from spice_simulator.records import Monitor
from spice_simulator.store import CONFIG_FIELDS, App, Deployment, Organization, Store


def state(store: Store) -> dict[str, Any]:
    """Everything, deleted apps included."""
    return {
        "address": store.address,
        "clock": store.clock.show(),
        "settings": store.settings.show(),
        "switches": store.switches.model_dump(),
        "default_org": store.default_org,
        "orgs": [_org(store, org) for org in store.orgs.values()],
        "users": [asdict(user) for user in store.users.values()],
        "pats": [asdict(pat) for pat in store.pats.values()],
        "clients": [asdict(client) for client in store.clients.values()],
        "regions": store.regions,
        "default_region": store.default_region,
        "images": store.images,
        "sql": store.sql,
        "answers": store.answers,
        "dataset_errors": store.dataset_errors,
        "outcomes": store.outcomes,
        "apps": [_app(store, app) for app in store.apps.values()],
    }


def _org(store: Store, org: Organization) -> dict[str, Any]:
    members = [
        {
            "user_id": member.user_id,
            "username": store.users[member.user_id].username,
            "roles": member.roles,
            "created_at": iso(member.created_ms),
        }
        for member in org.members.values()
    ]
    return {
        "id": org.id,
        "name": org.name,
        "deleted": org.deleted,
        "enterprise": org.enterprise,
        "private_compute": org.private_compute,
        "plan": org.plan,
        "limits": org.limits,
        "clusters": org.clusters,
        "secrets": org.secrets,
        "platform_secrets": org.platform_secrets,
        "slack": org.slack,
        "cluster_monitors": {
            name: [_monitor(one) for one in monitors.values()] for name, monitors in org.cluster_monitors.items()
        },
        "members": members,
    }


def _app(store: Store, app: App) -> dict[str, Any]:
    serving = deployments.running(app, store.clock.now())
    plain = (
        "id",
        "name",
        "description",
        "visibility",
        "region",
        "cluster_name",
        "tags",
        "production_branch",
        "api_key",
        "api_key_2",
        "repository",
        "forked_from",
        "state_location",
        "reactions",
        "attached_region",
        "hidden_reads",
        "linked_secrets",
        "sql",
        "answers",
        "dataset_errors",
        *CONFIG_FIELDS,
    )
    return {
        **{name: getattr(app, name) for name in plain},
        "org": store.org_by_id(app.org_id).name,
        "endpoint": endpoint_of(store, app),
        "created_at": iso(app.created_ms),
        "paused_at": iso(app.paused_ms),
        "deleted_at": iso(app.deleted_ms),
        "running_deployment_id": serving.id if serving else None,
        "secrets": [
            {
                "id": secret.id,
                "name": secret.name,
                "value": secret.value,
                "created_at": iso(secret.created_ms),
                "updated_at": iso(secret.updated_ms),
            }
            for secret in app.secrets.values()
        ],
        "monitors": [_monitor(one) for one in app.monitors.values()],
        "deployments": [_deployment(store, one) for one in app.deployments],
    }


def _monitor(one: Monitor) -> dict[str, Any]:
    values = asdict(one)
    values["last_fired_at"] = iso(values.pop("last_fired_ms"))
    values["last_resolved_at"] = iso(values.pop("last_resolved_ms"))
    return values


def _deployment(store: Store, one: Deployment) -> dict[str, Any]:
    now = store.clock.now()
    started, finished = deployments.times_of(one, now)
    message, code = deployments.error_of(one, now)
    return {
        "id": one.id,
        "status": deployments.status_of(one, now),
        "created_at": iso(one.created_ms),
        "started_at": iso(started),
        "finished_at": iso(finished),
        "error_message": message,
        "error_code": code,
        "image_tag": one.image_tag,
        "replicas": one.replicas,
        "channel": one.channel,
        "debug": one.debug,
        "branch": one.branch,
        "commit_sha": one.commit_sha,
        "commit_message": one.commit_message,
        "created_by": one.created_by,
        "took": one.took,
    }
