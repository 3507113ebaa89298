# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a packed module cannot share with the other tasks of a run, because it runs in a process of its own or on
another machine.

The controller hands it over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.spiceai.cloud.plugins.module_utils._module import LOG_ARGUMENT, TOKEN_ARGUMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState


class ControllerContext:
    """For one task that runs as a packed module.

    Args:
        name: the module. args: its arguments. environ: the variables that the task sets.
        inherited: those of this process. inherits: whether the module will see them.
        state_directory: what the processes of the run share.
    """

    def __init__(
        self,
        name: str,
        args: Mapping[str, Any],
        environ: Mapping[str, str],
        inherited: Mapping[str, str],
        inherits: bool,
        state_directory: str,
    ) -> None:
        self._name = name
        self._args = args
        self._state_directory = state_directory
        self._client = self._connected({**inherited, **environ} if inherits else environ)

    def private_arguments(self, with_log: bool) -> dict[str, Any]:
        """The private arguments of the module: an access token where client credentials are in force, and whether it
        returns its request log.
        """
        arguments: dict[str, Any] = {LOG_ARGUMENT: True} if with_log else {}
        if self._client and self._client.config.client_id:
            try:
                # Client credentials are exchanged once a run and not once a task.
                arguments[TOKEN_ARGUMENT] = self._client.auth.export_token()
            except SpiceError:
                # The module may reach the token service where the controller does not; else it tells the error better.
                self._client = None
        return arguments

    def add_requests(self, result: dict[str, Any]) -> None:
        """Adds what was sent here to the statistics of the module."""
        if self._client and "api" in result:
            for name, count in self._client.stats().items():
                result["api"][name] += count

    def _connected(self, environ: Mapping[str, str]) -> Client | None:
        """As whom the module connects with these variables; None when they do not tell, or when the module will not
        take its options.
        """
        given = {option: value for option, value in self._args.items() if option in CONNECTION.options}
        validation = ArgumentSpecValidator(dict(CONNECTION.options)).validate(given)
        if validation.error_messages or REQUESTS_IMPORT_ERROR:
            return None
        try:
            config = Config(dict(validation.validated_parameters, retries=0), environ)
        except SpiceError:
            return None
        return Client(config, self._name, RunState(self._state_directory))
