# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The version of the collection, told once for the code (a test compares it with galaxy.yml)."""

from __future__ import annotations

VERSION = "0.2.0"
