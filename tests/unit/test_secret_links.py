# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of an app to secrets of its organization."""

from __future__ import annotations

import pytest
import requests
from ansible_collections.spiceai.cloud.plugins.modules import spice_secret_link, spice_secret_link_info
from ansible_collections.spiceai.cloud.tests.unit.fakes import CLIENT_ID, CLIENT_SECRET

KEY, SECRET, PLATFORM = "SHARED_S3_KEY", "SHARED_S3_SECRET", "SCP_OPENAI_API_KEY"
LINKS, OFFER = "/v1/apps/1/org-secrets", "/v1/orgs/1/secrets"


@pytest.fixture
def app(cloud):
    return cloud.add("sales")


@pytest.fixture
def link(app, run):
    """Runs spice_secret_link, which must succeed."""
    return lambda **options: run(spice_secret_link.SPEC, app_id=1, **options)


@pytest.fixture
def refuse(app, fail):
    """Runs spice_secret_link, which must fail."""
    return lambda **options: fail(spice_secret_link.SPEC, app_id=1, **options)


@pytest.fixture
def look(app, run):
    return lambda **options: run(spice_secret_link_info.SPEC, app_id=1, **options)


def sent(cloud):
    return [f"{method} {path}" for method, path, body in cloud.requests]


# -- what is written --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_linked_and_nothing_else(cloud, link):
    cloud.links[1] = [SECRET, PLATFORM]
    result = link(names=[KEY, SECRET], diff_mode=True)
    assert result["outcomes"] == {KEY: "created", SECRET: "unchanged"}
    assert result["linked_secrets"] == [{"name": PLATFORM}, {"name": KEY}, {"name": SECRET}]
    assert result["changed"] is result["deployment_required"] is True
    assert result["diff"] == {
        "before": f"{SECRET}: linked\n",
        "after": f"{KEY}: linked\n{SECRET}: linked\n",
        "before_header": "linked secrets",
        "after_header": "linked secrets",
    }
    # A PUT without a body, and what the organization offers is not asked for.
    assert sent(cloud) == ["GET /v1/apps/1", f"GET {LINKS}", f"PUT {LINKS}/{KEY}"]
    assert cloud.sent("PUT") == [None]
    again = link(names=[KEY, SECRET], diff_mode=True)
    assert again["changed"] is again["deployment_required"] is False
    assert again["diff"]["before"] == again["diff"]["after"]


def test_one_by_name_and_the_same_name_twice(cloud, link):
    assert link(name=KEY)["outcomes"] == {KEY: "created"}
    assert link(names=[SECRET, SECRET])["outcomes"] == {SECRET: "created"}
    assert cloud.links[1] == [KEY, SECRET]
    assert link(names=[])["outcomes"] == {}
    assert cloud.links[1] == [KEY, SECRET]


@pytest.mark.parametrize("kept", [[], [KEY]])
def test_purge_removes_what_is_not_named(cloud, link, kept):
    cloud.links[1] = [KEY, SECRET, PLATFORM]
    result = link(names=kept, purge=True)
    gone = [name for name in (PLATFORM, KEY, SECRET) if name not in kept]
    assert result["outcomes"] == {**dict.fromkeys(kept, "unchanged"), **dict.fromkeys(gone, "deleted")}
    assert cloud.links[1] == kept
    assert result["linked_secrets"] == [{"name": name} for name in kept]


@pytest.mark.parametrize("options", [{"name": KEY}, {"names": [KEY]}])
def test_absent(cloud, link, options):
    cloud.links[1] = [KEY, SECRET]
    assert link(state="absent", **options)["outcomes"] == {KEY: "deleted"}
    assert cloud.links[1] == [SECRET]
    result = link(state="absent", **options)
    assert (result["changed"], result["outcomes"]) == (False, {KEY: "unchanged"})


def test_names_are_compared_as_the_api_does(cloud, link, refuse):
    cloud.links[1] = [KEY]
    assert link(name=KEY.lower(), state="absent")["changed"] is False
    assert "Did you mean SHARED_S3_KEY?" in refuse(name=KEY.lower())["msg"]


def test_twenty_at_once(cloud, link):
    cloud.org_secrets = [f"S{number}" for number in range(20)]
    assert set(link(names=cloud.org_secrets)["outcomes"].values()) == {"created"}
    assert sorted(cloud.links[1]) == sorted(cloud.org_secrets)
    assert len(cloud.writes()) == 20


# -- plans ------------------------------------------------------------------------------------------------------------


def test_check_mode_predicts_what_then_happens(cloud, link):
    cloud.links[1] = [SECRET]
    planned = link(names=[KEY], purge=True, check_mode=True, diff_mode=True)
    assert cloud.writes() == []
    assert planned.warnings == []
    done = link(names=[KEY], purge=True, diff_mode=True)
    assert {**planned, "api": None} == {**done, "api": None}


def test_a_plan_warns_of_what_is_not_listed_and_the_api_decides(cloud, link):
    options = {"names": [PLATFORM, KEY]}
    (told,) = link(**options, check_mode=True).warnings
    assert told == (
        f"The organization does not list the secret {PLATFORM}, so linking it may fail; those that the platform "
        f"manages are not listed and can be linked all the same. It lists {KEY}, {SECRET}."
    )
    result = link(**options)
    assert result.warnings == []
    assert result["outcomes"] == {PLATFORM: "created", KEY: "created"}
    # What is linked is linked, whatever is listed.
    assert link(**options, check_mode=True).warnings == []


def test_a_plan_reads_again_before_it_says_that_something_is_missing(cloud, run, app, tmp_path):
    options = {"app_id": 1, "check_mode": True, "state_directory": str(tmp_path)}
    run(spice_secret_link.SPEC, name=KEY, **options)
    cloud.org_secrets.append("NEW")
    assert run(spice_secret_link.SPEC, name="NEW", **options).warnings == []
    assert cloud.paths().count(OFFER) == 2


@pytest.mark.parametrize("status", [403, 404])
def test_a_plan_where_the_offer_may_not_be_listed(cloud, link, status):
    cloud.fail("GET", OFFER, *[(status, {"error": "no"})] * 2)
    result = link(names=[KEY, "NONE"], check_mode=True)
    assert result["outcomes"] == {KEY: "created", "NONE": "created"}
    assert result.warnings == []


def test_a_plan_for_an_app_that_does_not_exist_yet(cloud, run):
    result = run(spice_secret_link.SPEC, app="later", names=[KEY], purge=True, check_mode=True)
    assert result["outcomes"] == {KEY: "created"}
    assert any("an earlier task creates it" in text for text in result.warnings)


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_secret_that_the_organization_does_not_have(cloud, refuse):
    result = refuse(names=[KEY, "SHARED_S3_KEYS"])
    assert result["msg"] == (
        "These secrets of the organization could not be brought to their wanted state: SHARED_S3_KEYS: The "
        "organization has no secret SHARED_S3_KEYS that app sales could be linked to (404: Organization secret not "
        f"found). It offers {KEY}, {SECRET}; those that the platform manages are not listed. Did you mean {KEY}? "
        "Create it in the portal, or correct `names`."
    )
    assert result["outcomes"] == {KEY: "created", "SHARED_S3_KEYS": "failed"}
    assert result["changed"] is True
    assert result["failure"]["status"] == 404
    assert cloud.links[1] == [KEY]


def test_the_same_where_the_offer_cannot_be_listed(cloud, refuse):
    cloud.fail("GET", OFFER, (403, {"error": "no"}))
    told = refuse(name="NONE")["msg"]
    assert told.endswith("not found); create it in the portal, or check the spelling in `name`.")


def test_an_organization_that_offers_nothing(cloud, refuse):
    cloud.org_secrets = []
    assert "It offers no secret; those that the platform manages are not listed." in refuse(name="NONE")["msg"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_role_that_may_not(cloud, refuse, method):
    cloud.links[1] = [SECRET]
    cloud.fail(method, LINKS + "/.*", (403, {"error": "Your role does not allow this", "code": "forbidden"}))
    result = refuse(names=[KEY] if method == "PUT" else [], purge=method == "DELETE")
    assert "ask an owner or admin of the organization for a role" in result["msg"]
    assert "failed" in result["outcomes"].values()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_server_that_knows_no_links(cloud, refuse, state):
    cloud.fail("GET", LINKS, *[(404, {"error": "Not found"})] * 2)
    told = refuse(name=KEY, state=state)["msg"]
    assert told == (
        "The server tells no links of app sales to secrets of the organization (404), so it does not offer them; leave "
        "`name` out, or check `api_url`."
    )
    assert cloud.writes() == []


@pytest.mark.parametrize("name", ["A-B", "1A", "<value of A>", "", "{{ x }}", "a" * 500 + "-"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_cannot_be_the_name_of_a_secret(cloud, refuse, name, state):
    told = refuse(names=[KEY, name], state=state)["msg"]
    assert told.startswith("`names` holds ")
    assert "is not the name of a secret" in told
    assert len(told) < 250
    assert cloud.requests == []


@pytest.mark.parametrize("options", [{"name": KEY, "purge": True}, {"names": [KEY], "purge": True, "state": "absent"}])
def test_purge_needs_the_whole_set(cloud, refuse, options):
    assert refuse(**options)["msg"].startswith("`purge` removes the links that `names` does not hold")
    assert cloud.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"name": KEY}),
        (200, None),
        (201, {"org_secret": {"name": KEY}}),
        (201, None),
        (204, None),
    ],
)
def test_every_answer_to_a_link_is_taken(cloud, link, answer):
    cloud.fail("PUT", LINKS + "/.*", answer, after_commit=True)
    assert link(name=KEY)["outcomes"] == {KEY: "created"}
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize("answer", [(200, {"ok": True}), (200, None), (204, None), (404, {"error": "not linked"})])
def test_every_answer_to_the_end_of_a_link_is_taken(cloud, link, answer):
    cloud.links[1] = [KEY]
    cloud.fail("DELETE", LINKS + "/.*", answer, after_commit=True)
    assert link(name=KEY, state="absent")["outcomes"] == {KEY: "deleted"}
    assert len(cloud.writes()) == 1


@pytest.mark.parametrize("lost", [requests.exceptions.ReadTimeout("lost"), (502, {"error": "bad gateway"})])
@pytest.mark.parametrize("refusal", [None, (409, {"error": "linked already"})])
def test_a_lost_answer_is_no_failure(cloud, link, lost, refusal):
    """The PUT is sent again, and a server may refuse the second one."""
    cloud.fail("PUT", LINKS + "/.*", lost, after_commit=True)
    if refusal:
        cloud.fail("PUT", LINKS + "/.*", refusal)
    assert link(name=KEY)["outcomes"] == {KEY: "created"}
    assert cloud.links[1] == [KEY]


def test_a_lost_answer_to_the_end_of_a_link_is_no_failure(cloud, link):
    cloud.links[1] = [KEY]
    cloud.fail("DELETE", LINKS + "/.*", requests.exceptions.ReadTimeout("lost"), after_commit=True)
    assert link(name=KEY, state="absent")["outcomes"] == {KEY: "deleted"}


def test_a_conflict_of_another_kind_fails(cloud, refuse):
    cloud.fail("PUT", LINKS + "/.*", *[(409, {"error": "busy"})] * 9)
    assert "busy" in refuse(name=KEY)["msg"]


def test_a_list_with_broken_entries(cloud, link):
    cloud.fail("GET", LINKS, (200, {"org_secrets": [{"name": KEY}, {"id": 5}, None]}))
    result = link(name=KEY)
    assert result["changed"] is False
    assert any("without a usable `name`" in text for text in result.warnings)


# -- facts ------------------------------------------------------------------------------------------------------------


def test_what_is_linked_and_what_is_offered(cloud, look):
    cloud.links[1] = [SECRET, PLATFORM]
    found = look()
    assert found["linked_secrets"] == [{"name": PLATFORM}, {"name": SECRET}]
    assert found["organization_secrets"] == [{"name": KEY}, {"name": SECRET}]
    assert found["changed"] is False
    assert found.warnings == []
    one = look(name=KEY)
    assert (one["linked_secrets"], one["organization_secrets"]) == ([], [{"name": KEY}])


def test_the_links_alone(cloud, look):
    cloud.links[1] = [KEY]
    found = look(with_organization_secrets=False)
    assert (found["linked_secrets"], found["organization_secrets"]) == ([{"name": KEY}], None)
    assert found.warnings == []
    assert sent(cloud) == ["GET /v1/apps/1", f"GET {LINKS}"]


def test_the_offer_is_read_once_in_a_run(cloud, run, app, tmp_path):
    for dummy in range(2):
        run(spice_secret_link_info.SPEC, app_id=1, state_directory=str(tmp_path))
    assert sent(cloud).count(f"GET {OFFER}") == sent(cloud).count("GET /v1/orgs") == 1


@pytest.mark.parametrize(("status", "linked"), [(403, None), (404, [])])
def test_what_may_not_be_listed_is_null_with_a_warning(cloud, look, status, linked):
    cloud.links[1] = [KEY]
    cloud.fail("GET", LINKS, (status, {"error": "no"}))
    cloud.fail("GET", OFFER, (status, {"error": "no"}))
    found = look()
    assert found["linked_secrets"] == linked
    assert found["organization_secrets"] is None
    assert [text.split(" not known")[0] for text in found.warnings] == (
        ["The links of app sales to secrets of the organization are"] if status == 403 else []
    ) + ["The secrets that the organization offers are"]


ORGS = [{"id": 1, "name": "Acme"}, {"id": 2, "name": "globex"}]


@pytest.mark.parametrize(
    ("orgs", "options", "known"),
    [
        (ORGS, {"org": "acme"}, True),
        (ORGS, {}, False),  # which of them the credential acts in is not told
        (ORGS, {"org": "other"}, False),
        (ORGS[:1], {}, True),
        ([{"name": "acme"}], {}, False),
        ([{"id": "acme", "name": "acme"}], {}, False),
        ([], {}, False),
    ],
)
def test_the_number_of_the_organization(cloud, look, orgs, options, known):
    cloud.fail("GET", "/v1/orgs", (200, {"orgs": orgs}))
    found = look(**options)
    assert (found["organization_secrets"] is not None) is known
    assert (OFFER in cloud.paths()) is known


def test_an_oauth_client_says_in_its_token_which_organization_it_is_of(cloud, look):
    token = "e30.eyJvcmdfaWQiOiAxfQ.x"  # {"org_id": 1}
    cloud.fail("GET", "/v1/orgs", (200, {"orgs": ORGS[::-1]}))
    cloud.fail("POST", "/api/oauth/token", (200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}))
    cloud.tokens.add(token)
    found = look(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    assert found["organization_secrets"] == [{"name": KEY}, {"name": SECRET}]


def test_facts_of_an_app_that_does_not_exist_yet(run, cloud):
    found = run(spice_secret_link_info.SPEC, app="later", check_mode=True)
    assert found["linked_secrets"] == []
