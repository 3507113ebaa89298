# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The routes of the Management API, one module per resource. Importing this package fills the register."""

from spice_simulator.api import ROUTES, Route
from spice_simulator.routes import (
    apps,
    catalog,
    deployments,
    forks,
    health,
    instances,
    keys,
    members,
    monitors,
    oauth,
    orgs,
    secret_links,
    secrets,
)

__all__ = [
    "apps",
    "catalog",
    "deployments",
    "forks",
    "health",
    "instances",
    "keys",
    "members",
    "monitors",
    "oauth",
    "orgs",
    "registered",
    "secret_links",
    "secrets",
]


def registered() -> list[Route]:
    """Every route of every module of this package."""
    return ROUTES
