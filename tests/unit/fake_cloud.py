# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Spice.ai Cloud behind `responses`: what it knows, what arrived, and what a test makes go wrong.

Its routes are in fake_routes.py and in the files of ROUTES.
"""

from __future__ import annotations

import datetime
import json
import re
import threading
from urllib.parse import parse_qs, urlsplit

from ansible_collections.spiceai.cloud.tests.unit import (
    fake_forks,
    fake_instances,
    fake_monitors,
    fake_pauses,
    fake_routes,
    fake_routing,
    fake_secret_links,
)
from ansible_collections.spiceai.cloud.tests.unit.fake_places import cluster, region
from ansible_collections.spiceai.cloud.tests.unit.fakes import ACCESS_TOKEN, API, PAT, TOKEN_URL

ROUTES = (
    fake_routes,
    fake_instances,
    fake_monitors,
    fake_secret_links,
    fake_pauses,
    fake_forks,
)  # each adds its own when it is imported
STORAGE = ("storage_size_gb", "storage_claim_size_gb")  # two names of one field


class Cloud:
    """A small Spice.ai Cloud: apps and what belongs to them, members, regions and clusters.

    Attributes:
        apps (dict): by id, as the API answers a GET. requests (list): (method, path, body) of everything that arrived.
        routes (set): the route families that it serves.
        regions, clusters, limits: the answers of these routes; `clusters` is the list without its envelope.
        tokens (set): the tokens that it takes: those of fakes.py, and whatever its token route gave.
        strict (bool): whether it takes only bodies of the documented form. One that is not knows newer values.
        with_config (bool): whether answers to writes have it.
        ignored_fields (set): fields that a POST or PUT accepts and does not apply.
        connected (set): ids of the apps that deploy from GitHub.
        put_clears_pause (bool): whether storing a spicepod ends a pause.
        org_secrets, platform_secrets (list): names of the secrets of the organization: what it lists, and what it does
            not list. links (dict): names by app id.
        secrets (dict): by app id, then name; in clear. keys (dict): by app id, then number. deployments (dict): by app
            id, the oldest first. instances (dict): by app id, the newest first, see fake_instances.py.
        monitors (dict): by app id or name of a cluster, then by their own id, as the server keeps them.
        members (dict): by user id. users (dict): name to id of those who have signed in.
        on_post (callable): called at every POST of a secret or a member, outside of the server's lock.
        hooks (list): functions of (method, path, body) that see each request first, the newest one first of all. The
            first answer among theirs, of the form that `fail` takes, is given instead of the cloud's; None is none.
    """

    TOP = ("name", "description", "visibility", "tags", "production_branch", "cluster_name", "region")
    CONFIG = (
        "spicepod",
        "registry",
        "image",
        "image_tag",
        "update_channel",
        "version",
        "replicas",
        "resources",
        "executor",
        "region",
        "node_group",
        *STORAGE,
    )

    def __init__(self, mock, url=API):
        self.url = url
        self.apps = {}
        self.requests = []
        self.routes = {"apps", "projects"}
        self.regions = {
            "regions": [region("us-east-1", "US East", is_default=True), region("us-west-2", "US West")],
            "default": "us-east-1",
        }
        self.clusters = [cluster("acme-prod", "us-west-2")]
        self.limits = {
            "apps": 10,
            "replicas": 10,
            "spicepods": -1,
            "users": -1,
            "api_rps": 1000,
            "request_timeout_secs": 60,
            "sql_query_timeout_secs": 60,
            "sql_concurrent_queries": 10,
            "resources": {"max_cpu": 8, "max_memory_gi": 32},
        }
        self.tokens = {PAT, ACCESS_TOKEN}
        self.strict = True
        self.with_config = True
        self.ignored_fields = set()
        self.connected = set()
        self.put_clears_pause = True
        self.org_secrets = list(fake_secret_links.OFFERED)
        self.platform_secrets = list(fake_secret_links.OF_PLATFORM)
        self.links = {}
        self.secrets = {}
        self.keys = {}
        self.deployments = {}
        self.monitors = {}
        self.members = {}
        self.instances = {}
        self.users = {}
        self.on_post = lambda: None
        self.hooks = []
        self._faults = []
        self._last_id = self._last_key = self._last_deployment = self._last_moment = 0
        self._lock = threading.Lock()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(url) + "/.*"), callback=self._serve, content_type=None)

    # -- what it knows ------------------------------------------------------------------------------------------------

    def add(self, name, **fields):
        """dict: a new app, as the server keeps it."""
        self._last_id += 1
        app = {
            "id": self._last_id,
            "name": name,
            "description": None,
            "visibility": "private",
            "tags": None,
            "region": "us-east-1",
            "cluster_name": None,
            "forked_from": None,
            "paused_at": None,
            "production_branch": None,
            "warning": None,
            "created_at": self.moment(),
            "config": dict(dict.fromkeys(self.CONFIG), replicas=1, update_channel="stable"),
        }
        self.change(app, fields)
        self.apps[app["id"]] = app
        self.secrets[app["id"]] = {}
        self.links[app["id"]] = []
        self.keys[app["id"]] = {1: self.new_key(), 2: None}
        self.deployments[app["id"]] = []
        return app

    def change(self, app, fields):
        """Applies the fields, as a PUT does, and what follows from them."""
        for field, value in fields.items():
            (app if field in self.TOP else app["config"])[field] = value
        for one, other in (STORAGE, STORAGE[::-1]):
            if one in fields and other not in fields:
                app["config"][other] = fields[one]
        if fields.get("cluster_name"):
            known = {each["cluster_name"]: each["region"] for each in self.clusters}
            app["region"] = known.get(app["cluster_name"], app["region"])
        where = app["config"]["region"] = app["region"]
        app.update(
            cname=where and f"{where}-prod-aws-data",
            cluster_id=app["cluster_name"],
            endpoint=where and f"https://{where}.runtime.test/{app['id']}",
            kind="managed" if where else "standalone",
        )

    def add_secret(self, name, value, app_id=1):
        """dict: a secret, written just now by somebody."""
        moment = self.moment()
        secret = self.secrets[app_id].setdefault(
            name, {"id": len(self.secrets[app_id]) + 1, "name": name, "created_at": moment}
        )
        secret.update(value=value, updated_at=moment)
        return secret

    def add_monitor(self, name, template="http_5xx", owner=1, **fields):
        """dict: a monitor, with the condition of its template unless told otherwise."""
        return fake_monitors.add(self, owner, {"name": name, "templateId": template, **fields})

    def add_member(self, username, roles=("member",), **more):
        """dict: a member; `is_owner` follows the roles unless told otherwise."""
        user_id = self.users.setdefault(username, 100 + len(self.users))
        self.members[user_id] = {
            "user_id": user_id,
            "username": username,
            "roles": list(roles),
            "is_owner": "owner" in roles,
            "created_at": self.moment(),
            **more,
        }
        return self.members[user_id]

    def deploy(self, status="queued", app_id=1, **fields):
        """dict: a deployment, made just now by somebody; the one in progress ends as superseded."""
        for former in self.deployments[app_id]:
            if former["status"] == "in_progress":
                former["status"] = "created"
        self._last_deployment += 1
        config = self.apps[app_id]["config"]
        made = {
            "id": self._last_deployment,
            "status": status,
            "created_at": self.moment(),
            "image_tag": config["image_tag"],
            "replicas": config["replicas"],
            "branch": None,
            "commit_sha": None,
            "commit_message": None,
            "error_message": None,
            "error_code": None,
            "creation_source": "api",
            "created_by": "alice@example.com",
            **fields,
        }
        self.deployments[app_id].append(fake_routes.told(made))
        return made

    def add_instance(self, name, log=(), app_id=1, **more):
        """dict: the newest instance of the app, with the lines of its log."""
        self.instances.setdefault(app_id, []).insert(0, fake_instances.instance(name, log, **more))
        return self.instances[app_id][0]

    def new_key(self):
        """str: an API key that nobody has yet."""
        self._last_key += 1
        return f"key|{self._last_key:04}|canary"

    def moment(self):
        """str: a time that no other event has."""
        self._last_moment += 1
        moment = datetime.datetime(2026, 10, 1, 12) + datetime.timedelta(milliseconds=1001 * self._last_moment)
        return moment.isoformat(timespec="milliseconds") + "Z"

    # -- what arrived -------------------------------------------------------------------------------------------------

    def writes(self):
        return [request for request in self.requests if request[0] != "GET"]

    def sent(self, method):
        """list: the bodies of all requests of this method."""
        return [body for sent_method, dummy, body in self.requests if sent_method == method]

    def paths(self, method="GET"):
        return [path for sent_method, path, dummy in self.requests if sent_method == method]

    # -- what goes wrong ----------------------------------------------------------------------------------------------

    def fail(self, method, path, *answers, after_commit=False):
        """The next requests of this method and path (a regular expression) are answered so, each once.

        An answer is an exception, or (status, body) or (status, body, headers); ``after_commit`` does the work first.
        """
        self._faults.append((method, re.compile(path), list(answers), after_commit))

    def heal(self):
        """Forgets what was to fail and did not yet."""
        self._faults.clear()

    def work(self, method, path, body=None):
        """tuple: the answer to a request that no fault and no hook sees. For hooks."""
        return fake_routing.answer(self, method, path, {}, json.dumps(body), f"Bearer {PAT}")

    def _serve(self, request):
        if request.method == "POST" and request.url.endswith(("/secrets", "/members")):
            self.on_post()
        with self._lock:
            answer = self._answer(request)
            if isinstance(answer, Exception):
                return answer
            if request.url == TOKEN_URL and "access_token" in (answer[1] or ""):
                self.tokens.add(answer[1]["access_token"])
            return fake_routing.as_response(*answer)

    def _answer(self, request):
        method, parts = request.method, urlsplit(request.url)
        body = _read(request.body)
        self.requests.append((method, parts.path, body))

        def work():
            authorization = request.headers.get("Authorization")
            return fake_routing.answer(self, method, parts.path, parse_qs(parts.query), request.body, authorization)

        for hook in reversed(self.hooks):
            answer = hook(method, parts.path, body)
            if answer is not None:
                return answer
        for fault_method, path, answers, after_commit in self._faults:
            if answers and method == fault_method and path.fullmatch(parts.path):
                if after_commit:
                    work()
                return answers.pop(0)
        return work()


def _read(body):
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body
