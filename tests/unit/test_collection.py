# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to agree between the files of the collection."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils import _version

ROOT = Path(_version.__file__).parents[2]


def read(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def modules():
    return sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("spice_*.py"))


def test_the_version_is_told_once():
    assert read("galaxy.yml")["version"] == _version.VERSION


def test_every_module_is_in_the_action_group():
    assert sorted(read("meta/runtime.yml")["action_groups"]["spice"]) == modules()


@pytest.mark.parametrize("path", sorted((ROOT / "plugins").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_point_downwards(path):
    # action, modules -> engine, resources -> api -> client: nothing points back.
    layers = ["_errors", "_version", "_state", "_yaml", "_config", "_client", "_runtime_client", "_api", "_bulk", "_engine", "_resources", "_spec", "_task",
              "plugin_utils", "filter", "inventory", "modules", "action"]
    allowed = {"_resources": {"_engine"}, "_engine": set()}
    text = path.read_text(encoding="utf-8")
    own = next((layer for layer in layers if layer == path.stem or layer in path.parts), None)
    for line in text.splitlines():
        if not line.startswith("from ansible_collections.spiceai.cloud.plugins."):
            continue
        target = line.split()[1]
        other = next(layer for layer in layers if layer in target.split("."))
        assert other == own or layers.index(other) < layers.index(own) or other in allowed.get(own, ()), line
