# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of ansible-doc: they fit into 80 columns, and their examples show every option."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.tests.checks.collection import (
    MODULES,
    ON_THE_CONTROLLER,
    ROLES,
    ROOT,
    module,
    read,
    tasks_of,
)
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, IN_USE, SANDBOX, SPICEPOD

COLUMNS = 80
ADDRESS = re.compile(r"\S+://\S+")
PAGES = {
    "module": sorted({*MODULES, *ON_THE_CONTROLLER}),
    "role": ROLES,
    "filter": sorted(path.stem for path in (ROOT / "plugins/filter").glob("*.py")),
    "inventory": sorted(path.stem for path in (ROOT / "plugins/inventory").glob("*.py")),
}

# Options that no example shows, and why.
PASSED_ON = "the role of this module sets it"
OF_SECRETS = "the examples of spice_secret show it"
GIVEN_OUT = "its values are given out by the vendor for one organization"
UNSHOWN = {
    "spice_api_key_rotation": dict.fromkeys(("active", "settle_time", "take_over", "verify"), PASSED_ON),
    "spice_app": {
        "cname": "an older name of what `region` is",
        "scheduler_state_location": "for forks of a distributed app only",
        **dict.fromkeys(("registry", "image", "node_group"), GIVEN_OUT),
    },
    "spice_deployment": {"state": "has one value"},
    "spice_environment": {"update_secret": OF_SECRETS, **dict.fromkeys(("prefix", "variables"), PASSED_ON)},
    "spice_monitor": {"update_secret": OF_SECRETS},
    "spice_secret_link_info": {
        "name": "as in the examples of spice_secret_info",
        "with_organization_secrets": "the examples of spice_export_files show it",
    },
}


def too_long(page):
    """list[str]: lines that a terminal would break. The first line has a path, and ansible-doc breaks neither addresses
    nor choices.
    """
    lines = [line for line in page.splitlines()[1:] if not line.lstrip().startswith("choices:")]
    return [line for line in lines if len(ADDRESS.sub("", line)) > COLUMNS]


@pytest.mark.newest_core
@pytest.mark.parametrize("kind", PAGES)
def test_the_pages_fit_into_a_terminal(kind):
    command = [Path(sys.executable).parent / "ansible-doc", "-t", kind, *(f"spiceai.cloud.{n}" for n in PAGES[kind])]
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "ANSIBLE_NOCOLOR": "true"}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    pages = re.split(r"(?m)^(?=> [A-Z]+:? \W*spiceai\.cloud\.)", told)[1:]
    assert len(pages) == len(PAGES[kind])
    assert [line for page in pages for line in too_long(page)] == []


def test_a_line_that_is_too_long_is_found():
    line = "four " * 17
    assert too_long(f"> HEAD {line}\n{line.strip()}\n") == [line.strip()]
    assert too_long(f"> HEAD\n    sample: https://{'x' * 90}\n{'y ' * 40}") == []


@pytest.mark.newest_core
def test_the_links_to_guides_lead_to_the_site():
    """``ref`` would be the site's own way, but ansible-doc makes an address of it that leads nowhere."""
    site = read("galaxy.yml")["documentation"].rstrip("/")
    files = [*(ROOT / "plugins/modules").glob("*.py"), *(ROOT / "roles").glob("*/meta/argument_specs.yml")]
    links = {link for file in files for link in re.findall(r"(?m)^ +link: (\S+)$", file.read_text(encoding="utf-8"))}
    guides = {f"{site}/docsite/{page.stem}.html" for page in (ROOT / "docs/docsite/rst").glob("*.rst")}
    assert links
    assert links - guides == set()


@pytest.mark.newest_core
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_show_every_option(name):
    shown = set()
    for task in tasks_of(module(name).EXAMPLES):
        shown |= set(task.get(f"spiceai.cloud.{name}") or {})
        shown |= set(task.get("module_defaults", {}).get("group/spiceai.cloud.spice", {}))
    options = set(module(name).SPEC.argument_spec) - set(CONNECTION.options)
    if "app" in shown:
        options.discard("app_id")  # which can stand for the name everywhere; the examples of spice_app show it
    assert options - shown == set(UNSHOWN.get(name, {}))


def examples_of(role):
    """str: the examples that the specification of a role has."""
    return read(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["examples"]


def variables_in(role, value):
    """list[dict]: the variables of a role that a value holds at any depth, those of one place together."""
    if isinstance(value, list):
        return [found for item in value for found in variables_in(role, item)]
    if not isinstance(value, dict):
        return []
    own = {name: item for name, item in value.items() if name.startswith(f"{role}_") and name != f"{role}_result"}
    return [own] if own else [found for item in value.values() for found in variables_in(role, item)]


@pytest.mark.newest_core
@pytest.mark.parametrize("role", ROLES)
def test_the_examples_of_a_role_fit_its_specification(role):
    options = read(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    places = variables_in(role, list(yaml.safe_load_all(examples_of(role))))
    assert places
    for variables in places:
        given = {name: options[name] for name in variables}
        assert ArgumentSpecValidator(given).validate(variables).error_messages == []


@pytest.mark.newest_core
@pytest.mark.parametrize("role", ROLES)
def test_no_option_of_a_role_holds_a_template(role):
    """Ansible fills in templates in the options when it validates the variables, in their descriptions too."""
    for entry in read(f"roles/{role}/meta/argument_specs.yml")["argument_specs"].values():
        assert re.findall(r"\{[{%#]", json.dumps(entry["options"])) == []


@pytest.mark.newest_core
def test_the_examples_of_the_roles_run(play, cloud, tmp_path):
    cloud.reset(apps=[IN_USE, SANDBOX])
    cloud.clock(**AT_ONCE)
    (environment, prepare), rotate, export, teardown = (
        list(yaml.safe_load_all(examples_of(role)))
        for role in ("environment", "api_key_rotation", "export", "teardown")
    )
    tasks = examples_of("api_key_rotation").partition("# publish_api_key.yml")[2].partition("\n- name:")[0]
    (tmp_path / "publish_api_key.yml").write_text(re.sub("(?m)^# ?", "", tasks.partition("\n")[2]))
    (tmp_path / "environment.yml").write_text(yaml.safe_dump(environment))
    (tmp_path / "spicepod.yaml").write_text(yaml.safe_dump(SPICEPOD))
    given = {
        "vault_pg_password": "hidden value",
        "vault_fingerprint_key": "some key",
        "client_key_file": str(tmp_path / "key"),
        "api_key_rotation_settle_time": 1,
        "environment_spicepod_file": str(tmp_path / "spicepod.yaml"),
    }
    args = ["-e", json.dumps(given)]
    brought = play.playbook("spiceai.cloud.bootstrap", ["-e", f"@{tmp_path / 'environment.yml'}", *args]).ok()
    assert "sales-analytics" in brought.output
    assert [secret["name"] for secret in cloud.apps()["sales-analytics"]["secrets"]] == ["PG_PASSWORD"]
    del given["environment_spicepod_file"]
    playbook = tmp_path / "examples.yml"
    # One play of each role is enough; all of them fit the specifications.
    playbook.write_text(yaml.safe_dump([plays[0] for plays in (prepare, rotate[0], export[0], teardown[0])]))
    play.playbook(str(playbook), ["-e", json.dumps(given)]).ok()
    apps = cloud.apps()
    assert set(apps) == {"sales-analytics", "sales-next"}
    assert (tmp_path / "key").read_text() in (apps["sales-analytics"]["api_key"], apps["sales-analytics"]["api_key_2"])
    assert {path.name for path in (tmp_path / "environments/host_vars").iterdir()} >= {"sales-analytics"}


@pytest.mark.newest_core
@pytest.mark.parametrize("role", ROLES)
def test_the_examples_of_a_role_show_every_variable(role):
    spec = read(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]
    unshown = [name for name in spec["options"] if not re.search(rf"(?m)^ *(?:# )?{name}:", spec["examples"])]
    assert unshown == []
