# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the version that galaxy.yml names out of the changelog, so that antsibull-changelog writes it again."""

from __future__ import annotations

from pathlib import Path

import yaml

CHANGES = Path("changelogs/changelog.yaml")

if CHANGES.exists():
    changes = yaml.safe_load(CHANGES.read_text())
    changes["releases"].pop(yaml.safe_load(Path("galaxy.yml").read_text())["version"], None)
    CHANGES.write_text(yaml.safe_dump(changes))
