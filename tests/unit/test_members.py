# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members: who is added, changed, removed, and who is protected."""

from __future__ import annotations

import base64
import copy
import json
import threading

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.spiceai.cloud.plugins.modules import spice_member, spice_member_info, spice_members
from ansible_collections.spiceai.cloud.tests.unit.fakes import API, CLIENT_ID, CLIENT_SECRET, PAT


def lost():
    return requests.exceptions.ReadTimeout("lost")


def jwt(**claims):
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{part}.c2lnbmF0dXJl"


@pytest.fixture
def org(cloud):
    """An organization: alice owns it; erin, frank and Grace could become members."""
    cloud.add_member("alice", ["owner"])
    cloud.add_member("Bob", ["admin"])
    cloud.add_member("carol", ["member"])
    cloud.add_member("dave", ["member", "viewer"])
    for name in ("erin", "frank", "Grace"):
        cloud.users[name] = 100 + len(cloud.users)
    return cloud


@pytest.fixture
def write(org, run):
    return lambda members, **options: run(spice_members.SPEC, members=members, **options)


@pytest.fixture
def refuse(org, fail):
    return lambda members, **options: fail(spice_members.SPEC, members=members, **options)


def roles(cloud):
    return {member["username"]: member["roles"] for member in cloud.members.values()}


def one(username, *given):
    return dict({"username": username}, **({"roles": list(given)} if given else {}))


# -- adding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "sent"), [((), ["member"]), (("viewer",), ["viewer"]), (("admin", "viewer"), ["admin", "viewer"])]
)
def test_adding(org, run, given, sent):
    result = run(spice_member.SPEC, **one("erin", *given))
    assert org.writes() == [("POST", "/v1/members", {"username": "erin", "roles": sent})]
    assert result["changed"] is True
    assert result["outcomes"] == {"erin": "created"}
    assert result["member"] == dict(org.members[org.users["erin"]], is_owner=False)
    assert "members" not in result
    again = run(spice_member.SPEC, **one("erin", *given))
    assert again["changed"] is False
    assert again["member"] == result["member"]
    assert len(org.writes()) == 1


def test_somebody_who_never_signed_in(org, fail):
    result = fail(spice_member.SPEC, username="nobody")
    assert "No Spice.ai user 'nobody'. The person must sign in to spice.ai once first" in result["msg"]
    assert result["failure"]["status"] == 404
    assert result["outcomes"] == {"nobody": "failed"}
    assert result["changed"] is False


def test_the_server_may_write_the_name_otherwise(org, run):
    assert run(spice_member.SPEC, username="grace")["member"]["username"] == "Grace"
    assert run(spice_member.SPEC, username="GRACE")["changed"] is False


# -- changing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "change"),
    [
        ("carol", (), None),
        ("carol", ("member",), None),
        ("CAROL", ("member",), None),
        ("bob", ("admin",), None),
        ("dave", ("viewer", "member"), None),
        ("dave", ("viewer", "member", "viewer"), None),
        ("alice", (), None),
        ("alice", ("owner",), None),
        ("carol", ("viewer",), ["viewer"]),
        ("BOB", ("admin", "viewer"), ["admin", "viewer"]),
        ("dave", ("member",), ["member"]),
    ],
)
def test_roles_are_a_set_and_names_have_no_case(org, run, name, given, change):
    result = run(spice_member.SPEC, **one(name, *given))
    member = next(member for member in org.members.values() if member["username"].casefold() == name.casefold())
    assert org.writes() == ([("PATCH", f"/v1/members/{member['user_id']}", {"roles": change})] if change else [])
    assert result["changed"] is bool(change)
    assert result["outcomes"] == {name: "updated" if change else "unchanged"}
    assert result["member"] == member


def test_unchanged_costs_one_read(org, write):
    result = write([one("carol"), one("dave", "viewer", "member")])
    assert org.requests == [("GET", "/v1/members", None)]
    assert result["api"] == {"requests": 1, "writes": 0, "retries": 0, "throttled": 0, "paced_seconds": 0}


def test_many(org, write):
    result = write([one("erin"), one("bob", "member"), one("carol"), one("frank", "viewer")])
    assert result["outcomes"] == {"erin": "created", "bob": "updated", "carol": "unchanged", "frank": "created"}
    assert roles(org) == {
        "alice": ["owner"],
        "Bob": ["member"],
        "carol": ["member"],
        "dave": ["member", "viewer"],
        "erin": ["member"],
        "frank": ["viewer"],
    }
    assert [member["username"] for member in result["members"]] == ["erin", "Bob", "carol", "frank"]
    assert all("is_owner" in member for member in result["members"])
    assert write([one("erin"), one("bob", "member"), one("carol"), one("frank", "viewer")])["changed"] is False


def test_up_to_eight_at_a_time(org, write):
    together = threading.Barrier(8)
    org.on_post = lambda: together.wait(20)
    for number in range(8):
        org.users[f"user{number}"] = 500 + number
    write([one(f"user{number}") for number in range(8)])
    assert together.broken is False


# -- removing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["carol", "CAROL"])
def test_removing(org, run, name):
    result = run(spice_member.SPEC, username=name, state="absent")
    assert org.writes() == [("DELETE", f"/v1/members/{org.users['carol']}", None)]
    assert result["changed"] is True
    assert result["outcomes"] == {name: "deleted"}
    assert "member" not in result
    assert "members" not in result
    assert run(spice_member.SPEC, username=name, state="absent")["changed"] is False


def test_removing_somebody_who_goes_meanwhile(org, run):
    org.fail("DELETE", "/v1/members/.*", (404, {"error": "Member not found"}))
    assert run(spice_member.SPEC, username="carol", state="absent")["changed"] is True


@pytest.mark.parametrize("check_mode", [True, False])
def test_removing_somebody_who_is_no_member(org, run, check_mode):
    result = run(spice_member.SPEC, check_mode=check_mode, username="erin", state="absent")
    assert result["changed"] is False
    assert result["outcomes"] == {"erin": "unchanged"}
    assert org.writes() == []


def test_roles_do_not_matter_for_removing(org, run):
    assert run(spice_member.SPEC, username="carol", roles=["viewer"], state="absent")["outcomes"] == {
        "carol": "deleted"
    }


# -- owners -----------------------------------------------------------------------------------------------------------

OWNERS = [
    {"roles": ["owner"], "is_owner": True},
    {"roles": ["member"], "is_owner": True},
    {"roles": ["owner", "member"], "is_owner": False},
]


def make_owner(org, form):
    """Makes carol an owner in one of the forms in which the API tells it; None: without the flag at all."""
    carol = org.members[org.users["carol"]]
    carol.update(form)
    if form["is_owner"] is False:
        del carol["is_owner"]


@pytest.mark.parametrize("form", OWNERS)
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("options", "word"),
    [({"roles": ["viewer"]}, "changed"), ({"roles": ["admin", "viewer"]}, "changed"), ({"state": "absent"}, "removed")],
)
def test_owners_are_protected(org, fail, form, check_mode, options, word):
    make_owner(org, form)
    result = fail(spice_member.SPEC, check_mode=check_mode, username="CAROL", **options)
    assert result["msg"] == (
        f"carol is an owner of the organization, and owners are not {word} by this collection; an owner does that in "
        "the portal."
    )
    assert org.writes() == []
    assert result["changed"] is False


def test_an_owner_among_many_stops_all_before_the_first_write(org, refuse):
    assert "alice is an owner" in refuse([one("erin"), one("alice", "member")])["msg"]
    assert org.writes() == []


@pytest.mark.parametrize("form", OWNERS)
def test_no_purge_touches_an_owner(org, write, form):
    make_owner(org, form)
    result = write([one("Bob")], purge=True)
    assert result["outcomes"] == {"Bob": "unchanged", "dave": "deleted"}
    assert set(roles(org)) == {"alice", "Bob", "carol"}
    assert [member["username"] for member in result["members"]] == ["Bob"]


@pytest.mark.parametrize("form", OWNERS)
def test_an_owner_may_be_named(org, write, form):
    make_owner(org, form)
    assert write([one("carol"), one("alice", "owner")])["changed"] is False


# -- purge and the caller ---------------------------------------------------------------------------------------------


def test_purge(org, write):
    result = write([one("BOB"), one("erin")], purge=True)
    assert result["outcomes"] == {"BOB": "unchanged", "erin": "created", "carol": "deleted", "dave": "deleted"}
    assert set(roles(org)) == {"alice", "Bob", "erin"}
    assert write([one("BOB"), one("erin")], purge=True)["changed"] is False


def test_without_purge_the_rest_stays(org, write):
    write([one("Bob")])
    assert set(roles(org)) == {"alice", "Bob", "carol", "dave"}


@pytest.mark.parametrize(
    ("claims", "spared"),
    [
        ({"user_id": 102}, True),
        ({"user_id": "102"}, True),
        ({"sub": "102"}, True),
        ({"sub": 102}, True),
        ({"username": "carol"}, True),
        ({"username": "CAROL"}, True),
        ({"preferred_username": "carol"}, True),
        ({"user_id": 1, "sub": "102"}, True),
        ({"sub": "a-client", "username": None}, False),
        ({"user_id": 1, "username": "somebody"}, False),
        ({"user_id": 10}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("oauth", [True, False])
def test_purge_spares_the_caller_as_far_as_the_token_tells(org, write, claims, spared, oauth):
    assert org.users["carol"] == 102
    credential = {"api_token": jwt(**claims)}
    org.tokens.add(jwt(**claims))
    if oauth:
        org.fail("POST", "/api/oauth/token", (200, {"access_token": jwt(**claims)}))
        credential = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    result = write([one("Bob")], purge=True, **credential)
    assert ("carol" in roles(org)) is spared
    assert ("carol" in result["outcomes"]) is not spared
    assert result["outcomes"]["dave"] == "deleted"


@pytest.mark.parametrize(
    "token",
    [
        PAT,
        "a.b.c",
        "a.!!!.c",
        "a.{}.c".format(base64.urlsafe_b64encode(b"[1]").decode()),
        "a.bnVsbA.c",
        "a.{}.c".format(base64.urlsafe_b64encode(b"\xff\xfe").decode()),
        "...",
        "a.b.c.d",
    ],
)
def test_a_token_that_tells_nothing(org, write, token):
    org.tokens.add(token)
    write([one("Bob")], purge=True, api_token=token)
    assert set(roles(org)) == {"alice", "Bob"}


def test_the_caller_may_be_removed_by_name(org, run):
    org.tokens.add(jwt(user_id=102))
    assert run(spice_member.SPEC, username="carol", state="absent", api_token=jwt(user_id=102))["changed"] is True


# -- arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("members", "words"),
    [
        (
            [one("bob"), one("erin"), one("BOB")],
            "`members` names 'BOB' twice; user names are compared without regard to case.",
        ),
        ([one("")], "`username` must not be empty."),
        ([one("  ")], "`username` must not be empty."),
        ([{"username": "bob", "roles": []}], "`roles` of 'bob' must hold at least one role"),
        ([{"username": "bob", "roles": [""]}], "`roles` of 'bob' must hold at least one role"),
        ([{"username": "bob", "roles": ["member", " "]}], "`roles` of 'bob' must hold at least one role"),
    ],
)
def test_what_is_refused_before_the_first_request(org, refuse, check_mode, members, words):
    assert words in refuse(members, check_mode=check_mode)["msg"]
    assert org.requests == []


@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_empty_name_is_refused(org, fail, state):
    assert "`username` must not be empty." in fail(spice_member.SPEC, username="", state=state)["msg"]
    assert org.requests == []


@pytest.mark.parametrize(
    "given",
    [{}, {"members": [{}]}, {"members": [{"roles": ["member"]}]}, {"members": [{"username": "a", "role": "x"}]}],
)
def test_arguments(given):
    declaration = spice_members.SPEC
    validation = ArgumentSpecValidator(declaration.argument_spec, **declaration.constraints).validate(
        dict(given, api_url=API, api_token=PAT)
    )
    assert validation.error_messages


def test_no_members_at_all(org, write):
    assert write([])["outcomes"] == {}
    assert org.writes() == []


# -- failures ---------------------------------------------------------------------------------------------------------


def test_one_that_fails_does_not_hide_the_others(org, refuse, write):
    org.fail(
        "PATCH", f"/v1/members/{org.users['Bob']}", (403, {"error": "only owners make admins", "code": "forbidden"})
    )
    org.fail("DELETE", f"/v1/members/{org.users['dave']}", (403, {"error": "not you"}))
    wanted = [one("erin"), one("nobody"), one("Bob", "member"), one("carol", "viewer")]
    result = refuse(wanted, purge=True, diff_mode=True)
    assert result["outcomes"] == {
        "erin": "created",
        "nobody": "failed",
        "Bob": "failed",
        "carol": "updated",
        "dave": "failed",
    }
    assert result["msg"].startswith(
        "These members could not be brought to their wanted state: nobody: No Spice.ai user 'nobody'"
    )
    assert result["changed"] is True
    assert roles(org) == {
        "alice": ["owner"],
        "Bob": ["admin"],
        "carol": ["viewer"],
        "dave": ["member", "viewer"],
        "erin": ["member"],
    }
    assert result["diff"]["before"] == "Bob:\n- admin\ncarol:\n- member\ndave:\n- member\n- viewer\n"
    assert result["diff"]["after"] == "Bob:\n- admin\ncarol:\n- viewer\ndave:\n- member\n- viewer\nerin:\n- member\n"
    assert write(wanted[:1] + wanted[2:], purge=True)["outcomes"] == {
        "erin": "unchanged",
        "Bob": "updated",
        "carol": "unchanged",
        "dave": "deleted",
    }


def test_when_all_fail_nothing_is_changed(org, refuse):
    result = refuse([one("nobody"), one("no-one")])
    assert result["outcomes"] == {"nobody": "failed", "no-one": "failed"}
    assert result["changed"] is False


# -- answers that get lost, and others who do the same ----------------------------------------------------------------


@pytest.mark.parametrize("answer", [lost(), (500, {"error": "oops"}), (502, "<html>")])
def test_a_lost_answer_of_an_addition_that_happened(org, run, answer):
    org.fail("POST", "/v1/members", answer, after_commit=True)
    result = run(spice_member.SPEC, username="erin", roles=["viewer"])
    assert result["outcomes"] == {"erin": "created"}
    assert len(org.writes()) == 1
    assert result["member"]["roles"] == ["viewer"]


@pytest.mark.parametrize("answer", [lost(), (500, {"error": "oops"})])
def test_a_lost_answer_of_an_addition_that_did_not_happen(org, run, clock, answer):
    org.fail("POST", "/v1/members", answer, answer)
    result = run(spice_member.SPEC, username="erin")
    assert len(org.sent("POST")) == 3
    assert clock.slept == [0.5, 1.0]
    assert result["member"]["username"] == "erin"
    assert result["api"]["retries"] == 2


def test_answers_that_are_always_lost_end(org, fail, clock):
    org.fail("POST", "/v1/members", *[lost()] * 9)
    result = fail(spice_member.SPEC, username="erin", retries=2)
    assert len(org.sent("POST")) == 3
    assert len(clock.slept) == 2
    assert "did not answer POST /v1/members" in result["msg"]


@pytest.mark.parametrize("answer", [lost(), (500, {"error": "oops"})])
def test_a_lost_answer_of_a_change_or_removal_is_sent_again(org, write, answer):
    org.fail("PATCH", "/v1/members/.*", answer, after_commit=True)
    org.fail("DELETE", "/v1/members/.*", answer, after_commit=True)
    result = write([one("carol", "viewer"), one("Bob")], purge=True)
    assert result["outcomes"] == {"carol": "updated", "Bob": "unchanged", "dave": "deleted"}
    assert result["api"]["retries"] == 2


def joins_meanwhile(org, *given):
    """Makes somebody else add erin between our read and our POST."""

    def join(method, path, body):
        if method == "POST" and org.users["erin"] not in org.members:
            org.add_member("erin", given)

    org.hooks.append(join)


@pytest.mark.parametrize(
    ("theirs", "ours", "patched"),
    [
        (["viewer"], (), None),
        (["viewer"], ("viewer",), None),
        (["viewer", "member"], ("member", "viewer"), None),
        (["viewer"], ("member",), ["member"]),
    ],
)
def test_somebody_else_adds_the_same_person(org, run, theirs, ours, patched):
    joins_meanwhile(org, *theirs)
    result = run(spice_member.SPEC, **one("erin", *ours))
    assert org.sent("PATCH") == ([{"roles": patched}] if patched else [])
    assert result["member"] == org.members[org.users["erin"]]
    assert roles(org)["erin"] == (patched or theirs)


def test_a_conflict_that_cannot_be_seen(org, fail):
    org.fail("POST", "/v1/members", (409, {"error": "somehow"}))
    result = fail(spice_member.SPEC, username="erin")
    assert result["failure"]["status"] == 409
    assert len(org.sent("POST")) == 1


# -- check mode and diff ----------------------------------------------------------------------------------------------


def comparable(result):
    unknown = ("user_id", "created_at")
    members = [{key: value for key, value in member.items() if key not in unknown} for member in result["members"]]
    return dict({key: value for key, value in result.items() if key != "api"}, members=members)


@pytest.mark.parametrize(
    "options",
    [
        {"members": [one("erin"), one("bob", "member"), one("carol")]},
        {"members": [one("erin", "viewer", "admin")], "purge": True},
        {"members": [one("carol")]},
        {"members": [], "purge": True},
        {"members": [one("DAVE", "viewer")]},
    ],
)
def test_the_prediction_is_what_comes(org, run, options):
    before = copy.deepcopy(org.members)
    planned = run(spice_members.SPEC, check_mode=True, diff_mode=True, **options)
    assert org.writes() == []
    assert org.members == before
    done = run(spice_members.SPEC, diff_mode=True, **options)
    assert comparable(planned) == comparable(done)
    assert bool(org.writes()) is done["changed"]
    again = run(spice_members.SPEC, check_mode=True, **options)
    assert again["changed"] is False


def test_the_prediction_of_one(org, run):
    planned = run(spice_member.SPEC, check_mode=True, username="erin")
    assert planned["member"] == {
        "user_id": None,
        "username": "erin",
        "roles": ["member"],
        "is_owner": False,
        "created_at": None,
    }
    changed = run(spice_member.SPEC, check_mode=True, username="carol", roles=["viewer"])
    assert changed["member"] == dict(org.members[org.users["carol"]], roles=["viewer"])
    assert org.writes() == []


def test_diff(org, write):
    diff = write([one("erin"), one("carol", "viewer"), one("BOB")], purge=True, diff_mode=True)["diff"]
    assert diff == {
        "before": "BOB:\n- admin\ncarol:\n- member\ndave:\n- member\n- viewer\n",
        "after": "BOB:\n- admin\ncarol:\n- viewer\nerin:\n- member\n",
        "before_header": "members",
        "after_header": "members",
    }
    assert "diff" not in write([one("carol")])


def test_a_diff_does_not_depend_on_the_order_of_roles(org, write):
    diff = write([one("dave", "viewer", "member")], diff_mode=True)["diff"]
    assert diff["before"] == diff["after"]


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"), [(None, ["alice", "Bob", "carol", "dave"]), ("BOB", ["Bob"]), ("erin", []), ("bo", [])]
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_reading(org, run, name, found, check_mode):
    result = run(spice_member_info.SPEC, check_mode=check_mode, username=name)
    assert [member["username"] for member in result["members"]] == found
    assert result["changed"] is False
    assert org.writes() == []
