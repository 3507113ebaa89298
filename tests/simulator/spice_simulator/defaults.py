# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seed that every start and every reset begins with. All names and tokens in it are invented and documented."""

from typing import Any

from spice_simulator.auth import ALL_SCOPES

DEFAULT_ORG = "acme"

_READ_ONLY = ["apps:read"]


def _image(tag: str, channel: str) -> dict[str, str]:
    repository = "spiceai" if channel == "stable" else "spiceai-enterprise"
    return {"name": f"spiceai/{repository}:{tag}", "tag": tag, "channel": channel}


def _region(name: str, region: str, default: bool = False, disabled: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "region": region,
        "provider": "aws",
        "providerName": "AWS",
        "isDefault": default,
        "disabled": disabled,
        "cname": f"{region}-prod-aws-data",
    }


def _cluster(name: str, region: str) -> dict[str, Any]:
    return {
        "cluster_name": name,
        "region": region,
        "cloud_provider": "aws",
        "endpoint": f"https://private-{name}-{region}-prod-data.spiceai.example",
        "created_at": "2026-06-01T00:00:00.000Z",
        "updated_at": "2026-06-01T00:00:00.000Z",
        "deployable": True,
    }


def _pat(name: str, user: str, scopes: Any = ("*",), **more: Any) -> dict[str, Any]:
    return {"token": f"sim-pat-{name}", "name": name, "user": user, "scopes": list(scopes), **more}


SEED: dict[str, Any] = {
    "regions": [
        _region("US East (N. Virginia)", "us-east-1", default=True),
        _region("US West (Oregon)", "us-west-2"),
        _region("US East (Ohio)", "us-east-2", disabled=True),
    ],
    "images": [
        _image("2.1.0", "stable"),
        _image("2.0.3", "stable"),
        _image("1.11.2", "stable"),
        _image("1.5.0-models", "stable"),
        _image("2.1.0-enterprise", "enterprise"),
        _image("2.0.3-enterprise", "enterprise"),
    ],
    "orgs": [
        {"id": 42, "name": "acme"},
        {"id": 43, "name": "globex"},
        {"id": 44, "name": "initech", "deleted": True},
    ],
    "users": [
        {"user_id": 101, "username": "alice"},
        {"user_id": 102, "username": "bob"},
        {"user_id": 103, "username": "carol"},
        {"user_id": 104, "username": "dave"},
        {"user_id": 105, "username": "erin"},
        {"user_id": 106, "username": "frank"},
    ],
    "members": [
        {"org": "acme", "username": "alice", "roles": ["owner"]},
        {"org": "acme", "username": "bob", "roles": ["admin"]},
        {"org": "acme", "username": "carol", "roles": ["member"]},
        {"org": "acme", "username": "dave", "roles": ["viewer"]},
        {"org": "globex", "username": "frank", "roles": ["owner"]},
        {"org": "globex", "username": "alice", "roles": ["member"]},
        {"org": "initech", "username": "alice", "roles": ["owner"]},
    ],
    "pats": [
        _pat("owner", "alice", org="acme"),
        _pat("admin", "bob", org="acme"),
        _pat("member", "carol", org="acme"),
        _pat("viewer", "dave", org="acme"),
        _pat("readonly", "alice", _READ_ONLY, org="acme"),
        _pat("expired", "alice", org="acme", expired=True),
        _pat("globex", "frank", org="globex"),
        _pat("erin", "erin"),
    ],
    "clients": [
        {
            "client_id": "0197f3c2-0000-7000-8000-000000000001",
            "client_secret": "sim-client-secret",
            "name": "deployer",
            "org": "acme",
            "scopes": list(ALL_SCOPES),
        },
        {
            "client_id": "0197f3c2-0000-7000-8000-000000000002",
            "client_secret": "sim-readonly-secret",
            "name": "reader",
            "org": "acme",
            "scopes": _READ_ONLY,
        },
    ],
    "clusters": [_cluster("acme-prod-west", "us-west-2"), _cluster("acme-prod-east", "us-east-1")],
    "limits": {
        "apps": -1,
        "replicas": 10,
        "spicepods": -1,
        "users": -1,
        "api_rps": 1000,
        "request_timeout_secs": 60,
        "sql_query_timeout_secs": 60,
        "sql_concurrent_queries": 10,
        "resources": {"max_cpu": 8, "max_memory_gi": 32},
    },
    "org_secrets": {"SHARED_S3_KEY": "shared key", "SHARED_S3_SECRET": "shared secret"},
    "sql": {"SELECT 1": [{"Int64(1)": 1}]},
}
