# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what goes with the tarball of a release: the bill of materials (CycloneDX), the notes and the checksums.

Arguments are the tarball, and the Python of an environment that has what the collection needs and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PROJECT = """\
[project]
name = {name}
version = {version}
description = {description}
license = "GPL-3.0-or-later"
dependencies = {dependencies}
"""


def manifest(tarball: Path) -> dict:
    """What the tarball says of itself."""
    with tarfile.open(tarball) as archive:
        member = archive.extractfile("MANIFEST.json")
        if member is None:
            raise ValueError(f"{tarball.name} has no MANIFEST.json")
        return json.load(member)["collection_info"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bill(info: dict, tarball: Path, python: str) -> dict:
    """The bill of materials: the collection, what it needs, and what that needs, in the versions of the environment."""
    needs = ["ansible-core", *Path("meta/ee-requirements.txt").read_text(encoding="utf-8").split()]
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "pyproject.toml")
        facts = {"name": f"{info['namespace']}.{info['name']}", "dependencies": needs}
        facts |= {key: info[key] for key in ("version", "description")}
        project.write_text(PROJECT.format(**{key: json.dumps(value) for key, value in facts.items()}), encoding="utf-8")
        options = ["--mc-type", "library", "--output-reproducible", "--pyproject", str(project), "-o", "-"]
        done = subprocess.run(["cyclonedx-py", "environment", *options, python], check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    root = found["metadata"]["component"]
    root["purl"] = f"pkg:generic/{facts['name']}@{info['version']}"
    root["hashes"] = [{"alg": "SHA-256", "content": sha256(tarball)}]
    return found


def main(tarball: Path, python: str) -> None:
    info = manifest(tarball)
    folder, stem = tarball.parent, tarball.name.removesuffix(".tar.gz")
    materials = folder / f"{stem}.cdx.json"
    materials.write_text(json.dumps(bill(info, tarball, python), indent=2) + "\n", encoding="utf-8")
    notes = folder / "notes.md"
    write = ["antsibull-changelog", "generate", "--only-latest", "--output-format", "md", "--output", str(notes)]
    subprocess.run([*write, info["version"]], check=True)
    sums = "".join(f"{sha256(path)}  {path.name}\n" for path in (tarball, materials))
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(*sorted(str(path) for path in folder.iterdir()), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
