# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks packed modules from a process that has their libraries imported; started by ``starter.py``, never imported.

A packed module spends most of its time on the import of libraries and on compiling what it has packed, because Python
keeps no bytecode for an archive. What is imported here are libraries of Python and ``requests``, nothing of Ansible or
of a collection: each module imports those out of its own archive.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import zipimport
from pathlib import Path

import forking

PRELOADED = (
    "argparse",
    "ast",
    "concurrent.futures.thread",
    "dataclasses",
    "datetime",
    "decimal",
    "fcntl",
    "getpass",
    "glob",
    "grp",
    "hmac",
    "http.cookiejar",
    "json",
    "locale",
    "logging",
    "pathlib",
    "platform",
    "pwd",
    "queue",
    "random",
    "requests",
    "runpy",
    "shlex",
    "ssl",
    "stat",
    "subprocess",
    "syslog",
    "tempfile",
    "traceback",
    "typing",
    "unittest.mock",
    "urllib.request",
    "uuid",
    "yaml",
    "zipfile",
)
FACTS = "ansible/module_utils/facts/"  # too many for the few modules that use them


def preload(folders):
    """Imports libraries, and compiles what may be packed."""
    for name in PRELOADED:
        with contextlib.suppress(ModuleNotFoundError):  # some end with a release of Python
            importlib.import_module(name)
    codes = {}
    for file in (file for folder in folders for file in Path(folder).rglob("*.py") if FACTS not in str(file)):
        source = file.read_bytes()
        with contextlib.suppress(SyntaxError):  # which a module shall find by itself
            codes[source] = compile(source, str(file), "exec", dont_inherit=True)
    compile_source = zipimport._compile_source
    zipimport._compile_source = lambda path, source: codes.get(source) or compile_source(path, source)


address, *folders = sys.argv[1:]
preload(folders)
forking.serve(address)
forking.run()
