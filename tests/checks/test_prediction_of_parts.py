# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode predicts is what the real run then does, and the run after that changes nothing: secrets, links,
monitors, members, keys and deployments.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD

KEY = "some key"
FIRST, SECOND = "first|key", "second|key"
GLOBEX = {"api_token": "sim-pat-globex"}
OTHER_SPICEPOD = {**SPICEPOD, "name": "other"}


class Scenario(NamedTuple):
    """``module`` with ``options``, for an app of its own made from ``app``. ``prepare``: what runs before, as (module,
    options). ``holds``: a second run changes nothing."""

    module: str
    options: dict
    app: dict | None = None
    prepare: tuple = ()
    holds: bool = True
    changes: bool = True


def secret(value="value", **options):
    return "spice_secret", {"name": "PG_PASSWORD", "value": value, **options}


def secrets(values, **options):
    return "spice_secrets", {"secrets": values, **options}


def deploy(**options):
    return "spice_deployment", {"poll_interval": 0.1, **options}


KEYED, ALWAYS = {"fingerprint_key": KEY}, {"update_secret": "always"}
HAS_ONE, HAS_THREE = {"secrets": {"PG_PASSWORD": "before"}}, {"secrets": {"A": "a", "B": "b", "OLD": "old"}}
ABC = {"A": "a", "B": "b", "C": "c"}
SECRETS = {
    "always-new": Scenario(*secret(**ALWAYS), app={}, holds=False),
    "always-existing": Scenario(*secret(**ALWAYS), app=HAS_ONE, holds=False),
    "on-create-new": Scenario(*secret(update_secret="on_create"), app={}),
    "on-create-existing": Scenario(*secret(update_secret="on_create"), app=HAS_ONE, changes=False),
    "on-change-new": Scenario(*secret(**KEYED), app={}),
    "on-change-never-seen": Scenario(*secret(**KEYED), app=HAS_ONE),
    "on-change-same": Scenario(*secret(**KEYED), app={}, prepare=(secret(**KEYED),), changes=False),
    "on-change-other-value": Scenario(*secret("other", **KEYED), app={}, prepare=(secret(**KEYED),)),
    "on-change-other-key": Scenario(*secret(fingerprint_key="other key"), app={}, prepare=(secret(**KEYED),)),
    "on-change-written-by-others": Scenario(
        *secret(**KEYED), app={}, prepare=(secret(**KEYED), secret("other", **ALWAYS))
    ),
    "always-with-a-key": Scenario(*secret(**ALWAYS, **KEYED), app={}, prepare=(secret(**KEYED),), holds=False),
    "secret-absent": Scenario("spice_secret", {"name": "PG_PASSWORD", "state": "absent"}, app=HAS_ONE),
    "secret-absent-with-fingerprint": Scenario(
        "spice_secret", {"name": "PG_PASSWORD", "state": "absent"}, app={}, prepare=(secret(**KEYED),)
    ),
    "secret-absent-not-there": Scenario(
        "spice_secret", {"name": "PG_PASSWORD", "state": "absent"}, app={}, changes=False
    ),
    "bulk-new": Scenario(*secrets(ABC, **KEYED), app={}),
    "bulk-none": Scenario(*secrets({}), app=HAS_THREE, changes=False),
    "bulk-same": Scenario(*secrets(ABC, **KEYED), app={}, prepare=(secrets(ABC, **KEYED),), changes=False),
    "bulk-one-of-three": Scenario(*secrets({**ABC, "B": "other"}, **KEYED), app={}, prepare=(secrets(ABC, **KEYED),)),
    "bulk-mixed-with-purge": Scenario(
        *secrets(ABC, purge=True, **KEYED), app=HAS_THREE, prepare=(secrets({"A": "a"}, **KEYED),)
    ),
    "bulk-purge-of-all": Scenario(*secrets({}, purge=True), app=HAS_THREE),
    "bulk-purge-of-nothing": Scenario(
        *secrets(ABC, purge=True, update_secret="on_create"), app={"secrets": ABC}, changes=False
    ),
    "bulk-purge-of-a-fingerprint-only": Scenario(
        *secrets({}, purge=True), app={"tags": {"ansible.secret/GONE": "mark@1"}}
    ),
    "bulk-on-create": Scenario(*secrets(ABC, update_secret="on_create"), app=HAS_THREE),
    "bulk-always": Scenario(*secrets(ABC, **ALWAYS), app=HAS_THREE, holds=False),
    "bulk-numbers": Scenario(*secrets({"PORT": 5432, "ZERO": 0}, **KEYED), app={}),
}


S3_KEY, S3_SECRET, PLATFORM = "SHARED_S3_KEY", "SHARED_S3_SECRET", "SCP_OPENAI_API_KEY"
HAS_LINKS = {"linked_secrets": [S3_KEY, PLATFORM]}


def link(*names, **options):
    return "spice_secret_link", {"names": list(names), "org": "acme", **options}


LINKS = {
    "link-new": Scenario(*link(S3_KEY, S3_SECRET), app={}),
    "link-one-by-name": Scenario("spice_secret_link", {"name": S3_KEY, "org": "acme"}, app={}),
    "link-one-of-two": Scenario(*link(S3_KEY, S3_SECRET), app=HAS_LINKS),
    "link-same": Scenario(*link(PLATFORM, S3_KEY), app=HAS_LINKS, changes=False),
    "link-mixed-with-purge": Scenario(*link(S3_SECRET, S3_KEY, purge=True), app=HAS_LINKS),
    "link-purge-of-all": Scenario(*link(purge=True), app=HAS_LINKS),
    "link-absent": Scenario(*link(S3_KEY, S3_SECRET, state="absent"), app=HAS_LINKS),
    "link-absent-not-there": Scenario(*link(S3_SECRET, state="absent"), app=HAS_LINKS, changes=False),
}


def monitor(name="failing", **options):
    return "spice_monitor", {"name": name, "template": "http_5xx", "op": "GT", "threshold": 0, **options}


def hook(token=None, **more):
    token = {"token": token} if token else {}
    return {"targets": [{"type": "http", "url": "https://hooks.example.com/spice", **token, **more}]}


ALERT = {"monitors": [{"name": "Failing", "templateId": "http_5xx"}]}
SLOW = {"template": "query_latency_p99", "threshold": 1000}
MONITORS = {
    "alert-new": Scenario(*monitor(**hook()), app={}),
    "alert-new-disabled": Scenario(*monitor(enabled=False, description="Why", **hook("a-token"), **KEYED), app={}),
    "alert-new-of-another-template": Scenario(*monitor(**{**SLOW, **hook()}), app={}),
    "alert-same": Scenario(*monitor(), app=ALERT, changes=False),
    "alert-other-condition": Scenario(*monitor(threshold=5, window="1h", severity="warn"), app=ALERT),
    "alert-other-template": Scenario(*monitor(**SLOW), app=ALERT),
    "alert-other-targets": Scenario(*monitor(**hook(method="PUT")), app=ALERT),
    "alert-disabled": Scenario(*monitor(enabled=False), app=ALERT),
    "alert-described": Scenario(*monitor(description="Why"), app=ALERT),
    "alert-same-token": Scenario(
        *monitor(**hook("a-token"), **KEYED), app={}, prepare=(monitor(**hook("a-token"), **KEYED),), changes=False
    ),
    "alert-other-token": Scenario(
        *monitor(**hook("b-token"), **KEYED), app={}, prepare=(monitor(**hook("a-token"), **KEYED),)
    ),
    "alert-always": Scenario(
        *monitor(**hook("a-token"), **ALWAYS), app={}, prepare=(monitor(**hook("a-token"), **ALWAYS),), holds=False
    ),
    "alert-absent": Scenario("spice_monitor", {"name": "failing", "state": "absent"}, app=ALERT),
    "alert-absent-not-there": Scenario("spice_monitor", {"name": "none", "state": "absent"}, app=ALERT, changes=False),
}


def member(username, **options):
    return "spice_member", {"username": username, **options}


PEOPLE = ["new-one", "new-viewer", "Case", "gone", "bulk-new", "free"]
MEMBERS = {
    "admin-1": ["admin"],
    "two-roles": ["member", "viewer"],
    "promoted": ["viewer"],
    "leaver": ["member"],
    "CASE-2": ["viewer"],
    "bulk-same": ["member"],
    "bulk-other": ["member"],
}
GLOBEX_MEMBERS = {"stays": ["member"], "changes": ["viewer"], "leaves": ["member"]}
MEMBERSHIPS = {
    "add": Scenario(*member("new-one")),
    "add with roles": Scenario(*member("new-viewer", roles=["viewer"])),
    "leave the roles alone": Scenario(*member("admin-1"), changes=False),
    "the same roles in another order": Scenario(*member("two-roles", roles=["viewer", "member"]), changes=False),
    "other roles": Scenario(*member("promoted", roles=["admin", "member"])),
    "another case": Scenario(*member("case-2", roles=["member"])),
    "remove": Scenario(*member("leaver", state="absent")),
    "remove who is none": Scenario(*member("gone", state="absent"), changes=False),
    "an owner as he is": Scenario(*member("alice"), changes=False),
    "several": Scenario(
        "spice_members",
        {
            "members": [
                {"username": "bulk-new", "roles": ["viewer"]},
                {"username": "bulk-same", "roles": ["member"]},
                {"username": "Bulk-Other", "roles": ["admin"]},
            ]
        },
    ),
    "several with purge": Scenario(
        "spice_members",
        {
            "members": [
                {"username": "stays"},
                {"username": "changes", "roles": ["admin"]},
                {"username": "free"},
            ],
            "purge": True,
            **GLOBEX,
        },
    ),
}


def key(**options):
    return "spice_api_key", options


ONE_KEY, TWO_KEYS = {"api_key": FIRST}, {"api_key": FIRST, "api_key_2": SECOND}
KEYS = {
    "key-there": Scenario(*key(key_number=1), app=ONE_KEY, changes=False),
    "key-empty": Scenario(*key(key_number=2), app=ONE_KEY),
    "key-empty-revealed": Scenario(*key(key_number=2, reveal=True), app=ONE_KEY),
    "key-there-revealed": Scenario(*key(key_number=2, reveal=True), app=TWO_KEYS, changes=False),
    "key-regenerated": Scenario(*key(key_number=1, state="regenerated"), app=TWO_KEYS, holds=False),
    "key-revoked-first": Scenario(*key(state="revoked", value=FIRST), app=TWO_KEYS),
    "key-revoked-second": Scenario(*key(state="revoked", value=SECOND), app=TWO_KEYS),
    "key-revoked-nowhere": Scenario(*key(state="revoked", value="third|key"), app=TWO_KEYS, changes=False),
}

CONFIG = {"spicepod": SPICEPOD, "replicas": 2, "secrets": {"A": "a"}}
DEPLOYMENTS = {
    "never-deployed": Scenario(*deploy(), app=CONFIG),
    "never-deployed-described": Scenario(
        *deploy(branch="main", commit_sha="0123abc", commit_message="By hand"), app=CONFIG
    ),
    "never-deployed-with-overrides": Scenario(*deploy(image_tag="2.0.3", replicas=3, debug=True), app=CONFIG),
    "deployed-without-stamp": Scenario(*deploy(), app={**CONFIG, "deployed": True}),
    "deployed-failed": Scenario(
        *deploy(), app={**CONFIG, "deployments": [{"status": "failed", "error_message": "No"}]}
    ),
    "deployed-same": Scenario(*deploy(), app=CONFIG, prepare=(deploy(),), changes=False),
    "deployed-same-described-anew": Scenario(
        *deploy(commit_message="Another"), app=CONFIG, prepare=(deploy(),), changes=False
    ),
    "deployed-other-config": Scenario(
        *deploy(), app=CONFIG, prepare=(deploy(), ("spice_app", {"spicepod": OTHER_SPICEPOD}))
    ),
    "deployed-other-tags": Scenario(
        *deploy(), app=CONFIG, prepare=(deploy(), ("spice_app", {"tags": {"a": "b"}})), changes=False
    ),
    "deployed-other-secret": Scenario(*deploy(), app=CONFIG, prepare=(deploy(), secret())),
    "deployed-other-link": Scenario(*deploy(), app=CONFIG, prepare=(deploy(), link(S3_KEY))),
    "deployed-same-links": Scenario(*deploy(), app={**CONFIG, **HAS_LINKS}, prepare=(deploy(),), changes=False),
    "deployed-other-overrides": Scenario(*deploy(replicas=5), app=CONFIG, prepare=(deploy(replicas=4),)),
    "deployed-forced": Scenario(*deploy(force=True), app=CONFIG, prepare=(deploy(),), holds=False),
    "deployed-without-waiting": Scenario(*deploy(wait=False), app=CONFIG),
    "deployed-by-channel": Scenario(*deploy(channel="preview"), app=CONFIG),
}

# What only the server can make, or only the real run.
SERVER_MADE = {
    "spice_secret": {"secret.id", "secret.created_at", "secret.updated_at"},
    "spice_secrets": {"secrets.id", "secrets.created_at", "secrets.updated_at"},
    "spice_secret_link": set(),
    "spice_monitor": {"monitor.id"},
    "spice_member": {"member.user_id", "member.created_at"},
    "spice_members": {"members.user_id", "members.created_at"},
    "spice_api_key": {"api_key.fingerprint", "api_key.value"},
    "spice_deployment": {
        "waited_seconds",
        "deployment.id",
        "deployment.created_at",
        "deployment.started_at",
        "deployment.finished_at",
        "deployment.updated_at",
        "deployment.created_by",
        "deployment.creation_source",
    },
}
NEVER_COMPARED = {"api", "invocation", "failed", "diff", "warnings"}


def test_prediction_is_what_happens_and_then_holds(play, cloud):
    table = {**SECRETS, **LINKS, **MONITORS, **MEMBERSHIPS, **KEYS, **DEPLOYMENTS}
    members = [{"username": name, "roles": roles} for name, roles in MEMBERS.items()]
    members += [{"username": name, "roles": roles, "org": "globex"} for name, roles in GLOBEX_MEMBERS.items()]
    apps = [{"name": name, **one.app} for name, one in table.items() if one.app is not None]
    cloud.reset(apps=apps, users=[{"username": name} for name in PEOPLE], members=members)
    cloud.clock(**AT_ONCE)
    play([task(name, one, *step) for name, one in table.items() for step in one.prepare]).ok()
    cloud.clock(queued_seconds=0.1, in_progress_seconds=0)
    tasks = [task(name, one, one.module, one.options) for name, one in table.items()]
    cloud.forget()
    plan = play(tasks, args=["--diff", "--check"]).ok()
    assert cloud.log(writes=True) == []
    done = play(tasks, args=["--diff"]).ok()
    held = [one for one in tasks if table[one["name"]].holds]
    cloud.forget()
    again = play(held, args=["--diff"]).ok()
    assert cloud.log(writes=True) == []
    assert plan.warnings() == done.warnings() == again.warnings() == []

    wrong = {
        name: complaints for name, one in table.items() if (complaints := differences(one, plan[name], done[name]))
    }
    for name in [one["name"] for one in held]:
        if again[name]["changed"] or again[name]["diff"]["before"] != again[name]["diff"]["after"]:
            wrong.setdefault(name, []).append(f"is not idempotent: {again[name]}")
    assert wrong == {}


def task(name, scenario, module, options):
    parent = {} if scenario.app is None else {"name" if module == "spice_app" else "app": name}
    return {"name": name, f"spiceai.cloud.{module}": {**parent, **options}}


def differences(scenario, planned, done):
    """list[str]: where the prediction was wrong, or the scenario is not what its table says."""
    made = SERVER_MADE[scenario.module] if scenario.changes else {"waited_seconds"}
    expected, real = flat(planned), flat(done)
    found = [
        f"{path}: {expected.get(path)} became {real.get(path)}"
        for path in sorted(set(expected) | set(real))
        if path.split("[")[0] not in made and path not in made and expected.get(path) != real.get(path)
    ]
    if without_new_keys(planned["diff"]) != without_new_keys(done["diff"], planned["diff"]):
        found.append(f"diff: {planned['diff']} became {done['diff']}")
    if done["changed"] != scenario.changes:
        found.append(f"changed: {done['changed']}")
    # The collection's own tags are in no diff.
    shows = scenario.changes and done.get("outcomes") != {}
    if (done["diff"]["before"] != done["diff"]["after"]) != shows:
        found.append(f"the diff shows {'nothing' if shows else 'something'}: {done['diff']}")
    return found


def without_new_keys(diff, plan=None):
    """The diff, but for fingerprints of keys that the plan calls new: it cannot know them."""
    if plan is None:
        return diff
    after = diff["after"]
    for number in re.findall(r"key (\d): a new key", plan["after"]):
        after = re.sub(rf"(key {number}): '?[0-9a-f]{{12}}'?", r"\1: a new key", after)
    return {**diff, "after": after}


def flat(value, path=""):
    """dict: the values of a result by their paths; entries of lists by their names, in no order.

    What is empty, null or absent means the same.
    """
    if isinstance(value, dict):
        keys = [key for key in value if path or key not in NEVER_COMPARED]
        return {
            inner: found for key in keys for inner, found in flat(value[key], f"{path}.{key}" if path else key).items()
        }
    if isinstance(value, list) and value and isinstance(value[0], dict):
        entries = {str(entry.get("name") or entry.get("username")): entry for entry in value}
        return {
            f"{inner}[{name}]": found for name, entry in entries.items() for inner, found in flat(entry, path).items()
        }
    if isinstance(value, list):
        return {path: sorted(value)}
    return {path: value} if value not in (None, "", {}) else {}
