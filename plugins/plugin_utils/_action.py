# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's own function inside the controller where that is possible, else hands over to the packed module.

Packing, sending and starting a module costs about half a second of CPU for each item and host. Here the same function
is called in the worker process that Ansible has already forked. What a user sees is the same either way; a test runs
every example both ways.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.action import ActionBase
from ansible_collections.spiceai.cloud.plugins.module_utils._ansible import (
    alias_warnings,
    injects_invocation,
    no_log_values,
    task_environment,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import (
    hidden_strings,
    named,
    with_hidden_unknown,
    wrong_types,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import MASK, maskable
from ansible_collections.spiceai.cloud.plugins.module_utils._module import LOG_KEY, ModuleRun, ModuleSpec, redacted
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.python_values import check_values
from ansible_collections.spiceai.cloud.plugins.plugin_utils._controller import ControllerContext
from ansible_collections.spiceai.cloud.plugins.plugin_utils._run import state_directory
from ansible_collections.spiceai.cloud.plugins.plugin_utils._spicepod_file import FILE_OPTION, with_spicepod

MAY_BE_PYTHON = ("dict", "raw")  # types of options that older ansible-core may hand over in the form of Python


class SpiceAction(ActionBase):  # type: ignore[misc]  # ansible-core has no type information
    """Base of the collection's action plugins; a subclass names its ``spec``."""

    spec: ModuleSpec

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            args = self._with_files(self._task.args, task_vars or {})
            for name, option in self.spec.argument_spec.items():
                for alias in {name, *option.get("aliases", ())} & set(args):
                    may_be_python = option.get("type") in MAY_BE_PYTHON
                    check_values(f"{args.get('prefix') or ''}{alias}", args[alias], may_be_python)
        except InvalidOption as error:
            return dict(result, failed=True, changed=False, msg=str(error))
        sent = _as_sent(args)
        wrong = wrong_types(sent, self.spec.argument_spec, args.get("prefix") or "")
        if wrong:
            return dict(result, failed=True, changed=False, msg=" ".join(wrong))
        here = self._belongs_here()
        result.update(self._run_here(sent, task_vars or {}) if here else self._run_packed(args, sent, task_vars))
        return result

    def _with_files(self, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with what is in the files of the controller that they name. Raises InvalidOption."""
        app = args.get("app")
        if FILE_OPTION in args and FILE_OPTION in self.spec.argument_spec:
            return with_spicepod(args, self._directories(task_vars))
        if isinstance(app, Mapping) and FILE_OPTION in app:
            return dict(args, app=with_spicepod(app, self._directories(task_vars), _file_option(args)))
        return dict(args)

    def _directories(self, task_vars: Mapping[str, Any]) -> list[Path]:
        """Where the files of the controller are looked for, in this order."""
        base = Path(self._loader.get_basedir())
        inventory = task_vars.get("inventory_dir")
        return [base, base / "files", *([Path(inventory)] if inventory else []), Path.cwd()]

    def _belongs_here(self) -> bool:
        """Whether the task would run on this machine, as this user, while this process waits."""
        is_local = self._connection.transport == "local" and not self._connection.become
        return is_local and not self._task.async_val

    def _run_packed(
        self, args: dict[str, Any], sent: dict[str, Any], task_vars: dict[str, Any] | None
    ) -> dict[str, Any]:
        inherits = self._connection.transport == "local" and not self._connection.become
        context = ControllerContext(
            self.spec.name, sent, task_environment(self), os.environ, inherits, state_directory()
        )
        private = context.private_arguments(with_log=not self._task.async_val)
        result: dict[str, Any] = self._execute_module(
            module_args=dict(args, **private), task_vars=task_vars, wrap_async=self._task.async_val
        )
        for line in result.pop(LOG_KEY, ()):
            self._log(line)
        context.add_requests(result)
        return result

    def _run_here(self, given: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        with_invocation = injects_invocation(self, task_vars)
        with _environment(task_environment(self)):
            validation = ArgumentSpecValidator(self.spec.argument_spec, **self.spec.constraints).validate(given)
            params = dict(given, **validation.validated_parameters)
            run = ModuleRun(
                self.spec,
                params,
                self._task.check_mode,
                self._task.diff,
                state_directory(),
                progress=self._show_progress,
                log=self._log,
                no_log_values=no_log_values(validation),
            )
            for both in alias_warnings(validation):
                run.warn(f"Both option {both['option']} and its alias {both['alias']} are set.")
            if validation.error_messages:
                words = _argument_error(self._task.action, validation.errors)
                prefix = given.get("prefix") or ""
                result = {"failed": True, "msg": named(words, self.spec.argument_spec, prefix)}
            else:
                result = run.execute()
        if with_invocation:
            result["invocation"] = {"module_args": with_hidden_unknown(run.params, self.spec.argument_spec, MASK)}
        converted = hidden_strings(run.params, self.spec.argument_spec)
        sensitive = maskable(no_log_values(validation) | converted | run.redactor.values)
        result = redacted(result, sensitive, self.spec.public)
        if run.warnings:
            result["warnings"] = [remove_values(text, sensitive) for text in run.warnings]
        return result

    def _show_progress(self, line: str) -> None:
        """Shows a line at once, on a terminal as in a log: Ansible buffers standard output when that is a file or a
        pipe.
        """
        self._display.display(f"{self._task.action} | {line}", stderr=True)

    def _log(self, line: str) -> None:
        """Shows one request from -vvv on."""
        self._display.vvv(f"{self._task.action} | {line}")


def _file_option(args: Mapping[str, Any]) -> str:
    """What the user calls the file of the spicepod: a role has a variable of its own for it."""
    variable = f"{args.get('prefix') or ''}{FILE_OPTION}"
    return variable if variable in (args.get("variables") or ()) else FILE_OPTION


def _as_sent(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as a packed module would get them: plain types, through JSON."""
    try:
        sent: dict[str, Any] = json.loads(json.dumps(args, cls=AnsibleJSONEncoder, vault_to_text=True))
        return sent
    except (TypeError, ValueError) as exc:
        raise AnsibleError(f"The arguments of the task cannot be written as JSON: {exc}") from exc


def _argument_error(action: str, errors: Any) -> str:
    """The words of AnsibleModule."""
    if isinstance(errors[0], UnsupportedError):
        return f"Unsupported parameters for ({action}) module: {errors.msg}"
    return str(errors.msg)


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Sets the variables of the process for a while; a worker process runs one task at a time."""
    former = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
