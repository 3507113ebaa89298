# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one task on 1,000 hosts, one for each app, with 10 forks and OAuth client credentials, and counts what the
simulator was asked.

The promise is in the counts, which are checked: one token, one list, one GET for each app. The time is for information.
"""

from __future__ import annotations

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HOSTS, FORKS = 1000, 10
CLIENT = {
    "SPICE_CLOUD_PAT": "",
    "SPICE_CLOUD_CLIENT_ID": "0197f3c2-0000-7000-8000-000000000001",
    "SPICE_CLOUD_CLIENT_SECRET": "sim-client-secret",
}
PLAY = """
- name: Look at every app
  hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: The app
      spiceai.cloud.spice_app:
        name: "{{ inventory_hostname }}"
        visibility: private
"""


def control(path: str, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        f"{os.environ['SPICE_SIMULATOR']}/_sim/{path}", json.dumps(body).encode() if body is not None else None
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def main() -> int:
    control("reset", {"seed": {"filler_apps": HOSTS}})
    with tempfile.TemporaryDirectory() as folder:
        play, inventory = Path(folder, "play.yml"), Path(folder, "hosts")
        play.write_text(PLAY)
        # The list shows the newest app first: the run that looks for the oldest one sees all others.
        inventory.write_text(
            "".join(
                f"filler-{number:04d} ansible_python_interpreter={sys.executable}\n" for number in range(1, HOSTS + 1)
            )
        )
        began = time.monotonic()
        command = ["ansible-playbook", "-i", str(inventory), "--forks", str(FORKS), str(play)]
        run = subprocess.run(command, env={**os.environ, **CLIENT}, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - began
    if run.returncode:
        print(run.stdout[-3000:], run.stderr[-3000:], file=sys.stderr)
        return 1
    sent = collections.Counter(
        re.sub(r"/\d+$", "/ID", f"{request['method']} {request['path']}") for request in control("requests")["requests"]
    )
    print(
        f"{HOSTS} hosts, {FORKS} forks: {seconds:.0f} s; "
        + ", ".join(f"{count} {what}" for what, count in sorted(sent.items()))
    )
    # A list of just 1,000 is followed by a look whether there is more, unless the wanted name has turned up.
    return int(sent != {"POST /api/oauth/token": 1, "GET /v1/apps": 1, "GET /v1/apps/ID": HOSTS})


if __name__ == "__main__":
    sys.exit(main())
