# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listening on loopback with uvicorn, and ending cleanly."""

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Callable, Generator
from typing import Optional

import uvicorn
from starlette.types import ASGIApp


class StartError(Exception):
    """The server cannot be started; the text says why."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on loopback. Raises StartError for any other host, or when the port is taken."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as failure:
        raise StartError(f"--host must be a loopback address or 'localhost', not '{host}'") from failure
    if not address.is_loopback:
        raise StartError(f"--host must be a loopback address: '{host}' could be reached from elsewhere")
    # With the protocol named, asyncio switches Nagle's algorithm off; without it every answer takes 40 ms.
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((str(address), port))
    except (OSError, OverflowError) as failure:
        bound.close()
        raise StartError(f"Cannot listen on {host} port {port}: {failure}") from failure
    return bound


def address_of(bound: socket.socket, tls: bool) -> str:
    """The URL of a socket."""
    host, port = bound.getsockname()[:2]
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


class Server(uvicorn.Server):
    """uvicorn that says when it accepts connections, and leaves signals to the caller."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepts = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """uvicorn would raise the signal again at the end, so that a clean stop looked like a crash."""
        yield

    async def startup(self, sockets: Optional[list[socket.socket]] = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self.accepts.set()


def make(app: ASGIApp, cert: Optional[str], key: Optional[str]) -> Server:
    """A server for the application. Raises StartError when the certificate cannot be used."""
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        lifespan="off",
        loop="asyncio",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=2,
        ssl_certfile=cert,
        ssl_keyfile=key,
    )
    try:
        config.load()
    except OSError as failure:
        raise StartError(f"Cannot use the certificate or its key: {failure}") from failure
    return Server(config)


async def run(
    server: Server, bound: socket.socket, ready: Callable[[], None], command: Optional[list[str]], env: dict[str, str]
) -> int:
    """Serve until a signal comes, or until the command has ended; gives the exit code of the process."""
    loop = asyncio.get_running_loop()
    child: Optional[asyncio.subprocess.Process] = None

    def stop(number: int) -> None:
        if child is not None and child.returncode is None:
            child.send_signal(number)
        else:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    serving = asyncio.create_task(server.serve([bound]))
    accepts = asyncio.create_task(server.accepts.wait())
    await asyncio.wait({serving, accepts}, return_when=asyncio.FIRST_COMPLETED)
    if not server.started:
        accepts.cancel()
        await serving
        return 1
    ready()
    code = 0
    if command:
        try:
            child = await asyncio.create_subprocess_exec(*command, env=env)
            code = await child.wait()
        except OSError as failure:
            print(f"spice_simulator: cannot run {command[0]}: {failure.strerror}", flush=True)
            code = 127 if isinstance(failure, FileNotFoundError) else 126
        server.should_exit = True
    await serving
    # A command ended by a signal has a negative code; shells show it as 128 + signal.
    return 128 - code if code < 0 else code
