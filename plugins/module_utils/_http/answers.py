# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What an HTTP answer says: the parsed body of a success, and the words, code and details of an error.

Source: Spice.ai Cloud documentation, "Management API", errors: ``{"error", "code", "details": {"fieldErrors",
"formErrors"}}``. A gateway in between may answer with plain text or a web page.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Union

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import one_line

if TYPE_CHECKING:
    from ansible_collections.spiceai.cloud.plugins.module_utils._http.bounded import Answer

MAX_TITLE = 120  # characters that are shown of a web page's title
MAX_WORDS, MAX_PLAIN_WORDS = 400, 200  # characters that are shown of a JSON error, and of a plain text
# Characters of an error, or of a string in its details, that are looked at. Values are hidden before it is cut further.
MAX_READ = 16 * 1024
MAX_DETAILS = 20  # entries that are shown of each list and mapping in an error's details
TOO_DEEP = "JSON that is nested too deeply"
MAX_DEPTH = 60  # levels of lists and mappings; the documented answers have fewer than ten beside a spicepod
ExpectedType = Union[type, tuple[type, ...]]
CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
HIDDEN = "not shown"
FACTS = ("max_tail",)  # numbers that stand beside the details of an error
INSUFFICIENT_SCOPE = "insufficient_scope"
# The scopes of the Management API; no other words of a refusal are shown for what they look like.
SCOPE = re.compile(r"\b(?:apps|config|deployments|members|monitors|reactions|secrets):(?:read|write|delete)\b")


class ErrorBody(NamedTuple):
    """An error answer taken apart.

    Args:
        message: for people, without sensitive values. code, details: as the server sent them, because decisions rest on
            them.
    """

    message: str
    code: str | None
    details: dict[str, Any] | None


def read_error_body(response: Answer, redact: Callable[[Any], Any] = lambda value: value) -> ErrorBody:
    """Takes an error answer apart. Never raises.

    Args:
        response: the answer.
        redact: hides sensitive values. It runs before anything is cut, because a part of a value would not be found.
    """
    try:
        body = parse_json(response.content)
    except ValueError:
        body = None
    if isinstance(body, dict):
        details = body.get("details")
        words = [str(part) for part in (body.get("error") or body.get("message"), _details_text(details)) if part]
        code = body.get("code")
        facts = {name: body[name] for name in FACTS if isinstance(body.get(name), int)}
        told = {**details, **facts} if isinstance(details, dict) else facts or None
        return ErrorBody(
            one_line(redact(": ".join(words)[:MAX_READ]), MAX_WORDS) or "no reason given",
            code if isinstance(code, str) and CODE.fullmatch(code) else None,
            _short_details(told) if told is not None else None,
        )
    text = redact((response.text or "")[:MAX_READ])
    if is_web_page(response):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        # Of a page only the title is shown: such pages can hold the request.
        name = one_line(title.group(1), MAX_TITLE) if title else "without a title"
        return ErrorBody(f"a web page instead of JSON ({name})", None, None)
    return ErrorBody(one_line(text, MAX_PLAIN_WORDS) or "no reason given", None, None)


def hidden_body(body: ErrorBody, fields: Iterable[str], redact: Callable[[Any], Any]) -> ErrorBody:
    """What is shown of the refusal of a request that holds a secret: no words of the server but the scopes it misses.

    Args:
        body: the refusal. fields: those of the request, which may be named. redact: hides sensitive values.
    """
    if body.code == INSUFFICIENT_SCOPE:
        required = ", ".join(dict.fromkeys(SCOPE.findall(body.message)))
        if required:
            return ErrorBody(f"Insufficient scope. Required: {required}", body.code, None)
    told = (body.details or {}).get("fieldErrors")
    named = [field for field in fields if isinstance(told, dict) and field in told]
    about = f"it names {' and '.join(f'`{field}`' for field in named)}" if named else "it names no field"
    # A code is shown as it is, so it must not be the value.
    code = body.code if body.code is not None and redact(body.code) == body.code else None
    details = {"fieldErrors": {field: [HIDDEN] for field in named}} if named else None
    return ErrorBody(f"{about}, and its words are {HIDDEN}, because they may repeat the value", code, details)


def parsed(response: Answer, expected_type: ExpectedType) -> Any:
    """The body of a success.

    Args:
        response: the answer. expected_type: what it must be; ``str`` takes plain text that is no web page.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    if expected_type is str and response.content and not is_web_page(response):
        return response.text.strip()
    return parse_json(response.content)


def parse_json(content: bytes) -> Any:
    """The JSON of an answer.

    Raises:
        ValueError: it is none, or is nested so deeply that nothing could be done with it.
    """
    try:
        parsed = json.loads(content)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    # As long as there are few brackets nothing can be deep.
    if content.count(b"[") + content.count(b"{") > MAX_DEPTH:
        _check_depth(parsed)
    return parsed


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    for dummy in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def is_web_page(response: Answer) -> bool:
    """Whether the body is HTML, by its type or by its first character."""
    return "html" in response.headers.get("Content-Type", "").lower() or (response.text or "").lstrip()[:1] == "<"


def retry_after(response: Answer) -> float | None:
    """Seconds to wait by the Retry-After header in either form (seconds or an HTTP date); None without a valid one."""
    return seconds_until(response.headers.get("Retry-After"))


def seconds_until(header: str | None) -> float | None:
    """Seconds until the moment that a Retry-After value names; None when it names none."""
    if not header:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", header.strip()):
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _short_details(details: dict[str, Any]) -> dict[str, Any]:
    """The details as far as a person reads them; of endless ones only the fields that they are about."""
    short: dict[str, Any] = _short(details)
    if len(json.dumps(short)) <= MAX_READ:
        return short
    fields = short.get("fieldErrors")
    return {"fieldErrors": {field[:MAX_TITLE]: [] for field in fields}} if isinstance(fields, dict) else {}


def _short(value: Any) -> Any:
    """The same with every string, list and mapping cut."""
    if isinstance(value, dict):
        return {str(key)[:MAX_TITLE]: _short(item) for key, item in list(value.items())[:MAX_DETAILS]}
    if isinstance(value, list):
        return [_short(item) for item in value[:MAX_DETAILS]]
    return value[:MAX_READ] if isinstance(value, str) else value


def _details_text(details: Any) -> str:
    if not isinstance(details, dict):
        return ""
    fields = details.get("fieldErrors")
    parts = []
    if isinstance(fields, dict):
        parts = [f"`{field}`: {_joined(texts)}" for field, texts in sorted(fields.items())]
    if details.get("formErrors"):
        parts.append(_joined(details["formErrors"]))
    return "; ".join(parts)


def _joined(texts: Any) -> str:
    return ", ".join(str(text) for text in texts) if isinstance(texts, list) else str(texts)
