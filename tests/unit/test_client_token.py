# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens: one exchange a run, shared, renewed in time and after a 401."""

from __future__ import annotations

import json
import multiprocessing
import socket
import stat
import time

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http import auth, retry
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, digest
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, CLIENT_ID, CLIENT_SECRET, TOKEN_URL

APP = API + "/v1/apps/7"


class Tokens:
    """The token service: a new token each time, `token-1`, `token-2`, ...; and an app that only the tokens in `valid`
    may read.
    """

    def __init__(self, http):
        self.issued = 0
        self.valid = set()
        self.lifetime = {"expires_in": 3600}
        self.used = []
        http.add_callback("POST", TOKEN_URL, callback=self.issue)
        for method in ("GET", "POST"):
            http.add_callback(method, APP, callback=self.serve)

    def issue(self, request):
        self.issued += 1
        token = f"token-{self.issued}"
        self.valid = {token}
        return 200, {}, json.dumps(dict({"access_token": token, "token_type": "Bearer"}, **self.lifetime))

    def serve(self, request):
        token = request.headers["Authorization"].split(" ")[1]
        self.used.append((request.method, token))
        return (200, {}, "{}") if token in self.valid else (401, {}, '{"error": "Token expired"}')


@pytest.fixture
def tokens(http):
    return Tokens(http)


@pytest.fixture(params=["folder", "memory"])
def state(request, tmp_path):
    return RunState(str(tmp_path / "shared") if request.param == "folder" else None)


def read(client):
    return client.request("GET", "/v1/apps/7")


def failure(client, method="GET"):
    with pytest.raises(ApiError) as caught:
        client.request(method, "/v1/apps/7")
    assert CLIENT_SECRET not in str(caught.value)
    assert CLIENT_SECRET not in json.dumps(caught.value.as_result())
    return caught.value


# -- the exchange -----------------------------------------------------------------------------------------------------


def test_what_is_exchanged(http, client, tokens):
    made = client(oauth=True, org="acme")
    read(made)
    exchange, use = (call.request for call in http.calls)
    assert exchange.url == TOKEN_URL
    assert json.loads(exchange.body) == {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "grant_type": "client_credentials",
    }
    assert exchange.headers["Content-Type"] == "application/json"
    assert "Authorization" not in exchange.headers
    assert "X-Org-Name" not in exchange.headers
    assert use.headers["Authorization"] == "Bearer token-1"
    assert use.headers["X-Org-Name"] == "acme"


def test_the_exchange_is_no_write(client, tokens):
    made = client(oauth=True)
    read(made)
    assert made.stats() == {"requests": 2, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_the_token_becomes_a_secret(client, tokens):
    made = client(oauth=True)
    assert made.redactor.values == {CLIENT_SECRET}
    read(made)
    assert made.redactor.values == {CLIENT_SECRET, "token-1"}


def test_a_personal_access_token_is_never_exchanged(http, client):
    http.get(APP, json={})
    read(client())
    assert len(http.calls) == 1


def test_two_clients_share_one_token(client, tokens, state):
    for made in (client(state, oauth=True), client(state, oauth=True)):
        read(made)
        read(made)
    assert tokens.issued == 1


@pytest.mark.parametrize(
    "other", [{"client_id": "other"}, {"client_secret": "other-secret"}, {"token_url": TOKEN_URL + "/other"}]
)
def test_another_credential_gets_a_token_of_its_own(http, client, tokens, state, other):
    http.add_callback("POST", TOKEN_URL + "/other", callback=tokens.issue)
    read(client(state, oauth=True))
    read(client(state, oauth=True, **other))
    assert tokens.issued == 2


def test_what_lies_in_the_folder_is_private_and_holds_no_client_secret(client, tokens, tmp_path):
    read(client(RunState(str(tmp_path / "shared")), oauth=True))
    files = list((tmp_path / "shared").iterdir())
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert CLIENT_SECRET not in files[0].name + files[0].read_text()
    assert CLIENT_ID not in files[0].name


# -- renewal ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lifetime", "good_for"),
    [
        ({"expires_in": 3600}, 3540),
        ({}, 3540),
        ({"expires_in": None}, 3540),
        ({"expires_in": "soon"}, 3540),
        ({"expires_in": 120}, 60),
        ({"expires_in": 100}, 50),
        ({"expires_in": 2}, 1),
        ({"expires_in": "3600"}, 3540),
        ({"expires_in": 3600.5}, 3540.5),
    ],
)
def test_a_token_is_renewed_in_time(client, tokens, clock, state, lifetime, good_for):
    tokens.lifetime = lifetime
    made = client(state, oauth=True)
    read(made)
    clock.now += good_for - 0.25
    read(made), read(client(state, oauth=True))
    assert tokens.issued == 1
    clock.now += 0.25
    read(made)
    assert tokens.issued == 2
    read(client(state, oauth=True))
    assert tokens.issued == 2


def test_the_lifetime_counts_from_the_moment_of_asking(http, client, clock):
    def slow(request):
        clock.now += 30
        return 200, {}, '{"access_token": "token", "expires_in": 3600}'

    http.add_callback("POST", TOKEN_URL, callback=slow)
    http.get(APP, json={})
    made = client(oauth=True)
    start = clock.now
    read(made)
    assert made.auth.export_token()["renew_at"] == start + 3540


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_401_renews_once(client, tokens, state, method):
    made = client(state, oauth=True)
    read(made)
    tokens.valid = set()
    made.request(method, "/v1/apps/7")
    assert tokens.issued == 2
    assert tokens.used == [("GET", "token-1"), (method, "token-1"), (method, "token-2")]
    assert made.retry.retry_count == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_second_401_fails(http, client, clock, method):
    http.post(TOKEN_URL, json={"access_token": "token-x", "expires_in": 3600})
    http.add(method, APP, status=401, json={"error": "Invalid token format token-x"})
    made = client(oauth=True)
    error = failure(made, method)
    assert error.status == 401
    assert error.retries == 1
    assert not error.outcome_unknown
    assert made.stats()["retries"] == 1
    assert [call.request.url for call in http.calls] == [TOKEN_URL, APP, TOKEN_URL, APP]
    assert clock.slept == []
    assert "OAuth client" in str(error)
    assert "`token_url`" in str(error)
    assert "token-x" not in str(error)


def test_each_request_may_renew_once(client, tokens):
    made = client(oauth=True)
    for dummy in range(3):
        tokens.valid = set()
        read(made)
    assert tokens.issued == 3
    assert [token for dummy, token in tokens.used] == ["token-1", "token-1", "token-2", "token-2", "token-3"]


def test_a_token_that_another_process_renewed_is_taken_without_asking(client, tokens, state):
    mine, other = client(state, oauth=True), client(state, oauth=True)
    read(mine), read(other)
    tokens.valid = set()
    read(other)
    assert tokens.issued == 2
    read(mine)
    assert tokens.issued == 2
    assert tokens.used[-2:] == [("GET", "token-1"), ("GET", "token-2")]


def test_a_401_after_a_repeat_still_renews(http, client, clock):
    http.post(TOKEN_URL, json={"access_token": "token-1"})
    http.post(TOKEN_URL, json={"access_token": "token-2"})
    http.get(APP, status=503)
    http.get(APP, status=401)
    http.get(APP, status=503)
    http.get(APP, json={"id": 7})
    made = client(oauth=True)
    assert read(made) == {"id": 7}
    assert made.stats() == {"requests": 6, "writes": 0, "retries": 3, "throttled": 0, "paced_seconds": 0}


# -- failures of the exchange -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refused_client_fails_at_once(http, client, status):
    http.post(TOKEN_URL, status=status, json={"error": f"invalid_client {CLIENT_SECRET}"})
    made = client(oauth=True)
    error = failure(made)
    assert len(http.calls) == 1
    assert (error.status, error.method, error.path) == (status, "POST", "/api/oauth/token")
    assert not error.outcome_unknown
    for words in (
        "token service at " + TOKEN_URL,
        "`client_id`",
        "`client_secret`",
        "`token_url`",
        "invalid_client ********",
    ):
        assert words in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 503},
        {"status": 429, "headers": {"Retry-After": "2"}},
        {"body": requests.exceptions.ReadTimeout("x")},
        {"body": requests.exceptions.ConnectionError("x")},
        {"body": '{"access_tok', "content_type": "application/json"},
    ],
)
def test_a_passing_failure_is_repeated(http, client, clock, answer):
    http.post(TOKEN_URL, **answer)
    http.post(TOKEN_URL, json={"access_token": "token"})
    http.get(APP, json={"id": 7})
    made = client(oauth=True)
    assert read(made) == {"id": 7}
    stats = made.stats()
    assert (stats["requests"], stats["writes"], stats["retries"]) == (3, 0, 1)
    assert stats["throttled"] == (answer.get("status") == 429)
    assert len(clock.slept) == 1


def test_a_lasting_failure_ends_after_the_repeats(http, client):
    http.post(TOKEN_URL, status=502, body="<title>Bad Gateway</title>", content_type="text/html")
    error = failure(client(oauth=True, retries=2))
    assert len(http.calls) == 3
    assert (error.status, error.retries) == (502, 2)
    assert not error.outcome_unknown


def test_the_exchange_shares_the_budget_of_the_task(http, client, clock):
    http.post(TOKEN_URL, status=429, headers={"Retry-After": "50"})
    http.post(TOKEN_URL, json={"access_token": "token"})
    http.get(APP, status=429, headers={"Retry-After": "80"})
    assert "retry_timeout" in str(failure(client(oauth=True, retry_timeout=120)))
    assert clock.slept == [50.5]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"json": {"token_type": "Bearer"}}, "without an access token; check `token_url`"),
        ({"json": {"access_token": ""}}, "without an access token; check `token_url`"),
        ({"json": {"access_token": None}}, "without an access token; check `token_url`"),
        ({"json": ["x"]}, "JSON of an unknown form; check `token_url`"),
        ({"json": "x"}, "JSON of an unknown form; check `token_url`"),
    ],
)
def test_an_answer_without_a_token(http, client, answer, words):
    http.post(TOKEN_URL, **answer)
    with pytest.raises(SpiceError) as caught:
        read(client(oauth=True))
    assert words in str(caught.value)
    assert CLIENT_SECRET not in str(caught.value)
    assert len(http.calls) == 1


def test_an_empty_answer_in_place_of_a_token_is_asked_for_again(http, client, clock):
    http.post(TOKEN_URL, body="")
    assert "broke off" in str(failure(client(oauth=True, retries=2)))
    assert len(http.calls) == 3


def test_a_web_page_in_place_of_a_token_points_to_token_url(http, client):
    http.post(TOKEN_URL, body="<html><title>Sign in</title></html>", content_type="text/html")
    error = failure(client(oauth=True))
    assert "Sign in" in str(error)
    assert "`token_url`" in str(error)
    assert "`api_url`" not in str(error)
    assert len(http.calls) == 1


def test_a_token_service_that_cannot_be_reached_is_named(http, client):
    http.post("https://login.test/token", body=requests.exceptions.ConnectTimeout("x"))
    error = failure(client(oauth=True, token_url="https://login.test/token", retries=0))
    assert "login.test" in str(error)


def test_the_secret_is_not_sent_after_a_redirect_to_another_address(http, client):
    http.post(TOKEN_URL, status=307, headers={"Location": "https://evil.test/token"})
    error = failure(client(oauth=True))
    assert len(http.calls) == 1
    assert "`token_url`" in str(error)


@pytest.mark.parametrize("seconds", [5, 60])
def test_a_failed_exchange_leaves_nothing_behind_but_for_a_few_seconds(http, client, state, clock, seconds):
    http.post(TOKEN_URL, status=401)
    http.post(TOKEN_URL, json={"access_token": "token"})
    http.get(APP, json={"id": 7})
    failure(client(state, oauth=True))
    clock.now += seconds
    assert read(client(state, oauth=True)) == {"id": 7}


# -- failures that the processes of a run share -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_shared_for_a_few_seconds(http, client, state, clock, status):
    http.post(TOKEN_URL, status=status, json={"error": "invalid_client"})
    first = failure(client(state, oauth=True))
    clock.now += 4
    second = failure(client(state, oauth=True))
    assert str(second) == str(first)
    assert second.status == status
    assert len(http.calls) == 1


def test_a_passing_failure_of_another_process_counts_as_an_attempt(http, client, state, clock):
    http.post(TOKEN_URL, status=503)
    failure(client(state, oauth=True, retries=0))
    http.replace("POST", TOKEN_URL, json={"access_token": "token"})
    http.get(APP, json={"id": 7})
    made = client(state, oauth=True, retries=1)
    assert read(made) == {"id": 7}
    assert made.retry.retry_count == 1
    assert made.request_count == 2


def test_another_credential_does_not_share_it(http, client, state):
    http.post(TOKEN_URL, status=401)
    failure(client(state, oauth=True))
    failure(client(state, oauth=True, client_id="another"))
    assert len(http.calls) == 2


@pytest.mark.parametrize("option", [{"timeout": 60}, {"validate_certs": False}])
def test_another_way_to_connect_does_not_share_it(http, client, state, option):
    http.post(TOKEN_URL, status=401)
    failure(client(state, oauth=True))
    failure(client(state, oauth=True, **option))
    assert len(http.calls) == 2


@pytest.mark.parametrize("left_behind", [7, "x", [1], {}, {"token": 5, "renew_at": "x"}, {"failure": {"at": "x"}}])
def test_what_is_no_token_in_the_shared_directory_is_none(client, tokens, state, left_behind):
    made = client(state, oauth=True)
    with state.locked("token-" + digest(TOKEN_URL, CLIENT_ID, CLIENT_SECRET)) as box:
        box.value = left_behind
    assert made.auth.token() == "token-1"


def hang(make, directory, url, barrier, queue):
    retry.time = auth.time = time
    made = make(RunState(directory), oauth=True, token_url=url + "/api/oauth/token", api_url=url, timeout=1, retries=1)
    barrier.wait(60)
    try:
        made.auth.token()
    except ApiError as error:
        queue.put((error.retries, made.request_count))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_hosts_do_not_wait_for_a_hanging_token_service_one_after_the_other(client, tmp_path):
    # It takes connections and never answers.
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        context = multiprocessing.get_context("fork")
        count = 6
        barrier, queue = context.Barrier(count), context.Queue()
        args = (client, str(tmp_path / "shared"), url, barrier, queue)
        processes = [context.Process(target=hang, args=args) for dummy in range(count)]
        for process in processes:
            process.start()
        outcomes = [queue.get(timeout=60) for dummy in processes]
        for process in processes:
            process.join(60)
    assert [retries for retries, dummy in outcomes] == [1] * count
    # Each alone would send two, one after the other: twelve seconds.
    assert sum(sent for dummy, sent in outcomes) <= 4


# -- many processes ---------------------------------------------------------------------------------------------------


def fetch_token(make, folder, url, barrier, queue):
    made = make(RunState(folder), oauth=True, token_url=url + "/api/oauth/token", api_url=url)
    barrier.wait(60)
    queue.put((made.auth.token(), made.request_count))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Ansible forks beside threads, too
def test_many_processes_make_one_exchange(client, server, tmp_path):
    served = server(lambda request: (200, {}, {"access_token": "token-of-all", "expires_in": 3600}))
    context = multiprocessing.get_context("fork")
    count = 8
    barrier, queue = context.Barrier(count), context.Queue()
    processes = [
        context.Process(target=fetch_token, args=(client, str(tmp_path / "shared"), served.url, barrier, queue))
        for dummy in range(count)
    ]
    for process in processes:
        process.start()
    answers = [queue.get(timeout=60) for dummy in processes]
    for process in processes:
        process.join(60)
    assert {token for token, dummy in answers} == {"token-of-all"}
    assert sorted(sent for dummy, sent in answers) == [0] * (count - 1) + [1]
    assert len(served.requests) == 1


def test_a_token_that_ends_while_a_retry_waits_is_renewed_before_the_retry(http, client, tokens, clock):
    tokens.lifetime = {"expires_in": 60}
    http.remove("GET", APP)
    http.get(APP, status=429, headers={"Retry-After": "90"}, json={"error": "Too many requests"})
    http.add_callback("GET", APP, callback=tokens.serve)
    made = client(oauth=True)
    assert read(made) == {}
    assert tokens.used == [("GET", "token-2")]
    assert made.retry.retry_count == 1


def test_a_refusal_of_the_token_service_while_a_retry_waits_is_the_error(http, client, tokens, clock):
    tokens.lifetime = {"expires_in": 60}
    http.remove("GET", APP)
    http.get(APP, status=429, headers={"Retry-After": "90"}, json={"error": "Too many requests"})
    clock.meanwhile = [lambda: http.replace("POST", TOKEN_URL, status=401, json={"error": "invalid_client"})]
    error = failure(client(oauth=True))
    assert "does not accept the OAuth client (401: invalid_client)" in str(error)
    assert tokens.issued == 1


@pytest.mark.parametrize(
    ("environ", "cure"),
    [
        ({"SPICE_SPICEAI_TOKEN": "session"}, "sign in again with the command line of Spice.ai and set SPICE_SPICEAI"),
        ({"SPICE_API_TOKEN": "pat"}, "create a new personal access token"),
    ],
)
def test_a_refused_token_is_told_by_its_kind(http, params, environ, cure):
    client = Client(Config(params(api_url=API), environ), "spice_app")
    http.get(APP, status=401, json={"error": "Token expired"})
    with pytest.raises(ApiError) as caught:
        client.get("/v1/apps/7")
    assert cure in str(caught.value)
