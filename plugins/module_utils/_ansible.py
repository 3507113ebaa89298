# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Every private name of Ansible that the collection uses, each with the reason. Nothing else in it uses any.

Each exists in ansible-core 2.16 to 2.21, and the unit tests run on the oldest and the newest.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule


class PrivateArgumentsModule(AnsibleModule):  # type: ignore[misc]  # ansible-core has no type information
    """An AnsibleModule that takes private arguments out before the options are checked.

    The action plugin hands them over. They are no options: nobody types them, and no result, error or ``invocation``
    shows them. AnsibleModule has no public hook between reading the arguments and checking them, only ``_load_params``.
    """

    private_names: tuple[str, ...] = ()

    def _load_params(self) -> None:
        super()._load_params()
        self.private_arguments = {name: self.params.pop(name) for name in self.private_names if name in self.params}


def has_diff_mode(module: AnsibleModule) -> bool:
    """Whether ``--diff`` is on. AnsibleModule has no public name for it."""
    return bool(module._diff)


def verbosity(module: AnsibleModule) -> int:
    """How many ``-v`` the run has. AnsibleModule has no public name for it."""
    return int(module._verbosity)


def no_log_values(validation: Any) -> set[str]:
    """The values of ``no_log`` options that an ArgumentSpecValidator found. AnsibleModule reads the same attribute."""
    return set(validation._no_log_values)


def alias_warnings(validation: Any) -> list[dict[str, str]]:
    """Options that were given together with their alias. AnsibleModule reads the same attribute."""
    return list(validation._warnings)


def injects_invocation(action: Any, task_vars: Any) -> bool:
    """Whether results hold ``invocation``.

    Only ``_update_module_args`` computes what a module would be told about it.
    """
    flags: dict[str, Any] = {}
    action._update_module_args(action._task.action, flags, task_vars)
    return bool(flags.get("_ansible_inject_invocation", True))


def task_environment(action: Any) -> dict[str, str]:
    """What ``environment:`` of the task, its blocks and its play comes to.

    Only ``_compute_environment_string`` collects it.
    """
    environment: dict[str, Any] = {}
    action._compute_environment_string(environment)
    return {str(name): str(value) for name, value in environment.items()}
