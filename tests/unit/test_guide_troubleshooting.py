# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each heading of the guide of troubleshooting is the message that the collection really gives.

So a message that gets other words breaks a test here. What Ansible itself says is shown by commands of the page, which
tests/checks/test_pages.py runs.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest
import requests
import urllib3
from ansible_collections.spiceai.cloud.plugins.action import spice_environment_report
from ansible_collections.spiceai.cloud.plugins.module_utils import _module
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import misspelled
from ansible_collections.spiceai.cloud.plugins.modules import (
    spice_api_key_rotation,
    spice_app,
    spice_deployment,
    spice_environment,
    spice_runtime_info,
    spice_secrets,
    spice_sql_query,
)
from ansible_collections.spiceai.cloud.plugins.plugin_utils import _spicepod_file
from ansible_collections.spiceai.cloud.tests.unit.fake_runtime import ORDERS, FakeRuntime
from ansible_collections.spiceai.cloud.tests.unit.fakes import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET

GUIDE = Path(__file__).parents[2] / "docs/docsite/rst/guide_troubleshooting.rst"
HEADING = re.compile(r"^(``.*``)\n~+$", re.MULTILINE)
# Of Ansible itself.
OTHERS = re.compile(r"``(Cannot resolve|the playbook:|Could not match)")
POD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
PAUSED = "2026-11-02T08:30:00.000Z"
APPS, DEPLOYMENTS = "/v1/apps", "/v1/apps/1/deployments"


def headings():
    """list[str]: those that are a message, as it is."""
    text = GUIDE.read_text(encoding="utf-8")
    return [found[1][2:-2].strip() for found in HEADING.finditer(text) if not OTHERS.match(found[1])]


class Situation:
    """What a user does, and the cloud in which it fails."""

    def __init__(self, cloud, fail, run, http, clock, monkeypatch, tmp_path):
        self.cloud, self.fail, self.run, self.http = cloud, fail, run, http
        self.clock, self.monkeypatch, self.tmp_path = clock, monkeypatch, tmp_path

    def app(self, **options):
        return self.fail(spice_app.SPEC, **{"name": "sales", **options})["msg"]

    def deployment(self, **options):
        return self.fail(spice_deployment.SPEC, app_id=1, **options)["msg"]

    def environment(self, **options):
        return self.fail(spice_environment.SPEC, **{"app": {"name": "sales"}, **options})["msg"]

    def secret(self, value):
        return self.fail(spice_secrets.SPEC, app="sales", secrets={"A": value})["msg"]

    def answered(self, *answers, method="GET", path=APPS, **options):
        self.cloud.fail(method, path, *answers)
        return self.app(**options)

    def serving(self, status):
        """A running app whose dataset is in this state."""
        self.cloud.add("sales", spicepod={**POD, "datasets": [ORDERS]}, endpoint="https://sales.test")
        runtime = FakeRuntime(self.http, self.cloud.apps[1]["endpoint"])
        runtime.answers["/v1/datasets"] = [(200, [{**ORDERS, "status": status, "error_message": "no access"}])]

    def existing(self, **fields):
        return self.cloud.add("sales", **{"spicepod": POD, **fields})


def no_credential(it):
    return it.app(api_token="")


def two_credentials(it):
    for name, value in {"PAT": "token", "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET}.items():
        it.monkeypatch.setenv(f"SPICE_CLOUD_{name}", value)
    return it.app(api_token="")


def no_requests(it):
    it.monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    return it.app()


def no_file(it):
    with pytest.raises(InvalidOption) as caught:
        _spicepod_file.with_spicepod({"spicepod_file": "pod.yaml"}, [it.tmp_path])
    return str(caught.value)


def certificate(it):
    error = ssl.SSLCertVerificationError("certificate verify failed")
    return it.answered(requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, "/", error)))


def unreachable(it):
    error = urllib3.exceptions.NewConnectionError(urllib3.HTTPSConnectionPool("api.test"), "Connection refused")
    pool = requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", error))
    return it.answered(pool, retries=0)


def limited(it):
    it.cloud.fail("GET", APPS, (429, {"error": "slow down"}, {"Retry-After": "300"}))
    state = str(it.tmp_path)  # what the tasks of a run share
    it.app(state_directory=state)
    return it.app(state_directory=state)


def later(it):
    return it.answered((503, {"error": "busy"}, {"Retry-After": "300"}))


def unknown_client(it):
    it.cloud.fail("POST", "/api/oauth/token", (401, {"error": "invalid_client"}))
    return it.fail(spice_app.SPEC, name="sales", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)["msg"]


def scope_of_a_client(it):
    told = {"access_token": ACCESS_TOKEN, "scope": "apps:read", "expires_in": 3600}
    it.cloud.fail("POST", "/api/oauth/token", (200, told))
    return it.environment(deploy=False, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)


def out_of_sight(it):
    return it.answered((409, {"error": "App already exists"}), method="POST", retries=1)


def alike(it):
    it.cloud.add("SALES")
    it.cloud.add("Sales")
    return it.app()


def tags(it):
    return it.answered((403, {"error": "Upgrade", "code": "plan_limit"}), method="POST", tags={"env": "prod"})


def replicas(it):
    it.cloud.limits["replicas"] = 1
    return it.environment(app={"name": "sales", "replicas": 5})


def moved(it):
    it.existing()
    return it.app(region="us-west-2")


def connected(it):
    it.existing()
    it.cloud.connected.add(1)
    return it.app(spicepod={**POD, "name": "other"})


def paused(it):
    it.existing()["paused_at"] = PAUSED
    return it.deployment()


def deployment_failed(it):
    it.existing()
    it.clock.meanwhile[:] = [lambda: it.cloud.deployments[1][-1].update(status="failed", error_message="no start")]
    return it.deployment()


def deployment_late(it):
    it.existing()
    return it.deployment(wait_timeout=5)


def deployment_queued(it):
    it.existing()
    it.cloud.deploy("queued", commit_message="Somebody else")
    return it.deployment(wait=False)


def deployment_lost(it):
    it.existing()
    it.cloud.fail("POST", DEPLOYMENTS, requests.exceptions.ReadTimeout("too late"))
    return it.deployment()


def dataset_in_error(it):
    it.serving("error")
    return it.fail(spice_runtime_info.SPEC, app="sales", wait=True)["msg"]


def other_rows(it):
    it.serving("ready")
    return it.fail(spice_sql_query.SPEC, app="sales", query="SELECT 1", expect=7)["msg"]


def no_secret(it):
    pod = {**POD, "datasets": [{**ORDERS, "params": {"pg_pass": "${secrets:PG_PASS}"}}]}
    return it.run(spice_environment.SPEC, app={"name": "sales", "spicepod": pod}, check_mode=True).warnings[0]


def uncompared(it):
    it.existing()
    for name in ("A", "B"):
        it.cloud.add_secret(name, "old")
    return it.run(spice_secrets.SPEC, app="sales", secrets={"A": "x", "B": "x"}).warnings[0]


def rotation(it, **options):
    it.existing()
    return it.fail(spice_api_key_rotation.SPEC, app="sales", **options)["msg"]


def rotated_by_two(it):
    it.existing()
    for dummy in range(2):
        started = it.run(spice_api_key_rotation.SPEC, app="sales", step="start")["rotation"]
    which = {name: started[name] for name in ("key_number", "fingerprint")}
    it.run(spice_api_key_rotation.SPEC, app="sales", step="finish", published=True, **which)
    return it.fail(spice_api_key_rotation.SPEC, app="sales", step="start")["msg"]


def not_confirmed(it):
    it.existing()
    return it.app(state="absent", confirm="shop")


LOST = requests.exceptions.ConnectionError("Connection reset by peer")
SCOPE = (403, {"error": "Insufficient scope. Required: apps:read", "code": "insufficient_scope"})
CASES = {
    "No host has `environment_app`, which describes the app of an environment": lambda it: (
        spice_environment_report.NOTHING
    ),
    "No credential: set `api_token` (or SPICE_CLOUD_PAT)": no_credential,
    "The environment holds both a token (...) and OAuth client credentials": two_credentials,
    "Failed to import the required Python library (requests)": no_requests,
    "...: there is no such option; did you mean": lambda it: it.environment(app={"name": "sales", "regoin": "x"}),
    "... is no variable of this role; did you mean": lambda it: misspelled(
        ["environment_secrts"], ["environment_secrets"]
    )[0],
    "...: it still holds its placeholder; put the value there": lambda it: it.environment(
        secrets={"A": "<value of A>"}
    ),
    "... is empty or only white space: check the variable or lookup that gives it": lambda it: it.secret(""),
    "... is a boolean, not a string: put it in quotes": lambda it: it.secret(True),
    "`spicepod.version` is missing": lambda it: it.app(spicepod={"kind": "Spicepod", "name": "sales"}),
    "`spicepod....name` must be a string, not": lambda it: it.app(spicepod={**POD, "datasets": [{"name": 2024}]}),
    "`spicepod_file` ... is not there; looked for": no_file,
    "... cannot be reached": unreachable,
    "The TLS connection to ... failed": certificate,
    "... did not answer ... within ... seconds": lambda it: it.answered(
        requests.exceptions.ReadTimeout("late"), retries=0
    ),
    "The connection to ... broke off during": lambda it: it.answered(LOST, LOST, retries=1),
    "... was answered with a web page": lambda it: it.answered((200, "<html><title>Sign in</title></html>")),
    "... was not sent, because the API limits the requests of this run": limited,
    "... (The next retry would be in ... seconds, beyond `retry_timeout` of ... seconds.)": later,
    "The API refused the credential (401": lambda it: it.app(api_token="wrong"),
    "The token service at ... does not accept the OAuth client": unknown_client,
    "... was refused (403 insufficient_scope)": lambda it: it.answered(SCOPE),
    "the OAuth client lacks the scope": scope_of_a_client,
    "... was refused (403 forbidden)": lambda it: it.answered((403, {"error": "Role", "code": "forbidden"})),
    "The API refused `org` ... (403 org_forbidden)": lambda it: it.answered(
        (403, {"error": "Not a member", "code": "org_forbidden"}), org="acme"
    ),
    "The API refused `org` ... (403 org_assertion_mismatch)": lambda it: it.answered(
        (403, {"error": "Other", "code": "org_assertion_mismatch"}), org="acme"
    ),
    "There is no app ...; create it with spiceai.cloud.spice_app": lambda it: it.fail(
        spice_deployment.SPEC, app="sales"
    )["msg"],
    "The name ... is taken, but this credential sees no such app": out_of_sight,
    "Several apps are called like": alike,
    "... The Community plan has no tags: leave out `tags`": tags,
    "... was refused (403 plan_limit)": lambda it: it.answered(
        (403, {"error": "Upgrade", "code": "plan_limit"}), method="POST"
    ),
    "the plan of the organization allows ... replicas, and this environment needs": replicas,
    "`region` ... is not offered; choose one of": lambda it: it.environment(app={"name": "sales", "region": "mars-1"}),
    "app ... is in ... and cannot be moved to": moved,
    "... takes its spicepod from GitHub, so the changed one was refused": connected,
    "App ... has been paused since": paused,
    "Deployment ... of app ... failed:": deployment_failed,
    "Deployment ... of app ... is still ... after ... seconds (`wait_timeout`)": deployment_late,
    "Deployment ... is still queued, and the server takes only one at a time": deployment_queued,
    "It is not known whether app ... is being deployed": deployment_lost,
    "App ... does not serve what it should": dataset_in_error,
    "`${secrets:...}` has no secret: neither this environment nor the app": no_secret,
    "The rows of app ... are not those of `expect`": other_rows,
    "... existing secrets were not compared and left alone": uncompared,
    "Nobody confirmed that the clients of app ... have its key": lambda it: rotation(
        it, step="finish", key_number=2, fingerprint="0", published=False
    ),
    "Several runs worked on the last rotation of app": rotated_by_two,
    "Nothing was deleted, because `confirm`": not_confirmed,
}


def test_each_heading_is_tested():
    assert sorted(headings()) == sorted(CASES)


@pytest.mark.parametrize("heading", CASES)
def test_the_message_is_as_the_heading_says(heading, cloud, fail, run, http, clock, monkeypatch, tmp_path):
    message = CASES[heading](Situation(cloud, fail, run, http, clock, monkeypatch, tmp_path))
    words = re.escape(heading).replace(re.escape("..."), ".+")
    # At the beginning of the message, or of one of the problems that a plan tells.
    assert re.match(rf"(.*\n- )?([a-z_]+: )?{words}", message, re.DOTALL), message
