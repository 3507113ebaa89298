# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors in the shape of the Management API: ``{"error", "details"?, "code"?}``.

The shape follows the vendor's published clients (GitHub action, CLI) and its API pages.
"""

from typing import Any, Optional

from pydantic import ValidationError


class ApiError(Exception):
    """An answer other than 2xx. ``more`` holds further keys of its body."""

    def __init__(
        self,
        status: int,
        error: str,
        code: Optional[str] = None,
        details: Optional[dict[str, Any]] = None,
        headers: Optional[dict[str, str]] = None,
        more: Optional[dict[str, Any]] = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.code = code
        self.details = details
        self.headers = headers or {}
        self.more = more or {}

    def body(self, with_code: bool = True) -> dict[str, Any]:
        """The JSON body; only ``error`` is always there."""
        body: dict[str, Any] = {"error": self.error, **self.more}
        if self.details is not None:
            body["details"] = self.details
        if self.code is not None and with_code:
            body["code"] = self.code
        return body


def invalid(field: Optional[str], text: str, error: Optional[str] = None, code: Optional[str] = None) -> ApiError:
    """A 400 that blames one field, or the body as a whole when ``field`` is None."""
    fields = {field: [text]} if field else {}
    forms = [] if field else [text]
    return ApiError(400, error or "Invalid request body", code, {"fieldErrors": fields, "formErrors": forms})


def invalid_query(field: str, text: str) -> ApiError:
    """A 400 that blames one query parameter."""
    return invalid(field, text, "Invalid query parameters")


def from_validation(failure: ValidationError, error: str = "Invalid request body") -> ApiError:
    """Turn pydantic's errors into the API's 400: every text under the top-level field it belongs to."""
    fields: dict[str, list[str]] = {}
    forms: list[str] = []
    for item in failure.errors(include_url=False, include_input=False):
        where = item["loc"]
        text = _text(item)
        if not where:
            forms.append(text)
            continue
        inner = ".".join(str(part) for part in where[1:])
        fields.setdefault(str(where[0]), []).append(f"{inner}: {text}" if inner else text)
    return ApiError(400, error, None, {"fieldErrors": fields, "formErrors": forms})


def _text(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "Unrecognized key"
    if item["type"] == "missing":
        return "Required"
    message = str(item["msg"])
    prefix = "Value error, "
    return message[len(prefix) :] if message.startswith(prefix) else message
