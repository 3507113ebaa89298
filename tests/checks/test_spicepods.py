# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spicepods as files, strings and dictionaries: how each is read, and what is refused before the first request."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT

HEAD = "version: v1\nkind: Spicepod\nname: sales\n"
POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
ROW = re.compile(r"\| `([^`]+)`( in quotes)? \| (.+) \| (.+) \| (.+) \|")
WAYS = ("file", "string", "dictionary", "templated dictionary")


def rows():
    """list[tuple]: the scalar, and what each way makes of it, as the README of the role has them."""
    text = (ROOT / "roles/environment/README.md").read_text(encoding="utf-8")
    found = [match.groups() for match in map(ROW.fullmatch, text.split("| in the YAML |")[1].splitlines()) if match]
    return [
        (f'"{scalar}"' if quoted else scalar, dict(zip(WAYS, (*cells, cells[2])))) for scalar, quoted, *cells in found
    ]


ROWS = rows()


def indented(text, spaces):
    return "".join(f"{' ' * spaces}{line}\n" for line in text.splitlines())


def task_of(way, name, params, folder):
    """str: a task that gives an app a spicepod with these params, in YAML."""
    pod = f"{HEAD}datasets:\n- from: s3://b/o\n  name: orders\n  params:\n{indented(params, 4)}"
    # Some rows of the table must be refused. The play goes on, and each result is compared with its cell.
    task = f"- name: {name}\n  ignore_errors: true\n"
    if way == "templated dictionary":
        task += f"  vars:\n    pod:\n{indented(pod, 6)}"
    task += "  spiceai.cloud.spice_app:\n    name: some-app\n"
    if way == "file":
        (folder / f"{name}.yaml").write_text(pod)
        return task + f"    spicepod_file: {folder}/{name}.yaml\n"
    if way == "templated dictionary":
        return task + '    spicepod: "{{ pod }}"\n'
    return task + ("    spicepod: |\n" if way == "string" else "    spicepod:\n") + indented(pod, 6)


@pytest.mark.both_cores
@pytest.mark.parametrize("way", WAYS)
def test_each_row_of_the_table_in_the_readme(play, cloud, tmp_path, way):
    assert len(ROWS) > 20
    tasks = [task_of(way, f"row-{number}", f"k: {scalar}", tmp_path) for number, (scalar, dummy) in enumerate(ROWS)]
    run = play("".join(tasks)).ok()
    wrong = {}
    for number, (scalar, cells) in enumerate(ROWS):
        result, cell = run[f"row-{number}"], cells[way]
        if cell.startswith("refused: "):
            words = cell.removeprefix("refused: ").strip("`").split()
            right = result.get("failed") and all(word in result["msg"] for word in words) and "api" not in result
        else:
            right = not result.get("failed") and params_of(result) == ({} if cell == "left out" else {"k": read(cell)})
        if not right:
            wrong[scalar] = (cell, result.get("msg") or params_of(result))
    assert wrong == {}


def params_of(result):
    return result["app"]["config"]["spicepod"]["datasets"][0]["params"]


def read(cell):
    value = json.loads(cell.strip("`"))
    assert not isinstance(value, float) or not value.is_integer()
    return value


# -- a date in a dictionary -------------------------------------------------------------------------------------------

# All of these must be refused, and the check compares each message. So the play has to go on to the last one.
DATED = """
- name: App
  spiceai.cloud.spice_app: {name: date-task, region: us-east-1, spicepod: "{{ pod }}"}
  ignore_errors: true
- name: Environment
  spiceai.cloud.spice_environment: {app: {name: date-task, spicepod: "{{ pod }}"}}
  ignore_errors: true
- name: Role
  ansible.builtin.include_role: {name: spiceai.cloud.environment}
  vars:
    environment_app: {name: date-task, spicepod: "{{ pod }}"}
"""
EMBEDDINGS = """
    {version: v1, kind: Spicepod, name: dates, views: [{name: v, sql: "SELECT 1\\nFROM t\\n"}],
     embeddings: [{from: "azure:e", name: e, params: {azure_api_version: DATE}}]}
"""


@pytest.mark.both_cores
@pytest.mark.parametrize("date", ["2023-05-15", "2023-05-15 01:02:03", "2023-05-15T01:02:03+02:00"])
@pytest.mark.parametrize("way", ["controller", "packed"])
def test_a_date_in_a_templated_dictionary_is_refused(play, cloud, tmp_path, date, way):
    (tmp_path / "pod.yml").write_text(f"pod:\n{EMBEDDINGS.replace('DATE', date)}")
    run = play(DATED, args=["-e", f"@{tmp_path}/pod.yml"], way=way)
    assert run.rc != 0
    told = [outcome["result"]["msg"] for outcome in run.outcomes if outcome["status"] == "failed"]
    place = "spicepod.embeddings[0].params.azure_api_version` is a date"
    assert [(text.partition(place)[0], "quote the date" in text) for text in told] == [
        ("`", True),
        ("`app.", True),
        ("`environment_app.", True),
    ]
    assert cloud.requests() == []


# -- files ------------------------------------------------------------------------------------------------------------

BAD_FILES = {
    "latin-1": ((HEAD + "description: größe\n").encode("latin-1"), ["is not in UTF-8 (line 4)"]),
    "utf-16": ((HEAD + "description: größe\n").encode("utf-16"), ["is not in UTF-8 (line 1)"]),
    "two documents": (f"{HEAD}---\n{HEAD}".encode(), ["line 4, column 1: a second document begins"]),
    "NUL": (f"{HEAD}a: \0\n".encode(), ["line 4: the character U+0000 is not allowed"]),
    "tab": (f"{HEAD}a:\n\tb: 1\n".encode(), ["is not valid YAML (line 5, column 1"]),
    "nothing": (b"", ["must be a mapping", "not empty"]),
    "a list as name": (
        f"{HEAD}datasets:\n- name: [x]\n".encode(),
        [": datasets[0].name` must be a string, not a list"],
    ),
    "no kind": (b"version: v1\nname: a\n", [": kind` is missing"]),
    "large": (f"{HEAD}a: {'x' * 1_100_000}\n".encode(), ["at most 1048576"]),
    "1e400": (f"{HEAD}a: {{b: [1e400]}}\n".encode(), [": a.b[0]` is infinite"]),
}


@pytest.mark.parametrize("args", [[], ["--check"]])
def test_a_file_that_is_no_spicepod_is_refused_before_the_first_request(play, cloud, tmp_path, args):
    tasks = []
    for name, (content, dummy) in BAD_FILES.items():
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(content)
        app = {"name": "some-app", "spicepod_file": str(path)}
        tasks.append({"name": name, "spiceai.cloud.spice_app": app, "ignore_errors": True})
        tasks.append({"name": f"all {name}", "spiceai.cloud.spice_environment": {"app": app}, "ignore_errors": True})
    run = play(tasks, args=args).ok()
    for name, (dummy, words) in BAD_FILES.items():
        for result in (run[name], run[f"all {name}"]):
            assert result["failed"]
            assert f"`spicepod_file {tmp_path}/{name}.yaml" in result["msg"].replace("` ", " ", 1), result["msg"]
            assert all(word in result["msg"] for word in words), result["msg"]
    assert cloud.requests() == []


def test_a_file_with_a_byte_order_mark_and_with_other_line_breaks(play, cloud, tmp_path):
    (tmp_path / "pod.yaml").write_bytes(
        b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode() + b"a: |\r\n  x\r\n  y\r\n"
    )
    app = {"name": "some-app", "spicepod_file": str(tmp_path / "pod.yaml")}
    play([{"name": "App", "spiceai.cloud.spice_app": app}]).ok()
    assert cloud.apps()["some-app"]["spicepod"] == {**POD, "a": "x\ny\n"}


# -- the same spicepod in other ways ----------------------------------------------------------------------------------

SQL = HEAD + "views:\n- name: v\n  sql: |\n    SELECT 1\n    FROM t\n"
SAME = """
- name: Dictionary
  spiceai.cloud.spice_app: {name: some-app, spicepod: "{{ pod }}"}
- name: Looked up
  spiceai.cloud.spice_app: {name: some-app, spicepod: "{{ lookup('ansible.builtin.file', file) }}"}
- name: File
  spiceai.cloud.spice_app: {name: some-app, spicepod_file: "{{ file }}"}
- name: Read
  spiceai.cloud.spice_app: {name: some-app, spicepod: "{{ lookup('ansible.builtin.file', file) | from_yaml }}"}
"""


def test_the_way_in_which_a_spicepod_is_given_is_no_change(play, cloud, tmp_path):
    (tmp_path / "pod.yaml").write_text(SQL)
    (tmp_path / "vars.yml").write_text(f"file: {tmp_path}/pod.yaml\npod:\n{indented(SQL, 2)}")
    run = play(SAME, args=["-e", f"@{tmp_path}/vars.yml"]).ok()
    changed = {name: run[name]["changed"] for name in ("Dictionary", "Looked up", "File", "Read")}
    assert changed == {"Dictionary": True, "Looked up": False, "File": False, "Read": False}
    run = play("".join(reversed(re.split("(?=^- name)", SAME, flags=re.M))), args=["-e", f"@{tmp_path}/vars.yml"]).ok()
    assert [outcome["result"]["changed"] for outcome in run.outcomes] == [False] * 4


UNSAFE = """
- name: String
  spiceai.cloud.spice_app:
    name: some-app
    spicepod: !unsafe |
      version: v1
      kind: Spicepod
      name: sales
      models: [{name: m, from: 'openai:x', params: {system_prompt: "Fill in {{ form }} {% if x %}"}}]
"""


@pytest.mark.both_cores
def test_a_string_that_is_marked_unsafe_is_no_template(play, cloud):
    play(UNSAFE).ok()
    params = cloud.apps()["some-app"]["spicepod"]["models"][0]["params"]
    assert params == {"system_prompt": "Fill in {{ form }} {% if x %}"}


# -- the diff ---------------------------------------------------------------------------------------------------------


def test_one_word_in_a_string_is_one_line_out_and_one_in(play, cloud):
    sql = "SELECT\ta,  \n\tb \nFROM old\t\nWHERE a = 'größe' \n  AND " + "b AND " * 40 + "c\n"

    def app(text):
        pod = {**POD, "views": [{"name": "v", "sql": text}]}
        return [{"name": "App", "spiceai.cloud.spice_app": {"name": "some-app", "spicepod": pod}}]

    play(app(sql)).ok()
    run = play(app(sql.replace("old", "new")), args=["--diff"]).ok()
    lines = [line for line in run.output.splitlines() if re.match(r"[-+](?![-+])", line)]
    assert [line.replace(" ", "") for line in lines] == ["-FROMold\t", "+FROMnew\t"]


# -- references to secrets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [["--check"], []])
def test_secrets_that_do_not_fit_are_warnings(play, cloud, args):
    datasets = [{"from": "postgres:a", "name": "a", "params": {"pg_pass": "${secrets:PG_PASSWROD}"}}]
    options = {
        "app": {"name": "some-app", "spicepod": {**POD, "datasets": datasets}},
        "secrets": {"PG_PASSWORD": "a hidden value"},
        "update_secret": "always",
        "deploy": False,
    }
    run = play([{"name": "Environment", "spiceai.cloud.spice_environment": options}], args=args).ok()
    missing, unnamed = run["Environment"]["warnings"]
    assert missing.startswith("`${secrets:PG_PASSWROD}` has no secret: neither this environment nor the app nor a link")
    assert missing.endswith("named in spicepod.datasets[0].params.pg_pass. Did you mean PG_PASSWORD?")
    assert unnamed.startswith("The spicepod does not name the secret PG_PASSWORD;")
    assert "a hidden value" not in run.output
