# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection consists of: files, modules, roles, playbooks.

Nothing is listed by hand, so that a new part is checked by itself.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# Actions alone. They send no request, but those of the next line do.
ON_THE_CONTROLLER = {
    "spice_environment_report",
    "spice_export_files",
    "spice_fleet_app",
    "spice_fleet_report",
    "spice_fleet_run",
}
SEND_REQUESTS = {"spice_fleet_app"}
MODULES = sorted({path.stem for path in (ROOT / "plugins/modules").glob("*.py")} - ON_THE_CONTROLLER)
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def module(name):
    """The Python module of an Ansible module, with its SPEC, EXAMPLES and RETURN."""
    return importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.modules.{name}")


def read(path):
    """The content of a YAML file."""
    return yaml.safe_load((ROOT / path).read_text())


def all_examples():
    """The examples of all modules as one list of tasks."""
    return "".join(module(name).EXAMPLES for name in MODULES)


def tasks_of(examples):
    """list[dict]: the tasks of an EXAMPLES block, those of its blocks in their places, with the keywords of these."""
    found = []
    for task in yaml.safe_load(examples):
        keywords = {key: value for key, value in task.items() if key not in ("name", "block")}
        found += [{**keywords, **inner} for inner in task["block"]] if "block" in task else [task]
    return found


def own_tasks(names=MODULES):
    """list[dict]: those tasks of the examples that use a module of the collection, without what hides their results."""
    return [
        {key: value for key, value in task.items() if key != "no_log"}
        for name in names
        for task in tasks_of(module(name).EXAMPLES)
        if any(key.startswith("spiceai.cloud.") for key in task)
    ]
