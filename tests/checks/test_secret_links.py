# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment and its links to secrets of the organization, from its creation to the last link."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

KEY, SECRET, PLATFORM = "SHARED_S3_KEY", "SHARED_S3_SECRET", "SCP_OPENAI_API_KEY"
PARAMS = {"s3_key": f"${{secrets:{KEY}}}", "s3_secret": f"${{secrets:{SECRET.lower()}}}"}
POD = {**SPICEPOD, "datasets": [{"from": "s3://b/orders/", "name": "orders", "params": PARAMS}]}


def environment(name, check_mode=False, **options):
    options = {"app": {"name": "sales-app", "spicepod": POD}, "org": "acme", "linked_secrets": [KEY, SECRET], **options}
    return {"name": name, "spiceai.cloud.spice_environment": options, "check_mode": check_mode, "diff": True}


def linked(*names, state="present"):
    options = {"app": "sales-app", "org": "acme", "names": list(names), "state": state}
    return {"name": f"{state} {names}", "spiceai.cloud.spice_secret_link": options}


def step(name, **options):
    """A plan, the run that does it, and one that finds it done."""
    return [
        environment(f"{name} plan", check_mode=True, **options),
        environment(name, **options),
        environment(f"{name} again", **options),
    ]


STEPS = {
    "new": ({}, {KEY: "created", SECRET: "created"}, True),
    "more": (
        {"linked_secrets": [SECRET, PLATFORM]},
        {SECRET: "unchanged", PLATFORM: "created"},
        True,
    ),
    "purged": (
        {"linked_secrets": [KEY], "purge": {"linked_secrets": True}},
        {KEY: "unchanged", SECRET: "deleted", PLATFORM: "deleted"},
        True,
    ),
    "undeployed": ({"linked_secrets": [KEY, SECRET], "deploy": False}, {KEY: "unchanged", SECRET: "created"}, False),
    "none": ({"linked_secrets": [], "purge": {"linked_secrets": True}}, {KEY: "deleted", SECRET: "deleted"}, True),
}


def test_the_links_of_an_environment(cloud, play):
    cloud.clock(**AT_ONCE)
    run = play([task for name, (options, *dummy) in STEPS.items() for task in step(name, **options)]).ok()
    for name, (dummy, outcomes, is_deployed) in STEPS.items():
        plan, done, again = run[f"{name} plan"], run[name], run[f"{name} again"]
        assert plan["plan"] == done["plan"] != [], name
        assert plan["environment"]["linked_secrets"] == done["environment"]["linked_secrets"] == outcomes, name
        assert (plan["changed"], done["changed"], again["changed"]) == (True, True, False), name
        assert plan["environment"]["deployed"] is done["environment"]["deployed"] is is_deployed, name
        assert again["plan"] == again["diff"] == [], name
    assert cloud.apps()["sales-app"]["linked_secrets"] == []
    taken = [set(one["took"]["secrets"]) for one in cloud.apps()["sales-app"]["deployments"]]
    # The second step keeps the link that it does not name.
    assert taken == [{KEY, SECRET}, {KEY, SECRET, PLATFORM}, {KEY}, set()]


def test_a_link_that_somebody_else_changes_is_deployed(cloud, play):
    cloud.clock(**AT_ONCE)
    alone = {"linked_secrets": None}
    tasks = [
        environment("First", **alone),
        linked(KEY),
        environment("Linked", **alone),
        environment("Again", **alone),
        linked(KEY, state="absent"),
        {"name": "Unlinked", "spiceai.cloud.spice_deployment": {"app": "sales-app"}},
        environment("At the end", **alone),
    ]
    run = play(tasks).ok()
    changed = {name: run[name]["changed"] for name in ("First", "Linked", "Again", "Unlinked", "At the end")}
    assert changed == {"First": True, "Linked": True, "Again": False, "Unlinked": True, "At the end": False}
    assert len(cloud.apps()["sales-app"]["deployments"]) == 3


def test_a_server_that_knows_no_links(cloud, play):
    """It is as without them, and links that are asked for are refused before the first write."""
    cloud.clock(**AT_ONCE)
    cloud.switches(org_secrets_routes=False)
    alone = {"linked_secrets": None}
    tasks = [
        environment("First", **alone),
        environment("Again", **alone),
        {"name": "Deployment", "spiceai.cloud.spice_deployment": {"app": "sales-app"}},
        {"name": "Info", "spiceai.cloud.spice_secret_link_info": {"app": "sales-app"}},
        {**environment("Refused", app={"name": "sales-app", "replicas": 3}), "ignore_errors": True},
    ]
    run = play(tasks).ok()
    assert [run[name]["changed"] for name in ("First", "Again", "Deployment")] == [True, False, False]
    assert (run["Info"]["linked_secrets"], run["Info"]["organization_secrets"]) == ([], None)
    assert "The server tells no links of app sales-app" in run["Refused"]["msg"]
    assert cloud.apps()["sales-app"]["replicas"] == 1
