# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator of Spice.ai Cloud as a process, and its controls."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import requests

OWNER = "sim-pat-owner"
CLIENT_ID, CLIENT_SECRET = "0197f3c2-0000-7000-8000-000000000001", "sim-client-secret"


class Simulator:
    """Runs from the construction to :meth:`stop`; ``options`` are those of its command line."""

    def __init__(self, folder, *options):
        self._errors = folder / "simulator.log"
        command = [sys.executable, "-m", "spice_simulator", *map(str, options)]
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        # It says this one line when it accepts connections, or ends.
        told = re.search(r"listens on (\S+)", self._process.stdout.readline())
        if not told:
            self._process.wait()
            raise RuntimeError(f"The simulator did not start: {self._errors.read_text()}")
        self.address = told.group(1)
        self._session = requests.Session()
        self._session.trust_env = False

    def stop(self):
        self._process.terminate()
        self._process.communicate()
        self._session.close()

    def _control(self, method, path, **more):
        response = self._session.request(method, f"{self.address}/_sim/{path}", timeout=30, **more)
        assert response.ok, f"{method} {path}: {response.text}"
        return response.json() if response.content else None

    def reset(self, **seed):
        """As started: the default seed and what is given, with an empty log and no faults."""
        return self._control("POST", "reset", json={"seed": seed})

    def seed(self, **seed):
        return self._control("POST", "seed", json=seed)

    def fault(self, kind, method=None, path="", **more):
        return self._control("POST", "faults", json={"kind": kind, "method": method, "path": path, **more})

    def unfired(self):
        """list[str]: the faults that hit nothing, so that a check proved nothing."""
        return [fault["name"] for fault in self._control("GET", "faults")["faults"] if not fault["fired"]]

    def end_faults(self):
        self._control("DELETE", "faults")

    def settings(self, **settings):
        return self._control("PUT", "settings", json=settings)

    def switches(self, **switches):
        """What public material about the API leaves open is played so."""
        return self._control("PUT", "switches", json=switches)

    def clock(self, **settings):
        """``queued_seconds`` and ``in_progress_seconds`` of the next deployments; with ``mode="manual"`` time stands
        still until :meth:`advance`.
        """
        return self._control("PUT", "clock", json=settings)

    def advance(self, seconds):
        return self._control("POST", "clock/advance", json={"seconds": seconds})

    def outcomes(self, *outcomes):
        """How the next deployments go."""
        return self._control("PUT", "outcomes", json=outcomes)

    def requests(self, method=None, path=None, writes=False):
        """list[dict]: what was logged, oldest first."""
        query = {"method": method, "path_regex": path, "writes": "true" if writes else None}
        return self._control("GET", "requests", params=query)["requests"]

    def until(self, count, run=None, **query):
        """Waits until so many requests were logged; fails the check when the run ends before."""
        deadline = time.monotonic() + 60
        while len(self.requests(**query)) < count:
            assert run is None or run.running()
            assert time.monotonic() < deadline
            time.sleep(0.02)  # looking all the time would take the processor that the run needs

    def log(self, **query):
        """list[str]: the same for people: ``["GET /v1/apps", "POST /v1/apps"]``."""
        return [f"{request['method']} {request['path']}" for request in self.requests(**query)]

    def forget(self):
        """Empties the log."""
        self._control("DELETE", "requests")

    def state(self):
        """dict: all that the simulator knows, secret values and keys included."""
        return self._control("GET", "state")

    def members(self, org="acme"):
        """dict[str, list[str]]: the roles by the name of the user, both sorted."""
        state = self.state()
        names = {user["user_id"]: user["username"] for user in state["users"]}
        found = next(entry["members"] for entry in state["orgs"] if entry["name"] == org)
        return dict(sorted((names[member["user_id"]], sorted(member["roles"])) for member in found))

    def get(self, address, api_key):
        """requests.Response: of the runtime side, to a client with this key."""
        return self._session.get(address, headers={"X-API-Key": api_key}, timeout=30)

    def apps(self, org="acme"):
        """dict[str, dict]: by name, with all that the simulator knows; deleted ones are left out."""
        apps = [app for app in self._control("GET", "state")["apps"] if not app.get("deleted_at")]
        assert len({app["name"].lower() for app in apps}) == len(apps), "an app is there twice"
        return {app["name"]: app for app in apps}
