# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's own function inside the controller where that is possible, else hands over to the packed module.

Packing, sending and starting a module costs about half a second of CPU for each item and host; here the same function is called in the worker
process that Ansible has already forked. What a user can see is the same either way; a test runs every example both ways.
"""

from __future__ import annotations

import contextlib
import json
import os

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.action import ActionBase

from ansible_collections.spiceai.cloud.plugins.module_utils._task import Task, maskable
from ansible_collections.spiceai.cloud.plugins.plugin_utils._handover import Handover
from ansible_collections.spiceai.cloud.plugins.plugin_utils._run import state_folder


class SpiceAction(ActionBase):
    """Base of the collection's action plugins; a subclass names its ``declaration``."""

    declaration = None

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        if self._belongs_here():
            result.update(self._run_here(task_vars or {}))
        else:
            result.update(self._run_packed(task_vars))
        # A module cannot return `results`: Ansible keeps that word for the items of a loop. So it says `outcomes`, and gets the word back here.
        if "outcomes" in result:
            result["results"] = result.pop("outcomes")
        return result

    def _belongs_here(self):
        """bool: the task would run on this machine, as this user, while this process waits."""
        return self._connection.transport == "local" and not self._task.async_val and not self._connection.become

    def _run_packed(self, task_vars):
        args = self._task.args
        inherits = self._connection.transport == "local" and not self._connection.become
        handover = Handover(self.declaration.name, _as_sent(args), self._task_environment(), os.environ, inherits, state_folder(), self._task.check_mode)
        result = self._execute_module(module_args=dict(args, **handover.arguments()), task_vars=task_vars, wrap_async=self._task.async_val)
        handover.complete(result)
        return result

    def _run_here(self, task_vars):
        declaration = self.declaration
        flags = {}
        self._update_module_args(self._task.action, flags, task_vars)
        given = _as_sent(self._task.args)
        validation = None
        with _environment(self._task_environment()):
            validation = ArgumentSpecValidator(declaration.argument_spec, **declaration.constraints).validate(given)
            params = dict(given, **validation.validated_parameters)
            task = Task(declaration, params, self._task.check_mode, self._task.diff, state_folder(),
                        progress=self._tell)
            for both in validation._warnings:
                task.warn("Both option {option} and its alias {alias} are set.".format(**both))
            if validation.error_messages:
                result = {"failed": True, "msg": _argument_error(self._task.action, validation.errors)}
            else:
                result = task.execute()
        if flags.get("_ansible_inject_invocation", True):
            result["invocation"] = {"module_args": params}
        hidden = maskable(validation._no_log_values | task.secrets())
        result = _scrubbed(result, hidden)
        if task.warnings:
            result["warnings"] = [remove_values(text, hidden) for text in task.warnings]
        return result

    def _tell(self, line):
        """Shows a line at once, on a terminal as in a log: what goes to standard output waits in a buffer of Ansible when that is a file or a pipe."""
        self._display.display("%s | %s" % (self._task.action, line), stderr=True)

    def _task_environment(self):
        """dict: what ``environment:`` of the task, its blocks and its play comes to."""
        environment = {}
        self._compute_environment_string(environment)
        return {str(name): str(value) for name, value in environment.items()}


def _as_sent(args):
    """The arguments as a packed module would get them: plain types, through JSON."""
    try:
        return json.loads(json.dumps(args, cls=AnsibleJSONEncoder, vault_to_text=True))
    except (TypeError, ValueError) as exc:
        raise AnsibleError("The arguments of the task cannot be written as JSON: %s" % exc) from exc


def _argument_error(action, errors):
    """The words of AnsibleModule."""
    if isinstance(errors[0], UnsupportedError):
        return "Unsupported parameters for (%s) module: %s" % (action, errors.msg)
    return errors.msg


def _scrubbed(result, secrets):
    """The result as AnsibleModule gives it: without the secrets, except that booleans and None are kept as they are."""
    kept = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
    return dict(remove_values(json.loads(json.dumps(result)), secrets), **kept)


@contextlib.contextmanager
def _environment(variables):
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
