# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the name of an app may be, and what deleting one needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import title

NAME = re.compile(r"[A-Za-z0-9-]+")
MIN_NAME_LENGTH, MAX_NAME_LENGTH = 4, 38  # characters; the API refuses others


def check_name(name: str | None, warn: Callable[[str], None]) -> None:
    """Checks the name of an app that is to exist. Raises InvalidOption."""
    if name is None:
        return
    if not NAME.fullmatch(name):
        raise InvalidOption(f"`name` takes letters, digits and dashes only, not {name!r}.")
    if len(name) < MIN_NAME_LENGTH:
        raise InvalidOption(f"`name` must have at least {MIN_NAME_LENGTH} characters, {name!r} has {len(name)}.")
    if len(name) > MAX_NAME_LENGTH:
        warn(f"`name` {name!r} has more than the {MAX_NAME_LENGTH} characters that the API documents.")


def unconfirmed(fault: str, app: Mapping[str, Any]) -> InvalidOption:
    """The error of a deletion without the right confirmation. ``fault``: what is wrong with `confirm`."""
    return InvalidOption(
        f"Nothing was deleted, because `confirm` {fault}. To delete {title(app)} with its secrets, deployments and API "
        f"keys, set `confirm` (`teardown_confirm` of the role spiceai.cloud.teardown) to {app['name']}."
    )
