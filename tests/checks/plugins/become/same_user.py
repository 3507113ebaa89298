# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``become`` without any rights or password: what matters to a check is that the task asks for it."""

from __future__ import annotations

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: same_user
short_description: Becomes nobody else
description: Runs the command as the user that is there already.
author: Spice.ai Cloud collection contributors
options:
  become_user:
    description: Ignored.
    default: root
  become_exe:
    description: Ignored.
  become_flags:
    description: Ignored.
    default: ''
  become_pass:
    description: Ignored.
"""


class BecomeModule(BecomeBase):
    name = "same_user"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return self._build_success_command(cmd, shell) if cmd else cmd
