# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Where to connect and as whom: the options that every plugin shares, completed from the environment and checked before
the first request.
"""

from __future__ import annotations

import ipaddress
import math
import os
import re
from collections.abc import Mapping
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption

DEFAULT_API_URL = "https://api.spice.ai"
MAX_BODY_BYTES = 1024 * 1024  # of a request; "Management API": a larger one is answered with 413

# Which environment variables stand for an option; the first that is set counts.
ENVIRONMENT = {
    "api_url": ("SPICE_CLOUD_API_URL", "SPICEAI_API_ENDPOINT"),
    "api_token": ("SPICE_CLOUD_PAT", "SPICE_API_TOKEN", "SPICE_SPICEAI_TOKEN"),
    "client_id": ("SPICE_CLOUD_CLIENT_ID", "SPICEAI_CLIENT_ID"),
    "client_secret": ("SPICE_CLOUD_CLIENT_SECRET", "SPICEAI_CLIENT_SECRET"),
    "token_url": ("SPICE_CLOUD_TOKEN_URL", "SPICEAI_OAUTH_ENDPOINT"),
    "org": ("SPICE_CLOUD_ORG",),
    "requests_per_second": ("SPICE_CLOUD_REQUESTS_PER_SECOND",),
}

SESSION_VARIABLE = "SPICE_SPICEAI_TOKEN"  # the session token that the vendor's command line gets by signing in

# API hosts and the hosts that issue their tokens, as the vendor's command line client pairs them.
TOKEN_HOSTS = {
    "api.spice.ai": "spice.ai",
    "dev-api.spice.ai": "dev.spice.ai",
    "staging.api.spice.ai": "staging.spice.ai",
}

ORG_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,255}")

Lookup = Callable[[str], Optional[str]]
Credential = tuple[Optional[str], Optional[str], Optional[str]]


class Config:
    """The checked connection options of one task.

    Args:
        params: the options, as validated by Ansible. environ: the environment of the task.

    Attributes:
        api_url, token_url (str): without a slash at the end. api_token, client_id, client_secret, org (str or None).
        is_session (bool): the token is the session token of the vendor's command line.
        verify (bool or str): as ``requests`` takes it.
        timeout, retry_timeout (int): seconds. max_retries (int): retries of one request.
        requests_per_second (float or None): of the whole run.

    Raises:
        InvalidOption: an option that cannot work, by name.
    """

    def __init__(self, params: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        def value(option: str) -> str | None:
            variables = (_clean(environ.get(name)) for name in ENVIRONMENT[option])
            return _clean(params.get(option)) or next((found for found in variables if found), None)

        self.api_url = checked_url("`api_url`", value("api_url") or DEFAULT_API_URL)
        self.token_url = checked_url("`token_url`", value("token_url") or _token_url(self.api_url))
        self.org = value("org")
        if self.org and not ORG_PATTERN.fullmatch(self.org):
            raise InvalidOption(
                "`org` must be the name of an organization (letters, digits, dots, dashes, underscores), not "
                f"{self.org!r}."
            )
        self.api_token, self.client_id, self.client_secret = _credential(params, value, _set_in(environ))
        own_token = _clean(params.get("api_token"))
        self.is_session = bool(self.api_token) and not own_token and _set_in(environ) == SESSION_VARIABLE
        for option in ("timeout", "retries", "retry_timeout"):
            if params[option] < (1 if option == "timeout" else 0):
                raise InvalidOption(f"`{option}` must not be {params[option]}.")
        ca_path: str | None = params.get("ca_path")
        if ca_path and not os.path.exists(ca_path):
            raise InvalidOption(
                f"`ca_path`: there is no file or directory {ca_path} on the machine that runs this task."
            )
        self.timeout: int = params["timeout"]
        self.max_retries: int = params["retries"]
        self.retry_timeout: int = params["retry_timeout"]
        self.requests_per_second = _rate(params.get("requests_per_second"), value)
        self.verify: bool | str = (ca_path or True) if params["validate_certs"] else False

    @property
    def connection(self) -> str:
        """Tells this way to connect from others: what is trusted, and how long an answer may take."""
        return f"{self.verify} {self.timeout}"

    def sensitive_values(self) -> list[str]:
        """What must never be shown."""
        return [secret for secret in (self.api_token, self.client_secret) if secret]


def _clean(value: str | None) -> str | None:
    # A template that found nothing gives an empty string: that is "not given".
    return value.strip() if value and value.strip() else None


def _set_in(environ: Mapping[str, str]) -> str:
    """The variable that holds the token, among those of the environment; the first where none does."""
    variables = ENVIRONMENT["api_token"]
    return next((name for name in variables if _clean(environ.get(name))), variables[0])


def _credential(params: Mapping[str, Any], value: Lookup, variable: str) -> Credential:
    """(api_token, client_id, client_secret): an explicit option beats the environment, whichever kind it is.

    Args:
        params: the options. value: of an option, or of its variables. variable: the one that holds a token.

    Raises:
        InvalidOption
    """
    token_given = bool(_clean(params.get("api_token")))
    client_given = bool(_clean(params.get("client_id")) or _clean(params.get("client_secret")))
    token = None if client_given else value("api_token")
    client_id, client_secret = (None, None) if token_given else (value("client_id"), value("client_secret"))
    if token and (client_id or client_secret):
        raise InvalidOption(
            f"The environment holds both a token ({variable}) and OAuth client credentials (SPICE_CLOUD_CLIENT_ID, "
            "SPICE_CLOUD_CLIENT_SECRET): unset one of them, or give `api_token` or `client_id` and `client_secret` as "
            "options."
        )
    if bool(client_id) != bool(client_secret):
        missing = "client_secret" if client_id else "client_id"
        variables = " or ".join(ENVIRONMENT[missing])
        raise InvalidOption(
            f"`{missing}` is missing: `client_id` and `client_secret` go together (or set {variables})."
        )
    if not token and not client_id:
        raise InvalidOption(
            "No credential: set `api_token` (or SPICE_CLOUD_PAT) to a personal access token from "
            "https://spice.ai/account/tokens, or `client_id` and `client_secret` (or SPICE_CLOUD_CLIENT_ID and "
            "SPICE_CLOUD_CLIENT_SECRET) to those of an OAuth client."
        )
    for option, secret in (("api_token", token), ("client_secret", client_secret)):
        if secret and not (secret.isascii() and secret.isprintable()):
            raise InvalidOption(
                f"`{option}` holds characters that no credential has: check how it is quoted or decrypted."
            )
    return token, client_id, client_secret


def _rate(given: float | None, value: Lookup) -> float | None:
    """The option as a number, or what the environment says. Raises InvalidOption."""
    told = str(given) if given is not None else value("requests_per_second")
    if told is None:
        return None
    try:
        rate = float(told)
    except ValueError:
        rate = 0.0
    if not 0 < rate < math.inf:
        (variable,) = ENVIRONMENT["requests_per_second"]
        raise InvalidOption(f"`requests_per_second` (or {variable}) must be a number above 0, such as 10, not {told}.")
    return rate


def checked_url(label: str, text: str) -> str:
    """The address without a slash at the end.

    Args:
        label: what the error calls it. text: the address as given.

    Raises:
        InvalidOption: it is no address, or would show the credential.
    """
    try:
        parts = urlsplit(text)
        is_valid = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.username is None
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        is_valid = False
    if not is_valid or "?" in text or "#" in text:
        raise InvalidOption(f"{label} must be an address such as {DEFAULT_API_URL}, without user, query or fragment.")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise InvalidOption(
            f"{label} must begin with https: plain http would show the credential, it is for loopback addresses only."
        )
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token_url(api_url: str) -> str:
    host = urlsplit(api_url).hostname
    if host in TOKEN_HOSTS:
        return f"https://{TOKEN_HOSTS[host]}/api/oauth/token"
    return api_url + "/api/oauth/token"
