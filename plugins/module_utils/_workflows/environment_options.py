# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The options of a whole environment: all that is wrong with them is known without a request, and told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import wrong_types
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import AppResource
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import EXECUTOR, RESOURCES
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.deployments import DeploymentRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.instance_log import check_lines
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.members import MembersPlan
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_checks import monitor_problems
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import (
    is_placeholder,
    left_over,
    problem,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.questions import (
    check_chat,
    check_nsql,
    check_search,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_checks import (
    ON_CHANGE,
    ON_CREATE,
    policy_of,
    secret_problems,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.sql import check_query, check_rows
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.environment import ENVIRONMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import names_of, respelled
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import Problems, misspelled

LISTS = ("monitors", "members")
ONLY_READS = "a verification only reads"


class Options:
    """The options of one environment.

    Args:
        run, specs: as EnvironmentPlan. problems: takes what is wrong.

    Attributes:
        parts (dict[str, ModuleRun]): the runs of the parts whose options are right.
        name: that of the app, as the user gives it; None where it is not given.
    """

    def __init__(self, run: ModuleRun, specs: Mapping[str, ModuleSpec], problems: Problems) -> None:
        self._run = run
        self._specs = specs
        self._params = run.params
        self._problems = problems
        self.parts: dict[str, ModuleRun] = {}
        self.name: Any = None

    def check(self) -> None:
        """Everything that can be known without a request, so that all of it is told at once."""
        params = self._params
        known = [f"{params['prefix']}{option}" for option in (*ENVIRONMENT.options, "spicepod_file")]
        self._problems.texts += misspelled(params["variables"], known)
        if not params["app"]:
            option = self._problems.path("app")
            self._problems.texts.append(f"`{option}` is missing: it describes the app, at least by its `name`.")
            return
        given = {
            name: self._respelled(name) for name in ("app", "monitors", "members", "deployment", "purge", "verify")
        }
        self.name = given["app"].get("name")
        app_of = {"app": self.name, "app_id": given["app"].get("app_id")}
        self._validate("purge", given["purge"])
        self._validate("app", given["app"], state="present", confirm=None, purge_tags=self.purges("tags"))
        self._validate("members", {"members": given["members"]})
        self._validate("deployment", given["deployment"], **app_of)
        if "deployment" in self.parts:
            # The log that counts is that of the failure, not that of the way back.
            quiet = {**self.parts["deployment"].params, "log_lines": 0}
            self.parts["rollback"] = self._run.part(self._specs["deployment"], quiet)
        self._validate("verify", given["verify"])
        policy = {name: params[name] for name in ("update_secret", "fingerprint_key", "prefix")}
        self._validate("monitors", {"monitors": given["monitors"]}, **policy)
        self.parts["secrets"] = self._run.part(
            self._specs["secrets"], {**app_of, **policy, "secrets": params["secrets"]}
        )
        checks: dict[str, Callable[[ModuleRun], Any]] = {
            "app": AppResource,
            "members": lambda part: MembersPlan(part, part.params["members"], False),
            "deployment": DeploymentRun,
            "update_secret": lambda part: policy_of(part.params),
            "verify": _check_verification,
        }
        for name, check in checks.items():
            part = self.parts.get("secrets" if name == "update_secret" else name)
            if part:
                self._problems.collect(name, check, part)
        for kind in QUESTIONS if "verify" in self.parts else ():
            for number, question in enumerate(self.parts["verify"].params[kind]):
                self._problems.collect("verify", _check_question, kind, number, question)
        if "monitors" in self.parts:
            self._problems.texts += monitor_problems(self.parts["monitors"], self.parts["monitors"].params["monitors"])
        self._problems.texts += secret_problems(self.parts["secrets"], params["secrets"] or {})
        self._problems.texts += self._placeholders(params["secrets"] or {})
        params["secrets"] = self.parts["secrets"].params["secrets"]  # without what may be a value instead of a name

    def _respelled(self, name: str) -> Any:
        """An option that is a dictionary or a list of them, with known names only; each other one is a problem.

        A string that is a placeholder is a problem too.
        """
        given = self._params[name] or ([] if name in LISTS else {})
        names = names_of(self._specs[name].argument_spec)
        known = {
            "app": {**names, "resources": RESOURCES, "executor": EXECUTOR},
            **{part: names.get(part) for part in LISTS},
        }.get(name, names)
        result, sentences = respelled(self._problems.path(name), given, known or {})
        self._problems.texts += sentences + left_over(self._problems.path(name), result)
        if sentences:
            self._params[name] = result  # Ansible shows the options, and nobody knows what an unknown one holds
        return result

    def _placeholders(self, secrets: Mapping[str, Any]) -> list[str]:
        """A sentence for each secret that is a placeholder, where all secrets are compared or written.

        Otherwise it may be that of one that exists, which is then left alone.
        """
        policy = self._params["update_secret"] or (ON_CHANGE if self._params["fingerprint_key"] else ON_CREATE)
        if policy == ON_CREATE:
            return []
        return [problem(self._problems.path(f"secrets.{name}")) for name in secrets if is_placeholder(secrets[name])]

    def _validate(self, name: str, given: Mapping[str, Any], **decided: Any) -> None:
        """Makes the run of a part, with the options checked by its module's own rules.

        What is null counts as not given.
        """
        spec = self._specs[name]
        self._problems.texts += wrong_types(given, spec.argument_spec, f"{self._problems.path(name)}.")
        asked = {option: value for option, value in given.items() if value is not None}
        validation = ArgumentSpecValidator(spec.argument_spec, **spec.constraints).validate(asked)
        if validation.error_messages:
            self._problems.texts += [f"{self._problems.path(name)}: {text}" for text in validation.error_messages]
        else:
            self.parts[name] = self._run.part(spec, {**validation.validated_parameters, **decided})

    def purges(self, kind: str) -> bool:
        """Whether what the environment does not name is removed. ``kind``: a name in ``purge``."""
        return "purge" in self.parts and bool(self.parts["purge"].params[kind])


def _check_verification(part: ModuleRun) -> None:
    """Raises InvalidOption: there is no time for it, or its number of lines cannot be right."""
    timeout = part.params["timeout"]
    if timeout <= 0:
        raise InvalidOption(f"`timeout` must be more than 0 seconds, not {timeout}.")
    check_lines("log_lines", part.params["log_lines"])


def _check_sql(query: Mapping[str, Any]) -> None:
    check_query({"read_only": True, **query}, cure=ONLY_READS)


def _check_nsql(question: Mapping[str, Any]) -> None:
    check_nsql(question)
    check_rows(question["expect"])


QUESTIONS = {"sql": _check_sql, "search": check_search, "nsql": _check_nsql, "chat": check_chat}


def _check_question(kind: str, number: int, question: Mapping[str, Any]) -> None:
    """Raises InvalidOption: the question cannot be right."""
    try:
        QUESTIONS[kind](question)
    except InvalidOption as error:
        raise InvalidOption(f"`{kind}[{number}]`: {error}") from error
