# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release` in a clone of its own: what it refuses, and one release that it makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / ".ci"))
import release

ROOT = Path(__file__).resolve().parents[2]
NAMED = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
MAJOR, MINOR = NAMED.split(".")[:2]
NEXT = f"{MAJOR}.{int(MINOR) + 1}.0"
SOMEBODY = {
    "GIT_AUTHOR_NAME": "A maintainer",
    "GIT_AUTHOR_EMAIL": "maintainer@example.com",
    "GIT_COMMITTER_NAME": "A maintainer",
    "GIT_COMMITTER_EMAIL": "maintainer@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
FRAGMENT = "changelogs/fragments/new.yml"
SENTENCE = "spice_app - the sentence of this test."


# What a refusal looks at, and what a release needs of the tree.
FEW = (".ci/", "changelogs/", "galaxy.yml", "README.md")
UNUSED = ("benchmarks/", "extensions/", "tests/")
NEEDED = ("tests/unit/test_version.py", "tests/config.yml")


def files_of_the_project():
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [file for file in files if (ROOT / file).is_file()]


class Clone:
    """A clone of the project with one commit on main, and the copy in which a release is written."""

    def __init__(self, folder, files):
        self.path = folder / "clone"
        self.tree = folder / "ansible_collections/spiceai/cloud"
        self._environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "PYTHONPATH": str(folder),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        for file in files:
            (self.path / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, self.path / file)
        self.git("init", "--quiet", "--initial-branch=main")
        self.write(FRAGMENT, f"---\nminor_changes:\n  - {SENTENCE}\n")
        self.commit()

    def git(self, *arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self._environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

    def write(self, path, content):
        (self.path / path).parent.mkdir(parents=True, exist_ok=True)
        (self.path / path).write_text(content, encoding="utf-8")

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A state")

    def hook(self, line):
        """Has git run this line before each commit."""
        hook = self.path / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{line}\n")
        hook.chmod(0o755)

    def state(self):
        """What a refused release must not change."""
        return self.git("rev-parse", "HEAD"), self.git("tag"), self.git("status", "--porcelain")

    def copy(self):
        """Makes the copy in which a release is written."""
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.copytree(self.path, self.tree, ignore=shutil.ignore_patterns(".git"))

    def release(self, version):
        """tuple[int, str]: the exit code and the output of a release."""
        self.copy()
        done = subprocess.run(
            [sys.executable, ".ci/release.py", str(self.path), version],
            cwd=self.tree,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture(autouse=True)
def somebody(monkeypatch):
    """Who commits, whatever git knows of this machine."""
    for name, value in SOMEBODY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def clone(tmp_path):
    """Enough of the project for a release that is refused."""
    return Clone(tmp_path, [file for file in files_of_the_project() if file.startswith(FEW)])


@pytest.fixture
def whole(tmp_path):
    return Clone(tmp_path, [file for file in files_of_the_project() if file in NEEDED or not file.startswith(UNUSED)])


def dirty(clone):
    clone.write("README.md", "changed")


def untracked(clone):
    clone.write("plugins/modules/new.py", "")


def on_a_branch(clone):
    clone.git("switch", "--quiet", "--create", "feature")


def detached(clone):
    clone.git("switch", "--quiet", "--detach")


def without_fragments(clone):
    shutil.rmtree(clone.path / "changelogs/fragments")
    clone.commit()


def released(clone):
    clone.git("tag", NAMED)


def a_greater_one_released(clone):
    clone.git("tag", "10.0.0")


def a_greater_one_in_the_changelog(clone):
    path = "changelogs/changelog.yaml"
    changes = yaml.safe_load((clone.path / path).read_text(encoding="utf-8"))
    changes["releases"]["10.0.0"] = {"release_date": "2026-01-01"}
    clone.write(path, yaml.safe_dump(changes))
    clone.commit()


def nothing(clone):
    """The clone is fine."""


@pytest.mark.parametrize(
    ("prepare", "version", "why"),
    [
        (dirty, NEXT, "The tree has changes"),
        (untracked, NEXT, "The tree has changes"),
        (on_a_branch, NEXT, "The branch is feature"),
        (detached, NEXT, "The branch is none"),
        (without_fragments, NEXT, "nothing to release"),
        (nothing, "", "nothing is not a version"),
        (nothing, "1.2", "1.2 is not a version"),
        (nothing, "v1.2.3", "v1.2.3 is not a version"),
        (nothing, "1.02.3", "1.02.3 is not a version"),
        (nothing, "1.2.3-rc.1", "1.2.3-rc.1 is not a version"),
        (nothing, "1.2.3\n", "is not a version"),
        (nothing, "0.0.9", f"galaxy.yml names {NAMED} already"),
        (released, NAMED, f"{NAMED} is released already"),
        # Numbers are compared, not strings.
        (a_greater_one_released, "9.0.0", "10.0.0 is released already"),
        (a_greater_one_in_the_changelog, "9.0.0", "The changelog has 10.0.0 already"),
    ],
    ids=lambda value: value.__name__ if callable(value) else repr(value) if value != NEXT else "",
)
def test_a_release_that_would_be_wrong_is_refused_and_changes_nothing(clone, prepare, version, why):
    prepare(clone)
    before = clone.state()
    with pytest.raises(release.Refusal, match=re.escape(why)):
        release.check(clone.path, version)
    assert clone.state() == before


def test_a_commit_that_fails_leaves_the_clone_as_it_was(clone):
    clone.copy()
    (clone.tree / "galaxy.yml").write_text("another")
    (clone.tree / FRAGMENT).unlink()
    clone.hook("exit 1")
    before = clone.state()
    with pytest.raises(subprocess.CalledProcessError):
        release.commit(clone.path, clone.tree, ["galaxy.yml"], NEXT)
    assert clone.state() == before
    assert (clone.path / FRAGMENT).exists()


def test_a_tag_that_fails_leaves_the_clone_as_it_was(clone):
    clone.copy()
    (clone.tree / "galaxy.yml").write_text("another")
    clone.git("tag", NEXT)
    before = clone.state()
    with pytest.raises(subprocess.CalledProcessError):
        release.commit(clone.path, clone.tree, ["galaxy.yml"], NEXT)
    assert clone.state() == before


def test_a_release_is_one_commit_and_one_tag(whole):
    clone = whole
    before = clone.git("rev-parse", "HEAD")
    code, told = clone.release(NEXT)
    assert code == 0, told
    assert clone.git("rev-parse", f"{NEXT}^{{commit}}~1") == before
    assert clone.git("rev-parse", f"{NEXT}^{{commit}}") == clone.git("rev-parse", "main")
    assert clone.git("cat-file", "-t", NEXT) == "tag"
    assert clone.git("log", "-1", "--format=%B") == f"Release {NEXT}"
    assert clone.git("status", "--porcelain") == ""
    assert f"git push --atomic origin main {NEXT}" in told

    def text(path):
        return clone.git("show", f"{NEXT}:{path}")

    assert yaml.safe_load(text("galaxy.yml"))["version"] == NEXT
    assert f'VERSION = "{NEXT}"' in text("plugins/module_utils/_version.py")
    # What was prepared under another version and never released is part of this one.
    releases = yaml.safe_load(text("changelogs/changelog.yaml"))["releases"]
    assert NEXT in releases
    assert NAMED not in releases
    brought = {
        path.stem
        for path in (ROOT / "plugins/modules").glob("*.py")
        if f"\nversion_added: {NAMED}\n" in path.read_text(encoding="utf-8")
    }
    assert {module["name"] for module in releases[NEXT].get("modules", [])} == brought
    assert all(f"\nversion_added: {NEXT}\n" in text(f"plugins/modules/{name}.py") for name in brought)
    changes = releases[NEXT]["changes"]
    assert SENTENCE in changes["minor_changes"]
    assert SENTENCE in text("CHANGELOG.rst")
    assert clone.git("ls-tree", "--name-only", NEXT, "changelogs/fragments/") == ""
    # The next one has nothing to release.
    code, told = clone.release("10.0.0")
    assert (code, told.startswith("No release: There is nothing to release")) == (1, True)
