# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switches for what public material about the API leaves open (``PUT /_sim/switches``).

Each says what the simulator does where sources disagree or say nothing. The README tells which source says what.
"""

from typing import Literal, Optional

from pydantic import Field

from spice_simulator.bodies import Strict

# (default limit, greatest limit) of the list of apps, by the way of paging.
APP_PAGES = {"offset": (20, 100), "after_id": (1000, 1000)}


class Switches(Strict):
    """The values in force; as the body of a control only the keys that are sent change."""

    paging: Literal["after_id", "offset", "none"] = "after_id"
    page_cap: Optional[int] = Field(default=None, ge=1)
    limit_over_max: Literal["cap", "reject"] = "cap"
    apps_routes: bool = True
    projects_routes: bool = True
    deployment_logs: bool = True
    absent_nulls: bool = False
    empty_as_null: bool = False
    sparse_list: bool = False
    paused_at_in_list: bool = True
    times: Literal["milliseconds", "microseconds"] = "milliseconds"
    created_by: Literal["string", "number"] = "string"
    config_in_writes: bool = True
    storage_names: Literal["both", "newer", "older"] = "both"
    keys_in_apps: bool = False
    error_codes: bool = True
    secret_conflict: Literal["upsert", "409"] = "upsert"
    org_secrets_routes: bool = True
    platform_links_listed: bool = True
    link_status: Literal[200, 201, 204] = 200
    unlink_status: Literal[204, 200] = 204
    link_bodies: bool = True
    link_again: Literal["200", "409"] = "200"
    deployment_conflict: Literal["queued", "unfinished"] = "queued"
    deployment_retention: Optional[int] = Field(default=None, ge=1)
    put_clears_pause: bool = True
    resume_of_running: Literal["409", "project_not_paused", "200"] = "409"
    runtime_offers: Literal["all", "no_datasets", "nothing"] = "all"
    pause_disables_monitors: bool = True
    monitor_role: Literal["member", "admin"] = "member"
    sql_rows: Literal["list", "envelope"] = "list"
    instances: Literal["envelope", "list"] = "envelope"
    log_lines: Literal["strings", "objects"] = "strings"
    max_tail: Optional[int] = Field(default=None, ge=1)
    metrics_siblings: bool = True
    metrics_without_instances: Literal["empty", "missing", "conflict"] = "empty"
