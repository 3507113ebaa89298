# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Everything that stands in the way of an environment, told in one message."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ORGANIZATION_CODES,
    PUBLIC_MESSAGE,
    ApiError,
    InvalidOption,
    SpiceError,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import closest

T = TypeVar("T")


def misspelled(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each name that is none of the known ones and resembles one.

    What all known names begin with does not count as likeness.
    """
    options = sorted(known)
    length = os.path.commonprefix(options).rfind("_") + 1
    stems = {name[length:]: name for name in options}
    sentences = []
    for name in sorted(set(names) - set(options)):
        alike = closest(name[length:], stems)
        if alike is not None:
            sentences.append(f"`{name}` is no variable of this role; did you mean `{stems[alike]}`?")
    return sentences


class Problems:
    """The problems of one environment.

    Args:
        params: the options; ``prefix`` is what the user's names of them have in front.

    Attributes:
        texts (list[str]): a sentence for each.
    """

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.texts: list[str] = []
        self._params = params
        self._rejection: ApiError | None = None  # the first of the server

    def collect(self, where: str, function: Callable[..., T], *args: Any) -> T | None:
        """What the function gives, or None and a problem more.

        Args:
            where: the option that it is about. function, args: what to call.

        Raises:
            ApiError: nothing else can be known either.
        """
        try:
            return function(*args)
        except ApiError as error:
            if error.status in (None, 401) or (error.status or 0) >= 500 or error.code in ORGANIZATION_CODES:
                raise
            self._rejection = self._rejection or error
            self.texts.append(f"{self.path(where)}: {error}")
        except SpiceError as error:
            self.texts.append(f"{self.path(where)}: {error}")
        return None

    def path(self, where: str) -> str:
        """An option as the user knows it; what is none is named as it is."""
        return f"{self._params['prefix']}{where}" if where.split(".")[0] in self._params else where

    def stop(self, lead: str) -> None:
        """Fails when there are problems. ``lead``: the beginning of the message.

        Raises:
            InvalidOption, ApiError: each problem is a line of the message; ``partial`` says that it is public.
        """
        texts = list(dict.fromkeys(self.texts))
        if not texts:
            return
        message = "\n- ".join([f"{lead} and nothing was changed yet:", *texts])
        if self._rejection is None:
            raise InvalidOption(message, {PUBLIC_MESSAGE: True})
        raise self._rejection.explained(message, {PUBLIC_MESSAGE: True}) from self._rejection
