# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every nox session, some at a time: one line for each, its output in .build/logs, and a count at the very end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

NOX = [sys.executable, "-m", "nox"]
LOGS = Path(".build/logs")
LIMIT = 2700  # seconds; a session that hangs must not hang CI
TAIL = 60  # lines of a failed session's log
# They start first, so that no long one is left for one core alone at the end.
LONGEST = ("checks", "integration", "sanity", "unit")

running: set[subprocess.Popen] = set()
stopping = threading.Event()


def stop(process: subprocess.Popen) -> None:
    """Ends the session with all that it started."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def wait(process: subprocess.Popen) -> float:
    """Waits for a session. Returns the seconds of CPU that it took with all that it waited for.

    Raises:
        subprocess.TimeoutExpired: it did not end in time.
    """
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime
        time.sleep(0.2)
    raise subprocess.TimeoutExpired(process.args, LIMIT)


def run(name: str) -> tuple[str, float, float, int]:
    """Returns the name, the seconds on the clock and of CPU, and the exit code."""
    start = time.monotonic()
    cpu = 0.0
    with (LOGS / f"{name}.log").open("w") as log:
        if stopping.is_set():
            return name, 0, 0, 1
        process = subprocess.Popen(
            [*NOX, "-s", name],
            env={**os.environ, "DIVIDED": "true"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        running.add(process)
        try:
            cpu = wait(process)
            code = process.returncode
        except subprocess.TimeoutExpired:
            stop(process)
            log.write(f"\nStopped after {LIMIT} s.\n")
            code = 1
        running.discard(process)
    return name, time.monotonic() - start, cpu, code


def count(name: str, code: int) -> tuple[int, int]:
    """Tests that passed and failed, where pytest counted them; else the session is the test."""
    output = (LOGS / f"{name}.log").read_text(errors="replace")
    summary = re.findall(r"^=+ .*\b(?:passed|failed|errors?)\b.* in [\d.]+s.*=+$", output, re.MULTILINE)

    def total(word: str) -> int:
        return sum(int(number) for line in summary for number in re.findall(rf"(\d+) {word}", line))

    passed, failed = total("passed"), total("(?:failed|error)")
    if not passed + failed:
        passed = int(code == 0)
    if code and not failed:
        failed = 1
    return passed, failed


def main() -> int:
    # The sessions are groups of their own: nobody else would end them when CI cancels this job.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    listing = subprocess.run([*NOX, "--list", "--json"], check=True, capture_output=True, text=True).stdout
    # A session that tests has its make target as its only tag.
    sessions = [session for session in json.loads(listing) if len(session["tags"]) == 1]
    ranks = {tag: rank for rank, tag in enumerate(LONGEST)}
    names = [
        session["name"] for session in sorted(sessions, key=lambda session: ranks.get(session["tags"][0], len(ranks)))
    ]
    start = time.monotonic()
    passed = failed = 0
    broken = []
    with ThreadPoolExecutor(int(sys.argv[1])) as pool:
        try:
            for done in as_completed([pool.submit(run, name) for name in names]):
                name, seconds, cpu, code = done.result()
                good, bad = count(name, code)
                passed, failed = passed + good, failed + bad
                state = "FAILED" if code else "ok"
                print(f"{name:20} {seconds:6.1f} s  {cpu:6.1f} s of CPU  {state:6}  {good + bad:5}", flush=True)
                if code:
                    broken.append(name)
                    tail = (LOGS / f"{name}.log").read_text(errors="replace").splitlines()[-TAIL:]
                    print(*(f"    {line}" for line in tail), sep="\n", flush=True)
        except KeyboardInterrupt:
            stopping.set()
            for process in tuple(running):
                stop(process)
            return 130
    print(f"\n{len(names)} sessions in {time.monotonic() - start:.0f} s; logs in {LOGS}")
    if broken:
        print("FAILED:", *broken)
    print(f"{passed} passed, {failed} failed")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
