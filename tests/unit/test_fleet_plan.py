# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet run decides: its variables, who comes when, where it stops, and the state before a change."""

from __future__ import annotations

import stat
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, OperationFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import fleet_before, fleet_plan
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import (
    VARIABLES,
    FleetOptions,
    per_cent,
    read_options,
    words_of_change,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_summary import summary_of

ROLE = Path(__file__).parents[2] / "roles/fleet"
NOW = datetime(2026, 11, 27, 23, 30, tzinfo=timezone.utc)


def read(**given):
    variables = {f"fleet_{name}": value for name, value in given.items()}
    return read_options(variables, NOW, lambda name: None if "missing" in name else f"/at/{name}", lambda path: path)


# -- variables --------------------------------------------------------------------------------------------------------


def test_nothing_given_is_the_defaults_that_the_role_documents():
    options = read()
    assert options == FleetOptions()
    documented = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    assert set(documented) == set(VARIABLES)
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    assert read_options(defaults, NOW, str, str) == options
    assert defaults["fleet_serial"] == options.serial


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("serial", "3", [3]),
        ("serial", [1, "25%", 100], [1, "25%", 100]),
        ("serial", '[1, 3, "50%"]', [1, 3, "50%"]),
        ("change", '{"image_tag": "2.1.0"}', {"image_tag": "2.1.0"}),
        ("canary", "[ab]*", ["[ab]*"]),
        ("max_failures", "2", 2),
        ("max_failures", "5%", "5%"),
        ("soak", "30", 30),
        ("hold", "shop-*", ["shop-*"]),
        ("canary", ["a", "b"], ["a", "b"]),
        ("fail_on_drift", "yes", True),
        ("fail_on_drift", "false", False),
        ("verify_tasks", "v.yml", "/at/v.yml"),
        ("until", 60, NOW.timestamp() + 60),
        ("until", "60", NOW.timestamp() + 60),
        ("until", "23:45", NOW.timestamp() + 900),
        ("until", "04:00", NOW.timestamp() + 4.5 * 3600),
        ("until", "23:30", NOW.timestamp() + 24 * 3600),
        ("canary", "", None),
        ("rollback", "", "none"),
    ],
)
def test_a_variable_is_read(name, value, expected):
    assert getattr(read(**{name: value}), name) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("serial", 0),
        ("serial", [1, "many"]),
        ("serial", "0%"),
        ("serial", True),
        ("max_failures", -1),
        ("max_failures", "some"),
        ("max_failures", 1.5),
        ("soak", -1),
        ("soak", "soon"),
        ("order", "random"),
        ("rollback", False),
        ("deployments_at_once", 0),
        ("canary", []),
        ("canary", [1]),
        ("hold", {"a": 1}),
        ("fail_on_drift", "perhaps"),
        ("until", "25:00"),
        ("until", -5),
        ("until", [1]),
        ("change", "image_tag=2.1.0"),
        ("change", {"image_tga": "2.1.0"}),
        ("change", {"name": "other"}),
        ("change", {"state": "absent"}),
        ("deployment", {"wait": False}),
        ("only_from", {"endpoint": "x"}),
        ("gate_tasks", "missing.yml"),
    ],
)
def test_a_variable_that_cannot_be_right_is_named(name, value):
    with pytest.raises(InvalidOption, match=f"`fleet_{name}"):
        read(**{name: value})


def test_all_that_is_wrong_is_one_error():
    with pytest.raises(InvalidOption) as caught:
        read(soak=-1, order="random", max_failure=1)
    assert len(str(caught.value).split("\n- ")) == 4
    assert "did you mean `fleet_max_failures`?" in str(caught.value)


def test_what_other_playbooks_and_jobs_hand_on_is_no_misspelling():
    assert read(report={"run": "1"}, report_77={}, report_from=["x"], report_fail_on_failure=True) == read()
    with pytest.raises(InvalidOption, match="did you mean `fleet_report_dest`"):
        read(report_dst="x")


def test_the_rollback_follows_the_change():
    assert read(change={"image_tag": "2.1.0"}).rollback == "app"
    assert read(change={"image_tag": "2.1.0"}, rollback="none").rollback == "none"


def test_a_change_is_told_by_its_short_values():
    assert words_of_change(read()) == "each app to its own description"
    options = read(change={"image_tag": "2.1.0", "spicepod": "kind: Spicepod"}, deployment={"replicas": 2})
    assert words_of_change(options) == "image_tag 2.1.0, spicepod, replicas 2"


def test_per_cent_are_cut_down():
    assert [per_cent(share, 39) for share in ("5%", "10%", "100%", "2.6%", 7)] == [1, 3, 39, 1, 7]


# -- who comes when ---------------------------------------------------------------------------------------------------


def looked_at(*names, **results):
    """dict: the records of apps of which these have something to do."""
    found = {name: {"host": name, "is_app": True, "hold": "", "result": None, "changes": ["x"]} for name in names}
    for name, result in results.items():
        found[name] = {"host": name, "is_app": True, "hold": "", "result": result, "changes": [], "reason": "r"}
    return found


def decide(records, canaries=None, held=(), only_plans=False, is_paused=False, **options):
    return fleet_plan.decide(FleetOptions(**options), records, canaries, held, only_plans, is_paused)


def test_the_first_batch_is_the_canary():
    decision = decide(looked_at(*"abcdefghij"), serial=[2, 3, "20%"])
    assert decision.canaries == ["a", "b"]
    assert decision.rest == list("cdefghij")
    assert decision.sizes == [3, 2, 2, 1]
    assert decision.batches["a"] == "canary"
    assert decision.batches["c"] == "2"
    assert decision.batches["j"] == "5"


def test_one_size_holds_for_all_batches():
    assert decide(looked_at(*"abcde"), serial=[2]).sizes == [2, 1]
    assert decide(looked_at(*"abc"), serial=["100%"]).sizes == []


def test_named_canaries_come_first_and_those_that_are_done_are_verified():
    decision = decide(looked_at("a", "b", "c", "d", z="unchanged"), canaries=["c", "z"], serial=[1, 5])
    assert decision.canaries == ["c", "z"]
    assert decision.is_named is True
    assert decision.rest == ["a", "b", "d"]
    assert decision.sizes == [1, 2]


def test_nothing_to_do_needs_no_canary():
    decision = decide(looked_at(a="unchanged", b="unchanged"), canaries=["a"])
    assert (decision.canaries, decision.rest, decision.sizes, decision.state) == ([], [], [], "")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("sorted", "abc"),
        ("reverse_sorted", "cba"),
        ("inventory", "bca"),
        ("reverse_inventory", "acb"),
    ],
)
def test_the_order(order, expected):
    assert "".join(decide(looked_at(*"bca"), order=order, serial=["100%"]).canaries) == expected


def test_a_shuffle_has_each_app_once():
    names = [f"app-{number}" for number in range(50)]
    decision = decide(looked_at(*names), order="shuffle")
    assert sorted(decision.canaries + decision.rest) == sorted(names)
    assert decision.canaries + decision.rest != names


def test_apps_are_held_by_name_and_by_themselves_unless_they_are_done():
    records = looked_at("a", "b", "c", d="unchanged", e="failed")
    records["b"]["hold"] = "it says so"
    decision = decide(records, held=["a", "d", "e"])
    assert {name: record["result"] for name, record in records.items()} == {
        "a": "held",
        "b": "held",
        "c": None,
        "d": "unchanged",
        "e": "held",
    }
    assert decision.canaries == ["c"]
    assert decision.state == ""


def test_hosts_without_an_app_are_left_out():
    records = looked_at("a")
    records["bastion"] = {"host": "bastion", "is_app": False, "result": None}
    assert decide(records).ignored == 1
    assert decide(records).hosts == ["a"]
    decision = decide({"bastion": records["bastion"]})
    assert decision.state == "stopped"
    assert "no host describes an app" in decision.reason


@pytest.mark.parametrize(
    ("max_failures", "state"), [(0, "stopped"), (1, "stopped"), (2, ""), ("50%", ""), ("49%", "stopped")]
)
def test_plans_that_failed_count(max_failures, state):
    records = looked_at("a", "b", c="failed", d="failed")
    assert decide(records, max_failures=max_failures).state == state


def test_a_canary_whose_plan_failed_stops_whatever_may_fail():
    decision = decide(looked_at("a", "b", c="failed"), canaries=["c"], max_failures=3)
    assert (decision.state, decision.reason) == ("stopped", "the plan of the canary c failed")
    assert decide(looked_at("a"), canaries=["other"]).state == "stopped"


def test_two_hosts_of_one_app_stop_the_run():
    records = looked_at("east", "other", "west", "new", "newer")
    for host, app_id in (("east", 1), ("other", 2), ("west", 1), ("new", None), ("newer", None)):
        records[host].update(app="sales", app_id=app_id)
    decision = decide(records, max_failures=5)
    assert decision.state == "stopped"
    assert decision.reason == "hosts east and west describe the same app sales (id 1): keep one"
    del records["west"]
    assert decide(records).state == ""


def test_a_plan_begins_nothing():
    records = looked_at("a", b="unchanged")
    assert decide(records, only_plans=True).state == "planned"
    assert records["a"]["result"] == "would_change"
    assert decide(looked_at("a"), is_paused=True).state == "paused"
    assert decide(looked_at(a="unchanged"), is_paused=True).state == ""


def test_the_plan_shows_the_numbers_in_force():
    records = looked_at("a", "b", "c", d="failed", e="held")
    for record in records.values():
        record["api"] = {"requests": 300}
    decision = decide(records, max_failures=1, serial=[1, 1])
    lines = fleet_plan.plan_lines(FleetOptions(), decision, records, "2026-11-28 04:00:00", 100)
    text = "\n".join(lines)
    for words in (
        "apps: 5 (3 to do, 0 unchanged, 1 held, 1 failed)",
        "canary: a; it must succeed and stay healthy 300 s",
        "batches: 2 (1, 1)",
        "at most 1 in the whole run",
        "requests of this plan: 1,500",
        "no new batch after 2026-11-28 04:00:00",
        "FAILED, nothing was changed: r",
    ):
        assert words in text
    many = {f"app-{number:04}": dict(records["a"], host=f"app-{number:04}") for number in range(250)}
    assert fleet_plan.plan_lines(FleetOptions(), decide(many), many, "", 100)[-1] == "and 50 apps more"


# -- when it stops ----------------------------------------------------------------------------------------------------


def judged(results, batch, budget=0, is_canary=False, is_over=False, left=1):
    records = {
        name: {"host": name, "result": result.rstrip("!"), "counts": not result.endswith("!")}
        for name, result in results.items()
    }
    decision = decide(looked_at(*results), max_failures=budget)
    return fleet_plan.judge(decision, records, batch, is_canary, is_over, left)


def test_exactly_so_many_failures_go_on_and_one_more_stops():
    results = {"a": "changed", "b": "rolled_back", "c": "failed", "d": "changed"}
    assert judged(results, ["c", "d"], budget=2).state == ""
    assert judged(results, ["c", "d"], budget=1).state == "stopped"
    assert judged(results, ["c", "d"], budget=1).failed == 2


def test_a_failure_that_does_not_count_stops_nothing_but_a_canary():
    assert judged({"a": "failed!"}, ["a"]).state == ""
    assert judged({"a": "failed!"}, ["a"], is_canary=True).state == "stopped"


def test_a_rollback_that_failed_stops_whatever_may_fail():
    verdict = judged({"a": "rollback_failed", "b": "changed"}, ["a", "b"], budget=2)
    assert (verdict.state, verdict.reason) == ("stopped", "the rollback of a failed")


def test_the_run_pauses_only_if_something_is_left():
    assert judged({"a": "changed"}, ["a"], is_over=True).state == "paused"
    assert judged({"a": "changed"}, ["a"], is_over=True, left=0).state == ""
    assert judged({"a": "failed"}, ["a"], is_over=True).state == "stopped"


# -- the state before a change ----------------------------------------------------------------------------------------

APP = {"id": 7, "name": "shop"}
RAN = {"id": 5, "status": "succeeded", "image_tag": "2.0.3", "replicas": 1, "commit_message": "x"}


def image(previous=None, newest=None, wanted=None):
    return fleet_before.image_of("run", APP, previous or {}, newest or RAN, wanted or {})


def test_the_former_value_is_known_from_what_ran():
    assert image({"replicas": 1}, wanted={"image_tag": "2.1.0", "replicas": 2})["previous"] == {
        "replicas": 1,
        "image_tag": "2.0.3",
    }
    assert image(newest={**RAN, "status": "failed"}, wanted={"image_tag": "2.1.0"})["previous"] == {}
    assert image(wanted={"image_tag": "2.0.3"})["previous"] == {}


def test_a_run_that_died_has_kept_the_state_that_counts(tmp_path):
    path = str(tmp_path / "state" / "shop.json")
    assert fleet_before.read_image(path) is None
    fleet_before.write_image(path, image({"spicepod": {"name": "old"}}))
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    former = fleet_before.read_image(path)
    failed = {**RAN, "id": 6, "status": "failed"}
    merged = fleet_before.with_former(image(newest=failed), former)
    assert merged["previous"] == {"spicepod": {"name": "old"}}
    assert merged["deployment"]["id"] == 5
    assert fleet_before.runs_before(merged)
    # What has succeeded since is a good state.
    later = image(newest={**RAN, "id": 6})
    assert fleet_before.with_former(later, former) == later
    fleet_before.end_image(path)
    assert fleet_before.with_former(image(newest=failed), fleet_before.read_image(path)) == image(newest=failed)


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "shop.json").write_text("half")
    with pytest.raises(OperationFailed, match="shop.json"):
        fleet_before.read_image(str(tmp_path / "shop.json"))
    (tmp_path / "file").write_text("")
    with pytest.raises(OperationFailed, match="cannot be written"):
        fleet_before.write_image(str(tmp_path / "file/shop.json"), image())


# -- the report -------------------------------------------------------------------------------------------------------


def test_a_summary_counts_what_became_of_each_app():
    counts = {"requests": 3, "writes": 1, "throttled": 1, "paced_seconds": 0.25}
    records = [
        {"host": "a", "app": "A", "result": "created", "version": "2.1.0", "api": counts, "seconds": 2.5},
        {"host": "b", "result": "rolled_back", "version": "2.0.3", "api": counts, "reason": "why"},
        {"host": "c", "result": None, "api": {}},
    ]
    batches = [{"name": "canary", "hosts": ["a", "b"], "began": 0.0, "seconds": 9.0}]
    summary = summary_of("r", "image_tag 2.1.0", "stopped", "because", batches, records)
    assert [app["result"] for app in summary["apps"]] == ["created", "rolled_back", "not_reached"]
    assert summary["batches"] == [
        {"name": "canary", "apps": 2, "changed": 1, "unchanged": 0, "failed": 0, "rolled_back": 1, "seconds": 9.0}
    ]
    assert summary["versions"] == {"2.1.0": 1, "2.0.3": 1}
    assert (summary["requests"], summary["writes"], summary["throttled"], summary["paced_seconds"]) == (6, 2, 2, 0.5)
