# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX is given: credential type, surveys, execution environment and pattern agree with the collection."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._config import ENVIRONMENT, Config
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.tests.awx.conftest import (
    INSTALLED,
    configuration,
    credential_type,
    injected,
    read,
)

ROLES = {
    "bootstrap.yml": "environment",
    "rotate_api_keys.yml": "api_key_rotation",
    "export.yml": "export",
    "teardown.yml": "teardown",
    "fleet.yml": "fleet",
    "fleet_report.yml": "fleet",
}
PLAYBOOK_VARIABLES = {"environment_hosts", "fleet_report_fail_on_failure"}
# What infra.aap_configuration takes.
ACCEPTED = read(Path(__file__).with_name("aap_configuration.yml"))["variables"]
LINKS = ("success_nodes", "failure_nodes", "always_nodes")


@pytest.fixture
def awx_files(collections):
    return collections / INSTALLED / "extensions/awx"


def connect(environ):
    return Config({name: option.get("default") for name, option in CONNECTION.options.items()}, environ)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"api_token": "a-token"}, ("a-token", None, None, None)),
        ({"client_id": "an-id", "client_secret": "a-secret", "org": "acme"}, (None, "an-id", "a-secret", "acme")),
        (
            {"api_token": "a-token", "client_id": "", "client_secret": "", "org": "", "api_url": ""},
            ("a-token", None, None, None),
        ),
    ],
)
def test_fields_that_stay_empty_do_no_harm(inputs, expected, collections):
    config = connect(injected(collections, **inputs))
    assert (config.api_token, config.client_id, config.client_secret, config.org) == expected
    assert config.api_url == "https://api.spice.ai"


def test_every_field_is_injected_and_secrets_are_marked(collections):
    kind = credential_type(collections)
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    assert {template.strip("{} ") for template in kind["injectors"]["env"].values()} == set(fields)
    assert {name for name, field in fields.items() if field.get("secret")} == {
        name for name in fields if CONNECTION.options[name].get("no_log")
    }
    for name, template in kind["injectors"]["env"].items():
        assert name == ENVIRONMENT[template.strip("{} ")][0]


@pytest.fixture
def described(collections):
    """The configuration of AWX, by the variable of infra.aap_configuration."""
    return configuration(collections)


def unknown(items, accepted, where):
    """list[str]: the names that are not accepted, at any depth."""
    found = []
    for item in items if isinstance(items, list) else [items]:
        found += [f"{where}.{name}" for name in item if name not in accepted["names"]]
        for name, part in accepted.get("parts", {}).items():
            found += unknown(item.get(name, []), part, f"{where}.{name}")
    return found


def test_every_name_is_one_that_the_collection_for_awx_takes(described):
    assert set(described) == set(ACCEPTED)
    assert [name for variable in described for name in unknown(described[variable], ACCEPTED[variable], variable)] == []


@pytest.mark.parametrize(
    ("variable", "path"),
    [
        ("controller_templates", ()),
        ("controller_templates", ("survey_spec",)),
        ("controller_templates", ("survey_spec", "spec", 0)),
        ("controller_workflows", ("simplified_workflow_nodes", 0)),
        ("controller_workflows", ("simplified_workflow_nodes", 2, "approval_node")),
        ("controller_schedules", ()),
    ],
)
def test_another_name_would_be_seen(described, variable, path):
    part = described[variable][-1]
    for step in path:
        part = part[step]
    part["job_slices"] = 1
    assert len(unknown(described[variable], ACCEPTED[variable], variable)) == 1


def test_what_one_resource_names_another_one_is(described):
    names = {variable: {item["name"] for item in items} for variable, items in described.items()}
    launched = names["controller_templates"] | names["controller_workflows"] | names["controller_inventory_sources"]
    credential = read_names()["spice_awx_credential"]
    for template in described["controller_templates"]:
        assert template["project"] in names["controller_projects"]
        assert template["inventory"] in names["controller_inventories"]
        assert template["execution_environment"] in names["controller_execution_environments"]
        assert template["credentials"] == [credential]
    for source in described["controller_inventory_sources"]:
        assert source["source_project"] in names["controller_projects"]
        assert source["inventory"] in names["controller_inventories"]
    for workflow in described["controller_workflows"]:
        nodes = workflow["simplified_workflow_nodes"]
        assert {node["unified_job_template"] for node in nodes if "approval_node" not in node} <= launched
    for schedule in described["controller_schedules"]:
        assert schedule["unified_job_template"] in launched


def read_names():
    return read(Path(__file__).parents[2] / "extensions/awx/controller/names.yml")


def test_the_nodes_of_a_workflow_are_one_way_from_the_first_to_the_report(described):
    for workflow in described["controller_workflows"]:
        nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
        assert len(nodes) == len(workflow["simplified_workflow_nodes"])
        order = list(nodes)
        for position, node in enumerate(nodes.values()):
            following = [name for link in LINKS for name in node.get(link, [])]
            # Each node goes on to the next one; a failed one may go to the report.
            assert set(following) <= set(order[position + 1 :])
            if node is not nodes[order[-1]]:
                assert order[position + 1] in following
            # An approval that is refused, or that nobody gives, ends the workflow.
            if "approval_node" in node:
                assert [link for link in LINKS if link in node] == ["success_nodes"]
                assert node["approval_node"]["timeout"] > 0
        assert order[-1] == "Report"
        assert all(order[-1] in nodes[name].get(link, []) for name, link in followed_by_the_report(nodes))


def followed_by_the_report(nodes):
    """list: each node whose job writes, with the link by which its failure leads to the report."""
    links = {"Canary": "failure_nodes", "Batches": "always_nodes"}
    return [(name, links[name]) for name in nodes if name in links]


def test_only_the_approvals_lead_to_a_write(described):
    templates = {template["name"]: template for template in described["controller_templates"]}
    release = next(one for one in described["controller_workflows"] if one["name"].startswith("Release"))
    nodes = {node["identifier"]: node for node in release["simplified_workflow_nodes"]}
    writers = [
        name
        for name, node in nodes.items()
        if templates.get(node.get("unified_job_template"), {}).get("playbook") == "fleet.yml"
        and templates[node["unified_job_template"]]["job_type"] == "run"
    ]
    assert writers == ["Canary", "Batches"]
    for name in writers:
        before = [node for node in nodes.values() if any(name in node.get(link, []) for link in LINKS)]
        assert len(before) == 1
        assert "approval_node" in before[0]


def test_slices_choose_by_a_variable_and_never_by_a_limit(described):
    sliced = [one for one in described["controller_templates"] if int(one.get("job_slice_count", 1)) > 1]
    assert len(sliced) == 1
    for template in sliced:
        assert not {"limit", "ask_limit_on_launch"} & set(template)
        assert "fleet_hosts" in {question["variable"] for question in template["survey_spec"]["spec"]}
    # The slices are cut when each of them starts.
    assert not any(source["update_on_launch"] for source in described["controller_inventory_sources"])
    assert not any(
        "limit" in node for one in described["controller_workflows"] for node in one["simplified_workflow_nodes"]
    )


def role_options(awx_files, playbook):
    specs = read(awx_files.parents[1] / f"roles/{ROLES[playbook]}/meta/argument_specs.yml")["argument_specs"]
    return specs["main"]["options"]


def test_surveys_ask_for_what_the_roles_take(described, awx_files):
    templates = described["controller_templates"]
    assert (
        {template["playbook"] for template in templates}
        == set(ROLES)
        == {path.name for path in (awx_files / "project").glob("*.yml")}
        - {"apps.spice_apps.yml", "publish_api_key.yml"}
    )
    for template in templates:
        options = role_options(awx_files, template["playbook"])
        asked = {question["variable"]: question for question in template["survey_spec"]["spec"]}
        assert set(asked) <= set(options) | PLAYBOOK_VARIABLES
        assert set(template.get("extra_vars", {})) <= set(options) | PLAYBOOK_VARIABLES
        # What the role needs is asked for; the environment itself comes from the inventory.
        needed = {name for name, option in options.items() if option.get("required")} - {"environment_app"}
        assert needed <= set(asked)
        assert all(asked[name]["required"] for name in needed)
        for name, question in asked.items():
            choices = options.get(name, {}).get("choices")
            assert question["type"] in ("text", "multiplechoice")
            assert not choices or sorted(question["choices"]) == sorted(choices)


def test_a_node_gives_only_what_its_template_takes(described, awx_files):
    templates = {template["name"]: template for template in described["controller_templates"]}
    for workflow in described["controller_workflows"]:
        for node in workflow["simplified_workflow_nodes"]:
            given = set(node.get("extra_data", {}))
            if given:
                template = templates[node["unified_job_template"]]
                assert given <= set(role_options(awx_files, template["playbook"])) | PLAYBOOK_VARIABLES
                assert template["ask_variables_on_launch"]


def test_the_execution_environment_can_be_built(awx_files, tmp_path):
    # Only the context: a build needs a container engine. As the file is, and then with this very collection.
    builder = str(Path(sys.executable).parent / "ansible-builder")
    subprocess.run(
        [builder, "create", "-f", str(awx_files / "execution-environment.yml"), "-c", str(tmp_path / "as-it-is")],
        check=True,
        cwd=tmp_path,
    )
    definition = read(awx_files / "execution-environment.yml")
    definition["dependencies"]["galaxy"] = {"collections": [{"name": os.environ["COLLECTION_TARBALL"], "type": "file"}]}
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(definition))
    subprocess.run(
        [
            builder,
            "create",
            "--file",
            str(tmp_path / "execution-environment.yml"),
            "--context",
            str(tmp_path / "context"),
        ],
        check=True,
        cwd=tmp_path,
    )
    container = next(
        path for path in (tmp_path / "context").iterdir() if path.name in ("Containerfile", "Dockerfile")
    ).read_text()
    assert "ansible-galaxy collection install" in container
    assert "ansible-core" in "".join(
        path.read_text()
        for path in (tmp_path / "context").rglob("*")
        if path.is_file() and path.stat().st_size < 100_000
    )
    told = subprocess.run(
        [builder, "introspect", str(awx_files.parents[4])], check=True, capture_output=True, text=True
    ).stdout
    assert "requests" in told


def test_the_execution_environment_has_one_name(awx_files):
    extensions = awx_files.parent
    pattern = json.loads((extensions / "patterns/bootstrap_environment/meta/pattern.json").read_text())
    environment = pattern["aap_resources"]["controller_execution_environment"]
    names = read_names()
    assert environment["image_name"] == names["spice_awx_image"]
    assert environment["name"] == names["spice_awx_execution_environment"]
    image = names["spice_awx_image"].split("/")[-1].split(":")[0]
    pages = [
        path
        for directory in (extensions, extensions.parent / "docs")
        for path in directory.rglob("*")
        if path.suffix in (".md", ".rst", ".yml", ".json")
    ]
    found = {
        (path.name, name)
        for path in [*pages, extensions.parent / "README.md"]
        for name in re.findall(r"[\w./-]*cloud[_-]ee\b", path.read_text(encoding="utf-8"))
    }
    assert "execution-environment.yml" in {name for name, dummy in found}
    assert {name.split("/")[-1] for dummy, name in found} == {image}, found


def test_the_pattern_runs_the_same_playbook(collections):
    pattern = collections / INSTALLED / "extensions/patterns/bootstrap_environment"
    described = json.loads((pattern / "meta/pattern.json").read_text())
    template = described["aap_resources"]["controller_job_templates"][0]
    assert described["name"] == pattern.name
    assert (
        read(pattern / "playbooks" / template["playbook"])[0]["ansible.builtin.import_playbook"]
        == "spiceai.cloud.bootstrap"
    )
    assert {question["variable"] for question in template["survey"]["spec"]} <= PLAYBOOK_VARIABLES
