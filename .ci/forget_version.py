# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the version that galaxy.yml names out of the changelog, so that antsibull-changelog writes it again."""

from __future__ import annotations

from pathlib import Path

import yaml


def forget(tree: Path, version: str) -> None:
    """Takes a version out of the changelog of this tree."""
    path = tree / "changelogs/changelog.yaml"
    if path.exists():
        changes = yaml.safe_load(path.read_text(encoding="utf-8"))
        changes["releases"].pop(version, None)
        path.write_text(yaml.safe_dump(changes), encoding="utf-8")


if __name__ == "__main__":
    forget(Path(), yaml.safe_load(Path("galaxy.yml").read_text(encoding="utf-8"))["version"])
