# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that resemble a known one are told with it."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import misspelled

KNOWN = ["environment_app", "environment_deploy", "environment_deployment", "environment_purge", "environment_secrets"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("environment_secrts", "environment_secrets"),
        ("environment_deploys", "environment_deploy"),
        ("environment_deploymnet", "environment_deployment"),
        ("environment_ap", "environment_app"),
    ],
)
def test_a_name_that_resembles_a_known_one(name, meant):
    sentences = misspelled([*KNOWN, name], KNOWN)
    assert sentences == [f"`{name}` is no variable of this role; did you mean `{meant}`?"]


@pytest.mark.parametrize("name", ["environment_name", "environment_hosts", "environment_result", "secrets"])
def test_a_name_of_its_own(name):
    assert misspelled([name], KNOWN) == []


def test_where_one_name_is_known_a_shorter_one_need_not_resemble_it():
    assert misspelled(["environment_x", "environment_name"], ["environment_app"]) == []
    assert misspelled(["environment_ap"], ["environment_app"]) == [
        "`environment_ap` is no variable of this role; did you mean `environment_app`?"
    ]
