# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No credential is ever shown: not at -vvvv, not in a result, a diff, a failure or a crash, not in a file that is left
behind. Not even a part of one.
"""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.leaks import seen
from ansible_collections.spiceai.cloud.tests.checks.plays import (
    EXECUTION_MODES,
    TELL_ARGUMENTS,
    Player,
    modes,
)
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, OWNER

# Whatever part of one is shown, this word shows it.
WORD = "canary"
TOKEN, CLIENT_SECRET, ACCESS_TOKEN = (f"{WORD * 6}-{kind}" for kind in ("pat", "secret", "access"))
CANARY_CLIENT = "0197f3c2-0000-7000-8000-00000000000c"
# What real access tokens of the simulator begin with.
ISSUED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

WORLD = {
    "apps": [{"name": f"app-{number}", "description": "Before"} for number in range(1001, 1011)],
    "pats": [{"token": token, "user": "alice", "org": "acme", "name": "the one"} for token in (TOKEN, ACCESS_TOKEN)],
    "clients": [{"client_id": CANARY_CLIENT, "client_secret": CLIENT_SECRET, "name": "the one"}],
}


def echoes(secret):
    """dict[str, dict]: how a server, a gateway or a broken answer can repeat what it was sent, by the id of the app
    that is asked for.
    """
    details = {"fieldErrors": {"name": [secret], secret: ["?"]}, "formErrors": [secret], secret: secret}
    return {
        "1002": {"status": 401, "body": {"error": f"Invalid token {secret}"}},
        "1003": {"status": 400, "body": {"error": secret, "details": details}},
        # Titles and texts are shortened: the cut goes through the credential.
        "1004": {
            "status": 403,
            "content_type": "text/html",
            "body": f"<html><title>{'-' * 80} Authorization: Bearer {secret}</title></html>",
        },
        "1005": {"status": 403, "content_type": "text/plain", "body": f"{'-' * 180} {secret}"},
        "1006": {"status": 200, "body": {"id": 1006, "name": "app-1006", "tags": [secret], "config": secret}},
        "1007": {
            "status": 302,
            "headers": {"Location": f"https://elsewhere.example.com/{secret}?t={secret}"},
            "body": secret,
        },
        "1008": {"status": 429, "headers": {"Retry-After": secret}, "body": {"error": secret, "code": secret}},
        "1009": {"status": 200, "content_type": "text/html", "body": f"<title>{secret}</title>"},
        "1010": {
            "status": 200,
            "body": {
                "id": 1010,
                "name": "app-1010",
                "description": secret,
                "tags": {"env": secret},
                "config": {"image": secret},
            },
        },
    }


def order_echoes(cloud, secret):
    for app_id, answer in echoes(secret).items():
        cloud.fault("status_before", "GET", f"/v1/apps/{app_id}$", times=0, **answer)


def options(app_id, **more):
    return {"app_id": int(app_id), "description": "After", "retries": 0, "retry_timeout": 0, **more}


def task(name, arguments, **keywords):
    return {"name": name, "spiceai.cloud.spice_app": arguments, "ignore_errors": True, **keywords}


def token_tasks(way):
    """Tasks with a personal access token, from each source; the run's environment has TOKEN under another name."""
    token = "{{ lookup('ansible.builtin.env', 'HELD_TOKEN') }}"
    given = {
        "option": {},
        "module_defaults": {"module_defaults": {"group/spiceai.cloud.spice": {"api_token": token}}},
        "process": {},
    }
    if way == "controller":
        # For a packed module Ansible itself shows the variables of `environment:` in the command that it runs, at -vvv,
        # whatever the module is.
        given["environment"] = {"environment": {"SPICE_CLOUD_PAT": token}}
    tasks = []
    for source, keywords in given.items():
        more = {"api_token": token} if source == "option" else {}
        tasks += [task(f"{source}: {app_id}", options(app_id, **more), **keywords) for app_id in ("1001", "1002")]
    tasks += [task(f"echo: {app_id}", options(app_id)) for app_id in echoes("")]
    tasks.append(task("refused as an argument", {"app_id": "many", "api_token": token}))
    tasks.append(task("in another option", {"name": f"x {token}", "api_token": token}))
    tasks.append(task("in a value", options(1001, description=f"Bearer {token}", api_token=token)))
    return tasks


def client_tasks(way):
    """Tasks with client credentials, which are exchanged for ACCESS_TOKEN, or not at all."""
    secret = "{{ lookup('ansible.builtin.env', 'HELD_SECRET') }}"
    address = "{{ lookup('ansible.builtin.env', 'SPICE_CLOUD_API_URL') }}"
    client = {"client_id": CANARY_CLIENT, "client_secret": secret}
    tasks = [task(f"echo: {app_id}", options(app_id, **client)) for app_id in ["1001", *echoes("")]]
    tasks += [
        task(f"exchange: {kind}", options(1001, **client, token_url=f"{address}/exchange/{kind}"))
        for kind in ("refused", "odd", "page")
    ]
    return tasks


# By the kind of credential: the tasks, what the server repeats, and what the environment of the run holds.
KINDS = {
    "token": (token_tasks, TOKEN, {"SPICE_CLOUD_PAT": TOKEN, "HELD_TOKEN": TOKEN}),
    "client": (client_tasks, ACCESS_TOKEN, {"SPICE_CLOUD_PAT": None, "HELD_SECRET": CLIENT_SECRET}),
}


# A packed module takes its time, an asynchronous one much of it: there only what concerns the way.
SOME = {
    "packed": (
        "option: 1001",
        "process: 1001",
        "module_defaults: 1002",
        "echo: 1002",
        "echo: 1003",
        "echo: 1006",
        "echo: 1010",
        "refused as an argument",
        "in a value",
        "exchange: odd",
    ),
    "async": ("option: 1001", "echo: 1002", "echo: 1003", "echo: 1006"),
}


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        *(pytest.param("controller", kind, marks=pytest.mark.both_cores) for kind in ("token", "client")),
        ("packed", "token"),
        ("packed", "client"),
        ("async", "token"),
    ],
)
def test_no_credential_is_shown(way, kind, cloud, tmp_path):
    make_tasks, secret, env = KINDS[kind]
    cloud.reset(**WORLD)
    order_echoes(cloud, secret)
    cloud.fault(
        "status_before",
        "POST",
        "/api/oauth/token$",
        times=0,
        status=200,
        body={"access_token": ACCESS_TOKEN, "expires_in": 3600},
    )
    cloud.fault(
        "status_before",
        "POST",
        "/exchange/refused$",
        times=0,
        status=401,
        body={"error": "invalid_client", "error_description": CLIENT_SECRET},
    )
    cloud.fault(
        "status_before",
        "POST",
        "/exchange/odd$",
        times=0,
        status=200,
        body={"access_token": ACCESS_TOKEN, "expires_in": ACCESS_TOKEN},
    )
    cloud.fault(
        "html", "POST", "/exchange/page$", times=0, status=403, body=f"<title>client_secret={CLIENT_SECRET}</title>"
    )
    tasks = make_tasks(way)
    tasks = [one for one in tasks if one["name"] in SOME.get(way, [one["name"]])]

    play = Player(tmp_path, cloud.address, OWNER)
    run = play(tasks, args=["-vvvv", "--diff"], env={**env, **TELL_ARGUMENTS}, way=way).ok()

    assert {outcome["task"] for outcome in run.outcomes} == {one["name"] for one in tasks}
    names = {request["credential"] for request in cloud.requests(path="^/v1/")}
    assert names == {"pat:the one"}, "the tasks did not use the canary"
    assert run["echo: 1002"]["failure"]["status"] == 401
    assert run["echo: 1006"]["failed"]
    assert seen(run, play.home, (WORD,)) == []


@pytest.mark.parametrize("way", modes(EXECUTION_MODES, on_both_cores=["controller"]))
def test_no_issued_access_token_is_shown(way, cloud, tmp_path):
    app_id = cloud.seed(apps=[{"name": "some-app"}])["apps"][0]["id"]
    cloud.fault("expire_token", path="/v1/apps/", skip=1)
    play = Player(tmp_path, cloud.address, OWNER)
    env = {
        "SPICE_CLOUD_PAT": None,
        "SPICE_CLOUD_CLIENT_ID": CLIENT_ID,
        "SPICE_CLOUD_CLIENT_SECRET": "sim-client-secret",
        **TELL_ARGUMENTS,
    }
    run = play(
        [task(str(number), {"app_id": app_id, "description": str(number)}) for number in (1, 2)],
        args=["-vvvv", "--diff"],
        env=env,
        way=way,
    ).ok()
    assert {request["credential"] for request in cloud.requests(path="^/v1/")} == {"client:deployer"}
    assert cloud.unfired() == []
    assert cloud.apps()["some-app"]["description"] == "2"
    assert seen(run, play.home, (ISSUED, "sim-client-secret")) == []


@pytest.mark.both_cores
def test_what_the_processes_of_a_run_share_is_private_and_gone_afterwards(cloud, play):
    cloud.seed(apps=[{"name": "some-app"}])
    look = f"find {play.home} -path '*/spiceai_cloud*' -printf '%m %y\\n'"
    env = {
        "SPICE_CLOUD_PAT": None,
        "SPICE_CLOUD_CLIENT_ID": CLIENT_ID,
        "SPICE_CLOUD_CLIENT_SECRET": "sim-client-secret",
    }
    run = play(
        [
            {"name": "Use", "spiceai.cloud.spice_app": {"name": "some-app"}},
            {
                "name": "Look",
                "ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.pipe', \"" + look + '").splitlines() }}'},
            },
        ],
        env=env,
    ).ok()
    # A directory and three files, for nobody else: the token, the ids by name, and when the API took a request.
    assert sorted(run["Look"]["msg"]) == ["600 f", "600 f", "600 f", "700 d"]
    left = [
        path for path in play.home.rglob("*") if "spiceai_cloud" in str(path) or path.name.startswith("ansible-local-")
    ]
    assert left == []


@pytest.mark.both_cores
def test_what_is_looked_for_can_be_found(play):
    run = play([{"name": "Leak", "ansible.builtin.debug": {"msg": WORD}}]).ok()
    (play.home / WORD).mkdir()
    (play.home / "file").write_text(WORD)
    assert len(seen(run, play.home, (WORD,))) == 4
