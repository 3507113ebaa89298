# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The one HTTP client: requests, credentials, repeats, paging, errors. It knows HTTP and no resource.

Sources: Spice.ai Cloud documentation, "Management API" (authentication, organization context, errors, paging).
No idempotency keys or conditional requests are documented, so a POST is repeated only when the former one surely did nothing.
"""

from __future__ import annotations

import copy
import email.utils
import json
import os
import random
import re
import ssl
import threading
import time
import traceback
from urllib.parse import urljoin, urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._config import is_loopback
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ORGANIZATION_CODES, ApiError, Refused, advice, read_error_body
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, key_of
from ansible_collections.spiceai.cloud.plugins.module_utils._version import VERSION

try:
    import requests
    import urllib3
    REQUESTS_IMPORT_ERROR = None
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

MAX_BODY_BYTES = 1024 * 1024  # "Management API": a larger body is answered with 413
RENEW_BEFORE = 60  # seconds before its end that an access token is renewed
DEFAULT_TOKEN_LIFETIME = 3600  # seconds, when the token answer does not say
REPEATABLE_STATUS = (408, 429, 500, 502, 503, 504)
REPEATABLE_METHODS = ("GET", "PUT", "PATCH", "DELETE")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0  # seconds; the pause before a repeat is random below a bound that doubles
MAX_REDIRECTS = 3
SHORTEST_HIDDEN = 4  # characters
PAGE_SIZES = (1000, 100, 20)  # those that the documentation names as a maximum or as a default
SIZES_ASKED = PAGE_SIZES[:2]  # the smaller one where the larger one is refused

_sessions = {}


class UnexpectedWrite(Exception):
    """A task that only reads, or that plans in check mode, was about to write.

    That is an error of this collection, never one of the user or of the server.
    """


class Client:
    """Talks to the Management API for one task.

    Args:
        config (Config): where and as whom.
        component (str): what is calling, for the user agent.
        state (RunState): what the processes of the run share.
        warn (callable): takes a text for the user.

    Attributes:
        requests, writes, retries (int): what was sent so far; ``writes`` leaves out the token exchange.
        secrets (set[str]): values that must not be shown, the access token included.
        agent (str): the user agent.
        read_only (bool): a write raises UnexpectedWrite and is not sent. Reads are every GET, the token exchange,
            and a POST that its caller declares as a read, such as a query.
    """

    def __init__(self, config, component, state=None, warn=None):
        self.config = config
        self.state = state or RunState()
        self.warn = warn or (lambda text: None)
        self.requests = self.writes = self.retries = 0
        self.read_only = False
        self.secrets = set(config.secrets())
        self._waited = 0.0
        self._lock = threading.Lock()  # bulk modules send from several threads
        self._access = {"token": config.api_token, "renew_at": 0}
        self.agent = "spiceai.cloud/%s (%s)" % (VERSION, component)
        self._answers = None

    def identity(self):
        """str: a key for this address, credential and organization."""
        config = self.config
        return key_of(config.api_url, config.api_token, config.token_url, config.client_id, config.client_secret, (config.org or "").lower())

    def hide(self, value):
        """Keeps a value out of every message, also where a server repeats it quoted or on one line. Very short ones would only spoil the words."""
        if len(value.strip()) >= SHORTEST_HIDDEN:
            self.secrets.update((value, " ".join(value.split()), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]))

    def stats(self):
        """dict: the ``api`` value of a task result."""
        return {"requests": self.requests, "writes": self.writes, "retries": self.retries}

    def token(self):
        """str: the bearer token that requests are sent with. Raises ApiError when it cannot be had."""
        return self._access_token()

    def remember_reads(self):
        """From here on each thing is read once: a second GET gets the first one's answer. Only for a task that changes nothing."""
        self._answers = {}

    def told_scopes(self):
        """list[str] | None: the scopes that the token service told with the access token. Raises ApiError when that cannot be had."""
        self._access_token()
        return self._access.get("scopes")

    def adopt(self, access):
        """Takes over what :meth:`handed_over` gave in another process of the run."""
        self.secrets.add(access["token"])
        self._access = access

    def handed_over(self):
        """dict: an access token (``token``), when it is to be renewed (``renew_at``, seconds since the epoch), its ``scopes``. Raises ApiError."""
        self._access_token()
        return self._access

    def get(self, path, query=None):
        """See :meth:`request`."""
        return self.request("GET", path, query=query)

    def request(self, method, path, body=None, query=None):
        """Sends one request, repeats it where that is safe, and returns the answer.

        Args:
            method (str), path (str): path from ``/v1`` on. query (dict | None).
            body (dict | callable | None): sent as JSON. A callable is asked for it right before each sending, after every wait: what it reads and checks
                is then never older than the request itself. What it raises ends the request.

        Returns:
            dict | None: the parsed JSON; None for the empty answer to a DELETE.

        Raises:
            ApiError: with ``outcome_unknown`` when a write may have happened.
            Refused: the body is over 1 MiB; nothing was sent.
            UnexpectedWrite: the client is ``read_only``; nothing was sent.
        """
        if self._answers is not None and method == "GET":
            key = path + json.dumps(query, sort_keys=True)
            if key not in self._answers:
                self._answers[key] = self._request(method, path, None, query)
            return copy.deepcopy(self._answers[key])
        return self._request(method, path, body, query)

    def _request(self, method, path, body, query):
        call = Call(method, self.config.api_url + path, "`api_url`", self._refusal(method, path))
        renewed = False
        attempt = 0
        while True:
            token = self._access_token()
            data = _encoded(body() if callable(body) else body)
            try:
                return self._once(call, data, query, self._headers(token), attempt + renewed)
            except _Failed as failed:
                error = failed.error
                if error.status == 401 and not self.config.api_token and not renewed:
                    # A 401 surely did nothing: any method may be sent again.
                    renewed = True
                    self._access_token(refused=token)
                    self.retries += 1
                    continue
                if not failed.repeatable or attempt >= self.config.retries:
                    raise error from None
                self.pause(attempt, failed.retry_after, error)
                attempt += 1

    def pages(self, path, items_of):
        """Yields the items of a list, page by page.

        A page is the last one unless it is full: as long as the limit that was asked for, or as long as one of the documented
        page sizes, because a server may cap the limit. ``after_id`` (id of the last item) leads on; where it brings the same page
        again, ``offset`` does.

        Args:
            path (str): the list route. items_of (callable): takes the answer and gives its list of dicts with an ``id``.
        """
        seen = set()
        broken = 0
        size = SIZES_ASKED[0]
        position = {}
        while True:
            try:
                page = items_of(self.get(path, dict(position, limit=size)))
            except ApiError as error:
                if error.status != 400 or size == SIZES_ASKED[-1]:
                    raise
                size = SIZES_ASKED[-1]  # a server that caps lower may refuse more instead of giving less
                continue
            # What has no id can neither be read nor told from others; its place in the page counts.
            sound = [item for item in page if isinstance(item, dict) and _is_whole(item.get("id"))]
            if len(sound) < len(page):
                self.warn(f"The server at {self.config.api_url} lists entries under {path} that have no whole number "
                          "as `id`; they are skipped.")
            fresh = [item for item in sound if item["id"] not in seen]
            seen.update(item["id"] for item in fresh)
            broken += len(page) - len(sound) if fresh else 0
            yield fresh
            if len(page) not in PAGE_SIZES:
                return
            if fresh and "offset" not in position:
                position = {"after_id": sound[-1]["id"]}
            elif fresh or "after_id" in position:
                position = {"offset": len(seen) + broken}
            else:
                return

    def send(self, call, data=None, headers=None, query=None):
        """Sends a Call, repeats it where that is safe, and returns the answer in the form that it expects.

        Raises ApiError, UnexpectedWrite.
        """
        attempt = 0
        while True:
            try:
                return self._once(call, data, query, headers, attempt)
            except _Failed as failed:
                own_pace = call.polled and failed.error.status != 429
                if own_pace or not failed.repeatable or attempt >= self.config.retries:
                    raise failed.error from None
                self.pause(attempt, failed.retry_after, failed.error)
                attempt += 1

    # -- one request ------------------------------------------------------------------------------------------------------------

    def _once(self, call, data, query, headers, attempt):
        """Sends once.

        Raises _Failed, which says whether a repeat is safe; UnexpectedWrite before anything is sent or counted.
        """
        if self.read_only and not call.reads:
            raise UnexpectedWrite(
                f"{call.method} {call.path} is a write, and this task only reads or plans: nothing was sent")
        url = call.url
        for dummy in range(MAX_REDIRECTS + 1):
            with self._lock:
                self.requests += 1
                self.writes += not call.reads
            try:
                response = self._session().request(
                    call.method, url, params=query, data=data, headers=headers, timeout=self.config.timeout,
                    verify=self.config.verify, allow_redirects=False, auth=_keep_headers, proxies=_proxies(url),
                )
            except (requests.exceptions.RequestException, ValueError, OSError) as exc:  # a Location or a CA file that cannot be read is not wrapped
                raise self._not_answered(exc, call, attempt) from None
            if not 300 <= response.status_code < 400:
                return self._answer(response, call, attempt)
            url, query = self._redirected(response, call, url, attempt), None
        raise _Failed(self._error("The server at %s redirects in a circle; check %s." % (call.host, call.named), call, attempt, status=response.status_code))

    def _answer(self, response, call, attempt):
        status = response.status_code
        if 200 <= status < 300:
            if not response.content and call.method == "DELETE":
                return None
            is_page = "html" in response.headers.get("Content-Type", "").lower() or response.text.lstrip()[:1] == "<"
            try:
                body = response.text.strip() if call.form is str and response.content and not is_page else response.json()
                if isinstance(body, call.form):
                    return body
                what, broke_off = "JSON of an unknown form", False
            except ValueError:
                # A web page under a success status is a wrong address; half a JSON text is an answer that broke off.
                broke_off = not response.content or "json" in response.headers.get("Content-Type", "")
                what = "an answer that broke off" if broke_off else read_error_body(response, self.scrubbed)[0]
            hint = "run the task again" if broke_off else "check %s and the proxy" % call.named
            error = self._error("%s %s was answered with %s; %s." % (call.method, call.path, what, hint), call, attempt, status=status,
                                outcome_unknown=not call.harmless)
            raise _Failed(error, repeatable=broke_off and call.harmless)
        words, code, details = read_error_body(response, self.scrubbed)
        retry_after = _retry_after(response.headers.get("Retry-After"))
        refused_before_work = status == 429 or (status == 503 and retry_after is not None)
        may_have_worked = (status >= 500 or status == 408) and not refused_before_work
        error = self._error(call.refusal(status, code, words), call, attempt, status=status, code=code,
                            api_message=words, details=details, outcome_unknown=may_have_worked and not call.harmless,
                            may_come_later=status in (408, 504))
        repeatable = status in REPEATABLE_STATUS and status not in call.final and (call.harmless or refused_before_work)
        raise _Failed(error, repeatable=repeatable, retry_after=retry_after)

    def _not_answered(self, exc, call, attempt):
        never_sent = _never_sent(exc)
        safe = call.harmless or never_sent
        if isinstance(exc, requests.exceptions.SSLError):
            text = ("The TLS connection to %s failed (%s); set `ca_path` to the CA certificates that signed it, or `validate_certs: false` on a test system."
                    % (call.host, _reason(exc)))
        elif isinstance(exc, requests.exceptions.ProxyError):
            text = "The proxy named in the environment (HTTPS_PROXY, HTTP_PROXY) did not connect to %s (%s); correct it, or except the host in NO_PROXY." % (
                call.host, _reason(exc))
        elif isinstance(exc, requests.exceptions.Timeout):
            text = "%s did not answer %s %s within %s seconds; run the task again, or raise `timeout`." % (
                call.host, call.method, call.path, self.config.timeout)
        elif never_sent:
            text = "%s cannot be reached (%s); check %s, the network and the proxy settings." % (call.host, _reason(exc), call.named)
        else:
            text = "The connection to %s broke off during %s %s (%s); run the task again." % (call.host, call.method, call.path, _reason(exc))
        error = self._error(text, call, attempt, outcome_unknown=not safe, may_come_later=isinstance(exc, requests.exceptions.Timeout))
        return _Failed(error, repeatable=safe and not any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(exc)))

    def _redirected(self, response, call, url, attempt):
        target = urljoin(url, response.headers.get("Location", ""))
        same_place = urlsplit(target)[:2] == urlsplit(url)[:2]
        if same_place and (call.method == "GET" or response.status_code in (307, 308)):
            return target
        where = "another address, %s" % urlsplit(target).hostname if not same_place else "another path"
        raise _Failed(self._error("%s %s was redirected to %s, where this task does not send its credential; check %s." % (
            call.method, call.path, where, call.named), call, attempt, status=response.status_code))

    def _session(self):
        # One session for a process and target keeps its connection through a loop; a forked process must not use its parent's.
        key = (os.getpid(), self.config.api_url, self.config.verify)
        if key not in _sessions:
            if self.config.verify is False:
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            _sessions[key] = requests.Session()
        return _sessions[key]

    def _headers(self, token):
        headers = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": self.agent}
        if token:
            headers["Authorization"] = "Bearer " + token
            if self.config.org:
                headers["X-Org-Name"] = self.config.org
        return headers

    def pause(self, attempt, retry_after, error):
        """Waits before repeat number ``attempt`` + 1, at least ``retry_after`` seconds if given; raises ``error`` when the task's budget is used up."""
        if retry_after is None:
            seconds = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt))
        else:
            # Never sooner than asked; the addition keeps a thousand hosts from coming back in the same moment.
            seconds = retry_after + random.uniform(0, FIRST_PAUSE)
        with self._lock:
            affordable = self._waited + seconds <= self.config.retry_timeout
            if affordable:
                self._waited += seconds
                self.retries += 1
        if not affordable:
            error.args = ("%s (The next try would be in %.0f seconds, beyond `retry_timeout` of %s seconds.)" % (
                error, seconds, self.config.retry_timeout),)
            raise error from None
        time.sleep(seconds)

    def extend_waiting(self) -> None:
        """Gives the task ``retry_timeout`` seconds more to wait between retries, for what must not end halfway."""
        with self._lock:
            self._waited -= self.config.retry_timeout

    # -- credentials ------------------------------------------------------------------------------------------------------------

    def _access_token(self, refused=None):
        """str: the token to send; ``refused`` is one that was just answered with a 401."""
        if self.config.api_token or (refused is None and time.time() < self._access["renew_at"]):
            return self._access["token"]
        config = self.config
        with self.state.locked("token-" + key_of(config.token_url, config.client_id, config.client_secret)) as box:
            shared = box.value
            if not shared or shared["token"] == refused or time.time() >= shared["renew_at"]:
                shared = box.value = self._exchange()
        self.adopt(shared)
        return shared["token"]

    def _exchange(self):
        """Client credentials against an access token. Asking twice does no harm, so this POST is repeated like a read."""
        config = self.config
        data = _encoded({"client_id": config.client_id, "client_secret": config.client_secret, "grant_type": "client_credentials"})
        call = Call("POST", config.token_url, "`token_url`", self._token_refusal, reads=True)
        asked_at = time.time()
        answer = self.send(call, data, self._headers(None))
        if not answer.get("access_token"):
            raise self._error("The token service at %s answered without an access token; check `token_url`." % config.token_url, call, 0)
        lifetime = _seconds(answer.get("expires_in")) or DEFAULT_TOKEN_LIFETIME
        scopes = answer.get("scope")
        return {
            "token": answer["access_token"],
            "renew_at": asked_at + lifetime - min(RENEW_BEFORE, lifetime / 2),
            "scopes": scopes.split() if isinstance(scopes, str) and scopes.strip() else None,
        }

    # -- texts ------------------------------------------------------------------------------------------------------------------

    def _error(self, text, call, attempt, **more):
        return ApiError(self.scrubbed(text), call.method, call.path, retries=attempt, **more)

    def _refusal(self, method, path):
        """callable: see :class:`Call`."""
        def sentence(status, code, words):
            if status == 401:
                cure = ("create a new personal access token and set `api_token` or SPICE_CLOUD_PAT" if self.config.api_token
                        else "check that the OAuth client still exists, and that `token_url` belongs to `api_url`")
                return "The API refused the credential (401: %s); %s." % (words.rstrip("."), cure)
            if code in ORGANIZATION_CODES:
                asked = f"`org` {self.config.org!r}" if self.config.org else "the credential's own organization"
                return f"The API refused {asked} ({status} {code}): {words.rstrip('.')}; {advice(status, code)}."
            return refused(method, path, status, code, words)
        return sentence

    def _token_refusal(self, status, code, words):
        if status < 500 and status != 429:
            return "The token service at %s refused the OAuth client (%s: %s); check `client_id`, `client_secret` and `token_url`." % (
                self.config.token_url, status, words)
        return refused("POST", urlsplit(self.config.token_url).path, status, code, words)

    def scrubbed(self, value):
        """The same value without any secret that the server repeated."""
        if isinstance(value, dict):
            return {self.scrubbed(key): self.scrubbed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.scrubbed(item) for item in value]
        if isinstance(value, str):
            for secret in sorted(self.secrets, key=len, reverse=True):  # one may be the beginning of another
                value = value.replace(secret, "********")
        return value


class Call:
    """A request and its repeats: where it goes, and what may be done with it.

    Args:
        method (str), url (str).
        named (str): what an error tells to check when the address is wrong, such as an option.
        refusal (callable): takes status, code and words of a refusal, gives the sentence for it.
        form (type): what the answer must be: dict or list (JSON), or str (plain text, no web page).
        reads (bool | None): it changes nothing, so it is no write and may always be repeated; None goes by the method.
        final (tuple[int]): statuses that are an answer here: they are never repeated.
        polled (bool): whoever sends it asks again anyway, so only a rate limit is waited for here.
    """

    def __init__(self, method, url, named, refusal, form=dict, reads=None, final=(), polled=False):
        self.method = method
        self.url = url
        self.host, self.path = urlsplit(url)[1:3]
        self.named = named
        self.refusal = refusal
        self.form = form
        self.reads = method == "GET" if reads is None else reads
        self.harmless = self.reads or method in REPEATABLE_METHODS
        self.final = final
        self.polled = polled


class _Failed(Exception):
    """One sending that failed: the error, whether a repeat is safe, and the pause in seconds that the server asked for."""

    def __init__(self, error, repeatable=False, retry_after=None):
        super().__init__(str(error))
        self.error = error
        self.repeatable = repeatable
        self.retry_after = retry_after


def refused(method, path, status, code, words):
    """str: the sentence of a refusal that has no better one."""
    return "%s %s was refused (%s%s): %s; %s." % (method, path, status, " " + code if code else "", words.rstrip("."), advice(status, code))


def _is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _seconds(value):
    # Some token services write the number as a text.
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _proxies(url: str) -> dict | None:
    """dict | None: the proxies for this address, as ``requests`` takes them; None for those of the environment."""
    # A proxy cannot reach the loopback address of this machine, and plain http would show it the credential.
    return {"http": None, "https": None, "all": None} if is_loopback(urlsplit(url).hostname) else None


def _keep_headers(request):
    # With an `auth` of its own `requests` does not look for another credential in the user's .netrc.
    return request


def _encoded(body):
    if body is None:
        return None
    data = json.dumps(body).encode()
    if len(data) > MAX_BODY_BYTES:
        largest = max(body, key=lambda name: len(json.dumps(body[name])))
        raise Refused("The request would be %d bytes, the API takes at most %d: make `%s` smaller." % (len(data), MAX_BODY_BYTES, largest))
    return data


def _retry_after(text):
    """Seconds to wait from a Retry-After header in either form (seconds or an HTTP date), or None."""
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text.strip()):
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _never_sent(exc):
    """bool: the connection was not even made, so the request surely did nothing."""
    if isinstance(exc, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    return any(isinstance(cause, (urllib3.exceptions.NewConnectionError, ssl.SSLCertVerificationError)) for cause in _causes(exc))


def _causes(exc):
    """An exception and all that it wraps: requests wraps urllib3, which wraps the system's."""
    pending, seen = [exc], []
    while pending:
        item = pending.pop(0)
        if isinstance(item, BaseException) and item not in seen:
            seen.append(item)
            pending += [getattr(item, "reason", None), *item.args, item.__cause__, item.__context__]
    return seen


def _reason(exc):
    """str: the reason in the system's words, without addresses."""
    causes = _causes(exc)
    for cause in causes:
        words = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None)
        if words:
            return words
    return type(causes[-1]).__name__
