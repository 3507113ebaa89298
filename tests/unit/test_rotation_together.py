# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations of one app at the same time: every order of their requests, with crashes and rate limits, against a model
of the API.

The runs are the real code. A run is deterministic given what it was answered, so the next request after some answers is
found by running it again with these answers. A search over all reachable states then sees every interleaving. The one
thing that it takes for granted is what the documentation says: a request that was checked before another run wrote its
record arrives before that run has waited for ``settle_time``.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import types
from typing import NamedTuple

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._api import keys as keys_api
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http import retry
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import AttemptFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import (
    rotation_checks,
    rotation_record,
    rotation_state,
    rotation_steps,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation import Rotation
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_record import TAG
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_state import RotationState
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.rotation_steps import RotationSteps
from ansible_collections.spiceai.cloud.plugins.modules.spice_api_key_rotation import SPEC
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, PAT

pytestmark = [pytest.mark.newest_core, pytest.mark.no_cover]
NOW = 1_800_000_000
LIMITED = "429"
SETTLE, PUBLISH, END = "settle", "publish", "end"
FINISHED, STOPPED, CRASHED = "finished", "stopped", "crashed"
OPTIONS = {
    "app": None,
    "app_id": 1,
    "active": "auto",
    "settle_time": 5,
    "take_over": False,
    "verify": False,
    "key_number": None,
    "fingerprint": None,
    "published": None,
}


class Pending(BaseException):
    """What a run does next, when all the answers that it has are used up."""


class World(NamedTuple):
    """The server, and the key that clients use: the one that was published last."""

    record: str | None
    keys: tuple
    published: str

    def answer(self, action):
        """(World, answer) after a request; what is refused with 429 does not come here."""
        kind, path, body = action
        world = self
        if kind == PUBLISH:
            return self._replace(published=body), None
        if kind == "PUT":
            world = self._replace(record=body["tags"][TAG])
        elif kind == "POST":
            slot = body["key_number"] - 1
            keys = list(self.keys)
            keys[slot] = f"{slot + 1}.{int(keys[slot].partition('.')[2]) + 1}" if keys[slot] else f"{slot + 1}.1"
            world = self._replace(keys=tuple(keys))
        if path.endswith("/api-keys"):
            return world, tuple(world.keys)
        return world, world.record

    def is_served(self):
        return self.published in self.keys


START = World(None, ("1.1", None), "1.1")


class Scripted(Client):
    """A client that is answered from a list, with the real loop of retries around it."""

    def __init__(self, script):
        config = {
            "api_url": API,
            "api_token": PAT,
            "timeout": 30,
            "retries": 5,
            "retry_timeout": 120,
            "validate_certs": True,
        }
        super().__init__(
            Config(dict(dict.fromkeys(("client_id", "client_secret", "token_url", "org", "ca_path")), **config), {}),
            "model",
        )
        self._script = script
        self._transport.attempt = self._attempt

    def _attempt(self, request, retries):
        data = request.data() if callable(request.data) else request.data
        answer = self._script((request.method, request.path, None if data is None else json.loads(data)))
        if answer == LIMITED:
            limited = ApiError("slow down", request.method, request.path, status=429)
            raise AttemptFailed(limited, retryable=True, retry_after=1)
        if request.path.endswith("/api-keys"):
            return {"api_key": answer[0], "api_key_2": answer[1]}
        return {"id": 1, "name": "sales", "tags": {TAG: answer} if answer else {}}


def step(script, **options):
    run = ModuleRun(SPEC, dict(OPTIONS, reveal=True, **options), False, False)
    run._client = Scripted(script)
    return Rotation(run).execute()["rotation"]


class Runs:
    """What runs do, by what they were answered.

    ``known`` numbers the points that runs can be at, and keeps what they do there.
    """

    def __init__(self, monkeypatch, known):
        self._script = None
        clock = types.SimpleNamespace(time=lambda: NOW, sleep=lambda seconds: None)
        settling = types.SimpleNamespace(sleep=lambda seconds: self._script((SETTLE, "", None)))
        for module in (retry, rotation_checks, rotation_record):
            monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(rotation_steps, "time", settling)
        monkeypatch.setattr(rotation_state, "secrets", types.SimpleNamespace(token_hex=lambda size: self._token))
        self._known, self._ended = known, {}

    def point(self, name, answers=()):
        """The number of the point at which the run is after these answers; a word when it is over."""
        if (name, answers) not in self._known:
            kind, path, body = self._next(name, answers)
            over = (STOPPED if body else FINISHED) if kind == END else None
            point = self._known[name, answers] = over or len(self._known)
            if not over:
                self._known[point] = ((kind, path, body), name, answers)
        return self._known[name, answers]

    def action(self, point):
        """(kind, path, body) of the next request."""
        return self._known[point][0]

    def after(self, point, answer):
        """The next point."""
        if (point, answer) not in self._known:
            dummy, name, answers = self._known[point]
            self._known[point, answer] = self.point(name, (*answers, answer))
        return self._known[point, answer]

    def _next(self, name, answers):
        self._token, used = hashlib.sha256(name.encode()).hexdigest()[:8], 0
        try:
            started, used = self._step(name, answers, used, step="start")
            named = {"key_number": started["key_number"], "fingerprint": started["fingerprint"]}
            shown, used = self._step(name, answers, used, step="read", **named)
            if used == len(answers):
                return PUBLISH, "", shown["value"]
            self._step(name, answers, used + 1, step="finish", published=True, **named)
        except Pending as pending:
            kind, path, body = pending.args[0]
            return kind, path, body
        except SpiceError as refused:
            return END, None, str(refused)
        return END, None, None

    def _step(self, name, answers, used, **options):
        """(result, used) of a step that goes on after so many answers; one that came to its end is run once only."""
        for end in range(used, len(answers) + 1):
            kept = self._ended.get((name, options["step"], answers[:end]))
            if kept:
                return kept, end
        left = iter(answers[used:])
        count = itertools.count(used)

        def script(action):
            for answer in left:
                next(count)
                return answer
            raise Pending(action)

        self._script = script
        result = step(script, **options)
        end = next(count)
        self._ended[name, options["step"], answers[:end]] = result
        return result, end


class State(NamedTuple):
    """What there is between two requests.

    Attributes:
        world (World). points (tuple): where each run is; a word for one that is over. awaited (tuple): of each run
        those whose request it has to wait for, one bit each. limits, crashes (int): how many are left. last (int |
        None), switches (int): see :class:`Search`.
    """

    world: World
    points: tuple
    awaited: tuple
    limits: int
    crashes: int
    last: int | None = None
    switches: int = 0


class Search:
    """Goes through all states that several runs can reach.

    Args:
        runs (Runs). names (str): a letter for each run. limits (int): how many writes are answered with 429. crashes
        (int): how many runs die. settles (bool): whether a wait for ``settle_time`` outlasts the requests that were
        under way. switches (int | None): how often at most another run goes on although the present one could.

    Attributes:
        broken (list | None): the way to a state in which clients hold a dead key. ends (set): the last worlds, with how
            each run ended.
    """

    def __init__(self, runs, names="ab", limits=0, crashes=0, settles=True, switches=None, world=START):
        self._runs, self._names, self._settles, self._switches = runs, names, settles, switches
        self._all, count = range(len(names)), len(names)
        self.broken, self.ends, self.states = None, set(), 0
        self._search(State(world, tuple(runs.point(name) for name in names), (0,) * count, limits, crashes))

    def _search(self, start):
        came_from, todo = {start: None}, [start]
        while todo:
            state = todo.pop()
            if not state.world.is_served():
                self.broken = _way(came_from, state)
                break
            following = [after for run in self._all for after in self._after(state, run)]
            if not following:
                self.ends.add((state.world, state.points))
            for after in following:
                if after not in came_from:
                    came_from[after] = state
                    todo.append(after)
        self.states = len(came_from)

    def _action(self, state, run):
        """What the run does next; None when it is over."""
        point = state.points[run]
        return None if isinstance(point, str) else self._runs.action(point)

    def _can(self, state, run):
        action = self._action(state, run)
        return action is not None and not (action[0] == SETTLE and state.awaited[run])

    def _is_writing(self, state, run):
        action = self._action(state, run)
        return action is not None and action[0] in ("PUT", "POST")

    def _after(self, state, run):
        """The states that a step of this run leads to."""
        if not self._can(state, run):
            return
        if self._switches is not None:
            switches = state.switches + (state.last not in (None, run) and self._can(state, state.last))
            if switches > self._switches:
                return
            state = state._replace(last=run, switches=switches)
        # Whatever happens to its request now, nobody waits for it any longer.
        state = state._replace(awaited=tuple(others & ~(1 << run) for others in state.awaited))
        if state.crashes:
            yield state._replace(points=_with(state.points, run, CRASHED), crashes=state.crashes - 1)
        action = self._action(state, run)
        if state.limits and self._is_writing(state, run):
            yield self._answered(state, run, LIMITED)._replace(limits=state.limits - 1)
        world, answer = (state.world, None) if action[0] == SETTLE else state.world.answer(action)
        after = self._answered(state._replace(world=world), run, answer)
        if self._settles and action[0] == "PUT":
            # These were checked before the record was written: the wait that follows outlasts them.
            late = sum(1 << other for other in self._all if other != run and self._is_writing(state, other))
            after = after._replace(awaited=_with(after.awaited, run, late))
        yield after

    def _answered(self, state, run, answer):
        return state._replace(points=_with(state.points, run, self._runs.after(state.points[run], answer)))


def _with(items, index, value):
    return (*items[:index], value, *items[index + 1 :])


def _way(came_from, state):
    way = []
    while state is not None:
        way.append(state)
        state = came_from[state]
    return way[::-1]


@pytest.fixture(scope="module")
def known():
    return {}


@pytest.fixture
def runs(monkeypatch, known):
    return Runs(monkeypatch, known)


@pytest.fixture
def changed(monkeypatch):
    """The same for a test that changes the code."""
    return Runs(monkeypatch, {})


DEAD = f"feedbeef_{NOW - 60}_bob@ci"
FIRST_KEY = hashlib.sha256(b"2.1").hexdigest()[:12]
# Where two runs begin: nothing recorded, a rotation done, and what a run that died left behind before and after it made
# the new key.
WORLDS = {
    "nothing": START,
    "done before": World("2", ("1.2", "2.1"), "2.1"),
    "died before the key": World(f"2-publishing_none_{DEAD}", ("1.1", None), "1.1"),
    "died after the key": World(f"2-publishing_none_{DEAD}", ("1.1", "2.1"), "1.1"),
    "died while it published": World(f"2-joined_none_{DEAD}", ("1.1", "2.1"), "2.1"),
    "died before it recorded the end": World(f"2-publishing_none_{DEAD}", ("1.2", "2.1"), "2.1"),
    "died in the second rotation": World(f"2-publishing_{FIRST_KEY}_{DEAD}", ("1.1", "2.1"), "1.1"),
}


def goes_well(search):
    """No state is reached in which clients hold a dead key; where nobody died somebody gets to the end."""
    assert search.broken is None
    assert all(FINISHED in outcomes or CRASHED in outcomes for dummy, outcomes in search.ends)
    return search


@pytest.mark.parametrize("world", WORLDS)
def test_two_runs_in_every_order(world, runs):
    search = goes_well(Search(runs, world=WORLDS[world], crashes=2))
    assert search.states > 1000
    # Whatever is left behind, the next run completes it, or says that one of them may be late; the clients hold the
    # active key then.
    for left in {world for world, dummy in search.ends}:
        after = goes_well(Search(runs, names="r", world=left)) if "-done" not in (left.record or "") else None
        for ended in {left} if after is None else {world for world, dummy in after.ends}:
            assert ended.record[1:] == "" or ended.record[1:].startswith("-done")
            assert ended.published == ended.keys[int(ended.record[0]) - 1]


def test_two_runs_with_a_rate_limit(runs):
    goes_well(Search(runs, limits=1, switches=3))


def test_three_runs(runs):
    # The third one may begin when the first one is late with its publish tasks.
    goes_well(Search(runs, names="abc", switches=1))


# -- what each rule is for: without it the search finds a way to a dead key -------------------------------------------


def is_needed(runs, **how):
    way = Search(runs, **how).broken
    assert way is not None
    assert not way[-1].world.is_served()


def test_the_wait_is_needed(runs):
    is_needed(runs, settles=False)


def test_the_look_before_a_key_is_needed(changed, monkeypatch):
    monkeypatch.setattr(RotationSteps, "_check_claim", lambda self, claim: None)
    is_needed(changed)


def test_the_look_before_every_retry_is_needed(changed, monkeypatch):
    once = keys_api.ApiKeys.regenerate

    def regenerate(self, app_id, number, check=None):
        checked = functools.cache(check)
        return once(self, app_id, number, checked)

    monkeypatch.setattr(keys_api.ApiKeys, "regenerate", regenerate)
    is_needed(changed, limits=1)


def test_the_fingerprint_in_the_record_is_needed(changed, monkeypatch):
    monkeypatch.setattr(RotationState, "is_made", lambda self, record, keys: False)

    def own(self, word, spare):
        fingerprint = self.fingerprint(self.keys, self.number)
        return rotation_record.Record(self.number, word, fingerprint, self._token, NOW, "a@b")

    monkeypatch.setattr(RotationState, "own", own)
    is_needed(changed)


def test_the_hour_after_a_shared_rotation_is_needed(changed, monkeypatch):
    monkeypatch.setattr(rotation_checks, "LATE_SECONDS", 0)
    is_needed(changed, names="abc", switches=1)


def test_the_mark_of_a_run_that_joined_is_needed(changed, monkeypatch):
    monkeypatch.setattr(RotationSteps, "_join", lambda self, record: True)
    is_needed(changed, names="abc", switches=1)
