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
from typing import Any, Callable
from urllib.parse import urljoin, urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config, is_loopback
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, advice
from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import (
    TOO_DEEP,
    ErrorBody,
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
from ansible_collections.spiceai.cloud.plugins.module_utils._http.pace import Pace, TooSlow
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import Redactor
from ansible_collections.spiceai.cloud.plugins.module_utils._http.request import Request
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import RATE_LIMITED, AttemptFailed
from ansible_collections.spiceai.cloud.plugins.module_utils._parallel import MAX_READERS

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    import urllib3
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

TRANSIENT_STATUSES = (408, RATE_LIMITED, 500, 502, 503, 504)
MAX_REDIRECTS = 3
NO_PROXY_AT_ALL = {"http": "", "https": "", "all": ""}  # an empty address beats the environment's proxy variables

# One session for a process, address and TLS setting keeps its connection through a loop.
_sessions: dict[tuple[int, str, bool | str], requests.Session] = {}


class UnexpectedWrite(Exception):
    """An error of the collection: a task that only reads, or runs in check mode, was about to write."""


class Transport:
    """Sends requests for one task and counts them.

    Args:
        config: time limits and TLS.
        redactor: cleans every message.
        log: takes a line for each request: method, path, status and milliseconds. Never a body, a query or a header.
        pace: of the run, for requests that keep it.

    Attributes:
        read_only (bool): a write raises before it is sent.
        request_count, write_count (int): what was sent so far. rate_limit_count (int): how often 429 was the answer.
        has_written (bool): a write succeeded.
    """

    def __init__(self, config: Config, redactor: Redactor, log: Callable[[str], None], pace: Pace) -> None:
        self.read_only = False
        self.has_written = False
        self.request_count = self.write_count = self.rate_limit_count = 0
        self._config = config
        self._redactor = redactor
        self._log = log
        self._pace = pace
        self._lock = threading.Lock()  # bulk modules send from several threads

    def attempt(self, request: Request, retries: int) -> Any:
        """The parsed answer; None for the empty answer to a DELETE or to another write without a body.

        Args:
            request: what to send. retries: how often it was retried already, for the error.

        Raises:
            AttemptFailed: it did not succeed. UnexpectedWrite: nothing was sent.
        """
        if self.read_only and not request.is_read:
            raise UnexpectedWrite(
                f"{request.method} {request.path} is a write, and this task only reads or plans: nothing was sent"
            )
        self._keep_pace(request, retries)
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
            self._keep_pace(request, retries)
        message = f"The server at {request.host} redirects in a circle; check {request.address_label}."
        raise AttemptFailed(self.error(message, request, retries, status=response.status_code))

    def error(self, message: str, request: Request, retries: int, **facts: Any) -> ApiError:
        """An ApiError about this request, without sensitive values. ``facts`` are its other arguments."""
        return ApiError(self._redactor.redact(message), request.method, request.path, retries=retries, **facts)

    def _keep_pace(self, request: Request, retries: int) -> None:
        """Waits for the turn of this request. Raises AttemptFailed when that takes longer than the task may wait."""
        if not request.is_paced:
            return
        try:
            self._pace.wait(is_retry=retries > 0)
        except TooSlow as slow:
            rate = f" (about {slow.rate:.1f} a second)" if slow.rate else ""
            message = (
                f"{request.method} {request.path} was not sent, because the API limits the requests of this run{rate}: "
                f"it would have to wait {slow.seconds:.0f} seconds, beyond `retry_timeout` of "
                f"{self._config.retry_timeout} seconds; {advice(RATE_LIMITED, None)}."
            )
            raise AttemptFailed(self.error(message, request, retries, status=RATE_LIMITED, out_of_time=True)) from None

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
            self._learn(request, response, began)
            return response
        # A Location or a CA file that cannot be read is not wrapped by requests.
        except (requests.exceptions.RequestException, ValueError, OSError, EndlessAnswer) as exc:
            raise self._no_answer(exc, request, retries) from None
        finally:
            self._log(f"{request.method} {request.path}: {outcome} in {(time.monotonic() - began) * 1000:.0f} ms")

    def _learn(self, request: Request, response: Answer, sent_at: float) -> None:
        if response.status_code == RATE_LIMITED:
            with self._lock:
                self.rate_limit_count += 1
        if request.is_paced:
            self._pace.learn(response.status_code, response.headers, sent_at)

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
        rejected_before_work = status == RATE_LIMITED or (status == 503 and wait is not None)
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
        polled = request.caller_polls and status != RATE_LIMITED
        retryable = transient and not polled and (request.is_retry_safe or rejected_before_work)
        raise AttemptFailed(error, retryable=retryable, retry_after=wait)

    def _error_body(self, response: Answer, request: Request) -> ErrorBody:
        body = read_error_body(response, self._redactor.redact)
        return (
            body if request.secret_fields is None else hidden_body(body, request.secret_fields, self._redactor.redact)
        )

    def _success(self, response: Answer, request: Request, retries: int) -> Any:
        if not response.content and (request.method == "DELETE" or request.is_bare_write):
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
        # Each reader keeps its connection.
        for scheme in ("https://", "http://"):
            made.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=MAX_READERS))
        # A cookie that comes with one credential must not go with another.
        made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return _sessions[key]


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # With an `auth` of its own `requests` does not look for another credential in the user's .netrc.
    return request
