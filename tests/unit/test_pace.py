# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pace of a run: no limit before the first 429, then a cut, a hold and growth, together for all processes."""

from __future__ import annotations

import email.utils
import multiprocessing
import os
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError
from ansible_collections.spiceai.cloud.plugins.module_utils._http import pace as pace_file
from ansible_collections.spiceai.cloud.plugins.module_utils._http import retry as retry_file
from ansible_collections.spiceai.cloud.plugins.module_utils._http.pace import Pace, TooSlow, grown
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import RetryPolicy
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState
from ansible_collections.spiceai.cloud.tests.unit.fakes import API

APP = API + "/v1/apps/7"
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["directory", "memory"])
def state(request, tmp_path):
    return RunState(str(tmp_path / "shared") if request.param == "directory" else None)


@pytest.fixture
def make(state):
    """Makes the pace of one more task of the same run; its progress lines are in ``told``."""

    def one_more(highest=None, budget=1000.0, key="key", of=None):
        told = []
        made = Pace(of or state, key, highest, RetryPolicy(5, budget, told.append))
        made.told = told
        return made

    return one_more


def go(pace, clock, is_retry=False):
    """How long a request waits for its turn."""
    began = clock.now
    pace.wait(is_retry)
    return round(clock.now - began, 6)


def accepted(pace, clock, count, seconds=1.0):
    """So many requests pass, evenly in the last seconds."""
    for dummy in range(count):
        clock.now += seconds / count
        pace.learn(200, {}, clock.now)


def refused(pace, clock, **headers):
    pace.learn(429, {name.replace("_", "-"): value for name, value in headers.items()}, clock.now)


# -- the rate ---------------------------------------------------------------------------------------------------------


def test_nothing_waits_before_the_first_429(make, clock, tmp_path):
    pace = make()
    for dummy in range(100):
        pace.wait(False)
        pace.learn(200, {"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "60"}, clock.now)
    assert (clock.slept, pace.seconds) == ([], 0.0)
    # There is a journal and no value, so that no request takes a lock.
    assert [path.name for path in tmp_path.glob("shared/*")] in ([], ["accepted-key"])


def test_a_429_cuts_to_seven_tenths_of_what_was_accepted(make, clock):
    pace = make()
    accepted(pace, clock, 20)
    refused(pace, clock)
    assert go(pace, clock) == 0
    assert [go(pace, clock) for dummy in range(3)] == [pytest.approx(1 / 14, abs=1e-4)] * 3


def test_only_the_last_second_is_measured(make, clock):
    pace = make()
    accepted(pace, clock, 500, seconds=5)
    clock.now += 0.1
    accepted(pace, clock, 10)
    refused(pace, clock)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 7, abs=1e-4)


def test_refused_requests_are_not_measured(make, clock):
    pace = make()
    accepted(pace, clock, 10)
    for dummy in range(40):
        refused(pace, clock)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 7, abs=1e-4)


def test_one_cut_a_second(make, clock):
    pace = make()
    accepted(pace, clock, 100)
    for dummy in range(3):
        refused(pace, clock)
        clock.now += 0.3
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 70, abs=1e-4)
    clock.now += 0.2
    refused(pace, clock)
    clock.now += 0.1
    pace.wait(False)
    # Nothing was accepted within the last second, so the rate in force is cut.
    assert go(pace, clock) == pytest.approx(1 / 49, abs=1e-4)


def test_a_late_answer_to_a_request_before_the_cut_does_not_cut_again(make, clock):
    pace = make()
    accepted(pace, clock, 100)
    sent_at = clock.now - 0.5
    refused(pace, clock)
    clock.now += 1.5
    pace.learn(429, {}, sent_at)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 70, abs=1e-4)


def test_a_first_request_that_is_refused_tells_no_rate(make, clock):
    pace = make()
    refused(pace, clock)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 7, abs=1e-4)


def test_the_rate_never_falls_below_one_request_in_two_seconds(make, clock):
    pace = make()
    for dummy in range(30):
        refused(pace, clock)
        clock.now += 1
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(2, abs=1e-4)


@pytest.mark.parametrize(
    ("rate", "seconds", "expected"),
    [
        (10.0, -5, 10.0),
        (10.0, 0, 10.0),
        (10.0, 1, 10.3),
        (10.0, 10, 10 * 1.03**10),
        (0.5, 1, 0.6),
        (0.5, 10, 1.5),
        (0.5, 28 + 1 / 3, 3 + 1 / 3),
        (0.5, 29 + 1 / 3, (3 + 1 / 3) * 1.03),
    ],
)
def test_growth(rate, seconds, expected):
    assert grown(rate, seconds) == pytest.approx(expected)


@pytest.mark.parametrize(
    "path",
    [
        "docs/docsite/rst/guide_how_it_works.rst",
        "docs/adr/0008-one-pace-for-a-run.md",
        "plugins/doc_fragments/spice.py",
    ],
)
def test_what_people_read_tells_the_numbers_in_force(path):
    text = " ".join((ROOT / path).read_text(encoding="utf-8").split())
    growth, least = round((pace_file.GROWTH - 1) * 100), pace_file.MIN_GROWTH
    assert f"each second by {growth} percent or by {least} requests a second, whichever is more" in text
    assert f"{pace_file.CUT} of " in text


def test_growth_begins_two_seconds_after_the_cut_and_its_hold(make, clock):
    pace = make()
    accepted(pace, clock, 10)
    refused(pace, clock, Retry_After="30")
    assert go(pace, clock) == pytest.approx(30)
    clock.now += 1
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 7, abs=1e-4)
    clock.now += 10
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / (7 * 1.03**9.1429), abs=1e-4)


@pytest.mark.parametrize("idle", [300, 86400, 1e9])
def test_after_a_long_time_there_is_no_limit_again(make, clock, idle):
    pace = make()
    accepted(pace, clock, 10)
    refused(pace, clock)
    clock.now += idle
    assert [go(pace, clock) for dummy in range(50)] == [0.0] * 50


# -- the hold ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        ("1.5", 1.5),
        ("", 0),
        ("soon", 0),
        ("-3", 0),
        ("Sun, 06 Nov 1994 08:49:37 +99999999999999", 0),
        ("999999999", 3600),
        ("9" * 400, 3600),
    ],
)
def test_everybody_holds_until_retry_after_is_over(make, clock, header, seconds):
    one, other = make(budget=1e9), make(budget=1e9)
    refused(one, clock, Retry_After=header)
    assert go(other, clock) == pytest.approx(seconds)


@pytest.mark.parametrize(("ahead", "seconds"), [(12, 12), (-12, 0)])
def test_retry_after_as_a_date(make, clock, ahead, seconds):
    refused(make(), clock, Retry_After=email.utils.formatdate(clock.now + ahead, usegmt=True))
    assert go(make(), clock) == pytest.approx(seconds)


def test_a_longer_hold_wins_over_a_later_shorter_one(make, clock):
    refused(make(), clock, Retry_After="9")
    clock.now += 1
    refused(make(), clock, Retry_After="2")
    assert go(make(), clock) == pytest.approx(8)


@pytest.mark.parametrize("status", [200, 404, 429])
@pytest.mark.parametrize("reset", ["seconds", "epoch", "milliseconds", "the server's clock"])
def test_no_request_left_holds_until_the_reset(make, clock, status, reset):
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "1000"}
    if reset == "the server's clock":  # which is an hour ahead
        headers["Date"] = email.utils.formatdate(clock.now + 3600, usegmt=True)
        headers["X-RateLimit-Reset"] = str(clock.now + 3600 + 8)
    else:
        headers["X-RateLimit-Reset"] = {"seconds": "8", "epoch": str(clock.now + 8)}.get(
            reset, str((clock.now + 8) * 1000)
        )
    make().learn(status, headers, clock.now)
    waiting = make()
    assert go(waiting, clock) == pytest.approx(8)
    if status != 429:
        assert [go(waiting, clock) for dummy in range(20)] == [0.0] * 20  # a hold is no cut


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Remaining": "0"},
        {"X-RateLimit-Reset": "60"},
        {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "60"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000000"},
        {"X-RateLimit-Remaining": "none", "X-RateLimit-Reset": "60"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "tomorrow"},
        {"X-RateLimit-Remaining": "nan", "X-RateLimit-Reset": "nan"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000000", "Date": "Sun, 99999999999 Nov 1994 08:49:37"},
        {"Retry-After": "60"},
    ],
)
def test_headers_that_ask_for_nothing(make, clock, headers):
    make().learn(200, headers, clock.now)
    assert go(make(), clock) == 0


def test_retry_after_counts_before_the_reset(make, clock):
    make().learn(429, {"Retry-After": "3", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "50"}, clock.now)
    assert go(make(), clock) == pytest.approx(3)


def test_a_hold_that_begins_while_a_request_waits_counts_for_it_too(make, clock):
    one, other = make(), make()
    accepted(one, clock, 1)
    refused(one, clock)
    one.wait(False)
    clock.meanwhile = [lambda: refused(other, clock, Retry_After="20")]
    assert go(one, clock) == pytest.approx(1 / 0.7 + 20, abs=1e-3)
    assert len(clock.slept) == 2


# -- the user's own limit ---------------------------------------------------------------------------------------------


def test_requests_per_second_holds_before_any_429(make, clock):
    one, other = make(highest=4.0), make(highest=4.0)
    assert [go(each, clock) for each in (one, other, one, other)] == [0, 0.25, 0.25, 0.25]
    clock.now += 60  # what was not used is gone
    assert [go(each, clock) for each in (one, other)] == [0, 0.25]


def test_requests_per_second_is_a_bound_and_no_aim(make, clock):
    pace = make(highest=10.0)
    accepted(pace, clock, 2)
    refused(pace, clock)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 1.4, abs=1e-4)
    clock.now += 3600
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(0.1, abs=1e-4)


# -- the budget of the task -------------------------------------------------------------------------------------------


def test_a_hold_beyond_the_budget_fails_without_a_request(make, clock):
    refused(make(), clock, Retry_After="500")
    with pytest.raises(TooSlow) as caught:
        make(budget=120).wait(False)
    assert caught.value.seconds == pytest.approx(500)
    assert clock.slept == []


def test_a_place_in_the_queue_costs_a_first_attempt_nothing(make, clock):
    pace = make(budget=0.5)
    for dummy in range(30):
        refused(pace, clock)
        clock.now += 1
    pace.wait(False)
    assert all(go(pace, clock) > 1 for dummy in range(4))
    with pytest.raises(TooSlow):
        pace.wait(True)


def test_what_the_user_makes_wait_costs_nothing(make, clock):
    pace = make(budget=1, highest=0.1)
    assert [go(pace, clock, is_retry=True) for dummy in range(3)] == [0, 10, 10]


def test_many_holds_that_a_long_task_meets_cost_it_nothing(make, clock):
    pace = make(budget=10)
    for dummy in range(20):
        pace.learn(200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "8"}, clock.now)
        assert go(pace, clock) == pytest.approx(8)
    refused(pace, clock, Retry_After="8")
    assert go(pace, clock, is_retry=True) == pytest.approx(8)
    refused(pace, clock, Retry_After="8")
    for is_retry in (True, False):
        with pytest.raises(TooSlow):
            pace.wait(is_retry)


# -- what is told -----------------------------------------------------------------------------------------------------


def test_a_long_wait_is_told_once(make, clock):
    refused(make(), clock, Retry_After="12")
    pace = make()
    pace.wait(False)
    assert pace.told == ["the next request waits 12 s, because the API asks this run to wait"]
    assert pace.seconds == pytest.approx(12)


@pytest.mark.parametrize(("seconds", "lines"), [(3, 0), (3.1, 1)])
def test_a_short_wait_is_silent(make, clock, seconds, lines):
    refused(make(), clock, Retry_After=str(seconds))
    pace = make()
    pace.wait(False)
    assert len(pace.told) == lines


def test_many_long_waits_are_told_twice_a_minute(make, clock):
    pace = make(highest=0.2)
    for dummy in range(12):
        pace.wait(False)
    assert pace.seconds == pytest.approx(55)
    assert pace.told == ["the next request waits 5 s, because `requests_per_second` is 0.2 for the whole run"] * 2


# -- several keys, processes, and a directory that fails --------------------------------------------------------------


def test_another_key_has_another_pace(make, clock):
    refused(make(key="one"), clock, Retry_After="60")
    assert go(make(key="other"), clock) == 0


def send_many(directory, count, answers):
    """In a process of its own: this many requests, at times that go to the queue."""
    pace = Pace(RunState(directory), "key", 50.0, RetryPolicy(5, 60.0))
    for dummy in range(count):
        pace.wait(False)
        answers.put(time.monotonic())
        pace.learn(200, {}, time.monotonic())


def test_processes_keep_one_pace(tmp_path, monkeypatch):
    for module in (pace_file, retry_file):
        monkeypatch.setattr(module, "time", time)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    processes = [context.Process(target=send_many, args=(str(tmp_path), 8, answers)) for dummy in range(5)]
    for process in processes:
        process.start()
    moments = sorted(answers.get(timeout=60) for dummy in range(40))
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    # 40 requests, 50 a second: alone each process would be done in a fifth of that.
    assert moments[-1] - moments[0] >= 39 / 50 - 0.05
    assert len(RunState(str(tmp_path)).newest("accepted-key")) == 40


def test_threads_keep_one_pace(make, clock):
    pace = make(highest=10.0)
    threads = [threading.Thread(target=pace.wait, args=(False,)) for dummy in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with pace._state.locked("pace-key") as box:
        assert box.value["next_slot"] >= 1_800_000_000.8 - 1e-5


@pytest.mark.parametrize("left_behind", ["", "{", "[1]", '{"rate": 1, "unknown": 2}', "null"])
def test_what_a_killed_process_left_is_no_pace(tmp_path, make, clock, left_behind):
    (tmp_path / "pace-key").write_text(left_behind)
    pace = make(of=RunState(str(tmp_path)))
    assert [go(pace, clock), go(pace, clock)] == [0, 0]


def test_half_a_number_in_the_journal_does_no_harm(tmp_path, make, clock):
    state = RunState(str(tmp_path))
    pace = make(of=state)
    accepted(pace, clock, 10)
    with (tmp_path / "accepted-key").open("ab") as journal:
        journal.write(b"abc")
    refused(pace, clock)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(1 / 7, abs=1e-4)


@pytest.mark.parametrize("first", ["accepted", "refused", "bound"])
def test_without_a_directory_the_task_keeps_its_own_pace(tmp_path, make, clock, first):
    warnings = []
    (tmp_path / "a file").write_text("")
    state = RunState(str(tmp_path / "a file" / "shared"), warnings.append)
    pace = make(of=state, highest=5.0 if first == "bound" else None)
    if first == "accepted":
        accepted(pace, clock, 10)
    if first != "bound":
        refused(pace, clock)
    pace.wait(False)
    assert go(pace, clock) == pytest.approx(0.2 if first == "bound" else 1 / 7, abs=1e-4)
    assert len(warnings) == 1
    assert "no pace" in warnings[0]


def test_a_long_journal_is_read_from_its_end(tmp_path):
    state = RunState(str(tmp_path))
    for number in range(5000):
        state.append("journal", number)
    assert state.newest("journal") == list(range(5000 - 4096, 5000))
    assert os.stat(tmp_path / "journal").st_size == 5000 * 8
    memory = RunState(None)
    for number in range(5000):
        memory.append("journal", number)
    assert memory.newest("journal") == list(range(5000 - 4096, 5000))


# -- in the client ----------------------------------------------------------------------------------------------------


def test_tasks_of_one_run_share_the_hold_and_name_it(http, client, clock, tmp_path):
    http.get(APP, status=429, headers={"Retry-After": "300"}, json={"error": "slow down"})
    with pytest.raises(ApiError):
        client(RunState(str(tmp_path))).get("/v1/apps/7")
    other = client(RunState(str(tmp_path)))
    with pytest.raises(ApiError) as caught:
        other.get("/v1/apps/7")
    assert len(http.calls) == 1
    assert caught.value.status == 429
    assert caught.value.out_of_time
    assert str(caught.value) == (
        "GET /v1/apps/7 was not sent, because the API limits the requests of this run (about 7.0 a second): it would "
        "have to wait 300 seconds, beyond `retry_timeout` of 120 seconds; run the task again later, or raise "
        "`retry_timeout`."
    )
    assert other.stats() == {"requests": 0, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_another_organization_or_address_is_another_pace(http, client, clock, tmp_path):
    state = RunState(str(tmp_path))
    http.get(APP, status=429, headers={"Retry-After": "300"})
    with pytest.raises(ApiError):
        client(state).get("/v1/apps/7")
    http.get("https://other.test/v1/apps/7", json={})
    client(state, api_url="https://other.test").get("/v1/apps/7")
    http.reset()
    http.get(APP, json={})
    client(state, org="acme").get("/v1/apps/7")
    client(state, api_token="another-token").get("/v1/apps/7")
    assert clock.slept == []


def test_every_request_of_a_redirect_keeps_the_pace(http, client, clock):
    http.get(APP, status=307, headers={"Location": "/v1/other"})
    http.get(API + "/v1/other", json={})
    client(requests_per_second=0.5).get("/v1/apps/7")
    assert clock.slept == [2.0]


def test_statistics_of_a_task(http, client, clock):
    http.get(APP, status=429, headers={"Retry-After": "2"})
    http.get(APP, json={})
    made = client(requests_per_second=0.5)
    made.get("/v1/apps/7")
    made.get("/v1/apps/7")
    assert made.stats()["throttled"] == 1
    assert made.stats()["paced_seconds"] == pytest.approx(sum(clock.slept), abs=0.001)
