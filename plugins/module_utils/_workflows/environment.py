# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A whole environment, planned before the first write: what has something to do, and all that stands in the way, in one
message.

What would happen is told by the plans of the resources themselves, with one client that reads each thing once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, TypeVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.members import Members
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    InvalidOption,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec, Result
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import CREATED, DELETED, UNCHANGED, UPDATED, Change
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import AppResource
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import is_hosted, without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import Plan as DeploymentPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import MembersPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import not_offered
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import Asked, wait_until_serving
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_checks import policy_of, secret_problems
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secrets import SecretsPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.placeholders import placeholder
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.preflight import (
    Needs,
    check_role,
    check_scopes,
    limit_problems,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import Problems

T = TypeVar("T")


class PlannedApp(NamedTuple):
    """The plan of the app.

    Args:
        change: what is to be done. app: as it will be. changed_fields: by name. deployment_required: one of them needs
            a deployment.
    """

    change: Change
    app: dict[str, Any]
    changed_fields: list[str]
    deployment_required: bool


class EnvironmentPlan:
    """What leads to a described environment.

    Args:
        run: options ``app``, ``secrets``, ``update_secret``, ``fingerprint_key``, ``members``, ``deploy``,
            ``deployment``, ``purge``, ``verify``, ``prefix``.
        specs: what the modules of ``app``, ``secrets``, ``members`` and ``deployment`` declare, without what the
            environment decides.
    """

    def __init__(self, run: ModuleRun, specs: Mapping[str, ModuleSpec]) -> None:
        self._run = run
        self._specs = specs
        self._params = run.params
        self._purge: Mapping[str, Any] = run.params["purge"] or {}
        self._problems = Problems(run.params)
        self._parts: dict[str, ModuleRun] = {}
        self._app: PlannedApp | None = None
        self._secrets: list[Change] = []
        self._members: list[Change] = []
        self._deployment = DeploymentPlan(None, False)

    def execute(self) -> Result:
        """The result of spice_environment_info.

        Raises:
            InvalidOption: with all problems, as a message and as ``problems`` in ``partial``.
            OperationFailed: the runtime does not serve. ApiError: the server cannot be reached, or does not accept the
                credential.
        """
        with self._run.client.cached_reads():
            self._check_options()
            self._problems.stop("Some options cannot be right,")
            self._plan_parts()
            if self.to_do() or self._problems.texts:
                members = self._problems.path("members") if "members" in self.to_do() else ""
                self._problems.collect("organization", lambda: check_role(self._run.client, members))
                self._problems.collect("limits", self._check_limits)
                self._problems.collect("credential", lambda: check_scopes(self._run.client, self._needed_scopes()))
            self._problems.stop("This environment cannot be brought to its described state,")
        return {"changed": False, "environment": self._to_result()}

    # -- options ----------------------------------------------------------------------------------------------------

    def _check_options(self) -> None:
        """Everything that can be known without a request, so that all of it is told at once."""
        params = self._params
        app_of = {"app": params["app"].get("name"), "app_id": params["app"].get("app_id")}
        self._validate("app", params["app"], state="present", confirm=None, purge_tags=self._purges("tags"))
        self._validate("members", {"members": params["members"] or []})
        self._validate("deployment", params["deployment"] or {}, **app_of)
        policy = {name: params[name] for name in ("update_secret", "fingerprint_key", "prefix")}
        self._parts["secrets"] = self._run.part(
            self._specs["secrets"], {**app_of, **policy, "secrets": params["secrets"]}
        )
        checks: dict[str, Callable[[ModuleRun], Any]] = {
            "app": AppResource,
            "members": lambda part: MembersPlan(part, part.params["members"], False),
            "deployment": DeploymentRun,
            "update_secret": lambda part: policy_of(part.params),
        }
        for name, check in checks.items():
            part = self._parts.get("secrets" if name == "update_secret" else name)
            if part:
                self._problems.collect(name, check, part)
        self._problems.texts += secret_problems(self._parts["secrets"], params["secrets"] or {})
        params["secrets"] = self._parts["secrets"].params["secrets"]  # without what may be a value instead of a name

    def _validate(self, name: str, given: Mapping[str, Any], **decided: Any) -> None:
        """Makes the run of a part, with the options checked by its module's own rules.

        What is null counts as not given.
        """
        spec = self._specs[name]
        asked = {option: value for option, value in given.items() if value is not None}
        validation = ArgumentSpecValidator(spec.argument_spec, **spec.constraints).validate(asked)
        if validation.error_messages:
            self._problems.texts += [f"{self._problems.path(name)}: {text}" for text in validation.error_messages]
        else:
            self._parts[name] = self._run.part(spec, {**validation.validated_parameters, **decided})

    def _purges(self, kind: str) -> bool:
        return bool(self._purge.get(kind))

    # -- plan -------------------------------------------------------------------------------------------------------

    def _plan_parts(self) -> None:
        self._members = self._problems.collect("members", self._plan_members) or []
        self._app = self._problems.collect("app", self._plan_app)
        if self._app is None:
            return  # its secrets and deployments cannot be planned
        app = self._app.app
        secrets = self._problems.collect("secrets", self._plan_secrets, app)
        self._secrets = secrets or []
        if self._params["deploy"] and (app.get("config") or {}).get("spicepod") and secrets is not None:
            self._deployment = self._problems.collect("deployment", self._plan_deployment, app) or self._deployment

    def _plan_app(self) -> PlannedApp:
        part = self._parts["app"]
        resource = AppResource(part)
        change = resource.plan()
        app = without_keys(change.after or {})
        for text in part.warnings:
            self._run.warn(text)
        self._check_placement(app, resource.changed_fields)
        return PlannedApp(change, app, resource.changed_fields, resource.deployment_required)

    def _check_placement(self, app: Mapping[str, Any], changed_fields: list[str]) -> None:
        """A region for a new app, and a cluster for any, must be offered. Raises InvalidOption, ApiError."""
        platform = Platform(self._run.client)
        region, cluster = (self._parts["app"].params[name] for name in ("region", "cluster_name"))
        choice = not_offered(platform, region) if app["id"] is None else ""
        if choice:
            raise InvalidOption(choice)
        if cluster and "cluster_name" in changed_fields:
            names = sorted(offer["cluster_name"] for offer in platform.clusters())
            if cluster not in names:
                has = ", ".join(names) or "it has none"
                raise InvalidOption(f"`cluster_name` {cluster} is none of the organization's clusters ({has}).")

    def _plan_secrets(self, app: Mapping[str, Any]) -> list[Change]:
        values = self._params["secrets"] or {}
        if not values and not self._purges("secrets"):
            return []
        part = self._parts["secrets"]
        changes = SecretsPlan(part, values, purge=self._purges("secrets")).changes(app)
        for text in part.warnings:
            self._run.warn(text)
        for change in changes:
            if change.outcome in (CREATED, UPDATED) and values[change.name] == placeholder(change.name):
                where = self._problems.path(f"secrets.{change.name}")
                self._problems.texts.append(f"{where}: it still holds its placeholder; put the value there.")
        return changes

    def _plan_members(self) -> list[Change]:
        part = self._parts["members"]
        members = part.params["members"]
        if not members and not self._purges("members"):
            return []
        return MembersPlan(part, members, self._purges("members")).changes()

    def _plan_deployment(self, app: Mapping[str, Any]) -> DeploymentPlan:
        part = self._parts["deployment"]
        api = Secrets(Apps(self._run.client))
        secrets = api.all(app["id"]) if app.get("id") is not None else []
        force = part.params["force"] or any(change.outcome != UNCHANGED for change in self._secrets)
        return DeploymentRun(part).plan(app, secrets, force)

    def to_do(self) -> list[str]:
        """The parts that have something to do, in their order."""
        parts = []
        if self._app and self._app.change.outcome != UNCHANGED:
            parts.append("app")
        for name, changes in (("secrets", self._secrets), ("members", self._members)):
            if any(change.outcome != UNCHANGED for change in changes):
                parts.append(name)
        latest = self._deployment.newest
        # One that is under way is waited for.
        if self._deployment.must_deploy or (latest and latest["status"] != "succeeded"):
            parts.append("deployment")
        return parts

    # -- preflight --------------------------------------------------------------------------------------------------

    def _check_limits(self) -> None:
        params, fields = self._parts["app"].params, self._app.changed_fields if self._app else []
        replicas = [params["replicas"] or 0 if "replicas" in fields else 0]
        if self._deployment.must_deploy:
            replicas.append(self._parts["deployment"].params["replicas"] or 0)
        resources: Mapping[str, Any] = (params["resources"] or {}) if "resources" in fields else {}
        needs = Needs(max(replicas), resources.get("limits") or {}, self._member_count())
        self._problems.texts += [f"limits: {text}" for text in limit_problems(self._run.client, needs)]

    def _member_count(self) -> int:
        """Members that the organization will have; 0 when none is added."""
        outcomes = {change.name.casefold(): change.outcome for change in self._members}
        if CREATED not in outcomes.values():
            return 0
        present = {member["username"].casefold() for member in Members(self._run.client).all()}
        return len([name for name in present | set(outcomes) if outcomes.get(name) != DELETED])

    def _needed_scopes(self) -> list[str]:
        """The scopes for what is to be written."""
        parts = self.to_do()
        members = [change.outcome for change in self._members]
        # The fingerprints of secrets are tags of the app.
        writes_tags = "secrets" in parts and (self._params["fingerprint_key"] or self._purges("secrets"))
        needed = {
            "apps:write": "app" in parts or writes_tags,
            "secrets:write": "secrets" in parts,
            "members:write": CREATED in members or UPDATED in members,
            "members:delete": DELETED in members,
            "deployments:write": self._deployment.must_deploy,
        }
        return [scope for scope, is_needed in needed.items() if is_needed]

    # -- result -----------------------------------------------------------------------------------------------------

    def _to_result(self) -> dict[str, Any]:
        parts = self.to_do()
        planned = self._app
        return {
            "app": planned.app if planned else None,
            "to_do": parts,
            "changed_fields": planned.changed_fields if planned else [],
            "secrets": {change.name: change.outcome for change in self._secrets},
            "members": {change.name: change.outcome for change in self._members},
            "deployment": self._deployment.newest,
            "deployment_required": self._deployment.must_deploy,
            "serving": None if parts else self._serving(),
        }

    def _serving(self) -> dict[str, Any] | None:
        """The runtime, where it is to be verified and nothing has to be done before."""
        verify = self._params["verify"] or {}
        asks = verify.get("ready") or verify.get("datasets")
        if self._app is None or not asks or self._deployment.newest is None or not is_hosted(self._app.app):
            return None
        asked = Asked(datasets=verify["datasets"])
        return wait_until_serving(self._run, self._app.app, verify["timeout"], asked).to_result()
