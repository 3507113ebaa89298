# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose answers are templates: it stands before the simulator and replaces every string of every answer."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

# Each leaves a trace when it is filled in, but for the last one: that one shows in the value, or as an error. They
# cover the ways in which Ansible finds a template: `{{`, `{%`, a header that chooses other marks, an expression
# that needs no lookup, and a line of YAML that is not in the value.
TEMPLATES = (
    "{{{{ lookup('ansible.builtin.pipe', 'touch {trace}') }}}}",
    "{{% if lookup('ansible.builtin.pipe', 'touch {trace}') %}}{{% endif %}}",
    "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n"
    "[[ lookup('ansible.builtin.pipe', 'touch {trace}') ]]",
    "{{{{ cycler.__init__.__globals__.os.system('touch {trace}') }}}}",
    '{number} {{{{ 7 * 7 }}}}\nenvironment_fingerprint_key: "{{{{ undefined_name }}}}"\r\u2028# \u0085'
    "{{# no comment #}}\n",
)
# Headers that belong to one connection.
OWN_HEADERS = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding")


class Hostile:
    """Serves on loopback from the construction to :meth:`stop`.

    Args:
        address (str): of the simulator. traces (Path): the directory for what the templates leave.
        keep (tuple[str, ...]): regular expressions of places whose strings stay, such as ``GET /v1/apps apps[].name``.
        salt (int): chooses other templates for the same places.
    """

    def __init__(self, address: str, traces: Path, keep: tuple[str, ...] = (), salt: int = 0) -> None:
        self._target, self._traces, self.keep, self._salt = address, traces, keep, salt
        self._traced: dict[
            tuple[str, int], str
        ] = {}  # place and number to the name of the trace that its template leaves
        self._lock = threading.Lock()
        self._session = requests.Session()
        self._session.trust_env = False
        self.served: dict[str, Any] = {}  # path to the last answer to a GET
        self.places: dict[str, set[int]] = {}  # place to the kinds of template that were served there
        traces.mkdir(exist_ok=True)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._session.close()

    def ran(self) -> list[str]:
        """The places whose template ran."""
        left = {path.name for path in self._traces.iterdir()}
        return sorted({place for (place, _number), trace in self._traced.items() if trace in left})

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> requests.Response:
        """The simulator's answer, changed."""
        answer = self._session.request(
            method, self._target + path, headers=headers, data=body, timeout=60, allow_redirects=False
        )
        bare = path.partition("?")[0]
        place = f"{method} {re.sub(r'/[0-9]+', '/N', bare)} "
        numbers = sum(map(int, re.findall(r"/([0-9]+)", bare)))
        with self._lock:
            if "json" in answer.headers.get("Content-Type", "") and answer.content:
                changed = self._changed(answer.json(), place, numbers)
                answer._content = json.dumps(changed).encode()
                if method == "GET":
                    self.served[bare] = changed
            elif answer.text.strip():
                answer._content = self._changed(answer.text, place, numbers).encode()
        return answer

    def _changed(self, value: Any, place: str, number: int) -> Any:
        if isinstance(value, dict):
            changed = {
                key: self._changed(item, f"{place}.{key}" if not place.endswith(" ") else place + key, number)
                for key, item in value.items()
            }
            # A server decides about the names of fields as well, also of those beside which no string stands.
            if not self._is_kept(place + ".*"):
                changed[self._template(place + ".*", number)] = self._template(place + ".*.value", number)
                changed["counts"] = {self._template(place + ".counts.*", number): 1}
            return changed
        if isinstance(value, list):
            return [self._changed(item, place + "[]", number + position) for position, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        if self._is_kept(place):
            return value.replace(self._target, self.address)
        return self._template(place, number)

    def _is_kept(self, place: str) -> bool:
        return any(re.search(pattern, place) for pattern in self.keep)

    def _template(self, place: str, number: int) -> str:
        kind = (number + self._salt) % len(TEMPLATES)
        self.places.setdefault(place, set()).add(kind)
        # The same place and number get the same template at every read, for what is read twice must be equal.
        trace = self._traced.setdefault((place, number), f"trace-{len(self._traced)}")
        return TEMPLATES[kind].format(trace=self._traces / trace, number=trace)


def _handler(hostile: Hostile) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN_HEADERS}
            answer = hostile.answer(self.command, self.path, headers, body)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in OWN_HEADERS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

        def log_message(self, *args: Any) -> None:
            """Nothing: the simulator keeps the log."""

    return Handler
