# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches, questions that become SQL, and chat."""

import pytest


@pytest.fixture
def ask(sim, pod):
    """Asks the runtime of an app that is deployed."""
    sim.seed(apps=[{"name": "my-app", "deployed": True, "spicepod": pod, "api_key": "key"}])

    def post(path, body, **headers):
        return sim.raw("POST", f"/runtime/1001/v1/{path}", headers={"X-API-Key": "key", **headers}, json=body)

    return post


def user(text):
    return {"model": "assistant", "messages": [{"role": "user", "content": text}]}


def test_search(sim, ask):
    found = ask("search", {"text": "tokyo"}).json()
    assert set(found) == {"results", "duration_ms"}
    assert [one["dataset"] for one in found["results"]] == ["customers", "orders"]
    assert set(found["results"][0]) == {"matches", "data", "primary_key", "score", "dataset"}
    assert [one["dataset"] for one in ask("search", {"text": "x", "datasets": ["Orders"]}).json()["results"]] == [
        "orders"
    ]
    assert len(ask("search", {"text": "x", "limit": 1}).json()["results"]) == 1
    assert ask("search", {"text": "x", "datasets": ["nothing"]}).status_code == 400
    assert ask("search", {"query": "x"}).status_code == 422
    sim.seed(search={"nothing like it": []})
    assert ask("search", {"text": "Nothing like it"}).json()["results"] == []


def test_nsql(sim, ask):
    assert ask("nsql", {"query": "How many orders are there?"}).json() == [{"count": 3}]
    assert ask("nsql", {"query": "How many orders are there?", "model": "other"}).status_code == 404
    assert ask("nsql", {"query": "Why?"}).status_code == 400
    sim.seed(nsql={"Why?": [{"because": 1}]})
    kind = "application/vnd.spiceai.nsql.v1+json"
    found = ask("nsql", {"query": "Why?"}, Accept=kind).json()
    assert (set(found), found["data"]) == ({"row_count", "schema", "data", "sql"}, [{"because": 1}])


def test_chat(sim, ask):
    found = ask("chat/completions", user("hello")).json()
    assert (found["object"], found["choices"][0]["message"]["content"]) == ("chat.completion", "You asked: hello")
    sim.seed(apps=[{"name": "my-app", "chat": {"Hello": "Good day", "quiet": None}}])
    answers = [
        ask("chat/completions", user(text)).json()["choices"][0]["message"]["content"] for text in ("hello", "quiet")
    ]
    assert answers == ["Good day", None]
    refused = ask("chat/completions", {**user("hello"), "model": "other"})
    assert (refused.status_code, refused.text) == (404, "model 'other' not found")
    assert ask("chat/completions", {**user("hello"), "stream": True}).status_code == 400
    sim.seed(dataset_errors={"assistant": "no key"})
    assert ask("chat/completions", user("hello")).status_code == 404


def test_they_need_the_key_and_a_deployment(sim, ask):
    for path, body in (("search", {"text": "x"}), ("nsql", {"query": "orders"}), ("chat/completions", user("x"))):
        assert ask(path, body, **{"X-API-Key": "wrong"}).status_code == 401
    sim.ok("POST", "/v1/apps/1001/pause")
    assert ask("search", {"text": "x"}).status_code == 503


def test_a_fault_hits_them_too(sim, ask):
    sim.fault("status_before", method="POST", path="/v1/chat/completions$", status=501)
    assert ask("chat/completions", user("x")).status_code == 501
