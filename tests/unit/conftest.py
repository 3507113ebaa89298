# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests share. No test sleeps, waits for the time of day, or reaches beyond the loopback interface."""

from __future__ import annotations

import json
import os

import pytest
import responses
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible_collections.spiceai.cloud.plugins.module_utils import _plan, _state
from ansible_collections.spiceai.cloud.plugins.module_utils._api import apps as apps_api
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._http import answers, auth, pace, retry, transport
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows import (
    rotation_checks,
    rotation_record,
    rotation_steps,
)
from ansible_collections.spiceai.cloud.plugins.modules import spice_app
from ansible_collections.spiceai.cloud.tests.unit.fake_cloud import Cloud
from ansible_collections.spiceai.cloud.tests.unit.fakes import (
    API,
    CLIENT_ID,
    CLIENT_SECRET,
    PAT,
    Clock,
    FakeRandom,
    Server,
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing of the caller's shell, and nothing that a former test left in the process."""
    for name in list(os.environ):
        if (
            name.upper().startswith("SPICE")
            or name.upper().endswith("_PROXY")
            or name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")
        ):
            monkeypatch.delenv(name)
    for shared in (transport._sessions, _state._memory, apps_api._routes):
        shared.clear()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    for module in (_plan, answers, auth, pace, retry, transport, rotation_checks, rotation_record, rotation_steps):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def fake_random(monkeypatch):
    fake_random = FakeRandom()
    monkeypatch.setattr(retry, "random", fake_random)
    return fake_random


@pytest.fixture
def http():
    """Fake HTTP: whatever is not announced is a connection error."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def cloud(http):
    return Cloud(http)


@pytest.fixture
def server():
    """Starts real servers on the loopback interface; ends them."""
    started = []

    def start(answer, tls=None):
        started.append(Server(answer, tls))
        return started[-1]

    yield start
    for session in transport._sessions.values():
        session.close()
    for each in started:
        each.close()


@pytest.fixture
def params():
    """Options as a module gets them: the connection's defaults and what the test gives."""

    def give(**options):
        defaults = {name: option.get("default") for name, option in CONNECTION.options.items()}
        return dict(defaults, **options)

    return give


@pytest.fixture
def client(params):
    """Makes a client with a personal access token, or with `oauth=True`, or with the options given."""

    def make(state=None, oauth=False, **options):
        credential = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} if oauth else {"api_token": PAT}
        return Client(Config(params(**{"api_url": API, **credential, **options}), {}), "spice_app", state)

    return make


@pytest.fixture
def task():
    """Makes a task of a module, its options validated as Ansible does."""

    def make(declaration=spice_app.SPEC, check_mode=False, diff_mode=False, state_directory=None, **options):
        given = dict({"api_url": API}, **options)
        if "client_id" not in given:
            given.setdefault("api_token", PAT)
        validation = ArgumentSpecValidator(declaration.argument_spec, **declaration.constraints).validate(given)
        assert not validation.error_messages
        told = []
        made = ModuleRun(
            declaration,
            validation.validated_parameters,
            check_mode,
            diff_mode,
            state_directory,
            progress=told.append,
            no_log_values=validation._no_log_values,
        )
        made.progress_lines = told
        made.no_log_values = validation._no_log_values
        return made

    return make


class Result(dict):
    """A result, with the warnings and the lines of progress beside it, what Ansible has to mask in `hidden`, and in
    `shown` all as the user sees it.
    """

    def __init__(self, task):
        super().__init__(task.execute())
        self.warnings = task.warnings
        self.progress_lines = task.progress_lines
        self.hidden = task.no_log_values | task.redactor.values
        self.shown = remove_values(
            json.loads(json.dumps({"result": self, "warnings": task.warnings, "progress": task.progress_lines})),
            self.hidden,
        )


@pytest.fixture
def run(task):
    """Runs a module's function, which must succeed, and gives its result; warnings are in `result.warnings`."""

    def succeed(*args, **options):
        result = Result(task(*args, **options))
        assert "failed" not in result, result["msg"]
        return result

    return succeed


@pytest.fixture
def fail(task):
    """Runs a module's function, which must fail, and gives its result."""

    def fails(*args, **options):
        result = Result(task(*args, **options))
        assert result["failed"] is True
        return result

    return fails
