# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small runtime of one app behind `responses`: what it answers, and what arrived."""

from __future__ import annotations

import json
import re

URL = "https://sales.test"
ORDERS = {"name": "orders", "from": "s3://b/orders"}
READY = (200, "ready")
SERVED = (200, [{**ORDERS, "status": "READY", "error_message": None}])


class FakeRuntime:
    """Answers of one app's runtime by path: each once, the last one for ever.

    An answer is an exception, or (status, body).
    """

    def __init__(self, mock, url=URL):
        self.url = url
        self.answers = {
            "/v1/ready": [READY],
            "/v1/datasets": [SERVED],
            "/v1/models": [(200, [])],
            "/v1/sql": [(200, [{"n": 3}])],
        }
        self.requests = []
        for method in ("GET", "POST"):
            mock.add_callback(method, re.compile(re.escape(url) + "/.*"), callback=self._serve)

    def _serve(self, request):
        self.requests.append(request)
        answers = self.answers[request.url.split("?")[0][len(self.url) :]]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            return answer
        status, body, *headers = answer
        kind = {"Content-Type": "text/plain" if isinstance(body, str) else "application/json"}
        return status, {**kind, **(headers[0] if headers else {})}, body if isinstance(body, str) else json.dumps(body)

    def paths(self):
        return [request.path_url for request in self.requests]
