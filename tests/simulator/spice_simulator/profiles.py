# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of the Management API that can be played.

A profile is named by the month of the vendor material it follows, so that plain string comparison
(``profile >= P2026_07``) answers "is this at least that new?".

* 2025-12: the OpenAPI document of December 2025; no placement on create, API keys inside app answers.
* 2026-03: vendor documentation of January to March 2026; ``cname`` is required on create.
* 2026-07: documentation of May to July 2026; ``region`` or ``cluster_name``, limits, clusters, pause and resume.
* 2026-10: changelog to September 2026; projects, organizations, ``X-Org-Name``, ``error_code``, standalone projects.
"""

P2025_12 = "2025-12"
P2026_03 = "2026-03"
P2026_07 = "2026-07"
P2026_10 = "2026-10"

PROFILES = (P2025_12, P2026_03, P2026_07, P2026_10)
DEFAULT_PROFILE = P2026_10

# (default limit, greatest limit) of the list of apps, by the way of paging.
APP_PAGES = {"offset": (20, 100), "after_id": (1000, 1000)}


def paging_of(profile: str, setting: str) -> str:
    """Say how the list of apps is paged: ``none``, ``offset`` or ``after_id`` (which takes ``offset`` too)."""
    if setting != "profile":
        return setting
    if profile >= P2026_10:
        return "after_id"
    return "offset" if profile >= P2026_07 else "none"
