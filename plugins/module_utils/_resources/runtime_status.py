# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What was seen of a runtime, and what somebody wants to see of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.runtime import Row
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun


class Status(NamedTuple):
    """What was seen of a runtime.

    Args:
        url: its address. key_number: of the key that was used; None when nobody asked.
        accepted: it takes the key. ready: it says so; None where it does not tell. waits_for: what it says when it is
            not ready.
        datasets, models: name, from, status and error_message of each; empty where nothing is deployed.
        unavailable: what it does not offer, of ``ready``, ``datasets`` and ``models``.
    """

    url: str | None
    key_number: int | None
    accepted: bool = False
    ready: bool | None = False
    waits_for: str | None = None
    datasets: tuple[Row, ...] = ()
    models: tuple[Row, ...] = ()
    unavailable: tuple[str, ...] = ()

    def to_result(self) -> dict[str, Any]:
        """The ``runtime`` of a result. It has no ``accepted``, because a key that is not taken is a failure."""
        return {
            "url": self.url,
            "key_number": self.key_number,
            "ready": self.ready,
            "datasets": list(self.datasets),
            "models": list(self.models),
            "unavailable": list(self.unavailable),
        }


class Asked(NamedTuple):
    """What a caller wants to know of a runtime beside whether it is ready."""

    datasets: bool = True
    models: bool = False


ALL_DATASETS = Asked()


def warn_of_unavailable(run: ModuleRun, app: Mapping[str, Any], status: Status) -> None:
    """Warns of what the runtime of an app does not tell, because nobody can verify it."""
    if status.unavailable:
        run.warn(
            f"The runtime of app {app['name']} does not tell {', '.join(status.unavailable)} (501), as that of a "
            "standalone or self-hosted app does not, so this is not verified."
        )
