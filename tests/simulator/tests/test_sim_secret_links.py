# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of an organization, and the links of apps to them."""

import pytest

OFFER = "/v1/orgs/42/secrets"
PLATFORM = "SCP_OPENAI_API_KEY"


@pytest.fixture
def links(sim):
    return f"/v1/projects/{sim.app()['id']}/org-secrets"


def linked(sim, path):
    return [one["name"] for one in sim.ok("GET", path)["org_secrets"]]


def test_what_an_organization_offers(sim):
    assert sim.ok("GET", OFFER) == {"secrets": [{"name": "SHARED_S3_KEY"}, {"name": "SHARED_S3_SECRET"}]}
    sim.seed(org_secrets={"PG_PASSWORD": "geheim", "SHARED_S3_KEY": None})
    assert sim.ok("GET", OFFER) == {"secrets": [{"name": "SHARED_S3_SECRET"}, {"name": "PG_PASSWORD"}]}
    assert sim.ok("GET", "/v1/orgs/43/secrets", token="sim-pat-globex") == {"secrets": []}


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/v1/orgs/acme/secrets", "sim-pat-owner", 400),
        ("/v1/orgs/99/secrets", "sim-pat-owner", 404),
        ("/v1/orgs/44/secrets", "sim-pat-owner", 404),  # deleted
        ("/v1/orgs/43/secrets", "sim-pat-admin", 404),  # of others
        ("/v1/orgs/43/secrets", "sim-pat-owner", 200),
        (OFFER, "sim-pat-viewer", 403),
        (OFFER, "sim-pat-readonly", 403),
        (OFFER, "sim-pat-member", 200),
    ],
)
def test_who_may_list_them(sim, path, token, status):
    assert sim.api("GET", path, token=token).status_code == status


def test_the_life_of_a_link(sim, links):
    assert linked(sim, links) == []
    assert sim.api("PUT", links + "/SHARED_S3_KEY").status_code == 200
    assert linked(sim, links) == linked(sim, links.replace("projects", "apps")) == ["SHARED_S3_KEY"]
    assert sim.api("PUT", links + "/SHARED_S3_KEY").status_code == 200
    assert linked(sim, links) == ["SHARED_S3_KEY"]
    assert sim.api("DELETE", links + "/SHARED_S3_KEY").status_code == 204
    assert sim.api("DELETE", links + "/SHARED_S3_KEY").status_code == 404
    assert linked(sim, links) == []
    for name in ("NONE", "shared_s3_key", "%2F"):
        assert sim.api("PUT", f"{links}/{name}").status_code == 404, name
    assert sim.api("PUT", links + "/SHARED_S3_KEY", {"value": "x"}).status_code == 400
    assert sim.api("PUT", "/v1/apps/99999/org-secrets/SHARED_S3_KEY").status_code == 404


def test_a_secret_of_the_platform_can_be_linked_and_is_not_offered(sim, links):
    assert sim.api("PUT", f"{links}/{PLATFORM}").status_code == 200
    assert PLATFORM not in sim.api("GET", OFFER).text
    assert linked(sim, links) == [PLATFORM]
    sim.switches(platform_links_listed=False)
    assert linked(sim, links) == []
    sim.seed(platform_secrets=[])
    assert sim.api("PUT", f"{links}/{PLATFORM}").status_code == 404


def test_a_secret_that_is_deleted_is_no_longer_linked(sim, links):
    sim.ok("PUT", links + "/SHARED_S3_KEY")
    sim.ok("PUT", links + "/SHARED_S3_SECRET")
    sim.seed(org_secrets={"SHARED_S3_KEY": None})
    assert linked(sim, links) == ["SHARED_S3_SECRET"]


@pytest.mark.parametrize(
    ("token", "read", "write"), [("viewer", 403, 403), ("readonly", 403, 403), ("member", 200, 200)]
)
def test_who_may_link(sim, links, token, read, write):
    token = f"sim-pat-{token}"
    assert sim.api("GET", links, token=token).status_code == read
    assert sim.api("PUT", links + "/SHARED_S3_KEY", token=token).status_code == write
    assert sim.api("DELETE", links + "/SHARED_S3_KEY", token=token).status_code == (204 if write == 200 else write)


@pytest.mark.parametrize(("link_status", "unlink_status"), [(200, 204), (201, 200), (204, 200)])
@pytest.mark.parametrize("link_bodies", [True, False])
def test_the_answers_to_changes_are_played(sim, links, link_status, unlink_status, link_bodies):
    sim.switches(link_status=link_status, unlink_status=unlink_status, link_bodies=link_bodies, link_again="409")
    for method, status in (("PUT", link_status), ("PUT", 409), ("DELETE", unlink_status)):
        answer = sim.api(method, links + "/SHARED_S3_KEY")
        assert answer.status_code == status
        if status < 300:
            assert (answer.text != "") is (link_bodies and status != 204)


def test_an_older_server_knows_none_of_it(sim, links):
    sim.switches(org_secrets_routes=False)
    for method, path in (("GET", OFFER), ("GET", links), ("PUT", links + "/A"), ("DELETE", links + "/A")):
        assert sim.api(method, path).json() == {"error": "Not found"}
    assert not [path for path in sim.raw("GET", "/v1/docs").json()["paths"] if "org-secrets" in path]


def test_the_next_deployment_takes_them_and_a_secret_of_the_app_wins(sim):
    app = sim.app_with_pod()
    links = f"/v1/apps/{app['id']}/org-secrets"
    for name in ("SHARED_S3_KEY", "SHARED_S3_SECRET", PLATFORM):
        sim.ok("PUT", f"{links}/{name}")
    sim.ok("POST", f"/v1/apps/{app['id']}/secrets", {"name": "SHARED_S3_KEY", "value": "own"})
    sim.deploy(app)
    taken = sim.state_app("my-app")["deployments"][0]["took"]["secrets"]
    assert taken == {"SHARED_S3_KEY": "own", "SHARED_S3_SECRET": "shared secret", PLATFORM: "the platform's own value"}


def test_they_are_seeded(sim):
    sim.seed(
        org_secrets={"PG_PASSWORD": "geheim"}, apps=[{"name": "my-app", "linked_secrets": ["PG_PASSWORD", PLATFORM]}]
    )
    app = sim.state_app("my-app")
    assert app["linked_secrets"] == ["PG_PASSWORD", PLATFORM]
    refused = sim.raw("POST", "/_sim/seed", json={"apps": [{"name": "my-app", "linked_secrets": ["NONE"]}]})
    assert refused.status_code == 400
    org = sim.control("GET", "/state")["orgs"][0]
    assert org["secrets"]["PG_PASSWORD"] == "geheim"
    assert org["platform_secrets"] == [PLATFORM]
