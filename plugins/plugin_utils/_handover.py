# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a packed module cannot share with the other tasks of a run, for it runs in a process of its own or on another machine: the controller hands it over."""

from __future__ import annotations

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._client import REQUESTS_IMPORT_ERROR, Client
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState


class Handover:
    """For one task that runs as a packed module.

    Args:
        name (str): the module. args (dict): its arguments. environ (dict): the variables that the task sets.
        inherited (dict): those of this process. inherits (bool): whether the module will see them.
        state_folder (str): what the processes of the run share. check_mode (bool).
    """

    def __init__(self, name, args, environ, inherited, inherits, state_folder, check_mode):
        self._name, self._args, self._state_folder = name, args, state_folder
        self._check_mode = check_mode
        everything = dict(inherited, **environ)
        # Whose apps the predictions are about: on another machine too the names mean what they mean here.
        self._here = self._connected(everything) if check_mode else None
        self._there = self._connected(everything if inherits else environ)

    def arguments(self):
        """dict: the private arguments of the module."""
        predicted = Apps(self._here).predicted() if self._here else []
        return dict(self._access(), **({"_predicted": predicted} if predicted else {}))

    def complete(self, result):
        """Takes what the module predicted out of its result, for the tasks that follow, and adds what was sent here."""
        predicted = result.pop("predicted", ())
        if self._here:
            for name in predicted:
                Apps(self._here).remember_predicted(name)
        if self._there and "api" in result:
            result["api"]["requests"] += self._there.requests

    def _access(self):
        """dict: an access token, where client credentials are in force: they are exchanged once a run and not once a task."""
        if not self._there or not self._there.config.client_id:
            return {}
        try:
            return {"_access": self._there.handed_over()}
        except ApiError:
            return {}  # the module may reach the token service where the controller does not, and else tells it better

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
