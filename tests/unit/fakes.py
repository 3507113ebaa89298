# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in for the world in the unit tests: a clock, a die, and a small Spice.ai Cloud behind `responses`."""

from __future__ import annotations

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


class Clock:
    """In place of the module `time`: sleeping takes no time, and is written down."""

    def __init__(self, now=1_800_000_000.0):
        self.now = now
        self.slept = []

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Die:
    """In place of the module `random`: always this share of the upper bound; the bounds are written down."""

    def __init__(self, share=1.0):
        self.share = share
        self.bounds = []

    def uniform(self, low, high):
        self.bounds.append((low, high))
        return low + (high - low) * self.share


class Cloud:
    """A small Spice.ai Cloud: apps, regions, clusters and its own documentation; a PUT is partial, as the real one's.

    Attributes:
        apps (dict): by id. requests (list): (method, path, body) of everything that arrived.
        routes (set): the route families that it serves. regions (dict): the answer of /v1/regions.
        creation_fields (tuple): what it documents, and takes, for creating an app. with_config (bool): whether answers to writes have it.
        deaf_to (set): fields that a PUT accepts and does not apply.
    """

    TOP = ("name", "description", "visibility", "tags", "production_branch", "cluster_name", "region", "cname")

    def __init__(self, mock, url=API):
        self.url = url
        self.apps = {}
        self.requests = []
        self.routes = {"apps", "projects"}
        self.regions = {
            "regions": [
                {"name": "US East", "region": "us-east-1", "provider": "aws", "providerName": "AWS", "isDefault": True, "disabled": False},
                {"name": "US West", "region": "us-west-2", "provider": "aws", "providerName": "AWS", "isDefault": False, "disabled": False},
            ],
            "default": "us-east-1",
        }
        self.creation_fields = ("name", "region", "cname", "cluster_name", "description", "visibility", "tags")
        self.with_config = True
        self.deaf_to = set()
        self._faults = []
        self._last_id = 0
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(url) + "/.*"), callback=self._serve)

    def add(self, name, **fields):
        """dict: a new app, as the server keeps it."""
        self._last_id += 1
        config = {"spicepod": None, "registry": None, "image": None, "image_tag": None, "update_channel": None, "version": None, "replicas": 1,
                  "resources": None, "executor": None, "region": None, "node_group": None, "storage_size_gb": None}
        app = {"id": self._last_id, "name": name, "description": None, "visibility": "private", "tags": {}, "region": "us-east-1", "cname": None,
               "cluster_name": None, "production_branch": None, "created_at": "2026-10-01T00:00:00.000Z", "config": config}
        self._apply(app, fields)
        config["region"] = app["region"]
        self.apps[app["id"]] = app
        return app

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
            return 200, {"images": [{"name": "spiceai/spiceai:1.5.0", "tag": "1.5.0", "channel": channel}], "default": "1.5.0"}
        if path == "/v1/docs":
            schema = {"type": "object", "properties": {field: {} for field in self.creation_fields}}
            post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
            return 200, {"openapi": "3.1.0", "paths": {"/v1/" + route: {"post": post} for route in self.routes}}
        match = re.fullmatch(r"/v1/(apps|projects)(?:/(\d+))?", path)
        if not match or match.group(1) not in self.routes:
            return 404, {"error": "Not Found"}
        if match.group(2):
            return self._one(method, int(match.group(2)), body)
        if method == "POST":
            return self._create(body)
        ids = sorted(self.apps, reverse=True)
        if "after_id" in query:
            ids = [app_id for app_id in ids if app_id < int(query["after_id"][0])]
        ids = ids[:int(query.get("limit", ["1000"])[0])]
        return 200, {match.group(1): [{key: value for key, value in self.apps[app_id].items() if key != "config"} for app_id in ids]}

    def _create(self, body):
        unknown = set(body) - set(self.creation_fields)
        if unknown:
            return 400, {"error": "Invalid request", "details": {"fieldErrors": {field: ["Unrecognized key"] for field in unknown}}}
        if any(app["name"].casefold() == body["name"].casefold() for app in self.apps.values()):
            return 409, {"error": 'App "%s" already exists in this organization' % body["name"]}
        fields = dict(body)
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

    def _written(self, app):
        return app if self.with_config else {key: value for key, value in app.items() if key != "config"}

    def _apply(self, app, fields):
        for field, value in fields.items():
            (app if field in self.TOP else app["config"])[field] = None if value == "" else value
            if field == "storage_size_gb" and "storage_claim_size_gb" in app["config"]:
                app["config"]["storage_claim_size_gb"] = value


def _as_response(status, body, headers=None):
    if isinstance(body, (dict, list)):
        return status, dict({"Content-Type": "application/json"}, **(headers or {})), json.dumps(body)
    return status, headers or {}, body or ""


class Server:
    """A real HTTP server on the loopback interface. `answer` takes a request (command, path, headers, body, client_address)
    and gives (status, headers, body), or None to cut the connection."""

    def __init__(self, answer, tls=None):
        self.requests = requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = types.SimpleNamespace(command=self.command, path=self.path, headers=self.headers, body=body,
                                                client_address=self.client_address)
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
