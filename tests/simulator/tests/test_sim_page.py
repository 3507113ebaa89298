# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page as it is sent: what it says, what it keeps to itself, and where its words may break."""

import re
from html import unescape

import pytest

from spice_simulator.page_app import masked
from spice_simulator.page_html import Html, element, join, span_of, words


def section(page, name, title):
    """The strings of one part of an app."""
    card = re.search(
        rf"<article[^>]*>(?:(?!</article>).)*<h3[^>]*><bdi><a[^>]*>{name}</a>.*?</article>", page, re.DOTALL
    )
    part = re.search(rf"<section><h4>{title}</h4>(.*?)</section>", card[0].replace("<wbr>", ""), re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", part[1])).split())


def show(sim, query=""):
    answer = sim.raw("GET", f"/{query}")
    assert answer.status_code == 200
    return answer.text.replace("<wbr>", "")


def test_page(sim, pod):
    bad = '<script>alert("x")</script>'
    sim.seed(
        apps=[
            {
                "name": "shown-app",
                "description": bad,
                "spicepod": {**pod, "datasets": [{"name": bad, "from": "x"}]},
                "tags": {"team": "data"},
                "secrets": {"PG_PASSWORD": "geheim"},
                "deployed": True,
            }
        ]
    )
    sim.api("GET", "/v1/apps/<b>")
    answer = sim.raw("GET", "/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    text = answer.text.replace("<wbr>", "")
    for word in ("shown-app", "us-east-1", "team=data", "PG_PASSWORD", "succeeded", "alice", "&lt;script&gt;"):
        assert word in text
    for word in ("<script", "geheim", "<b></", "sim-pat"):
        assert word not in text
    assert "frank" in show(sim, "?org=globex")
    assert "<i>" not in show(sim, "?org=<i>")
    assert [entry["path"] for entry in sim.log()] == ["/v1/apps/<b>"]


def test_no_key_no_value_and_no_token(sim, pod):
    sim.seed(
        apps=[
            {
                "name": "shown-app",
                "spicepod": pod,
                "secrets": {"PG": "value-of-the-app"},
                "linked_secrets": ["SHARED_S3_KEY"],
                "api_key": "k-1",
                "monitors": [
                    {
                        "name": "m",
                        "templateId": "http_5xx",
                        "targets": [{"type": "http", "url": "https://example.com/hook", "token": "hook-token"}],
                    }
                ],
                "deployed": True,
            }
        ]
    )
    app = sim.state_app("shown-app")
    sim.ok("POST", f"/v1/apps/{app['id']}/api-keys", {"key_number": 2})
    text = show(sim)
    second = sim.state_app("shown-app")["api_key_2"]
    for value in ("value-of-the-app", "shared key", "hook-token", "k-1", second):
        assert value not in text
    assert masked(second) in text and len(masked(second)) == 5


@pytest.mark.parametrize(
    ("key", "shown"), [("abcdef|0123456789", "abcd…"), ("abcdefgh", "ab…"), ("abc", "…"), ("", "…")]
)
def test_at_most_a_quarter_of_a_key_is_shown(key, shown):
    assert masked(key) == shown


def test_a_key_has_the_time_when_it_was_generated(sim):
    sim.manual()
    app = sim.app("keyed")
    made = sim.control("GET", "/clock")["now"][11:19]
    sim.advance(600)
    before = section(show(sim), "keyed", "API keys")
    assert before.count(made) == 1 and "Slot 2 no key never" in before
    sim.ok("POST", f"/v1/apps/{app['id']}/api-keys", {"key_number": 2})
    later = sim.control("GET", "/clock")["now"][11:19]
    after = section(show(sim), "keyed", "API keys")
    assert (after.count(made), after.count(later), after.count("never")) == (1, 1, 0)
    sim.advance(60)
    sim.ok("POST", f"/v1/apps/{app['id']}/api-keys", {"key_number": 0})
    newest = sim.control("GET", "/clock")["now"][11:19]
    assert section(show(sim), "keyed", "API keys").count(newest) == 2


@pytest.mark.parametrize(
    ("tag", "first", "second"),
    [
        (None, "no rotation recorded", "no rotation recorded"),
        ("1", "active", "spare"),
        ("2", "spare", "active"),
        ("2-publishing_none_00000000_1_a", "being replaced", "active rotation under way"),
        ("2-done_none_00000000_1_a", "spare", "active"),
        ("3", "no rotation recorded", "no rotation recorded"),
    ],
)
def test_the_active_key_is_the_one_of_the_tag(sim, tag, first, second):
    tags = {"ansible.active-api-key": tag} if tag else {}
    sim.seed(apps=[{"name": "rotated", "api_key_2": "second-key-of-the-app", "tags": tags}])
    keys = section(show(sim), "rotated", "API keys")
    assert re.fullmatch(
        rf"Slot Key Generated Use Slot 1 \S+ \S+ {first} Slot 2 seco… \S+ {second}", re.sub("^API keys ", "", keys)
    )


def test_what_a_deployment_set_for_itself_is_no_change_that_waits(sim, pod):
    sim.seed(apps=[{"name": "scaled", "spicepod": pod, "replicas": 1, "deployments": [{"replicas": 4}]}])
    compared = section(show(sim), "scaled", "What serves and what is configured")
    assert "Replicas 4 1 this deployment only" in compared
    assert "not deployed yet" not in compared
    sim.ok("PUT", f"/v1/apps/{sim.state_app('scaled')['id']}", {"image_tag": "2.0.3"})
    assert "Image default 2.0.3 not deployed yet" in section(show(sim), "scaled", "What serves and what is configured")


def test_a_paused_app_tells_what_it_served(sim, pod):
    sim.seed(apps=[{"name": "resting", "spicepod": pod, "deployed": True, "paused": True}])
    text = show(sim)
    compared = section(text, "resting", "What serves and what is configured")
    assert "Served before the pause (#5001)" in compared and "not deployed yet" not in compared
    assert "orders dataset s3://bucket/orders paused" in section(text, "resting", "Datasets and models")


def test_an_app_that_moved_to_another_cluster_serves_nothing_there(sim, pod):
    sim.seed(apps=[{"name": "moved", "spicepod": pod, "deployed": True}])
    sim.ok("PUT", f"/v1/apps/{sim.state_app('moved')['id']}", {"cluster_name": "acme-prod-east"})
    text = show(sim)
    compared = section(text, "moved", "What serves and what is configured")
    assert "Served elsewhere (#5001)" in compared
    assert "Cluster none acme-prod-east not deployed yet" in compared
    assert "orders dataset s3://bucket/orders not served here" in section(text, "moved", "Datasets and models")


def test_datasets_are_in_the_state_that_the_runtime_tells(sim, pod):
    sim.manual(queued=0, in_progress=0, ready=30)
    named = {"name": "a.b.c", "from": "s3://bucket/c"}
    sim.seed(dataset_errors={"customers": "no access"})
    app = sim.app("loading")
    sim.ok("PUT", f"/v1/apps/{app['id']}", {"spicepod": {**pod, "datasets": [*pod["datasets"], named]}})
    sim.deploy(app)
    datasets = section(show(sim), "loading", "Datasets and models")
    assert "orders dataset s3://bucket/orders Initializing" in datasets
    assert "a.b.c dataset s3://bucket/c not loaded: its name has a catalog" in datasets
    sim.advance(31)
    datasets = section(show(sim), "loading", "Datasets and models")
    assert "orders dataset s3://bucket/orders Ready" in datasets
    assert "customers dataset postgres:customers Error no access" in datasets


def test_a_linked_secret_behind_one_of_the_app_is_told(sim, pod):
    sim.seed(
        apps=[
            {
                "name": "both",
                "spicepod": pod,
                "secrets": {"SHARED_S3_KEY": "own"},
                "linked_secrets": ["SHARED_S3_KEY", "SCP_OPENAI_API_KEY"],
                "deployed": True,
            }
        ]
    )
    secrets = section(show(sim), "both", "Secrets")
    assert "SHARED_S3_KEY organization linked hidden by the app's own" in secrets
    assert "SCP_OPENAI_API_KEY platform linked deployed" in secrets


def test_settings_and_switches_that_differ_are_told(sim):
    assert "Nothing: each request gets its true answer." in show(sim)
    sim.settings(latency_ms=1)
    sim.switches(paging="offset")
    sim.control("PUT", "/outcomes", [{"status": "failed", "error_message": "<no>"}])
    text = unescape(re.sub(r"</?(b|span)[^>]*>", "", show(sim)))
    for words_ in ("latency_ms: 1", 'paging: "offset"', '"error_message": "<no>"'):
        assert words_ in text
    assert "<no>" not in show(sim)


def test_the_log_has_the_time_that_an_answer_took(sim):
    sim.api("GET", "/v1/apps")
    sim.fault("delay", seconds=0.2, path="/regions$")
    sim.api("GET", "/v1/regions")
    sim.fault("reset_before", path="/members$")
    with pytest.raises(OSError, match=r"(?i)connection|reset|aborted"):
        sim.api("GET", "/v1/members")
    quick, slow, never = sim.log()
    assert 0 <= quick["ms"] < slow["ms"] and slow["ms"] >= 200
    assert (never["status"], never["ms"]) == (None, None)
    assert "no answer" in show(sim)


def test_only_writes_on_request(sim):
    sim.app("written")
    sim.api("GET", "/v1/regions")
    rows = re.findall(
        r'<tr role="row"(?: class="write")?><th scope="row" role="rowheader" data-label="Time">', show(sim)
    )
    assert len(rows) == 2 and "write" in rows[1] and "write" not in rows[0]
    writes = show(sim, "?writes=1")
    assert "/v1/apps" in writes and "/v1/regions" not in writes
    # A link keeps what was asked for.
    assert 'href="/?org=acme&amp;writes=1&amp;still=1"' in writes


def test_a_request_to_another_organization_is_told(sim):
    sim.api("GET", "/v1/apps", org="globex")
    assert "organization globex" in show(sim)
    assert "organization globex" not in show(sim, "?org=GLOBEX")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("/v1/apps/1001", ["/", "v1/", "apps/", "1001"]),
        ("PG_PASSWORD", ["PG_", "PASSWORD"]),
        ("2.1.0-enterprise", ["2.1.0-enterprise"]),
        ("12:30:05", ["12:30:05"]),
        ("s3://bucket/a", ["s3://", "bucket/", "a"]),
        ("client:deployer", ["client:", "deployer"]),
        ("main.crm.orders", ["main.", "crm.", "orders"]),
        ("one two", ["one two"]),
        ("misconfiguration", ["misconfiguration"]),
        ("x" * 30, ["x" * 14, "x" * 14, "xx"]),
        ("ä" * 18, ["ä" * 18]),
    ],
)
def test_where_words_may_break(text, pieces):
    assert words(text).split("<wbr>") == pieces


def test_a_string_is_always_escaped():
    assert element("td", "<b>", data_label='"x"') == '<td data-label="&quot;x&quot;">&lt;b&gt;</td>'
    assert join(("<", Html("<br>"))) == "&lt;<br>"
    assert words("a\0b") == "a\ufffdb"


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0.0 s"), (9949, "9.9 s"), (10_000, "10 s"), (83_000, "1 min 23 s"), (7_380_000, "2 h 3 min")]
)
def test_durations(ms, text):
    assert span_of(ms).replace("\u00a0", " ") == text
