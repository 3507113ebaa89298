# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the benchmarks say what the figures say."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def report(monkeypatch):
    spec = importlib.util.spec_from_file_location("fleet_report", BENCHMARKS / "fleet_report.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "fleet_report", module)
    spec.loader.exec_module(module)
    return module


def figures(costs, number=0, series="by hosts", **facts):
    where = {"series": series, "hosts": 100, "forks": 10, "latency": 0, "round": number, **facts}
    return [
        {
            "work": work,
            **where,
            "cpu": cpu,
            "seconds": cpu / 2,
            "memory": 120.4,
            "requests": 300 if work == "plan" else 0,
            "writes": 0,
            "events": 250,
            "bytes": 123400,
        }
        for work, cpu in costs.items()
    ]


def test_a_multiple_is_the_median_of_the_rounds_without_what_every_run_costs(report):
    rounds = [
        *figures({"idle": 1, "debug": 3, "unchanged": 7}, 0),  # 3 times
        *figures({"idle": 1, "debug": 2, "unchanged": 3}, 1),  # 2 times
        *figures({"idle": 2, "debug": 3, "unchanged": 22}, 2),  # 20 times
        *figures({"idle": 1, "debug": 2, "unchanged": 90}, 0, hosts=10),
    ]
    assert report.multiple(rounds, "cpu", "unchanged", hosts=100) == 3


def test_the_plan_is_told_without_its_requests(report):
    told = report.plan_promise(figures({"idle": 1, "debug": 3, "plan": 8, "requests": 3}))
    assert "sends 3.0 requests an app and no write" in told
    assert "costs 2.0 times the CPU" in told
    assert "at most 120 MiB" in told
    assert report.plan_promise(figures({"idle": 1, "debug": 3})) == ""


def test_a_plan_that_writes_is_told_so(report):
    plan = figures({"idle": 1, "debug": 3, "plan": 8, "requests": 3})
    for figure in plan:
        figure["writes"] = 7
    assert "7 writes" in report.plan_promise(plan)


def test_every_series_has_its_table(report):
    costs = {"idle": 1, "debug": 2, "new": 4, "unchanged": 3}
    uri = {"by hand, new": 30, "by hand, unchanged": 12}
    results = {
        "cores": 2,
        "figures": [
            *figures(costs),
            *figures(costs, series="by forks", forks=5),
            *figures(costs, series="by forks", forks=50, latency=50),
            *figures({**costs, **uri}, series="by hand"),
        ],
    }
    with pytest.raises(ValueError, match="no figure"):
        report.text(results)
    results["figures"] += figures(costs, series="by forks", forks=50) + figures(
        costs, series="by forks", forks=5, latency=50
    )
    text = report.text(results)
    assert "| new environments | 100 | 3.0 | 3.0 | 0.0 | 0.0 | 120 | 2.5 | 1,234 |" in text
    assert "| what | latency | 5 forks | 50 forks |" in text
    assert "| unchanged environments | 50 ms | 2.0 | 2.0 |" in text
    assert "| new environments with `uri` | 7.5 | 7.5 |" in text


def test_the_figures_have_their_place_in_the_page(report):
    page = (BENCHMARKS / "README.md").read_text()
    first = report.with_figures(page, "some figures\n")
    second = report.with_figures(first, "other figures\n")
    assert "some figures" in first
    assert "some figures" not in second
    assert second == first.replace("some figures", "other figures")
    assert first.startswith(page.partition(report.BEGIN)[0])
    assert first.endswith(page.partition(report.END)[2])
