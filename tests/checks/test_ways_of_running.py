# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can see of a task is the same in the controller and as an ordinary module, and is what Ansible's own
modules do.
"""

from __future__ import annotations

import json
import re

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.spiceai.cloud.tests.checks.plays import EXECUTION_MODES, MAIN_MODES, TELL_ARGUMENTS, Player
from ansible_collections.spiceai.cloud.tests.checks.results import comparable
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

pytestmark = pytest.mark.both_cores

SPICEPOD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "pod",
    "datasets": [{"from": "s3://bucket/orders/", "name": "orders"}],
}
VAULT_PASSWORD = "not-a-secret-of-anybody"

# One task for each behaviour. Each app is touched by one task only, so that a check can say what became of it.
# A task that ignores errors is one that must fail, and a check below says so; the play has to go on to the next one.
TASKS = """
- name: Unsupported argument
  spiceai.cloud.spice_app: {name: never-made, nmae: never-made}
  ignore_errors: true
- name: Wrong type
  spiceai.cloud.spice_app: {name: never-made, replicas: many}
  ignore_errors: true
- name: Wrong choice
  spiceai.cloud.spice_app: {name: never-made, state: gone}
  ignore_errors: true
- name: Excluding each other
  spiceai.cloud.spice_app: {name: never-made, region: us-east-1, cluster_name: acme-prod-west}
  ignore_errors: true
- name: One is required
  spiceai.cloud.spice_app: {description: Of nothing}
  ignore_errors: true

- name: Alias
  spiceai.cloud.spice_app_info: {app: sales-app}
- name: Option and alias
  spiceai.cloud.spice_app_info: {name: sales-app, app: sales-app}
- name: Warning of the module
  spiceai.cloud.spice_app: {name: sales-APP}

- name: No log
  spiceai.cloud.spice_app: {name: hidden-app}
  no_log: true
- name: Environment
  spiceai.cloud.spice_organization_info:
  environment: {SPICE_CLOUD_PAT: sim-pat-globex}
- name: Module defaults
  spiceai.cloud.spice_organization_info:
  module_defaults: {group/spiceai.cloud.spice: {api_token: sim-pat-globex}}
- name: An option beats the environment and the defaults
  spiceai.cloud.spice_organization_info: {api_token: sim-pat-viewer}
  module_defaults: {group/spiceai.cloud.spice: {api_token: sim-pat-globex}}
  environment: {SPICE_CLOUD_PAT: sim-pat-globex}
- name: Check mode
  spiceai.cloud.spice_app: {name: only-planned, description: Plan}
  check_mode: true
- name: Diff
  spiceai.cloud.spice_app: {name: shown-app, description: Shown}
  diff: true

- name: Loop
  spiceai.cloud.spice_app: {name: "looped-{{ item }}"}
  loop: [one, two]
- name: Loop with a failure
  spiceai.cloud.spice_app: {name: "{{ item }}"}
  loop: [looped-three, bad, looped-four]
  register: looped
  ignore_errors: true
- name: Use the items
  ansible.builtin.debug:
    msg: "{{ looped.results | map(attribute='failed') | list }}"
- name: Until
  spiceai.cloud.spice_app_info: {name: never-there}
  register: seen
  until: seen.apps | length > 0
  retries: 2
  delay: 0
  ignore_errors: true
- name: Register
  spiceai.cloud.spice_app: {name: registered-app, description: Registered}
  register: made
- name: Use what was registered
  ansible.builtin.debug:
    msg: "{{ made.app.id }} {{ made is changed }} {{ made is failed }} {{ made.app.description }}"
- name: Failed when
  spiceai.cloud.spice_app_info: {name: sales-app}
  register: info
  failed_when: info.apps[0].name == 'sales-app'
  ignore_errors: true
- name: Changed when
  spiceai.cloud.spice_app_info: {name: sales-app}
  changed_when: true

- name: Templates
  spiceai.cloud.spice_app:
    name: "{{ 'templated' ~ '-app' }}"
    replicas: "{{ 2 }}"
    tags: {number: "{{ 5 }}", truth: "{{ true }}", text: "{{ 'five' }}"}
    spicepod: "{{ pod }}"
- name: Templated text
  spiceai.cloud.spice_app: {name: text-app, spicepod: "{{ pod | to_json }}"}
- name: Dates
  spiceai.cloud.spice_app:
    name: dated-app
    spicepod: {version: v1, kind: Spicepod, name: pod, metadata: {since: 2026-01-02, at: 2026-01-02T03:04:05Z}}
  ignore_errors: true
- name: Dates in a text
  spiceai.cloud.spice_app:
    name: dated-text-app
    spicepod: "{version: v1, kind: Spicepod, name: pod, metadata: {since: 2026-01-02, on: off}}"

- name: Vault
  spiceai.cloud.spice_app:
    name: vaulted-app
    api_token: !vault |
      TOKEN
    description: !vault |
      DESCRIPTION
    tags:
      one: !vault |
        TAG
    spicepod:
      version: v1
      kind: Spicepod
      name: pod
      datasets:
        - name: orders
          from: !vault |
            FROM
- name: Vaulted text
  spiceai.cloud.spice_app:
    name: vaulted-text-app
    spicepod: !vault |
      SPICEPOD

- name: Asynchronous
  spiceai.cloud.spice_app: {name: async-app}
  async: 60
  poll: 1
- name: In the background
  spiceai.cloud.spice_app: {name: background-app}
  async: 60
  poll: 0
  register: job
- name: Wait for it
  ansible.builtin.async_status:
    jid: "{{ job.ansible_job_id }}"
  register: waited
  until: waited is finished
  retries: 100
  delay: 1
"""


def vaulted(**values):
    """TASKS with each WORD replaced by the encrypted value."""
    vault = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))])
    text = TASKS
    for word, value in values.items():
        line = next(line for line in text.splitlines() if line.strip() == word)
        indent = line[: len(line) - len(word)]
        text = text.replace(line, "\n".join(indent + part for part in vault.encrypt(value).decode().splitlines()), 1)
    return text


@pytest.fixture(scope="module")
def runs(simulator, tmp_path_factory):
    """dict[str, Run]: by the way; what it left in the cloud is its ``apps``."""
    play = Player(tmp_path_factory.mktemp("ways"), simulator.address, OWNER)
    password = play.folder / "password"
    password.write_text(VAULT_PASSWORD)
    tasks = vaulted(
        TOKEN=OWNER, DESCRIPTION="Vaulted words", TAG="vaulted-tag", FROM="s3://vaulted/", SPICEPOD=json.dumps(SPICEPOD)
    )
    found = {}
    for way in MAIN_MODES:
        simulator.reset(apps=[{"name": "sales-app"}])
        args = ["-vvv", "--vault-password-file", str(password)]
        found[way] = play(tasks, args=args, env=TELL_ARGUMENTS, way=way, vars={"pod": SPICEPOD}).ok()
        found[way].apps = simulator.apps()
    return found


@pytest.fixture(params=MAIN_MODES)
def run(request, runs):
    return runs[request.param]


def test_both_ways_give_the_same(runs):
    here, there = (runs[way] for way in MAIN_MODES)
    assert "AnsiballZ_spice_region_info" not in here.output
    differing = {}
    for one, other in zip(here.outcomes, there.outcomes):
        assert one["task"] == other["task"]
        if (
            one["action"].startswith("spiceai.cloud.")
            and one["task"] != "In the background"
            and comparable(one) != comparable(other)
        ):
            differing[one["task"]] = (comparable(one["result"]), comparable(other["result"]))
    assert differing == {}
    assert comparable(here.apps) == comparable(there.apps)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (
            "Unsupported argument",
            "Unsupported parameters for (spiceai.cloud.spice_app) module: nmae. Supported parameters include: "
            "api_token",
        ),
        ("Wrong type", "'replicas' is of type"),
        ("Wrong choice", "value of state must be one of: present, absent, got: gone"),
        ("Excluding each other", "parameters are mutually exclusive: region|cluster_name|cname"),
        ("One is required", "one of the following is required: name, app_id"),
    ],
)
def test_argument_errors_are_those_of_any_module(task, words, run):
    assert run[task]["failed"]
    assert words in run[task]["msg"]
    assert "never-made" not in run.apps


def test_aliases(run):
    assert run["Alias"]["apps"][0]["name"] == "sales-app"
    assert run["Option and alias"]["warnings"] == ["Both option name and its alias app are set."]


def test_warnings_are_shown(run):
    assert "There is no app 'sales-APP'" in run["Warning of the module"]["warnings"][0]
    assert any("There is no app 'sales-APP'" in line for line in run.warnings())
    assert any("Both option name and its alias app are set." in line for line in run.warnings())


def test_no_log(run):
    assert set(run["No log"]) <= {"censored", "changed", "failed"}
    assert "hidden-app" in run.apps


def test_sources_of_options(run):
    assert [org["name"] for org in run["Environment"]["organizations"]] == ["globex"]
    assert [org["name"] for org in run["Module defaults"]["organizations"]] == ["globex"]
    assert [org["role"] for org in run["An option beats the environment and the defaults"]["organizations"]] == [
        "viewer"
    ]


def test_check_mode_and_diff_of_a_task(run):
    assert run["Check mode"]["changed"]
    assert "only-planned" not in run.apps
    assert "description: Shown" in run["Diff"]["diff"]["after"]
    assert "+description: Shown" in run.output
    assert "diff" not in run["Register"]


def test_loops(run):
    assert [item["app"]["name"] for item in run["Loop"]["results"]] == ["looped-one", "looped-two"]
    assert run["Loop with a failure"]["failed"]
    assert run["Use the items"]["msg"] == [False, True, False]
    assert {"looped-one", "looped-two", "looped-three", "looped-four"} <= set(run.apps)
    assert run["Until"]["attempts"] == 2
    assert run["Until"]["failed"]
    assert run["Until"]["apps"] == []


def test_registered_results(run):
    assert run["Use what was registered"]["msg"] == f"{run.apps['registered-app']['id']} True False Registered"
    assert run["Failed when"]["failed"]
    assert run["Failed when"]["failed_when_result"] is True
    assert run["Changed when"]["changed"] is True


def test_values_from_templates(run):
    app = run.apps["templated-app"]
    assert app["replicas"] == 2
    assert app["tags"] == {"number": "5", "truth": "true", "text": "five"}
    assert app["spicepod"] == run.apps["text-app"]["spicepod"] == SPICEPOD


def test_dates_of_yaml_are_strings_or_refused(run):
    assert "`spicepod.metadata.since` is a date" in run["Dates"]["msg"]
    assert "dated-app" not in run.apps
    assert run.apps["dated-text-app"]["spicepod"]["metadata"] == {"since": "2026-01-02", "on": "off"}


def test_vaulted_values(run):
    app = run.apps["vaulted-app"]
    assert (app["description"], app["tags"], app["spicepod"]["datasets"][0]["from"]) == (
        "Vaulted words",
        {"one": "vaulted-tag"},
        "s3://vaulted/",
    )
    assert run.apps["vaulted-text-app"]["spicepod"] == SPICEPOD


def test_async(run):
    assert run["Asynchronous"]["app"]["id"] == run.apps["async-app"]["id"]
    assert run["In the background"]["ansible_job_id"]
    assert run["Wait for it"]["app"]["id"] == run.apps["background-app"]["id"]


def test_every_way_gives_the_same(play, cloud):
    """Also with ``become`` and ``async``, which a module of its own cannot do inside the controller."""
    tasks = [
        {"name": "Create", "spiceai.cloud.spice_app": {"name": "sales-app", "tags": {"env": "prod"}, "replicas": 2}},
        {"name": "Again", "spiceai.cloud.spice_app": {"name": "Sales-App", "replicas": 2}},
        {
            "name": "Refused",
            "spiceai.cloud.spice_app": {"name": "sales-app", "region": "us-west-2"},
            "ignore_errors": True,
        },
    ]
    brought = {}
    for way in EXECUTION_MODES:
        cloud.reset()
        run = play(tasks, args=["-vvv", "--diff"], way=way).ok()
        assert ("AnsiballZ_spice_app" in run.output) == (way != "controller"), way
        brought[way] = {task["name"]: comparable(run[task["name"]]) for task in tasks}
    for way, results in brought.items():
        assert results == brought["controller"], way


def test_delegated_tasks_run_as_the_other_host_wants_it(play, cloud):
    cloud.seed(apps=[{"name": "sales-app"}])
    hosts = {"here": {"ansible_connection": "local"}, "elsewhere": {"ansible_connection": "packed"}}
    info = {"spiceai.cloud.spice_app_info": {"name": "sales-app"}}
    for source, target in (("here", "elsewhere"), ("elsewhere", "here")):
        run = play(
            [{"name": "Read", **info, "delegate_to": target, "when": f"inventory_hostname == '{source}'"}],
            args=["-vvv"],
            hosts=hosts,
        ).ok()
        assert ("AnsiballZ_spice_app_info" in run.output) == (target == "elsewhere")
        assert [outcome["result"]["apps"][0]["name"] for outcome in run.outcomes if outcome["status"] == "ok"] == [
            "sales-app"
        ]


@pytest.mark.parametrize("way", MAIN_MODES)
def test_several_hosts(way, play, cloud):
    hosts = {"one": {}, "two": {}}
    tasks = [
        {"name": "Once", "spiceai.cloud.spice_app": {"name": "sales-app"}, "run_once": True, "register": "made"},
        {
            "name": "Each",
            "spiceai.cloud.spice_app": {"app_id": "{{ made.app.id }}", "tags": "{{ {inventory_hostname: 'here'} }}"},
            "throttle": 1,
        },
    ]
    run = play(tasks, way=way, hosts=hosts).ok()
    assert [outcome["host"] for outcome in run.outcomes] == ["one", "one", "two"]
    assert cloud.apps()["sales-app"]["tags"] == {"one": "here", "two": "here"}


def test_strategy_free_and_full_names_of_connections(play, cloud):
    cloud.seed(apps=[{"name": "sales-app"}])
    hosts = {"one": {"ansible_connection": "ansible.builtin.local"}, "two": {"ansible_connection": "local"}}
    run = play(
        [{"name": "Read", "spiceai.cloud.spice_app_info": {"name": "sales-app"}}],
        args=["-vvv"],
        hosts=hosts,
        strategy="ansible.builtin.free",
    ).ok()
    assert len(run.of("Read")) == 2
    assert "AnsiballZ_spice_app_info" not in run.output


@pytest.mark.parametrize("way", MAIN_MODES)
def test_each_request_is_shown_from_the_third_v_on(way, play, cloud):
    """Method, path, status and milliseconds; never a query, a header or a body."""
    cloud.seed(apps=[{"name": "sales-app"}])
    cloud.fault("status_before", "GET", "/v1/apps$", status=503, body={"error": "body of the answer"})
    task = {
        "name": "Secret",
        "spiceai.cloud.spice_secret": {
            "app": "sales-app",
            "name": "PG_PASSWORD",
            "value": "hidden value",
            "update_secret": "always",
        },
    }
    shown = re.compile(r"spice_secret \| (GET|POST) (\S+): (\d+) in \d+ ms")
    loud = play([task], args=["-vvv"], way=way).ok().output
    at = f"/v1/apps/{cloud.apps()['sales-app']['id']}"
    assert [match.groups() for match in shown.finditer(loud)] == [
        ("GET", "/v1/apps", "503"),
        ("GET", "/v1/apps", "200"),
        ("GET", at, "200"),
        ("GET", f"{at}/secrets", "200"),
        ("POST", f"{at}/secrets", "200"),
    ]
    for hidden in ("limit=", "Authorization", OWNER, "hidden value", "body of the answer"):
        assert hidden not in loud
    assert not shown.search(play([task], args=["-vv"], way=way).ok().output)
