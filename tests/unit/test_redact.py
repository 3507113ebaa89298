# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server may repeat of a sensitive value, in any form."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._http.redact import MASK, Redactor

VALUES = [
    "hunter2-hunter2",
    "p<a>ss&wo\"rd'1 /+%=",
    "Größe-über-alles-42",
    "pass word with spaces",
    "back\\slash\\and\ttab",
    "-----BEGIN KEY-----\nMIIEvQ+IBADAN/Bgkq=\nhkiG9w0BAQEFAASC\n-----END KEY-----\n",
]
FORMS = {
    "plain": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "JSON": json.dumps,
    "JSON twice": lambda value: json.dumps(json.dumps(value)),
    "JSON twice, Unicode": lambda value: json.dumps(json.dumps(value, ensure_ascii=False), ensure_ascii=False),
    "HTML": html.escape,
    "HTML without quotes": lambda value: html.escape(value, quote=False),
    "HTML, decimal": lambda value: html.escape(value).replace("&#x27;", "&#39;"),
    "URL": quote,
    "URL, everything": lambda value: quote(value, safe=""),
    "form": quote_plus,
    "URL, small hexadecimals": lambda value: quote(value, safe="").lower(),
    "one line": lambda value: " ".join(value.split()),
    "cut off": lambda value: value[:13],
    "cut off in JSON": lambda value: json.dumps(value)[1:14],
    "cut off in capitals": lambda value: value[:14].upper(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_hidden_in_every_form(value, form):
    shown = FORMS[form](value)
    redacted = Redactor([value]).redact(f"it says {shown}, which is wrong")
    assert shown not in redacted
    assert MASK in redacted
    assert redacted.startswith("it says ")
    assert redacted.endswith(", which is wrong")


@pytest.mark.parametrize("line", VALUES[-1].splitlines())
@pytest.mark.parametrize("form", ["plain", "upper case", "URL, everything", "HTML"])
def test_a_line_is_hidden(line, form):
    assert FORMS[form](line)[1:-1] not in Redactor([VALUES[-1]]).redact(f"line 2: {FORMS[form](line)}")


@pytest.mark.parametrize(("value", "text"), [("hunter2-hunter2", "hunter2-hun"), ("a\nb", "a b c"), ("abc", "abc")])
def test_what_is_short_stays(value, text):
    assert Redactor([value]).redact(text) == text


def test_overlapping_values_get_one_mask():
    redactor = Redactor(["abcdefgh", "efghijkl", "abcd"])
    assert redactor.redact("x abcdefghijkl y abcd z") == f"x {MASK} y {MASK} z"
    assert redactor.redact({"abcd": ["ABCD", 1, None]}) == {MASK: [MASK, 1, None]}


def test_a_character_that_gets_longer_as_a_small_letter():
    assert Redactor(["İstanbul-secret"]).redact("İİ: İSTANBUL-SECRET.") == f"İİ: {MASK}."


def test_values_that_begin_alike():
    redactor = Redactor(["postgres://a:one@host", "postgres://a:another@host"])
    assert redactor.redact("to postgres://a:another@host, postgres://a:one@host") == f"to {MASK}, {MASK}"


# -- lines ------------------------------------------------------------------------------------------------------------

SECRET = "Zebra-Quartz-0815-Umbrella"


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["one", "two"], ["one", "two"]),
        ([], []),
        ([f"with {SECRET} in it", SECRET], [f"with {MASK} in it", MASK]),
        (["with Zebra-Quartz-08", "15-Umbrella in it"], [f"with {MASK}", f"{MASK} in it"]),
        (["with Zebra-Q", "uartz-0815-Um", "brella"], [f"with {MASK}", MASK, MASK]),
        (["", "with zebra-QUARTZ-", "", "0815-UMBRELLA!"], ["", f"with {MASK}", "", f"{MASK}!"]),
        (["uartz-0815-Umbrella at the beginning", "end"], [f"{MASK} at the beginning", "end"]),
        (["at the end Zebra-Quartz-"], [f"at the end {MASK}"]),
        (["brella is short"], ["brella is short"]),
    ],
)
def test_a_value_that_is_cut_over_lines_is_hidden(lines, shown):
    assert Redactor([SECRET]).redact_lines(lines) == shown


def test_a_value_of_short_lines_is_hidden_over_lines():
    redactor = Redactor(["abc\ndef\nghi"])
    assert redactor.redact_lines(["x abc", "def", "ghi y", "abc"]) == [f"x {MASK}", MASK, f"{MASK} y", "abc"]


def test_values_beside_each_other_keep_their_lines():
    redactor = Redactor(["first-value", "other-value"])
    assert redactor.redact_lines(["first-value", "other-value", "plain"]) == [MASK, MASK, "plain"]


def test_what_is_forgotten_is_shown_again_unless_it_is_kept():
    redactor = Redactor(["a secret of the task"])
    kept = set(redactor.values)
    redactor.add("key|one two")
    assert redactor.redact("key|one two, key%7Cone%20two") == f"{MASK}, {MASK}"
    redactor.forget(["key|one two", "a secret of the task", "ab"], kept)
    assert redactor.redact("key|one two") == "key|one two"
    assert redactor.redact("a secret of the task") == MASK
    assert redactor.values == kept
