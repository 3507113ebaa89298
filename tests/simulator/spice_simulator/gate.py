# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outermost layer: reads and logs every request, then lets it in, delays it, or breaks it.

It is plain ASGI, below any framework, since a fault has to act on the finished answer or on the connection itself.
The page and the controls pass by untouched.
"""

import asyncio
import json
import re
import socket
import struct
import time
from email.utils import formatdate
from typing import Any, Optional

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spice_simulator import auth
from spice_simulator.api import error_response, json_response
from spice_simulator.clock import iso
from spice_simulator.errors import ApiError
from spice_simulator.faults import Fault, Faults
from spice_simulator.ratelimit import Window
from spice_simulator.requestlog import Entry, RequestLog, body_of, query_of
from spice_simulator.store import Store

GREATEST_BODY = 1024 * 1024
# What is read and thrown away of a body that is too large, so that the client gets to read the 413.
GREATEST_DRAIN = 64 * 1024 * 1024
_OWN_PATHS = re.compile(r"/(_sim(/.*)?|favicon\.ico)?$")
_AFTER = ("reset_after", "status_after", "truncated")
_HTML = "<html><head><title>{status}</title></head><body><h1>{status}</h1><p>gateway</p></body></html>"


async def read_body(receive: Receive, greatest: int) -> Optional[bytes]:
    """The whole body, or None when it is larger than allowed."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= greatest:
            chunks.append(chunk)
        if not message.get("more_body") or size > GREATEST_DRAIN:
            return b"".join(chunks) if size <= greatest else None


async def abort(receive: Receive, send: Send) -> None:
    """Break the connection so that the client sees a reset, not an orderly end.

    uvicorn hands in the bound ``send`` of its request cycle, which knows the transport. Waiting for the disconnect
    keeps uvicorn from complaining that no answer was given.
    """
    transport = send.__self__.transport
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # Lingering for zero seconds makes the system send RST instead of FIN.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, store: Store, log: RequestLog, faults: Faults, window: Window) -> None:
        self.app, self.store, self.log, self.faults, self.window = app, store, log, faults, window

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            return
        if _OWN_PATHS.match(scope["path"]):
            scope["sim.body"] = await read_body(receive, GREATEST_DRAIN) or b""
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        headers = Headers(scope=scope)
        body = await read_body(receive, GREATEST_BODY)
        entry = self._note(scope, headers, body)
        identity = auth.identify(self.store, headers)
        scope["sim.body"], scope["sim.identity"], scope["sim.entry"] = body, identity, entry
        self._name(entry, identity, headers)
        if self.store.settings.latency_ms and not await self._wait(self.store.settings.latency_ms / 1000):
            await abort(receive, send)
            return
        extra: dict[str, str] = {}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
                entry.ms = round((time.monotonic() - began) * 1000)
                more = [(key.lower().encode(), value.encode()) for key, value in extra.items()]
                message["headers"] = [*message.get("headers", []), *more]
            await send(message)

        if body is None:
            refusal = error_response(self.store, ApiError(413, "Request body is larger than 1 MiB"))
            await refusal(scope, receive, answer)
            return
        if scope["path"].startswith("/v1/"):
            passed, extra = self.window.take(self.store.settings.rate_limit)
            if not passed:
                await error_response(self.store, ApiError(429, "Rate limit exceeded"))(scope, receive, answer)
                return
        fault = self.faults.match(scope["method"], scope["path"])
        if fault is None:
            await self.app(scope, receive, answer)
            return
        entry.fault = fault.name
        await self._break(fault, scope, receive, send, answer)

    def _note(self, scope: Scope, headers: Headers, body: Optional[bytes]) -> Entry:
        client = scope.get("client")
        return self.log.add(
            at=iso(int(time.time() * 1000)),
            method=scope["method"],
            path=scope["path"],
            query=query_of(scope["query_string"].decode("latin-1")),
            user_agent=headers.get("user-agent"),
            connection=client[1] if client else None,
            body=body_of(scope["path"], headers.get("content-type", ""), body) if body is not None else None,
        )

    def _name(self, entry: Entry, identity: auth.Identity, headers: Headers) -> None:
        entry.credential = identity.name
        if identity.name is None:
            return
        try:
            org = auth.choose_org(self.store, identity, headers)
            entry.org = org.name if org else None
        except ApiError:
            entry.org = None

    async def _break(self, fault: Fault, scope: Scope, receive: Receive, send: Send, answer: Send) -> None:
        order = fault.order
        if order.kind == "delay":
            done = await self._commit(scope, receive) if order.when == "after" else self.app
            if await self._wait(order.seconds):
                await done(scope, receive, answer)
            else:
                await abort(receive, send)
        elif order.kind in _AFTER:
            done = await self._commit(scope, receive)
            if order.kind == "reset_after":
                await abort(receive, send)
            elif order.kind == "truncated":
                done.body = done.body[: len(done.body) // 2]
                done.headers["content-length"] = str(len(done.body))
                await done(scope, receive, answer)
            else:
                await _ordered(fault, order.status or 500)(scope, receive, answer)
        elif order.kind == "reset_before":
            await abort(receive, send)
        else:
            await self._before(fault, scope)(scope, receive, answer)

    def _before(self, fault: Fault, scope: Scope) -> Response:
        """The answer of a fault that keeps the request from having any effect."""
        order = fault.order
        if order.kind == "html":
            status = order.status or 502
            text = order.body if isinstance(order.body, str) else _HTML.format(status=status)
            return Response(text, status, order.headers, media_type="text/html; charset=utf-8")
        if order.kind == "rate_limit":
            headers = dict(order.headers)
            if order.retry_after is not None:
                headers["Retry-After"] = _retry_after(order.retry_after)
            return json_response({"error": "Rate limit exceeded"}, 429, headers)
        if order.kind == "expire_token":
            auth.expire(self.store, scope["sim.identity"])
            return error_response(self.store, ApiError(401, "Token expired"))
        if order.kind == "redirect":
            return Response(b"", order.status or 302, {**order.headers, "Location": str(order.location)})
        return _ordered(fault, order.status or 500)

    async def _wait(self, seconds: float) -> bool:
        """Hold a request up; False when the simulator was reset meanwhile, and the request belongs to the past."""
        generation = self.store.generation
        await asyncio.sleep(seconds)
        return generation == self.store.generation

    async def _commit(self, scope: Scope, receive: Receive) -> Response:
        """Let the request take effect, and keep its answer back."""
        kept: dict[str, Any] = {"body": b""}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept["start"] = message
            else:
                kept["body"] += message.get("body", b"")

        await self.app(scope, receive, keep)
        response = Response(kept["body"], kept["start"]["status"])
        response.raw_headers = list(kept["start"]["headers"])
        return response


def _ordered(fault: Fault, status: int) -> Response:
    """The status and body that the order names; JSON unless the body is a text."""
    order = fault.order
    if status in (204, 304):
        return Response(status_code=status, headers=order.headers)
    if isinstance(order.body, str):
        return Response(order.body, status, order.headers, media_type=order.content_type or "text/plain")
    payload = order.body if order.body is not None else {"error": "Ordered by a test"}
    return Response(json.dumps(payload), status, order.headers, media_type=order.content_type or "application/json")


def _retry_after(value: Any) -> str:
    if isinstance(value, str):
        return formatdate(time.time() + float(value.partition(":")[2]), usegmt=True)
    return str(int(value)) if float(value).is_integer() else str(value)
