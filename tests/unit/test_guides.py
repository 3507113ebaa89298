# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides for CI, AWX and for users of other tools show is what their pages run, and what extensions/ci,
extensions/awx and the benchmarks have.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._version import VERSION

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:^(?:    .*)?\n)+)", re.MULTILINE)
FILE = re.compile(r"# (\S+)\n")
# What of a line of a shell is no part of its last command but one: where its output goes, and what follows it.
AFTER = re.compile(r"\s*(?:\||;).*")


def blocks(page):
    """list[tuple[str, str]]: the language and the content of each block of code of a guide."""
    text = (ROOT / f"docs/docsite/rst/{page}.rst").read_text(encoding="utf-8")
    return [(language, re.sub(r"^    ", "", code, flags=re.MULTILINE)) for language, code in BLOCK.findall(text)]


def files(page):
    """dict[str, object]: what the files of YAML on a guide hold, by their path."""
    shown = [content for language, content in blocks(page) if language == "yaml" and FILE.match(content)]
    return {FILE.match(content)[1]: yaml.safe_load(content) for content in shown}


def playbooks(lines):
    """set[str]: the commands among these lines that run a playbook, without what is done with their output."""
    commands = [AFTER.sub("", " ".join(line.split())) for line in lines]
    return {command for command in commands if command.startswith("ansible-playbook ")}


def typed(page):
    """set[str]: the commands of a guide that run a playbook. The test of pages runs them."""
    shells = [content for language, content in blocks(page) if language == "shell"]
    return playbooks(line for content in shells for line in content.splitlines())


def of_github(workflow):
    """set[str]: the commands of all jobs that run a playbook."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    return playbooks(line for step in steps for line in step.get("run", "").splitlines())


def of_gitlab(pipeline):
    """set[str]: the same of a pipeline of GitLab."""
    return playbooks(line for job in pipeline.values() for line in job.get("script", ()))


def shipped(name):
    return yaml.safe_load((ROOT / "extensions/ci" / name).read_text(encoding="utf-8"))


def test_the_jobs_run_what_the_page_runs():
    shown = files("guide_ci")
    jobs = of_github(shown[".github/workflows/spice.yml"])
    assert len(jobs) == 3
    assert of_gitlab(shown[".gitlab-ci.yml"]) == jobs
    assert jobs <= typed("guide_ci")


def test_the_previews_that_are_shipped_run_what_the_page_runs():
    previews = of_github(shipped("github-actions.yml"))
    assert len(previews) == 2
    assert of_gitlab(shipped("gitlab-ci.yml")) == previews
    assert previews <= typed("guide_ci")


def test_no_job_writes_for_a_pull_request():
    shown = files("guide_ci")
    for step in shown[".github/workflows/spice.yml"]["jobs"]["prod"]["steps"]:
        if playbooks(step.get("run", "").splitlines()):
            assert ("--check" in step["run"]) == (step["if"] != "github.event_name == 'push'")
    for name, job in shown[".gitlab-ci.yml"].items():
        if of_gitlab({name: job}):
            assert ("--check" in job["script"][0]) == ("resource_group" not in job)
            assert ("--check" in job["script"][0]) == (job["environment"].get("action") == "verify")


def test_ci_installs_what_is_pinned():
    shown = files("guide_ci")
    assert shown["requirements.yml"]["collections"] == [{"name": "spiceai.cloud", "version": VERSION}]
    install = next(content for language, content in blocks("guide_ci") if "pip install" in content)
    lines = install.strip().splitlines()
    (job,) = shown[".github/workflows/spice.yml"]["jobs"].values()
    assert next(step for step in job["steps"] if step.get("name") == "Install")["run"].splitlines() == lines
    assert shown[".gitlab-ci.yml"]["default"]["before_script"] == lines


AWX = ROOT / "extensions/awx"


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def described(variable):
    """list[dict]: what extensions/awx/controller describes under this variable."""
    found = [read(path) for path in sorted((AWX / "controller").glob("*.yml"))]
    return next(file[variable] for file in found if variable in file)


def added():
    """dict[str, list]: what the guide for AWX adds to the files of extensions/awx/controller, by the variable."""
    found = {}
    for language, content in blocks("guide_awx"):
        if language == "yaml" and content.startswith("controller_"):
            found.update(yaml.safe_load(content))
    return found


def table(page, first):
    """list[list[str]]: the cells of a simple table, whose first heading is this; a cell may go on in the next line."""
    text = (ROOT / f"docs/docsite/rst/{page}.rst").read_text(encoding="utf-8")
    pattern = rf"^(=[= ]+=)\n{re.escape(first)} .*\n\1\n(.*?)^\1$"
    rule, body = re.search(pattern, text, re.MULTILINE | re.DOTALL).groups()
    columns = [found.span() for found in re.finditer("=+", rule)]
    rows = []
    for line in body.splitlines():
        cells = [line[start : None if end == len(rule) else end].strip() for start, end in columns]
        if cells[0]:
            rows.append(cells)
        else:
            rows[-1] = [" ".join(part for part in pair if part) for pair in zip(rows[-1], cells)]
    return rows


def test_the_execution_environment_is_the_one_that_is_shipped():
    assert files("guide_awx")["execution-environment.yml"] == read(AWX / "execution-environment.yml")


def test_the_names_are_those_that_are_shipped():
    shown, shipped_names = files("guide_awx")["controller/names.yml"], read(AWX / "controller/names.yml")
    assert list(shown) == list(shipped_names)
    # What a reader has no reason to change stands on both alike.
    same = {"spice_awx_credential", "spice_awx_inventory", "spice_awx_execution_environment", "spice_awx_image"}
    assert {name: shown[name] for name in same} == {name: shipped_names[name] for name in same}
    builds = [content for language, content in blocks("guide_awx") if "ansible-builder build" in content]
    assert builds[0].count(shown["spice_awx_image"]) == 2


def test_the_guide_brings_there_what_is_described():
    (play,) = files("guide_awx")["configure.yml"]
    variables = {variable for path in (AWX / "controller").glob("*.yml") for variable in read(path)}
    # Two roles read a variable of another name.
    steps = {"controller_" + step for step in play["vars"]["steps"]} - {
        "controller_job_templates",
        "controller_workflow_job_templates",
    }
    assert steps | {"controller_templates", "controller_workflows"} == {
        name for name in variables if name.startswith("controller_")
    }


def test_the_fields_of_the_credential_are_told():
    (kind,) = described("controller_credential_types")
    labels = [field["label"] for field in kind["inputs"]["fields"]]
    assert [row[0] for row in table("guide_awx", "field of the credential")] == labels


def test_every_job_template_is_told_with_its_survey():
    expected = [
        [
            template["name"],
            f"``{template['playbook']}``",
            "; ".join(question["question_name"] for question in template["survey_spec"]["spec"]),
        ]
        for template in described("controller_templates")
    ]
    assert table("guide_awx", "job template") == expected


def test_the_picture_has_the_nodes_of_the_release():
    release = next(one for one in described("controller_workflows") if one["name"].startswith("Release"))
    identifiers = [node["identifier"] for node in release["simplified_workflow_nodes"]]
    picture = next(content for language, content in blocks("guide_awx") if "->" in content)
    assert picture.splitlines()[0].split(" -> ") == identifiers


def test_what_the_guide_adds_is_what_awx_takes():
    accepted = read(ROOT / "tests/awx/aap_configuration.yml")["variables"]
    additions = added()
    assert set(additions) == {"controller_schedules", "controller_projects", "controller_templates"}
    for variable, items in additions.items():
        for item in items:
            assert set(item) <= set(accepted[variable]["names"]), variable
    (schedule,), (project,), (template,) = additions.values()
    launched = next(one for one in described("controller_templates") if one["name"] == schedule["unified_job_template"])
    # A schedule gives what the survey of its template asks for.
    assert set(schedule["extra_data"]) == {question["variable"] for question in launched["survey_spec"]["spec"]}
    assert project["name"] in {one["name"] for one in described("controller_projects")}
    assert template["project"] == project["name"]
    assert template["playbook"] in files("guide_awx")
    answers = {question["variable"] for question in template["survey_spec"]["spec"]} | set(template["extra_vars"])
    (run,) = [command for command in typed("guide_awx") if template["playbook"] in command]
    assert set(re.findall(r"-e (\w+)=", run)) == answers


def test_a_job_of_the_guide_runs_a_playbook_of_the_project():
    project = {path.name for path in (AWX / "project").glob("*.yml")} | {"preview.yml", "configure.yml"}
    assert {command.split()[1] for command in typed("guide_awx")} <= project


def test_the_workflow_after_the_action_runs_what_the_page_runs():
    shown = files("guide_coming_from")
    assert of_github(shown[".github/workflows/before.yml"]) == set()
    after = of_github(shown[".github/workflows/after.yml"])
    # The page shows it as the plan.
    assert {f"{command} --check --diff" for command in after} <= typed("guide_coming_from")
    assert len(after) == 1


def test_each_input_of_the_action_has_its_row():
    text = (ROOT / "docs/docsite/rst/guide_coming_from.rst").read_text(encoding="utf-8")
    told = {
        name for row in re.findall(r"^   \* - (``.*)$", text, re.MULTILINE) for name in re.findall(r"``([^`]+)``", row)
    }
    (job,) = files("guide_coming_from")[".github/workflows/before.yml"]["jobs"].values()
    given = {name for step in job["steps"] for name in step.get("with", ())}
    assert len(given) > 5
    assert given <= told
    assert len(told) == 38  # inputs of its release 1.1.0


def test_the_figures_are_those_of_the_benchmark():
    report = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    measured = re.findall(
        r"^\| (?:new|unchanged) environments with `uri` \| ([\d.]+) \| [\d.]+ \|$", report, re.MULTILINE
    )
    assert len(measured) == 2
    text = " ".join((ROOT / "docs/docsite/rst/guide_coming_from.rst").read_text(encoding="utf-8").split())
    assert [round(float(ratio)) for ratio in measured] == [int(times) for times in re.findall(r"(\d+) times", text)]
