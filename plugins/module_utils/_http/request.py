# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""A request before it is sent: its address and content, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import ExpectedType

IDEMPOTENT_METHODS = ("GET", "PUT", "PATCH", "DELETE")


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
        is_paced: it goes to the Management API and keeps the pace of the run.
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
    is_paced: bool = False

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urlsplit(self.url).path

    @property
    def is_bare_write(self) -> bool:
        """Whether it changes something without a body of its own: then its answer may have none either."""
        return not self.is_read and self.data is None

    @property
    def is_retry_safe(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.is_read or self.method in IDEMPOTENT_METHODS
