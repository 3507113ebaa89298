# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Sends one request once, and says what became of it: the answer, or an :class:`AttemptFailed` that tells whether a
retry is safe.

A credential is never sent to another address than the one it is for: redirects are followed only within it.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, NamedTuple
from urllib.parse import urljoin, urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config, is_loopback
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import (
    TOO_DEEP,
    ErrorBody,
    ExpectedType,
    hidden_body,
    parsed,
    read_error_body,
    retry_after,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._http.bounded import (
    MAX_TIMEOUTS,
    Answer,
    EndlessAnswer,
    read_answer,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._http.failures import describe_failure
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import Redactor
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import AttemptFailed

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    import urllib3
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

TRANSIENT_STATUSES = (408, 429, 500, 502, 503, 504)
IDEMPOTENT_METHODS = ("GET", "PUT", "PATCH", "DELETE")
MAX_REDIRECTS = 3
NO_PROXY_AT_ALL = {"http": "", "https": "", "all": ""}  # an empty address beats the environment's proxy variables

# One session for a process, address and TLS setting keeps its connection through a loop.
_sessions: dict[tuple[int, str, bool | str], requests.Session] = {}


class UnexpectedWrite(Exception):
    """An error of the collection: a task that only reads, or runs in check mode, was about to write."""


class Request(NamedTuple):
    """A request, and what may be done with it.

    Args:
        method: HTTP method. url: the whole address.
        address_label: what an error tells to check when the address is wrong, such as an option.
        sentence: takes status, code and words of an error answer, gives the message for it.
        expected_type: what the answer must be: dict, list or either (JSON), or str (plain text, no web page).
        is_read: it changes nothing, so it counts as no write and may always be retried.
        no_retry_statuses: statuses that are an answer here.
        caller_polls: the caller asks again anyway, so only a rate limit is waited for here.
        data: the body, or what gives it right before each sending and may raise.
        query: the query parameters.
        headers: the HTTP headers, or what gives them right before each sending and may raise.
        secret_fields: the fields of a body that holds the value of a secret. Of a refusal no words are shown then, but
            which of these fields it names.
    """

    method: str
    url: str
    address_label: str
    sentence: Callable[[int, str | None, str], str]
    expected_type: ExpectedType = dict
    is_read: bool = False
    no_retry_statuses: tuple[int, ...] = ()
    caller_polls: bool = False
    data: bytes | Callable[[], bytes | None] | None = None
    query: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None
    secret_fields: tuple[str, ...] | None = None

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urlsplit(self.url).path

    @property
    def is_retry_safe(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.is_read or self.method in IDEMPOTENT_METHODS


class Transport:
    """Sends requests for one task and counts them.

    Args:
        config: time limits and TLS.
        redactor: cleans every message.
        log: takes a line for each request: method, path, status and milliseconds. Never a body, a query or a header.

    Attributes:
        read_only (bool): a write raises before it is sent.
        request_count, write_count (int): what was sent so far.
        has_written (bool): a write succeeded.
    """

    def __init__(self, config: Config, redactor: Redactor, log: Callable[[str], None]) -> None:
        self.read_only = False
        self.has_written = False
        self.request_count = self.write_count = 0
        self._config = config
        self._redactor = redactor
        self._log = log
        self._lock = threading.Lock()  # bulk modules send from several threads

    def attempt(self, request: Request, retries: int) -> Any:
        """The parsed answer; None for the empty answer to a DELETE.

        Args:
            request: what to send. retries: how often it was retried already, for the error.

        Raises:
            AttemptFailed: it did not succeed. UnexpectedWrite: nothing was sent.
        """
        if self.read_only and not request.is_read:
            raise UnexpectedWrite(
                f"{request.method} {request.path} is a write, and this task only reads or plans: nothing was sent"
            )
        data = request.data() if callable(request.data) else request.data
        headers = request.headers() if callable(request.headers) else request.headers
        url, query = request.url, request.query
        for dummy in range(MAX_REDIRECTS + 1):
            response = self._send(request, url, query, data, headers, retries)
            if not 300 <= response.status_code < 400:
                answer = self._answer(response, request, retries)
                self.has_written = self.has_written or not request.is_read
                return answer
            # The new address brings its own query.
            url, query = self._redirected(response, request, url, retries), None
        message = f"The server at {request.host} redirects in a circle; check {request.address_label}."
        raise AttemptFailed(self.error(message, request, retries, status=response.status_code))

    def error(self, message: str, request: Request, retries: int, **facts: Any) -> ApiError:
        """An ApiError about this request, without sensitive values. ``facts`` are its other arguments."""
        return ApiError(self._redactor.redact(message), request.method, request.path, retries=retries, **facts)

    def _send(
        self,
        request: Request,
        url: str,
        query: Mapping[str, Any] | None,
        data: bytes | None,
        headers: Mapping[str, str] | None,
        retries: int,
    ) -> Answer:
        with self._lock:
            self.request_count += 1
            self.write_count += 0 if request.is_read else 1
        began = time.monotonic()
        outcome = "no answer"
        try:
            response = read_answer(
                lambda: session(self._config).request(
                    request.method,
                    url,
                    params=query,
                    data=data,
                    headers=headers,
                    timeout=self._config.timeout,
                    verify=self._config.verify,
                    allow_redirects=False,
                    auth=_keep_headers,
                    proxies=NO_PROXY_AT_ALL if is_loopback(urlsplit(url).hostname or "") else None,
                    stream=True,
                ),
                MAX_TIMEOUTS * self._config.timeout,
            )
            outcome = str(response.status_code)
            return response
        # A Location or a CA file that cannot be read is not wrapped by requests.
        except (requests.exceptions.RequestException, ValueError, OSError, EndlessAnswer) as exc:
            raise self._no_answer(exc, request, retries) from None
        finally:
            self._log(f"{request.method} {request.path}: {outcome} in {(time.monotonic() - began) * 1000:.0f} ms")

    def _no_answer(self, exc: BaseException, request: Request, retries: int) -> AttemptFailed:
        failure = describe_failure(
            exc, request.method, request.host, request.path, request.address_label, self._config.timeout
        )
        safe = request.is_retry_safe or failure.never_sent
        error = self.error(
            failure.message, request, retries, outcome_unknown=not safe, may_come_later=failure.is_timeout
        )
        return AttemptFailed(error, retryable=safe and not failure.is_final and not request.caller_polls)

    def _answer(self, response: Answer, request: Request, retries: int) -> Any:
        if 200 <= response.status_code < 300:
            return self._success(response, request, retries)
        status = response.status_code
        body = self._error_body(response, request)
        wait = retry_after(response)
        rejected_before_work = status == 429 or (status == 503 and wait is not None)
        may_have_worked = (status >= 500 or status == 408) and not rejected_before_work
        error = self.error(
            request.sentence(status, body.code, body.message),
            request,
            retries,
            status=status,
            code=body.code,
            api_message=body.message,
            details=body.details,
            outcome_unknown=may_have_worked and not request.is_retry_safe,
            may_come_later=status in (408, 504),
        )
        transient = status in TRANSIENT_STATUSES and status not in request.no_retry_statuses
        polled = request.caller_polls and status != 429
        retryable = transient and not polled and (request.is_retry_safe or rejected_before_work)
        raise AttemptFailed(error, retryable=retryable, retry_after=wait)

    def _error_body(self, response: Answer, request: Request) -> ErrorBody:
        body = read_error_body(response, self._redactor.redact)
        return (
            body if request.secret_fields is None else hidden_body(body, request.secret_fields, self._redactor.redact)
        )

    def _success(self, response: Answer, request: Request, retries: int) -> Any:
        if not response.content and request.method == "DELETE":
            return None
        try:
            body = parsed(response, request.expected_type)
            if isinstance(body, request.expected_type):
                return body
            what, is_truncated = "JSON of an unknown form", False
        except ValueError as exc:
            is_deep = str(exc) == TOO_DEEP
            # A web page under a success status is a wrong address; half a JSON document is an answer that broke off.
            is_truncated = not is_deep and (not response.content or "json" in response.headers.get("Content-Type", ""))
            what = "an answer that broke off" if is_truncated else TOO_DEEP
            if not is_truncated and not is_deep:
                what = self._error_body(response, request).message
        hint = "run the task again" if is_truncated else f"check {request.address_label} and the proxy"
        error = self.error(
            f"{request.method} {request.path} was answered with {what}; {hint}.",
            request,
            retries,
            status=response.status_code,
            outcome_unknown=not request.is_retry_safe,
        )
        raise AttemptFailed(error, retryable=is_truncated and request.is_retry_safe and not request.caller_polls)

    def _redirected(self, response: Answer, request: Request, url: str, retries: int) -> str:
        target = urljoin(url, response.headers.get("Location", ""))
        same_address = urlsplit(target)[:2] == urlsplit(url)[:2]
        if same_address and (request.method == "GET" or response.status_code in (307, 308)):
            return target
        where = "another path" if same_address else f"another address, {urlsplit(target).hostname}"
        message = (
            f"{request.method} {request.path} was redirected to {where}, where this task does not send its credential; "
            f"check {request.address_label}."
        )
        raise AttemptFailed(self.error(message, request, retries, status=response.status_code))


def session(config: Config) -> requests.Session:
    """The session of this process for the address and TLS setting. A forked process must not use its parent's."""
    key = (os.getpid(), config.api_url, config.verify)
    if key not in _sessions:
        if config.verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        _sessions[key] = made = requests.Session()
        # A cookie that comes with one credential must not go with another.
        made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return _sessions[key]


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # With an `auth` of its own `requests` does not look for another credential in the user's .netrc.
    return request
