# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packed module runs in a process of its own or on another machine, so the controller hands it the access token of the run."""

from __future__ import annotations

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.spiceai.cloud.plugins.module_utils._client import REQUESTS_IMPORT_ERROR, Client
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState


class Handover:
    """For one task that runs as a packed module.

    Args:
        name (str): the module. args (dict): its arguments. environ (dict): the variables that the module will see.
        state_folder (str): what the processes of the run share.
    """

    def __init__(self, name, args, environ, state_folder):
        self._name, self._args, self._state_folder = name, args, state_folder
        self._client = self._connected(environ)

    def arguments(self):
        """dict: the private arguments of the module: an access token, where client credentials are in force, because they are exchanged once a run
        and not once a task."""
        if not self._client or not self._client.config.client_id:
            return {}
        try:
            return {"_access": self._client.handed_over()}
        except ApiError:
            return {}  # the module may reach the token service where the controller does not, and else tells it better

    def complete(self, result):
        """Adds what was sent here to what the module says that it sent."""
        if self._client and "api" in result:
            result["api"]["requests"] += self._client.requests

    def _connected(self, environ):
        """Client | None: as whom the module connects with these variables; None when they do not tell, or when the module will refuse its options."""
        given = {option: value for option, value in self._args.items() if option in CONNECTION}
        validation = ArgumentSpecValidator(CONNECTION).validate(given)
        if validation.error_messages or REQUESTS_IMPORT_ERROR:
            return None
        try:
            config = Config(dict(validation.validated_parameters, retries=0), environ)
        except Refused:
            return None
        return Client(config, self._name, RunState(self._state_folder))
