# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.modules.spice_secret_link_info import SPEC
from ansible_collections.spiceai.cloud.plugins.plugin_utils._action import SpiceAction


class ActionModule(SpiceAction):
    spec = SPEC
