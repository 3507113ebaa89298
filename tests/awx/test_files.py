# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX is given: credential type, surveys, execution environment and pattern agree with the collection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._config import ENVIRONMENT, Config
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.tests.awx.conftest import INSTALLED, injected, read

ROLES = {
    "bootstrap.yml": "environment",
    "rotate_api_keys.yml": "api_key_rotation",
    "export.yml": "export",
    "teardown.yml": "teardown",
}
PLAYBOOK_VARIABLES = {"environment_hosts"}


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


def test_every_field_is_injected_and_secrets_are_marked(awx_files):
    kind = read(awx_files / "credential_type.yml")
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    assert {template.strip("{} ") for template in kind["injectors"]["env"].values()} == set(fields)
    assert {name for name, field in fields.items() if field.get("secret")} == {
        name for name in fields if CONNECTION.options[name].get("no_log")
    }
    for name, template in kind["injectors"]["env"].items():
        assert name == ENVIRONMENT[template.strip("{} ")][0]


def test_surveys_ask_for_what_the_roles_take(awx_files):
    templates = read(awx_files / "job_templates.yml")["job_templates"]
    assert (
        {template["playbook"] for template in templates}
        == set(ROLES)
        == {path.name for path in (awx_files / "project").glob("*.yml")}
        - {"apps.spice_apps.yml", "publish_api_key.yml"}
    )
    for template in templates:
        options = read(awx_files.parents[1] / f"roles/{ROLES[template['playbook']]}/meta/argument_specs.yml")[
            "argument_specs"
        ]["main"]["options"]
        asked = {question["variable"]: question for question in template["survey_spec"]["spec"]}
        assert set(asked) <= set(options) | PLAYBOOK_VARIABLES
        # What the role needs is asked for; the environment itself comes from the inventory.
        needed = {name for name, option in options.items() if option.get("required")} - {"environment_app"}
        assert needed <= set(asked)
        assert all(asked[name]["required"] for name in needed)
        for name, question in asked.items():
            choices = options.get(name, {}).get("choices")
            assert question["type"] in ("text", "multiplechoice")
            assert not choices or sorted(question["choices"]) == sorted(choices)


def test_the_execution_environment_can_be_built(awx_files, tmp_path):
    # Only the context: a build needs a container engine.
    definition = read(awx_files / "execution-environment.yml")
    definition["dependencies"]["galaxy"] = {"collections": [{"name": os.environ["COLLECTION_TARBALL"], "type": "file"}]}
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(definition))
    builder = str(Path(sys.executable).parent / "ansible-builder")
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
