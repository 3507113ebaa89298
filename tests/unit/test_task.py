# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module does around its own work: libraries, failures, statistics."""

from __future__ import annotations

import importlib.util
import sys

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.module_utils import _module, _yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http import transport
from ansible_collections.spiceai.cloud.plugins.module_utils._http.runtime import RuntimeClient
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun, ModuleSpec
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, CLIENT_ID, CLIENT_SECRET

RUNTIME = "https://us-east-1-prod-aws-data.spiceai.io"


@pytest.fixture
def module():
    """Makes the declaration of a module that runs this function."""
    return lambda function: ModuleSpec("spice_test", function, CONNECTION)


# -- libraries --------------------------------------------------------------------------------------------------------


def test_without_requests_the_task_says_what_to_install(http, fail, monkeypatch):
    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "Traceback: no requests")
    result = fail(name="sales")
    assert "requests" in result["msg"]
    assert "Python library" in result["msg"]
    assert f"{sys.executable} -m pip install requests" in result["msg"]
    assert result["exception"] == "Traceback: no requests"
    assert "api" not in result


@pytest.mark.parametrize(
    ("module", "library", "name"),
    [(transport, "requests", "REQUESTS_IMPORT_ERROR"), (_yaml, "yaml", "YAML_IMPORT_ERROR")],
)
def test_a_missing_library_is_no_error_before_it_is_needed(monkeypatch, module, library, name):
    monkeypatch.setitem(sys.modules, library, None)
    spec = importlib.util.spec_from_file_location("without_a_library", module.__file__)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert library in getattr(loaded, name)
    assert getattr(module, name) is None


# -- results ----------------------------------------------------------------------------------------------------------


def test_a_result_has_the_statistics(cloud, run, module):
    def read(task):
        task.client.get("/v1/regions")
        return {"changed": False}

    assert run(module(read)) == {
        "changed": False,
        "api": {"requests": 1, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0},
    }


def test_a_result_without_requests_has_them_too(run, module):
    assert run(module(lambda task: {"changed": False}))["api"] == {
        "requests": 0,
        "writes": 0,
        "retries": 0,
        "throttled": 0,
        "paced_seconds": 0,
    }


def test_check_and_diff_mode_and_options_reach_the_module(run, module):
    result = run(
        module(lambda task: {"seen": (task.check_mode, task.diff_mode, task.params["timeout"])}),
        check_mode=True,
        timeout=7,
    )
    assert result["seen"] == (True, False, 7)


def test_the_same_warning_is_told_once(run, module):
    def warn(task):
        for text in ("one", "two", "one"):
            task.warn(text)
        return {"changed": False}

    assert run(module(warn)).warnings == ["one", "two"]


def test_processes_share_by_the_folder(cloud, run, tmp_path):
    cloud.add("sales")
    for dummy in range(3):
        run(state_directory=str(tmp_path / "shared"), name="sales")
    assert cloud.paths().count("/v1/apps") == 1


# -- writes that must not be sent -------------------------------------------------------------------------------------

WRITES = {
    "create": lambda client: client.request("POST", "/v1/apps", {"name": "sales"}),
    "change": lambda client: client.request("PUT", "/v1/apps/1", {"description": "other"}),
    "roles": lambda client: client.request("PATCH", "/v1/members/100", {"roles": ["viewer"]}),
    "delete": lambda client: client.request("DELETE", "/v1/apps/1"),
    "statement": lambda client: statement(client, "DROP TABLE t", reads=False),
}


def statement(client, text, reads):
    runtime = RuntimeClient(client, "the endpoint", RUNTIME, "key-of-the-app")
    return runtime.post_text("/v1/sql", text, list, is_read=reads)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    ("name", "check_mode"), [("spice_test", True), ("spice_test_info", False), ("spice_test_info", True)]
)
def test_a_write_of_a_task_that_only_reads_or_plans_is_an_error_of_ours(cloud, http, fail, write, name, check_mode):
    cloud.add("sales", description="Orders")
    cloud.add_member("carol")
    http.post(RUNTIME + "/v1/sql", json=[])
    read_only = name.endswith("_info")
    declaration = ModuleSpec(name, lambda task: WRITES[write](task.client), CONNECTION, read_only=read_only)
    result = fail(declaration, check_mode=check_mode)
    assert result["msg"].startswith(f"{name} broke off by an error of its own (UnexpectedWrite: ")
    assert "nothing was sent" in result["msg"]
    assert "Traceback" in result["exception"]
    assert "failure" not in result
    assert len(http.calls) == 0
    assert "api" not in result
    assert cloud.apps[1]["description"] == "Orders"


@pytest.mark.parametrize("write", WRITES)
def test_the_same_write_of_a_task_that_changes_is_sent(cloud, http, run, module, write):
    cloud.add("sales")
    cloud.add_member("carol")
    http.post(RUNTIME + "/v1/sql", json=[])
    if write == "create":
        del cloud.apps[1]
    result = run(module(lambda task: {"changed": True, "answer": WRITES[write](task.client)}))
    assert result["api"] == {"requests": 1, "writes": 1, "retries": 0, "throttled": 0, "paced_seconds": 0}


@pytest.mark.parametrize("check_mode", [False, True])
def test_what_only_reads_by_a_post_is_sent_all_the_same(cloud, http, run, check_mode):
    http.post(RUNTIME + "/v1/sql", json=[{"n": 1}])

    def read(task):
        task.client.get("/v1/regions")  # with a token exchange before it
        return {"changed": False, "rows": statement(task.client, "SELECT 1", reads=True)}

    declaration = ModuleSpec("spice_test_info", read, CONNECTION, read_only=True)
    result = run(declaration, check_mode=check_mode, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    assert result["rows"] == [{"n": 1}]
    assert result["api"] == {"requests": 3, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_a_part_that_is_planned_writes_as_little(cloud, fail):
    def write(task):
        return WRITES["create"](task.part(ModuleSpec("spice_app", None, CONNECTION), {}).client)

    declaration = ModuleSpec("spice_test_info", write, CONNECTION, read_only=True)
    assert "UnexpectedWrite" in fail(declaration)["msg"]
    assert cloud.requests == []


# -- failures ---------------------------------------------------------------------------------------------------------


def test_refused_before_any_request(fail, module):
    def refuse(task):
        raise SpiceError("`name` is wrong.")

    assert fail(module(refuse)) == {"failed": True, "changed": False, "msg": "`name` is wrong."}


def test_refused_after_a_request(cloud, fail, module):
    def refuse(task):
        task.client.get("/v1/regions")
        raise SpiceError("`region` is wrong.")

    result = fail(module(refuse))
    assert result["failure"] == {"retries": 0}
    assert result["api"]["requests"] == 1


def test_bad_connection_options(fail, module):
    result = fail(module(lambda task: {}), api_url="http://example.com")
    assert set(result) == {"failed", "changed", "msg"}
    assert "`api_url`" in result["msg"]


def test_an_error_of_the_api(cloud, fail, module):
    cloud.fail("GET", "/v1/limits", (403, {"error": "no", "code": "forbidden", "details": {"formErrors": ["x"]}}))
    result = fail(module(lambda task: task.client.get("/v1/limits")))
    assert result["failure"] == {
        "status": 403,
        "code": "forbidden",
        "message": "no: x",
        "details": {"formErrors": ["x"]},
        "method": "GET",
        "path": "/v1/limits",
        "retries": 0,
    }
    assert result["changed"] is False
    assert result["api"] == {"requests": 1, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_a_connection_that_fails_is_a_failure_too(http, fail, module):
    result = fail(module(lambda task: task.client.get("/v1/limits")), retries=1)
    assert result["failure"].get("status") is None
    assert result["failure"]["retries"] == 1
    assert result["api"] == {"requests": 2, "writes": 0, "retries": 1, "throttled": 0, "paced_seconds": 0}


def test_changed_after_a_part_was_written(cloud, fail, module):
    def half(task):
        task.client.request("POST", "/v1/apps", {"name": "sales", "region": "us-east-1"})
        task.wrote = True
        task.client.get("/v1/nowhere")

    assert fail(module(half))["changed"] is True


@pytest.mark.parametrize(
    "error", [KeyError("apps"), ZeroDivisionError("x"), requests.exceptions.InvalidJSONError("y"), RecursionError("z")]
)
def test_an_error_of_ours_is_a_failure_with_a_traceback(fail, module, error):
    def broken(task):
        raise error

    result = fail(module(broken))
    assert (
        f"spice_test broke off by an error of its own ({type(error).__name__}: {error}); please report it."
        in result["msg"]
    )
    assert "Traceback" in result["exception"]
    assert result["changed"] is False


def test_what_must_not_be_shown(http, params, module, monkeypatch):
    monkeypatch.setenv("SPICE_CLOUD_CLIENT_ID", "id")
    monkeypatch.setenv("SPICE_CLOUD_CLIENT_SECRET", "secret-of-environment")
    http.post(API + "/api/oauth/token", json={"access_token": "issued-token"})
    http.get(API + "/v1/limits", json={"changed": False})
    made = ModuleRun(module(lambda task: task.client.get("/v1/limits")), params(api_url=API), False, False)
    assert made.redactor.values == set()
    assert "failed" not in made.execute()
    assert made.redactor.values == {"secret-of-environment", "issued-token"}


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}}, ["GET /v1/limits was answered with 429: retry 1 in 7 s"]),
        ({"status": 429, "headers": {"Retry-After": "2"}}, []),
    ],
)
def test_a_long_wait_before_a_retry_is_told(http, task, fake_random, answer, lines):
    fake_random.share = 0
    http.get(f"{API}/v1/limits", json={"error": "slow down"}, **answer)
    http.get(f"{API}/v1/limits", json={})
    made = task(
        ModuleSpec("spice_test", lambda run: {"changed": False, "limits": run.client.get("/v1/limits")}, CONNECTION)
    )
    assert made.execute()["limits"] == {}
    assert made.progress_lines == lines


@pytest.mark.parametrize("nasty", ["\x1b[2J", "\u202e", "\x9b1m", "\x00"])
def test_no_control_character_of_a_server_reaches_the_terminal(http, fail, module, nasty):
    details = {"fieldErrors": {"a" + nasty: ["b" + nasty * 1000]}}
    http.get(f"{API}/v1/limits", status=400, json={"error": f"no {nasty} more", "details": details})

    def ask(run):
        run.warn(f"careful {nasty}")
        run.progress(f"waits {nasty}")
        return run.client.get("/v1/limits")

    result = fail(module(ask))
    for text in (result["msg"], str(result["failure"]), *result.warnings, *result.progress_lines):
        assert nasty not in text
        assert len(text) < 2000


def test_words_of_a_server_in_a_result_hide_a_value_in_every_form(http, task, module):
    """Also in another case and cut off, and what is no prose stays what it is."""
    value = "Hunter2-a-long-Password"
    words = f"no {value}, {value.upper()} or {value[:15]}"
    part = {"name": "orders", "status": "Error", "error_message": words}
    told = {"deployment": {"error_message": words, "branch": value.lower()}, "datasets": [part], "warning": words}

    def ask(run):
        run.redactor.add(value)
        run.warn(words)
        return {"changed": False, **told}

    made = task(module(ask))
    result = made.execute()
    hidden = "no ********, ******** or ********"
    assert made.warnings == [result["warning"]] == [hidden]
    assert result["deployment"] == {"error_message": hidden, "branch": value.lower()}
    assert result["datasets"] == [{**part, "error_message": hidden}]
    assert part["error_message"] == words  # what was read stays as it is
