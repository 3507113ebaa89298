# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What a verification asks a runtime beside SQL: searches, questions that become SQL, and chat.

What a model answers is never the same twice, so an answer is compared with a regular expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._api.runtime import Row, Runtime
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption, OperationFailed, one_line

MAX_SHOWN = 200  # characters of what a runtime answers

Question = Mapping[str, Any]
Redact = Callable[[Any], Any]


def check_search(search: Question) -> None:
    """Checks the options of a search without a request. Raises InvalidOption."""
    _check_not_blank(search, "text")
    if search["limit"] is not None and search["limit"] < 1:
        raise InvalidOption(f"`limit` must be 1 or more, not {search['limit']}.")
    _check_pattern(search, "expect")


def check_nsql(question: Question) -> None:
    """Checks the options of a question that becomes SQL without a request. Raises InvalidOption."""
    _check_not_blank(question, "query")


def check_chat(question: Question) -> None:
    """Checks the options of a chat without a request. Raises InvalidOption."""
    _check_not_blank(question, "model")
    _check_not_blank(question, "question")
    _check_pattern(question, "answer")


def ask_search(runtime: Runtime, search: Question, name: str, redact: Redact) -> None:
    """Searches, and looks whether what is found is what it should be.

    Args:
        runtime: that is asked. search: its options. name: of the app. redact: hides sensitive values in what is shown.

    Raises:
        OperationFailed: it finds nothing, or something else. ApiError, UnexpectedAnswer.
    """
    results = runtime.search(search["text"], search["datasets"], search["limit"])
    if not results:
        raise OperationFailed(f"The search of app {name} finds nothing; correct the data, `text` or `datasets`.")
    pattern = search["expect"]
    if pattern is None or any(re.search(pattern, "\n".join(_words(result))) for result in results):
        return
    raise OperationFailed(
        f"No result of the search of app {name} matches `expect`; the first of {len(results)} is "
        f"{_shown(results[0], redact)}; correct the data, `text` or `expect`."
    )


def ask_chat(runtime: Runtime, question: Question, name: str, redact: Redact) -> None:
    """Asks a model, and looks whether it answers what it should. Args and errors as :func:`ask_search`."""
    answer = runtime.chat(question["model"], question["question"])
    pattern = question["answer"]
    if not answer.strip():
        raise OperationFailed(
            f"Model {question['model']} of app {name} answers nothing; correct the model or `question`."
        )
    if pattern is None or re.search(pattern, answer):
        return
    raise OperationFailed(
        f"What model {question['model']} of app {name} answers does not match `answer`: it begins with "
        f"{_shown(answer, redact)}; correct the model, `question` or `answer`."
    )


def _check_not_blank(question: Question, option: str) -> None:
    if not question[option].strip():
        raise InvalidOption(f"`{option}` must not be empty.")


def _check_pattern(question: Question, option: str) -> None:
    if question[option] is None:
        return
    try:
        re.compile(question[option])
    except (re.error, RecursionError, OverflowError) as error:
        raise InvalidOption(f"`{option}` is no regular expression of Python: {error}.") from None


def _words(value: Any) -> Iterator[str]:
    """The strings and numbers in a result, at any depth."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif value is not None:
        yield str(value)


def _shown(value: Row | str, redact: Redact) -> str:
    # Hidden before it is cut: a part of a value would not be found.
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    words = one_line(redact(text), MAX_SHOWN)
    return f"'{words}'" if isinstance(value, str) else words
