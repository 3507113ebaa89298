# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what the playbook bootstrap costs over 60 hosts, new and unchanged, against one task of ansible.builtin.debug
on the same hosts: medians of three runs, and their ratios.

`make benchmark` runs it with a simulator, whose deployments succeed at once. Ratios mean something; seconds depend on
the machine.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HOSTS, ROUNDS = 60, 3
AT_ONCE = {"queued_seconds": 0, "in_progress_seconds": 0, "dataset_ready_seconds": 0}
GROUP = {
    "ansible_python_interpreter": sys.executable,
    "environment_app": {
        "name": "{{ inventory_hostname }}",
        "spicepod": {
            "version": "v1",
            "kind": "Spicepod",
            "name": "{{ inventory_hostname }}",
            "datasets": [{"from": "postgres:public.orders", "name": "orders"}],
        },
    },
    "environment_secrets": {"PG_USER": "shop", "PG_PASSWORD": "value of {{ inventory_hostname }}"},
    "environment_fingerprint_key": "key of the benchmark",
}


def control(method: str, path: str, body: dict) -> None:
    request = urllib.request.Request(
        f"{os.environ['SPICE_SIMULATOR']}/_sim/{path}", json.dumps(body).encode(), method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def one_round(inventory: Path) -> tuple[float, ...]:
    """Seconds of debug, of new environments and of unchanged ones."""
    control("POST", "reset", {})
    control("PUT", "clock", AT_ONCE)
    command = ["ansible-playbook", "-i", str(inventory), str(Path(__file__).with_name("environments.yml"))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"RESULT ([0-9.]+) ([0-9.]+) ([0-9.]+)", run.stdout)
    if run.returncode or not found:
        sys.exit(run.stdout[-3000:] + run.stderr[-3000:])
    return tuple(map(float, found.groups()))


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        inventory = Path(directory, "hosts.json")
        hosts = {f"shop-{number:04d}": None for number in range(HOSTS)}
        inventory.write_text(json.dumps({"all": {"vars": GROUP, "hosts": hosts}}))
        rounds = [one_round(inventory) for dummy in range(ROUNDS)]
    debug, new, unchanged = (statistics.median(column) for column in zip(*rounds))
    print(
        f"{HOSTS} hosts ({ROUNDS} rounds): debug {debug:.2f} s, new environments with two secrets {new:.2f} s, "
        f"unchanged ones {unchanged:.2f} s"
    )
    print(f"a new environment is {new / debug:.1f} times debug, an unchanged one {unchanged / debug:.1f} times")


if __name__ == "__main__":
    main()
