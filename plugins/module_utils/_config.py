# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Where to connect and as whom: the options that every plugin shares, completed from the environment and checked before the first request."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import urlsplit

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import Refused

DEFAULT_API_URL = "https://api.spice.ai"

# Which environment variables stand for an option; the first that is set counts.
ENVIRONMENT = {
    "api_url": ("SPICE_CLOUD_API_URL", "SPICEAI_API_ENDPOINT"),
    "api_token": ("SPICE_CLOUD_PAT", "SPICE_API_TOKEN"),
    "client_id": ("SPICE_CLOUD_CLIENT_ID", "SPICEAI_CLIENT_ID"),
    "client_secret": ("SPICE_CLOUD_CLIENT_SECRET", "SPICEAI_CLIENT_SECRET"),
    "token_url": ("SPICE_CLOUD_TOKEN_URL", "SPICEAI_OAUTH_ENDPOINT"),
    "org": ("SPICE_CLOUD_ORG",),
}

# API hosts and the hosts that issue their tokens, as the vendor's command line client pairs them.
TOKEN_HOSTS = {"api.spice.ai": "spice.ai", "dev-api.spice.ai": "dev.spice.ai", "staging.api.spice.ai": "staging.spice.ai"}

ORG_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,255}")


class Config:
    """The checked connection options of one task.

    Attributes:
        api_url (str): without a slash at the end. api_token, client_id, client_secret, token_url, org (str | None).
        verify (bool | str): as ``requests`` takes it. timeout, retry_timeout (seconds); retries (repeats of one request).

    Raises:
        Refused: an option that cannot work, by name.
    """

    def __init__(self, params, environ):
        def value(option):
            return _clean(params.get(option)) or next((_clean(environ[name]) for name in ENVIRONMENT[option] if _clean(environ.get(name))), None)

        self.api_url = checked_url("`api_url`", value("api_url") or DEFAULT_API_URL)
        self.token_url = checked_url("`token_url`", value("token_url") or _token_url(self.api_url))
        self.org = value("org")
        if self.org and not ORG_PATTERN.fullmatch(self.org):
            raise Refused("`org` must be the name of an organization (letters, digits, dots, dashes, underscores), not %r." % self.org)
        self.api_token, self.client_id, self.client_secret = _credential(params, value)
        for option in ("timeout", "retries", "retry_timeout"):
            if params[option] < (1 if option == "timeout" else 0):
                raise Refused("`%s` must not be %s." % (option, params[option]))
        if params.get("ca_path") and not os.path.exists(params["ca_path"]):
            raise Refused("`ca_path`: there is no file or folder %s on the machine that runs this task." % params["ca_path"])
        self.timeout = params["timeout"]
        self.retries = params["retries"]
        self.retry_timeout = params["retry_timeout"]
        self.verify = (params.get("ca_path") or True) if params["validate_certs"] else False

    def secrets(self):
        """list[str]: what must never be shown."""
        return [secret for secret in (self.api_token, self.client_secret) if secret]


def _clean(value):
    # A template that found nothing gives an empty text: that is "not given".
    return value.strip() if value and value.strip() else None


def _credential(params, value):
    """(api_token, client_id, client_secret): an explicit option beats the environment, whichever kind it is."""
    token_given = bool(_clean(params.get("api_token")))
    client_given = bool(_clean(params.get("client_id")) or _clean(params.get("client_secret")))
    token = None if client_given else value("api_token")
    client_id, client_secret = (None, None) if token_given else (value("client_id"), value("client_secret"))
    if token and (client_id or client_secret):
        raise Refused(
            "The environment holds both a personal access token (SPICE_CLOUD_PAT) and OAuth client credentials (SPICE_CLOUD_CLIENT_ID,"
            " SPICE_CLOUD_CLIENT_SECRET): unset one of them, or give `api_token` or `client_id` and `client_secret` as options."
        )
    if bool(client_id) != bool(client_secret):
        missing = "client_secret" if client_id else "client_id"
        raise Refused("`%s` is missing: `client_id` and `client_secret` go together (or set %s)." % (missing, " or ".join(ENVIRONMENT[missing])))
    if not token and not client_id:
        raise Refused(
            "No credential: set `api_token` (or SPICE_CLOUD_PAT) to a personal access token,"
            " or `client_id` and `client_secret` (or SPICE_CLOUD_CLIENT_ID and SPICE_CLOUD_CLIENT_SECRET) to those of an OAuth client."
        )
    for option, secret in (("api_token", token), ("client_secret", client_secret)):
        if secret and not (secret.isascii() and secret.isprintable()):
            raise Refused("`%s` holds characters that no credential has: check how it is quoted or decrypted." % option)
    return token, client_id, client_secret


def checked_url(named, text):
    """str: the address without a slash at the end. Raises Refused, which calls it as ``named``: it is none, or would show the credential."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and (parts.port is None or parts.port)
    except ValueError:
        valid = False
    if not valid or "?" in text or "#" in text:
        raise Refused("%s must be an address such as %s, without user, query or fragment." % (named, DEFAULT_API_URL))
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Refused("%s must begin with https: plain http would show the credential, it is for loopback addresses only." % named)
    return text.rstrip("/")


def is_loopback(host: str | None) -> bool:
    """bool: requests to this host stay on the machine that sends them."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _token_url(api_url):
    parts = urlsplit(api_url)
    if parts.hostname in TOKEN_HOSTS:
        return "https://%s/api/oauth/token" % TOKEN_HOSTS[parts.hostname]
    return api_url + "/api/oauth/token"
