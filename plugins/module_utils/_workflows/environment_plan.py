# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The plan of a whole environment: what has something to do, and all that stands in the way, in one message.

The plans of the resources themselves say what would happen, with one client that reads each thing once.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.members import Members
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform, unless_outdated
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, DELETED, UNCHANGED, UPDATED, Change
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import AppResource
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_pause import RESUME
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import Plan as DeploymentPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import MembersPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.paused import check_not_paused
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import (
    is_placeholder,
    problem,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import not_offered
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_references import (
    names_others,
    warn_of_references,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secrets import SecretsPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import Provided
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_links import PlannedLinks
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_monitors import EnvironmentMonitors
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_options import Options
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.preflight import (
    Needs,
    check_role,
    check_scopes,
    limit_problems,
    unknown_cluster,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import Problems

T = TypeVar("T")


class PlannedApp(NamedTuple):
    """The plan of the app.

    Args:
        resource: the app. change: what is to be done. app: as it will be.
    """

    resource: AppResource
    change: Change
    app: dict[str, Any]


class EnvironmentPlan:
    """What leads to a described environment.

    Args:
        run: options ``app``, ``secrets``, ``update_secret``, ``fingerprint_key``, ``linked_secrets``, ``monitors``,
            ``members``, ``deploy``, ``deployment``, ``purge``, ``verify``, ``prefix``.
        specs: what the modules of ``app``, ``secrets``, ``linked_secrets``, ``monitors``, ``members`` and
            ``deployment`` declare, without what the environment decides, and what ``purge`` and ``verify`` may hold.

    Attributes:
        parts (dict[str, ModuleRun]): the runs of the parts, with their options.
        app (PlannedApp or None): None when it cannot be planned.
        secrets_plan (SecretsPlan or None), secrets, members (list[Change]): one change a secret and a member.
        links (PlannedLinks): to secrets of the organization.
        monitors (EnvironmentMonitors): what is to be done with them.
        existing_secrets (list[dict]): those that the app has, as far as they were read.
        deployment (Plan): the newest deployment, and whether a new one is needed.
    """

    def __init__(self, run: ModuleRun, specs: Mapping[str, ModuleSpec]) -> None:
        self._run = run
        self._params = run.params
        self._problems = Problems(run.params)
        self._options = Options(run, specs, self._problems)
        self.parts: dict[str, ModuleRun] = {}
        self.app: PlannedApp | None = None
        self.secrets_plan: SecretsPlan | None = None
        self.secrets: list[Change] = []
        self.existing_secrets: list[Any] = []
        self.links = PlannedLinks(run, specs["linked_secrets"])
        self.monitors = EnvironmentMonitors()
        self.members: list[Change] = []
        self.deployment = DeploymentPlan(None, False)

    def make(self) -> None:
        """Reads everything once and plans. Nothing is written.

        Raises:
            InvalidOption: with all problems, each a line of the message.
            ApiError: the server cannot be reached, or does not accept the credential.
        """
        with self._run.client.cached_reads():
            self._check_options()
            self._problems.stop("Some options cannot be right,")
            self._plan_parts()
            if self.to_do() or self._problems.texts:
                members = self._problems.path("members") if "members" in self.to_do() else ""
                monitors = self._problems.path("monitors") if UPDATED in self.monitors.outcomes() else ""
                self._problems.collect("organization", lambda: check_role(self._run.client, members, monitors))
                self._problems.collect("limits", self._check_limits)
                self._problems.collect("credential", lambda: check_scopes(self._run.client, self._needed_scopes()))
            if self.app:
                given, purge = list(self._params["secrets"] or {}), self._purges("secrets")
                app = self._with_secrets(self.app.app)
                warn_of_references(self._run, app, given, purge, self.links.given, self.links.all_names)
                self.links.warn_of_hidden(given, purge, self.existing_secrets)
            self._problems.stop("This environment cannot be brought to its described state,")

    def identity(self) -> dict[str, Any]:
        """What a result shows of an environment that cannot be planned: the name of its app, where that is given."""
        name = self._options.name
        return {"environment": {"app": {"name": name}}} if isinstance(name, str) else {}

    # -- options ----------------------------------------------------------------------------------------------------

    def _check_options(self) -> None:
        self._options.check()
        self.parts = self._options.parts
        self._problems.texts += self.links.problems()

    def _purges(self, kind: str) -> bool:
        return self._options.purges(kind)

    # -- plan -------------------------------------------------------------------------------------------------------

    def _plan_parts(self) -> None:
        """Plans the parts; what does not depend on each other is read at the same time."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            members = pool.submit(self._plan_members)
            self.app = self._problems.collect("app", self._plan_app)
            if self.app is not None:
                app = self.app.app
                if self._is_deployed(app):
                    self._problems.collect("app", check_not_paused, app)
                secrets = pool.submit(self._plan_secrets, self._with_secrets(app))
                newest = pool.submit(self._newest_deployment, app)
                purges, is_new = self._purges("linked_secrets"), app.get("id") is None
                links = pool.submit(self.links.plan, self._with_secrets(app), purges, is_new)
                before, purges = self.app.change.before, self._purges("monitors")
                monitors = pool.submit(self.monitors.plan, self.parts["monitors"], before, app, purges)
                planned = self._problems.collect("secrets", secrets.result)
                self.secrets = planned or []
                latest = self._problems.collect("deployment", newest.result)
                self._problems.collect("linked_secrets", links.result)
                self._problems.collect("monitors", monitors.result)
                if planned is not None and self._is_deployed(app):
                    self._problems.collect("deployment", self._plan_deployment, app, latest)
            self.members = self._problems.collect("members", members.result) or []

    def _is_deployed(self, app: Mapping[str, Any]) -> bool:
        is_to_be_paused = self.parts["app"].params["paused"]
        return bool(self._params["deploy"] and not is_to_be_paused and (app.get("config") or {}).get("spicepod"))

    def _plan_app(self) -> PlannedApp:
        part = self.parts["app"]
        resource = AppResource(part)
        change = resource.plan()
        app = without_keys(change.after or {})
        self._check_placement(app, resource.changed_fields)
        return PlannedApp(resource, change, app)

    def _check_placement(self, app: Mapping[str, Any], changed_fields: list[str]) -> None:
        """A region for a new app, and a cluster for any, must be offered. Raises InvalidOption, ApiError."""
        platform = Platform(self._run.client)
        region, cluster = (self.parts["app"].params[name] for name in ("region", "cluster_name"))
        choice = not_offered(platform, {"region": region}) if region and app["id"] is None else ""
        if choice:
            raise InvalidOption(choice)
        if cluster and "cluster_name" in changed_fields:
            objection = unless_outdated(platform.clusters, partial(unknown_cluster, cluster))
            if objection:
                raise InvalidOption(objection)

    def _plan_secrets(self, app: Mapping[str, Any]) -> list[Change]:
        values = self._params["secrets"] or {}
        if not values and not self._purges("secrets"):
            return []
        part = self.parts["secrets"]
        self.secrets_plan = SecretsPlan(part, values, purge=self._purges("secrets"))
        changes = self.secrets_plan.changes(app)
        for change in changes:
            if change.outcome in (CREATED, UPDATED) and is_placeholder(values[change.name]):
                self._problems.texts.append(problem(self._problems.path(f"secrets.{change.name}")))
        return changes

    def _with_secrets(self, app: Mapping[str, Any]) -> Mapping[str, Any]:
        """The app, whose secrets and links are read; for a fork that does not exist yet its source, which has them."""
        source = self.app.resource.fork.source() if self.app and app["id"] is None else None
        return {**app, "id": source["id"]} if source else app

    def _plan_members(self) -> list[Change]:
        part = self.parts["members"]
        members = part.params["members"]
        if not members and not self._purges("members"):
            return []
        return MembersPlan(part, members, self._purges("members")).changes()

    def _newest_deployment(self, app: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if app.get("id") is None or not self._is_deployed(app):
            return None
        return DeploymentRun(self.parts["deployment"]).newest(app)

    def _plan_deployment(self, app: Mapping[str, Any], latest: Mapping[str, Any] | None) -> None:
        part = self.parts["deployment"]
        if app.get("id") is not None:
            self.read_secrets(app["id"])
        # What resuming deploys carries no stamp.
        force = part.params["force"] or self.resumes or any(change.outcome != UNCHANGED for change in self.secrets)
        self.deployment = DeploymentRun(part).decide(app, self.provided, force, latest)
        if self.deployment.must_deploy or names_others(app, self.existing_secrets):
            self.links.all_names(self._with_secrets(app))
            self.deployment = DeploymentRun(part).decide(app, self.provided, force, latest)

    @property
    def provided(self) -> Provided:
        """The secrets that a deployment takes, as far as they were read or written."""
        return Provided(self.existing_secrets, self.links.names)

    def read_secrets(self, app_id: int) -> None:
        """Learns which secrets the app has, because they count for the stamp. Raises ApiError."""
        self.existing_secrets = list(Secrets(Apps(self._run.client)).all(app_id))

    @property
    def resumes(self) -> bool:
        """Whether the app is paused and is to run."""
        return self.app is not None and self.app.resource.pause.action == RESUME

    def to_do(self) -> list[str]:
        """The parts that have something to do, in their order."""
        parts = []
        if self.app and self.app.change.outcome != UNCHANGED:
            parts.append("app")
        sets = (
            ("secrets", self.secrets),
            ("linked_secrets", self.links.changes),
            ("monitors", self.monitors.changes),
            ("members", self.members),
        )
        for name, changes in sets:
            if any(change.outcome != UNCHANGED for change in changes):
                parts.append(name)
        latest = self.deployment.newest
        # One that is under way is waited for.
        if self.deployment.must_deploy or (latest and latest["status"] != "succeeded"):
            parts.append("deployment")
        return parts

    # -- preflight --------------------------------------------------------------------------------------------------

    def _check_limits(self) -> None:
        params, fields = self.parts["app"].params, self.app.resource.changed_fields if self.app else []
        replicas = [params["replicas"] or 0 if "replicas" in fields else 0]
        if self.deployment.must_deploy:
            replicas.append(self.parts["deployment"].params["replicas"] or 0)
        resources: Mapping[str, Any] = (params["resources"] or {}) if "resources" in fields else {}
        needs = Needs(max(replicas), resources.get("limits") or {}, self._member_count())
        self._problems.texts += [f"limits: {text}" for text in limit_problems(self._run.client, needs)]

    def _member_count(self) -> int:
        """Members that the organization will have; 0 when none is added."""
        outcomes = {change.name.casefold(): change.outcome for change in self.members}
        if CREATED not in outcomes.values():
            return 0
        present = {member["username"].casefold() for member in Members(self._run.client).all()}
        return len([name for name in present | set(outcomes) if outcomes.get(name) != DELETED])

    def _needed_scopes(self) -> list[str]:
        """The scopes for what is to be written."""
        parts = self.to_do()
        members = [change.outcome for change in self.members]
        # The fingerprints of secrets are tags of the app.
        writes_tags = "secrets" in parts and (self._params["fingerprint_key"] or self._purges("secrets"))
        needed = {
            "apps:write": "app" in parts or writes_tags,
            "secrets:write": "secrets" in parts or "linked_secrets" in parts,
            "monitors:write": "monitors" in parts,
            "members:write": CREATED in members or UPDATED in members,
            "members:delete": DELETED in members,
            "deployments:write": self.deployment.must_deploy,
        }
        return [scope for scope, is_needed in needed.items() if is_needed]
