# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of a seed: what a test may say about the starting state. seeding.py puts it into the store."""

from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from spice_simulator.bodies import Name, Replicas, Role, SecretName, Strict, Tags, Visibility
from spice_simulator.defaults import DEFAULT_ORG


class SeedOrg(Strict):
    """An organization."""

    name: str
    id: Optional[int] = None
    deleted: bool = False
    enterprise: bool = True
    private_compute: bool = True
    plan: str = "enterprise"


class SeedUser(Strict):
    """Somebody who signed in once."""

    username: str
    user_id: Optional[int] = None
    email: Optional[str] = None


class SeedMember(Strict):
    """A membership; an unknown user is made."""

    username: str
    roles: list[Role] = ["member"]
    org: Optional[str] = None


class SeedDeployment(Strict):
    """A deployment of the past (or one that stays queued or in progress)."""

    status: Literal["queued", "in_progress", "succeeded", "failed", "created"] = "succeeded"
    image_tag: Optional[str] = None
    replicas: Optional[int] = None
    branch: Optional[str] = None
    commit_sha: Optional[str] = None
    commit_message: Optional[str] = None
    error_message: Optional[str] = None
    error_code: Optional[str] = None
    healable_code: Optional[str] = None
    log: Optional[list[str]] = None
    offline: Optional[bool] = None
    created_by: Optional[str] = None


class SeedMonitor(Strict):
    """A monitor, in the words of a request; what is left out of ``spec`` is the template's."""

    name: str
    templateId: str
    spec: dict[str, Any] = {}
    targets: list[dict[str, Any]] = []
    description: Optional[str] = None
    status: Literal["active", "disabled"] = "active"
    fired: bool = False


class SeedApp(Strict):
    """An app. One whose name exists already is changed."""

    name: Name
    org: Optional[str] = None
    region: Optional[str] = None
    cname: Optional[str] = None
    cluster_name: Optional[str] = None
    standalone: bool = False
    description: Optional[str] = None
    visibility: Visibility = "private"
    tags: Optional[Tags] = None
    production_branch: Optional[str] = None
    spicepod: Union[str, dict[str, Any], None] = None
    registry: Optional[str] = None
    image: Optional[str] = None
    image_tag: Optional[str] = None
    update_channel: Optional[str] = None
    version: Optional[str] = None
    replicas: Replicas = 1
    resources: Optional[dict[str, Any]] = None
    executor: Optional[dict[str, Any]] = None
    node_group: Optional[str] = None
    storage_size_gb: Optional[float] = None
    secrets: dict[SecretName, str] = {}
    linked_secrets: list[SecretName] = []
    monitors: list[SeedMonitor] = []
    reactions: list[str] = []
    deployed: bool = False
    deployments: list[SeedDeployment] = []
    repository: Optional[dict[str, Any]] = None
    paused: bool = False
    attached_region: Optional[str] = None
    api_key: Optional[str] = None
    api_key_2: Optional[str] = None
    sql: dict[str, Any] = {}
    search: dict[str, list[dict[str, Any]]] = {}
    nsql: dict[str, list[dict[str, Any]]] = {}
    chat: dict[str, Optional[str]] = {}
    dataset_errors: dict[str, str] = {}


class SeedFiller(Strict):
    """Many numbered apps."""

    count: Annotated[int, Field(ge=0, le=100_000)]
    prefix: Annotated[str, Field(pattern=r"^[a-zA-Z0-9-]{1,30}$")] = "filler-"
    org: Optional[str] = None


class SeedPat(Strict):
    """A personal access token."""

    token: str
    user: str
    name: Optional[str] = None
    scopes: list[str] = ["*"]
    org: Optional[str] = None
    expired: bool = False


class SeedClient(Strict):
    """An OAuth client."""

    client_id: str
    client_secret: str
    name: Optional[str] = None
    org: Optional[str] = None
    scopes: list[str] = ["*"]
    expired: bool = False


class SeedRegion(Strict):
    """A region; without ``cname`` it gets the usual one."""

    region: str
    name: Optional[str] = None
    provider: Literal["aws", "azure", "teraswitch"] = "aws"
    providerName: Literal["AWS", "Azure", "Teraswitch"] = "AWS"
    isDefault: bool = False
    disabled: bool = False
    cname: Optional[str] = None


class SeedImage(Strict):
    """A published image."""

    name: str
    tag: str
    channel: Literal["stable", "enterprise"] = "stable"


class SeedCluster(Strict):
    """A dedicated cluster."""

    cluster_name: str
    region: str
    cloud_provider: str = "aws"
    endpoint: str = ""
    created_at: str = "2026-06-01T00:00:00.000Z"
    updated_at: str = "2026-06-01T00:00:00.000Z"
    deployable: bool = True
    monitors: list[SeedMonitor] = []


class Seed(Strict):
    """A whole seed. ``org`` is the organization of every entry that names none."""

    defaults: bool = True
    org: str = DEFAULT_ORG
    orgs: list[SeedOrg] = []
    users: list[SeedUser] = []
    members: list[SeedMember] = []
    regions: list[SeedRegion] = []
    images: list[SeedImage] = []
    clusters: list[SeedCluster] = []
    apps: list[SeedApp] = []
    filler_apps: Union[Annotated[int, Field(ge=0, le=100_000)], SeedFiller, None] = None
    secrets: dict[str, dict[SecretName, str]] = {}
    org_secrets: dict[SecretName, Optional[str]] = {}
    platform_secrets: Optional[list[SecretName]] = None
    pats: list[SeedPat] = []
    clients: list[SeedClient] = []
    limits: Optional[dict[str, Any]] = None
    sql: dict[str, Any] = {}
    search: dict[str, list[dict[str, Any]]] = {}
    nsql: dict[str, list[dict[str, Any]]] = {}
    chat: dict[str, Optional[str]] = {}
    dataset_errors: dict[str, str] = {}
    repository: dict[str, Optional[dict[str, Any]]] = {}
    enterprise: Optional[bool] = None
    private_compute: Optional[bool] = None
    plan: Optional[str] = None
    slack: Optional[bool] = None
