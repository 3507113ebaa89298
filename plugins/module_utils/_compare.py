# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Whether two values mean the same."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """The same string for values that mean the same, whatever their order of keys or notation.

    A key without a value counts as absent.
    """
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        # A key that is no string counts as the string that JSON makes of it: `true`, not `True`.
        return {
            key if isinstance(key, str) else json.dumps(key): _plain(item)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
