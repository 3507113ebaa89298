# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error is one clear sentence that says what to do, with the API's answer beside it; what can be known before the
first request is told before it.
"""

from __future__ import annotations

import pytest
import trustme
from ansible_collections.spiceai.cloud.tests.checks.plays import MAIN_MODES, Player
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, OWNER, Simulator

pytestmark = pytest.mark.both_cores

FAILURE_KEYS = {"status", "code", "message", "details", "method", "path", "retries"}
LONGEST_SENTENCE = 400
TOO_LONG = "0" * (1024 * 1024)

NO_TOKEN = {"SPICE_CLOUD_PAT": ""}
OAUTH = {"client_id": CLIENT_ID, "client_secret": "sim-client-secret"}

# Options of spice_app (``environment`` is of the task), and words of the message. No request is sent for them.
BEFORE_ANY_REQUEST = {
    "unknown option": ({"name": "some-app", "tag": {}}, ["Unsupported parameters", "tag"]),
    "no YAML": (
        {"name": "some-app", "spicepod": "version: v1\nname: [a\nkind: Spicepod"},
        ["`spicepod` is not valid YAML", "line 3"],
    ),
    "a key twice": (
        {"name": "some-app", "spicepod": "name: a\nname: b"},
        ["`spicepod` is not valid YAML", "line 2", "'name' is given twice"],
    ),
    "invalid spicepod": (
        {"name": "some-app", "spicepod": {"version": "v1", "name": "a", "datasets": [{"name": ["x"]}]}},
        ["`spicepod.kind` is missing", "`spicepod.datasets[0].name` must be a string, not a list"],
    ),
    "no mapping": ({"name": "some-app", "spicepod": ["a"]}, ["`spicepod` must be a mapping", "not a list"]),
    "tag key": ({"name": "some-app", "tags": {"1st": "x"}}, ["`tags`: '1st' is no key", "a letter, then"]),
    "tag value": ({"name": "some-app", "tags": {"env": "a b"}}, ["`tags`", "'env'", "at most 256 letters"]),
    "our own tag": (
        {"name": "some-app", "tags": {"ansible.x": "1"}},
        ["`tags`", "belong to this collection", "'ansible.x'"],
    ),
    "short name": ({"name": "abc"}, ["`name` must have at least 4 characters", "'abc' has 3"]),
    "name with a space": ({"name": "some app"}, ["`name` takes letters, digits and dashes only", "'some app'"]),
    "no name": ({"name": None}, ["`name` or `app_id` must have a value"]),
    "two placements": (
        {"name": "some-app", "region": "us-east-1", "cluster_name": "c"},
        ["mutually exclusive", "region|cluster_name"],
    ),
    "standalone in a region": (
        {"name": "some-app", "region": "us-east-1", "standalone": True},
        ["`standalone: true` and `region` exclude each other"],
    ),
    "empty region": ({"name": "some-app", "region": ""}, ["`region` must not be empty"]),
    "replicas": ({"name": "some-app", "replicas": 11}, ["`replicas` must be from 0 to 10, not 11"]),
    "resources": ({"name": "some-app", "resources": {"limits": 2}}, ["`resources` must be a dictionary such as"]),
    "plain http": (
        {"name": "some-app", "api_url": "http://api.example.com"},
        ["`api_url` must begin with https", "loopback"],
    ),
    "plain http for tokens": (
        {"name": "some-app", "token_url": "http://example.com/t"},
        ["`token_url` must begin with https"],
    ),
    "no address": (
        {"name": "some-app", "api_url": "api.example.com"},
        ["`api_url` must be an address such as https://api.spice.ai"],
    ),
    "no credential": (
        {"name": "some-app", "environment": NO_TOKEN},
        ["No credential", "`api_token`", "SPICE_CLOUD_PAT", "SPICE_CLOUD_CLIENT_SECRET"],
    ),
    "half a client": (
        {"name": "some-app", "client_id": "some-client", "environment": NO_TOKEN},
        ["`client_secret` is missing", "SPICE_CLOUD_CLIENT_SECRET"],
    ),
    "two credentials": (
        {"name": "some-app", "api_token": "some-token", **OAUTH},
        ["mutually exclusive", "api_token|client_id"],
    ),
    "two credentials around": (
        {"name": "some-app", "environment": {"SPICE_CLOUD_CLIENT_ID": "a", "SPICE_CLOUD_CLIENT_SECRET": "b"}},
        ["The environment holds both", "SPICE_CLOUD_PAT"],
    ),
    "quoted token": (
        {"name": "some-app", "api_token": "to\nken"},
        ["`api_token` holds characters that no credential has"],
    ),
    "organization": ({"name": "some-app", "org": "a b"}, ["`org` must be the name of an organization", "'a b'"]),
    "CA": (
        {"name": "some-app", "ca_path": "/no/such/file"},
        ["`ca_path`: there is no file or directory /no/such/file"],
    ),
    "timeout": ({"name": "some-app", "timeout": 0}, ["`timeout` must not be 0"]),
}


@pytest.mark.parametrize("way", MAIN_MODES)
def test_before_the_first_request(way, play, cloud):
    # Packing takes its time, and it is the same code: there every third of them.
    table = dict(list(BEFORE_ANY_REQUEST.items())[:: 1 if way == "controller" else 3])
    run = play([task(name, options) for name, (options, dummy) in table.items()], way=way).ok()
    assert cloud.requests() == []
    wrong = {}
    for name, (dummy, words) in table.items():
        result = run[name]
        if (
            not result["failed"]
            or result["changed"]
            or {"failure", "api"} & set(result)
            or not clear(result["msg"], words)
        ):
            wrong[name] = result
    assert wrong == {}


# The seed with which the server refuses. The ids of the apps are 1001 and so on; a fault of an app's path hits one task
# only.
APPS = [
    {"name": "sales-app", "region": "us-east-1", "visibility": "private"},
    {"name": "github-app", "repository": {"name": "acme/sales"}},
    {"name": "html-app"},
    {"name": "large-app"},
    {"name": "broken-app"},
    {"name": "moved-app"},
    {"name": "limited-app"},
    {"name": "down-app"},
]
FAULTS = [
    {"kind": "html", "path": "/v1/apps/1003$", "status": 502},
    {
        "kind": "status_before",
        "method": "PUT",
        "path": "/v1/apps/1004$",
        "status": 413,
        "body": {"error": "Payload too large"},
    },
    {"kind": "truncated", "path": "/v1/apps/1005$"},
    {"kind": "redirect", "path": "/v1/apps/1006$", "location": "https://elsewhere.example.com/login"},
    {"kind": "rate_limit", "path": "/v1/apps/1007$", "retry_after": 3600},
    {"kind": "status_before", "path": "/v1/apps/1008$", "status": 500, "body": {"error": "Internal server error"}},
]

# Options of spice_app, status, code, and words of the message.
FROM_THE_SERVER = {
    "wrong token": (
        {"app_id": 1001, "api_token": "nobody"},
        401,
        None,
        ["The API refused the credential (401", "personal access token", "SPICE_CLOUD_PAT"],
    ),
    "expired token": (
        {"app_id": 1001, "api_token": "sim-pat-expired"},
        401,
        None,
        ["(401: Token expired)", "create a new personal access token"],
    ),
    "missing scope": (
        {"app_id": 1001, "visibility": "public", "api_token": "sim-pat-readonly"},
        403,
        "insufficient_scope",
        ["PUT /v1/apps/1001 was refused", "Required: apps:write", "create a credential that has this scope"],
    ),
    "role": (
        {"app_id": 1001, "visibility": "public", "api_token": "sim-pat-viewer"},
        403,
        "forbidden",
        ["ask an owner or admin", "viewers only read"],
    ),
    "foreign organization": (
        {"app_id": 1001, "org": "nowhere"},
        403,
        "org_forbidden",
        ["refused `org` 'nowhere' (403 org_forbidden)", "check the spelling"],
    ),
    "deleted organization": (
        {"app_id": 1001, "org": "initech"},
        403,
        "org_deleted",
        ["refused `org` 'initech'", "set `org` to an organization that exists"],
    ),
    "organization of a client": (
        {"app_id": 1001, "org": "globex", **OAUTH},
        403,
        "org_assertion_mismatch",
        ["refused `org` 'globex'", "leave it out, or use an OAuth client"],
    ),
    "wrong client": (
        {"app_id": 1001, "client_id": CLIENT_ID, "client_secret": "guess"},
        401,
        None,
        ["does not accept the OAuth client (401", "`client_id`, `client_secret` and `token_url`"],
    ),
    "no such id": ({"app_id": 99}, None, None, ["There is no app with `app_id` 99", "give `name`"]),
    "another organization's app": (
        {"app_id": 1001, "api_token": "sim-pat-globex"},
        None,
        None,
        ["There is no app with `app_id` 1001"],
    ),
    "region": (
        {"name": "sales-app", "region": "us-west-2"},
        None,
        None,
        ["app sales-app (id 1001) is in us-east-1 and cannot be moved to `region` us-west-2"],
    ),
    "unknown region": (
        {"name": "new-app", "region": "mars-1"},
        400,
        None,
        ["`region`: Expected one of us-east-1", "`region` mars-1 is not offered; choose one of us-east-1, us-west-2."],
    ),
    "unknown cluster": ({"name": "new-app", "cluster_name": "mars"}, 400, None, ["Cluster 'mars' not found"]),
    "connected to GitHub": (
        {"app_id": 1002, "spicepod": {"version": "v1", "kind": "Spicepod", "name": "a"}},
        409,
        "github_connected",
        ["leave `spicepod` and `spicepod_file` out, or disconnect the repository"],
    ),
    "HTML": ({"app_id": 1003, "retries": 0}, 502, None, ["a web page instead of JSON", "run the task again later"]),
    "too large for the server": (
        {"app_id": 1004, "description": "long"},
        413,
        None,
        ["Payload too large", "at most 1 MiB"],
    ),
    "too large": (
        {"app_id": 1001, "description": TOO_LONG},
        None,
        None,
        ["the API takes at most 1048576", "make `description` smaller"],
    ),
    "half an answer": ({"app_id": 1005, "retries": 0}, 200, None, ["an answer that broke off", "run the task again"]),
    "redirected": (
        {"app_id": 1006},
        302,
        None,
        ["redirected to another address, elsewhere.example.com", "does not send its credential", "check `api_url`"],
    ),
    # The run holds after this answer; the named organization keeps a pace of its own, so the other tasks do not wait.
    "rate limit": (
        {"app_id": 1007, "org": "acme"},
        429,
        None,
        ["The next retry would be in", "beyond `retry_timeout` of 120 seconds"],
    ),
    "server error": ({"app_id": 1008, "retries": 0}, 500, None, ["Internal server error", "on the server's side"]),
    "nobody listens": (
        {"app_id": 1001, "api_url": "http://127.0.0.1:1", "retries": 0},
        None,
        None,
        ["127.0.0.1:1", "Connection refused", "`api_url`"],
    ),
    "no such host": (
        {"app_id": 1001, "api_url": "https://api.spice.invalid", "retries": 0},
        None,
        None,
        ["api.spice.invalid", "`api_url`"],
    ),
    "wrong path": (
        {"app_id": 1001, "api_url": "{{ lookup('ansible.builtin.env', 'SPICE_CLOUD_API_URL') }}/nowhere"},
        404,
        None,
        ["serves neither /v1/apps nor /v1/projects", "check `api_url`"],
    ),
}
# The error was no answer to a request: the module refused what it had read.
OWN_REFUSALS = {"no such id", "another organization's app", "region", "too large"}


def test_from_the_server(play, cloud):
    cloud.reset(apps=APPS)
    before = cloud.apps()
    for fault in FAULTS:
        cloud.fault(times=0, **fault)
    run = play([task(name, options) for name, (options, *dummy) in FROM_THE_SERVER.items()]).ok()
    assert cloud.unfired() == []
    assert cloud.apps() == before
    wrong = {}
    for name, (dummy, status, code, words) in FROM_THE_SERVER.items():
        result = run[name]
        failure = result.get("failure", {})
        told = (failure.get("status"), failure.get("code"))
        if (
            not result["failed"]
            or result["changed"]
            or "retries" not in failure
            or not set(failure) <= FAILURE_KEYS
            or None in failure.values()
            or told != (status, code)
            or not clear(result["msg"], words)
            or name not in OWN_REFUSALS
            and not {"method", "path"} <= set(failure)
        ):
            wrong[name] = result
    assert wrong == {}
    assert not any(len(str(request["body"])) > 1000 for request in cloud.requests()), (
        "a body that is too large was sent"
    )


def test_a_name_in_another_case_is_used_with_a_warning(play, cloud):
    cloud.reset(apps=APPS)
    run = play([task("App", {"name": "SALES-app", "description": "Found"})]).ok()
    assert run["App"]["app"]["name"] == "sales-app"
    assert cloud.apps()["sales-app"]["description"] == "Found"
    assert len(cloud.apps()) == len(APPS)
    assert run["App"]["warnings"] == [
        "There is no app 'SALES-app'; the app 'sales-app' is used, whose name differs only in case."
    ]


def test_several_alike_are_refused(play, cloud):
    cloud.fault(
        "status_before",
        "GET",
        "/v1/apps$",
        times=0,
        status=200,
        body={"apps": [{"id": 1, "name": "Sales"}, {"id": 2, "name": "SALES"}]},
    )
    run = play([task("Present", {"name": "sales"}), task("Absent", {"name": "sales", "state": "absent"})]).ok()
    for name in ("Present", "Absent"):
        assert clear(run[name]["msg"], ["Several apps are called like sales (SALES, Sales)", "write the name exactly"])
    assert cloud.log(writes=True) == []


def test_a_name_that_is_taken_by_an_app_that_cannot_be_seen(play, cloud):
    cloud.reset(apps=APPS)
    cloud.fault("status_before", "GET", "/v1/apps$", times=0, status=200, body={"apps": []})
    run = play([task("App", {"name": "sales-app", "retries": 1})]).ok()
    assert clear(
        run["App"]["msg"],
        ["The name 'sales-app' is taken", "sees no such app", "choose another `name`, or check `org`"],
    )
    assert run["App"]["failure"]["status"] == 409
    assert not run["App"]["changed"]


def test_what_the_plan_does_not_have(play, cloud):
    cloud.reset(apps=APPS, enterprise=False, plan="community")
    run = play(
        [
            task("Image", {"app_id": 1001, "image_tag": "2.1.0"}),
            task("Tags", {"app_id": 1001, "tags": {"env": "prod"}}),
            task("New with tags", {"name": "new-app", "tags": {"env": "prod"}}),
        ]
    ).ok()
    assert clear(run["Tags"]["msg"], ["plan_limit", "change the plan"])
    assert clear(run["New with tags"]["msg"], ["plan_limit", "change the plan"])
    assert clear(run["Image"]["msg"], ["image_tag_requires_enterprise", "needs the Enterprise plan"])
    assert "new-app" not in cloud.apps()


def test_tls(tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(tmp_path / "cert.pem", append=number > 0)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    simulator = Simulator(tmp_path, "--tls-cert", tmp_path / "cert.pem", "--tls-key", tmp_path / "key.pem")
    try:
        play = Player(tmp_path, simulator.address, OWNER)
        run = play(
            [
                task("Unknown authority", {"name": "some-app"}),
                task(
                    "Wrong host",
                    {
                        "name": "some-app",
                        "api_url": simulator.address.replace("127.0.0.1", "localhost"),
                        "ca_path": str(tmp_path / "ca.pem"),
                    },
                ),
                task("Known authority", {"name": "some-app", "ca_path": str(tmp_path / "ca.pem")}),
                task("Unchecked", {"name": "some-app", "validate_certs": False}),
            ]
        ).ok()
    finally:
        simulator.stop()
    assert simulator.address.startswith("https://")
    for name in ("Unknown authority", "Wrong host"):
        assert clear(
            run[name]["msg"], ["The TLS connection to", "set `ca_path`", "`validate_certs: false` on a test system"]
        )
        assert "status" not in run[name]["failure"]
        assert run[name]["failure"]["path"] == "/v1/apps"
        assert run[name]["api"]["writes"] == 0
    assert run["Known authority"]["changed"]
    assert not run["Unchecked"]["failed"]
    assert not run["Unchecked"]["changed"]
    assert run.warnings() == []


def task(name, options):
    """A task of spice_app that may fail."""
    options = dict(options)
    environment = options.pop("environment", {})
    return {"name": name, "spiceai.cloud.spice_app": options, "environment": environment, "ignore_errors": True}


def clear(message, words):
    """bool: the message has all these words and is one sentence for people (what Ansible itself says of arguments
    aside).
    """
    plain = (
        "\n" not in message
        and len(message) <= LONGEST_SENTENCE
        and "Traceback" not in message
        and "object at" not in message
    )
    ours = "`" in message or message.endswith((".", ")"))
    ansibles = message.startswith(("Unsupported parameters", "parameters are mutually exclusive"))
    return all(word in message for word in words) and (ansibles or (plain and ours))
