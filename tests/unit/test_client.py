# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request and its repeats: headers, answers, errors, pauses, paging.

(Tokens and the network have files of their own.)
"""

from __future__ import annotations

import email.utils
import json
import re
import socket
import types
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
import urllib3
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http import answers, transport
from ansible_collections.spiceai.cloud.plugins.module_utils._version import VERSION
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, PAT

APP = API + "/v1/apps/7"
SAFE_METHODS = ("GET", "PUT", "PATCH", "DELETE")
ALL_METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST")


def send(client, method="GET", path="/v1/apps/7", body=None):
    return client.request(method, path, body if body is not None or method in ("GET", "DELETE") else {"name": "sales"})


def failed(client, method="GET", **more):
    with pytest.raises(ApiError) as caught:
        send(client, method, **more)
    return caught.value


def refused_connection():
    pool = urllib3.HTTPSConnectionPool("api.test")
    cause = urllib3.exceptions.NewConnectionError(pool, "Failed to establish a new connection")
    cause.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/v1/apps/7", cause))


def unknown_host():
    system = socket.gaierror(-2, "Name or service not known")
    cause = urllib3.exceptions.NameResolutionError("api.test", None, system)
    cause.__cause__ = system
    return requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/v1/apps/7", cause))


def reset_connection():
    system = ConnectionResetError(104, "Connection reset by peer")
    return requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", system))


NEVER_SENT = [
    refused_connection,
    unknown_host,
    lambda: requests.exceptions.ConnectTimeout("connect timed out"),
    lambda: requests.exceptions.ProxyError(OSError(111, "Connection refused")),
]
MAYBE_SENT = [
    reset_connection,
    lambda: requests.exceptions.ReadTimeout("read timed out"),
    lambda: requests.exceptions.ChunkedEncodingError("broken"),
    lambda: requests.exceptions.SSLError(OSError(0, "UNEXPECTED_EOF_WHILE_READING")),
]


# -- what is sent -----------------------------------------------------------------------------------------------------


def test_headers_of_a_personal_access_token(http, client):
    http.get(APP, json={"id": 7})
    assert send(client()) == {"id": 7}
    headers = http.calls[0].request.headers
    assert headers["Authorization"] == "Bearer " + PAT
    assert headers["User-Agent"] == f"spiceai.cloud/{VERSION} (spice_app)"
    assert headers["Accept"] == "application/json"
    assert "X-Org-Name" not in headers
    assert "x-vercel-protection-bypass" not in headers


def test_body_is_json(http, client):
    http.put(APP, json={})
    send(client(), "PUT", body={"description": "größe", "image_tag": None, "replicas": 0})
    request = http.calls[0].request
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {"description": "größe", "image_tag": None, "replicas": 0}


def test_no_body_for_none(http, client):
    http.delete(APP, status=204)
    assert send(client(), "DELETE") is None
    assert http.calls[0].request.body is None


def test_query(http, client):
    http.get(API + "/v1/regions", json={})
    client().get("/v1/regions", {"env": "prod & dev"})
    assert http.calls[0].request.url == API + "/v1/regions?env=prod+%26+dev"


def test_options_reach_requests(http, client, tmp_path):
    http.get(APP, json={})
    send(client(timeout=7, ca_path=str(tmp_path)))
    sent = http.calls[0].request.req_kwargs
    assert sent["timeout"] == 7
    assert sent["verify"] == str(tmp_path)


def test_stats_count_what_was_sent(http, client):
    made = client()
    assert made.stats() == {"requests": 0, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}
    http.get(APP, json={})
    http.put(APP, status=503)
    http.put(APP, json={})
    http.delete(APP, status=204)
    http.post(APP, json={})
    for method in ("GET", "PUT", "DELETE", "POST"):
        send(made, method)
    assert made.stats() == {"requests": 5, "writes": 4, "retries": 1, "throttled": 0, "paced_seconds": 0}


# -- a body that is too large -----------------------------------------------------------------------------------------


def test_a_body_over_1_mib_is_refused_before_it_is_sent_and_names_its_largest_field(http, client):
    made = client()
    with pytest.raises(SpiceError, match="`spicepod`"):
        send(made, "PUT", body={"description": "x" * 500, "spicepod": {"a": "x" * 1024 * 1024}, "tags": {}})
    assert made.stats() == {"requests": 0, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_a_body_of_exactly_1_mib_is_sent(http, client):
    http.put(APP, json={})
    body = {"a": ""}
    body["a"] = "x" * (1024 * 1024 - len(json.dumps(body)))
    send(client(), "PUT", body=body)
    assert len(http.calls[0].request.body) == 1024 * 1024
    with pytest.raises(SpiceError, match=str(1024 * 1024 + 1)):
        send(client(), "PUT", body={"a": body["a"] + "x"})


# -- organization -----------------------------------------------------------------------------------------------------


def test_the_organization_is_named_in_every_request(http, client):
    http.get(APP, json={})
    made = client(org="Acme")
    send(made)
    send(made)
    assert [urlsplit(call.request.url).path for call in http.calls] == ["/v1/apps/7", "/v1/apps/7"]
    assert {call.request.headers["X-Org-Name"] for call in http.calls} == {"Acme"}


@pytest.mark.parametrize(
    ("status", "code", "words", "advice"),
    [
        (400, "invalid_org_assertion", "X-Org-Name is malformed", "letters, digits"),
        (403, "org_forbidden", "You are not a member of the requested organization", "check the spelling"),
        (403, "org_assertion_mismatch", "The client belongs to another organization", "leave it out"),
        (403, "org_deleted", "The organization was deleted", "set `org` to an organization that exists"),
    ],
)
def test_a_refused_organization_is_named_once(http, client, status, code, words, advice):
    http.get(APP, status=status, json={"error": words + ".", "code": code})
    error = failed(client(org="acme-typo"))
    assert (error.status, error.code, error.path) == (status, code, "/v1/apps/7")
    assert str(error).startswith(f"The API refused `org` 'acme-typo' ({status} {code}): {words}; ")
    assert advice in str(error)
    assert str(error).count("acme-typo") == str(error).count(words) == 1


def test_the_organization_of_the_credential_itself_is_refused(http, client):
    http.get(APP, status=403, json={"error": "The organization was deleted", "code": "org_deleted"})
    assert str(failed(client())).startswith(
        "The API refused the credential's own organization (403 org_deleted): The organization was deleted; set `org`"
    )


# -- repeats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", SAFE_METHODS)
def test_reads_and_repeatable_writes_are_repeated(http, client, method, status):
    made = client()
    http.add(method, APP, status=status, body="busy")
    http.add(method, APP, status=status, body="busy")
    http.add(method, APP, json={"id": 7})
    assert send(made, method) == {"id": 7}
    assert made.stats()["retries"] == 2


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 410, 413, 418, 422, 501, 505])
@pytest.mark.parametrize("method", ALL_METHODS)
def test_final_answers_are_not_repeated(http, client, method, status):
    http.add(method, APP, status=status, json={"error": "no", "code": "some_code"})
    error = failed(client(), method)
    assert len(http.calls) == 1
    assert (error.status, error.code, error.api_message) == (status, "some_code", "no")
    assert (error.method, error.path, error.retries) == (method, "/v1/apps/7", 0)
    assert error.outcome_unknown == (method == "POST" and status >= 500)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_post_that_may_have_worked_is_not_repeated(http, client, status, clock):
    http.post(APP, status=status, body="broken")
    error = failed(client(), "POST")
    assert error.outcome_unknown
    assert len(http.calls) == 1
    assert clock.slept == []


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {}), (429, {"Retry-After": "3"}), (503, {"Retry-After": "3"}), (503, {"Retry-After": "0"})],
)
def test_a_post_that_surely_did_nothing_is_repeated(http, client, status, headers):
    http.post(APP, status=status, headers=headers, json={"error": "later"})
    http.post(APP, status=201, json={"id": 7})
    made = client()
    assert send(made, "POST") == {"id": 7}
    stats = made.stats()
    assert (stats["requests"], stats["writes"], stats["retries"]) == (2, 2, 1)


def test_a_post_that_is_turned_away_to_the_end_did_nothing(http, client):
    http.post(APP, status=503, headers={"Retry-After": "1"})
    error = failed(client(retries=2), "POST")
    assert not error.outcome_unknown
    assert len(http.calls) == 3


@pytest.mark.parametrize("method", ALL_METHODS)
@pytest.mark.parametrize("retries", [0, 2])
def test_a_rate_limit_uses_up_no_retries(http, client, method, retries):
    for dummy in range(retries + 4):
        http.add(method, APP, status=429)
    for dummy in range(retries if method != "POST" else 0):
        http.add(method, APP, status=502)
    http.add(method, APP, json={"id": 7})
    made = client(retries=retries, retry_timeout=1000)
    assert send(made, method) == {"id": 7}
    assert made.stats()["throttled"] == retries + 4
    assert made.stats()["retries"] == len(http.calls) - 1


@pytest.mark.parametrize("header", [{}, {"Retry-After": "0"}, {"Retry-After": "3"}])
def test_time_alone_bounds_a_rate_limit(http, client, clock, header):
    http.post(APP, status=429, headers=header, json={"error": "slow down"})
    made = client(retries=0, retry_timeout=60)
    error = failed(made, "POST")
    assert (error.status, error.outcome_unknown) == (429, False)
    assert "`retry_timeout` of 60 seconds" in str(error)
    assert sum(clock.slept) <= 60
    assert len(http.calls) > 5
    assert made.stats()["paced_seconds"] == pytest.approx(sum(clock.slept), abs=0.001)


def test_a_rate_limit_does_not_lengthen_the_pauses_after_other_failures(http, client, fake_random):
    for status in (429, 429, 429, 503, 429):
        http.get(APP, status=status)
    http.get(APP, json={"id": 7})
    assert send(client()) == {"id": 7}
    assert fake_random.bounds == [(0, bound) for bound in (0.5, 1, 2, 0.5, 4)]


def test_a_thousand_rate_limits_are_counted_without_an_overflow(http, client, fake_random):
    fake_random.share = 0.001
    for dummy in range(1100):
        http.get(APP, status=429)
    http.get(APP, json={"id": 7})
    assert send(client(retry_timeout=100_000)) == {"id": 7}


@pytest.mark.parametrize("broken", MAYBE_SENT + NEVER_SENT)
@pytest.mark.parametrize("method", SAFE_METHODS)
def test_no_answer_is_repeated_where_that_is_safe(http, client, method, broken):
    http.add(method, APP, body=broken())
    http.add(method, APP, json={"id": 7})
    assert send(client(), method) == {"id": 7}
    assert len(http.calls) == 2


@pytest.mark.parametrize("broken", NEVER_SENT)
def test_a_post_that_was_never_sent_is_repeated(http, client, broken):
    http.post(APP, body=broken())
    http.post(APP, json={"id": 7})
    assert send(client(), "POST") == {"id": 7}
    http.reset()
    http.post(APP, body=broken())
    assert not failed(client(), "POST").outcome_unknown


@pytest.mark.parametrize("broken", MAYBE_SENT)
def test_a_post_whose_answer_got_lost_is_not_repeated(http, client, broken):
    http.post(APP, body=broken())
    error = failed(client(), "POST")
    assert error.outcome_unknown
    assert error.status is None
    assert len(http.calls) == 1


@pytest.mark.parametrize("method", SAFE_METHODS)
def test_a_repeatable_write_is_never_called_unknown(http, client, method):
    http.add(method, APP, body=reset_connection())
    assert not failed(client(retries=0), method).outcome_unknown


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_number_of_repeats(http, client, retries):
    http.get(APP, status=503, json={"error": "busy"})
    made = client(retries=retries, retry_timeout=1000)
    error = failed(made)
    assert len(http.calls) == retries + 1
    assert error.retries == retries
    assert made.stats() == {
        "requests": retries + 1,
        "writes": 0,
        "retries": retries,
        "throttled": 0,
        "paced_seconds": 0,
    }


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_pauses_are_random_below_a_bound_that_doubles(http, client, clock, fake_random):
    http.get(APP, status=503)
    failed(client(retries=8, retry_timeout=1000))
    assert fake_random.bounds == [(0, bound) for bound in (0.5, 1, 2, 4, 8, 16, 20, 20)]
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 20, 20]


def test_a_pause_may_be_none_at_all(http, client, clock, fake_random):
    fake_random.share = 0
    http.get(APP, status=503)
    failed(client(retry_timeout=0))
    assert clock.slept == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("in 11 seconds", 11),
        ("11 seconds ago", 0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("nan", None),
    ],
)
def test_retry_after_is_honoured_never_sooner(http, client, clock, fake_random, header, seconds):
    if "in 11" in header:
        header = email.utils.formatdate(clock.now + 11, usegmt=True)
    elif "ago" in header:
        header = email.utils.formatdate(clock.now - 11, usegmt=True)
    http.get(APP, status=429, headers={"Retry-After": header})
    http.get(APP, json={})
    send(client())
    assert clock.slept == [0.5 if seconds is None else seconds + 0.5]
    assert fake_random.bounds == [(0, 0.5)]


def test_dates_of_any_form():
    for text in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
        assert answers.seconds_until(text) == 0
    for text in (
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "yesterday",
        "Mon, 01 Jan 99999 00:00:00 GMT",
        "Sun, 99999999999999999999 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +99999999999999",
    ):
        assert answers.seconds_until(text) is None


def test_a_retry_after_beyond_the_budget_ends_it_at_once(http, client, clock):
    http.get(APP, status=429, headers={"Retry-After": "600"}, json={"error": "slow down"})
    made = client(retry_timeout=120)
    error = failed(made)
    assert clock.slept == []
    assert error.status == 429
    assert "slow down" in str(error)
    assert "`retry_timeout` of 120 seconds" in str(error)
    assert made.stats() == {"requests": 1, "writes": 0, "retries": 0, "throttled": 1, "paced_seconds": 0}


def test_the_budget_is_the_tasks_not_the_requests(http, client, clock):
    made = client(retry_timeout=10)
    http.get(APP, status=429, headers={"Retry-After": "4"})
    http.get(APP, json={})
    http.get(API + "/v1/regions", status=429, headers={"Retry-After": "4"})
    http.get(API + "/v1/regions", json={})
    http.get(API + "/v1/limits", status=429, headers={"Retry-After": "4"})
    send(made), made.get("/v1/regions")
    with pytest.raises(ApiError, match="retry_timeout"):
        made.get("/v1/limits")
    # Between them the requests keep the pace.
    assert clock.slept.count(4.5) == 2


def test_pauses_together_stay_in_the_budget(http, client, clock):
    http.get(APP, status=503)
    failed(client(retries=100, retry_timeout=30))
    assert 10 < sum(clock.slept) <= 30


def test_a_redirect_keeps_the_count_of_repeats(http, client):
    http.get(APP, status=503)
    http.get(APP, status=307, headers={"Location": "/v1/other"})
    http.get(API + "/v1/other", status=503)
    assert failed(client(retries=1)).retries == 1


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_without_a_body_is_none(http, client, status):
    http.delete(APP, status=status)
    assert send(client(), "DELETE") is None


def test_a_read_without_an_answer_is_asked_for_again(http, client):
    # It must not pass for "there is none".
    http.get(APP, body="")
    http.get(APP, json={"id": 7})
    assert send(client()) == {"id": 7}
    http.reset()
    http.get(APP, body="")
    error = failed(client(retries=1))
    assert len(http.calls) == 2
    assert (error.status, error.outcome_unknown) == (200, False)
    assert "broke off" in str(error)


@pytest.mark.parametrize("method", SAFE_METHODS)
def test_an_answer_that_broke_off_is_asked_for_again(http, client, method):
    http.add(method, APP, body='{"id": 7, "na', content_type="application/json")
    http.add(method, APP, json={"id": 7})
    assert send(client(), method) == {"id": 7}


def test_half_an_answer_to_a_post_leaves_its_outcome_open(http, client):
    http.post(APP, body='{"id": 7, "na', content_type="application/json; charset=utf-8", status=201)
    error = failed(client(), "POST")
    assert error.outcome_unknown
    assert error.status == 201
    assert len(http.calls) == 1
    assert "broke off" in str(error)


@pytest.mark.parametrize("method", ALL_METHODS)
def test_a_web_page_under_a_success_status_is_a_wrong_address(http, client, method):
    http.add(method, APP, body=f"<html><title>Sign in</title>{PAT}</html>", content_type="text/html")
    error = failed(client(), method)
    assert len(http.calls) == 1
    assert "Sign in" in str(error)
    assert "`api_url`" in str(error)
    assert PAT not in str(error)
    assert error.outcome_unknown == (method == "POST")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            403,
            '{"error": "Insufficient scope. Required: apps:write"}',
            "(403): Insufficient scope. Required: apps:write; check the scopes",
        ),
        (
            409,
            '{"message": "changed meanwhile.", "code": "monitor_changed"}',
            "(409 monitor_changed): changed meanwhile; somebody else",
        ),
        (
            400,
            '{"error": "Invalid", "details": {"fieldErrors": {"name": ["too short", "odd"]}}}',
            "(400): Invalid: `name`: too short, odd; correct",
        ),
        (
            502,
            "<html><title>Bad Gateway</title></html>",
            "(502): a web page instead of JSON (Bad Gateway); the fault is on the server's side",
        ),
        (404, "", "(404): no reason given; check the name or id"),
        (422, "[1, 2]", "(422): [1, 2]; correct"),
        (400, "just text", "(400): just text; correct"),
    ],
)
def test_the_sentence_of_an_error(http, client, status, body, words):
    http.put(APP, status=status, body=body)
    assert ("PUT /v1/apps/7 was refused " + words) in str(failed(client(retries=0), "PUT"))


def test_a_refused_personal_access_token_fails_at_once(http, client, clock):
    http.get(APP, status=401, json={"error": "Token expired"})
    error = failed(client())
    assert len(http.calls) == 1
    assert clock.slept == []
    assert "Token expired" in str(error)
    assert "SPICE_CLOUD_PAT" in str(error)
    assert "client_id" not in str(error)


def test_secrets_that_the_server_repeats_are_masked(http, client):
    http.put(
        APP,
        status=400,
        json={
            "error": f"bad header Bearer {PAT}",
            "details": {"fieldErrors": {"x": ["got " + PAT]}, "formErrors": [PAT], "deep": {"a": [{"b": PAT}], "n": 1}},
        },
    )
    made = client()
    error = failed(made, "PUT")
    assert PAT not in str(error)
    shown = made.redactor.redact(error.as_result())
    assert PAT not in json.dumps(shown)
    assert shown["details"]["deep"] == {"a": [{"b": "********"}], "n": 1}
    assert "bad header Bearer ********" in error.api_message


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (refused_connection, ("api.test cannot be reached (Connection refused)", "`api_url`")),
        (unknown_host, ("api.test cannot be reached (Name or service not known)", "`api_url`")),
        (
            reset_connection,
            (
                "The connection to api.test broke off during GET /v1/apps/7 (Connection reset by peer)",
                "run the task again",
            ),
        ),
        (
            lambda: requests.exceptions.ReadTimeout("x"),
            ("did not answer GET /v1/apps/7 within 30 seconds", "`timeout`"),
        ),
        (
            lambda: requests.exceptions.ProxyError(OSError(111, "Connection refused")),
            ("proxy", "HTTPS_PROXY", "NO_PROXY", "Connection refused"),
        ),
        (
            lambda: requests.exceptions.SSLError(OSError(1, "WRONG_VERSION_NUMBER")),
            ("api.test speaks no TLS on that port (WRONG_VERSION_NUMBER)", "check `api_url` and its port."),
        ),
        (
            lambda: requests.exceptions.SSLError(OSError(1, "[SSL: RECORD_LAYER_FAILURE] record layer failure")),
            ("api.test speaks no TLS on that port", "check `api_url` and its port."),
        ),
        (
            lambda: requests.exceptions.SSLError(OSError(1, "SSLV3_ALERT_HANDSHAKE_FAILURE")),
            ("The TLS connection to api.test failed (SSLV3_ALERT_HANDSHAKE_FAILURE)", "`api_url`"),
        ),
    ],
)
def test_sentences_of_failed_connections(http, client, broken, words):
    http.get(APP, body=broken())
    error = failed(client(retries=0))
    for word in words:
        assert word in str(error)
    assert error.as_result() == {"method": "GET", "path": "/v1/apps/7", "retries": 0}
    assert error.__suppress_context__


# -- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/v1/moved", API + "/v1/moved", "moved"])
def test_a_read_follows_to_the_same_address(http, client, status, location):
    http.get(APP, status=status, headers={"Location": location})
    http.get(re.compile(API + "/v1/(apps/)?moved"), json={"id": 7})
    assert send(client()) == {"id": 7}
    assert http.calls[1].request.headers["Authorization"] == "Bearer " + PAT


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
def test_a_write_follows_where_it_stays_a_write(http, client, method, status):
    http.add(method, APP, status=status, headers={"Location": "/v1/moved"})
    http.add(method, API + "/v1/moved", json={"id": 7})
    assert send(client(), method, body={"a": 1}) == {"id": 7}
    assert json.loads(http.calls[1].request.body) == {"a": 1}


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_write_that_would_become_a_read_is_refused(http, client, method, status):
    http.add(method, APP, status=status, headers={"Location": "/v1/moved"})
    error = failed(client(), method)
    assert len(http.calls) == 1
    assert "redirected" in str(error)
    assert error.status == status


@pytest.mark.parametrize("method", ALL_METHODS)
@pytest.mark.parametrize(
    "location",
    [
        "https://evil.test/v1/apps/7",
        "http://api.test/v1/apps/7",
        "https://api.test:8443/v1",
        "//evil.test/",
        "ftp://api.test/",
    ],
)
def test_nothing_is_sent_to_another_address(http, client, method, location):
    http.add(method, APP, status=307, headers={"Location": location})
    error = failed(client(), method)
    assert len(http.calls) == 1
    assert "does not send its credential" in str(error)


def test_a_redirect_to_nonsense_is_an_error_like_any_other(http, client):
    http.get(APP, status=302, headers={"Location": "mailto:somebody"})
    assert failed(client()).status == 302


def test_a_circle_ends(http, client):
    http.get(APP, status=302, headers={"Location": "/v1/apps/7"})
    error = failed(client())
    assert "circle" in str(error)
    assert len(http.calls) == transport.MAX_REDIRECTS + 1


def test_a_redirect_without_location_ends(http, client):
    http.get(APP, status=304)
    assert failed(client()).status == 304


def test_the_query_is_not_repeated_after_a_redirect(http, client):
    http.get(API + "/v1/apps", status=307, headers={"Location": "/v1/projects?limit=5"})
    http.get(API + "/v1/projects", json={})
    client().get("/v1/apps", {"limit": 1000})
    assert http.calls[1].request.url == API + "/v1/projects?limit=5"


# -- paging -----------------------------------------------------------------------------------------------------------


class Lists:
    """Serves /v1/things: newest first, with what paging a server knows."""

    def __init__(self, http, count, knows=(), cap=1000, honours_limit=True, largest=1000):
        self.ids = list(range(count, 0, -1))
        self.knows, self.cap, self.honours_limit, self.largest = knows, cap, honours_limit, largest
        self.queries = []
        http.add_callback(responses.GET, API + "/v1/things", callback=self.serve)

    def serve(self, request):
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(request.url).query).items()}
        self.queries.append(query)
        if query["limit"] > self.largest:
            return 400, {}, '{"error": "limit is too large"}'
        ids = self.ids
        if "after_id" in self.knows and "after_id" in query:
            ids = [number for number in ids if not isinstance(number, int) or number < query["after_id"]]
        if "offset" in self.knows:
            ids = ids[query.get("offset", 0) :]
        if self.honours_limit:
            ids = ids[: min(query["limit"], self.cap)]
        return (
            200,
            {},
            json.dumps({"things": [{"id": number} if isinstance(number, int) else number for number in ids]}),
        )

    def read(self, client):
        return [item["id"] for page in client.pages("/v1/things", lambda answer: answer["things"]) for item in page]


@pytest.mark.parametrize("knows", [("after_id",), ("offset",), ("after_id", "offset")])
@pytest.mark.parametrize("cap", [1000, 100, 20])
@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 100, 250, 999, 1000, 1001, 2000, 2345])
def test_every_server_that_pages_is_read_to_the_end(http, client, knows, cap, count):
    lists = Lists(http, count, knows, cap)
    assert lists.read(client()) == lists.ids


@pytest.mark.parametrize("count", [0, 1, 3, 19, 21, 99, 101, 999])
@pytest.mark.parametrize("knows", [(), ("after_id",), ("offset",)])
def test_a_page_that_is_not_full_is_the_last_one(http, client, knows, count):
    lists = Lists(http, count, knows)
    assert lists.read(client()) == lists.ids
    assert lists.queries == [{"limit": 1000}]


@pytest.mark.parametrize("count", [20, 100, 1000])
@pytest.mark.parametrize(("knows", "requests"), [(("after_id",), 2), (("offset",), 3), ((), 3)])
def test_a_page_that_may_be_capped_is_asked_beyond(http, client, knows, count, requests):
    lists = Lists(http, count, knows)
    assert lists.read(client()) == lists.ids
    assert len(lists.queries) == requests


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 2500])
def test_a_server_without_paging_is_read_once_over(http, client, count):
    lists = Lists(http, count, honours_limit=False)
    assert lists.read(client()) == lists.ids
    assert len(lists.queries) == (3 if count == 1000 else 1)


@pytest.mark.parametrize("knows", [("after_id",), ("offset",), ()])
def test_entries_without_an_id_are_skipped_with_a_warning_and_count_for_the_page(http, client, knows):
    broken = [None, "x", [], {}, {"id": None}, {"id": "12"}, {"id": [1]}, {"id": True}]
    lists, warnings = Lists(http, 2500, knows, honours_limit=bool(knows)), []
    good = list(lists.ids)
    # A server that knows `after_id` lists those that have none on each page.
    lists.ids[500:500] = broken
    reader = client()
    reader.warn = warnings.append
    assert lists.read(reader) == good
    assert set(warnings) == {
        "The server lists entries under /v1/things that have no whole number as `id`; they are skipped."
    }


def test_what_is_asked_for(http, client):
    lists = Lists(http, 2500, ("after_id",))
    lists.read(client())
    assert lists.queries == [{"limit": 1000}, {"limit": 1000, "after_id": 1501}, {"limit": 1000, "after_id": 501}]


@pytest.mark.parametrize("knows", [("after_id",), ("offset",)])
@pytest.mark.parametrize("count", [0, 99, 100, 101, 250])
def test_a_server_that_refuses_so_large_a_page_is_asked_for_less(http, client, knows, count):
    lists = Lists(http, count, knows, largest=100)
    assert lists.read(client()) == lists.ids
    assert [query["limit"] for query in lists.queries] == [1000] + [100] * (len(lists.queries) - 1)


def test_a_list_that_is_refused_in_any_size_is_an_error(http, client):
    lists = Lists(http, 5, largest=10)
    with pytest.raises(ApiError) as caught:
        lists.read(client())
    assert caught.value.status == 400
    assert len(lists.queries) == 2


def test_a_reader_that_has_enough_stops_the_paging(http, client):
    lists = Lists(http, 2500, ("after_id",))
    assert len(next(client().pages("/v1/things", lambda answer: answer["things"]))) == 1000
    assert len(lists.queries) == 1


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_a_process_keeps_its_session_and_a_fork_takes_its_own(http, client, monkeypatch, tmp_path):
    def session(**options):
        return transport.session(client(**options).config)

    first = session()
    assert session() is first
    assert session(ca_path=str(tmp_path)) is not first
    assert session(api_url="https://other.test") is not first
    monkeypatch.setattr(transport, "os", types.SimpleNamespace(getpid=lambda: -1))
    assert session() is not first


def test_identity_tells_addresses_credentials_and_organizations_apart(client):
    keys = [
        made.cache_key
        for made in (
            client(),
            client(api_url="https://other.test"),
            client(api_token="another"),
            client(oauth=True),
            client(oauth=True, client_id="another"),
            client(org="acme"),
        )
    ]
    assert len(set(keys)) == len(keys)
    assert client(org="Acme").cache_key == client(org="acme").cache_key
    assert client(timeout=1, retries=0).cache_key == client().cache_key
