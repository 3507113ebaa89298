# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages work as printed: their commands run in their order, in an empty directory, and give what they show.

A block of YAML whose first line is a comment with a path is a file, which is written there. A block of output that
follows a command must be part of what that command shows; numbers, times and addresses may differ.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

pytestmark = pytest.mark.one_core

# A block of code, or a heading.
MARKDOWN = re.compile(r"^```(?P<language>\w+)\n(?P<content>.*?)^```|^#+ [^\n]*$", re.DOTALL | re.MULTILINE)
RST = re.compile(
    r"^\.\. code-block:: (?P<language>\w+)\n\n(?P<content>(?:^(?:    .*)?\n)+)|^[^\s.].*\n[-=]{3,}$", re.MULTILINE
)
FILE = re.compile(r"# (\S+\.(?:yml|yaml))\n")
MARK = "@@ the command ended with "

HOST = "environment_app:\n  name: {0}\nenvironment_spicepod_file: spicepods/shop.yaml\n"
POD = "version: v1\nkind: Spicepod\nname: shop\n"
QUICK = "fleet_canary_soak: 0\n"
INVENTORY = "all:\n  hosts:\n    sales-analytics:\n    shop:\n"
# What a reader of the README has: files by their path, before the command that begins so.
FILES = {
    "ansible-playbook spiceai.cloud.bootstrap -i environments/hosts.yml --check": {
        "environments/hosts.yml": INVENTORY,
        "environments/host_vars/sales-analytics/environment.yml": HOST.format("sales-team"),
        "environments/host_vars/shop/environment.yml": HOST.format("shop"),
        "environments/spicepods/shop.yaml": POD,
    },
    "ansible-playbook spiceai.cloud.fleet -i environments --check": {
        "group_vars/all.yml": QUICK,
        "environments/group_vars/all/fleet.yml": QUICK,
        "prod.spice_apps.yml": "plugin: spiceai.cloud.spice_apps\n",
    },
    "ansible-playbook spiceai.cloud.rotate_api_keys": {
        "publish_api_key.yml": "- ansible.builtin.set_fact:\n    api_key_rotation_published: true\n",
    },
    "SPICE_CLOUD_REQUESTS_PER_SECOND": {
        "site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - spiceai.cloud.spice_app_info: {}\n",
    },
}
# What a reader does by hand, or on a machine with other things, is done so here.
INSTEAD = {
    "ansible-galaxy collection install": "true",  # the collection of this tree is there
    "pip install": "true",
    "cp -r ~/.ansible/collections/ansible_collections/spiceai/cloud/playbooks/sample spice": (
        f"cp -r {ROOT}/playbooks/sample spice"
    ),
    "export SPICE_CLOUD_PAT=": f"export SPICE_CLOUD_PAT={OWNER}",
    # The values are typed into the file before, and the password into the terminal.
    "ansible-vault encrypt": "sed -i 's/<value of .*>/a-value-of-forty-random-characters/' full/secrets.yml; "
    "echo password > password; ansible-vault encrypt --vault-password-file password full/secrets.yml",
    "ansible-playbook spiceai.cloud.export": "mv environments former; {0}",
}
REFUSES = ("ansible-playbook spiceai.cloud.teardown -e teardown_app=sales-sandbox   ",)
# What looks like output and is not that of the command above it: a tree of files, and a run with a mistake in it.
OTHERWISE = re.compile(r"environments/|app .*\nbilling")


def blocks(path):
    """list[tuple[str, str]]: the language and the content of each block of code; empty strings for a heading."""
    text = path.read_text(encoding="utf-8")
    is_markdown = path.suffix == ".md"
    found = [(one["language"] or "", one["content"] or "") for one in (MARKDOWN if is_markdown else RST).finditer(text)]
    return found if is_markdown else [(kind, re.sub(r"^    ", "", code, flags=re.MULTILINE)) for kind, code in found]


def plain(line):
    """The line without what differs from run to run."""
    line = re.sub(r"https?://\S+", "URL", line)
    return " ".join(re.sub(r"\d[\d.,]*", "N", line).split())


class Reader:
    """Somebody who follows a page in an empty directory."""

    def __init__(self, folder, address):
        self.folder = folder
        programs = str(Path(sys.executable).parent)
        environment = {
            "PATH": os.pathsep.join([programs, os.defpath]),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": "80",
            "HOME": str(folder),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "SPICE_CLOUD_API_URL": address,
            "SPICE_CLOUD_PAT": OWNER,
        }
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command):
        """tuple[int, str]: the exit code and the output of a command."""
        self._shell.stdin.write(f"{command}\nended=$?; echo; echo '{MARK}'$ended\n")
        self._shell.stdin.flush()
        lines = []
        for line in self._shell.stdout:
            if line.startswith(MARK):
                return int(line[len(MARK) :]), "".join(lines)
            lines.append(line)
        raise AssertionError(f"the shell ended:\n{''.join(lines)}")

    def write(self, path, content):
        """Writes a file, from the directory on in which the shell is."""
        dummy, where = self.run("pwd")
        file = Path(where.strip(), path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def end(self):
        self._shell.stdin.close()
        self._shell.wait(30)


@pytest.fixture
def reader(cloud, tmp_path):
    reader = Reader(tmp_path, cloud.address)
    yield reader
    reader.end()


def done(command):
    """What is run for a command of a page."""
    for beginning, other in INSTEAD.items():
        if command.startswith(beginning):
            return other.format(command) if "{0}" in other else other
    return command.replace("--ask-vault-pass", "--vault-password-file password")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs/docsite/rst").glob("*.rst"))], ids=lambda page: page.stem
)
def test_the_commands_of_a_page_work_as_printed(page, reader, cloud):
    cloud.clock(**AT_ONCE)
    cloud.seed(apps=[{"name": "sales-sandbox", "region": "us-east-1"}])
    output, ran = "", 0
    for language, content in blocks(page):
        if language == "shell":
            output = ""
            for command in content.strip().splitlines():
                for beginning, files in FILES.items() if page.stem == "README" else ():
                    for path, text in files.items() if command.startswith(beginning) else ():
                        reader.write(path, text)
                code, told = reader.run(done(command))
                assert (code != 0) == command.startswith(REFUSES), f"{command}: {code}\n{told}"
                output += told
                ran += 1
        elif language == "yaml" and FILE.match(content):
            reader.write(FILE.match(content)[1], content)
        elif not language:
            output = ""  # what comes is about something else
        elif language == "text" and output and not OTHERWISE.match(content):
            shown = {plain(line) for line in output.splitlines()}
            missing = [line for line in content.splitlines() if plain(line) and plain(line) not in shown]
            assert not missing, "\n".join(["not shown:", *missing, "but:", output])
    assert ran
