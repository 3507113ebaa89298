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
import re
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

if TYPE_CHECKING:
    from requests import Response

MAX_TITLE, MAX_WORDS = 120, 200  # characters that are shown of a web page's title and of a plain text


class ErrorBody(NamedTuple):
    """An error answer taken apart.

    Args:
        message: for people, without sensitive values. code, details: as the server sent them, because decisions rest on
            them.
    """

    message: str
    code: str | None
    details: dict[str, Any] | None


def read_error_body(response: Response, redact: Callable[[Any], Any] = lambda value: value) -> ErrorBody:
    """Takes an error answer apart. Never raises.

    Args:
        response: the answer.
        redact: hides sensitive values. It runs before anything is cut, because a part of a value would not be found.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        details = body.get("details")
        words = [str(part) for part in (body.get("error") or body.get("message"), _details_text(details)) if part]
        code = body.get("code")
        return ErrorBody(
            redact(": ".join(words)) or "no reason given",
            code if isinstance(code, str) else None,
            details if isinstance(details, dict) else None,
        )
    text = redact(response.text or "")
    if is_web_page(response):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        # Of a page only the title is shown: such pages can hold the request.
        name = " ".join(title.group(1).split())[:MAX_TITLE] if title else "without a title"
        return ErrorBody(f"a web page instead of JSON ({name})", None, None)
    return ErrorBody(" ".join(text.split())[:MAX_WORDS] or "no reason given", None, None)


def is_web_page(response: Response) -> bool:
    """Whether the body is HTML, by its type or by its first character."""
    return "html" in response.headers.get("Content-Type", "").lower() or (response.text or "").lstrip()[:1] == "<"


def retry_after(response: Response) -> float | None:
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
    except (TypeError, ValueError):
        return None


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
