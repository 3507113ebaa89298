# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What every module does around its own work, the same in a packed module and inside the controller."""

from __future__ import annotations

import os
import traceback

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._client import REQUESTS_IMPORT_ERROR, Client
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused, failure
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState


# What the action plugin gives a packed module beside its options: an access token of the run, and the names of apps that check mode takes to exist.
# They are no options: nobody types them, and no result or error shows them.
HANDOVER = ("_access", "_predicted")


class Declaration:
    """What a module declares.

    Args:
        name (str): the module's name.
        run (callable): takes a Task, returns the result (dict with ``changed``).
        argument_spec (dict), constraints (``mutually_exclusive``, ``required_one_of``, ...): as AnsibleModule takes them.
    """

    def __init__(self, name, run, argument_spec, **constraints):
        self.name = name
        self.run = run
        self.argument_spec = argument_spec
        self.reads_only = name.endswith("_info")
        self.constraints = constraints


class Task:
    """One task at work: its options, its client, and what it has to tell.

    Attributes:
        params (dict): the validated options. check_mode, diff_mode (bool). client (Client).
        warnings (list[str]). wrote (bool): something was changed on the server.
        reads_only (bool): the task never changes anything. progress (callable): takes a line to show while the task waits.
    """

    def __init__(self, declaration, params, check_mode, diff_mode, state_folder, progress=None, handover=None):
        self.params = params
        self.check_mode = check_mode
        self.diff_mode = diff_mode
        self.warnings = []
        self.wrote = False
        self.client = None
        self.reads_only = declaration.reads_only
        self.progress = progress or (lambda line: None)  # a packed module has nobody to tell before it ends
        self._declaration = declaration
        self._state_folder = state_folder
        self._handover = handover or {}

    def warn(self, text):
        """Keeps a warning for the user; the same one is told once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def secrets(self):
        """set[str]: values that must not be shown beyond the ``no_log`` options: credentials of the environment, access tokens."""
        return self.client.secrets if self.client else set()

    def execute(self):
        """dict: the result; ``failed`` and ``msg`` tell a failure. Never raises."""
        try:
            if REQUESTS_IMPORT_ERROR:
                return {"failed": True, "msg": missing_required_lib("requests"), "exception": REQUESTS_IMPORT_ERROR}
            self.client = Client(Config(self.params, os.environ), self._declaration.name, RunState(self._state_folder), self.warn)
            self._take_over()
            result = self._declaration.run(self)
        except Refused as error:
            result = dict(error.partial or {}, failed=True, msg=str(error))
            if self.client and self.client.requests:
                result["failure"] = failure(retries=self.client.retries)
        except ApiError as error:
            result = dict(error.partial or {}, failed=True, msg=str(error), failure=error.as_result())
        except Exception as error:  # an error of ours must not show values either: it ends as a result, which is scrubbed
            result = {"failed": True, "msg": "%s broke off by an error of its own (%s: %s); please report it." % (
                self._declaration.name, type(error).__name__, error), "exception": traceback.format_exc()}
        if result.get("failed"):
            result["changed"] = self.wrote
        if self.client and (self.client.requests or not result.get("failed")):
            result["api"] = self.client.stats()
        return result

    def planned(self, declaration, params):
        """Task: one of another module that plans with this task's client, as in check mode."""
        plan = Task(declaration, params, True, False, self._state_folder)
        plan.client = self.client
        return plan

    def predicted(self):
        """list[str]: names of the apps that this and earlier tasks of the run would have created."""
        return Apps(self.client).predicted() if self.client and self.check_mode else []

    def _take_over(self):
        # The options may name another credential than the one that the token is for: then the client has no use for it.
        if self._handover.get("_access") and self.client.config.client_id:
            self.client.adopt(self._handover["_access"])
        for name in self._handover.get("_predicted") or []:
            Apps(self.client).remember_predicted(name)


class _Module(AnsibleModule):
    """An AnsibleModule that takes the handover out of its arguments before it looks at them."""

    def _load_params(self):
        super()._load_params()
        self.handover = {name: self.params.pop(name) for name in HANDOVER if name in self.params}


def maskable(values: set[str]) -> set[str]:
    """set[str]: these values without those of only white space, which would mask the spaces of every sentence."""
    return {value for value in values if value.strip()}


def run_module(declaration):
    """The ``main()`` of a packed module."""
    module = _Module(argument_spec=declaration.argument_spec, supports_check_mode=True, **declaration.constraints)
    # The diff flag is AnsibleModule's own; there is no public name for it.
    task = Task(declaration, module.params, module.check_mode, module._diff, state_folder=None, handover=module.handover)
    result = task.execute()
    if task.predicted():
        result["predicted"] = task.predicted()
    module.no_log_values = maskable(module.no_log_values | task.secrets())
    for text in task.warnings:
        module.warn(text)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
