# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the processes of one run of Ansible keep what they share."""

from __future__ import annotations

import os

from ansible import constants as C

STATE_DIRECTORY = "spiceai_cloud"


def state_directory() -> str:
    """In the run's own temporary directory, which Ansible removes at the end."""
    return os.path.join(C.DEFAULT_LOCAL_TMP, STATE_DIRECTORY)
