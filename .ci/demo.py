# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tour of `make demo`: the commands that a user would type, run on the simulator.

What they promise is compared with what they did.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

# ansible-vault asks for the password of the encrypted file; a demo has nobody to type it, and throws it away.
os.environ["ANSIBLE_VAULT_PASSWORD_FILE"] = "vault-password"
PLAY = "ansible-playbook spiceai.cloud.bootstrap -e @environment.yml -e @secrets.yml"
COLOUR = sys.stdout.isatty()


def say(text: str, style: str = "") -> None:
    print(f"\033[{style}m{text}\033[0m" if COLOUR and style else text, flush=True)


def step(title: str, command: str) -> int:
    """Announces and runs one command; returns how many tasks of a playbook changed something."""
    say(f"\n=== {title}", "1;36")
    say(f"$ {command}\n", "1")
    environment = {**os.environ, "ANSIBLE_FORCE_COLOR": str(COLOUR), "ANSIBLE_NOCOLOR": str(not COLOUR)}
    with subprocess.Popen(
        shlex.split(command), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        output = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            output += line
    if process.returncode:
        sys.exit(f"demo: this command failed with {process.returncode}")
    return sum(map(int, re.findall(r"\bchanged=(\d+)", re.sub(r"\033\[[\d;]*m", "", output))))


def writes() -> list[str]:
    """What changed something in the cloud so far, by the simulator's own log: ``POST secrets``, ``PUT 1001``, ...

    A request that was refused is left out.
    """
    with urllib.request.urlopen(f"{os.environ['SPICE_SIMULATOR']}/_sim/requests?writes=true", timeout=10) as answer:
        requests = json.load(answer)["requests"]
    return [
        f"{request['method']} {request['path'].rsplit('/', maxsplit=1)[-1]}"
        for request in requests
        if request["status"] < 400
    ]


def promise(text: str, kept: bool) -> None:
    if not kept:
        sys.exit(f"demo: this should hold, and does not: {text}")
    say(f"--> {text}", "1;32")


say(f"A simulated Spice.ai Cloud runs at {os.environ['SPICE_SIMULATOR']} (a page that shows the organization)", "1;36")
say(f"export SPICE_CLOUD_API_URL={os.environ['SPICE_CLOUD_API_URL']} SPICE_CLOUD_PAT=...")

step("An environment as data", "cat environment.yml")
step("... and its secrets, apart", "cat secrets.yml")
Path("vault-password").write_text(secrets.token_urlsafe())
step("... which nobody but you can read", "ansible-vault encrypt secrets.yml")

changed = step("1. From nothing to an environment that runs", PLAY)
promise(f"{changed} tasks changed something, with {len(writes())} writing requests", changed > 0)

before = writes()
changed = step("2. The same again", PLAY)
promise("changed=0, and nothing was written", changed == 0 and writes() == before)

os.environ["EDITOR"] = "sed -i s/the-password-of-the-shop-database/a-new-one/"
step("3. A new password for the database ...", "ansible-vault edit secrets.yml")
changed = step("... and the same command", PLAY)
rotated = writes()[len(before) :]
promise(
    "exactly one secret and one deployment changed: " + ", ".join(rotated),
    changed == 2
    and rotated[0] == "POST secrets"
    and rotated[1].startswith("PUT ")
    and rotated[2:] == ["POST deployments"],
)

before = writes()
EDIT = "s/refresh_check_interval: 10m/refresh_check_interval: 1m/"
step("4. An edit of the spicepod ...", f"sed -i '{EDIT}' environment.yml")
changed = step("... and its plan", f"{PLAY} --check --diff")
promise("the plan shows the edit and the deployment, and nothing was written", changed == 2 and writes() == before)

say("\n=== Where to go from here", "1;36")
say("README.md shows the rest. The same playbook works on your own account:")
say(f"$ unset SPICE_CLOUD_API_URL; export SPICE_CLOUD_PAT=...   # made at spice.ai/account/tokens\n$ {PLAY}")
