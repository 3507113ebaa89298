# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of errors, and what is read out of an error answer."""

from __future__ import annotations

import json

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import (
    ADVICE_BY_CODE,
    ADVICE_BY_STATUS,
    ApiError,
    advice,
    failure,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._http.answers import parse_json, read_error_body
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import rejected_fields


def answer(body, kind="application/json", status=400):
    response = requests.Response()
    response.status_code = status
    response._content = body.encode()
    response.encoding = "utf-8"
    response.headers["Content-Type"] = kind
    return response


@pytest.mark.parametrize(
    ("body", "words", "code", "details"),
    [
        ('{"error": "no"}', "no", None, None),
        ('{"message": "no"}', "no", None, None),
        ('{"error": "no", "message": "other"}', "no", None, None),
        ('{"error": "no", "code": "forbidden"}', "no", "forbidden", None),
        ('{"error": "no", "code": 7}', "no", None, None),
        ('{"error": "no", "details": null}', "no", None, None),
        ('{"error": "no", "details": "text"}', "no", None, None),
        (
            '{"error": "no", "details": {"fieldErrors": {"b": ["x", "y"], "a": "z"}, "formErrors": ["whole"]}}',
            "no: `a`: z; `b`: x, y; whole",
            None,
            {"fieldErrors": {"b": ["x", "y"], "a": "z"}, "formErrors": ["whole"]},
        ),
        ('{"details": {"fieldErrors": {"a": ["x"]}}}', "`a`: x", None, {"fieldErrors": {"a": ["x"]}}),
        (
            '{"error": "no", "details": {"fieldErrors": ["a"], "formErrors": []}}',
            "no",
            None,
            {"fieldErrors": ["a"], "formErrors": []},
        ),
        ('{"error": {"reason": "deep"}}', "{'reason': 'deep'}", None, None),
        ("{}", "no reason given", None, None),
        ('["a", "b"]', '["a", "b"]', None, None),
        ('"only text"', '"only text"', None, None),
        ("null", "null", None, None),
        ("", "no reason given", None, None),
        ("  upstream \n  connect error  ", "upstream connect error", None, None),
        ("x" * 500, "x" * 200, None, None),
        ('{"error": "cut o', '{"error": "cut o', None, None),
    ],
)
def test_error_bodies(body, words, code, details):
    assert read_error_body(answer(body)) == (words, code, details)


@pytest.mark.parametrize("kind", ["text/html", "TEXT/HTML; charset=utf-8", "text/plain", ""])
def test_of_a_web_page_only_the_title_is_told(kind):
    page = (
        "\n <html><head><TITLE id='x'>\n 502  Bad\nGateway </title></head>"
        "<body>Authorization: Bearer secret</body></html>"
    )
    assert read_error_body(answer(page, kind)) == ("a web page instead of JSON (502 Bad Gateway)", None, None)


def test_a_long_title_is_cut():
    assert read_error_body(answer("<title>%s</title>" % ("x" * 500), "text/html"))[
        0
    ] == "a web page instead of JSON (%s)" % ("x" * 120)


def test_a_web_page_without_a_title():
    assert read_error_body(answer("<p>secret</p>", "text/html"))[0] == "a web page instead of JSON (without a title)"


def test_advice_by_code_by_status_and_otherwise():
    assert advice(403, "forbidden") == ADVICE_BY_CODE["forbidden"]
    assert advice(403, "unheard_of") == ADVICE_BY_STATUS[403]
    assert advice(409, None) == ADVICE_BY_STATUS[409]
    assert "server" in advice(503, None)
    assert "api_url" in advice(418, None)
    assert "api_url" in advice(None, None)


@pytest.mark.parametrize(
    "code",
    [
        "invalid_org_assertion",
        "org_forbidden",
        "org_assertion_mismatch",
        "org_deleted",
        "forbidden",
        "insufficient_scope",
    ],
)
def test_every_code_of_the_organization_context_has_its_advice(code):
    assert advice(403, code) != advice(403, None)


def test_failure_has_all_its_keys():
    assert failure() == {}
    error = ApiError("text", "PUT", "/v1/apps/7", status=400, code="c", api_message="m", details={"d": 1}, retries=3)
    assert error.as_result() == {
        "status": 400,
        "code": "c",
        "message": "m",
        "details": {"d": 1},
        "method": "PUT",
        "path": "/v1/apps/7",
        "retries": 3,
    }
    assert str(error) == "text"


@pytest.mark.parametrize(
    ("status", "details", "fields"),
    [
        (400, {"fieldErrors": {"cname": ["Required"], "region": ["x"]}}, {"cname", "region"}),
        (400, {"fieldErrors": ["cname"]}, set()),
        (400, {}, set()),
        (400, None, set()),
        (400, "text", set()),
        (422, {"fieldErrors": {"cname": ["Required"]}}, set()),
    ],
)
def test_fields_that_a_400_complains_about(status, details, fields):
    assert rejected_fields(ApiError("text", "POST", "/v1/apps", status=status, details=details)) == fields


@pytest.mark.parametrize("size", [1000, 100_000, 5_000_000])
@pytest.mark.parametrize(
    "form",
    [
        lambda words: {"error": words},
        lambda words: {"message": [words]},
        lambda words: {"error": "no", "details": {"fieldErrors": {"a": [words] * 5}, "formErrors": words}},
        lambda words: {"error": "no", "details": {"fieldErrors": {str(number): words for number in range(99)}}},
        lambda words: [words],
    ],
)
def test_an_error_is_cut_to_a_sentence(size, form):
    body = read_error_body(answer(json.dumps(form("word " * (size // 5)))))
    assert len(body.message) <= 400


def test_details_are_cut_too():
    details = {"fieldErrors": {"a": ["x" * 500_000] * 500}, "formErrors": list(range(5000))}
    found = read_error_body(answer(json.dumps({"error": "no", "details": details}))).details
    assert found == {"fieldErrors": {"a": []}}
    found = read_error_body(answer(json.dumps({"error": "no", "details": {"formErrors": list(range(5000))}}))).details
    assert found == {"formErrors": list(range(20))}


@pytest.mark.parametrize("code", ["x" * 65, "a b", "a\x1b[31m", ""])
def test_what_no_code_can_be_is_none(code):
    assert read_error_body(answer(json.dumps({"error": "no", "code": code}))).code is None


@pytest.mark.parametrize(
    "nasty", ["\x1b[2J", "\x07", "\x9b31m", "\u202e", "\u2028", "\x00", "\r\n", "\x1b]8;;http://x\x1b\\\\"]
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/html"])
def test_control_characters_are_replaced(nasty, kind):
    words = f"no {nasty} more"
    body = {"application/json": json.dumps({"error": words}), "text/html": f"<title>{words}</title>"}.get(kind, words)
    message = read_error_body(answer(body, kind)).message
    assert message.isprintable()
    assert "no " in message
    assert "more" in message


@pytest.mark.parametrize("depth", [61, 500, 5000, 200_000])
@pytest.mark.parametrize("brackets", ["[]", ('{"a":', "}")])
def test_what_is_nested_too_deeply_is_no_json(depth, brackets):
    text = brackets[0] * depth + "1" + brackets[1] * depth
    with pytest.raises(ValueError, match="nested"):
        parse_json(text.encode())


@pytest.mark.parametrize("text", ["[" * 60 + "1" + "]" * 60, json.dumps([{"a": [1]}] * 500), "7", "null", '"x"'])
def test_what_is_not_nested_too_deeply_is_json(text):
    assert parse_json(text.encode()) == json.loads(text)
