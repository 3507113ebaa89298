# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an app serves: its address, its key, one look, waiting, SQL."""

from __future__ import annotations

import json

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.runtime import (
    Status,
    address_of,
    serving_problems,
)
from ansible_collections.spiceai.cloud.plugins.modules import spice_runtime_info, spice_sql_query
from ansible_collections.spiceai.cloud.tests.unit.fake_runtime import ORDERS, READY, SERVED, URL, FakeRuntime
from ansible_collections.spiceai.cloud.tests.unit.fakes import PAT

LOST = requests.exceptions.ConnectionError("broke off")


@pytest.fixture
def runtime(http, cloud):
    app = cloud.add("sales", spicepod={"datasets": [ORDERS]})
    app["endpoint"] = URL + "/"
    return FakeRuntime(http)


@pytest.fixture
def look(run):
    return lambda **options: run(spice_runtime_info.SPEC, **{"app_id": 1, **options})


@pytest.fixture
def no_look(fail):
    return lambda **options: fail(spice_runtime_info.SPEC, **{"app_id": 1, **options})


@pytest.fixture
def query(run):
    return lambda text="SELECT 1", **options: run(spice_sql_query.SPEC, **{"app_id": 1, "query": text, **options})


@pytest.fixture
def no_query(fail):
    return lambda text="SELECT 1", **options: fail(spice_sql_query.SPEC, **{"app_id": 1, "query": text, **options})


@pytest.mark.parametrize(
    ("app", "address"),
    [
        ({"endpoint": URL, "cname": "c", "region": "r"}, URL),
        (
            {"endpoint": None, "cname": "us-west-2-prod-aws-data", "region": "r"},
            "https://us-west-2-prod-aws-data.spiceai.io",
        ),
        ({"region": "us-east-1"}, "https://us-east-1-prod-aws-data.spiceai.io"),
        ({"region": None, "config": {"region": "us-east-1"}}, "https://us-east-1-prod-aws-data.spiceai.io"),
    ],
)
def test_address(app, address):
    assert address_of(app) == address


def test_a_standalone_app_has_no_address(cloud, no_look):
    cloud.add("sales", region=None)
    assert "App sales is standalone" in no_look()["msg"]


@pytest.mark.parametrize("address", ["http://sales.test", "ftp://sales.test", "sales"])
def test_an_address_that_would_show_the_key_is_refused(runtime, cloud, no_look, address):
    cloud.apps[1]["endpoint"] = address
    assert no_look()["msg"].startswith("the `endpoint` of app sales must ")
    assert runtime.requests == []


@pytest.mark.parametrize("wait", [False, True])
def test_a_healthy_app_costs_three_requests_and_the_app(runtime, look, cloud, clock, wait):
    result = look(wait=wait)
    assert result["runtime"] == {
        "url": URL,
        "key_number": 1,
        "ready": True,
        "models": [],
        "datasets": [{"name": "orders", "from": "s3://b/orders", "status": "READY", "error_message": None}],
        "unavailable": [],
    }
    assert cloud.paths() == ["/v1/apps", "/v1/apps/1", "/v1/apps/1/api-keys"][-len(cloud.paths()) :]
    assert runtime.paths() == ["/v1/ready", "/v1/datasets?status=true"]
    assert result["api"] == {
        "requests": len(cloud.requests) + 2,
        "writes": 0,
        "retries": 0,
        "throttled": 0,
        "paced_seconds": 0,
    }
    assert result["changed"] is False
    assert clock.slept == []
    assert result["waited_seconds"] == 0


def test_only_the_key_is_sent_there(runtime, look, cloud):
    result = look()
    for request in runtime.requests:
        assert request.headers["X-API-Key"] == cloud.keys[1][1]
        assert "Authorization" not in request.headers
        assert PAT not in str(request.headers)
    assert cloud.keys[1][1] in result.hidden


def test_the_key_of_the_other_slot_is_hidden_too(runtime, look, cloud):
    cloud.keys[1][2] = "the second key"
    runtime.answers["/v1/datasets"] = [(200, [{**ORDERS, "status": "Ready", "error_message": "the second key"}])]
    result = look()
    assert "the second key" in result.hidden
    assert "the second key" not in str(result.shown)


def test_which_key(runtime, look, no_look, cloud):
    assert (
        "App sales has no API key 2; generate it with spiceai.cloud.spice_api_key, or give"
        in no_look(key_number=2)["msg"]
    )
    cloud.keys[1] = {1: None, 2: "the second key"}
    assert look()["runtime"]["key_number"] == 2
    assert runtime.requests[-1].headers["X-API-Key"] == "the second key"
    cloud.keys[1] = {1: None, 2: None}
    assert no_look()["msg"] == "App sales has no API key 1; generate it with spiceai.cloud.spice_api_key."


@pytest.mark.parametrize("options", [{}, {"headers": {"Retry-After": "9"}}])
def test_not_deployed_is_no_error_and_not_repeated(runtime, look, clock, options):
    runtime.answers["/v1/ready"] = runtime.answers["/v1/datasets"] = [(503, "Not deployed", options.get("headers", {}))]
    result = look()
    assert (result["runtime"]["ready"], result["runtime"]["datasets"], clock.slept) == (False, [], [])
    assert len(runtime.requests) == 2


def test_a_key_that_is_not_taken(runtime, no_look):
    runtime.answers["/v1/ready"] = [(401, "Unauthorized")]
    result = no_look()
    assert result["msg"].startswith(
        "The runtime at sales.test does not accept this API key (401: Unauthorized); a new key takes a moment"
    )
    assert result["failure"]["status"] == 401
    assert len(runtime.requests) == 1


def test_models_are_asked_for_when_wanted(runtime, look):
    runtime.answers["/v1/models"] = [(200, [{"name": "m", "from": "openai:gpt", "status": "Ready", "extra": 1}])]
    assert look(models=True, datasets=False)["runtime"]["models"] == [
        {"name": "m", "from": "openai:gpt", "status": "Ready", "error_message": None}
    ]
    assert runtime.paths() == ["/v1/ready", "/v1/models?status=true"]


GPT = {"name": "gpt", "from": "openai:gpt-5", "status": "ready", "error_message": None}


@pytest.mark.parametrize(
    ("body", "models"),
    [
        (
            {
                "object": "list",
                "data": [
                    {"id": "gpt", "object": "model", "owned_by": "openai:gpt-5", "datasets": None, "status": "ready"}
                ],
            },
            [GPT],
        ),
        ({"data": [{"id": "gpt", "owned_by": "openai:gpt-5", "status": None}]}, [{**GPT, "status": None}]),
        ({"object": "list", "data": [{"id": "gpt"}]}, [{**GPT, "from": None, "status": None}]),
        ([{"id": "gpt", "owned_by": "openai:gpt-5", "status": "ready"}], [GPT]),
        ({"data": [{"name": "gpt", "from": "openai:gpt-5", "status": "ready"}], "has_more": False}, [GPT]),
        ([{"id": "a number", "name": "gpt", "from": "openai:gpt-5", "owned_by": "x", "status": "ready"}], [GPT]),
        ({"object": "list", "data": []}, []),
    ],
)
def test_models_come_in_two_forms(runtime, look, body, models):
    runtime.answers["/v1/models"] = [(200, body)]
    assert look(models=True, wait=True)["runtime"]["models"] == models


MODEL = {"name": "gpt", "from": "openai:gpt-5"}
SERVED_MODEL = {"id": "gpt", "owned_by": "openai:gpt-5", "status": "Ready"}


@pytest.mark.parametrize(
    ("served", "words"),
    [
        ([], "model gpt is not there yet"),
        ([{**SERVED_MODEL, "id": "GPT"}], "model gpt is not there yet"),
        ([{**SERVED_MODEL, "status": "Initializing"}], "model gpt is Initializing"),
        (
            [{**SERVED_MODEL, "owned_by": "openai:gpt-4"}],
            "model gpt still comes from openai:gpt-4, not from openai:gpt-5",
        ),
        ([{**SERVED_MODEL, "status": "Error"}], "model gpt is in Error: no reason given"),
    ],
)
def test_models_of_the_spicepod_are_waited_for(runtime, cloud, look, no_look, clock, served, words):
    cloud.apps[1]["config"]["spicepod"]["models"] = [MODEL]
    runtime.answers["/v1/models"] = [(200, {"data": served}), (200, {"data": [SERVED_MODEL]})]
    if "Error" in words:
        assert words in no_look(wait=True, models=True)["msg"]
        return
    result = look(wait=True, models=True, datasets=False)
    assert [model["status"] for model in result["runtime"]["models"]] == ["Ready"]
    assert words in result.progress_lines[0]
    runtime.answers["/v1/models"] = [(200, {"data": served})]
    assert words in no_look(wait=True, models=True, datasets=False, wait_timeout=9)["msg"]
    assert look(wait=True)["runtime"]["ready"] is True  # nobody asked for the models


def test_a_model_without_a_status_is_served_when_the_runtime_is_ready(runtime, cloud, look, clock):
    cloud.apps[1]["config"]["spicepod"]["models"] = [MODEL, {"name": "other", "from": "hf:${secrets:REPO}"}]
    other = {"id": "other", "owned_by": "hf:something"}
    runtime.answers["/v1/models"] = [(200, {"data": [{**SERVED_MODEL, "status": None}, other]})]
    look(wait=True, models=True)
    assert clock.slept == []


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("Sales.Customer", "sales.customer"),
        ("my-table", '"my-table"'),
        ("2022_orders", '"2022_orders"'),
        ('a."b.c"', 'a."b.c"'),
        ("public.Orders", "orders"),
        ("Umsätze 2026", '"Umsätze 2026"'),
    ],
)
def test_a_dataset_is_found_by_the_name_that_the_runtime_gives_it(runtime, look, cloud, clock, name, served):
    cloud.apps[1]["config"]["spicepod"] = {"datasets": [{**ORDERS, "name": name}]}
    runtime.answers["/v1/datasets"] = [(200, [{**ORDERS, "name": served, "status": "Ready"}])]
    result = look(wait=True)
    assert [part["name"] for part in result["runtime"]["datasets"]] == [served]
    assert clock.slept == []


def test_a_dataset_of_another_schema_is_not_taken_for_it(runtime, no_look, cloud):
    cloud.apps[1]["config"]["spicepod"] = {"datasets": [{**ORDERS, "name": "Sales.Customer"}]}
    runtime.answers["/v1/datasets"] = [(200, [{**ORDERS, "name": "other.customer", "status": "Ready"}])]
    assert "dataset Sales.Customer is not there yet" in no_look(wait=True, wait_timeout=1)["msg"]


@pytest.mark.parametrize("trouble", [(200, {"a": 1}), (200, [None])])
def test_an_answer_of_an_unknown_form_is_waited_for_too(runtime, look, clock, trouble):
    runtime.answers["/v1/datasets"] = [trouble, SERVED]
    assert look(wait=True)["runtime"]["ready"] is True
    assert clock.slept == [2]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "<html><title>Sign in</title></html>",
            "a web page instead of JSON (Sign in); check the `endpoint` of app sales and the proxy",
        ),
        (3, "JSON of an unknown form"),
        ({"a": 1}, "answered in an unknown form"),
        ({"data": None}, "answered in an unknown form"),
        ({"data": {"orders": 1}}, "answered in an unknown form"),
        (["orders"], "answered in an unknown form"),
        ({"object": "list", "data": ["orders"]}, "answered in an unknown form"),
    ],
)
def test_what_no_runtime_answers(runtime, no_look, body, words):
    runtime.answers["/v1/datasets"] = [(200, body)]
    assert words in no_look()["msg"]


def test_words_of_the_runtime_do_not_show_the_key(runtime, no_look, cloud):
    runtime.answers["/v1/ready"] = [(200, "-" * 190 + cloud.keys[1][1])]
    result = no_look(wait=True, wait_timeout=1)
    assert "---" in result["msg"]
    assert "canary" not in result["msg"] + str(result.progress_lines)
    assert "key|" not in result["msg"] + str(result.progress_lines)


def test_a_web_page_is_not_ready(runtime, no_look):
    runtime.answers["/v1/ready"] = [(200, "<html><title>Sign in</title></html>")]
    assert "a web page instead of JSON (Sign in)" in no_look()["msg"]


def test_without_waiting_trouble_is_repeated_like_anywhere(runtime, look):
    runtime.answers["/v1/ready"] = [LOST, (502, "bad gateway"), READY]
    assert look()["api"]["retries"] == 2


TROUBLES = [
    LOST,
    (401, "Unauthorized"),
    (404, "no such app"),
    (502, "bad gateway"),
    (503, "loading"),
    (200, ""),
    (200, "<html></html>"),
    (200, "rea"),
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_passes_is_waited_for(runtime, look, clock, trouble):
    runtime.answers["/v1/ready"] = [trouble, trouble, READY]
    result = look(wait=True)
    assert result["runtime"]["ready"] is True
    assert clock.slept == [2, 3]
    assert result["waited_seconds"] == 5
    assert result["api"]["retries"] == 0
    assert len(result.progress_lines) == 1
    assert result.progress_lines[0].endswith(", 0 s of at most 300 s")


@pytest.mark.parametrize("trouble", [(403, "forbidden"), (400, "bad")])
def test_what_does_not_pass_fails_at_once(runtime, no_look, clock, trouble):
    runtime.answers["/v1/ready"] = [trouble]
    result = no_look(wait=True)
    assert clock.slept == []
    assert result["failure"]["status"] == trouble[0]
    assert result["runtime"]["ready"] is False


def test_a_rate_limit_is_kept_while_waiting(runtime, look, clock):
    runtime.answers["/v1/ready"] = [(429, "slow down", {"Retry-After": "7"}), READY]
    look(wait=True)
    assert clock.slept == [7.5]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_end_of_waiting_tells_the_last_reason(runtime, no_look, clock, trouble):
    runtime.answers["/v1/ready"] = [trouble]
    result = no_look(wait=True, wait_timeout=20)
    assert sum(clock.slept) == 20
    assert result["waited_seconds"] == 20
    assert result["msg"].startswith("App sales does not serve what it should after 20 seconds: ")
    assert result["runtime"]["ready"] is False
    assert result["runtime"]["url"] == URL


@pytest.mark.parametrize(
    ("served", "words"),
    [
        ([], "dataset orders is not there yet"),
        ([{**ORDERS, "status": "Initializing"}], "dataset orders is Initializing"),
        ([{**ORDERS, "status": "disabled"}], "dataset orders is disabled"),
        ([{**ORDERS, "status": None}], "dataset orders is in no known state"),
        (
            [{**ORDERS, "from": "s3://b/old", "status": "Error"}],
            "dataset orders still comes from s3://b/old, not from s3://b/orders",
        ),
    ],
)
def test_the_dataset_that_is_not_served_is_named(runtime, no_look, served, words):
    runtime.answers["/v1/datasets"] = [(200, served)]
    result = no_look(wait=True, wait_timeout=5)
    assert f"after 5 seconds: {words}. Deploy what is configured" in result["msg"]
    assert [part["name"] for part in result["runtime"]["datasets"]] == [part["name"] for part in served]


@pytest.mark.parametrize("ready", [READY, (503, "not ready")])
def test_a_dataset_in_error_fails_at_once(runtime, no_look, clock, ready):
    runtime.answers.update(
        {"/v1/ready": [ready], "/v1/datasets": [(200, [{**ORDERS, "status": "error", "error_message": "no access."}])]}
    )
    assert (
        no_look(wait=True)["msg"] == "App sales does not serve what it should: dataset orders is in Error: no access."
    )
    assert clock.slept == []


@pytest.mark.parametrize(
    ("wanted", "served", "count"),
    [
        ([], [], 0),
        (None, [], 0),
        (["no mapping", {"ref": "datasets/orders"}], [], 0),
        ([ORDERS], [{**ORDERS, "status": "Refreshing"}, {"name": "other", "from": "x", "status": "Error"}], 0),
        ([{**ORDERS, "enabled": False}], [], 0),
        ([{**ORDERS, "enabled": False}], [{**ORDERS, "status": "Disabled"}], 0),
        ([{"name": "orders"}], [{**ORDERS, "status": "ready"}], 0),
        ([{"name": "orders", "from": "pg:${secrets:TABLE}"}], [{**ORDERS, "status": "ready"}], 0),
        ([ORDERS, {"name": "customers", "from": "x"}], [], 2),
    ],
)
def test_serving_problems(wanted, served, count):
    app = {"name": "sales", "config": {"spicepod": {"datasets": wanted}}}
    status = Status("https://sales.test", 1, datasets=tuple({"error_message": None, **part} for part in served))
    assert len(serving_problems(app, status)) == count


@pytest.mark.parametrize(
    "app", [{"name": "a"}, {"name": "a", "config": None}, {"name": "a", "config": {"spicepod": None}}]
)
def test_an_app_without_a_spicepod_has_no_problems(app):
    assert serving_problems(app, Status("https://sales.test", 1)) == []


@pytest.mark.parametrize("option", ["wait_timeout", "poll_interval"])
def test_times_that_cannot_be_right(runtime, no_look, option):
    assert no_look(**{option: 0})["msg"].startswith(f"`{option}` must be more than 0 seconds")


# -- paused apps ------------------------------------------------------------------------------------------------------

PAUSED = "2026-11-02T08:30:00.000Z"


@pytest.mark.parametrize("datasets", [True, False])
def test_a_paused_app_is_not_waited_for(runtime, cloud, no_look, clock, datasets):
    cloud.apps[1]["paused_at"] = PAUSED
    result = no_look(wait=True, datasets=datasets)
    assert f"App sales has been paused since {PAUSED}" in result["msg"]
    assert "`paused: false` of spiceai.cloud.spice_app resumes it" in result["msg"]
    assert (result["runtime"]["ready"], result["runtime"]["url"], result["waited_seconds"]) == (False, URL, 0)
    assert runtime.requests == clock.slept == []


def test_one_look_at_a_paused_app_is_no_failure(runtime, cloud, look):
    cloud.apps[1]["paused_at"] = PAUSED
    result = look()
    assert result["runtime"]["ready"] is False
    assert [f"App sales has been paused since {PAUSED}" in text for text in result.warnings] == [True]
    assert runtime.requests == []


def test_an_app_that_is_paused_while_it_is_waited_for(runtime, cloud, no_look, clock):
    runtime.answers["/v1/ready"] = [(503, "Not deployed")]
    clock.meanwhile[:] = [lambda: cloud.apps[1].update(paused_at=PAUSED)]
    message = no_look(wait=True, wait_timeout=4)["msg"]
    assert message.startswith("App sales does not serve what it should after 4 seconds: ")
    assert f"App sales has been paused since {PAUSED}" in message
    assert "spice_deployment" not in message


@pytest.mark.parametrize("options", [{}, {"read_only": False}, {"read_only": False, "check_mode": True}])
def test_a_paused_app_is_not_queried(runtime, cloud, no_query, options):
    cloud.apps[1]["paused_at"] = PAUSED
    assert f"App sales has been paused since {PAUSED}" in no_query(**options)["msg"]
    assert runtime.requests == []


# -- SQL --------------------------------------------------------------------------------------------------------------


def test_a_query(runtime, query, cloud):
    result = query("SELECT 'ü'")
    assert (result["rows"], result["row_count"], result["changed"]) == ([{"n": 3}], 1, False)
    request = runtime.requests[0]
    assert (request.method, request.path_url, request.body) == ("POST", "/v1/sql", "SELECT 'ü'".encode())
    assert request.headers["Content-Type"].startswith("text/plain")
    assert request.headers["Accept"] == "application/json"
    assert result["api"]["writes"] == 0
    assert cloud.keys[1][1] in result.hidden


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({"row_count": 1, "schema": {"fields": []}, "data": [{"n": 3}], "execution_time_ms": 4}, [{"n": 3}]),
        ({"data": [{"n": 1}, {"n": 2}]}, [{"n": 1}, {"n": 2}]),
        ({"row_count": 0, "schema": {"fields": []}, "data": []}, []),
        ({"rowCount": 1, "schema": [{"name": "n", "type": {"name": "Int64"}}], "rows": [{"n": 3}]}, [{"n": 3}]),
        ([{"data": [1], "rows": 2}], [{"data": [1], "rows": 2}]),
        ([], []),
    ],
)
def test_rows_come_in_several_forms(runtime, query, body, rows):
    runtime.answers["/v1/sql"] = [(200, body)]
    result = query(expect=rows)
    assert (result["rows"], result["row_count"]) == (rows, len(rows))


@pytest.mark.parametrize("body", [{"data": {"n": 3}}, {"data": [3]}, {"n": 3}, {"rows": [[3]]}, {"data": None}])
@pytest.mark.parametrize("read_only", [True, False])
def test_rows_of_an_unknown_form(runtime, no_query, body, read_only):
    runtime.answers["/v1/sql"] = [(200, body)]
    result = no_query(read_only=read_only)
    lead = "" if read_only else "It is not known whether the statement was carried out"
    assert result["msg"].startswith(lead)
    assert "The runtime answered in an unknown form" in result["msg"]
    assert result["changed"] is not read_only


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "SELECT 1;",
        " -- a DROP\n /* one; more */ ((SELECT 1))",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "show tables",
        "DESCRIBE t",
        "EXPLAIN SELECT 1",
        "VALUES (1)",
        "TABLE t",
        "SELECT ';', \"insert; into\", `a;b`, $x$ ; $x$",
        "SELECT 'it''s; fine' -- ; end",
        "SELECT update FROM t",
        "SELECT 1;;",
    ],
)
def test_statements_that_read(runtime, query, text):
    assert query(text, check_mode=True)["row_count"] == 1
    assert len(runtime.requests) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DELETE FROM t", "`query` begins with DELETE, which does not read; set `read_only: false`"),
        ("-- SELECT\nDROP TABLE t", "begins with DROP"),
        ("/* SELECT */ (insert", "begins with INSERT"),
        ("'SELECT'", "begins with 'SELECT'"),
        ("SELECT 1; DELETE FROM t", "`query` holds several statements"),
        ("SELECT 1; SELECT 2", "several statements"),
        ("SELECT '\\'; DROP TABLE t", "several"),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "holds INSERT, so it may write"),
        ("EXPLAIN ANALYZE DELETE FROM t", "holds DELETE"),
        ("SELECT * INTO t FROM u", "holds INTO"),
        ("  ", "`query` must hold an SQL statement"),
        ("-- nothing", "must hold"),
        (";", "must hold"),
        ("/* SELECT", "begins with /"),
        ("(", "`query`"),
    ],
)
def test_statements_that_may_write_are_refused_before_the_first_request(runtime, no_query, cloud, text, words):
    result = no_query(text)
    assert words in result["msg"]
    assert "`query`" in result["msg"]
    assert cloud.requests == runtime.requests == []


@pytest.mark.parametrize(
    "trouble", [LOST, (500, "oops"), (503, "busy"), (200, "[{", {"Content-Type": "application/json"})]
)
def test_a_query_that_reads_is_repeated(runtime, query, trouble):
    runtime.answers["/v1/sql"] = [trouble, (200, [])]
    result = query()
    assert (result["rows"], result["api"]["retries"]) == ([], 1)


@pytest.mark.parametrize("trouble", [LOST, (500, "oops"), (504, "late")])
def test_a_statement_that_writes_is_not_repeated(runtime, no_query, trouble):
    runtime.answers["/v1/sql"] = [trouble]
    result = no_query("DELETE FROM t", read_only=False)
    assert result["msg"].startswith(
        "It is not known whether the statement was carried out: look with a query that only reads"
    )
    assert len(runtime.requests) == 1
    assert result["api"]["writes"] == 1
    assert result["changed"] is True


def test_a_statement_that_is_refused_changed_nothing(runtime, no_query):
    runtime.answers["/v1/sql"] = [(400, "table 't' not found")]
    result = no_query("DELETE FROM t", read_only=False)
    assert "table 't' not found" in result["msg"]
    assert result["changed"] is False


def test_a_statement_that_writes(runtime, query):
    result = query("DELETE FROM t; DELETE FROM u", read_only=False)
    assert result["changed"] is True
    assert result["rows"] == [{"n": 3}]
    assert result["api"]["writes"] == 1


def test_a_statement_that_writes_is_not_sent_in_check_mode(runtime, query, cloud):
    result = query("DELETE FROM t", read_only=False, check_mode=True, expect=5)
    assert (result["changed"], result["rows"], result["row_count"], runtime.requests) == (True, [], 0, [])


@pytest.mark.parametrize("module", [spice_runtime_info, spice_sql_query])
def test_a_plan_for_an_app_that_does_not_exist_yet(cloud, run, module):
    options = {"query": "SELECT 1"} if module is spice_sql_query else {"wait": True}
    result = run(module.SPEC, check_mode=True, app="sales", **options)
    assert result["changed"] is False
    assert len(result.warnings) == 1
    assert result.get("rows", []) == []
    assert not result.get("runtime", {}).get("ready")


ROWS = [{"n": 1, "a": "x"}, {"n": 2.0, "a": None}]


@pytest.mark.parametrize(
    ("expect", "rows"),
    [
        (3, [{"n": 3.0}]),
        ("3", [{"n": 3}]),
        (3.0, [{"n": 3}]),
        ("x", [{"n": "x"}]),
        (True, [{"n": True}]),
        ({"n": 3}, [{"n": 3.0}]),
        ([], []),
        ([{"a": "x", "n": 1.0}, {"n": 2}], ROWS),
    ],
)
def test_rows_as_expected(runtime, query, expect, rows):
    runtime.answers["/v1/sql"] = [(200, rows)]
    assert query(expect=expect)["rows"] == rows


@pytest.mark.parametrize(
    ("expect", "rows"),
    [
        (3, [{"n": 4}]),
        ("3", [{"n": 4}]),
        (3, [{"n": "3"}]),
        (1, [{"n": True}]),
        (3, [{"n": 3, "m": 3}]),
        (3, [{"n": 3}, {"n": 3}]),
        (3, []),
        ({"n": 3}, []),
        ([], ROWS),
        ([{"n": 3}], []),
        (list(reversed(ROWS)), ROWS),
        ({"n": 3}, [{"n": 3, "m": 1}]),
    ],
)
def test_rows_that_are_not_expected(runtime, no_query, expect, rows):
    runtime.answers["/v1/sql"] = [(200, rows)]
    result = no_query(expect=expect)
    assert f"expected {json.dumps(expect)}, found {json.dumps(rows)};" in result["msg"]
    assert (result["rows"], result["row_count"], result["changed"]) == (rows, len(rows), False)


def test_a_failure_shows_the_first_rows_only(runtime, no_query):
    runtime.answers["/v1/sql"] = [(200, [{"n": number} for number in range(7)])]
    assert '{"n": 4}] and 2 more' in no_query(expect=[])["msg"]


def test_an_expectation_that_cannot_be_right(runtime, no_query, cloud):
    assert no_query(expect=[1])["msg"].startswith("`expect` must be a list of rows")
    assert cloud.requests == []


# -- runtimes that Spice.ai Cloud does not ask ------------------------------------------------------------------------

NOT_OFFERED = (501, {"error": "Not implemented"})


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize(
    ("paths", "ready", "told"),
    [
        (("/v1/datasets",), True, ["datasets"]),
        (("/v1/ready", "/v1/datasets", "/v1/models"), None, ["ready", "datasets", "models"]),
        (("/v1/ready",), None, ["ready"]),
        (("/v1/models",), True, ["models"]),
    ],
)
def test_what_a_runtime_does_not_offer_is_a_warning_and_no_wait(runtime, look, clock, paths, ready, told, wait):
    runtime.answers.update({path: [NOT_OFFERED] for path in paths})
    result = look(wait=wait, models=True)
    assert result["runtime"]["unavailable"] == told
    assert result["runtime"]["ready"] is ready
    assert (result["runtime"]["datasets"] == []) is ("datasets" in told)
    assert [f"does not tell {', '.join(told)} (501)" in text for text in result.warnings] == [True]
    assert clock.slept == []
    assert len(runtime.requests) == 3


def test_what_it_does_offer_is_waited_for(runtime, look, clock):
    runtime.answers.update({"/v1/datasets": [NOT_OFFERED], "/v1/ready": [(503, "not ready"), READY]})
    assert look(wait=True)["runtime"]["ready"] is True
    assert len(clock.slept) == 1


def test_a_query_that_a_runtime_does_not_offer_fails_at_once(runtime, no_query, clock):
    runtime.answers["/v1/sql"] = [NOT_OFFERED]
    assert "Spice.ai Cloud does not offer this of a standalone or self-hosted app" in no_query()["msg"]
    assert clock.slept == []
