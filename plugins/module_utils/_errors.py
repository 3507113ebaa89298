# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The errors of the collection, and the sentences that tell a user what to do about them.

Sources: the status codes, ``code`` values and error shapes are those of the Spice.ai Cloud documentation, "Management API".
Not every error has a ``code``, and nothing here depends on a text of the server.
"""

from __future__ import annotations

import re


class Refused(Exception):
    """The task asks for something that cannot be done, or what it waited for did not come. The text says what to do, and names the option.

    Args:
        partial (dict | None): what a result shows all the same.
    """

    def __init__(self, text, partial=None):
        super().__init__(text)
        self.partial = partial


class ApiError(Exception):
    """A request that failed, whatever the reason.

    Attributes:
        status (int | None): HTTP status; None when there was no answer.
        code (str | None): the API's ``code``.
        api_message (str | None): the API's own words.
        details (dict | None): the API's ``details``.
        method (str), path (str): the request, without the host.
        retries (int): how often it had been repeated.
        outcome_unknown (bool): the server may have carried out the request.
        may_come_later (bool): it may even do so after this error, for only the waiting ended.
        partial (dict | None): what a result shows all the same.
    """

    def __init__(self, text, method, path, status=None, code=None, api_message=None, details=None, retries=0, outcome_unknown=False,
                 may_come_later=False):
        super().__init__(text)
        self.status = status
        self.code = code
        self.api_message = api_message
        self.details = details
        self.method = method
        self.path = path
        self.retries = retries
        self.outcome_unknown = outcome_unknown
        self.may_come_later = may_come_later
        self.partial = None

    def as_result(self):
        """dict: the ``failure`` value of a task result."""
        return failure(self.status, self.code, self.api_message, self.details, self.method, self.path, self.retries)

    def refused_fields(self):
        """set[str]: the fields of the request that a 400 complains about."""
        fields = (self.details or {}).get("fieldErrors") if isinstance(self.details, dict) else None
        return set(fields) if self.status == 400 and isinstance(fields, dict) else set()


def failure(status=None, code=None, message=None, details=None, method=None, path=None, retries=0):
    """dict: the ``failure`` value of a task result; without arguments that of a task that refused by itself what it had read."""
    return {"status": status, "code": code, "message": message, "details": details, "method": method, "path": path, "retries": retries}


# The organization is refused, so every other request of the same credential meets the same answer. The sentence before the
# advice names the organization and its option.
ORGANIZATION_CODES = {
    "invalid_org_assertion": "correct it: a name takes letters, digits, dots, dashes and underscores",
    "org_forbidden": "check the spelling, and use a credential of somebody who belongs to it",
    "org_assertion_mismatch": "leave it out, or use an OAuth client of that organization, because a client belongs to one only",
    "org_deleted": "set `org` to an organization that exists",
}

ADVICE_BY_CODE = {
    **ORGANIZATION_CODES,
    "forbidden": "ask an owner or admin of the organization for a role that may do this (viewers only read)",
    "insufficient_scope": "create a credential that has this scope",
    "image_tag_requires_enterprise": "leave `image_tag` out: choosing one needs the Enterprise plan",
    "invalid_stable_image_tag": "choose an `image_tag` that spiceai.cloud.spice_container_image_info lists",
    "github_connected": "leave `spicepod` out or disconnect the repository: this app takes its spicepod from GitHub",
    "plan_limit": "ask for less, or change the plan of the organization",
    "ai_credits_exhausted": "buy credits or change the plan of the organization",
}

ADVICE_BY_STATUS = {
    400: "correct what the message names and run the task again",
    402: "check the plan and the credits of the organization",
    403: "check the scopes and the role of the credential",
    404: "check the name or id, and that the credential belongs to the organization of the app",
    405: "check `api_url`: this address does not offer the Management API as documented",
    409: "somebody else may have changed it meanwhile: run the task again",
    410: "it has expired or is gone: create it again",
    413: "send less at once: the API takes at most 1 MiB in one request",
    422: "correct what the message names and run the task again",
    429: "run the task again later, or raise `retry_timeout`",
}


def advice(status, code):
    """str: what the user can do about an answer with this status and code."""
    if code in ADVICE_BY_CODE:
        return ADVICE_BY_CODE[code]
    if status in ADVICE_BY_STATUS:
        return ADVICE_BY_STATUS[status]
    if status is not None and status >= 500:
        return "the fault is on the server's side: run the task again later, it continues where it stopped"
    return "check `api_url`"


def read_error_body(response, scrubbed=lambda value: value):
    """Takes an error answer apart: the text, the code and the details.

    A body may be JSON, plain text, or a gateway's HTML page. Of HTML only the title is used: such pages can repeat the request.

    Args:
        scrubbed (callable): takes the secrets out of a value, before it is shortened: a part of a secret would not be found.

    Returns:
        tuple[str, str | None, dict | None]: never raises.
    """
    kind = response.headers.get("Content-Type", "").lower()
    try:
        body = scrubbed(response.json())
    except ValueError:
        body = None
    if isinstance(body, dict):
        details = body.get("details")
        words = [str(part) for part in (body.get("error") or body.get("message"), _details_text(details)) if part]
        code = body.get("code")
        return ": ".join(words) or "no reason given", code if isinstance(code, str) else None, details if isinstance(details, dict) else None
    text = scrubbed(response.text or "")
    if "html" in kind or text.lstrip()[:1] == "<":
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return "a web page instead of JSON (%s)" % (" ".join(title.group(1).split())[:120] if title else "without a title"), None, None
    return " ".join(text.split())[:200] or "no reason given", None, None


def _details_text(details):
    if not isinstance(details, dict):
        return ""
    fields = details.get("fieldErrors")
    parts = ["`%s`: %s" % (field, _joined(texts)) for field, texts in sorted(fields.items())] if isinstance(fields, dict) else []
    if details.get("formErrors"):
        parts.append(_joined(details["formErrors"]))
    return "; ".join(parts)


def _joined(texts):
    return ", ".join(str(text) for text in texts) if isinstance(texts, list) else str(texts)
