# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of an app, their logs and metrics, in every form in which the API may tell them."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import spice_instance_info, spice_metric_info
from ansible_collections.spiceai.cloud.tests.unit.fake_instances import FIGURES
from ansible_collections.spiceai.cloud.tests.unit.fakes import PAT

BOTH = [spice_instance_info, spice_metric_info]
LISTS = {spice_instance_info: "instances", spice_metric_info: "metrics"}
STARTED = "2026-10-01T12:00:00.000Z"
LOG = "/v1/apps/1/instances/{}/logs"


@pytest.fixture
def app(cloud):
    cloud.add("sales")
    cloud.add_instance("old", ["old 1", "old 2"])
    cloud.add_instance("slow", ["slow 1"], status="not_ready")
    cloud.add_instance("new", ["new 1", "new 2", "new 3"], status="not_ready")
    return cloud


@pytest.fixture
def look(app, run):
    return lambda module=spice_instance_info, **options: run(module.SPEC, app_id=1, **options)


def logs(result):
    return {one["name"]: one.get("log") for one in result["instances"]}


def test_the_newest_and_those_that_are_ready_have_a_log(look, app):
    result = look(logs=2)
    assert logs(result) == {"new": ["new 2", "new 3"], "slow": None, "old": ["old 1", "old 2"]}
    assert result["instances"][0]["started_at"] == STARTED
    assert app.writes() == []


def test_without_logs_one_request_tells_all(look, app):
    assert logs(look()) == {"new": None, "slow": None, "old": None}
    assert app.paths() == ["/v1/apps/1", "/v1/apps/1/instances"]


@pytest.mark.parametrize("module", BOTH)
def test_a_paused_app_is_not_even_asked(look, app, module):
    app.apps[1]["paused_at"] = STARTED
    result = look(module)
    assert result[LISTS[module]] == []
    assert f"App sales has been paused since {STARTED}" in result.warnings[0]
    assert app.paths() == ["/v1/apps/1"]


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize("code", ["project_not_deployed", "project_paused", None])
def test_a_conflict_is_an_empty_list_and_a_warning(look, app, module, code):
    body = {"error": "The project does not run", **({"code": code} if code else {})}
    app.fail("GET", f"/v1/apps/1/{LISTS[module]}", (409, body))
    result = look(module)
    assert result[LISTS[module]] == []
    assert result.warnings == [f"Nothing runs for app sales ({code or 409}: The project does not run)."]


def test_metrics_that_are_not_found_are_none(look, app):
    app.fail("GET", "/v1/apps/1/metrics", (404, {"error": "No metrics"}))
    app.fail("GET", "/v1/apps", (200, {"apps": []}))
    result = look(spice_metric_info)
    assert (result["metrics"], len(result.warnings)) == ([], 1)


def test_an_instance_list_that_is_not_found_fails(app, fail):
    app.fail("GET", "/v1/apps/1/instances", (404, {"error": "Not found"}), (404, {"error": "Not found"}))
    assert fail(spice_instance_info.SPEC, app_id=1)["failure"]["status"] == 404


@pytest.mark.parametrize("module", BOTH)
def test_an_app_that_is_to_come_is_an_empty_list(run, module, cloud):
    result = run(module.SPEC, app="later", check_mode=True)
    assert result[LISTS[module]] == []
    assert "the plan assumes that an earlier task creates it" in result.warnings[0]


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        (spice_instance_info, {"logs": -1}, "`logs` must be 0 or more, not -1."),
        (spice_metric_info, {"window": " "}, "`window` must be a duration such as 5m"),
    ],
)
def test_what_cannot_be_right_is_refused_at_once(cloud, fail, module, options, words):
    assert words in fail(module.SPEC, app="sales", **options)["msg"]
    assert cloud.requests == []


# -- logs -------------------------------------------------------------------------------------------------------------


def test_the_plan_allows_fewer_lines(look, app):
    app.fail("GET", LOG.format("new"), (403, {"error": "Too many", "code": "plan_limit", "max_tail": 2}))
    result = look(logs=50)
    assert logs(result)["new"] == ["new 2", "new 3"]
    assert result.warnings == ["The plan allows the last 2 lines of a log, not 50 lines."]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"max_tail": 0},
        {"max_tail": 50},
        {"max_tail": "2"},
        {"max_tail": "many"},
        {"max_tail": None},
        {"max_tail": [2]},
    ],
)
def test_a_limit_that_does_not_help_is_a_failure(app, fail, more):
    app.fail("GET", LOG.format("new"), (403, {"error": "Too many", "code": "plan_limit", "details": more, **more}))
    result = fail(spice_instance_info.SPEC, app_id=1, logs=50)
    assert result["failure"]["code"] == "plan_limit"
    assert len([path for path in app.paths() if path.endswith("/logs")]) == 1


@pytest.mark.parametrize(("status", "code"), [(404, "instance_not_found"), (409, "instance_offline")])
def test_a_log_that_is_not_there_is_empty(look, app, status, code):
    app.fail("GET", LOG.format("new"), (status, {"error": "Not there", "code": code}))
    result = look(logs=5)
    assert logs(result) == {"new": [], "slow": None, "old": ["old 1", "old 2"]}
    assert result.warnings == [f"The log of instance new of app sales is not there ({code}: Not there)."]


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ({"lines": ["a", "b", "c"]}, ["b", "c"]),
        (["a", "b", "c"], ["b", "c"]),
        ({"lines": [{"timestamp": "t", "level": "info", "message": "m"}, {"message": "n"}]}, ["t info m", "n"]),
        ({"lines": [{"text": "ä"}, 5]}, ['{"text": "ä"}', "5"]),
        ({"lines": []}, []),
        ({"lines": ["x" * 2000, "a\x1b[31mred\x07"]}, ["x" * 1000, "a?[31mred?"]),
        ({"lines": ["{{ lookup('env', 'HOME') }}"]}, ["{{ lookup('env', 'HOME') }}"]),
    ],
)
def test_lines_in_every_form(look, app, answer, lines):
    app.fail("GET", LOG.format("new"), (200, answer))
    assert logs(look(logs=2))["new"] == lines


@pytest.mark.parametrize("answer", [{}, {"lines": None}, {"lines": "all"}])
def test_a_log_in_an_unknown_form(app, fail, answer):
    app.fail("GET", LOG.format("new"), (200, answer))
    assert "The log of an instance came in an unknown form" in fail(spice_instance_info.SPEC, app_id=1, logs=2)["msg"]


def test_a_token_in_a_log_is_hidden(look, app):
    app.instances[1][0]["log"] = [f"got {PAT}", PAT[:8], PAT[8:]]
    result = look(logs=9)
    assert logs(result)["new"] == ["got ********", "********", "********"]


def test_the_name_of_an_instance_is_no_path(look, app):
    app.add_instance("../../1/secrets?x=", [])
    app.fail("GET", "/v1/apps/1/instances/.*/logs", (200, {"lines": ["fine"]}))
    assert logs(look(logs=1))["../../1/secrets?x="] == ["fine"]


# -- forms ------------------------------------------------------------------------------------------------------------


def test_a_list_without_an_envelope(look, app):
    app.fail("GET", "/v1/apps/1/instances", (200, [{"name": "new"}]))
    assert look()["instances"] == [{"name": "new"}]


def test_a_broken_instance_is_skipped(look, app):
    items = [None, {"name": 5}, {"name": "new", "status": ["ready"]}, {"name": "good", "status": None}]
    app.fail("GET", "/v1/apps/1/instances", (200, {"instances": items}))
    result = look()
    assert result["instances"] == [{"name": "good", "status": None}]
    assert "The server lists instances without a usable `name`" in result.warnings[0]


def test_metrics(look, app):
    result = look(spice_metric_info, window="15m")
    assert result["metrics"] == [{"instance": name, **FIGURES} for name in ("new", "old", "slow")]
    assert result["ingestion"] == {"rows_ingested": 120, "bytes_ingested": 4800}
    assert result["cluster"] == {"active_executors_count": 0}
    assert result.warnings == []


@pytest.mark.parametrize("answer", [{}, {"metrics": None}, {"metrics": {}}, {"metrics": {}, "ingestion": None}])
def test_no_metrics(look, app, answer):
    app.fail("GET", "/v1/apps/1/metrics", (200, answer))
    result = look(spice_metric_info)
    assert result["metrics"] == []
    assert "ingestion" not in result
    assert "cluster" not in result
    assert "There are no metrics of app sales" in result.warnings[0]


def test_figures_that_are_none_are_skipped(look, app):
    app.fail("GET", "/v1/apps/1/metrics", (200, {"metrics": {"a": None, "b": {"cpu_usage_percent": None}}}))
    result = look(spice_metric_info)
    assert result["metrics"] == [{"instance": "b", "cpu_usage_percent": None}]
    assert len(result.warnings) == 1


@pytest.mark.parametrize("answer", [{"metrics": []}, {"metrics": "none"}, []])
def test_metrics_in_an_unknown_form(app, fail, answer):
    app.fail("GET", "/v1/apps/1/metrics", (200, answer))
    assert "The metrics of the app came in an unknown form" in fail(spice_metric_info.SPEC, app_id=1)["msg"]
