# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of fault, and what it left behind."""

import time
from email.utils import parsedate_to_datetime

import pytest
import requests

NEW = {"name": "my-app", "region": "us-east-1"}


def exists(sim):
    return sim.state_app("my-app") is not None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_reset(sim, method, when):
    sim.fault(f"reset_{when}", path="^/v1/apps$")
    with pytest.raises(requests.ConnectionError) as caught:
        sim.api(method, "/v1/apps", NEW if method == "POST" else None)
    assert "reset by peer" in str(caught.value).lower()
    assert exists(sim) == (method == "POST" and when == "after")
    assert [(entry["status"], entry["fault"]) for entry in sim.log()] == [(None, f"reset_{when}-1")]
    assert sim.api("GET", "/v1/apps").status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_status(sim, when):
    sim.fault(f"status_{when}", method="post", path="/v1/apps$", status=503, headers={"Retry-After": "1"})
    answer = sim.api("POST", "/v1/apps", NEW)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "error" in answer.json()
    assert exists(sim) == (when == "after")


def test_status_bodies(sim):
    sim.fault("status_before", status=502, body="no healthy upstream")
    sim.fault("status_before", status=400, body={"message": "m"}, content_type="application/problem+json")
    sim.fault("status_before", status=204)
    first, second, third = (sim.api("GET", "/v1/apps") for _n in range(3))
    assert (first.text, first.headers["Content-Type"]) == ("no healthy upstream", "text/plain; charset=utf-8")
    assert (second.json(), second.headers["Content-Type"]) == ({"message": "m"}, "application/problem+json")
    assert (third.status_code, third.content) == (204, b"")
    sim.fault("status_before")
    assert sim.api("GET", "/v1/apps").status_code == 500


def test_html(sim):
    sim.fault("html")
    sim.fault("html", status=200, body="<p>login</p>")
    answer = sim.api("POST", "/v1/apps", NEW)
    assert answer.status_code == 502
    assert answer.text.startswith("<html>")
    assert not exists(sim)
    assert sim.api("GET", "/v1/apps").text == "<p>login</p>"


def test_rate_limit(sim):
    for value in (3, 0.5, "date:30", None):
        sim.fault("rate_limit", retry_after=value)
    seen = [sim.api("POST", "/v1/apps", NEW) for _n in range(4)]
    assert [answer.status_code for answer in seen] == [429] * 4
    assert [answer.headers.get("Retry-After") for answer in seen[:2]] == ["3", "0.5"]
    left = parsedate_to_datetime(seen[2].headers["Retry-After"]).timestamp() - time.time()
    assert 25 < left <= 30
    assert "Retry-After" not in seen[3].headers
    assert not exists(sim)


def test_truncated(sim):
    sim.fault("truncated", path="/v1/apps$")
    answer = sim.api("POST", "/v1/apps", NEW)
    assert answer.status_code == 201
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert exists(sim)


def test_delay(sim):
    sim.fault("delay", seconds=0.2, method="POST")
    before = time.monotonic()
    assert sim.api("POST", "/v1/apps", NEW).status_code == 201
    assert time.monotonic() - before >= 0.2
    # A client that gives up early: with "before" nothing is there yet, with "after" it is.
    for when in ("before", "after"):
        sim.reset()
        sim.fault("delay", seconds=0.6, when=when, method="POST")
        with pytest.raises(requests.Timeout):
            sim.api("POST", "/v1/apps", NEW, timeout=0.2)
        assert exists(sim) == (when == "after")


def test_a_request_held_up_does_not_outlive_a_reset(sim):
    sim.fault("delay", seconds=0.3, method="POST")
    with pytest.raises(requests.Timeout):
        sim.api("POST", "/v1/apps", NEW, timeout=0.1)
    sim.reset()
    # A second, longer wait on the same clock ends after the first.
    sim.fault("delay", seconds=0.4)
    sim.api("GET", "/v1/apps")
    assert not exists(sim)


def test_expire_token(sim):
    token = sim.token()
    sim.fault("expire_token", path="^/v1/apps")
    assert sim.api("GET", "/v1/apps", token=token).json() == {"error": "Token expired"}
    assert sim.api("GET", "/v1/apps", token=token).status_code == 401
    assert sim.api("GET", "/v1/apps", token=sim.token()).status_code == 200
    sim.fault("expire_token")
    assert sim.api("POST", "/v1/apps", NEW).status_code == 401
    assert sim.api("GET", "/v1/apps").status_code == 401
    assert not exists(sim)


def test_redirect(sim):
    sim.fault("redirect", location="http://127.0.0.1:9/elsewhere")
    sim.fault("redirect", location="/v1/health", status=307)
    first, second = (sim.api("GET", "/v1/apps") for _n in range(2))
    assert (first.status_code, first.headers["Location"]) == (302, "http://127.0.0.1:9/elsewhere")
    assert (second.status_code, second.headers["Location"]) == (307, "/v1/health")


def test_counting(sim):
    made = sim.fault("status_before", name="mine", path="/v1/apps$", skip=1, times=2)
    assert (made["name"], made["fired"]) == ("mine", 0)
    assert [sim.api("GET", "/v1/apps").status_code for _n in range(5)] == [200, 500, 500, 200, 200]
    shown = sim.control("GET", "/faults")["faults"][0]
    assert (shown["matched"], shown["fired"]) == (3, 2)
    assert [entry["fault"] for entry in sim.log()] == [None, "mine", "mine", None, None]
    sim.fault("status_before", times=0)
    assert [sim.api("GET", "/v1/apps").status_code for _n in range(5)] == [500] * 5
    assert sim.api("GET", "/v1/orgs").status_code == 500
    sim.control("DELETE", "/faults")
    assert sim.api("GET", "/v1/apps").status_code == 200


def test_faults_reach_every_side(sim):
    sim.fault("status_before", path="/oauth/token$", status=503)
    assert sim.raw("POST", "/api/oauth/token", json={}).status_code == 503
    sim.fault("status_before", path="/runtime/", status=503)
    assert sim.raw("GET", "/runtime/1/v1/ready").status_code == 503
    sim.fault("status_before", times=0)
    assert sim.raw("GET", "/_sim/faults").status_code == sim.raw("GET", "/").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "odd"},
        {"kind": "html", "path": "("},
        {"kind": "redirect"},
        {"kind": "html", "tims": 1},
        {"kind": "rate_limit", "retry_after": "soon"},
        {"kind": "html", "headers": {"A b": "c"}},
        {"kind": "html", "times": -1},
        {"kind": "status_before", "status": 99},
    ],
)
def test_bad_orders(sim, body):
    assert sim.raw("POST", "/_sim/faults", json=body).status_code == 400
