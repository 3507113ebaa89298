# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the tables of README.md and the plot fleet.svg of the figures in fleet.json.

fleet.py does it at its end. By itself it takes the directory as its argument.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

BEGIN, END = "<!-- Figures: fleet_report.py writes them. -->\n", "<!-- End of the figures. -->\n"
BY_HOSTS, BY_FORKS, BY_HAND = "by hosts", "by forks", "by hand"  # series of figures
NAMES = {
    "new": "new environments",
    "unchanged": "unchanged environments",
    "plan": "`fleet --check`",
    "by hand, new": "new environments with `uri`",
    "by hand, unchanged": "unchanged environments with `uri`",
}


def of_series(figures: list[dict], series: str) -> list[dict]:
    """The figures that are compared with each other: one for each work and round."""
    return [figure for figure in figures if figure["series"] == series]


def works(figures: list[dict]) -> list[str]:
    """The works that are compared, in the order of their table."""
    found = {figure["work"] for figure in figures}
    return [name for name in NAMES if name in found]


def median(figures: Iterable[dict], what: str, **wanted: object) -> float:
    """The median of the rounds."""
    return _median(one[what] for one in figures if all(one[key] == value for key, value in wanted.items()))


def multiple(figures: list[dict], what: str, work: str, **wanted: object) -> float:
    """How often a work costs what the task of debug costs: the median of the ratios of the rounds, each without what a
    run costs before its first task.
    """
    chosen = [figure for figure in figures if all(figure[key] == value for key, value in wanted.items())]
    rounds: dict[tuple, dict[str, float]] = {}
    for one in chosen:
        rounds.setdefault(tuple(one[key] for key in ("hosts", "forks", "latency", "round")), {})[one["work"]] = one[
            what
        ]
    return _median(
        (costs[work] - costs["idle"]) / (costs["debug"] - costs["idle"]) for costs in rounds.values() if work in costs
    )


def _median(numbers: Iterable[float]) -> float:
    found = list(numbers)
    if not found:
        raise ValueError("there is no figure for a cell of the table")
    return statistics.median(found)


def values(figures: list[dict], key: str) -> list:
    """What there is of a key, in order."""
    return sorted({figure[key] for figure in figures})


def table(header: list[str], rows: list[list[str]]) -> str:
    """A table of Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in [header, ["---"] * len(header), *rows])


def costs(figures: list[dict]) -> str:
    """What each environment costs, by the number of hosts."""
    rows = []
    for work in works(figures):
        for hosts in sorted({figure["hosts"] for figure in figures if figure["work"] == work}):
            own = {"hosts": hosts, "work": work}
            rows.append(
                [
                    NAMES[work],
                    f"{hosts:,}",
                    f"{multiple(figures, 'cpu', work, hosts=hosts):.1f}",
                    f"{multiple(figures, 'seconds', work, hosts=hosts):.1f}",
                    f"{median(figures, 'requests', **own) / hosts:.1f}",
                    f"{median(figures, 'writes', **own) / hosts:.1f}",
                    f"{median(figures, 'memory', **own):.0f}",
                    f"{median(figures, 'events', **own) / hosts:.1f}",
                    f"{median(figures, 'bytes', **own) / hosts:,.0f}",
                ]
            )
    header = ["what", "hosts", "CPU", "time", "requests", "writes", "memory (MiB)", "events", "bytes of results"]
    return table(header, rows)


def forks_and_latency(figures: list[dict]) -> str:
    """The time by the number of forks and the latency."""
    rows = []
    for latency in values(figures, "latency"):
        for work in works(figures):
            cells = [
                f"{multiple(figures, 'seconds', work, latency=latency, forks=forks):.1f}"
                for forks in values(figures, "forks")
            ]
            rows.append([NAMES[work], f"{latency:g} ms", *cells])
    return table(["what", "latency", *(f"{forks} forks" for forks in values(figures, "forks"))], rows)


def plan_promise(figures: list[dict]) -> str:
    """What the plan of a fleet costs on the most hosts, without its requests, against the task of debug."""
    plans = [figure for figure in figures if figure["work"] == "plan"]
    if not plans:
        return ""
    hosts = max(figure["hosts"] for figure in plans)
    idle, debug, plan, requests = (
        median(figures, "cpu", work=work, hosts=hosts) for work in ("idle", "debug", "plan", "requests")
    )
    ratio = (plan - idle - requests) / (debug - idle)
    own = {"work": "plan", "hosts": hosts}
    sent = median(figures, "requests", **own) / hosts
    writes = median(figures, "writes", **own)
    written = f"{writes:.0f} writes" if writes else "no write"
    return (
        f"The plan of a fleet on {hosts:,} hosts sends {sent:.1f} requests an app and {written}. Without its requests "
        f"it costs {ratio:.1f} times the CPU of the task of `debug`. The memory of all its processes is at most "
        f"{median(figures, 'memory', **own):.0f} MiB.\n"
    )


def against_uri(figures: list[dict]) -> str:
    """The same environments by hand, against the collection."""
    rows = []
    for kind in ("new", "unchanged"):
        ratios = [
            median(figures, what, work=f"{BY_HAND}, {kind}") / median(figures, what, work=kind)
            for what in ("cpu", "seconds")
        ]
        rows.append([NAMES[f"{BY_HAND}, {kind}"], *(f"{ratio:.1f}" for ratio in ratios)])
    return table(["what", "CPU, times that of the collection", "time, times that of the collection"], rows)


def text(results: dict) -> str:
    """All tables."""
    by_hosts, by_forks, by_hand = (of_series(results["figures"], series) for series in (BY_HOSTS, BY_FORKS, BY_HAND))
    parts = [f"The machine had {results['cores']} cores.\n"]
    if by_hosts:
        parts += ["## By the number of hosts\n", costs(by_hosts), plan_promise(by_hosts)]
    if by_forks:
        parts += ["## The time by forks and latency\n", forks_and_latency(by_forks)]
    if by_hand:
        parts += ["## Against `ansible.builtin.uri`\n", costs(by_hand), against_uri(by_hand)]
    return "\n".join(part for part in parts if part)


def with_figures(readme: str, figures: str) -> str:
    """The page with other figures between its two marks."""
    before, rest = readme.split(BEGIN)
    dummy, after = rest.split(END)
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def write(directory: Path) -> None:
    """Writes README.md and fleet.svg beside fleet.json."""
    import fleet_plot  # it needs matplotlib, and the tables do not

    results = json.loads((directory / "fleet.json").read_text())
    readme = Path(__file__).with_name("README.md").read_text()
    (directory / "README.md").write_text(with_figures(readme, text(results)))
    fleet_plot.write(results["figures"], directory / "fleet.svg")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
