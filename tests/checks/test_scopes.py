# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes that the README names for each playbook are enough, and each of them is used."""

from __future__ import annotations

import re
import uuid

import pytest
from ansible_collections.spiceai.cloud.tests.checks.collection import PLAYBOOKS, ROOT
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE, SPICEPOD
from spice_simulator.routes import registered

SECRET = "the secret of this client"
INCLUDED = {"read": ("read", "write", "delete"), "write": ("write", "delete"), "delete": ("delete",)}

ALWAYS, AT_MOST = "always", "at most"
NAME = "sales-analytics"
# What another tool deployed.
EXISTING = {"name": NAME, "region": "us-east-1", "spicepod": SPICEPOD, "deployed": True}
APP = {"environment_app": {"name": NAME, "replicas": 2}}
PARTS = {
    "environment_secrets": {"PG_PASSWORD": "a value"},
    "environment_fingerprint_key": "forty characters that nobody can guess at",
    "environment_linked_secrets": ["SHARED_S3_KEY"],
    "environment_monitors": [{"name": "Errors", "template": "http_5xx", "op": "GT", "threshold": 0}],
}
MEMBERS = [{"username": "erin", "roles": ["member"]}, {"username": "dave", "state": "absent"}]
QUICK = {"fleet_canary_soak": 0}
ROTATION = {
    "api_key_rotation_app": NAME,
    "api_key_rotation_publish_tasks": "{{ lookup('ansible.builtin.env', 'PWD') }}/publish.yml",
    "api_key_rotation_active_key": 1,
    "api_key_rotation_settle_time": 1,
}
PREVIEW = {
    "preview_app": "sales-pr-7",
    "preview_of": NAME,
    "preview_spicepod_file": str(ROOT / "playbooks/sample/spicepod.yaml"),
}
# One playbook after the other: its name, which of its scopes, and the variables of each of its runs.
CHAINS = [
    [
        ("bootstrap", ALWAYS, [APP]),
        ("fleet_report", ALWAYS, [{"fleet_report_runtime": True}]),
        ("rotate_api_keys", ALWAYS, [ROTATION]),
        ("export", ALWAYS, [{"export_dest": "{{ lookup('ansible.builtin.env', 'PWD') }}/exported"}]),
    ],
    [
        ("bootstrap", AT_MOST, [{**APP, **PARTS, "environment_members": MEMBERS}]),
        ("teardown", ALWAYS, [{"teardown_app": NAME, "teardown_confirm": NAME}]),
    ],
    [("fleet", ALWAYS, [{**APP, **QUICK}]), ("fleet", AT_MOST, [{**APP, **PARTS, **QUICK, "fleet_members": MEMBERS}])],
    [
        ("preview", ALWAYS, [PREVIEW]),
        ("preview", AT_MOST, [{**PREVIEW, "preview_secrets": {"S3_KEY": "a"}}, {**PREVIEW, "preview_state": "absent"}]),
    ],
]


def documented():
    """dict[str, dict[str, set[str]]]: for each playbook the scopes that it always needs, and at most."""
    row = re.compile(r"^\| `spiceai\.cloud\.(\w+)` \| ([^|]*:[^|]*) \| ([^|]*)\|$", re.MULTILINE)
    found = {}
    for name, *cells in row.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        always, more = (set(re.findall(r"`(\w+:\w+)`", cell)) for cell in cells)
        # The fleet needs what the bootstrap needs.
        more = more or (found["bootstrap"][AT_MOST] if "the same" in cells[1] else set())
        found[name] = {ALWAYS: always, AT_MOST: widest(always | more)}
    return found


def widest(scopes):
    """set[str]: without those that another one includes."""
    return {scope for scope in scopes if not scopes & set(including(scope)[1:])}


def including(scope):
    """list[str]: the scope, and those that include it."""
    kind, verb = scope.split(":")
    return [f"{kind}:{wider}" for wider in INCLUDED[verb]]


def used(requests):
    """set[str]: the scopes that these requests need."""
    routes = [(one.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", one.path)), one.scope) for one in registered()]
    return widest(
        {
            scope
            for request in requests
            for method, path, scope in routes
            if scope and method == request["method"] and path.fullmatch(request["path"])
        }
    )


def test_every_playbook_has_its_scopes_in_the_readme():
    assert set(documented()) == set(PLAYBOOKS) == {name for chain in CHAINS for name, dummy, dummy in chain}


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[0][0])
def test_the_scopes_of_the_readme_are_enough_and_all_are_used(chain, play, cloud, tmp_path):
    cloud.clock(**AT_ONCE)
    cloud.seed(apps=[EXISTING])
    (tmp_path / "publish.yml").write_text("- ansible.builtin.set_fact:\n    api_key_rotation_published: true\n")
    for name, which, runs in chain:
        scopes = documented()[name][which]
        client_id = str(uuid.uuid4())
        cloud.seed(clients=[{"client_id": client_id, "client_secret": SECRET, "org": "acme", "scopes": sorted(scopes)}])
        environment = {
            "PWD": str(tmp_path),
            "SPICE_CLOUD_PAT": None,
            "SPICE_CLOUD_CLIENT_ID": client_id,
            "SPICE_CLOUD_CLIENT_SECRET": SECRET,
        }
        cloud.forget()
        for variables in runs:
            play.playbook(f"spiceai.cloud.{name}", (), environment, {"localhost": variables}).ok()
        # One that no request needs would be left out without harm.
        assert used(cloud.requests()) == scopes, f"{name}, {which}"
