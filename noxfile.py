# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test sessions. `make help` lists them; what they write, they write below .build."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nox
import uv

sys.path.insert(0, str(Path(__file__).resolve().parent / ".ci"))
import browser
import interpreters
from workspace import BUILD, ROOT, build, workspace

PYTHONS = interpreters.find()
PAIRS = interpreters.pairs(PYTHONS)
NEWEST = list(PAIRS)[-1]
BETWEEN = interpreters.between(PYTHONS)

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.error_on_external_run = True

# What the caller's shell says about Ansible, Python or Spice.ai must not decide a test, and no test may reach a real
# account.
for name in [name for name in os.environ if name.startswith(("ANSIBLE_", "MOLECULE_", "PYTEST_", "PYTHON", "SPICE"))]:
    del os.environ[name]
os.environ.update(
    LC_ALL="C.UTF-8",
    ANSIBLE_LOCALHOST_WARNING="False",
    ANSIBLE_INVENTORY_UNPARSED_WARNING="False",
    UV_COMPILE_BYTECODE="1",
    UV_PYTHON_DOWNLOADS="never",
    # ansible-test looks for each Python on PATH and would take a version manager's shim that cannot run it.
    PATH=os.pathsep.join(
        [
            *dict.fromkeys(str(Path(python).parent) for python in PYTHONS.values()),
            *(folder for folder in os.get_exec_path() if Path(folder).name != "shims"),
        ]
    ),
)


def add_sessions(function: Callable, pythons: dict[str, str], tags: list[str]) -> None:
    """Adds a session NAME-VERSION for each of these ansible-core releases."""
    for core, python in pythons.items():
        session = functools.partial(function, core=core)
        session.__doc__ = function.__doc__
        nox.session(session, python=python, name=f"{function.__name__}-{core}", tags=tags, default=bool(tags))


def on_both_cores(function: Callable) -> Callable:
    """Sessions for the oldest and for the newest ansible-core that this machine can run."""
    add_sessions(function, PAIRS, tags=[function.__name__])
    return function


def on_every_core(function: Callable) -> Callable:
    """The same, and sessions for the releases between. These have no tag, so `make test` leaves them to CI."""
    add_sessions(function, BETWEEN, tags=[])
    return on_both_cores(function)


def on_newest_core(function: Callable) -> Callable:
    return nox.session(python=PAIRS[NEWEST], tags=[function.__name__])(function)


def install(session: nox.Session, *groups: str, core: str | None = None, simulator: bool = False) -> None:
    wanted = [*nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), *groups)]
    if core:
        wanted.append(f"ansible-core~={core}.0")
    if simulator:
        # Its requirements only: the package itself is run from the tree.
        wanted += ["-r", str(ROOT / "tests/simulator/pyproject.toml"), "--extra", "test"]
    session.install(*wanted)


def session_minor(session: nox.Session) -> int:
    """The minor of the Python 3 that the session runs on."""
    return next(minor for minor, python in PYTHONS.items() if python == session.python)


def with_simulator(session: nox.Session, *command: str) -> None:
    """Runs the command while a simulator of Spice.ai Cloud runs; SPICE_CLOUD_API_URL and SPICE_CLOUD_PAT lead there."""
    session.run("python", "-m", "spice_simulator", "--run", *command)


def chosen(session: nox.Session, everything: str) -> list[str]:
    """The arguments of pytest: what the caller names, or with options alone all of it."""
    names_tests = any((Path.cwd() / argument.split("::")[0]).exists() for argument in session.posargs)
    return [*([] if names_tests else [everything]), *session.posargs]


def for_core(core: str) -> list[str]:
    """The options of pytest that choose the tests for this ansible-core."""
    return [] if core == NEWEST else ["-m", "not one_core"]


LINTERS = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "length": ["python", ".ci/file_length.py", "noxfile.py", ".ci", "benchmarks", "plugins", "tests"],
    "mypy": ["mypy", "--cache-dir", str(BUILD / "mypy")],
    "yamllint": ["yamllint", "--strict", "."],
    "changelog": ["antsibull-changelog", "lint"],
    "docs": ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", "."],
    "ansible": ["ansible-lint"],
}


@on_newest_core
def lint(session: nox.Session) -> None:
    """What can be said without running anything: code, types, YAML, documentation. Arguments choose: ruff, mypy, ..."""
    install(session, "lint", core=NEWEST)
    workspace(session)
    failed = []
    for name in session.posargs or LINTERS:
        try:
            session.run(*LINTERS[name])
        except nox.command.CommandFailed:
            failed.append(name)
    if failed:
        session.error(f"failed: {', '.join(failed)}")


@on_every_core
def unit(session: nox.Session, core: str) -> None:
    """Unit tests, on the newest ansible-core with branch coverage."""
    install(session, "unit", core=core)
    workspace(session)
    # A selection covers less, and is nobody's proof. The code covered on another release is the same.
    whole = core == NEWEST and not session.posargs
    coverage = ["--cov=plugins", "--cov-branch", "--cov-report=term-missing", "--cov-fail-under=95"] if whole else []
    session.run("pytest", *coverage, *for_core(core), *chosen(session, "tests/unit"))


@on_newest_core
def simulator(session: nox.Session) -> None:
    """The simulator's own tests."""
    install(session, simulator=True)
    browser.provide(session)
    session.chdir(workspace(session) / "tests/simulator")
    session.run("pytest", *chosen(session, "tests"))


@on_newest_core
def molecule(session: nox.Session) -> None:
    """The playbooks as molecule scenarios."""
    install(session, "molecule", core=NEWEST, simulator=True)
    workspace(session)
    # Molecule keeps there which scenarios are prepared; the simulator of that run is gone.
    shutil.rmtree(Path(session.env["HOME"]) / ".ansible/tmp", ignore_errors=True)
    with_simulator(session, "molecule", "test", *(session.posargs or ["--all"]))


@on_newest_core
def awx(session: nox.Session) -> None:
    """The playbooks as AWX runs them (ansible-runner, tarball, credential type), and the pattern."""
    install(session, "awx", core=NEWEST, simulator=True)
    tree = workspace(session)
    session.env["COLLECTION_TARBALL"] = str(build(session, tree))
    session.run("ansible-lint", "--offline", "extensions/patterns/bootstrap_environment/meta/pattern.json")
    session.run("pytest", *chosen(session, "tests/awx"))


@on_newest_core
def importer(session: nox.Session) -> None:
    """What Galaxy and Automation Hub check at an upload."""
    install(session, "importer", core=NEWEST)
    tarball = build(session, workspace(session))
    session.chdir(tarball.parent)
    session.env.update(GALAXY_IMPORTER_RUN_FLAKE8="true", GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true")
    # It fails by itself only when the import would; what a reviewer would mend are lines of its output.
    output = session.run("python", "-m", "galaxy_importer.main", tarball.name, silent=True)
    print(output)
    complaints = [line for line in output.splitlines() if line.startswith(("WARNING:", "ERROR:"))]
    # Its flake8 forbids a line break before an operator (W503) and after one (W504): no long condition could pass.
    complaints = [line for line in complaints if not any(code in line for code in (" W503 ", " W504 "))]
    if complaints:
        session.error("\n".join(complaints))


@on_both_cores
def checks(session: nox.Session, core: str) -> None:
    """The collection's promises, each proven by real playbook runs."""
    install(session, "checks", core=core, simulator=True)
    workspace(session)
    # A file stays with one worker, for its tests share what they ran; each worker has a simulator of its own.
    session.run("pytest", "-n", "2", "--dist", "loadfile", *for_core(core), *chosen(session, "tests/checks"))


@on_both_cores
def integration(session: nox.Session, core: str) -> None:
    """ansible-test integration: every target, against the simulator; its main ladder packed too on the oldest core.

    There both take half of the time. On the newest one the checks run every module packed.
    """
    install(session, "playbooks", core=core, simulator=True)
    workspace(session)
    session.env["SPICE_WAYS"] = "[local]" if core == NEWEST else "[local, packed]"
    with_simulator(session, "python", ".ci/integration.py", "--continue-on-error", *session.posargs)


@on_both_cores
def sanity(session: nox.Session, core: str) -> None:
    """ansible-test sanity, without a single ignore.

    Each Python takes its time, so the oldest core is run with its own, and modules are imported on the oldest and the
    newest one. Arguments, such as `--test import`, run what they say on every Python.
    """
    install(session, "playbooks", core=core)
    tree = workspace(session)
    for ignores in (tree / "tests/sanity").glob("ignore*.txt"):
        if ignores.stat().st_size:
            session.error(f"{ignores.name} is not empty: mend what it ignores")
    if "plugins/modules/" not in session.run("ansible-test", "env", "--list-files", silent=True):
        session.error("ansible-test does not see the modules: it would check nothing")
    cache = BUILD / session.name / "home/.ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    told = {name: value for name, value in os.environ.items() if re.match("UV_|SSL_CERT_|.*_PROXY$", name, re.I)}
    (cache / "uv.json").touch(0o600)  # an index may need a password
    (cache / "uv.json").write_text(json.dumps({"command": uv.find_uv_bin(), "environment": told}))
    for release in ("23_1_2", "24_2", "25_2"):
        shutil.copy2(".ci/get_pip.py", cache / f"get_pip_{release}.py")
    if session.posargs:
        runs = [session.posargs]
    elif core == NEWEST:
        ends = {min(PYTHONS), session_minor(session)}
        runs = [["--skip-test", "import"], *(["--test", "import", "--python", f"3.{minor}"] for minor in sorted(ends))]
    else:
        runs = [["--python", f"3.{session_minor(session)}"]]
    for arguments in runs:
        session.run("ansible-test", "sanity", *arguments)


@nox.session(name="build", python=PAIRS[NEWEST], default=False)
def tarball(session: nox.Session) -> None:
    """The tarball that `ansible-galaxy collection install` takes, in .build/dist."""
    install(session, core=NEWEST)
    built = build(session, workspace(session))
    (BUILD / "dist").mkdir(exist_ok=True)
    shutil.copy2(built, BUILD / "dist")
    print(BUILD / "dist" / built.name)


@nox.session(python=PAIRS[NEWEST], default=False)
def changelog(session: nox.Session) -> None:
    """Writes CHANGELOG.rst: the fragments and the new plugins go to the version that galaxy.yml names."""
    install(session, "lint", core=NEWEST)
    tree = workspace(session)
    # What an earlier run wrote for this version is written again: the tool would keep its list of plugins as it was.
    session.run("python", ".ci/forget_version.py")
    session.run("antsibull-changelog", "release")
    for file in ("CHANGELOG.rst", "changelogs/changelog.yaml"):
        shutil.copy2(tree / file, ROOT / file)


@nox.session(python=PAIRS[NEWEST], default=False)
def benchmark(session: nox.Session) -> None:
    """What a loop of a module, 1,000 hosts and whole environments cost. With arguments, benchmarks/fleet.py alone runs.

    Each is measured against something else within one run, because only the ratio means something.
    """
    install(session, "benchmark", core=NEWEST, simulator=True)
    workspace(session)
    if not session.posargs:
        with_simulator(session, "python", "benchmarks/loop.py")
        with_simulator(session, "python", "benchmarks/hosts.py")
    results = str(BUILD / session.name / "results")
    with_simulator(session, "python", "benchmarks/fleet.py", "--output", results, *session.posargs)


def on_samples(session: nox.Session) -> None:
    """Goes to a directory with the samples, where the collection is as its tarball installs it."""
    # On the Python that make found, with the newest ansible-core for it: what a newcomer's own installation would be.
    core = [core for core, minors in interpreters.CORES.items() if sys.version_info.minor in minors][-1]
    install(session, "playbooks", core=core, simulator=True)
    tree = workspace(session)
    base = BUILD / session.name
    for directory in ("collections", "sample"):
        shutil.rmtree(base / directory, ignore_errors=True)
    # From here on only what the tarball brings is seen, and not the tree.
    session.env.update(ANSIBLE_COLLECTIONS_PATH=str(base / "collections"), PYTHONPATH=str(tree / "tests/simulator"))
    tarball = str(build(session, tree))
    session.run("ansible-galaxy", "collection", "install", tarball, "--collections-path", str(base / "collections"))
    if sys.stdout.isatty():
        del session.env["NO_COLOR"]
    shutil.copytree(base / "collections/ansible_collections/spiceai/cloud/playbooks/sample", base / "sample")
    session.chdir(base / "sample")


@nox.session(default=False)
def demo(session: nox.Session) -> None:
    """The samples on a simulator: plan, apply, again, a query, an edit, a new password. KEEP leaves the simulator."""
    on_samples(session)
    session.env.update(
        ANSIBLE_CALLBACK_PLUGINS=str(ROOT / ".ci/callback"),
        ANSIBLE_CALLBACKS_ENABLED="summaries",
        DEMO_SUMMARIES=str(BUILD / "demo/sample/summaries.json"),
    )
    tour = ("python", str(ROOT / ".ci/demo.py"))
    if os.environ.get("KEEP"):
        session.run(*tour)  # starts a simulator of its own, which stays
    else:
        with_simulator(session, *tour)


@nox.session(default=False)
def play(session: nox.Session) -> None:
    """A shell with the samples, on a simulator that ends with it. Arguments are a command to run instead."""
    on_samples(session)
    with_simulator(session, "python", str(ROOT / ".ci/play.py"), *session.posargs)
