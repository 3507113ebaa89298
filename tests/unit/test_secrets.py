# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: what is written and what is not, the fingerprints that remember it, and that no value is ever shown."""

from __future__ import annotations

import copy
import json
import threading

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.fingerprints import (
    fingerprint,
    tag_key,
    tag_value,
)
from ansible_collections.spiceai.cloud.plugins.modules import spice_secret, spice_secret_info, spice_secrets
from ansible_collections.spiceai.cloud.tests.unit import fake_routes
from ansible_collections.spiceai.cloud.tests.unit.fake_routes import masked

KEY = "a key for fingerprints"
CANARY = "canary-5up3r-s3cr3t"
MASK = "********"


def lost():
    return requests.exceptions.ReadTimeout("lost")


@pytest.fixture
def app(cloud):
    return cloud.add("sales", tags={"env": "prod", "ansible.active-api-key": "1"})


@pytest.fixture
def write(cloud, app, run):
    """Runs spice_secrets, which must succeed."""
    return lambda secrets, **options: run(spice_secrets.SPEC, app_id=1, secrets=secrets, **options)


@pytest.fixture
def refuse(cloud, app, fail):
    """Runs spice_secrets, which must fail."""
    return lambda secrets, **options: fail(spice_secrets.SPEC, app_id=1, secrets=secrets, **options)


def marked(cloud, name, value, key=KEY):
    """The tag value of a secret as it now is, if it was written with this value."""
    return tag_value(fingerprint(key, 1, name, value), cloud.secrets[1][name]["updated_at"])


def values(cloud):
    return {name: secret["value"] for name, secret in cloud.secrets[1].items()}


# -- policies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"update_secret": "always"}, {"update_secret": "always", "fingerprint_key": KEY}])
def test_always(cloud, write, options):
    for dummy in range(2):
        result = write({"A": "1", "B": "2"}, **options)
        assert result["changed"] is True
        assert result["deployment_required"] is True
    assert result["outcomes"] == {"A": "updated", "B": "updated"}
    assert values(cloud) == {"A": "1", "B": "2"}
    assert len(cloud.sent("POST")) == 4
    assert cloud.sent("PUT") == []


@pytest.mark.parametrize("key", [None, KEY])
def test_on_create(cloud, write, key):
    cloud.add_secret("A", "old")
    result = write({"A": "new", "B": "new"}, update_secret="on_create", fingerprint_key=key)
    assert result["outcomes"] == {"A": "unchanged", "B": "created"}
    assert values(cloud) == {"A": "old", "B": "new"}
    assert cloud.sent("PUT") == []
    result = write({"A": "newer", "B": "newer"}, update_secret="on_create", fingerprint_key=key)
    assert result["changed"] is False
    assert result["deployment_required"] is False
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize("options", [{}, {"update_secret": "on_change"}])
def test_on_change_is_the_default_with_a_key(cloud, write, options):
    first = write({"A": "1", "B": "2"}, fingerprint_key=KEY, **options)
    assert first["outcomes"] == {"A": "created", "B": "created"}
    again = write({"A": "1", "B": "2"}, fingerprint_key=KEY, **options)
    assert again["outcomes"] == {"A": "unchanged", "B": "unchanged"}
    assert again["changed"] is False
    assert again["deployment_required"] is False
    changed = write({"A": "1", "B": "3"}, fingerprint_key=KEY, **options)
    assert changed["outcomes"] == {"A": "unchanged", "B": "updated"}
    assert values(cloud) == {"A": "1", "B": "3"}


@pytest.mark.parametrize("key", [None, ""])
def test_on_change_without_a_key_is_refused_before_the_first_request(cloud, refuse, key):
    result = refuse({"A": "1"}, update_secret="on_change", fingerprint_key=key)
    assert "`update_secret: on_change` needs `fingerprint_key`" in result["msg"]
    assert cloud.requests == []
    assert "failure" not in result


def test_an_empty_key_is_none(cloud, write):
    assert write({"A": "1"}, fingerprint_key="")["outcomes"] == {"A": "created"}
    assert write({"A": "2"}, fingerprint_key="")["outcomes"] == {"A": "unchanged"}
    assert cloud.sent("PUT") == []


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("existing", "told"),
    [(0, None), (1, "1 existing secret was not compared"), (3, "3 existing secrets were not compared")],
)
def test_without_a_policy_and_a_key_only_what_is_missing_is_written_and_the_rest_counted(
    cloud, write, check_mode, existing, told
):
    for number in range(existing):
        cloud.add_secret(f"S{number}", "old")
    cloud.add_secret("OF_SOMEBODY", "else")
    result = write({**{f"S{number}": "new" for number in range(existing)}, "MISSING": "new"}, check_mode=check_mode)
    assert result["outcomes"] == {**{f"S{number}": "unchanged" for number in range(existing)}, "MISSING": "created"}
    assert [body["name"] for body in cloud.sent("POST")] == ([] if check_mode else ["MISSING"])
    assert len(result.warnings) == (told is not None)
    for text in result.warnings:
        assert text.startswith(told)
        assert "set it to write what has changed" in text
        assert "`fingerprint_key`" in text
        assert "`update_secret`" in text


def test_one_secret_without_a_policy_and_a_key(cloud, app, run):
    for told in ([], ["1 existing secret was not compared"]):
        result = run(spice_secret.SPEC, app_id=1, name="A", value="1")
        assert [text[:34] for text in result.warnings] == told
    assert run(spice_secret.SPEC, app_id=1, name="A", state="absent").warnings == []


@pytest.mark.parametrize(
    "options", [{"update_secret": "on_create"}, {"update_secret": "always"}, {"fingerprint_key": KEY}]
)
def test_a_policy_or_a_key_needs_no_warning(cloud, write, options):
    cloud.add_secret("A", "old")
    assert write({"A": "1"}, **options).warnings == []


# -- names and values -------------------------------------------------------------------------------------------------


NO_NAME = (
    "which is not the name of a secret: it takes letters, digits and underscores, and does not begin with a digit."
)
WRONG_NAMES = [
    ("A-B", "A..."),
    ("1A", "1..."),
    ("", "..."),
    ("A B", "A..."),
    ("Ä", "..."),
    ("A\n", "A..."),
    ("A.B", "A..."),
    ("hunter2-hunter2", "hunt..."),
    ("pass word of nobody", "pass..."),
    ("\x1b[31m!", "?[3..."),
]


@pytest.mark.parametrize(("name", "shown"), WRONG_NAMES)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_is_no_name(cloud, app, fail, name, shown, state):
    result = fail(spice_secret.SPEC, app_id=1, name=name, value="v", state=state)
    assert result["msg"].startswith(f"`name` holds `{shown}`, {NO_NAME}")
    assert "swapped" in result["msg"]
    assert cloud.requests == []


@pytest.mark.parametrize(("name", "shown"), WRONG_NAMES)
def test_one_bad_name_of_many_stops_all(cloud, refuse, name, shown):
    result = refuse({"A": "1", name: "2"})
    assert result["msg"].startswith(f"`secrets` holds `{shown}`, {NO_NAME}")
    assert cloud.requests == []


def test_a_swapped_name_and_value_are_not_in_the_options_that_ansible_shows(task):
    swapped = {"hunter2-hunter2": "PG_PASSWORD", "p!": "S3_KEY", "GOOD": "value of good"}
    many, one = (
        task(spice_secrets.SPEC, app_id=1, secrets=swapped),
        task(spice_secret.SPEC, app_id=1, name="p!", value="S3_KEY"),
    )
    for made, hidden in ((many, {"hunter2-hunter2", "PG_PASSWORD", "S3_KEY", "value of good"}), (one, {"S3_KEY"})):
        result = made.execute()
        assert hidden <= made.redactor.values | made.no_log_values
        shown = json.dumps([result, made.params])
        assert "hunter2-hunter2" not in shown
        assert "p!" not in shown
    assert list(many.params["secrets"]) == ["hunt...", "p...", "GOOD"]
    assert one.params["name"] == "p..."


@pytest.mark.parametrize("name", ["A", "_", "_A1", "PG_PASSWORD", "N" * 300])
def test_good_names(cloud, write, name):
    assert write({name: "v"}, fingerprint_key=KEY).warnings == []
    assert write({name: "v"}, fingerprint_key=KEY)["changed"] is False


def test_lower_case_is_warned_of(cloud, write):
    result = write({"pg_password": "v", "B": "v"})
    assert result.warnings == [
        "The secret pg_password is not in upper case: the runtime looks secrets up in upper case."
    ]
    assert set(cloud.secrets[1]) == {"pg_password", "B"}


def test_names_are_compared_exactly(cloud, write):
    cloud.add_secret("a", "old")
    assert write({"A": "new"}, update_secret="on_create")["outcomes"] == {"A": "created"}


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (5432, "5432"),
        (0, "0"),
        (-1, "-1"),
        (10**30, "1" + "0" * 30),
        ("True", "True"),
        ("null", "null"),
        ("1.5", "1.5"),
        ("[]", "[]"),
        ("a\nb\n", "a\nb\n"),
        (" x ", " x "),
        ("ä€", "ä€"),
    ],
)
def test_strings_and_whole_numbers_are_values(cloud, write, run, value, sent):
    write({"A": value}, fingerprint_key=KEY)
    assert cloud.sent("POST") == [{"name": "A", "value": sent}]
    assert write({"A": sent}, fingerprint_key=KEY)["changed"] is False
    assert write({"A": value}, fingerprint_key=KEY)["changed"] is False
    assert run(spice_secret.SPEC, app_id=1, name="A", value=value, fingerprint_key=KEY)["changed"] is False


NO_VALUES = [
    ("", "is empty or only white space: check the variable or lookup that gives it."),
    (" \t\r\n\u00a0", "is empty or only white space: check the variable or lookup that gives it."),
    (None, "is null: check the variable or lookup that gives it."),
    (True, "is a boolean, not a string: put it in quotes"),
    (False, "is a boolean, not a string: put it in quotes"),
    (1.5, "is a number that is not whole, not a string: put it in quotes"),
    (5432.0, "is a number that is not whole, not a string: put it in quotes"),
    (float("inf"), "is a number that is not whole, not a string: put it in quotes"),
    ({}, "is a dictionary, not a string: put it in quotes"),
    ({"a": CANARY}, "is a dictionary, not a string: put it in quotes"),
    ([], "is a list, not a string: put it in quotes"),
    ([CANARY], "is a list, not a string: put it in quotes"),
    ("\u00e4" * 2**18, "makes a request of "),
]


@pytest.mark.parametrize(("value", "words"), NO_VALUES)
@pytest.mark.parametrize(
    "options",
    [{}, {"update_secret": "always"}, {"update_secret": "on_create"}, {"fingerprint_key": KEY}, {"check_mode": True}],
)
def test_what_is_no_value_is_refused_before_the_first_request(cloud, app, refuse, fail, value, words, options):
    cloud.add_secret("BAD", "the good one")
    for result, named in (
        (refuse({"GOOD": "v", "BAD": value}, **options), "`secrets.BAD`"),
        (fail(spice_secret.SPEC, app_id=1, name="BAD", value=value, **options), "`value`"),
    ):
        assert result["msg"].startswith(f"{named} {words}")
        assert "\n" not in result["msg"]
        assert CANARY not in result["msg"]
        assert "failure" not in result
    assert cloud.requests == []
    assert values(cloud) == {"BAD": "the good one"}


def test_all_that_is_wrong_is_told_at_once(cloud, refuse):
    result = refuse(
        {**{f"S{number}": value for number, (value, dummy) in enumerate(NO_VALUES)}, "GOOD": "v", "2ND": None},
        update_secret="on_change",
    )
    told = result["msg"].splitlines()
    assert told[0] == "These secrets cannot be written, and nothing was changed yet:"
    assert told[1].startswith("- `secrets` holds `2...`")
    assert [line.split()[1] for line in told[2:-2]] == [f"`secrets.S{number}`" for number in range(len(NO_VALUES))]
    assert told[-2].startswith("- `secrets.2...` is null")
    assert told[-1].startswith("- `update_secret: on_change` needs `fingerprint_key`")
    assert "GOOD" not in result["msg"]


def test_the_value_of_a_secret_that_is_to_be_deleted_does_not_matter(cloud, app, run):
    cloud.add_secret("A", "1")
    assert run(spice_secret.SPEC, app_id=1, name="A", value="", state="absent")["outcomes"] == {"A": "deleted"}


def test_no_secrets_at_all(cloud, write):
    cloud.add_secret("A", "1")
    result = write({})
    assert result["outcomes"] == {}
    assert result["changed"] is False
    assert cloud.writes() == []


# -- what it costs ----------------------------------------------------------------------------------------------------


def test_unchanged_costs_two_reads(cloud, write):
    secrets = {f"S{number}": "v" for number in range(20)}
    write(secrets, fingerprint_key=KEY)
    cloud.requests.clear()
    result = write(secrets, fingerprint_key=KEY)
    assert cloud.requests == [("GET", "/v1/apps/1", None), ("GET", "/v1/apps/1/secrets", None)]
    assert result["api"] == {"requests": 2, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_one_changed_value_is_one_post_and_one_put_of_the_freshly_read_tags(cloud, app, write):
    write({"A": "1", "B": "2"}, fingerprint_key=KEY)
    former = dict(app["tags"])
    assert set(former) == {"env", "ansible.active-api-key", tag_key("A"), tag_key("B")}
    cloud.requests.clear()
    result = write({"A": "1", "B": "new"}, fingerprint_key=KEY)
    assert [(method, path) for method, path, dummy in cloud.requests] == [
        ("GET", "/v1/apps/1"),
        ("GET", "/v1/apps/1/secrets"),
        ("POST", "/v1/apps/1/secrets"),
        ("GET", "/v1/apps/1"),
        ("PUT", "/v1/apps/1"),
    ]
    assert cloud.sent("PUT") == [{"tags": dict(former, **{tag_key("B"): marked(cloud, "B", "new")})}]
    assert result["api"] == {"requests": 5, "writes": 2, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_a_tag_that_somebody_sets_meanwhile_is_kept(cloud, app, write):
    cloud.on_post = lambda: app["tags"].update(team="a")
    write({"A": "1"}, fingerprint_key=KEY)
    assert app["tags"] == {
        "env": "prod",
        "ansible.active-api-key": "1",
        "team": "a",
        tag_key("A"): marked(cloud, "A", "1"),
    }


@pytest.mark.parametrize("tags", [None, {}])
def test_an_app_without_tags(cloud, app, write, tags):
    app["tags"] = tags
    write({"A": "1"}, fingerprint_key=KEY)
    assert app["tags"] == {tag_key("A"): marked(cloud, "A", "1")}
    app["tags"] = tags
    assert write({"A": "1"}, update_secret="always")["changed"] is True


def test_eight_at_a_time(cloud, write):
    together = threading.Barrier(8)
    cloud.on_post = lambda: together.wait(20)
    write({f"S{number}": "v" for number in range(16)})
    assert together.broken is False
    assert len(cloud.secrets[1]) == 16


def test_not_more_than_eight_at_a_time(cloud, write):
    busy, most, lock, eight = [], [], threading.Lock(), threading.Barrier(8)

    def on_post():
        with lock:
            busy.append(1)
            most.append(len(busy))
        eight.wait(20)
        with lock:
            busy.pop()

    cloud.on_post = on_post
    write({f"S{number:02}": "v" for number in range(24)})
    assert max(most) == 8


def test_every_value_reaches_its_own_name(cloud, write):
    secrets = {f"S{number}": f"value {number}" for number in range(40)}
    result = write(secrets, fingerprint_key=KEY)
    assert values(cloud) == secrets
    assert list(result["outcomes"]) == list(secrets)
    assert result["api"]["writes"] == 41
    assert write(secrets, fingerprint_key=KEY)["changed"] is False


# -- written by somebody else -----------------------------------------------------------------------------------------


def test_what_somebody_else_wrote_is_written_again(cloud, write):
    write({"A": "1", "B": "2"}, fingerprint_key=KEY)
    cloud.add_secret("A", "foreign")
    assert write({"A": "1", "B": "2"}, fingerprint_key=KEY)["outcomes"] == {"A": "updated", "B": "unchanged"}
    assert values(cloud) == {"A": "1", "B": "2"}
    assert write({"A": "1", "B": "2"}, fingerprint_key=KEY)["changed"] is False


def test_what_has_no_fingerprint_is_written_once(cloud, write):
    cloud.add_secret("A", "1")
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "updated"}
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "unchanged"}


def test_another_key_writes_once(cloud, write):
    write({"A": "1"}, fingerprint_key=KEY)
    assert write({"A": "1"}, fingerprint_key="another")["outcomes"] == {"A": "updated"}
    assert write({"A": "1"}, fingerprint_key="another")["outcomes"] == {"A": "unchanged"}


def test_what_was_written_without_a_key_meanwhile_is_written_again(cloud, write):
    write({"A": "1"}, fingerprint_key=KEY)
    write({"A": "2"}, update_secret="always")
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "updated"}


def test_a_secret_that_was_deleted_is_written_again(cloud, write):
    write({"A": "1"}, fingerprint_key=KEY)
    cloud.secrets[1].clear()
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "created"}


def test_a_fingerprint_of_another_app_does_not_count(cloud, app, write, run):
    cloud.add("other")
    run(spice_secrets.SPEC, app_id=2, secrets={"A": "1"}, fingerprint_key=KEY)
    cloud.secrets[1] = copy.deepcopy(cloud.secrets[2])
    app["tags"] = dict(cloud.apps[2]["tags"])
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "updated"}


@pytest.mark.parametrize("broken", ["", "x", "@", "@@", "m@1.5", "0" * 256])
def test_a_broken_tag_is_no_tag(cloud, app, write, broken):
    cloud.add_secret("A", "1")
    app["tags"][tag_key("A")] = broken
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "updated"}
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "unchanged"}


# -- deleting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [False, True])
def test_purge_deletes_the_rest_and_their_tags(cloud, app, write, key):
    write({"A": "1", "B": "2", "C": "3"}, fingerprint_key=KEY)
    app["tags"][tag_key("GHOST")] = "left over"
    result = write({"A": "1"}, purge=True, **({"fingerprint_key": KEY} if key else {"update_secret": "on_create"}))
    assert result["outcomes"] == {"A": "unchanged", "B": "deleted", "C": "deleted"}
    assert result["changed"] is True
    assert result["deployment_required"] is True
    assert values(cloud) == {"A": "1"}
    assert app["tags"] == {"env": "prod", "ansible.active-api-key": "1", tag_key("A"): marked(cloud, "A", "1")}
    assert [secret["name"] for secret in result["secrets"]] == ["A"]
    cloud.requests.clear()
    assert write({"A": "1"}, purge=True, fingerprint_key=KEY)["changed"] is False
    assert cloud.writes() == []


def test_without_purge_the_rest_stays(cloud, app, write):
    write({"A": "1", "B": "2"}, fingerprint_key=KEY)
    tags = dict(app["tags"])
    assert write({"A": "1"}, fingerprint_key=KEY)["outcomes"] == {"A": "unchanged"}
    assert values(cloud) == {"A": "1", "B": "2"}
    assert app["tags"] == tags


def test_purge_of_everything(cloud, app, write):
    write({"A": "1", "B": "2"}, fingerprint_key=KEY)
    assert write({}, purge=True)["outcomes"] == {"A": "deleted", "B": "deleted"}
    assert cloud.secrets[1] == {}
    assert app["tags"] == {"env": "prod", "ansible.active-api-key": "1"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_purge_of_a_fingerprint_without_a_secret_is_a_change_in_a_plan_too(cloud, app, write, check_mode):
    app["tags"][tag_key("GHOST")] = "left over"
    result = write({}, purge=True, check_mode=check_mode)
    assert result["outcomes"] == {}
    assert result["changed"] is True
    assert result["deployment_required"] is False
    assert (tag_key("GHOST") in app["tags"]) is check_mode
    assert len(cloud.writes()) == (0 if check_mode else 1)


def test_purge_leaves_a_long_name_its_tag(cloud, app, write):
    name = "N" * 60
    write({name: "1", "B": "2"}, fingerprint_key=KEY)
    write({name: "1"}, purge=True, fingerprint_key=KEY)
    assert app["tags"][tag_key(name)] == marked(cloud, name, "1")
    assert write({name: "1"}, purge=True, fingerprint_key=KEY)["changed"] is False


def test_absent(cloud, app, write, run):
    write({"A": "1", "B": "2"}, fingerprint_key=KEY)
    cloud.requests.clear()
    result = run(spice_secret.SPEC, app_id=1, name="A", state="absent")
    assert result["changed"] is True
    assert result["outcomes"] == {"A": "deleted"}
    assert result["deployment_required"] is True
    assert "secret" not in result
    assert "secrets" not in result
    assert values(cloud) == {"B": "2"}
    assert set(app["tags"]) == {"env", "ansible.active-api-key", tag_key("B")}
    assert [(method, path) for method, path, dummy in cloud.writes()] == [
        ("DELETE", "/v1/apps/1/secrets/A"),
        ("PUT", "/v1/apps/1"),
    ]


@pytest.mark.parametrize("check_mode", [True, False])
def test_absent_of_what_is_not_there(cloud, app, run, check_mode):
    cloud.add_secret("B", "2")
    result = run(spice_secret.SPEC, check_mode=check_mode, app_id=1, name="A", state="absent")
    assert result["changed"] is False
    assert result["outcomes"] == {"A": "unchanged"}
    assert result["deployment_required"] is False
    assert [path for dummy, path, dummy in cloud.requests] == ["/v1/apps/1", "/v1/apps/1/secrets"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_absent_removes_a_fingerprint_that_was_left_over_and_a_plan_says_so(cloud, app, run, check_mode):
    app["tags"][tag_key("A")] = "left over"
    result = run(spice_secret.SPEC, check_mode=check_mode, app_id=1, name="A", state="absent")
    assert result["changed"] is True
    assert result["deployment_required"] is False
    assert (tag_key("A") in app["tags"]) is check_mode
    assert len(cloud.writes()) == (0 if check_mode else 1)


def test_absent_without_a_tag_needs_no_put(cloud, app, run):
    cloud.add_secret("A", "1")
    assert run(spice_secret.SPEC, app_id=1, name="A", state="absent")["changed"] is True
    assert [method for method, dummy, dummy in cloud.writes()] == ["DELETE"]


def test_what_somebody_else_deletes_meanwhile_counts_as_deleted(cloud, app, run):
    cloud.add_secret("A", "1")
    cloud.fail("DELETE", "/v1/apps/1/secrets/A", (404, {"error": "App or secret not found"}))
    assert run(spice_secret.SPEC, app_id=1, name="A", state="absent")["changed"] is True


# -- failures ---------------------------------------------------------------------------------------------------------


def posts_fail_for(cloud, names, answer):
    """Makes the server refuse these secrets, whatever the order in which they come."""

    def refuse(method, path, body):
        if method == "POST" and path.endswith("/secrets") and body["name"] in names:
            return answer
        if method == "DELETE" and path.rsplit("/", 1)[1] in names:
            return answer
        return None

    cloud.hooks.append(refuse)


def test_one_that_fails_does_not_hide_the_others(cloud, app, write, refuse):
    write({"B": "old", "C": "3", "D": "4", "E": "5"}, fingerprint_key=KEY)
    former = dict(app["tags"])
    posts_fail_for(cloud, {"A", "B", "E"}, (403, {"error": "not you"}))
    result = refuse({"A": "1", "B": "2", "C": "new", "D": "4"}, purge=True, fingerprint_key=KEY, diff_mode=True)
    assert result["outcomes"] == {"A": "failed", "B": "failed", "C": "updated", "D": "unchanged", "E": "failed"}
    assert result["msg"].startswith(
        "These secrets could not be brought to their wanted state: A, B: POST /v1/apps/1/secrets was refused (403): "
        "it names no field"
    )
    assert result["failure"]["status"] == 403
    assert result["changed"] is True
    assert result["deployment_required"] is True
    assert values(cloud) == {"B": "old", "C": "new", "D": "4", "E": "5"}
    assert app["tags"] == dict(former, **{tag_key("C"): marked(cloud, "C", "new")})
    assert result["diff"]["before"] == "B: set\nC: set\nD: set\nE: set\n"
    assert result["diff"]["after"] == "B: set\nC: updated\nD: set\nE: set\n"
    cloud.hooks.clear()
    assert write({"A": "1", "B": "2", "C": "new", "D": "4"}, fingerprint_key=KEY)["outcomes"] == {
        "A": "created",
        "B": "updated",
        "C": "unchanged",
        "D": "unchanged",
    }


def test_when_all_fail_nothing_is_changed_and_no_tag_is_written(cloud, app, refuse):
    posts_fail_for(cloud, {"A", "B"}, (400, {"error": "no"}))
    result = refuse({"A": "1", "B": "2"}, fingerprint_key=KEY)
    assert result["outcomes"] == {"A": "failed", "B": "failed"}
    assert result["changed"] is False
    assert result["deployment_required"] is False
    assert cloud.sent("PUT") == []


def test_a_single_secret_that_fails(cloud, app, fail):
    cloud.fail("POST", "/v1/apps/1/secrets", (400, {"error": "too long"}))
    result = fail(spice_secret.SPEC, app_id=1, name="A", value="1")
    assert (
        "A: POST /v1/apps/1/secrets was refused (400): it names no field, and its words are not shown" in result["msg"]
    )
    assert "too long" not in told(result)
    assert result["outcomes"] == {"A": "failed"}
    assert result["changed"] is False


@pytest.mark.parametrize("status", [400, 402, 403])
def test_a_plan_without_tags_is_told_of_the_other_two_policies(cloud, app, refuse, status):
    cloud.fail("PUT", "/v1/apps/1", (status, {"error": "Tags are not available on this plan"}))
    result = refuse({"A": "1"}, fingerprint_key=KEY)
    assert "leave out `fingerprint_key`" in result["msg"]
    assert "`update_secret: always`" in result["msg"]
    assert "`update_secret: on_create`" in result["msg"]
    assert "Tags are not available on this plan" in result["msg"]
    assert result["outcomes"] == {"A": "created"}
    assert result["changed"] is True
    assert result["failure"]["status"] == status
    assert values(cloud) == {"A": "1"}


def test_tags_that_cannot_be_written_do_not_hide_the_names_that_failed(cloud, app, refuse):
    posts_fail_for(cloud, {"A"}, (400, {"error": "no"}))
    cloud.fail("PUT", "/v1/apps/1", (403, {"error": "Tags are not available on this plan"}))
    result = refuse({"A": "1", "B": "2"}, fingerprint_key=KEY)
    assert result["outcomes"] == {"A": "failed", "B": "created"}
    assert "could not be brought to their wanted state: A" in result["msg"]
    assert "Tags are not available on this plan" in result["msg"]
    assert "`update_secret: always`" in result["msg"]


@pytest.mark.parametrize("status", [409, 500])
def test_tags_that_fail_for_another_reason_do_not_blame_the_plan(cloud, app, refuse, status):
    cloud.fail("PUT", "/v1/apps/1", *[(status, {"error": "somehow"})] * 6)
    result = refuse({"A": "1"}, fingerprint_key=KEY)
    assert "somehow" in result["msg"]
    assert result["msg"].endswith("where it stopped." if status == 500 else "run the task again.")
    assert "plan" not in result["msg"]
    assert result["outcomes"] == {"A": "created"}
    assert result["changed"] is True


def test_an_app_that_is_deleted_meanwhile(cloud, app, refuse):
    cloud.on_post = lambda: cloud.fail("GET", "/v1/apps/1", (404, {"error": "gone"}))
    result = refuse({"A": "1"}, fingerprint_key=KEY)
    assert "App sales was deleted by somebody else" in result["msg"]
    assert result["outcomes"] == {"A": "created"}
    assert cloud.sent("PUT") == []


# -- answers that get lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [lost(), (500, {"error": "oops"}), (502, "<html>"), (200, "<html>")])
@pytest.mark.parametrize("existing", [False, True])
def test_a_lost_answer_of_a_write_that_happened(cloud, app, write, answer, existing):
    if existing:
        cloud.add_secret("A", "old")
    cloud.fail("POST", "/v1/apps/1/secrets", answer, after_commit=True)
    result = write({"A": "1"}, fingerprint_key=KEY)
    assert result["outcomes"] == {"A": "updated" if existing else "created"}
    assert len(cloud.sent("POST")) == 1
    assert app["tags"][tag_key("A")] == marked(cloud, "A", "1")
    assert write({"A": "1"}, fingerprint_key=KEY)["changed"] is False


@pytest.mark.parametrize("answer", [lost(), (500, {"error": "oops"})])
@pytest.mark.parametrize("existing", [False, True])
def test_a_lost_answer_of_a_write_that_did_not_happen(cloud, app, write, clock, answer, existing):
    if existing:
        cloud.add_secret("A", "old")
    cloud.fail("POST", "/v1/apps/1/secrets", answer, answer)
    result = write({"A": "1"}, fingerprint_key=KEY)
    assert len(cloud.sent("POST")) == 3
    assert clock.slept == [0.5, 1.0]
    assert result["api"]["retries"] == 2
    assert values(cloud) == {"A": "1"}
    assert app["tags"][tag_key("A")] == marked(cloud, "A", "1")


def test_answers_that_are_always_lost_end(cloud, app, refuse, clock):
    cloud.fail("POST", "/v1/apps/1/secrets", *[lost()] * 9)
    result = refuse({"A": "1"}, fingerprint_key=KEY, retries=2)
    assert len(cloud.sent("POST")) == 3
    assert "did not answer POST /v1/apps/1/secrets" in result["msg"]
    assert result["outcomes"] == {"A": "failed"}
    assert len(clock.slept) == 2


def test_waiting_between_the_tries_has_its_limit(cloud, app, refuse, clock):
    cloud.fail("POST", "/v1/apps/1/secrets", *[lost()] * 9)
    result = refuse({"A": "1"}, retry_timeout=1)
    assert "`retry_timeout`" in result["msg"]
    assert clock.slept == [0.5]


# -- a server that answers 409 ----------------------------------------------------------------------------------------

BUSY = (409, {"error": "Secret exists or is busy"})
ALWAYS = {"update_secret": "always"}
MODULES = pytest.mark.parametrize("module", [spice_secret, spice_secrets])


def one(module, value="new"):
    """dict: the options that write the secret A."""
    return {
        "app_id": 1,
        **ALWAYS,
        **({"name": "A", "value": value} if module is spice_secret else {"secrets": {"A": value, "B": "b"}}),
    }


def of_a(cloud):
    """list: the requests for the secret A that write."""
    return [
        method
        for method, path, body in cloud.requests
        if method == "DELETE" or method == "POST" and body["name"] == "A"
    ]


@pytest.fixture
def answers(cloud):
    """Sets what the POSTs of the secret A are answered with, one after the other; then they are served.

    None serves one.
    """

    def give(*these, after_commit=()):
        pending = list(enumerate(these))

        def hook(method, path, body):
            if method != "POST" or not path.endswith("/secrets") or body["name"] != "A" or not pending:
                return None
            number, answer = pending.pop(0)
            if number in after_commit:
                cloud.work(method, path, body)
            return answer

        cloud.hooks.append(hook)

    return give


@MODULES
@pytest.mark.parametrize("times", [1, 5])
def test_a_409_that_passes_deletes_nothing(cloud, app, run, clock, answers, module, times):
    cloud.add_secret("A", "old")
    answers(*[BUSY] * times)
    result = run(module.SPEC, **one(module))
    assert result["outcomes"]["A"] == "updated"
    assert of_a(cloud) == ["POST"] * (times + 1)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0][:times]
    assert result["api"]["retries"] == times
    assert values(cloud)["A"] == "new"


@MODULES
def test_a_server_that_replaces_nothing_gets_a_delete_and_a_new_secret(cloud, app, run, answers, module):
    cloud.add_secret("A", "old")
    answers(*[BUSY] * 6)
    result = run(module.SPEC, **one(module))
    assert result["outcomes"]["A"] == "updated"
    assert of_a(cloud) == ["POST"] * 6 + ["DELETE", "POST"]
    assert values(cloud)["A"] == "new"


@MODULES
def test_a_secret_that_this_task_has_not_seen_is_never_deleted(cloud, app, fail, answers, module):
    cloud.on_post = lambda: cloud.secrets[1].get("A") or cloud.add_secret("A", "of somebody else")
    answers(*[BUSY] * 99)
    result = fail(module.SPEC, **one(module))
    assert result["outcomes"]["A"] == "failed"
    assert "(409)" in result["msg"]
    assert "missing" not in result["msg"]
    assert set(of_a(cloud)) == {"POST"}
    assert values(cloud)["A"] == "of somebody else"


@MODULES
def test_a_secret_that_somebody_else_writes_is_not_deleted(cloud, app, fail, clock, answers, module):
    cloud.add_secret("A", "old")
    clock.meanwhile.append(lambda: cloud.add_secret("A", "of somebody else"))
    answers(*[BUSY] * 99)
    assert fail(module.SPEC, **one(module))["outcomes"]["A"] == "failed"
    assert of_a(cloud) == ["POST"] * 6
    assert values(cloud)["A"] == "of somebody else"


@MODULES
def test_without_time_for_the_retries_nothing_is_deleted(cloud, app, fail, clock, answers, module):
    cloud.add_secret("A", "old")
    answers(*[BUSY] * 99)
    result = fail(module.SPEC, retry_timeout=1, **one(module))
    assert "`retry_timeout`" in result["msg"]
    assert clock.slept == [0.5]
    assert of_a(cloud) == ["POST"] * 2
    assert values(cloud)["A"] == "old"


@MODULES
@pytest.mark.parametrize("committed", [False, True])
def test_a_409_after_a_lost_answer_is_resolved_by_looking(cloud, app, run, clock, answers, module, committed):
    cloud.add_secret("A", "old")
    answers((504, {"error": "still at it"}), BUSY, BUSY)
    if committed:
        clock.meanwhile += [lambda: None, lambda: cloud.add_secret("A", "new")]  # the first write arrives late
    assert run(module.SPEC, **one(module))["outcomes"]["A"] == "updated"
    assert of_a(cloud) == ["POST"] * (3 if committed else 4)
    assert values(cloud)["A"] == "new"


# What the POST after a deletion is answered with, how often it is sent then, and whether a retry cures it.
AFTER_DELETION = {
    "409": (BUSY, True),
    "500": ((500, {"error": "oops"}), True),
    "502": ((502, "<html>"), True),
    "503": ((503, {"error": "later"}, {"Retry-After": "1"}), True),
    "reset": (requests.exceptions.ConnectionError("reset"), True),
    "timeout": (lost(), True),
    "web page": ((200, "<html>"), True),
    "400": ((400, {"error": "no"}), False),
    "403": ((403, {"error": "not you"}), False),
}


@pytest.fixture
def after_deletion(cloud):
    """Sets what the POSTs of the secret A are answered with once it was deleted; before that with 409.

    Then they are served.
    """

    def give(*these, after_commit=False):
        pending = list(these)

        def hook(method, path, body):
            if method != "POST" or not path.endswith("/secrets") or body["name"] != "A":
                return None
            if "A" in cloud.secrets[1]:
                return BUSY
            answer = pending.pop(0) if pending else None
            if answer and after_commit:
                cloud.work(method, path, body)
            return answer

        cloud.hooks.append(hook)

    return give


@MODULES
@pytest.mark.parametrize("fault", [name for name, (dummy, passes) in AFTER_DELETION.items() if passes])
def test_the_write_after_a_deletion_goes_through_all_retries(cloud, app, run, clock, after_deletion, module, fault):
    cloud.add_secret("A", "old")
    after_deletion(*[AFTER_DELETION[fault][0]] * 5)
    result = run(module.SPEC, **one(module))
    assert result["outcomes"]["A"] == "updated"
    assert result.warnings == []
    assert of_a(cloud) == ["POST"] * 6 + ["DELETE"] + ["POST"] * 6
    assert values(cloud)["A"] == "new"


@MODULES
@pytest.mark.parametrize(
    "fault",
    [name for name, (answer, dummy) in AFTER_DELETION.items() if name not in ("409", "429", "503", "400", "403")],
)
def test_a_lost_answer_of_the_write_after_a_deletion_is_resolved_by_looking(
    cloud, app, run, after_deletion, module, fault
):
    cloud.add_secret("A", "old")
    after_deletion(AFTER_DELETION[fault][0], after_commit=True)
    assert run(module.SPEC, **one(module))["outcomes"]["A"] == "updated"
    assert of_a(cloud) == ["POST"] * 6 + ["DELETE", "POST"]
    assert values(cloud)["A"] == "new"


@MODULES
@pytest.mark.parametrize("fault", list(AFTER_DELETION))
def test_a_secret_that_is_missing_in_the_end_is_named_and_the_next_run_writes_it(
    cloud, app, run, fail, after_deletion, module, fault
):
    cloud.add_secret("A", "old")
    answer, passes = AFTER_DELETION[fault]
    after_deletion(*[answer] * (6 if passes else 1))
    result = fail(module.SPEC, diff_mode=True, **one(module))
    assert "The secret A is missing from app sales now" in result["msg"]
    assert "Run the task again" in result["msg"]
    assert result["outcomes"]["A"] == "failed"
    assert result["changed"] is True
    assert of_a(cloud) == ["POST"] * 6 + ["DELETE"] + ["POST"] * (6 if passes else 1)
    assert "A" not in cloud.secrets[1]
    assert result["failure"]["path"] == "/v1/apps/1/secrets"
    assert result["failure"]["retries"] == (5 if passes else 0)
    assert "A" not in result["diff"]["after"]
    assert "A: set" in result["diff"]["before"]
    assert run(module.SPEC, **one(module))["outcomes"]["A"] == "created"
    assert values(cloud)["A"] == "new"


@MODULES
def test_a_rate_limit_after_a_deletion_is_waited_for(cloud, app, run, after_deletion, module):
    cloud.add_secret("A", "old")
    after_deletion(*[(429, {"error": "slow down"}, {"Retry-After": "1"})] * 9)
    assert run(module.SPEC, **one(module))["outcomes"]["A"] == "updated"
    assert values(cloud)["A"] == "new"


@MODULES
def test_the_write_after_a_deletion_has_time_of_its_own(cloud, app, run, clock, after_deletion, module):
    cloud.add_secret("A", "old")
    after_deletion(*[BUSY] * 5)
    assert run(module.SPEC, retry_timeout=16, **one(module))["outcomes"]["A"] == "updated"
    assert sum(clock.slept) == 31


@MODULES
def test_a_deletion_that_is_refused_costs_nothing(cloud, app, fail, after_deletion, module):
    cloud.add_secret("A", "old")
    after_deletion()
    cloud.fail("DELETE", "/v1/apps/1/secrets/A", (403, {"error": "not you"}))
    result = fail(module.SPEC, **one(module))
    assert "DELETE /v1/apps/1/secrets/A was refused (403)" in result["msg"]
    assert "missing" not in result["msg"]
    assert of_a(cloud) == ["POST"] * 6 + ["DELETE"]
    assert result["changed"] is (module is spice_secrets)  # of B
    assert values(cloud)["A"] == "old"


@MODULES
@pytest.mark.parametrize("committed", [False, True])
def test_a_deletion_without_an_answer_is_resolved_by_what_follows(cloud, app, task, after_deletion, module, committed):
    cloud.add_secret("A", "old")
    after_deletion()
    cloud.fail("DELETE", "/v1/apps/1/secrets/A", *[lost()] * 6, after_commit=committed)
    result = task(module.SPEC, **one(module)).execute()
    assert values(cloud)["A"] == ("new" if committed else "old")
    assert result["outcomes"]["A"] == ("updated" if committed else "failed")
    assert "missing" not in result.get("msg", "")


@MODULES
def test_where_nobody_can_look_a_secret_may_be_missing(cloud, app, fail, after_deletion, module):
    cloud.add_secret("A", "old")
    after_deletion(lost())
    # The list of the start, the look before the deletion; then no list any more.
    listed = []

    def hide(method, path, body):
        if method == "GET" and path.endswith("/secrets"):
            listed.append(path)
        return (500, {"error": "no list"}) if method == "GET" and len(listed) > 2 else None

    cloud.hooks.append(hide)
    result = fail(module.SPEC, **one(module))
    assert "The secret A may be missing from app sales now" in result["msg"]
    assert result["outcomes"]["A"] == "failed"
    assert result["changed"] is True


@MODULES
@pytest.mark.parametrize("body", [{}, {"ok": True}, {"name": "A", "updated_at": None}])
def test_an_answer_of_another_form_is_resolved_by_looking(cloud, app, run, after_deletion, module, body):
    cloud.add_secret("A", "old")
    after_deletion((200, body), after_commit=True)
    result = run(module.SPEC, fingerprint_key=KEY, **one(module))
    assert result["outcomes"]["A"] == "updated"
    assert values(cloud)["A"] == "new"


@pytest.mark.parametrize("body", [{}, {"secrets": None}, {"secrets": [{"name": "A"}]}, {"secrets": {"A": {}}}])
def test_a_list_of_another_form_is_told(cloud, app, fail, body):
    cloud.fail("GET", "/v1/apps/1/secrets", *[(200, body)] * 3)
    for module in (spice_secret, spice_secrets):
        assert "unknown form" in fail(module.SPEC, **one(module))["msg"]
    assert "unknown form" in fail(spice_secret_info.SPEC, app_id=1)["msg"]
    assert cloud.writes() == []


def test_one_that_is_lost_keeps_the_others_from_being_deleted(cloud, app, refuse):
    names = [f"S{number:02}" for number in range(20)]
    for name in names:
        cloud.add_secret(name, "old")

    def replace_nothing(method, path, body):
        if method != "POST" or not path.endswith("/secrets"):
            return None
        return BUSY if body["name"] in cloud.secrets[1] else (403, {"error": "no new ones"})

    cloud.hooks.append(replace_nothing)
    result = refuse(dict.fromkeys(names, "new"), retries=1, retry_timeout=1000, **ALWAYS)
    gone = [name for name in names if name not in cloud.secrets[1]]
    assert len(gone) == 1
    assert result["outcomes"] == dict.fromkeys(names, "failed")
    assert f"The secret {gone[0]} is missing from app sales now" in result["msg"]
    assert result["failure"]["status"] == 403
    assert result["changed"] is True
    assert cloud.sent("DELETE") == [None]


# -- nothing is shown -------------------------------------------------------------------------------------------------

LINES = "-----BEGIN KEY-----\ncanary-line-one\ncanary-line-two\n-----END KEY-----\n"
QUOTED = 'canary"with\\quotes'


def told(result):
    return json.dumps([result, result.warnings, result.progress_lines])


@pytest.mark.parametrize("value", [CANARY, LINES, QUOTED])
@pytest.mark.parametrize("check_mode", [False, True])
def test_no_value_is_in_a_result(cloud, app, write, run, value, check_mode):
    cloud.add_secret("OLD", CANARY)
    cloud.add_secret("GONE", CANARY)
    for dummy in range(2):
        for result in (
            write(
                {"A": value, "old": value, "OLD": value},
                check_mode=check_mode,
                diff_mode=True,
                fingerprint_key="canary-key",
                purge=True,
            ),
            run(spice_secret.SPEC, check_mode=check_mode, diff_mode=True, app_id=1, name="B", value=value),
            run(spice_secret_info.SPEC, app_id=1),
        ):
            assert "canary" not in told(result)


def answers_with(cloud, body, status=200, kind=None):
    """Makes the server answer to the writing of secrets with this."""
    cloud.fail("POST", "/v1/apps/1/secrets", (status, body, {"Content-Type": kind} if kind else {}))


@pytest.mark.parametrize("value", [CANARY, LINES, QUOTED])
@pytest.mark.parametrize(
    "echo",
    [
        lambda value: (
            400,
            {"error": f"bad value {value}", "details": {"fieldErrors": {"value": ["not " + value]}}},
            None,
        ),
        lambda value: (400, {"message": json.dumps({"value": value})}, None),
        lambda value: (400, f"you sent {value}, which is bad", "text/plain"),
        lambda value: (400, "you sent {}".format(json.dumps({"name": "A", "value": value})), "text/plain"),
        lambda value: (400, "x" * 190 + value, "text/plain"),
        lambda value: (502, f"<html><title>cannot handle {value}</title></html>", "text/html"),
        lambda value: (502, "<html><title>{}{}</title></html>".format("x" * 110, value), "text/html"),
        lambda value: (200, f"you sent {value}", "text/plain"),
        lambda value: (400, {"error": "bad", "code": value}, None),
    ],
)
def test_a_value_that_the_server_repeats_is_not_shown(cloud, app, fail, value, echo):
    status, body, kind = echo(value)
    cloud.fail("POST", "/v1/apps/1/secrets", *[(status, body, {"Content-Type": kind} if kind else {})] * 3)
    result = fail(spice_secret.SPEC, app_id=1, name="A", value=value, retries=0)
    assert "canary" not in told(result)
    for part in ("line-one", "BEGIN", "quotes", "5up3r"):
        assert part not in told(result)


def test_a_value_that_the_server_does_not_mask_is_masked(cloud, app, write, run, monkeypatch):
    monkeypatch.setattr(fake_routes, "masked", dict)
    cloud.add_secret("OLD", CANARY)
    result = write({"A": CANARY, "B": "canary-2"}, diff_mode=True)
    assert [secret["value"] for secret in result["secrets"]] == [MASK] * 3
    assert "canary" not in told(result)
    read = run(spice_secret_info.SPEC, app_id=1)
    assert [secret["value"] for secret in read["secrets"]] == [MASK] * 3
    assert "canary" not in told(read)


def test_an_error_that_tells_a_value_later_is_masked_too(cloud, app, fail):
    cloud.fail("PUT", "/v1/apps/1", (400, {"error": "bad tags of " + CANARY}))
    result = fail(spice_secrets.SPEC, app_id=1, secrets={"A": CANARY}, fingerprint_key=KEY)
    assert CANARY not in told(result)
    assert KEY not in told(result)


@pytest.mark.parametrize("value", ["a", "1", "0", "True", "None", 5, 0])
def test_a_silly_value_does_not_spoil_the_words(cloud, app, fail, value):
    cloud.fail("POST", "/v1/apps/1/secrets", (400, {"error": "that is no good"}))
    result = fail(spice_secrets.SPEC, app_id=1, secrets={"NAME": value})
    assert result["outcomes"] == {"NAME": "failed"}
    assert "was refused (400)" in result["msg"]


LONG = "s3cr3t-<&\"'>/ä+%-value-of-40-characters"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"error": LONG}, None),
        ({"error": "bad", "code": "secret_too_long", "details": {"fieldErrors": {"value": [LONG]}}}, "value"),
        ({"error": "bad", "details": {"fieldErrors": {"name": ["x"], LONG: ["x"]}, "formErrors": [LONG]}}, "name"),
        ({"message": LONG[::-1]}, None),
        ({"error": LONG.encode().hex()}, None),
        (f"<title>{LONG}</title>", None),
        (LONG, None),
    ],
)
@pytest.mark.parametrize("status", [400, 403, 409, 413, 422, 500])
def test_a_refusal_of_a_secret_shows_no_words_of_the_server(cloud, app, fail, body, named, status):
    cloud.fail("POST", "/v1/apps/1/secrets", *[(status, body)] * 99)
    result = fail(spice_secrets.SPEC, app_id=1, secrets={"NAME": LONG})
    shown = told(result)
    assert all(part not in shown for part in (LONG, LONG[::-1], LONG.encode().hex(), "s3cr3t"))
    assert result["failure"]["status"] == status
    assert f"{status}" in result["msg"]
    if isinstance(body, dict) and "code" in body:
        assert result["failure"]["code"] == body["code"]
    if named:
        assert f"it names `{named}`" in result["msg"]
        assert list(result["failure"]["details"]["fieldErrors"]) == [named]


def test_a_scope_that_the_write_of_a_secret_misses_is_named(cloud, app, fail):
    words = f"Insufficient scope. Required: secrets:write, apps:write ({LONG} secrets:canary)"
    cloud.fail("POST", "/v1/apps/1/secrets", (403, {"error": words, "code": "insufficient_scope"}))
    result = fail(spice_secrets.SPEC, app_id=1, secrets={"NAME": LONG})
    assert "Insufficient scope. Required: secrets:write, apps:write;" in result["msg"]
    assert "s3cr3t" not in told(result)
    assert "canary" not in told(result)


# -- what is returned -------------------------------------------------------------------------------------------------


def test_secrets_come_masked_with_their_times(cloud, app, write, run):
    cloud.add_secret("OTHER", "x")
    result = write({"A": "1"})
    assert sorted(result["secrets"], key=lambda secret: secret["id"]) == [
        masked(cloud.secrets[1]["OTHER"]),
        masked(cloud.secrets[1]["A"]),
    ]
    result = run(spice_secret.SPEC, app_id=1, name="A", value="2", update_secret="always")
    assert result["secret"] == masked(cloud.secrets[1]["A"])
    assert "secrets" not in result
    assert result["outcomes"] == {"A": "updated"}


def test_diff(cloud, app, write):
    cloud.add_secret("A", "1")
    cloud.add_secret("GONE", "1")
    cloud.add_secret("KEPT", "1")
    result = write({"A": "1", "NEW": "2", "KEPT": "x"}, purge=True, diff_mode=True, update_secret="on_create")
    assert result["diff"] == {
        "before": "A: set\nGONE: set\nKEPT: set\n",
        "after": "A: set\nKEPT: set\nNEW: set\n",
        "before_header": "secrets",
        "after_header": "secrets",
    }
    assert "diff" not in write({"A": "1"})


def test_a_diff_shows_that_a_value_changes(cloud, app, write):
    cloud.add_secret("A", "1")
    diff = write({"A": "2"}, update_secret="always", diff_mode=True)["diff"]
    assert (diff["before"], diff["after"]) == ("A: set\n", "A: updated\n")


def test_a_diff_of_nothing_is_empty(cloud, app, run, write):
    diff = run(spice_secret.SPEC, app_id=1, name="A", state="absent", diff_mode=True)["diff"]
    assert (diff["before"], diff["after"]) == ("", "")
    write({"A": "1"}, fingerprint_key=KEY)
    diff = write({"A": "1"}, fingerprint_key=KEY, diff_mode=True)["diff"]
    assert diff["before"] == diff["after"] == "A: set\n"


def without_times(result):
    return {
        key: [{"name": one["name"], "value": one["value"]} for one in value] if key == "secrets" else value
        for key, value in result.items()
        if key != "api"
    }


@pytest.mark.parametrize(
    "options",
    [
        {"secrets": {"A": "1", "B": "2", "NEW": "3"}},
        {"secrets": {"A": "1", "B": "2", "NEW": "3"}, "fingerprint_key": KEY},
        {"secrets": {"A": "1", "B": "changed"}, "fingerprint_key": KEY},
        {"secrets": {"A": "1", "B": "2"}, "fingerprint_key": KEY},
        {"secrets": {"B": "2", "NEW": "3"}, "fingerprint_key": KEY, "purge": True},
        {"secrets": {"A": "x", "NEW": "y"}, "update_secret": "on_create"},
        {"secrets": {}, "purge": True},
        {"secrets": {"A": "1", "lower": "x"}},
    ],
)
def test_the_prediction_is_what_comes(cloud, app, run, options):
    run(spice_secrets.SPEC, app_id=1, secrets={"A": "1", "B": "2", "C": "3"}, fingerprint_key=KEY)
    before, tags = copy.deepcopy(cloud.secrets), dict(app["tags"])
    cloud.requests.clear()
    planned = run(spice_secrets.SPEC, check_mode=True, diff_mode=True, app_id=1, **options)
    assert cloud.writes() == []
    assert (cloud.secrets, app["tags"]) == (before, tags)
    done = run(spice_secrets.SPEC, diff_mode=True, app_id=1, **options)
    assert without_times(planned) == without_times(done)
    assert planned.warnings == done.warnings
    assert bool(cloud.writes()) is done["changed"]


@pytest.mark.parametrize("options", [{"value": "1"}, {"value": "2", "fingerprint_key": KEY}, {"state": "absent"}])
@pytest.mark.parametrize("existing", [True, False])
def test_the_prediction_of_one_is_what_comes(cloud, app, run, options, existing):
    if existing:
        run(spice_secret.SPEC, app_id=1, name="A", value="1", fingerprint_key=KEY)
    cloud.requests.clear()
    planned = run(spice_secret.SPEC, check_mode=True, diff_mode=True, app_id=1, name="A", **options)
    assert cloud.writes() == []
    done = run(spice_secret.SPEC, diff_mode=True, app_id=1, name="A", **options)
    for result in (planned, done):
        secret = result.pop("secret", {})
        assert secret.get("value", MASK) == MASK
        result.pop("api")
    assert planned == done


def test_a_plan_for_an_app_that_does_not_exist_yet(cloud, run):
    result = run(spice_secrets.SPEC, check_mode=True, app="sales", secrets={"A": "1"}, fingerprint_key=KEY, purge=True)
    assert result["outcomes"] == {"A": "created"}
    assert result["secrets"] == [{"name": "A", "value": MASK}]
    assert result["deployment_required"] is True
    absent = run(spice_secret.SPEC, check_mode=True, app="sales", name="A", state="absent")
    assert absent["changed"] is False


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "found"), [(None, ["A", "a"]), ("A", ["A"]), ("B", [])])
@pytest.mark.parametrize("check_mode", [False, True])
def test_reading(cloud, app, run, name, found, check_mode):
    cloud.add_secret("A", CANARY)
    cloud.add_secret("a", CANARY)
    result = run(spice_secret_info.SPEC, check_mode=check_mode, app_id=1, name=name)
    assert [secret["name"] for secret in result["secrets"]] == found
    assert result["changed"] is False
    assert result["api"] == {"requests": 2, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}
    assert CANARY not in json.dumps(result)
