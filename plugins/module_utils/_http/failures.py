# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Why no answer came: a sentence for the user, and whether the request was sent at all."""

from __future__ import annotations

import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._config import is_loopback
from ansible_collections.spiceai.cloud.plugins.module_utils._http.bounded import (
    MAX_BYTES,
    MAX_TIMEOUTS,
    AnswerTooSlow,
    EndlessAnswer,
)

# What OpenSSL calls an answer that is no TLS; which word it is depends on its version and on the answer.
NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "HTTP_REQUEST")
NO_CERTIFICATES = ("[X509: ", "[PEM: ")  # the file of `ca_path` cannot be read


class ConnectionFailure(NamedTuple):
    """A connection that failed.

    Args:
        message: what the user reads. never_sent: the request surely did nothing.
        is_timeout: the server may still carry it out.
        is_final: a retry does not help, or would cost as much: the certificate is not trusted, the server speaks no
            TLS, or its answer has no end.
    """

    message: str
    never_sent: bool
    is_timeout: bool
    is_final: bool


def describe_failure(
    exc: BaseException, method: str, host: str, path: str, address_label: str, timeout: float
) -> ConnectionFailure:
    """What is known of a request that got no answer.

    Args:
        exc: as ``requests`` raised it. method, host, path: of the request.
        address_label: what the user may have to correct. timeout: the time limit in seconds.
    """
    # Here, because a module that cannot import it has to say so itself; see transport.py.
    import requests
    import urllib3

    if isinstance(exc, EndlessAnswer):
        return _endless(exc, method, host, path, address_label, timeout)
    causes = _causes(exc)
    reason = _reason(causes)
    is_untrusted = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)
    is_tls = isinstance(exc, requests.exceptions.SSLError)
    is_plain = is_tls and any(word in reason for word in NO_TLS)
    never_sent = (
        is_untrusted
        or is_plain
        or isinstance(exc, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError))
        or any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes)
    )
    is_timeout = isinstance(exc, requests.exceptions.Timeout)
    if is_plain:
        plain = ", or begin it with http://" if is_loopback(urlsplit(f"//{host}").hostname or "") else ""
        message = (
            f"The server at {host} speaks no TLS on that port ({reason}); check {address_label} and its port{plain}."
        )
    elif is_tls and (is_untrusted or any(word in reason for word in NO_CERTIFICATES)):
        message = (
            f"The TLS connection to {host} failed ({reason}); set `ca_path` to the CA certificates that signed it, or "
            "`validate_certs: false` on a test system."
        )
    elif is_tls:
        message = (
            f"The TLS connection to {host} failed ({reason}); check that the port of {address_label} speaks TLS, and "
            "in which versions."
        )
    elif isinstance(exc, requests.exceptions.ProxyError):
        message = (
            f"The proxy named in the environment (HTTPS_PROXY, HTTP_PROXY) did not connect to {host} ({reason}); "
            "correct it, or except the host in NO_PROXY."
        )
    elif is_timeout:
        message = (
            f"{host} did not answer {method} {path} within {timeout} seconds; run the task again, or raise `timeout`."
        )
    elif never_sent:
        message = f"{host} cannot be reached ({reason}); check {address_label}, the network and the proxy settings."
    else:
        message = f"The connection to {host} broke off during {method} {path} ({reason}); run the task again."
    return ConnectionFailure(message, never_sent, is_timeout, is_untrusted or is_plain)


def _endless(
    exc: EndlessAnswer, method: str, host: str, path: str, address_label: str, timeout: float
) -> ConnectionFailure:
    if isinstance(exc, AnswerTooSlow):
        return ConnectionFailure(
            f"{host} did not end its answer to {method} {path} within {MAX_TIMEOUTS * timeout} seconds; run the task "
            f"again, or raise `timeout`, of which this is {MAX_TIMEOUTS} times.",
            never_sent=False,
            is_timeout=True,
            is_final=True,
        )
    return ConnectionFailure(
        f"{host} answers {method} {path} with more than {MAX_BYTES // 2**20} MiB; check {address_label} and the proxy.",
        never_sent=False,
        is_timeout=False,
        is_final=True,
    )


def _causes(exc: BaseException) -> list[BaseException]:
    """An exception and all that it wraps: requests wraps urllib3, which wraps the system's."""
    pending: list[object] = [exc]
    seen: list[BaseException] = []
    while pending:
        item = pending.pop(0)
        if isinstance(item, BaseException) and item not in seen:
            seen.append(item)
            pending += [getattr(item, "reason", None), *item.args, item.__cause__, item.__context__]
    return seen


def _reason(causes: list[BaseException]) -> str:
    """The reason in the system's words, without addresses."""
    for cause in causes:
        words = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None)
        if words:
            return str(words)
    return type(causes[-1]).__name__
