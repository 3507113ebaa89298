# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tour of `make demo`: the commands that a user would type, run on the simulator.

Each command works as it is printed, in the shell of `make play` too. What the tour promises is compared with the
request log of the simulator and with the plan that the collection tells.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import NamedTuple

PLAY = "ansible-playbook spiceai.cloud.bootstrap"
FIRST = f"{PLAY} -e @environment.yml"
FULL = f"{PLAY} -e @full/environment.yml -e @full/secrets.yml"
VAULT = "--vault-password-file vault-password"
COUNT = "SELECT count(*) AS trips FROM taxi_trips"
QUERY = f"ansible localhost -m spiceai.cloud.spice_sql_query -a \"app=taxi-trips-sample query='{COUNT}'\""

SUMMARIES = Path("summaries.json")  # written by the callback plugin, for each run of a playbook
COLOUR = sys.stdout.isatty()
TITLE, COMMAND, KEPT = "1;36", "1", "1;32"

FURTHER = """\
`make play` opens a shell in which all these commands work. The samples are in playbooks/sample, and README.md shows
the rest. With a token of your own account, beside the first sample, these two lines show the plan for that account
and change nothing:"""


class Done(NamedTuple):
    """What one command did.

    Args:
        output: that it printed. changed: tasks that changed something, by the recap. plan: sentences of all
            environments of the run. writes: successful writing requests, such as ``POST secrets`` or ``PUT app``.
    """

    output: str
    changed: int
    plan: list[str]
    writes: list[str]


def say(text: str, style: str = "") -> None:
    print(f"\033[{style}m{text}\033[0m" if COLOUR and style else text, flush=True)


def step(title: str, command: str, fails: bool = False) -> Done:
    """Announces and runs one command.

    Args:
        title: what it is for. command: of the shell. fails: whether it is meant to fail.
    """
    say(f"\n=== {title}", TITLE)
    say(f"$ {command}\n", COMMAND)
    before = len(writes())
    SUMMARIES.unlink(missing_ok=True)
    environment = {**os.environ, "ANSIBLE_FORCE_COLOR": str(COLOUR), "ANSIBLE_NOCOLOR": str(not COLOUR)}
    with subprocess.Popen(
        ["sh", "-c", command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        output = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            output += line
    if bool(process.returncode) != fails:
        sys.exit(f"demo: this command ended with {process.returncode}")
    output = re.sub(r"\033\[[\d;]*m", "", output)
    changed = sum(map(int, re.findall(r"\bchanged=(\d+)", output)))
    return Done(output, changed, plan(), writes()[before:])


def plan() -> list[str]:
    """The sentences of the last run of a playbook."""
    if not SUMMARIES.exists():
        return []
    summaries = json.loads(SUMMARIES.read_text()).get("environment_summaries", {})
    return [sentence for summary in summaries.values() for sentence in summary["plan"]]


def writes() -> list[str]:
    """What changed something in the cloud so far, by the simulator's own log.

    A request that was refused is left out.
    """
    with urllib.request.urlopen(f"{os.environ['SPICE_SIMULATOR']}/_sim/requests?writes=true", timeout=10) as answer:
        requests = json.load(answer)["requests"]
    return [
        f"{request['method']} {re.sub('^[0-9]+$', 'app', request['path'].rsplit('/', maxsplit=1)[-1])}"
        for request in requests
        if request["status"] and request["status"] < 400
    ]


def promise(text: str, kept: bool) -> None:
    if not kept:
        sys.exit(f"demo: this should hold, and does not: {text}")
    say(f"--> {text}", KEPT)


def listed(things: list[str]) -> str:
    return "; ".join(things)


def first_environment() -> None:
    """Public data: plan, apply, apply again, query, edit."""
    step("An environment is data", "cat environment.yml spicepod.yaml")

    planned = step("1. The plan", f"{FIRST} --check --diff")
    promise(
        f"Nothing was written. The plan: {listed(planned.plan)}",
        planned.plan != [] and planned.writes == [],
    )
    done = step("2. Apply", FIRST)
    promise(
        f"That was the plan, with {len(done.writes)} writing requests: {', '.join(done.writes)}",
        done.plan == planned.plan and done.writes == ["POST apps", "PUT app", "POST deployments"],
    )
    again = step("3. The same again", FIRST)
    promise(
        "changed=0, the plan is empty, and nothing was written",
        (again.changed, again.plan, again.writes) == (0, [], []),
    )
    answer = step("4. A query", QUERY)
    promise("The app answers", bool(re.search(r'"trips": \d+', answer.output)) and answer.writes == [])

    step("5. An edit of the spicepod ...", "sed -i.bak 's/refresh_mode: full/refresh_mode: append/' spicepod.yaml")
    edit = step("... and its plan", f"{FIRST} --check --diff")
    promise(
        f"Nothing was written. The plan: {listed(edit.plan)}",
        edit.plan == ["update spicepod of the app", "deploy: because spicepod"] and edit.writes == [],
    )


def full_environment() -> None:
    """Secrets, tags and a model: refused placeholders, apply, rotation of one secret."""
    step("6. A larger environment, with secrets in a file of their own", "cat full/secrets.yml")
    refused = step("... whose placeholders are refused", f"{FULL} --check", fails=True)
    promise("Nothing was written", "placeholder" in refused.output and refused.writes == [])

    step("7. Put the values there ...", "sed -i.bak 's/<value of \\(.*\\)>/demo-\\1/' full/secrets.yml")
    step("... and encrypt them", f"echo demo > vault-password; ansible-vault encrypt {VAULT} full/secrets.yml")
    done = step("8. Apply", f"{FULL} {VAULT}")
    promise(
        f"Done, with {len(done.writes)} writing requests. The plan was: {listed(done.plan)}",
        done.writes == ["POST apps", *["POST secrets"] * 4, "PUT app", "POST deployments"],
    )
    step(
        "9. A new password for the database ...",
        f"EDITOR='sed -i.bak s/demo-PG_PASSWORD/rotated/' ansible-vault edit {VAULT} full/secrets.yml",
    )
    rotated = step("... and the same command", f"{FULL} {VAULT}")
    promise(
        f"Exactly one secret was written, then deployed: {', '.join(rotated.writes)}. The plan was: "
        f"{listed(rotated.plan)}",
        rotated.writes == ["POST secrets", "PUT app", "POST deployments"]
        and rotated.plan == ["update secret PG_PASSWORD", "deploy: because secret PG_PASSWORD"],
    )


def start_simulator() -> int:
    """Starts a simulator that outlives this process, and sets the environment for it; returns its process id."""
    with Path("simulator.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "spice_simulator"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )
    line = process.stdout.readline()
    if not line:
        sys.exit("demo: the simulator did not start; simulator.log says why")
    address = line.split()[-1]
    os.environ.update(SPICE_CLOUD_API_URL=address, SPICE_CLOUD_PAT="sim-pat-owner", SPICE_SIMULATOR=address)
    return process.pid


def tell_kept(process: int) -> None:
    """How to go on with a simulator that was kept, and how to end it."""
    say("\n=== The simulator and its page stay alive (KEEP)", TITLE)
    say(f"{os.environ['SPICE_SIMULATOR']} shows the organization. In a shell of yours, all commands above work after:")
    say(f"$ cd {Path.cwd()}", COMMAND)
    for name in ("SPICE_CLOUD_API_URL", "SPICE_CLOUD_PAT", "ANSIBLE_COLLECTIONS_PATH"):
        say(f"$ export {name}={os.environ[name]}", COMMAND)
    say(f"$ export PATH={Path(sys.executable).parent}:$PATH", COMMAND)
    say("This ends the simulator:")
    say(f"$ kill {process}", COMMAND)


def main() -> None:
    kept = start_simulator() if os.environ.get("KEEP") else None
    address = os.environ["SPICE_SIMULATOR"]
    say(f"A simulated Spice.ai Cloud runs at {address}, a page that shows the organization.", TITLE)
    try:
        first_environment()
        full_environment()
    finally:
        if kept is not None:
            tell_kept(kept)
    say("\n=== Where to go from here", TITLE)
    say(FURTHER)
    say("$ unset SPICE_CLOUD_API_URL; export SPICE_CLOUD_PAT=...   # from https://spice.ai/account/tokens", COMMAND)
    say(f"$ {FIRST} --check --diff", COMMAND)


if __name__ == "__main__":
    main()
