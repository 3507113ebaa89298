# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyed fingerprints of secret values, and the tags that keep them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import UnexpectedAnswer
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import OWN_TAGS, TAG_KEY, TAG_VALUE
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.fingerprints import (
    fingerprint,
    tag_key,
    tag_value,
)

GIVEN = {"key": "k", "app_id": 7, "name": "PG_PASSWORD", "value": "hunter2"}


def test_form():
    mark = fingerprint(**GIVEN)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", mark)
    assert len(base64.urlsafe_b64decode(mark + "==")) == 16
    assert fingerprint(**GIVEN) == mark


@pytest.mark.parametrize(
    "other",
    [{"key": "K"}, {"app_id": 8}, {"app_id": None}, {"name": "PG_PASSWORd"}, {"value": "hunter3"}, {"value": ""}],
)
def test_everything_counts(other):
    assert fingerprint(**dict(GIVEN, **other)) != fingerprint(**GIVEN)


def test_the_parts_do_not_run_into_each_other():
    assert fingerprint("k", 7, "AB", "C") != fingerprint("k", 7, "A", "BC")
    assert fingerprint("k", 71, "A", "C") != fingerprint("k", 7, "1A", "C")
    assert fingerprint("k", 7, 'A", "B', "C") != fingerprint("k", 7, "A", 'B", "C')


def test_without_the_key_it_tells_nothing():
    # Neither a plain hash, nor a keyed one under no key, of anything that somebody might try.
    guesses = [b"hunter2", b"PG_PASSWORDhunter2", b'[7, "PG_PASSWORD", "hunter2"]']
    digests = [hashlib.sha256(guess).digest() for guess in guesses] + [
        hmac.new(b"", guess, hashlib.sha256).digest() for guess in guesses
    ]
    assert fingerprint(**GIVEN) not in [
        base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=") for digest in digests
    ]


def test_it_stays_what_it_is():
    # A tag that a former version wrote must still be understood: otherwise an update of the collection writes every
    # secret anew.
    assert fingerprint(**GIVEN) == base64.urlsafe_b64encode(
        hmac.new(b"k", b'[7, "PG_PASSWORD", "hunter2"]', hashlib.sha256).digest()[:16]
    ).decode().rstrip("=")


@pytest.mark.parametrize("text", ["ä", "€uro", "日本", "a\nb", "x" * 100000, '"', "\\"])
def test_any_text_is_a_value_and_a_key(text):
    assert len(fingerprint("k", 7, "A", text)) == 22
    assert len(fingerprint(text, 7, "A", "v")) == 22


# -- tags -------------------------------------------------------------------------------------------------------------


def test_tag_key():
    assert tag_key("PG_PASSWORD") == "ansible.secret/PG_PASSWORD"


@pytest.mark.parametrize(
    ("length", "whole"), [(1, True), (47, True), (48, True), (49, False), (50, False), (255, False)]
)
def test_a_long_name_is_hashed(length, whole):
    name = "N" * length
    key = tag_key(name)
    assert len(key) <= 63
    assert key == (
        "ansible.secret/" + name if whole else "ansible.secret/sha256-" + hashlib.sha256(name.encode()).hexdigest()[:32]
    )


def test_long_names_do_not_collide():
    assert tag_key("N" * 60) != tag_key("N" * 61)


@pytest.mark.parametrize("name", ["A", "_", "a_1", "N" * 48, "N" * 49, "N" * 300])
def test_tags_are_such_as_the_api_takes(name):
    assert TAG_KEY.fullmatch(tag_key(name))
    assert tag_key(name).startswith(OWN_TAGS)
    assert TAG_VALUE.fullmatch(tag_value(fingerprint("k", 7, name, "v"), "2026-10-01T12:00:00.123Z"))


@pytest.mark.parametrize(
    ("moment", "milliseconds"),
    [
        ("2026-10-01T12:00:00Z", 1790856000000),
        ("2026-10-01T12:00:00.5Z", 1790856000500),
        ("2026-10-01T12:00:00.05Z", 1790856000050),
        ("2026-10-01T12:00:00.123Z", 1790856000123),
        ("2026-10-01T12:00:00.123456Z", 1790856000123),
        ("2026-10-01T12:00:00.999999999Z", 1790856000999),
        ("2026-10-01T12:00:00+00:00", 1790856000000),
        ("2026-10-01T12:00:00.123456+00:00", 1790856000123),
        ("2026-10-01T12:00:00", 1790856000000),
        ("2026-10-01T12:00:00.000Z", 1790856000000),
        ("2026-10-01T14:00:00.250+02:00", 1790856000250),
        ("2026-10-01T07:30:00-04:30", 1790856000000),
        ("2026-10-01T14:00:00.250+0200", 1790856000250),
    ],
)
def test_the_time_of_the_write_in_milliseconds(moment, milliseconds):
    assert tag_value("m" * 22, moment) == f"{'m' * 22}@{milliseconds}"


def test_the_time_does_not_depend_on_the_zone_of_this_machine(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert tag_value("m", "2026-10-01T12:00:00Z") == "m@1790856000000"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "2026-10-01",
        "2026-10-01 12:00:00Z",
        "2026-10-01T12:00:00z",
        "2026-13-01T12:00:00Z",
        "yesterday",
        "2026-10-01T12:00:00+25:61",
    ],
)
def test_a_time_of_another_form_is_an_error(moment):
    with pytest.raises(UnexpectedAnswer, match="unknown form"):
        tag_value("m", moment)
