# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ansible-core is tested on which machine."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

INTERPRETERS = runpy.run_path(str(Path(__file__).parents[3] / ".ci/interpreters.py"))


@pytest.mark.parametrize(
    ("minors", "pairs"),
    [
        ([9, 10, 11, 12, 13], {"2.16": 10, "2.21": 13}),
        ([11], {"2.16": 11, "2.19": 11}),
        ([9, 11, 12], {"2.16": 11, "2.21": 12}),
        ([13], {"2.18": 13, "2.21": 13}),
        ([14], {"2.20": 14, "2.21": 14}),
        ([9], {}),
    ],
)
def test_oldest_core_on_oldest_python_and_newest_on_newest(minors: list[int], pairs: dict[str, int]) -> None:
    found = {minor: f"python3.{minor}" for minor in minors}
    assert INTERPRETERS["pairs"](found) == {core: f"python3.{minor}" for core, minor in pairs.items()}


@pytest.mark.parametrize(
    ("minors", "between"),
    [
        ([9, 10, 11, 12, 13], {"2.17": 12, "2.18": 13, "2.19": 13, "2.20": 13}),
        ([11], {"2.17": 11, "2.18": 11}),
        ([10, 14], {"2.17": 10, "2.20": 14}),
        ([14], {}),
        ([9], {}),
    ],
)
def test_the_cores_between_on_the_newest_python_they_take(minors: list[int], between: dict[str, int]) -> None:
    found = {minor: f"python3.{minor}" for minor in minors}
    assert INTERPRETERS["between"](found) == {core: f"python3.{minor}" for core, minor in between.items()}


@pytest.mark.parametrize(
    ("of_distribution", "pairs"),
    [
        ([11], {"2.16": "/usr/bin/python3.11", "2.21": "/opt/bin/python3.13"}),
        ([9, 10, 12], {"2.16": "/usr/bin/python3.10", "2.21": "/opt/bin/python3.13"}),
        ([13], {"2.16": "/opt/bin/python3.10", "2.21": "/usr/bin/python3.13"}),
        ([], {"2.16": "/opt/bin/python3.10", "2.21": "/opt/bin/python3.13"}),
    ],
)
def test_the_oldest_core_is_quick_on_the_python_of_the_distribution(
    of_distribution: list[int], pairs: dict[str, str]
) -> None:
    where = {minor: "/usr" if minor in of_distribution else "/opt" for minor in range(9, 14)}
    found = {minor: f"{base}/bin/python3.{minor}" for minor, base in where.items()}
    assert INTERPRETERS["quick_pairs"](found) == pairs


def test_what_is_found_runs_and_is_no_shim() -> None:
    found = INTERPRETERS["find"]()
    assert found
    for minor, python in found.items():
        assert Path(python).is_file()
        assert python.endswith(f"python3.{minor}")
        assert "shims" not in Path(python).parts
