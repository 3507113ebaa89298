# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command costs: time, CPU and memory of all its processes, and what it asked the simulator."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

SAMPLING = 0.25  # seconds between two looks at the memory
KIB_IN_MIB = 1024


def control(method: str, path: str, body: dict | None = None) -> dict:
    """The answer of the simulator's own controls; SPICE_SIMULATOR says where it is."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['SPICE_SIMULATOR']}/_sim/{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def requests() -> list[dict]:
    """What the simulator was asked since its log was emptied."""
    return control("GET", "requests")["requests"]


def writes(sent: list[dict]) -> int:
    """How many of these requests change the cloud."""
    return sum(request["method"] != "GET" and request["path"].startswith("/v1/") for request in sent)


def cost_of(command: list[str], environment: dict[str, str] | None = None) -> dict[str, float]:
    """Runs a command, which must succeed.

    Returns:
        seconds; cpu in seconds, of all its processes; memory, the greatest sum of the memory of all its processes in
        MiB, pages that they share counted once; controller, the greatest memory of a single process in MiB; output in
        bytes; requests and writes.
    """
    control("DELETE", "requests")
    before = _cpu()
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
    )
    watch = MemoryWatch(process.pid)
    watch.start()
    output = process.communicate()[0]
    seconds = time.monotonic() - began
    cpu = _cpu() - before
    watch.stop()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{output.decode(errors='replace')[-3000:]}")
    sent = requests()
    return {
        "seconds": round(seconds, 3),
        "cpu": round(cpu, 3),
        "memory": round(watch.all_processes / KIB_IN_MIB, 1),
        "controller": round(watch.one_process / KIB_IN_MIB, 1),
        "output": len(output),
        "requests": len(sent),
        "writes": writes(sent),
    }


def _cpu() -> float:
    """CPU seconds of the processes that ended, those of their own children included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class MemoryWatch(threading.Thread):
    """Looks at the memory of a process and all below it, again and again. It needs the /proc of Linux.

    Attributes:
        all_processes (int): the greatest sum in KiB. A page that n processes share counts 1/n for each of them, because
            Ansible forks, and a fork shares what it does not change.
        one_process (int): the greatest memory of one process in KiB.
    """

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.all_processes = self.one_process = 0
        self._root = root
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLING):
            found = [memory_of(process) for process in tree(self._root)]
            self.all_processes = max(self.all_processes, sum(share for share, whole in found))
            self.one_process = max([self.one_process, *(whole for share, whole in found)])

    def stop(self) -> None:
        self._ended.set()
        self.join()


def tree(root: int) -> list[int]:
    """A process and all below it, as far as they still run."""
    found = [root]
    for process in found:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue  # it has ended
    return found


def memory_of(process: int) -> tuple[int, int]:
    """Its share of the memory and its whole memory in KiB; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0, 0
    values = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return values.get("Pss", 0), values.get("Rss", 0)
