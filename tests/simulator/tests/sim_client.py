# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the simulator for the tests: API calls, runtime calls, controls."""

import requests

POD = {
    "version": "v1",
    "kind": "Spicepod",
    "name": "shop",
    "datasets": [{"from": "s3://bucket/orders", "name": "orders"}, {"from": "postgres:customers", "name": "customers"}],
    "models": [{"from": "openai:gpt", "name": "assistant"}],
}
CLIENT = {"client_id": "0197f3c2-0000-7000-8000-000000000001", "client_secret": "sim-client-secret"}
READER = {"client_id": "0197f3c2-0000-7000-8000-000000000002", "client_secret": "sim-readonly-secret"}


class Sim:
    """A client of the simulator: API calls, runtime calls, controls."""

    def __init__(self, address):
        self.address = address
        self.http = requests.Session()
        self.http.trust_env = False

    def raw(self, method, path, **more):
        more.setdefault("timeout", 10)
        more.setdefault("allow_redirects", False)
        return self.http.request(method, self.address + path, **more)

    def api(self, method, path, body=None, token="sim-pat-owner", org=None, **more):
        headers = more.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if org is not None:
            headers["X-Org-Name"] = org
        if body is not None:
            more["json"] = body
        return self.raw(method, path, headers=headers, **more)

    def ok(self, method, path, body=None, status=None, **more):
        answer = self.api(method, path, body, **more)
        assert answer.status_code == status if status else answer.ok, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def control(self, method, path, body=None):
        answer = self.raw(method, "/_sim" + path, json=body)
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def reset(self, **more):
        return self.control("POST", "/reset", more)

    def fault(self, kind, **more):
        return self.control("POST", "/faults", {"kind": kind, **more})

    def settings(self, **values):
        return self.control("PUT", "/settings", values)

    def switches(self, **values):
        return self.control("PUT", "/switches", values)

    def manual(self, queued=10, in_progress=10, ready=10):
        return self.control(
            "PUT",
            "/clock",
            {
                "mode": "manual",
                "queued_seconds": queued,
                "in_progress_seconds": in_progress,
                "dataset_ready_seconds": ready,
            },
        )

    def advance(self, seconds):
        return self.control("POST", "/clock/advance", {"seconds": seconds})

    def seed(self, **values):
        return self.control("POST", "/seed", values)

    def state_app(self, name):
        apps = self.control("GET", "/state")["apps"]
        return next((app for app in reversed(apps) if app["name"] == name), None)

    def log(self, **query):
        return self.raw("GET", "/_sim/requests", params=query).json()["requests"]

    def app(self, name="my-app", **body):
        """A new app, in the default region unless told otherwise."""
        if not {"region", "cname", "cluster_name"} & set(body):
            body["region"] = "us-east-1"
        return self.ok("POST", "/v1/apps", {"name": name, **body}, status=201)

    def app_with_pod(self, name="my-app", **body):
        app = self.app(name, **body)
        self.ok("PUT", f"/v1/apps/{app['id']}", {"spicepod": POD})
        return app

    def deploy(self, app, body=None):
        return self.ok("POST", f"/v1/apps/{app['id']}/deployments", body, status=202)

    def token(self, **more):
        answer = self.raw("POST", "/api/oauth/token", json={"grant_type": "client_credentials", **CLIENT, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]
