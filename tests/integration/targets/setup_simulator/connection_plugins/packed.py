# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = """
name: packed
short_description: Plays another machine, so that every module is packed, sent and started
description:
  - Does what P(ansible.builtin.local#connection) does under another name; to action plugins this machine is then not
    the controller.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
version_added: 0.1.0
extends_documentation_fragment:
  - connection_pipelining
"""

from ansible.plugins.connection.local import Connection as LocalConnection


class Connection(LocalConnection):
    transport = "packed"
