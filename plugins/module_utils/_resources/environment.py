# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A whole environment looked at before the first write: what has something to do, and all that stands in the way, in one message.

What would happen is told by the code that does it, in check mode, with one client that reads each thing once. What else can be known before: the
options, the placement, the limits of the plan, the role in the organization, and the scopes of the credential.

Sources: Spice.ai Cloud documentation, "Management API": scopes and their inclusion, roles (viewers are read-only; members are managed by admins and
owners), limits (-1 is unlimited; that of apps is not enforced since July 2026).
"""

from __future__ import annotations

import re

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._engine import converge
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import App
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import Deployer
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import checked_members, claims_of, converge_members
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import wait_until_serving
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secrets import (
    checked_secrets,
    converge_secrets,
    secret_problems,
    warn_of_uncompared,
)

NOTHING = "%s and nothing was changed yet:%s"
# What `write` and `delete` of a scope include.
INCLUDED = {"read": ("read", "write", "delete"), "write": ("write", "delete"), "delete": ("delete",)}
MANAGERS = ("owner", "admin")
GIBIBYTES = {"": 1 / 2 ** 30, "Ki": 1 / 2 ** 20, "Mi": 1 / 2 ** 10, "Gi": 1, "Ti": 2 ** 10}


def placeholder(name):
    """str: what an export writes in place of the value of a secret."""
    return "<value of %s>" % name


class Environment:
    """One look at an environment.

    Args:
        task (Task): options ``app``, ``secrets``, ``update_secret``, ``fingerprint_key``, ``members``, ``deploy``, ``deployment``, ``purge``, ``verify``,
            ``probe``, ``prefix``. parts (dict[str, Declaration]): what the modules of ``app``, ``secrets``, ``members`` and ``deployment`` declare.
    """

    def __init__(self, task, parts):
        self._task = task
        self._parts = parts
        self._params = task.params
        self._purge = task.params["purge"] or {}
        self._problems = []
        self._refusal = None  # the first of the server
        self._plans = {}
        task.client.remember_reads()

    def run(self):
        """dict: the result.

        Raises:
            Refused: with all problems, as a text and as ``problems`` in ``partial``; or what the runtime does not serve.
            ApiError: the server cannot be reached, or refuses the credential.
        """
        self._check_options()
        self._stop_at_problems("Some options cannot be right,")
        self._look()
        if self._to_do() or self._problems:
            self._attempt("organization", self._check_role)
            self._attempt("limits", self._check_limits)
            self._attempt("credential", self._check_scopes)
        self._stop_at_problems("This environment cannot be brought to its described state,")
        return {"changed": False, "environment": self._shown()}

    # -- options ----------------------------------------------------------------------------------------------------------------

    def _check_options(self):
        """Everything that can be known without a request, so that all of it is told at once."""
        params = self._params
        parent = {"app": params["app"].get("name"), "app_id": params["app"].get("app_id")}
        self._validated("app", params["app"], state="present", purge_tags=self._purges("tags"))
        self._validated("members", {"members": params["members"] or []})
        self._validated("deployment", params["deployment"] or {}, **parent)
        secrets = self._plans["secrets"] = self._task.planned(self._parts["secrets"], dict(
            parent, update_secret=params["update_secret"], fingerprint_key=params["fingerprint_key"]))
        for part, check in (("app", App), ("members", lambda plan: checked_members(plan.params["members"])), ("deployment", Deployer)):
            if part in self._plans:
                self._attempt(part, check, self._plans[part])
        self._attempt("update_secret", checked_secrets, secrets, {})
        self._problems += secret_problems(self._task, params["secrets"] or {})

    def _validated(self, part, given, **more):
        """Makes the plan of a part, with the options checked by its module's own rules. What is null counts as not given."""
        given = {name: value for name, value in given.items() if value is not None}
        declaration = self._parts[part]
        validation = ArgumentSpecValidator(declaration.argument_spec, **declaration.constraints).validate(given)
        if validation.error_messages:
            self._problems += ["%s: %s" % (self._path(part), text) for text in validation.error_messages]
        else:
            self._plans[part] = self._task.planned(declaration, dict(validation.validated_parameters, **more))

    def _purges(self, kind):
        return bool(self._purge.get(kind))

    # -- look -------------------------------------------------------------------------------------------------------------------

    def _look(self):
        self._members = self._attempt("members", self._look_at_members)
        self._app = self._attempt("app", self._look_at_app)
        self._secrets = self._newest = None
        self._must_deploy = False
        if self._app is None:
            return  # its secrets and deployments cannot be looked at
        app = self._app["app"]
        self._secrets = self._attempt("secrets", self._look_at_secrets)
        if self._params["deploy"] and (app.get("config") or {}).get("spicepod") and self._secrets is not None:
            self._attempt("deployment", self._look_at_deployment, app)

    def _look_at_app(self):
        plan = self._plans["app"]
        resource = App(plan)
        result = converge(plan, resource)
        for text in plan.warnings:
            self._task.warn(text)
        self._check_placement(resource.wanted, result)
        return result

    def _check_placement(self, wanted, result):
        """A place for a new app, and a cluster for any, must be offered; raises Refused."""
        platform = Platform(self._task.client)
        region, cluster = (self._plans["app"].params[name] for name in ("region", "cluster_name"))
        if region and result["app"]["id"] is None:
            offered = [offer["region"] for offer in platform.regions().get("regions", []) if not offer.get("disabled")]
            if offered and region not in offered:
                raise Refused("`region` %s is not offered; choose one of %s." % (region, ", ".join(sorted(offered))))
        if cluster and "cluster_name" in result["changed_fields"]:
            names = [one["cluster_name"] for one in _known(platform.clusters) or []]
            if cluster not in names:
                raise Refused("`cluster_name` %s is none of the organization's clusters (%s)." % (cluster, ", ".join(sorted(names)) or "it has none"))

    def _look_at_secrets(self):
        values = self._params["secrets"] or {}
        if not values and not self._purges("secrets"):
            return {"changed": False, "outcomes": {}, "deployment_required": False}
        result = converge_secrets(self._plans["secrets"], values, purge=self._purges("secrets"))
        warn_of_uncompared(self._task, [name for name in values if result["outcomes"][name] == "unchanged"])
        for name, verdict in result["outcomes"].items():
            if verdict in ("created", "updated") and values[name] == placeholder(name):
                self._problems.append("%s: it still holds its placeholder; put the value there." % self._path("secrets.%s" % name))
        return result

    def _look_at_members(self):
        members = self._plans["members"].params["members"]
        if not members and not self._purges("members"):
            return {"changed": False, "outcomes": {}}
        return converge_members(self._plans["members"], members, purge=self._purges("members"))

    def _look_at_deployment(self, app):
        deployer = Deployer(self._plans["deployment"])
        self._must_deploy, self._newest = deployer.foresee(app, self._secrets["deployment_required"])

    def _to_do(self):
        """list[str]: the parts that have something to do, in their order."""
        found = []
        if self._app and self._app["changed"]:
            found.append("app")
        for part, result in (("secrets", self._secrets), ("members", self._members)):
            if result and result["changed"]:
                found.append(part)
        # One that is under way is waited for.
        if self._must_deploy or (self._newest and self._newest["status"] != "succeeded"):
            found.append("deployment")
        return found

    # -- what else may stand in the way -----------------------------------------------------------------------------------------

    def _check_role(self):
        organizations = _known(Platform(self._task.client).organizations) or []
        asked = (self._task.client.config.org or "").casefold()
        # Without `org` the credential's own one is used; which that is shows only where there is no other.
        mine = [one for one in organizations if one["name"].casefold() == asked] if asked else organizations
        if len(mine) != 1:
            return
        role, name = mine[0].get("role"), mine[0]["name"]
        if role == "viewer":
            raise Refused("the credential has the role viewer in organization %s, which only reads; use one with the role member, admin or owner." % name)
        if "members" in self._to_do() and role and role not in MANAGERS:
            raise Refused("the credential has the role %s in organization %s, and only an admin or owner manages members; use such a one, or leave %s out."
                          % (role, name, self._path("members")))

    def _check_limits(self):
        params, changed = self._plans["app"].params, (self._app or {}).get("changed_fields", [])
        replicas = max([params["replicas"] or 0 if "replicas" in changed else 0, self._plans["deployment"].params["replicas"] or 0 if self._must_deploy else 0])
        limits = (((params["resources"] or {}) if "resources" in changed else {}).get("limits") or {})
        newcomers = [name for name, verdict in (self._members or {"outcomes": {}})["outcomes"].items() if verdict == "created"]
        if not (replicas or limits or newcomers):
            return
        plan = _known(Platform(self._task.client).limits) or {}
        largest = plan.get("resources") or {}
        for what, wanted, most in (
            ("replicas", replicas, plan.get("replicas")),
            ("CPUs of a replica", _number(limits.get("cpu")), largest.get("max_cpu")),
            ("GiB of memory of a replica", _gibibytes(limits.get("memory")), largest.get("max_memory_gi")),
            ("members", len(self._after_purge()) if newcomers else 0, plan.get("users")),
        ):
            if wanted and most is not None and 0 <= most < wanted:
                self._problems.append("limits: the plan of the organization allows %s %s, and this environment needs %g." % (most, what, wanted))

    def _after_purge(self):
        """set[str]: all members that the organization will have."""
        outcomes = {name.casefold(): verdict for name, verdict in self._members["outcomes"].items()}
        present = {member["username"].casefold() for member in self._task.client.get("/v1/members")["members"]}
        return {name for name in present | set(outcomes) if outcomes.get(name) != "deleted"}

    def _check_scopes(self):
        needed = self._needed()
        client = self._task.client
        scopes = client.told_scopes() or claims_of(client.token()).get("scopes")
        if isinstance(scopes, list):
            missing = [scope for scope in needed if "*" not in scopes and not _includes(scopes, scope)]
            if missing:
                raise Refused("the OAuth client lacks the scope%s %s; give it %s in the portal." % (
                    "s" if len(missing) > 1 else "", ", ".join(missing), "them" if len(missing) > 1 else "it"))
        elif self._params["probe"] and len(needed) > 1:
            for scope in needed:
                self._attempt("credential", self._try, scope)

    def _needed(self):
        """list[str]: the scopes for what is to be written."""
        to_do = self._to_do()
        members = self._members["outcomes"].values() if self._members else ()
        needed = {
            # The fingerprints of secrets are tags of the app.
            "apps:write": "app" in to_do or ("secrets" in to_do and (self._params["fingerprint_key"] or self._purges("secrets"))),
            "secrets:write": "secrets" in to_do,
            "members:write": any(verdict in ("created", "updated") for verdict in members),
            "members:delete": "deleted" in members,
            "deployments:write": self._must_deploy,
        }
        return [scope for scope, is_needed in needed.items() if is_needed]

    def _try(self, scope):
        """What a personal access token may do shows only when it is used: on the app or member 0, which is never there. Raises ApiError when it may not."""
        apps, client = Apps(self._task.client), self._task.client
        harmless = {
            "apps:write": lambda: apps.call("PUT", 0, body={}),
            "secrets:write": lambda: apps.call("POST", 0, "/secrets", {}),
            "members:write": lambda: client.request("PATCH", "/v1/members/0", {"roles": ["member"]}),
            "members:delete": lambda: client.request("DELETE", "/v1/members/0"),
            "deployments:write": lambda: apps.call("POST", 0, "/deployments", {}),
        }
        try:
            harmless[scope]()
        except ApiError as error:
            if error.status == 403:
                raise

    # -- problems ---------------------------------------------------------------------------------------------------------------

    def _attempt(self, where, function, *args):
        """What the function gives, or None and a problem more. Raises ApiError where nothing else can be known either."""
        try:
            return function(*args)
        except Refused as error:
            text = str(error)
        except ApiError as error:
            if error.status in (None, 401) or error.status >= 500:
                raise
            text = str(error)
            self._refusal = self._refusal or error
        self._problems.append("%s: %s" % (self._path(where), text))
        return None

    def _path(self, where):
        """str: an option as the user knows it; what is none is named as it is."""
        return self._params["prefix"] + where if where.split(".")[0] in self._params else where

    def _stop_at_problems(self, words):
        problems = list(dict.fromkeys(self._problems))
        if not problems:
            return
        text, partial = NOTHING % (words, "".join("\n- " + text for text in problems)), {"problems": problems}
        if self._refusal is None:
            raise Refused(text, partial)
        self._refusal.args, self._refusal.partial = (text,), partial
        raise self._refusal

    # -- show -------------------------------------------------------------------------------------------------------------------

    def _shown(self):
        to_do = self._to_do()
        return {
            "app": self._app["app"],
            "to_do": to_do,
            "changed_fields": self._app["changed_fields"],
            "secrets": self._secrets["outcomes"],
            "members": self._members["outcomes"],
            "deployment": self._newest,
            "deployment_required": self._must_deploy,
            "serving": None if to_do else self._serving(),
        }

    def _serving(self):
        """dict | None: the runtime, where it is to be verified and nothing has to be done before."""
        verify = self._params["verify"] or {}
        app = self._app["app"]
        if not (verify.get("ready") or verify.get("datasets")) or self._newest is None or not is_run(app):
            return None
        return wait_until_serving(self._task, app, verify["timeout"], datasets=verify["datasets"])


def is_run(app):
    """bool: Spice.ai Cloud runs the app, which is not so with a standalone one."""
    return bool(app.get("endpoint") or app.get("region") or app.get("cname"))


def _known(read):
    """What a route of the platform tells; None where the server is older than it."""
    try:
        return read()
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def _includes(scopes, scope):
    kind, verb = scope.split(":")
    return any("%s:%s" % (kind, more) in scopes for more in INCLUDED[verb])


def _number(text):
    """float | None: an amount of CPUs; None for what is no number, such as ``-`` for no limit."""
    return float(text) if text is not None and re.fullmatch(r"\d+(\.\d+)?", str(text)) else None


def _gibibytes(text):
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(|Ki|Mi|Gi|Ti)", str(text)) if text is not None else None
    return float(found.group(1)) * GIBIBYTES[found.group(2)] if found else None
