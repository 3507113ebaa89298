# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in for the world in the unit tests: a clock, a die, and a small Spice.ai Cloud behind `responses`."""

from __future__ import annotations

import datetime
import http.server
import json
import re
import threading
import types
from urllib.parse import parse_qs, urlsplit

API = "https://api.test"
TOKEN_URL = "https://api.test/api/oauth/token"
PAT = "pat-0123456789-secret"
CLIENT_ID = "0198-client"
CLIENT_SECRET = "client-0123456789-secret"
ACCESS_TOKEN = "access-0123456789-token"


class Clock:
    """In place of the module `time`: sleeping takes no time, and is written down; what is in `meanwhile` happens then,
    one for each sleep.
    """

    def __init__(self, now=1_800_000_000.0):
        self.now = now
        self.slept = []
        self.meanwhile = []

    def time(self):
        return self.now

    monotonic = time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        if self.meanwhile:
            self.meanwhile.pop(0)()


class Die:
    """In place of the module `random`: always this share of the upper bound; the bounds are written down."""

    def __init__(self, share=1.0):
        self.share = share
        self.bounds = []

    def uniform(self, low, high):
        self.bounds.append((low, high))
        return low + (high - low) * self.share


class Cloud:
    """A small Spice.ai Cloud: apps and what belongs to them, members, regions and clusters; a PUT is partial, as the
    real one's.

    Attributes:
        apps (dict): by id. requests (list): (method, path, body) of everything that arrived.
        routes (set): the route families that it serves. regions (dict): the answer of /v1/regions.
        with_config (bool): whether answers to writes have it.
        deaf_to (set): fields that a POST or PUT accepts and does not apply.
        secrets (dict): by app id, then name; in clear. keys (dict): by app id, then number. deployments (dict): by app
            id, the oldest first.
        members (dict): by user id. users (dict): name to id of those who have signed in.
        gate (callable): called at every POST of a secret or a member, outside of the server's lock.
    """

    TOP = ("name", "description", "visibility", "tags", "production_branch", "cluster_name", "region", "cname")

    def __init__(self, mock, url=API):
        self.url = url
        self.apps = {}
        self.requests = []
        self.routes = {"apps", "projects"}
        self.regions = {
            "regions": [
                {
                    "name": "US East",
                    "region": "us-east-1",
                    "provider": "aws",
                    "providerName": "AWS",
                    "isDefault": True,
                    "disabled": False,
                },
                {
                    "name": "US West",
                    "region": "us-west-2",
                    "provider": "aws",
                    "providerName": "AWS",
                    "isDefault": False,
                    "disabled": False,
                },
            ],
            "default": "us-east-1",
        }
        self.with_config = True
        self.deaf_to = set()
        self.secrets = {}
        self.keys = {}
        self.deployments = {}
        self.members = {}
        self.users = {}
        self.gate = lambda: None
        self._faults = []
        self._last_id = self._last_key = self._last_deployment = self._last_moment = 0
        self._lock = threading.Lock()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(url) + "/.*"), callback=self._serve)

    def add(self, name, **fields):
        """dict: a new app, as the server keeps it."""
        self._last_id += 1
        config = {
            "spicepod": None,
            "registry": None,
            "image": None,
            "image_tag": None,
            "update_channel": None,
            "version": None,
            "replicas": 1,
            "resources": None,
            "executor": None,
            "region": None,
            "node_group": None,
            "storage_size_gb": None,
        }
        app = {
            "id": self._last_id,
            "name": name,
            "description": None,
            "visibility": "private",
            "tags": {},
            "region": "us-east-1",
            "cname": None,
            "cluster_name": None,
            "production_branch": None,
            "created_at": "2026-10-01T00:00:00.000Z",
            "config": config,
        }
        self._apply(app, fields)
        config["region"] = app["region"]
        self.apps[app["id"]] = app
        self.secrets[app["id"]] = {}
        self.keys[app["id"]] = {1: self._new_key(), 2: None}
        self.deployments[app["id"]] = []
        return app

    def add_secret(self, name, value, app_id=1):
        """dict: a secret, written just now by somebody."""
        moment = self._moment()
        secret = self.secrets[app_id].setdefault(
            name, {"id": len(self.secrets[app_id]) + 1, "name": name, "created_at": moment}
        )
        secret.update(value=value, updated_at=moment)
        return secret

    def add_member(self, username, roles=("member",), **more):
        """dict: a member; `is_owner` follows the roles unless told otherwise."""
        user_id = self.users.setdefault(username, 100 + len(self.users))
        self.members[user_id] = dict(
            {
                "user_id": user_id,
                "username": username,
                "roles": list(roles),
                "is_owner": "owner" in roles,
                "created_at": self._moment(),
            },
            **more,
        )
        return self.members[user_id]

    def deploy(self, status="queued", app_id=1, **fields):
        """dict: a deployment, made just now by somebody; the one in progress ends as superseded."""
        for former in self.deployments[app_id]:
            if former["status"] == "in_progress":
                former["status"] = "created"
        self._last_deployment += 1
        config = self.apps[app_id]["config"]
        made = dict(
            {
                "id": self._last_deployment,
                "status": status,
                "created_at": self._moment(),
                "image_tag": config["image_tag"],
                "replicas": config["replicas"],
                "branch": None,
                "commit_sha": None,
                "commit_message": None,
                "error_message": None,
                "error_code": None,
            },
            **fields,
        )
        self.deployments[app_id].append(made)
        return made

    def fail(self, method, path, *answers, after_commit=False):
        """The next requests of this method and path (a regular expression) are answered so, each once.

        An answer is an exception, or (status, body) or (status, body, headers); ``after_commit`` does the work first.
        """
        self._faults.append([method, re.compile(path), list(answers), after_commit])

    def writes(self):
        return [request for request in self.requests if request[0] != "GET"]

    def sent(self, method):
        """list: the bodies of all requests of this method."""
        return [body for sent_method, dummy, body in self.requests if sent_method == method]

    def paths(self, method="GET"):
        return [path for sent_method, path, dummy in self.requests if sent_method == method]

    def _serve(self, request):
        if request.method == "POST" and request.url.endswith(("/secrets", "/members")):
            self.gate()
        with self._lock:
            return self._serve_alone(request)

    def _serve_alone(self, request):
        parts = urlsplit(request.url)
        body = json.loads(request.body) if request.body else None
        self.requests.append((request.method, parts.path, body))
        for fault in self._faults:
            method, path, answers, after_commit = fault
            if answers and method == request.method and path.fullmatch(parts.path):
                answer = answers.pop(0)
                if after_commit:
                    self._answer(request.method, parts.path, parse_qs(parts.query), body)
                return answer if isinstance(answer, Exception) else _as_response(*answer)
        return _as_response(*self._answer(request.method, parts.path, parse_qs(parts.query), body))

    def _answer(self, method, path, query, body):
        if path == urlsplit(TOKEN_URL).path:
            known = (body["client_id"], body["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
            return (
                (200, {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 3600})
                if known
                else (401, {"error": "invalid_client"})
            )
        if path == "/v1/regions":
            return 200, self.regions
        if path == "/v1/orgs":
            return 200, {"orgs": [{"id": 1, "name": "acme", "role": "owner"}]}
        if path == "/v1/clusters":
            return 200, {"clusters": [{"cluster_name": "acme-prod", "region": "us-west-2"}]}
        if path == "/v1/limits":
            return 200, {"apps": 10, "resources": None}
        if path == "/v1/container-images":
            channel = query.get("channel", ["stable"])[0]
            return 200, {
                "images": [{"name": "spiceai/spiceai:1.5.0", "tag": "1.5.0", "channel": channel}],
                "default": "1.5.0",
            }
        if path.startswith("/v1/members"):
            return self._member(method, path, body)
        match = re.fullmatch(r"/v1/(apps|projects)(?:/(\d+)(/.*)?)?", path)
        if not match or match.group(1) not in self.routes:
            return 404, {"error": "Not Found"}
        if match.group(3):
            if int(match.group(2)) not in self.apps:
                return 404, {"error": f"App with ID {match.group(2)} not found"}
            return self._part(method, int(match.group(2)), match.group(3), query, body)
        if match.group(2):
            return self._one(method, int(match.group(2)), body)
        if method == "POST":
            return self._create(body)
        ids = sorted(self.apps, reverse=True)
        if "after_id" in query:
            ids = [app_id for app_id in ids if app_id < int(query["after_id"][0])]
        ids = ids[: int(query.get("limit", ["1000"])[0])]
        return 200, {
            match.group(1): [
                {key: value for key, value in self.apps[app_id].items() if key != "config"} for app_id in ids
            ]
        }

    def _create(self, body):
        unknown = set(body) - {"name", "region", "cname", "cluster_name", "description", "visibility", "tags"}
        if unknown:
            return 400, {
                "error": "Invalid request",
                "details": {"fieldErrors": {field: ["Unrecognized key"] for field in unknown}},
            }
        if any(app["name"].casefold() == body["name"].casefold() for app in self.apps.values()):
            return 409, {"error": 'App "{}" already exists in this organization'.format(body["name"])}
        fields = {field: value for field, value in body.items() if field not in self.deaf_to}
        if "cname" in fields:
            fields["region"] = fields["cname"].split("-prod-")[0]
        elif "region" not in fields:
            fields["region"] = None
        return 201, self._written(self.add(fields.pop("name"), **fields))

    def _one(self, method, app_id, body):
        app = self.apps.get(app_id)
        if app is None:
            return 404, {"error": "App with ID %d not found" % app_id}
        if method == "DELETE":
            del self.apps[app_id]
            return 204, None
        if method == "PUT":
            self._apply(app, {field: value for field, value in body.items() if field not in self.deaf_to})
            return 200, self._written(app)
        return 200, app

    def _part(self, method, app_id, tail, query, body):
        if tail == "/api-keys":
            if method == "POST":
                self.keys[app_id][body["key_number"]] = self._new_key()
            return 200, {"api_key": self.keys[app_id][1], "api_key_2": self.keys[app_id][2]}
        if tail == "/deployments":
            return self._new_deployment(app_id, body) if method == "POST" else self._listed_deployments(app_id, query)
        match = re.fullmatch(r"/deployments/(\d+)", tail)
        if match:
            return next(
                ((200, one) for one in self.deployments[app_id] if one["id"] == int(match.group(1))),
                (404, {"error": "no such deployment"}),
            )
        if tail == "/secrets" and method == "POST":
            return 200, self._masked(self.add_secret(body["name"], body["value"], app_id))
        if tail == "/secrets":
            return 200, {"secrets": [self._masked(secret) for secret in self.secrets[app_id].values()]}
        if tail.startswith("/secrets/") and method == "DELETE":
            return (
                (204, None)
                if self.secrets[app_id].pop(tail.rsplit("/", 1)[1], None)
                else (404, {"error": "App or secret not found"})
            )
        return 404, {"error": "Not Found"}

    def _new_deployment(self, app_id, body):
        if any(one["status"] == "queued" for one in self.deployments[app_id]):
            return 409, {"error": "A deployment is already in progress for this project"}
        unknown = set(body) - {"image_tag", "channel", "replicas", "branch", "commit_sha", "commit_message", "debug"}
        if unknown:
            return 400, {"error": f"Unrecognized keys: {sorted(unknown)}"}
        return 202, self.deploy(
            app_id=app_id, **{field: value for field, value in body.items() if field not in ("channel", "debug")}
        )

    def _listed_deployments(self, app_id, query):
        found = [
            one
            for one in reversed(self.deployments[app_id])
            if query.get("status", [one["status"]])[0] == one["status"]
        ]
        return 200, {"deployments": found[: int(query.get("limit", ["20"])[0])]}

    def _member(self, method, path, body):
        if path == "/v1/members" and method == "GET":
            return 200, {"members": list(self.members.values())}
        if path == "/v1/members":
            known = {name.casefold(): name for name in self.users}
            name = known.get(body["username"].casefold())
            if name is None:
                return 404, {"error": "User not found"}
            if self.users[name] in self.members:
                return 409, {"error": "User is already a member"}
            return 201, _without_owner(self.add_member(name, body["roles"]))
        member = self.members.get(int(path.rsplit("/", 1)[1]))
        if member is None:
            return 404, {"error": "Member not found"}
        if member.get("is_owner") or "owner" in member["roles"]:
            return 403, {"error": "An owner cannot be changed or removed", "code": "forbidden"}
        if method == "DELETE":
            del self.members[member["user_id"]]
            return 204, None
        member["roles"] = body["roles"]
        return 200, _without_owner(member)

    def _new_key(self):
        self._last_key += 1
        return "key|%04d|canary" % self._last_key

    def _moment(self):
        """str: a time that no other event has."""
        self._last_moment += 1
        moment = datetime.datetime(2026, 10, 1, 12) + datetime.timedelta(milliseconds=1001 * self._last_moment)
        return moment.isoformat(timespec="milliseconds") + "Z"

    @staticmethod
    def _masked(secret):
        return dict(secret, value="********")

    def _written(self, app):
        return app if self.with_config else {key: value for key, value in app.items() if key != "config"}

    def _apply(self, app, fields):
        for field, value in fields.items():
            (app if field in self.TOP else app["config"])[field] = None if value == "" else value
            if field == "storage_size_gb" and "storage_claim_size_gb" in app["config"]:
                app["config"]["storage_claim_size_gb"] = value


def _without_owner(member):
    # The answers to writes do not have it.
    return {key: value for key, value in member.items() if key != "is_owner"}


def _as_response(status, body, headers=None):
    if isinstance(body, (dict, list)):
        return status, dict({"Content-Type": "application/json"}, **(headers or {})), json.dumps(body)
    return status, headers or {}, body or ""


class Server:
    """A real HTTP server on the loopback interface. `answer` takes a request (command, path, headers, body,
    client_address) and gives (status, headers, body), or None to cut the connection."""

    def __init__(self, answer, tls=None):
        self.requests = requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = types.SimpleNamespace(
                    command=self.command,
                    path=self.path,
                    headers=self.headers,
                    body=body,
                    client_address=self.client_address,
                )
                requests.append(request)
                answered = answer(request)
                self.close_connection = answered is None
                if answered is None:
                    return
                status, headers, body = answered
                if isinstance(body, (dict, list)):
                    body, headers = json.dumps(body), dict({"Content-Type": "application/json"}, **headers)
                self.send_response(status)
                for name, value in dict({"Content-Length": str(len(body))}, **headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())
                self.close_connection = int(headers.get("Content-Length", len(body))) != len(body)

            do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = handle_any

            def log_message(self, *args):
                pass

        class QuietServer(http.server.ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # such as a client that does not like the certificate

        self._server = QuietServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = "%s://127.0.0.1:%d" % ("https" if tls else "http", self._server.server_port)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
