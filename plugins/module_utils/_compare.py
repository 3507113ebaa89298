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
    return json.dumps(meaning(value), sort_keys=True)


def meaning(value: Any, with_nulls: bool = False) -> Any:
    """The value in the plain types of JSON, with equal numbers in one notation.

    Args:
        value: of those types. with_nulls: a key without a value counts.
    """
    if isinstance(value, dict):
        # A key that is no string counts as the string that JSON makes of it: `true`, not `True`.
        return {
            key if isinstance(key, str) else json.dumps(key): meaning(item, with_nulls)
            for key, item in value.items()
            if with_nulls or item is not None
        }
    if isinstance(value, (list, tuple)):
        return [meaning(item, with_nulls) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
