# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an export writes instead of the value of a secret, which cannot be read."""

from __future__ import annotations


def placeholder(name: str) -> str:
    """The placeholder of a secret."""
    return f"<value of {name}>"
