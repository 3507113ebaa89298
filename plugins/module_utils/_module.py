# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What every module does around its own work, the same in a packed module and inside the controller."""

from __future__ import annotations

import json
import os
import shlex
import sys
import traceback
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import remove_values
from ansible_collections.spiceai.cloud.plugins.module_utils._ansible import (
    PrivateArgumentsModule,
    has_diff_mode,
    verbosity,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._argument_spec import (
    ArgumentSpec,
    hidden_strings,
    named,
    with_hidden_unknown,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    PUBLIC_MESSAGE,
    ApiError,
    SpiceError,
    failure,
    printable,
    shortened,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import MASK, Redactor, maskable
from ansible_collections.spiceai.cloud.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState

# What the action plugin hands a packed module beside its options: an access token of the run, and whether it shows the
# request log.
TOKEN_ARGUMENT, LOG_ARGUMENT = "_token", "_log"
LOG_KEY = "request_log"  # where a packed module returns the log, for the action plugin to show
LOG_VERBOSITY = 3  # -vvv

MAX_SHOWN = 400  # characters of each string in `failure`
PIP_INSTALL = f"{shlex.quote(sys.executable or 'python3')} -m pip install requests"

Result = dict[str, Any]

# Where a result holds words of a server for people: a value is hidden there in every form in which it may be repeated.
PROSE = ("error", "error_message", "warning", "waits_for")

# Numbers and words of the collection and of HTTP in every result: a secret such as "1" must not mask them.
PUBLIC = ("api", "failure.status", "failure.code", "failure.method", "failure.retries")


class ModuleSpec(NamedTuple):
    """What a module declares.

    Args:
        name: the module's name.
        run: takes the ModuleRun, returns the result with ``changed``. May raise SpiceError.
        arguments: its options.
        read_only: it never writes; its client refuses to.
        public: what of its result is never a secret, such as ``environment.deployment.id``: it is shown even if the
            value of a secret happens to be the same.
    """

    name: str
    run: Callable[[ModuleRun], Result]
    arguments: ArgumentSpec
    read_only: bool = False
    public: tuple[str, ...] = ()

    @property
    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """The options, as AnsibleModule takes them."""
        return {name: dict(option) for name, option in self.arguments.options.items()}

    @property
    def constraints(self) -> dict[str, list[Any]]:
        """How the options depend on each other."""
        return self.arguments.constraints


class ModuleRun:
    """One run of a module: its options, its client, and what it has to tell.

    Args:
        spec: the module. params: the validated options.
        check_mode: plan only. diff_mode: return a diff.
        state_directory: what the processes of the run share; None for a packed module.
        progress: takes a line to show while the module waits. log: takes a line for each request.
        token: an access token that the controller hands over.
        no_log_values: the values of its ``no_log`` options.

    Attributes:
        warnings (list[str]): for the user.
        redactor (Redactor): every value that must not be shown: those of the options, credentials of the environment,
            tokens, keys.
    """

    def __init__(
        self,
        spec: ModuleSpec,
        params: dict[str, Any],
        check_mode: bool,
        diff_mode: bool,
        state_directory: str | None = None,
        progress: Callable[[str], None] = lambda line: None,
        log: Callable[[str], None] = lambda line: None,
        token: dict[str, Any] | None = None,
        no_log_values: Iterable[str] = (),
    ) -> None:
        self.params = params
        self.check_mode = check_mode
        self.diff_mode = diff_mode
        self.warnings: list[str] = []
        self.redactor = Redactor(no_log_values)
        self._progress = progress
        self._spec = spec
        self._state_directory = state_directory
        self._log = log
        self._token = token
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The HTTP client; there is one as soon as the module's own function runs."""
        if self._client is None:
            raise AssertionError("a module run has no client before it is executed")
        return self._client

    def warn(self, text: str) -> None:
        """Keeps a warning for the user; the same one is told once."""
        text = printable(text)
        if text not in self.warnings:
            self.warnings.append(text)

    def may_assume(self, warning: str = "") -> bool:
        """Whether a plan goes on although something is missing that an earlier task may make: in check mode.

        Args:
            warning: what the user is told then.
        """
        if self.check_mode and warning:
            self.warn(warning)
        return self.check_mode

    def progress(self, line: str) -> None:
        """Shows a line while the module waits."""
        self._progress(printable(self.redactor.redact(line)))

    def part(self, spec: ModuleSpec, params: dict[str, Any]) -> ModuleRun:
        """A run of another module's part of this task, with this run's client. What it tells is told by this run."""
        part = ModuleRun(spec, params, self.check_mode, self.diff_mode, self._state_directory, self._progress)
        part._client, part.redactor, part.warnings = self._client, self.redactor, self.warnings
        return part

    def execute(self) -> Result:
        """The result; ``failed`` and ``msg`` tell a failure. Never raises."""
        try:
            if REQUESTS_IMPORT_ERROR:
                message = f"{missing_required_lib('requests')} Install it for this Python: {PIP_INSTALL}"
                return {"failed": True, "msg": message, "exception": REQUESTS_IMPORT_ERROR}
            self._client = self._connected()
            result: Result = self._spec.run(self)
        except SpiceError as error:
            result = self._failed(error)
        # An error of the collection must not show values either: it ends as a result, which is redacted.
        except Exception as error:
            kind = type(error).__name__
            result = {
                "failed": True,
                "msg": f"{self._spec.name} broke off by an error of its own ({kind}: {error}); please report it.",
                "exception": traceback.format_exc(),
            }
        result = self._with_hidden_words(result)
        self.warnings[:] = [self.redactor.redact(text) for text in self.warnings]
        if result.get("failed"):
            # What a server says may be in any error, also in that of a deployment.
            is_public = result.get(PUBLIC_MESSAGE)
            result["msg"] = printable(result["msg"] if is_public else self.redactor.redact(result["msg"]))
        if self._client:
            if result.get("failed"):
                result["changed"] = self._client.has_written
            # A failure that another process of the run met counts too.
            if self._client.request_count or "failure" in result or not result.get("failed"):
                result["api"] = self._client.stats()
        return result

    def _connected(self) -> Client:
        config = Config(self.params, os.environ)
        state = RunState(self._state_directory, self.warn)
        client = Client(config, self._spec.name, state, self.redactor, self._log, self.warn, self.progress)
        client.read_only = self.check_mode or self._spec.read_only
        # The options may name another credential than the one that the token is for: then the client has no use for it.
        if self._token and config.client_id:
            client.auth.import_token(self._token)
        return client

    def _with_hidden_words(self, value: Any) -> Any:
        """The same, with no sensitive value in what the server says for people."""
        if isinstance(value, dict):
            return {
                name: self.redactor.redact(item)
                if name in PROSE and isinstance(item, str)
                else self._with_hidden_words(item)
                for name, item in value.items()
            }
        return [self._with_hidden_words(item) for item in value] if isinstance(value, list) else value

    def _failed(self, error: SpiceError) -> Result:
        result = dict(error.partial or {}, failed=True, changed=False, msg=str(error))
        if isinstance(error, ApiError):
            result["failure"] = shortened(self.redactor.redact(error.as_result()), MAX_SHOWN)
        elif self._client and self._client.request_count:
            result["failure"] = failure(retries=self._client.retry.retry_count)
        return result


def redacted(result: Result, sensitive: set[str], public: Iterable[str]) -> Result:
    """A result without sensitive values, as Ansible redacts it. Booleans and None are kept as they are.

    Args:
        result: of a module. sensitive: what must not be shown. public: as in :class:`ModuleSpec`.
    """
    if result.pop(PUBLIC_MESSAGE, False):
        public = (*public, "msg")
    plain = json.loads(json.dumps(result))
    shown: Result = _with_booleans(remove_values(plain, sensitive), plain)
    for path in (*PUBLIC, *public):
        *parents, name = path.split(".")
        source: Any = result
        target: Any = shown
        for parent in parents:
            source, target = (source or {}).get(parent), (target or {}).get(parent)
        if source and name in source and isinstance(target, dict):
            target[name] = source[name]
    return shown


def _with_booleans(shown: Any, source: Any) -> Any:
    """``shown`` with the booleans and None of ``source``: no secret is one of them, though its value may be "true"."""
    if isinstance(source, dict) and isinstance(shown, dict):
        return {key: _with_booleans(shown[key], value) for key, value in source.items()}
    if isinstance(source, list) and isinstance(shown, list):
        return [_with_booleans(one, other) for one, other in zip(shown, source)]
    return source if source is None or isinstance(source, bool) else shown


class _PackedModule(PrivateArgumentsModule):
    private_names = (TOKEN_ARGUMENT, LOG_ARGUMENT)
    params: dict[str, Any]
    no_log_values: set[str]

    def fail_json(self, msg: str, **result: Any) -> None:
        """Fails without the values of unknown options, which Ansible shows as part of the invocation."""
        self.no_log_values = self.no_log_values | maskable(hidden_strings(self.params, self.argument_spec))
        self.params = with_hidden_unknown(self.params, self.argument_spec, MASK)
        # One that was refused has no type yet.
        prefix = str(self.params.get("prefix") or "")
        super().fail_json(named(msg, self.argument_spec, prefix), **result)


def run_module(spec: ModuleSpec) -> None:
    """The ``main()`` of a packed module."""
    module = _PackedModule(argument_spec=spec.argument_spec, supports_check_mode=True, **spec.constraints)
    log: list[str] = []
    shows_log = module.private_arguments.get(LOG_ARGUMENT) and verbosity(module) >= LOG_VERBOSITY
    run = ModuleRun(
        spec,
        module.params,
        module.check_mode,
        has_diff_mode(module),
        log=log.append,
        token=module.private_arguments.get(TOKEN_ARGUMENT),
        no_log_values=module.no_log_values,
    )
    result = run.execute()
    if shows_log:
        result[LOG_KEY] = log
    converted = hidden_strings(module.params, spec.argument_spec)
    sensitive = maskable(module.no_log_values | converted | run.redactor.values)
    for text in run.warnings:
        module.warn(remove_values(text, sensitive))
    result = redacted(result, sensitive, spec.public)
    result["invocation"] = {"module_args": remove_values(module.params, sensitive)}
    module.no_log_values = set()  # AnsibleModule would redact again, and knows of nothing that is public
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
