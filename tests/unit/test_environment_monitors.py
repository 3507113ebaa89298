# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitors of a whole environment: when they are planned, in which order they come, and what stands in the way."""

from __future__ import annotations

import contextlib
import json

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.environment_monitors import EnvironmentMonitors
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.export import files_of
from ansible_collections.spiceai.cloud.plugins.modules import spice_environment, spice_monitor_info

SPICEPOD = {"version": "v1", "kind": "Spicepod", "name": "sales"}
APP = {"name": "sales", "spicepod": SPICEPOD}
HOOK = {"type": "http", "url": "https://hooks.example.com/spice"}
TOKEN = "token-of-the-hook-0123"


def monitor(name="failing", **options):
    return {"name": name, "template": "http_5xx", "op": "GT", "threshold": 0, **options}


FIVE = [monitor(f"alert {number}") for number in range(5)]


@pytest.fixture
def bring(run):
    """Brings the environment about, or with `check_mode` plans it. Nothing is deployed unless a test says so."""
    return lambda **options: run(spice_environment.SPEC, **{"app": APP, "deploy": False, **options})


@pytest.fixture
def refuse(fail):
    return lambda **options: fail(spice_environment.SPEC, **{"app": APP, "deploy": False, **options})["msg"]


@pytest.fixture
def sales(cloud):
    app = cloud.add("sales", spicepod=SPICEPOD)
    cloud.add_member("carol")
    return app


def test_they_come_after_the_deployment_and_before_the_members(cloud, bring):
    cloud.users["erin"] = 300

    def deployed(method, path, body):
        if method == "GET" and path.endswith("/deployments/1"):
            cloud.deployments[1][0]["status"] = "succeeded"

    cloud.hooks.append(deployed)
    options = {
        "deploy": True,
        "secrets": {"A": "value"},
        "monitors": [monitor()],
        "members": [{"username": "erin"}],
        "verify": {"ready": False, "datasets": False},
    }
    plan = bring(check_mode=True, diff_mode=True, **options)
    assert cloud.writes() == []
    done = bring(diff_mode=True, **options)
    order = ["apps", "secrets", "apps/1", "deployments", "monitors", "members"]
    assert [path.partition("/v1/")[2].replace("apps/1/", "") for dummy, path, body in cloud.writes()] == order
    assert done["plan"][-2:] == plan["plan"][-2:] == ["create monitor failing", "create member erin"]
    for result in (plan, done):
        assert result["environment"]["monitors"] == {"failing": "created"}
        assert any(part["after_header"] == "monitors of app sales" for part in result["diff"])
    again = bring(**options)
    assert again["changed"] is False
    assert again["environment"]["monitors"] == {"failing": "unchanged"}


def test_five_that_are_as_described_cost_one_request(cloud, bring, sales):
    bring(monitors=FIVE)
    cloud.requests.clear()
    without = bring()["api"]["requests"]
    result = bring(monitors=FIVE)
    assert result["changed"] is False
    assert result["api"]["requests"] == without + 1


def test_none_described_is_no_request(cloud, bring, sales):
    cloud.add_monitor("theirs")
    assert bring()["environment"]["monitors"] == {}
    assert not [path for path in cloud.paths() if path.endswith("/monitors")]


def test_purging(cloud, bring, sales):
    cloud.add_monitor("theirs")
    cloud.add_monitor("Failing")
    result = bring(monitors=[monitor()], purge={"monitors": True})
    assert result["plan"] == ["delete monitor theirs"]
    assert result["environment"]["monitors"] == {"failing": "unchanged", "theirs": "deleted"}
    assert [one["name"] for one in cloud.monitors[1].values()] == ["Failing"]
    assert bring(monitors=[], purge={"monitors": True})["plan"] == ["delete monitor Failing"]


def test_what_is_purged_makes_room_for_what_is_new(cloud, bring, sales):
    for number in range(20):
        cloud.add_monitor(f"old {number}")
    most = []

    def count(method, path, body):
        most.append(len(cloud.monitors[1]))

    cloud.hooks.append(count)
    result = bring(monitors=FIVE, purge={"monitors": True})
    assert list(result["environment"]["monitors"])[:5] == [entry["name"] for entry in FIVE]
    assert (max(most), len(cloud.monitors[1])) == (20, 5)


def test_all_problems_are_told_before_the_first_write(cloud, refuse):
    told = refuse(
        prefix="environment_",
        app={"name": "sales", "replicas": 99},
        monitors=[
            monitor(sustain_seconds=-1),
            monitor("FAILING"),
            monitor("x", targets=[{**HOOK, "url": "http://x.y"}]),
        ],
    )
    assert "environment_app: " in told
    assert "`environment_monitors[0].sustain_seconds` must be from 0 to 86400" in told
    assert "`environment_monitors` names 'failing' twice" in told
    assert "`environment_monitors[2].targets[0].url` must be an https address" in told
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({**monitor(), "treshold": 1}, "`environment_monitors[0].treshold`: there is no such option; did you mean"),
        (monitor(targets=[{"type": "slack", "chanel_id": "C1"}]), "`environment_monitors[0].targets[0].chanel_id`"),
        (monitor(op="OVER"), "value of op must be one of"),
        (monitor(threshold=True), "environment_monitors.monitors[0].threshold` is a boolean, not a number"),
    ],
)
def test_wrong_options_of_one_are_named(cloud, refuse, entry, told):
    assert told in refuse(prefix="environment_", monitors=[entry])
    assert cloud.requests == []


def test_a_new_one_that_lacks_something_is_a_problem_of_the_plan(cloud, refuse, sales):
    told = refuse(prefix="environment_", monitors=[{"name": "failing", "op": "GT"}], app={**APP, "description": "d"})
    assert "environment_monitors: app sales has no monitor 'failing' yet" in told
    assert "give `template` and `threshold` too" in told
    assert cloud.writes() == []


def test_a_paused_app_takes_no_new_one(cloud, bring, refuse, sales):
    sales["paused_at"] = "2026-10-01T12:00:00.000Z"
    told = refuse(monitors=[monitor()], app={"name": "sales", "description": "d"})
    assert "A paused app takes no new monitor (failing)." in told
    assert cloud.writes() == []
    cloud.add_monitor("failing", status="disabled")
    result = bring(app={"name": "sales"}, monitors=[monitor(enabled=True)])
    assert (result["changed"], result.warnings) == (False, [])


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [(None, None, False), ("then", "then", True), ("then", None, False), (None, "now", False)],
)
def test_what_counts_is_whether_the_app_runs_when_they_come(sales, task, before, after, is_refused):
    made = task(spice_environment.SPEC, app=APP)
    made._client = made._connected()
    params = {"monitors": [monitor()], "update_secret": None, "fingerprint_key": None, "prefix": ""}
    planned = EnvironmentMonitors()
    refusal = pytest.raises(InvalidOption, match="takes no new monitor") if is_refused else contextlib.nullcontext()
    with refusal:
        planned.plan(
            made.part(spice_environment.PARTS["monitors"], params),
            {**sales, "paused_at": before},
            {**sales, "paused_at": after},
            False,
        )
    assert [change.outcome for change in planned.changes] == ([] if is_refused else ["created"])


def test_an_app_that_is_paused_at_the_end_gets_them_before(cloud, bring, sales):
    options = {"app": {"name": "sales", "paused": True}, "monitors": [monitor(enabled=True)]}
    assert bring(**options)["environment"]["monitors"] == {"failing": "created"}
    assert [path.rpartition("/")[2] for method, path, body in cloud.writes()] == ["monitors", "pause"]
    # A pause disables them, and that is no difference.
    next(iter(cloud.monitors[1].values()))["status"] = "disabled"
    again = bring(**options)
    assert (again["changed"], again.warnings) == (False, [])
    resumed = bring(app={"name": "sales", "paused": False, "resume_timeout": 0}, monitors=[monitor(enabled=True)])
    assert resumed["environment"]["monitors"] == {"failing": "updated"}


def test_one_that_a_pause_has_disabled_is_named_in_a_warning(cloud, bring, sales):
    cloud.add_monitor("failing", status="disabled")
    told = bring(monitors=[monitor()]).warnings
    assert len(told) == 1
    assert told[0].startswith("These monitors are disabled, as a pause of the app leaves them, and stay so: failing.")
    assert bring(monitors=[monitor(enabled=False)]).warnings == []
    result = bring(monitors=[monitor(enabled=True)])
    assert (result["plan"], result.warnings) == (["update monitor failing"], [])


def test_a_member_of_the_organization_changes_no_monitor(cloud, bring, fail, sales):
    cloud.add_monitor("failing")
    orgs = (200, {"orgs": [{"id": 1, "name": "acme", "role": "member"}]})
    cloud.fail("GET", "/v1/orgs", *[orgs] * 9)
    told = fail(spice_environment.SPEC, app=APP, deploy=False, monitors=[monitor(threshold=5)])["msg"]
    assert "only an admin or owner changes monitors; use such a one, or leave `monitors` out" in told
    assert cloud.writes() == []
    assert bring(monitors=[monitor(), monitor("new")])["changed"] is True


def test_one_that_fails_does_not_hide_the_others(cloud, fail, sales):
    def refused(method, path, body):
        return (400, {"error": "No"}) if method == "POST" and body["name"] == "alert 3" else None

    cloud.hooks.append(refused)
    result = fail(spice_environment.SPEC, app=APP, deploy=False, monitors=FIVE, members=[{"username": "carol"}])
    outcomes = result["environment"]["monitors"]
    assert (outcomes["alert 3"], outcomes["alert 4"]) == ("failed", "created")
    assert result["environment"]["members"] == {}
    assert "alert 3: POST /v1/apps/1/monitors was refused (400): No" in result["msg"]


def test_tokens_follow_the_policy_of_the_secrets_and_are_never_shown(cloud, bring, sales, task):
    def options(token, **more):
        return {"monitors": [monitor(targets=[{**HOOK, "token": token}])], **more}

    first = bring(**options(TOKEN), fingerprint_key="key", diff_mode=True)
    (tag,) = [tag for tag in sales["tags"] if tag.startswith("ansible.monitor/")]
    assert bring(**options(TOKEN), fingerprint_key="key")["changed"] is False
    changed = bring(**options("other-token-4567"), fingerprint_key="key", diff_mode=True)
    assert changed["plan"] == ["update monitor failing"]
    assert "uncompared" not in str(bring(**options("third-token-8901")).warnings)
    assert "was not compared and left alone (monitor failing)" in bring(**options("third-token-8901")).warnings[0]
    # A purge of tags leaves the fingerprints alone.
    bring(**options("other-token-4567"), fingerprint_key="key", purge={"tags": True})
    assert tag in sales["tags"]
    for result in (first, changed):
        assert TOKEN not in json.dumps(result.shown)
        assert TOKEN in result.hidden or "other-token-4567" in result.hidden


def test_an_unknown_option_of_a_target_is_not_shown(task):
    made = task(spice_environment.SPEC, app=APP, monitors=[monitor(targets=[{**HOOK, "pasword": "hidden value"}])])
    result = made.execute()
    assert "`monitors[0].targets[0].pasword`: there is no such option" in result["msg"]
    assert "hidden value" not in json.dumps([result, made.params])


# -- export -----------------------------------------------------------------------------------------------------------


class Loader(yaml.SafeLoader):
    """Takes the mark for what it is: a string."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def exported(app, monitors):
    """tuple: the file of the app, what it describes, and the warning."""
    files, warning = files_of([app], {1: []}, {}, {1: []}, {1: monitors}, [])
    (file,) = [file for file in files if file.path == "host_vars/sales/environment.yml"]
    return file, yaml.load(file.content, Loader).get("environment_monitors"), warning


def test_what_is_exported_is_then_found_unchanged(cloud, run, bring, sales):
    described = [
        monitor("A", targets=[{"type": "email", "emails": ["ops@example.com"], "recipient_user_ids": [7]}]),
        monitor(
            "B", template="dataset_status", datasets=["b", "a"], window="1h", severity="warn", description="{{ no }}"
        ),
        monitor("C", enabled=False, threshold=2.5, include_details=True, targets=[{**HOOK, "token": TOKEN}]),
        monitor("D", targets=[{"type": "slack", "channel_id": "C1"}, {**HOOK, "method": "PUT"}]),
    ]
    bring(monitors=described, fingerprint_key="key")
    listed = run(spice_monitor_info.SPEC, app_id=1)["monitors"]
    file, found, warning = exported(sales, listed)
    assert warning == ""
    assert [one["name"] for one in found] == ["A", "B", "C", "D"]
    assert "The token of an http target cannot be read" in file.content
    assert TOKEN not in file.content
    assert "description: !unsafe '{{ no }}'" in file.content
    assert "monitors" in file.holds
    result = bring(monitors=found)
    assert (result["changed"], result.warnings) == (False, [])
    tokens = [target.get("token") for one in cloud.monitors[1].values() for target in one["targets"]]
    assert tokens.count(TOKEN) == 1


def test_without_an_http_target_there_is_nothing_to_say_of_tokens(cloud, run, bring, sales):
    bring(monitors=[monitor()])
    file, found, dummy = exported(sales, run(spice_monitor_info.SPEC, app_id=1)["monitors"])
    assert found[0]["enabled"] is True
    assert "token" not in file.content


def test_while_an_app_is_paused_nobody_knows_what_is_enabled(cloud, run, bring, sales):
    bring(monitors=[monitor()])
    listed = run(spice_monitor_info.SPEC, app_id=1)["monitors"]
    found = exported({**sales, "paused_at": "2026-10-01T12:00:00.000Z"}, [{**listed[0], "status": "disabled"}])[1]
    assert "enabled" not in found[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": None}, "monitor null of app sales, which no options describe"),
        ({"name": "<name>"}, "monitor '<name>' of app sales"),
        ({"spec": {"op": "OVER", "threshold": 1}}, "monitor 'odd' of app sales"),
        ({"spec": {"op": "GT", "threshold": float("nan")}}, "monitor 'odd' of app sales"),
        ({"spec": None}, "monitor 'odd' of app sales"),
        ({"template_id": None}, "monitor 'odd' of app sales"),
        ({"targets": [{"type": "pager", "id": 1}]}, "the targets of monitor 'odd' of app sales"),
        ({"targets": [{**HOOK, "url": "https://10.0.0.1/x"}]}, "the targets of monitor 'odd' of app sales"),
        ({"targets": [{"type": "email", "emails": [7]}]}, "the targets of monitor 'odd' of app sales"),
    ],
)
def test_what_no_options_describe_is_left_out_with_a_warning(sales, change, words):
    spec = {"op": "GT", "threshold": 1}
    odd = {"name": "odd", "template_id": "http_5xx", "spec": spec, "targets": [HOOK], "status": "active", **change}
    file, found, warning = exported(sales, [odd])
    assert words in warning
    assert (found is None) is ("targets" not in change)


def test_entries_that_are_no_monitors_are_left_out(sales):
    assert exported(sales, [None, 7])[1] is None
