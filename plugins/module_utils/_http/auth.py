# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The bearer token of a task: a personal access token, or an access token that OAuth client credentials are exchanged
for.

Source: Spice.ai Cloud documentation, "Management API", authentication: ``grant_type=client_credentials``, answered with
``access_token``, ``expires_in`` (seconds) and, on newer servers, ``scope``.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any, Callable
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import UnexpectedAnswer, error_sentence
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import Redactor
from ansible_collections.spiceai.cloud.plugins.module_utils._http.request import Request
from ansible_collections.spiceai.cloud.plugins.module_utils._http.retry import AttemptFailed, RetryPolicy, SharedFailure
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, digest

RENEW_BEFORE = 60  # seconds before its end that an access token is renewed
DEFAULT_LIFETIME = 3600.0  # seconds, when the token answer does not say

Token = dict[str, Any]  # `token`, `renew_at` (seconds since the epoch), `scopes` (list or None)


class TokenProvider:
    """Gives the token to send, exchanged at most once in a run and renewed in time.

    Args:
        config: the credential. state: what the processes of the run share. redactor: learns every token.
        attempt: sends a request once; it takes the number of retries so far and raises AttemptFailed.
        retry: the retries of the task. user_agent: of the requests.
    """

    def __init__(
        self,
        config: Config,
        state: RunState,
        redactor: Redactor,
        attempt: Callable[[Request, int], Any],
        retry: RetryPolicy,
        user_agent: str,
    ) -> None:
        self._config = config
        self._state = state
        self._redactor = redactor
        self._attempt = attempt
        self._retry = retry
        self._failures = SharedFailure(config.connection)
        self._user_agent = user_agent
        self._current: Token = {"token": config.api_token, "renew_at": 0.0}

    @property
    def is_renewable(self) -> bool:
        """Whether a refused token can be replaced by a new one."""
        return not self._config.api_token

    def token(self, rejected: str | None = None) -> str:
        """The bearer token. ``rejected`` is one that was just answered with a 401.

        Raises:
            ApiError, UnexpectedAnswer: no token can be had.
        """
        if not self.is_renewable or (rejected is None and time.time() < self._current["renew_at"]):
            return str(self._current["token"])
        shared = self._retry.run(lambda retries: self._shared_token(rejected, retries))
        self.import_token(shared)
        return str(shared["token"])

    def _shared_token(self, rejected: str | None, retries: int) -> Token:
        """The token of the run, exchanged now if there is none. The lock is held for one attempt only.

        Raises:
            AttemptFailed: this process or another one has just failed to get it. UnexpectedAnswer.
        """
        config = self._config
        failed: AttemptFailed | None = None
        with self._state.locked("token-" + digest(config.token_url, config.client_id, config.client_secret)) as box:
            shared = box.value if isinstance(box.value, dict) else {}
            if _is_good(shared) and shared["token"] != rejected:
                return shared
            self._failures.raise_news(shared.get("failure"), retries)
            try:
                shared = box.value = self._exchange(retries)
            except AttemptFailed as error:
                failed = error
                box.value = {"failure": self._failures.record(error)}
        if failed is not None:
            raise failed
        return shared

    def granted_scopes(self) -> list[str] | None:
        """The scopes that the token service or the token itself tells; None when neither does, as with a personal
        access token.

        Raises:
            ApiError, UnexpectedAnswer: no token can be had.
        """
        scopes = claims_of(self.token()).get("scopes")
        granted = self._current.get("scopes") or scopes
        return granted if isinstance(granted, list) else None

    def export_token(self) -> Token:
        """The token for another process of the run. Raises as :meth:`token`."""
        self.token()
        return self._current

    def import_token(self, token: Token) -> None:
        """Takes what :meth:`export_token` gave."""
        self._redactor.add(token["token"])
        self._current = token

    def _exchange(self, retries: int) -> Token:
        """Exchanges the client credentials. Asking twice does no harm, so this POST is retried like a read."""
        config = self._config
        body = {
            "client_id": config.client_id,
            "client_secret": config.client_secret,
            "grant_type": "client_credentials",
        }
        request = Request(
            "POST",
            config.token_url,
            "`token_url`",
            self._sentence,
            is_read=True,
            data=json.dumps(body).encode(),
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                "User-Agent": self._user_agent,
            },
        )
        asked_at = time.time()
        answer = self._attempt(request, retries)
        if not isinstance(answer.get("access_token"), str) or not answer["access_token"]:
            raise UnexpectedAnswer(
                f"The token service at {config.token_url} answered without an access token; check `token_url`."
            )
        lifetime = _seconds(answer.get("expires_in")) or DEFAULT_LIFETIME
        scopes = answer.get("scope")
        return {
            "token": answer["access_token"],
            "renew_at": asked_at + lifetime - min(RENEW_BEFORE, lifetime / 2),
            "scopes": scopes.split() if isinstance(scopes, str) and scopes.strip() else None,
        }

    def _sentence(self, status: int, code: str | None, words: str) -> str:
        url = self._config.token_url
        if status < 500 and status != 429:
            return (
                f"The token service at {url} does not accept the OAuth client ({status}: {words}); check `client_id`, "
                "`client_secret` and `token_url`."
            )
        return error_sentence("POST", urlsplit(url).path, status, code, words)


def _is_good(token: Mapping[str, Any]) -> bool:
    """Whether what the processes share is a token that does not end soon."""
    renew_at = token.get("renew_at")
    return isinstance(token.get("token"), str) and isinstance(renew_at, (int, float)) and time.time() < renew_at


def claims_of(token: str) -> dict[str, Any]:
    """What an access token says of itself, unverified; empty for a personal access token, which says nothing."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: Any) -> float | None:
    # Some token services write the number as a string.
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
