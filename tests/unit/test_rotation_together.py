# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations of one app at the same time: every order of their requests, with crashes and rate limits, against a model of the API.

The runs are the real code. A run is deterministic given what it was answered, so the next request after some answers is found by running it again with
these answers. A search over all reachable states then sees every interleaving. The one thing that it takes for granted is what the documentation says: a
request that was checked before another run wrote its record arrives before that run has waited for ``settle_time``.
"""

from __future__ import annotations

import functools
import hashlib
import json
import types
from typing import NamedTuple

import pytest
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
from ansible_collections.spiceai.cloud.plugins.modules.spice_api_key_rotation import SPEC
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, PAT

NOW = 1_800_000_000
LIMITED = "429"
SETTLE, PUBLISH, END = "settle", "publish", "end"
OPTIONS = {"app": None, "app_id": 1, "active": "auto", "settle_time": 5, "take_over": False, "key_number": None, "fingerprint": None, "published": None}


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
        config = {"api_url": API, "api_token": PAT, "timeout": 30, "retries": 5, "retry_timeout": 120, "validate_certs": True}
        super().__init__(Config(dict(dict.fromkeys(("client_id", "client_secret", "token_url", "org", "ca_path")), **config), {}), "model")
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
    """What runs do, by what they were answered."""

    def __init__(self, monkeypatch):
        self._script = None
        clock = types.SimpleNamespace(time=lambda: NOW, sleep=lambda seconds: None)
        settling = types.SimpleNamespace(sleep=lambda seconds: self._script((SETTLE, "", None)))
        for module in (retry, rotation_checks, rotation_record):
            monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(rotation_steps, "time", settling)
        monkeypatch.setattr(
            rotation_state, "secrets", types.SimpleNamespace(token_hex=lambda size: self._token)
        )
        self.next = functools.cache(self._next)

    def _next(self, name, answers, take_over=False):
        """(kind, path, body) of the next request; (END, None, None) of a run that ended well, (END, None, error) of one that stopped."""
        left = iter(answers)

        def script(action):
            for answer in left:
                return answer
            raise Pending(action)

        self._script, self._token = script, hashlib.sha256(name.encode()).hexdigest()[:8]
        try:
            started = step(script, step="start", take_over=take_over)
            named = {"key_number": started["key_number"], "fingerprint": started["fingerprint"]}
            script((PUBLISH, "", step(script, step="read", **named)["value"]))
            step(script, step="finish", published=True, **named)
        except Pending as pending:
            kind, path, body = pending.args[0]
            return kind, path, body
        except SpiceError as refused:
            return END, None, str(refused)
        return END, None, None


class State(NamedTuple):
    """What there is between two requests: the world, and of each run its answers, whose requests it has to wait for, and whether it is alive."""

    world: World
    answers: tuple
    awaited: tuple
    alive: tuple
    limits: int
    crashes: int


def writes(action):
    return action[0] in ("PUT", "POST")


class Search:
    """Goes through all states that ``count`` runs can reach.

    Args:
        settles (bool): whether a wait for ``settle_time`` outlasts the requests that were under way. switches (int | None): how often at most another
            run goes on before the present one ended.
    """

    def __init__(self, runs, count=2, limits=0, crashes=0, settles=True, switches=None, world=START, take_over=False):
        self.runs, self.names = runs, "abcdef"[:count]
        self._settles, self._switches, self._take_over = settles, switches, take_over
        self._start = State(world, ((),) * count, (frozenset(),) * count, (True,) * count, limits, crashes)
        self.ends = set()
        self.broken = None
        self.states = 0

    def action(self, state, run):
        return self.runs.next(self.names[run], state.answers[run], self._take_over)

    def run(self):
        seen, todo = set(), [(self._start, None, 0, ())]
        while todo and self.broken is None:
            state, last, switched, path = todo.pop()
            if (state, last, switched) in seen:
                continue
            seen.add((state, last, switched))
            if not state.world.is_served():
                self.broken = path
                break
            options = [run for run in range(len(self.names)) if self._can(state, run)]
            if not options:
                self.ends.add((state.world, tuple(self.outcome(state, run) for run in range(len(self.names)))))
            for run in options:
                switch = switched + (last is not None and run != last and self._can(state, last))
                if self._switches is None:
                    todo += [(following, None, 0, (*path, (run, what))) for what, following in self._after(state, run)]
                elif switch <= self._switches:
                    todo += [(following, run, switch, (*path, (run, what))) for what, following in self._after(state, run)]
        self.states = len(seen)
        return self

    def outcome(self, state, run):
        if not state.alive[run]:
            return "crashed"
        return "stopped" if self.action(state, run)[2] else "finished"

    def _can(self, state, run):
        kind = self.action(state, run)[0]
        return state.alive[run] and kind != END and not (kind == SETTLE and state.awaited[run])

    def _after(self, state, run):
        """Pairs of what happened and the State after it."""
        action = self.action(state, run)
        # Whatever happens to its request now, nobody waits for it any longer.
        awaited = tuple(others - {run} for others in state.awaited)
        if state.crashes:
            yield "crash", state._replace(alive=_with(state.alive, run, False), crashes=state.crashes - 1, awaited=awaited)
        if writes(action) and state.limits:
            yield LIMITED, state._replace(answers=_with(state.answers, run, (*state.answers[run], LIMITED)), limits=state.limits - 1, awaited=awaited)
        world, answer = (state.world, None) if action[0] == SETTLE else state.world.answer(action)
        after = state._replace(world=world, answers=_with(state.answers, run, (*state.answers[run], answer)), awaited=awaited)
        if self._settles and action[0] == "PUT":
            # These were checked before the record was written: the wait that follows outlasts them.
            late = frozenset(other for other in range(len(self.names)) if other != run and state.alive[other] and writes(self.action(state, other)))
            after = after._replace(awaited=_with(awaited, run, late))
        yield action[:2], after


def _with(items, index, value):
    return (*items[:index], value, *items[index + 1:])


@pytest.fixture
def runs(monkeypatch):
    return Runs(monkeypatch)


def test_size(runs):
    import time
    for kw in (dict(), dict(crashes=1), dict(limits=1), dict(limits=1, crashes=1), dict(limits=2,crashes=1)):
        t = time.time()
        s = Search(runs, **kw).run()
        print(kw, s.states, len(s.ends), s.broken, round(time.time() - t, 1), runs.next.cache_info())
        print({o for w,o in s.ends})
