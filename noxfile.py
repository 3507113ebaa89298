# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test sessions. `make help` lists them; what they write, they write below .build."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / ".ci"))
import ansible_test
import browser
import interpreters
import publishing
from linters import ENVIRONMENTS, LINTERS
from workspace import BUILD, ROOT, build, build_site, install, on_samples, workspace

PYTHONS = interpreters.find()
PAIRS = interpreters.pairs(PYTHONS)
QUICK_PAIRS = interpreters.quick_pairs(PYTHONS)
OLDEST, NEWEST = list(PAIRS)[0], list(PAIRS)[-1]
BETWEEN = interpreters.between(PYTHONS)
# `make test` divides the work: what another of its sessions proves is left out. A session that is run alone proves
# everything by itself.
DIVIDED = "DIVIDED" in os.environ and OLDEST != NEWEST
ALONE = "alone"  # the tag of a session that `make test` leaves out

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
    add_sessions(function, QUICK_PAIRS, tags=[function.__name__])
    return function


def on_either_core(function: Callable) -> Callable:
    """Sessions for both, of which `make test` runs the oldest one, because that is the fastest."""
    for core, python in QUICK_PAIRS.items():
        add_sessions(function, {core: python}, tags=[function.__name__, *([] if core == OLDEST else [ALONE])])
    return function


def on_every_core(function: Callable) -> Callable:
    """The same, the oldest one on its oldest Python, and sessions for the releases between.

    Those between have no tag, so `make test` leaves them to CI.
    """
    add_sessions(function, BETWEEN, tags=[])
    add_sessions(function, PAIRS, tags=[function.__name__])
    return function


def on_newest_core(function: Callable) -> Callable:
    return nox.session(python=PAIRS[NEWEST], tags=[function.__name__])(function)


def with_simulator(session: nox.Session, *command: str) -> None:
    """Runs the command while a simulator of Spice.ai Cloud runs; SPICE_CLOUD_API_URL and SPICE_CLOUD_PAT lead there."""
    session.run("python", "-m", "spice_simulator", "--run", *command)


def chosen(session: nox.Session, everything: str) -> list[str]:
    """The arguments of pytest: what the caller names, or with options alone all of it."""
    names_tests = any((Path.cwd() / argument.split("::")[0]).exists() for argument in session.posargs)
    return [*([] if names_tests else [everything]), *session.posargs]


def for_core(core: str, divided: bool = False) -> list[str]:
    """The options of pytest that choose the tests for this ansible-core."""
    if core != NEWEST:
        return ["-m", "not newest_core"]
    return ["-m", "newest_core or both_cores"] if divided else []


@on_newest_core
def lint(session: nox.Session) -> None:
    """What needs no server: code, types, YAML, documentation, a release in a copy. Arguments choose: ruff, mypy, ..."""
    install(session, "lint", core=NEWEST)
    workspace(session)
    failed = []
    for name in session.posargs or LINTERS:
        try:
            session.run(*LINTERS[name], env=ENVIRONMENTS.get(name))
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


@nox.session(python=PYTHONS[min(minor for minor in PYTHONS if minor > 10)], tags=["simulator"])
def simulator(session: nox.Session) -> None:
    """The simulator's own tests, on the oldest Python that it takes."""
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


@on_either_core
def awx(session: nox.Session, core: str) -> None:
    """The playbooks as AWX runs them (ansible-runner, tarball, credential type), and the pattern."""
    install(session, "awx", core=core, simulator=True)
    tree = workspace(session)
    session.env["COLLECTION_TARBALL"] = str(build(session, tree))
    session.run("ansible-lint", "--offline", "extensions/patterns/bootstrap_environment/meta/pattern.json")
    session.run("pytest", *chosen(session, "tests/awx"))


@on_newest_core
def docs(session: nox.Session) -> None:
    """The documentation site, in .build/docs/html: no warning, no dead link in it. -- linkcheck follows the others."""
    install(session, "docs", core=NEWEST)
    site = build_site(session, workspace(session), *(session.posargs or ["html"]))
    if not session.posargs:
        session.run("python", ".ci/links.py", str(site))
        print(site / "index.html")


@on_newest_core
def importer(session: nox.Session) -> None:
    """What Galaxy and Automation Hub check at an upload."""
    install(session, "importer", core=NEWEST)
    tarball = build(session, workspace(session))
    session.chdir(tarball.parent)
    with_linters = "false" if DIVIDED else "true"  # make lint has stricter ones
    session.env.update(
        GALAXY_IMPORTER_RUN_FLAKE8=with_linters,
        GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true",
        GALAXY_IMPORTER_RUN_ANSIBLE_LINT=with_linters,
    )
    # It fails by itself only when the import would; what a reviewer would correct are lines of its output.
    output = session.run("python", "-m", "galaxy_importer.main", tarball.name, silent=True)
    print(output)
    complaints = [line for line in output.splitlines() if line.startswith(("WARNING:", "ERROR:"))]
    # Its flake8 forbids a line break before an operator (W503) and after one (W504): no long condition could pass.
    complaints = [line for line in complaints if not any(code in line for code in (" W503 ", " W504 "))]
    if complaints:
        session.error("\n".join(complaints))


@on_both_cores
def checks(session: nox.Session, core: str) -> None:
    """The collection's promises, each proven by real playbook runs.

    `make test` runs most on the oldest ansible-core alone, because it is the fastest.
    """
    install(session, "checks", core=core, simulator=True)
    workspace(session)
    # A file stays with one worker, for its tests share what they ran; each worker has a simulator of its own.
    workers = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    session.run("pytest", *workers, *for_core(core, DIVIDED), *chosen(session, "tests/checks"))


@on_either_core
def integration(session: nox.Session, core: str) -> None:
    """ansible-test integration: every target against the simulator, in the controller and packed."""
    install(session, "playbooks", core=core, simulator=True)
    workspace(session)
    with_simulator(session, "python", ".ci/integration.py", "--continue-on-error", *session.posargs)


@on_both_cores
def sanity(session: nox.Session, core: str) -> None:
    """ansible-test sanity, without a single ignore. Arguments, such as `--test import`, run on every Python."""
    install(session, "playbooks", core=core)
    tree = workspace(session)
    ansible_test.prepare(session, tree)
    for arguments in ansible_test.runs(session, core == NEWEST, PYTHONS, DIVIDED):
        session.run("ansible-test", "sanity", *arguments)


@nox.session(name="build", python=PAIRS[NEWEST], default=False)
def tarball(session: nox.Session) -> None:
    """The tarball that `ansible-galaxy collection install` takes, in .build/dist."""
    install(session, core=NEWEST)
    built = build(session, workspace(session))
    (BUILD / "dist").mkdir(exist_ok=True)
    shutil.copy2(built, BUILD / "dist")
    print(BUILD / "dist" / built.name)


for function in (publishing.changelog, publishing.release, publishing.release_files):
    publish = functools.partial(function, core=NEWEST, python=PAIRS[NEWEST])
    publish.__doc__ = function.__doc__
    nox.session(publish, python=PAIRS[NEWEST], name=function.__name__.replace("_", "-"), default=False)


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
