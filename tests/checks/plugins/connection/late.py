# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays another machine that cannot be reached at first: as ``packed``, but its first use ends as "unreachable"."""

from __future__ import annotations

import os
from pathlib import Path

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: late
short_description: Plays another machine that cannot be reached at first
description: The local connection under another name. It fails once a run, at its first use.
author: Spice.ai Cloud collection contributors
options:
  become_success_timeout:
    description: As of the local connection.
    type: int
    default: 10
  become_strip_preamble:
    description: As of the local connection.
    type: bool
    default: true
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(LocalConnection):
    transport = "late"

    def exec_command(self, *args, **kwargs):
        tried = Path(os.environ["CHECKS_RESULTS"]).with_name("late")
        if not tried.exists():
            tried.touch()
            raise AnsibleConnectionFailure("This machine cannot be reached yet")
        return super().exec_command(*args, **kwargs)
