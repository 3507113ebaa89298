# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page as a browser shows it, wide and narrow, light and dark, with much and with nothing on it."""

import pytest
from sim_browser import FLAGS, MISSING, Seen, executable
from sim_client import Sim
from sim_lively import HOSTILE, TAGS, UNBROKEN, enliven

pytestmark = pytest.mark.skipif(executable() is None, reason=MISSING)
WIDE, NARROW = 1280, 390  # pixels
WIDTHS = (WIDE, NARROW)
MANY = 45  # apps; the page shows 40
WAITS = "not deployed yet"


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: pip install './tests/simulator[browser]'"
    )
    with sync_api.sync_playwright() as driver:
        # Playwright gives it an empty profile.
        started = driver.chromium.launch(executable_path=executable(), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def cloud(address):
    """A simulator with a lively organization and three others. Nothing in these changes, and the clock stands still."""
    sim = Sim(address)
    sim.reset()
    enliven(sim)
    sim.seed(orgs=[{"name": name} for name in ("nobody", "fleet", "arrivals")], apps=fleet())
    yield sim
    sim.http.close()


def fleet():
    pod = {"version": "v1", "kind": "Spicepod", "name": "x", "datasets": [{"name": "orders", "from": "s3://b/orders"}]}
    names = [f"fleet-member-{number:03d}" for number in range(MANY)]
    return [{"name": name, "org": "fleet", "spicepod": pod, "deployed": True} for name in names]


@pytest.fixture(scope="module")
def lively(cloud):
    """The address of the page of the lively organization."""
    return f"{cloud.address}/?still=1"


@pytest.fixture(scope="module")
def views(browser, lively):
    """The same page in both widths, and in the dark."""
    seen = {one: Seen(browser, *one).open(lively) for one in ((WIDE, "light"), (NARROW, "light"), (WIDE, "dark"))}
    yield seen
    for one in seen.values():
        one.context.close()


@pytest.fixture
def wide(views):
    return views[WIDE, "light"]


@pytest.fixture(params=WIDTHS)
def light(views, request):
    return views[request.param, "light"]


def test_nothing_is_too_wide_and_no_word_is_broken(light):
    assert light.sideways() == []
    assert light.broken_words() == []


def test_everything_can_be_read(views):
    assert {view: seen.pale() for view, seen in views.items()} == dict.fromkeys(views, [])


def test_the_colours_follow_the_reader(views):
    colours = [
        views[WIDE, scheme].page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours == ["rgb(243, 245, 248)", "rgb(16, 20, 27)"]


def test_what_serves_and_what_is_configured(light):
    shop = light.app("shop-prod")
    compared = light.table("What serves and what is configured", shop)
    assert compared["Image"] == ["2.0.3", "2.1.0", WAITS]
    assert compared["Replicas"] == ["2", "3", WAITS]
    assert compared["Region"] == ["us-west-2", "us-west-2", "none"]
    serves, configured, difference = compared["Datasets"]
    assert "returns deleted" in serves
    assert "customers changed" in configured and "shipments new" in configured
    assert difference == WAITS
    assert compared["Models"] == ["assistant", "assistant", "none"]
    assert compared["Rest of the spicepod"] == ["none", 'runtime: {"task_retention": "8h"}', WAITS]
    serves, configured, difference = compared["Secrets"]
    assert "OLD_TOKEN deleted" in serves
    assert "PG_PASSWORD changed" in configured and "NEW_TOKEN new" in configured
    assert difference == WAITS
    secrets = light.table("Secrets", shop)
    assert [secrets[name][-1] for name in ("SHARED_S3_KEY", "PG_PASSWORD", "NEW_TOKEN", "OLD_TOKEN")] == [
        "deployed",
        f"changed, {WAITS}",
        f"new, {WAITS}",
        f"deleted, {WAITS}",
    ]
    assert secrets["SHARED_S3_KEY"][0] == "organization"


def test_datasets_with_their_state(light):
    datasets = light.table("Datasets and models", light.app("shop-prod"))
    assert datasets["orders"] == ["dataset", "s3://acme-lake/orders/2026/", "Ready", ""]
    assert datasets["customers"][1:3] == ["postgres:public.customers", f"Ready changed, {WAITS}"]
    assert datasets["returns"][2:] == [f"Error deleted, {WAITS}", "Access denied to s3://acme-lake/returns/"]
    assert datasets["shipments"][1:3] == ["s3://acme-lake/shipments/", WAITS]
    assert datasets["assistant"][:3] == ["model", "openai:gpt-5-mini", "Ready"]
    assert light.table("Datasets and models", light.app("nightly-reports"))["reports"][2] == "paused"


def test_keys_are_told_and_never_shown(light):
    shop = light.app("shop-prod")
    keys = light.table("API keys", shop)
    assert keys["Slot 1"][0] == "pref…" and keys["Slot 1"][2] == "being replaced"
    assert len(keys["Slot 2"][0]) == 5 and keys["Slot 2"][2] == "active rotation under way"
    assert all(row[1].count(":") == 2 for row in keys.values())
    assert light.table("API keys", light.app("shop-preview"))["Slot 2"][0] == "no key"
    for value in ("first-key-of-the-shop", "monitor-token-value", "first-value", "second-value"):
        assert value not in light.page.content()


def test_pause_fork_and_placement(light):
    assert light.facts(light.app("nightly-reports"))["Paused since"].endswith("s ago")
    assert light.app("nightly-reports").get_by_text("paused", exact=True).first.is_visible()
    assert light.facts(light.app("nightly-reports"))["Placement"] == "acme-prod-east dedicated cluster in us-east-1"
    assert light.facts(light.app("shop-preview"))["Forked from"].startswith("shop-prod #")
    assert light.facts(light.app("shop-prod"))["Placement"].startswith("us-west-2")
    assert light.facts(light.app("idle-app"))["Placement"] == "standalone"


def test_monitors(light):
    monitors = light.table("Monitors", light.app("shop-prod"))
    failures, slow = monitors["Too many failures http_5xx"], monitors["Slow queries query_latency_p99"]
    assert failures[:4] == ["critical", "≥ 5 GEQ over 15m", "email, slack", "enabled"]
    assert slow == ["warn", "> 2.5 GT over 5m, for 5 min 0 s", "http", "disabled", "never"]


def test_deployments_and_instances(light):
    shop = light.app("shop-prod")
    newest, serving, failed = light.table("Deployments, the newest first", shop).values()
    assert newest[:3] == ["in progress", "release 43 [spice:fedc…] by alice@example.com", "2.1.0 × 3"]
    assert newest[-1].endswith("so far")
    assert serving[:2] == ["succeeded serves", "release 42 [spice:89ab…] by alice@example.com"]
    assert failed[:2] == ["failed", "insufficient memory unable_to_start by seed@example.com"]
    assert sorted(row[0] for row in light.table("Instances", shop).values()) == ["not ready"] * 3 + ["ready"] * 2
    broken = light.app("broken-app")
    assert broken.get_by_text("last deployment failed").is_visible()
    assert broken.get_by_text("The image could not be pulled from the registry in time").is_visible()


def test_tags_of_the_collection_are_folded_away(wide):
    shop = wide.app("shop-prod")
    assert shop.get_by_text("env=prod").is_visible()
    note = shop.get_by_text("ansible.active-api-key")
    assert not note.is_visible()
    fold = shop.locator("summary", has_text="2 tags of the collection")
    fold.click()
    assert note.is_visible()
    shown = wide.table("2 tags of the collection", shop)
    assert shown["ansible.active-api-key"][0] == TAGS["ansible.active-api-key"][:23] + "…"
    fold.click()


def test_the_organization_and_what_is_ordered(light):
    page = light.page
    assert light.table("Members") == {
        "alice": ["owner", "#101"],
        "bob": ["admin", "#102"],
        "carol": ["member", "#103"],
        "dave": ["viewer", "#104"],
    }
    assert light.table("Secrets of the organization")["SHARED_S3_KEY"] == ["organization", "2"]
    organization = light.facts(page.locator("#organization"))
    assert (organization["Plan"], organization["resources.max_cpu"]) == ("enterprise", "8")
    faults = light.table("Faults")
    assert faults["secrets-are-away"] == ["GET /secrets$", "1 of 1"]
    assert faults["rate_limit-2"] == ["any ^/v1/regions$", "1, no end"]


def test_the_request_log_marks_writes(light):
    rows = light.page.locator(".log tbody tr")
    writes = light.page.locator(".log tr.write")
    shown = [" ".join(row.inner_text().split()) for row in rows.all()]
    assert len(shown) == 12
    assert sum("/v1/regions fault: rate_limit-2 429" in row for row in shown) == 1
    assert sum("/api/oauth/token 200" in row and "client:deployer" in row for row in shown) == 1
    methods = [row.locator(".method").inner_text() for row in writes.all()]
    assert methods == ["POST", "DELETE", "POST", "POST", "PUT", "POST", "POST"]
    assert [text for text in shown if "(write)" in text] == [" ".join(row.inner_text().split()) for row in writes.all()]
    # By form and by word, not by colour alone.
    look = "one => [getComputedStyle(one).fontWeight, getComputedStyle(one).backgroundColor]"
    plain = light.page.locator(".log .method:not(.write)").first
    assert writes.first.locator(".method").evaluate(look)[0] == "700" != plain.evaluate(look)[0]
    assert writes.first.locator(".method").evaluate(look)[1] != plain.evaluate(look)[1]


def test_only_writes(browser, lively):
    seen = Seen(browser, WIDE).open(lively)
    seen.follow("Writes only")
    assert seen.page.locator(".log tbody tr").count() == seen.page.locator(".log tr.write").count() == 7
    assert "still=1" in seen.page.url
    seen.follow("All")
    assert seen.page.locator(".log tbody tr").count() == 12
    assert seen.complaints == []
    seen.context.close()


def test_a_hostile_name_stays_a_string(views):
    for seen in views.values():
        assert seen.page.locator("img, script, iframe, object").count() == 0
        assert seen.complaints == []
    seen = views[WIDE, "light"]
    hostile = seen.app("hostile-app")
    assert hostile.get_by_text(HOSTILE, exact=True).first.is_visible()
    assert seen.table("Datasets and models", hostile)[HOSTILE][1:] == [HOSTILE, "Error", HOSTILE]
    assert UNBROKEN in seen.table("Datasets and models", hostile)


def test_a_screen_reader_finds_its_way(wide):
    headings = wide.headings()
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(headings, headings[1:], strict=False))
    for role in ("banner", "main", "complementary"):
        assert wide.page.get_by_role(role).count() == 1
    for table in wide.page.get_by_role("table").all():
        assert table.locator("caption").inner_text() and table.get_by_role("columnheader").count() > 1


def test_a_keyboard_skips_the_header(browser, cloud):
    seen = Seen(browser, WIDE).open(f"{cloud.address}/?still=1&org=nobody")
    skip = seen.page.get_by_role("link", name="Skip to the apps")
    left = "one => one.getBoundingClientRect().left"
    assert skip.evaluate(left) < 0
    seen.page.keyboard.press("Tab")
    assert skip.evaluate(left) > 0
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(lambda address: address.endswith("#apps"))
    seen.context.close()


@pytest.mark.parametrize(("org", "apps", "words"), [("nobody", 0, "No app yet."), ("fleet", 40, "and 5 older apps")])
def test_no_app_and_many(browser, cloud, org, apps, words):
    seen = Seen(browser, WIDE).open(f"{cloud.address}/?still=1&org={org}")
    assert seen.page.get_by_role("article").count() == apps
    for width in WIDTHS:
        seen.page.set_viewport_size({"width": width, "height": 900})
        assert seen.page.get_by_text(words).is_visible()
        assert (seen.sideways(), seen.broken_words(), seen.complaints) == ([], [], [])
    seen.context.close()


def test_it_reloads_by_itself_until_it_is_told_to_stop(browser, cloud):
    seen = Seen(browser, WIDE).open(f"{cloud.address}/?org=arrivals")
    cloud.seed(apps=[{"name": "arrives-later", "org": "arrivals"}])
    seen.app("arrives-later").wait_for(timeout=10_000)
    seen.follow("Stop reloading")
    assert seen.page.locator("meta[http-equiv=refresh]").count() == 0
    assert seen.page.get_by_role("link", name="Reload again").is_visible()
    seen.context.close()
