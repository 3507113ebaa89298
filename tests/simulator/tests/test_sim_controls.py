# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controls: log, reset, state, seed, clock, settings, command line."""

import signal
import subprocess
import sys
import time

import pytest
import requests
import trustme
from sim_client import CLIENT, Sim

from spice_simulator import cli


def test_request_log(sim):
    app = sim.app()
    sim.ok("POST", f"/v1/apps/{app['id']}/secrets", {"name": "PG", "value": "geheim"})
    sim.token()
    sim.raw("POST", "/api/oauth/token", data={"grant_type": "client_credentials", **CLIENT, "client_secret": "s3cret"})
    sim.api("GET", "/v1/apps?limit=5&x=1&x=2", headers={"User-Agent": "me/1"}, org="globex")
    sim.api("PUT", f"/v1/apps/{app['id']}", data=b"{geheim", headers={"Content-Type": "application/json"})
    log = sim.log()
    assert [entry["n"] for entry in log] == list(range(1, len(log) + 1))
    by_path = {(entry["method"], entry["path"]): entry for entry in log}
    made = by_path["POST", "/v1/apps"]
    assert made["body"] == {"name": "my-app", "region": "us-east-1"}
    assert (made["status"], made["org"], made["credential"], made["fault"]) == (201, "acme", "pat:owner", None)
    secret = by_path["POST", f"/v1/apps/{app['id']}/secrets"]
    assert secret["body"] == {"name": "PG", "value": "***"}
    exchange = by_path["POST", "/api/oauth/token"]
    assert exchange["body"]["client_secret"] == "***"
    read = by_path["GET", "/v1/apps"]
    assert (read["query"], read["user_agent"], read["org"]) == ({"limit": "5", "x": ["1", "2"]}, "me/1", "globex")
    assert by_path["PUT", f"/v1/apps/{app['id']}"]["body"] == {"unparsed_bytes": 7}
    text = sim.raw("GET", "/_sim/requests").text
    for word in ("geheim", "sim-pat", "sim-client-secret", "s3cret", "eyJ"):
        assert word not in text
    assert {entry["connection"] for entry in log} == {log[0]["connection"]}
    assert [entry["method"] for entry in sim.log(writes="true")] == ["POST", "POST", "PUT"]
    assert len(sim.log(method="get")) == 1
    assert len(sim.log(path_regex="/secrets$")) == 1
    assert sim.raw("GET", "/_sim/requests?path_regex=(").status_code == 400
    sim.control("DELETE", "/requests")
    assert sim.log() == []


def test_reset(sim):
    sim.app()
    sim.fault("html")
    sim.manual()
    sim.settings(latency_ms=1)
    sim.control("PUT", "/outcomes", [{}])
    own = {"apps": [{"name": "seeded", "tags": {"a": "b"}}]}
    answer = sim.control("POST", "/reset", {"seed": own})
    assert answer["apps"] == [{"id": 1001, "name": "seeded", "org": "acme"}]
    state = sim.control("GET", "/state")
    assert (state["clock"]["mode"], state["settings"]["latency_ms"]) == ("auto", 0)
    assert (state["outcomes"], [app["name"] for app in state["apps"]]) == ([], ["seeded"])
    assert sim.control("GET", "/faults") == {"faults": []}
    assert sim.log() == []
    for bad in ({"switches": {"paging": "odd"}}, {"odd": 1}, {"seed": {"apps": [{"name": "some-app", "org": "moon"}]}}):
        assert sim.raw("POST", "/_sim/reset", json=bad).status_code == 400
    assert len(sim.control("GET", "/state")["orgs"]) == 3


def test_seed(sim, pod):
    made = sim.seed(
        users=[{"username": "heidi"}],
        members=[{"username": "grace", "roles": ["admin"]}, {"username": "heidi", "org": "globex"}],
        orgs=[{"name": "umbrella"}],
        regions=[{"region": "eu-west-1"}],
        images=[{"name": "spiceai/spiceai:3.0.0", "tag": "3.0.0"}],
        pats=[{"token": "grace-token", "user": "grace", "name": "grace"}],
        clients=[{"client_id": "c", "client_secret": "s", "name": "robot"}],
        apps=[
            {
                "name": "full-app",
                "region": "eu-west-1",
                "spicepod": pod,
                "secrets": {"A": "1"},
                "deployed": True,
                "tags": {"a": "b"},
                "replicas": 4,
                "api_key_2": "k|2",
            },
            {"name": "alone", "standalone": True},
            {"name": "theirs", "org": "globex"},
            {"name": "texty", "spicepod": "version: v1\nkind: Spicepod\nname: t\n", "paused": True},
        ],
        secrets={"full-app": {"B": "2"}},
        filler_apps={"count": 3, "prefix": "many-"},
    )
    assert [app["name"] for app in made["apps"]] == ["full-app", "alone", "theirs", "texty"]
    assert made["filler_apps"] == {
        "count": 3,
        "first_id": 1005,
        "last_id": 1007,
        "first_name": "many-0001",
        "last_name": "many-0003",
    }
    assert [one["username"] for one in made["members"]] == ["grace", "heidi"]
    shown = sim.ok("GET", "/v1/apps/1001", token="grace-token")
    assert (shown["region"], shown["config"]["replicas"], shown["tags"]) == ("eu-west-1", 4, {"a": "b"})
    assert [one["name"] for one in sim.ok("GET", "/v1/apps/1001/secrets")["secrets"]] == ["A", "B"]
    assert sim.ok("GET", "/v1/apps/1001/deployments")["deployments"][0]["status"] == "succeeded"
    assert sim.ok("GET", "/v1/apps/1001/api-keys")["api_key_2"] == "k|2"
    assert sim.ok("PUT", "/v1/apps/1001", {"image_tag": "3.0.0"})["config"]["image_tag"] == "3.0.0"
    sim.seed(apps=[{"name": "FULL-app", "description": "changed"}])
    again = sim.ok("GET", "/v1/apps/1001")
    assert (again["description"], again["region"], again["config"]["replicas"]) == ("changed", "eu-west-1", 4)
    assert sim.seed(filler_apps=2)["filler_apps"]["last_name"] == "filler-0002"
    for bad in (
        {"apps": [{"name": "some-app", "region": "moon"}]},
        {"pats": [{"token": "t", "user": "nobody"}]},
        {"secrets": {"nothing": {"A": "b"}}},
        {"odd": 1},
        {"filler_apps": "many"},
    ):
        assert sim.raw("POST", "/_sim/seed", json=bad).status_code == 400, bad


def test_state_has_the_secrets(sim):
    app = sim.app()
    sim.ok("POST", f"/v1/apps/{app['id']}/secrets", {"name": "A", "value": "geheim"})
    state = sim.state_app("my-app")
    assert state["secrets"][0]["value"] == "geheim"
    assert state["api_key"] == sim.ok("GET", f"/v1/apps/{app['id']}/api-keys")["api_key"]


def test_clock(sim):
    clock = sim.control("PUT", "/clock", {"mode": "manual"})
    assert (clock["queued_seconds"], clock["in_progress_seconds"]) == (0.3, 0.7)
    frozen = clock["now"]
    assert sim.control("GET", "/clock")["now"] == frozen
    assert sim.advance(61)["now"] > frozen
    assert sim.raw("POST", "/_sim/clock/advance", json={"seconds": -1}).status_code == 400
    assert sim.raw("PUT", "/_sim/clock", json={"mode": "wild"}).status_code == 400
    assert sim.control("PUT", "/clock", {"mode": "auto"})["now"] > frozen


def test_auto_clock_finishes_by_itself(sim):
    app = sim.app_with_pod()
    sim.control("PUT", "/clock", {"queued_seconds": 0.02, "in_progress_seconds": 0.02})
    made = sim.deploy(app)
    end = time.monotonic() + 5
    while sim.ok("GET", f"/v1/apps/{app['id']}/deployments/{made['id']}")["status"] != "succeeded":
        assert time.monotonic() < end


def test_settings(sim):
    sim.settings(latency_ms=60)
    before = time.monotonic()
    sim.ok("GET", "/v1/apps")
    assert time.monotonic() - before >= 0.06
    sim.settings(latency_ms=0)
    assert sim.raw("PUT", "/_sim/settings", json={"odd": 1}).status_code == 400
    assert sim.raw("PUT", "/_sim/settings", json={"page_cap": 0}).status_code == 400


def test_rate_limit(sim):
    sim.settings(rate_limit={"requests": 2, "per_seconds": 30})
    answers = [sim.api("GET", "/v1/apps") for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert 0 < int(answers[2].headers["Retry-After"]) <= 30
    assert answers[2].json() == {"error": "Rate limit exceeded"}
    sim.settings(rate_limit={"requests": 0, "per_seconds": 30, "headers": False, "retry_after": False})
    silent = sim.api("GET", "/v1/apps")
    assert silent.status_code == 429
    assert not {"retry-after", "x-ratelimit-limit"} & {name.lower() for name in silent.headers}
    sim.settings(rate_limit={"requests": 1, "per_seconds": 0.05})
    sim.api("GET", "/v1/apps")
    time.sleep(0.06)
    assert sim.api("GET", "/v1/apps").status_code == 200
    sim.settings(rate_limit=None)
    assert "X-RateLimit-Limit" not in sim.api("GET", "/v1/apps").headers


def test_a_new_app_is_late_in_the_list(sim):
    sim.settings(list_delay_reads=2)
    app = sim.app()
    assert [len(sim.ok("GET", "/v1/apps")["apps"]) for _n in range(3)] == [0, 0, 1]
    assert sim.api("GET", f"/v1/apps/{app['id']}").status_code == 200


def run(*arguments, **more):
    command = [sys.executable, "-m", "spice_simulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, **more)


def test_run_a_command(tmp_path):
    seed = tmp_path / "seed.yml"
    seed.write_text("apps:\n- name: from-file\n")
    script = (
        "import os, sys, urllib.request as u; e = os.environ; assert e['SPICE_SIMULATOR'] == e['SPICE_CLOUD_API_URL'];"
        "h = {'Authorization': 'Bearer ' + e['SPICE_CLOUD_PAT']};"
        "r = u.Request(e['SPICE_CLOUD_API_URL'] + '/v1/apps', headers=h);"
        "print(u.urlopen(r).read().decode()); sys.exit(7)"
    )
    done = run("--seed", str(seed), "--run", sys.executable, "-c", script)
    assert done.returncode == 7, done.stderr
    assert "simulator listens on http://127.0.0.1:" in done.stdout
    assert '"name":"from-file"' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--host", "0.0.0.0"], "loopback"),
        (["--host", "example.com"], "loopback"),
        (["--run"], "needs a command"),
        (["--port", "70000"], "between 0 and 65535"),
        (["--seed", "nothing.yml"], "Cannot read the seed"),
        (["--tls-cert", "x"], "go together"),
        (["--tls-cert", "x", "--tls-key", "y"], "certificate"),
        (["--odd"], "unrecognized"),
    ],
)
def test_bad_usage(capsys, arguments, text):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert text in capsys.readouterr().err


def test_bad_seed_and_command(tmp_path):
    seed = tmp_path / "seed.json"
    seed.write_text('{"apps": [{"nam": "x"}]}')
    done = run("--seed", str(seed))
    assert done.returncode == 2
    assert "nam" in done.stderr
    assert "Traceback" not in done.stderr
    done = run("--run", str(tmp_path / "missing"))
    assert done.returncode == 127


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_and_address_file(tmp_path, number):
    where = tmp_path / "address"
    command = [sys.executable, "-m", "spice_simulator", "--host", "localhost", "--address-file", str(where)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 10
        while not where.exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        address = where.read_text()
        other = Sim(address)
        assert other.raw("GET", "/v1/health").status_code == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stdout.read().strip().endswith(address)
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=2)


def test_tls(tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1")
    server.cert_chain_pems[0].write_to_path(cert)
    server.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    command = [sys.executable, "-m", "spice_simulator", "--tls-cert", str(cert), "--tls-key", str(key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[-1]
        assert address.startswith("https://127.0.0.1:")
        other = Sim(address)
        other.http.verify = str(tmp_path / "authority.pem")
        assert other.raw("GET", "/v1/health").status_code == 200
        other.fault("reset_before", path="/v1/apps")
        with pytest.raises(requests.ConnectionError):
            other.api("GET", "/v1/apps")
        process.terminate()
        assert process.wait(10) == 0
