# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts seeds into the store: the starting state, and what a test adds to it later (``POST /_sim/seed``, ``--seed``)."""

from typing import Any, Optional, Union

from spice_simulator import deployments, monitors, org_secrets, spicepod
from spice_simulator.defaults import DEFAULT_ORG, SEED
from spice_simulator.records import Client, Monitor, Pat
from spice_simulator.seeds import (
    Seed,
    SeedApp,
    SeedClient,
    SeedDeployment,
    SeedFiller,
    SeedMember,
    SeedMonitor,
    SeedOrg,
    SeedPat,
    SeedUser,
)
from spice_simulator.store import (
    CONFIG_FIELDS,
    FIRST_USER_ID,
    App,
    Member,
    Organization,
    Store,
    User,
)

# A seeded deployment that is not finished stays as it is: this many seconds are longer than any test.
FOREVER = 10**9
_OF_THE_OUTCOME = ("error_message", "error_code", "healable_code", "log", "offline")


class SeedError(ValueError):
    """A seed names something that is not there."""


def start(store: Store, own: Optional[Seed] = None) -> dict[str, Any]:
    """Empty the store and fill it with the default seed (unless refused) and the own one. Raises SeedError."""
    store.clear()
    store.default_org = DEFAULT_ORG
    if own is None or own.defaults:
        _Planter(store, Seed.model_validate(SEED)).plant()
    if own is None:
        return {}
    store.default_org = own.org
    return merge(store, own)


def merge(store: Store, seed: Seed) -> dict[str, Any]:
    """Add a seed to what is there; says what was made, with ids. Raises SeedError."""
    return _Planter(store, seed).plant()


def _learn(answers: dict[str, dict[str, Any]], given: Union[Seed, SeedApp]) -> None:
    """Add what the runtime answers to searches and questions."""
    for kind in ("search", "nsql", "chat"):
        answers.setdefault(kind, {}).update(getattr(given, kind))


class _Planter:
    """Adds one seed to the store."""

    def __init__(self, store: Store, seed: Seed) -> None:
        self.store, self.seed = store, seed

    def org(self, name: Optional[str]) -> Organization:
        org = self.store.org(name or self.seed.org)
        if org is None:
            raise SeedError(f"There is no organization '{name or self.seed.org}'")
        return org

    def app(self, name: str) -> App:
        app = self.store.app_named(self.org(None).id, name)
        if app is None:
            raise SeedError(f"There is no app '{name}' in '{self.seed.org}'")
        return app

    def plant(self) -> dict[str, Any]:
        seed, store = self.seed, self.store
        for one in seed.orgs:
            self.plant_org(one)
        users = [self.plant_user(one) for one in seed.users]
        members = [self.plant_member(one) for one in seed.members]
        self.plant_catalog()
        self.plant_plan()
        pats = [self.plant_pat(one) for one in seed.pats]
        clients = [self.plant_client(one) for one in seed.clients]
        store.sql.update(seed.sql)
        _learn(store.answers, seed)
        store.dataset_errors.update(seed.dataset_errors)
        apps = [self.plant_app(one) for one in seed.apps]
        filler = self.plant_filler()
        for name, values in seed.secrets.items():
            for key, value in values.items():
                store.write_secret(self.app(name), key, value)
        for name, repository in seed.repository.items():
            self.app(name).repository = repository
        return {
            "apps": [{"id": app.id, "name": app.name, "org": store.org_by_id(app.org_id).name} for app in apps],
            "filler_apps": filler,
            "users": [{"user_id": user.user_id, "username": user.username} for user in users],
            "members": members,
            "pats": pats,
            "clients": clients,
        }

    def plant_org(self, one: SeedOrg) -> None:
        values = one.model_dump(exclude_unset=True)
        known = self.store.org(one.name)
        if known is None:
            taken = [org.id for org in self.store.orgs.values()]
            values["id"] = one.id if one.id is not None else max(taken, default=41) + 1
            self.store.orgs[one.name.lower()] = Organization(**values, limits=dict(SEED["limits"]))
            return
        for key, value in values.items():
            setattr(known, key, value)

    def plant_user(self, one: SeedUser) -> User:
        known = self.store.user(one.username)
        if known:
            known.email = one.email or known.email
            return known
        user_id = one.user_id if one.user_id is not None else max([*self.store.users, FIRST_USER_ID]) + 1
        user = User(user_id, one.username, one.email or f"{one.username}@example.com")
        self.store.users[user_id] = user
        return user

    def plant_member(self, one: SeedMember) -> dict[str, Any]:
        org = self.org(one.org)
        user = self.plant_user(SeedUser(username=one.username))
        org.members[user.user_id] = Member(user.user_id, list(one.roles), self.store.clock.now())
        return {"user_id": user.user_id, "username": user.username, "org": org.name, "roles": one.roles}

    def plant_catalog(self) -> None:
        store = self.store
        for one in self.seed.regions:
            region = one.model_dump()
            region["name"] = one.name or one.region
            region["cname"] = one.cname or f"{one.region}-prod-aws-data"
            store.regions = [old for old in store.regions if old["region"] != one.region] + [region]
            if one.isDefault or not store.default_region:
                store.default_region = one.region
        # Exactly one region is the default, also after a later seed has named another.
        for region in store.regions:
            region["isDefault"] = region["region"] == store.default_region
        for image in self.seed.images:
            store.images.append(image.model_dump())
            store.default_images.setdefault(image.channel, image.tag)

    def plant_plan(self) -> None:
        seed = self.seed
        for cluster in seed.clusters:
            org = self.org(None)
            others = [old for old in org.clusters if old["cluster_name"] != cluster.cluster_name]
            org.clusters = [*others, cluster.model_dump(exclude={"monitors"})]
            self.plant_monitors(monitors.of_cluster(self.store, org, cluster.cluster_name), cluster.monitors)
        if seed.limits is not None:
            self.org(None).limits = {**self.org(None).limits, **seed.limits}
        for name, value in seed.org_secrets.items():
            if value is None:
                org_secrets.delete(self.store, self.org(None), name)
            else:
                self.org(None).secrets[name] = value
        for key in ("enterprise", "private_compute", "plan", "platform_secrets", "slack"):
            if getattr(seed, key) is not None:
                setattr(self.org(None), key, getattr(seed, key))

    def plant_pat(self, one: SeedPat) -> str:
        if self.store.user(one.user) is None:
            raise SeedError(f"There is no user '{one.user}'")
        name = one.name or one.token
        org = self.org(one.org).name if one.org else None
        self.store.pats[one.token] = Pat(one.token, name, one.user, one.scopes, org, one.expired)
        return name

    def plant_client(self, one: SeedClient) -> str:
        name = one.name or one.client_id
        org = self.org(one.org).name
        self.store.clients[one.client_id] = Client(one.client_id, one.client_secret, name, org, one.scopes, one.expired)
        return one.client_id

    def plant_app(self, one: SeedApp) -> App:
        store, org = self.store, self.org(one.org)
        given = one.model_fields_set
        app = store.app_named(org.id, one.name)
        if app is None:
            app = store.add_app(org.id, one.name)
            app.region = None if one.standalone else store.default_region
        for key in ("description", "visibility", "tags", "production_branch", "repository", *CONFIG_FIELDS):
            if key in given:
                setattr(app, key, getattr(one, key))
        if "paused" in given:
            app.paused_ms = store.clock.now() if one.paused else None
        if isinstance(one.spicepod, str):
            try:
                app.spicepod = spicepod.read(one.spicepod)
            except ValueError as failure:
                raise SeedError(f"spicepod of '{one.name}': {failure}") from failure
        self.place(app, one, org)
        for number, key in ((1, one.api_key), (2, one.api_key_2)):
            if key:
                store.write_key(app, number, key)
        app.sql.update(one.sql)
        _learn(app.answers, one)
        app.dataset_errors.update(one.dataset_errors)
        for key, value in one.secrets.items():
            store.write_secret(app, key, value)
        self.link(app, one, org)
        app.reactions += one.reactions
        self.plant_monitors(monitors.of_app(store, org, app), one.monitors)
        for deployment in one.deployments:
            self.plant_deployment(app, deployment)
        if one.deployed:
            self.plant_deployment(app, SeedDeployment())
        return app

    def link(self, app: App, one: SeedApp, org: Organization) -> None:
        for name in one.linked_secrets:
            if name not in org.secrets and name not in org.platform_secrets:
                raise SeedError(f"There is no secret '{name}' of organization '{org.name}'")
            if name not in app.linked_secrets:
                app.linked_secrets.append(name)

    def plant_monitors(self, place: monitors.Place, wanted: list[SeedMonitor]) -> None:
        for one in wanted:
            if one.templateId not in place.templates:
                raise SeedError(f"There is no monitor template '{one.templateId}'")
            spec = place.spec(one.templateId, {"op": "GT", "threshold": 0, **one.spec})
            made = Monitor(self.store.next_monitor_id(), one.name, one.templateId, spec, one.targets)
            made.description, made.status = one.description, one.status
            if one.fired:
                made.last_fired_ms = made.last_resolved_ms = self.store.clock.now()
            place.monitors[made.id] = made

    def place(self, app: App, one: SeedApp, org: Organization) -> None:
        if one.standalone:
            app.region = app.cluster_name = None
            app.attached_region = one.attached_region
        elif one.cluster_name:
            cluster = next((known for known in org.clusters if known["cluster_name"] == one.cluster_name), None)
            if cluster is None:
                raise SeedError(f"There is no cluster '{one.cluster_name}'")
            app.region, app.cluster_name = cluster["region"], one.cluster_name
        elif one.region or one.cname:
            found = next(
                (known for known in self.store.regions if one.region == known["region"] or one.cname == known["cname"]),
                None,
            )
            if found is None:
                raise SeedError(f"There is no region '{one.region or one.cname}'")
            app.region, app.cluster_name = found["region"], None

    def plant_deployment(self, app: App, one: SeedDeployment) -> None:
        values = one.model_dump(exclude_none=True)
        status = values.pop("status")
        outcome: dict[str, Any] = {key: values.pop(key) for key in _OF_THE_OUTCOME if key in values}
        waiting = FOREVER if status == "queued" else 0
        outcome.update(queued_seconds=waiting, in_progress_seconds=0, dataset_ready_seconds=0)
        if status in ("failed", "in_progress"):
            outcome["status"] = status
        who = {"created_by": values.pop("created_by", "seed@example.com"), "created_by_id": None}
        made = deployments.add(self.store, app, values, who, outcome)
        if status == "created":
            made.superseded_ms = made.created_ms

    def plant_filler(self) -> Optional[dict[str, Any]]:
        wanted = self.seed.filler_apps
        if wanted is None:
            return None
        filler = SeedFiller(count=wanted) if isinstance(wanted, int) else wanted
        org, store = self.org(filler.org), self.store
        made: list[App] = []
        number = 0
        while len(made) < filler.count:
            number += 1
            name = f"{filler.prefix}{number:04d}"
            if store.app_named(org.id, name) is None:
                made.append(store.add_app(org.id, name, region=store.default_region))
        return {
            "count": len(made),
            "first_id": made[0].id if made else None,
            "last_id": made[-1].id if made else None,
            "first_name": made[0].name if made else None,
            "last_name": made[-1].name if made else None,
        }
