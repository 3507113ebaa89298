# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitors: what is created, changed and deleted, what counts as the same, and that no token is ever shown."""

from __future__ import annotations

import copy

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_monitor, spice_monitor_info

APP, CLUSTER = {"app_id": 1}, {"cluster_name": "acme-prod"}
BASIC = {"name": "failing", "template": "http_5xx", "op": "GT", "threshold": 0}
HOT = {"name": "hot", "template": "cluster_cpu", "op": "GT", "threshold": 85}
HOOK = {"type": "http", "url": "https://hooks.example.com/spice"}
TOKEN, OTHER = "first-token-0123", "other-token-4567"
WHOLE = {
    "op": "GT",
    "threshold": 0,
    "window": "5m",
    "sustainSecs": 0,
    "severity": "critical",
    "includeDetails": False,
}


def given(options):
    """dict: the options of a task; one that is None is not given."""
    return {name: value for name, value in {**APP, **BASIC, **options}.items() if value is not None}


def lost():
    return requests.exceptions.ConnectionError("lost")


@pytest.fixture
def app(cloud):
    return cloud.add("sales")


@pytest.fixture
def write(app, run):
    return lambda **options: run(spice_monitor.SPEC, **given(options))


@pytest.fixture
def refuse(app, fail):
    return lambda **options: fail(spice_monitor.SPEC, **given(options))["msg"]


def only(cloud, owner=1):
    """dict: the one monitor that the server has."""
    (monitor,) = cloud.monitors[owner].values()
    return monitor


def token_of(cloud, owner=1):
    return only(cloud, owner)["targets"][0].get("token")


def hook(token=None, **more):
    return [{**HOOK, **({"token": token} if token else {}), **more}]


# -- creating ---------------------------------------------------------------------------------------------------------


def test_a_new_one_is_sent_with_its_whole_condition(cloud, write):
    made = write()
    body = {"name": "failing", "templateId": "http_5xx", "spec": WHOLE}
    assert cloud.writes() == [("POST", "/v1/apps/1/monitors", body)]
    assert (made["changed"], made["outcomes"]) == (True, {"failing": "created"})
    assert made["monitor"]["id"] == only(cloud)["id"]
    assert made["monitor"]["spec"]["sustain_secs"] == 0
    assert made["monitor"]["targets"] == [{"type": "email", "recipient_user_ids": [101]}]
    assert "target" not in made["monitor"]
    again = write()
    assert (again["changed"], again["outcomes"]) == (False, {"failing": "unchanged"})
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize(
    ("template", "sustain", "severity"),
    [
        ("http_5xx", 0, "critical"),
        ("dataset_status", 300, "critical"),
        ("memory_working_set", 300, "warn"),
        ("instance_health", 0, "critical"),
    ],
)
def test_what_is_not_given_is_the_default_of_the_template(cloud, write, template, sustain, severity):
    write(template=template)
    sent = cloud.sent("POST")[0]["spec"]
    assert (sent["sustainSecs"], sent["severity"], sent["window"]) == (sustain, severity, "5m")
    assert sent["includeDetails"] is False


def test_everything_that_is_given_is_sent(cloud, write):
    options = {
        "op": "LEQ",
        "threshold": 2.5,
        "window": "1h",
        "sustain_seconds": 86400,
        "severity": "warn",
        "include_details": True,
        "template": "dataset_status",
        "datasets": ["orders", "customers"],
        "description": "Why",
        "targets": [
            {"type": "email", "emails": ["Ops@example.com"], "recipient_user_ids": [7]},
            {"type": "slack", "channel_id": "C1"},
            {**HOOK, "method": "PUT", "token": TOKEN},
        ],
    }
    made = write(**options, update_secret="on_create")
    assert cloud.sent("POST")[0] == {
        "name": "failing",
        "templateId": "dataset_status",
        "spec": {
            "op": "LEQ",
            "threshold": 2.5,
            "window": "1h",
            "sustainSecs": 86400,
            "severity": "warn",
            "includeDetails": True,
            "datasets": ["orders", "customers"],
        },
        "description": "Why",
        "targets": [
            {"type": "email", "emails": ["Ops@example.com"], "recipientUserIds": [7]},
            {"type": "slack", "channelId": "C1"},
            {**HOOK, "method": "PUT", "token": TOKEN},
        ],
    }
    assert TOKEN not in str(made)
    assert write(**options, update_secret="on_create")["changed"] is False


def test_a_disabled_one_is_created_and_then_disabled(cloud, write):
    assert write(enabled=False)["monitor"]["status"] == "disabled"
    assert [(method, body) for method, dummy, body in cloud.writes()][1:] == [("PATCH", {"status": "disabled"})]
    assert write(enabled=False)["changed"] is False


@pytest.mark.parametrize("missing", ["template", "op", "threshold"])
def test_what_a_new_one_needs(cloud, refuse, missing):
    told = refuse(**{missing: None})
    assert told == (
        "app sales has no monitor 'failing' yet, and a new one needs `template`, `op` and `threshold`: give "
        f"`{missing}` too."
    )
    assert cloud.writes() == []


# -- comparing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"template": None, "op": None, "threshold": None},
        {"name": "FAILING"},
        {"threshold": 80},
        {"window": "15m", "sustain_seconds": 60, "severity": "warn", "include_details": True},
        {"datasets": ["b", "a"]},
        {"description": "As before"},
        {"enabled": True},
        {"targets": [{"type": "email", "emails": ["OPS@example.com", "b@example.com"]}, {**HOOK, "method": "POST"}]},
        {"targets": [{**HOOK}, {"type": "email", "emails": ["b@example.com", "ops@EXAMPLE.com"]}]},
    ],
)
def test_what_means_the_same_is_no_change(cloud, write, options):
    spec = {
        "threshold": 80.0,
        "window": "15m",
        "sustainSecs": 60,
        "severity": "warn",
        "includeDetails": True,
        "datasets": ["a", "b"],
    }
    targets = [{"type": "email", "emails": ["ops@example.com", "B@example.com"]}, dict(HOOK)]
    cloud.add("sales")
    cloud.add_monitor("Failing", "dataset_status", spec=spec, targets=targets, description="As before")
    before = copy.deepcopy(cloud.monitors)
    result = write(**{"template": "dataset_status", "threshold": 80, **options})
    assert result["changed"] is False
    assert result["monitor"]["name"] == "Failing"
    assert cloud.writes() == []
    assert cloud.monitors == before


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"op": "GEQ"}, {"spec": {**WHOLE, "op": "GEQ", "window": "15m"}}),
        ({"threshold": 1}, {"spec": {**WHOLE, "threshold": 1, "window": "15m"}}),
        ({"window": "1m"}, {"spec": {**WHOLE, "window": "1m"}}),
        ({"sustain_seconds": 5}, {"spec": {**WHOLE, "sustainSecs": 5, "window": "15m"}}),
        ({"severity": "warn"}, {"spec": {**WHOLE, "severity": "warn", "window": "15m"}}),
        ({"include_details": True}, {"spec": {**WHOLE, "includeDetails": True, "window": "15m"}}),
        ({"description": "d"}, {"description": "d"}),
        ({"description": ""}, {"description": None}),
        ({"enabled": False}, {"status": "disabled"}),
        (
            {"template": "query_failures"},
            {"templateId": "query_failures", "spec": {**WHOLE, "window": "15m"}},
        ),
        ({"targets": [{"type": "slack", "channel_id": "C2"}]}, {"targets": [{"type": "slack", "channelId": "C2"}]}),
        (
            {"targets": [{"type": "email", "emails": ["ops@example.com"]}]},
            {"targets": [{"type": "email", "emails": ["ops@example.com"]}]},
        ),
        ({"targets": [{**HOOK, "method": "PUT"}]}, {"targets": [{**HOOK, "method": "PUT"}]}),
    ],
)
def test_only_what_differs_is_sent_and_a_condition_as_a_whole(cloud, write, options, sent):
    cloud.add("sales")
    cloud.add_monitor("failing", spec={"window": "15m"}, description="former")
    result = write(**options)
    assert cloud.sent("PATCH") == [sent]
    assert result["outcomes"] == {"failing": "updated"}
    cloud.requests.clear()
    assert write(**options)["changed"] is False
    assert cloud.writes() == []


def test_one_dataset_alone_is_the_same_as_a_list_of_it(cloud, write):
    cloud.add("sales")
    cloud.add_monitor("failing", "dataset_status", spec={"dataset": "orders"})
    assert write(template="dataset_status", datasets=["orders"])["changed"] is False
    write(template="dataset_status", datasets=["orders", "customers"])
    assert cloud.sent("PATCH")[0]["spec"]["datasets"] == ["orders", "customers"]
    assert "dataset" not in cloud.sent("PATCH")[0]["spec"]
    write(template="dataset_status", datasets=[])
    assert "datasets" not in cloud.sent("PATCH")[1]["spec"]


def test_another_template_needs_its_own_threshold(cloud, fail, run):
    cloud.add("sales")
    cloud.add_monitor("failing", "dataset_status", spec={"datasets": ["orders"]})
    told = fail(spice_monitor.SPEC, **APP, name="failing", template="http_5xx", op="GT")["msg"]
    assert "(dataset_status becomes http_5xx)" in told
    assert "give `threshold` too" in told
    run(spice_monitor.SPEC, **APP, **BASIC)
    # What only the former template watches is not kept.
    assert cloud.sent("PATCH")[0]["spec"] == {**WHOLE, "sustainSecs": 300}


def test_a_field_that_an_answer_leaves_out_is_the_default(cloud, write):
    cloud.add("sales")
    monitor = cloud.add_monitor("failing")
    monitor["spec"] = {"op": "GT", "threshold": 0}
    assert write(window="5m")["changed"] is False


def test_answers_that_do_not_tell_the_template(cloud, write):
    def answer(method, path, body):
        status, told = cloud.work(method, path, body)
        for monitor in [told, *told.get("monitors", [])] if "/monitors" in path and told else []:
            monitor.pop("template_id", None)
        return status, told

    cloud.hooks.append(answer)
    assert write()["changed"] is True
    assert len(cloud.writes()) == 1
    assert write()["changed"] is False
    assert write(threshold=3)["changed"] is True
    assert "templateId" not in cloud.sent("PATCH")[0]


# -- refused before the first request ---------------------------------------------------------------------------------


def email(**more):
    return [{"type": "email", **more}]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": " "}, "`name` must not be empty"),
        ({"template": ""}, "`template` must not be empty"),
        ({"threshold": float("nan")}, "`threshold` must be a number"),
        ({"threshold": float("inf")}, "`threshold` must be a number"),
        ({"sustain_seconds": -1}, "`sustain_seconds` must be from 0 to 86400"),
        ({"sustain_seconds": 86401}, "`sustain_seconds` must be from 0 to 86400"),
        ({"datasets": [str(number) for number in range(21)]}, "`datasets` holds 21 names"),
        ({"datasets": [""]}, "`datasets` holds an empty name"),
        ({"template": "instance_health", "threshold": 1}, "instance_health has the fixed condition `op: GT`"),
        ({"targets": []}, "`targets` must hold 1 to 3 targets, not 0"),
        ({"targets": email(emails=["a@b.c"]) + email(emails=["a@b.c"])}, "several targets of type email"),
        ({"targets": email()}, "`targets[0]` needs `emails` or `recipient_user_ids`"),
        ({"targets": email(emails=["nobody"])}, "`targets[0].emails` holds 'nobody'"),
        ({"targets": email(emails=[f"a{n}@b.c" for n in range(21)])}, "`targets[0].emails` holds 21 entries"),
        ({"targets": email(recipient_user_ids=list(range(1, 52)))}, "recipient_user_ids` holds 51 entries"),
        ({"targets": email(recipient_user_ids=[0])}, "must hold ids of users"),
        ({"targets": email(emails=["a@b.c"], url="https://x.example.com")}, "which has no `url`"),
        ({"targets": [{"type": "slack"}]}, "`targets[0].channel_id` is missing"),
        ({"targets": [{"type": "slack", "channel_id": "#ops"}]}, "not its name"),
        ({"targets": [{"type": "http"}]}, "`targets[0].url` is missing"),
        ({"targets": [{"type": "http", "url": "http://x.example.com"}]}, "must be an https address"),
        ({"targets": [{"type": "http", "url": "https://me:word@x.example.com"}]}, "no user name and no password"),
        ({"targets": [{"type": "http", "url": "https://10.1.2.3/x"}]}, "must name a public host"),
        ({"targets": [{"type": "http", "url": "https://localhost/x"}]}, "must name a public host"),
        ({"targets": [{"type": "http", "url": "https://[1"}]}, "`targets[0].url` is no address"),
        ({"targets": hook("two words")}, "`targets[0].token` is empty or holds white space"),
        ({"targets": [{**HOOK, "token": ""}]}, "`targets[0].token` is empty or holds white space"),
        ({"targets": hook("<value of TOKEN>")}, "targets[0].token: it still holds its placeholder"),
        ({"update_secret": "on_change"}, "`update_secret: on_change` needs `fingerprint_key`"),
    ],
)
def test_wrong_options_need_no_request(cloud, refuse, options, told):
    message = refuse(**options)
    assert told in message
    assert "word" not in message.replace("password", "")
    assert cloud.requests == []


def test_all_that_is_wrong_is_told_at_once(cloud, refuse):
    told = refuse(sustain_seconds=-1, datasets=[""], targets=[])
    assert told.count("\n- ") == 3


def test_a_template_that_is_not_known_is_sent_with_a_warning(cloud, fail, app):
    cloud.add("sales")
    result = fail(spice_monitor.SPEC, **APP, **{**BASIC, "template": "http_5x"})
    assert result.warnings == [
        "`template` http_5x is not known to this collection and is sent as it is; did you mean http_5xx?"
    ]
    assert cloud.sent("POST")[0]["templateId"] == "http_5x"
    assert "choose a `template` that is offered here" in result["msg"]
    assert result["failure"]["code"] == "monitor_template_unavailable"


def test_datasets_of_another_template_are_a_warning(cloud, write):
    cloud.strict = False
    assert write(datasets=["orders"]).warnings == [
        "`datasets` is documented for the template dataset_status only, not for http_5xx."
    ]


# -- an app that is not there, paused, or full ------------------------------------------------------------------------


def test_check_mode_before_the_app_exists(cloud, run):
    result = run(spice_monitor.SPEC, check_mode=True, app="sales", **BASIC)
    assert result["outcomes"] == {"failing": "created"}
    assert result["monitor"]["id"] is None
    assert run(spice_monitor_info.SPEC, check_mode=True, app="sales")["monitors"] == []


def test_a_paused_app_takes_no_new_one(cloud, run, fail):
    cloud.add("sales")["paused_at"] = "2026-10-01T12:00:00.000Z"
    told = fail(spice_monitor.SPEC, **APP, **BASIC)["msg"]
    assert "App sales has been paused since" in told
    assert "A paused app takes no new monitor (failing)." in told
    assert cloud.writes() == []
    # Those that it has are disabled, whatever is asked for; the rest can be changed.
    cloud.add_monitor("failing", status="disabled")
    assert run(spice_monitor.SPEC, **APP, **BASIC, enabled=True)["changed"] is False
    assert run(spice_monitor.SPEC, **APP, **{**BASIC, "threshold": 1})["changed"] is True


def test_a_pause_in_between_is_told(cloud, refuse):
    cloud.fail("POST", "/v1/apps/1/monitors", (409, {"error": "The project is paused", "code": "project_paused"}))
    assert "`paused: false` of spiceai.cloud.spice_app" in refuse()
    assert len(cloud.writes()) == 1


def test_at_most_twenty(cloud, refuse, run):
    cloud.add("sales")
    for number in range(20):
        cloud.add_monitor(f"alert {number}", status="disabled")
    assert "app sales would have 21 monitors, and at most 20 are allowed" in refuse()
    assert cloud.writes() == []
    run(spice_monitor.SPEC, **APP, **{**BASIC, "name": "ALERT 3", "threshold": 1})


def test_a_name_that_a_reaction_has(cloud, refuse):
    answer = (409, {"error": "A monitor or reaction named 'failing' already exists"})
    cloud.fail("POST", "/v1/apps/1/monitors", answer)
    told = refuse()
    assert "No monitor of app sales has this name, so a reaction has it" in told
    assert "already exists" in told
    assert len(cloud.writes()) == 1


def test_slack_that_is_not_connected(cloud, refuse):
    cloud.fail("POST", "/v1/apps/1/monitors", (422, {"error": "Slack is not connected"}))
    told = refuse(targets=[{"type": "slack", "channel_id": "C1"}])
    assert told.endswith("An admin connects Slack to the organization in the portal.")


def test_an_app_without_the_route_has_none(cloud, run, app):
    cloud.fail("GET", "/v1/apps/1/monitors", (404, {"error": "Not found"}))
    assert run(spice_monitor_info.SPEC, **APP)["monitors"] == []


# -- answers that are lost, late or odd -------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [lost(), (502, {"error": "bad gateway"}), (500, {"error": "oops"})])
@pytest.mark.parametrize("after_commit", [True, False])
def test_a_lost_answer_to_a_creation(cloud, write, answer, after_commit):
    cloud.fail("POST", "/v1/apps/1/monitors", answer, after_commit=after_commit)
    result = write(enabled=False, targets=hook(TOKEN), fingerprint_key="key")
    assert result["outcomes"] == {"failing": "created"}
    assert (only(cloud)["status"], token_of(cloud)) == ("disabled", TOKEN)
    assert len(cloud.sent("POST")) == 2 - after_commit
    assert write(enabled=False, targets=hook(TOKEN), fingerprint_key="key")["changed"] is False


def test_one_that_somebody_else_creates_at_the_same_time_is_brought_to_the_wanted_state(cloud, write):
    def first(method, path, body):
        if method == "POST" and not cloud.monitors.get(1):
            cloud.add_monitor("Failing", spec={"threshold": 5}, targets=hook("theirs"))

    cloud.hooks.append(first)
    result = write(targets=hook(TOKEN), update_secret="on_create")
    assert result["outcomes"] == {"failing": "created"}
    assert (only(cloud)["spec"]["threshold"], token_of(cloud)) == (0, TOKEN)


@pytest.mark.parametrize("answer", [lost(), (502, {"error": "bad gateway"}), (504, {"error": "late"})])
@pytest.mark.parametrize("after_commit", [True, False])
def test_a_change_is_read_before_it_is_sent_again(cloud, write, answer, after_commit):
    cloud.add("sales")
    cloud.add_monitor("failing")
    cloud.fail("PATCH", "/v1/apps/1/monitors/.*", answer, after_commit=after_commit)
    result = write(threshold=7)
    assert result["monitor"]["spec"]["threshold"] == 7
    assert len(cloud.sent("PATCH")) == 2 - after_commit
    assert cloud.requests[-1 if after_commit else -2][:2] == ("GET", "/v1/apps/1/monitors")


@pytest.mark.parametrize("code", [{"code": "monitor_changed"}, {}])
def test_a_change_by_somebody_else_is_read_and_tried_again(cloud, write, code):
    cloud.add("sales")
    cloud.add_monitor("failing")

    def other(method, path, body):
        if method == "PATCH" and len(cloud.sent("PATCH")) == 1:
            only(cloud)["description"] = "theirs"
            return 409, {"error": "The monitor has changed", **code}
        return None

    cloud.hooks.append(other)
    assert write(threshold=7)["monitor"]["description"] == "theirs"
    assert len(cloud.sent("PATCH")) == 2


def test_a_conflict_that_does_not_pass_is_told_once(cloud, refuse):
    cloud.add("sales")
    cloud.add_monitor("failing")
    cloud.fail("PATCH", ".*", *[(409, {"error": "No"})] * 9)
    assert "was refused (409): No" in refuse(threshold=7)
    assert len(cloud.sent("PATCH")) == 1


def test_a_monitor_that_goes_while_it_is_changed(cloud, refuse):
    cloud.add("sales")
    cloud.add_monitor("failing")

    def gone(method, path, body):
        if method == "PATCH":
            cloud.monitors[1].clear()
            return 502, {"error": "bad gateway"}
        return None

    cloud.hooks.append(gone)
    assert "was deleted by somebody else while this task changed it" in refuse(threshold=7)


@pytest.mark.parametrize("answer", [lost(), (502, {"error": "bad gateway"})])
@pytest.mark.parametrize("after_commit", [True, False])
def test_a_lost_answer_to_a_deletion(cloud, write, answer, after_commit):
    cloud.add("sales")
    cloud.add_monitor("failing")
    cloud.fail("DELETE", ".*", answer, after_commit=after_commit)
    assert write(state="absent")["outcomes"] == {"failing": "deleted"}
    assert len(cloud.paths("DELETE")) == 2
    assert len(set(cloud.paths("DELETE"))) == 1


@pytest.mark.parametrize("shown", [lambda monitor: {"monitor": monitor}, lambda monitor: {"ok": True}])
def test_other_answers_to_a_change(cloud, write, shown):
    cloud.add("sales")
    cloud.add_monitor("failing")

    def answer(method, path, body):
        if method != "PATCH":
            return None
        status, told = cloud.work(method, path, body)
        return status, shown(told)

    cloud.hooks.append(answer)
    result = write(threshold=7)
    assert result["monitor"]["spec"]["threshold"] == 7
    assert result["monitor"]["spec"]["sustain_secs"] == 0


def test_an_answer_in_the_words_of_a_request_is_read_too(cloud, run):
    cloud.add("sales")
    odd = {"id": "a", "name": "odd", "templateId": "http_5xx", "target": {**HOOK, "token": TOKEN}, "future": 1}
    cloud.fail("GET", "/v1/apps/1/monitors", (200, {"monitors": [odd, {"id": 7}, None]}))
    result = run(spice_monitor_info.SPEC, **APP)
    assert result["monitors"] == [
        {"id": "a", "name": "odd", "template_id": "http_5xx", "future": 1, "targets": [HOOK], "spec": {}}
    ]
    assert len(result.warnings) == 1


# -- deleting and listing ---------------------------------------------------------------------------------------------


def test_deleting(cloud, run, app):
    cloud.add_monitor("Failing")
    result = run(spice_monitor.SPEC, **APP, name="failing", state="absent")
    assert (result["changed"], result["outcomes"]) == (True, {"failing": "deleted"})
    assert "monitor" not in result
    again = run(spice_monitor.SPEC, **APP, name="failing", state="absent")
    assert (again["changed"], again["outcomes"]) == (False, {"failing": "unchanged"})


def test_listing(cloud, run, app):
    cloud.add_monitor("Failing", targets=hook(TOKEN))
    cloud.add_monitor("other")
    found = run(spice_monitor_info.SPEC, **APP)
    assert [one["name"] for one in found["monitors"]] == ["Failing", "other"]
    assert found["monitors"][0]["targets"] == [HOOK]
    assert TOKEN not in str(found)
    assert [one["name"] for one in run(spice_monitor_info.SPEC, **APP, name="FAILING")["monitors"]] == ["Failing"]
    assert run(spice_monitor_info.SPEC, **APP, name="none")["monitors"] == []


def test_of_a_cluster(cloud, run, fail):
    made = run(spice_monitor.SPEC, **CLUSTER, **HOT)
    assert cloud.writes()[0][:2] == ("POST", "/v1/clusters/acme-prod/monitors")
    assert made["outcomes"] == {"hot": "created"}
    assert run(spice_monitor.SPEC, **CLUSTER, **HOT)["changed"] is False
    assert run(spice_monitor.SPEC, **CLUSTER, **{**HOT, "threshold": 90})["changed"] is True
    assert [one["name"] for one in run(spice_monitor_info.SPEC, **CLUSTER)["monitors"]] == ["hot"]
    assert run(spice_monitor.SPEC, **CLUSTER, name="hot", state="absent")["outcomes"] == {"hot": "deleted"}
    for spec, options in ((spice_monitor.SPEC, HOT), (spice_monitor_info.SPEC, {})):
        told = fail(spec, cluster_name="acme-none", **options)["msg"]
        assert "There is no cluster 'acme-none' with monitors" in told


# -- check mode -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"threshold": 7},
        {"description": "d", "enabled": False, "targets": hook(TOKEN), "fingerprint_key": "key"},
        {"state": "absent"},
    ],
)
@pytest.mark.parametrize("exists", [True, False])
def test_the_plan_is_what_then_happens(cloud, write, options, exists):
    cloud.add("sales")
    if exists:
        cloud.add_monitor("failing", targets=hook(OTHER))
    asked = {"targets": hook(), **options}
    plan = write(check_mode=True, diff_mode=True, **asked)
    assert cloud.writes() == []
    done = write(diff_mode=True, **asked)
    for key in ("changed", "outcomes", "diff"):
        assert plan[key] == done[key]
    if done.get("monitor"):
        assert {**plan["monitor"], "id": 0} == {**done["monitor"], "id": 0}
    assert TOKEN not in str(plan)
    assert TOKEN not in str(done)


# -- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_is_sent_when_its_fingerprint_says_so(cloud, write, app):
    keyed = {"fingerprint_key": "key"}
    write(targets=hook(TOKEN), **keyed)
    (tag,) = app["tags"]
    assert tag == f"ansible.monitor/{only(cloud)['id']}"
    assert len(app["tags"][tag]) == 22
    cloud.requests.clear()
    assert write(targets=hook(TOKEN), **keyed)["changed"] is False
    assert cloud.writes() == []
    changed = write(targets=hook(OTHER), diff_mode=True, **keyed)
    assert changed["outcomes"] == {"failing": "updated"}
    assert "token: updated" in changed["diff"]["after"]
    assert "token" not in changed["diff"]["before"]
    assert token_of(cloud) == OTHER
    assert write(targets=hook(OTHER), **keyed)["changed"] is False


def test_a_change_of_something_else_leaves_the_token_out_and_alone(cloud, write):
    keyed = {"fingerprint_key": "key"}
    write(targets=hook(TOKEN), **keyed)
    cloud.requests.clear()
    write(targets=hook(TOKEN, method="PUT"), **keyed)
    assert cloud.sent("PATCH") == [{"targets": [{**HOOK, "method": "PUT"}]}]
    assert token_of(cloud) == TOKEN
    # Without a token in the options what is there is kept.
    write(targets=hook(method="PATCH"))
    assert token_of(cloud) == TOKEN


def test_another_address_gets_the_token(cloud, write):
    write(targets=hook(TOKEN), update_secret="on_create")
    moved = hook(TOKEN, url="https://other.example.com/spice")
    result = write(targets=moved, update_secret="on_create")
    assert result["changed"] is True
    assert token_of(cloud) == TOKEN
    assert write(targets=moved, update_secret="on_create")["changed"] is False


def test_without_a_key_an_existing_token_is_left_alone_with_a_warning(cloud, write):
    assert write(targets=hook(TOKEN)).warnings == []
    again = write(targets=hook(OTHER))
    assert again["changed"] is False
    assert again.warnings == [
        "The token of the http target was not compared and left alone (monitor failing), because there is no "
        "`fingerprint_key`: set it to send what has changed, or set `update_secret` to `always` or `on_create`."
    ]
    assert write(targets=hook(OTHER), update_secret="on_create").warnings == []
    assert token_of(cloud) == TOKEN
    assert write(targets=hook(OTHER), update_secret="always")["changed"] is True
    assert write(targets=hook(OTHER), update_secret="always")["changed"] is True
    assert token_of(cloud) == OTHER


def test_a_cluster_has_no_tags(cloud, run, fail):
    run(spice_monitor.SPEC, **CLUSTER, **HOT, targets=hook(TOKEN), fingerprint_key="key")
    again = run(spice_monitor.SPEC, **CLUSTER, **HOT, targets=hook(OTHER), fingerprint_key="key")
    assert again["changed"] is False
    assert "because a cluster has no tags for fingerprints" in again.warnings[0]
    assert token_of(cloud, "acme-prod") == TOKEN
    assert run(spice_monitor.SPEC, **CLUSTER, **HOT, targets=hook(OTHER), update_secret="always")["changed"] is True
    told = fail(spice_monitor.SPEC, **CLUSTER, **HOT, fingerprint_key="key", update_secret="on_change")["msg"]
    assert "a cluster has none; use `always` or `on_create`" in told


def test_a_fingerprint_that_tells_nothing_any_more_is_taken_away(cloud, write, app):
    keyed = {"fingerprint_key": "key"}
    write(targets=hook(TOKEN), **keyed)
    # The token goes with the target, and does not come back by itself.
    write(targets=email(emails=["a@b.c"]))
    assert app["tags"] == {}
    write(targets=hook())
    assert token_of(cloud) is None
    assert write(targets=hook(TOKEN), **keyed)["changed"] is True
    assert token_of(cloud) == TOKEN
    # One that is written without a fingerprint is no longer the one that the fingerprint tells of.
    write(targets=hook(OTHER), update_secret="always")
    assert app["tags"] == {}
    assert write(targets=hook(TOKEN), **keyed)["changed"] is True
    assert token_of(cloud) == TOKEN


def test_a_deletion_takes_the_fingerprint_along(cloud, write, app):
    app["tags"] = {"env": "prod", "ansible.monitor/of-one-that-is-gone": "mark"}
    write(targets=hook(TOKEN), fingerprint_key="key")
    assert len(app["tags"]) == 3
    assert write(state="absent")["outcomes"] == {"failing": "deleted"}
    assert app["tags"] == {"env": "prod"}
    assert write(state="absent")["changed"] is False


def test_tags_that_are_refused_are_told_and_the_token_is_sent_again_next_time(cloud, refuse, write):
    cloud.fail("PUT", "/v1/apps/1", (403, {"error": "Tags are not available", "code": "plan_limit"}))
    told = refuse(targets=hook(TOKEN), fingerprint_key="key")
    assert "The monitors are as wanted, but the fingerprints of tokens could not be kept" in told
    assert "leave out `fingerprint_key`" in told
    assert write(targets=hook(TOKEN), fingerprint_key="key")["changed"] is True
    assert write(targets=hook(TOKEN), fingerprint_key="key")["changed"] is False


def test_a_server_that_repeats_a_token_does_not_bring_it_out(cloud, fail, app):
    cloud.fail("POST", "/v1/apps/1/monitors", (400, {"error": f"Bad token {TOKEN}"}))
    result = fail(spice_monitor.SPEC, **APP, **BASIC, targets=hook(TOKEN))
    assert TOKEN not in str(result.shown)
    assert TOKEN not in result["msg"]
