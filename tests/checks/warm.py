# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks runs of Ansible's commands from a process that has Ansible imported; started by ``starter.py``, never imported.

A fresh process spends most of a short run on the import of Ansible. What is imported here is Ansible with the plugins
that every playbook looks through, libraries, and what the plugins of the collection share. Each run imports the
collection and its plugins by itself.

Ansible reads its configuration while it is imported, so the environment of this process has to be the one of its runs,
apart from variables that only plugins read, at the moment of use.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import gc
import importlib
import os
import sys
import threading
from multiprocessing.synchronize import SemLock
from pathlib import Path

import forking
from ansible.executor import module_common
from ansible.utils.collection_loader import _collection_finder as finder

PRELOADED = (
    "ansible.cli.playbook",
    "ansible.executor.process.worker",
    "ansible.module_utils.facts.default_collectors",
    "ansible.playbook.included_file",
    "ansible.playbook.role_include",
    "ansible.plugins.callback",
    "ansible.plugins.connection",
    "ansible.plugins.inventory",
    "requests",
    "xml.dom.minidom",
)
# Of each of these kinds every playbook looks through all plugins, or takes some.
KINDS = ("become", "callback", "connection", "filter", "inventory", "shell", "strategy", "test")
COLLECTIONS = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"])
PLUGINS = COLLECTIONS / "ansible_collections/spiceai/cloud/plugins"
SHARED = ("module_utils", "plugin_utils")  # directories
# Holds locks in older ansible-core.
LOCKS = "ansible.executor.action_write_locks"


def preload():
    """Imports what the runs share, and makes sure that nothing of it ties one of them to another."""
    # The directory of this file would hide modules of the same name.
    sys.path[0] = os.path.dirname(sys.executable)
    for name in PRELOADED:
        importlib.import_module(name)
    from ansible import constants
    from ansible.config import manager
    from ansible.plugins import loader

    for kind in KINDS:
        list(getattr(loader, f"{kind}_loader").all(class_only=True))

    # Each run has its own temporary directory, and only that run removes it.
    atexit.unregister(manager.cleanup_tmp_file)
    manager.cleanup_tmp_file(constants.DEFAULT_LOCAL_TMP)
    locks = sys.modules.get(LOCKS)
    if locks:
        del locks.action_write_locks
    refuse_ties()


def refuse_ties():
    """Raises RuntimeError where something would be one and the same in all runs."""
    tied = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    # A lock of the system: a killed run would hold it for ever.
    tied += [repr(thing) for thing in gc.get_objects() if isinstance(thing, SemLock)]
    if tied:
        raise RuntimeError(f"These would be shared by all runs: {', '.join(tied)}")


def remember():
    """Keeps what Ansible works out again in each run although it depends on the content of files alone."""
    parse, path = finder._meta_yml_to_dict, Path(finder.import_module("ansible").__file__)
    table = path.with_name("config").joinpath("ansible_builtin_runtime.yml").read_bytes()
    parsed = parse(table, ("ansible.builtin", "runtime.yml"))
    finder._meta_yml_to_dict = lambda content, name: parsed if content == table else parse(content, name)

    # Python keeps no bytecode of what Ansible's own loader imports, and no tree of what goes into a packed module.
    trees, codes = {}, {}
    for file in [*PLUGINS.rglob("*.py"), *path.with_name("module_utils").rglob("*.py")]:
        source = file.read_bytes()
        with contextlib.suppress(SyntaxError):  # which a run shall find by itself
            trees[source] = Imports().visit(compile(source, str(file), "exec", ast.PyCF_ONLY_AST))
            if PLUGINS in file.parents:
                codes[source, str(file)] = compile(source, str(file), "exec", dont_inherit=True)

    def compile_once(source, filename, mode, flags, dont_inherit=False):
        known = trees.get(source) if flags == ast.PyCF_ONLY_AST else codes.get((source, filename))
        return known or compile(source, filename, mode, flags, dont_inherit)

    finder.compile = module_common.compile = compile_once
    import_shared()
    refuse_ties()
    gc.collect()
    gc.freeze()  # no run needs to look through all of this


def import_shared():
    """Imports what plugins of the collection share. The packages above it are left to the runs: for each of them
    Ansible reads what the collection says about itself.
    """
    installed = finder._AnsibleCollectionFinder(paths=[str(COLLECTIONS)])
    installed._install()
    for file in (file for shared in SHARED for file in sorted((PLUGINS / shared).rglob("*.py"))):
        if file.name != "__init__.py":
            importlib.import_module(".".join(file.relative_to(COLLECTIONS).with_suffix("").parts))
    installed._remove()
    of_plugins = ".".join(PLUGINS.relative_to(COLLECTIONS).parts)
    kept = tuple(f"{of_plugins}.{shared}" for shared in SHARED)
    for name in [name for name in sys.modules if name.partition(".")[0] == "ansible_collections"]:
        if not name.startswith(kept):
            del sys.modules[name]


class Imports(ast.NodeTransformer):
    """Leaves of a tree what decides what a module is packed with: imports, and assignments, among which newer
    ansible-core looks for embedded files. Each fork takes longer the more memory there is.
    """

    def generic_visit(self, node):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Assign):
            parts = ast.walk(node)
            if not any(isinstance(part, ast.Import | ast.ImportFrom) for part in parts):
                return None
        return super().generic_visit(node)


class Run:
    """What a process does that is a run of a command."""

    def __init__(self):
        self._environment, self._count = forking.early(os.environ), 0

    def prepare(self):
        """Is called before each of them."""
        self._count += 1
        if self._count == 3:
            remember()  # a few runs have to repay what it takes

    def become_fresh(self):
        """Makes this process a new one where what it has of Ansible is for other settings."""
        folders = {".", *(os.path.dirname(argument) or "." for argument in sys.argv[1:])}
        # Beside a playbook there may be another copy of the collection.
        others = ["ansible.cfg", os.path.expanduser("~/.ansible.cfg"), *(f"{folder}/collections" for folder in folders)]
        if forking.early(os.environ) != self._environment or any(map(os.path.exists, others)):
            os.execv(sys.executable, [sys.executable, *sys.argv])

    def become_own(self):
        """Undoes what Ansible keeps of the process that imported it."""
        if LOCKS in sys.modules:
            importlib.reload(sys.modules[LOCKS])
        constants = sys.modules["ansible.constants"]
        told = constants.config.get_config_value("DEFAULT_LOCAL_TMP", variables=vars(constants))
        constants.DEFAULT_LOCAL_TMP = told


preload()
run = Run()
forking.serve(sys.argv[1], run.prepare)
run.become_fresh()
run.become_own()
forking.run()
