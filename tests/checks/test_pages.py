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
import yaml
from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

# A block of code, or a heading.
MARKDOWN = re.compile(r"^```(?P<language>\w+)\n(?P<content>.*?)^```|^#+ [^\n]*$", re.DOTALL | re.MULTILINE)
RST = re.compile(
    r"^\.\. code-block:: (?P<language>\w+)\n\n(?P<content>(?:^(?:    .*)?\n)+)|^[^\s.].*\n[-=]{3,}$", re.MULTILINE
)
FILE = re.compile(r"# (\S+\.(?:yml|yaml))\n")
MARK = "@@ the command ended with "

# What a reader does by hand, or on a machine with other things, is done so here.
INSTEAD = {
    "ansible-galaxy collection install ": "true",  # the collection of this tree is there
    "pip install ": "true",
    "export SPICE_CLOUD_PAT=...": f"export SPICE_CLOUD_PAT={OWNER}",
}
# These show failures as the newest ansible-core words them.
SHOW_MESSAGES = {"guide_secrets", "guide_troubleshooting"}
# What one page needs besides: `pages/<name of the page>.yml` may have these keys.
KEYS = {
    "seed": dict,  # what exists in the cloud before: the arguments of Simulator.seed
    "settings": dict,  # those of Simulator.settings
    "switches": dict,  # those of Simulator.switches
    "files": dict,  # the beginning of a command: files by their path, which a reader has made before it
    "instead": dict,  # the beginning of a command: what is run, with {0} as the command that the page shows
    "refuses": list,  # the beginnings of commands that must fail
    "otherwise": list,  # the beginnings of `text` blocks that show something else than output, such as a tree of files
}


class Needs:
    """What the test of one page needs besides the page."""

    def __init__(self, page):
        file = Path(__file__).parent / "pages" / f"{page.stem}.yml"
        given = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
        for key, value in given.items():
            assert isinstance(value, KEYS[key]), f"{file.name}: {key}"
        empty = {key: kind() for key, kind in KEYS.items()}
        vars(self).update(empty | given)
        self.instead = INSTEAD | self.instead
        self._unused = {
            beginning for key in ("files", "instead", "refuses", "otherwise") for beginning in given.get(key, ())
        }

    def _begins(self, content, beginnings):
        """list[str]: those of the beginnings that the content has."""
        found = [beginning for beginning in beginnings if content.startswith(beginning)]
        self._unused.difference_update(found)
        return found

    def files_before(self, command):
        """dict[str, str]: files by their path."""
        return {
            path: content
            for beginning in self._begins(command, self.files)
            for path, content in self.files[beginning].items()
        }

    def done(self, command):
        """str: what is run for a command of the page."""
        for beginning in self._begins(command, self.instead):
            other = self.instead[beginning]
            return other.format(command) if "{0}" in other else other
        return command.replace("--ask-vault-pass", "")

    def fails(self, command):
        return bool(self._begins(command, self.refuses))

    def is_output(self, content):
        return not self._begins(content, self.otherwise)

    def unused(self):
        """set[str]: beginnings that nothing on the page has, so that they say nothing of it any more."""
        return self._unused


def blocks(path):
    """list[tuple[str, str]]: the language and the content of each block of code; empty strings for a heading."""
    text = path.read_text(encoding="utf-8")
    is_markdown = path.suffix == ".md"
    found = [(one["language"] or "", one["content"] or "") for one in (MARKDOWN if is_markdown else RST).finditer(text)]
    return found if is_markdown else [(kind, re.sub(r"^    ", "", code, flags=re.MULTILINE)) for kind, code in found]


def plain(line):
    """The line without what differs from run to run."""
    line = re.sub(r"https?://\S+", "URL", line)
    line = re.sub(r"\b[0-9a-f]{12,}\b", "N", line)  # a fingerprint
    return " ".join(re.sub(r"\d[\d.,]*", "N", line).split())


class Reader:
    """Somebody who follows a page in an empty directory."""

    def __init__(self, starter, folder, address):
        programs = map(str, (starter.commands, Path(sys.executable).parent))
        # What `ansible-galaxy collection install` made, and what is typed when a password of the vault is asked for.
        (folder / ".ansible").mkdir()
        (folder / ".ansible/collections").symlink_to(os.environ["ANSIBLE_COLLECTIONS_PATH"])
        (folder / ".ansible/password").write_text("password")
        environment = {
            "PATH": os.pathsep.join([*programs, os.defpath]),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": "80",
            "HOME": str(folder),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_PYTHON_INTERPRETER": str(starter.python),
            "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / ".ansible/password"),
            "SPICE_CLOUD_API_URL": address,
            "SPICE_CLOUD_PAT": OWNER,
        }
        starter.write_commands(environment)
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
def reader(starter, home, cloud):
    reader = Reader(starter, home, cloud.address)
    yield reader
    reader.end()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem, marks=[pytest.mark.newest_core] if page.stem in SHOW_MESSAGES else [])
        for page in [ROOT / "README.md", *sorted((ROOT / "docs/docsite/rst").glob("*.rst"))]
    ],
)
def test_the_commands_of_a_page_work_as_printed(page, reader, cloud):
    needs = Needs(page)
    cloud.clock(**AT_ONCE)
    cloud.settings(**needs.settings)
    cloud.switches(**needs.switches)
    cloud.seed(**needs.seed)
    output = ""
    for language, content in blocks(page):
        if language == "shell":
            output = ""
            for command in content.strip().splitlines():
                for path, text in needs.files_before(command).items():
                    reader.write(path, text)
                code, told = reader.run(needs.done(command))
                assert (code != 0) == needs.fails(command), f"{command}: {code}\n{told}"
                output += told
        elif language == "yaml" and FILE.match(content):
            reader.write(FILE.match(content)[1], content)
        elif not language:
            output = ""  # what comes is about something else
        elif language == "text" and needs.is_output(content):
            shown = {plain(line) for line in output.splitlines()}
            missing = [line for line in content.splitlines() if plain(line) and plain(line) not in shown]
            assert not missing, "\n".join(["not shown:", *missing, "but:", output])
    assert not needs.unused()
