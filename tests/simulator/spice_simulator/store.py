# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulator remembers: plain records in one process.

All handlers run on one event loop and never wait between reading and writing, so no lock is needed.
Times are milliseconds since 1970 on the simulator's clock.
"""

import itertools
import secrets as random
from dataclasses import dataclass, field
from typing import Any, Optional

from spice_simulator.clock import Clock, iso, iso_in_microseconds
from spice_simulator.records import Client, Monitor, Pat
from spice_simulator.settings import Settings
from spice_simulator.switches import Switches

FIRST_APP_ID = 1001
FIRST_DEPLOYMENT_ID = 5001
FIRST_USER_ID = 1000
# The platform has it in every organization that is not old. No list of an organization's secrets shows it.
PLATFORM_SECRET = "SCP_OPENAI_API_KEY"


@dataclass
class User:
    """Somebody who signed in at least once."""

    user_id: int
    username: str
    email: str


@dataclass
class Member:
    """A user's membership in one organization."""

    user_id: int
    roles: list[str]
    created_ms: int


@dataclass
class Organization:
    """An organization with its plan."""

    id: int
    name: str
    deleted: bool = False
    enterprise: bool = True
    private_compute: bool = True
    plan: str = "enterprise"
    limits: dict[str, Any] = field(default_factory=dict)
    clusters: list[dict[str, Any]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    platform_secrets: list[str] = field(default_factory=lambda: [PLATFORM_SECRET])
    members: dict[int, Member] = field(default_factory=dict)
    slack: bool = True
    cluster_monitors: dict[str, dict[str, Monitor]] = field(default_factory=dict)


@dataclass
class Secret:
    """A secret of an app; ``updated_ms`` moves at every write."""

    id: int
    name: str
    value: str
    created_ms: int
    updated_ms: int


@dataclass
class Deployment:
    """A deployment. Its status is computed from the times; see deployments.py."""

    id: int
    created_ms: int
    starts_ms: int
    ends_ms: int
    outcome: dict[str, Any]
    took: dict[str, Any]
    image_tag: Optional[str]
    replicas: int
    branch: Optional[str] = None
    commit_sha: Optional[str] = None
    commit_message: Optional[str] = None
    channel: Optional[str] = None
    debug: bool = False
    created_by: Optional[str] = None
    created_by_id: Optional[int] = None
    creation_source: str = "api"
    superseded_ms: Optional[int] = None
    # What its request set beside the configuration of the app.
    asked: dict[str, Any] = field(default_factory=dict)


# The deployable part of an app besides its placement.
CONFIG_FIELDS = (
    "spicepod",
    "registry",
    "image",
    "image_tag",
    "update_channel",
    "version",
    "replicas",
    "resources",
    "executor",
    "node_group",
    "storage_size_gb",
)


@dataclass
class App:
    """An app, which the newest documentation calls a project."""

    id: int
    org_id: int
    name: str
    created_ms: int
    api_key: str
    api_key_2: Optional[str] = None
    # When each slot got its present key; a slot without a key has no time.
    key_times: dict[int, int] = field(default_factory=dict)
    description: Optional[str] = None
    visibility: str = "private"
    region: Optional[str] = None
    cluster_name: Optional[str] = None
    tags: Optional[dict[str, str]] = None
    production_branch: Optional[str] = None
    spicepod: Optional[dict[str, Any]] = None
    registry: Optional[str] = None
    image: Optional[str] = None
    image_tag: Optional[str] = None
    update_channel: Optional[str] = "stable"
    version: Optional[str] = None
    replicas: int = 1
    resources: Optional[dict[str, Any]] = None
    executor: Optional[dict[str, Any]] = None
    node_group: Optional[str] = None
    storage_size_gb: Optional[float] = None
    secrets: dict[str, Secret] = field(default_factory=dict)
    linked_secrets: list[str] = field(default_factory=list)
    monitors: dict[str, Monitor] = field(default_factory=dict)
    reactions: list[str] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    repository: Optional[dict[str, Any]] = None
    sql: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    dataset_errors: dict[str, str] = field(default_factory=dict)
    paused_ms: Optional[int] = None
    forked_from: Optional[dict[str, Any]] = None
    state_location: Optional[str] = None
    attached_region: Optional[str] = None
    deleted_ms: Optional[int] = None
    hidden_reads: int = 0

    @property
    def standalone(self) -> bool:
        """Without any placement Spice does not run it."""
        return self.region is None and self.cluster_name is None

    def config(self) -> dict[str, Any]:
        """The deployable configuration. Values are replaced as a whole, never changed in place, so sharing is safe."""
        values = {name: getattr(self, name) for name in CONFIG_FIELDS}
        values["region"] = self.region
        values["cluster_name"] = self.cluster_name
        return values


def new_api_key() -> str:
    """A runtime API key; real ones contain a vertical bar too."""
    return f"{random.token_hex(3)}|{random.token_hex(16)}"


class Store:
    """Everything that a reset brings back to the seed."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.address = ""
        # Access tokens are signed for this process only, and outlive a reset: a client may still hold one.
        self.token_key = random.token_bytes(32)
        self.generation = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything but the address and the signing key."""
        # Counted up, so that a request that was held up over a reset does not reach into the next test.
        self.generation += 1
        self.clock.reset()
        self.settings = Settings()
        self.switches = Switches()
        self.default_org = ""
        self.orgs: dict[str, Organization] = {}
        self.users: dict[int, User] = {}
        self.pats: dict[str, Pat] = {}
        self.clients: dict[str, Client] = {}
        self.expired_tokens: set[str] = set()
        self.apps: dict[int, App] = {}
        self._names: dict[tuple[int, str], int] = {}
        self.regions: list[dict[str, Any]] = []
        self.default_region = ""
        self.images: list[dict[str, str]] = []
        self.default_images: dict[str, str] = {}
        self.sql: dict[str, Any] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.dataset_errors: dict[str, str] = {}
        self.outcomes: list[dict[str, Any]] = []
        self._app_ids = itertools.count(FIRST_APP_ID)
        self._deployment_ids = itertools.count(FIRST_DEPLOYMENT_ID)
        self._secret_ids = itertools.count(1)
        self._monitor_ids = itertools.count(1)
        self._last_write_ms = 0

    def time(self, ms: Optional[int]) -> Optional[str]:
        """A moment as answers write it."""
        return iso(ms) if self.switches.times == "milliseconds" else iso_in_microseconds(ms)

    # Organizations and people

    def org(self, name: str) -> Optional[Organization]:
        """An organization by name, without regard to case."""
        return self.orgs.get(name.lower())

    def org_by_id(self, org_id: int) -> Organization:
        """An organization that is known to exist."""
        return next(org for org in self.orgs.values() if org.id == org_id)

    def user(self, username: str) -> Optional[User]:
        """A user by name, without regard to case."""
        wanted = username.lower()
        return next((user for user in self.users.values() if user.username.lower() == wanted), None)

    # Apps

    def app(self, app_id: int) -> Optional[App]:
        """An app that is not deleted."""
        app = self.apps.get(app_id)
        return app if app and app.deleted_ms is None else None

    def app_named(self, org_id: int, name: str) -> Optional[App]:
        """An app that is not deleted, by name without regard to case."""
        app_id = self._names.get((org_id, name.lower()))
        return self.apps[app_id] if app_id is not None else None

    def apps_of(self, org_id: int) -> list[App]:
        """The apps of an organization, newest first."""
        return [app for app in reversed(self.apps.values()) if app.org_id == org_id and app.deleted_ms is None]

    def add_app(self, org_id: int, name: str, **fields: Any) -> App:
        """Store a new app, with a new id and a first API key."""
        fields.setdefault("api_key", new_api_key())
        app = App(id=next(self._app_ids), org_id=org_id, name=name, created_ms=self.clock.now(), **fields)
        app.key_times[1] = app.created_ms
        self.apps[app.id] = app
        self._names[(org_id, name.lower())] = app.id
        return app

    def write_key(self, app: App, number: int, key: str) -> None:
        """Put a key into slot 1 or 2; the former one is gone at once."""
        setattr(app, "api_key" if number == 1 else "api_key_2", key)
        app.key_times[number] = self.clock.now()

    def delete_app(self, app: App) -> None:
        """Mark as deleted; the name is free at once, the id is never used again."""
        app.deleted_ms = self.clock.now()
        self._names.pop((app.org_id, app.name.lower()), None)

    # Details

    def next_deployment_id(self) -> int:
        """Ids grow over all apps."""
        return next(self._deployment_ids)

    def next_monitor_id(self) -> str:
        """A UUID; they are counted, so that two runs of the same give the same."""
        return f"0199a0b1-0000-7000-8000-{next(self._monitor_ids):012x}"

    def write_secret(self, app: App, name: str, value: str) -> Secret:
        """Create or replace a secret. ``updated_ms`` grows with every write, also when the clock stands still."""
        self._last_write_ms = max(self.clock.now(), self._last_write_ms + 1)
        now = self._last_write_ms
        old = app.secrets.get(name)
        if old:
            old.value, old.updated_ms = value, now
            return old
        app.secrets[name] = Secret(next(self._secret_ids), name, value, now, now)
        return app.secrets[name]

    def region_named(self, name: str) -> Optional[dict[str, Any]]:
        """A region by identifier."""
        return next((region for region in self.regions if region["region"] == name), None)

    def cname_of(self, region: Optional[str]) -> Optional[str]:
        """The host label of a region."""
        return (self.region_named(region or "") or {}).get("cname")
