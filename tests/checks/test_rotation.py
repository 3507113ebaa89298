# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys are rotated without downtime: a client that uses the key it was last given is never refused, whatever dies
in between.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import ROOT
from ansible_collections.spiceai.cloud.tests.checks.seeds import SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import OWNER

SEED = {"apps": [{"name": "sales-app", "spicepod": SPICEPOD, "deployed": True, "api_key": "first key|0123456789"}]}
TAG = "ansible.active-api-key"
ROLE = [{"name": "Role", "ansible.builtin.include_role": {"name": "spiceai.cloud.api_key_rotation"}}]
PUBLISH = """
- name: Hand the key over
  ansible.builtin.copy:
    content: "{{ api_key_rotation_key }}"
    dest: "{{ key_file }}"
    mode: "0600"
"""
PUBLISHED = """
- name: The clients have it
  ansible.builtin.set_fact:
    api_key_rotation_published: true
"""


class Client(threading.Thread):
    """Asks the runtime every 100 ms with the key in the file; `answers` are the statuses it got, `used` the keys it
    asked with.
    """

    def __init__(self, cloud, file):
        super().__init__(daemon=True)
        self._cloud, self._file = cloud, file
        self._address = f"{cloud.address}/runtime/{cloud.apps()['sales-app']['id']}/v1/ready"
        self._over = threading.Event()
        self.answers, self.used = [], set()

    def run(self):
        while not self._over.wait(0.1):
            key = self._file.read_text()
            self.answers.append(self._cloud.get(self._address, key).status_code)
            self.used.add(key)

    def stop(self):
        self._over.set()
        self.join()
        return self.answers


@pytest.fixture
def client(cloud, tmp_path):
    """A client of an app that is deployed, with the first key in its file."""
    cloud.clock(queued_seconds=0, in_progress_seconds=0, dataset_ready_seconds=0)
    cloud.seed(**SEED)
    file = tmp_path / "key"
    file.write_text(cloud.apps()["sales-app"]["api_key"])
    (tmp_path / "publish.yml").write_text(PUBLISH + PUBLISHED)
    client = Client(cloud, file)
    client.start()
    yield client
    client.stop()


@pytest.fixture
def rotate(play, tmp_path):
    """Starts the role; without repeats of a request a network that is gone ends it at once."""

    def start(*args, retries=0, tasks=None, keywords=None, env=None, **variables):
        variables = {
            "api_key_rotation_app": "sales-app",
            "api_key_rotation_publish_tasks": str(tmp_path / "publish.yml"),
            "key_file": str(tmp_path / "key"),
            "api_key_rotation_settle_time": 1,
            **variables,
        }
        defaults = {"group/spiceai.cloud.spice": {"retries": retries}}
        return play.start(
            tasks or ROLE, args=args, env=env, vars=variables, module_defaults=defaults, **(keywords or {})
        )

    return start


def keys(cloud):
    app = cloud.apps()["sales-app"]
    return {1: app["api_key"], 2: app["api_key_2"]}


def is_complete(cloud, tmp_path, former):
    """The client holds the active key, which is another one than before, and the former one is dead."""
    app, held = cloud.apps()["sales-app"], (tmp_path / "key").read_text()
    assert re.match("[12](-done|$)", app["tags"][TAG])
    assert keys(cloud)[int(app["tags"][TAG][0])] == held != former
    address = f"{cloud.address}/runtime/{app['id']}/v1/ready"
    assert cloud.get(address, held).status_code == 200
    assert cloud.get(address, former).status_code == 401


@pytest.mark.both_cores
def test_a_client_is_never_refused(client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    plan = rotate("--check", "--diff").wait().ok()
    assert cloud.log(writes=True) == []
    assert "key 2 would be published, then key 1 retired" in plan.output
    run = rotate("-vvvv", "--diff").wait().ok()
    is_complete(cloud, tmp_path, first)
    assert "key 2" in run.output
    assert cloud.apps()["sales-app"]["tags"][TAG] == "2"
    second = keys(cloud)[2]
    back = rotate("--diff", api_key_rotation_active="2").wait().ok()
    is_complete(cloud, tmp_path, second)
    assert cloud.apps()["sales-app"]["tags"][TAG] == "1"
    assert back.warnings() == []
    # What was recorded counts more than a variable that is no longer true.
    third = keys(cloud)[1]
    warned = rotate(api_key_rotation_active="2").wait().ok()
    assert "recorded that key 1 is in use, and that counts" in " ".join(
        warned.output.split()
    )  # older Ansible breaks the line
    is_complete(cloud, tmp_path, third)
    answers = client.stop()
    assert len(answers) > 20
    assert set(answers) == {200}
    assert not any(
        key in one.output for one in (plan, run, back, warned) for key in (first, second, third, *keys(cloud).values())
    )


def test_the_network_is_gone_from_one_request_on(client, rotate, cloud, tmp_path):
    first = (tmp_path / "key").read_text()
    cloud.forget()
    rotate(api_key_rotation_verify=False).wait().ok()
    is_complete(cloud, tmp_path, first)
    sent = cloud.requests(path="^/v1/")
    requests = len(sent)
    # Reads change nothing, so what is left depends on the writes before alone.
    writes = [number for number, request in enumerate(sent) if request["method"] != "GET"]
    for number in (0, *(number + 1 for number in writes)):
        former = (tmp_path / "key").read_text()
        cloud.fault("reset_before", path="^/v1/", times=0, skip=number)
        # No run of the round before is left.
        died = rotate(api_key_rotation_verify=False, api_key_rotation_take_over=True).wait()
        cloud.end_faults()
        resumed = rotate(api_key_rotation_verify=False, api_key_rotation_take_over=True).wait().ok()
        assert died.rc != 0 or number >= requests - 2, number
        is_complete(cloud, tmp_path, former)
        assert "api_key_rotation_summary" in str([outcome["result"] for outcome in resumed.outcomes])
    assert set(client.stop()) == {200}


WRITES = [
    ("PUT", r"/v1/apps/\d+$", 0),
    ("POST", "/api-keys$", 0),
    ("POST", "/api-keys$", 1),
    ("PUT", r"/v1/apps/\d+$", 1),
]


@pytest.mark.parametrize(("method", "path", "earlier"), WRITES)
def test_it_is_killed_right_after_a_write(method, path, earlier, client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    cloud.forget()
    cloud.fault("delay", method, path, seconds=60, when="after", skip=earlier)
    run = rotate()
    cloud.until(earlier + 1, run, method=method, path=path)
    # It has arrived, so it takes effect; its answer is held back.
    run.kill()
    cloud.end_faults()
    rotate(retries=5).wait().ok()
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


def test_publishing_fails(client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    (tmp_path / "broken.yml").write_text(
        PUBLISH + "\n- name: Break off\n  ansible.builtin.fail:\n    msg: The clients do not answer\n"
    )
    died = rotate(api_key_rotation_publish_tasks=str(tmp_path / "broken.yml")).wait()
    assert died.rc != 0
    assert cloud.apps()["sales-app"]["tags"][TAG].startswith("2-publishing")
    spare = keys(cloud)[2]
    run = rotate().wait().ok()
    assert keys(cloud)[2] == spare
    assert "key 2" in run.output
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


IMPORTED = {"name": "Role", "ansible.builtin.import_role": {"name": "spiceai.cloud.api_key_rotation"}}
IGNORED = {"ignore_errors": True}
# Breaks off before it hands anything over, and goes on all the same where errors are ignored.
BROKEN = (
    """
- name: Hand the key over
  ansible.builtin.fail:
    msg: The clients do not answer
"""
    + PUBLISHED
)
RESCUED = """
- name: Try
  block:
    - name: Hand the key over
      ansible.builtin.fail:
        msg: The clients do not answer
    - name: The clients have it
      ansible.builtin.set_fact:
        api_key_rotation_published: true
  rescue:
    - name: Go on
      ansible.builtin.debug:
        msg: No matter
"""
UNREACHABLE = (
    """
- name: Hand the key over
  ansible.builtin.command: id
  delegate_to: client-1
  vars:
    ansible_connection: ssh
    ansible_host: 127.0.0.1
    ansible_port: 1
"""
    + PUBLISHED
)
DENIED = "- name: Say no\n  ansible.builtin.set_fact:\n    api_key_rotation_published: false\n"
LEFT = [{"name": "Left from before", "ansible.builtin.set_fact": {"api_key_rotation_published": True}}]
# How publishing does not happen: the publish tasks, then what the run has of its own.
NOT_PUBLISHED = {
    "fails": (BROKEN, {}),
    "fails, errors of the play are ignored": (BROKEN, {"keywords": IGNORED}),
    "fails, errors of the block are ignored": (BROKEN, {"tasks": [{"name": "Block", "block": ROLE, **IGNORED}]}),
    "fails, errors of the imported role are ignored": (BROKEN, {"tasks": [{**IMPORTED, **IGNORED}]}),
    "fails, errors of the included role are ignored": (
        BROKEN,
        {
            "tasks": [
                {
                    "name": "Role",
                    "ansible.builtin.include_role": {"name": "spiceai.cloud.api_key_rotation", "apply": IGNORED},
                    **IGNORED,
                }
            ]
        },
    ),
    "rescues its own failure": (RESCUED, {}),
    "rescues its own failure, errors are ignored": (RESCUED, {"keywords": IGNORED}),
    "is empty": ("---\n", {}),
    "is empty, errors are ignored": ("---\n", {"keywords": IGNORED}),
    "does not say so": (PUBLISH, {}),
    "says no": (PUBLISH + DENIED, {}),
    "is left from before": ("---\n", {"tasks": LEFT + ROLE}),
    "is an extra variable": ("---\n", {"args": ["-e", "api_key_rotation_published=true"]}),
    "is a variable of the play": ("---\n", {"api_key_rotation_published": True}),
    "cannot reach a client, which is ignored": (UNREACHABLE, {"keywords": {"ignore_unreachable": True}}),
    "cannot reach a client, all is ignored": (UNREACHABLE, {"keywords": {"ignore_unreachable": True, **IGNORED}}),
    "begins in the middle": ("---\n", {"args": ["--start-at-task", "Retire the former key"], "tasks": [IMPORTED]}),
}


@pytest.mark.parametrize(
    "case",
    [
        # What becomes of a failure that is ignored is for Ansible to say.
        pytest.param(case, marks=[pytest.mark.both_cores] if "ignored" in case or "begins" in case else [])
        for case in NOT_PUBLISHED
    ],
)
def test_without_proof_of_publication_nothing_is_retired(case, client, rotate, cloud, tmp_path):
    publish, how = NOT_PUBLISHED[case]
    how = dict(how)
    first = keys(cloud)[1]
    (tmp_path / "broken.yml").write_text(publish)
    run = rotate(*how.pop("args", ()), api_key_rotation_publish_tasks=str(tmp_path / "broken.yml"), **how).wait()
    assert run.rc != 0
    said = " ".join(run.output.split())
    now = keys(cloud)
    assert now[1] == first
    assert is_alive(cloud, first)
    if "begins" not in case:  # then nothing happens at all
        assert is_alive(cloud, now[2])
        assert "sales-app" in said
        assert "run the rotation again" in said
        assert cloud.apps()["sales-app"]["tags"][TAG].startswith("2-publishing")
    assert set(client.stop()) == {200}


def is_alive(cloud, key):
    return cloud.get(f"{cloud.address}/runtime/{cloud.apps()['sales-app']['id']}/v1/ready", key).status_code == 200


@pytest.mark.parametrize("path", ["../publish.yml", "~/publish.yml"])
def test_publish_tasks_are_found_as_a_shell_finds_them(path, client, play, cloud, tmp_path):
    first = keys(cloud)[1]
    given = {
        "api_key_rotation_app": "sales-app",
        "api_key_rotation_publish_tasks": path,
        "key_file": str(tmp_path / "key"),
        "api_key_rotation_settle_time": 1,
    }
    play.playbook("spiceai.cloud.rotate_api_keys", args=["-e", json.dumps(given)], env={"HOME": str(tmp_path)}).ok()
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


def test_publish_tasks_that_are_no_tasks(client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    (tmp_path / "broken.yml").write_text("- name: {\n")
    run = rotate(api_key_rotation_publish_tasks=str(tmp_path / "broken.yml")).wait()
    assert run.rc != 0
    assert f"{tmp_path}/broken.yml" in run.output
    assert is_alive(cloud, first)
    assert is_alive(cloud, keys(cloud)[2])


@pytest.mark.both_cores
def test_publish_tasks_that_tags_leave_out(client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    (tmp_path / "tagged.yml").write_text(PUBLISH.rstrip() + "\n  tags: slow\n" + PUBLISHED)
    run = rotate("--skip-tags", "slow", api_key_rotation_publish_tasks=str(tmp_path / "tagged.yml")).wait()
    assert run.rc != 0
    assert "sales-app" in run.output
    assert "--skip-tags" in run.output
    assert keys(cloud)[1] == first
    assert is_alive(cloud, first)
    assert cloud.log(writes=True) == []
    # Tags that choose the role choose all of its publish tasks.
    rotate(
        "--tags",
        "keys",
        tasks=[{**IMPORTED, "tags": "keys"}],
        api_key_rotation_publish_tasks=str(tmp_path / "tagged.yml"),
    ).wait().ok()
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


@pytest.mark.both_cores
def test_a_fact_that_a_cache_kept(client, rotate, cloud, tmp_path):
    env = {
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(tmp_path / "facts"),
    }
    (tmp_path / "cached.yml").write_text(PUBLISH + PUBLISHED.rstrip() + "\n    cacheable: true\n")
    (tmp_path / "empty.yml").write_text("---\n")
    rotate(api_key_rotation_publish_tasks=str(tmp_path / "cached.yml"), env=env).wait().ok()
    second = keys(cloud)[2]
    run = rotate(api_key_rotation_publish_tasks=str(tmp_path / "empty.yml"), env=env).wait()
    assert run.rc != 0
    assert "sales-app" in run.output
    assert keys(cloud)[2] == second
    assert is_alive(cloud, second)
    assert is_alive(cloud, keys(cloud)[1])
    assert set(client.stop()) == {200}


APPS = ("app-one", "app-two", "app-three")


@pytest.mark.parametrize("keywords", [{}, IGNORED], ids=["", "errors are ignored"])
@pytest.mark.parametrize("hosts", [False, True], ids=["loop", "hosts"])
def test_of_several_apps_one_is_not_published(hosts, keywords, rotate, cloud, tmp_path):
    cloud.seed(apps=[{**SEED["apps"][0], "name": name, "api_key": f"first key of {name}|0123456789"} for name in APPS])
    cloud.clock(queued_seconds=0, in_progress_seconds=0, dataset_ready_seconds=0)
    # The first one's fact is there when the second one's publish tasks do not say that they succeeded.
    (tmp_path / "publish.yml").write_text(
        PUBLISH + PUBLISHED.rstrip() + "\n  when: api_key_rotation_app != 'app-two'\n"
    )
    keywords, tasks = dict(keywords), ROLE
    if hosts:
        keywords["hosts"] = {name: {"api_key_rotation_app": name, "key_file": str(tmp_path / name)} for name in APPS}
        run = rotate(
            keywords=keywords,
            api_key_rotation_app="{{ inventory_hostname }}",
            key_file=str(tmp_path / "{{ inventory_hostname }}"),
        ).wait()
    else:
        tasks = [
            {
                **ROLE[0],
                "vars": {"api_key_rotation_app": "{{ item }}", "key_file": str(tmp_path / "{{ item }}")},
                "loop": list(APPS),
            }
        ]
        run = rotate(tasks=tasks, keywords=keywords).wait()
    assert run.rc != 0
    assert "app app-two" in run.output
    apps = cloud.apps()
    assert apps["app-one"]["tags"][TAG] == "2"
    assert apps["app-one"]["api_key"] != "first key of app-one|0123456789"
    assert apps["app-two"]["tags"][TAG].startswith("2-publishing")
    assert apps["app-two"]["api_key"] == "first key of app-two|0123456789"
    assert apps["app-two"]["api_key_2"] == (tmp_path / "app-two").read_text()
    # A loop ends with the failure, hosts do not wait for one another.
    assert (apps["app-three"]["tags"] or {}).get(TAG) == ("2" if hosts else None)


@pytest.mark.both_cores
@pytest.mark.parametrize("where", ["play", "role"])
def test_check_mode_by_keyword(where, client, rotate, cloud, tmp_path):
    first = (tmp_path / "key").read_text()

    def run(mode, *args):
        if where == "play":
            return rotate(*args, keywords={"check_mode": mode}).wait().ok()
        return rotate(*args, tasks=[{**IMPORTED, "check_mode": mode}]).wait().ok()

    plan = run(True)
    assert cloud.log(writes=True) == []
    assert (tmp_path / "key").read_text() == first
    assert "key 2 would be published, then key 1 retired" in plan.output
    run(False, "--check")
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


@pytest.mark.parametrize("file", ["playbooks/sample/publish_api_key.yml", "extensions/awx/project/publish_api_key.yml"])
def test_the_shipped_publish_file_fails_until_it_is_edited(file, client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    run = rotate(api_key_rotation_publish_tasks=str(ROOT / file), keywords=IGNORED).wait()
    said = " ".join(run.output.split())
    assert run.rc != 0
    assert "publish_api_key.yml" in said
    assert "hand the key of sales-app to its clients" in said
    assert keys(cloud)[1] == first
    assert is_alive(cloud, first)
    assert is_alive(cloud, keys(cloud)[2])
    assert keys(cloud)[2] not in run.output
    assert set(client.stop()) == {200}


def test_two_roles_at_once(client, rotate, cloud, tmp_path):
    first = (tmp_path / "key").read_text()
    cloud.fault("rate_limit", "POST", "/api-keys$", retry_after=5)
    ended = [run.wait() for run in [rotate(retries=5), rotate(retries=5)]]
    assert set(client.stop()) == {200}
    assert is_alive(cloud, (tmp_path / "key").read_text())
    assert (tmp_path / "key").read_text() != first
    assert 0 in [run.rc for run in ended]
    for run in ended:
        assert run.rc == 0 or says_why_it_stopped(run.output), run.output


def says_why_it_stopped(output):
    words = " ".join(output.split())
    return "app sales-app" in words and any(
        reason in words for reason in ("took over the rotation", "Start the next rotation after")
    )


# One rotation without Ansible around it, so that two of them meet at every request. It goes on when it is told to.
ROTATION = """
import os, pathlib, sys
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.modules.spice_api_key_rotation import SPEC

def step(name, **options):
    given = dict(options, app="sales-app", step=name, settle_time=2)
    params = ArgumentSpecValidator(SPEC.argument_spec, **SPEC.constraints).validate(given).validated_parameters
    result = ModuleRun(SPEC, params, False, False, None).execute()
    if result.get("failed"):
        sys.exit("stopped " + result["msg"])
    return result["rotation"]

def until_told(word):
    print(word, flush=True)
    sys.stdin.readline()

until_told("ready")
started = step("start")
named = {"key_number": started["key_number"], "fingerprint": started["fingerprint"]}
key = step("read", reveal=True, **named)["value"]
file = pathlib.Path(sys.argv[1])
fresh = file.with_name(f"{file.name}.{os.getpid()}")
fresh.write_text(key)
fresh.replace(file)
until_told("published " + key)
step("finish", published=True, **named)
"""


class Rotating(threading.Thread):
    """One such rotation; publishing ends when the client uses the key. `words` are its last ones."""

    def __init__(self, cloud, client, file):
        super().__init__(daemon=True)
        environment = {**os.environ, "SPICE_CLOUD_API_URL": cloud.address, "SPICE_CLOUD_PAT": OWNER}
        self._process = subprocess.Popen(
            [sys.executable, "-c", ROTATION, str(file)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout.readline() == "ready\n"
        self._client, self._file, self.words = client, file, ""

    def run(self):
        self._go_on()
        for line in self._process.stdout:
            self.words = line
            if line.startswith("published "):
                key = line.split()[1]
                while key not in self._client.used and self._file.read_text() == key:
                    assert self._client.is_alive()
                    time.sleep(0.02)
                self._go_on()
        self._process.wait()

    def _go_on(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def stopped(self):
        return self._process.returncode != 0


# What slows runs down, and after how many requests of the first run the second one begins.
SLOWED = {
    "nothing": [],
    "the record": [("rate_limit", "PUT", r"/v1/apps/\d+$", {"retry_after": 5})],
    "the new key": [("rate_limit", "POST", "/api-keys$", {"retry_after": 5})],
    "the retiring": [("rate_limit", "POST", "/api-keys$", {"retry_after": 5, "skip": 1})],
    "every third request": [
        ("rate_limit", None, "^/v1/", {"retry_after": 1, "skip": skip}) for skip in range(2, 30, 3)
    ],
}
# Every order of their requests is tried on a model of the API, in the unit tests.
ROUNDS = [
    *(("nothing", after) for after in (0, 3, 6, 10)),
    ("the record", 3),
    ("the new key", 6),
    ("the retiring", 10),
    *(("every third request", after) for after in (0, 6)),
]


@pytest.mark.parametrize(("what", "after"), ROUNDS)
def test_two_rotations_at_once(what, after, client, cloud, tmp_path):
    first = (tmp_path / "key").read_text()
    runs = [Rotating(cloud, client, tmp_path / "key") for dummy in range(2)]
    cloud.forget()
    for kind, method, path, more in SLOWED[what]:
        cloud.fault(kind, method, path, **more)
    runs[0].start()
    while runs[0].is_alive() and len(cloud.requests(path="^/v1/")) < after:
        time.sleep(0.02)
    runs[1].start()
    for run in runs:
        run.join()
    assert set(client.stop()) == {200}
    # One after the other may have rotated; whoever did not says why.
    held, record = (tmp_path / "key").read_text(), cloud.apps()["sales-app"]["tags"][TAG]
    assert held != first
    assert held == keys(cloud)[int(record[0])]
    assert "publishing" not in record
    assert "joined" not in record
    assert not all(run.stopped() for run in runs)
    assert all(says_why_it_stopped(run.words) for run in runs if run.stopped())


def test_a_key_that_the_runtime_refuses_is_not_published(client, rotate, cloud, tmp_path):
    held = (tmp_path / "key").read_text()
    address = f"^/runtime/{cloud.apps()['sales-app']['id']}/v1/ready$"
    client.stop()
    cloud.fault("status_before", "GET", address, times=0, status=403, body={"error": "Forbidden"})
    run = rotate()
    cloud.until(2, run, path=address)
    run.kill()
    assert (tmp_path / "key").read_text() == held == keys(cloud)[1]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"api_key_rotation_publish_tasks": "/nowhere/publish.yml"}, "there is no file /nowhere/publish.yml"),
        ({"api_key_rotation_app_id": 7}, "Give one of api_key_rotation_app and api_key_rotation_app_id"),
        ({"api_key_rotation_active": "3"}, "api_key_rotation_active"),
        ({"api_key_rotation_verify": "maybe"}, "api_key_rotation_verify"),
    ],
)
def test_a_wrong_variable_is_refused_before_any_request(variables, words, rotate, cloud, tmp_path):
    (tmp_path / "publish.yml").write_text(PUBLISH + PUBLISHED)
    run = rotate(**variables).wait()
    assert run.rc != 0
    assert words in run.output
    assert cloud.requests() == []


def test_a_plan_without_tags_is_found_out_before_a_key_is_touched(rotate, cloud, tmp_path):
    (tmp_path / "publish.yml").write_text(PUBLISH + PUBLISHED)
    cloud.seed(**SEED, plan="community")
    before = keys(cloud)
    run = rotate().wait()
    assert run.rc != 0
    assert keys(cloud) == before


def test_one_table_shows_what_came_of_each_app(play, cloud, tmp_path):
    cloud.clock(queued_seconds=0, in_progress_seconds=0, dataset_ready_seconds=0)
    apps = [{"name": name, "spicepod": SPICEPOD, "deployed": True} for name in ("fails-app", "sales-app")]
    cloud.seed(apps=apps)
    (tmp_path / "fails.yml").write_text("- name: Fail\n  ansible.builtin.fail:\n    msg: the store is closed\n")
    (tmp_path / "publish.yml").write_text(PUBLISHED)
    hosts = {
        name: {
            "api_key_rotation_app": app,
            "api_key_rotation_publish_tasks": str(tmp_path / file),
            "api_key_rotation_settle_time": 1,
        }
        for name, app, file in (
            ("missing", "sales-app", "nowhere.yml"),
            ("fails", "fails-app", "fails.yml"),
            ("sales", "sales-app", "publish.yml"),
        )
    }
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"children": {"mine": {"hosts": hosts}}}}))
    args = ["-i", str(tmp_path / "hosts.json"), "-e", "api_key_rotation_hosts=mine"]
    plan = play.playbook("spiceai.cloud.rotate_api_keys", args=[*args, "--check"])
    assert cloud.log(writes=True) == []
    assert "would be 2" in " ".join(plan["Report"]["table"])
    run = play.playbook("spiceai.cloud.rotate_api_keys", args=args)
    assert run.rc != 0
    assert {host for host, recap in run.recap().items() if recap["failed"]} == {"missing", "fails"}
    lines = run["Report"]["table"]
    rows = {line.split()[0]: line for line in lines if not line.startswith(" ")}
    # Two hosts have the same app, so the table names them too.
    assert lines[1].startswith("sales-app (missing)")
    assert "there is no file" in " ".join(lines)
    assert "FAILED: app fails-app: the publish task Fail failed, so nothing is retired" in " ".join(
        " ".join(lines).split()
    )
    tag = cloud.apps()["sales-app"]["tags"][TAG]
    done = next(line for line in lines if line.startswith("sales-app (sales)"))
    assert done.split()[2] == tag == "2", rows
    assert done.split()[-2:] == ["1", "done"]
    summaries = run["Report"]["ansible_stats"]["data"]["environment_summaries"]
    assert {name: summary["failed"] for name, summary in summaries.items()} == {
        "sales-app (missing)": True,
        "fails-app": True,
        "sales-app (sales)": False,
    }
    keys_of_all = [key for app in cloud.apps().values() for key in (app["api_key"], app["api_key_2"])]
    assert not any(key in run.output for key in keys_of_all)
