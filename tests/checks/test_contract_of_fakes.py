# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fake cloud of the unit tests answers as the simulator does: the same requests go to both.

Compared are the status, the media type, the keys at each level, and the values. Of what each side makes up (MADE_UP,
OFFERED) the types are compared. Where the two differ, the simulator is right.
"""

from __future__ import annotations

import re

import pytest
import requests
import responses
from ansible_collections.spiceai.cloud.tests.checks.simulator import CLIENT_ID, CLIENT_SECRET, OWNER
from ansible_collections.spiceai.cloud.tests.unit import fake_routing, fakes
from ansible_collections.spiceai.cloud.tests.unit.fake_cloud import Cloud, cluster

MEMBERS = {"alice": "owner", "bob": "admin", "carol": "member", "dave": "viewer"}
# Each side has ids, addresses, keys and tokens of its own, and its own words for what is wrong with a field.
MADE_UP = {
    "access_token",
    "api_key",
    "api_key_2",
    "created_by",
    "deployment_id",
    "endpoint",
    "error_description",
    "fieldErrors",
    "formErrors",
    "id",
    "scope",
    "user_id",
}
# What the platform offers is an invention on both sides: only the form of one entry is compared.
OFFERED = {"clusters", "default", "images", "limits", "orgs", "regions"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
IN_SENTENCE = re.compile(r"ID \d+|app-\d+-\d+-0")
CLUSTER = "acme-prod-west"
SPICEPOD = {"version": "v1", "kind": "Spicepod", "name": "contract-app"}


def comparable(value, is_made_up=False):
    """The same document, with types instead of what is made up. A list of made up values is cut to one."""
    if isinstance(value, dict):
        return {
            IN_SENTENCE.sub("ID #", key): comparable(item, is_made_up or key in MADE_UP) for key, item in value.items()
        }
    if isinstance(value, list):
        items = [comparable(item, is_made_up) for item in value]
        return items[:1] if is_made_up else items
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return "a time" if TIME.fullmatch(value) else "a string" if is_made_up else IN_SENTENCE.sub("ID #", value)
    return "a number" if is_made_up else value


def form(value):
    """The types alone; a list is the set of the forms of its entries."""
    if isinstance(value, dict):
        return {key: form(item) for key, item in value.items()}
    if isinstance(value, list):
        forms = [form(item) for item in value]
        return [each for number, each in enumerate(forms) if each not in forms[:number]]
    return type(value).__name__


def differences(fake, simulator, where=""):
    """list[str]: where the two documents differ."""
    if isinstance(fake, dict) and isinstance(simulator, dict):
        return [
            line
            for key in sorted({*fake, *simulator})
            for line in differences(fake.get(key, "no such key"), simulator.get(key, "no such key"), f"{where}.{key}")
        ]
    if isinstance(fake, list) and isinstance(simulator, list) and len(fake) == len(simulator):
        pairs = enumerate(zip(fake, simulator))
        return [line for number, pair in pairs for line in differences(*pair, f"{where}[{number}]")]
    # True is 1 to Python, and not to a reader of JSON.
    same = fake == simulator and isinstance(fake, bool) == isinstance(simulator, bool)
    return [] if same else [f"{where}: the fake has {fake!r}, the simulator {simulator!r}"]


class Side:
    """Sends the requests of a topic to one of the two, and keeps what was answered."""

    def __init__(self, url, token, client):
        self.url, self.token, self.client = url, token, client
        self.steps = []
        self.served = []  # (method, path) of what succeeded

    def ask(self, method, path, body=None, *, token=None, anonymous=False, raw=None, **parts):
        """The body of the answer. ``{name}`` in the path stands for one of ``parts``."""
        headers = {} if anonymous else {"Authorization": f"Bearer {token or self.token}"}
        if raw is not None:
            headers["Content-Type"] = "application/json"
        address = path.format(**parts)
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(method, self.url + address, json=body, data=raw, headers=headers, timeout=30)
        answer = response.json() if response.content else None
        offer = answer is not None and set(answer) & OFFERED or path == "/v1/limits"
        told = form(answer) if offer and response.ok else comparable(answer)
        kind = response.headers.get("Content-Type")
        self.steps.append([f"{method} {path} {raw if body is None else body}", response.status_code, kind, told])
        if response.ok:
            self.served.append((method, address.partition("?")[0]))
        return answer

    def an_app(self, name="contract-app"):
        return self.ask("POST", "/v1/apps", {"name": name, "region": "us-west-2"})["id"]


class FakeSide(Side):
    def __init__(self, mock):
        super().__init__(fakes.API, fakes.PAT, (fakes.CLIENT_ID, fakes.CLIENT_SECRET))
        self.fake = Cloud(mock)
        for name, role in MEMBERS.items():
            self.fake.add_member(name, [role])
        self.fake.users["erin"] = 500
        self.fake.clusters = [cluster(CLUSTER, "us-west-2")]

    def without_projects(self):
        self.fake.routes = {"apps"}

    def without_config_in_writes(self):
        self.fake.with_config = False

    def pause(self, app):
        self.fake.apps[app]["paused_at"] = self.fake.apps[app]["created_at"]

    def connect(self, app):
        self.fake.connected.add(app)

    def instance_of(self, app):
        name = f"app-{app}-1-0"
        self.fake.add_instance(name, ["INFO Rollout finished"], app)
        return name

    def newest_deployment_is(self, status):
        list(self.fake.deployments.values())[-1][-1]["status"] = status


class SimulatorSide(Side):
    def __init__(self, simulator):
        super().__init__(simulator.address, OWNER, (CLIENT_ID, CLIENT_SECRET))
        self.simulator = simulator
        simulator.clock(mode="manual", queued_seconds=10, in_progress_seconds=10)

    def without_projects(self):
        self.simulator.switches(projects_routes=False)

    def without_config_in_writes(self):
        self.simulator.switches(config_in_writes=False)

    def pause(self, app):
        self._post(f"/v1/apps/{app}/pause")

    def connect(self, app):
        self.simulator.seed(repository={"contract-app": {"name": "acme/contract-app"}})

    def _post(self, path):
        """A request that is no step, because the fake has no such route."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with requests.Session() as session:
            session.trust_env = False
            session.post(self.url + path, headers=headers, timeout=30).raise_for_status()

    def instance_of(self, app):
        return f"app-{app}-{self.simulator.apps()['contract-app']['deployments'][-1]['id']}-0"

    def newest_deployment_is(self, status):
        """One phase further, which must lead to this status."""
        self.simulator.advance(10)
        app = list(self.simulator.apps().values())[-1]
        assert app["deployments"][-1]["status"] == status


def apps(side):
    ask = side.ask
    ask("GET", "/v1/apps")
    app = side.an_app()
    ask("GET", "/v1/apps/{app}", app=app)
    ask("GET", "/v1/projects/{app}", app=app)
    ask("POST", "/v1/apps", {"name": "contract-app", "region": "us-west-2"})
    ask("POST", "/v1/apps", {"name": "Contract-App", "region": "us-west-2"})
    ask("POST", "/v1/apps", {"name": "standalone-app", "description": "d", "visibility": "public", "tags": {"a": "b"}})
    ask("POST", "/v1/projects", {"name": "older-app", "cname": "us-west-2-prod-aws-data", "replicas": 2})
    for query in ("", "?limit=2", "?limit=1&offset=1", "?limit=9999", "?limit=0", "?limit=x", "?after_id=x"):
        ask("GET", "/v1/apps" + query)
    ask("GET", "/v1/apps?after_id={app}", app=app)
    ask("GET", "/v1/projects")
    side.without_projects()
    ask("GET", "/v1/projects")
    ask("GET", "/v1/projects/{app}", app=app)


def changes_of_an_app(side):
    ask, app = side.ask, side.an_app()
    for body in (
        {},
        {"description": "d", "visibility": "public", "production_branch": "main", "tags": {"env": "prod"}},
        {"spicepod": SPICEPOD, "replicas": 3, "resources": {"limits": {"cpu": "2"}}},
        {"registry": "r", "image": "i", "update_channel": "nightly", "version": "2.1", "node_group": "g"},
        {"storage_size_gb": 20},
        {"storage_claim_size_gb": 30},
        {"storage_size_gb": 40, "storage_claim_size_gb": 50},
        {"description": "", "production_branch": "", "tags": {}, "image_tag": None, "resources": None},
        {"executor": {"replicas": 1}},
        {"region": "us-east-1"},
        {"cluster_name": None},
    ):
        ask("PUT", "/v1/apps/{app}", body, app=app)
    ask("GET", "/v1/apps/{app}", app=app)
    side.without_config_in_writes()
    ask("PUT", "/v1/apps/{app}", {"description": "e"}, app=app)
    ask("POST", "/v1/apps", {"name": "another-app", "region": "us-west-2"})
    ask("DELETE", "/v1/projects/{app}", app=app)
    for method, body in (("GET", None), ("DELETE", None), ("PUT", {"description": "d"})):
        ask(method, "/v1/apps/{app}", body, app=app)
    side.an_app()


def places_of_apps(side):
    ask, on_no_cluster = side.ask, side.an_app()
    on_a_cluster = ask("POST", "/v1/apps", {"name": "cluster-app", "cluster_name": CLUSTER})["id"]
    ask("POST", "/v1/apps", {"name": "region-app", "region": "us-east-1", "cluster_name": None})
    ask("POST", "/v1/apps", {"name": "standalone-app", "cluster_name": None})
    ask("POST", "/v1/apps", {"name": "cname-app", "cname": "us-east-1-prod-aws-data", "cluster_name": None})
    ask("POST", "/v1/apps", {"name": "twice-app", "cname": "us-east-1-prod-aws-data", "region": "us-west-2"})
    for body in ({"cluster_name": None}, {"region": "us-west-2"}, {"cluster_name": CLUSTER}):
        ask("PUT", "/v1/apps/{app}", body, app=on_a_cluster)
    for body in ({"cluster_name": None}, {"region": "us-east-1"}, {"cluster_name": CLUSTER}, {"cluster_name": None}):
        ask("PUT", "/v1/apps/{app}", body, app=on_no_cluster)
    ask("GET", "/v1/apps")


def bodies_of_apps(side):
    ask, app = side.ask, side.an_app()
    for body in (
        {},
        {"name": "abc"},
        {"name": "a" * 39},
        {"name": "under_score"},
        {"name": 5},
        {"name": "some-app", "colour": "red"},
        {"name": "some-app", "visibility": "hidden"},
        {"name": "some-app", "tags": {"1a": "b"}},
        {"name": "some-app", "tags": {"a": "b c"}},
        {"name": "some-app", "tags": "a"},
        {"name": "some-app", "replicas": 11, "update_channel": "weekly"},
        {"name": "some-app", "spicepod": {}},
        [],
    ):
        ask("POST", "/v1/apps", body)
    for body in (
        {"name": "other-app"},
        {"replicas": 0},
        {"replicas": "2"},
        {"replicas": True},
        {"description": None},
        {"storage_size_gb": 0},
        {"storage_size_gb": "5"},
        {"spicepod": 5},
        {"tags": None},
    ):
        ask("PUT", "/v1/apps/{app}", body, app=app)
    for raw in ("", "{", "[]", "null"):
        ask("PUT", "/v1/apps/{app}", raw=raw, app=app)
    ask("GET", "/v1/apps/{app}", app=app)


def secrets(side):
    ask, app = side.ask, side.an_app()
    path = "/v1/apps/{app}/secrets"
    ask("GET", path, app=app)
    for body in ({"name": "A", "value": "1"}, {"name": "_b2", "value": ""}, {"name": "A", "value": "2"}):
        ask("POST", path, body, app=app)
    for body in (
        {},
        {"name": "A"},
        {"name": "A-B", "value": "1"},
        {"name": "2A", "value": "1"},
        {"name": "A", "value": 5},
        {"name": "A", "value": None},
        {"name": "A", "value": "1", "more": 1},
    ):
        ask("POST", path, body, app=app)
    ask("GET", path, app=app)
    ask("GET", path + "/A", app=app)
    ask("GET", path + "/a", app=app)
    ask("DELETE", path + "/A", app=app)
    ask("DELETE", path + "/A", app=app)
    ask("GET", path, app=app)
    for method, body in (("GET", None), ("POST", {"name": "A", "value": "1"})):
        ask(method, "/v1/apps/99999/secrets", body)
    ask("DELETE", "/v1/apps/99999/secrets/A")


def secrets_of_the_organization(side):
    ask, app = side.ask, side.an_app()
    org = ask("GET", "/v1/orgs")["orgs"][0]["id"]
    for number in (org, 99999, "acme"):
        ask("GET", "/v1/orgs/{org}/secrets", org=number)
    path = "/v1/apps/{app}/org-secrets"
    ask("GET", path, app=app)
    for name in ("SHARED_S3_KEY", "SHARED_S3_KEY", "SCP_OPENAI_API_KEY", "NONE", "shared_s3_key"):
        ask("PUT", path + "/{name}", app=app, name=name)
    ask("PUT", path + "/SHARED_S3_KEY", {"value": "x"}, app=app)
    ask("GET", path, app=app)
    for name in ("SHARED_S3_KEY", "SHARED_S3_KEY", "NONE"):
        ask("DELETE", path + "/{name}", app=app, name=name)
    ask("GET", path, app=app)
    for method in ("PUT", "DELETE"):
        ask(method, "/v1/apps/99999/org-secrets/SHARED_S3_KEY")
    ask("GET", "/v1/apps/99999/org-secrets")


def api_keys(side):
    ask, app = side.ask, side.an_app()
    path = "/v1/apps/{app}/api-keys"
    first = ask("GET", path, app=app)
    for body in (None, {}, {"key_number": 2}, {"key_number": 1}, {"key_number": 0}):
        before = ask("GET", path, app=app)
        after = ask("POST", path, body, app=app)
        side.steps.append(["unchanged keys", {key: after[key] == before[key] for key in before}])
    assert first["api_key"]
    for body in ({"key_number": 3}, {"key_number": "1"}, {"key_number": True}, {"slot": 1}):
        ask("POST", path, body, app=app)
    ask("GET", "/v1/apps/99999/api-keys")
    ask("POST", "/v1/apps/99999/api-keys", {"key_number": 1})


def deployments(side):
    ask, app = side.ask, side.an_app()
    path = "/v1/apps/{app}/deployments"
    ask("GET", path, app=app)
    ask("POST", path, {}, app=app)
    ask("PUT", "/v1/apps/{app}", {"spicepod": SPICEPOD}, app=app)
    for body in ({"replicas": 0}, {"channel": "weekly"}, {"debug": "yes"}, {"colour": "red"}, {"branch": 5}):
        ask("POST", path, body, app=app)
    deployment = ask("POST", path, app=app)["id"]
    ask("POST", path, {}, app=app)
    for status in ("in_progress", "succeeded"):
        side.newest_deployment_is(status)
        ask("GET", path + "/{deployment}", app=app, deployment=deployment)
    ask("POST", path, {"replicas": 2, "branch": "b", "commit_sha": "c", "commit_message": "m", "debug": True}, app=app)
    side.newest_deployment_is("in_progress")
    ask("POST", path, {"channel": "nightly"}, app=app)
    for query in ("", "?limit=1", "?limit=999", "?status=succeeded", "?status=created", "?status=gone", "?limit=0"):
        ask("GET", path + query, app=app)
    ask("GET", path + "/99999", app=app)
    ask("GET", path + "/x", app=app)
    ask("GET", "/v1/apps/99999/deployments")
    ask("POST", "/v1/apps/99999/deployments", {})


def instances(side):
    ask, app = side.ask, side.an_app()
    ask("GET", "/v1/apps/{app}/instances", app=app)
    ask("GET", "/v1/apps/{app}/metrics", app=app)
    ask("PUT", "/v1/apps/{app}", {"spicepod": SPICEPOD}, app=app)
    ask("POST", "/v1/apps/{app}/deployments", app=app)
    side.newest_deployment_is("in_progress")
    side.newest_deployment_is("succeeded")
    name = side.instance_of(app)
    ask("GET", "/v1/apps/{app}/instances", app=app)
    for query in ("?tail=1", "?tail=0", "?tail=x"):
        ask("GET", "/v1/projects/{app}/instances/{name}/logs" + query, app=app, name=name)
    ask("GET", "/v1/apps/{app}/instances/app-0-0-0/logs", app=app)
    for query in ("", "?window=15m", "?window=soon"):
        ask("GET", "/v1/apps/{app}/metrics" + query, app=app)
    side.pause(app)
    ask("GET", "/v1/apps/{app}/instances", app=app)
    ask("GET", "/v1/apps/{app}/instances/{name}/logs", app=app, name=name)
    ask("GET", "/v1/apps/{app}/metrics", app=app)


def paused_apps(side):
    ask, app = side.ask, side.an_app()
    for body in ({"spicepod": SPICEPOD}, {"description": "d"}):
        ask("PUT", "/v1/apps/{app}", body, app=app)
    side.pause(app)
    for body in ({"description": "e"}, {"replicas": 2}):
        ask("PUT", "/v1/apps/{app}", body, app=app)
    ask("GET", "/v1/apps/{app}", app=app)
    ask("GET", "/v1/apps")
    ask("POST", "/v1/apps/{app}/deployments", {}, app=app)
    ask("GET", "/v1/apps/{app}/deployments", app=app)
    ask("PUT", "/v1/apps/{app}", {"spicepod": {**SPICEPOD, "datasets": []}}, app=app)
    ask("POST", "/v1/apps/{app}/deployments", {}, app=app)
    for action in ("resume", "pause", "pause", "resume", "resume"):
        ask("POST", f"/v1/apps/{{app}}/{action}", app=app)
        ask("GET", "/v1/apps/{app}", app=app)
        ask("GET", "/v1/apps/{app}/deployments?status=queued", app=app)
    for action in ("pause", "resume"):
        ask("POST", f"/v1/apps/{{app}}/{action}", {"reason": "r"}, app=app)
        ask("POST", f"/v1/apps/99999/{action}")
    empty = ask("POST", "/v1/apps", {"name": "contract-empty", "region": "us-west-2"})["id"]
    for action in ("pause", "resume"):
        ask("POST", f"/v1/apps/{{app}}/{action}", app=empty)
    ask("GET", "/v1/apps/{app}", app=empty)


def forks(side):
    ask, app = side.ask, side.an_app()
    ask("POST", "/v1/apps/{app}/forks", {"name": "contract-fork"}, app=app)
    ask("PUT", "/v1/apps/{app}", {"spicepod": SPICEPOD, "description": "d", "tags": {"a": "b"}, "replicas": 2}, app=app)
    ask("POST", "/v1/apps/{app}/secrets", {"name": "TOKEN", "value": "t"}, app=app)
    ask("POST", "/v1/apps/{app}/deployments", {}, app=app)
    side.newest_deployment_is("in_progress")
    side.newest_deployment_is("succeeded")
    for body in (
        {"name": "contract-fork"},
        {"name": "Contract-Fork"},
        {"name": "x"},
        {"description": "d"},
        {"name": "another-fork", "scheduler_state_location": "s3://b"},
        {"name": "another-fork", "region": "us-east-1"},
        {"name": "third-fork", "cluster_name": CLUSTER},
        None,
    ):
        made = ask("POST", "/v1/apps/{app}/forks", body, app=app)
        if "id" in made:
            ask("GET", "/v1/apps/{app}", app=made["id"])
            ask("GET", "/v1/apps/{app}/secrets", app=made["id"])
            ask("GET", "/v1/apps/{app}/deployments", app=made["id"])
    ask("POST", "/v1/apps/99999/forks", {"name": "contract-fork"})


def connected_apps(side):
    ask, app = side.ask, side.an_app()
    ask("PUT", "/v1/apps/{app}", {"spicepod": SPICEPOD}, app=app)
    side.connect(app)
    for body in (
        {"spicepod": dict(reversed(SPICEPOD.items()))},
        {"spicepod": {**SPICEPOD, "name": "another"}, "replicas": 2},
        {"replicas": 3},
    ):
        ask("PUT", "/v1/apps/{app}", body, app=app)
    ask("GET", "/v1/apps/{app}", app=app)


def members(side):
    ask = side.ask
    ids = {member["username"]: member["user_id"] for member in ask("GET", "/v1/members")["members"]}
    for body in (
        {"username": "nobody-knows"},
        {"username": "BOB"},
        {"username": "ERIN", "roles": ["viewer", "member", "viewer"]},
        {"username": ""},
        {},
        {"username": "erin", "roles": []},
        {"username": "erin", "roles": ["king"]},
        {"username": "erin", "roles": "member"},
        {"username": "erin", "email": "e"},
    ):
        ids.setdefault("erin", ask("POST", "/v1/members", body).get("user_id"))
        ids = {name: user_id for name, user_id in ids.items() if user_id}
    path = "/v1/members/{user}"
    for user in (ids["erin"], ids["alice"], 99999, "x"):
        ask("GET", path, user=user)
        ask("PATCH", path, {"roles": ["admin", "admin"]}, user=user)
        for body in ({}, {"roles": []}, {"roles": ["king"]}, {"username": "x"}):
            ask("PATCH", path, body, user=user)
    for user in (ids["erin"], ids["erin"], ids["alice"], ids["dave"], "x"):
        ask("DELETE", path, user=user)
    ask("GET", "/v1/members")
    ask("POST", "/v1/members", {"username": "erin"})


def monitors(side):
    ask, app = side.ask, side.an_app()
    ask("GET", "/v1/apps/{app}/monitors", app=app)
    spec = {"op": "GT", "threshold": 0}
    hook = {"type": "http", "url": "https://hooks.example.com/spice", "token": "a token"}
    whole = {"name": "failing", "templateId": "http_5xx", "spec": spec}
    for path in ("/v1/apps/{app}/monitors", f"/v1/clusters/{CLUSTER}/monitors"):
        template = "http_5xx" if "{app}" in path else "cluster_cpu"
        whole = {"name": "failing", "templateId": template, "spec": spec}
        first = ask("POST", path, whole, app=app)["id"]
        for body in (
            {**whole, "name": "FAILING"},
            {**whole, "name": "told", "description": "d", "targets": [hook, {"type": "slack", "channelId": "C1"}]},
            {
                **whole,
                "name": "hot",
                "templateId": "container_cpu",
                "spec": {**spec, "threshold": 85.5, "window": "1h"},
            },
            {**whole, "name": "odd", "templateId": "no_such_template"},
            {**whole, "name": ""},
            {**whole, "name": "odd", "status": "disabled"},
            {**whole, "name": "odd", "template_id": "http_5xx"},
            {**whole, "name": "odd", "spec": {"op": "GT"}},
            {**whole, "name": "odd", "spec": {**spec, "window": "2m"}},
            {**whole, "name": "odd", "spec": {**spec, "sustainSecs": 86401}},
            {**whole, "name": "odd", "spec": {**spec, "threshold": "1"}},
            {**whole, "name": "odd", "targets": []},
            {**whole, "name": "odd", "targets": [hook, hook]},
            {**whole, "name": "odd", "targets": [{**hook, "url": "http://hooks.example.com"}]},
            {**whole, "name": "odd", "targets": [{"type": "email", "emails": ["nobody"]}]},
            {},
        ):
            ask("POST", path, body, app=app)
        for body in (
            {},
            {"status": "disabled", "description": "e"},
            {"description": None},
            {"spec": {**spec, "op": "LT", "sustainSecs": 60}},
            {"templateId": template},
            {"templateId": template, "spec": spec},
            {"templateId": "no_such_template", "spec": spec},
            {"targets": [{"type": "email", "emails": ["ops@example.com"]}]},
            {"targets": [hook]},
            {"targets": [{"type": "http", "url": hook["url"], "method": "PUT"}]},
            {"status": "paused"},
            {"spec": {}},
        ):
            ask("PATCH", path + "/{monitor}", body, app=app, monitor=first)
        ask("PATCH", path + "/none", {}, app=app)
        ask("GET", path, app=app)
        for dummy in range(2):
            ask("DELETE", path + "/{monitor}", app=app, monitor=first)
    side.pause(app)
    ask("POST", "/v1/apps/{app}/monitors", {**whole, "name": "new", "templateId": "http_5xx"}, app=app)
    ask("GET", "/v1/clusters/none/monitors")


def offers(side):
    for path in ("regions", "orgs", "clusters", "limits", "container-images"):
        side.ask("GET", f"/v1/{path}")
    for channel in ("stable", "enterprise", "nightly"):
        side.ask("GET", f"/v1/container-images?channel={channel}")


def tokens(side):
    ask = side.ask
    app = side.an_app()
    client_id, client_secret = side.client
    whole = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
    token = ask("POST", "/api/oauth/token", whole, anonymous=True)["access_token"]
    side.steps[-1][0] = "the exchange of the credentials that each side has"
    for change in ({"client_secret": "wrong"}, {"client_id": "nobody"}, {"grant_type": "password"}):
        ask("POST", "/api/oauth/token", {**whole, **change}, anonymous=True)
        side.steps[-1][0] = f"with {change}"
    for key in whole:
        ask("POST", "/api/oauth/token", {name: whole[name] for name in whole if name != key}, anonymous=True)
        side.steps[-1][0] = f"without {key}"
    ask("POST", "/api/oauth/token", raw="{", anonymous=True)
    for path in ("/v1/apps", "/v1/apps/{app}", "/v1/members", "/v1/regions", "/v1/apps/{app}/secrets"):
        ask("GET", path, token=token, app=app)
        ask("GET", path, token="of-somebody-else", app=app)
        ask("GET", path, anonymous=True, app=app)
    ask("POST", "/v1/apps", {}, anonymous=True)
    ask("DELETE", "/v1/apps/99999", token="of-somebody-else")


def what_is_not_there(side):
    app = side.an_app()
    for path in ("/v1", "/v2/apps", "/v1/apps/", "/v1/nothing", "/v1/apps/{app}/nothing", "/v1/apps/{app}/secrets/"):
        side.ask("GET", path, app=app)
    for path in ("/v1/nothing", "/v1/apps/99999/nothing"):
        side.ask("POST", path, {})
    side.ask("GET", "/v1/apps/99999")
    side.ask("GET", "/v1/apps/x")
    side.ask("GET", "/v1/apps/1.5/secrets")
    for method, path in (
        ("DELETE", "/v1/apps"),
        ("PATCH", "/v1/apps/{app}"),
        ("PUT", "/v1/apps/{app}/secrets"),
        ("POST", "/v1/regions"),
        ("PUT", "/v1/members"),
        ("DELETE", "/v1/apps/{app}/deployments"),
        ("GET", "/api/oauth/token"),
    ):
        side.ask(method, path, app=app)


TOPICS = (
    apps,
    changes_of_an_app,
    places_of_apps,
    bodies_of_apps,
    secrets,
    secrets_of_the_organization,
    api_keys,
    deployments,
    instances,
    paused_apps,
    forks,
    connected_apps,
    members,
    monitors,
    offers,
    tokens,
    what_is_not_there,
)


def on_the_fake(topic):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        side = FakeSide(mock)
        topic(side)
    return side


@pytest.mark.parametrize("topic", TOPICS)
def test_the_fake_answers_as_the_simulator_does(cloud, topic):
    there = SimulatorSide(cloud)
    topic(there)
    here = on_the_fake(topic)
    found = [
        f"{ours[0]} {line}"
        for ours, theirs in zip(here.steps, there.steps, strict=True)
        for line in differences(ours, theirs)
    ]
    assert not found, "\n".join(found)


def test_every_route_of_the_fake_is_compared():
    served = [request for topic in TOPICS for request in on_the_fake(topic).served]
    assert [
        (route.method, route.path.pattern)
        for route in fake_routing.ROUTES
        if not any(method == route.method and route.path.fullmatch(path) for method, path in served)
    ] == []
