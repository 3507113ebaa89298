# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m spice_simulator``."""

import sys

from spice_simulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
