# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws fleet.svg: what environments cost by the number of hosts, and by forks and latency."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from fleet_report import BY_FORKS, BY_HOSTS, NAMES, median, multiple, of_series, values, works
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {"new": "#1b7f79", "unchanged": "#d1495b", "plan": "#30638e"}
STYLES = ("-", "--", ":")  # of the latencies, in order
MARKED = {"marker": "o", "markersize": 4}


def write(figures: list[dict], path: Path) -> None:
    """Writes the plot of the figures of fleet.json."""
    # The same figures make the same file, and a reader's own font shows the words.
    mpl.rcParams.update({"svg.hashsalt": "fleet", "svg.fonttype": "none", "font.family": "sans-serif"})
    by_hosts, by_forks = of_series(figures, BY_HOSTS), of_series(figures, BY_FORKS)
    panels = 3 if by_forks else 2
    figure = Figure(figsize=(4 * panels, 4), layout="constrained")
    costs, memory, *forks = figure.subplots(1, panels)
    _by_hosts(costs, by_hosts, "CPU, times a task of debug", lambda work, n: multiple(by_hosts, "cpu", work, hosts=n))
    _by_hosts(memory, by_hosts, "peak memory (MiB)", lambda work, n: median(by_hosts, "memory", work=work, hosts=n))
    if by_forks:
        _by_forks(forks[0], by_forks)
    figure.savefig(path, metadata={"Date": None})


def _by_hosts(axes: Axes, figures: list[dict], label: str, value: Callable[[str, int], float]) -> None:
    hosts = values(figures, "hosts")
    for work in works(figures):
        axes.plot(hosts, [value(work, number) for number in hosts], color=COLOURS[work], label=_name(work), **MARKED)
    axes.set(xlabel="hosts", ylabel=label, xscale="log", ylim=(0, None))
    axes.set_xticks(hosts, [f"{number:,}" for number in hosts])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    if hosts:
        axes.legend(frameon=False)


def _by_forks(axes: Axes, figures: list[dict]) -> None:
    """The time by forks, a line for each work and latency."""
    forks, latencies = values(figures, "forks"), values(figures, "latency")
    for work in works(figures):
        for style, latency in zip(STYLES, latencies):
            times = [multiple(figures, "seconds", work, forks=number, latency=latency) for number in forks]
            label = f"{_name(work)}, {latency:g} ms"
            axes.plot(forks, times, color=COLOURS[work], linestyle=style, label=label, **MARKED)
    axes.set(xlabel="forks", ylabel="time, times a task of debug", ylim=(0, None))
    axes.set_xticks(forks)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)


def _name(work: str) -> str:
    return NAMES[work].replace("`", "")
