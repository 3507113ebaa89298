# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for the unit tests: a clock, random numbers, and a real server for what `responses` cannot fake.

The Management API is in fake_cloud.py.
"""

from __future__ import annotations

import http.server
import json
import threading
import types

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


class FakeRandom:
    """In place of the module `random`: always this share of the upper bound; the bounds are written down."""

    def __init__(self, share=1.0):
        self.share = share
        self.bounds = []

    def uniform(self, low, high):
        self.bounds.append((low, high))
        return low + (high - low) * self.share


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
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
