# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every write against every fault: the wanted state is reached and nothing happens twice, or the failure says what is
unknown.

The modules' functions run here without Ansible around them, over real HTTP: a hundred cases would else be a hundred
playbooks.
"""

from __future__ import annotations

import importlib

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.module_utils._api import apps as apps_api
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.tests.checks.seeds import SPICEPOD
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET

FINGERPRINT_KEY = "key of the fingerprints"

# What a fault does: before it the request had no effect, after it it had its full effect.
FAULTS = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "500 before": {"kind": "status_before", "status": 500},
    "500 after": {"kind": "status_after", "status": 500},
    "502 with HTML": {"kind": "html"},
    "429 with Retry-After": {"kind": "rate_limit", "retry_after": 1},
    "429 without Retry-After": {"kind": "rate_limit", "retry_after": None},
    "503 with Retry-After": {"kind": "status_before", "status": 503, "headers": {"Retry-After": "0"}},
    "truncated": {"kind": "truncated"},
    "late, done before": {"kind": "delay", "seconds": 3, "when": "after"},
    "token expired": {"kind": "expire_token"},
}


class Write:
    """One writing request of one module.

    Args:
        method (str), path (str): of the request that the fault hits. module (str), params (dict): the task that sends
            it.
        reached (callable): takes the simulator's state, tells whether the wanted state is there, once.
        seed (dict): what is there before. again (bool): a second run changes nothing.
    """

    def __init__(self, method, path, module, params, reached, again=True, **seed):
        self.method, self.path, self.module, self.params, self.reached, self.again, self.seed = (
            method,
            path,
            module,
            params,
            reached,
            again,
            seed,
        )


def app(state):
    found = [one for one in state["apps"] if one["name"] == "sales" and not one.get("deleted_at")]
    assert len(found) < 2, "an app is there twice"
    return found[0] if found else None


def members(state):
    acme = next(org for org in state["orgs"] if org["name"] == "acme")
    names = {user["user_id"]: user["username"] for user in state["users"]}
    return {names[member["user_id"]]: set(member["roles"]) for member in acme["members"]}


def secrets(state):
    return {secret["name"]: secret["value"] for secret in app(state)["secrets"]}


def monitors(state):
    return app(state)["monitors"]


SALES = {"name": "sales", "spicepod": SPICEPOD}
HOOK = {"type": "http", "url": "https://hooks.example.com/spice", "token": "a-token"}
ALERT = {
    "name": "failing",
    "template": "http_5xx",
    "op": "GT",
    "threshold": 0,
    "targets": [HOOK],
    "fingerprint_key": FINGERPRINT_KEY,
}
WRITES = {
    "create an app": Write(
        "POST", "/v1/apps$", "spice_app", {"name": "sales", "replicas": 2}, lambda state: app(state)["replicas"] == 2
    ),
    "change an app": Write(
        "PUT",
        "/v1/apps/",
        "spice_app",
        {"name": "sales", "replicas": 2},
        lambda state: app(state)["replicas"] == 2,
        apps=[SALES],
    ),
    "delete an app": Write(
        "DELETE",
        "/v1/apps/",
        "spice_app",
        {"name": "sales", "state": "absent"},
        lambda state: app(state) is None,
        apps=[SALES],
    ),
    "write a secret": Write(
        "POST",
        "/secrets$",
        "spice_secret",
        {"app": "sales", "name": "A", "value": "new", "fingerprint_key": FINGERPRINT_KEY},
        lambda state: secrets(state) == {"A": "new"},
        apps=[dict(SALES, secrets={"A": "old"})],
    ),
    "keep a fingerprint": Write(
        "PUT",
        "/v1/apps/",
        "spice_secrets",
        {"app": "sales", "secrets": {"A": "new", "B": "b"}, "fingerprint_key": FINGERPRINT_KEY},
        lambda state: secrets(state) == {"A": "new", "B": "b"},
        apps=[SALES],
    ),
    "delete a secret": Write(
        "DELETE",
        "/secrets/A$",
        "spice_secret",
        {"app": "sales", "name": "A", "state": "absent"},
        lambda state: secrets(state) == {},
        apps=[dict(SALES, secrets={"A": "old"})],
    ),
    "link a secret": Write(
        "PUT",
        "/org-secrets/",
        "spice_secret_link",
        {"app": "sales", "name": "SHARED_S3_KEY"},
        lambda state: app(state)["linked_secrets"] == ["SHARED_S3_KEY"],
        apps=[SALES],
    ),
    "remove a link": Write(
        "DELETE",
        "/org-secrets/",
        "spice_secret_link",
        {"app": "sales", "names": ["SHARED_S3_KEY"], "purge": True},
        lambda state: app(state)["linked_secrets"] == ["SHARED_S3_KEY"],
        apps=[dict(SALES, linked_secrets=["SHARED_S3_KEY", "SHARED_S3_SECRET"])],
    ),
    "create a monitor": Write(
        "POST",
        "/monitors$",
        "spice_monitor",
        {"app": "sales", **ALERT, "enabled": False},
        lambda state: [(one["status"], one["targets"]) for one in monitors(state)] == [("disabled", [HOOK])],
        apps=[SALES],
    ),
    "change a monitor": Write(
        "PATCH",
        "/monitors/",
        "spice_monitor",
        {"app": "sales", **ALERT, "threshold": 7},
        lambda state: [(one["spec"]["threshold"], one["targets"]) for one in monitors(state)] == [(7, [HOOK])],
        apps=[dict(SALES, monitors=[{"name": "failing", "templateId": "http_5xx"}])],
    ),
    "delete a monitor": Write(
        "DELETE",
        "/monitors/",
        "spice_monitor",
        {"app": "sales", "name": "failing", "state": "absent"},
        lambda state: monitors(state) == [],
        apps=[dict(SALES, monitors=[{"name": "failing", "templateId": "http_5xx"}])],
    ),
    "add a member": Write(
        "POST",
        "/v1/members$",
        "spice_member",
        {"username": "erin", "roles": ["viewer"]},
        lambda state: members(state)["erin"] == {"viewer"},
    ),
    "change a member": Write(
        "PATCH",
        "/v1/members/",
        "spice_member",
        {"username": "carol", "roles": ["viewer"]},
        lambda state: members(state)["carol"] == {"viewer"},
    ),
    "remove a member": Write(
        "DELETE",
        "/v1/members/",
        "spice_member",
        {"username": "carol", "state": "absent"},
        lambda state: "carol" not in members(state),
    ),
    "generate a key": Write(
        "POST",
        "/api-keys$",
        "spice_api_key",
        {"app": "sales", "key_number": 2},
        lambda state: app(state)["api_key_2"] is not None,
        apps=[SALES],
    ),
    "regenerate a key": Write(
        "POST",
        "/api-keys$",
        "spice_api_key",
        {"app": "sales", "key_number": 1, "state": "regenerated"},
        lambda state: app(state)["api_key"] != "old|key",
        again=False,
        apps=[dict(SALES, api_key="old|key")],
    ),
    "revoke a key": Write(
        "POST",
        "/api-keys$",
        "spice_api_key",
        {"app": "sales", "state": "revoked", "value": "old|key"},
        lambda state: app(state)["api_key"] != "old|key",
        apps=[dict(SALES, api_key="old|key")],
    ),
    "deploy": Write(
        "POST",
        "/deployments$",
        "spice_deployment",
        {"app": "sales", "poll_interval": 0.2},
        lambda state: [one["commit_message"].count("[spice:") for one in app(state)["deployments"]] == [1],
        apps=[SALES],
    ),
}


@pytest.fixture
def task(cloud, tmp_path):
    """Runs a module's function as the action plugin does, with client credentials, in a run of its own."""
    apps_api._routes.clear()  # a run would be another process

    def run(module, params, **more):
        spec = importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.modules.{module}").SPEC
        given = {
            "api_url": cloud.address,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "timeout": 2,
            **params,
            **more,
        }
        validation = ArgumentSpecValidator(spec.argument_spec, **spec.constraints).validate(given)
        assert not validation.error_messages
        return ModuleRun(spec, validation.validated_parameters, False, False, str(tmp_path / "run")).execute()

    return run


def effects(cloud, write):
    """list[dict]: the requests of this kind that took effect: those that a fault let through, or hit only after the
    effect.
    """
    spared = {None, "delay", "reset_after", "status_after", "truncated"}
    logged = cloud.requests(method=write.method, path=write.path)
    return [one for one in logged if one["fault"] in spared and (one["fault"] or one["status"] < 300)]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_survives_a_fault(cloud, task, name, fault):
    write = WRITES[name]
    cloud.reset(**write.seed)
    cloud.fault(method=write.method, path=write.path, name=FAULTS[fault]["kind"], **FAULTS[fault])

    result = task(write.module, write.params)

    assert not cloud.unfired()
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert write.reached(cloud.state())
    repeated_by_nature = write.method in ("PUT", "PATCH", "DELETE")  # the same again has no further effect
    assert repeated_by_nature or len(effects(cloud, write)) == 1
    if write.again:
        cloud.forget()
        assert not task(write.module, write.params)["changed"]
        assert not cloud.requests(writes=True)


@pytest.mark.parametrize("name", ["generate a key", "regenerate a key", "revoke a key", "deploy"])
def test_what_may_still_happen_is_not_sent_again(cloud, task, name):
    write = WRITES[name]
    cloud.reset(**write.seed)
    cloud.fault("delay", write.method, write.path, seconds=3, when="before", name="delay")

    result = task(write.module, write.params)

    assert result["failed"]
    assert result["msg"].startswith("It is not known whether")
    assert len(cloud.requests(method=write.method, path=write.path)) == 1


@pytest.mark.parametrize(
    "switches",
    [
        {"apps_routes": False},
        {"absent_nulls": True, "config_in_writes": False},
        {"secret_conflict": "409", "link_again": "409"},
    ],
)
@pytest.mark.parametrize("name", WRITES)
def test_every_write_on_other_servers(cloud, task, name, switches):
    """One serves the routes of projects only; one leaves nulls out of its answers, and the config out of those to
    writes; one replaces no secret and makes no link twice.
    """
    write = WRITES[name]
    cloud.reset(**write.seed)
    cloud.switches(**switches)
    assert task(write.module, write.params)["changed"]
    assert write.reached(cloud.state())
    if write.again:
        cloud.forget()
        assert not task(write.module, write.params)["changed"]
        assert not cloud.requests(writes=True)


@pytest.mark.parametrize("bodies", [True, False])
@pytest.mark.parametrize(("linked", "unlinked"), [(200, 204), (201, 200), (204, 200)])
def test_links_on_servers_that_answer_as_they_like(cloud, task, linked, unlinked, bodies):
    switches = {"link_status": linked, "unlink_status": unlinked, "link_bodies": bodies, "link_again": "409"}
    for name in ("link a secret", "remove a link"):
        cloud.reset(**WRITES[name].seed)
        cloud.switches(**switches)
        result = task(WRITES[name].module, WRITES[name].params)
        assert (result["changed"], result["api"]["retries"]) == (True, 0)
        assert WRITES[name].reached(cloud.state())


def test_a_link_whose_answer_is_lost_is_refused_the_second_time(cloud, task):
    write = WRITES["link a secret"]
    cloud.reset(**write.seed)
    cloud.switches(link_again="409")
    cloud.fault("reset_after", write.method, write.path)
    assert task(write.module, write.params)["outcomes"] == {"SHARED_S3_KEY": "created"}
    assert write.reached(cloud.state())


def test_a_leaked_key_is_refused_by_the_runtime(cloud, task):
    """Revoked once, it stays dead, and a second run changes nothing."""
    cloud.reset(apps=[dict(SALES, api_key="leaked|key", deployed=True)])
    address = cloud.state()["address"]
    endpoint = f"{address}/runtime/{app(cloud.state())['id']}/v1/ready"
    assert cloud.get(endpoint, "leaked|key").status_code != 401
    assert task("spice_api_key", {"app": "sales", "state": "revoked", "value": "leaked|key"})["changed"]
    assert cloud.get(endpoint, "leaked|key").status_code == 401
    assert not task("spice_api_key", {"app": "sales", "state": "revoked", "value": "leaked|key"})["changed"]
