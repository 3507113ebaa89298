# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of docs/ARCHITECTURE.md that can be read off the code: who imports whom, and who may know what."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils import _version

ROOT = Path(_version.__file__).parents[2]
PLUGINS = ROOT / "plugins"
OWN = "ansible_collections.spiceai.cloud.plugins"

# From the ground up. A file imports only what stands on a line above its own, so files on one line never import each
# other. A pattern stands for the files that no line names: a new resource is the neighbour of the others, and one that
# others need is named on a line of its own.
ORDER = (
    # 0: words, values, and what the processes of a run share
    ("_errors", "_version", "_compare", "_argument_spec", "_ansible", "_spelling", "_state", "_parallel"),
    ("_yaml", "_config", "_variables_file"),
    # 1: HTTP
    ("_http/bounded",),
    ("_http/answers", "_http/failures", "_http/paging", "_http/redact", "_http/retry"),
    ("_http/pace", "_http/request", "_http/run_reads"),
    ("_http/transport",),
    ("_http/auth",),
    ("_http/client",),
    ("_http/runtime",),
    # 2: the API
    ("_api/items", "_api/models", "_api/lookup"),
    ("_api/apps", "_api/platform"),
    ("_api/*",),
    # 3: the module, and plan and apply
    ("_module",),
    ("_plan",),
    # 4: resources
    ("_resources/python_values",),
    ("_resources/spicepod",),
    ("_resources/app_fields", "_resources/fingerprints", "_resources/monitor_fields", "_resources/parent"),
    ("_resources/app_tags",),
    ("_resources/paused", "_resources/runtime_status", "_resources/table_names"),
    ("_resources/placeholders", "_resources/placement", "_resources/secret_names", "_resources/secret_writer"),
    ("_resources/monitor_checks", "_resources/monitor_owner", "_resources/monitor_writer", "_resources/secret_checks"),
    ("_resources/monitor_tokens", "_resources/monitor_view"),
    ("_resources/app_prediction", "_resources/app_view"),
    ("_resources/app_checks", "_resources/app_writer", "_resources/stamp"),
    ("_resources/hosts", "_resources/instance_log"),
    ("_resources/deployment_view",),
    ("_resources/deployment_failure", "_resources/provided"),
    ("_resources/resumed_deployment",),
    ("_resources/app_fork",),
    ("_resources/app_pause",),
    ("_resources/app",),
    ("_resources/*",),
    # 4: their options
    ("_spec/secrets", "_spec/connection"),
    ("_spec/*",),
    # 5: several resources together
    ("_workflows/export_overrides", "_workflows/preflight", "_workflows/problems", "_workflows/table"),
    ("_workflows/environment_monitors", "_workflows/export_members", "_workflows/export_monitors"),
    (
        "_workflows/environment_links",
        "_workflows/environment_options",
        "_workflows/fleet_before",
        "_workflows/fleet_options",
        "_workflows/fleet_report",
        "_workflows/report",
        "_workflows/rotation_record",
    ),
    ("_workflows/environment_plan", "_workflows/fleet_plan"),
    (
        "_workflows/environment_pause",
        "_workflows/environment_verify",
        "_workflows/environment_words",
        "_workflows/fleet_summary",
    ),
    ("_workflows/environment_rollback",),
    ("_workflows/environment",),
    ("_workflows/fleet_environment",),
    ("_workflows/fleet_rollback",),
    ("_workflows/rotation_checks",),
    ("_workflows/rotation_state",),
    ("_workflows/rotation_steps",),
    ("_workflows/*",),
    # 6: what Ansible loads
    ("plugin_utils/_run",),
    (
        "plugin_utils/_atomic_file",
        "plugin_utils/_controller",
        "plugin_utils/_fleet_files",
        "plugin_utils/_spicepod_file",
    ),
    ("plugin_utils/_fleet_batch", "plugin_utils/_fleet_ending"),
    ("plugin_utils/_action",),
    ("modules/*", "filter/*", "inventory/*", "doc_fragments/*"),
    ("action/*",),
)

# Two resources of one thing: the second is part of what the first does.
NEIGHBOURS = {
    ("_resources/sql", "_resources/runtime"): "a statement goes to the runtime of an app",
}

# What ansible-core's base classes offer to plugins that derive from them, though the names begin with an underscore:
# "Developing plugins" in its documentation tells of them, and the plugins that it ships use them.
OFFERED_TO_SUBCLASSES = {
    "action/spice_environment_report": {
        "_task": "the task's check mode",
        "_display": "shows the table",
    },
    "action/spice_fleet_report": {
        "_task": "the task's check mode",
        "_display": "shows the table",
    },
    "action/spice_export_files": {
        "_task": "the task's check and diff mode",
    },
    "action/spice_fleet_app": {
        "_task": "the arguments of the task, and its check mode",
        "_templar": "fills in the variables that describe the app",
    },
    "action/spice_fleet_run": {
        "_task": "the task's check mode",
        "_display": "shows the plan, the progress and the report",
        "_loader": "finds the hosts that a pattern names",
        "_templar": "fills in the variables of the run",
    },
    "plugin_utils/_action": {
        "_task": "the task, its arguments and keywords",
        "_connection": "where the task runs",
        "_display": "shows a line at once",
        "_loader": "knows the directory of the play",
        "_execute_module": "runs the packed module",
    },
    "inventory/spice_apps": {
        "_cache": "keeps the hosts between runs",
        "_read_config_data": "reads the inventory file",
        "_set_composite_vars": "the option `compose`",
        "_add_host_to_composed_groups": "the option `groups`",
        "_add_host_to_keyed_groups": "the option `keyed_groups`",
    },
}

# What is below Ansible's own directories and imports ansible-core all the same.
KNOWS_ANSIBLE = {
    "_ansible": "every private name of it",
    "_module": "what a missing library is called",
    "_yaml": "the same, for PyYAML",
    "_workflows/environment_options": "checks the options of each part as the part's own module does",
}

LOADED_BY_ANSIBLE = ("action", "doc_fragments", "filter", "inventory", "modules", "plugin_utils")


def digest(path: Path) -> str:
    """How the tables above call a file: `_http/client`, `modules/spice_app`."""
    return path.relative_to(PLUGINS).with_suffix("").as_posix().replace("module_utils/", "")


FILES = {digest(path): path for path in sorted(PLUGINS.rglob("*.py")) if path.name != "__init__.py"}
EACH_FILE = pytest.mark.parametrize("key", FILES)


def tree(key: str) -> ast.Module:
    return ast.parse(FILES[key].read_text(encoding="utf-8"))


def imports(key: str) -> Iterator[str]:
    """The full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree(key)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import is written in full"
            for alias in node.names:
                # `from PACKAGE import MODULE` imports the module.
                inner = f"{node.module}.{alias.name}"
                yield inner if own_key(inner) in FILES else str(node.module)


def own_key(module: str) -> str:
    return module.removeprefix(OWN + ".").replace(".", "/").replace("module_utils/", "")


def rank(key: str) -> int:
    """The line of ORDER on which a file stands."""
    for position, names in enumerate(ORDER):
        if key in names:
            return position
    lines = [position for position, names in enumerate(ORDER) if any(fnmatchcase(key, name) for name in names)]
    assert lines, f"ORDER has no line for {key}"
    return lines[0]


# -- layers -----------------------------------------------------------------------------------------------------------


@EACH_FILE
def test_imports_only_point_down(key: str) -> None:
    for module in imports(key):
        if module.startswith(OWN):
            assert own_key(module) in FILES, f"{key} imports {module}, which does not exist"
            is_lower = rank(own_key(module)) < rank(key)
            assert is_lower or (key, own_key(module)) in NEIGHBOURS, f"{key} imports {own_key(module)}"


@pytest.mark.parametrize(("key", "other"), NEIGHBOURS)
def test_every_neighbour_that_is_allowed_is_imported(key: str, other: str) -> None:
    assert rank(key) == rank(other)
    assert other in {own_key(module) for module in imports(key)}


def test_the_order_names_only_files_that_exist() -> None:
    assert [name for names in ORDER for name in names if not any(fnmatchcase(key, name) for key in FILES)] == []


def test_few_files_of_the_lower_floors_know_ansible() -> None:
    found = {key for key in FILES for module in imports(key) if module.split(".")[0] == "ansible"}
    assert {key for key in found if not key.startswith(LOADED_BY_ANSIBLE)} == set(KNOWS_ANSIBLE)


def test_only_the_transport_sends() -> None:
    libraries = ("requests", "urllib3", "urllib.request", "http.client")
    found = {key for key in FILES for module in imports(key) if module.startswith(libraries)}
    # The first sends, the second names its exceptions, the third only annotates types.
    assert found == {"_http/transport", "_http/failures", "_http/bounded"}


# -- who may know what ------------------------------------------------------------------------------------------------


def test_check_mode_is_read_in_the_plan_and_the_module_only() -> None:
    found = {
        key: [line.strip() for line in FILES[key].read_text(encoding="utf-8").splitlines() if "check_mode" in line]
        for key in FILES
        if "module_utils" in FILES[key].parts
    }
    readers = {key for key, lines in found.items() if lines}
    assert readers == {"_plan", "_module", "_resources/deployments"}
    # A plan does not wait for a deployment that is under way.
    assert found["_resources/deployments"] == ['if not self._run.params["wait"] or self._run.check_mode:']


def test_routes_stand_in_the_adapters_only() -> None:
    found = {
        key
        for key in FILES
        for node in ast.walk(tree(key))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"/v\d+/", node.value)
    }
    assert {key for key in found if not key.startswith("_api/")} == set()
    assert found  # else the test looks for the wrong thing


@EACH_FILE
def test_no_exception_is_edited(key: str) -> None:
    caught = {node.name for node in ast.walk(tree(key)) if isinstance(node, ast.ExceptHandler) and node.name}
    edited = [
        f"{ast.unparse(target)} in line {target.lineno}"
        for node in ast.walk(tree(key))
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute)
        and (target.attr in ("args", "partial") or ast.unparse(target.value) in caught)
    ]
    if key == "_errors":
        assert len(edited) == 1  # the constructor of SpiceError
        assert edited[0].startswith("self.partial ")
    else:
        assert edited == []


@EACH_FILE
def test_private_names_of_others_stand_in_one_file(key: str) -> None:
    """`x._name` is a file's own when a class in it has `_name`; every other one belongs to somebody else."""
    if key == "_ansible":
        return
    foreign = {name for name in private_names(key) if name not in OFFERED_TO_SUBCLASSES.get(key, {})}
    assert foreign == set()


@pytest.mark.parametrize("key", OFFERED_TO_SUBCLASSES)
def test_every_private_name_that_is_allowed_is_used(key: str) -> None:
    assert private_names(key) == set(OFFERED_TO_SUBCLASSES[key])


def private_names(key: str) -> set[str]:
    """The private attributes and imported names of a file that it does not define itself."""
    nodes = list(ast.walk(tree(key)))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Store)}
    defined = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    members = [member for node in nodes if isinstance(node, ast.ClassDef) for member in node.body]
    defined |= {member.name for member in members if isinstance(member, ast.FunctionDef)}
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not str(getattr(node, "module", "")).startswith(OWN):
            modules = [str(getattr(node, "module", "")), *(alias.name for alias in node.names)]
            used |= {part for module in modules for part in module.split(".")}
    public = {"_replace", "_asdict", "_fields"}  # of a NamedTuple: the underscore keeps them apart from its fields
    return {name for name in used - defined - public if re.match(r"_[a-z]", name)}


@EACH_FILE
def test_no_product_code_knows_the_simulator(key: str) -> None:
    assert "simulator" not in FILES[key].read_text(encoding="utf-8").casefold()


# -- documentation ----------------------------------------------------------------------------------------------------

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# What a clone does not have: commands that the documents describe make it.
NOT_IN_THE_REPOSITORY = (".build", ".nox", ".venv", ".git/", "collections/")
PATH = re.compile(r"`((?:\.?[\w-]+/)+[\w.-]*|_\w+\.py)`")
CLASS = re.compile(r"`((?:[A-Z][a-z]+){2,})\b[^`]*`")
CALL = re.compile(r"`(?:\w+\.)*(\w+)\(\)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_files_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = {name for name in LINK.findall(text) if not (document.parent / name).exists()}
    paths = {
        name
        for name in PATH.findall(text)
        if not name.startswith(NOT_IN_THE_REPOSITORY)
        and "thing" not in name  # of the recipe in CONTRIBUTING.md
        and not any((base / name).exists() for base in (ROOT, PLUGINS, PLUGINS / "module_utils", document.parent))
    }
    assert links | paths == set()


@functools.cache
def names_of_functions() -> set[str]:
    return {node.name for key in FILES for node in ast.walk(tree(key)) if isinstance(node, ast.FunctionDef)}


@functools.cache
def words_of_the_code() -> set[str]:
    return {word for path in FILES.values() for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_functions_and_classes_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert set(CALL.findall(text)) - names_of_functions() == set()
    # Not only the collection's own: `AnsibleModule` is a class too.
    assert set(CLASS.findall(text)) - words_of_the_code() == set()
