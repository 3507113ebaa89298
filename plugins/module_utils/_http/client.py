# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The one HTTP client of a task. It composes transport, retries, credentials, paging and redaction, and knows no
resource.

Source: Spice.ai Cloud documentation, "Management API" (authentication, organizations, errors, limits; October 2026).
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Callable, Union

from ansible_collections.spiceai.cloud.plugins.module_utils._config import MAX_BODY_BYTES, SESSION_VARIABLE, Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ORGANIZATION_CODES,
    ApiError,
    InvalidOption,
    advice,
    error_sentence,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import ExpectedType
from ansible_collections.spiceai.cloud.plugins.module_utils._http.auth import TokenProvider
from ansible_collections.spiceai.cloud.plugins.module_utils._http.pace import Pace
from ansible_collections.spiceai.cloud.plugins.module_utils._http.paging import pages
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import Redactor
from ansible_collections.spiceai.cloud.plugins.module_utils._http.request import Request
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import RetryPolicy
from ansible_collections.spiceai.cloud.plugins.module_utils._http.run_reads import RunReads
from ansible_collections.spiceai.cloud.plugins.module_utils._http.transport import TRANSIENT_STATUSES, Transport
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, digest
from ansible_collections.spiceai.cloud.plugins.module_utils._version import VERSION

Body = Union[Mapping[str, Any], Callable[[], Mapping[str, Any]]]


class Client:
    """Talks to the Management API for one task.

    Args:
        config: where and as whom.
        component: what is calling, for the user agent.
        state: what the processes of the run share.
        redactor: learns the credential; cleans every message.
        log: takes a line for each request, without a body, a query or a header.
        warn: takes a sentence about an answer that is broken in part.
        progress: takes a line for people about a long wait.

    Attributes:
        warn (Callable): see Args.
        retry (RetryPolicy): the retries of the task.
        auth (TokenProvider): its credential.
        run_reads (RunReads): answers that are the same for every task of the run.
        user_agent (str): of every request.
    """

    def __init__(
        self,
        config: Config,
        component: str,
        state: RunState | None = None,
        redactor: Redactor | None = None,
        log: Callable[[str], None] = lambda line: None,
        warn: Callable[[str], None] = lambda text: None,
        progress: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.config = config
        self.state = state or RunState()
        self.redactor = redactor or Redactor()
        for value in config.sensitive_values():
            self.redactor.add(value)
        self.retry = RetryPolicy(config.max_retries, config.retry_timeout, progress)
        self.user_agent = f"spiceai.cloud/{VERSION} ({component})"
        self._pace = Pace(self.state, self.cache_key, config.requests_per_second, self.retry)
        self._transport = Transport(config, self.redactor, log, self._pace)
        self.auth = TokenProvider(
            config, self.state, self.redactor, self._transport.attempt, self.retry, self.user_agent
        )
        self.run_reads = RunReads(self.state, self.retry, self.cache_key, config.connection, self.get)
        self._cached_reads: dict[str, Any] | None = None
        self.warn = warn

    @property
    def read_only(self) -> bool:
        """Whether a write raises before it is sent: in check mode and in every module that only reads."""
        return self._transport.read_only

    @read_only.setter
    def read_only(self, value: bool) -> None:
        self._transport.read_only = value

    @property
    def request_count(self) -> int:
        """Requests so far, retries and the token exchange included."""
        return self._transport.request_count

    @property
    def has_written(self) -> bool:
        """Whether a write succeeded, or may have; assign True for the second."""
        return self._transport.has_written

    @has_written.setter
    def has_written(self, value: bool) -> None:
        self._transport.has_written = value

    @property
    def cache_key(self) -> str:
        """Tells this address, credential and organization from others."""
        config = self.config
        credential = (config.api_token, config.token_url, config.client_id, config.client_secret)
        return digest(config.api_url, *credential, (config.org or "").lower())

    def stats(self) -> dict[str, int | float]:
        """The ``api`` value of a task result. The token exchange is no write."""
        return {
            "requests": self._transport.request_count,
            "writes": self._transport.write_count,
            "retries": self.retry.retry_count,
            "throttled": self._transport.rate_limit_count,
            "paced_seconds": round(self._pace.seconds + self.retry.rate_limited_seconds, 3),
        }

    @contextlib.contextmanager
    def cached_reads(self) -> Iterator[None]:
        """Within it each thing is read once: a second GET gets the first one's answer.

        Only for work that changes nothing.
        """
        self._cached_reads = {}
        try:
            yield
        finally:
            self._cached_reads = None

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Sends a GET; see :meth:`request`."""
        return self.request("GET", path, query=query)

    def request(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        query: Mapping[str, Any] | None = None,
        secret_fields: tuple[str, ...] | None = None,
        expected_type: ExpectedType = dict,
        is_single: bool = False,
    ) -> Any:
        """Sends one request, retries it where that is safe, and returns the parsed answer (None for an empty answer to
        a DELETE, or to another write without a body).

        Args:
            method: HTTP method. path: from ``/v1`` on. query: parameters.
            body: sent as JSON, or what gives it right before each sending; what that raises ends the request.
            secret_fields: the fields of a body that holds the value of a secret, see :class:`Request`.
            expected_type: of the answer. is_single: it is not retried, for what a task can do without.

        Raises:
            ApiError: with ``outcome_unknown`` when a write may have happened.
            InvalidOption: the body is over 1 MiB; nothing was sent.
        """
        if method != "GET" or self._cached_reads is None:
            return self._request(method, path, body, query, secret_fields, expected_type, is_single)
        key = path + json.dumps(query, sort_keys=True)
        if key not in self._cached_reads:
            self._cached_reads[key] = self._request(method, path, None, query, None, expected_type, is_single)
        return copy.deepcopy(self._cached_reads[key])

    def pages(self, path: str, items_of: Callable[[Any], list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
        """The items of a list, page by page; see :func:`_http.paging.pages`."""
        return pages(self.get, path, items_of, self.warn)

    def send(self, request: Request, retries_before: int = 0) -> Any:
        """Sends a prepared request with retries. Raises ApiError, whose ``retries`` counts those before too."""
        return self.retry.run(lambda retries: self._transport.attempt(request, retries_before + retries))

    def _request(
        self,
        method: str,
        path: str,
        body: Body | None,
        query: Mapping[str, Any] | None,
        secret_fields: tuple[str, ...] | None,
        expected_type: ExpectedType,
        is_single: bool,
    ) -> Any:
        tokens: list[str] = []  # of each attempt: a token may end while a retry waits

        def headers() -> dict[str, str]:
            tokens.append(self.auth.token())
            return self._headers(tokens[-1])

        request = Request(
            method,
            self.config.api_url + path,
            "`api_url`",
            self._sentence_for(method, path),
            expected_type=expected_type,
            is_read=method == "GET",
            no_retry_statuses=TRANSIENT_STATUSES if is_single else (),
            caller_polls=is_single,
            data=(lambda: _optional(body())) if callable(body) else _optional(body),
            query=query,
            headers=headers,
            secret_fields=secret_fields,
            is_paced=True,
        )
        try:
            return self.send(request)
        except ApiError as error:
            # The token service refuses with 401 too; then there is nothing to renew.
            if error.status != 401 or error.path != path or not self.auth.is_renewable:
                raise
            retries = error.retries + 1
        # A 401 surely did nothing: any method may be sent again.
        self.retry.count()
        self.auth.token(rejected=tokens[-1])
        return self.send(request, retries)

    def _headers(self, token: str) -> dict[str, str]:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": self.user_agent,
            "Authorization": "Bearer " + token,
        }
        if self.config.org:
            headers["X-Org-Name"] = self.config.org
        return headers

    def _sentence_for(self, method: str, path: str) -> Callable[[int, str | None, str], str]:
        def sentence(status: int, code: str | None, words: str) -> str:
            if status == 401:
                return f"The API refused the credential (401: {words.rstrip('.')}); {self._cure_for_401()}."
            if code in ORGANIZATION_CODES:
                asked = f"`org` {self.config.org!r}" if self.config.org else "the credential's own organization"
                return f"The API refused {asked} ({status} {code}): {words.rstrip('.')}; {advice(status, code)}."
            return error_sentence(method, path, status, code, words)

        return sentence

    def _cure_for_401(self) -> str:
        if self.auth.is_renewable:
            return "check that the OAuth client still exists, and that `token_url` belongs to `api_url`"
        if self.config.is_session:
            return (
                f"sign in again with the command line of Spice.ai and set {SESSION_VARIABLE} to the new session token, "
                "or set `api_token` or SPICE_CLOUD_PAT to a personal access token"
            )
        return "create a new personal access token and set `api_token` or SPICE_CLOUD_PAT"


def _optional(body: Mapping[str, Any] | None) -> bytes | None:
    return None if body is None else encoded(body)


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body of a request. Raises InvalidOption: it is larger than the API takes."""
    data = json.dumps(body).encode()
    if len(data) > MAX_BODY_BYTES:
        largest = max(body, key=lambda name: len(json.dumps(body[name])))
        raise InvalidOption(
            f"The request would be {len(data)} bytes, the API takes at most {MAX_BODY_BYTES}: make `{largest}` smaller."
        )
    return data
