# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions and clusters of the fake cloud."""

from __future__ import annotations

TIMES = {"created_at": "2026-06-01T00:00:00.000Z", "updated_at": "2026-06-01T00:00:00.000Z"}


def region(name, title, is_default=False):
    """dict: a region as the API tells it."""
    return {
        "name": title,
        "region": name,
        "provider": "aws",
        "providerName": "AWS",
        "isDefault": is_default,
        "disabled": False,
    }


def cluster(name, where):
    """dict: a dedicated cluster as the API tells it."""
    return {"cluster_name": name, "region": where, "cloud_provider": "aws", "endpoint": "https://cluster.test", **TIMES}
