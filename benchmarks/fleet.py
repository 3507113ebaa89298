# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What environments cost: new ones, unchanged ones, the plan of a fleet, and the same by hand with ansible.builtin.uri.

`make benchmark` runs it with a simulator, whose deployments succeed at once. Each figure is compared with a task of
ansible.builtin.debug on the same hosts in the same round, because only ratios mean something. The figures go to
fleet.json, and fleet_report.py makes a table and a plot of them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import fleet_report
import measuring

HERE = Path(__file__).resolve().parent
AT_ONCE = {"queued_seconds": 0, "in_progress_seconds": 0, "dataset_ready_seconds": 0}
FORKS = 10  # where nothing else is said
HOST_ROUNDS = 300  # a round of many hosts is an average already, so this many hosts need no second round
GREATEST_REQUESTS = 4  # of the plan of a fleet, for each app
SHARED_REQUESTS = 10  # of the whole run, such as the list of the apps
GROUP = {
    "ansible_python_interpreter": sys.executable,
    "environment_app": {
        "name": "{{ inventory_hostname }}",
        "spicepod": {
            "version": "v1",
            "kind": "Spicepod",
            "name": "{{ inventory_hostname }}",
            "datasets": [
                {
                    "from": "postgres:public.orders",
                    "name": "orders",
                    "params": {"pg_user": "${secrets:PG_USER}", "pg_pass": "${secrets:PG_PASSWORD}"},
                }
            ],
        },
    },
    "environment_secrets": {"PG_USER": "shop", "PG_PASSWORD": "value of {{ inventory_hostname }}"},
    "environment_fingerprint_key": "key of the benchmark",
}


class Setting:
    """Under what circumstances a round is run.

    Args:
        directory: for the inventory. series: what it is compared with. hosts: how many. forks: of Ansible.
        latency: of each answer in milliseconds.
    """

    def __init__(self, directory: Path, series: str, hosts: int, forks: int, latency: float = 0) -> None:
        self.facts = {"series": series, "hosts": hosts, "forks": forks, "latency": latency}
        self.by_hand = series == fleet_report.BY_HAND
        self.directory = directory
        self._inventory = directory / f"hosts-{hosts}.json"
        names = {f"shop-{number:04d}": None for number in range(hosts)}
        self._inventory.write_text(json.dumps({"all": {"vars": GROUP, "hosts": names}}))

    def begin(self) -> None:
        """An empty simulator."""
        measuring.control("POST", "reset", {})
        measuring.control("PUT", "clock", AT_ONCE)
        measuring.control("PUT", "settings", {"latency_ms": self.facts["latency"]})

    def playbook(self, *arguments: str) -> list[str]:
        """The command that runs a playbook on the hosts."""
        return ["ansible-playbook", "-i", str(self._inventory), "--forks", str(self.facts["forks"]), *arguments]


def works() -> dict[str, tuple[str, ...]]:
    """The playbooks that are run one after the other on environments that do not exist yet, with their arguments."""
    found: dict[str, tuple[str, ...]] = {
        "new": ("spiceai.cloud.bootstrap",),
        "idle": (str(HERE / "idle.yml"),),
        "debug": (str(HERE / "debug.yml"),),
        "unchanged": ("spiceai.cloud.bootstrap",),
    }
    if (HERE.parent / "playbooks/fleet.yml").is_file():
        found["plan"] = ("spiceai.cloud.fleet", "--check")
    return found


def one_round(setting: Setting) -> Iterator[tuple[str, dict[str, float]]]:
    """The name and the cost of each work."""
    setting.begin()
    for name, arguments in works().items():
        yield name, cost_of(setting, *arguments)
    # What the last one asked, by itself.
    asked = setting.directory / "requests.json"
    asked.write_text(
        json.dumps([(one["path"], one["query"]) for one in measuring.requests() if one["method"] == "GET"])
    )
    yield "requests", measuring.cost_of([sys.executable, str(HERE / "replay.py"), str(asked)])
    if setting.by_hand:
        setting.begin()
        for name in ("by hand, new", "by hand, unchanged"):
            yield name, cost_of(setting, str(HERE / "by_hand.yml"))


def cost_of(setting: Setting, *arguments: str) -> dict[str, float]:
    """What a playbook costs, with its events and the bytes of the results in them."""
    counted = setting.directory / "events.json"
    environment = {
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "events",
        "BENCHMARK_EVENTS": str(counted),
    }
    return {**measuring.cost_of(setting.playbook(*arguments), environment), **json.loads(counted.read_text())}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, nargs="+", default=[10, 100, 1000], help="numbers of hosts, up to 2000")
    parser.add_argument("--forks", type=int, nargs="*", default=[5, 20, 50], help="numbers of forks, for 100 hosts")
    parser.add_argument("--fork-hosts", type=int, default=100, help="hosts on which the forks and latencies are tried")
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 50], help="milliseconds of each answer")
    parser.add_argument("--by-hand", type=int, default=20, help="hosts for the comparison with uri; 0 for none")
    parser.add_argument("--rounds", type=int, default=3, help="at most; many hosts take fewer")
    parser.add_argument("--output", type=Path, default=Path(".build/benchmark"), help="directory of what is written")
    return parser.parse_args()


def settings(given: argparse.Namespace, directory: Path) -> Iterator[Setting]:
    """Every setting."""
    if given.by_hand:
        yield Setting(directory, fleet_report.BY_HAND, given.by_hand, FORKS)
    for hosts in given.hosts:
        yield Setting(directory, fleet_report.BY_HOSTS, hosts, FORKS)
    for latency in given.latency:
        for forks in given.forks:
            yield Setting(directory, fleet_report.BY_FORKS, given.fork_hosts, forks, latency)


def main() -> int:
    given = arguments()
    given.output.mkdir(parents=True, exist_ok=True)
    figures = []
    with tempfile.TemporaryDirectory() as name:
        for setting in settings(given, Path(name)):
            for number in range(max(1, min(given.rounds, HOST_ROUNDS // setting.facts["hosts"]))):
                for work, cost in one_round(setting):
                    figures.append({"work": work, **setting.facts, "round": number, **cost})
                    print(json.dumps(figures[-1]), flush=True)
                # After each round, so that a run that is broken off has figures too.
                results = {"cores": os.cpu_count(), "figures": figures}
                (given.output / "fleet.json").write_text(json.dumps(results, indent=1) + "\n")
    fleet_report.write(given.output)
    plans = [figure for figure in figures if figure["work"] == "plan"]
    # Counts are promises; times are not.
    broken = [
        one for one in plans if one["writes"] or one["requests"] > GREATEST_REQUESTS * one["hosts"] + SHARED_REQUESTS
    ]
    for figure in broken:
        print(f"The plan of a fleet sends too many requests, or writes: {figure}", file=sys.stderr)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
