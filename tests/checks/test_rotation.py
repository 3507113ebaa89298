# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys are rotated without downtime: a client that uses the key it was last given is never refused, whatever dies in between."""

from __future__ import annotations

import threading
import time

import pytest
from ansible_collections.spiceai.cloud.tests.checks.worlds import SPICEPOD

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


class Client(threading.Thread):
    """Asks the runtime every 50 ms with the key in the file; `answers` are the statuses it got."""

    def __init__(self, cloud, file):
        super().__init__(daemon=True)
        self._cloud, self._file = cloud, file
        self._address = f"{cloud.address}/runtime/{cloud.apps()['sales-app']['id']}/v1/ready"
        self._over = threading.Event()
        self.answers = []

    def run(self):
        while not self._over.wait(0.05):
            self.answers.append(self._cloud.get(self._address, self._file.read_text()).status_code)

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
    (tmp_path / "publish.yml").write_text(PUBLISH)
    client = Client(cloud, file)
    client.start()
    yield client
    client.stop()


@pytest.fixture
def rotate(play, tmp_path):
    """Starts the role; without repeats of a request a network that is gone ends it at once."""

    def start(*args, retries=0, **variables):
        variables = {"api_key_rotation_app": "sales-app", "api_key_rotation_publish_tasks": str(tmp_path / "publish.yml"), "key_file": str(tmp_path / "key"),
                     **variables}
        return play.start(ROLE, args=args, vars=variables, module_defaults={"group/spiceai.cloud.spice": {"retries": retries}})

    return start


def keys(cloud):
    app = cloud.apps()["sales-app"]
    return {1: app["api_key"], 2: app["api_key_2"]}


def is_complete(cloud, tmp_path, former):
    """The client holds the active key, which is another one than before, and the former one is dead."""
    app, held = cloud.apps()["sales-app"], (tmp_path / "key").read_text()
    assert app["tags"][TAG] in ("1", "2")
    assert keys(cloud)[int(app["tags"][TAG])] == held != former
    address = f"{cloud.address}/runtime/{app['id']}/v1/ready"
    assert cloud.get(address, held).status_code == 200 and cloud.get(address, former).status_code == 401


def test_a_client_is_never_refused(client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    plan = rotate("--check", "--diff").wait().ok()
    assert cloud.log(writes=True) == [] and "key 2 would be published, then key 1 retired" in plan.output
    run = rotate("-vvvv", "--diff").wait().ok()
    is_complete(cloud, tmp_path, first)
    assert "key 2" in run.output and cloud.apps()["sales-app"]["tags"][TAG] == "2"
    second = keys(cloud)[2]
    back = rotate("--diff", api_key_rotation_active="2").wait().ok()
    is_complete(cloud, tmp_path, second)
    assert cloud.apps()["sales-app"]["tags"][TAG] == "1" and back.warnings() == []
    # What was recorded counts more than a variable that is no longer true.
    third = keys(cloud)[1]
    warned = rotate(api_key_rotation_active="2").wait().ok()
    assert "recorded that key 1 is in use, and that counts" in " ".join(warned.output.split())  # older Ansible breaks the line
    is_complete(cloud, tmp_path, third)
    answers = client.stop()
    assert len(answers) > 50 and set(answers) == {200}
    assert not any(key in one.output for one in (plan, run, back, warned) for key in (first, second, third, *keys(cloud).values()))


@pytest.mark.one_core
def test_the_network_is_gone_from_one_request_on(client, rotate, cloud, tmp_path):
    first = (tmp_path / "key").read_text()
    cloud.forget()
    rotate(api_key_rotation_verify=False).wait().ok()
    is_complete(cloud, tmp_path, first)
    requests = len(cloud.requests(path="^/v1/"))
    for number in range(requests):
        former = (tmp_path / "key").read_text()
        cloud.fault("reset_before", path="^/v1/", times=0, skip=number)
        died = rotate(api_key_rotation_verify=False).wait()
        cloud.end_faults()
        resumed = rotate(api_key_rotation_verify=False).wait().ok()
        assert died.rc != 0 or number >= requests - 2, number
        is_complete(cloud, tmp_path, former)
        assert "api_key_rotation_summary" in str([outcome["result"] for outcome in resumed.outcomes])
    assert set(client.stop()) == {200}


WRITES = [("PUT", r"/v1/apps/\d+$", 0), ("POST", "/api-keys$", 0), ("PUT", r"/v1/apps/\d+$", 1), ("POST", "/api-keys$", 1), ("PUT", r"/v1/apps/\d+$", 2)]


@pytest.mark.one_core
@pytest.mark.parametrize(("method", "path", "earlier"), WRITES)
def test_it_is_killed_right_after_a_write(method, path, earlier, client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    cloud.forget()
    cloud.fault("delay", method, path, seconds=60, when="after", skip=earlier)
    run = rotate()
    deadline = time.monotonic() + 60
    while not cloud.requests(method=method, path=path)[earlier:]:
        assert run.running() and time.monotonic() < deadline
    # It has arrived, so it takes effect; its answer is held back.
    run.kill()
    cloud.end_faults()
    rotate(retries=5).wait().ok()
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


def test_publishing_fails(client, rotate, cloud, tmp_path):
    first = keys(cloud)[1]
    (tmp_path / "broken.yml").write_text(PUBLISH + "\n- name: Break off\n  ansible.builtin.fail:\n    msg: The clients do not answer\n")
    died = rotate(api_key_rotation_publish_tasks=str(tmp_path / "broken.yml")).wait()
    assert died.rc != 0 and cloud.apps()["sales-app"]["tags"][TAG] == "2-publishing"
    spare = keys(cloud)[2]
    run = rotate().wait().ok()
    assert keys(cloud)[2] == spare and "key 2" in run.output  # the same key again
    is_complete(cloud, tmp_path, first)
    assert set(client.stop()) == {200}


def test_a_key_that_the_runtime_refuses_is_not_published(client, rotate, cloud, tmp_path):
    held = (tmp_path / "key").read_text()
    address = f"^/runtime/{cloud.apps()['sales-app']['id']}/v1/ready$"
    client.stop()
    cloud.fault("status_before", "GET", address, times=0, status=403, body={"error": "Forbidden"})
    run = rotate()
    while len(cloud.requests(path=address)) < 2:
        assert run.running()
    run.kill()
    assert (tmp_path / "key").read_text() == held == keys(cloud)[1]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"api_key_rotation_publish_tasks": "/nowhere/publish.yml"}, "there is no file /nowhere/publish.yml"),
        ({"api_key_rotation_app_id": 7}, "Give one of api_key_rotation_app and api_key_rotation_app_id"),
        ({"api_key_rotation_active": "3"}, "api_key_rotation_active"),
    ],
)
def test_a_wrong_variable_is_refused_before_any_request(variables, words, rotate, cloud, tmp_path):
    (tmp_path / "publish.yml").write_text(PUBLISH)
    run = rotate(**variables).wait()
    assert run.rc != 0 and words in run.output and cloud.requests() == []


def test_a_plan_without_tags_is_found_out_before_a_key_is_touched(rotate, cloud, tmp_path):
    (tmp_path / "publish.yml").write_text(PUBLISH)
    cloud.seed(**SEED, plan="community")
    before = keys(cloud)
    run = rotate().wait()
    assert run.rc != 0 and keys(cloud) == before
