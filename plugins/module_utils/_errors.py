# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The errors of the collection, and the sentences that tell a user what to do about them.

An exception is never edited after it is raised. A layer that knows more raises a new one ``from`` the old one.

Sources: the status codes and ``code`` values are those of the Spice.ai Cloud documentation, "Management API" (October
2026).
"""

from __future__ import annotations

from typing import Any

# In ``partial``: the message is made of words and names of the collection only, so it is shown as it is even if the
# value of a secret is a part of it. Not a part of the result.
PUBLIC_MESSAGE = "_public_message"


class SpiceError(Exception):
    """A task that cannot succeed.

    Args:
        message: what a user reads; it says what to do, and names the option.
        partial: what the result shows in spite of the failure.
    """

    def __init__(self, message: str, partial: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.partial: dict[str, Any] | None = partial

    def explained(self, message: str, partial: dict[str, Any] | None = None) -> SpiceError:
        """A copy with another message, for ``raise error.explained(...) from error``.

        It keeps the partial result unless a new one is given.
        """
        return type(self)(message, self.partial if partial is None else partial)


class InvalidOption(SpiceError):
    """The task asks for something that cannot be done."""


class OperationFailed(SpiceError):
    """The server did what was asked and it did not succeed, or it did not end in time."""


class UnexpectedAnswer(SpiceError):
    """The server answers in a form that no documentation describes."""


class ApiError(SpiceError):
    """A request that failed, whatever the reason.

    Args:
        message: what a user reads.
        method: HTTP method. path: path of the request, without the host.
        status: HTTP status; None when there was no answer.
        code: the API's ``code``. api_message: the API's own words. details: the API's ``details``.
        retries: how often the request was retried.
        outcome_unknown: the server may have carried out the request.
        may_come_later: it may even do so after this error, because only the waiting ended.
        out_of_time: the task had no time left for another retry.
        partial: what the result shows in spite of the failure.
    """

    def __init__(
        self,
        message: str,
        method: str,
        path: str,
        status: int | None = None,
        code: str | None = None,
        api_message: str | None = None,
        details: dict[str, Any] | None = None,
        retries: int = 0,
        outcome_unknown: bool = False,
        may_come_later: bool = False,
        out_of_time: bool = False,
        partial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, partial)
        self.method = method
        self.path = path
        self.status = status
        self.code = code
        self.api_message = api_message
        self.details = details
        self.retries = retries
        self.outcome_unknown = outcome_unknown
        self.may_come_later = may_come_later
        self.out_of_time = out_of_time

    def explained(self, message: str, partial: dict[str, Any] | None = None, **facts: Any) -> ApiError:
        """See :meth:`SpiceError.explained`; the copy describes the same request.

        ``facts`` replace its other arguments.
        """
        same = {
            "status": self.status,
            "code": self.code,
            "api_message": self.api_message,
            "details": self.details,
            "retries": self.retries,
            "outcome_unknown": self.outcome_unknown,
            "may_come_later": self.may_come_later,
            "out_of_time": self.out_of_time,
        }
        kept = self.partial if partial is None else partial
        return ApiError(message, self.method, self.path, partial=kept, **{**same, **facts})

    def as_result(self) -> dict[str, Any]:
        """The ``failure`` value of a task result."""
        return failure(
            status=self.status,
            code=self.code,
            message=self.api_message,
            details=self.details,
            method=self.method,
            path=self.path,
            retries=self.retries,
        )


def one_line(text: str, limit: int) -> str:
    """Somebody else's words for a sentence: on one line, without control characters, cut to ``limit`` characters."""
    # What is cut first is enough: white space only gets less.
    words = " ".join(text[: 16 * limit].split())
    return printable(words[:limit])


def printable(text: str) -> str:
    """The same without what would move a terminal's cursor or change the order of the characters that it shows."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else (" " if char.isspace() else "?") for char in text)


def shortened(value: Any, limit: int) -> Any:
    """The same (string, list or dictionary, at any depth), each string printable and cut to ``limit`` characters."""
    if isinstance(value, dict):
        return {shortened(key, limit): shortened(item, limit) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item, limit) for item in value]
    return printable(value)[:limit] if isinstance(value, str) else value


def failure(**facts: Any) -> dict[str, Any]:
    """The ``failure`` value of a task result: the facts that are known.

    Args:
        facts: any of ``status``, ``code``, ``message``, ``details``, ``method``, ``path``, ``retries``.
    """
    return {name: value for name, value in facts.items() if value is not None}


# The organization is refused, so every other request of the same credential meets the same answer. The sentence before
# the advice names the organization and its option.
ORGANIZATION_CODES = {
    "invalid_org_assertion": "correct it: a name takes letters, digits, dots, dashes and underscores",
    "org_forbidden": "check the spelling, and use a credential of somebody who belongs to it",
    "org_assertion_mismatch": (
        "leave it out, or use an OAuth client of that organization, because a client belongs to one only"
    ),
    "org_deleted": "set `org` to an organization that exists",
}

# The app is paused: asking again changes nothing.
PAUSED_CODES = ("spicepod_paused", "project_paused")

ADVICE_BY_CODE = {
    **ORGANIZATION_CODES,
    **dict.fromkeys(
        PAUSED_CODES, "resume the app with `paused: false` of spiceai.cloud.spice_app, and run the task again"
    ),
    "forbidden": "ask an owner or admin of the organization for a role that may do this (viewers only read)",
    "insufficient_scope": "create a credential that has this scope",
    "image_tag_requires_enterprise": "leave `image_tag` out: choosing one needs the Enterprise plan",
    "invalid_stable_image_tag": "choose an `image_tag` that spiceai.cloud.spice_container_image_info lists",
    "github_connected": (
        "change the spicepod in the repository and leave `spicepod` out, or disconnect the repository in the portal"
    ),
    "fork_placement_required": "give `region` or `cluster_name`, because the place of `fork_from` cannot be taken",
    "scheduler_state_location_required": (
        "give `scheduler_state_location`, an s3:// address, because `fork_from` is a distributed app"
    ),
    "scheduler_state_location_unsupported": "give a `scheduler_state_location` that begins with s3://",
    "scheduler_state_location_overlaps_source": (
        "choose another `scheduler_state_location`, neither within that of `fork_from` nor around it"
    ),
    "scheduler_state_location_not_applicable": (
        "leave `scheduler_state_location` out, because `fork_from` is no distributed app"
    ),
    "fork_name_unavailable": "choose another `name` for the fork",
    "fork_source_has_no_spicepod": "give `fork_from` a spicepod and deploy it first",
    "fork_source_spicepod_invalid": "correct the spicepod of `fork_from` and deploy it first",
    "fork_source_loads_repository_files": (
        "leave `fork_from` out and give `spicepod`, because the spicepod of `fork_from` loads files of its repository, "
        "which a fork does not have"
    ),
    "fork_source_repository_unreadable": (
        "check in the portal that the repository of `fork_from` is connected and can be read, and run the task again"
    ),
    "monitor_template_unavailable": (
        "choose a `template` that is offered here: for apps that Spice.ai runs, llm_failures only with a model, and "
        "dataset_refresh_errors only with an accelerated dataset"
    ),
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


def advice(status: int | None, code: str | None) -> str:
    """What the user can do about an answer with this status and code."""
    if code in ADVICE_BY_CODE:
        return ADVICE_BY_CODE[code]
    if status in ADVICE_BY_STATUS:
        return ADVICE_BY_STATUS[status]
    if status is not None and status >= 500:
        return "the fault is on the server's side: run the task again later, it continues where it stopped"
    return "check `api_url`"


def error_sentence(method: str, path: str, status: int, code: str | None, words: str) -> str:
    """The message of an error answer that has no better one."""
    named = f"{status} {code}" if code else str(status)
    return f"{method} {path} was refused ({named}): {words.rstrip('.')}; {advice(status, code)}."
