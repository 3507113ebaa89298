# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a release: the version wherever it is told, the changelog, a commit and a tag. It pushes nothing.

Everything is written and checked in a copy of the tree first. So a release that is refused leaves the clone unchanged.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml
from forget_version import forget

BRANCH = "main"
FORM = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
CHANGES = "changelogs/changelog.yaml"
FRAGMENTS = "changelogs/fragments"
# Where the version is told, once.
TOLD = {
    "galaxy.yml": re.compile(r"(?m)(?<=^version: )\S+$"),
    "plugins/module_utils/_version.py": re.compile(r'(?m)(?<=^VERSION = ")[^"]+'),
}
# Where a page for users installs one version.
INSTALLED = re.compile(
    r"(spiceai\.cloud:==|spiceai-cloud-|gh release download |name: spiceai\.cloud\n +version: )" + FORM.pattern
)


class Refusal(Exception):
    """A release that must not be made. The message says why and what to do."""


def git(clone: Path, *arguments: str) -> str:
    """What git answers.

    Raises:
        subprocess.CalledProcessError: git failed; it has told why.
    """
    done = subprocess.run(["git", *arguments], cwd=clone, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def number(version: str) -> tuple[int, ...]:
    """The version as numbers that can be compared; of a pre-release those of its release."""
    return tuple(int(part) for part in re.split(r"[-+]", version)[0].split("."))


def tags(clone: Path) -> list[str]:
    """The versions that were released, as their tags say."""
    return [tag for tag in git(clone, "tag", "--list").split() if FORM.fullmatch(tag)]


def prepared(clone: Path) -> str:
    """The version that galaxy.yml names."""
    return str(yaml.safe_load((clone / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def pages(tree: Path) -> list[Path]:
    """The pages for users that may tell the version."""
    return [tree / "README.md", *sorted((tree / "docs/docsite/rst").glob("*.rst"))]


def check(clone: Path, version: str) -> None:
    """Sees whether this version may be released from this clone.

    Raises:
        Refusal: it may not.
    """
    if not FORM.fullmatch(version):
        raise Refusal(f"{version or 'nothing'} is not a version such as 1.2.3. Say `make release VERSION=1.2.3`.")
    branch = git(clone, "branch", "--show-current")
    if branch != BRANCH:
        raise Refusal(f"The branch is {branch or 'none'}. Releases are made on {BRANCH}: `git switch {BRANCH}`.")
    if git(clone, "status", "--porcelain"):
        raise Refusal("The tree has changes. Commit them or put them aside: `git status` lists them.")
    if not any((clone / FRAGMENTS).glob("*.y*ml")):
        raise Refusal(f"There is nothing to release: {FRAGMENTS} is empty.")
    check_order(clone, version)


def check_order(clone: Path, version: str) -> None:
    """Sees whether this version comes after those that exist.

    Raises:
        Refusal: it does not.
    """
    released, named = tags(clone), prepared(clone)
    for tag in released:
        if number(tag) >= number(version):
            raise Refusal(f"{tag} is released already. The next version is greater.")
    if number(named) > number(version):
        raise Refusal(f"galaxy.yml names {named} already. Release that version or a greater one.")
    for entry in yaml.safe_load((clone / CHANGES).read_text(encoding="utf-8"))["releases"]:
        # The entry of a version that is prepared and not yet released is written again.
        if entry != named and number(entry) >= number(version):
            raise Refusal(f"The changelog has {entry} already. The next version is greater.")


def tell(tree: Path, version: str) -> list[str]:
    """Writes the version wherever it is told.

    Returns:
        The paths of the files, relative to the tree.
    """
    for path, pattern in TOLD.items():
        content = (tree / path).read_text(encoding="utf-8")
        if len(pattern.findall(content)) != 1:
            raise Refusal(f"{path} does not tell the version once.")
        (tree / path).write_text(pattern.sub(version, content), encoding="utf-8")
    changed = list(TOLD)
    for page in pages(tree):
        content = page.read_text(encoding="utf-8")
        if INSTALLED.search(content):
            page.write_text(INSTALLED.sub(rf"\g<1>{version}", content), encoding="utf-8")
            changed.append(str(page.relative_to(tree)))
    return changed


def said_again(tree: Path, former: str, version: str) -> list[str]:
    """Has plugins and options that say a version, since when they are there, say another one.

    Returns:
        The paths of the files, relative to the tree.
    """
    said = re.compile(rf"(?m)(?<=version_added: ){re.escape(former)}$")
    changed = []
    for path in sorted(path for kind in ("plugins", "roles") for path in (tree / kind).rglob("*.[py]*")):
        content = path.read_text(encoding="utf-8") if path.suffix in (".py", ".yml") else ""
        if former != version and said.search(content):
            path.write_text(said.sub(version, content), encoding="utf-8")
            changed.append(str(path.relative_to(tree)))
    return changed


def prepare(clone: Path, tree: Path, version: str) -> list[str]:
    """Writes the release into the copy of the tree and checks it there.

    Returns:
        The paths of the files that it wrote, relative to the tree.
    """
    named = prepared(clone)
    written = tell(tree, version)
    if named not in tags(clone):
        # It was prepared and never released: what it brought comes with this version.
        forget(tree, named)
        written += said_again(tree, named, version)
    run = {"cwd": tree, "check": True}
    # It takes the fragments away: from now on the changelog has their words.
    subprocess.run(["antsibull-changelog", "release"], **run)
    subprocess.run(["antsibull-changelog", "lint"], **run)
    subprocess.run([sys.executable, "-m", "pytest", "-q", "--noconftest", "tests/unit/test_version.py"], **run)
    return [*written, "CHANGELOG.rst", CHANGES]


def commit(clone: Path, tree: Path, paths: list[str], version: str) -> None:
    """Brings the release from the copy into the clone: one commit and a tag. If one fails, the clone is as before."""
    before = git(clone, "rev-parse", "HEAD")
    try:
        for path in paths:
            (clone / path).write_bytes((tree / path).read_bytes())
        for fragment in (clone / FRAGMENTS).glob("*.y*ml"):
            if not (tree / FRAGMENTS / fragment.name).exists():
                fragment.unlink()
        git(clone, "add", "--update", "--", ".")
        git(clone, "commit", "--quiet", "--message", f"Release {version}")
        git(clone, "tag", "--annotate", "--message", f"Release {version}", version)
    except BaseException:
        git(clone, "reset", "--quiet", "--hard", before)
        raise


def main(clone: Path, tree: Path, version: str) -> None:
    check(clone, version)
    commit(clone, tree, prepare(clone, tree, version), version)
    print(f"\n{version} is committed and tagged here, and nowhere else. Look at it, then push both at once:\n")
    print(f"    git show {version}")
    print(f"    git push --atomic origin {BRANCH} {version}\n")
    print("The tag starts the release workflow. To take the release back before that:\n")
    print(f"    git tag --delete {version} && git reset --hard HEAD~1")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path.cwd(), " ".join(sys.argv[2:]))
    except (Refusal, subprocess.CalledProcessError) as error:
        sys.exit(f"No release: {error}")
